"""The codes of the SSDA903 and the CIN census by year, as dated data, and matching cells to them.

Source: DfE, "Children looked after by local authorities in England: guide to the SSDA903
collection" and "Children in need census: guide", 2017 to 2026, code sets as gathered by
data-to-insight and LIIA; the files are in ``slinb/records/codelists``.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.grid import split_distinct

FIRST_YEAR, LAST_YEAR = 2017, 2026
_CODE_FIRST = re.compile(r"([A-Z]+[0-9]*[A-Z]?)[^A-Z0-9]")
Index: TypeAlias = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Code:
    """One code: its set, meaning, the group it is counted in, and the years it may be used.

    Years are reporting years by their closing 31 March: 2025 is 2024-25.
    """

    code: str
    label: str
    group: str
    first_year: int = FIRST_YEAR
    last_year: int = 9999

    def allows(self, first: int, last: int) -> bool:
        """Whether the code may be used in any of the years from ``first`` to ``last``."""
        return self.first_year <= last and first <= self.last_year


@dataclass(frozen=True)
class CodeSet:
    """All codes of one list, of whatever year, in the order of the file."""

    name: str
    codes: tuple[Code, ...]

    @cached_property
    def position(self) -> dict[str, int]:
        """Position of each code in :attr:`codes`."""
        return {code.code: i for i, code in enumerate(self.codes)}

    @cached_property
    def groups(self) -> npt.NDArray[np.object_]:
        """Group of each position, and "" at the end, where the position -1 points."""
        return np.array([c.group for c in self.codes] + [""], dtype=object)

    def mark(self, *groups: str) -> npt.NDArray[np.bool_]:
        """Return which positions are codes of some groups; the last entry, of -1, is False.

        ``codes.mark("Section 20")[episodes.legal]`` marks the episodes: one look-up each.
        """
        return np.array([code.group in groups for code in self.codes] + [False])

    def mark_codes(self, *codes: str) -> npt.NDArray[np.bool_]:
        """Return which positions are one of some codes; the last entry, of -1, is False."""
        return np.array([code.code in codes for code in self.codes] + [False])

    def match(self, cells: pd.Series[Any]) -> tuple[Index, npt.NDArray[np.bool_]]:
        """Match cells on the code, forgiving spaces, case, "1.0" for 1 and what follows a code.

        Returns
        -------
        positions : array of int16
            Position of each cell's code, -1 where blank or unknown.
        unknown : array of bool
            Where a cell says something that is no code.

        Examples
        --------
        >>> places = load_codes()["LS"]
        >>> positions, unknown = places.match(pd.Series([" v2 ", "C2 - Full care order", "V9", ""]))
        >>> [places.codes[i].code if i >= 0 else "" for i in positions], unknown.tolist()
        (['V2', 'C2', '', ''], [False, False, True, False])
        """
        codes, distinct = split_distinct(cells)
        found = np.array([self._find_one(str(v)) for v in distinct] + [-1], dtype=np.int16)
        blank = np.array([not str(v).strip() for v in distinct] + [True], dtype=bool)
        positions = found[codes]
        return positions, (positions < 0) & ~blank[codes]

    def _find_one(self, text: str) -> int:
        folded = text.strip().upper()
        if folded in self.position:
            return self.position[folded]
        if folded.endswith(".0") and folded[:-2] in self.position:
            return self.position[folded[:-2]]
        # "C2 - Full care order": the code stands first and words follow; "C2X" is no code, and
        # a bare digit with something behind it ("1/2/2024") is none either.
        head = _CODE_FIRST.match(folded)
        return self.position.get(head[1], -1) if head else -1

    def out_of_year(self, positions: Index, first: Any, last: Any) -> npt.NDArray[np.bool_]:
        """Return where a code was not in use in any of the years from ``first`` to ``last``."""
        since = np.array([c.first_year for c in self.codes] + [0])[positions]
        until = np.array([c.last_year for c in self.codes] + [9999])[positions]
        # Years beyond the ones known are judged by the nearest known year.
        first = np.clip(first, FIRST_YEAR, LAST_YEAR)
        last = np.clip(last, FIRST_YEAR, LAST_YEAR)
        return np.asarray((positions >= 0) & ((since > last) | (until < first)))


@lru_cache(maxsize=2)
def load_codes(name: str = "ssda903") -> dict[str, CodeSet]:
    """Read every code list of a return (``ssda903`` or ``cin``), by name (LS, PLACE, REC, …)."""
    source = files("slinb.records") / "codelists" / f"{name}_codes.csv"
    gathered: dict[str, list[Code]] = {}
    with source.open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            gathered.setdefault(row["list"], []).append(_read_code(row))
    return {name: CodeSet(name, tuple(codes)) for name, codes in gathered.items()}


def _read_code(row: dict[str, str]) -> Code:
    return Code(
        code=row["code"],
        label=row["label"],
        group=row["group"],
        first_year=int(row["first_year"] or FIRST_YEAR),
        last_year=int(row["last_year"] or 9999),
    )
