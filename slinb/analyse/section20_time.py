"""How long: medians from counts by month, and what became of those who started."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.section20_tables import INCIDENCE, MEDIANS
from slinb.catalogue.periods import Period
from slinb.methods.arrays import Floats
from slinb.methods.survival import cumulative_incidence

CAUSES = ("order", "home", "adult", "other")
#: Fewer spells than this give no median, fewer children followed no point of a curve.
LEAST = 10
ALL_STARTERS = "all"
#: What a public edition rounds the counts of a region to.
_STEP = 10


# Medians ------------------------------------------------------------------------------------


def compute_medians(
    durations: pd.DataFrame, region: str, authorities: Sequence[str]
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

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.section20_tables.MEDIANS`, in months. Fewer than ten
        spells, or counts by month rounded to ten (the long ones are then rounded away), give
        no median.
    """
    rows = _take_source(durations, ["area", "measure"])
    made = []
    for (measure, population), part in rows.groupby(["measure", "population"], sort=False):
        for area, own, absent in _split_areas(part, region, authorities):
            row = {"area": area, "measure": measure, "population": population, "absent": absent}
            rounded = area == region and _is_rounded(own, region, ["n"])
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
    if (status := _find_status(rows)) != "final":
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


_QUARTILES = {"quarter": 0.25, "median": 0.5, "three_quarters": 0.75}


# Cohorts ------------------------------------------------------------------------------------


def compute_incidence(risk: pd.DataFrame, region: str, authorities: Sequence[str]) -> pd.DataFrame:
    """Return who left for an order, for home, as an adult or otherwise, month by month.

    Parameters
    ----------
    risk : DataFrame
        Rows of :data:`slinb.schema.DIVE_RISK` of one quarter.
    region, authorities
        As in :func:`compute_medians`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.section20_tables.INCIDENCE`: Aalen-Johansen estimates from
        the summed risk tables, of all cohorts together and, for the region, of the starters of
        each reporting year. Given counts of a region that are rounded to ten must be those of
        all cohorts together (an empty ``cohort``). A curve stops where fewer than ten children
        are followed. One row at month 0, without number, stands where a table is withheld or
        nobody is followed.
    """
    rows = _take_source(risk, ["area", "measure"])
    rows = rows.assign(year=rows["cohort"].map(_find_year))
    made: list[pd.DataFrame] = []
    for population, part in rows.groupby("population", sort=False):
        for area, own, absent in _split_areas(part, region, authorities):
            label = {"area": area, "population": population, "absent": absent}
            rounded = area == region and _is_rounded(own, region, ["at_risk", *CAUSES])
            if rounded and own["cohort"].ne("").any():
                # A dozen cohorts, each rounded to ten, lose most of their events.
                nothing = _say_none("low_reliability")
                made.append(nothing.assign(starters=ALL_STARTERS, **label))
                continue
            made.append(_estimate(own).assign(starters=ALL_STARTERS, **label))
            if area == region:
                made += [
                    _estimate(mine).assign(starters=year, **label)
                    for year, mine in own[own["year"].ne("")].groupby("year")
                ]
    frame = pd.concat(made, ignore_index=True) if made else INCIDENCE.empty()
    return INCIDENCE.conform(frame)


def _find_year(cohort: str) -> str:
    return Period.parse(cohort).reporting_year().id if cohort else ""


def _estimate(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the curves of one summed risk table, or the one row that says why there are none."""
    if (status := _find_status(rows)) != "final":
        return _say_none(status)
    table = _fit_together(rows.groupby("month")[["at_risk", *CAUSES]].sum().sort_index())
    table = table[table["at_risk"].ge(LEAST).cummin()]
    if table.empty:
        return _say_none("low_reliability")
    found = cumulative_incidence(table["at_risk"], table[list(CAUSES)])
    n, causes = len(table) + 1, len(CAUSES)
    events = table[list(CAUSES)].cumsum().to_numpy()
    return pd.DataFrame(
        {
            "cause": np.repeat(CAUSES, n),
            "month": np.tile([0, *table.index], causes),
            "at_risk": np.tile([np.nan, *table["at_risk"]], causes),
            "events": _start_with(0.0, events),
            "value": _start_with(0.0, 100 * found.incidence),
            "lower": _start_with(np.nan, 100 * found.lower),
            "upper": _start_with(np.nan, 100 * found.upper),
            "children": float(table["at_risk"].iloc[0]),
            "status": "final",
        }
    )


def _start_with(first: float, columns: Floats) -> Floats:
    """Return the columns one after the other, each begun with its value at month 0."""
    return np.vstack([np.full(columns.shape[1], first), columns]).ravel(order="F")


def _is_rounded(rows: pd.DataFrame, region: str, names: list[str]) -> bool:
    """Whether a region's rows are its own, rounded to ten, and not summed here."""
    numbers = rows[names].to_numpy(dtype=float)
    return bool(rows["area"].eq(region).all() and (numbers % _STEP == 0).all())


def _fit_together(table: pd.DataFrame) -> pd.DataFrame:
    """Take from a rounded table what rounding added: more at risk than there were left.

    A table that was not rounded comes back as it is.
    """
    left = np.inf
    rows = []
    for row in table.to_numpy(dtype=float):
        at_risk = min(row[0], left)
        events = row[1:] * min(1.0, at_risk / row[1:].sum()) if row[1:].sum() else row[1:]
        rows.append([at_risk, *events])
        left = at_risk - events.sum()
    return pd.DataFrame(rows, index=table.index, columns=table.columns)


def _say_none(status: str) -> pd.DataFrame:
    """Return a row for each cause, without a number."""
    numbers = ("children", "at_risk", "events", "value", "lower", "upper")
    rows = [{"cause": cause, "month": 0, "status": status} for cause in CAUSES]
    return pd.DataFrame(rows).assign(**dict.fromkeys(numbers, np.nan))


# Both ---------------------------------------------------------------------------------------


def _take_source(rows: pd.DataFrame, slices: list[str]) -> pd.DataFrame:
    """Keep of each authority the rows of SSDA903 where it has them, else those of Annex A."""
    full = rows["source"].eq("SSDA903")
    best = full.groupby([rows[name] for name in slices]).transform("any")
    return rows[full | ~best]


def _split_areas(
    rows: pd.DataFrame, region: str, authorities: Sequence[str]
) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Yield each authority with rows, and the region, given or summed, with who is missing."""
    own = rows[rows["area"].isin(authorities)]
    given = rows[rows["area"].eq(region)]
    present = set(own.loc[own["status"].ne("missing"), "area"])
    for area in authorities:
        if area in present:
            yield area, own[own["area"].eq(area)], ""
    if present or len(given):
        absent = " ".join(code for code in authorities if code not in present)
        yield region, given if len(given) else own[own["area"].isin(present)], absent


def _find_status(rows: pd.DataFrame) -> str:
    odd = rows.loc[rows["status"].ne("final"), "status"]
    return "final" if odd.empty else str(odd.max())
