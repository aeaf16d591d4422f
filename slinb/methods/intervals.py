"""Confidence intervals of proportions and rates, as Fingertips publishes them.

Source of all: OHID/PHE, "Technical guide: confidence intervals" (Fingertips public health
technical guidance), after Wilson (1927), Byar (in Breslow and Day 1987) and the exact Poisson
interval of Garwood (1936).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import special

from slinb.methods.arrays import (
    Column,
    Floats,
    Layout,
    RowRule,
    fill_in_blocks,
    read_columns,
    refuse_rows,
)

EXACT_BELOW = 10
"""Below this many events a rate's interval is the exact Poisson one, from here up Byar's."""


def normal_quantile(confidence: float) -> float:
    """Return z, the two-sided normal quantile: 1.959964 at 0.95 and 3.090232 at 0.998.

    Raises
    ------
    ValueError
        When the confidence is not strictly between 0 and 1 (95 is not 0.95).
    """
    if isinstance(confidence, bool) or not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, such as 0.95, not {confidence!r}")
    return float(special.ndtri((1 + confidence) / 2))


def proportion_interval(
    numerator: Column, denominator: Column, confidence: float = 0.95
) -> tuple[Column, Column]:
    """Return the Wilson score interval of a proportion.

    Parameters
    ----------
    numerator, denominator : float, sequence, array or Series
        Counts, one row an area; 0 <= numerator <= denominator and denominator > 0. Missing in
        either gives missing limits.
    confidence : float
        Between 0 and 1; 0.95 and 0.998 are the levels that Fingertips uses.

    Returns
    -------
    lower, upper : like the inputs
        Limits on the 0-1 scale. A Series keeps its index. The lower limit of a zero count is
        exactly 0 and the upper limit of a full count exactly 1.

    Raises
    ------
    ValueError
        For impossible input (a negative numerator, a denominator of zero or less, a numerator
        greater than its denominator, an infinity), naming the first offending position. An
        impossible value is refused even where the other half of its row is missing.

    Notes
    -----
    (2x + z² ∓ z √(z² + 4x(1 - x/n))) / (2(n + z²)). Wilson EB (1927), J Am Stat Assoc 22:209-212.

    Examples
    --------
    Repeat child protection plans, Bedford 2025: 29 of 173.

    >>> lower, upper = proportion_interval(29, 173)
    >>> round(lower, 3), round(upper, 3)
    (0.119, 0.23)
    """
    z = normal_quantile(confidence)
    (x, n), layout = read_columns(numerator, denominator)
    refuse_numerators(layout, x, n)
    lower, upper = fill_in_blocks(lambda x, n: _wilson(x, n, z), 2, x, n)
    return layout.give_back(lower), layout.give_back(upper)


def rate_interval(
    events: Column, population: Column, per: float = 10_000, confidence: float = 0.95
) -> tuple[Column, Column]:
    """Return the interval of a rate: exact Poisson below 10 events, Byar's from 10 up.

    Parameters
    ----------
    events : float, sequence, array or Series
        Counts, 0 or more; may exceed the population. Fractions are taken as they are (a
        full-time equivalent, an average of quarters): both formulas hold for them.
    population : float, sequence, array or Series
        Greater than 0. Missing in either gives missing limits.
    per : float
        The rate is per this many of the population; greater than 0.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : like the inputs
        Limits of the rate per `per`. A Series keeps its index.

    Raises
    ------
    ValueError
        For impossible input (negative events, a population of zero or less, an infinity),
        naming the first offending position. An impossible value is refused even where the
        other half of its row is missing.

    Notes
    -----
    Exact: χ²(α/2, 2x)/2, which is 0 when x = 0, and χ²(1 - α/2, 2x + 2)/2 (Garwood F (1936),
    Biometrika 28:437-442). Byar's: x(1 - 1/(9x) - z/(3√x))³ and, with y = x + 1,
    y(1 - 1/(9y) + z/(3√y))³ (Breslow NE, Day NE (1987), IARC Scientific Publications 82).

    Examples
    --------
    >>> lower, upper = rate_interval(5, 10_000)
    >>> round(lower, 3), round(upper, 3)
    (1.623, 11.668)
    """
    z = normal_quantile(confidence)
    refuse_multiplier("per", per)
    (x, n), layout = read_columns(events, population)
    refuse_counts(layout, "events", x, "population", n)
    lower, upper = fill_in_blocks(lambda x: _byar(x, z), 2, x)
    few = x < EXACT_BELOW
    lower[few], upper[few] = exact_poisson(x[few], (1 - confidence) / 2)
    lower, upper = fill_in_blocks(
        lambda low, high, n: (low / n * per, high / n * per), 2, lower, upper, n
    )
    return layout.give_back(lower), layout.give_back(upper)


def annual_rate_interval(
    events: Column,
    population: Column,
    per: float = 10_000,
    periods_per_year: float = 4,
    confidence: float = 0.95,
) -> tuple[Column, Column]:
    """Return the interval of one period's count, shown as an annual rate.

    The interval of the quarter's own count is taken first and then multiplied by 4.
    Multiplying the count first would make it falsely narrow. Prefer a rolling 12 months for
    display: that needs no multiplying.

    Parameters
    ----------
    events, population, per, confidence
        As in `rate_interval`; events are the count of the one period.
    periods_per_year : float
        4 for a quarter, 12 for a month; greater than 0.

    Returns
    -------
    lower, upper : like the inputs
        Limits of the annual rate per `per`.

    Raises
    ------
    ValueError
        As in `rate_interval`.

    Examples
    --------
    >>> lower, upper = annual_rate_interval(5, 10_000)
    >>> round(lower, 3), round(upper, 3)
    (6.494, 46.673)
    """
    refuse_multiplier("periods_per_year", periods_per_year)
    return rate_interval(events, population, per * periods_per_year, confidence)


def exact_poisson(x: Floats, tail: float) -> tuple[Floats, Floats]:
    """Return the means at which a count x is just significant at `tail` on either side.

    χ²(p, 2x)/2, which is 0 when x = 0, and χ²(1 - p, 2(x + 1))/2, with p the tail: the exact
    Poisson interval of x, and equally the edges of a rate's funnel. x is one-dimensional.
    """
    # χ²(p, 2x)/2 is the gamma quantile of shape x. Few distinct counts: each once.
    numbers, counts = pd.factorize(x, use_na_sentinel=False)
    lower = np.where(counts == 0, 0.0, special.gammaincinv(counts, tail))
    upper = special.gammaincinv(counts + 1, 1 - tail)
    return lower[numbers], upper[numbers]


def refuse_numerators(layout: Layout, x: Floats, n: Floats) -> None:
    """Raise ValueError for the first row whose counts cannot be a proportion."""
    refuse_rows(
        layout,
        *_find_bad_counts("numerator", x, "denominator", n),
        (
            x > n,
            lambda at: f"numerator {x.flat[at]:g} is greater than its denominator {n.flat[at]:g}",
        ),
    )


def refuse_counts(layout: Layout, count_name: str, x: Floats, base_name: str, n: Floats) -> None:
    """Raise ValueError for the first negative count, base of zero or less, or infinity."""
    refuse_rows(layout, *_find_bad_counts(count_name, x, base_name, n))


def refuse_multiplier(name: str, value: float) -> None:
    """Raise ValueError unless a multiplier is a finite number greater than 0."""
    if not 0 < value < np.inf:
        raise ValueError(f"{name} must be a number greater than 0, not {value!r}")


def _wilson(x: Floats, n: Floats, z: float) -> tuple[Floats, Floats]:
    # The published formula with numerator and denominator halved: fewer passes. When x = 0
    # the lower limit comes out as exactly 0, because √(z²) is exactly z; when x = n rounding
    # may miss 1 by a hair, and a benchmark of 100% would then look really different.
    half = z * np.sqrt(z * z / 4 + x * (1 - x / n))
    middle = x + z * z / 2
    base = n + z * z
    lower, upper = (middle - half) / base, (middle + half) / base
    upper[x == n] = 1
    return lower, upper


def _byar(x: Floats, z: float) -> tuple[Floats, Floats]:
    y = x + 1
    low = 1 - 1 / (9 * x) - z / (3 * np.sqrt(x))
    high = 1 - 1 / (9 * y) + z / (3 * np.sqrt(y))
    return x * low * low * low, y * high * high * high


def _find_bad_counts(count_name: str, x: Floats, base_name: str, n: Floats) -> list[RowRule]:
    return [
        (x < 0, lambda at: f"{count_name} is negative ({x.flat[at]:g})"),
        (n <= 0, lambda at: f"{base_name} must be greater than 0, not {n.flat[at]:g}"),
        (np.isinf(x), lambda at: f"{count_name} is infinite ({x.flat[at]:g})"),
        (np.isinf(n), lambda at: f"{base_name} is infinite ({n.flat[at]:g})"),
    ]
