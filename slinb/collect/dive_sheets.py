"""Reading the deep-dive sheets of one return: cells to rows, and what to ask about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import Dive
from slinb.catalogue.periods import Period
from slinb.collect.cells import CellReading, name_cell, read_number, show_raw
from slinb.collect.dive_layout import (
    AREA_COLUMN,
    DIVE_VERSION,
    FIELD_MARK,
    MARK_COLUMN,
    MARK_ROW,
    QUARTER_COLUMN,
    ROWS_COLUMN,
    VERSION_COLUMN,
    SheetKind,
    TableName,
    list_fields,
    list_keys,
    name_dive_sheet,
    read_mark,
)
from slinb.collect.findings import Finding
from slinb.collect.workbook import Sheet
from slinb.errors import PeriodError
from slinb.schema import Column

#: A row of a deep-dive table, as far as the sheet gives it.
Row = dict[str, object]
SEND_AGAIN = "Run “slinb prepare-return” again and send the workbook as it is."
_NAN = float("nan")


@dataclass(frozen=True)
class MarkedSheet:
    """A deep-dive sheet as it stands in a workbook.

    Parameters
    ----------
    sheet : Sheet
        Its cells.
    columns : dict of str to int
        Where each field stands.
    first : int
        The first row below the headings, counted from 0.
    """

    sheet: Sheet
    columns: dict[str, int]
    first: int

    def stamp(self, column: int) -> str:
        """Return what the hidden first row says beside the mark."""
        return show_raw(self.sheet.at(MARK_ROW, column))

    def at(self, row: int, field: str) -> object:
        """Return the content of a field in a row."""
        return self.sheet.at(row, self.columns[field])

    def name(self, row: int, field: str) -> str:
        """Return the name of a field's cell."""
        return name_cell(row, self.columns[field])

    def rows(self) -> list[int]:
        """Return the rows that hold anything in a known column."""
        wanted = set(self.columns.values())
        last = len(self.sheet.cells)
        return [
            r
            for r in range(self.first, last)
            if any(show_raw(c) for i, c in enumerate(self.sheet.cells[r]) if i in wanted)
        ]


def find_sheets(sheets: Iterable[Sheet], dive: Dive) -> dict[SheetKind, list[MarkedSheet]]:
    """Return the sheets of a deep dive in a workbook, by kind."""
    found: dict[SheetKind, list[MarkedSheet]] = {}
    for sheet in sheets:
        mark = read_mark(sheet.at(MARK_ROW, MARK_COLUMN))
        if mark and mark[0] == dive.id:
            columns, at = _find_columns(sheet)
            found.setdefault(mark[1], []).append(MarkedSheet(sheet, columns, at + 2))
    return found


def _find_columns(sheet: Sheet) -> tuple[dict[str, int], int]:
    columns: dict[str, int] = {}
    at = MARK_ROW
    for row, column, content in sheet:
        if isinstance(content, str) and content.strip().startswith(FIELD_MARK):
            columns.setdefault(content.strip().removeprefix(FIELD_MARK), column)
            at = row
    return columns, at


def choose_sheet(
    dive: Dive, kind: SheetKind, found: Sequence[MarkedSheet], area: Area, quarter: Period
) -> tuple[MarkedSheet | None, list[Finding]]:
    """Return the sheet of a kind to read, if one can be, and what to ask about it."""
    name = name_dive_sheet(dive, kind)
    if not found:
        problem = f"The sheet “{name}” is not in the workbook; nothing of it was read."
        return None, [Finding("dive_sheet_missing", problem, SEND_AGAIN, name)]
    first = found[0]
    if any(other.sheet.cells != first.sheet.cells for other in found[1:]):
        names = ", ".join(f"“{m.sheet.name}”" for m in found)
        problem = f"The sheets {names} are copies that differ; none of them was read."
        return None, [Finding("dive_sheet_twice", problem, "Delete the wrong one.", name)]
    if asked := _check_stamp(first, area, quarter):
        return None, [asked]
    return first, _check_version(first)


def _check_stamp(marked: MarkedSheet, area: Area, quarter: Period) -> Finding | None:
    """Return why a sheet is not of this return: copied from another authority or quarter."""
    said = (marked.stamp(AREA_COLUMN), marked.stamp(QUARTER_COLUMN))
    if said[0] == area.code and _is_quarter(said[1], quarter):
        return None
    return Finding(
        "dive_sheet_foreign",
        f"The sheet was made for {said[0] or 'no authority'}, {said[1] or 'no quarter'}, not for "
        f"{area.code}, {quarter.id}; nothing of it was read.",
        SEND_AGAIN,
        marked.sheet.name,
        name_cell(MARK_ROW, AREA_COLUMN),
        " / ".join(said),
    )


def _check_version(marked: MarkedSheet) -> list[Finding]:
    said = marked.stamp(VERSION_COLUMN)
    if said == DIVE_VERSION:
        return []
    return [
        Finding(
            "dive_version",
            f"The sheet is of version {said or 'none'}, not {DIVE_VERSION}; it was read as far "
            "as its columns and rows are known.",
            "Run “slinb prepare-return” of this version again and send the workbook.",
            marked.sheet.name,
            name_cell(MARK_ROW, VERSION_COLUMN),
            said,
        )
    ]


# Sheets of counts ------------------------------------------------------------------------------


