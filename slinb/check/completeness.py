"""What was expected and did not come: whole returns, and measures that came a quarter before."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.check.rules import Settings
from slinb.schema import SUBMISSIONS, VALUE_STATUSES

_KEY = ["area", "period", "measure"]
#: Outcomes of a submission whose figures are the authority's.
_IN_USE = ("used", "late")


def due_date(quarter: Period, settings: Settings) -> dt.date:
    """Return the day by which a quarter's return is due.

    Examples
    --------
    >>> from slinb.check.rules import load_rules
    >>> due_date(Period.parse("2025-26-Q3"), load_rules().settings).isoformat()
    '2026-01-31'
    """
    months = quarter.end.month - 1 + settings.due_months
    year, month = quarter.end.year + months // 12, months % 12 + 1
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def build_returns_frame(
    submissions: pd.DataFrame,
    observations: pd.DataFrame,
    areas: Sequence[str],
    quarters: Sequence[Period],
    settings: Settings,
) -> pd.DataFrame:
    """Return the frame of the suite “returns”: the submissions, and a row for each that lacks one.

    Parameters
    ----------
    submissions : DataFrame
        Rows of :data:`slinb.schema.SUBMISSIONS`.
    observations : DataFrame
        What was sent; an authority with figures but no submission counts as having sent one.
    areas : sequence of str
        Codes of the authorities asked.
    quarters : sequence of Period
        The quarters for which they were.
    settings : Settings
        For the day on which a return is due.

    Returns
    -------
    DataFrame
        The columns of the submissions, ``row``, ``due``, and ``days_late`` (negative before the due
        day; NaN where the day of the return is not known or the return is not in use). The
        outcome is "missing" exactly where nothing of the authority can be used and it is not
        known that a workbook was refused, which has a query of its own.
    """
    wanted = pd.MultiIndex.from_tuples(
        product(areas, [q.id for q in quarters]), names=["area", "period"]
    )
    sent = pd.MultiIndex.from_frame(observations[["area", "period"]].drop_duplicates())
    rows = submissions[submissions["outcome"] != "missing"]
    rows = rows[rows["period"].isin([q.id for q in quarters])]
    empty = rows["outcome"].isin(_IN_USE) & ~_index(rows).isin(sent)
    rows = rows[~empty]
    held = _index(rows[rows["outcome"].isin([*_IN_USE, "refused"])])
    lacking = wanted[~(wanted.isin(sent) | wanted.isin(held))].to_frame(index=False)
    added = SUBMISSIONS.conform(lacking.assign(outcome="missing"), fill=True)
    frame = pd.concat([rows, added], ignore_index=True)
    due = {p: due_date(Period.parse(p), settings).isoformat() for p in frame["period"].unique()}
    frame["due"] = frame["period"].map(due).astype("str")
    return frame.assign(row=np.arange(len(frame)), days_late=_count_days(frame))


def _index(rows: pd.DataFrame) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(rows[["area", "period"]])


def _count_days(frame: pd.DataFrame) -> pd.Series[float]:
    received = pd.to_datetime(frame["received"], errors="coerce", format="ISO8601")
    late = received.dt.normalize() - pd.to_datetime(frame["due"])
    return late.dt.days.where(frame["outcome"].isin(_IN_USE)).astype("float64")


def build_expected_frame(
    observations: pd.DataFrame,
    history: pd.DataFrame,
    submissions: pd.DataFrame,
    areas: Sequence[str],
    quarters: Sequence[Period],
    measures: Sequence[Measure],
) -> pd.DataFrame:
    """Return the frame of the suite “completeness”: each measure expected of each authority.

    Parameters
    ----------
    observations : DataFrame
        Everything of the quarters, the empty cells too: they say where a figure should stand.
    history : DataFrame
        Observations of earlier quarters.
    submissions : DataFrame
        For the file of a measure whose row is not there at all.
    areas, quarters, measures
        Whom, for when and for what.

    Returns
    -------
    DataFrame
        ``row``, area, period, measure; ``came`` and ``came_before`` ("yes" or "no"); what
        stood a quarter earlier (``previous_numerator``, ``previous_denominator``,
        ``previous_value``); file, sheet and cell. Authorities that sent nothing are left out:
        they have a query of their own.
    """
    came = observations[has_come(observations)]
    frame = _list_expected(came, areas, quarters, measures)
    key = pd.MultiIndex.from_frame(frame[_KEY])
    frame["came"] = np.where(key.isin(pd.MultiIndex.from_frame(came[_KEY])), "yes", "no")
    frame = frame.merge(_look_up_previous(history, came, quarters), on=_KEY, how="left")
    frame["came_before"] = np.where(frame["came_before"].eq(True), "yes", "no")
    places = observations[[*_KEY, "file", "sheet", "cell"]].drop_duplicates(_KEY)
    frame = frame.merge(places, on=_KEY, how="left")
    files = submissions[submissions["outcome"].isin(_IN_USE)].drop_duplicates(["area", "period"])
    known = pd.Series(files["file"].to_numpy(), index=_index(files), dtype="str")
    frame["file"] = frame["file"].fillna(pd.Series(known.reindex(_index(frame)).to_numpy()))
    texts = ["file", "sheet", "cell"]
    frame[texts] = frame[texts].fillna("")
    return frame.assign(row=np.arange(len(frame)))


def has_come(observations: pd.DataFrame) -> pd.Series[bool]:
    """Say of each row whether anything was sent: words such as "not available" count."""
    return observations["sent"].ne("") | observations["status"].ne("missing")


def _list_expected(
    came: pd.DataFrame,
    areas: Sequence[str],
    quarters: Sequence[Period],
    measures: Sequence[Measure],
) -> pd.DataFrame:
    wanted = pd.MultiIndex.from_tuples(
        product(areas, [q.id for q in quarters]), names=["area", "period"]
    )
    returned = wanted[wanted.isin(_index(came))]
    rows = [(area, period, m.id) for (area, period), m in product(returned, measures)]
    return pd.DataFrame(rows, columns=_KEY).astype("str")


def _look_up_previous(
    history: pd.DataFrame, came: pd.DataFrame, quarters: Sequence[Period]
) -> pd.DataFrame:
    """Return the figures of the quarter before each, under that quarter's own name."""
    following = {q.previous().id: q.id for q in quarters}
    rows = pd.concat([history, came], ignore_index=True)
    rows = rows[rows["period"].isin(list(following)) & rows["status"].isin(VALUE_STATUSES)]
    rows = rows.assign(period=rows["period"].map(following).astype("str"), came_before=True)
    figures = {part: f"previous_{part}" for part in ("numerator", "denominator", "value")}
    named = rows.rename(columns=figures)[[*_KEY, *figures.values(), "came_before"]]
    return named.drop_duplicates(_KEY, keep="last")
