"""One quarter of one region: its tables, made once and read by every notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import pandas as pd

from slinb.batch.results import analyse_quarter
from slinb.catalogue.areas import DEFAULT_REGION, Area, Areas, load_areas
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.catalogue.periods import Period
from slinb.collect.published import load_pack, merge_releases, read_downloads
from slinb.collect.returns import is_sample
from slinb.errors import ParameterError
from slinb.schema import OBSERVATIONS, SUBMISSIONS
from slinb.workspace import Workspace

RugKind = Literal["annual", "quarterly"]


@dataclass(frozen=True)
class Quarter:
    """A quarter as the notebooks see it.

    Open one with :func:`open_quarter`. Tables are read when they are first asked for.

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
    def authorities(self) -> list[Area]:
        """The region's authorities, by name."""
        return self.areas.authorities(self.region.code)

    @property
    def folder(self) -> Path:
        """Folder of the processed tables."""
        return self.workspace.processed(self.period.id)

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

    def select_measures(self, ids: Sequence[str], kind: RugKind) -> list[Measure]:
        """Return the measures of a rug: those named, or all that such a rug can show."""
        if ids:
            return self.measures.select(ids)
        if kind == "quarterly":
            return [m for m in self.measures.quarterly() if m.rug]
        return [m for m in self.measures if m.published and m.rug]

    def comparison(self, kind: RugKind, measures: Sequence[str] = ()) -> pd.DataFrame:
        """Return the comparison of a rug: published figures, or the quarter's returns.

        Parameters
        ----------
        kind : {"annual", "quarterly"}
            On published figures, each measure in the latest year published; or on the
            quarter's returns.
        measures : sequence of str
            Measure ids; all of the rug if empty.

        Returns
        -------
        DataFrame
            Rows of :data:`slinb.schema.COMPARISON`.
        """
        return self.result(
            f"comparison_{kind}", [m.id for m in self.select_measures(measures, kind)]
        )

    def result(self, name: str, measures: Sequence[str] = ()) -> pd.DataFrame:
        """Return one result table (:mod:`slinb.batch.results`), as stored or computed now.

        Parameters
        ----------
        name : str
            "comparison_annual", "trends", ...
        measures : sequence of str
            Keep the rows of these measures; all if empty.

        Raises
        ------
        ParameterError
            There is no table of that name.
        """
        table = self._read_result(name)
        if not measures:
            return table
        return table[table["measure"].isin(list(measures))].reset_index(drop=True)

    def analyse(self, *, follow_up: bool = True) -> dict[str, pd.DataFrame]:
        """Compute every result table of the quarter and region.

        Parameters
        ----------
        follow_up : bool, default True
            Bring last quarter's explain list back.
        """
        return analyse_quarter(
            self.period,
            self.region,
            self.areas,
            self.measures,
            self.published,
            self.history,
            self.submissions,
            self._find_explained_before() if follow_up else None,
        )

    @property
    def results_folder(self) -> Path:
        """Folder of the stored result tables of this region."""
        return self.folder / "results" / self.region.slug

    @property
    def submissions(self) -> pd.DataFrame:
        """What came from whom; empty where the quarter was never collected here."""
        path = self.folder / "submissions.parquet"
        return pd.read_parquet(path) if path.exists() else SUBMISSIONS.empty()

    @cached_property
    def _computed(self) -> dict[str, pd.DataFrame]:
        return self.analyse()

    def _read_result(self, name: str) -> pd.DataFrame:
        path = self.results_folder / f"{name}.parquet"
        if path.exists():
            return pd.read_parquet(path)
        try:
            return self._computed[name]
        except KeyError:
            raise ParameterError(
                f"There is no result table “{name}”.", f"There are: {', '.join(self._computed)}."
            ) from None

    def _find_explained_before(self) -> pd.DataFrame | None:
        """Return last quarter's explain list; None where that quarter is not known here."""
        before = Quarter(self.period.previous(), self.region, self.workspace)
        if before.folder not in self._earlier_folders():
            return None
        stored = before.results_folder / "explain.parquet"
        if stored.exists():
            return pd.read_parquet(stored)
        # Its own list is not followed back further: one quarter is what a reader remembers.
        return before.analyse(follow_up=False)["explain"]

    def _earlier_folders(self) -> list[Path]:
        parent = self.folder.parent
        folders = [p for p in parent.iterdir() if p.is_dir()] if parent.is_dir() else []
        earlier = [p for p in sorted(folders) if _is_earlier(p.name, self.period)]
        return [p for p in earlier if is_sample(p) == self.sample]


def open_quarter(
    quarter: str, region: str = DEFAULT_REGION, *, workspace: Workspace | None = None
) -> Quarter:
    """Open a quarter for a notebook.

    Parameters
    ----------
    quarter : str
        "2025-26-Q3".
    region : str
        Name or code of a region: "East of England".
    workspace : Workspace, optional
        The project around the current folder if left out.

    Raises
    ------
    PeriodError
        ``quarter`` is no financial-year quarter.
    ParameterError
        ``region`` is no region.

    Examples
    --------
    >>> quarter = open_quarter("2025-26-Q3")  # doctest: +SKIP
    >>> quarter.comparison("annual", ["rereferrals_pct"])  # doctest: +SKIP
    """
    period = parse_quarter(quarter)
    area = load_areas().region(region)
    return Quarter(period, area, workspace or Workspace.find())


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
