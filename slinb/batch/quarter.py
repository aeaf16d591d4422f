"""One quarter of one region: its tables, made once and read by every notebook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from slinb.analyse.publication import PublicQuarter, protect_quarter
from slinb.analyse.quarter_points import QuarterPoints, compute_quarter_points
from slinb.batch.audits import analyse_audits, read_audit_tables
from slinb.batch.edition import Edition
from slinb.batch.extracts import keep_figures
from slinb.batch.folders import (
    EDITIONS,
    QuarterFolders,
    find_folders,
    find_observations,
)
from slinb.batch.parts import COUNTED, EditionName
from slinb.batch.protection import Protection, describe_protection, read_publication
from slinb.batch.results import (
    DIVES,
    Returns,
    analyse_dives,
    analyse_official,
    analyse_returns,
    list_explained,
)
from slinb.catalogue.areas import DEFAULT_REGION, Area, Areas, load_areas
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.families import Family
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.catalogue.periods import Period
from slinb.catalogue.subjects import find_dive
from slinb.check.summary import SUMMARY
from slinb.collect.published import load_pack, merge_releases, read_downloads
from slinb.errors import DisclosureError, ParameterError
from slinb.methods.disclosure import Publication
from slinb.schema import COMPARISON, OBSERVATIONS, QUERIES, SUBMISSIONS, TableSchema
from slinb.workspace import Workspace

#: What came, for each sender's own receipt.
_CAME = ("accepted", "quarantined", "superseded")


@dataclass(frozen=True)
class Quarter(QuarterFolders):
    """A quarter as the batch sees it: its observations, and the editions made of them.

    Tables are read when they are first asked for.
    """

    @property
    def areas(self) -> Areas:
        """All areas of England."""
        return load_areas()

    @property
    def measures(self) -> Measures:
        """All measures of the catalogue."""
        return load_measures()

    @property
    def authorities(self) -> list[Area]:
        """The region's authorities, by name."""
        return self.areas.authorities(self.region.code)

    @cached_property
    def published(self) -> pd.DataFrame:
        """Published observations: the pack, and any newer download laid beside it."""
        return load_published(self.workspace)[0]

    @cached_property
    def history(self) -> pd.DataFrame:
        """Observations of this quarter and every earlier one that was collected.

        A quarantined value stands in it without its number, so that a page can say why.
        """
        own = [_read_observations(self.folder)]
        if (self.folder / "quarantined.parquet").exists():
            own.append(_hide_numbers(self.table("quarantined")))
        return pd.concat([self.earlier, *own], ignore_index=True)

    def read_family(self, family: Family) -> pd.DataFrame:
        """Return :attr:`history` as far as one family of measures needs it.

        Raises
        ------
        FileNotFoundError
            Checking did not write what it counted: read as nothing, it would be published so.
        """
        folder = self.counted(family.name)
        accepted, held = (pd.read_parquet(folder / f"{name}.parquet") for name in COUNTED)
        return pd.concat([self.earlier, accepted, _hide_numbers(held)], ignore_index=True)

    @cached_property
    def earlier(self) -> pd.DataFrame:
        """Accepted observations of every earlier quarter that was collected."""
        frames = [_read_observations(folder) for folder in self.list_earlier()]
        return pd.concat([OBSERVATIONS.empty(), *frames], ignore_index=True)

    def table(self, name: str) -> pd.DataFrame:
        """Return one processed table: accepted, quarantined, queries, submissions, summary.

        Raises
        ------
        ParameterError
            The quarter has not been run, or has no table of that name.
        """
        path = self.folder / f"{name}.parquet"
        if not path.exists():
            raise ParameterError(
                f"{self.period.id} has no table “{name}”.",
                f"Run `slinb run --quarter {self.period.id}` first.",
            )
        return pd.read_parquet(path)

    @cached_property
    def points(self) -> QuarterPoints:
        """The points of the returns with their true counts."""
        return self._compute_points(self.history)

    def protect(self, family: Family | None = None) -> PublicQuarter:
        """Protect the quarter's counts together with what was published of the last one.

        Parameters
        ----------
        family : Family, optional
            Of measures; all measures if left out.
        """
        asked = self.asked if family is None else list(family.measures)
        history = self.history if family is None else self.read_family(family)
        # What a sender wrote beside a figure is for the region's eyes.
        history = history.assign(note="", sent="")
        mine = history[history["measure"].isin([m.id for m in asked])]
        return protect_quarter(
            self._compute_points(mine, asked),
            asked,
            self.region.code,
            load_disclosure_rules(),
            self.last_publication,
        )

    @cached_property
    def protection(self) -> Protection:
        """What of the quarter's returns may be published, with its proof if the audit passed."""
        last = self.last_publication is not None
        return describe_protection(self.protect(), self.asked, last=last)

    def edition(self, name: EditionName) -> Edition:
        """Return an edition of the quarter: what a notebook may read of it."""
        return Edition(
            name=name,
            period=self.period,
            region=self.region,
            folders=self.tables(name),
            sample=self.sample,
            compute=partial(self.analyse, name),
        )

    def analyse(self, edition: EditionName) -> dict[str, pd.DataFrame]:
        """Compute every table of an edition at once, as nobody runs it: in the lab.

        Raises
        ------
        DisclosureError
            The audit finds a suppressed figure that can be worked out, so nothing is published.
        """
        if edition == "public":
            refuse_unproved(self.period, self.protection)
            return self._analyse_parts(edition, self.protection.points)
        found = self.protection
        public = {}
        if found.proved:
            public = self.analyse_returns("public", found.points)
        told = tell_senders(found, public.get("comparison_quarterly"))
        return self._analyse_parts(edition, self.points) | told

    def _analyse_parts(
        self, edition: EditionName, points: QuarterPoints
    ) -> dict[str, pd.DataFrame]:
        tables = self.analyse_official(points.shown) | self.analyse_returns(edition, points)
        return tables | self.analyse_dives(edition) | self.analyse_audits(edition, tables)

    def analyse_official(self, shown: pd.DataFrame) -> dict[str, pd.DataFrame]:
        """Compute the tables of official figures.

        Parameters
        ----------
        shown : DataFrame
            Points of the returns, as the edition has them; only those of
            :func:`slinb.batch.extracts.keep_closing` are looked at.
        """
        given = (self.region, self.areas, self.measures, self.published)
        return analyse_official(*given, shown)

    def analyse_returns(
        self, edition: EditionName, points: QuarterPoints
    ) -> dict[str, pd.DataFrame]:
        """Compute the tables of the returns.

        What the restricted edition tells of the public one has :func:`tell_senders`.

        Parameters
        ----------
        edition : {"public", "restricted"}
        points : QuarterPoints
            Of the returns, as the edition has them.
        """
        public = edition == "public"
        submissions, queries = (
            self._read("submissions", SUBMISSIONS),
            self._read("queries", QUERIES),
        )
        if public:
            submissions = submissions.assign(narrative="", role="", file="")
            queries = _keep_rules(queries)
        returns = Returns(
            self.region, self.areas, self.measures, self.published, points, _find_base(edition)
        )
        before = self._read_explained_before(edition)
        last = self.period.previous()
        if before is None and points.shown["period"].eq(last.id).any():
            before = list_explained(returns, last)
        came = {} if public else {name: self._read(name, OBSERVATIONS) for name in _CAME}
        return analyse_returns(returns, self.period, submissions, before) | {
            "submissions": submissions,
            "summary": self._read("summary", SUMMARY),
            "queries": queries,
            **came,
        }

    def analyse_dives(self, edition: EditionName) -> dict[str, pd.DataFrame]:
        """Compute the tables of the deep dives."""
        counts = {name: self._read(name, schema) for name, schema in DIVES.items()}
        given = (self.published, self.region, self.areas, self.period)
        return analyse_dives(counts, *given, base=_find_base(edition))

    def analyse_audits(
        self, edition: EditionName, tables: Mapping[str, pd.DataFrame]
    ) -> dict[str, pd.DataFrame]:
        """Compute the tables of the audits and of the triangle.

        Parameters
        ----------
        edition : {"public", "restricted"}
        tables : mapping of DataFrame
            The edition's own comparisons and travel (:data:`slinb.batch.parts.COMPARED`).
        """
        audits = read_audit_tables(self.folder, self.list_earlier())
        given = (self.region, self.areas, self.period)
        return analyse_audits(audits, tables, *given, public=edition == "public")

    def _compute_points(
        self, history: pd.DataFrame, asked: Sequence[Measure] | None = None
    ) -> QuarterPoints:
        measures = self.asked if asked is None else list(asked)
        return compute_quarter_points(history, measures, self.areas, self.region.code, self.period)

    def _read(self, name: str, schema: TableSchema) -> pd.DataFrame:
        """Return a processed table; empty where the quarter was never collected here."""
        path = self.folder / f"{name}.parquet"
        return pd.read_parquet(path) if path.exists() else schema.empty()

    def _read_explained_before(self, edition: EditionName) -> pd.DataFrame | None:
        """Return last quarter's explain list of an edition; None where it was not run."""
        stored = self.before.find_table(edition, "explain")
        if self.before.folder in self.list_earlier() and stored.exists():
            return pd.read_parquet(stored)
        return None

    @cached_property
    def last_publication(self) -> Publication | None:
        """What was published of the quarter before, as a reader has it; None if nothing was."""
        folder = self.before.released
        if self.before.folder not in self.list_earlier() or not folder.is_dir():
            return None
        return read_publication(folder)


