"""One quarter of one region: its tables, made once and read by every notebook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from slinb.analyse.publication import PublicQuarter, protect_quarter
from slinb.analyse.quarter_points import QuarterPoints, compute_quarter_points
from slinb.batch.audits import analyse_audits, read_audit_tables
from slinb.batch.edition import Edition
from slinb.batch.folders import (
    EDITIONS,
    EditionName,
    QuarterFolders,
    find_folders,
    find_observations,
)
from slinb.batch.protection import Protection, describe_protection, read_publication
from slinb.batch.results import DIVES, analyse_dives, analyse_quarter
from slinb.catalogue.areas import DEFAULT_REGION, Area, Areas, load_areas
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.check.summary import SUMMARY
from slinb.collect.published import load_pack, merge_releases, read_downloads
from slinb.errors import DisclosureError, ParameterError
from slinb.methods.disclosure import Publication
from slinb.schema import COMPARISON, OBSERVATIONS, QUERIES, SUBMISSIONS, TableSchema
from slinb.workspace import Workspace


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
    def asked(self) -> list[Measure]:
        """The measures of the quarterly return that are compared."""
        return [m for m in self.measures.quarterly() if m.rug]

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

    def protect(self) -> PublicQuarter:
        """Protect the quarter's counts together with what was published of the last one."""
        # What a sender wrote beside a figure is for the region's eyes.
        history = self.history.assign(note="", sent="")
        return protect_quarter(
            self._compute_points(history),
            self.asked,
            self.region.code,
            load_disclosure_rules(),
            self._read_last_publication(),
        )

    @cached_property
    def protection(self) -> Protection:
        """What of the quarter's returns may be published, with its proof if the audit passed."""
        last = self._read_last_publication() is not None
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
            As :meth:`compare_public`.
        """
        if edition == "public":
            return self.compare_public(self.protection)
        found = self.protection
        public = self.compare_public(found) if found.proved else {}
        return self.compare_restricted() | tell_senders(found, public.get("comparison_quarterly"))

    def compare_public(self, found: Protection) -> dict[str, pd.DataFrame]:
        """Compute the tables of the public edition.

        Parameters
        ----------
        found : Protection
            What of the quarter may be published.

        Raises
        ------
        DisclosureError
            The audit finds a suppressed figure that can be worked out, so nothing is published.
        """
        if not found.proved:
            raise DisclosureError(
                f"{self.period.id}: the audit of the public edition failed.",
                "Nothing of it was published. The restricted edition can still be made "
                "(slinb run --edition restricted). Please report this fault of slinb.",
            )
        told = {"suppression": found.suppression, "audit": found.audit}
        return self._compare("public", found.points) | told

    def compare_restricted(self) -> dict[str, pd.DataFrame]:
        """Compute the tables of the restricted edition, but for what they tell of the public one.

        :func:`tell_senders` has those.
        """
        names = ("accepted", "quarantined", "superseded")
        came = {name: self._read(name, OBSERVATIONS) for name in names}
        return self._compare("restricted", self.points) | came

    def _compare(self, edition: EditionName, points: QuarterPoints) -> dict[str, pd.DataFrame]:
        public = edition == "public"
        base = load_disclosure_rules().base if public else None
        submissions = self._read("submissions", SUBMISSIONS)
        if public:
            submissions = submissions.assign(narrative="", role="", file="")
        make = partial(
            analyse_quarter,
            region=self.region,
            areas=self.areas,
            measures=self.measures,
            published=self.published,
            points=points,
            base=base,
        )
        before = self._read_explained_before(edition)
        last = self.period.previous()
        if before is None and points.shown["period"].eq(last.id).any():
            # The quarter before was not run here: its list follows from the same points. It is
            # not followed back further; one quarter is what a reader remembers.
            before = make(last, submissions=SUBMISSIONS.empty(), before=None)["explain"]
        tables = make(self.period, submissions=submissions, before=before)
        audits = read_audit_tables(self.folder, self.list_earlier())
        queries = self._read("queries", QUERIES)
        return tables | {
            "submissions": submissions,
            "summary": self._read("summary", SUMMARY),
            "queries": _keep_rules(queries) if public else queries,
            "sources": self._list_sources(),
            **analyse_dives(
                {name: self._read(name, schema) for name, schema in DIVES.items()},
                self.published,
                self.region,
                self.areas,
                self.period,
                base=base,
            ),
            **analyse_audits(audits, tables, self.region, self.areas, self.period, public=public),
        }

    def _list_sources(self) -> pd.DataFrame:
        """Return the releases that the published figures are from, a line each publisher."""
        rows = self.published[["publisher", "release"]].drop_duplicates()
        releases = rows.groupby("publisher")["release"].agg(lambda r: ", ".join(sorted(set(r))))
        return releases.reset_index().sort_values("publisher", ignore_index=True)

    def _compute_points(self, history: pd.DataFrame) -> QuarterPoints:
        return compute_quarter_points(
            history, self.asked, self.areas, self.region.code, self.period
        )

    def _read(self, name: str, schema: TableSchema) -> pd.DataFrame:
        """Return a processed table; empty where the quarter was never collected here."""
        path = self.folder / f"{name}.parquet"
        return pd.read_parquet(path) if path.exists() else schema.empty()

    def _read_explained_before(self, edition: EditionName) -> pd.DataFrame | None:
        """Return last quarter's explain list of an edition; None where it was not run."""
        stored = self.before.tables(edition)[0] / "explain.parquet"
        if self.before.folder in self.list_earlier() and stored.exists():
            return pd.read_parquet(stored)
        return None

    def _read_last_publication(self) -> Publication | None:
        """Return what was published of the quarter before, as a reader has it."""
        folder = self.before.released
        if self.before.folder not in self.list_earlier() or not folder.is_dir():
            return None
        return read_publication(folder)


def tell_senders(found: Protection, public: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Return what the restricted edition says of the public one.

    Parameters
    ----------
    found : Protection
    public : DataFrame or None
        The public comparison of the returns; None where there is none.
    """
    shown = COMPARISON.empty() if public is None else public
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
    return QUERIES.conform(kept, fill=True)


def _hide_numbers(held: pd.DataFrame) -> pd.DataFrame:
    """Return quarantined values with their place and without their numbers."""
    unreadable = held["status"].eq("unreadable")
    nothing = dict.fromkeys(("numerator", "denominator", "value"), float("nan"))
    return held.assign(**nothing, status=held["status"].where(unreadable, "quarantined"))


def _read_observations(folder: Path) -> pd.DataFrame:
    path = find_observations(folder)
    return pd.read_parquet(path) if path.exists() else OBSERVATIONS.empty()
