from __future__ import annotations

import datetime as dt

import pytest

from slinb.collect.identifying import find_identifying, has_markup

ON = dt.date(2026, 1, 31)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mr Smith did not engage.", "a name"),
        ("His mother Sarah was seen.", "a name"),
        ("A boy called Jayden", "a name"),
        ("Jack B. was seen alone", "a name"),
        ("J.S. aged 7", "a name"),
        ("DOB 01/02/2015", "a date of birth"),
        ("born on 3 March 2016", "a date of birth"),
        ("seen on 01/02/2015", "a date of birth"),
        ("12th May 2014", "a date of birth"),
        # NHS data dictionary: 943 476 5919 passes the modulus 11 check.
        ("NHS 943 476 5919", "an NHS number"),
        ("A123456789012", "a UPN"),
        ("mosaic id 123456", "an identifier"),
        ("case no: 4711", "an identifier"),
        ("number 1234567", "an identifier"),
        ("QQ 12 34 56 C", "an identifier"),
        ("lives at IP1 2AB", "a postcode"),
        ("ring 01473 123456", "a telephone number"),
        ("+44 7700 900123", "a telephone number"),
        ("write to a.b@council.gov.uk", "an e-mail address"),
    ],
)
def test_what_tells_who_somebody_is_is_found(text: str, found: str) -> None:
    assert found in find_identifying(text, ON)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Child Protection plans fell by 12% since April 2025.",
        "Our partner Health trains every school nurse in GCP2.",
        "The panel starts on 3 March 2026; 1,204 children, £250000 a year.",
        "Family Safeguarding in the North, with Child In Need plans.",
        "Two auditors read 30 cases in Q3 2025-26.",
        "Ten per cent (12 of 120).",
        "Graded Care Profile training with Central Bedfordshire Council.",
    ],
)
def test_plain_prose_is_not_flagged(text: str) -> None:
    assert find_identifying(text, ON) == ()


def test_ten_digits_that_fail_the_check_are_no_nhs_number() -> None:
    assert "an NHS number" not in find_identifying("943 476 5918", ON)


@pytest.mark.parametrize("text", ["<b>x</b>", "&lt;b", "<!-- x", "</p>", "<img src=x>"])
def test_markup_is_told_from_a_smaller_than(text: str) -> None:
    assert has_markup(text) == (text != "<!-- x")


def test_a_comparison_is_no_markup() -> None:
    assert not has_markup("fewer than < 5 and R&D")
