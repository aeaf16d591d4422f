from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slinb.methods.trend import has_trial_limits, xmr, xmr_many

COLUMNS = ["value", "segment", "mean", "lower", "upper", "flag"]
# set.seed(123); rnorm(20) in R, the series of NHSRplotthedots' own tests.
SEED_123 = [
    -0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774,
    1.71506499, 0.46091621, -1.26506123, -0.68685285, -0.44566197,
    1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113,
    1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141,
]  # fmt: skip


def flags(values: object, **options: object) -> list[str | None]:
    return [None if pd.isna(flag) else flag for flag in xmr(values, **options)["flag"]]


def limits(chart: pd.DataFrame, row: int = 0, digits: int = 2) -> tuple[float, ...]:
    return tuple(round(float(chart[name].iloc[row]), digits) for name in COLUMNS[2:5])


# Published examples


def test_nhs_england_demonstration() -> None:
    # NHS England, statistical process control tool (as tested in nhspy-plotthedots).
    chart = xmr([89, 86, 75, 77, 81, 74, 72, 78, 76, 82, 77, 54, 66, 77, 86])
    assert limits(chart) == (76.67, 57.1, 96.24)
    assert chart["flag"].dropna().to_dict() == {11: "outside"}


def test_nhsrplotthedots_random_series() -> None:
    # NHSRplotthedots, tests/testthat/_snaps/ptd_spc.md: 20 of common cause.
    chart = xmr(SEED_123)
    assert limits(chart, digits=3)[0] == 0.142
    assert limits(chart)[1:] == (-3.01, 3.29)
    assert chart["flag"].isna().all()
    # The same file, the halves apart.
    halves = xmr(SEED_123, rebase_at=[10])
    assert limits(halves, 0, 4)[0] == 0.0746
    assert limits(halves, 0)[1:] == (-2.6, 2.75)
    assert limits(halves, 10, 3)[0] == 0.209
    assert limits(halves, 10)[1:] == (-3.28, 3.7)


def test_nhsrplotthedots_screening() -> None:
    # NHSRplotthedots, vignette "Deviations from Excel defaults".
    series = [1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]
    # Moving ranges: 15 of 1, one of 8, one of 9, so 32/17; 3.267 times that drops the last two.
    screened, unscreened = xmr(series), xmr(series, screen=False)
    assert limits(screened) == (1.94, -0.72, 4.6)
    assert limits(unscreened) == (1.94, -3.06, 6.95)
    assert flags(series)[4] == flags(series, screen=False)[4] == "outside"


def test_two_near_points_on_opposite_sides_are_no_signal() -> None:
    # NHSRplotthedots, test-ptd_spc_standard.R.
    series = [1, -1] * 7 + [5.5, -5.5]
    assert flags(series)[-2:] == [None, None]


# Limits


def test_columns_length_and_index() -> None:
    index = pd.period_range("2022Q2", periods=4, freq="Q")
    chart = xmr(pd.Series([3, 5, 4, 6], index=index))
    assert chart.columns.tolist() == COLUMNS
    pd.testing.assert_index_equal(chart.index, index, exact=True)
    # Mean 4.5, moving ranges 2, 1, 2.
    assert limits(chart, digits=4) == (4.5, round(4.5 - 2.66 * 5 / 3, 4), 8.9333)


def test_screening_is_at_or_over_the_factor_and_only_once() -> None:
    # Moving ranges 3.267 and three that make their mean 1: the first is exactly on the factor.
    rest = (4 - 3.267) / 3
    series = np.cumsum([0, 3.267, rest, -rest, rest])
    assert xmr(series)["upper"][0] - xmr(series)["mean"][0] == pytest.approx(2.66 * rest)
    # A second pass would drop the 8s as well.
    moving = [1] * 30 + [8, 8] + [100]
    steps = np.array(moving) * np.resize([1, -1], len(moving))
    series = np.cumsum([0, *steps])
    kept = [m for m in moving if m < 3.267 * np.mean(moving)]
    assert sorted(set(kept)) == [1, 8]
    assert [m for m in kept if m < 3.267 * np.mean(kept)] != kept
    chart = xmr(series)
    assert chart["upper"][0] - chart["mean"][0] == pytest.approx(2.66 * np.mean(kept))
    assert chart["mean"][0] == pytest.approx(np.mean(series))


@pytest.mark.parametrize("value", [0, 5, 0.1, 1e9 + 0.1])
def test_all_equal_has_a_mean_and_neither_limits_nor_flags(value: float) -> None:
    chart = xmr([value] * 20)
    assert (chart["mean"] == value).all()
    assert chart[["lower", "upper", "flag"]].isna().all(axis=None)


