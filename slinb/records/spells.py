"""The spell engine: episodes stitched into legal-status spells and periods of care.

Stated rules (docs/records.md), after those of :mod:`slinb.records.episodes`:

5. An open episode ends when the child's next episode starts.
6. Where two episodes overlap, the one that began last counts; when it ends before the other,
   the other resumes. No day that any episode covers is lost, and no day is counted twice.
7. Episodes that follow on the same day are one period of care, unless the one says that care
   ended (REC) and the other that it started (RNE S). A gap of one day is bridged where the
   record itself says that care went on (REC X1 and no RNE S). Any other gap ends the period.
8. Within a period, consecutive episodes of one legal status are one spell: a new placement or
   carer does not end it.
9. Agreed series of short breaks (V3, V4) are no periods of care: they are set apart first.
10. The start of a period is known where its first episode says so (RNE S), or where the files
    hold an earlier period of the child; otherwise it lies before the files. A spell's start is
    known too where its first episode came with a change of legal status (RNE L, B, U).

Everything is done on whole arrays: the cost does not depend on the number of children.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from slinb.records.codes import Index, load_codes
from slinb.records.dates import Days
from slinb.records.episodes import Episodes
from slinb.records.vocabulary import SHORT_BREAKS

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
OPEN = np.datetime64("9999-12-31", "D")

Part = TypeVar("Part", "Periods", "Spells")


@dataclass(frozen=True)
class Periods:
    """Periods of care, one entry each, by child and start.

    Parameters
    ----------
    child : array of int32
    start, end : array of datetime64[D]
        ``end`` is :data:`OPEN` where care goes on.
    start_known : array of bool
        Whether care began on ``start``; otherwise at some time before it.
    first, last : array of int64
        Positions of the first and last episode in :attr:`Care.episodes`.
    """

    child: npt.NDArray[np.int32]
    start: Days
    end: Days
    start_known: Mask
    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.child)


@dataclass(frozen=True)
class Spells:
    """Legal-status spells, one entry each, by child and start.

    Parameters
    ----------
    child : array of int32
    start, end : array of datetime64[D]
        ``end`` is :data:`OPEN` where the spell goes on.
    start_known : array of bool
        Whether the legal status began on ``start``; otherwise at some time before it.
    legal : array of int16
        Position in the code list LS; -1 where the status is not known.
    period : array of int64
        Position of the period of care in :class:`Periods`.
    first, last : array of int64
        Positions of the first and last episode in :attr:`Care.episodes`.
    next_legal : array of int16
        Legal status of the next spell of the same period; -2 where the period ends with it.
    """

    child: npt.NDArray[np.int32]
    start: Days
    end: Days
    start_known: Mask
    legal: Index
    period: Ints
    first: Ints
    last: Ints
    next_legal: Index

    def __len__(self) -> int:
        return len(self.child)


@dataclass(frozen=True)
class Care:
    """Everything the engine makes of the episodes.

    Parameters
    ----------
    episodes : Episodes
        Without overlaps, short breaks set apart; sorted by child and start. Where an episode
        was cut short, its reason for ceasing is -1.
    periods, spells : Periods, Spells
    breaks : Episodes
        The short breaks (V3, V4).
    opened : int
        Open episodes that the child's next episode ended (rule 5).
    overlaps : int
        Pairs of episodes that overlapped (rule 6).
    bridged : int
        Gaps of one day that were bridged (rule 7).
    """

    episodes: Episodes
    periods: Periods
    spells: Spells
    breaks: Episodes
    opened: int
    overlaps: int
    bridged: int


def take(part: Part, at: Any) -> Part:
    """Return the periods or spells at positions, or where a mask is true."""
    return replace(part, **{f.name: getattr(part, f.name)[at] for f in fields(part)})


def stitch(episodes: Episodes, last_day: np.datetime64) -> Care:
    """Stitch episodes into spells and periods of care as they stood on a day.

    Parameters
    ----------
    episodes : Episodes
        Sorted by child and start, each child and start once (an episode of no length beside
        another one apart).
    last_day : datetime64[D]
        What ends after this day counts as open, so that nothing later is known.
    """
    is_break = load_codes()["LS"].mark(SHORT_BREAKS)[episodes.legal]
    breaks, care = episodes.take(is_break), episodes.take(~is_break)
    ends = np.where(np.isnat(care.end) | (care.end > last_day), OPEN, care.end)
    care = replace(care, end=ends, ceased=np.where(ends == OPEN, np.int16(-1), care.ceased))
    care, opened = _end_open(care)
    care, overlaps = _resolve_overlaps(care)
    joined, bridged = _find_joined(care)
    periods = _build_periods(care, joined)
    spells = _build_spells(care, joined, periods)
    return Care(care, periods, spells, breaks, opened, overlaps, bridged)


def _end_open(care: Episodes) -> tuple[Episodes, int]:
    """End each open episode where the child's next one starts, and count them (rule 5)."""
    followed = np.append(care.child[1:] == care.child[:-1], False)[: len(care)]
    early = followed & (care.end == OPEN)
    if not early.any():
        return care, 0
    end = care.end.copy()
    end[early] = care.start[np.flatnonzero(early) + 1]
    return replace(care, end=end), int(early.sum())


# Overlaps -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pieces:
    """Pieces of episodes while overlaps are resolved: a part of the days of one episode."""

    child: npt.NDArray[np.int32]
    start: Days
    end: Days
    began: Days  # when the whole episode began: the later one has the say
    source: Ints  # position of the episode
    resumed: Mask
    cut: Mask

    def take(self, at: Any) -> _Pieces:
        return _Pieces(*(getattr(self, f.name)[at] for f in fields(self)))

    def join(self, other: _Pieces) -> _Pieces:
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return _Pieces(*(np.concatenate(pair) for pair in pairs))

    def sort(self) -> _Pieces:
        # A resumed piece goes before an episode of the same start: it began earlier.
        return self.take(np.lexsort((self.source, self.end, self.began, self.start, self.child)))


