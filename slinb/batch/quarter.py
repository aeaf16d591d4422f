"""One quarter of one region: its tables, made once and read by every notebook."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

import pandas as pd

from slinb.analyse.publication import (
    PublicQuarter,
    protect_quarter,
    summarise_audit,
    summarise_suppression,
)
from slinb.analyse.quarter_points import QuarterPoints, compute_quarter_points
from slinb.batch.edition import EDITIONS, Edition, EditionName
from slinb.batch.releases import PUBLICATION, read_publication
from slinb.batch.results import DIVES, analyse_dives, analyse_quarter
from slinb.catalogue.areas import DEFAULT_REGION, Area, Areas, load_areas
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.catalogue.periods import Period
from slinb.check.summary import SUMMARY
from slinb.collect.published import load_pack, merge_releases, read_downloads
from slinb.collect.returns import is_sample
from slinb.errors import DisclosureError, ParameterError
from slinb.methods.disclosure import Publication
from slinb.schema import COMPARISON, OBSERVATIONS, QUERIES, SUBMISSIONS, TableSchema
from slinb.workspace import Workspace


@dataclass(frozen=True)
class Quarter:
    """A quarter as the batch sees it: its observations, and the editions made of them.

    Tables are read when they are first asked for.

    Parameters
    ----------
    period : Period
        The quarter.
    region : Area
        The region whose authorities are compared.
    workspace : Workspace
        Where its files lie.
    """

    period: Period
    region: Area
    workspace: Workspace

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

    @property
    def folder(self) -> Path:
        """Folder of the processed tables."""
        return self.workspace.processed(self.period.id)

    @property
    def results_folder(self) -> Path:
        """Folder of the editions' tables of this region, one folder an edition."""
        return self.folder / "results" / self.region.slug

    @property
    def sample(self) -> bool:
        """Whether the quarter's returns are made up."""
        returns = self.workspace.returns(self.period.id)
        # An earlier quarter of a sample was never returned here: its tables carry the mark.
        return is_sample(returns if returns.is_dir() else self.folder)

    @cached_property
    def published(self) -> pd.DataFrame:
        """Published observations: the pack, and any newer download laid beside it."""
        return load_published(self.workspace)[0]

    @cached_property
    def history(self) -> pd.DataFrame:
        """Observations of this quarter and every earlier one that was collected.

        A quarantined value stands in it without its number, so that a page can say why.
        """
        own = [_read_quarter(self.folder)]
        if (self.folder / "quarantined.parquet").exists():
            own.append(_hide_numbers(self.table("quarantined")))
        return pd.concat([self.earlier, *own], ignore_index=True)

    @cached_property
    def earlier(self) -> pd.DataFrame:
        """Accepted observations of every earlier quarter that was collected.

        Made-up quarters are history for a made-up quarter only, never for a real one.
        """
        frames = [_read_quarter(folder) for folder in self._earlier_folders()]
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

    @cached_property
    def protected(self) -> PublicQuarter:
        """What of the quarter's returns may be published, with its proof if the audit passed."""
        # What a sender wrote beside a figure is for the region's eyes.
        history = self.history.assign(note="", sent="")
        return protect_quarter(
            self._compute_points(history),
            self.asked,
            self.region.code,
            load_disclosure_rules(),
            self._read_last_publication(),
        )

    def edition(self, name: EditionName) -> Edition:
        """Return an edition of the quarter: what a notebook may read of it."""
        return Edition(
            name=name,
            period=self.period,
            region=self.region,
            folder=self.results_folder / name,
            sample=self.sample,
            compute=partial(self.analyse, name),
        )

    def analyse(self, edition: EditionName) -> dict[str, pd.DataFrame]:
        """Compute every table of an edition.

        Raises
        ------
        DisclosureError
            Of the public edition: the audit finds a suppressed figure that can be worked out,
            so nothing of it is published.
        """
        return dict(self._public_tables) if edition == "public" else self._analyse(public=False)

    @cached_property
    def _public_tables(self) -> dict[str, pd.DataFrame]:
        audit = self.protected.audit
        if not audit.passed:
            raise DisclosureError(
                f"{self.period.id}: the audit of the public edition failed: {audit}",
                "Nothing of it was published. The restricted edition can still be made "
                "(slinb run --edition restricted). Please report this fault of slinb.",
            )
        return self._analyse(public=True)

    def _analyse(self, *, public: bool) -> dict[str, pd.DataFrame]:
        edition: EditionName = "public" if public else "restricted"
        points = self.protected.points if public else self.points
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
            base=load_disclosure_rules().base if public else None,
        )
        before = self._read_explained_before(edition)
        last = self.period.previous()
        if before is None and points.shown["period"].eq(last.id).any():
            # The quarter before was not run here: its list follows from the same points. It is
            # not followed back further; one quarter is what a reader remembers.
            before = make(last, submissions=SUBMISSIONS.empty(), before=None)["explain"]
        tables = make(self.period, submissions=submissions, before=before)
        queries = self._read("queries", QUERIES)
        return tables | {
            "submissions": submissions,
            "summary": self._read("summary", SUMMARY),
            "queries": _keep_rules(queries) if public else queries,
            **self._describe_protection(public=public),
            **analyse_dives(
                {name: self._read(name, schema) for name, schema in DIVES.items()},
                self.published,
                self.region,
                self.areas,
                self.period,
                base=load_disclosure_rules().base if public else None,
            ),
            **({} if public else self._tell_senders()),
        }

    def _tell_senders(self) -> dict[str, pd.DataFrame]:
        """Return what only the receipts need: what came, and what of it the public will see."""
        names = ("accepted", "quarantined", "superseded")
        came = {name: self._read(name, OBSERVATIONS) for name in names}
        passed = self.protected.audit.passed
        shown = self._public_tables["comparison_quarterly"] if passed else COMPARISON.empty()
        return came | {"public": shown}

    def _describe_protection(self, *, public: bool) -> dict[str, pd.DataFrame]:
        found = self.protected
        last = self._read_last_publication() is not None
        suppression = summarise_suppression(found, self.asked, reasons=not public)
        return {"suppression": suppression, "audit": summarise_audit(found, last=last)}

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
        before = Quarter(self.period.previous(), self.region, self.workspace)
        stored = before.results_folder / edition / "explain.parquet"
        if before.folder in self._earlier_folders() and stored.exists():
            return pd.read_parquet(stored)
        return None

    def _read_last_publication(self) -> Publication | None:
        """Return what was published of the quarter before, as a reader has it."""
        before = Quarter(self.period.previous(), self.region, self.workspace)
        folder = before.results_folder / PUBLICATION
        if before.folder not in self._earlier_folders() or not folder.is_dir():
            return None
        return read_publication(folder)

    def _earlier_folders(self) -> list[Path]:
        parent = self.folder.parent
        folders = [p for p in parent.iterdir() if p.is_dir()] if parent.is_dir() else []
        earlier = [p for p in sorted(folders) if _is_earlier(p.name, self.period)]
        return [p for p in earlier if is_sample(p) == self.sample]


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
    area = load_areas().region(region)
    return Quarter(parse_quarter(quarter), area, workspace or Workspace.find())


def parse_quarter(text: str) -> Period:
    """Read a financial-year quarter, refusing other kinds of period."""
    period = Period.parse(text)
    if period.kind != "quarter":
        raise ParameterError(f"“{text}” is not a quarter.", "Write it as 2025-26-Q3.")
    return period


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


def _is_earlier(name: str, period: Period) -> bool:
    try:
        other = Period.parse(name)
    except ValueError:
        return False
    return other.kind == "quarter" and other < period


def _read_quarter(folder: Path) -> pd.DataFrame:
    for name in ("accepted", "observations"):
        path = folder / f"{name}.parquet"
        if path.exists():
            return pd.read_parquet(path)
    return OBSERVATIONS.empty()
