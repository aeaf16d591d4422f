"""Rows of the analysis in words: one remark a row, for a table, a chart's caption or a tooltip."""

from __future__ import annotations

import math

from slinb.catalogue.explain import ExplainRules
from slinb.catalogue.measures import Measure
from slinb.show.formats import format_change, format_number
from slinb.show.phrases import say_value
from slinb.show.rows import Row

#: From as many points on, process limits are settled.
_SETTLED = 13


def say_travel(row: Row, measure: Measure) -> str:
    """Say one row of :data:`slinb.schema.TRAVEL`.

    Returns
    -------
    str
        "worsened since a year ago: 27.1%, up 3.2 percentage points"; "no real change since …";
        or why nothing can be said.
    """
    if row["direction"] == "not compared":
        return f"not compared with {row['since']}: {row['note'] or 'no interval'}"
    value = say_value(row["value"], measure)
    change = format_change(row["change"], measure)
    return f"{row['direction']} since {row['since']}: {value}, {change}"


def say_trial(points: int) -> str:
    """Say aloud that limits are trial limits, or nothing from 13 points up."""
    if points >= _SETTLED:
        return ""
    if points == 0:
        return "No limits: no quarter has a value."
    quarters = "1 quarter" if points == 1 else f"{points} quarters"
    return f"Trial limits: {quarters} so far, and limits are settled from {_SETTLED} quarters on."


def say_firmness(row: Row) -> str:
    """Say one row of :data:`slinb.schema.FIRMNESS`: what else was tried, and what changes it."""
    made = int(row["made"])
    if row["firmness"] == "not tested":
        return "Not tested: no other comparison could be made."
    if row["firmness"] == "holds":
        return (
            "Holds under the one other comparison that could be made."
            if made == 1
            else f"Holds under all {made} other comparisons that could be made."
        )
    changes = f"{int(row['changed'])} of {made} other comparisons"
    return f"Depends on the comparison: {changes} would not say so ({row['words']})."


def say_dispersion(row: Row) -> str:
    """Say how much more the authorities of a funnel vary than chance does, φ printed."""
    if math.isnan(row["phi"]):
        return ""
    phi = f"φ = {format_number(row['phi'], 1)}"
    if not row["overdispersed"]:
        return f"{phi}: the authorities vary about as much as chance makes them."
    return (
        f"{phi}: the authorities vary more than chance makes them, so many lie outside the plain "
        "limits; the wider limits allow for it."
    )


def say_confidence(row: Row, measure: Measure) -> str:
    """Say one row of :data:`slinb.schema.CONFIDENCE`: what becomes of such a figure.

    Returns
    -------
    str
        "usually within 0.5 percentage points of the published figure (6 comparisons)", with
        fewer comparisons than are enough what there were, or that there were none.
    """
    count = int(row["comparisons"])
    if count == 0:
        return "never yet compared with a published figure"
    whose = "" if row["basis"] == "authority and measure" else " of the region's authorities"
    times = f"{count} comparison{'' if count == 1 else 's'}{whose}"
    if row["grade"] == "too few to say":
        size = _say_size(row["largest_revision"], measure)
        return f"within {size} of the published figure so far, too few to say usually ({times})"
    size = _say_size(row["usual_revision"], measure)
    return f"usually within {size} of the published figure ({times})"


def _say_size(size: float, measure: Measure) -> str:
    # Rounded up: a revision of 0.44 is not within 0.4.
    step = 10**measure.decimals
    rounded = math.ceil(size * step - 1e-9) / step
    unit = "percentage points" if measure.unit == "%" else measure.unit
    return f"{format_number(rounded, measure.decimals)} {unit}"


def say_rules(rule: str, rules: ExplainRules) -> str:
    """Say why a figure is on the explain list: the rules of its row, joined.

    Examples
    --------
    >>> from slinb.catalogue.explain import load_explain_rules
    >>> say_rules("outside_998, new_signal", load_explain_rules())
    'outside the 99.8% limits; a new signal this quarter'
    """
    return "; ".join(rules.words(name) for name in rule.split(", "))
