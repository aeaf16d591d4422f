"""S17: the data-quality checks that stand beside the counts, each run by itself.

A check that cannot run, for want of a column or because it failed, is reported as not run: it
never passes for clean.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from slinb.records.children import Children
from slinb.records.codes import load_codes
from slinb.records.dates import find_birthday
from slinb.records.episodes import Episodes, Source
from slinb.records.problems import ProblemLog
from slinb.records.tally import Mask, Row
from slinb.records.vocabulary import CHECKS, SECTION_20, SSDA903

_POLICE_DAYS = 3
_BREAK_DAYS = 17
_BREAKS_A_YEAR = 75


@dataclass(frozen=True)
class Checked:
    """What the checks look at: every usable episode as it was sent, and the children."""

    episodes: Episodes
    children: Children
    source: Source
    day: np.datetime64


@dataclass(frozen=True)
class Check:
    """One check: the columns it needs, and a function giving (failed, checked) masks."""

    rule: str
    needs: frozenset[str]
    run: Callable[[Checked], tuple[Mask, Mask]]


def run_checks(
    checked: Checked, log: ProblemLog, checks: tuple[Check, ...] | None = None
) -> tuple[list[Row], list[str]]:
    """Run every check.

    Returns
    -------
    rows : list of dict
        COUNTS rows of S17: how many episodes failed of how many checked.
    not_run : list of str
        "rule: why" of each check that could not run.
    """
    rows: list[Row] = []
    not_run: list[str] = []
    for check in checks or _CHECKS:
        missing = check.needs - checked.source.columns
        if missing:
            not_run.append(f"{check.rule}: no column {', '.join(sorted(missing))}")
            continue
        try:
            failed, of = check.run(checked)
        except Exception as error:  # whatever a check fails on, the others and the counts go on
            not_run.append(f"{check.rule}: the check itself failed ({type(error).__name__})")
            continue
        _note(checked, check.rule, failed & of, log)
        rows.append(_count(check.rule, int((failed & of).sum()), int(of.sum())))
    return rows, not_run


def _count(rule: str, failed: int, of: int) -> Row:
    return {
        "measure": "S17",
        "item": "failed",
        "source": SSDA903,
        "window": "snapshot",
        "population": "all",
        "breakdown": "check",
        "category": rule,
        "numerator": failed,
        "denominator": of,
    }


def _note(checked: Checked, rule: str, failed: Mask, log: ProblemLog) -> None:
    episodes, source = checked.episodes, checked.source
    for number in np.flatnonzero(np.bincount(episodes.file[failed])):
        rows = episodes.row[failed & (episodes.file == number)]
        found = CHECKS[rule][0].upper() + CHECKS[rule][1:] + "."
        log.note(rule, found, "Counted as it stands.", file=source.files[number], rows=rows)


# The checks ---------------------------------------------------------------------------------


def _is(episodes: Episodes, column: str, *codes: str) -> Mask:
    lists = {"legal": "LS", "place": "PLACE", "reason": "RNE", "ceased": "REC"}
    return load_codes()[lists[column]].mark_codes(*codes)[getattr(episodes, column)]


def _days(checked: Checked) -> npt.NDArray[np.int64]:
    """Return the length of each episode, up to the last day of the count where it is open."""
    episodes = checked.episodes
    end = np.where(np.isnat(episodes.end), checked.day, np.minimum(episodes.end, checked.day))
    return np.asarray((end - episodes.start).astype(np.int64))


def _until(checked: Checked) -> npt.NDArray[np.datetime64]:
    end = checked.episodes.end
    return np.where(np.isnat(end) | (end > checked.day), checked.day, end)


def _find_with_parents(checked: Checked) -> tuple[Mask, Mask]:
    section_20 = load_codes()["LS"].mark(SECTION_20)[checked.episodes.legal]
    return section_20 & _is(checked.episodes, "place", "P1"), section_20


def _find_adults(checked: Checked) -> tuple[Mask, Mask]:
    adult = checked.children.adult_day[checked.episodes.child]
    return adult < _until(checked), ~np.isnat(adult)


def _find_long_police(checked: Checked) -> tuple[Mask, Mask]:
    police = _is(checked.episodes, "legal", "L1")
    return police & (_days(checked) > _POLICE_DAYS), police


def _find_long_breaks(checked: Checked) -> tuple[Mask, Mask]:
    breaks = _is(checked.episodes, "legal", "V3")
    return breaks & (_days(checked) > _BREAK_DAYS), breaks


def _find_many_breaks(checked: Checked) -> tuple[Mask, Mask]:
    """Mark each short break after which a child has had more than 75 days in twelve months."""
    breaks = _is(checked.episodes, "legal", "V3")
    failed = np.zeros(len(breaks), dtype=bool)
    at = np.flatnonzero(breaks)
    child, end = checked.episodes.child[at], _until(checked)[at]
    order = np.lexsort((end, child))
    at, child, end = at[order], child[order], end[order]
    total = np.concatenate([[0], np.cumsum(_days(checked)[at])])
    key = child.astype(np.int64) * 100_000 + end.astype(np.int64)
    first = np.searchsorted(key, key - 365, side="right")
    first = np.maximum(first, np.searchsorted(child, child, side="left"))
    failed[at] = total[np.arange(len(at)) + 1] - total[first] > _BREAKS_A_YEAR
    return failed, breaks


def _find_young_justice(checked: Checked) -> tuple[Mask, Mask]:
    justice = _is(checked.episodes, "legal", "J1", "J2", "J3")
    tenth = find_birthday(checked.children.birth, 10)[checked.episodes.child]
    return justice & (tenth > checked.episodes.start), justice & ~np.isnat(tenth)


def _find_adult_uasc(checked: Checked) -> tuple[Mask, Mask]:
    """Mark UASC whose status has an end after their 18th birthday, or none after it has passed."""
    child = checked.episodes.child
    birthday = checked.children.adult_day[child]
    end = checked.children.uasc_end[child]
    until = np.where(np.isnat(end), checked.day, end)
    uasc = checked.children.uasc[child] & ~np.isnat(birthday)
    return uasc & (until > birthday), uasc


def _find_after_same(checked: Checked) -> Mask:
    """Return which episodes begin on the day on which the child's episode before them ends."""
    episodes = checked.episodes
    same = (episodes.child[1:] == episodes.child[:-1]) & (episodes.start[1:] == episodes.end[:-1])
    return np.concatenate([[False], same])[: len(episodes)]


