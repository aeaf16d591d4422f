"""XmR charts of quarterly series: limits from the moving range, and four rules for signals.

Source: Shewhart's individuals chart in the form that NHS England's "Making data count" teaches
and NHSRplotthedots publishes (rules in that order), with the screening of moving ranges of
Nelson LS (1982), "Control charts for individual measurements", Journal of Quality Technology
14:172-173.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from numbers import Integral

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.methods.arrays import Column, Floats, Layout, as_floats, refuse_infinite

FLAGS = ("outside", "trend", "two_of_three", "shift")
"""In order of precedence: a point carries the first that holds."""

TRIAL_BELOW = 13
"""With fewer points than this the limits are trial limits, and the chart says so."""

LIMIT_FACTOR = 2.66
SCREEN_FACTOR = 3.267
RUN_LENGTH = 7

# Differences under this share of the series' largest value are rounding, not change: 0.1 + 0.2
# lies on a mean of 0.3.
_ROUNDING = 1e-12

Bools = npt.NDArray[np.bool_]
Signs = npt.NDArray[np.int8]
Segments = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Points:
    """Series laid end to end, each point with its segment; a rule never crosses a start."""

    observed: Floats
    starts: Bools
    segment: Segments
    rounding: Floats


@dataclass(frozen=True)
class _Centre:
    """Each point's mean and the distance from it to either limit, missing without limits."""

    mean: Floats
    half: Floats


def xmr(values: Column, screen: bool = True, rebase_at: Sequence[Hashable] = ()) -> pd.DataFrame:
    """Return the XmR chart of one series.

    Parameters
    ----------
    values : sequence, array or Series
        One value a period, in order of time, with a missing value for a period without one.
    screen : bool
        Drop moving ranges of 3.267 times their mean or more, once, before taking the mean
        moving range again. The mean of the values is never screened.
    rebase_at : sequence of int or of labels
        Where a new segment starts: that point is its first. An integer is a position from 0;
        anything else is a label of a Series' index, such as a period.

    Returns
    -------
    DataFrame
        One row a value, with the index of a Series. `value`; `segment`, from 0; `mean`,
        `lower` and `upper` of the segment, on every row of it; `flag`, one of "outside",
        "trend", "two_of_three" and "shift" or missing.

    Raises
    ------
    ValueError
        For an infinite value, or a place to rebase that is not in the series.

    Notes
    -----
    Limits are mean ∓ 2.66 x mean moving range. Rules, the first that holds: outside the
    limits; part of 7 points rising or falling (a tie breaks it); further than two-thirds of
    the way to a limit, in 3 points running on one side of the mean of which at least 2 are so
    (a point outside the limits counts as one; points that are not so far are not flagged);
    part of 7 points running on one side (a point on the mean breaks it). Every point of a run
    is flagged. A segment stands alone and no rule crosses its start.

    A segment whose (screened) mean moving range is 0, of equal values or a single one, has no
    limits rather than a band of zero width; its trends and shifts are still found.

    A missing value has no flag, forms no moving range on either side, and breaks every run:
    NHSRplotthedots asks for series without gaps, and bridging one would call seven points
    "in a row" that were not observed in a row.

    The lower limit may be below 0; a chart of counts draws it at 0.

    Examples
    --------
    NHS England's demonstration series:

    >>> chart = xmr([89, 86, 75, 77, 81, 74, 72, 78, 76, 82, 77, 54, 66, 77, 86])
    >>> chart.loc[11, ["mean", "lower", "upper"]].astype(float).round(1).tolist()
    [76.7, 57.1, 96.2]
    >>> chart["flag"].dropna().to_dict()
    {11: 'outside'}
    """
    floats = np.atleast_1d(as_floats(values))
    index = values.index if isinstance(values, pd.Series) else pd.RangeIndex(len(floats))
    layout = Layout(floats.shape, index)
    refuse_infinite(layout, "value", floats)
    starts = np.zeros(len(floats), dtype=bool)
    starts[:1] = True
    starts[_find_positions(rebase_at, index)] = True
    return _chart(_lay_out(floats, starts), layout, screen)


def xmr_many(
    frame: pd.DataFrame,
    by: str | list[str],
    value: str = "value",
    screen: bool = True,
    rebase: str | None = None,
) -> pd.DataFrame:
    """Return the XmR charts of many series in one pass: `xmr` for each group of rows.

    Parameters
    ----------
    frame : DataFrame
        One row a value, in order of time within each series; series may interleave.
    by : str or list of str
        The columns that identify a series, such as authority and measure.
    value : str
        The column of values.
    screen : bool
        As in `xmr`.
    rebase : str, optional
        A column that is true on the first row of every new segment.

    Returns
    -------
    DataFrame
        The columns of `xmr`, with the rows and index of the frame; `segment` counts from 0 in
        each series.

    Raises
    ------
    ValueError
        As in `xmr`.
    """
    series = frame.groupby(by, sort=False, dropna=False).ngroup().to_numpy()
    order = np.argsort(series, kind="stable")
    floats = as_floats(frame[value])
    layout = Layout(floats.shape, frame.index)
    refuse_infinite(layout, "value", floats)
    first = _changes(series[order])
    starts = first if rebase is None else first | frame[rebase].to_numpy(dtype=bool)[order]
    chart = _chart(_lay_out(floats[order], starts), layout, screen)
    segment = chart["segment"].to_numpy()
    chart["segment"] = segment - segment[first][np.cumsum(first) - 1]
    back = np.empty(len(order), dtype=np.intp)
    back[order] = np.arange(len(order))
    return chart.take(back).set_axis(frame.index)


