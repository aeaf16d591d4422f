"""The figure last published of each authority beside what it now sends."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.check.frame import fill_population
from slinb.check.history import Floats, Ints, Panel, measure_distance
from slinb.check.rules import Settings

_DAYS_A_YEAR = 365.25


def find_published(
    frame: pd.DataFrame,
    panel: Panel,
    published: pd.DataFrame,
    populations: pd.Series[Any],
    measures: Measures,
    settings: Settings,
) -> pd.DataFrame:
    """Hold each figure, in the window that a briefing shows, against the one last published.

    Events are summed over the last four quarters where the measure is shown over twelve months;
    where one of the four is missing, nothing is compared.

    Parameters
    ----------
    frame : DataFrame
        From :func:`slinb.check.frame.build_value_frame`.
    panel : Panel
        The quarter and those before it.
    published : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`; of each area and measure the newest period
        that ended by the end of the quarter is taken.
    populations : Series
        From :func:`slinb.check.frame.find_populations`.
    measures : Measures
        For breaks in series and windows.
    settings : Settings
        For the greatest age of a published figure.

    Returns
    -------
    DataFrame
        Indexed as ``frame``: ``published_errors``, ``published_ratio`` and
        ``published_points`` as :func:`slinb.check.history.measure_distance` gives them (NaN
        where nothing is compared), and for the sentence ``shown``, ``published``,
        ``published_period``, ``published_by``.
    """
    shown = _sum_window(frame, panel, populations, measures)
    latest = _pick_latest(frame, published, measures, settings)
    count, whole = _count_published(latest, frame, shown[1])
    distance = measure_distance(frame["compared_as"], shown, (count, whole))
    known = np.isfinite(shown[0]) & np.isfinite(count) & (shown[1] > 0) & (whole > 0)
    scale = frame["multiplier"].where(frame["counted"], 1.0).to_numpy()
    found = {f"published_{k}": np.where(known, v, np.nan) for k, v in distance.items()}
    with np.errstate(divide="ignore", invalid="ignore"):
        found |= {"shown": scale * shown[0] / shown[1], "published": scale * count / whole}
    words = {
        "published_period": latest["period_published"].fillna("").to_numpy(),
        "published_by": latest["publisher_published"].fillna("").to_numpy(),
    }
    return pd.DataFrame(found | words, index=frame.index)


def _sum_window(
    frame: pd.DataFrame, panel: Panel, populations: pd.Series[Any], measures: Measures
) -> tuple[Floats, Floats]:
    """Return count and whole over the window that a briefing shows."""
    where = panel.locate(frame)
    count, whole = panel.counts[where].copy(), panel.wholes[where].copy()
    shown = {m.id: m.shown for m in measures}
    flow = frame["basis"].isin(["quarter", "ytd"]).to_numpy()
    summed = flow & frame["measure"].map(shown).eq("rolling12").to_numpy()
    stretch = panel.stretches[where]
    for steps in (1, 2, 3):
        same = panel.look_back(panel.stretches, where, steps) == stretch
        for total, table in ((count, panel.counts), (whole, panel.wholes)):
            past = np.where(same, panel.look_back(table, where, steps), np.nan)
            total += np.where(summed, past, 0.0)
    # A quarter's events are not those of a year: shown alone they cannot be compared.
    count[flow & ~summed] = np.nan
    population = fill_population(frame, populations).to_numpy(dtype="float64")
    return count, np.where(frame["uses_population"].to_numpy(), population, whole)


def _pick_latest(
    frame: pd.DataFrame, published: pd.DataFrame, measures: Measures, settings: Settings
) -> pd.DataFrame:
    """Return the newest usable published row for each row of ``frame``, NaN where none is."""
    ends = {p: Period.parse(p).end.toordinal() for p in frame["period"].unique()}
    rows = frame[["area", "measure"]].assign(
        day=frame["period"].map(ends).astype("int64"), place=np.arange(len(frame))
    )
    known = _prepare_published(published, set(frame["measure"]))
    found = pd.merge_asof(
        rows.sort_values("day", kind="stable"),
        known,
        left_on="day",
        right_on="day_published",
        by=["area", "measure"],
        tolerance=round(settings.published_within_years * _DAYS_A_YEAR),
    ).sort_values("place")
    broken = _cross_break(found, measures)
    columns = ["numerator_published", "denominator_published", "value_published"]
    found.loc[broken, columns] = np.nan
    return found.set_axis(frame.index)


def _prepare_published(published: pd.DataFrame, ids: set[str]) -> pd.DataFrame:
    columns = ["period", "numerator", "denominator", "value", "publisher"]
    rows = published[published["measure"].isin(ids)]
    rows = rows[rows["value"].notna() | rows["denominator"].gt(0) & rows["numerator"].notna()]
    ends = {p: Period.parse(p).end.toordinal() for p in rows["period"].unique()}
    named = rows[["area", "measure", *columns]].rename(columns=lambda c: _rename(c, columns))
    return named.assign(
        day_published=named["period_published"].map(ends).astype("int64")
    ).sort_values("day_published", kind="stable")


def _rename(column: str, columns: list[str]) -> str:
    return f"{column}_published" if column in columns else column


def _cross_break(found: pd.DataFrame, measures: Measures) -> Ints | Any:
    """Say of each row whether a break in the series lies between the two figures."""
    crossed = np.zeros(len(found), dtype=bool)
    for measure in found["measure"].unique():
        for broken in measures[measure].breaks:
            day = Period.parse(broken.period).end.toordinal()
            rows = found["measure"].eq(measure).to_numpy()
            between = found["day_published"].lt(day) & found["day"].ge(day)
            crossed |= rows & between.to_numpy()
    return crossed


def _count_published(
    latest: pd.DataFrame, frame: pd.DataFrame, whole_now: Floats
) -> tuple[Floats, Floats]:
    """Return the published count and whole; of a bare figure, those that it would stand for.

    Where only a rounded percentage or rate is published, it is taken for that of a body as
    large as today's: the chance that is allowed for is then about right.
    """
    count, whole = latest["numerator_published"], latest["denominator_published"]
    complete = (count.notna() & whole.gt(0)).to_numpy() & frame["counted"].to_numpy()
    scale = frame["multiplier"].where(frame["counted"], 1.0).to_numpy()
    stood_for = latest["value_published"].to_numpy() * whole_now / scale
    return (
        np.where(complete, count.to_numpy(), stood_for),
        np.where(complete, whole.to_numpy(), whole_now),
    )
