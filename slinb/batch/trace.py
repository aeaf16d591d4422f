"""From a figure in a report back to the file, sheet and cell that each of its numbers came from."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pandas as pd

from slinb.batch.trace_names import Name
from slinb.catalogue.areas import Area, Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.errors import Place

_HIDDEN = "not told in the public edition"
#: What a trace says of each number; one row a source cell.
COLUMNS = (
    "role", "area", "period", "numerator", "denominator", "value", "sent", "status",
    "publisher", "release", "file", "sheet", "cell",
)  # fmt: skip


def list_measure_names(measures: Iterable[Measure]) -> list[Name]:
    """Return what the figures of the catalogue are called: their ids, or words of their titles."""
    return [Name(m.id, title=m.title, also=m.domain, key=m) for m in measures]


def trace_figure(
    observations: pd.DataFrame,
    measure: Measure,
    area: Area,
    period: Period,
    areas: Areas,
) -> pd.DataFrame:
    """Return the source cells of one figure.

    Parameters
    ----------
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`: the accepted returns of this quarter and of
        those before it; or, for a figure of official statistics, the published ones.
    measure : Measure
    area : Area
        An authority; or a region, whose figure is pooled from its authorities where nobody
        states it.
    period : Period
        The period that the report shows.
    areas : Areas

    Returns
    -------
    DataFrame
        One row a source cell, with columns :data:`COLUMNS`. ``role`` is "stated", "added" (a
        quarter of a twelve-month figure) or "subtracted" (the year to date before it). A figure
        that was due and never sent has a row without a file.
    """
    mine = observations[observations["measure"].eq(measure.id)]
    codes = [area.code]
    if not mine["area"].eq(area.code).any() and area.level == "region":
        codes = [a.code for a in areas.authorities(area.code, at=period)]
    wanted = pd.DataFrame(
        [(role, code, p.id) for code in codes for role, p in list_windows(measure, period)],
        columns=["role", "area", "period"],
    )
    found = wanted.merge(mine, on=["area", "period"], how="left")
    return found[list(COLUMNS)]


def list_windows(measure: Measure, period: Period) -> list[tuple[str, Period]]:
    """Return the periods whose cells make up a figure, and what each does to it.

    Parameters
    ----------
    measure : Measure
    period : Period
        The period that the report shows.

    Returns
    -------
    list of (str, Period)
        ("stated", period) for a snapshot or an official figure; for a twelve-month figure its
        four quarters as "added"; where quarters are sent as year to date, also the one before
        the first as "subtracted", unless a year begins there.
    """
    if period.kind != "quarter" or measure.basis not in ("quarter", "ytd"):
        return [("stated", period)]
    first = period.shift(-3) if measure.shown == "rolling12" else period
    role = "stated" if first == period else "added"
    windows = [(role, p) for p in first.to(period)]
    if measure.basis == "ytd" and first.quarter != 1:
        windows.insert(0, ("subtracted", first.previous()))
    return windows


def hide_withheld(trace: pd.DataFrame, public: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Take out of a trace what the public edition does not tell: counts, and what was sent.

    Parameters
    ----------
    trace : DataFrame
        From :func:`trace_figure`.
    public : DataFrame
        Observations of each quarter by itself as the public edition has them.
    measure : Measure

    Returns
    -------
    DataFrame
        The same rows. A count stays where the public edition tells the same; a year to date
        where it tells each of its quarters and they add up to it, or the sum would give the
        withheld one away. (A return may have been sent again since the edition was made.)
    """
    told = public[public["measure"].eq(measure.id) & public["value"].notna()]
    known = told.drop_duplicates(["area", "period"]).set_index(["area", "period"])["numerator"]
    shown = [
        _is_told(known, area, _list_quarters(measure, period), float(count))
        for area, period, count in zip(
            trace["area"], trace["period"], trace["numerator"], strict=True
        )
    ]
    numbers = ["numerator", "denominator", "value"]
    hidden = trace.assign(sent="")
    hidden[numbers] = hidden[numbers].where(pd.Series(shown, index=trace.index), axis=0)
    came = trace["file"].notna()
    hidden["status"] = trace["status"].mask(came & ~pd.Series(shown, index=trace.index), _HIDDEN)
    return hidden


def _is_told(known: pd.Series[Any], area: str, quarters: list[str], count: float) -> bool:
    """Say whether the public edition tells a count: of its quarters each, and no other sum."""
    cells = [(area, quarter) for quarter in quarters]
    if not all(cell in known.index for cell in cells):
        return False
    stated = sum(float(known[cell]) for cell in cells)
    # A figure without a count has none here and none there.
    return stated == count or (math.isnan(stated) and math.isnan(count))


def _list_quarters(measure: Measure, period: str) -> list[str]:
    """Return the quarters whose counts stand in the cell of a period."""
    last = Period.parse(period)
    if measure.basis != "ytd" or last.kind != "quarter":
        return [period]
    return [p.id for p in last.shift(1 - last.quarter).to(last)]


def describe_trace(trace: pd.DataFrame, measure: Measure, areas: Areas) -> str:
    """Say in lines of text where a figure came from.

    Parameters
    ----------
    trace : DataFrame
        From :func:`trace_figure`.
    measure : Measure
    areas : Areas

    Returns
    -------
    str
        The measure, then a line for each source cell.
    """
    lines: Iterable[str] = (_describe_row(row, areas) for row in trace.itertuples())
    return "\n".join([f"{measure.title} ({measure.id})", *lines])


def _describe_row(row: Any, areas: Areas) -> str:
    r = row._asdict()
    head = f"  {r['role']:10} {areas[r['area']].name}, {r['period']}: "
    if pd.isna(r["file"]):
        return f"{head}never sent"
    counts = [_format(r[name]) for name in ("numerator", "denominator")]
    numbers = " of ".join(c for c in counts if c) or _format(r["value"]) or r["status"]
    place = Place(r["file"], r["sheet"], r["cell"])
    sent = f", sent as “{r['sent']}”" if r["sent"] else ""
    return f"{head}{numbers} ({r['publisher']}, {r['release']}; {place}{sent})"


def _format(number: float) -> str:
    return "" if pd.isna(number) else f"{number:,.10g}"
