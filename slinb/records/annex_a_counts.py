"""What an Annex A workbook can tell of a quarter: the present picture, and cells of the return."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from slinb.catalogue.periods import Period
from slinb.records.annex_a import ListRule, ListTable, load_lists
from slinb.records.annex_a_care import answer_measure, count_care, count_year_to_date, within
from slinb.records.dates import Days, add_months, count_years
from slinb.records.list_values import ReadList, number_people, read_list
from slinb.records.neglect_lists import count_lists
from slinb.records.problems import ProblemLog
from slinb.records.returns import fill_cell
from slinb.records.section20 import CountedRows
from slinb.records.tally import Mask, Row
from slinb.records.vocabulary import ANNEX_A, TITLES
from slinb.records.working_days import count_working_days

Cell = tuple[str, int, int]


def count_annex_a(
    tables: Sequence[ListTable], quarter: Period, today: np.datetime64, log: ProblemLog
) -> CountedRows:
    """Count everything that the lists can tell about a quarter.

    Parameters
    ----------
    tables : sequence of ListTable
        As :func:`slinb.records.annex_a.read_annex_a` gives them.
    quarter : Period
        The quarter; the workbook should have been drawn up at its end.
    today : datetime64[D]
        Dates after it are noted as still to come.
    log : ProblemLog
        Takes what was found and what was done.
    """
    rows = CountedRows()
    children = number_people(tables, log)
    lists = {
        table.rule.number: read_list(table, child, log, today)
        for table, child in zip(tables, children, strict=True)
    }
    first, last = (np.datetime64(day, "D") for day in (quarter.start, quarter.end))
    if care := lists.get(8):
        count_care(care, first, last, log, rows)
        year_start = np.datetime64(quarter.reporting_year().start, "D")
        rows.returned += count_year_to_date(care, year_start, last)
    for number, read in lists.items():
        rows.returned += _count_cells(number, read, first, last)
    rows.answers += [answer_measure(m, care) for m in TITLES]
    count_lists(lists, quarter, rows)
    rows.answers += [_answer_list(rule, rows, rule.number in lists) for rule in load_lists()]
    for rule in load_lists():
        if rule.number not in lists:
            log.note(
                "missing list",
                f"No sheet is list {rule.number} ({rule.title}).",
                "Nothing that rests on it is counted.",
                n=1,
            )
    return rows


def _answer_list(rule: ListRule, rows: CountedRows, found: bool) -> Row:
    """Say which cells of the return a list filled, and what no such list can tell."""
    source = f"{ANNEX_A} list {rule.number}"
    # What list 8 fills of the stock stands under the name of the whole workbook.
    sources = (source, ANNEX_A) if rule.number == 8 else (source,)
    own = ", ".join(row["count"] for row in rows.returned if row["source"] in sources)
    told = f"counted: {own}; " if own else ""
    return {
        "measure": f"list {rule.number}",
        "title": rule.title,
        "source": ANNEX_A,
        "answered": "not answered" if not found else "in part" if own else "not answered",
        "why": f"{told}{rule.cannot}" if found else "no sheet is this list",
    }


def _count_cells(
    number: int, read: ReadList, first: np.datetime64, last: np.datetime64
) -> list[Row]:
    count = _COUNTERS.get(number)
    if count is None:
        return []
    source = f"{ANNEX_A} list {number}"
    return [fill_cell(n, value, source, out) for n, value, out in count(read, first, last)]


def _count_contacts(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    if read.table.has("Date of Contact"):
        day = read.day("Date of Contact")
        yield "contacts", int(within(day, first, last).sum()), int(np.isnat(day).sum())


def _count_referrals(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    if not read.table.has("Date of referral"):
        return
    day = read.day("Date of referral")
    inside, undated = within(day, first, last), int(np.isnat(day).sum())
    yield "referrals", int(inside.sum()), undated
    if read.table.has("Referral NFA?"):
        unclear = int((read.unmapped["Referral NFA?"] & inside).sum())
        yield "referrals_nfa", int((inside & read.says("Referral NFA?", "yes")).sum()), unclear


def _count_assessments(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    start = read.day("Continuous Assessment Start Date")
    end = read.day("Continuous Assessment Date of Authorisation")
    if not read.table.has("Continuous Assessment Date of Authorisation"):
        return
    inside = within(end, first, last)
    yield "assessments", int(inside.sum()), 0
    if read.table.has("Continuous Assessment Start Date"):
        days = count_working_days(start, end)
        timely = inside & (days >= 0) & (days <= 45)
        yield "assessments_45days", int(timely.sum()), int((inside & np.isnat(start)).sum())


def _count_enquiries(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    strategy = read.day("Strategy discussion initiating Section 47 Enquiry Start Date")
    conference = read.day("Date of Initial Child Protection Conference")
    if read.table.has("Strategy discussion initiating Section 47 Enquiry Start Date"):
        inside = within(strategy, first, last)
        yield "s47", int(inside.sum()), int(np.isnat(strategy).sum())
    if read.table.has("Date of Initial Child Protection Conference"):
        held = within(conference, first, last)
        yield "icpcs", int(held.sum()), 0
        days = count_working_days(strategy, conference)
        timely = held & (days >= 0) & (days <= 15)
        yield "icpcs_15days", int(timely.sum()), int((held & np.isnat(strategy)).sum())


def _is_open(start: Days, end: Days, last: np.datetime64) -> Mask:
    return np.asarray((start <= last) & (np.isnat(end) | (end > last)))


def _count_in_need(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    del first  # a snapshot
    start = read.day("CIN Start Date")
    if not (read.table.has("CIN Start Date") and read.table.has("CIN Closure Date")):
        return
    here = _is_open(start, read.day("CIN Closure Date"), last) & (read.child >= 0)
    yield "cin", len(np.unique(read.child[here])), int(np.isnat(start).sum())
    if read.table.has("Case Status"):
        planned = here & read.says("Case Status", "need plan")
        yield "cin_plans", len(np.unique(read.child[planned])), 0


def _count_plans(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    start = read.day("Child Protection Plan Start Date")
    end = read.day("Child Protection Plan End Date")
    if not read.table.has("Child Protection Plan Start Date"):
        return
    undated = int(np.isnat(start).sum())
    starting = within(start, first, last)
    yield "cp_starting", int(starting.sum()), undated
    if read.table.has("Number of Previous Child Protection Plans"):
        previous = read.number("Number of Previous Child Protection Plans")
        unknown = int((starting & np.isnan(previous)).sum())
        yield "cp_repeat", int((starting & (previous >= 1)).sum()), unknown
    if not read.table.has("Child Protection Plan End Date"):
        return
    here, ending = _is_open(start, end, last), within(end, first, last)
    yield "cp_plans", int(here.sum()), undated
    yield "cp_open_2years", int((here & (add_months(start, 24) <= last)).sum()), 0
    yield "cp_ending", int(ending.sum()), 0
    lasted = (end - start).astype(np.int64) + 1  # the day of ending counts
    yield "cp_ended_2years", int((ending & ~np.isnat(start) & (lasted > 729)).sum()), 0
    if read.table.has("Latest Category of Abuse"):
        neglect = here & read.says("Latest Category of Abuse", "neglect")
        multiple = here & read.says("Latest Category of Abuse", "multiple")
        unclear = int((here & (read.groups["Latest Category of Abuse"] == "")).sum())
        yield "cp_neglect", int(neglect.sum()), unclear
        yield "cp_neglect_multiple", int((neglect | multiple).sum()), unclear


def _count_leavers(read: ReadList, first: np.datetime64, last: np.datetime64) -> Iterator[Cell]:
    """Count former relevant young people aged 19 to 21 on the last day of the quarter."""
    del first  # a snapshot
    if not read.table.has("Eligibility Category"):
        return
    age = count_years(read.day("Date of Birth"), np.full(len(read), last))
    young = (age >= 19) & (age <= 21) & read.says("Eligibility Category", "former relevant")
    unknown = int((read.says("Eligibility Category", "former relevant") & (age < 0)).sum())
    yield "leavers_19_21", int(young.sum()), unknown
    if read.table.has("LA in Touch"):
        away = young & read.says("LA in Touch", "not in touch")
        yield "leavers_not_in_touch", int(away.sum()), 0
    if read.table.has("Activity Status"):
        yield "leavers_eet", int((young & read.says("Activity Status", "active")).sum()), 0
    if read.table.has("Type of Accommodation") and read.table.has("Suitability of Accommodation"):
        known = young & read.says("Type of Accommodation", "known")
        yield "leavers_19_21_residence", int(known.sum()), 0
        suitable = known & read.says("Suitability of Accommodation", "suitable")
        yield "leavers_housed", int(suitable.sum()), 0


_COUNTERS = {
    1: _count_contacts,
    3: _count_referrals,
    4: _count_assessments,
    5: _count_enquiries,
    6: _count_in_need,
    7: _count_plans,
    9: _count_leavers,
}
