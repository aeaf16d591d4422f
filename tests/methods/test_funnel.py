from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.stats import chi2, norm, poisson

from slinb.methods.compare import judge
from slinb.methods.funnel import (
    adjusted_limits,
    overdispersion,
    place_proportion,
    place_rate,
    proportion_limits,
    rate_limits,
)
from slinb.methods.intervals import proportion_interval, rate_interval

LEVELS = st.sampled_from([0.95, 0.998])

# Proportions


@given(st.integers(1, 10**6), st.floats(0, 1), LEVELS)
def test_proportion_limits_are_the_published_formula(
    n: int, centre: float, confidence: float
) -> None:
    half = norm.ppf((1 + confidence) / 2) * math.sqrt(centre * (1 - centre) / n)
    lower, upper = proportion_limits(n, centre, confidence)
    assert lower == pytest.approx(max(centre - half, 0), abs=1e-14)
    assert upper == pytest.approx(min(centre + half, 1), abs=1e-14)


def test_limits_are_clipped_at_nothing_and_everything() -> None:
    lower, upper = proportion_limits([1, 1], [0.02, 0.98])
    assert lower[0] == 0
    assert upper[1] == 1


@given(st.integers(0, 400), st.integers(1, 400), st.floats(0, 1), LEVELS)
def test_outside_the_funnel_is_exactly_the_interval_excluding_the_centre(
    x: int, n: int, centre: float, confidence: float
) -> None:
    x, n = min(x, n), max(x, n)
    lower, upper = proportion_interval(x, n, confidence)
    # On a limit itself the two sides are equal in exact arithmetic and rounding decides.
    assume(min(abs(lower - centre), abs(upper - centre)) > 1e-9)
    said = judge(x / n, lower, upper, centre, "none")
    expected = {"higher": "above", "lower": "below", "similar": "within"}[said]
    assert place_proportion(x, n, centre, confidence) == expected


def test_funnel_and_rug_agree_at_a_centre_of_nothing_or_everything() -> None:
    x, n = np.array([0, 3, 10]), 10
    for centre in (0.0, 1.0):
        lower, upper = proportion_interval(x, n)
        said = judge(x / n, lower, upper, centre, "none")
        places = place_proportion(x, n, centre)
        assert (said == "similar").tolist() == (places == "within").tolist()


@pytest.mark.parametrize(
    ("denominator", "centre", "message"),
    [
        ([5, 0], 0.5, "position 1: denominator must be greater than 0"),
        ([5, np.inf], 0.5, "position 1: denominator is infinite"),
        ([5, 5], [0.5, 1.2], "position 1: centre must be between 0 and 1, not 1.2"),
        ([5, 5], -0.1, "position 0: centre must be between 0 and 1"),
    ],
)
def test_impossible_proportion_funnels_are_refused(
    denominator: list[float], centre: float, message: str
) -> None:
    for limits in (proportion_limits, lambda n, c: adjusted_limits(n, c, 0.01)):
        with pytest.raises(ValueError, match=message):
            limits(denominator, centre)


# Rates


@pytest.mark.parametrize(
    ("confidence", "population", "lower", "upper_population", "upper"),
    [
        # PHEindicatormethods, test data of rate funnels (3 years' events, centre 116.1720835
        # per 100,000): for 1 (or 2), 10, 104 and 1,360 events the population of one year at which
        # each limit is drawn, and the limit there (good to some six figures).
        (0.95, 1598.675694, 20.85059119, 7.264481402, 4588.535848),
        (0.95, 5276.757672, 63.17010446, 1375.943768, 242.2579623),
        (0.95, 36157.10817, 95.87787415, 24382.08903, 142.1808715),
        (0.95, 411529.9259, 110.158048, 369759.5622, 122.6021934),
        (0.998, 3221.906682, 20.69168143, 13.02722321, 5117.48863),
        (0.998, 6924.776769, 48.13632908, 849.4639547, 392.4043292),
        (0.998, 40036.31685, 86.58805154, 21608.75072, 160.4288333),
        (0.998, 424043.2424, 106.9073359, 358342.3275, 126.5084525),
    ],
)
def test_rate_limits_pass_through_the_published_points(
    confidence: float, population: float, lower: float, upper_population: float, upper: float
) -> None:
    centre = 116.1720835
    low, _ = rate_limits(3 * population, centre, per=100_000, confidence=confidence)
    _, high = rate_limits(3 * upper_population, centre, per=100_000, confidence=confidence)
    assert low == pytest.approx(lower, rel=5e-6)
    assert high == pytest.approx(upper, rel=5e-6)


