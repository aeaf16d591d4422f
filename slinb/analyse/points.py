"""From observations to comparable points: one computed value per area, period and measure.

Returns count events a quarter (or a year to date) at a time; a briefing shows them over twelve
months, because a quarter's count is small and seasonal. Year-to-date figures are differenced
first, and a window with a missing quarter has no value: a missing count is never a zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.places import say_window_places
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import OBSERVATIONS, VALUE_STATUSES

_KEY = ["area", "measure"]
_QUARTERS_A_YEAR = 4


def compute_points(observations: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """Return published (annual) observations with their value computed from the counts.

    Parameters
    ----------
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`.
    measures : iterable of Measure
        Rows of other measures are left out.

    Returns
    -------
    DataFrame
        The same columns; ``value`` is multiplier × numerator / denominator wherever both are
        known (the publisher's own figure is rounded), else the published value. A row whose
        status carries no number has none.
    """
    by_id = {m.id: m for m in measures}
    points = observations[observations["measure"].isin(list(by_id))].copy()
    if points.empty:
        return points.reset_index(drop=True)
    stated = points["value"]
    _compute_value(points, by_id)
    points["value"] = _keep_within_rounding(points, stated, by_id)
    points["note"] = _say_where_stated_differs(points, stated, by_id)
    return points.reset_index(drop=True)


def _keep_within_rounding(
    points: pd.DataFrame, stated: pd.Series[Any], measures: dict[str, Measure]
) -> pd.Series[Any]:
    """Keep a region's or England's computed share within the rounding of the stated one.

    Their counts are published to the nearest ten, so on small numbers the stated percentage,
    worked out before rounding, is the nearer.
    """
    rounded = points["area"].str.startswith(("E12", "E13", "E92"))
    rounded &= ~points["measure"].map({m.id: m.uses_population for m in measures.values()})
    half = _stated_step(points, measures) / 2
    clipped = points["value"].clip(stated - half, stated + half)
    return points["value"].mask(rounded & stated.notna() & points["value"].notna(), clipped)


def _stated_step(points: pd.DataFrame, measures: dict[str, Measure]) -> pd.Series[Any]:
    """Return the step to which the publisher rounds each measure: 0.1, or 1."""
    places = {
        m.id: min([p.decimals for p in m.published if p.decimals is not None], default=m.decimals)
        for m in measures.values()
    }
    return 10.0 ** -points["measure"].map(places)


def _say_where_stated_differs(
    points: pd.DataFrame, stated: pd.Series[Any], measures: dict[str, Measure]
) -> pd.Series[Any]:
    """Note the publisher's own rate where the counts no longer give it.

    A release divides by the population estimates of its day, which the ONS revises later.
    """
    step = _stated_step(points, measures)
    over_people = points["measure"].map({m.id: m.uses_population for m in measures.values()})
    # Half a step is rounding; a tenth more is the binary fraction.
    apart = over_people & (points["value"] - stated).abs().gt(0.6 * step)
    told = stated.map(lambda v: f"the release states {v:g}, on an earlier population")
    return points["note"].mask(apart, _join(points["note"], told))


def compute_quarterly_points(
    observations: pd.DataFrame, measures: Iterable[Measure], quarters: Iterable[Period]
) -> pd.DataFrame:
    """Return quarterly observations in the window that a briefing shows.

    Snapshots stay as they are. Events are differenced where they were sent as year to date and
    summed over four quarters where the measure is shown over twelve months; the population of
    a rate is that of the last quarter. ``note`` says which months a window covers or why it
    has no value.

    Parameters
    ----------
    observations : DataFrame
        Accepted observations of all the quarters that are known, at most one row per area,
        period and measure.
    measures : iterable of Measure
        Measures of the quarterly return.
    quarters : iterable of Period
        Quarters for which points are wanted; earlier ones only feed their windows.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`, one per area, quarter and measure observed.
    """
    by_id = {m.id: m for m in measures}
    rows = observations[observations["measure"].isin(list(by_id))].reset_index(drop=True)
    if rows.empty:
        return OBSERVATIONS.empty()
    rows = _sum_windows(_difference_year_to_date(rows, by_id), by_id)
    _close_own_quarters(rows, by_id)
    _compute_value(rows, by_id)
    wanted = {q.id for q in quarters}
    rows = rows[rows["period"].isin(wanted)]
    return OBSERVATIONS.conform(rows[OBSERVATIONS.names]).reset_index(drop=True)


def compute_own_quarters(
    observations: pd.DataFrame, measures: Iterable[Measure], quarters: Iterable[Period]
) -> pd.DataFrame:
    """Return quarterly observations with each quarter's own value instead of twelve months.

    Successive twelve-month windows share three quarters, so they are no independent points
    for a process chart or a test; these are.

    Parameters
    ----------
    observations, measures, quarters
        As in :func:`compute_quarterly_points`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`. Numerator and denominator are the quarter's
        own counts; a rate of events is the annual one (four times the quarter's), a proportion
        is of the quarter's own cases, a snapshot stays as it is. A negative difference of two
        years to date is kept as a rate, has no value as a proportion, and ``note`` says so.
    """
    own = [take_own_quarter(m) for m in measures]
    return compute_quarterly_points(observations, own, quarters)


def take_own_quarter(measure: Measure) -> Measure:
    """Return a measure of events as it is shown for a single quarter; a snapshot unchanged."""
    if measure.basis not in ("quarter", "ytd"):
        return measure
    return measure.model_copy(update={"shown": "quarter"})


def _compute_value(points: pd.DataFrame, measures: dict[str, Measure]) -> None:
    """Fill ``value`` from the counts, in place; a denominator of zero gives no value."""
    multiplier = map_multipliers(points["measure"], measures)
    counted = points["measure"].map({m.id: m.kind != "value" for m in measures.values()})
    usable = counted & points["denominator"].gt(0) & points["numerator"].notna()
    computed = multiplier * points["numerator"] / points["denominator"].where(usable)
    has_number = points["status"].isin(VALUE_STATUSES)
    points["value"] = computed.where(usable, points["value"]).where(has_number)
    nothing = counted & points["denominator"].eq(0) & has_number
    points["value"] = points["value"].mask(nothing)
    points["note"] = points["note"].mask(nothing, "no value: the denominator is 0")


def map_multipliers(measure: pd.Series[Any], measures: dict[str, Measure]) -> pd.Series[Any]:
    """Return what each row's count over its denominator is multiplied by, by measure id.

    A rate of a single quarter's events is shown as an annual rate.
    """
    found = {m.id: annual_multiplier(m) for m in measures.values()}
    return measure.map(found).astype("float64")


def annual_multiplier(measure: Measure) -> float:
    """Return what a count over its denominator is multiplied by: a quarter's rate is annual."""
    a_quarter = measure.kind == "rate" and measure.shown == "quarter"
    return measure.multiplier * (_QUARTERS_A_YEAR if a_quarter else 1)


def _close_own_quarters(rows: pd.DataFrame, measures: dict[str, Measure]) -> None:
    """Say which differenced counts of a single quarter give no value, in place."""
    single = rows["measure"].map(
        {m.id: m.basis == "ytd" and m.shown == "quarter" for m in measures.values()}
    )
    # What was sent is the value of the year to date: it must not stand for the quarter.
    rows["value"] = rows["value"].mask(single)
    has_number = single & rows["status"].isin(VALUE_STATUSES)
    proportion = rows["measure"].map({m.id: m.kind == "proportion" for m in measures.values()})
    unknown = has_number & (rows["numerator"].isna() | rows["denominator"].isna())
    top, bottom = rows["numerator"], rows["denominator"]
    revised = has_number & proportion & (top.lt(0) | bottom.lt(0) | top.gt(bottom))
    rows["status"] = rows["status"].mask(unknown | revised, "missing")
    rows["note"] = (
        rows["note"]
        .mask(unknown, "no figure of the quarter alone: the year to date before it is missing")
        .mask(revised, "no figure of the quarter alone: a revision makes its counts impossible")
    )


def _ordinals(periods: pd.Series[Any]) -> pd.Series[Any]:
    unique = {p: Period.parse(p).ordinal for p in periods.unique()}
    return periods.map(unique).astype("int64")


def _earlier(rows: pd.DataFrame, steps: int, columns: list[str]) -> pd.DataFrame:
    """Return ``columns`` of the same area and measure ``steps`` quarters before each row."""
    past = rows[[*_KEY, "ordinal", *columns]].assign(ordinal=rows["ordinal"] + steps)
    found = rows[[*_KEY, "ordinal"]].merge(past, on=[*_KEY, "ordinal"], how="left")
    return found[columns].set_axis(rows.index)


def _difference_year_to_date(rows: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Turn year-to-date counts into the quarter's own; the first quarter stands as it is."""
    rows = rows.assign(ordinal=_ordinals(rows["period"]))
    to_date = rows["measure"].map({m.id: m.basis == "ytd" for m in measures.values()})
    later = to_date & (rows["ordinal"] % 4 != 0)
    before = _earlier(rows, 1, ["numerator", "denominator"])
    rows["numerator"] = rows["numerator"].mask(later, rows["numerator"] - before["numerator"])
    own = later & ~rows["measure"].map({m.id: m.uses_population for m in measures.values()})
    rows["denominator"] = rows["denominator"].mask(own, rows["denominator"] - before["denominator"])
    fell = later & rows["numerator"].lt(0)
    rows["note"] = rows["note"].mask(fell, "a revision makes this quarter’s own count negative")
    return rows


def _sum_windows(rows: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Sum the last four quarters where a measure is shown over twelve months."""
    summed = {m.id: m.shown == "rolling12" != m.basis for m in measures.values()}
    sums = rows["measure"].map(summed)
    population = rows["measure"].map({m.id: m.uses_population for m in measures.values()})
    numerator, denominator = rows["numerator"].copy(), rows["denominator"].copy()
    estimated = rows["status"].eq("estimated")
    absent = np.zeros(len(rows), dtype="int64")
    lacks_base = ~population.to_numpy(dtype=bool)
    for steps in (1, 2, 3):
        past = _earlier(rows, steps, ["numerator", "denominator", "status"])
        numerator = numerator + past["numerator"].to_numpy()
        denominator = denominator + past["denominator"].to_numpy()
        estimated |= past["status"].eq("estimated").to_numpy()
        absent += (past["numerator"].isna() | (lacks_base & past["denominator"].isna())).to_numpy()
    rows["numerator"] = rows["numerator"].mask(sums, numerator)
    rows["denominator"] = rows["denominator"].mask(sums & ~population, denominator)
    has_number = rows["status"].isin(VALUE_STATUSES)
    # A sum without its denominator would let the sent value of one quarter stand for a year's.
    gap = sums & has_number & (numerator.isna() | (~population & denominator.isna()))
    rows["status"] = (
        rows["status"].mask(gap, "missing").mask(sums & has_number & ~gap & estimated, "estimated")
    )
    complete = sums & has_number & ~gap
    rows["cell"] = rows["cell"].mask(complete, say_window_places(rows, measures))
    rows["note"] = rows["note"].mask(
        complete, _join(rows["note"], "12 months to " + rows["period"].map(_closing_day(rows)))
    )
    why = "no 12-month figure: of the three quarters before, missing: "
    missing = pd.Series(absent, index=rows.index).astype("str")
    rows["note"] = rows["note"].mask(gap, why + missing)
    return rows


def _closing_day(rows: pd.DataFrame) -> dict[str, str]:
    return {p: Period.parse(p).snapshot_label for p in rows["period"].unique()}


def _join(note: pd.Series[Any], more: pd.Series[Any]) -> pd.Series[Any]:
    return more.where(note.eq(""), note.str.removesuffix(".") + "; " + more)
