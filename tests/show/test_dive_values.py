"""A figure in words: with its evidence, withheld, and not sent."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from slinb.show.dive_values import (
    read_value,
    show_both,
    show_counts,
    show_marked,
    show_number,
    show_value,
    show_within,
)
from slinb.show.rows import Row

KNOWN: Row = {
    "value": 23.6, "numerator": 1013.0, "denominator": 4292.0, "lower": 22.1, "upper": 25.2,
    "unit": "%", "status": "final", "judgement": "higher", "judgement_998": "similar",
}  # fmt: skip
_NUMBERS = ("value", "numerator", "denominator", "lower", "upper")
WITHHELD: Row = {
    **KNOWN, **dict.fromkeys(_NUMBERS, math.nan), "status": "suppressed",
    "judgement": "not compared", "judgement_998": "not compared",
}  # fmt: skip


@pytest.mark.parametrize(
    ("show", "known", "withheld", "absent"),
    [
        (show_value, "24%", "c", "not sent"),
        (show_counts, "1,013 of 4,292", "c", ""),
        (show_number, "1,013", "c", "not sent"),
        (show_both, "24% (1,013 of 4,292)", "c", "not sent"),
        (show_within, "24% (22 to 25)", "c", "not sent"),
        (show_marked, "▲ 24%", "c", "not sent"),
    ],
)
def test_a_figure_in_words(
    show: Callable[[Row | None], str], known: str, withheld: str, absent: str
) -> None:
    assert (show(KNOWN), show(WITHHELD), show(None)) == (known, withheld, absent)


def test_a_rate_has_no_sign_and_its_own_decimals() -> None:
    assert show_value({**KNOWN, "unit": "per 10,000 children"}, 1) == "23.6"


def test_what_is_not_there_is_no_number() -> None:
    assert read_value(KNOWN, "lower") == 22.1
    assert math.isnan(read_value(None))
