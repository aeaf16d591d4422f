"""Passages of a table of plain values: CSV, a sheet, an array of arrays."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from slinb.gate.passages import Level, Passage, Passages, level
from slinb.gate.silent import is_silent

Value = str | int | float | bool | None
_NUMBER = re.compile(
    r"\s*[~<>≤≥=(]*\s*[-+−–]?[£]?\d[\d,]*(?:\.\d+)?(?:e[-+]?\d+)?\s*%?\s*[a-z*†)]*\s*", re.I
)
_HEAD_ROWS = 6


_AREA_HEADS = {"area", "authority", "area code"}
_MEASURE_HEADS = {"measure", "measure id"}


def show(value: Value) -> str:
    """Write a value as text; a whole number has no places, whatever its type.

    >>> show(3.0), show(None), show(0.0465)
    ('3', '', '0.0465')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


@lru_cache(maxsize=65536)
def is_number(text: str) -> bool:
    """Whether a cell is a number and nothing else (marks such as "p" aside)."""
    return bool(_NUMBER.fullmatch(text))


def read_grid(
    rows: Sequence[Sequence[Value]],
    place: Callable[[int, int], str],
    levels: tuple[Level, ...] = (),
    *,
    kept: Collection[tuple[int, int]] = (),
) -> Passages:
    """Yield each cell that may show a number, with its headers and the words of its row.

    Parameters
    ----------
    rows : sequence of sequence
        Tidy or crosstab; title rows may stand above the headers.
    place : callable
        Gives the place of row i, column j (from 0) in words.
    levels : tuple of Level
        What stands around the table: its sheet, its file.
    kept : collection of (int, int)
        Cells to be yielded even where they show no number: they bear a comment.

    Yields
    ------
    Passage
        A row without numbers heads the rows below it; the cells of a row that are no numbers
        name all its numbers.
    """
    width = max(map(len, rows), default=0)
    texts = [[show(value) for value in row] for row in rows]
    heads: list[list[str]] = []
    columns: dict[int, _Column] = {}
    tidy = _find_tidy(texts)
    for i, row in enumerate(texts):
        figures = [is_number(t) for t in row]
        words = [t for t, figure in zip(row, figures, strict=True) if not figure and t.strip()]
        beside = (*level(words, tight=True), *levels)
        for j, text in enumerate(row):
            if j not in columns:
                columns[j] = _head_column(heads, j)
            column = columns[j]
            if (column.silent[text] and (i, j) not in kept) or not text.strip():
                continue
            # A word is not told of itself.
            around = beside if figures[j] else (*_without(words, text), *levels)
            yield Passage(place(i, j), text, column.levels + around, "cell", column.key)
        if words and not any(figures) and not _is_data(row, i, tidy):
            heads.append(_carry(row, width))
            columns.clear()


@dataclass(frozen=True)
class _Column:
    """What stands over a cell, and its nearest header."""

    levels: tuple[Level, ...]
    key: str
    silent: _Silent


class _Silent(dict[str, bool]):
    """By text: whether it says nothing under the header of its column; found when asked for."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def __missing__(self, text: str) -> bool:
        self[text] = is_silent(text, self._key)
        return self[text]


def _head_column(heads: Sequence[Sequence[str]], j: int) -> _Column:
    over = _head_of(heads, j)
    key = over[-1] if over else ""
    return _Column(level(reversed(over), tight=True), key, _Silent(key))


def _without(words: Sequence[str], text: str) -> tuple[Level, ...]:
    return level((w for w in words if w != text), tight=True)


@dataclass(frozen=True)
class _Tidy:
    """A header that names the columns of area and measure, and what stands in each below it."""

    row: int
    known: tuple[tuple[int, frozenset[str]], ...]


def _find_tidy(texts: Sequence[Sequence[str]]) -> _Tidy | None:
    for i, row in enumerate(texts):
        names = [text.strip().casefold().replace("_", " ") for text in row]
        columns = [_find_first(names, wanted) for wanted in (_AREA_HEADS, _MEASURE_HEADS)]
        if None not in columns:
            below = [r for r in texts[i + 1 :] if any(map(is_number, r))]
            known = (
                (j, frozenset(r[j] for r in below if j < len(r))) for j in columns if j is not None
            )
            return _Tidy(i, tuple(known))
    return None


def _find_first(names: Sequence[str], wanted: set[str]) -> int | None:
    return next((j for j, name in enumerate(names) if name in wanted), None)


def _is_data(row: Sequence[str], place: int, tidy: _Tidy | None) -> bool:
    """Whether a row of words alone is a row of a tidy table without figures, and no header."""
    if tidy is None or place <= tidy.row:
        return False
    return any(j < len(row) and row[j] in values for j, values in tidy.known)


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
