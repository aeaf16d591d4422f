"""A figure of a deep dive in words: its value, counts, interval and judgement, or why none."""

from __future__ import annotations

import math

from slinb.catalogue.measures import Polarity
from slinb.show.formats import NO_FIGURE, REASONS, format_count, format_number
from slinb.show.marks import mark_judgement
from slinb.show.rows import Row

OF = " of "
#: What stands for a figure that is not there at all.
NOT_SENT = "not sent"


def show_value(row: Row | None, decimals: int = 0) -> str:
    """Write a share or rate, or why there is none.

    Examples
    --------
    >>> show_value(None), show_value({"value": 23.6, "unit": "%", "status": "final"})
    ('not sent', '24%')
    """
    if row is None:
        return NOT_SENT
    if math.isnan(row["value"]):
        return say_missing(row["status"])
    sign = "%" if row.get("unit", "%") == "%" else ""
    return f"{format_number(row['value'], decimals)}{sign}"


def say_missing(status: str) -> str:
    """Write the symbol of a status; a dash where a figure has nothing below the line."""
    return REASONS[status].symbol if status in REASONS else NO_FIGURE


def explain_missing(row: Row | None) -> str:
    """Say in a chart why a row is empty."""
    if row is None:
        return NOT_SENT
    if row["status"] in REASONS:
        reason = REASONS[row["status"]]
        return f"{reason.symbol}: {reason.short}"
    return "none to count"


def show_counts(row: Row | None) -> str:
    """Write the counts behind a share: "101 of 420"."""
    if row is None:
        return ""
    if math.isnan(row["numerator"]) or math.isnan(row["denominator"]):
        return say_missing(row["status"])
    return f"{format_count(row['numerator'])}{OF}{format_count(row['denominator'])}"


def show_number(row: Row | None) -> str:
    """Write the count above the line of a share, or why there is none."""
    return NOT_SENT if row is None else show_counts(row).partition(OF)[0]


def show_both(row: Row | None) -> str:
    """Write a share with its counts: "25% (76 of 304)"."""
    counts = show_counts(row)
    return f"{show_value(row)} ({counts})" if OF in counts else show_value(row)


def show_interval(row: Row | None, decimals: int = 0) -> str:
    """Write a 95% interval: "20 to 28"."""
    if row is None or math.isnan(row["lower"]):
        return ""
    low, high = (format_number(row[name], decimals) for name in ("lower", "upper"))
    return f"{low} to {high}"


def show_within(row: Row | None) -> str:
    """Write a share with its 95% interval: "24% (20 to 28)"."""
    within = show_interval(row)
    return f"{show_value(row)} ({within})" if within else show_value(row)


def show_judgement(row: Row | None) -> str:
    """Write where a figure stands to the region's: "▲ higher"; nothing where it does not differ."""
    if row is None:
        return ""
    polarity: Polarity = "higher" if row["judgement"] in ("better", "worse") else "none"
    mark = mark_judgement(row["judgement"], row["judgement_998"], polarity)
    return f"{mark.arrows} {mark.word}" if mark else ""


def show_marked(row: Row | None) -> str:
    """Write a share with a triangle where it really differs: "▲ 24%"."""
    return f"{show_judgement(row).split(' ')[0]} {show_value(row)}".strip()


def read_value(row: Row | None, name: str = "value") -> float:
    """Return a number of a figure; missing where there is no figure."""
    return math.nan if row is None else float(row[name])


def show_months(row: Row | None) -> str:
    """Write a median in months: "12.5", or why there is none; nothing where none was sent."""
    if row is None or math.isnan(row["median"]):
        return "" if row is None else say_missing(row["status"])
    return format_number(row["median"], 1)
