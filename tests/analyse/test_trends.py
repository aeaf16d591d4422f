"""Process charts: own quarters, segments, gaps and signals against slow computations."""

from __future__ import annotations

import itertools
import math
import random

import pandas as pd
import pytest

from slinb.analyse.breaks import find_break, starts_segment
from slinb.analyse.points import compute_own_quarters, compute_quarterly_points
from slinb.analyse.quarter_points import compute_quarter_points
from slinb.analyse.trends import compute_trends
from slinb.catalogue.measures import Break
from slinb.catalogue.periods import Period
from slinb.catalogue.rebasing import Rebasing
from slinb.schema import OBSERVATIONS, TRENDS
from tests.analyse.tables import (
    AREAS,
    EAST,
    LUTON,
    RATE,
    REGION,
    SHARE,
    STOCK,
    TO_DATE,
    list_quarters,
    observe,
)


def chart(observations: pd.DataFrame, measures=(SHARE,), last="2025-26-Q3", rebasings=()):
    quarter = Period.parse(last)
    points = compute_quarter_points(observations, measures, AREAS, REGION, quarter)
    return compute_trends(points, measures, AREAS, REGION, quarter, rebasings)


def pick(trends: pd.DataFrame, area: str = LUTON, measure: str = "share") -> pd.DataFrame:
    found = trends[trends["area"].eq(area) & trends["measure"].eq(measure)]
    return found.reset_index(drop=True)


def series(values, area: str = LUTON, base: float = 100.0, last: str = "2025-26-Q3"):
    """Return observations with these numerators over one base, None for a quarter not sent."""
    quarters = list_quarters(len(values), last)
    pairs = zip(quarters, values, strict=True)
    return {(area, q.id): (float(v), base) for q, v in pairs if v is not None}


def slow_limits(values: list[float]) -> tuple[float, float, float]:
    """Compute mean and limits by the rule of the XmR chart, screening once."""
    moves = [abs(b - a) for a, b in itertools.pairwise(values)]
    typical = sum(moves) / len(moves)
    kept = [m for m in moves if m < 3.267 * typical]
    mean, half = sum(values) / len(values), 2.66 * sum(kept) / len(kept)
    return mean, mean - half, mean + half


def test_limits_stand_on_the_quarters_own_values_not_on_the_rolling_ones() -> None:
    draw = random.Random(1)  # noqa: S311  # a test needs no secrecy
    tops = [draw.randint(10, 40) for _ in range(16)]
    bases = [draw.randint(80, 160) for _ in range(16)]
    quarters = list_quarters(16)
    counts = {
        (LUTON, q.id): (float(x), float(n)) for q, x, n in zip(quarters, tops, bases, strict=True)
    }
    found = pick(chart(observe(counts)))
    own = [100 * x / n for x, n in zip(tops, bases, strict=True)]
    assert found["value"].tolist() == pytest.approx(own)
    mean, lower, upper = slow_limits(own)
    last = found.iloc[-1]
    assert (last["mean"], last["lower"], last["upper"]) == pytest.approx((mean, lower, upper))
    year = 100 * sum(tops[-4:]) / sum(bases[-4:])
    assert last["rolling"] == pytest.approx(year)
    assert found["rolling"].isna().sum() == 3
    assert not last["trial"]


def test_events_are_an_annual_rate_and_year_to_date_is_differenced() -> None:
    quarters = list_quarters(8, "2025-26-Q4")
    rate = {(LUTON, q.id): (25.0 + i, 50_000.0) for i, q in enumerate(quarters)}
    to_date = {(LUTON, q.id): (10.0 * q.quarter, 40.0 * q.quarter) for q in quarters}
    both = pd.concat([observe(rate, RATE), observe(to_date, TO_DATE)])
    trends = chart(both, (RATE, TO_DATE), "2025-26-Q4")
    assert pick(trends, measure="rate")["value"].iloc[0] == pytest.approx(4 * 25 / 5)
    assert pick(trends, measure="rate")["rolling"].iloc[-1] == pytest.approx(
        (29 + 30 + 31 + 32) / 5
    )
    assert pick(trends, measure="to_date")["value"].tolist() == pytest.approx([25.0] * 8)


