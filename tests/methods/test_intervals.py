from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, norm, poisson
from statsmodels.stats.proportion import proportion_confint

from slinb.methods.intervals import (
    annual_rate_interval,
    normal_quantile,
    proportion_interval,
    rate_interval,
)

LEVELS = (0.9, 0.95, 0.998)


def test_normal_quantile_is_the_published_z() -> None:
    # OHID/PHE technical guide: confidence intervals.
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=5e-7)
    assert normal_quantile(0.998) == pytest.approx(3.090232, abs=5e-7)
    for level in LEVELS:
        assert normal_quantile(level) == pytest.approx(norm.ppf((1 + level) / 2), rel=1e-15)


@pytest.mark.parametrize("confidence", [0, 1, -0.1, 95, 99.8, math.nan, True])
def test_impossible_confidence_is_refused(confidence: float) -> None:
    for interval in (proportion_interval, rate_interval):
        with pytest.raises(ValueError, match="confidence must be between 0 and 1"):
            interval([1], [2], confidence=confidence)


# Proportions


@pytest.mark.parametrize(
    ("numerator", "denominator", "lower", "upper"),
    [
        # Newcombe RG (1998), Statistics in Medicine 17:857-872, table I, method 3 (score).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # DfE, children in need 2025, table D3: repeat child protection plans in Bedford.
        (29, 173, 0.119, 0.230),
    ],
)
def test_published_proportions(
    numerator: int, denominator: int, lower: float, upper: float
) -> None:
    digits = 3 if denominator == 173 else 4
    low, high = proportion_interval(numerator, denominator)
    assert (round(low, digits), round(high, digits)) == (lower, upper)


@given(
    st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 10**6)), min_size=1, max_size=30),
    st.sampled_from(LEVELS),
)
def test_proportions_agree_with_statsmodels(
    pairs: list[tuple[int, int]], confidence: float
) -> None:
    x = np.array([min(pair) for pair in pairs])
    n = np.array([max(pair) for pair in pairs])
    ours = proportion_interval(x, n, confidence)
    theirs = proportion_confint(x, n, alpha=1 - confidence, method="wilson")
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-13)


@given(st.integers(0, 500), st.integers(1, 500), st.sampled_from(LEVELS))
def test_proportion_limits_are_the_published_formula(x: int, n: int, confidence: float) -> None:
    x, n = min(x, n), max(x, n)
    z = norm.ppf((1 + confidence) / 2)
    root = z * math.sqrt(z**2 + 4 * x * (1 - x / n))
    lower, upper = proportion_interval(x, n, confidence)
    assert lower == pytest.approx((2 * x + z**2 - root) / (2 * (n + z**2)), abs=1e-14)
    assert upper == pytest.approx((2 * x + z**2 + root) / (2 * (n + z**2)), abs=1e-14)
    assert 0 <= lower <= x / n <= upper <= 1


@pytest.mark.parametrize("confidence", LEVELS)
def test_empty_and_full_counts_reach_the_ends_exactly(confidence: float) -> None:
    n = np.arange(1, 5_000)
    assert (proportion_interval(0, n, confidence)[0] == 0).all()
    assert (proportion_interval(n, n, confidence)[1] == 1).all()


def test_long_columns_are_the_same_as_short_ones() -> None:
    # Longer than one block of rows.
    n = np.arange(1, 40_001)
    x = n // 3
    lower, upper = proportion_interval(x, n)
    for at in (0, 16_383, 16_384, 39_999):
        assert (lower[at], upper[at]) == proportion_interval(x[at], n[at])


