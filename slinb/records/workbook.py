"""Opening a workbook of records: every sheet as a grid, headers found below whatever titles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt
import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from slinb.errors import Place
from slinb.records.grid import TOP_ROWS, Grid, HeaderScore, RecordsError, find_headers
from slinb.records.problems import ProblemLog


def read_sheets(
    path: Path, file: str, score: HeaderScore, log: ProblemLog
) -> Iterator[tuple[Grid, bool]]:
    """Read the sheets of a workbook one after another, so that only one is in memory.

    Yields
    ------
    grid : Grid
        The sheet; without headers (and with its rows counted as blank or not) where no row of
        its top looks like headers.
    found : bool
        Whether headers were found.

    Raises
    ------
    RecordsError
        The file is no workbook, is encrypted or damaged.
    """
    try:
        book = CalamineWorkbook.from_path(path)
    except (CalamineError, BadZipFile, OSError, ValueError) as error:
        raise RecordsError(
            "The workbook cannot be opened: it is encrypted, damaged or no Excel file.",
            "Remove the password, or save it again as “Excel Workbook (.xlsx)”.",
            Place(file),
        ) from error
    for sheet in book.sheets_metadata:
        rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        if sheet.visible != SheetVisibleEnum.Visible and rows:
            log.note(
                "hidden sheet",
                "The sheet is hidden.",
                "Read like the others.",
                file=file,
                sheet=sheet.name,
                n=1,
            )
        yield _build_grid(file, sheet.name, rows, score, log)


def _build_grid(
    file: str, sheet: str, rows: Sequence[Sequence[object]], score: HeaderScore, log: ProblemLog
) -> tuple[Grid, bool]:
    top = [["" if c is None else str(c).strip() for c in row] for row in rows[:TOP_ROWS]]
    at = find_headers(top, score)
    if at < 0:
        held = sum(any(map(_is_filled, row)) for row in rows)
        return Grid(file, sheet, (), np.arange(held), pd.DataFrame()), False
    if at > 0:
        log.note(
            "rows above the headers",
            f"The headers stand in row {at + 1}.",
            "Read from there.",
            file=file,
            sheet=sheet,
            n=at,
        )
    body = rows[at + 1 :]
    columns = list(zip(*body, strict=True)) if body else [()] * len(top[at])
    headers = _cut_headers(top[at], columns)
    cells = pd.DataFrame(
        {i: pd.Series(columns[i], dtype=object) for i in range(len(headers))}, copy=False
    )
    filled: npt.NDArray[np.bool_] = np.array(
        [any(map(_is_filled, row)) for row in body], dtype=bool
    )
    numbers = np.arange(len(body), dtype=np.int64) + at + 2
    _note_blank(file, sheet, numbers, filled, log)
    kept = pd.DataFrame(cells.loc[filled]).reset_index(drop=True)
    return Grid(file, sheet, headers, numbers[filled], kept, len(body) - len(kept)), True


def _cut_headers(headers: Sequence[str], columns: Sequence[Sequence[object]]) -> tuple[str, ...]:
    """Return the headers without those at the end that are blank over blank columns."""
    cut = list(headers)
    while cut and not cut[-1] and not any(map(_is_filled, columns[len(cut) - 1])):
        cut.pop()
    return tuple(cut)


def _note_blank(
    file: str,
    sheet: str,
    numbers: npt.NDArray[np.int64],
    filled: npt.NDArray[np.bool_],
    log: ProblemLog,
) -> None:
    """Note blank rows among the others; those below the last one are only formatting."""
    last = np.flatnonzero(filled).max(initial=-1)
    among = ~filled & (np.arange(len(filled)) < last)
    if among.any():
        log.note(
            "blank rows",
            "Rows with nothing but spaces.",
            "Left out; they are no children.",
            file=file,
            sheet=sheet,
            rows=numbers[among],
        )


def _is_filled(cell: object) -> bool:
    return bool(cell.strip()) if isinstance(cell, str) else cell is not None