def test_own_quarters_add_up_to_the_year_to_date_that_was_sent() -> None:
    draw = random.Random(4)  # noqa: S311  # a test needs no secrecy
    sent = {}
    for year in (2023, 2024, 2025):
        top = bottom = 0
        for number in range(1, 5):
            top, bottom = top + draw.randint(0, 9), bottom + draw.randint(20, 60)
            sent[LUTON, Period("quarter", year, number).id] = (float(top), float(bottom))
    quarters = list_quarters(12, "2025-26-Q4")
    own = compute_own_quarters(observe(sent, TO_DATE), [TO_DATE], quarters)
    own["year"] = own["period"].str[:7]
    totals = own.groupby("year")[["numerator", "denominator"]].sum()
    for year, row in totals.iterrows():
        assert tuple(row) == sent[LUTON, f"{year}-Q4"]


def test_a_revision_below_the_quarter_before_is_kept_as_a_rate_and_said() -> None:
    counts = {("2025-26-Q1"): 40.0, "2025-26-Q2": 30.0, "2025-26-Q3": 60.0}
    rows = {(LUTON, p): (x, 50_000.0) for p, x in counts.items()}
    rate = RATE.model_copy(update={"basis": "ytd"})
    found = pick(chart(observe(rows, rate), (rate,)), measure="rate")
    assert found["value"].tolist() == pytest.approx([32.0, -8.0, 24.0])
    assert "negative" in found["note"].iloc[1]
    share = {(LUTON, p): (x, 4 * x) for p, x in counts.items()}
    found = pick(chart(observe(share, TO_DATE), (TO_DATE,)), measure="to_date")
    assert math.isnan(found["value"].iloc[1])
    assert "impossible" in found["note"].iloc[1]


def test_year_to_date_after_a_gap_has_no_figure_of_its_own() -> None:
    counts = {(LUTON, q.id): (10.0 * q.quarter, 40.0 * q.quarter) for q in list_quarters(8)}
    del counts[LUTON, "2025-26-Q2"]
    found = pick(chart(observe(counts, TO_DATE, value=99.0), (TO_DATE,)), measure="to_date")
    assert found["value"].tolist()[-2:] == pytest.approx([math.nan, math.nan], nan_ok=True)
    assert found["note"].iloc[-2] == "no value: not sent"
    assert "year to date before it is missing" in found["note"].iloc[-1]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("suppressed", "no value: suppressed"),
        ("low_reliability", "no value: low reliability"),
        ("not_applicable", "no value: not applicable"),
        ("rounds_to_zero", "no value: rounds to zero"),
    ],
)
def test_a_gap_keeps_its_row_and_says_why(status: str, words: str) -> None:
    frame = observe(series([20, 25, 22, 24, 21, 23]))
    at = frame["period"].eq("2025-26-Q1")
    # A sentinel beside a symbol must not be drawn either.
    frame.loc[at, ["status", "value", "numerator"]] = [status, -100.0, math.nan]
    found = pick(chart(frame))
    assert len(found) == 6
    gap = found[found["period"].eq("2025-26-Q1")].iloc[0]
    assert math.isnan(gap["value"])
    assert gap["note"].startswith(words)
    assert gap["flag"] == ""
    assert found["points"].iloc[-1] == 5


