"""Periods: reading, arithmetic and days, against dates worked out by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slinb.catalogue.periods import KINDS, Period
from slinb.errors import PeriodError

PERIODS = st.one_of(
    st.builds(Period, st.just("quarter"), st.integers(1995, 2095), st.integers(1, 4)),
    st.builds(
        Period, st.sampled_from([k for k in KINDS if k != "quarter"]), st.integers(1995, 2095)
    ),
)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2025-26-Q1", dt.date(2025, 4, 1), dt.date(2025, 6, 30)),
        ("2025-26-Q3", dt.date(2025, 10, 1), dt.date(2025, 12, 31)),
        ("2025-26-Q4", dt.date(2026, 1, 1), dt.date(2026, 3, 31)),
        ("2024-25", dt.date(2024, 4, 1), dt.date(2025, 3, 31)),
        ("2024-25-AY", dt.date(2024, 9, 1), dt.date(2025, 8, 31)),
        ("2024-CY", dt.date(2024, 1, 1), dt.date(2024, 12, 31)),
        ("2025-SEP", dt.date(2024, 10, 1), dt.date(2025, 9, 30)),
        ("1999-00", dt.date(1999, 4, 1), dt.date(2000, 3, 31)),
    ],
)
def test_days_of_each_kind(text: str, start: dt.date, end: dt.date) -> None:
    period = Period.parse(text)
    assert (period.id, period.start, period.end) == (text, start, end)


@pytest.mark.parametrize("text", ["2025-26Q3", "2025/26 Q3", "2025-26 - q3", " 2025-26-Q3 "])
def test_other_ways_of_writing_a_quarter_are_forgiven(text: str) -> None:
    assert Period.parse(text).id == "2025-26-Q3"


@pytest.mark.parametrize("text", ["2025-27", "2025-26-Q5", "Q3", "", "2025", "1899-00", "n/a"])
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(PeriodError):
        Period.parse(text)


@pytest.mark.parametrize(
    ("code", "identifier", "found"),
    [
        ("2025", "Reporting year", "2024-25"),  # the year that ends on 31 March 2025
        ("202425", "Academic year", "2024-25-AY"),
        ("202425", "Financial year", "2024-25"),
        ("2024/25", "Financial year", "2024-25"),
        ("2024", "Calendar year", "2024-CY"),
        ("2025", "30 September", "2025-SEP"),
    ],
)
def test_codes_of_explore_education_statistics(code: str, identifier: str, found: str) -> None:
    assert Period.from_ees(code, identifier).id == found


@pytest.mark.parametrize(
    ("code", "identifier"),
    [
        ("202426", "Academic year"),
        ("202425", "Calendar year"),
        ("2025", "Week 12"),
        ("x", "Reporting year"),
    ],
)
def test_codes_that_do_not_fit_are_refused(code: str, identifier: str) -> None:
    with pytest.raises(PeriodError):
        Period.from_ees(code, identifier)


@given(PERIODS)
def test_the_id_reads_back_and_days_follow_without_gap(period: Period) -> None:
    assert Period.parse(period.id) == period
    assert period.next().start - period.end == dt.timedelta(days=1)
    assert Period.containing(period.end, period.kind) == period
    assert Period.containing(period.start, period.kind) == period


@given(PERIODS, st.integers(-3, 3))
def test_shifting_there_and_back_is_staying(period: Period, steps: int) -> None:
    assert period.shift(steps).shift(-steps) == period
    assert period.shift(steps).ordinal - period.ordinal == steps


def test_a_year_ago_is_the_same_quarter() -> None:
    quarter = Period.parse("2025-26-Q3")
    assert quarter.year_ago().id == "2024-25-Q3"
    assert [p.id for p in quarter.year_ago().to(quarter)] == [
        "2024-25-Q3", "2024-25-Q4", "2025-26-Q1", "2025-26-Q2", "2025-26-Q3",
    ]  # fmt: skip
    with pytest.raises(PeriodError, match="different kinds"):
        quarter.to(Period.parse("2025-26"))