@pytest.mark.parametrize(
    ("numerator", "denominator", "message"),
    [
        ([1, 5, 7], [2, 4, 6], "position 1: numerator 5 is greater than its denominator 4"),
        ([1, -1, -2], [2, 2, 2], "position 1: numerator is negative"),
        ([1, 1, 0], [2, 2, 0], "position 2: denominator must be greater than 0, not 0"),
        ([0, 1], [-3, 2], "position 0: denominator must be greater than 0, not -3"),
        ([1, 1], [2, np.inf], "position 1: denominator is infinite"),
        ([1, np.inf], [2, np.inf], "position 1: numerator is infinite"),
        # The first row that is wrong in any way, whichever rule finds it.
        ([3, 1], [2, 0], "position 0: numerator 3 is greater than its denominator 2"),
        # Impossible values are refused even beside a missing one.
        ([1, np.nan], [2, 0], "position 1: denominator must be greater than 0, not 0"),
        ([-1, 1], [np.nan, 2], "position 0: numerator is negative"),
    ],
)
def test_impossible_proportions_are_refused(
    numerator: list[float], denominator: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        proportion_interval(numerator, denominator)


# Rates


@pytest.mark.parametrize(
    ("events", "lower", "upper"),
    [
        # Garwood F (1936), Biometrika 28:437-442; Pearson and Hartley, Biometrika Tables for
        # Statisticians I, table 40.
        (0, 0.0, 3.689),
        (1, 0.0253, 5.572),
        (2, 0.242, 7.225),
        (3, 0.619, 8.767),
        (5, 1.623, 11.668),
        (9, 4.115, 17.085),
    ],
)
def test_published_rates_below_ten(events: int, lower: float, upper: float) -> None:
    low, high = rate_interval(events, 1, per=1)
    assert low == pytest.approx(lower, abs=5e-4)
    assert high == pytest.approx(upper, abs=5e-4)


@pytest.mark.parametrize("confidence", LEVELS)
def test_rates_below_ten_are_exact_poisson(confidence: float) -> None:
    # By another route: the limits are the means whose tails beyond the count are α/2.
    events = np.arange(10)
    lower, upper = rate_interval(events, 1, per=1, confidence=confidence)
    tail = (1 - confidence) / 2
    np.testing.assert_allclose(poisson.cdf(events, upper), tail, rtol=1e-9)
    np.testing.assert_allclose(poisson.sf(events[1:] - 1, lower[1:]), tail, rtol=1e-9)
    assert lower[0] == 0
    np.testing.assert_allclose(upper, chi2.ppf(1 - tail, 2 * events + 2) / 2, rtol=1e-12)
    np.testing.assert_allclose(lower[1:], chi2.ppf(tail, 2 * events[1:]) / 2, rtol=1e-12)


def byar_by_hand(x: float, z: float) -> tuple[float, float]:
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * math.sqrt(x + 1))) ** 3
    return lower, upper


@given(st.floats(10, 1e6), st.floats(1, 1e7), st.sampled_from(LEVELS))
def test_rates_from_ten_are_byars(events: float, population: float, confidence: float) -> None:
    lower, upper = byar_by_hand(events, norm.ppf((1 + confidence) / 2))
    result = rate_interval(events, population, confidence=confidence)
    assert result == pytest.approx((lower / population * 1e4, upper / population * 1e4), rel=1e-12)


def test_the_method_changes_at_ten() -> None:
    lower, upper = rate_interval([9.99, 10, 100], 1, per=1)
    assert upper[0] == pytest.approx(chi2.ppf(0.975, 2 * 9.99 + 2) / 2, rel=1e-12)
    for at, events in ((1, 10), (2, 100)):
        assert (lower[at], upper[at]) == pytest.approx(byar_by_hand(events, norm.ppf(0.975)))
    # Breslow and Day (1987): Byar's approximation is close to exact at any such count.
    assert lower[1] == pytest.approx(4.795, abs=0.01)
    assert upper[1] == pytest.approx(18.390, abs=0.01)


def test_rate_is_per_ten_thousand_unless_told() -> None:
    assert rate_interval(5, 10_000) == pytest.approx(rate_interval(5, 1, per=1))
    lower, _ = rate_interval(50, 20_000)
    assert lower * 10 == pytest.approx(rate_interval(50, 20_000, per=100_000)[0])


def test_more_events_than_population_is_legal_for_a_rate() -> None:
    lower, upper = rate_interval([30], [20], per=1)
    assert lower[0] < 1.5 < upper[0]


def test_fractional_events_are_taken_as_they_are() -> None:
    low, middle, high = (rate_interval(events, 100) for events in (4, 4.5, 5))
    assert low[0] < middle[0] < high[0]
    assert low[1] < middle[1] < high[1]


@pytest.mark.parametrize(
    ("events", "population", "message"),
    [
        ([1, -1], [10, 10], "position 1: events is negative"),
        ([1, 1], [10, 0], "position 1: population must be greater than 0"),
        ([None, 1], [-5, 10], "position 0: population must be greater than 0"),
        ([np.inf], [10], "position 0: events is infinite"),
        ([1], [np.inf], "position 0: population is infinite"),
    ],
)
def test_impossible_rates_are_refused(
    events: list[float], population: list[float], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        rate_interval(events, population)


@pytest.mark.parametrize("bad", [0, -1, math.inf, math.nan])
def test_impossible_multipliers_are_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="per must be a number greater than 0"):
        rate_interval(1, 10, per=bad)
    with pytest.raises(ValueError, match="periods_per_year must be a number greater than 0"):
        annual_rate_interval(1, 10, periods_per_year=bad)


@given(st.integers(0, 1_000), st.integers(1, 10**6))
def test_a_quarter_shown_as_a_year_is_the_quarters_interval_times_four(
    events: int, population: int
) -> None:
    quarter = rate_interval(events, population)
    year = annual_rate_interval(events, population)
    assert year == pytest.approx((quarter[0] * 4, quarter[1] * 4), rel=1e-12)


def test_multiplying_the_count_first_would_be_falsely_narrow() -> None:
    right = annual_rate_interval(25, 10_000)
    wrong = rate_interval(100, 10_000)
    assert right[1] - right[0] > 1.9 * (wrong[1] - wrong[0])
