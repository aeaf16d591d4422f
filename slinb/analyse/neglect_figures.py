"""Every share and rate of the neglect deep dive, from N1 to N15."""

from __future__ import annotations

from typing import Any

import pandas as pd

from slinb.analyse.dive_figures import compute_figures
from slinb.analyse.dive_pool import add_cohorts, add_groups, fill_categories, take_counts
from slinb.analyse.dive_scope import Scope
from slinb.catalogue.dives import load_dives
from slinb.catalogue.neglect import Neglect
from slinb.catalogue.periods import Period

#: The census tells most; Annex A shows the present only.
SOURCES = ("CIN census", "practice return", "Annex A")
#: Counts that are also given as a rate, and the item under which it stands.
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
    counts: pd.DataFrame, published: pd.DataFrame, data: Neglect, scope: Scope
) -> pd.DataFrame:
    """Return every share and rate, as :func:`slinb.analyse.dive_figures.compute_figures` does.

    Parameters
    ----------
    counts : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS` of the dive and of one quarter.
    published : DataFrame
        Observations with ``population_0_17``, for the rates.
    data : Neglect
    scope : Scope

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FIGURES`. The last four cohorts that were
        followed for so long also stand together under an empty cohort.
    """
    rows = add_groups(select_counts(counts), data.groups)
    rows = add_cohorts(rows, mark_mature(rows, scope.period))
    return compute_figures(rows, published, data, scope, RATES)


def select_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts that figures are made of, with a zero where a category has nobody.

    Breakdowns that do not add up have a base for each category: what is absent was not counted.
    """
    rows = take_counts(counts, SOURCES)
    adding = {(p.measure, p.breakdown) for p in load_dives()["neglect"].partitions} | {_LEGAL}
    keys = pd.Series(list(zip(rows["measure"], rows["breakdown"], strict=True)), dtype=object)
    whole = keys.isin(list(adding)).to_numpy()
    return pd.concat([rows[~whole], fill_categories(rows[whole])], ignore_index=True)


def mark_mature(rows: pd.DataFrame, period: Period) -> pd.Series[Any]:
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
