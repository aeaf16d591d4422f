"""Windows of the quarterly returns against a slow computation written from the rule."""

from __future__ import annotations

import math
import random

import pandas as pd
import pytest

from slinb.analyse.points import compute_points, compute_quarterly_points
from slinb.catalogue.measures import PublishedSource, load_measures
from slinb.catalogue.periods import Period
from slinb.schema import OBSERVATIONS

BASE = load_measures()["rereferrals_pct"]
QUARTERS = Period.parse("2023-24-Q1").to(Period.parse("2025-26-Q3"))
SHARE = BASE.model_copy(update={"id": "share"})
TO_DATE = BASE.model_copy(update={"id": "to_date", "basis": "ytd"})
RATE = BASE.model_copy(
    update={
        "id": "rate",
        "kind": "rate",
        "multiplier": 10_000.0,
        "denominator_count": "population_0_17",
    }
)
STOCK = BASE.model_copy(update={"id": "stock", "basis": "snapshot", "shown": "snapshot"})
SOURCE = PublishedSource(table="cin_plans", value="CPP_At31_rate", decimals=1)
MEASURES = [SHARE, TO_DATE, RATE, STOCK]


def build(counts: dict[tuple[str, str], tuple[float, float]], **more) -> pd.DataFrame:
    rows = [
        {
            "area": "E06000032",
            "measure": measure,
            "period": period,
            "numerator": x,
            "denominator": n,
            "status": "provisional",
        }
        | more
        for (measure, period), (x, n) in counts.items()
    ]
    return OBSERVATIONS.from_rows(rows)


def read(points: pd.DataFrame, measure: str, period: str) -> pd.Series:
    found = points[(points["measure"] == measure) & (points["period"] == period)]
    assert len(found) == 1
    return found.iloc[0]


def test_twelve_months_against_a_slow_sum() -> None:
    draw = random.Random(3)  # noqa: S311  # a test needs no secrecy
    own = {q.id: (draw.randint(5, 30), draw.randint(60, 90)) for q in QUARTERS}
    to_date = {}
    for q in QUARTERS:
        year = [o for o in QUARTERS if o.year == q.year and o <= q]
        to_date[q.id] = tuple(sum(own[o.id][i] for o in year) for i in (0, 1))
    counts = {("share", p): xn for p, xn in own.items()}
    counts |= {("to_date", p): xn for p, xn in to_date.items()}
    counts |= {("rate", p): (x, 50_000 + i) for i, (p, (x, _)) in enumerate(own.items())}
    points = compute_quarterly_points(build(counts), MEASURES, QUARTERS)
    for i, q in enumerate(QUARTERS):
        window = [q.shift(-k).id for k in range(4)]
        if not all(p in own for p in window):
            assert math.isnan(read(points, "share", q.id).value)
            continue
        x, n = (sum(own[p][k] for p in window) for k in (0, 1))
        for measure in ("share", "to_date"):
            found = read(points, measure, q.id)
            assert (found.numerator, found.denominator) == (x, n)
            assert found.value == pytest.approx(100 * x / n)
        rate = read(points, "rate", q.id)
        assert rate.denominator == 50_000 + i
        assert rate.value == pytest.approx(10_000 * x / (50_000 + i))
        assert f"12 months to {q.snapshot_label}" in rate.note


def test_a_missing_quarter_leaves_the_window_without_a_value() -> None:
    counts = {("share", q.id): (10.0, 50.0) for q in QUARTERS if q.id != "2025-26-Q1"}
    points = compute_quarterly_points(build(counts), MEASURES, QUARTERS)
    last = read(points, "share", "2025-26-Q3")
    assert math.isnan(last.value)
    assert last.status == "missing"
    assert last.note == "no 12-month figure: of the three quarters before, missing: 1"
    assert read(points, "share", "2024-25-Q4").value == 20


