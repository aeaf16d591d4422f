from __future__ import annotations

import datetime as dt
import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slinb.collect.cells import (
    Uncalculated,
    name_cell,
    name_range,
    read_date,
    read_number,
    show_raw,
)
from slinb.schema import STATUSES, VALUE_STATUSES


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (312, 312),
        (312.0, 312),
        (0, 0),
        (-5, -5),
        (12.5, 12.5),
        (1e12, 1e12),
        ("312", 312),
        (" 312 ", 312),
        ("007", 7),
        ("0", 0),
        ("1,204", 1204),
        ("1,234,567.5", 1234567.5),
        ("1 204", 1204),
        ("1\u00a0204", 1204),  # no-break space
        ("1\u202f204", 1204),  # narrow no-break space
        ("\u00a0312\u200b", 312),
        ("'312", 312),  # an apostrophe that made it text
        ("−5", -5),  # a typographic minus
        (".5", 0.5),
        ("12.", 12),
        ("+3", 3),
    ],
)
def test_numbers_are_read(raw: object, number: float) -> None:
    reading = read_number(raw)
    assert (reading.number, reading.status, reading.rule) == (number, "provisional", "")


@pytest.mark.parametrize(
    "text", ["12 (est.)", "12 est", "est. 12", "12(estimate)", "approx 12", "~12", "12 (ESTIMATED)"]
)
def test_estimates_are_numbers_that_say_so(text: str) -> None:
    reading = read_number(text)
    assert (reading.number, reading.status) == (12.0, "estimated")
    assert (reading.rule, reading.severity, reading.text) == ("estimated_value", "note", text)


@pytest.mark.parametrize(
    ("text", "status", "rule"),
    [
        ("not available", "not_available", ""),
        ("Not Applicable", "not_applicable", ""),
        ("not  collected", "not_collected", ""),
        ("n/a", "not_available", "unclear_word"),
        ("N/A", "not_available", "unclear_word"),
        ("x", "not_available", "unclear_word"),
        ("z", "not_applicable", "unclear_word"),
        ("u", "low_reliability", "unclear_word"),
        ("k", "rounds_to_zero", "unclear_word"),
        ("low", "rounds_to_zero", "unclear_word"),
        ("c", "suppressed", "suppressed_cell"),
        ("<5", "suppressed", "suppressed_cell"),
        ("< 10", "suppressed", "suppressed_cell"),
        ("less than 5", "suppressed", "suppressed_cell"),
        ("*", "suppressed", "suppressed_cell"),
    ],
)
def test_words_and_symbols_keep_their_meaning_and_no_number(
    text: str, status: str, rule: str
) -> None:
    reading = read_number(text)
    assert (reading.status, reading.rule, reading.number) == (status, rule, None)
    assert reading.text == text


@pytest.mark.parametrize(
    ("raw", "word"),
    [
        ("see note", "not a number"),
        ("-", "not a number"),  # a dash is not zero
        ("nil", "not a number"),
        ("none", "not a number"),
        ("12*", "not a number"),
        ("12 13", "not a number"),
        ("1,20", "not a number"),
        ("1.204,5", "not a number"),
        ("£12", "not a number"),
        ("1e3", "not a number"),
        ("inf", "not a number"),
        ("nan", "not a number"),
        ("٣", "not a number"),  # a digit that few readers know
        ("34%", "percentage where a count"),
        ("#REF!", "error of a formula"),
        ("#DIV/0!", "error of a formula"),
        ("#N/A", "error of a formula"),
        ("9" * 400, "not a finite number"),
        (math.inf, "not a finite number"),
        (math.nan, "not a finite number"),
        (True, "truth value"),
        (dt.date(2026, 4, 3), "date or time"),
        (dt.datetime(2026, 4, 3, 1, 2), "date or time"),
        (dt.time(3, 4), "date or time"),
        (dt.timedelta(hours=30), "date or time"),
        (Uncalculated("=E5*2"), "never calculated"),
    ],
)
def test_anything_else_is_unreadable_and_says_why(raw: object, word: str) -> None:
    reading = read_number(raw)
    assert (reading.status, reading.number) == ("unreadable", None)
    assert (reading.rule, reading.severity) == ("unreadable_cell", "stop")
    assert word in reading.problem
    assert reading.action
    assert show_raw(raw) in reading.problem


