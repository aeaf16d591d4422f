"""From a plan for neglect into care (N10), where the census and SSDA903 lie in one folder.

The census does not say who is looked after; SSDA903 does. The two are tied by the authority's own
identifier of the child, and only where most children who came into care are in the census too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from slinb.catalogue.periods import Period
from slinb.records.cin_cases import Census
from slinb.records.cin_link import Index, Mask, find_first
from slinb.records.cin_reach import STALE_DAYS
from slinb.records.codes import load_codes
from slinb.records.dates import Days, add_months, read_dates
from slinb.records.episodes import find_coverage
from slinb.records.grid import split_distinct
from slinb.records.identity import fold_identifier
from slinb.records.neglect_plans import Window
from slinb.records.neglect_words import (
    CARE_STATUSES,
    CARE_WITHIN,
    CATEGORIES,
    CIN_CENSUS,
    NEGLECT,
)
from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import SourceTable
from slinb.records.tally import Populations, Row, tally, tally_by
from slinb.records.vocabulary import ORDERS, SECTION_20, SHORT_BREAKS

#: Share of the children starting care who must be in the census too.
_LEAST_SHARED = 0.5
_NEEDED = frozenset({"CHILD", "DECOM", "DEC", "RNE", "LS"})


@dataclass(frozen=True)
class CareStarts:
    """Starts of care as SSDA903 says them, short breaks apart.

    Parameters
    ----------
    identifier : array of str
        Of the child, as compared; in memory only.
    day : array of datetime64[D]
    status : array of int
        Position in CARE_STATUSES of the first legal status, -1 where it is not known.
    first, last : datetime64[D]
        The days between which the files hold every start.
    """

    identifier: npt.NDArray[np.object_]
    day: Days
    status: Index
    first: np.datetime64
    last: np.datetime64


def read_care_starts(tables: Sequence[SourceTable], today: np.datetime64) -> CareStarts | None:
    """Read the starts of care from the tables of episodes; None where there are none.

    Nothing is noted here: the same cells are read and checked for the Section 20 counts.
    """
    held = [t for t in tables if t.name == "episodes" and set(t.cells) >= _NEEDED]
    if not held:
        return None
    read = [_read_starts(table) for table in held]
    identifier, day, status = (np.concatenate([r[i] for r in read]) for i in range(3))
    ends = np.concatenate([read_dates(t.column("DEC")).days for t in held])
    dated = np.concatenate([day, ends])
    dated = dated[~np.isnat(dated) & (dated <= today)]
    if not len(dated):
        return None
    return CareStarts(identifier, day, status, find_coverage(ends, today), dated.max())


def _read_starts(table: SourceTable) -> tuple[npt.NDArray[np.object_], Days, Index]:
    codes = load_codes()
    legal, _ = codes["LS"].match(table.column("LS"))
    why, _ = codes["RNE"].match(table.column("RNE"))
    day = read_dates(table.column("DECOM")).days
    where, values = split_distinct(table.column("CHILD"))
    names = np.array([fold_identifier(str(v)) for v in values] + [""], dtype=object)[where]
    starts: Mask = codes["RNE"].mark_codes("S")[why] & ~codes["LS"].mark(SHORT_BREAKS)[legal]
    starts &= ~np.isnat(day) & (names != "")
    known = np.where(codes["LS"].mark(*ORDERS)[legal], 1, 2)
    status = np.where(codes["LS"].mark(SECTION_20)[legal], 0, known)
    return names[starts], day[starts], np.where(legal < 0, -1, status)[starts].astype(np.int64)


def count_into_care(
    census: Census, care: CareStarts | None, quarter: Period, log: ProblemLog
) -> tuple[list[Row], str]:
    """Count plans for neglect whose child came into care within six and twelve months (N10).

    Returns
    -------
    rows : list of dict
        COUNTS rows, by quarter of the start of the plan; cohorts followed so long only.
    why : str
        Why nothing, or not all, could be counted; "" where it could.
    """
    if care is None:
        return [], "the census does not say who is looked after: Annex A lists 7 and 8 do"
    day = np.datetime64(quarter.end, "D")
    child = _find_children(census, care)
    inside = (care.day >= census.reach.first) & (care.day <= day)
    shared = int((child[inside] >= 0).sum())
    if shared < _LEAST_SHARED * max(int(inside.sum()), 1):
        log.note(
            "identifiers differ",
            f"{shared} of {int(inside.sum())} starts of care in SSDA903 are of children who are "
            "in the census.",
            "The two were not tied: N10 is not counted from them.",
            n=int(inside.sum()) - shared,
        )
        return [], "identifiers of SSDA903 and the census do not agree"
    first = max(census.reach.first, care.first)
    rows = _count_cohorts(census, care, child, quarter, first)
    return rows, "" if rows else "the files of both returns must hold a year before the quarter"


def _find_children(census: Census, care: CareStarts) -> Index:
    """Return the number in the census of the child of each start; -1 where it is in none."""
    names: dict[str, int] = {}
    for part in census.parts:
        if part.name == "header":
            continue
        codes, values = split_distinct(part.held.table.column("LAchildID"))
        known = np.flatnonzero(codes >= 0)
        code, first = np.unique(codes[known], return_index=True)
        child = part.child[known[first]]
        names |= {fold_identifier(str(values[c])): int(n) for c, n in zip(code, child, strict=True)}
    found: list[Any] = [names.get(str(name), -1) for name in care.identifier]
    return np.array(found, dtype=np.int64)


def _count_cohorts(
    census: Census, care: CareStarts, child: Index, quarter: Period, first: np.datetime64
) -> list[Row]:
    plans, day = census.plans, np.datetime64(quarter.end, "D")
    at = find_first(child, care.day, plans.child, plans.start)
    started = np.append(care.day, np.datetime64("NaT", "D"))[at]
    status = np.append(care.status, -1)[at]
    neglect = plans.initial == CATEGORIES.index(NEGLECT)
    everybody, nobody = Populations(None, len(plans)), np.zeros(len(plans), dtype=bool)
    # As with the counts themselves, a month without an entry at the end is not held against it.
    stale = care.last < day - np.timedelta64(STALE_DAYS, "D")
    followed = care.last if stale else day
    rows: list[Row] = []
    cohort = quarter
    while np.datetime64(cohort.start, "D") >= first:
        window = Window("cohort", *(np.datetime64(d, "D") for d in (cohort.start, cohort.end)))
        of = neglect & window.holds(plans.start)
        for months, item in CARE_WITHIN.items():
            if add_months(np.array([window.last]), months)[0] > followed:
                continue
            came = started <= add_months(plans.start, months)
            base = {
                "measure": "N10",
                "item": item,
                "source": CIN_CENSUS,
                "window": "cohort",
                "cohort": cohort.id,
            }
            rows += tally(base, everybody, came, of, nobody)
            base = {**base, "breakdown": "legal status"}
            rows += tally_by(base, everybody, status, CARE_STATUSES, of & came)
        cohort = cohort.previous()
    return rows
