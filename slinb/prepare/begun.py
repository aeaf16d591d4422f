"""A return that was sent out or begun: opened so that nothing typed into it is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.forms import read_form
from slinb.collect.identity import find_quarter_problem, identify_area
from slinb.collect.layout import COVER_COLUMN, COVER_MARK
from slinb.collect.settle import Figure
from slinb.errors import Place, ReturnError


@dataclass(frozen=True)
class Begun:
    """A return to go on with.

    Parameters
    ----------
    workbook : Workbook
        Its contents, to be written to.
    figures : mapping of measure id to Figure, or None
        What stands in its rows; None for a fresh one.
    settled : tuple of str
        Yellow cells whose formula was replaced by its result.
    """

    workbook: Workbook
    figures: Mapping[str, Figure] | None
    settled: tuple[str, ...]


def open_begun(path: Path, quarter: Period, area: Area, measures: Sequence[Measure]) -> Begun:
    """Open a template or a return that somebody has begun to fill in.

    Raises
    ------
    ReturnError
        It is no return workbook, or one of another authority or quarter.
    """
    sent = read_form(path, measures)
    whose = identify_area(sent, [area], load_areas())
    problem = find_quarter_problem(sent, quarter, area) if isinstance(whose, Area) else whose
    if problem:
        raise ReturnError(problem.problem, problem.action, Place(path.name, problem.sheet))
    workbook = load_workbook(path, rich_text=True)
    return Begun(workbook, sent.figures, _settle_formulas(workbook, path))


def _settle_formulas(workbook: Workbook, path: Path) -> tuple[str, ...]:
    """Replace formulas in yellow cells by their results, which saving here would lose.

    The template's own formulas stand in locked cells and are worked out again by Excel.
    """
    own = [
        (sheet.title, cell.coordinate)
        for sheet in workbook.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell, Cell) and cell.data_type == "f" and not cell.protection.locked
    ]
    if not own:
        return ()
    results = load_workbook(path, data_only=True)
    settled = []
    for sheet, cell in own:
        result = results[sheet][cell].value
        if result is not None:
            workbook[sheet][cell] = result
            settled.append(f"{sheet}, {cell}")
    return tuple(settled)


def date_cover(workbook: Workbook, day: dt.date) -> None:
    """Put the day of the submission on a cover that has none."""
    for sheet in workbook.worksheets:
        for row in sheet.iter_rows(max_col=1):
            if row[0].value == f"{COVER_MARK}submitted_on":
                cell = sheet.cell(row[0].row, COVER_COLUMN + 1)
                if cell.value in (None, ""):
                    cell.value, cell.number_format = day, "dd/mm/yyyy"
