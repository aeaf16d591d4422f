"""Withholding what too few audited cases stand behind, and pooling a region without giving it away.

The rule: a row of fewer cases than the region has set is withheld; the number of cases itself is
always given. What could be worked out again is closed in three ways. The region's row is without
a withheld authority, unless two or more are withheld and have that many cases together. Where
one category of an authority is withheld, its smallest other one is too. And where the rows that
are shown still determine a withheld one, rows of the region are withheld until they do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from slinb.methods.intervals import proportion_interval


def pool_region(
    counts: pd.DataFrame,
    by: Sequence[str],
    region: str,
    least: int,
    withheld: pd.Series[Any],
    size: str,
) -> pd.DataFrame:
    """Return the region's rows: the sum of its authorities' counts.

    Parameters
    ----------
    counts : DataFrame
        ``area``, the columns ``by`` and counts (every other column), one row an authority
        and ``by``.
    by : sequence of str
        What a row is of, besides its area.
    region : str
        ONS code of the region.
    least : int
        The set number of cases.
    withheld : Series of bool
        Which of the rows are withheld (:func:`find_withheld`).
    size : str
        The column that says how many cases stand behind a row.

    Returns
    -------
    DataFrame
        The same columns and ``left_out``, how many authorities a row is without.
    """
    if counts.empty:
        return counts.assign(left_out=pd.Series(dtype="float64"))
    keys = list(by)
    groups = counts.assign(held=withheld, hidden=counts[size].where(withheld, 0)).groupby(keys)
    together = groups["held"].transform("sum").ge(2) & groups["hidden"].transform("sum").ge(least)
    out = withheld & ~together
    kept = counts[~out].drop(columns="area").groupby(keys, as_index=False).sum()
    left = counts.assign(left_out=out.astype("float64")).groupby(keys, as_index=False)
    pooled = left["left_out"].sum().merge(kept, on=keys, how="left")
    numbers = [c for c in counts.columns if c not in ("area", *keys)]
    return pooled.assign(area=region, **{c: pooled[c].fillna(0) for c in numbers})


def find_withheld(
    counts: pd.DataFrame, least: int, *, size: str = "n", partition: Sequence[str] = ()
) -> pd.Series[Any]:
    """Return which rows are withheld.

    Parameters
    ----------
    counts : DataFrame
        Rows with the column ``size``.
    least : int
        The set number of cases.
    partition : sequence of str
        Columns within which the rows are the parts of a whole that is shown elsewhere: where
        one part alone is withheld, the smallest other one is withheld too.
    """
    small = counts[size].between(1, least - 1)
    if not partition:
        return small
    second = small.copy()
    for _, rows in counts.groupby(list(partition), sort=False):
        others = rows[rows[size].gt(0) & ~small[rows.index]]
        if small[rows.index].sum() == 1 and len(others):
            second |= second.index == others[size].idxmin()
    return second


def settle_categories(
    counts: pd.DataFrame,
    region: str,
    least: int,
    *,
    above: str,
    below: str,
    hide: Sequence[str],
) -> pd.DataFrame:
    """Return the rows of a breakdown, authorities' and region's, withheld by the rule.

    Parameters
    ----------
    counts : DataFrame
        ``area``, ``period``, ``breakdown``, ``category`` and counts; the categories of an
        authority add up to its total, which is shown elsewhere by :func:`settle_rows`.
    region, least, above, below, hide
        As in :func:`settle_rows`.
    """
    if counts.empty:
        return settle_rows(
            counts, ["period", "category"], region, least, above=above, below=below, hide=hide
        )
    parts = []
    for _, rows in counts.groupby("period"):
        totals = rows.groupby("area")[below].sum()
        few = totals[totals.between(1, least - 1)]
        # As in the total: in every category or in none, or their difference would tell.
        out = list(few.index) if len(few) == 1 or few.sum() < least else []
        inside = rows[~rows["area"].isin(out)]
        by = ["period", "breakdown", "category"]
        pooled = inside.drop(columns="area").groupby(by, as_index=False).sum().assign(area=region)
        cells = pd.concat([rows, pooled], ignore_index=True)
        withheld = find_withheld(cells, least, size=below, partition=["area"])
        withheld = _close(cells, withheld, region, totals, out, least, below)
        left_out = np.where(cells["area"].eq(region), float(len(out)), 0.0)
        cells = cells.assign(left_out=left_out)
        parts.append(add_share(cells, withheld, above=above, below=below, hide=hide))
    return pd.concat(parts, ignore_index=True)


def _close(
    cells: pd.DataFrame,
    withheld: pd.Series[Any],
    region: str,
    totals: pd.Series[Any],
    out: Sequence[str],
    least: int,
    size: str,
) -> pd.Series[Any]:
    """Withhold the region's smallest categories until nothing withheld can be worked out."""
    whole = cells["area"].eq(region)
    while _gives_away(cells, withheld, region, totals, out, least, size):
        shown = cells.loc[whole & ~withheld, size]
        if shown.empty:
            break
        withheld = withheld | (cells.index == shown.idxmin())
    return withheld


