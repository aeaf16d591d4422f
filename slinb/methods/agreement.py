"""How far two graders agree beyond chance: Cohen's kappa, plain and weighted, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from slinb.methods.arrays import Floats
from slinb.methods.intervals import normal_quantile

Weights: TypeAlias = Literal["none", "linear", "quadratic"]
_POWERS: dict[str, int] = {"linear": 1, "quadratic": 2}
_MISSING = float("nan")
#: A variance below this is a rounding remnant of nought.
_NOUGHT = 1e-12


@dataclass(frozen=True)
class Agreement:
    """Agreement of two graders over the same cases.

    Parameters
    ----------
    n : int
        Cases that both graded.
    observed, expected : float
        Agreement seen and agreement that chance alone would give, 0-1, by the weights.
    kappa : float
        (observed - expected) / (1 - expected); missing where chance alone gives full agreement.
    lower, upper : float
        Limits of kappa; missing with it, and where the sample shows no variance.
    """

    n: int
    observed: float = _MISSING
    expected: float = _MISSING
    kappa: float = _MISSING
    lower: float = _MISSING
    upper: float = _MISSING


def cross_grades(first: Any, second: Any, grades: Sequence[Any]) -> Floats:
    """Count the cases by the grade of the first and of the second grader.

    Parameters
    ----------
    first, second : sequence, array or Series
        One grade a case, in the same order; a case that either left without grade is left out.
    grades : sequence
        Every grade of the scale in order, whether or not it was given.

    Returns
    -------
    array, shape (len(grades), len(grades))
        Counts; rows are the first grader's grades.

    Raises
    ------
    ValueError
        The two differ in length, or a grade is not on the scale.

    Examples
    --------
    >>> cross_grades([1, 2, 2, None], [1, 2, 1, 2], [1, 2]).tolist()
    [[1.0, 0.0], [1.0, 1.0]]
    """
    pairs = [pd.array(list(side), dtype=object) for side in (first, second)]
    if len(pairs[0]) != len(pairs[1]):
        raise ValueError(f"{len(pairs[0])} grades cannot be paired with {len(pairs[1])}")
    both = ~(pd.isna(pairs[0]) | pd.isna(pairs[1]))
    rows, columns = (_place_grades(side[both], grades) for side in pairs)
    table = np.zeros((len(grades), len(grades)))
    np.add.at(table, (rows, columns), 1)
    return table


def measure_agreement(table: Any, weights: Weights = "none", confidence: float = 0.95) -> Agreement:
    """Return Cohen's kappa of a square table of counts, with its large-sample interval.

    Parameters
    ----------
    table : array, shape (k, k)
        Cases by the grade of the first (rows) and second grader, on the same ordered scale
        (:func:`cross_grades`).
    weights : {"none", "linear", "quadratic"}
        What a disagreement costs: the same whatever its size, its distance on the scale, or
        the square of that.
    confidence : float
        Between 0 and 1.

    Returns
    -------
    Agreement
        Kappa is missing for no case, and where both graders gave one and the same grade
        throughout: chance then gives all the agreement there is. The limits, cut off at -1 and
        1, are missing where the sample has no variance (full agreement): an interval of no
        width would claim a certainty that no sample gives.

    Raises
    ------
    ValueError
        The table is not square, a count is negative or not finite, or the weights are unknown.

    Notes
    -----
    Cohen J (1960), Educational and Psychological Measurement 20:37-46, and (1968),
    Psychological Bulletin 70:213-220. With agreement weights w (1 on the diagonal), shares p,
    margins r and c, and their mean weights u = w c, v = r w, the variance of kappa is
    {Σ p [w (1 - e) - (u + v)(1 - o)]² - (o e - 2 e + o)²} / (n (1 - e)⁴):
    Fleiss JL, Cohen J, Everitt BS (1969), Psychological Bulletin 72:323-327. It is a
    large-sample formula; on a few dozen cases the interval is rough.

    Examples
    --------
    Fleiss, Levin and Paik (2003), table 18.1:

    >>> seen = measure_agreement([[75, 1, 4], [5, 4, 1], [0, 0, 10]])
    >>> round(seen.kappa, 2), round(seen.lower, 2), round(seen.upper, 2)
    (0.68, 0.5, 0.85)
    """
    counts = _read_table(table)
    weight = _agreement_weights(len(counts), weights)
    n = counts.sum()
    if n == 0:
        return Agreement(0)
    shares = counts / n
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed = float((weight * shares).sum())
    expected = float(rows @ weight @ columns)
    if np.isclose(expected, 1):
        return Agreement(int(n), observed, expected)
    kappa = (observed - expected) / (1 - expected)
    margins = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    spread = (shares * (weight * (1 - expected) - margins * (1 - observed)) ** 2).sum()
    variance = spread - (observed * expected - 2 * expected + observed) ** 2
    if variance < _NOUGHT:
        return Agreement(int(n), observed, expected, kappa)
    half = normal_quantile(confidence) * np.sqrt(variance / n) / (1 - expected) ** 2
    limits = np.clip([kappa - half, kappa + half], -1, 1)
    return Agreement(int(n), observed, expected, kappa, float(limits[0]), float(limits[1]))


def _place_grades(given: Any, grades: Sequence[Any]) -> Any:
    places = pd.Index(list(grades)).get_indexer(pd.Index(list(given)))
    if (places < 0).any():
        raise ValueError(f"{given[int(np.argmin(places))]!r} is not on the scale {list(grades)}")
    return places


def _read_table(table: Any) -> Floats:
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"a table of agreement is square, not of shape {counts.shape}")
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise ValueError("a count of cases is 0 or more")
    return counts


def _agreement_weights(size: int, weights: Weights) -> Floats:
    if weights == "none":
        return np.eye(size)
    if weights not in _POWERS:
        raise ValueError(f"weights must be none, linear or quadratic, not {weights!r}")
    steps = np.abs(np.subtract.outer(np.arange(size), np.arange(size)))
    return 1 - (steps / max(size - 1, 1)) ** _POWERS[weights]
