"""List 8 of Annex A: the children in care now, and those who started in the quarter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from slinb.records.dates import Days, add_months, count_years
from slinb.records.list_values import ReadList
from slinb.records.problems import ProblemLog
from slinb.records.returns import count_stock_cells, fill_cell
from slinb.records.section20 import CountedRows
from slinb.records.stock import ORDER, OTHER, S20, UNKNOWN, Stock, count_stock, list_durations
from slinb.records.tally import Mask, Populations, Positions, Row, tally
from slinb.records.timely import (
    FIRST_REVIEW_WORKING_DAYS,
    SECOND_REVIEW_MONTHS,
    LatestReview,
    judge_reviews,
    judge_visits,
)
from slinb.records.vocabulary import (
    ANNEX_A,
    LOCATIONS,
    NEEDS,
    ORDERS,
    PLACEMENTS,
    PLANS,
    SECTION_20,
    SHORT_BREAKS,
    TITLES,
    UNKNOWN_STATUS,
    YESNO,
)
from slinb.records.working_days import add_working_days

#: Lists of events reach back six months before the day they were drawn up.
EVENT_MONTHS = 6
SOURCE = f"{ANNEX_A} list 8"
_STARTED, _CEASED = "Date Started to be Looked After", "Date Ceased to be Looked After"
_STATUS, _STATUS_START = "Child's Legal Status", "Start date of current legal status"
_UASC = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
_REVIEW, _VISIT = "Date of Latest Statutory Review", "Date of Last Social Work Visit"
_PLAN = "What is the permanence plan for this child?"
_STATUSES = (SECTION_20, SHORT_BREAKS, *ORDERS)


def count_care(
    care: ReadList, first: np.datetime64, last: np.datetime64, log: ProblemLog, rows: CountedRows
) -> None:
    """Add to ``rows`` everything that list 8 tells of a quarter from ``first`` to ``last``.

    Without the day on which care ceased nobody can tell who is still there: nothing is counted.
    """
    if not care.table.has(_CEASED):
        return
    here = find_in_care(care, last)
    stock = build_stock(care, here, last)
    rows.counts += count_stock(stock)
    rows.durations, rows.statistics = list_durations(stock)
    rows.counts += _count_starts(care, first, last)
    rows.counts += _check_care(care, here, log)
    rows.returned += count_stock_cells(stock)
    rows.returned += _count_care_cells(care, here, last)


def find_in_care(care: ReadList, day: np.datetime64) -> Mask:
    """Return the rows of the children looked after on a day: no short breaks, each child once."""
    started, ceased = care.day(_STARTED), care.day(_CEASED)
    breaks = care.says(_STATUS, SHORT_BREAKS)
    here = ~(started > day) & (np.isnat(ceased) | (ceased > day)) & ~breaks & (care.child >= 0)
    # Of two open rows of one child the one that started last stands.
    order = np.lexsort((started, care.child))
    chosen = order[here[order]]
    last = np.append(care.child[chosen][1:] != care.child[chosen][:-1], True)[: len(chosen)]
    once = np.zeros(len(here), dtype=bool)
    once[chosen[last]] = True
    return once


def build_stock(care: ReadList, here: Mask, day: np.datetime64) -> Stock:
    """Bring the rows of list 8 to the shape that both sources share."""
    started = care.day(_STARTED)
    status_start = care.day(_STATUS_START)
    # A status cannot have begun before care did: it is counted from there.
    start = np.where(status_start < started, started, status_start)[here]
    table = care.table
    knows = {name for name, column in _TOLD.items() if table.has(column)}
    review = LatestReview(
        _guess_reviews(started[here], care.day(_REVIEW)[here], day), care.day(_REVIEW)[here]
    )
    begun = ~np.isnat(started[here])
    return Stock(
        source=ANNEX_A,
        day=day,
        group=_group_status(care)[here],
        birth=care.day("Date of Birth")[here],
        start=start,
        start_known=~np.isnat(start),
        need=care.position("Child's Category of Need", NEEDS)[here],
        place=care.position("Placement Type", PLACEMENTS)[here],
        plan=care.position(_PLAN, PLANS)[here],
        location=care.position("Placement Location", LOCATIONS)[here],
        miles=np.full(int(here.sum()), np.nan),
        disabled=care.position("Does the Child have a Disability", YESNO)[here],
        reviewed=judge_reviews(started[here], begun, review, day),
        visited=judge_visits(started[here], care.day(_VISIT)[here], day),
        uasc=care.says(_UASC, "yes")[here] if table.has(_UASC) else None,
        knows=frozenset(knows),
    )


_TOLD = {
    "status": _STATUS,
    "need": "Child's Category of Need",
    "place": "Placement Type",
    "plan": _PLAN,
    "location": "Placement Location",
    "disabled": "Does the Child have a Disability",
    "reviewed": _REVIEW,
    "visited": _VISIT,
}


def _group_status(care: ReadList) -> npt.NDArray[np.int8]:
    at = care.position(_STATUS, _STATUSES)
    known = np.array([S20, OTHER, *([ORDER] * len(ORDERS)), OTHER], dtype=np.int8)
    groups = care.groups.get(_STATUS)
    blank = np.ones(len(care), dtype=bool) if groups is None else groups == ""
    return np.where(blank, UNKNOWN, known[at]).astype(np.int8)


def _guess_reviews(started: Days, latest: Days, day: np.datetime64) -> Positions:
    """Return how many reviews there must have been, from the time in care: none, one or two.

    The list gives the latest review only. As long as the second is not due the latest may be the
    first, and three months apply.
    """
    begun = np.where(np.isnat(started), day, started)
    second_due = add_months(
        add_working_days(begun, FIRST_REVIEW_WORKING_DAYS), SECOND_REVIEW_MONTHS
    )
    return np.where(np.isnat(latest), 0, np.where(second_due >= day, 1, 2)).astype(np.int64)


def _count_starts(care: ReadList, first: np.datetime64, last: np.datetime64) -> list[Row]:
    """Count the starts of the quarter: the status at the start is known where it still holds."""
    started = care.day(_STARTED)
    inside = (started >= first) & (started <= last) & ~care.says(_STATUS, SHORT_BREAKS)
    inside &= care.child >= 0
    known = inside & (care.day(_STATUS_START) == started) & (_group_status(care) != UNKNOWN)
    base = {
        "measure": "S3",
        "item": "starts",
        "source": ANNEX_A,
        "window": "quarter",
        "why": UNKNOWN_STATUS,
    }
    uasc = care.says(_UASC, "yes") if care.table.has(_UASC) else None
    s20 = _group_status(care) == S20
    return tally(base, Populations(uasc, len(care)), s20, known, inside & ~known)


def _check_care(care: ReadList, here: Mask, log: ProblemLog) -> list[Row]:
    """Return the COUNTS rows of S17 that list 8 can answer."""
    s20 = care.says(_STATUS, SECTION_20)
    parents = care.position("Placement Type", PLACEMENTS) == PLACEMENTS.index("with parents")
    unmapped = care.unmapped.get(_STATUS, np.zeros(len(care), dtype=bool))
    before = care.day(_STATUS_START) < care.day(_STARTED)
    dated = ~np.isnat(care.day(_STATUS_START)) & ~np.isnat(care.day(_STARTED))
    no_birth = np.isnat(care.day("Date of Birth"))
    checks = (
        ("378", "Section 20 while placed with parents.", s20 & parents, s20, "Placement Type"),
        ("status before care", "Legal status starts before care.", before, dated, _STATUS_START),
        ("unmapped status", "", unmapped, here | ~here, ""),
        ("no birth date", "No date of birth.", no_birth, here | ~here, "Date of Birth"),
    )
    rows: list[Row] = []
    for rule, found, failed, of, column in checks:
        n_failed, n_of = int((failed & of & here).sum()), int((of & here).sum())
        rows.append(
            {
                "measure": "S17",
                "item": "failed",
                "source": ANNEX_A,
                "window": "snapshot",
                "population": "all",
                "breakdown": "check",
                "category": rule,
                "numerator": n_failed,
                "denominator": n_of,
            }
        )
        if n_failed and found:
            rows_failed = care.table.rows[failed & of & here]
            log.note(
                rule,
                found,
                "Counted as it stands.",
                column=column,
                rows=rows_failed,
                file=str(care.table.file[0]),
                sheet=str(care.table.sheet[0]),
            )
    return rows


def _count_care_cells(care: ReadList, here: Mask, day: np.datetime64) -> list[Row]:
    """Return the cells that list 8 gives beside those of the stock."""
    started, birth = care.day(_STARTED), care.day("Date of Birth")
    year = here & (add_months(started, 12) <= day)
    at_day = np.full(len(care), day)
    young = (count_years(birth, at_day) >= 0) & (count_years(birth, at_day) < 5)
    cells: dict[str, Mask] = {}
    if care.table.has("Number of Placements in the Last 12 months"):
        placements = care.number("Number of Placements in the Last 12 months")
        cells["cla_3placements"] = here & (placements >= 3)
    if care.table.has("Date of Last Health Assessment"):
        months = np.where(young, 6, 12)  # under fives are assessed twice a year
        health = care.day("Date of Last Health Assessment")
        cells["cla_12months"] = year
        cells["cla_health"] = year & (add_months(health, months) >= day)
    if care.table.has("Date of Last Dental Check"):
        dental = care.day("Date of Last Dental Check")
        cells["cla_dental"] = year & (add_months(dental, 12) >= day)
    return [fill_cell(name, int(mask.sum()), SOURCE) for name, mask in cells.items()]


def within(days: Days, first: np.datetime64, last: np.datetime64) -> Mask:
    """Return which days lie from ``first`` to ``last``, both included."""
    return np.asarray((days >= first) & (days <= last))


def count_year_to_date(care: ReadList, since: np.datetime64, last: np.datetime64) -> list[Row]:
    """Count starts and ends since 1 April, as long as list 8 reaches back so far."""
    reach = add_months(np.array([last + 1]), -EVENT_MONTHS)[0]
    if since < reach or not care.table.has(_CEASED):
        return []
    named = (care.child >= 0) & ~care.says(_STATUS, SHORT_BREAKS)
    started = named & within(care.day(_STARTED), since, last)
    ceased = named & within(care.day(_CEASED), since, last)
    cells = {"cla_starting": started, "cla_ceasing": ceased}
    reason = "Reason Ceased to be Looked After"
    if care.table.has(reason):
        cells["cla_ceasing_sgo"] = ceased & care.says(reason, "special guardianship")
        cells["cla_ceasing_cao"] = ceased & care.says(reason, "child arrangements order")
        cells["cla_ceasing_adopted"] = ceased & care.says(reason, "adopted")
    return [fill_cell(n, len(np.unique(care.child[mask])), SOURCE) for n, mask in cells.items()]


# What was answered --------------------------------------------------------------------------


def answer_measure(measure: str, care: ReadList | None) -> Row:
    """Return the ANSWERS row of one measure."""
    answered, why = _judge(measure, care)
    return {
        "measure": measure,
        "title": TITLES[measure],
        "source": ANNEX_A,
        "answered": answered,
        "why": why,
    }


def _judge(measure: str, care: ReadList | None) -> tuple[str, str]:
    """Say whether list 8 answers a measure, and if not wholly, why not."""
    if care is None:
        return "not answered", "no sheet is list 8"
    if measure in ("S9", "S10", "S11", "S12"):
        return "not answered", "a list of the present has no history: SSDA903 files answer it"
    if measure == "S16":
        return "not answered", "letters before proceedings are not in it; the practice return asks"
    needed = (_STATUS, _CEASED, *_NEEDED.get(measure, ()))
    if lacking := [column for column in needed if not care.table.has(column)]:
        return "not run", f"no column {', '.join(lacking)}"
    if measure == "S15" and not care.table.has(_VISIT):
        return "in part", f"reviews only; no column {_VISIT}"
    return _PARTLY.get(measure, ("answered", ""))


_NEEDED = {
    "S2": (_UASC,),
    "S3": (_STATUS_START, _STARTED),
    "S4": ("Date of Birth",),
    "S5": ("Child's Category of Need",),
    "S6": (_STATUS_START,),
    "S7": (_STATUS_START, "Date of Birth"),
    "S8": (_STATUS_START, _PLAN),
    "S13": ("Placement Type",),
    "S14": ("Does the Child have a Disability",),
    "S15": (_STARTED, _REVIEW),
}
_PARTLY = {
    "S3": ("in part", "the status at the start is known only where it still holds"),
    "S4": ("in part", "age now and at the start of the current status; starts need SSDA903 files"),
    "S5": ("in part", "need of the children there now; need at the start needs SSDA903 files"),
    "S13": ("in part", "placement and location; distance is not in the list"),
    "S14": ("in part", "disability; short breaks are counted from SSDA903 files"),
    "S15": ("answered", "the latest review and visit only"),
    "S17": ("in part", "the checks that one list allows"),
}
