"""What the public edition has of a deep dive: nothing that tells who has somebody."""

from __future__ import annotations

import pandas as pd

from slinb.analyse.dive_public import withhold_durations
from slinb.schema import DIVE_DURATIONS

ROWS = [
    ("E06000055", "neglect", 3, 2.0),
    ("E06000055", "neglect", 5, 1.0),
    ("E06000055", "multiple", 4, 1.0),
    ("E06000032", "neglect", 7, 4.0),
]


def make_durations() -> pd.DataFrame:
    return DIVE_DURATIONS.from_rows(
        [
            {"area": area, "period": "2025-26-Q3", "dive": "neglect", "measure": "N4",
             "source": "CIN census", "population": population, "month": month, "n": n,
             "status": "final", "file": f"{area}.xlsx", "cell": "B7"}
            for area, population, month, n in ROWS
        ]
    )  # fmt: skip


def test_no_length_and_no_count_is_left() -> None:
    hidden = withhold_durations(make_durations())
    assert hidden["n"].isna().all()
    assert hidden["month"].eq(0).all()
    assert hidden["status"].eq("suppressed").all()
    assert hidden[["file", "cell"]].eq("").all(axis=None)


def test_who_has_nobody_in_a_category_looks_like_who_has() -> None:
    """Luton has no child on a plan for multiple reasons, and nobody is to learn it."""
    hidden = withhold_durations(make_durations())
    found = hidden.groupby("area")["population"].agg(lambda names: sorted(set(names)))
    assert found.tolist() == [["multiple", "neglect"]] * 2
    assert not hidden.duplicated(["area", "measure", "source", "population"]).any()


def test_who_sent_nothing_has_nothing() -> None:
    assert set(withhold_durations(make_durations())["area"]) == {"E06000055", "E06000032"}
    assert withhold_durations(DIVE_DURATIONS.empty()).empty
