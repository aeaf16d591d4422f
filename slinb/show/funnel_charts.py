"""Funnels: which authorities differ from the region by more than chance, and who they are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.drawings import Panel
from slinb.show.formats import (
    format_counts,
    format_number,
    format_period_short,
    polarity_phrase,
)
from slinb.show.funnel_panel import draw_funnel
from slinb.show.funnel_words import (
    Funnel,
    list_funnels,
    list_notes,
    list_sides,
    say_funnel,
    say_sides,
    say_spread,
    say_when,
    say_whole,
    write_judgement,
    write_value,
)
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.rows import Row
from slinb.show.tables import table_html
from slinb.show.trend_words import capitalise


def funnels_html(
    funnel: pd.DataFrame,
    curves: Mapping[str, pd.DataFrame],
    measures: Iterable[Measure],
    areas: Sequence[Area],
    *,
    source: str = "",
    title: str = "Where authorities differ",
    key: str = "funnel",
) -> Html:
    """Write the funnels briefing: a chart of each measure chosen, a line of every other.

    Parameters
    ----------
    funnel : DataFrame
        Rows of :data:`slinb.schema.FUNNEL`, one period a measure.
    curves : mapping of measure id to DataFrame
        Rows of :data:`slinb.schema.FUNNEL_CURVE` of the measures to draw: some forty charts
        keep a page under 400 KB. The others stand in a table.
    measures : iterable of Measure
        In order of the page; one without a row in ``funnel`` is left out.
    areas : sequence of Area
        The authorities.
    source : str
        Where the figures come from.
    title : str
        Heading over the charts.
    key : str
        Prefix of the ids: a chart is ``<key>-<measure id>``.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``findings.css`` and no script.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    funnels = list_funnels(funnel, curves, measures, areas)
    drawn = [one for one in funnels if one.measure.id in curves and one.placed]
    rest = [one for one in funnels if one not in drawn]
    return Html(
        str(
            render_template(
                "funnel_charts",
                key=key,
                finding=_say_finding(funnels),
                charts_title=title,
                panels=[_draw_panel(one, key) for one in drawn],
                source=source,
                rows=[_write_line(one) for one in rest],
            )
        )
    )


def _say_finding(funnels: Sequence[Funnel]) -> str:
    if not funnels:
        return "No measure has a funnel yet."
    placed = [row for one in funnels for row in one.placed]
    outside = sum(bool(row["outside"]) for row in placed)
    measures = "one measure" if len(funnels) == 1 else f"{len(funnels)} measures"
    return (
        f"On {measures}, {format_number(outside)} of {format_number(len(placed))} figures lie "
        "outside their funnel: chance alone does not explain them."
    )


def _draw_panel(funnel: Funnel, key: str) -> Panel:
    measure = funnel.measure
    alt = say_whole(funnel)
    names = [funnel.name(row) for row in funnel.placed]
    svg, unnamed = draw_funnel(funnel.placed, funnel.curve, measure, names, alt)
    notes = [
        f"{capitalise(polarity_phrase(measure))}.",
        say_sides(funnel),
        f"Upwards: {measure.unit if measure.unit != '%' else 'per cent'}, {say_when(funnel)}. "
        f"To the right: {measure.denominator}.",
        say_spread(funnel),
        *list_notes(funnel),
        f"No room to name {join_names(unnamed)}." if unnamed else "",
    ]
    return Panel(
        id=f"{key}-{measure.id}",
        title=say_funnel(funnel),
        sign=None,
        svg=svg,
        notes=" ".join(note for note in notes if note),
        table=_write_table(funnel),
    )


def _write_table(funnel: Funnel) -> str:
    measure, when = funnel.measure, say_when(funnel)
    counts, limits = f"Counts, {when}", ("95% limits", "99.8% limits")
    return table_html(
        ["Authority", "Figure", counts, *limits, "Compared with the region"],
        [
            [
                funnel.name(row),
                write_value(row["value"], measure),
                format_counts(row["numerator"], row["denominator"], measure) or "–",
                _write_limits(row, "", measure),
                _write_limits(row, "_998", measure),
                write_judgement(row, measure),
            ]
            for row in funnel.rows
        ],
        caption=f"{measure.short}, {when}: the region's figure and what chance allows",
        numbers=(1,),
        foot=["The region", write_value(funnel.rows[0]["centre"], measure), "", "", "", ""],
    )


def _write_limits(row: Row, suffix: str, measure: Measure) -> str:
    low, high = row[f"lower{suffix}"], row[f"upper{suffix}"]
    if math.isnan(low) or math.isnan(high):
        return "–"
    return f"{write_value(low, measure)} to {write_value(high, measure)}"


def _write_line(funnel: Funnel) -> dict[str, Any]:
    first = funnel.placed[0] if funnel.placed else funnel.rows[0]
    phi = "" if math.isnan(first["phi"]) else f"φ = {format_number(first['phi'], 1)}"
    material = ", more than chance" if first["overdispersed"] else ""
    period = Period.parse(funnel.rows[0]["period"])
    return {
        "measure": funnel.measure,
        "when": format_period_short(period, funnel.measure.shown),
        "sides": list_sides(funnel),
        "notes": " ".join(list_notes(funnel)),
        "spread": f"{phi}{material}" or "–",
    }