def _changed(values: npt.NDArray[Any]) -> Mask:
    return np.concatenate([[False], values[1:] != values[:-1]])[: len(values)]


def _placement_changed(episodes: Episodes) -> Mask:
    return np.asarray(
        _changed(episodes.place)
        | _changed(episodes.provider)
        | _changed(episodes.placed)
        | _changed(episodes.urn)
    )


def _check_reason(
    codes: tuple[str, ...], status: bool, placement: bool
) -> Callable[[Checked], tuple[Mask, Mask]]:
    """Return a check that what the reason for a new episode says did change, and nothing else."""

    def run(checked: Checked) -> tuple[Mask, Mask]:
        episodes = checked.episodes
        of = _find_after_same(checked) & _is(episodes, "reason", *codes)
        # What is not known cannot be said to have changed, or not to have.
        of &= (episodes.legal >= 0) & np.concatenate([[True], episodes.legal[:-1] >= 0])[: len(of)]
        right_status = _changed(episodes.legal) == status
        moved = _placement_changed(episodes)
        right_placement = moved if placement else ~moved
        return of & ~(right_status & right_placement), of

    return run


def _find_unmapped(checked: Checked) -> tuple[Mask, Mask]:
    return checked.episodes.unmapped, np.ones(len(checked.episodes), dtype=bool)


def _find_no_birth(checked: Checked) -> tuple[Mask, Mask]:
    """Mark the first episode of each child without a date of birth, of each child's first."""
    child = checked.episodes.child
    first = np.concatenate([[True], child[1:] != child[:-1]])[: len(child)]
    return first & np.isnat(checked.children.birth[child]), first


def _columns(*names: str) -> frozenset[str]:
    return frozenset(names)


_MOVES = _columns("RNE", "LS", "PLACE", "PLACE_PROVIDER", "PL_POST", "URN")
_CHECKS = (
    Check("378", _columns("LS", "PLACE"), _find_with_parents),
    Check("359", _columns("DECOM"), _find_adults),
    Check("361", _columns("LS", "DEC"), _find_long_police),
    Check("365", _columns("LS", "DEC"), _find_long_breaks),
    Check("367", _columns("LS", "DEC"), _find_many_breaks),
    Check("358", _columns("LS"), _find_young_justice),
    Check("304", _columns("DECOM"), _find_adult_uasc),
    Check("434", _MOVES, _check_reason(("L",), status=True, placement=False)),
    Check("435", _MOVES, _check_reason(("P", "T"), status=False, placement=True)),
    Check("436", _MOVES, _check_reason(("B", "U"), status=True, placement=True)),
    Check("unmapped status", _columns("LS"), _find_unmapped),
    Check("no birth date", _columns("DECOM"), _find_no_birth),
)


def count_restated(source: Source) -> Row:
    """Return the COUNTS row of rule 503B: episodes whose status a later year's file changed."""
    return _count("503B", source.changed_status, source.restated)
