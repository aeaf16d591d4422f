"""What Annex A tells of neglect: plans (list 7), need (6), care (7, 8), early help (2, 3)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from slinb.catalogue.periods import Period
from slinb.records.cin_cases import Plans
from slinb.records.cin_link import Index, Mask, Origin, find_first, make_key
from slinb.records.dates import Days
from slinb.records.list_values import ReadList
from slinb.records.neglect_plans import (
    PlanPicture,
    Window,
    count_plans,
    list_plan_durations,
)
from slinb.records.neglect_words import (
    CARE_STATUSES,
    CATEGORIES,
    IN_NEED,
    INTO_CARE,
    NEGLECT,
    NEGLECT_TITLES,
    STEPPED_UP,
)
from slinb.records.section20 import CountedRows
from slinb.records.tally import Populations, Row, tally, tally_by
from slinb.records.vocabulary import ANNEX_A, NEEDS, ORDERS, SECTION_20, SHORT_BREAKS

_START, _END = "Child Protection Plan Start Date", "Child Protection Plan End Date"
_INITIAL, _LATEST = "Initial Category of Abuse", "Latest Category of Abuse"
_PREVIOUS = "Number of Previous Child Protection Plans"
_CARE, _STATUS = "Date Started to be Looked After", "Child's Legal Status"
_HELPED, _REFERRED, _NFA = "Assessment completion date", "Date of referral", "Referral NFA?"
_OPENED, _CLOSED, _NEED = "CIN Start Date", "CIN Closure Date", "Primary Need Code"
_BORN = "Date of Birth"
#: Quarters whose events the lists hold whole: they reach back six months.
_QUARTERS = 2


def count_lists(lists: Mapping[int, ReadList], quarter: Period, rows: CountedRows) -> None:
    """Add to ``rows`` what the lists tell of N1 to N15."""
    first, last = (np.datetime64(day, "D") for day in (quarter.start, quarter.end))
    if (held := lists.get(7)) and held.table.has(_START) and held.table.has(_END):
        picture = build_picture(held, Window("quarter", first, last))
        rows.counts += [row for row in count_plans(picture) if _is_told(row, held)]
        if held.table.has(_LATEST):
            rows.durations += (told := list_plan_durations(picture))[0]
            rows.statistics += told[1]
        if (care := lists.get(8)) and care.table.has(_CARE) and held.table.has(_INITIAL):
            rows.counts += _count_into_care(picture, care, quarter)
    if (need := lists.get(6)) and need.table.has(_CLOSED) and need.table.has(_NEED):
        rows.counts += _count_needs(need, last)
    helped, referred = lists.get(2), lists.get(3)
    if helped and referred and helped.table.has(_HELPED) and referred.table.has(_REFERRED):
        rows.counts += _count_step_up(helped, referred, quarter)
    rows.answers += [_answer(m, lists) for m in NEGLECT_TITLES]


def build_picture(held: ReadList, window: Window) -> PlanPicture:
    """Bring list 7 to the shape that both sources share: each child and start once."""
    start, end = held.day(_START), held.day(_END)
    good = (held.child >= 0) & ~np.isnat(start) & ~(end < start) & (start <= window.last)
    at = np.flatnonzero(good)
    order = at[np.lexsort((~np.isnat(end[at]), start[at], held.child[at]))]
    same = (held.child[order][1:] == held.child[order][:-1]) & (
        start[order][1:] == start[order][:-1]
    )
    keep = order[np.append(~same, True)[: len(order)]]
    nowhere = np.full(len(keep), -1, dtype=np.int64)
    plans = Plans(
        held.child[keep].astype(np.int64),
        start[keep],
        end[keep],
        held.position(_INITIAL, CATEGORIES)[keep],
        held.position(_LATEST, CATEGORIES)[keep],
        held.number(_PREVIOUS)[keep],
        nowhere,
        Origin(nowhere, held.table.rows[keep]),
    )
    birth = held.day(_BORN)[keep]
    # The list has no expected date: who is born later than the quarter is unborn.
    return PlanPicture(plans, birth, birth > window.last, ANNEX_A, window.last, (window,))


def _is_told(row: Row, held: ReadList) -> bool:
    """Whether the list has the columns that a row rests on."""
    latest = row["measure"] in ("N1", "N2", "N4", "N9", "N15")
    initial = row["measure"] in ("N2", "N3") or row.get("breakdown", "") == "initial category"
    previous = row["measure"] == "N5"
    return not (
        (latest and not held.table.has(_LATEST))
        or (initial and not held.table.has(_INITIAL))
        or (previous and not held.table.has(_PREVIOUS))
    )


def _quarters(quarter: Period) -> list[tuple[Period, Window]]:
    chosen = [quarter.shift(1 - _QUARTERS), quarter]
    return [
        (q, Window("quarter", np.datetime64(q.start, "D"), np.datetime64(q.end, "D")))
        for q in chosen
    ]


def _count_into_care(picture: PlanPicture, care: ReadList, quarter: Period) -> list[Row]:
    """Count children who came into care after a plan for neglect had started (N10).

    Plans of the last six months are all in list 7, those in care since in list 8, so that a
    cohort of two quarters is whole. Short breaks are no care here.
    """
    plans = picture.plans
    at = _find_care(plans.child, plans.start, care)
    started = np.append(care.day(_CARE), np.datetime64("NaT", "D"))[at]
    came = (at >= 0) & (started <= picture.day)
    status = np.append(_group_status(care), -1)[at]
    everybody = picture.everybody
    rows = []
    for cohort, window in _quarters(quarter):
        of = window.holds(plans.start) & (plans.initial == CATEGORIES.index(NEGLECT))
        base = picture.base("N10", INTO_CARE, "cohort", cohort=cohort.id)
        rows += tally(base, everybody, came, of, np.zeros(len(of), dtype=bool))
        if care.table.has(_STATUS):
            base = {**base, "breakdown": "legal status"}
            rows += tally_by(base, everybody, status, CARE_STATUSES, of & came)
    return rows


def _find_care(child: Index, since: Days, care: ReadList) -> Index:
    """Return the first row of list 8 in which a child starts care on or after a day; -1."""
    started = care.day(_CARE)
    usable = (care.child >= 0) & ~np.isnat(started) & ~care.says(_STATUS, SHORT_BREAKS)
    own = np.where(usable, care.child, -1).astype(np.int64)
    return find_first(own, started, child, since)


def _group_status(care: ReadList) -> Index:
    """Return the position in CARE_STATUSES of the current status; -1 where it is not known."""
    groups = care.groups.get(_STATUS)
    if groups is None:
        return np.full(len(care), -1, dtype=np.int64)
    known = np.where(groups == SECTION_20, 0, np.where(np.isin(groups, ORDERS), 1, 2))
    return np.where(groups == "", -1, known).astype(np.int64)


def _count_needs(need: ReadList, day: np.datetime64) -> list[Row]:
    """Count open cases of list 6 by primary need (N8), in the list's own wording."""
    start, end = need.day(_OPENED), need.day(_CLOSED)
    here = (start <= day) & (np.isnat(end) | (end > day)) & (need.child >= 0)
    base = {
        "measure": "N8",
        "item": IN_NEED,
        "source": ANNEX_A,
        "window": "snapshot",
        "breakdown": "primary need",
    }
    everybody = Populations(None, len(need))
    return tally_by(base, everybody, need.position(_NEED, NEEDS), NEEDS, here)


