"""The interval of a difference against published cases, statsmodels and an exact test."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep

from slinb.methods.change import difference_interval
from slinb.methods.intervals import proportion_interval, rate_interval

# Newcombe RG (1998), Statistics in Medicine 17:873-890, table II, method 10.
NEWCOMBE = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0),
]


def compare_proportions(first: tuple[int, int], second: tuple[int, int]) -> tuple[float, float]:
    sides = [(x / n, *proportion_interval(x, n)) for x, n in (first, second)]
    return difference_interval(*sides[0], *sides[1])


@pytest.mark.parametrize(("first", "second", "lower", "upper"), NEWCOMBE)
def test_newcombe_published_cases(first, second, lower, upper) -> None:
    assert compare_proportions(first, second) == pytest.approx((lower, upper), abs=5e-5)


def test_statsmodels_newcombe_agrees() -> None:
    draw = np.random.default_rng(5)
    for _ in range(200):
        n1, n2 = draw.integers(5, 400, 2)
        x1, x2 = draw.integers(0, n1 + 1), draw.integers(0, n2 + 1)
        expected = confint_proportions_2indep(x1, n1, x2, n2, method="newcomb")
        assert compare_proportions((x1, n1), (x2, n2)) == pytest.approx(expected, abs=1e-9)


def test_rates_decide_as_the_exact_conditional_test_does() -> None:
    # Przyborowski and Wilenski (1940): given their sum, one of two Poisson counts is binomial.
    draw = np.random.default_rng(6)
    same = 0
    for _ in range(400):
        population = draw.integers(20_000, 200_000, 2)
        mean = draw.uniform(20, 300)
        x = draw.poisson([mean, mean * draw.uniform(0.6, 1.6) * population[1] / population[0]])
        value = x / population
        low, high = rate_interval(x, population, per=1)
        lower, upper = difference_interval(value[0], low[0], high[0], value[1], low[1], high[1])
        exact = stats.binomtest(int(x[0]), int(x.sum()), population[0] / population.sum())
        same += (lower > 0 or upper < 0) == (exact.pvalue < 0.05)
    assert same >= 0.97 * 400


def test_missing_in_missing_out_and_series_keep_their_index() -> None:
    frame = pd.DataFrame(
        [[0.5, 0.4, 0.6, 0.5, 0.4, 0.6], [0.5, 0.4, 0.6, 0.3, math.nan, math.nan]],
        index=["a", "b"],
    )
    lower, upper = difference_interval(*(frame[c] for c in frame.columns))
    assert lower["a"] == pytest.approx(-math.hypot(0.1, 0.1))
    assert upper["a"] == pytest.approx(math.hypot(0.1, 0.1))
    assert math.isnan(lower["b"])
    assert math.isnan(upper["b"])


def test_value_outside_its_limits_is_refused_by_position() -> None:
    with pytest.raises(ValueError, match=r"position 1: value 0\.9 is outside its limits"):
        difference_interval([0.5, 0.9], [0.4, 0.4], [0.6, 0.6], 0.5, 0.4, 0.6)
