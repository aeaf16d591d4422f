"""Where a series breaks: windows that a change of definition lies between or within."""

from __future__ import annotations

import datetime as dt

from slinb.catalogue.measures import Break, Measure
from slinb.catalogue.periods import Period


def find_window_start(measure: Measure, period: Period) -> dt.date:
    """Return the first day that a measure's figure of a period covers, as it is shown.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> rereferrals = load_measures()["rereferrals_pct"]
    >>> find_window_start(rereferrals, Period.parse("2025-26-Q3")).isoformat()
    '2025-01-01'
    """
    if measure.shown == "snapshot":
        return period.end
    if measure.shown == "rolling12" and period.kind == "quarter":
        return period.shift(-3).start
    return period.start


def find_break(measure: Measure, first: Period, last: Period) -> Break | None:
    """Return the break that keeps the figures of two periods from being compared, if any.

    A window that itself spans the change mixes two definitions, so a twelve-month figure
    compares with nothing until it lies wholly after the break.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> find_break(load_measures()["ceased_sgo_pct"], Period.parse("2017-18"),
    ...            Period.parse("2018-19")) is None
    False
    """
    covered = find_window_start(measure, first)
    for candidate in measure.breaks:
        if covered < Period.parse(candidate.period).start <= last.end:
            return candidate
    return None


def starts_segment(measure: Measure, quarter: Period) -> Break | None:
    """Return the break at which a quarter is the first of the new definition, if it is one.

    Its own events then all fall after the change; of a snapshot, its closing day does.
    """
    for candidate in measure.breaks:
        start = Period.parse(candidate.period).start
        if measure.shown == "snapshot":
            begins = quarter.start <= start <= quarter.end
        else:
            begins = quarter.previous().start < start <= quarter.start
        if begins:
            return candidate
    return None