def test_a_snapshot_needs_no_history() -> None:
    points = compute_quarterly_points(
        build({("stock", "2025-26-Q3"): (12, 48)}), MEASURES, QUARTERS
    )
    assert read(points, "stock", "2025-26-Q3").value == 25


def test_year_to_date_that_falls_is_kept_and_said() -> None:
    counts = {("to_date", q.id): (40.0 * q.quarter, 100.0 * q.quarter) for q in QUARTERS}
    counts["to_date", "2025-26-Q3"] = (70.0, 300.0)
    found = read(
        compute_quarterly_points(build(counts), MEASURES, QUARTERS), "to_date", "2025-26-Q3"
    )
    # 40 (Q4) + 40 (Q1) + 40 (Q2) and a revision of 70 - 80 in Q3.
    assert found.numerator == 110
    assert "negative" in found.note


def test_an_estimate_within_the_window_marks_the_whole() -> None:
    frame = build({("share", q.id): (10.0, 50.0) for q in QUARTERS})
    frame.loc[frame["period"] == "2025-26-Q1", "status"] = "estimated"
    points = compute_quarterly_points(frame, MEASURES, QUARTERS)
    assert read(points, "share", "2025-26-Q3").status == "estimated"
    assert read(points, "share", "2024-25-Q4").status == "provisional"


@pytest.mark.parametrize("status", ["suppressed", "not_available", "not_applicable", "unreadable"])
def test_a_status_without_a_number_has_no_value(status: str) -> None:
    frame = build({("stock", "2025-26-Q3"): (12, 48)}, status=status, value=25.0)
    assert math.isnan(compute_points(frame, MEASURES)["value"].iloc[0])


def test_a_zero_denominator_has_no_value_and_says_why() -> None:
    found = compute_points(build({("stock", "2025-26-Q3"): (0, 0)}), MEASURES).iloc[0]
    assert math.isnan(found.value)
    assert found.note == "no value: the denominator is 0"
    assert compute_points(build({("stock", "2025-26-Q3"): (0, 5)}), MEASURES)["value"].iloc[0] == 0


def test_published_value_stands_where_the_counts_do_not() -> None:
    frame = build({("stock", "2024-25"): (math.nan, 48)}, value=25.0, status="final")
    assert compute_points(frame, MEASURES)["value"].iloc[0] == 25.0


def test_a_stated_rate_on_an_earlier_population_is_said() -> None:
    rate = RATE.model_copy(update={"published": (SOURCE,), "decimals": 1})
    frame = build({("rate", "2023-24"): (166, 40_000)}, value=41.6, status="final")
    found = compute_points(frame, [rate]).iloc[0]
    assert found.value == 41.5
    assert found.note == "the release states 41.6, on an earlier population"
    rounded = build({("rate", "2023-24"): (166, 39_980)}, value=41.5, status="final")
    assert compute_points(rounded, [rate])["note"].iloc[0] == ""


def test_a_regions_rounded_counts_never_move_its_stated_share() -> None:
    # DfE, Outcomes for children in need 2025, KS2: 30 of 150 pupils on a plan in the East of
    # England, both to the nearest ten, beside the stated 22%.
    share = SHARE.model_copy(update={"published": (SOURCE.model_copy(update={"decimals": 0}),)})
    frame = build({("share", "2024-25"): (30, 150)}, value=22.0, status="final")
    authority = compute_points(frame, [share])["value"].iloc[0]
    region = compute_points(frame.assign(area="E12000006"), [share])["value"].iloc[0]
    assert (authority, region) == (20.0, 21.5)
    inside = build({("share", "2024-25"): (3340, 15_000)}, value=22.0, status="final")
    region = compute_points(inside.assign(area="E12000006"), [share])["value"].iloc[0]
    assert region == pytest.approx(100 * 3340 / 15_000)


def test_nothing_gives_nothing() -> None:
    empty = compute_quarterly_points(OBSERVATIONS.empty(), MEASURES, QUARTERS)
    assert list(empty.columns) == OBSERVATIONS.names
    assert empty.empty