def _gives_away(
    cells: pd.DataFrame,
    withheld: pd.Series[Any],
    region: str,
    totals: pd.Series[Any],
    out: Sequence[str],
    least: int,
    size: str,
) -> bool:
    """Whether the shown rows determine a cell of too few cases, by linear algebra.

    The unknowns are the authorities' cells; every shown row, and every shown total, is an
    equation of zeros and ones.
    """
    own = cells[cells["area"].ne(region)].reset_index(drop=True)
    inside = ~own["area"].isin(out)
    equations = [own["area"].eq(str(area)) for area, n in totals.items() if n >= least]
    equations.append(inside)
    for row in cells[~withheld].itertuples():
        here = inside if row.area == region else own["area"].eq(str(row.area))
        equations.append(here & own["category"].eq(str(row.category)))
    known = np.array(equations, dtype=float)
    rank = np.linalg.matrix_rank(known)
    unit = np.eye(len(own))[own[size].between(1, least - 1).to_numpy()]
    return any(np.linalg.matrix_rank(np.vstack([known, cell])) == rank for cell in unit)


def settle_rows(
    counts: pd.DataFrame,
    by: Sequence[str],
    region: str,
    least: int,
    *,
    above: str,
    below: str,
    hide: Sequence[str],
) -> pd.DataFrame:
    """Return the authorities' rows and the region's, with shares, and withheld by the rule.

    Parameters
    ----------
    counts, by, region, least
        As in :func:`pool_region`; ``below`` says how many cases stand behind a row.
    above, below, hide
        As in :func:`add_share`.

    Returns
    -------
    DataFrame
        The columns of ``counts``, ``left_out``, ``value``, ``lower``, ``upper``, ``status``.
    """
    if counts.empty:
        return add_share(
            counts.assign(left_out=0.0), counts[below].gt(0), above=above, below=below, hide=hide
        )
    own = find_withheld(counts, least, size=below)
    pooled = pool_region(counts, by, region, least, own, below)
    whole = find_withheld(pooled, least, size=below)
    rows = pd.concat([counts.assign(left_out=0.0), pooled], ignore_index=True)
    withheld = pd.concat([own, whole], ignore_index=True)
    return add_share(rows, withheld, above=above, below=below, hide=hide)


def add_share(
    rows: pd.DataFrame,
    withheld: pd.Series[Any],
    *,
    above: str,
    below: str,
    hide: Sequence[str],
) -> pd.DataFrame:
    """Return rows with their percentage, its Wilson interval and their status.

    Parameters
    ----------
    rows : DataFrame
        Counts.
    withheld : Series of bool
        From :func:`find_withheld`.
    above, below : str
        Columns of the numerator and the denominator.
    hide : sequence of str
        Columns that are emptied where a row is withheld.
    """
    known = rows[below].gt(0)
    lower, upper = proportion_interval(rows[above].where(known), rows[below].where(known))
    status = np.select([withheld, ~known], ["suppressed", "missing"], "final")
    rows = rows.assign(
        value=100 * rows[above] / rows[below].where(known),
        lower=100 * lower,
        upper=100 * upper,
        status=status,
    )
    numbers = ["value", "lower", "upper", *hide]
    rows[numbers] = rows[numbers].mask(withheld)
    return rows
