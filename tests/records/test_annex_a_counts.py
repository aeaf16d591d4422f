"""Counts from Annex A against plain loops over the sample workbook, written from the definition."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from slinb.records.prepare import CountedRecords
from tests.records.conftest import AREAS, QUARTER
from tests.records.slow import BANDS, add_months
from tests.records.test_section20 import count_working_days

DAY, FIRST = QUARTER.end, QUARTER.start
S20 = ("Accommodated under S20", "V2 - ", "Accommodated under Section 20 (single)")
STATUS, STATUS_START = "Child's Legal Status", "Start date of current legal status"
STARTED, CEASED = "Date Started to be Looked After", "Date Ceased to be Looked After"
UASC = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
PLAN = "What is the permanence plan for this child?"
SPELT = {"DOB": "Date of Birth", "Current Legal Status": STATUS}

Row = dict[str, object]
Both = tuple[Callable[[int], list[Row]], CountedRecords]


@pytest.fixture(scope="module", params=[a.slug for a in AREAS])
def both(request: pytest.FixtureRequest, sample: Path, counted: dict[str, CountedRecords]) -> Both:
    book = load_workbook(sample / request.param / "annex_a" / "annex_a.xlsx", read_only=True)

    def read(number: int) -> list[Row]:
        rows = list(book[f"List {number}"].iter_rows(values_only=True))
        at = next(i for i, row in enumerate(rows) if "Date" in str(row) and len(set(row)) > 5)
        headers = [SPELT.get(h, h) for h in rows[at]]
        return [dict(zip(headers, map(to_date, row), strict=True)) for row in rows[at + 1 :]]

    return read, counted[request.param]


def to_date(value: object) -> object:
    return value.date() if isinstance(value, dt.datetime) else value


def list_now(rows: list[Row]) -> list[Row]:
    return [r for r in rows if r[STARTED] <= DAY and not (r[CEASED] and r[CEASED] <= DAY)]


def is_section_20(row: Row) -> bool:
    return any(words in row[STATUS] for words in S20)


def find_start(row: Row) -> dt.date:
    return max(row[STATUS_START], row[STARTED])


def test_stock_durations_and_plans(both: Both) -> None:
    read, counted = both
    now = list_now(read(8))
    s20 = [r for r in now if is_section_20(r)]
    frame = counted.counts.query("source == 'Annex A' and population == 'all'")
    share = frame.query("measure == 'S1' and breakdown == ''").iloc[0]
    assert (share["numerator"], share["denominator"]) == (len(s20), len(now))
    uasc = counted.counts.query(
        "source == 'Annex A' and measure == 'S2' and population == 'not UASC'"
    ).iloc[0]
    assert uasc["numerator"] == sum(r[UASC] == "No" for r in s20)
    for months, _ in BANDS[1:]:
        row = frame.query(f"measure == 'S6' and item == 'over {months} months'").iloc[0]
        assert row["numerator"] == sum(add_months(find_start(r), months) < DAY for r in s20)
    row = frame.query("item == 'over 6 months with a plan to return home'").iloc[0]
    long = [r for r in s20 if add_months(find_start(r), 6) < DAY]
    assert row["denominator"] == len(long)
    assert row["numerator"] == sum(r[PLAN] == "a) Return to family" for r in long)
    matrix = frame.query("breakdown == 'plan and duration' and category == 'return to family'")
    assert matrix["numerator"].sum() == sum(r[PLAN] == "a) Return to family" for r in s20)


def test_visits_reviews_disability_and_location(both: Both) -> None:
    read, counted = both
    now = list_now(read(8))
    frame = counted.counts.query("source == 'Annex A' and population == 'all'")
    s20 = [r for r in now if is_section_20(r)]
    disabled = frame.query("measure == 'S14' and category == 'yes'").iloc[0]
    assert disabled["numerator"] == sum(r["Does the Child have a Disability"] == "Yes" for r in s20)
    out = frame.query("breakdown == 'location' and across == 'Section 20'").iloc[0]
    assert out["numerator"] == sum(r["Placement Location"] == "b) Out" for r in s20)
    visited = frame.query("item == 'visited in time' and category == 'Section 20'").iloc[0]
    seen = [(DAY - r["Date of Last Social Work Visit"]).days <= 42 for r in s20]
    assert (visited["numerator"], visited["denominator"]) == (sum(seen), len(s20))
    reviewed = frame.query("item == 'reviewed in time' and category == 'Section 20'").iloc[0]
    due = timely = 0
    for r in s20:
        first_due = count_working_days(r[STARTED], 20)
        if first_due >= DAY:
            continue
        due += 1
        latest = r["Date of Latest Statutory Review"]
        months = 3 if add_months(first_due, 3) >= DAY else 6
        timely += latest is not None and add_months(latest, months) >= DAY
    assert (reviewed["numerator"], reviewed["denominator"]) == (timely, due)


def test_starts_of_the_quarter(both: Both) -> None:
    read, counted = both
    rows = [r for r in read(8) if FIRST <= r[STARTED] <= DAY]
    known = [r for r in rows if r[STATUS_START] == r[STARTED] and "75+" not in r[STATUS]]
    row = counted.counts.query(
        "source == 'Annex A' and measure == 'S3' and population == 'all'"
    ).iloc[0]
    assert row["numerator"] == sum(map(is_section_20, known))
    assert (row["denominator"], row["excluded"]) == (len(known), len(rows) - len(known))


def within(value: object) -> bool:
    return isinstance(value, dt.date) and FIRST <= value <= DAY


def count_days(start: dt.date, end: dt.date) -> int:
    n = 0
    while start < end:
        start = count_working_days(start, 1)
        n += start <= end
    return n


def test_cells_of_the_return(both: Both) -> None:
    read, counted = both
    cells = counted.return_counts[counted.return_counts["source"].str.startswith("Annex A")]
    found = cells.set_index("count")["value"].to_dict()
    expected: Counter[str] = Counter()
    expected["contacts"] = sum(within(r["Date of Contact"]) for r in read(1))
    referrals = [r for r in read(3) if within(r["Date of referral"])]
    expected["referrals"] = len(referrals)
    expected["referrals_nfa"] = sum(r["Referral NFA?"] == "Yes" for r in referrals)
    ended = "Continuous Assessment Date of Authorisation"
    assessed = [r for r in read(4) if within(r[ended])]
    expected["assessments"] = len(assessed)
    expected["assessments_45days"] = sum(
        count_days(r["Continuous Assessment Start Date"], r[ended]) <= 45 for r in assessed
    )
    strategy = "Strategy discussion initiating Section 47 Enquiry Start Date"
    conference = "Date of Initial Child Protection Conference"
    expected["s47"] = sum(within(r[strategy]) for r in read(5))
    held = [r for r in read(5) if within(r[conference])]
    expected["icpcs"] = len(held)
    expected["icpcs_15days"] = sum(count_days(r[strategy], r[conference]) <= 15 for r in held)
    open_now = [
        r
        for r in read(6)
        if r["CIN Start Date"] <= DAY
        and not (r["CIN Closure Date"] and r["CIN Closure Date"] <= DAY)
    ]
    expected["cin"] = len({r["Child Unique ID"] for r in open_now})
    start, end = "Child Protection Plan Start Date", "Child Protection Plan End Date"
    plans = [r for r in read(7) if r[start] <= DAY and not (r[end] and r[end] <= DAY)]
    expected["cp_plans"] = len(plans)
    expected["cp_neglect"] = sum(r["Latest Category of Abuse"] == "a) Neglect" for r in plans)
    expected["cp_open_2years"] = sum(add_months(r[start], 24) <= DAY for r in plans)
    expected["cp_starting"] = sum(within(r[start]) for r in read(7))
    ending = [r for r in read(7) if within(r[end])]
    expected["cp_ending"] = len(ending)
    expected["cp_ended_2years"] = sum((r[end] - r[start]).days + 1 > 729 for r in ending)
    leavers = [r for r in read(9) if 19 <= age(r["Date of Birth"]) <= 21]
    expected["leavers_19_21"] = len(leavers)
    expected["leavers_eet"] = sum(str(r["Activity Status"]).startswith("F2") for r in leavers)
    expected["leavers_housed"] = sum(
        r["Suitability of Accommodation"] == "a) Suitable" for r in leavers
    )
    now = list_now(read(8))
    expected["cla"] = len(now)
    expected["cla_3placements"] = sum(
        r["Number of Placements in the Last 12 months"] in range(3, 99) for r in now
    )
    long = [r for r in now if add_months(r[STARTED], 12) <= DAY]
    expected["cla_12months"] = len(long)
    dental = [r["Date of Last Dental Check"] for r in long]
    expected["cla_dental"] = sum(
        isinstance(d, dt.date) and add_months(d, 12) >= DAY for d in dental
    )
    assert {name: found[name] for name in expected} == dict(expected)


def age(birth: dt.date) -> int:
    return DAY.year - birth.year - ((DAY.month, DAY.day) < (birth.month, birth.day))
