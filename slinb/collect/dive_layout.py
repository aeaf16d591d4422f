"""Where everything stands in the deep-dive sheets of the return; writer and reader share it.

A sheet is known by the mark in its first cell (``slinb!section20/counts``), with the version, the
quarter, the authority and the number of its rows beside it, and a column by ``slinb%<field>``. The
reader of the return's own sheets looks for other marks and does not see these.
"""

from __future__ import annotations

from typing import Literal, get_args

from slinb.catalogue.dives import Dive
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS, DIVE_RISK, Column, TableSchema

DIVE_VERSION = "2026.1"
SHEET_MARK = "slinb!"
FIELD_MARK = "slinb%"

TableName = Literal["counts", "risk", "durations"]
TABLES: dict[TableName, TableSchema] = {
    "counts": DIVE_COUNTS,
    "risk": DIVE_RISK,
    "durations": DIVE_DURATIONS,
}
SheetKind = Literal["counts", "risk", "durations", "practice", "answers"]

#: Rows of a deep-dive sheet and cells of its first row, counted from 0.
MARK_ROW, TITLE_ROW, ADVICE_ROW, FIELD_ROW, HEADING_ROW, FIRST_ROW = range(6)
MARK_COLUMN, VERSION_COLUMN, QUARTER_COLUMN, AREA_COLUMN, ROWS_COLUMN = range(5)

#: Columns of the practice sheet: field, heading, width.
PRACTICE_FIELDS = (
    ("question", "", 4.0),
    ("measure", "Measure", 9.0),
    ("asked", "What to count", 64.0),
    ("numerator", "Numerator", 12.0),
    ("of", "Of how many", 64.0),
    ("denominator", "Denominator", 12.0),
    ("records", "Your records say", 16.0),
    ("note", "Note (no names)", 36.0),
)
PRACTICE_TYPED = ("numerator", "denominator", "note")
_GIVEN = {"area", "period", "dive", "status", "file", "sheet", "cell"}


def list_fields(table: TableName) -> list[Column]:
    """Return the columns of a sheet of counts: those of its table that the cover does not give."""
    return [column for column in TABLES[table].columns if column.name not in _GIVEN]


def list_numbers(table: TableName) -> list[str]:
    """Return the fields of a sheet that hold counts; the others say what is counted."""
    return [column.name for column in list_fields(table) if column.dtype == "float64"]


def list_keys(table: TableName) -> list[str]:
    """Return the fields that together name one row of a sheet."""
    return [c.name for c in list_fields(table) if c.dtype != "float64" and c.name != "why"]


def mark_sheet(dive: str, kind: SheetKind) -> str:
    """Return the mark in the first cell of a sheet."""
    return f"{SHEET_MARK}{dive}/{kind}"


def read_mark(content: object) -> tuple[str, SheetKind] | None:
    """Return the dive and kind that a sheet's mark names, or None where it is no mark."""
    if not isinstance(content, str) or not content.strip().startswith(SHEET_MARK):
        return None
    dive, _, kind = content.strip().removeprefix(SHEET_MARK).partition("/")
    return (dive, kind) if kind in get_args(SheetKind) else None  # type: ignore[return-value]


def name_dive_sheet(dive: Dive, kind: SheetKind) -> str:
    """Return the name under which a sheet is written: “Section 20 counts”, “Practice”.

    Examples
    --------
    >>> from slinb.catalogue.dives import load_dives
    >>> name_dive_sheet(load_dives()["section20"], "counts")
    'Section 20 counts'
    """
    if kind == "practice":
        return dive.practice_sheet or f"{dive.title} practice"
    own = dive.answers_sheet if kind == "answers" else ""
    return own or f"{dive.title} {kind}"