@given(st.integers(1, 5_000), LEVELS)
def test_rate_limits_invert_the_significant_expected_counts(
    observed: int, confidence: float
) -> None:
    tail = (1 - confidence) / 2
    most_expected = chi2.ppf(1 - tail, 2 * (observed + 1)) / 2
    least_expected = chi2.ppf(tail, 2 * observed) / 2
    # With a centre of 1 per 1 the expected count is the population.
    lower, _ = rate_limits(most_expected, 1, per=1, confidence=confidence)
    _, upper = rate_limits(least_expected, 1, per=1, confidence=confidence)
    assert lower * most_expected == pytest.approx(observed, rel=1e-9)
    assert upper * least_expected == pytest.approx(observed, rel=1e-9)


@given(st.integers(0, 300), st.floats(0.01, 300), LEVELS)
def test_places_are_the_exact_poisson_test(
    observed: int, expected: float, confidence: float
) -> None:
    tail = (1 - confidence) / 2
    as_many, as_few = poisson.sf(observed - 1, expected), poisson.cdf(observed, expected)
    assume(min(abs(as_many - tail), abs(as_few - tail)) > 1e-9)
    wanted = "above" if as_many < tail else "below" if as_few < tail else "within"
    assert place_rate(observed, expected, 1, per=1, confidence=confidence) == wanted
    lower, upper = rate_limits(expected, 1, per=1, confidence=confidence)
    rate = observed / expected
    assert wanted == ("above" if rate > upper else "below" if rate < lower else "within")


@given(st.integers(0, 9), st.floats(0.01, 40), LEVELS)
def test_below_ten_events_the_funnel_is_the_area_s_own_interval(
    observed: int, expected: float, confidence: float
) -> None:
    lower, upper = rate_interval(observed, expected, per=1, confidence=confidence)
    said = judge(observed / expected, lower, upper, 1, "none")
    wanted = {"higher": "above", "lower": "below", "similar": "within"}[said]
    assume(min(abs(lower - 1), abs(upper - 1)) > 1e-9)
    assert place_rate(observed, expected, 1, per=1, confidence=confidence) == wanted


def test_no_events_at_all_can_be_unremarkable() -> None:
    # e^-3.689 = 0.025: with fewer expected, even none is within.
    lower, _ = rate_limits([3.68, 3.70], 1, per=1)
    assert lower[0] == 0
    assert lower[1] > 0
    assert place_rate([0, 0], [3.68, 3.70], 1, per=1).tolist() == ["within", "below"]


def test_a_centre_of_no_events() -> None:
    lower, upper = rate_limits(1_000, 0)
    assert (lower, upper) == (0, 0)
    assert place_rate([0, 1], 1_000, 0).tolist() == ["within", "above"]


@pytest.mark.parametrize(
    ("population", "centre", "message"),
    [
        ([5, 0], 3, "position 1: population must be greater than 0"),
        ([5, np.inf], 3, "position 1: population is infinite"),
        ([5, 5], [3, -1], "position 1: centre must be 0 or more, not -1"),
        ([5, 5], np.inf, "position 0: centre must be 0 or more"),
    ],
)
def test_impossible_rate_funnels_are_refused(
    population: list[float], centre: float, message: str
) -> None:
    for function in (rate_limits, lambda n, c: place_rate(1, n, c)):
        with pytest.raises(ValueError, match=message):
            function(population, centre)


# Over-dispersion


def spiegelhalter_by_hand(
    numerator: list[int], denominator: list[int]
) -> tuple[float, float, float]:
    centre = sum(numerator) / sum(denominator)
    scores, weights = [], []
    for x, n in zip(numerator, denominator, strict=True):
        s = 1 / (2 * math.sqrt(n))
        scores.append((math.asin(math.sqrt(x / n)) - math.asin(math.sqrt(centre))) / s)
        weights.append(1 / s**2)
    ordered = sorted(scores)

    def percentile(share: float) -> float:
        place = (len(ordered) - 1) * share
        low = math.floor(place)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (place - low) * (ordered[high] - ordered[low])

    low, high = percentile(0.1), percentile(0.9)
    phi = sum(min(max(z, low), high) ** 2 for z in scores) / len(scores)
    count = len(scores)
    spread = sum(weights) - sum(w**2 for w in weights) / sum(weights)
    tau2 = 0.0 if count * phi < count - 1 else (count * phi - (count - 1)) / spread
    return phi, tau2, centre