def test_equal_but_for_rounding_is_equal() -> None:
    chart = xmr([0.1 + 0.2, 0.3] * 8)
    assert chart[["lower", "upper", "flag"]].isna().all(axis=None)


def test_a_band_screened_to_nothing_is_no_band() -> None:
    # One step among many ties: its moving range is dropped and only zeros are left.
    chart = xmr([5] * 7 + [9])
    assert chart[["lower", "upper"]].isna().all(axis=None)
    assert flags([5] * 7 + [9]) == ["shift"] * 7 + [None]
    assert xmr([5] * 7 + [9], screen=False)["upper"].notna().all()


def test_single_point_two_points_and_none() -> None:
    one = xmr([4])
    assert one["mean"].tolist() == [4]
    assert one[["lower", "upper", "flag"]].isna().all(axis=None)
    assert limits(xmr([4, 6])) == (5, -0.32, 10.32)
    assert xmr([]).columns.tolist() == COLUMNS
    assert xmr([None, None])[["value", "mean", "lower", "flag"]].isna().all(axis=None)


# Rules

# Eight swings of 20 about 0: what follows them, within 10 or so of 0, is far inside the limits.
SWINGS = [-10, 10] * 4
SEVEN = [-3, -2, -1, 0, 1, 2, 3]


def test_seven_rising_are_all_flagged_and_six_are_not() -> None:
    assert flags([*SWINGS, *SEVEN, -10]) == [None] * 8 + ["trend"] * 7 + [None]
    assert flags([*SWINGS, *SEVEN[:6], -10]) == [None] * 15
    falling = [-value for value in [*SWINGS, *SEVEN, -10]]
    assert flags(falling) == [None] * 8 + ["trend"] * 7 + [None]


def test_a_tie_breaks_a_trend() -> None:
    assert flags([*SWINGS, -3, -2, -1, -1, 0, 1, 2, 3, -10]) == [None] * 17
    # Equal but for rounding is a tie as well.
    assert flags([*SWINGS, -3, -2, 0.3, 0.1 + 0.2, 1, 2, 3, 4, -10]) == [None] * 17
    assert flags([*SWINGS, -4, -4, *SEVEN]) == [None] * 9 + ["trend"] * 8


def test_a_turning_point_belongs_to_both_trends() -> None:
    assert flags([*SWINGS, *SEVEN, *SEVEN[-2::-1]]) == [None] * 8 + ["trend"] * 13


def test_seven_on_one_side_are_flagged_and_a_point_on_the_mean_breaks_them() -> None:
    above = [11, 14, 11, 14, 11, 14, 11]
    below = [20 - value for value in above]
    assert flags([*above, *below]) == ["shift"] * 14
    broken = [*above[:6], 10, above[6], *below]
    assert np.mean(broken) == 10
    assert flags(broken) == [None] * 8 + ["shift"] * 7


def test_two_of_three_flags_the_near_points_only() -> None:
    series = [0, 2] * 6 + [6.2, 2, 6.2, 2] + [0, 2] * 2
    chart = xmr(series)
    near = chart["mean"] + (chart["upper"] - chart["mean"]) * 2 / 3
    assert np.flatnonzero(chart["value"] > near).tolist() == [12, 14]
    assert chart["value"].max() < chart["upper"][0]
    assert chart["value"][13] > chart["mean"][13]
    assert chart["flag"].dropna().to_dict() == {12: "two_of_three", 14: "two_of_three"}
    turned = [-value for value in series]
    assert flags(turned) == flags(series)
    # One on the other side between them, or two between them, is no signal.
    assert flags([0, 2] * 6 + [6.2, 1, 6.2, 2] + [0, 2] * 2) == [None] * 20
    assert flags([0, 2] * 6 + [6.2, 2, 2, 6.2, 2] + [0, 2] * 2) == [None] * 21


def test_a_point_outside_is_further_than_two_thirds_and_counts_towards_two_of_three() -> None:
    chart = xmr([0, 2] * 6 + [10, 6.6, 2] + [0, 2] * 3)
    near = chart["mean"] + (chart["upper"] - chart["mean"]) * 2 / 3
    assert np.flatnonzero(chart["value"] > near).tolist() == [12, 13]
    assert chart["value"][14] > chart["mean"][14]
    assert chart["flag"].dropna().to_dict() == {12: "outside", 13: "two_of_three"}


def test_the_first_rule_that_holds_wins() -> None:
    # The last of seven rising is also outside the limits.
    rising = [*SWINGS, -3, -2, -1, 0, 1, 2, 60, *SWINGS]
    assert flags(rising)[8:15] == ["trend"] * 6 + ["outside"]
    # Seven rising above the mean, the last two near the limit: a trend, not the other two.
    chart = xmr([*[0, -8] * 6, 1, 2, 3, 4, 5, 6, 7, 8])
    assert (chart["value"][12:] > chart["mean"][12:]).all()
    assert chart["flag"].dropna().unique().tolist() == ["trend"]


