"""Parts of a sentence: names, possessives, lists, times and figures, each said one way."""

from __future__ import annotations

import math
from collections.abc import Sequence

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import format_period, format_value


def name_area(area: Area) -> str:
    """Name an area within a sentence: an authority as people do, a region as "the region".

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> name_area(load_areas().find("Bristol, City of")), name_area(load_areas().find("Essex"))
    ('Bristol', 'Essex')
    """
    if area.level == "region":
        return "the region"
    head, _, tail = area.name.partition(", ")
    return head if tail.startswith(("City of", "County of")) else area.name


def own_area(area: Area) -> str:
    """Name an area as the owner of something.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> own_area(load_areas().find("Essex"))
    "Essex's"
    """
    return f"{name_area(area)}'s"


def join_names(names: Sequence[str]) -> str:
    """Join names as a list in a sentence.

    Examples
    --------
    >>> join_names(["Bedford", "Luton", "Thurrock"])
    'Bedford, Luton and Thurrock'
    """
    *first, last = names
    # "Bath and North East Somerset, Bristol, and Devon": the comma keeps the last name apart.
    comma = "," if any(" and " in name for name in names) else ""
    return f"{', '.join(first)}{comma} and {last}" if first else last


def say_when(period: str, measure: Measure) -> str:
    """Say the time that a figure covers as part of a sentence.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> say_when("2025-26-Q3", load_measures()["rereferrals_pct"])
    'in the 12 months to 31 December 2025'
    """
    parsed = Period.parse(period)
    words = format_period(parsed, measure.shown)
    if measure.shown == "snapshot":
        return f"at {words}"
    alone = parsed.kind == "quarter" and measure.shown != "rolling12"
    return f"in {words}" if alone else f"in the {words}"


def say_polarity(measure: Measure) -> str:
    """Say which way is good: "lower is better", or "no judgement"."""
    return "no judgement" if measure.polarity == "none" else f"{measure.polarity} is better"


def say_value(value: float, measure: Measure) -> str:
    """Write a figure; its unit only where the measure's short title does not end on it."""
    if math.isnan(value):
        return ""
    named = "per 1" in measure.short or measure.unit in measure.short
    return format_value(value, measure, unit=not named)