counts = st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900)), min_size=2, max_size=30).map(
    lambda pairs: ([min(pair) for pair in pairs], [max(pair) for pair in pairs])
)


@given(counts)
def test_overdispersion_agrees_with_the_formula_by_hand(
    pair: tuple[list[int], list[int]],
) -> None:
    numerator, denominator = pair
    phi, tau2, centre = spiegelhalter_by_hand(numerator, denominator)
    # At Nφ = N - 1 rounding may fall either side of no variance at all.
    result = overdispersion(numerator, denominator)
    assert result.phi == pytest.approx(phi, rel=1e-9, abs=1e-12)
    assert result.tau2 == pytest.approx(tau2, rel=1e-6, abs=1e-12)
    assert result.centre == pytest.approx(centre, rel=1e-12)


@given(counts, LEVELS)
def test_adjusted_limits_agree_with_the_formula_by_hand(
    pair: tuple[list[int], list[int]], confidence: float
) -> None:
    result = overdispersion(*pair, confidence)
    z = norm.ppf((1 + confidence) / 2)
    for n, lower, upper in zip(pair[1], result.lower, result.upper, strict=True):
        middle = math.asin(math.sqrt(result.centre))
        half = z * math.sqrt(1 / (4 * n) + result.tau2)
        low = 0.0 if middle < half else math.sin(middle - half) ** 2
        high = 1.0 if middle + half > math.pi / 2 else math.sin(middle + half) ** 2
        assert lower == pytest.approx(low, abs=1e-9)
        assert upper == pytest.approx(high, abs=1e-9)


def test_limits_are_held_where_the_back_transform_would_fold() -> None:
    lower, upper = adjusted_limits([10, 10], 0.01, 0.1)
    assert (lower == 0).all()
    assert math.sin(math.asin(0.1) - 1.96 * math.sqrt(1 / 40 + 0.1)) ** 2 > 0.2  # unfolded
    _, upper = adjusted_limits([10, 10], 0.99, 0.1)
    assert (upper == 1).all()


def test_areas_that_vary_by_chance_alone_need_no_adjusting() -> None:
    n = np.full(100, 400)
    alike = overdispersion(np.tile([75, 80, 85, 80], 25), n)
    assert alike.phi < 0.99
    assert alike.tau2 == 0
    apart = overdispersion(np.tile([20, 60, 100, 140], 25), n)
    assert apart.phi > 20
    plain_lower, plain_upper = proportion_limits(n, apart.centre)
    assert (apart.lower < plain_lower).all()
    assert (apart.upper > plain_upper).all()


def test_chance_gives_a_phi_near_one() -> None:
    random = np.random.default_rng(1)
    n = random.integers(200, 2_000, 3_000)
    phi = overdispersion(random.binomial(n, 0.3), n).phi
    # Winsorising a standard normal at ±1.2816 leaves a mean square of about 0.83 (integral).
    z = np.linspace(-8, 8, 200_001)
    expected = np.trapezoid(np.clip(z, -1.2815516, 1.2815516) ** 2 * norm.pdf(z), z)
    assert phi == pytest.approx(expected, rel=0.05)


def test_missing_rows_take_no_part_and_have_no_limits() -> None:
    whole = overdispersion([10, 30, 20], [100, 100, 100])
    index = list("abcde")
    gaps = overdispersion(
        pd.Series([10, None, 30, 20, 5], index=index),
        pd.Series([100, 80, 100, 100, None], index=index),
    )
    assert (gaps.phi, gaps.tau2, gaps.centre) == (whole.phi, whole.tau2, whole.centre)
    assert gaps.lower.isna().tolist() == [False, True, False, False, True]
    assert gaps.lower["a"] == whole.lower[0]


def test_one_area_or_none_has_no_variance_between_areas() -> None:
    one = overdispersion([3], [10])
    assert (one.phi, one.tau2) == (0, 0)
    none = overdispersion([None], [10])
    assert math.isnan(none.phi)
    assert np.isnan(none.lower).all()


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="position 1: numerator 5 is greater"):
        overdispersion([1, 5], [4, 4])
    with pytest.raises(ValueError, match="position 0: denominator must be greater than 0"):
        overdispersion([0], [0])