def _count_step_up(helped: ReadList, referred: ReadList, quarter: Period) -> list[Row]:
    """Count early help assessments followed by a referral that went on (N14)."""
    goes_on: Mask = (referred.child >= 0) & ~referred.says(_NFA, "yes")
    day = referred.day(_REFERRED)
    goes_on &= ~np.isnat(day) & (day <= np.datetime64(quarter.end, "D"))
    key = np.sort(make_key(referred.child[goes_on], day[goes_on]))
    done = helped.day(_HELPED)
    usable = (helped.child >= 0) & ~np.isnat(done)
    own = make_key(helped.child, done)
    at = np.searchsorted(key, own)
    until = make_key(helped.child, np.full(len(helped), np.datetime64(quarter.end, "D")))
    stepped = np.append(key, np.iinfo(np.int64).max)[at] <= until
    rows = []
    for cohort, window in _quarters(quarter):
        base = {
            "measure": "N14",
            "item": STEPPED_UP,
            "source": ANNEX_A,
            "window": "cohort",
            "cohort": cohort.id,
        }
        of = usable & window.holds(done)
        nobody = np.zeros(len(of), dtype=bool)
        rows += tally(base, Populations(None, len(helped)), stepped, of, nobody)
    return rows


# What was answered --------------------------------------------------------------------------


