"""Medians of lengths that are counted by month, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from slinb.analyse.dive_medians import compute_medians, find_quantile

SOURCES = ("SSDA903", "Annex A")


def test_a_quantile_by_hand() -> None:
    """Ten spells, two a month from 0 to 4: the middle one ends with half of month 2."""
    assert find_quantile([0, 1, 2, 3, 4], [2, 2, 2, 2, 2], 0.5) == 2.5
    assert find_quantile([4, 0], [1, 3], 0.25) == pytest.approx(1 / 3)


def make_lengths(area: str, source: str, *n: float, status: str = "final") -> pd.DataFrame:
    """Return so many spells of each month from 0."""
    rows = [{"month": month, "n": count} for month, count in enumerate(n)]
    shared = {"measure": "S6", "population": "all", "status": status}
    return pd.DataFrame(rows).assign(area=area, source=source, **shared)


def test_the_region_is_of_the_first_source_of_each_authority() -> None:
    """Two and ten spells of A's records and none of its lists; ten of B's lists: at month 1.

    12 of A (2, 10) and 10 of B (0, 10): 22 spells, the 11th of which is the 9th of 20 in month 1.
    """
    lengths = pd.concat(
        [
            make_lengths("A", "SSDA903", 2, 10),
            make_lengths("A", "Annex A", 50, 0),
            make_lengths("B", "Annex A", 0, 10),
        ],
        ignore_index=True,
    )
    made = compute_medians(lengths, "R", ["A", "B", "C"], SOURCES).set_index("area")
    assert made["n"].to_dict() == {"A": 12, "B": 10, "R": 22}
    assert made.loc["R", "median"] == pytest.approx(1 + 9 / 20)
    assert made.loc["R", "absent"] == "C"


def test_a_withheld_month_withholds_the_median() -> None:
    hidden = make_lengths("A", "SSDA903", 20, status="suppressed")
    made = compute_medians(hidden, "R", ["A"], SOURCES)
    assert made["status"].eq("suppressed").all()
    assert made["median"].isna().all()


def test_no_lengths_give_no_medians() -> None:
    empty = make_lengths("A", "SSDA903", 1).iloc[:0]
    assert compute_medians(empty, "R", ["A"], SOURCES).empty
