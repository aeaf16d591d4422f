"""Neglect by the published figures: plans with the band, factors, and what stands near."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.dive_history import order_history
from slinb.analyse.neglect_published import band_neglect
from slinb.analyse.points import compute_points
from slinb.catalogue.areas import ENGLAND
from slinb.catalogue.measures import Measures

BAND_MEASURES = (
    "cp_neglect_pct",
    "cp_neglect_multiple_pct",
    "cp_starting_neglect_pct",
    "cp_starting_neglect_multiple_pct",
    "cp_rate",
)
FACTOR = "factor_neglect_pct"
#: Published factors of parents and carers, by the words of the census counts.
PARENTAL = {
    "domestic abuse": "factor_domestic_abuse_parent_pct",
    "parental mental health": "factor_mental_health_parent_pct",
    "parental drug misuse": "factor_drugs_parent_pct",
    "parental alcohol misuse": "factor_alcohol_parent_pct",
}
INITIAL = ("cp_neglect_initial_pct", "cp_neglect_pct")
EMOTIONAL = ("cp_emotional_initial_pct", "cp_emotional_latest_pct")
NEED = "cin_need_abuse_neglect_pct"
ABSENCE = ("persistent_absence_cppo_pct", "severe_absence_cppo_pct")
REPEAT, LONG = "cp_repeat_pct", "cp_open_2years_pct"
_HISTORY = (FACTOR, *PARENTAL.values(), *INITIAL, *EMOTIONAL, NEED, *ABSENCE, REPEAT, LONG)


def trace_bands(published: pd.DataFrame, measures: Measures, areas: Sequence[str]) -> pd.DataFrame:
    """Return the published neglect shares of some areas and England with the band of each year.

    Parameters
    ----------
    published : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS` from the pack.
    measures : Measures
    areas : sequence of str
        ONS codes of the authorities and the region.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.neglect_published.NEGLECT_BAND`, by area and period.
    """
    rows = published[published["area"].isin([*areas, ENGLAND])]
    return band_neglect(compute_points(rows, measures.select(BAND_MEASURES)))


def trace_history(
    published: pd.DataFrame, measures: Measures, areas: Sequence[str]
) -> pd.DataFrame:
    """Return the other published figures of some areas and England, year by year.

    Parameters
    ----------
    published, measures, areas
        As in :func:`trace_bands`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.HISTORY`, by area, measure and period.
    """
    rows = published[published["area"].isin([*areas, ENGLAND])]
    points = compute_points(rows, measures.select(_HISTORY))
    return order_history(points[points["status"].ne("not_applicable")], areas)
