"""Passages of a table of plain values: CSV, a sheet, an array of arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from slinb.gate.passages import Level, Passage, Passages, level

Value = str | int | float | bool | None
_NUMBER = re.compile(
    r"\s*[~<>≤≥=(]*\s*[-+−–]?[£]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?\s*%?\s*[a-z*†)]*\s*", re.I
)
_HEAD_ROWS = 6


def show(value: Value) -> str:
    """Write a value as text; a whole number has no places, whatever its type.

    >>> show(3.0), show(None), show(0.0465)
    ('3', '', '0.0465')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def is_number(text: str) -> bool:
    """Whether a cell is a number and nothing else (marks such as "p" aside)."""
    return bool(_NUMBER.fullmatch(text))


def read_grid(
    rows: Sequence[Sequence[Value]],
    place: Callable[[int, int], str],
    levels: tuple[Level, ...] = (),
) -> Passages:
    """Yield each cell that holds anything, with its headers and the words of its row.

    Parameters
    ----------
    rows : sequence of sequence
        Tidy or crosstab; title rows may stand above the headers.
    place : callable
        Gives the place of row i, column j (from 0) in words.
    levels : tuple of Level
        What stands around the table: its sheet, its file.

    Yields
    ------
    Passage
        A row without numbers heads the rows below it; the cells of a row that are no numbers
        name all its numbers.
    """
    width = max(map(len, rows), default=0)
    texts = [[show(value) for value in row] for row in rows]
    heads: list[list[str]] = []
    for i, row in enumerate(texts):
        words = [t for t in row if t.strip() and not is_number(t)]
        for j, text in enumerate(row):
            if not text.strip():
                continue
            column = _head_of(heads, j)
            others = [w for w in words if w != text] if text in words else words
            around = (*level(reversed(column), tight=True), *level(others, tight=True), *levels)
            yield Passage(place(i, j), text, around, "cell", column[-1] if column else "")
        if words and not any(is_number(t) for t in row):
            heads.append(_carry(row, width))


def _carry(row: Sequence[str], width: int) -> list[str]:
    """Return a header row in which a blank repeats what stands left of it (merged cells)."""
    carried, last = [], ""
    for text in (*row, *[""] * (width - len(row))):
        last = text if text.strip() else last
        carried.append(last)
    return carried


def _head_of(heads: Sequence[Sequence[str]], j: int) -> list[str]:
    """Return the headers of a column, the nearest last; of many rows the first and the last."""
    near = heads if len(heads) <= 2 * _HEAD_ROWS else [*heads[:_HEAD_ROWS], *heads[-_HEAD_ROWS:]]
    return list(dict.fromkeys(h[j] for h in near if j < len(h) and h[j].strip()))
