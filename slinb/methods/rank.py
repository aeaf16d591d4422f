"""Rank and quartile band, as the DfE's local authority interactive tool (LAIT) gives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.methods.arrays import (
    NO_POLARITY,
    POLARITIES,
    Codes,
    Column,
    Floats,
    Layout,
    as_floats,
    find_layout,
    read_polarity,
    refuse_infinite,
    refuse_rows,
)

BANDS = ("A", "B", "C", "D")
"""A is best, D worst."""

_HIGHER = POLARITIES.index("higher")
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class _Sorted:
    """Rows that have a value, a group and a polarity, by group and by value in the group."""

    rows: Positions
    key: Floats
    polarity: Codes
    starts: Positions
    sizes: Positions


def rank(values: Column, polarity: Column) -> Column:
    """Rank areas: 1 is best, equal values share the smallest rank, missing left out.

    Parameters
    ----------
    values : sequence, array or Series
        One value an area: local authorities only, never a region or England among them.
    polarity : str
        Which is better: "higher", "lower" or "none". (A sequence is taken when all its
        entries are the same.)

    Returns
    -------
    array or Series of float, like the input
        Missing where the value is missing, and everywhere when there is no polarity.

    Raises
    ------
    ValueError
        For an unknown polarity, mixed polarities, or an infinite value (first position named).

    Notes
    -----
    DfE, local authority interactive tool (LAIT), user guide.

    Examples
    --------
    >>> rank([0.2, 0.1, None, 0.2], "lower").tolist()
    [2.0, 1.0, nan, 2.0]
    """
    return rank_within(values, None, polarity)


def quartile_band(values: Column, polarity: Column) -> Column:
    """Put each area in its quartile band, A (best) to D.

    Parameters
    ----------
    values : sequence, array or Series
        One value an area: local authorities only, never a region or England among them.
    polarity : str
        Which is better: "higher", "lower" or "none". (A sequence is taken when all its
        entries are the same.)

    Returns
    -------
    array or Series of str, like the input
        With "lower", A = lowest to Q1, B = (Q1, Q2], C = (Q2, Q3], D above Q3. With "higher"
        the same intervals are D, C, B, A. A value on a boundary so belongs to the band of the
        lower values. Missing where the value is missing or there is no polarity.

    Raises
    ------
    ValueError
        For an unknown polarity, mixed polarities, or an infinite value (first position named).

    Notes
    -----
    DfE, LAIT user guide. Quartiles are of type 7 (Hyndman and Fan 1996, American Statistician
    50:361-365), the default of R, numpy and Excel's QUARTILE.INC. When values tie across a
    boundary the bands are unequal, and when all tie every area is in the band of the lower
    values: A, or D where higher is better.

    Examples
    --------
    >>> quartile_band([0, 0, 0, 4, 8], "lower").tolist()
    ['A', 'A', 'A', 'C', 'D']
    """
    return quartile_band_within(values, None, polarity)


def rank_within(values: Column, groups: Column, polarity: Column) -> Column:
    """Rank areas within groups, such as measure by period, in one pass.

    Parameters
    ----------
    values : sequence, array or Series
        One value a row.
    groups : sequence, array, Series or None
        A label a row, in any order; a missing label leaves the row out. None: all one group.
        For a group of several columns give `frame.groupby([...]).ngroup()`.
    polarity : str, sequence, array or Series
        "higher", "lower" or "none"; the same throughout a group.

    Returns
    -------
    array or Series of float, like the values
        As `rank` gives it for each group.

    Raises
    ------
    ValueError
        As in `rank`.
    """
    floats, layout = _read_values(values, groups, polarity)
    ordered = _sort(floats, groups, polarity, layout, best_first=True)
    result = np.full(floats.shape, np.nan)
    result[ordered.rows] = _smallest_ranks(ordered)
    return layout.give_back(result)


def quartile_band_within(values: Column, groups: Column, polarity: Column) -> Column:
    """Put areas in quartile bands within groups, such as measure by period, in one pass.

    Parameters
    ----------
    values, groups, polarity
        As in `rank_within`.

    Returns
    -------
    array or Series of str, like the values
        As `quartile_band` gives it for each group.

    Raises
    ------
    ValueError
        As in `quartile_band`.
    """
    floats, layout = _read_values(values, groups, polarity)
    ordered = _sort(floats, groups, polarity, layout, best_first=False)
    codes = np.full(floats.shape, -1, dtype=np.int8)
    codes[ordered.rows] = _band_codes(ordered)
    return layout.give_back_text(codes, BANDS)


def _read_values(values: Column, groups: Column, polarity: Column) -> tuple[Floats, Layout]:
    floats = np.atleast_1d(as_floats(values))
    parts = [part for part in (groups, polarity) if not pd.api.types.is_scalar(part)]
    layout = find_layout([values, *parts], [floats.shape, *((len(part),) for part in parts)])
    refuse_infinite(layout, "value", floats)
    return floats, layout


def _sort(
    values: Floats, groups: Column, polarity: Column, layout: Layout, *, best_first: bool
) -> _Sorted:
    codes = read_polarity(polarity, layout)
    group, count = _number_groups(groups, len(values))
    _refuse_mixed_polarity(codes, group, count, layout)
    rows = np.flatnonzero(~np.isnan(values) & (group >= 0) & (codes != NO_POLARITY))
    if best_first:
        values = np.where(codes == _HIGHER, -values, values)
    rows = rows[np.argsort(values[rows])]
    # A stable sort of small integers is a radix sort: far cheaper than sorting pairs.
    rows = rows[np.argsort(group[rows].astype(np.min_scalar_type(count)), kind="stable")]
    sizes = np.bincount(group[rows], minlength=count)
    sizes = sizes[sizes > 0]
    return _Sorted(rows, values[rows], codes[rows], np.cumsum(sizes) - sizes, sizes)


def _number_groups(groups: Column, length: int) -> tuple[Positions, int]:
    if groups is None:
        return np.zeros(length, dtype=np.intp), 1
    numbers, labels = pd.factorize(groups if isinstance(groups, pd.Series) else pd.Series(groups))
    return numbers, max(len(labels), 1)


def _refuse_mixed_polarity(codes: Codes, group: Positions, count: int, layout: Layout) -> None:
    # Written backwards, so that each group keeps its earliest row's polarity; rows without a
    # group (-1) write to a place of their own at the end.
    first = np.empty(count + 1, dtype=np.int8)
    first[group[::-1]] = codes[::-1]
    refuse_rows(
        layout,
        (
            (codes != first[group]) & (group >= 0),
            lambda at: (
                f"polarity {POLARITIES[codes[at]]!r} differs from others of its group; "
                "values can only be ranked in one direction"
            ),
        ),
    )


def _smallest_ranks(ordered: _Sorted) -> Floats:
    # The rank of a value is the place of the first value equal to it, counted in its group.
    place = np.arange(len(ordered.rows))
    new = np.empty(len(place), dtype=bool)
    new[1:] = ordered.key[1:] != ordered.key[:-1]
    new[ordered.starts] = True
    first = np.maximum.accumulate(np.where(new, place, 0))
    return (first - np.repeat(ordered.starts, ordered.sizes) + 1).astype(float)


def _band_codes(ordered: _Sorted) -> Codes:
    code = np.zeros(len(ordered.rows), dtype=np.int8)
    for share in (0.25, 0.5, 0.75):
        code += ordered.key > np.repeat(_cut(ordered, share), ordered.sizes)
    return np.where(ordered.polarity == _HIGHER, np.int8(len(BANDS) - 1) - code, code)


def _cut(ordered: _Sorted, share: float) -> Floats:
    # Type 7 puts the quartile at place (n - 1) * share of the sorted values, in between by
    # straight line. No value lies between that point and the value just before it, so the value
    # before it cuts the group alike, without the rounding of an interpolation.
    return ordered.key[ordered.starts + ((ordered.sizes - 1) * share).astype(np.intp)]