def has_trial_limits(chart: pd.DataFrame) -> pd.Series:
    """Say of each row of one series' chart whether its segment has fewer than 13 values.

    Parameters
    ----------
    chart : DataFrame
        From `xmr`, of one series.

    Returns
    -------
    Series of bool
        With the chart's index. A missing value does not count as a point.
    """
    return chart["value"].groupby(chart["segment"]).transform("count") < TRIAL_BELOW


def _find_positions(rebase_at: Sequence[Hashable], index: pd.Index) -> list[int]:
    positions = []
    for place in rebase_at:
        if isinstance(place, Integral):
            found = int(place)
        else:
            found = int(index.get_indexer_for(pd.Index([place]))[0])
        if not 0 <= found < len(index):
            raise ValueError(f"rebase_at: {place!r} is not one of the {len(index)} points")
        positions.append(found)
    return positions


def _lay_out(values: Floats, starts: Bools) -> _Points:
    segment = np.cumsum(starts) - 1
    size = np.where(np.isnan(values), 0, np.abs(values))
    largest = np.maximum.reduceat(size, np.flatnonzero(starts)) if len(values) else size
    return _Points(values, starts, segment, _ROUNDING * largest[segment])


def _chart(points: _Points, layout: Layout, screen: bool) -> pd.DataFrame:
    with np.errstate(invalid="ignore", divide="ignore"):
        centre = _Centre(_segment_mean(points, points.observed), _limit_distance(points, screen))
        codes = _flag_codes(points, centre)
    return pd.DataFrame(
        {
            "value": points.observed,
            "segment": points.segment,
            "mean": centre.mean,
            "lower": centre.mean - centre.half,
            "upper": centre.mean + centre.half,
            "flag": layout.give_back_text(codes, FLAGS),
        },
        index=layout.index,
    )


def _segment_mean(points: _Points, values: Floats) -> Floats:
    # The mean of a segment's known values, on each of its rows. The second pass takes out the
    # rounding of the first, so that equal values have exactly that value as their mean.
    known = ~np.isnan(values)
    count = np.bincount(points.segment, known)
    mean = np.bincount(points.segment, np.where(known, values, 0)) / count
    residual = np.where(known, values - mean[points.segment], 0)
    mean = mean + np.bincount(points.segment, residual) / count
    return mean[points.segment]


def _limit_distance(points: _Points, screen: bool) -> Floats:
    moving = np.abs(_steps(points))
    typical = _segment_mean(points, moving)
    if screen:
        kept = moving < SCREEN_FACTOR * typical - points.rounding
        typical = _segment_mean(points, np.where(kept, moving, np.nan))
    return np.where(typical > points.rounding, LIMIT_FACTOR * typical, np.nan)


def _steps(points: _Points) -> Floats:
    # From the point before; missing at the start of a segment and beside a missing value.
    steps = np.diff(points.observed, prepend=np.nan)
    steps[points.starts] = np.nan
    return steps


def _flag_codes(points: _Points, centre: _Centre) -> Signs:
    deviation = points.observed - centre.mean
    side = _signs(deviation, points)
    distance = np.abs(deviation) - points.rounding
    codes = np.full(len(side), -1, dtype=np.int8)
    codes[_in_long_run(side, points, RUN_LENGTH)] = FLAGS.index("shift")
    codes[_two_of_three(distance > centre.half * 2 / 3, side, points)] = FLAGS.index("two_of_three")
    codes[_in_trend(points)] = FLAGS.index("trend")
    codes[distance > centre.half] = FLAGS.index("outside")
    return codes


def _signs(differences: Floats, points: _Points) -> Signs:
    # 1, 0 or -1, with 0 for a tie and for missing: both break a run.
    above = differences > points.rounding
    below = differences < -points.rounding
    return above.astype(np.int8) - below.astype(np.int8)


def _in_trend(points: _Points) -> Bools:
    # Seven points are six steps; the point that the first step leaves belongs to the trend.
    arriving = _in_long_run(_signs(_steps(points), points), points, RUN_LENGTH - 1)
    leaving = np.append(arriving[1:], False)[: len(arriving)]
    return arriving | leaving


def _two_of_three(far: Bools, side: Signs, points: _Points) -> Bools:
    flagged = np.zeros(len(far), dtype=bool)
    if len(far) < 3:
        return flagged
    one_side = (side[2:] != 0) & (side[2:] == side[1:-1]) & (side[2:] == side[:-2])
    whole = ~points.starts[2:] & ~points.starts[1:-1]
    enough = far[2:].astype(np.int8) + far[1:-1] + far[:-2] >= 2
    hit = one_side & whole & enough
    flagged[2:] |= hit
    flagged[1:-1] |= hit
    flagged[:-2] |= hit
    return flagged & far


def _in_long_run(signs: Signs, points: _Points, length: int) -> Bools:
    run = np.cumsum(_changes(signs) | points.starts)
    return (signs != 0) & (np.bincount(run)[run] >= length)


def _changes(labels: npt.NDArray[np.generic]) -> Bools:
    # True where a label differs from the one before, and on the first.
    changed = np.ones(len(labels), dtype=bool)
    changed[1:] = labels[1:] != labels[:-1]
    return changed