def test_an_authority_that_never_sent_has_rows_that_say_so() -> None:
    found = pick(chart(observe(series([20, 25, 22], LUTON))), EAST[0])
    assert len(found) == 3
    assert found["note"].str.startswith("no value: not sent").all()
    assert found["points"].tolist() == [0, 0, 0]
    assert "no limits: no value" in found["note"].iloc[0]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([25], "no limits: a single value"),
        ([25] * 9, "no limits: no two values in a row that differ"),
        ([0] * 9, "no limits: no two values in a row that differ"),
        ([25, None, 30, None, 21], "no limits: no two values in a row that differ"),
    ],
)
def test_no_band_of_zero_width(values: list[int | None], words: str) -> None:
    found = pick(chart(observe(series(values))))
    assert found["lower"].isna().all()
    assert found["upper"].isna().all()
    assert words in found["note"].iloc[0]
    assert found["trial"].all()


def test_trial_limits_under_thirteen_points() -> None:
    twelve = pick(chart(observe(series([20 + i % 3 for i in range(12)]))))
    thirteen = pick(chart(observe(series([20 + i % 3 for i in range(13)]))))
    assert twelve["trial"].all()
    assert not thirteen["trial"].any()


def test_a_break_in_definition_starts_a_segment_and_says_why() -> None:
    values = [20, 22, 21, 23, 60, 62, 61, 63, 62, 64, 61]
    broken = SHARE.model_copy(update={"breaks": (Break(period="2024-25-Q2", reason="new guide"),)})
    found = pick(chart(observe(series(values)), (broken,)))
    starts = found["segment"].diff().fillna(0).ne(0)
    assert found.loc[starts, "period"].tolist() == ["2024-25-Q2"]
    assert "the definition changed: new guide" in found.loc[starts, "note"].iloc[0]
    assert found["mean"].iloc[0] == pytest.approx(sum(values[:5]) / 5)
    assert found["mean"].iloc[-1] == pytest.approx(sum(values[5:]) / 6)
    assert pick(chart(observe(series(values))))["segment"].eq(0).all()


def test_breaks_of_other_kinds_of_period_meet_the_right_quarter() -> None:
    year = SHARE.model_copy(update={"breaks": (Break(period="2024-25", reason="new guide"),)})
    assert starts_segment(year, Period.parse("2024-25-Q1")) is not None
    assert starts_segment(year, Period.parse("2024-25-Q4")) is None
    # A school year starts on 1 September: July to September still holds the old definition.
    school = SHARE.model_copy(update={"breaks": (Break(period="2024-25-AY", reason="new"),)})
    assert starts_segment(school, Period.parse("2024-25-Q2")) is None
    assert starts_segment(school, Period.parse("2024-25-Q3")) is not None
    stock = STOCK.model_copy(update={"breaks": school.breaks})
    assert starts_segment(stock, Period.parse("2024-25-Q2")) is not None


def test_a_window_that_spans_a_break_compares_with_nothing() -> None:
    broken = SHARE.model_copy(update={"breaks": (Break(period="2024-25", reason="new guide"),)})
    quarter = Period.parse
    assert find_break(broken, quarter("2023-24-Q2"), quarter("2024-25-Q2"))
    # Twelve months to December 2024 hold one quarter of the old definition.
    assert find_break(broken, quarter("2024-25-Q3"), quarter("2025-26-Q3"))
    assert not find_break(broken, quarter("2024-25-Q4"), quarter("2025-26-Q4"))


def test_limits_are_rebased_only_by_an_entry_with_date_and_reason() -> None:
    values = [20, 22, 21, 23, 22, 60, 62, 61, 63, 62, 64, 61]
    entry = Rebasing(
        id="one_door",
        area=LUTON,
        measure="rereferrals_pct",
        period="2024-25-Q1",
        date="2024-06-12",
        reason="One front door opened on 1 April 2024.",
    ).model_copy(update={"measure": "share"})
    observations = pd.concat([observe(series(values)), observe(series(values, EAST[0]))])
    trends = chart(observations, rebasings=[entry])
    found = pick(trends)
    first = found[found["segment"].eq(1)].iloc[0]
    assert first["period"] == "2024-25-Q1"
    assert first["note"].startswith("rebased (decided 2024-06-12): One front door")
    assert pick(trends, EAST[0])["segment"].eq(0).all()


