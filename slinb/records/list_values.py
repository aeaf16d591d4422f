"""The columns of one Annex A list as days, groups, yes or no, and whole numbers; all checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.annex_a import ListColumn, ListTable
from slinb.records.dates import NO_DAY, Days, read_dates
from slinb.records.grid import split_distinct
from slinb.records.identity import fold_identifier
from slinb.records.meanings import load_meanings
from slinb.records.problems import ProblemLog

_MOST_LISTED = 20
#: Columns of which an unmapped value changes a count, so that each is listed.
_COUNTED = frozenset(
    {"legal_status", "need", "plan", "placement", "location", "abuse", "ceased", "yesno"}
    | {"eligibility", "in_touch", "suitability", "accommodation", "activity", "case_status"}
)

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class ReadList:
    """One list, read.

    Parameters
    ----------
    table : ListTable
    child : array of int32
        Number of the child (or adopter) within the workbook; -1 where none is named.
    days : dict of str to array
        Each column of days.
    numbers : dict of str to array
        Each column of whole numbers; missing where there is none.
    groups : dict of str to array of str
        Group of each cell of a column of choices: "" where blank or unmapped.
    unmapped : dict of str to array of bool
        Where a choice could not be mapped.
    """

    table: ListTable
    child: npt.NDArray[np.int32]
    days: dict[str, Days] = field(default_factory=dict)
    numbers: dict[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    groups: dict[str, npt.NDArray[np.object_]] = field(default_factory=dict)
    unmapped: dict[str, Mask] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.table.rows)

    def day(self, column: str) -> Days:
        """Return a column of days; all NaT where the list has none of that name."""
        return self.days.get(column, np.full(len(self), NO_DAY))

    def number(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers; all missing where the list has none of that name."""
        return self.numbers.get(column, np.full(len(self), np.nan))

    def position(self, column: str, labels: Sequence[str]) -> npt.NDArray[np.int64]:
        """Return the position in ``labels`` of each cell's group; -1 where it is in none."""
        place = {label: i for i, label in enumerate(labels)}
        groups = self.groups.get(column)
        if groups is None:
            return np.full(len(self), -1, dtype=np.int64)
        codes, distinct = pd.factorize(groups)
        return np.array([place.get(g, -1) for g in distinct] + [-1], dtype=np.int64)[codes]

    def says(self, column: str, group: str) -> Mask:
        """Return where a column says one group."""
        groups = self.groups.get(column)
        return np.zeros(len(self), dtype=bool) if groups is None else np.asarray(groups == group)


def number_people(tables: Sequence[ListTable], log: ProblemLog) -> list[npt.NDArray[np.int32]]:
    """Give every child one number, the same in all lists of the workbook."""
    split = [split_distinct(table.column(_identifier(table))) for table in tables]
    folded = [[_fold(v) for v in values] for _, values in split]
    everything = [text for texts in folded for text in texts]
    places, known = pd.factorize(pd.Series(everything, dtype="str"))
    log.identifiers |= frozenset(str(text) for text in known if text)
    numbers, start = [], 0
    for (codes, values), texts in zip(split, folded, strict=True):
        own = np.append(places[start : start + len(values)], -1).astype(np.int32)
        own[[i for i, text in enumerate(texts) if not text]] = -1
        start += len(values)
        numbers.append(own[codes])
    return numbers


def _identifier(table: ListTable) -> str:
    return next(c.name for c in table.rule.columns if c.kind == "id")


