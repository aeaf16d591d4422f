"""Published figures: text to numbers and statuses, and sums that never take a gap for a nought."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

#: What a symbol in a number cell means, in files of the DfE since 2018; a table may override.
SYMBOLS: Mapping[str, str] = {
    "c": "suppressed",
    "k": "rounds_to_zero",
    "low": "rounds_to_zero",
    "~": "rounds_to_zero",
    "u": "low_reliability",
    "x": "not_available",
    ":": "not_available",
    "..": "not_available",
    "z": "not_applicable",
    ".": "not_applicable",
    "-": "missing",
    "": "missing",
}
#: Which status a sum takes where its parts have several: the one a reader must know first.
_WORST_FIRST = (
    "unreadable",
    "suppressed",
    "low_reliability",
    "not_available",
    "missing",
    "rounds_to_zero",
    "not_applicable",
    "final",
)
_NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Figures:
    """Numbers with a status each, on one index; a number that is not there is NaN."""

    numbers: pd.Series[Any]
    statuses: pd.Series[Any]

    def scale(self, factor: float) -> Figures:
        """Return the figures times a factor."""
        return self if factor == 1 else Figures(self.numbers * factor, self.statuses)

    def less(self, other: Figures) -> Figures:
        """Return the figures less others; a remainder below nought is not available."""
        rest = self.numbers - other.numbers
        statuses = _combine([self.statuses, other.statuses]).mask(rest.lt(0), "not_available")
        return Figures(rest.mask(rest.lt(0)), statuses)

    def fill(self, other: Figures) -> tuple[Figures, pd.Series[Any]]:
        """Return the figures with gaps filled from others, and which were filled."""
        filled = self.numbers.isna() & other.numbers.notna()
        numbers = self.numbers.where(~filled, other.numbers)
        return Figures(numbers, self.statuses.mask(filled, "final")), filled


def parse_figures(texts: pd.Series[Any], symbols: Mapping[str, str]) -> Figures:
    """Read number cells; a symbol becomes a status and no number.

    Parameters
    ----------
    texts : Series of str
        Cells as they stand in the file.
    symbols : mapping
        Meaning of symbols in this table, over and above :data:`SYMBOLS`.

    Returns
    -------
    Figures
        On the index of ``texts``. What is neither number nor symbol is "unreadable".

    Examples
    --------
    >>> read = parse_figures(pd.Series(["1,204", "c", "12 (est.)"]), {})
    >>> read.numbers.tolist(), read.statuses.tolist()
    ([1204.0, nan, nan], ['final', 'suppressed', 'unreadable'])
    """
    # Few cells differ from one another: reading each text once is what makes this fast.
    codes, uniques = pd.factorize(texts)
    known = {**SYMBOLS, **symbols}
    read = [_parse_text(text, known) for text in uniques]
    numbers = np.array([number for number, _ in read], dtype="float64")[codes]
    statuses = np.array([status for _, status in read], dtype=object)[codes]
    return Figures(
        pd.Series(numbers, index=texts.index), pd.Series(statuses, index=texts.index, dtype="str")
    )


def _parse_text(text: str, symbols: Mapping[str, str]) -> tuple[float, str]:
    stripped = text.strip()
    if _NUMBER.fullmatch(stripped):
        return float(stripped.replace(",", "")), "final"
    return float("nan"), symbols.get(stripped.casefold(), "unreadable")


def add_figures(parts: Sequence[Figures]) -> Figures:
    """Return the sum of figures on one index; a missing part makes the sum missing.

    The status of a sum with several gaps is the first of these that any part has: unreadable,
    suppressed, low reliability, not available, missing, rounds to zero, not applicable.
    """
    if len(parts) == 1:
        return parts[0]
    numbers = sum((part.numbers for part in parts[1:]), start=parts[0].numbers)
    return Figures(numbers, _combine([part.statuses for part in parts]))


def _combine(statuses: Sequence[pd.Series[Any]]) -> pd.Series[Any]:
    ranks = {status: rank for rank, status in enumerate(_WORST_FIRST)}
    worst = np.minimum.reduce([s.map(ranks).to_numpy() for s in statuses])
    named = np.array(_WORST_FIRST, dtype=object)[worst]
    return pd.Series(named, index=statuses[0].index, dtype="str")