def test_a_point_on_a_limit_is_not_outside() -> None:
    # A point of L, ten of a half and minus a half in turn, and one of -L: 19 moving ranges of
    # 1 and two of L - 1/2, so that the limits are ∓L for this L.
    limit = 2.66 * 18 / (19 - 3.32)
    chart = xmr([limit, *[0.5, -0.5] * 10, -limit])
    assert chart["upper"][0] == pytest.approx(limit, rel=1e-14)
    assert chart["flag"].isna().all()


# Rebasing


def test_a_segment_stands_alone() -> None:
    first, second = [10, 12, 11, 13, 10, 12], [30, 31, 29, 33, 30, 28, 35]
    chart = xmr(first + second, rebase_at=[6])
    assert chart["segment"].tolist() == [0] * 6 + [1] * 7
    for part, rows in ((first, slice(0, 6)), (second, slice(6, 13))):
        alone = xmr(part)
        for column in COLUMNS[2:]:
            assert chart[column].iloc[rows].tolist() == pytest.approx(
                alone[column].tolist(), nan_ok=True
            )


def test_no_rule_crosses_a_rebase() -> None:
    series = [*SWINGS, *SEVEN, *SWINGS]
    assert flags(series)[8:15] == ["trend"] * 7
    assert "trend" not in flags(series, rebase_at=[11])
    assert flags(series, rebase_at=[8])[8:15] == ["trend"] * 7
    above = [11, 14, 11, 14, 11, 14, 11, 9, 6, 9, 6, 9, 6, 9]
    assert flags(above) == ["shift"] * 14
    assert flags(above, rebase_at=[7]) == [None] * 14
    # Four above their own mean on each side of the rebase are not eight in a row.
    shifting = [6, 9, 6, 9, 11, 14, 11, 14]
    assert flags([*shifting, *shifting[::-1]], rebase_at=[8]) == [None] * 16
    # A near point on each side, with or without a third point between, is not two of three.
    before, after = [0, 2] * 6 + [6.2], [6.4] + [0, 2] * 6
    assert flags([*before, 3, *after], rebase_at=[13]) == [None] * 27
    assert flags([*before, 3, *after], rebase_at=[14]) == [None] * 27


def test_rebasing_by_the_label_of_a_series() -> None:
    index = pd.period_range("2023Q1", periods=6, freq="Q")
    series = pd.Series([1, 2, 1, 8, 9, 8], index=index)
    by_label = xmr(series, rebase_at=[pd.Period("2023Q4", freq="Q")])
    pd.testing.assert_frame_equal(by_label, xmr(series, rebase_at=[3]))
    named = pd.Series([1, 2, 8, 9], index=["2023Q1", "2023Q2", "2023Q3", "2023Q4"])
    assert xmr(named, rebase_at=["2023Q3"])["segment"].tolist() == [0, 0, 1, 1]


def test_rebasing_at_the_first_point_changes_nothing() -> None:
    pd.testing.assert_frame_equal(xmr([1, 2, 3], rebase_at=[0]), xmr([1, 2, 3]))


@pytest.mark.parametrize("place", [3, -1, "2024Q1"])
def test_a_place_outside_the_series_is_refused(place: object) -> None:
    with pytest.raises(ValueError, match="is not one of the 3 points"):
        xmr([1, 2, 3], rebase_at=[place])


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="position 1: value is infinite"):
        xmr([1, math.inf])


# Gaps


def test_a_gap_forms_no_moving_range_and_breaks_every_run() -> None:
    chart = xmr([1, 2, None, 9, 10])
    assert limits(chart) == (5.5, 2.84, 8.16)
    assert chart["value"].isna().tolist() == [False, False, True, False, False]
    assert chart["flag"].isna()[2]
    assert flags([*SWINGS, *SEVEN, None, 4]) == [None] * 8 + ["trend"] * 7 + [None, None]
    assert flags([*SWINGS, -3, -2, -1, None, 0, 1, 2, 3, 4]) == [None] * 17


def test_trial_limits_are_those_of_fewer_than_thirteen_values() -> None:
    assert has_trial_limits(xmr(range(12))).all()
    assert not has_trial_limits(xmr(range(13))).any()
    assert has_trial_limits(xmr([*range(12), None])).all()
    rebased = has_trial_limits(xmr(range(20), rebase_at=[13]))
    assert rebased.tolist() == [False] * 13 + [True] * 7


