"""Dates as authorities write them, and calendar arithmetic against plain loops."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slinb.records.dates import add_months, count_months, count_years, find_birthday, read_dates
from slinb.records.working_days import add_working_days, count_working_days, load_bank_holidays
from tests.records import slow

DAY = dt.date(2024, 3, 5)
days = st.dates(dt.date(1990, 1, 1), dt.date(2035, 12, 31))


def as_array(*values: dt.date | None) -> np.ndarray:
    return np.array(values, dtype="datetime64[D]")


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2024",
        "5/3/2024",
        "05-03-2024",
        "05.03.2024",
        "5/3/24",
        "2024-03-05",
        "2024/03/05",
        "2024-03-05T00:00:00",
        "2024-03-05 00:00:00",
        "05/03/2024 00:00",
        "20240305",
        "5 March 2024",
        "5 Mar 2024",
        "05-Mar-24",
        "Tuesday 5 March 2024",
        "5th March 2024",
        "45356",
        "45356.0",
        " 05/03/2024 ",
    ],
)
def test_every_format_is_read(text: str) -> None:
    read = read_dates(pd.Series([text]))
    assert read.days[0].astype(object) == DAY
    assert not read.unread[0]


@pytest.mark.parametrize("value", [DAY, dt.datetime(2024, 3, 5, 9, 30), 45356, 45356.0])
def test_values_of_a_sheet_are_read(value: object) -> None:
    assert read_dates(pd.Series([value], dtype=object)).days[0].astype(object) == DAY


@pytest.mark.parametrize(
    "text",
    ["31/02/2024", "00/01/2024", "03/25/2024", "2024-13-01", "soon", "1", "99999", "05/03/1024",
     "12:30", "566910"],
)  # fmt: skip
def test_what_is_no_date_is_kept_apart(text: str) -> None:
    read = read_dates(pd.Series([text, "05/03/2024"]))
    assert read.unread.tolist() == [True, False]
    assert np.isnat(read.days[0])


@pytest.mark.parametrize("text", ["", " ", "-", "N/A", None])
def test_blank_is_no_problem(text: str | None) -> None:
    read = read_dates(pd.Series([text, "05/03/2024"], dtype=object))
    assert read.unread.tolist() == [False, False]


def test_formats_are_counted_and_months_first_told_apart() -> None:
    read = read_dates(pd.Series(["05/03/2024", "2024-03-05", "03/25/2024", "45356", "5/3/24"]))
    assert read.formats == {
        "day first": 1, "ISO": 1, "month first": 1, "serial": 1, "two-digit year": 1,
    }  # fmt: skip


@given(days, st.integers(-40, 300))
def test_months_are_added_as_a_calendar_does(day: dt.date, months: int) -> None:
    assert add_months(as_array(day), months)[0].astype(object) == slow.add_months(day, months)


@given(days, days)
def test_completed_months(one: dt.date, other: dt.date) -> None:
    start, end = sorted((one, other))
    n = max(m for m in range(600) if slow.add_months(start, m) <= end)
    assert count_months(as_array(start), as_array(end)).tolist() == [n]


@given(days, days)
def test_completed_years(one: dt.date, other: dt.date) -> None:
    birth, day = sorted((one, other))
    child = slow.Child(birth=birth)
    assert count_years(as_array(birth), as_array(day)).tolist() == [child.age(day)]
    assert find_birthday(as_array(birth), 18)[0].astype(object) == child.turns(18)


def test_a_child_has_no_age_before_birth_or_without_a_date() -> None:
    ages = count_years(as_array(DAY, None), as_array(dt.date(2024, 3, 4), DAY))
    assert ages.tolist() == [-1, -1]


@given(st.dates(dt.date(2016, 1, 1), dt.date(2026, 6, 1)), st.integers(1, 60))
def test_working_days(start: dt.date, n: int) -> None:
    holidays = {d.astype(object) for d in load_bank_holidays()}
    day, left = start, n
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() < 5 and day not in holidays
    assert add_working_days(as_array(start), n)[0].astype(object) == day
    assert count_working_days(as_array(start), as_array(day)).tolist() == [n]


def test_bank_holidays_are_those_of_gov_uk() -> None:
    """Eight a year; two more in 2022 (jubilee, state funeral), one in 2023 (coronation)."""
    years = pd.Series(load_bank_holidays().astype("datetime64[Y]").astype(int) + 1970)
    counts = years.value_counts().to_dict()
    assert {year: n for year, n in counts.items() if n != 8} == {2022: 10, 2023: 9}
    assert np.datetime64("2022-09-19") in load_bank_holidays()
    assert np.is_busday(load_bank_holidays()).all()
