"""The populations behind the rates: the ONS figure that a return is pre-filled with."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period

POPULATION_COLUMNS = ["area", "count", "period", "value"]


def find_population(
    observations: pd.DataFrame, measures: Iterable[Measure], quarter: Period
) -> pd.DataFrame:
    """Return the published population of each area that belongs to a quarter.

    That is the newest one by the end of the quarter; where none is so old, the first after it.

    Parameters
    ----------
    observations : DataFrame
        Published observations (:data:`slinb.schema.OBSERVATIONS`); the populations are read
        from the denominators of the rates.
    measures : iterable of Measure
        Their rates say which population each counts on.
    quarter : Period
        The quarter of the return.

    Returns
    -------
    DataFrame
        ``area``, ``count`` (id such as "population_0_17"), ``period`` of the publication and
        ``value`` in persons; one row per area and count.
    """
    counts = {m.id: m.denominator_count for m in measures if m.uses_population}
    rows = observations[observations["measure"].isin(list(counts))]
    rows = rows[rows["denominator"].gt(0)]
    if rows.empty:
        return empty_population()
    ends = {p: Period.parse(p).end for p in rows["period"].unique()}
    rows = rows.assign(
        count=rows["measure"].map(counts), end=rows["period"].map(ends), value=rows["denominator"]
    ).sort_values(["end", "measure"])
    by_then = rows["end"] <= quarter.end
    latest = rows[by_then].drop_duplicates(["area", "count"], keep="last")
    first = rows[~by_then].drop_duplicates(["area", "count"])
    found = pd.concat([latest, first]).drop_duplicates(["area", "count"])
    return found[POPULATION_COLUMNS].sort_values(["area", "count"]).reset_index(drop=True)


def empty_population() -> pd.DataFrame:
    """Return a population table of no rows."""
    dtypes = {"area": "str", "count": "str", "period": "str", "value": "float64"}
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in dtypes.items()})


def look_up_population(population: pd.DataFrame, area: str, count: str) -> float | None:
    """Return the population of one area, or None where the table has none."""
    rows = population[(population["area"] == area) & (population["count"] == count)]
    return None if rows.empty else float(rows["value"].iloc[-1])
