"""Direction of travel against two independent figures laid side by side by hand."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from slinb.analyse.points import compute_own_quarters, compute_points, compute_quarterly_points
from slinb.analyse.travel import LAST_QUARTER, YEAR_AGO, compute_travel
from slinb.catalogue.measures import Break
from slinb.schema import OBSERVATIONS, TRAVEL
from tests.analyse.tables import (
    AREAS,
    EAST,
    LUTON,
    RATE,
    REGION,
    SCORE,
    SHARE,
    STOCK,
    list_quarters,
    observe,
)


def travel(observations: pd.DataFrame, measure=SHARE, count: int = 12) -> pd.DataFrame:
    quarters = list_quarters(count)
    points = compute_quarterly_points(observations, [measure], quarters)
    own = compute_own_quarters(observations, [measure], quarters)
    return compute_travel(points, [measure], AREAS, REGION, own)


def read(table: pd.DataFrame, since: str, area: str = LUTON, period: str = "2025-26-Q3"):
    found = table[table["area"].eq(area) & table["since"].eq(since) & table["period"].eq(period)]
    assert len(found) == 1
    return found.iloc[0]


def quarters_of(tops: list[float], base: float, area: str = LUTON):
    return {(area, q.id): (x, base) for q, x in zip(list_quarters(len(tops)), tops, strict=True)}


def test_a_year_ago_is_the_twelve_months_before_with_no_quarter_in_common() -> None:
    tops = [20.0, 22, 19, 21, 30, 33, 31, 35]
    found = read(travel(observe(quarters_of(tops, 100.0))), YEAR_AGO)
    assert found["period_before"] == "2024-25-Q3"
    assert (found["value"], found["value_before"]) == (129 / 4, 82 / 4)
    expected = confint_proportions_2indep(129, 400, 82, 400, method="newcomb")
    assert (found["lower"], found["upper"]) == pytest.approx([100 * e for e in expected])
    assert found["direction"] == "worsened"


def test_last_quarter_is_compared_by_the_quarters_own_counts() -> None:
    tops = [20.0, 22, 19, 21, 20, 22, 21, 60]
    table = travel(observe(quarters_of(tops, 100.0)))
    found = read(table, LAST_QUARTER)
    assert (found["value"], found["value_before"]) == (60, 21)
    assert found["direction"] == "worsened"
    assert read(table, LAST_QUARTER, period="2025-26-Q2")["direction"] == "no real change"


@pytest.mark.parametrize(
    ("measure", "up", "down"),
    [(SHARE, "worsened", "improved"), (STOCK, "improved", "worsened"), (RATE, "rose", "fell")],
)
def test_words_follow_polarity(measure, up: str, down: str) -> None:
    base = 100_000.0 if measure is RATE else 1_000.0
    rising = travel(observe(quarters_of([100.0] * 4 + [400.0] * 4, base), measure), measure)
    falling = travel(observe(quarters_of([400.0] * 4 + [100.0] * 4, base), measure), measure)
    assert read(rising, YEAR_AGO)["direction"] == up
    assert read(falling, YEAR_AGO)["direction"] == down


def test_a_quarters_rate_is_annual_with_the_interval_of_its_own_count() -> None:
    found = read(travel(observe(quarters_of([14.0, 25.0], 50_000.0), RATE), RATE), LAST_QUARTER)
    assert found["change"] == pytest.approx(4 * 11 / 5)
    # 25 events against 14 may be chance; multiplied first, 100 against 56 would seem certain.
    assert found["direction"] == "no real change"
    yearly = travel(observe(quarters_of([56.0, 100.0], 50_000.0), RATE), RATE)
    assert read(yearly, LAST_QUARTER)["direction"] == "rose"


def test_all_zero_has_no_real_change_and_does_not_fail() -> None:
    found = read(travel(observe(quarters_of([0.0] * 8, 100.0))), YEAR_AGO)
    assert found["direction"] == "no real change"
    assert found["lower"] < 0 < found["upper"]


@pytest.mark.parametrize("status", ["suppressed", "low_reliability", "not_applicable"])
def test_what_has_no_number_is_not_compared_and_says_why(status: str) -> None:
    frame = observe(quarters_of([20.0] * 8, 100.0), STOCK)
    now = frame["period"].eq("2025-26-Q3")
    frame.loc[now, ["status", "numerator", "value"]] = [status, math.nan, -100.0]
    found = read(travel(frame, STOCK), YEAR_AGO)
    assert (found["direction"], found["note"]) == ("not compared", "no figure now")
    before = frame["period"].eq("2024-25-Q3")
    frame = observe(quarters_of([20.0] * 8, 100.0), STOCK)
    frame.loc[before, ["status", "numerator"]] = [status, math.nan]
    found = read(travel(frame, STOCK), YEAR_AGO)
    assert (found["direction"], found["note"]) == ("not compared", "no figure from a year ago")


def test_a_break_between_keeps_two_figures_apart() -> None:
    broken = SHARE.model_copy(update={"breaks": (Break(period="2025-26-Q1", reason="new guide"),)})
    found = read(travel(observe(quarters_of([20.0] * 8, 100.0)), broken), YEAR_AGO)
    assert found["direction"] == "not compared"
    assert found["note"] == "the definition changed: new guide"
    assert math.isnan(found["change"])


def test_a_figure_without_counts_is_not_tested() -> None:
    rows = [
        {"area": LUTON, "measure": "score", "period": p, "value": v, "status": "final"}
        for p, v in (("2023-24", 14.0), ("2024-25", 19.0))
    ]
    points = compute_points(OBSERVATIONS.from_rows(rows), [SCORE])
    found = compute_travel(points, [SCORE], AREAS, REGION)
    last = read(found, YEAR_AGO, period="2024-25")
    assert last["change"] == 5.0
    assert last["direction"] == "not compared"
    assert last["note"].startswith("no interval")


def test_the_region_compares_the_same_authorities() -> None:
    counts = quarters_of([20.0] * 8, 100.0)
    counts |= quarters_of([10.0] * 8, 100.0, EAST[0])
    counts |= quarters_of([90.0], 100.0, EAST[1])
    table = travel(observe(counts, STOCK), STOCK)
    found = read(table, YEAR_AGO, REGION)
    assert (found["value"], found["value_before"]) == (15.0, 15.0)
    assert found["note"] == "pooled from 2 of 3 authorities: those with both figures"
    assert read(travel(observe(quarters_of([20.0] * 8, 100.0))), YEAR_AGO, REGION)["note"] == ""


def test_nothing_gives_nothing() -> None:
    assert list(travel(OBSERVATIONS.empty()).columns) == TRAVEL.names