def refuse_unproved(period: Period, found: Protection) -> None:
    """Refuse to make a public edition whose audit has failed.

    Raises
    ------
    DisclosureError
        It has.
    """
    if not found.proved:
        raise DisclosureError(
            f"{period.id}: the audit of the public edition failed.",
            "Nothing of it was published. The restricted edition can still be made "
            "(slinb run --edition restricted). Please report this fault of slinb.",
        )


def _find_base(edition: EditionName) -> int | None:
    """Return to what an edition's regional counts are rounded."""
    return load_disclosure_rules().base if edition == "public" else None


def tell_senders(found: Protection, public: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return what the restricted edition says of the public one.

    Parameters
    ----------
    found : Protection
    public : DataFrame or None
        The public comparison of the returns, of which its figures are told; None where there is
        none.
    """
    shown = COMPARISON.empty() if public is None else keep_figures(public)
    return {"suppression": found.reasons, "audit": found.audit, "public": shown}


def open_quarter(
    quarter: str,
    region: str = DEFAULT_REGION,
    edition: EditionName = "public",
    *,
    workspace: Workspace | None = None,
) -> Edition:
    """Open a quarter for a notebook.

    Parameters
    ----------
    quarter : str
        "2025-26-Q3".
    region : str
        Name or code of a region: "East of England".
    edition : {"public", "restricted"}
        With small numbers protected, or with full figures for the directors' group.
    workspace : Workspace, optional
        The project around the current folder if left out.

    Raises
    ------
    PeriodError
        ``quarter`` is no financial-year quarter.
    ParameterError
        ``region`` is no region, or ``edition`` no edition.

    Examples
    --------
    >>> quarter = open_quarter("2025-26-Q3")  # doctest: +SKIP
    >>> quarter.comparison("annual", ["rereferrals_pct"])  # doctest: +SKIP
    """
    if edition not in EDITIONS:
        raise ParameterError(
            f"There is no edition “{edition}”.", f"The editions are: {', '.join(EDITIONS)}."
        )
    return find_quarter(quarter, region, workspace=workspace).edition(edition)


def find_quarter(
    quarter: str, region: str = DEFAULT_REGION, *, workspace: Workspace | None = None
) -> Quarter:
    """Return a quarter for the batch; parameters and errors as of :func:`open_quarter`."""
    found = find_folders(quarter, region, workspace=workspace)
    return Quarter(found.period, found.region, found.workspace)


def load_published(workspace: Workspace) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return published observations (pack and downloads) and what could not be read of them.

    Of a figure that both state, the later release stands, and a download before the pack.
    """
    pack = load_pack(workspace.published)
    fresh, problems = read_downloads(workspace.downloads, pack)
    return merge_releases([pack, fresh]) if len(fresh) else pack, problems


def _keep_rules(queries: pd.DataFrame) -> pd.DataFrame:
    """Return who was asked under which rule, without a word of what was sent."""
    kept = queries[["area", "period", "measure", "severity", "rule"]]
    # The title of a deep dive, not what a sender may have made of the name of its sheet.
    kept = kept.assign(sheet=queries["sheet"].map(find_dive))
    return QUERIES.conform(kept, fill=True)


def _hide_numbers(held: pd.DataFrame) -> pd.DataFrame:
    """Return quarantined values with their place and without their numbers."""
    unreadable = held["status"].eq("unreadable")
    nothing = dict.fromkeys(("numerator", "denominator", "value"), float("nan"))
    return held.assign(**nothing, status=held["status"].where(unreadable, "quarantined"))


def _read_observations(folder: Path) -> pd.DataFrame:
    path = find_observations(folder)
    return pd.read_parquet(path) if path.exists() else OBSERVATIONS.empty()