def _answer(measure: str, lists: Mapping[int, ReadList]) -> Row:
    answered, why = _judge(measure, lists)
    return {
        "measure": measure,
        "title": NEGLECT_TITLES[measure],
        "source": ANNEX_A,
        "answered": answered,
        "why": why,
    }


def _judge(measure: str, lists: Mapping[int, ReadList]) -> tuple[str, str]:
    """Say whether the lists answer a measure, and if not wholly, why not."""
    if measure in _ELSEWHERE:
        return "not answered", _ELSEWHERE[measure]
    if absent := [str(n) for n in _LISTS[measure] if n not in lists]:
        return "not answered", f"no sheet is list {', '.join(absent)}"
    needed = _COLUMNS[measure]
    if lacking := [column for n, column in needed if not lists[n].table.has(column)]:
        return "not run", f"no column {', '.join(lacking)}"
    return _PARTLY.get(measure, ("answered", ""))


_LISTS = {
    **dict.fromkeys(("N1", "N2", "N3", "N4", "N5", "N9", "N15"), (7,)),
    "N8": (6,),
    "N10": (7, 8),
    "N14": (2, 3),
}
_DATED = ((7, _START), (7, _END))
_COLUMNS: dict[str, tuple[tuple[int, str], ...]] = {
    "N1": (*_DATED, (7, _LATEST)),
    "N2": (*_DATED, (7, _INITIAL), (7, _LATEST)),
    "N3": (*_DATED, (7, _INITIAL)),
    "N4": (*_DATED, (7, _LATEST)),
    "N5": (*_DATED, (7, _INITIAL), (7, _PREVIOUS)),
    "N8": ((6, _OPENED), (6, _CLOSED), (6, _NEED)),
    "N9": (*_DATED, (7, _LATEST), (7, _BORN)),
    "N10": (*_DATED, (7, _INITIAL), (8, _CARE), (8, _STATUS)),
    "N14": ((2, _HELPED), (3, _REFERRED)),
    "N15": (*_DATED, (7, _LATEST)),
}
_PARTLY = {
    "N3": ("in part", "the quarter; the list does not reach back twelve months"),
    "N5": ("in part", "the quarter; the category of an earlier plan only where the list has it"),
    "N9": ("in part", "ages only; the list names no siblings"),
    "N10": ("in part", "plans of the last six months, followed to the end of the quarter only"),
    "N14": ("in part", "all early help assessments: the list does not say which need they met"),
    "N15": ("in part", "the share of multiple; factors and checks need the CIN census"),
}
_ELSEWHERE = {
    "N6": "the lists reach back six months: the census of two years answers it",
    "N7": "factors at assessment are in the CIN census only",
    "N11": "pre-proceedings are in the CIN census from 2026, and in the practice return",
    "N12": "absence and immunisation are partners' data; health checks in list 8 are of care only",
    "N13": "the use of a tool is in no return; the practice return asks for it",
}
