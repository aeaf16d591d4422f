"""Writing the sample: a quarter of workbooks with defects, and the quarters before it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.areas import DEFAULT_REGION, Area, load_areas
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.periods import Period
from slinb.collect.cells import CellReading, show_raw
from slinb.collect.layout import (
    COVER,
    COVER_COLUMN,
    COVER_FIRST_ROW,
    COVER_LINES,
    NARRATIVE,
    SAMPLE_WORD,
    TEMPLATE_VERSION,
    Layout,
    asked_parts,
    name_return,
    plan_layout,
    return_due,
    wants_whole,
)
from slinb.collect.population import find_population
from slinb.collect.returns import SAMPLE_MARKER, is_sample
from slinb.collect.settle import Figure, settle_figures
from slinb.collect.submission import describe_rows
from slinb.collect.template import build_template
from slinb.errors import ParameterError
from slinb.prepare.practice import write_practice
from slinb.prepare.prepare import add_dives, split_dives
from slinb.prepare.sheets import Stamp
from slinb.records.prepare import CountedRecords
from slinb.sample.levels import estimate_levels, make_generator, name_count, plan_counts
from slinb.sample.plant import (
    MANIFEST_COLUMNS,
    Plot,
    choose_defects,
    describe_defect,
    plant_defect,
)
from slinb.sample.practice import MANIFEST as DIVE_MANIFEST
from slinb.sample.practice import MANIFEST_COLUMNS as DIVE_MANIFEST_COLUMNS
from slinb.sample.practice import (
    answer_practice,
    describe_dive_defects,
    plant_dive_defects,
)
from slinb.sample.settings import (
    Defect,
    load_defects,
    load_levels,
    load_narratives,
    load_quarter_shares,
)
from slinb.sample.simulate import SimulatedCounts, simulate_counts
from slinb.schema import OBSERVATIONS, SUBMISSIONS
from slinb.stamp import save_workbook
from slinb.workspace import Workspace

DEFAULT_QUARTER = "2025-26-Q3"
DEFAULT_SEED = 20260131
HISTORY_QUARTERS = 11
MANIFEST = "sample_defects.csv"
_MARK = (
    "SAMPLE. Everything in this folder was made up by “slinb sample”, to look like a region.\n"
    "No authority sent any of it. Delete the folder before real returns are put here.\n"
)


@dataclass(frozen=True)
class SampleWritten:
    """What was written.

    Parameters
    ----------
    folder : Path
        The folder of the quarter's returns.
    workbooks : tuple of Path
        The returns in it.
    history : tuple of Path
        The tables of the quarters before.
    defects : DataFrame
        The manifest: file, sheet, cell, measure, area, defect, and the rule and severity with
        which it must be found.
    """

    folder: Path
    workbooks: tuple[Path, ...]
    history: tuple[Path, ...]
    defects: pd.DataFrame


def write_sample(
    root: Path,
    published: pd.DataFrame,
    quarter: str = DEFAULT_QUARTER,
    *,
    region: str = DEFAULT_REGION,
    seed: int = DEFAULT_SEED,
    measures: Sequence[Measure] | None = None,
    counted: Mapping[str, CountedRecords] | None = None,
) -> SampleWritten:
    """Write a quarter of made-up returns, and the eleven quarters before it as if collected.

    Each authority's figures have the level of its newest published ones; the year's events are
    spread over the quarters as referrals are in the East of England; trends are gentle.

    Parameters
    ----------
    root : Path
        Root of the workspace; returns go to ``data/raw/returns/<quarter>``, the history to
        ``data/processed/<earlier quarter>/observations.parquet``.
    published : DataFrame
        Published observations (:func:`slinb.collect.published.load_pack`).
    quarter : str
        The quarter to make.
    region : str
        Code of the region whose authorities send returns.
    seed : int
        The same seed gives the same contents.
    measures : sequence of Measure, optional
        Those of the quarterly return if left out.
    counted : mapping of area code to CountedRecords, optional
        What ``prepare-return`` counts in made-up records
        (:func:`slinb.sample.dives.count_sample_records`): the returns get the deep-dive sheets
        that it writes, and nothing else of them changes.

    Raises
    ------
    ParameterError
        A folder already holds something that is not a sample.
    """
    now = Period.parse(quarter)
    sample = _Sample(
        Workspace(root),
        now,
        load_areas().authorities(region),
        seed,
        list(measures if measures is not None else load_measures().quarterly()),
        published,
        counted or {},
    )
    sample.refuse_real_data()
    history = sample.write_history()
    return sample.write_returns(history)


class _Sample:
    """One sample in the making: its counts, and the files that they go into."""

    def __init__(
        self,
        workspace: Workspace,
        quarter: Period,
        areas: Sequence[Area],
        seed: int,
        measures: list[Measure],
        published: pd.DataFrame,
        counted: Mapping[str, CountedRecords],
    ) -> None:
        self._counted = counted
        self._workspace, self._quarter, self._areas = workspace, quarter, areas
        self._seed, self._measures = seed, measures
        self._published = published[published["area"].isin([a.code for a in areas])]
        self._layout: Layout = plan_layout(measures)
        self._earlier = quarter.shift(-HISTORY_QUARTERS).to(quarter.previous())
        self._defects = choose_defects(load_defects(), measures, quarter)
        self._counts = self._simulate()

    def _simulate(self) -> SimulatedCounts:
        plans = plan_counts(self._measures)
        people = find_population(self._published, self._measures, self._quarter)
        levels = estimate_levels(
            self._published, plans, self._areas, self._quarter, people, load_levels(), self._seed
        )
        start = self._earlier[0]
        return simulate_counts(
            plans,
            levels,
            [a.code for a in self._areas],
            start.shift(1 - start.quarter).to(self._quarter),
            load_quarter_shares(),
            load_levels().within,
            self._seed,
            self._find_odds(),
        )

    def _find_odds(self) -> dict[tuple[str, str], float]:
        by_id = {m.id: m for m in self._measures}
        return {
            (self._area(d).code, name_count(by_id[d.measure], d.part)): d.amount
            for d in self._defects
            if d.kind == "always_odds"
        }

    def _area(self, defect: Defect) -> Area:
        return self._areas[defect.authority % len(self._areas)]

    def refuse_real_data(self) -> None:
        """Refuse to write where somebody's real data lie."""
        folders = [self._workspace.returns(self._quarter.id)]
        folders += [self._workspace.processed(q.id) for q in (*self._earlier, self._quarter)]
        for folder in folders:
            if _holds_data(folder) and not is_sample(folder):
                raise ParameterError(
                    f"{folder.relative_to(self._workspace.root)} holds data that are no sample.",
                    "Move them away, or make the sample of another quarter.",
                )

    # The quarters before -----------------------------------------------------------------

    def write_history(self) -> dict[Period, Path]:
        """Write the observations of the quarters before, as the reader would have made them."""
        written = {}
        for quarter in self._earlier:
            folder = self._workspace.processed(quarter.id)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / SAMPLE_MARKER).write_text(_MARK, encoding="utf-8")
            written[quarter] = folder / "observations.parquet"
            self._observe(quarter).to_parquet(written[quarter], index=False)
            self._submit(quarter).to_parquet(folder / "submissions.parquet", index=False)
        return written

    def _submit(self, quarter: Period) -> pd.DataFrame:
        """Return what came in an earlier quarter; each quarter another narrative's turn."""
        narratives = load_narratives()
        rows = []
        for index, area in enumerate(self._areas):
            said = narratives[(index + quarter.ordinal - self._quarter.ordinal) % len(narratives)]
            told = [f"{line.label} {getattr(said, line.id)}" for line in NARRATIVE]
            rows.append(
                {
                    "area": area.code,
                    "period": quarter.id,
                    "file": name_return(area, quarter, sample=True),
                    "received": self._received(area, quarter).isoformat(),
                    "role": said.role,
                    "template": TEMPLATE_VERSION,
                    "outcome": "used",
                    "values_in": len(self._measures),
                    "narrative": "\n".join(told),
                }
            )
        return SUBMISSIONS.from_rows(rows)

    def _observe(self, quarter: Period) -> pd.DataFrame:
        population = find_population(self._published, self._measures, quarter)
        rows = []
        for area in self._areas:
            figures = {m.id: self._figure(area, m, quarter) for m in self._measures}
            mine = population[population["area"] == area.code]
            people = dict(zip(mine["count"], mine["value"], strict=True))
            rows += describe_rows(
                name_return(area, quarter, sample=True),
                figures,
                settle_figures(self._measures, figures, people),
                area=area,
                quarter=quarter,
                release=f"{quarter.id} return of {self._received(area, quarter).isoformat()}",
            )
        return OBSERVATIONS.from_rows(rows)

    def _figure(self, area: Area, measure: Measure, quarter: Period) -> Figure:
        line = self._layout.line(measure.id)
        readings = {
            part: CellReading(show_raw(number), "provisional", number)
            for part in asked_parts(measure)
            for number in [self._counts.figure(area.code, measure, part, quarter)]
        }
        places = {part: line.place(part).cell for part in readings}
        return Figure(measure.id, line.sheet, line.cells, readings, places)

    def _received(self, area: Area, quarter: Period) -> dt.date:
        """Return the day on which a return came: a working day before it was due."""
        rng = make_generator(self._seed, area.code, quarter.id, "received")
        day = return_due(quarter) - dt.timedelta(days=int(rng.integers(2, 17)))
        return day - dt.timedelta(days=max(day.weekday() - 4, 0))

    # The quarter itself ------------------------------------------------------------------

    def write_returns(self, history: dict[Period, Path]) -> SampleWritten:
        """Write the quarter's workbooks, their defects and the manifest."""
        folder = self._workspace.returns(self._quarter.id)
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob(f"{SAMPLE_WORD}_*"):
            old.unlink()
        (folder / SAMPLE_MARKER).write_text(_MARK, encoding="utf-8")
        previous = pd.read_parquet(history[self._earlier[-1]])
        population = find_population(self._published, self._measures, self._quarter)
        workbooks = [
            path
            for index, area in enumerate(self._areas)
            for path in self._write_authority(folder, index, area, previous, population)
        ]
        manifest = self._list_defects()
        manifest.to_csv(folder / MANIFEST, index=False, encoding="utf-8", lineterminator="\n")
        if self._counted:
            self._list_dive_defects().to_csv(
                folder / DIVE_MANIFEST, index=False, encoding="utf-8", lineterminator="\n"
            )
        return SampleWritten(folder, tuple(workbooks), tuple(history.values()), manifest)

    def _write_authority(
        self,
        folder: Path,
        index: int,
        area: Area,
        previous: pd.DataFrame,
        population: pd.DataFrame,
    ) -> list[Path]:
        mine = [d for d in self._defects if self._area(d) is area]
        kinds = {d.kind for d in mine}
        if "return_missing" in kinds:
            return []
        workbook = build_template(
            area, self._quarter, self._measures, previous, population, sample=True
        )
        self._fill(workbook, area)
        self._add_dives(workbook, index, area)
        written = []
        received = self._received(area, self._quarter)
        if "return_superseded" in kinds:
            self._fill_cover(workbook, index, received - dt.timedelta(days=6))
            path = folder / self._name_earlier(area)
            written.append(save_workbook(workbook, path, stamp=self._quarter.end))
        for defect in mine:
            if defect.measure:
                line = self._layout.line(defect.measure)
                plant_defect(defect, Plot(workbook, line, area, self._quarter, self._counts))
        if "return_late" in kinds:
            received = return_due(self._quarter) + dt.timedelta(days=4)
        self._fill_cover(workbook, index, received)
        path = folder / name_return(area, self._quarter, sample=True)
        return [*written, save_workbook(workbook, path, stamp=self._quarter.end)]

    def _add_dives(self, workbook: Workbook, index: int, area: Area) -> None:
        """Add the deep-dive sheets that ``prepare-return`` writes, then answer and spoil them."""
        if (counted := self._counted.get(area.code)) is None:
            return
        stamp = Stamp(area, self._quarter, sample=True)
        add_dives(workbook, counted, stamp)
        for tables in split_dives(counted):
            name = tables.dive.practice_sheet.casefold()
            rng = make_generator(self._seed, area.code, self._quarter.id, name)
            typed = answer_practice(rng, tables.dive, tables.counts, index)
            write_practice(workbook, tables.dive, tables.counts, stamp, typed)
        plant_dive_defects(workbook, index)

    def _list_dive_defects(self) -> pd.DataFrame:
        missing = {self._area(d).code for d in self._defects if d.kind == "return_missing"}
        rows = [
            row
            for index, area in enumerate(self._areas)
            if area.code in self._counted and area.code not in missing
            for row in describe_dive_defects(
                index, name_return(area, self._quarter, sample=True), area.code
            )
        ]
        return pd.DataFrame(rows, columns=DIVE_MANIFEST_COLUMNS)

    def _fill(self, workbook: Workbook, area: Area) -> None:
        for line in self._layout.lines:
            for part in line.typed:
                number = self._counts.figure(area.code, line.measure, part, self._quarter)
                whole = wants_whole(line.measure, part)
                workbook[line.sheet][line.place(part).cell] = int(number) if whole else number

    def _fill_cover(self, workbook: Workbook, index: int, received: dt.date) -> None:
        narratives = load_narratives()
        said = narratives[index % len(narratives)]
        answers: dict[str, object] = {"submitted_on": received, "role": said.role}
        answers |= {
            "what_changed": said.what_changed,
            "why": said.why,
            "what_next": said.what_next,
            "offer": said.offer,
        }
        for offset, line in enumerate(COVER_LINES):
            if line.id in answers:
                cell = workbook[COVER].cell(COVER_FIRST_ROW + offset + 1, COVER_COLUMN + 1)
                cell.value = answers[line.id]
                if line.id == "submitted_on":
                    cell.number_format = "dd/mm/yyyy"

    def _name_earlier(self, area: Area) -> str:
        return name_return(area, self._quarter, sample=True).replace(".xlsx", "_earlier.xlsx")

    def _list_defects(self) -> pd.DataFrame:
        rows = []
        for defect in self._defects:
            area = self._area(defect)
            file = name_return(area, self._quarter, sample=True)
            if defect.kind == "return_missing":
                file = ""
            elif defect.kind == "return_superseded":
                file = self._name_earlier(area)
            rows.append(describe_defect(defect, file, area, self._layout))
        return pd.DataFrame(rows, columns=MANIFEST_COLUMNS)


def _holds_data(folder: Path) -> bool:
    return folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir())
