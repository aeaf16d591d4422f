"""Funnel limits for proportions and rates, and the adjustment for over-dispersion.

A point outside its funnel differs from the centre by more than chance explains. For a
proportion that is exactly "the area's own Wilson interval excludes the centre", so the funnel
and a judgement by `compare.judge` never disagree. For a rate they agree exactly below 10
events; from 10 up the interval is Byar's approximation and the two can part at the margin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from slinb.methods.arrays import Column, Floats, Layout, read_columns, refuse_rows
from slinb.methods.intervals import (
    exact_poisson,
    normal_quantile,
    refuse_counts,
    refuse_multiplier,
    refuse_numerators,
)

PLACES = ("within", "above", "below")

_WINSORISED = (0.1, 0.9)


@dataclass(frozen=True, eq=False)
class Overdispersion:
    """How much more areas vary than chance alone explains, and limits that allow for it.

    Parameters
    ----------
    phi : float
        φ, the mean of the squared winsorised z-scores: about 1 when chance explains the
        variation; where it is large, unadjusted limits call nearly every area an outlier.
        Missing when no area has both counts.
    tau2 : float
        τ², the variance between areas on the arcsine-root scale, 0 when φ needs no adjusting.
    centre : float
        p̄, the pooled proportion: sum of numerators over sum of denominators.
    lower, upper : like the inputs
        Adjusted limits on the 0-1 scale at each area's denominator.
    """

    phi: float
    tau2: float
    centre: float
    lower: Column
    upper: Column


def proportion_limits(
    denominator: Column, centre: Column, confidence: float = 0.95
) -> tuple[Column, Column]:
    """Return the funnel of a proportion at each denominator.

    Parameters
    ----------
    denominator : float, sequence, array or Series
        Greater than 0; missing gives missing limits.
    centre : float, sequence, array or Series
        p̄, the proportion that areas are compared with, 0 to 1.
    confidence : float
        Between 0 and 1; draw 0.95 and 0.998.

    Returns
    -------
    lower, upper : like the inputs
        p̄ ∓ z √(p̄(1 - p̄)/n), clipped to 0-1.

    Raises
    ------
    ValueError
        For a denominator of zero or less, a centre outside 0-1 or an infinity, naming the
        first offending position.

    Notes
    -----
    Spiegelhalter DJ (2005), "Funnel plots for comparing institutional performance", Statistics
    in Medicine 24:1185-1202; OHID Fingertips technical guidance on funnel plots.

    Examples
    --------
    >>> lower, upper = proportion_limits(100, 0.5)
    >>> round(lower, 3), round(upper, 3)
    (0.402, 0.598)
    """
    z = normal_quantile(confidence)
    (n, middle), layout = read_columns(denominator, centre)
    _refuse_bases(layout, "denominator", n)
    _refuse_proportions(layout, middle)
    half = z * np.sqrt(middle * (1 - middle) / n)
    lower, upper = np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)
    return layout.give_back(lower), layout.give_back(upper)


def place_proportion(
    numerator: Column, denominator: Column, centre: Column, confidence: float = 0.95
) -> Column:
    """Say where each area's proportion lies to its funnel: "within", "above" or "below".

    Parameters
    ----------
    numerator, denominator : float, sequence, array or Series
        Counts, as in `intervals.proportion_interval`.
    centre, confidence
        As in `proportion_limits`.

    Returns
    -------
    str, array of str or Series of str, like the inputs
        A point on a limit is within. Missing where an input is missing.

    Raises
    ------
    ValueError
        As in `proportion_limits` and `intervals.proportion_interval`.
    """
    (x, n, middle), layout = read_columns(numerator, denominator, centre)
    refuse_numerators(layout, x, n)
    lower, upper = proportion_limits(n, middle, confidence)
    return _give_places(layout, x / n, lower, upper)


def rate_limits(
    population: Column, centre: Column, per: float = 10_000, confidence: float = 0.95
) -> tuple[Column, Column]:
    """Return the funnel of a rate at each population.

    Parameters
    ----------
    population : float, sequence, array or Series
        Greater than 0; missing gives missing limits.
    centre : float, sequence, array or Series
        The rate that areas are compared with, per `per`; 0 or more.
    per : float
        The rates are per this many of the population.
    confidence : float
        Between 0 and 1; draw 0.95 and 0.998.

    Returns
    -------
    lower, upper : like the inputs
        Rates per `per`. The lower limit is 0 where even no event at all would be unremarkable.

    Raises
    ------
    ValueError
        For a population of zero or less, a negative centre or an infinity, naming the first
        offending position.

    Notes
    -----
    The published funnel (OHID Fingertips technical guidance; Dover DC, Schopflocher DP (2011),
    Population Health Metrics 9:58) takes counts O = 1, 2, 3 … and finds for each the expected
    counts at which it is just significant, χ²(1 - p, 2(O + 1))/2 below and χ²(p, 2O)/2 above,
    with p = 0.025 or 0.001; the expected count over the centre is the population to draw it at.
    Here the same two equations are solved for O at the population asked for: the curve passes
    through every published point, and between them needs no choice of grid. A whole count is
    outside this curve exactly when `place_rate` says so.

    Examples
    --------
    Where 10 events are expected, 4 and 17 are within and 3 and 18 outside:

    >>> lower, upper = rate_limits(10_000, 10)
    >>> round(lower, 2), round(upper, 2)
    (3.83, 17.13)
    """
    tail = _tail(confidence)
    refuse_multiplier("per", per)
    (n, middle), layout = read_columns(population, centre)
    _refuse_bases(layout, "population", n)
    _refuse_rates(layout, middle)
    expected = middle / per * n
    # gdtrib gives the shape of a gamma distribution from a probability and a value.
    fewest = np.maximum(special.gdtrib(1.0, 1 - tail, expected) - 1, 0)
    most = special.gdtrib(1.0, tail, expected)
    return layout.give_back(fewest / n * per), layout.give_back(most / n * per)


def place_rate(
    events: Column,
    population: Column,
    centre: Column,
    per: float = 10_000,
    confidence: float = 0.95,
) -> Column:
    """Say where each area's rate lies to its exact funnel: "within", "above" or "below".

    Parameters
    ----------
    events, population : float, sequence, array or Series
        Counts, as in `intervals.rate_interval`.
    centre, per, confidence
        As in `rate_limits`.

    Returns
    -------
    str, array of str or Series of str, like the inputs
        "above" when the expected count (centre x population / per) is under χ²(p, 2O)/2,
        "below" when it is over χ²(1 - p, 2(O + 1))/2. Missing where an input is missing.

    Raises
    ------
    ValueError
        As in `rate_limits` and `intervals.rate_interval`.

    Examples
    --------
    >>> place_rate([3, 4, 17, 18], 10_000, 10).tolist()
    ['below', 'within', 'within', 'above']
    """
    tail = _tail(confidence)
    refuse_multiplier("per", per)
    (x, n, middle), layout = read_columns(events, population, centre)
    refuse_counts(layout, "events", x, "population", n)
    _refuse_rates(layout, middle)
    low, high = exact_poisson(x.reshape(-1), tail)
    expected = middle / per * n
    # The places are the count's, so they are the reverse of the expected count's.
    return _give_places(layout, -expected, -high.reshape(x.shape), -low.reshape(x.shape))


def overdispersion(
    numerator: Column, denominator: Column, confidence: float = 0.95
) -> Overdispersion:
    """Measure over-dispersion among areas' proportions and return limits adjusted for it.

    Parameters
    ----------
    numerator, denominator : sequence, array or Series
        Counts, one row an area, as in `intervals.proportion_interval`. A row with either
        missing takes no part and has no limits.
    confidence : float
        Of the adjusted limits, between 0 and 1.

    Returns
    -------
    Overdispersion
        φ, τ², the pooled centre and the adjusted limits. To draw the curve at other
        denominators give centre and τ² to `adjusted_limits`.

    Raises
    ------
    ValueError
        As in `intervals.proportion_interval`.

    Notes
    -----
    Spiegelhalter DJ (2005), "Handling over-dispersion of performance indicators", Quality and
    Safety in Health Care 14:347-351: additive random effects on the arcsine-root scale.
    y = asin √p, s = 1/(2√n), z = (y - asin √p̄)/s winsorised at its 10th and 90th percentiles
    (quantile type 7), φ = mean of z², w = 1/s²,
    τ² = max(0, (Nφ - (N - 1)) / (Σw - Σw²/Σw)).

    Examples
    --------
    >>> result = overdispersion([10, 30, 20], [100, 100, 100])
    >>> round(result.phi, 2), round(result.tau2, 4), result.centre
    (2.87, 0.0082, 0.2)
    """
    (x, n), layout = read_columns(numerator, denominator)
    refuse_numerators(layout, x, n)
    n = np.where(np.isnan(x), np.nan, n)
    known = ~np.isnan(n)
    phi, tau2, centre = _measure_overdispersion(x[known], n[known])
    lower, upper = adjusted_limits(n, centre, tau2, confidence)
    return Overdispersion(phi, tau2, centre, layout.give_back(lower), layout.give_back(upper))


def adjusted_limits(
    denominator: Column, centre: float, tau2: float, confidence: float = 0.95
) -> tuple[Column, Column]:
    """Return the funnel of a proportion widened by the variance between areas.

    Parameters
    ----------
    denominator : float, sequence, array or Series
        Greater than 0; missing gives missing limits.
    centre, tau2 : float
        p̄ and τ² from `overdispersion`.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    lower, upper : like the denominator
        sin²(asin √p̄ ∓ z √(1/(4n) + τ²)) on the 0-1 scale, held at 0 or 1 where the
        back-transform would fold over.

    Raises
    ------
    ValueError
        As in `proportion_limits`.
    """
    z = normal_quantile(confidence)
    (n, middle), layout = read_columns(denominator, centre)
    _refuse_bases(layout, "denominator", n)
    _refuse_proportions(layout, middle)
    half = z * np.sqrt(1 / (4 * n) + tau2)
    angle = np.arcsin(np.sqrt(middle))
    lower = np.sin(np.clip(angle - half, 0, np.pi / 2)) ** 2
    upper = np.sin(np.clip(angle + half, 0, np.pi / 2)) ** 2
    return layout.give_back(lower), layout.give_back(upper)


def _measure_overdispersion(x: Floats, n: Floats) -> tuple[float, float, float]:
    areas = len(x)
    if areas == 0:
        return np.nan, np.nan, np.nan
    centre = x.sum() / n.sum()
    spread = 1 / (2 * np.sqrt(n))
    z = (np.arcsin(np.sqrt(x / n)) - np.arcsin(np.sqrt(centre))) / spread
    phi = float(np.mean(np.clip(z, *np.quantile(z, _WINSORISED)) ** 2))
    excess = areas * phi - (areas - 1)
    weight = 1 / spread**2
    if excess <= 0:
        return phi, 0.0, float(centre)
    tau2 = excess / (weight.sum() - (weight**2).sum() / weight.sum())
    return phi, float(tau2), float(centre)


def _tail(confidence: float) -> float:
    normal_quantile(confidence)  # refuses an impossible confidence in the same words
    return (1 - confidence) / 2


def _give_places(layout: Layout, points: Floats, lower: Floats, upper: Floats) -> Column:
    codes = np.select([np.isnan(points + lower), points > upper, points < lower], [-1, 1, 2], 0)
    return layout.give_back_text(codes.astype(np.int8), PLACES)


def _refuse_bases(layout: Layout, name: str, n: Floats) -> None:
    refuse_rows(
        layout,
        (n <= 0, lambda at: f"{name} must be greater than 0, not {n.flat[at]:g}"),
        (np.isinf(n), lambda at: f"{name} is infinite ({n.flat[at]:g})"),
    )


def _refuse_proportions(layout: Layout, centre: Floats) -> None:
    outside = (centre < 0) | (centre > 1)
    refuse_rows(
        layout,
        (outside, lambda at: f"centre must be between 0 and 1, not {centre.flat[at]:g}"),
    )


def _refuse_rates(layout: Layout, centre: Floats) -> None:
    bad = (centre < 0) | np.isinf(centre)
    refuse_rows(layout, (bad, lambda at: f"centre must be 0 or more, not {centre.flat[at]:g}"))
