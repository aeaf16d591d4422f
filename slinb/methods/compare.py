"""Better, similar or worse than a benchmark, as Fingertips says it."""

from __future__ import annotations

import numpy as np

from slinb.methods.arrays import Codes, Column, Floats, read_columns, read_polarity, refuse_rows

JUDGEMENTS = ("not compared", "similar", "better", "worse", "higher", "lower")

# What an area above the benchmark is called, by the polarity's place in POLARITIES, and what
# one below it is called; as places in JUDGEMENTS.
_ABOVE = np.array([2, 3, 4], dtype=np.int8)
_BELOW = np.array([3, 2, 5], dtype=np.int8)
_SIMILAR = np.int8(1)
_NOT_COMPARED = np.int8(0)


def judge(
    value: Column, lower: Column, upper: Column, benchmark: Column, polarity: Column
) -> Column:
    """Say how each area's value stands to a benchmark, by the area's own interval.

    Parameters
    ----------
    value, lower, upper : float, sequence, array or Series
        The area's value and the limits of its interval: 95% for the first level of judgement,
        99.8% for the second, stronger one.
    benchmark : float, sequence, array or Series
        What the area is compared with, in the same units and unrounded. An area is not
        compared with itself: give missing there.
    polarity : str, sequence, array or Series
        Which is better: "higher", "lower" or "none".

    Returns
    -------
    str, array of str or Series of str, like the inputs
        "similar" when the benchmark lies within the interval, limits included; otherwise
        "better" or "worse", or with no polarity "higher" or "lower" (the area than the
        benchmark); "not compared" where the value, a limit or the benchmark is missing.

    Raises
    ------
    ValueError
        For an unknown polarity, or a lower limit above its upper limit, naming the first
        offending position.

    Notes
    -----
    OHID Fingertips, "Comparing areas: confidence interval method". Limits are compared
    exactly, with no tolerance: the coincidences that do happen (0% of a zero count, 100% of a
    full one) are exact in `proportion_interval`.

    Examples
    --------
    Repeat child protection plans 2025, lower is better, region 22.5%:

    >>> judge(0.168, 0.119, 0.230, 0.225, "lower")
    'similar'
    """
    (value_, low, high, bench), layout = read_columns(value, lower, upper, benchmark)
    refuse_rows(
        layout,
        (
            low > high,
            lambda at: f"lower limit {low.flat[at]:g} is above upper limit {high.flat[at]:g}",
        ),
    )
    codes = _judge(value_, low, high, bench, read_polarity(polarity, layout))
    return layout.give_back_text(codes, JUDGEMENTS)


def _judge(value: Floats, low: Floats, high: Floats, bench: Floats, polarity: Codes) -> Codes:
    codes = np.where(bench < low, _ABOVE[polarity], _SIMILAR)
    codes = np.where(bench > high, _BELOW[polarity], codes)
    missing = np.isnan(value) | np.isnan(low) | np.isnan(high) | np.isnan(bench)
    return np.where(missing, _NOT_COMPARED, codes)
