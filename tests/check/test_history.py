"""Jumps and falling years to date: found where they matter, and not where chance will do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from slinb.catalogue.periods import Period
from slinb.check.agreement import find_published
from slinb.check.frame import build_facts, build_value_frame, find_populations
from slinb.check.history import build_panel, find_jumps, find_year_to_date, measure_distance
from slinb.check.rules import load_rules
from slinb.schema import OBSERVATIONS
from tests.check.quarters import HISTORY, LUTON, QUARTER, build_measures

SETTINGS = load_rules().settings
QUARTERS = [*HISTORY, QUARTER]
NAN = math.nan


def write_series(measure: str, figures: list[tuple[float, float]], last: Period = QUARTER) -> Any:
    """Return a prepared frame of consecutive quarters that ends with ``last``."""
    periods = [last.shift(step - len(figures) + 1) for step in range(len(figures))]
    bare = measure in ("median_days", "survey_pct")
    frame = OBSERVATIONS.from_rows(
        [
            {
                "area": LUTON, "period": period.id, "measure": measure, "status": "final",
                "numerator": NAN if bare else above, "denominator": NAN if bare else below,
                "value": above if bare else NAN,
            }
            for period, (above, below) in zip(periods, figures, strict=True)
        ]
    )  # fmt: skip
    return frame.assign(row=np.arange(len(frame)))


def jump(measure: str, past: list, now: tuple[float, float], **changes: Any) -> pd.Series:
    measures = build_measures(**changes)
    frame = build_value_frame(write_series(measure, [*past, now]), build_facts(measures, SETTINGS))
    return find_jumps(frame.tail(1), build_panel(frame, measures), SETTINGS).iloc[0]


def steady(count: float, whole: float = 60_000.0, quarters: int = 8) -> list:
    return [(count + step % 2, whole) for step in range(quarters)]


def test_distance_between_counts_by_hand() -> None:
    # 2(√40.375 − √10.375)/√2 = 4.4306; (40.5)/(10.5) = 3.857
    found = measure_distance(
        pd.Series(["count"]), (np.array([40.0]), np.ones(1)), (np.array([10.0]), np.ones(1))
    )
    assert found["errors"][0] == pytest.approx(4.4309, abs=1e-3)
    assert found["ratio"][0] == pytest.approx(40.5 / 10.5)


def test_distance_between_shares_agrees_with_a_test_of_two_proportions() -> None:
    # Against the pooled z test, 90 of 300 and 60 of 300: 2.828 (p = 0.00468).
    found = measure_distance(
        pd.Series(["share"]),
        (np.array([90.0]), np.array([300.0])),
        (np.array([60.0]), np.array([300.0])),
    )
    pooled = 0.1 / math.sqrt(0.25 * 0.75 * 2 / 300)
    assert found["errors"][0] == pytest.approx(pooled, rel=0.02)
    assert found["points"][0] == pytest.approx(10)
    assert found["ratio"][0] == pytest.approx(90.5 / 210.5 / (60.5 / 240.5))


def test_a_figure_within_its_own_range_is_no_jump() -> None:
    assert math.isnan(jump("referrals_rate", steady(300), (300, 60_000))["jump_ratio"])


def test_a_doubled_count_is_a_jump() -> None:
    found = jump("referrals_rate", steady(300), (600, 60_000))
    assert found["jump_errors"] > 3.09
    assert found["jump_ratio"] == pytest.approx(600.5 / 301.5)
    assert (found["jump_low"], found["jump_high"], found["quarters"]) == (300, 301, 8)


@pytest.mark.parametrize(("past", "now"), [(0, 3), (1, 5), (2, 8), (5, 1)])
def test_small_counts_do_not_jump(past: float, now: float) -> None:
    found = jump("referrals_rate", [(past, 60_000)] * 8, (now, 60_000))
    assert not found["jump_errors"] > 3.09


def test_a_share_of_few_children_does_not_jump() -> None:
    assert not jump("s20_pct", [(2, 20)] * 8, (7, 20))["jump_errors"] > 3.09
    found = jump("s20_pct", [(40, 400)] * 8, (140, 400))
    assert found["jump_errors"] > 3.09
    assert found["jump_points"] == pytest.approx(25)


def test_a_level_once_reached_is_no_jump() -> None:
    # The highest of eight quarters counts, not their mean: seasons and new levels are known.
    past = [*steady(300, quarters=7), (600.0, 60_000.0)]
    assert math.isnan(jump("referrals_rate", past, (580, 60_000))["jump_ratio"])


def test_too_few_quarters_are_no_history() -> None:
    assert math.isnan(jump("referrals_rate", steady(300, quarters=3), (900, 60_000))["jump_ratio"])
    assert jump("referrals_rate", steady(300, quarters=4), (900, 60_000))["jump_ratio"] > 2.9


def test_quarters_before_a_break_do_not_count() -> None:
    broken = {"breaks": [{"period": "2024-25", "reason": "Counted anew."}]}
    found = jump("referrals_rate", steady(300), (900, 60_000), referrals_rate=broken)
    # Of the eight quarters, 2024-25-Q4 (which ends with the break) to 2025-26-Q2 are after it.
    assert found["quarters"] == 3
    assert math.isnan(found["jump_ratio"])


def test_figures_without_counts_are_held_against_the_width_of_their_range() -> None:
    past = [(30.0 + step, NAN) for step in range(8)]
    found = jump("median_days", past, (75.0, NAN))
    assert found["jump_widths"] == pytest.approx((75 - 37) / 7)
    assert found["jump_ratio"] == pytest.approx(75 / 37)


def test_population_shares_are_compared_as_rates() -> None:
    changes = {"uasc_pct": {"denominator_count": "population_0_17"}}
    found = jump("uasc_pct", [(30, 60_000)] * 8, (90, 60_000), **changes)
    assert found["jump_ratio"] == pytest.approx(90.5 / 30.5)


def test_years_to_date_are_differenced_within_their_year() -> None:
    # Q1 to Q4 of two years at 20 a quarter; then 20, 40 and now 100: 60 in the quarter.
    to_date = [20.0, 40.0, 60.0, 80.0] * 2 + [20.0, 40.0]
    found = jump("cla_starting_rate", [(n, 60_000.0) for n in to_date], (100.0, 60_000.0))
    assert found["jump_count"] == 60
    assert (found["jump_low"], found["jump_high"]) == (20, 20)
    assert found["jump_ratio"] == pytest.approx(60.5 / 20.5)


def test_a_missing_quarter_leaves_the_next_of_its_year_unknown() -> None:
    past = [(count, 6e4) for count in (20.0, 40.0, NAN, 80.0, 20.0, 40.0)]
    found = jump("cla_starting_rate", past, (60.0, 6e4))
    assert found["quarters"] == 4  # of six, the gap and the quarter after it are unknown


def test_year_to_date_is_held_against_the_quarter_before_of_the_same_year() -> None:
    measures = build_measures()
    frame = build_value_frame(
        write_series("s20_starts_pct", [(30, 50), (40, 80), (12, 30), (10, 60)]),
        build_facts(measures, SETTINGS),
    )
    found = find_year_to_date(frame, build_panel(frame, measures))
    # The series ends with Q3: Q4, Q1, Q2, Q3.
    assert [Period.parse(p).quarter for p in frame["period"]] == [4, 1, 2, 3]
    assert found["previous_numerator"].fillna(-1).tolist() == [-1, -1, 40, 12]
    assert found["previous_denominator"].fillna(-1).tolist() == [-1, -1, 80, 30]


def compare_published(
    measure: str, figures: list, published: dict[str, Any], **changes: Any
) -> pd.Series:
    measures = build_measures(**changes)
    facts = build_facts(measures, SETTINGS)
    frame = build_value_frame(write_series(measure, figures), facts)
    rows = OBSERVATIONS.from_rows(
        [{"area": LUTON, "measure": measure, "status": "final", "publisher": "DfE"} | published]
    )
    panel = build_panel(frame, measures)
    populations = find_populations(rows, facts)
    return find_published(frame.tail(1), panel, rows, populations, measures, SETTINGS).iloc[0]


def test_events_are_summed_over_four_quarters_before_they_are_compared() -> None:
    found = compare_published(
        "referrals_rate",
        [(250, 6e4), (350, 6e4), (300, 6e4), (100, 6e4)],
        {"period": "2024-25", "numerator": 900, "denominator": 58_000},
    )
    assert found["shown"] == pytest.approx(1000 / 6)  # 1,000 of 60,000, per 10,000
    assert found["published"] == pytest.approx(9e6 / 58_000)
    assert found["published_ratio"] == pytest.approx(1000.5 / 6e4 / (900.5 / 58e3))
    assert (found["published_period"], found["published_by"]) == ("2024-25", "DfE")


def test_a_rounded_percentage_will_do_where_no_counts_are_published() -> None:
    found = compare_published("s20_pct", [(60, 200)], {"period": "2024-25", "value": 15.0})
    assert found["published"] == pytest.approx(15)
    assert found["published_points"] == pytest.approx(15)
    assert found["published_errors"] == pytest.approx(3.64, abs=0.05)


@pytest.mark.parametrize(
    ("published", "changes"),
    [
        ({"period": "2021-22"}, {}),  # ended more than three years before
        ({"period": "2025-26"}, {}),  # has not ended
        ({"period": "2024-25"}, {"breaks": [{"period": "2025-26-Q1", "reason": "Anew."}]}),
    ],
)
def test_what_is_too_old_too_new_or_before_a_break_is_not_compared(
    published: dict[str, Any], changes: dict[str, Any]
) -> None:
    figures = {"numerator": 20, "denominator": 200}
    found = compare_published("s20_pct", [(60, 200)], figures | published, s20_pct=changes)
    assert math.isnan(found["published_points"])


def test_a_year_with_a_missing_quarter_is_not_compared() -> None:
    found = compare_published(
        "referrals_rate",
        [(250, 6e4), (NAN, 6e4), (300, 6e4), (100, 6e4)],
        {"period": "2024-25", "numerator": 9000, "denominator": 58_000},
    )
    assert math.isnan(found["published_ratio"])
