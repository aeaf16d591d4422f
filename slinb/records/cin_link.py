"""Tying the rows of the census together: which file they are of, which episode, which repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.cin_census import CensusTable
from slinb.records.dates import Days
from slinb.records.grid import split_distinct
from slinb.records.problems import ProblemLog

Index = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Part:
    """One table of the census with the number of the child of each row (-1 where none)."""

    held: CensusTable
    child: Index

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.held.table.name

    def __len__(self) -> int:
        return len(self.held.table.rows)


@dataclass(frozen=True)
class Origin:
    """Where rows were read from, to name them in a message."""

    part: Index
    row: Index

    def take(self, at: Index) -> Origin:
        """Return the origin of some rows."""
        return Origin(self.part[at], self.row[at])


def trace(parts: Sequence[Part], chosen: Sequence[int]) -> Origin:
    """Return where the rows of some parts, one after another, stand."""
    if not chosen:
        return Origin(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64))
    part = np.concatenate([np.full(len(parts[i]), i, dtype=np.int64) for i in chosen])
    row = np.concatenate([parts[i].held.table.rows for i in chosen])
    return Origin(part, row)


def note_rows(
    log: ProblemLog,
    parts: Sequence[Part],
    origin: Origin,
    mask: Mask,
    rule: str,
    said: tuple[str, str],
    column: str = "",
) -> None:
    """Note marked rows, one line a table."""
    for i in np.unique(origin.part[mask]):
        table = parts[i].held.table
        rows = origin.row[mask & (origin.part == i)]
        log.note(rule, *said, file=table.file, sheet=table.sheet, rows=rows, column=column)


@dataclass(frozen=True)
class Settled:
    """Rows that say the same thing, settled: one winner each.

    Parameters
    ----------
    keep : array of int
        The winners, by child and start.
    place : array of int
        For every row the position of its winner in ``keep``; -1 where the row is unusable.
    """

    keep: Index
    place: Index


def settle(child: Index, start: Days, end: Days, year: Index, usable: Mask) -> Settled:
    """Choose one row for each child and start.

    The file of the later year has the last word; within a year a closed row comes before an open
    one, the lower row before the upper.
    """
    at = np.flatnonzero(usable)
    order = at[np.lexsort((at, ~np.isnat(end[at]), year[at], start[at], child[at]))]
    own, begun = child[order], start[order]
    changes = (own[1:] != own[:-1]) | (begun[1:] != begun[:-1])
    last = np.append(changes, True)[: len(order)]
    place = np.full(len(child), -1, dtype=np.int64)
    place[order] = np.cumsum(np.concatenate([[False], last[:-1]])[: len(order)])
    return Settled(order[last], place)


def link_rows(
    parts: Sequence[Part], below: Sequence[int], above: Sequence[int], columns: Sequence[str]
) -> Index:
    """Return for each row of some parts the row of others that carries the same numbers.

    Parameters
    ----------
    parts : sequence of Part
    below, above : sequence of int
        Positions of the parts whose rows are linked, and of those that they are linked to.
    columns : sequence of str
        ``CINdetailsID``, and ``AssessmentID`` for the factors of an assessment. In an XML the
        last of them is the number of the row itself.

    Returns
    -------
    array of int
        Position among the rows of ``above``, one after another; -1 where there is none.
    """
    offsets = np.cumsum([0, *(len(parts[i]) for i in above)])
    found = []
    for i in below:
        table = parts[i].held.table
        cells = table.cells.get(columns[-1])
        linked = np.full(len(table.rows), -1, dtype=np.int64)
        for offset, j in zip(offsets, above, strict=False):
            if parts[j].held.group != parts[i].held.group or cells is None:
                continue
            if cells.dtype == np.int64:
                own = cells.to_numpy()
                linked = np.where(own >= 0, own + offset, -1)
            elif set(columns) <= set(parts[j].held.table.cells) and set(columns) <= set(
                table.cells
            ):
                place = _match_keys(_build_keys(parts[i], columns), _build_keys(parts[j], columns))
                linked = np.where(place >= 0, place + offset, linked)
        found.append(linked)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def _build_keys(part: Part, columns: Sequence[str]) -> pd.Series[Any]:
    keys = pd.Series(part.child, dtype="str")
    for column in columns:
        codes, values = split_distinct(part.held.table.column(column))
        texts = np.array([str(v).strip().removesuffix(".0") for v in values] + [""], dtype=object)
        keys = keys + "|" + pd.Series(texts[codes], dtype="str")
    keys[part.child < 0] = ""
    return keys


def _match_keys(below: pd.Series[Any], above: pd.Series[Any]) -> Index:
    first = pd.Series(np.arange(len(above)), index=above.to_numpy())
    first = first[(above != "").to_numpy() & ~first.index.duplicated()]
    return np.asarray(below.map(first).fillna(-1), dtype=np.int64)


def link_by_date(child: Index, day: Days, own: Index, start: Days, end: Days) -> Index:
    """Return the episode that a dated row falls in: the child's last that began by then.

    Parameters
    ----------
    child, day : array
        Child and day of each row.
    own, start, end : array
        The episodes, by child and start.
    """
    key = make_key(own, start)
    at = np.searchsorted(key, make_key(child, day), side="right") - 1
    safe = np.clip(at, 0, max(len(own) - 1, 0))
    if not len(own):
        return np.full(len(child), -1, dtype=np.int64)
    inside = (at >= 0) & (child >= 0) & ~np.isnat(day) & (own[safe] == child)
    inside &= np.isnat(end[safe]) | (day <= end[safe])
    return np.where(inside, at, -1)


def find_first(own: Index, start: Days, child: Index, since: Days) -> Index:
    """Return the first of some dated rows of a child on or after a day; -1 where there is none.

    Parameters
    ----------
    own, start : array
        Child (-1 where none is known) and day of the rows that are searched.
    child, since : array
        Child and day to search for.
    """
    order = np.lexsort((start, own))
    at = np.searchsorted(make_key(own[order], start[order]), make_key(child, since))
    found = np.append(own[order], -2)[at] == child
    return np.where(found, np.append(order, -1)[at], -1)


def make_key(child: npt.NDArray[np.integer[Any]], day: Days) -> Index:
    """Return one number a row that sorts by child, then by day; no day counts as 1970."""
    days = np.where(np.isnat(day), np.datetime64(0, "D"), day).astype(np.int64)
    return child.astype(np.int64) * 200_000 + days + 50_000
