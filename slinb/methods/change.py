"""The interval of a difference between two independent figures, from their own intervals."""

from __future__ import annotations

import numpy as np

from slinb.methods.arrays import Column, Floats, Layout, read_columns, refuse_rows


def difference_interval(
    value: Column,
    lower: Column,
    upper: Column,
    value_before: Column,
    lower_before: Column,
    upper_before: Column,
) -> tuple[Column, Column]:
    """Return the interval of ``value - value_before``.

    Parameters
    ----------
    value, lower, upper : float, sequence, array or Series
        A figure and its interval, in any unit.
    value_before, lower_before, upper_before : float, sequence, array or Series
        The figure that it is compared with, of the same unit and confidence, from other
        people or events than the first: overlapping windows share theirs and may not be
        compared so.

    Returns
    -------
    lower, upper : like the inputs
        At the confidence of the two intervals. A change is real where they exclude 0. Missing
        in gives missing out.

    Raises
    ------
    ValueError
        For a value outside its own limits, naming the first offending position.

    Notes
    -----
    d - √((p₁ - l₁)² + (u₂ - p₂)²) and d + √((u₁ - p₁)² + (p₂ - l₂)²): for proportions with
    Wilson's limits, the hybrid score interval (Newcombe RG (1998), Statistics in Medicine
    17:873-890, method 10); for rates the same recovery of variances from their own limits
    (Zou GY, Donner A (2008), Statistics in Medicine 27:1693-1702).

    Examples
    --------
    Newcombe's example (a), 56/70 against 48/80:

    >>> low, high = difference_interval(0.8, 0.6918, 0.8769, 0.6, 0.4904, 0.7004)
    >>> round(low, 3), round(high, 3)
    (0.052, 0.334)
    """
    columns, layout = read_columns(value, lower, upper, value_before, lower_before, upper_before)
    now, low, high, then, low_then, high_then = columns
    _refuse_outside(layout, now, low, high)
    _refuse_outside(layout, then, low_then, high_then)
    change = now - then
    down = np.hypot(now - low, high_then - then)
    up = np.hypot(high - now, then - low_then)
    return layout.give_back(change - down), layout.give_back(change + up)


def _refuse_outside(layout: Layout, value: Floats, lower: Floats, upper: Floats) -> None:
    def say(at: int) -> str:
        limits = f"{lower.flat[at]:g} to {upper.flat[at]:g}"
        return f"value {value.flat[at]:g} is outside its limits {limits}"

    refuse_rows(layout, ((value < lower) | (value > upper), say))
