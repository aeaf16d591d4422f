"""How long: medians and quartiles of lengths that are counted by month."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.dive_months import LEAST, find_status, is_rounded, split_areas
from slinb.analyse.dive_pool import take_source
from slinb.analyse.dive_tables import MEDIANS

_QUARTILES = {"quarter": 0.25, "median": 0.5, "three_quarters": 0.75}


def compute_medians(
    durations: pd.DataFrame, region: str, authorities: Sequence[str], sources: Sequence[str]
) -> pd.DataFrame:
    """Return median and quartiles of the lengths, of the authorities and of the region.

    Parameters
    ----------
    durations : DataFrame
        Rows of :data:`slinb.schema.DIVE_DURATIONS` of one quarter: spells by completed months.
    region : str
        ONS code of the region; its own rows stand where they are given.
    authorities : sequence of str
        ONS codes of all its authorities.
    sources : sequence of str
        Of each authority those lengths count whose source is first here.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.MEDIANS`, in months. Fewer than ten
        spells, or counts by month rounded to ten (the long ones are then rounded away), give
        no median.
    """
    rows = take_source(durations, sources)
    made = []
    for (measure, population), part in rows.groupby(["measure", "population"], sort=False):
        for area, own, absent in split_areas(part, region, authorities):
            row = {"area": area, "measure": measure, "population": population, "absent": absent}
            rounded = area == region and is_rounded(own, region, ["n"])
            made.append({**row, **_take_quartiles(own, rounded=rounded)})
    return MEDIANS.from_rows(made)


def find_quantile(month: Any, n: Any, share: float) -> float:
    """Return a quantile of spells that are counted by completed months, in months.

    Within a month the spells are taken as spread evenly, so that the quantile lies in the
    month in which that of the spells themselves lies.

    Parameters
    ----------
    month : array of int
        Completed months, each once.
    n : array of float
        Spells of that many completed months.
    share : float
        0.5 for the median.

    Examples
    --------
    Four spells of less than a month, four of one month: half of them end with the first.

    >>> find_quantile([0, 1], [4, 4], 0.5)
    1.0
    >>> find_quantile([3], [10], 0.5)
    3.5
    """
    order = np.argsort(month)
    months, counts = np.asarray(month)[order], np.asarray(n, dtype=float)[order]
    months, counts = months[counts > 0], counts[counts > 0]
    target = share * counts.sum()
    at = int(np.searchsorted(counts.cumsum(), target))
    before = counts[:at].sum()
    return float(months[at] + (target - before) / counts[at])


def _take_quartiles(rows: pd.DataFrame, *, rounded: bool) -> dict[str, Any]:
    if (status := find_status(rows)) != "final":
        return {"n": np.nan, "status": status, **dict.fromkeys(_QUARTILES, np.nan)}
    summed = rows.groupby("month")["n"].sum()
    n = float(summed.sum())
    if n < LEAST or rounded:
        return {"n": n, "status": "low_reliability", **dict.fromkeys(_QUARTILES, np.nan)}
    found = {
        name: find_quantile(summed.index.to_numpy(), summed.to_numpy(), share)
        for name, share in _QUARTILES.items()
    }
    return {"n": n, "status": "final", **found}