def read_counts(
    dive: Dive, table: TableName, marked: MarkedSheet
) -> tuple[list[Row], list[Finding]]:
    """Read a sheet of counts.

    Returns
    -------
    rows : list of dict
        The fields of the table, with ``status``, ``sheet`` and ``cell``. A row whose words are
        not the dive's own is not among them; one with a number that cannot be read has none.
    findings : list of Finding
        What to ask; what is wrong in the same way in many rows is asked once.
    """
    fields = list_fields(table)
    if gone := [f.name for f in fields if f.name not in marked.columns]:
        problem = f"The columns {', '.join(gone)} are not there; nothing of the sheet was read."
        return [], [Finding("dive_column_missing", problem, SEND_AGAIN, marked.sheet.name)]
    asked = _Asked(marked)
    at = marked.rows()
    rows = [row for r in at if (row := _read_row(dive, fields, marked, r, asked)) is not None]
    rows = _drop_repeated(rows, list_keys(table), asked)
    findings = asked.findings()
    expected = read_number(marked.stamp(ROWS_COLUMN)).number
    if expected is not None and len(at) < expected:
        problem = f"{int(expected) - len(at)} of {int(expected)} rows are gone from the sheet."
        findings.append(Finding("dive_rows_missing", problem, SEND_AGAIN, marked.sheet.name))
    return rows, findings


def _read_row(
    dive: Dive, fields: Sequence[Column], marked: MarkedSheet, r: int, asked: _Asked
) -> Row | None:
    row: Row = {"sheet": marked.sheet.name, "status": "final"}
    numbers = [f.name for f in fields if f.dtype == "float64"]
    for field in fields:
        raw = marked.at(r, field.name)
        if field.dtype == "str":
            word = show_raw(raw)
            if not _is_known(dive, field.name, word):
                asked.note("dive_word_unknown", field.name, word, r)
                return None
            row[field.name] = word
        elif field.dtype == "int64":
            reading = _read_count(raw)
            if reading.number is None:
                asked.note("dive_word_unknown", field.name, reading.text, r)
                return None
            row[field.name] = int(reading.number)
        else:
            reading = _read_count(raw)
            row[field.name] = _NAN if reading.number is None else reading.number
            if reading.number is None:
                row["status"] = reading.status
                rule = "suppressed_cell" if reading.status == "suppressed" else "unreadable_cell"
                asked.note(rule, field.name, reading.text, r)
    row["cell"] = f"{marked.name(r, numbers[0])}:{marked.name(r, numbers[-1])}"
    if row["status"] != "final":
        row.update(dict.fromkeys(numbers, _NAN))
    return row


def _is_known(dive: Dive, field: str, word: str) -> bool:
    if field != "cohort":
        return dive.knows(field, word)
    try:
        return not word or Period.parse(word).kind == "quarter"
    except PeriodError:
        return False


def _read_count(raw: object) -> CellReading:
    """Read a cell that holds a count: a whole number, 0 or more."""
    reading = read_number(raw)
    if reading.number is None:
        return CellReading(reading.text, reading.status if reading.text else "missing")
    # What was counted in records is never an estimate.
    if reading.number < 0 or not reading.number.is_integer() or reading.status == "estimated":
        return CellReading(reading.text, "unreadable")
    return reading


def _drop_repeated(rows: list[Row], keys: list[str], asked: _Asked) -> list[Row]:
    """Keep one of two rows that say the same; of two that contradict each other, neither."""
    kept: dict[tuple[object, ...], Row] = {}
    for row in rows:
        key = tuple(row[k] for k in keys)
        other = kept.setdefault(key, row)
        places = {"sheet", "cell"}
        if other is not row:
            same = all(_equal(other[k], row[k]) for k in row if k not in places)
            asked.note("dive_row_twice", "", "", 0, cell=str(row["cell"]))
            if not same:
                numbers = [k for k, v in row.items() if isinstance(v, float)]
                other.update({**dict.fromkeys(numbers, _NAN), "status": "unreadable"})
    return list(kept.values())


def _equal(one: object, other: object) -> bool:
    return one == other or (one != one and other != other)


_SAID: dict[str, tuple[str, str]] = {
    "dive_word_unknown": (
        "“{word}” is no {field} of this deep dive; the row was not read.",
        SEND_AGAIN,
    ),
    "unreadable_cell": (
        "“{word}” is no whole number of 0 or more ({field}); the row has no figure.",
        "Type the number alone, or run “slinb prepare-return” again.",
    ),
    "suppressed_cell": (
        "“{word}” hides a small count ({field}), so the row cannot be used.",
        "Send the count itself: small counts are protected before anything is published.",
    ),
    "dive_row_twice": (
        "The row says again what another row counts; where the two differ, neither was read.",
        SEND_AGAIN,
    ),
}


class _Asked:
    """Collects what is wrong with the rows of a sheet: once for each rule, field and word."""

    def __init__(self, marked: MarkedSheet) -> None:
        self._marked = marked
        self._cells: dict[tuple[str, str, str], list[str]] = {}

    def note(self, rule: str, field: str, word: str, row: int, cell: str = "") -> None:
        """Note one cell."""
        place = cell or self._marked.name(row, field)
        self._cells.setdefault((rule, field, word), []).append(place)

    def findings(self) -> list[Finding]:
        """Return one finding for each way of being wrong, with its first cell and how many."""
        found = []
        for (rule, field, word), cells in self._cells.items():
            problem, action = _SAID[rule]
            shown = problem.format(word=word[:60] or "(empty)", field=field)
            more = f" So it is in {len(cells)} rows." if len(cells) > 1 else ""
            found.append(
                Finding(rule, shown + more, action, self._marked.sheet.name, cells[0], word[:60])
            )
        return found


def _is_quarter(text: str, quarter: Period) -> bool:
    try:
        return Period.parse(text) == quarter
    except PeriodError:
        return False
