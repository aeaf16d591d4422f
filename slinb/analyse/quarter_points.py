"""The points of a quarter's briefings: of each authority and of the region, in both spans."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from slinb.analyse.points import compute_own_quarters, compute_quarterly_points, take_own_quarter
from slinb.analyse.region import pool_series
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import OBSERVATIONS


@dataclass(frozen=True)
class QuarterPoints:
    """Everything that the analyses of a quarter's returns may read.

    All are rows of :data:`slinb.schema.OBSERVATIONS`.

    Parameters
    ----------
    own : DataFrame
        Of the authorities, each quarter by itself.
    shown : DataFrame
        Of the authorities, as a briefing shows them: twelve months where events are counted.
    region_own, region_shown : DataFrame
        The same of the region, pooled over the same authorities in every period
        (:func:`slinb.analyse.region.pool_series`).
    """

    own: pd.DataFrame
    shown: pd.DataFrame
    region_own: pd.DataFrame
    region_shown: pd.DataFrame


def compute_quarter_points(
    history: pd.DataFrame, measures: Iterable[Measure], areas: Areas, region: str, last: Period
) -> QuarterPoints:
    """Compute the points of a quarter and of every earlier one that is known.

    Parameters
    ----------
    history : DataFrame
        Accepted observations (:data:`slinb.schema.OBSERVATIONS`).
    measures : iterable of Measure
        Measures of the quarterly return.
    areas : Areas
    region : str
        ONS code of the region; observations of other areas are left out.
    last : Period
        The last quarter.
    """
    measures = list(measures)
    rows = history[history["area"].isin([a.code for a in areas.authorities(region)])]
    known = [Period.parse(p) for p in rows["period"].unique()]
    quarters = sorted(p for p in known if p.kind == "quarter" and p <= last)
    own = compute_own_quarters(rows, measures, quarters)
    shown = compute_quarterly_points(rows, measures, quarters)
    single = {m.id: take_own_quarter(m) for m in measures}
    return QuarterPoints(
        own=own,
        shown=shown,
        region_own=_pool(own, single, areas, region),
        region_shown=_pool(shown, {m.id: m for m in measures}, areas, region),
    )


def _pool(
    points: pd.DataFrame, measures: dict[str, Measure], areas: Areas, region: str
) -> pd.DataFrame:
    ordinals = {p: Period.parse(p).ordinal for p in points["period"].unique()}
    placed = points.assign(ordinal=points["period"].map(ordinals).astype("int64"))
    pooled = pool_series(placed, measures, areas, region).drop(columns="ordinal")
    return OBSERVATIONS.conform(pooled, fill=True)