def _fold(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return fold_identifier(str(value)) if value is not None else ""


def read_list(
    table: ListTable, child: npt.NDArray[np.int32], log: ProblemLog, today: np.datetime64
) -> ReadList:
    """Read and check every column of a list."""
    read = ReadList(table, child)
    _note_cells(table, "no child", child < 0, _identifier(table), _NO_CHILD, log)
    for column in table.rule.columns:
        if not table.has(column.name):
            continue
        if column.kind == "day":
            read.days[column.name] = _read_days(table, column, log, today)
        elif column.kind == "whole":
            read.numbers[column.name] = _read_whole(table, column, log)
        elif column.kind == "choice":
            _read_choice(read, column, log)
    return read


_NO_CHILD = ("Rows that name nobody.", "Left out of the counts.")


def _note_cells(
    table: ListTable,
    rule: str,
    mask: Mask,
    column: str,
    said: tuple[str, str],
    log: ProblemLog,
    value: str = "",
) -> None:
    """Note marked rows, one line a sheet."""
    if not mask.any():
        return
    for file, sheet in sorted(set(zip(table.file[mask], table.sheet[mask], strict=True))):
        at = mask & (table.file == file) & (table.sheet == sheet)
        log.note(
            rule, *said, file=file, sheet=sheet, rows=table.rows[at], column=column, value=value
        )


def _read_days(table: ListTable, column: ListColumn, log: ProblemLog, today: np.datetime64) -> Days:
    read = read_dates(table.column(column.name))
    said = ("No date that exists.", "Counts as blank.")
    _note_cells(table, "no date", read.unread, column.name, said, log)
    if serials := read.formats.get("serial", 0):
        log.note(
            "serial",
            "Dates that a spreadsheet keeps as numbers.",
            "Read.",
            file=str(table.file[0]),
            sheet=str(table.sheet[0]),
            column=column.name,
            n=serials,
        )
    future = ("Dates that are still to come.", "Kept.")
    _note_cells(table, "future date", read.days > today, column.name, future, log)
    return read.days


def _read_whole(table: ListTable, column: ListColumn, log: ProblemLog) -> npt.NDArray[np.float64]:
    lowest, highest = (float(limit) for limit in column.accepted.split())
    codes, values = split_distinct(table.column(column.name))
    numbers = np.array([_read_number(v) for v in values] + [np.nan])
    blank = np.array([not str(v).strip() for v in values] + [True], dtype=bool)
    whole = numbers == np.floor(numbers)
    outside = whole & ((numbers < lowest) | (numbers > highest))
    said = ("No whole number.", "Counts as blank: it is not rounded.")
    _note_cells(table, "no whole number", (~whole & ~blank)[codes], column.name, said, log)
    limits = (f"Numbers outside {lowest:.0f} to {highest:.0f}.", "Count as blank.")
    _note_cells(table, "outside limits", outside[codes], column.name, limits, log)
    return np.where(whole & ~outside, numbers, np.nan)[codes]


def _read_number(value: object) -> float:
    if isinstance(value, bool):
        return float("nan")
    try:
        return float(str(value).strip())
    except ValueError:
        return float("nan")


def _read_choice(read: ReadList, column: ListColumn, log: ProblemLog) -> None:
    table, meaning = read.table, load_meanings()[column.accepted]
    codes, values = split_distinct(table.column(column.name))
    texts = [_as_text(v) for v in values]
    groups = [meaning.read(text) if text.strip() else "" for text in texts]
    unclear = np.array([g is None for g in groups] + [False], dtype=bool)
    read.groups[column.name] = np.array([g or "" for g in groups] + [""], dtype=object)[codes]
    read.unmapped[column.name] = unclear[codes]
    if unclear.any():
        _note_unmapped(table, column, codes, texts, np.flatnonzero(unclear), log)


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _note_unmapped(
    table: ListTable,
    column: ListColumn,
    codes: npt.NDArray[np.intp],
    texts: Sequence[str],
    unclear: npt.NDArray[np.intp],
    log: ProblemLog,
) -> None:
    """List what could not be mapped, each spelling by itself where a count rests on it."""
    listed = unclear[:_MOST_LISTED] if column.accepted in _COUNTED else unclear[:0]
    done = "Not mapped, not guessed: counted apart."
    for code in listed:
        said = ("A value that is no code and has no clear meaning:", done)
        _note_cells(table, "unmapped value", codes == code, column.name, said, log, texts[code])
    rest = np.isin(codes, unclear[len(listed) :])
    said = (f"{len(unclear) - len(listed)} values outside the list.", "Used in no count.")
    _note_cells(table, "unmapped value", rest, column.name, said, log)
