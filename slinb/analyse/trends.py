"""Process charts of the quarterly returns: limits and signals of each quarter's own values.

Limits and rules are those of :mod:`slinb.methods.trend`. They are computed on the quarter's own
values, never on the rolling twelve months that a briefing shows: two successive windows share
three of their four quarters, so a moving range over them is far too small and a run of seven is
no rarity. ``benchmarks/rolling_xmr.py`` measures how false the signals would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.analyse.breaks import starts_segment
from slinb.analyse.quarter_points import QuarterPoints
from slinb.analyse.region import PARTIAL
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.catalogue.rebasing import Rebasing
from slinb.methods.trend import RUN_LENGTH, TRIAL_BELOW, xmr_many
from slinb.schema import NO_VALUE_STATUSES, TRENDS

_SERIES = ["area", "measure"]
_KEY = [*_SERIES, "ordinal"]
_NO_VALUE = {name: f"no value: {name.replace('_', ' ')}" for name in NO_VALUE_STATUSES}
_NOT_SENT = "no value: not sent"
_UP = {"higher": "better", "lower": "worse", "none": "higher"}
_DOWN = {"higher": "worse", "lower": "better", "none": "lower"}


def compute_trends(
    points: QuarterPoints,
    measures: Iterable[Measure],
    areas: Areas,
    region: str,
    quarter: Period,
    rebasings: Sequence[Rebasing] = (),
) -> pd.DataFrame:
    """Return the XmR chart of every quarterly measure, of each authority and of the region.

    Parameters
    ----------
    points : QuarterPoints
        Of every known quarter (:func:`slinb.analyse.quarter_points.compute_quarter_points`).
    measures : iterable of Measure
        Measures of the quarterly return.
    areas : Areas
    region : str
        ONS code of the region.
    quarter : Period
        The last quarter of the charts.
    rebasings : sequence of Rebasing
        Agreed restarts (:func:`slinb.catalogue.rebasing.load_rebasings`). A definition break of
        the catalogue starts a segment too; nothing else does.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.TRENDS`: for each measure one row per area and quarter, from
        the first quarter in which any area sent it; a quarter without a value keeps its row and
        says why.
    """
    by_id = {m.id: m for m in measures}
    own = _stack([points.own, points.region_own], by_id, quarter)
    if own.empty:
        return TRENDS.empty()
    rolling = _stack([points.shown, points.region_shown], by_id, quarter)
    codes = [a.code for a in areas.authorities(region)]
    grid = _lay_grid(own, rolling, [*codes, region], quarter)
    grid = _mark_segments(grid, by_id, rebasings)
    return TRENDS.conform(_chart(grid, by_id, quarter)[TRENDS.names])


def _stack(
    frames: Sequence[pd.DataFrame], measures: dict[str, Measure], last: Period
) -> pd.DataFrame:
    """Put the points of authorities and region under one another, each with its ordinal."""
    points = pd.concat(frames, ignore_index=True)
    points = points[points["measure"].isin(measures)]
    ordinals = {p: Period.parse(p).ordinal for p in points["period"].unique()}
    points = points.assign(ordinal=points["period"].map(ordinals).astype("int64"))
    points = points[points["ordinal"] <= last.ordinal]
    return points[[*_KEY, "period", "numerator", "denominator", "value", "status", "note"]]


def _lay_grid(
    own: pd.DataFrame, rolling: pd.DataFrame, codes: list[str], last: Period
) -> pd.DataFrame:
    """Return a row for every area and quarter of a measure, from its first quarter to the last."""
    first = own.groupby("measure", sort=False)["ordinal"].min()
    blocks = [
        pd.MultiIndex.from_product([codes, [m], range(start, last.ordinal + 1)], names=_KEY)
        for m, start in first.items()
    ]
    grid = blocks[0].append(blocks[1:]).to_frame(index=False)
    columns = ["numerator", "value", "status", "note"]
    grid = grid.merge(own[[*_KEY, *columns]], on=_KEY, how="left", validate="one_to_one")
    shown = rolling[[*_KEY, "value", "note"]]
    shown = shown.rename(columns={"value": "rolling", "note": "rolling_note"})
    grid = grid.merge(shown, on=_KEY, how="left", validate="one_to_one")
    grid["period"] = grid["ordinal"].map(_name_quarters(grid["ordinal"]))
    grid["note"] = _say_gaps(grid)
    return grid


def _name_quarters(ordinals: pd.Series[Any]) -> dict[int, str]:
    return {int(o): Period("quarter", int(o) // 4, int(o) % 4 + 1).id for o in ordinals.unique()}


def _say_gaps(grid: pd.DataFrame) -> pd.Series[Any]:
    """Say why a point is missing, or that a revision made it negative; else nothing."""
    note = grid["note"].fillna("")
    reason = grid["status"].map(_NO_VALUE).fillna(_NOT_SENT)
    explained = note.str.startswith("no ")
    gap = reason.where(~explained, note)
    negative = grid["numerator"].lt(0)
    partial = note.str.startswith(PARTIAL)
    said = note.where(negative | partial, "")
    over_a_year = grid["rolling_note"].fillna("")
    over_a_year = over_a_year.where(over_a_year.str.startswith(PARTIAL) & ~partial, "")
    over_a_year = ("over 12 months " + over_a_year).where(over_a_year.ne(""), "")
    return _join(gap.where(grid["value"].isna(), said), over_a_year)


def _mark_segments(
    grid: pd.DataFrame, measures: dict[str, Measure], rebasings: Sequence[Rebasing]
) -> pd.DataFrame:
    """Mark the rows at which a segment starts and say there why."""
    reasons = _find_starts(grid, measures, rebasings)
    if not reasons:
        return grid.assign(starts=False)
    table = pd.DataFrame(
        [(*key, "; ".join(words)) for key, words in reasons.items()], columns=[*_KEY, "why"]
    )
    why = grid[_KEY].merge(table, on=_KEY, how="left")["why"]
    return grid.assign(starts=why.notna(), note=_join(grid["note"], why.fillna("")))


def _find_starts(
    grid: pd.DataFrame, measures: dict[str, Measure], rebasings: Sequence[Rebasing]
) -> dict[tuple[str, str, int], list[str]]:
    found: dict[tuple[str, str, int], list[str]] = {}
    areas = list(grid["area"].unique())
    slices = grid[["measure", "ordinal", "period"]].drop_duplicates()
    for measure, ordinal, period in slices.itertuples(index=False):
        if found_break := starts_segment(measures[measure], Period.parse(period)):
            for area in areas:
                words = f"new segment, the definition changed: {found_break.reason}"
                found.setdefault((area, measure, ordinal), []).append(words)
    for entry in rebasings:
        at = Period.parse(entry.period).ordinal
        words = f"rebased (decided {entry.date.isoformat()}): {entry.reason}"
        for area in filter(entry.applies_to, areas):
            found.setdefault((area, entry.measure, at), []).append(words)
    return found


def _chart(grid: pd.DataFrame, measures: dict[str, Measure], last: Period) -> pd.DataFrame:
    result = _flag(grid, measures)
    segment = result.groupby([*_SERIES, "segment"], sort=False)["value"]
    result["points"] = segment.transform("count").astype("int64")
    result["trial"] = result["points"] < TRIAL_BELOW
    result["new"] = _find_new(result, _flag(grid[grid["ordinal"] < last.ordinal], measures), last)
    return result.assign(note=_join(result["note"], _say_no_limits(result)))


def _flag(grid: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Add the limits of each segment, the flag of each point and the side of each flag."""
    limits = xmr_many(grid, _SERIES, rebase="starts").drop(columns="value")
    limits["flag"] = limits["flag"].fillna("")
    chart = pd.concat([grid, limits], axis=1)
    return chart.assign(side=_name_sides(chart, measures))


def _name_sides(chart: pd.DataFrame, measures: dict[str, Measure]) -> pd.Series[Any]:
    """Name the side of flagged points; a trend's is the way it goes, not where it stands."""
    standing = chart["value"] - chart["mean"]
    sign = np.where(chart["flag"].eq("trend"), _run_direction(chart), standing)
    polarity = chart["measure"].map({m.id: m.polarity for m in measures.values()})
    up, down = polarity.map(_UP), polarity.map(_DOWN)
    return up.where(sign > 0, down).where(chart["flag"].ne(""), "")


def _run_direction(chart: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Return the sign of the long run of steps that a point belongs to, else 0."""
    series = chart.groupby([*_SERIES, "segment"], sort=False)["value"]
    sign = np.sign(series.diff()).fillna(0.0)
    run = sign.ne(sign.shift()).cumsum()
    long_run = sign.where(sign.groupby(run).transform("size") >= RUN_LENGTH - 1, 0.0).to_numpy()
    # The first point of a run is the one that its first step leaves.
    return np.where(long_run != 0, long_run, np.append(long_run[1:], 0.0))


def _find_new(chart: pd.DataFrame, old: pd.DataFrame, last: Period) -> pd.Series[Any]:
    """Mark last points whose signal the chart of a quarter before did not end on."""
    before = old.loc[old["ordinal"].eq(last.ordinal - 1), [*_SERIES, "flag", "side"]]
    known = chart[_SERIES].merge(before, on=_SERIES, how="left")
    same = chart["flag"].eq(known["flag"]) & chart["side"].eq(known["side"])
    return chart["ordinal"].eq(last.ordinal) & chart["flag"].ne("") & ~same


def _say_no_limits(chart: pd.DataFrame) -> pd.Series[Any]:
    """Say once a segment, on its first row, why it has no limits."""
    first = ~chart.duplicated([*_SERIES, "segment"])
    without = first & chart["lower"].isna()
    say = {0: "no limits: no value", 1: "no limits: a single value"}
    words = chart["points"].map(say).fillna("no limits: no two values in a row that differ")
    return words.where(without, "")


def _join(note: pd.Series[Any], more: pd.Series[Any]) -> pd.Series[Any]:
    both = note + "; " + more
    return both.where(note.ne("") & more.ne(""), note + more)
