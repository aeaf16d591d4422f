"""Direction of travel: whether a figure really moved since last quarter and a year ago.

A change is real where the 95% interval of the difference excludes 0
(:func:`slinb.methods.change.difference_interval`). Only figures of different people or events
are compared so: the quarter's own values with those of the quarter before, and twelve months
with the twelve months before them. Two snapshots share children who stayed, which makes their
difference more certain than the interval allows for: of a snapshot, "no real change" is said
too often rather than too seldom. A change since last quarter may be the season's; a headline
speaks only of the change since a year ago.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.breaks import find_break
from slinb.analyse.comparison import add_intervals
from slinb.analyse.points import map_multipliers, take_own_quarter
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.methods.change import difference_interval
from slinb.schema import TRAVEL

LAST_QUARTER = "last quarter"
YEAR_AGO = "a year ago"
NO_CHANGE = "no real change"
NOT_COMPARED = "not compared"

_KEY = ["area", "measure", "period"]
_FIGURE = ["value", "numerator", "denominator"]
_SIDES = ["value", "lower", "upper"]


def compute_travel(
    points: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Areas,
    region: str,
    own: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return how each figure moved since a year ago and, of returns, since last quarter.

    Parameters
    ----------
    points : DataFrame
        Computed points as a briefing shows them (:mod:`slinb.analyse.points`), annual or
        quarterly.
    measures : iterable of Measure
    areas : Areas
    region : str
        ONS code of the region; its authorities are taken, and itself pooled from those that
        have a figure both times.
    own : DataFrame, optional
        The quarters' own points (:func:`slinb.analyse.points.compute_own_quarters`): the change
        since last quarter is taken from them. Left out, only a year ago is compared.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.TRAVEL`: one per area, measure and period for each
        comparison, also where it cannot be made (``note`` says why).
    """
    by_id = {m.id: m for m in measures}
    codes = [a.code for a in areas.authorities(region)]
    frames = [_compare(points, by_id, codes, region, YEAR_AGO)]
    if own is not None:
        single = {m: take_own_quarter(measure) for m, measure in by_id.items()}
        frames.insert(0, _compare(own, single, codes, region, LAST_QUARTER))
    frames = [frame for frame in frames if not frame.empty]
    return TRAVEL.conform(pd.concat(frames, ignore_index=True)) if frames else TRAVEL.empty()


def _compare(
    points: pd.DataFrame, measures: dict[str, Measure], codes: list[str], region: str, since: str
) -> pd.DataFrame:
    rows = points[points["area"].isin(codes) & points["measure"].isin(measures)]
    if rows.empty:
        return TRAVEL.empty()
    pairs = _pair(rows, measures, since)
    pairs = pd.concat([pairs, _pool_pairs(pairs, measures, region)], ignore_index=True)
    now, then = _take_side(pairs, measures, ""), _take_side(pairs, measures, "_before")
    possible = pairs["note"].eq("") & now["lower"].notna() & then["lower"].notna()
    lower, upper = difference_interval(
        *(now[c].where(possible) for c in _SIDES), *(then[c].where(possible) for c in _SIDES)
    )
    result = pairs[[*_KEY, "period_before", "value", "value_before", "note"]].assign(since=since)
    result["change"] = (result["value"] - result["value_before"]).where(pairs["note"].eq(""))
    result["lower"], result["upper"] = lower, upper
    result["direction"] = _name_direction(lower, upper, result["measure"], measures)
    result["note"] = result["note"].mask(
        pairs["note"].eq("") & ~possible, "no interval: a figure without two counts behind it"
    )
    result["note"] = result["note"].where(result["note"].ne(""), pairs["set"])
    return result[TRAVEL.names]


def _pair(rows: pd.DataFrame, measures: dict[str, Measure], since: str) -> pd.DataFrame:
    """Lay each point beside the earlier one; ``note`` says why two cannot be compared."""
    rows = rows[[*_KEY, *_FIGURE]]
    slices = rows[["measure", "period"]].drop_duplicates()
    found = [_step_back(measures[m], p, since) for m, p in slices.itertuples(index=False)]
    slices = slices.assign(
        period_before=[before for before, _ in found], broken=[reason for _, reason in found]
    )
    past = rows.rename(columns={"period": "period_before"})
    pairs = rows.merge(slices, on=["measure", "period"]).merge(
        past, on=["area", "measure", "period_before"], how="left", suffixes=("", "_before")
    )
    note = pairs["broken"].mask(pairs["value_before"].isna(), f"no figure from {since}")
    return pairs.assign(note=note.mask(pairs["value"].isna(), "no figure now"), set="")


def _step_back(measure: Measure, period: str, since: str) -> tuple[str, str]:
    """Return the period to compare with, and the break of definition between the two if any."""
    now = Period.parse(period)
    before = now.previous() if since == LAST_QUARTER else now.year_ago()
    found = find_break(measure, before, now)
    return before.id, f"the definition changed: {found.reason}" if found else ""


def _pool_pairs(pairs: pd.DataFrame, measures: dict[str, Measure], region: str) -> pd.DataFrame:
    """Return the region, pooled from the authorities that have both figures with their counts."""
    counts = [f"{c}{side}" for side in ("", "_before") for c in ("numerator", "denominator")]
    whole = pairs["value"].notna() & pairs["value_before"].notna()
    whole &= pairs[counts].notna().all(axis=1)
    whole &= pairs[["denominator", "denominator_before"]].gt(0).all(axis=1)
    pairs = pairs.assign(whole=whole, sends=pairs["value"].notna())
    groups = pairs.groupby(["measure", "period", "period_before", "broken"], sort=False)
    sent = groups["sends"].sum().rename("sent").reset_index()
    summed = pairs[whole].groupby(["measure", "period"], sort=False)
    totals = summed[counts].sum().join(summed.size().rename("n")).reset_index()
    totals = sent.merge(totals, on=["measure", "period"])
    per = map_multipliers(totals["measure"], measures)
    for side in ("", "_before"):
        totals[f"value{side}"] = per * totals[f"numerator{side}"] / totals[f"denominator{side}"]
    some = "pooled from " + totals["n"].astype("str") + " of " + totals["sent"].astype("str")
    some = (some + " authorities: those with both figures").where(totals["n"] < totals["sent"], "")
    return totals.assign(area=region, note=totals["broken"], set=some)


def _take_side(pairs: pd.DataFrame, measures: dict[str, Measure], side: str) -> pd.DataFrame:
    figures = pairs[["measure", *(f"{c}{side}" for c in _FIGURE)]]
    return add_intervals(figures.set_axis(["measure", *_FIGURE], axis=1), measures)


def _name_direction(
    lower: pd.Series[Any],
    upper: pd.Series[Any],
    measure: pd.Series[Any],
    measures: dict[str, Measure],
) -> np.ndarray[Any, Any]:
    polarity = measure.map({m.id: m.polarity for m in measures.values()})
    rose = polarity.map({"higher": "improved", "lower": "worsened", "none": "rose"})
    fell = polarity.map({"higher": "worsened", "lower": "improved", "none": "fell"})
    return np.select([lower.isna(), lower > 0, upper < 0], [NOT_COMPARED, rose, fell], NO_CHANGE)
