"""One funnel as an interactive plotly figure, for analysts in JupyterLab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.show.drawings import wrap_title
from slinb.show.formats import decapitalise, format_counts
from slinb.show.funnel_panel import find_range, mark_funnel
from slinb.show.funnel_words import (
    Funnel,
    list_funnels,
    say_funnel,
    say_spread,
    write_judgement,
    write_value,
)
from slinb.show.theme import colour, plotly_template

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def funnel_figure(
    funnel: pd.DataFrame, curve: pd.DataFrame, measure: Measure, areas: Sequence[Area]
) -> Figure:
    """Draw one funnel as an interactive plotly figure, for the drop-down in JupyterLab.

    Parameters
    ----------
    funnel : DataFrame
        Rows of :data:`slinb.schema.FUNNEL`.
    curve : DataFrame
        Rows of :data:`slinb.schema.FUNNEL_CURVE` of the measure.
    measure : Measure
    areas : sequence of Area

    Returns
    -------
    plotly Figure
        Hover over a point for its figures; the title says the finding.
    """
    import plotly.graph_objects as go

    figure = go.Figure(layout={"template": plotly_template(), "height": 560, "showlegend": False})
    found = list_funnels(funnel, {measure.id: curve}, [measure], areas)
    if not found or not found[0].placed:
        figure.update_layout(title=f"No figure to compare on {decapitalise(measure.short)}")
        return figure
    one = found[0]
    for name, token, dash in _LINES:
        figure.add_scatter(
            x=[row["denominator"] for row in one.curve],
            y=[row[name] for row in one.curve],
            mode="lines",
            line={"color": colour(token), "dash": dash, "width": 1},
            hoverinfo="skip",
        )
    _add_points(figure, one)
    figure.update_layout(
        title=wrap_title(say_funnel(one), say_spread(one)),
        margin={"t": 150},
        yaxis={"title": measure.unit, "range": find_range(one.placed)},
        xaxis={"title": measure.denominator, "rangemode": "tozero"},
    )
    return figure


_LINES = (
    ("centre", "ink-soft", "solid"),
    *((f"{side}{level}", "rule", "solid") for side in ("lower", "upper") for level in ("", "_998")),
    *(
        (f"adjusted_{side}{level}", "ink-soft", "dash")
        for side in ("lower", "upper")
        for level in ("", "_998")
    ),
)


def _add_points(figure: Any, funnel: Funnel) -> None:
    rows, measure = funnel.placed, funnel.measure
    marks = [mark_funnel(row, measure) for row in rows]
    shapes = {"higher": "triangle-up", "lower": "triangle-down"}
    tokens = {"better": "better", "worse": "worse"}
    figure.add_scatter(
        x=[row["denominator"] for row in rows],
        y=[row["value"] for row in rows],
        mode="markers+text",
        text=[funnel.name(row) if mark else "" for row, mark in zip(rows, marks, strict=True)],
        textposition="top center",
        marker={
            "symbol": [shapes[mark.side] if mark else "circle" for mark in marks],
            "size": [14 if mark else 10 for mark in marks],
            "opacity": 1,
            "color": [
                colour(tokens.get(mark.word, "ink") if mark else "ink-soft") for mark in marks
            ],
        },
        hovertext=[
            f"{funnel.name(row)}: {write_value(row['value'], measure)}, "
            f"{format_counts(row['numerator'], row['denominator'], measure)}, "
            f"{write_judgement(row, measure)}"
            for row in rows
        ],
        hoverinfo="text",
    )
