"""Every share and rate of the Section 20 deep dive, from S1 to S19."""

from __future__ import annotations

from typing import Any

import pandas as pd

from slinb.analyse.dive_figures import compute_figures
from slinb.analyse.dive_pool import add_cohorts, add_groups, fill_categories, take_counts
from slinb.analyse.dive_scope import Scope
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20

#: SSDA903 tells most; Annex A shows the present only.
SOURCES = ("SSDA903", "practice return", "Annex A")
#: Counts that are also given as a rate, and the item under which it stands.
RATES = {("S1", "stock"): "stock rate", ("S3", "starts"): "starts rate"}
#: Measures whose categories have each a base of their own.
_OWN_BASE = ("S15", "S17", "S18", "S19")
#: Measures that count the two sides, Section 20 and ordered, each on its own base.
_SIDED = ("S13",)
_FOLLOWED = 4  # quarters that a cohort needs behind it to be followed for twelve months


def compute_section20_figures(
    counts: pd.DataFrame, published: pd.DataFrame, data: Section20, scope: Scope
) -> pd.DataFrame:
    """Return every share and rate, as :func:`slinb.analyse.dive_figures.compute_figures` does.

    Parameters
    ----------
    counts : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS` of the dive and of one quarter.
    published : DataFrame
        Observations with ``population_0_17``, for the rates.
    data : Section20
    scope : Scope

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FIGURES`. Cohorts that have all been followed for
        twelve months also stand together under an empty cohort.
    """
    rows = add_groups(select_counts(counts), data.groups)
    rows = add_cohorts(rows, mark_mature(rows, scope.period))
    return compute_figures(rows, published, data, scope, RATES)


def select_counts(counts: pd.DataFrame) -> pd.DataFrame:
    """Return the counts that figures are made of, with a zero where a category has nobody."""
    return fill_categories(take_counts(counts, SOURCES), own_base=_OWN_BASE, sided=_SIDED)


def mark_mature(rows: pd.DataFrame, period: Period) -> pd.Series[Any]:
    """Mark the rows of cohorts of which every child has been followed for twelve months."""
    cohorts = [c for c in rows["cohort"].unique() if c]
    mature = [c for c in cohorts if Period.parse(c).shift(_FOLLOWED).end <= period.end]
    return rows["window"].eq("cohort") & rows["cohort"].isin(mature)
