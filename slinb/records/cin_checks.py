"""Checks of the census (N15): each counts what failed of what was checked, and names the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from slinb.records.cin_cases import Census
from slinb.records.cin_link import Index, Mask, Origin, Part, note_rows, trace
from slinb.records.neglect_plans import find_earlier
from slinb.records.neglect_words import CIN_CENSUS, CIN_CHECKS, FAILED
from slinb.records.problems import ProblemLog
from slinb.records.tally import Row

_DONE = "Counted as it stands."


@dataclass(frozen=True)
class _Check:
    rule: str
    failed: Mask
    of: Mask
    origin: Origin
    column: str = ""


def run_cin_checks(census: Census, log: ProblemLog) -> list[Row]:
    """Run every check of N15 that the files allow; return COUNTS rows.

    Rows left out of the counts (an end before its start) are noted where they are left out;
    here they are counted.
    """
    rows = [_row(rule, *found) for rule, found in census.found.items() if found[1]]
    for check in _list_checks(census):
        failed = check.failed & check.of
        if failed.any():
            said = (f"{CIN_CHECKS[check.rule].capitalize()}.", _DONE)
            note_rows(log, census.parts, check.origin, failed, check.rule, said, check.column)
        if check.of.any():
            rows.append(_row(check.rule, int(failed.sum()), int(check.of.sum())))
    return rows


def _row(rule: str, failed: int, of: int) -> Row:
    return {
        "measure": "N15",
        "item": FAILED,
        "source": CIN_CENSUS,
        "window": "snapshot",
        "population": "all",
        "breakdown": "check",
        "category": rule,
        "numerator": failed,
        "denominator": of,
    }


def _list_checks(census: Census) -> Iterator[_Check]:
    yield from _check_episodes(census)
    yield from _check_plans(census)
    held = census.assessments
    signed = ~np.isnat(held.authorised)
    column = "AssessmentAuthorisationDate"
    early = held.authorised < held.start
    yield _Check("assessed before start", early, signed, held.origin, column)
    yield from _check_people(census)


def _check_episodes(census: Census) -> Iterator[_Check]:
    episodes = census.episodes
    if not census.knows("episodes", "CINclosureDate", "ReasonForClosure"):
        return
    closed, given = ~np.isnat(episodes.stated), episodes.reason >= 0
    column = "ReasonForClosure"
    yield _Check("closed without reason", ~given, closed, episodes.origin, column)
    yield _Check("reason without closure", given, ~closed, episodes.origin, column)


def _check_plans(census: Census) -> Iterator[_Check]:
    plans = census.plans
    everyone = np.ones(len(plans), dtype=bool)
    earlier = find_earlier(plans)
    before = np.append(plans.end, np.datetime64("NaT", "D"))[earlier]
    overlap = (earlier >= 0) & (np.isnat(before) | (before > plans.start))
    yield _Check("plans overlap", overlap, everyone, plans.origin, "CPPstartDate")
    column = "LatestCategoryOfAbuse"
    yield _Check("plan without category", plans.latest < 0, everyone, plans.origin, column)
    stated = ~np.isnan(plans.previous)
    few = plans.previous < _count_earlier(plans.child)
    column = "NumberOfPreviousCPP"
    yield _Check("previous plans too few", few, stated, plans.origin, column)


def _count_earlier(child: Index) -> Index:
    """Return how many plans of the same child stand before each; plans are by child and start."""
    first = np.concatenate([[True], child[1:] != child[:-1]])[: len(child)]
    at = np.arange(len(child))
    return at - np.maximum.accumulate(np.where(first, at, 0))


def _check_people(census: Census) -> Iterator[_Check]:
    people, parts = census.people, census.parts
    chosen = [i for i, part in enumerate(parts) if part.name == "identifiers"]
    if not chosen:
        return
    origin = trace(parts, chosen)
    child = np.concatenate([parts[i].child for i in chosen])
    named = child >= 0
    # Each child is checked once, where it stands last.
    once = np.zeros(len(child), dtype=bool)
    _, back = np.unique(child[::-1], return_index=True)
    once[len(child) - 1 - back] = True
    of = once & named
    there = np.zeros(len(people.birth), dtype=bool)
    for part in parts:
        if part.name == "episodes":
            there[part.child[part.child >= 0]] = True
    born = ~np.isnat(people.birth) | people.expected
    yield _Check("child without birth date", ~born[child], of, origin, "PersonBirthDate")
    if census.knows("characteristics") or any(p.held.table.sheet for p in parts):
        described = np.concatenate([_find_described(parts, parts[i]) for i in chosen])
        yield _Check("child without characteristics", ~described, of, origin)
    yield _Check("child without episode", ~there[child], of, origin)
    yield _Check("child twice", people.twice[child], of, origin, "LAchildID")


def _find_described(parts: list[Part], own: Part) -> Mask:
    """Return which children of one file have their characteristics in it."""
    held = [
        p.child for p in parts if p.name == "characteristics" and p.held.group == own.held.group
    ]
    return np.isin(own.child, np.concatenate(held) if held else [])
