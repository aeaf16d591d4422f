"""Numbers, figures and periods as readers see them, in one place."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from slinb.catalogue.measures import Basis, Measure
from slinb.catalogue.periods import Period

MINUS = "\N{MINUS SIGN}"
NO_FIGURE = "\N{EN DASH}"


@dataclass(frozen=True)
class Reason:
    """Why a cell has no figure: the symbol, a word or two beside it, and the words for a reader."""

    symbol: str
    short: str
    words: str


#: The publisher's own symbol where there is one (DfE: c, k, u, x, z).
REASONS: dict[str, Reason] = {
    "suppressed": Reason("c", "withheld", "withheld by the publisher to protect small numbers"),
    "rounds_to_zero": Reason("k", "near zero", "not zero, but rounds to zero"),
    "low_reliability": Reason("u", "unreliable", "too unreliable to publish"),
    "not_available": Reason("x", "not available", "not available"),
    "not_applicable": Reason("z", "not applicable", "does not apply here"),
    "not_collected": Reason(NO_FIGURE, "not collected", "not collected"),
    "missing": Reason(NO_FIGURE, "not sent", "not sent"),
    "unreadable": Reason("?", "unreadable", "sent, but not as a number"),
    "quarantined": Reason("q", "queried", "sent, queried with the authority and not yet confirmed"),
}
_SHORT_SPANS = {
    "quarter": "3 months to",
    "rolling12": "Year to",
    "ytd": "April to",
    "year": "Year to",
}


def format_number(value: float, decimals: int = 0) -> str:
    """Write a number with thousands separators and a real minus sign.

    Parameters
    ----------
    value : float
        Any finite number.
    decimals : int, default 0
        Places after the point.

    Examples
    --------
    >>> format_number(-1234.5, 1)
    '−1,234.5'
    >>> format_number(-0.04, 1)
    '0.0'
    """
    text = f"{value:,.{decimals}f}"
    if text.startswith("-") and float(text.replace(",", "")) == 0:
        return text[1:]
    return text.replace("-", MINUS)


def format_count(value: float) -> str:
    """Write a count: whole where it is whole, else with one place (full-time equivalents)."""
    return format_number(value, 0 if float(value).is_integer() else 1)


def format_value(value: float, measure: Measure, *, unit: bool = True) -> str:
    """Write a figure of a measure in its decimals and, if asked, its unit.

    A per cent sign always stands with its number; any other unit only where ``unit`` is true,
    because a table says it once for a whole row.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> format_value(27.13, load_measures()["rereferrals_pct"], unit=False)
    '27.1%'
    """
    number = format_number(value, measure.decimals)
    if measure.unit == "%":
        return f"{number}%"
    return f"{number} {measure.unit}" if unit else number


def names_unit(measure: Measure) -> bool:
    """Whether the short title says the unit already: "Referrals per 10,000"."""
    return "per 1" in measure.short or measure.unit in measure.short


def format_change(change: float, measure: Measure, *, unit: bool = True) -> str:
    """Write a change in words: "up 1.8 percentage points", "down 3 days", "unchanged".

    As in :func:`format_value`, a unit other than per cent can be left out.
    """
    size = format_number(abs(change), measure.decimals)
    if float(size.replace(",", "")) == 0:
        return "unchanged"
    word = f"{'up' if change > 0 else 'down'} {size}"
    if measure.unit == "%":
        return f"{word} percentage points"
    return f"{word} {measure.unit}" if unit else word


def polarity_phrase(measure: Measure) -> str:
    """Return which way is good, without the reason that the catalogue gives after a colon.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> polarity_phrase(load_measures()["rereferrals_pct"])
    'lower is better'
    """
    return decapitalise(measure.polarity_words.split(":")[0].rstrip(". "))


def format_counts(numerator: float, denominator: float, measure: Measure) -> str:
    """Write the two counts behind a figure, or nothing where they are not known.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> format_counts(312, 1151, load_measures()["rereferrals_pct"])
    '312 of 1,151'
    """
    if math.isnan(numerator) or math.isnan(denominator):
        return ""
    above, below = format_count(numerator), format_count(denominator)
    if measure.kind == "proportion":
        return f"{above} of {below}"
    if measure.uses_population:
        return f"{above} in a population of {below}"
    return f"{above} over {below}"


def format_period(period: Period, basis: Basis) -> str:
    """Write the time that a figure covers, in full.

    Examples
    --------
    >>> format_period(Period.parse("2025-26-Q3"), "rolling12")
    '12 months to 31 December 2025'
    >>> format_period(Period.parse("2024-25"), "snapshot")
    '31 March 2025'
    """
    if basis == "snapshot":
        return period.snapshot_label
    if basis == "rolling12" and period.kind == "quarter":
        return f"12 months to {period.snapshot_label}"
    return period.label


def format_period_short(period: Period, basis: Basis) -> str:
    """Write the time that a figure covers for a narrow column.

    Examples
    --------
    >>> format_period_short(Period.parse("2024-25"), "year")
    'Year to Mar 2025'
    """
    month = f"{period.end:%b} {period.end.year}"
    if basis == "snapshot":
        return f"{period.end.day} {month}"
    if period.kind == "quarter":
        return f"{_SHORT_SPANS[basis]} {month}"
    if period.kind == "academic":
        return f"School year {period.year}/{(period.year + 1) % 100:02d}"
    if period.kind == "calendar":
        return f"Calendar year {period.year}"
    return f"Year to {month}"


def format_day(iso: str) -> str:
    """Write an ISO date in words; a text that is no date stays as it is.

    Examples
    --------
    >>> format_day("2026-01-19"), format_day("mid January")
    ('19 January 2026', 'mid January')
    """
    try:
        day = dt.date.fromisoformat(iso)
    except ValueError:
        return iso
    return f"{day.day} {day:%B %Y}"


def decapitalise(text: str) -> str:
    """Lower the first letter of a title for use within a sentence, sparing "CLA" and "Ofsted".

    Examples
    --------
    >>> decapitalise("Re-referrals"), decapitalise("CLA reviews on time")
    ('re-referrals', 'CLA reviews on time')
    """
    first = text.split(" ", 1)[0]
    if first in ("Ofsted", "England", "English") or any(c.isupper() for c in first[1:]):
        return text
    return text[:1].lower() + text[1:]
