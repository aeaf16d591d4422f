"""Cumulative incidence with competing events, from risk tables that add up across places.

Source: Aalen O, Johansen S (1978), "An empirical transition matrix for non-homogeneous Markov
chains based on censored observations", Scandinavian Journal of Statistics 5:141-150; variance by
the delta method as in Marubini E, Valsecchi MG (1995), "Analysing Survival Data from Clinical
Trials and Observational Studies", section 10.3 (after Dinse and Larson 1986).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from slinb.methods.arrays import Floats


@dataclass(frozen=True)
class CumulativeIncidence:
    """Estimates after each time of a risk table; times run down the rows, causes across.

    Parameters
    ----------
    survival : array, shape (times,)
        Probability that no event has happened up to and including the time.
    incidence : array, shape (times, causes)
        Probability that an event of the cause has happened by then: with ``survival`` the
        causes add up to one at every time.
    standard_error : array, shape (times, causes)
        Of ``incidence``.
    lower, upper : array, shape (times, causes)
        Limits of the confidence interval, on the 0-1 scale; missing where no event of the
        cause has happened yet, or nobody is left without one.
    """

    survival: Floats
    incidence: Floats
    standard_error: Floats
    lower: Floats
    upper: Floats


def cumulative_incidence(
    at_risk: Any, events: Any, confidence: float = 0.95
) -> CumulativeIncidence:
    """Return the Aalen-Johansen estimate of the incidence of each cause.

    The table may be that of one place or the sum of several (as long as their times are the
    same): the estimate from the sum is that of all their children together. A ratio of events
    to starters would count as no event what was only not yet followed long enough.

    Parameters
    ----------
    at_risk : array, shape (times,)
        How many are followed through the time and had no event before it.
    events : array, shape (times, causes)
        How many events of each cause happen at (or in) the time.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    CumulativeIncidence

    Raises
    ------
    ValueError
        For shapes that do not fit, a negative or missing number, more events than there are at
        risk, a number at risk that grows, or a confidence that is no proportion.

    Notes
    -----
    h_j = d_j / n, S(t) = Π (1 - Σ_j h_j), F_j(t) = Σ S(t-) h_j. The interval is on the scale of
    log(-log(1 - F)), so that it stays within 0 and 1.

    Examples
    --------
    Ten children; in the first month two orders and one return home; one is followed no longer;
    in the second month one order among the six that are left.

    >>> estimate = cumulative_incidence([10, 6], [[2, 1], [1, 0]])
    >>> [round(float(f), 4) for f in estimate.incidence[:, 0]]
    [0.2, 0.3167]
    >>> float(round(estimate.survival[-1] + estimate.incidence[-1].sum(), 12))
    1.0
    """
    n, d = _read_table(at_risk, events)
    z = _read_confidence(confidence)
    total = d.sum(axis=1)
    share = np.divide(total, n, out=np.zeros_like(n), where=n > 0)
    survival = np.cumprod(1 - share)
    before = np.concatenate([[1.0], survival[:-1]])
    hazard = np.divide(d, n[:, None], out=np.zeros_like(d), where=n[:, None] > 0)
    incidence = np.cumsum(before[:, None] * hazard, axis=0)
    error = np.sqrt(np.maximum(_find_variance(n, d, total, before, incidence), 0))
    lower, upper = _find_limits(incidence, error, z)
    return CumulativeIncidence(survival, incidence, error, lower, upper)


def _read_table(at_risk: Any, events: Any) -> tuple[Floats, Floats]:
    n = np.asarray(at_risk, dtype=float)
    d = np.asarray(events, dtype=float)
    if n.ndim != 1 or d.ndim != 2 or len(n) != len(d):
        raise ValueError(
            f"at_risk must have one entry a time and events one row a time and one column a "
            f"cause, not shapes {n.shape} and {d.shape}"
        )
    if not (np.isfinite(n).all() and np.isfinite(d).all()) or (n < 0).any() or (d < 0).any():
        raise ValueError("numbers at risk and events must be given and not negative")
    if (over := np.flatnonzero(d.sum(axis=1) > n)).size:
        raise ValueError(f"more events than there are at risk at time {over[0]}")
    left = n[:-1] - d[:-1].sum(axis=1)
    if (more := np.flatnonzero(n[1:] > left)).size:
        raise ValueError(f"more at risk at time {more[0] + 1} than were left at time {more[0]}")
    return n, d


def _read_confidence(confidence: float) -> float:
    if isinstance(confidence, bool) or not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, such as 0.95, not {confidence!r}")
    return float(special.ndtri((1 + confidence) / 2))


def _find_variance(
    n: Floats, d: Floats, total: Floats, before: Floats, incidence: Floats
) -> Floats:
    """Return the delta-method variance of each incidence.

    Σ_k (F(t) - F(k))² D/(n(n - D)) + Σ_k S(k-)² (n - d)d/n³ - 2 Σ_k (F(t) - F(k)) S(k-) d/n²,
    sums over the times k up to t; D counts all events, d those of the cause. (F(t) - F(k))²
    is multiplied out, so that running sums do for every t at once.
    """
    column = lambda values: values[:, None]  # noqa: E731  # broadcasts a time over the causes
    spread = _divide(total, n * (n - total))
    own = column(_divide(np.ones_like(n), n**3)) * (column(n) - d) * d * column(before) ** 2
    both = column(_divide(before, n**2)) * d
    first = (
        incidence**2 * column(np.cumsum(spread))
        - 2 * incidence * np.cumsum(incidence * column(spread), axis=0)
        + np.cumsum(incidence**2 * column(spread), axis=0)
    )
    third = incidence * np.cumsum(both, axis=0) - np.cumsum(incidence * both, axis=0)
    return first + np.cumsum(own, axis=0) - 2 * third


def _divide(above: Floats, below: Floats) -> Floats:
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _find_limits(incidence: Floats, error: Floats, z: float) -> tuple[Floats, Floats]:
    """Return the limits on the scale of log(-log(1 - F))."""
    inner = (incidence > 0) & (incidence < 1)
    safe = np.where(inner, incidence, 0.5)
    scale = np.log1p(-safe)
    step = z * error / ((1 - safe) * -scale)
    lower = -np.expm1(scale * np.exp(-step))
    upper = -np.expm1(scale * np.exp(step))
    return np.where(inner, lower, np.nan), np.where(inner, upper, np.nan)
