"""The deep-dive sheets of counts: tables of closed words and whole numbers, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import Dive
from slinb.catalogue.periods import Period
from slinb.collect import look
from slinb.collect.dive_layout import (
    ADVICE_ROW,
    AREA_COLUMN,
    DIVE_VERSION,
    FIELD_MARK,
    FIELD_ROW,
    FIRST_ROW,
    HEADING_ROW,
    MARK_COLUMN,
    MARK_ROW,
    QUARTER_COLUMN,
    ROWS_COLUMN,
    TITLE_ROW,
    VERSION_COLUMN,
    SheetKind,
    TableName,
    list_fields,
    mark_sheet,
    name_dive_sheet,
    read_mark,
)
from slinb.collect.layout import SAMPLE_WORD
from slinb.errors import SchemaError
from slinb.schema import Column

_ADVICE = (
    "Counted from your records by “slinb prepare-return”; please change nothing here. Each row is "
    "a count of children or spells, none is a child. Small counts are protected before anything "
    "is published."
)
_WIDE, _NARROW = 24.0, 12.0


@dataclass(frozen=True)
class Stamp:
    """Whose return a sheet belongs to, for which quarter, and whether it is made up."""

    area: Area
    quarter: Period
    sample: bool = False


def write_counts(
    workbook: Workbook, dive: Dive, table: TableName, frame: pd.DataFrame, stamp: Stamp
) -> None:
    """Write one table of counts as a sheet of its own.

    Parameters
    ----------
    workbook : Workbook
        The return; a sheet of the same table in it is replaced.
    dive, table
        Which deep dive, and which of its tables.
    frame : DataFrame
        The fields of :func:`slinb.collect.dive_layout.list_fields`.
    stamp : Stamp
        Whose return it is.

    Raises
    ------
    SchemaError
        A text is no word of the deep dive, or a number no count: it may come from a record.
    """
    fields = list_fields(table)
    rows = list(_list_rows(dive, table, fields, frame))
    sheet = start_sheet(workbook, dive, table, stamp, advice=_ADVICE, rows=len(rows))
    write_headings(sheet, [(f.name, _say_heading(f), _width(f)) for f in fields])
    for row in rows:
        sheet.append(row)
    end = f"{get_column_letter(len(fields))}{FIRST_ROW + len(rows)}"
    sheet.auto_filter.ref = f"A{HEADING_ROW + 1}:{end}"
    finish_sheet(sheet, stamp)


def _say_heading(field: Column) -> str:
    return field.name.replace("_", " ").capitalize()


def _width(field: Column) -> float:
    return _WIDE if field.name in ("item", "category", "across", "breakdown", "why") else _NARROW


def _list_rows(
    dive: Dive, table: TableName, fields: list[Column], frame: pd.DataFrame
) -> Iterable[list[object]]:
    """Return a table's rows as plain texts and whole numbers, refusing everything else."""
    columns: list[list[object]] = []
    for field in fields:
        if field.name not in frame.columns:
            raise SchemaError(f"Deep-dive table “{table}” has no column “{field.name}”.")
        values = frame[field.name]
        if field.dtype == "str":
            _refuse_strangers(dive, table, field.name, set(values))
            columns.append([text or None for text in values])
        else:
            numbers = pd.to_numeric(values).astype("int64")
            if (numbers != values).any() or (numbers < 0).any():
                raise SchemaError(f"Deep-dive table “{table}”: “{field.name}” holds no counts.")
            columns.append(list(numbers.tolist()))
    return map(list, zip(*columns, strict=True))


def _refuse_strangers(dive: Dive, table: str, column: str, words: set[str]) -> None:
    if column == "cohort":
        strange = {word for word in words if word and not _is_quarter(word)}
    else:
        strange = {word for word in words if not dive.knows(column, word)}
    if strange:
        raise SchemaError(
            f"Deep-dive table “{table}”: {len(strange)} texts of “{column}” are no words of "
            f"the deep dive “{dive.id}”.",
            f"Counts may carry only the words of slinb/catalogue/dives/{dive.id}.toml.",
        )


def _is_quarter(word: str) -> bool:
    try:
        return Period.parse(word).id == word
    except ValueError:
        return False


# What the deep-dive sheets have in common ----------------------------------------------------


def remove_sheets(workbook: Workbook, dive: Dive, kind: SheetKind) -> None:
    """Remove the sheets of a deep dive of one kind, under whatever name."""
    for sheet in list(workbook.worksheets):
        if read_mark(sheet.cell(MARK_ROW + 1, MARK_COLUMN + 1).value) == (dive.id, kind):
            workbook.remove(sheet)


def start_sheet(
    workbook: Workbook, dive: Dive, kind: SheetKind, stamp: Stamp, *, advice: str, rows: int
) -> Worksheet:
    """Add a sheet with its hidden marks, title and advice, replacing an earlier one."""
    remove_sheets(workbook, dive, kind)
    name = name_dive_sheet(dive, kind)
    sheet = workbook.create_sheet(name)
    for column, content in (
        (MARK_COLUMN, mark_sheet(dive.id, kind)),
        (VERSION_COLUMN, DIVE_VERSION),
        (QUARTER_COLUMN, stamp.quarter.id),
        (AREA_COLUMN, stamp.area.code),
        (ROWS_COLUMN, rows),
    ):
        sheet.cell(MARK_ROW + 1, column + 1, content)
    mark = f"{SAMPLE_WORD}. " if stamp.sample else ""
    title = sheet.cell(TITLE_ROW + 1, 1, f"{mark}{name}: {stamp.area.name}, {stamp.quarter.label}")
    title.font = look.font(bold=True, size=14, color=look.DARK)
    sheet.cell(ADVICE_ROW + 1, 1, advice).font = look.font(color=look.QUIET)
    sheet.row_dimensions[MARK_ROW + 1].hidden = True
    return sheet


def write_headings(sheet: Worksheet, columns: Iterable[tuple[str, str, float]]) -> None:
    """Write the hidden marks of the columns, from field, heading and width, and the headings."""
    for index, (field, heading, width) in enumerate(columns, start=1):
        sheet.cell(FIELD_ROW + 1, index, f"{FIELD_MARK}{field}")
        cell = sheet.cell(HEADING_ROW + 1, index, heading or None)
        cell.font = look.font(bold=True, color="FFFFFF")
        cell.fill, cell.alignment, cell.border = look.FILL_HEADING, look.MIDDLE, look.GRID
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.row_dimensions[FIELD_ROW + 1].hidden = True
    sheet.freeze_panes = f"A{FIRST_ROW + 1}"


def finish_sheet(sheet: Worksheet, stamp: Stamp) -> None:
    """Set the page up and lock what is not to be typed over."""
    look.set_page(sheet, landscape=True, footer=f"{stamp.area.name}, {stamp.quarter.id}")
    if stamp.sample:
        sheet.oddFooter.center.text = SAMPLE_WORD
    look.protect(sheet)
    sheet.protection.autoFilter = False
