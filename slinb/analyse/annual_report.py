"""The year's report: what was signalled and what followed, and how good the data was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import pandas as pd

from slinb.analyse.quarter_points import QuarterPoints
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import VALUE_STATUSES, YEAR_QUALITY, YEAR_SIGNALS

_WITHHELD, _QUERIED = "suppressed", ("quarantined", "unreadable")


def list_year_quarters(last: Period) -> list[Period]:
    """Return the quarters of the financial year up to a quarter.

    Examples
    --------
    >>> [q.id for q in list_year_quarters(Period.parse("2025-26-Q2"))]
    ['2025-26-Q1', '2025-26-Q2']
    """
    return [Period("quarter", last.year, n) for n in range(1, last.quarter + 1)]


def compute_year(
    points: QuarterPoints,
    trends: pd.DataFrame,
    measures: Sequence[Measure],
    areas: Areas,
    region: str,
    period: Period,
) -> dict[str, pd.DataFrame]:
    """Compute the tables of the annual report of the year to a quarter.

    Parameters
    ----------
    points : QuarterPoints
        In the public edition protected.
    trends : DataFrame
        Rows of :data:`slinb.schema.TRENDS` made from them.
    measures : sequence of Measure
        Those asked for each quarter.
    areas : Areas
    region : str
        ONS code of the region.
    period : Period
        The quarter up to which the year is reported.

    Returns
    -------
    dict of DataFrame
        ``year_signals`` (:data:`slinb.schema.YEAR_SIGNALS`) and ``year_quality``
        (:data:`slinb.schema.YEAR_QUALITY`).
    """
    quarters = list_year_quarters(period)
    codes = [area.code for area in areas.authorities(region)]
    return {
        "year_signals": list_year_signals(trends, quarters),
        "year_quality": count_year_quality(points.own, codes, quarters, len(measures)),
    }


def list_year_signals(trends: pd.DataFrame, quarters: Sequence[Period]) -> pd.DataFrame:
    """Return the signals of the quarters of a year, each with what followed.

    Quarters in a row with a signal to the same side are one signal. It is found on the chart
    as it stands now: with hindsight, as the limits have moved since.

    Parameters
    ----------
    trends : DataFrame
        Rows of :data:`slinb.schema.TRENDS`.
    quarters : sequence of Period
        Quarters of the year, in order; the last is the latest.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.YEAR_SIGNALS`, the latest first within an area and measure.
    """
    year = {quarter.id for quarter in quarters}
    ordered = trends.sort_values(["area", "measure", "period"], kind="stable")
    found: list[dict[str, Any]] = []
    for (area, measure), rows in ordered.groupby(["area", "measure"], sort=False):
        series = rows.to_dict("records")
        for run, after in _find_runs(series):
            if year & {row["period"] for row in run}:
                found.append({"area": area, "measure": measure, **_describe_run(run, after)})
    return YEAR_SIGNALS.from_rows(found)


def _find_runs(
    series: Sequence[dict[Any, Any]],
) -> Iterator[tuple[list[dict[Any, Any]], list[dict[Any, Any]]]]:
    """Yield quarters in a row that signal to one side, and the quarters after them."""
    place = 0
    for (flagged, _, _), rows in groupby(
        series, key=lambda row: (bool(row["flag"]), row["side"], row["segment"])
    ):
        run = list(rows)
        place += len(run)
        if flagged:
            yield run, list(series[place:])


def _describe_run(run: Sequence[dict[Any, Any]], after: Sequence[dict[Any, Any]]) -> dict[str, Any]:
    first, last = run[0], run[-1]
    return {
        "flag": last["flag"],
        "side": last["side"],
        "began": first["period"],
        "until": last["period"],
        "value": last["value"],
        "followed": _say_followed(run, after),
        "trial": bool(last["trial"]),
    }


def _say_followed(run: Sequence[dict[Any, Any]], after: Sequence[dict[Any, Any]]) -> str:
    if not after:
        return "new this quarter" if len(run) == 1 else "goes on"
    if all(pd.isna(row["value"]) for row in after):
        return "no figure since"
    return "turned" if after[0]["flag"] else "back within its limits"


def count_year_quality(
    own: pd.DataFrame, codes: Sequence[str], quarters: Sequence[Period], expected: int
) -> pd.DataFrame:
    """Count, for each authority and quarter, the values asked for by what became of them.

    Parameters
    ----------
    own : DataFrame
        Points of the authorities, each quarter by itself.
    codes : sequence of str
        The authorities.
    quarters : sequence of Period
    expected : int
        Values asked of each authority in a quarter.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.YEAR_QUALITY`: the four parts of each add up to ``expected``.
    """
    rows = own[own["period"].isin([q.id for q in quarters])]
    kinds = rows["status"].map(_sort_status)
    counts = kinds.groupby([rows["area"], rows["period"], kinds]).size()
    made = []
    for code in codes:
        for quarter in quarters:
            parts = {
                kind: int(counts.get((code, quarter.id, kind), 0))
                for kind in ("shown", "withheld", "queried")
            }
            missing = expected - sum(parts.values())
            made.append(
                {"area": code, "period": quarter.id, "expected": expected, **parts}
                | {"missing": missing}
            )
    return YEAR_QUALITY.from_rows(made)


def _sort_status(status: str) -> str:
    if status in VALUE_STATUSES:
        return "shown"
    if status == _WITHHELD:
        return "withheld"
    return "queried" if status in _QUERIED else "missing"
