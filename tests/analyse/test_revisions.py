"""Provisional figures beside the published ones that follow, and what is usual between them."""

from __future__ import annotations

import math
import random
import statistics

import pandas as pd
import pytest

from slinb.analyse.points import compute_points, compute_quarterly_points
from slinb.analyse.revisions import compute_revisions, grade_confidence, summarise_revisions
from slinb.catalogue.grades import load_grades
from slinb.schema import CONFIDENCE, REVISIONS
from tests.analyse.tables import EAST, LUTON, SHARE, STOCK, list_quarters, observe

GRADES = load_grades()


def revise(*pairs: tuple[str, float, float], measure: str = "share") -> pd.DataFrame:
    """Return revisions of (area, provisional, published), a year each."""
    rows = [
        {
            "area": area, "measure": measure, "period": f"{2000 + i}-{1 + i:02d}",
            "provisional": first, "published": last, "revision": last - first,
            "relative": (last - first) / last if last else math.nan,
        }
        for i, (area, first, last) in enumerate(pairs)
    ]  # fmt: skip
    return REVISIONS.from_rows(rows)


def grade(revisions: pd.DataFrame, area: str = LUTON, measure: str = "share") -> pd.Series:
    pairs = pd.DataFrame({"area": [area, area], "measure": [measure, measure]})
    table = grade_confidence(pairs, revisions, GRADES)
    assert list(table.columns) == CONFIDENCE.names
    assert len(table) == 1
    return table.iloc[0]


def test_four_quarters_meet_the_year_that_closes_on_their_day() -> None:
    quarters = list_quarters(8, "2025-26-Q4")
    counts = {(LUTON, q.id): (10.0 + i, 50.0) for i, q in enumerate(quarters)}
    returns = compute_quarterly_points(observe(counts), [SHARE], quarters)
    published = compute_points(
        observe({(LUTON, "2024-25"): (50.0, 200.0), (LUTON, "2026-CY"): (1.0, 2.0)}), [SHARE]
    )
    table = compute_revisions(returns, published, [SHARE])
    assert len(table) == 1
    row = table.iloc[0]
    assert (row["period"], row["quarter"]) == ("2024-25", "2024-25-Q4")
    assert row["provisional"] == pytest.approx(100 * 46 / 200)
    assert row["revision"] == pytest.approx(25 - 23)
    assert row["relative"] == pytest.approx(2 / 25)


@pytest.mark.parametrize(
    ("year", "quarter"),
    [("2024-25", "2024-25-Q4"), ("2024-CY", "2024-25-Q3"), ("2025-SEP", "2025-26-Q2")],
)
def test_each_kind_of_year_meets_its_quarter(year: str, quarter: str) -> None:
    quarters = list_quarters(12)
    counts = {(LUTON, q.id): (10.0, 50.0) for q in quarters}
    returns = compute_quarterly_points(observe(counts, STOCK), [STOCK], quarters)
    published = compute_points(observe({(LUTON, year): (11.0, 50.0)}, STOCK), [STOCK])
    assert compute_revisions(returns, published, [STOCK])["quarter"].tolist() == [quarter]


def test_only_numbers_are_compared() -> None:
    quarters = list_quarters(4, "2024-25-Q4")
    counts = {(a, q.id): (10.0, 50.0) for a in EAST[:2] for q in quarters}
    returns = compute_quarterly_points(observe(counts, STOCK), [STOCK], quarters)
    frame = observe({(a, "2024-25"): (10.0, 50.0) for a in EAST[:2]}, STOCK)
    frame.loc[0, ["status", "numerator", "value"]] = ["suppressed", math.nan, -100.0]
    table = compute_revisions(returns, compute_points(frame, [STOCK]), [STOCK])
    assert table["area"].tolist() == [EAST[1]]
    single = STOCK.model_copy(update={"shown": "quarter"})
    assert compute_revisions(returns, compute_points(frame, [STOCK]), [single]).empty


def test_a_published_zero_has_no_relative_revision() -> None:
    quarters = list_quarters(1, "2024-25-Q4")
    returns = compute_quarterly_points(
        observe({(LUTON, "2024-25-Q4"): (1.0, 50.0)}, STOCK), [STOCK], quarters
    )
    zero = compute_points(observe({(LUTON, "2024-25"): (0.0, 50.0)}, STOCK), [STOCK])
    row = compute_revisions(returns, zero, [STOCK]).iloc[0]
    assert row["revision"] == -2.0
    assert math.isnan(row["relative"])


def test_median_absolute_revision_of_each_measure_and_authority() -> None:
    draw = random.Random(3)  # noqa: S311  # a test needs no secrecy
    pairs = [(draw.choice(EAST[:3]), 20.0, 20.0 + draw.uniform(-2, 2)) for _ in range(40)]
    table = revise(*pairs)
    by_measure = summarise_revisions(table, "measure").iloc[0]
    assert by_measure["comparisons"] == 40
    sizes = [abs(last - first) for _, first, last in pairs]
    assert by_measure["median_revision"] == pytest.approx(statistics.median(sizes))
    by_area = summarise_revisions(table, "area").set_index("area")
    mine = [abs(last - first) / last for a, first, last in pairs if a == EAST[0]]
    assert by_area.loc[EAST[0], "median_revision"] == pytest.approx(statistics.median(mine))


@pytest.mark.parametrize(
    ("sizes", "named"),
    [
        ([0.1, 0.2, 0.3, 0.2, 0.4], "close"),
        ([0.5, 0.9, 0.7, 1.0, 0.8], "fair"),
        ([2.0, 3.0, 1.0, 4.0, 5.0], "rough"),
        ([0.0] * 5, "close"),
        ([0.1] * 4, "too few to say"),
    ],
)
def test_grades_follow_the_thresholds_of_the_catalogue(sizes: list[float], named: str) -> None:
    row = grade(revise(*((LUTON, 20.0 - size, 20.0) for size in sizes)))
    assert row["grade"] == named
    assert row["comparisons"] == len(sizes)
    assert row["median_revision"] == pytest.approx(statistics.median(sizes))
    # "Usually" is four times in five, not half of the time.
    assert sum(size <= row["usual_revision"] + 1e-9 for size in sizes) >= 0.8 * len(sizes)


def test_the_regions_comparisons_stand_in_where_the_authoritys_own_are_few() -> None:
    table = revise(*((a, 19.9, 20.0) for a in EAST))
    row = grade(table)
    assert (row["basis"], row["comparisons"], row["grade"]) == (
        "measure in the region",
        11,
        "close",
    )
    own = revise(*((LUTON, 19.0, 20.0) for _ in range(5)))
    assert grade(pd.concat([table, own]))["basis"] == "authority and measure"


def test_what_was_never_published_says_so() -> None:
    row = grade(REVISIONS.empty())
    assert (row["basis"], row["comparisons"], row["grade"]) == ("none", 0, "never checked")
    assert math.isnan(row["median_revision"])


def test_all_published_zero_is_rough_unless_nothing_changed() -> None:
    assert grade(revise(*((LUTON, 1.0, 0.0) for _ in range(5))))["grade"] == "rough"
    assert grade(revise(*((LUTON, 0.0, 0.0) for _ in range(5))))["grade"] == "close"
