"""The year's signals and data quality, on series small enough to count by hand."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from slinb.analyse.annual_report import (
    count_year_quality,
    list_year_quarters,
    list_year_signals,
)
from slinb.catalogue.periods import Period
from slinb.schema import TRENDS

QUARTERS = ["2024-25-Q3", "2024-25-Q4", "2025-26-Q1", "2025-26-Q2", "2025-26-Q3"]
YEAR = list_year_quarters(Period.parse("2025-26-Q3"))


def make_trends(flags: str, **changes: Any) -> pd.DataFrame:
    """One series; a letter a quarter: h and l signal high and low, x has no figure, . is quiet."""
    sides = {"h": "higher", "l": "lower"}
    rows = [
        {
            "area": "E06000032",
            "measure": "contacts_rate",
            "period": period,
            "value": math.nan if letter == "x" else float(place),
            "flag": "outside" if letter in sides else "",
            "side": sides.get(letter, ""),
            **{key: value[place] for key, value in changes.items()},
        }
        for place, (period, letter) in enumerate(zip(QUARTERS, flags, strict=True))
    ]
    return TRENDS.from_rows(rows)


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (".....", []),
        ("h....", []),  # last year's
        ("....h", [("2025-26-Q3", "2025-26-Q3", "new this quarter")]),
        ("...hh", [("2025-26-Q2", "2025-26-Q3", "goes on")]),
        (".hh..", [("2024-25-Q4", "2025-26-Q1", "back within its limits")]),
        ("..hxx", [("2025-26-Q1", "2025-26-Q1", "no figure since")]),
        (
            "..hl.",
            [
                ("2025-26-Q1", "2025-26-Q1", "turned"),
                ("2025-26-Q2", "2025-26-Q2", "back within its limits"),
            ],
        ),
        (
            "..h.h",
            [
                ("2025-26-Q1", "2025-26-Q1", "back within its limits"),
                ("2025-26-Q3", "2025-26-Q3", "new this quarter"),
            ],
        ),
    ],
)
def test_each_signal_has_what_followed(flags: str, expected: list[tuple[str, str, str]]) -> None:
    found = list_year_signals(make_trends(flags), YEAR)
    assert (
        list(found[["began", "until", "followed"]].itertuples(index=False, name=None)) == expected
    )


def test_a_new_segment_ends_a_signal() -> None:
    found = list_year_signals(make_trends("..hh.", segment=[0, 0, 0, 1, 1]), YEAR)
    assert found["until"].tolist() == ["2025-26-Q1", "2025-26-Q2"]


def test_the_figure_is_that_of_the_last_signalling_quarter() -> None:
    assert list_year_signals(make_trends("..hh."), YEAR)["value"].tolist() == [3.0]


@pytest.mark.parametrize(("quarter", "count"), [("2025-26-Q1", 1), ("2025-26-Q4", 4)])
def test_a_year_has_the_quarters_so_far(quarter: str, count: int) -> None:
    assert [q.quarter for q in list_year_quarters(Period.parse(quarter))] == [1, 2, 3, 4][:count]


def test_every_value_asked_for_is_counted_once() -> None:
    statuses = ["final", "provisional", "suppressed", "quarantined", "unreadable", "missing"]
    own = pd.DataFrame(
        {"area": "E06000032", "period": "2025-26-Q1", "status": statuses, "measure": "m"}
    )
    found = count_year_quality(own, ["E06000032", "E06000034"], YEAR[:1], 8)
    parts = found[["shown", "withheld", "queried", "missing"]]
    assert parts.to_numpy().tolist() == [[2, 1, 2, 3], [0, 0, 0, 8]]
    assert parts.sum(axis=1).tolist() == found["expected"].tolist() == [8, 8]