def _resolve_overlaps(care: Episodes) -> tuple[Episodes, int]:
    """Return the episodes without overlaps, and how many pairs overlapped (rule 6)."""
    over = _find_overlaps(care.child, care.start, care.end)
    if not over.any():
        return care, 0
    involved = np.zeros(int(care.child.max()) + 1, dtype=bool)
    involved[care.child[:-1][over]] = True
    affected = involved[care.child]
    at = np.flatnonzero(affected)
    no = np.zeros(len(at), dtype=bool)
    pieces = _Pieces(care.child[at], care.start[at], care.end[at], care.start[at], at, no, no)
    while (found := _find_overlaps(pieces.child, pieces.start, pieces.end)).any():
        pieces = _resolve_once(pieces, np.flatnonzero(found))
    parts = (care.take(~affected), _apply(care, pieces))
    both = Episodes(
        *(np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Episodes))
    )
    # Stable: pieces of one child and start keep the order that the resolution gave them.
    return both.take(np.lexsort((both.start, both.child))), int(over.sum())


def _find_overlaps(child: npt.NDArray[np.int32], start: Days, end: Days) -> Mask:
    """Return where a row reaches into the next row of the same child."""
    return np.asarray((child[1:] == child[:-1]) & (end[:-1] > start[1:]))


def _resolve_once(pieces: _Pieces, at: Ints) -> _Pieces:
    """Cut what began earlier at each overlap and let its remainder resume."""
    start, end, cut = pieces.start.copy(), pieces.end.copy(), pieces.cut.copy()
    later_began = pieces.began[at + 1] >= pieces.began[at]
    cutting, pushing = at[later_began], at[~later_began]
    nested = (pieces.end[cutting] != OPEN) & (pieces.end[cutting] > pieces.end[cutting + 1])
    outer = cutting[nested]
    remainder = replace(
        pieces.take(outer),
        start=pieces.end[outer + 1],
        resumed=np.ones(len(outer), dtype=bool),
    )
    end[cutting] = pieces.start[cutting + 1]
    cut[cutting] = True
    # A resumed piece that reaches back under an episode that began later waits for its end.
    start[pushing + 1] = pieces.end[pushing]
    moved = replace(pieces, start=start, end=end, cut=cut).join(remainder)
    return moved.take((moved.end > moved.start) | ~moved.resumed).sort()


def _apply(care: Episodes, pieces: _Pieces) -> Episodes:
    """Turn pieces back into episodes."""
    whole = care.take(pieces.source)
    lost = pieces.cut & (pieces.end <= pieces.start) & (whole.end > whole.start)
    reason = np.where(pieces.resumed, np.int16(-1), whole.reason).astype(np.int16)
    ceased = np.where(pieces.cut, np.int16(-1), whole.ceased).astype(np.int16)
    made = replace(whole, start=pieces.start, end=pieces.end, reason=reason, ceased=ceased)
    return made.take(~lost)


# Periods and spells -------------------------------------------------------------------------


def _find_joined(care: Episodes) -> tuple[Mask, int]:
    """Return which episodes carry on the period of the one before, and the gaps bridged."""
    ceased, reason = load_codes()["REC"], load_codes()["RNE"]
    goes_on, starts = ceased.position["X1"], reason.position["S"]
    same = care.child[1:] == care.child[:-1]
    gap = (care.start[1:] - care.end[:-1]).astype(np.int64)
    says_start = care.reason[1:] == starts
    says_end = (care.ceased[:-1] >= 0) & (care.ceased[:-1] != goes_on)
    bridged = same & (gap == 1) & (care.ceased[:-1] == goes_on) & ~says_start
    joined = bridged | (same & (gap == 0) & ~(says_start & says_end))
    return np.concatenate([[False], joined])[: len(care)], int(bridged.sum())


def _build_periods(care: Episodes, joined: Mask) -> Periods:
    first = np.flatnonzero(~joined)
    last = np.append(first[1:], len(care)) - 1 if len(first) else first
    child = care.child[first]
    earlier = np.concatenate([[False], child[1:] == child[:-1]])[: len(child)]
    says_start = care.reason[first] == load_codes()["RNE"].position["S"]
    known = np.asarray(says_start | earlier)
    return Periods(child, care.start[first], care.end[last], known, first, last)


def _build_spells(care: Episodes, joined: Mask, periods: Periods) -> Spells:
    changed = np.concatenate([[True], care.legal[1:] != care.legal[:-1]])[: len(care)]
    first = np.flatnonzero(~joined | changed)
    last = np.append(first[1:], len(care)) - 1 if len(first) else first
    period = np.searchsorted(periods.first, first, side="right") - 1
    opens_period = periods.first[period] == first
    came_with_status = load_codes()["RNE"].mark("legal status", "both")[care.reason[first]]
    known = ~opens_period | periods.start_known[period] | came_with_status
    legal = care.legal[first]
    carries_on = np.append(period[1:] == period[:-1], False)[: len(first)]
    following = np.append(legal[1:], np.int16(-2))[: len(first)]
    return Spells(
        child=care.child[first],
        start=care.start[first],
        end=care.end[last],
        start_known=np.asarray(known),
        legal=legal,
        period=period,
        first=first,
        last=last,
        next_legal=np.where(carries_on, following, np.int16(-2)).astype(np.int16),
    )