@pytest.mark.parametrize("raw", [None, "", "   ", "\u00a0", "'"])
def test_an_empty_cell_is_missing_and_never_zero(raw: object) -> None:
    reading = read_number(raw)
    assert (reading.status, reading.number, reading.rule) == ("missing", None, "")


def test_a_percentage_is_read_where_one_is_asked_for() -> None:
    assert read_number("34%", percent=True).number == 34
    assert read_number("34.5 %", percent=True).number == 34.5


@given(st.one_of(st.text(max_size=20), st.floats(), st.integers(), st.none(), st.booleans()))
def test_the_parser_never_raises_and_never_makes_a_number_up(raw: object) -> None:
    reading = read_number(raw)
    assert reading.status in STATUSES
    assert (reading.number is not None) == (reading.status in VALUE_STATUSES)
    if reading.number is not None and isinstance(raw, str):
        # Independent of the grammar: the ASCII digits that stand there, in order, are the number.
        digits = re.sub("[^0-9.]", "", re.sub(r"[Ee][Ss][Tt]\.|[Aa]pprox\.", "", raw))
        assert float(digits) == abs(reading.number)
    if reading.status == "unreadable":
        assert reading.severity == "stop"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_finite_number_that_excel_holds_stands_as_it_is(number: float) -> None:
    assert read_number(number).number == number


@given(st.integers(0, 10**12), st.sampled_from(["{}", "{:,}", " {:,}", "'{}", "{} (est.)"]))
def test_ways_to_write_a_count_mean_the_count(count: int, form: str) -> None:
    assert read_number(form.format(count)).number == count
    spaced = f"{count:,}".replace(",", "\u00a0")
    assert read_number(spaced).number == count


@given(st.decimals(0, 10**6, places=2))
def test_decimals_written_out_come_back(number: object) -> None:
    assert read_number(str(number)).number == float(str(number))


@pytest.mark.parametrize(
    "raw",
    [
        "2026-01-20",
        "20/01/2026",
        "20/1/2026",
        "20.01.2026",
        "20-01-2026",
        "20/01/26",
        "20 January 2026",
        "20 Jan 2026",
        " 20/01/2026\u00a0",
        "2026-01-20 00:00:00",
        dt.date(2026, 1, 20),
        dt.datetime(2026, 1, 20, 9, 30),
        46042,  # days since 30 December 1899, as Excel stores a date
        46042.4,
    ],
)
def test_dates_are_read(raw: object) -> None:
    assert read_date(raw) == dt.date(2026, 1, 20)


@pytest.mark.parametrize("raw", ["01/20/2026", "soon", "", None, 20, True, "31/02/2026", "2026"])
def test_what_is_no_date_is_none(raw: object) -> None:
    assert read_date(raw) is None


@given(st.one_of(st.text(max_size=12), st.floats(), st.integers(), st.booleans(), st.none()))
def test_reading_a_date_never_raises(raw: object) -> None:
    day = read_date(raw)
    assert day is None or isinstance(day, dt.date)


def test_cell_names_agree_with_openpyxl() -> None:
    from openpyxl.utils import get_column_letter

    for column in (0, 1, 25, 26, 51, 52, 701, 702, 16383):
        assert name_cell(4, column) == f"{get_column_letter(column + 1)}5"


def test_ranges_are_named_as_a_person_would() -> None:
    assert name_range([(11, 4)]) == "E12"
    assert name_range([(11, 4), (11, 5)]) == "E12:F12"
    assert name_range([(11, 5), (11, 4)]) == "F12, E12"
