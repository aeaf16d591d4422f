"""One process chart as an interactive plotly figure, for analysts in JupyterLab."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.show.drawings import wrap_title
from slinb.show.formats import decapitalise, format_value
from slinb.show.labels import spread_labels
from slinb.show.theme import colour, plotly_template
from slinb.show.trend_panel import needed_span
from slinb.show.trend_series import Series, list_series
from slinb.show.trend_words import (
    floor_limit,
    format_quarter,
    mark_point,
    name_token,
    read_signal,
    say_latest,
    say_limits,
)

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def trend_figure(trends: pd.DataFrame, measure: Measure, area: Area) -> Figure:
    """Draw one series as an interactive plotly figure, for the drop-downs in JupyterLab.

    Parameters
    ----------
    trends : DataFrame
        Rows of :data:`slinb.schema.TRENDS`.
    measure : Measure
    area : Area

    Returns
    -------
    plotly Figure
        Hover over a point for its sentence; the title says the finding and the limits.
    """
    import plotly.graph_objects as go

    found = list_series(trends, [measure], [area])
    figure = go.Figure(layout={"template": plotly_template(), "height": 480, "showlegend": False})
    if not found:
        figure.update_layout(title=f"{area.name}: no quarter of {decapitalise(measure.short)}")
        return figure
    (series,) = found
    for segment in sorted({row["segment"] for row in series.rows}):
        _add_segment(figure, series, segment)
    _add_points(figure, series)
    _name_lines(figure, series)
    figure.update_layout(
        title=_say_title(series),
        yaxis_title=measure.unit,
        margin={"r": 140, "t": 130},
        xaxis={"categoryorder": "array", "nticks": 6, "tickangle": 0},
    )
    return figure


def _list_lines(measure: Measure) -> list[tuple[str, str, str, str]]:
    """Return column, name, colour token and dash of each line."""
    lines = [
        ("upper", "limit", "rule", "dot"),
        ("lower", "limit", "rule", "dot"),
        ("mean", "mean", "ink-soft", "solid"),
    ]
    if measure.shown == "rolling12":
        lines.append(("rolling", "12 months", "series-2", "solid"))
    return [*lines, ("value", "latest", "series-1", "solid")]


def _add_segment(figure: Any, series: Series, segment: int) -> None:
    rows = [row for row in series.rows if row["segment"] == segment]
    for name, _, token, dash in _list_lines(series.measure):
        figure.add_scatter(
            x=[format_quarter(row["period"], series.measure) for row in rows],
            y=[floor_limit(row[name], series.measure) for row in rows],
            mode="lines",
            line={"color": colour(token), "dash": dash, "width": 1 if dash == "dot" else 2},
            hoverinfo="skip",
            connectgaps=False,
        )


def _name_lines(figure: Any, series: Series) -> None:
    """Name the lines at their right ends, moved apart where they would cover each other."""
    measure, last = series.measure, series.rows[-1]
    lines = [(floor_limit(last[n], measure), w, t) for n, w, t, _ in _list_lines(measure)]
    lines = [line for line in lines if not math.isnan(line[0])]
    span = needed_span(series.rows, measure) or 1.0
    wanted = [value for value, _, _ in lines]
    places = spread_labels(wanted, span / 14, min(wanted) - span, max(wanted) + span)
    for (value, words, token), place in zip(lines, places, strict=True):
        figure.add_annotation(
            x=1.01,
            xref="paper",
            xanchor="left",
            y=place,
            text=f"{format_value(value, measure, unit=False)} {words}",
            font={"color": colour(token)},
            showarrow=False,
        )


def _add_points(figure: Any, series: Series) -> None:
    marks = [mark_point(row, series.measure) for row in series.rows]
    shapes = {"higher": "triangle-up", "lower": "triangle-down"}
    figure.add_scatter(
        x=[format_quarter(row["period"], series.measure) for row in series.rows],
        y=[row["value"] for row in series.rows],
        mode="markers",
        marker={
            "symbol": [shapes[mark.side] if mark else "circle" for mark in marks],
            "size": [14 if mark else 8 for mark in marks],
            "opacity": 1,
            "color": [colour(name_token(mark)) if mark else colour("series-1") for mark in marks],
        },
        text=[_say_hover(series, i) for i in range(len(series.rows))],
        hovertemplate="%{text}<extra></extra>",
    )


def _say_hover(series: Series, place: int) -> str:
    past = series.rows[: place + 1]
    signal = read_signal(past, series.measure)
    words = f"<br>{signal.words}, {signal.for_what}" if signal else ""
    return f"{say_latest(past, series.measure)}{words}"


def _say_title(series: Series) -> str:
    signal = series.signal
    finding = f"{signal.words}, {signal.for_what}" if signal else "no signal in the latest quarter"
    name = f"{series.area.name}, {decapitalise(series.measure.short)}: {finding}"
    return wrap_title(name, say_limits(series.rows, series.measure))
