"""What became of those who started under Section 20: curves of who left, and for what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from slinb.analyse.dive_months import LEAST, find_status, is_rounded, split_areas
from slinb.analyse.dive_pool import take_source
from slinb.analyse.section20_figures import SOURCES
from slinb.analyse.section20_tables import INCIDENCE
from slinb.catalogue.periods import Period
from slinb.methods.arrays import Floats
from slinb.methods.survival import cumulative_incidence

CAUSES = ("order", "home", "adult", "other")
ALL_STARTERS = "all"


def compute_incidence(risk: pd.DataFrame, region: str, authorities: Sequence[str]) -> pd.DataFrame:
    """Return who left for an order, for home, as an adult or otherwise, month by month.

    Parameters
    ----------
    risk : DataFrame
        Rows of :data:`slinb.schema.DIVE_RISK` of one quarter.
    region : str
        ONS code of the region; its own rows stand where they are given.
    authorities : sequence of str
        ONS codes of all its authorities.

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
    rows = take_source(risk, SOURCES)
    rows = rows.assign(year=rows["cohort"].map(_find_year))
    made: list[pd.DataFrame] = []
    for population, part in rows.groupby("population", sort=False):
        for area, own, absent in split_areas(part, region, authorities):
            label = {"area": area, "population": population, "absent": absent}
            rounded = area == region and is_rounded(own, region, ["at_risk", *CAUSES])
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
    if (status := find_status(rows)) != "final":
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