# An independent reading of the rules, one series at a time, in exact fractions: a tie, a point
# on the mean or on a limit is then exactly that, as it is on paper.


def chart_by_hand(
    values: list[Fraction | None], screen: bool
) -> tuple[Fraction | None, Fraction | None, list[str | None]]:
    known = [value for value in values if value is not None]
    if not known:
        return None, None, [None] * len(values)
    mean = sum(known) / Fraction(len(known))
    moving = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if screen and moving:
        typical = sum(moving) / Fraction(len(moving))
        moving = [m for m in moving if m < Fraction("3.267") * typical]
    half = Fraction("2.66") * sum(moving) / len(moving) if moving else 0
    band = half if half > 0 else None
    return mean, band, [flag_by_hand(values, at, mean, band) for at in range(len(values))]


def flag_by_hand(
    values: list[Fraction | None], at: int, mean: Fraction, band: Fraction | None
) -> str | None:
    value = values[at]
    if value is None:
        return None
    if band is not None and abs(value - mean) > band:
        return "outside"

    def windows(length: int) -> list[list[Fraction]]:
        starts = range(max(at - length + 1, 0), min(at, len(values) - length) + 1)
        found = [values[start : start + length] for start in starts]
        return [window for window in found if None not in window]

    def on_one_side(window: list[Fraction]) -> bool:
        return all(v > mean for v in window) or all(v < mean for v in window)

    def is_near(v: Fraction) -> bool:
        return band is not None and abs(v - mean) > band * 2 / 3

    for window in windows(7):
        steps = [b - a for a, b in pairwise(window)]
        if all(step > 0 for step in steps) or all(step < 0 for step in steps):
            return "trend"
    for window in windows(3):
        if is_near(value) and on_one_side(window) and sum(map(is_near, window)) >= 2:
            return "two_of_three"
    return "shift" if any(on_one_side(window) for window in windows(7)) else None


tenths = st.one_of(st.integers(0, 12), st.integers(0, 12), st.integers(0, 60), st.none())


@settings(max_examples=300)
@given(st.lists(tenths, max_size=40), st.booleans(), st.sets(st.integers(0, 39), max_size=2))
def test_charts_agree_with_the_rules_read_by_hand(
    numbers: list[int | None], screen: bool, rebase: set[int]
) -> None:
    values = [None if number is None else Fraction(number, 10) for number in numbers]
    rebase_at = sorted(place for place in rebase if place < len(values))
    chart = xmr([v if v is None else float(v) for v in values], screen, rebase_at)
    bounds = sorted({0, *rebase_at, len(values)})
    for number, (start, stop) in enumerate(pairwise(bounds)):
        part = chart.iloc[start:stop]
        mean, band, expected = chart_by_hand(values[start:stop], screen)
        assert (part["segment"] == number).all()
        assert [None if pd.isna(flag) else flag for flag in part["flag"]] == expected
        if mean is None or band is None:
            assert part[["lower", "upper"]].isna().all(axis=None)
        else:
            for column, wanted in (("mean", mean), ("lower", mean - band), ("upper", mean + band)):
                np.testing.assert_allclose(part[column], float(wanted), rtol=1e-12, atol=1e-12)


# Many series


@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.integers(0, 9) | st.none(), st.booleans()),
        max_size=60,
    ),
    st.booleans(),
)
def test_many_series_are_the_charts_of_each(
    rows: list[tuple[str, int | None, bool]], screen: bool
) -> None:
    frame = pd.DataFrame(rows, columns=["area", "value", "new"], index=range(5, 5 + len(rows)))
    frame["measure"] = frame["area"].map({"a": "x", "b": "x", "c": "y"})
    charts = xmr_many(frame, by=["area", "measure"], screen=screen, rebase="new")
    pd.testing.assert_index_equal(charts.index, frame.index, exact=True)
    for _, series in frame.groupby(["area", "measure"]):
        alone = xmr(series["value"], screen, np.flatnonzero(series["new"]).tolist())
        pd.testing.assert_frame_equal(charts.loc[series.index], alone)


def test_many_series_by_one_column_and_another_value() -> None:
    frame = pd.DataFrame({"area": ["a", "b", "a", "b"], "rate": [1, 5, 3, None]})
    charts = xmr_many(frame, by="area", value="rate")
    assert charts["mean"].tolist() == [2, 5, 2, 5]
    assert charts["segment"].tolist() == [0, 0, 0, 0]


def test_many_series_by_categories_that_do_not_occur() -> None:
    areas = pd.Categorical(["c", "a", "c"], categories=["a", "b", "c"])
    charts = xmr_many(pd.DataFrame({"area": areas, "value": [1, 9, 3]}), by="area")
    assert charts["mean"].tolist() == [2, 9, 2]
