"""Numbers and periods as readers see them."""

from __future__ import annotations

import doctest
import importlib
import math
import pkgutil

import matplotlib as mpl
import pytest

from slinb import show
from slinb.catalogue.periods import Period
from slinb.schema import NO_VALUE_STATUSES
from slinb.show import formats
from slinb.show.formats import (
    REASONS,
    format_change,
    format_counts,
    format_number,
    format_period,
    format_period_short,
    format_value,
)
from tests.show.show_tables import make_measure


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (0, 0, "0"),
        (1234567.891, 1, "1,234,567.9"),
        (-1234.5, 1, "−1,234.5"),
        (-0.04, 1, "0.0"),
        (-0.05, 2, "−0.05"),
        (999.96, 1, "1,000.0"),
    ],
)
def test_numbers_have_separators_a_real_minus_and_no_negative_zero(
    value: float, decimals: int, text: str
) -> None:
    assert format_number(value, decimals) == text


def test_percent_stands_with_its_number_and_other_units_on_request() -> None:
    rate = make_measure(kind="rate", multiplier=10_000, unit="per 10,000 children")
    assert format_value(27.13, make_measure(), unit=False) == "27.1%"
    assert format_value(1320.04, rate) == "1,320.0 per 10,000 children"
    assert format_value(1320.04, rate, unit=False) == "1,320.0"


def test_counts_say_what_they_are_over() -> None:
    rate = make_measure(kind="rate", multiplier=10_000, denominator_count="population_0_17")
    ratio = make_measure(kind="ratio", multiplier=1)
    assert format_counts(312, 1151, make_measure()) == "312 of 1,151"
    assert format_counts(312, 45300, rate) == "312 in a population of 45,300"
    assert format_counts(2310, 152.4, ratio) == "2,310 over 152.4"
    assert format_counts(math.nan, 1151, make_measure()) == ""


def test_changes_in_words() -> None:
    days = make_measure(kind="value", multiplier=1, unit="days", decimals=0)
    assert format_change(1.8, make_measure()) == "up 1.8 percentage points"
    assert format_change(-12.4, days) == "down 12 days"
    assert format_change(-0.04, make_measure()) == "unchanged"


@pytest.mark.parametrize(
    ("period", "basis", "full", "short"),
    [
        ("2025-26-Q3", "snapshot", "31 December 2025", "31 Dec 2025"),
        ("2025-26-Q3", "rolling12", "12 months to 31 December 2025", "Year to Dec 2025"),
        (
            "2025-26-Q3",
            "quarter",
            "October to December 2025 (Q3 2025-26)",
            "3 months to Dec 2025",
        ),
        ("2024-25", "year", "year to 31 March 2025", "Year to Mar 2025"),
        ("2024-25", "rolling12", "year to 31 March 2025", "Year to Mar 2025"),
        ("2024-25", "snapshot", "31 March 2025", "31 Mar 2025"),
        ("2024-25-AY", "year", "academic year 2024/25", "School year 2024/25"),
        ("2024-CY", "year", "calendar year 2024", "Calendar year 2024"),
        ("2025-SEP", "snapshot", "30 September 2025", "30 Sep 2025"),
    ],
)
def test_periods(period: str, basis: formats.Basis, full: str, short: str) -> None:
    assert format_period(Period.parse(period), basis) == full
    assert format_period_short(Period.parse(period), basis) == short


def test_every_status_without_a_value_has_a_reason_and_keeps_the_publishers_symbol() -> None:
    assert set(REASONS) == set(NO_VALUE_STATUSES)
    for status, symbol in NO_VALUE_STATUSES.items():
        if symbol:
            assert REASONS[status].symbol == symbol


def test_examples_in_the_documentation_hold() -> None:
    modules = [f"slinb.show.{m.name}" for m in pkgutil.iter_modules(show.__path__)]
    with mpl.rc_context():  # the theme's example sets matplotlib's defaults
        results = [doctest.testmod(importlib.import_module(name)) for name in modules]
    assert sum(result.failed for result in results) == 0
    assert sum(result.attempted for result in results) > 10
