"""Every share and rate of the neglect deep dive, from N1 to N15."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from slinb.analyse.section20_figures import (
    PER_CENT,
    add_values,
    find_population,
    judge_figures,
    take_rates,
)
from slinb.analyse.section20_pool import (
    add_cohorts,
    add_group,
    choose_source,
    fill_categories,
    pool_region,
)
from slinb.analyse.section20_public import round_counts
from slinb.analyse.section20_tables import FIGURES
from slinb.catalogue.dives import load_dives
from slinb.catalogue.neglect import Neglect
from slinb.catalogue.periods import Period

#: The census tells most; Annex A shows the present only.
SOURCES = ("CIN census", "practice return", "Annex A")
RATES = {
    ("N1", "neglect"): "neglect rate",
    ("N1", "neglect or multiple"): "neglect or multiple rate",
}
#: Quarters that a cohort must have behind it, by what is counted of it.
_FOLLOWED = {
    "referred again within 12 months": 4,
    "in care within 12 months": 4,
    "in care within 6 months": 2,
}
#: Cohorts that are drawn together: a year of them.
_COHORTS = 4
_LEGAL = ("N10", "legal status")


def compute_neglect_figures(
    counts: pd.DataFrame,
    published: pd.DataFrame,
    data: Neglect,
    region: str,
    authorities: Sequence[str],
    period: Period,
    base: int | None = None,
) -> pd.DataFrame:
    """Return every share and rate, of the authorities and of the region.

    Parameters
    ----------
    counts : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS` of the dive ``neglect`` and of one quarter.
    published : DataFrame
        Observations with ``population_0_17``, for the rates.
    data : Neglect
        From :func:`slinb.catalogue.neglect.load_neglect`.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of all its authorities.
    period : Period
        The quarter.
    base : int, optional
        In the public edition: to what the region's counts are rounded; the authorities' are
        withheld.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FIGURES`. Where an authority sent both,
        the census goes before Annex A. The last four cohorts that were followed for so long
        also stand together under an empty cohort. The region has all its authorities in it.
    """
    rows = counts.drop(columns=["file", "sheet", "cell", "dive"])
    rows = _fill_partitions(choose_source(rows, SOURCES))
    for group in data.groups:
        rows = add_group(rows, group)
    rows = _add_year(rows, period)
    pooled = pool_region(rows, region, authorities).assign(unit=PER_CENT)
    if base is not None:
        pooled = round_counts(pooled, region, authorities, base)
    people = find_population(published, [*authorities, region], period)
    rates = take_rates(pooled, people, region, authorities, RATES)
    both = pd.concat([pooled, rates], ignore_index=True)
    return FIGURES.conform(judge_figures(add_values(both), region, data), fill=True)


def _fill_partitions(rows: pd.DataFrame) -> pd.DataFrame:
    """Add a zero for each category that a breakdown which adds up leaves out.

    Other breakdowns have a base for each category: what is absent there was not counted.
    """
    adding = {(p.measure, p.breakdown) for p in load_dives()["neglect"].partitions} | {_LEGAL}
    keys = pd.Series(list(zip(rows["measure"], rows["breakdown"], strict=True)), dtype=object)
    whole = keys.isin(list(adding)).to_numpy()
    return pd.concat([rows[~whole], fill_categories(rows[whole])], ignore_index=True)


def _add_year(rows: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Add the sum of the last four cohorts of each count that were followed to their end."""
    chosen = rows[_find_mature(rows, period)]
    if chosen.empty:
        return rows
    names = chosen["cohort"].unique().tolist()
    both = add_cohorts(chosen.reset_index(drop=True), names)
    return pd.concat([rows, both[both["cohort"].eq("")]], ignore_index=True)


def _find_mature(rows: pd.DataFrame, period: Period) -> pd.Series[Any]:
    """Mark the cohorts of a count that are drawn together."""
    behind = rows["item"].map(_FOLLOWED).astype("float64").fillna(0)
    ages = {c: _count_quarters(Period.parse(c), period) for c in rows["cohort"].unique() if c}
    age = rows["cohort"].map(ages).astype("float64")
    return rows["window"].eq("cohort") & age.ge(behind) & age.lt(behind + _COHORTS)


def _count_quarters(first: Period, last: Period) -> int:
    """Return how many quarters lie from one to another."""
    n = 0
    while first.shift(n).end < last.end:
        n += 1
    return n
