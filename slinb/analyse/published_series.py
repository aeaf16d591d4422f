"""Every published year of each measure: the lines of a measure's page and of the annual rug."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pandas as pd

from slinb.analyse.breaks import find_break
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import PUBLISHED_SERIES


def list_published_series(
    points: pd.DataFrame, measures: Iterable[Measure], codes: Sequence[str]
) -> pd.DataFrame:
    """Return the published figures of some areas in order of time, cut where a series breaks.

    Parameters
    ----------
    points : DataFrame
        Points of published figures (:func:`slinb.analyse.points.compute_points`).
    measures : iterable of Measure
        A measure that is never published has no rows.
    codes : sequence of str
        ONS codes of the areas: the authorities, their region, England.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.PUBLISHED_SERIES`. A year that an area lacks has no row; a
        withheld one has its status and no value.
    """
    kept = points[points["area"].isin(codes)]
    by_measure = dict(tuple(kept.groupby("measure", sort=False)))
    parts = [
        _list_series(by_measure[measure.id], measure)
        for measure in measures
        if measure.id in by_measure
    ]
    return PUBLISHED_SERIES.conform(
        pd.concat([PUBLISHED_SERIES.empty(), *parts], ignore_index=True)
    )


def _list_series(rows: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    periods = sorted((Period.parse(p) for p in rows["period"].unique()), key=lambda p: p.end)
    segments, segment = {periods[0].id: 0}, 0
    for before, after in pairwise(periods):
        segment += find_break(measure, before, after) is not None
        segments[after.id] = segment
    order = {period.id: place for place, period in enumerate(periods)}
    placed = rows.assign(segment=rows["period"].map(segments), order=rows["period"].map(order))
    return placed.sort_values(["area", "order"], kind="stable")[PUBLISHED_SERIES.names]
