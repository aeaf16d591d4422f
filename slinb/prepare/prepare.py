"""One call for an authority: its records in, its quarterly return out, ready to send.

Examples
--------
>>> from pathlib import Path
>>> from slinb.catalogue.areas import load_areas
>>> from slinb.catalogue.periods import Period
>>> luton, quarter = load_areas()["E06000032"], Period.parse("2025-26-Q3")
>>> prepare_return(Path("records"), quarter, luton, Path("returns"))  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.dives import Dive, load_dives
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.periods import Period
from slinb.collect.layout import name_return, plan_layout
from slinb.collect.template import build_template
from slinb.errors import ParameterError
from slinb.prepare.answers import write_answers
from slinb.prepare.begun import Begun, date_cover, open_begun
from slinb.prepare.fill import fill_counts, find_slots
from slinb.prepare.practice import write_practice
from slinb.prepare.sheets import Stamp, write_counts
from slinb.records.prepare import CountedRecords, count_records, find_files
from slinb.stamp import save_workbook


@dataclass(frozen=True)
class DiveTables:
    """The counts of one deep dive, as they go into its sheets.

    Another exercise comes in by an entry in the catalogue (``slinb/catalogue/dives``): its sheets,
    their words and their reader follow from it.

    Parameters
    ----------
    dive : Dive
        The entry of the catalogue.
    counts, risk, durations : DataFrame
        The fields of :func:`slinb.collect.dive_layout.list_fields`.
    answers, problems : DataFrame
        As in :class:`slinb.records.prepare.CountedRecords`.
    """

    dive: Dive
    counts: pd.DataFrame
    risk: pd.DataFrame
    durations: pd.DataFrame
    answers: pd.DataFrame
    problems: pd.DataFrame


@dataclass(frozen=True)
class PreparedReturn:
    """The return that was written, and what the officer should know before sending it.

    Parameters
    ----------
    path : Path
        The workbook.
    counted : CountedRecords
        All that was counted. Its ``problems`` and ``account`` stay in the authority.
    cells : DataFrame
        :data:`slinb.prepare.fill.CELLS`: what became of each count of the return's own cells.
    settled_formulas : tuple of str
        Yellow cells whose formula was replaced by its result: “sheet, cell”.
    """

    path: Path
    counted: CountedRecords
    cells: pd.DataFrame
    settled_formulas: tuple[str, ...] = ()


def prepare_return(
    source: Path | Sequence[Path],
    quarter: Period,
    area: Area,
    destination: Path,
    *,
    template: Path | None = None,
    today: dt.date | None = None,
    postcodes: Path | None = None,
    measures: Sequence[Measure] | None = None,
    population: pd.DataFrame | None = None,
) -> PreparedReturn:
    """Count an authority's records and write its quarterly return from them.

    Parameters
    ----------
    source : Path or sequence of Path
        SSDA903 tables or XML, an Annex A workbook, or both: a folder or files.
    quarter : Period
        A quarter that has ended.
    area : Area
        The authority.
    destination : Path
        The workbook to write, or a folder for it. A file is replaced only if it is ``template``.
    template : Path, optional
        The return as it was sent out or begun: every figure in it is kept. A fresh one if left out.
    today : date, optional
        The day of the submission where the cover has none; the system's date if left out.
    postcodes : Path, optional
        A table of postcodes for distances (:func:`slinb.records.prepare.count_records`).
    measures : sequence of Measure, optional
        Those of the quarterly return if left out.
    population : DataFrame, optional
        Table of :func:`slinb.collect.population.find_population` for a fresh return.

    Raises
    ------
    ParameterError
        The quarter has not ended, no records are there, or the destination is taken or lies
        among the records.
    ReturnError
        The template is no return workbook of this authority and quarter.
    """
    asked = list(measures if measures is not None else load_measures().quarterly())
    path = _choose_path(destination, source, template, area, quarter)
    begun = open_begun(template, quarter, area, asked) if template else None
    counted = count_records(source, quarter, today, postcodes)
    if begun is None:
        begun = Begun(build_template(area, quarter, asked, None, population), None, ())
    slots = find_slots(asked, plan_layout(asked), begun.figures)
    cells = fill_counts(begun.workbook, slots, counted.return_counts)
    add_dives(begun.workbook, counted, Stamp(area, quarter))
    date_cover(begun.workbook, today or dt.date.today())
    path.parent.mkdir(parents=True, exist_ok=True)
    save_workbook(begun.workbook, path, stamp=quarter.end)
    return PreparedReturn(path, counted, cells, begun.settled)


def add_dives(workbook: Workbook, counted: CountedRecords, stamp: Stamp) -> None:
    """Write the sheets of every deep dive of which the records say something into a return."""
    for tables in split_dives(counted):
        add_dive(workbook, tables, stamp)


def find_authority(text: str) -> Area:
    """Return the authority of a name or code.

    Raises
    ------
    ParameterError
        It names no authority of today.

    Examples
    --------
    >>> find_authority("Luton").code
    'E06000032'
    """
    area = load_areas().find(text)
    if area is None or area.level != "authority" or area.abolished:
        raise ParameterError(
            f"“{text}” is no English local authority of today.",
            "Give its name or its code: Luton, or E06000032.",
        )
    return area


def split_dives(counted: CountedRecords) -> list[DiveTables]:
    """Return the deep dives that a set of records has something to say of.

    A deep dive takes the rows of its own measures; those of no deep dive stay where they are.
    """
    return [
        _take_dive(counted, dive)
        for dive in load_dives().values()
        if counted.answers["measure"].isin(list(dive.measures)).any()
    ]


def _take_dive(counted: CountedRecords, dive: Dive) -> DiveTables:
    def own(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["measure"].isin(list(dive.measures))].reset_index(drop=True)

    answers = counted.answers
    lists = answers["measure"].str.startswith("list ")
    return DiveTables(
        dive,
        own(counted.counts),
        own(counted.risk),
        own(counted.durations),
        answers[answers["measure"].isin(list(dive.measures)) | lists],
        counted.problems,
    )


def add_dive(workbook: Workbook, tables: DiveTables, stamp: Stamp) -> None:
    """Write the sheets of one deep dive into a return, replacing earlier ones.

    What was typed into an earlier practice sheet is kept.
    """
    dive = tables.dive
    for name in dive.tables:
        write_counts(workbook, dive, name, getattr(tables, name), stamp)
    if dive.questions:
        write_practice(workbook, dive, tables.counts, stamp)
    write_answers(workbook, dive, tables.answers, tables.counts, tables.problems, stamp)


def _choose_path(
    destination: Path,
    source: Path | Sequence[Path],
    template: Path | None,
    area: Area,
    quarter: Period,
) -> Path:
    """Return where to write; never over another file, never among the records."""
    folder = destination.is_dir() or not destination.suffix
    path = destination / name_return(area, quarter) if folder else destination
    if path.suffix.casefold() != ".xlsx":
        raise ParameterError(f"{path.name} is no .xlsx file.", "Choose a name that ends in .xlsx.")
    places = {p.resolve() for p in (path, template) if p is not None}
    root, files = find_files(source)
    among = {f.resolve() for f in files} & places
    if among or (root and any(root.resolve() in p.parents for p in places)):
        raise ParameterError(
            f"{path.name} or its template lies among the records.",
            "Keep the return in a folder of its own: a workbook there is read as Annex A.",
        )
    if path.exists() and (template is None or path.resolve() != template.resolve()):
        raise ParameterError(
            f"{path.name} is there already, and what was typed into it must not be lost.",
            "Give it as the template too, to keep its figures, or choose another name.",
        )
    return path