def test_side_has_polarity_and_a_trend_is_named_by_the_way_it_goes() -> None:
    values = [30, 22, 30, 21, 31, 22, 30, 18, 19, 20, 21, 22, 23, 24, 25]
    found = pick(chart(observe(series(values))))
    rising = found[found["flag"].eq("trend")]
    assert set(rising["side"]) == {"worse"}
    # Some of these points lie below the mean, where "lower is better" would say better.
    assert (rising["value"] < rising["mean"]).any()
    stock = observe(series(values), STOCK)
    assert set(pick(chart(stock, (STOCK,)), measure="stock").query("flag == 'trend'")["side"]) == {
        "better"
    }
    rate = observe(series([50, 52, 51, 53, 50, 52, 51, 53, 51, 200], base=50_000), RATE)
    assert pick(chart(rate, (RATE,)), measure="rate").iloc[-1][["flag", "side"]].tolist() == [
        "outside",
        "higher",
    ]


def test_a_signal_is_new_only_in_the_quarter_in_which_it_appears() -> None:
    flat = [20, 24] * 6
    shift = [*flat, 26, 25, 26, 25, 26, 25, 26, 25, 26]
    at = list_quarters(len(shift))
    new = []
    for count in range(len(flat), len(shift) + 1):
        seen = dict(list(series(shift).items())[:count])
        last = pick(chart(observe(seen), last=at[count - 1].id)).iloc[-1]
        new.append((bool(last["new"]), last["flag"]))
    firsts = [i for i, (is_new, _) in enumerate(new) if is_new]
    for i in firsts:
        assert new[i][1] != ""
        assert i == 0 or new[i - 1][1] != new[i][1]
    assert any(flag and not is_new for is_new, flag in new)
    earlier = pick(chart(observe(series(shift))))["new"].iloc[:-1]
    assert not earlier.any()


def test_the_region_pools_the_same_authorities_throughout() -> None:
    draw = random.Random(2)  # noqa: S311  # a test needs no secrecy
    quarters = list_quarters(6)
    counts = {
        (a, q.id): (float(draw.randint(5, 30)), float(draw.randint(50, 200)))
        for a in EAST
        for q in quarters
    }
    whole = pick(chart(observe(counts)), REGION)
    last = [counts[a, quarters[-1].id] for a in EAST]
    pooled = 100 * sum(x for x, _ in last) / sum(n for _, n in last)
    assert whole["value"].iloc[-1] == pytest.approx(pooled)

    late = {k: v for k, v in counts.items() if k != (LUTON, quarters[-1].id)}
    without = pick(chart(observe(late)), REGION)
    first = [counts[a, quarters[0].id] for a in EAST if a != LUTON]
    assert without["value"].iloc[0] == pytest.approx(
        100 * sum(x for x, _ in first) / sum(n for _, n in first)
    )
    assert without["note"].str.contains("the region without Luton").all()

    hole = {k: v for k, v in counts.items() if k != (LUTON, quarters[2].id)}
    gap = pick(chart(observe(hole)), REGION).iloc[2]
    assert math.isnan(gap["value"])
    assert gap["note"].startswith("no regional figure: none from Luton")


def test_a_twelve_month_figure_without_its_denominators_is_a_gap() -> None:
    frame = observe(series([20, 25, 22, 24]), value=25.0)
    frame.loc[frame["period"].eq("2025-26-Q1"), "denominator"] = math.nan
    points = compute_quarterly_points(frame, [SHARE], list_quarters(1))
    assert points["value"].isna().all()
    assert points["status"].tolist() == ["missing"]


def test_nothing_gives_nothing() -> None:
    empty = chart(OBSERVATIONS.empty())
    assert empty.empty
    assert list(empty.columns) == TRENDS.names
