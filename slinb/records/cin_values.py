"""The cells of the census as days, codes, numbers and factors; everything odd is noted."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from slinb.records.cin_census import load_cin_specification
from slinb.records.cin_link import Index, Part
from slinb.records.codes import load_codes
from slinb.records.dates import Days, read_dates
from slinb.records.grid import split_distinct
from slinb.records.neglect_words import FACTORS, NEGLECT, NO_FACTOR
from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import SourceTable
from slinb.records.typed import match_codes, note_values, read_days, read_whole

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:T.*)?")
_TOKEN = re.compile(r"[0-9A-Za-z]+")
#: Bits of the factors of an assessment: those of FACTORS, neglect, any other; and "no factor".
FACTOR_BITS = {name: 1 << i for i, name in enumerate(FACTORS)}
NEGLECT_BIT, OTHER_BIT, NONE_BIT = 1 << len(FACTORS), 2 << len(FACTORS), 4 << len(FACTORS)
ANY_FACTOR = NONE_BIT - 1


@dataclass
class Cells:
    """Reads columns and counts the dates that are none.

    Parameters
    ----------
    log : ProblemLog
    today : datetime64[D]
    years : dict of int to int
        Census year of each table, by its identity, for the codes that were in use.
    """

    log: ProblemLog
    today: np.datetime64
    years: dict[int, int]
    dates: int = 0
    unread: int = 0

    def days(self, table: SourceTable, column: str) -> Days:
        """Read one column of days; in an XML a date that is not ISO is read but noted."""
        if column not in table.cells:
            return read_dates(table.column(column)).days
        days = read_days(table, column, self.log, self.today)
        read = read_dates(table.column(column))
        self.unread += int(read.unread.sum())
        self.dates += int(read.unread.sum()) + int((~np.isnat(days)).sum())
        if table.file.lower().endswith(".xml"):
            self._note_not_iso(table, column, days)
        return days

    def _note_not_iso(self, table: SourceTable, column: str, days: Days) -> None:
        codes, values = split_distinct(table.column(column))
        odd = np.array([not _ISO.fullmatch(str(v).strip()) for v in values] + [False], dtype=bool)
        marked = odd[codes] & ~np.isnat(days)
        if marked.any():
            self.log.note(
                "not ISO",
                "Dates that are not written year-month-day, as XML must.",
                "Read with the day before the month: check that the export does not write the "
                "month first.",
                file=table.file,
                sheet=table.sheet,
                column=column,
                rows=table.rows[marked],
            )

    def codes(self, table: SourceTable, column: str) -> Index:
        """Read one column of codes as positions in its list, -1 where blank or unknown."""
        if column not in table.cells:
            return np.full(len(table.rows), -1, dtype=np.int64)
        rule = load_cin_specification()[table.name].by_name[column]
        year = self.years.get(id(table), 0)
        years = (year, year) if year else None
        found = match_codes(table, column, load_codes("cin")[rule.codes], self.log, years)
        return found.astype(np.int64)

    def join(self, parts: Sequence[Part], chosen: Sequence[int]) -> Joined:
        """Return a reader of the columns of some parts, one part after another."""
        return Joined(self, [parts[i].held.table for i in chosen])


@dataclass(frozen=True)
class Joined:
    """Columns of several tables of one name, joined."""

    cells: Cells
    tables: list[SourceTable] = field(default_factory=list)

    def days(self, column: str) -> Days:
        """Read a column of days."""
        return self._join(lambda table: self.cells.days(table, column), "datetime64[D]")

    def codes(self, column: str) -> Index:
        """Read a column of codes."""
        return self._join(lambda table: self.cells.codes(table, column), "int64")

    def whole(self, column: str) -> npt.NDArray[np.float64]:
        """Read a column of whole numbers."""

        def read(table: SourceTable) -> npt.NDArray[np.float64]:
            rule = load_cin_specification()[table.name].by_name[column]
            return read_whole(table, rule, self.cells.log)

        return self._join(read, "float64")

    def _join(
        self, read: Callable[[SourceTable], npt.NDArray[Any]], dtype: str
    ) -> npt.NDArray[Any]:
        found = [read(table) for table in self.tables]
        return np.concatenate(found) if found else np.zeros(0, dtype=dtype)


def read_flags(table: SourceTable, column: str, log: ProblemLog) -> npt.NDArray[np.int64]:
    """Read factors of assessments as bits: one code a cell, or several ("['1B', '16A']").

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"AssessmentFactors": ["['1B', '16A']", "21", None]})
    >>> made = SourceTable("assessments", "a.csv", "", np.arange(3) + 2, cells, 0)
    >>> read_flags(made, "AssessmentFactors", ProblemLog()).tolist()
    [17, 64, 0]
    """
    codes, values = split_distinct(table.column(column))
    read = [_read_flag(str(value)) for value in values]
    flags = np.array([bits for bits, _ in read] + [0], dtype=np.int64)
    unknown = np.array([odd for _, odd in read] + [False], dtype=bool)[codes]
    if unknown.any():
        note_values(table, column, unknown, "unknown code", "Not mapped; counted apart.", log)
    return flags[codes]


def _read_flag(text: str) -> tuple[int, bool]:
    """Return the bits of a cell, and whether something in it is no code."""
    known = load_codes("cin")["AssessmentFactor"]
    bits, odd = 0, False
    for token in _TOKEN.findall(text.upper().removesuffix(".0")):
        at = known.position.get(token, -1)
        if at < 0:
            odd = odd or token not in ("NAN", "NONE")
            continue
        group = known.codes[at].group
        bits |= _BITS.get(group, OTHER_BIT)
    return bits, odd


_BITS = {**FACTOR_BITS, NEGLECT: NEGLECT_BIT, NO_FACTOR: NONE_BIT}
