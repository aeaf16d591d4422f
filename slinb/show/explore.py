"""Interactive plotly figures for analysts in JupyterLab."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import format_period, format_value
from slinb.show.marks import mark_judgement
from slinb.show.sentences import cell_sentence
from slinb.show.theme import colour, plotly_template

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

#: better, worse, and different without judgement: the classes of a mark
_TOKENS = {"b": "better", "w": "worse", "n": "ink"}


def draw_comparison(comparison: pd.DataFrame, measure: Measure, areas: Sequence[Area]) -> Figure:
    """Draw one measure across authorities: value, 95% interval and the benchmark.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of one measure, period and benchmark.
    measure : Measure
    areas : sequence of Area
        Names of the authorities.

    Returns
    -------
    plotly Figure
        Authorities by value, the highest at the top; those without a figure are named below
        the title, never drawn as zero.
    """
    import plotly.graph_objects as go

    names = {area.code: area for area in areas}
    rows = comparison[comparison["area"].isin(list(names))]
    known = rows.dropna(subset="value").sort_values("value")
    cells = [{str(k): v for k, v in row.items()} for row in known.to_dict("records")]
    absent = [names[code].name for code in rows.loc[rows["value"].isna(), "area"]]
    period = (
        format_period(Period.parse(known["period"].iloc[0]), measure.shown) if len(known) else ""
    )
    figure = go.Figure(layout={"template": plotly_template()})
    figure.add_scatter(
        x=known["value"],
        y=[names[code].name for code in known["area"]],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": known["upper"] - known["value"],
            "arrayminus": known["value"] - known["lower"],
            "color": colour("ink-soft"),
        },
        mode="markers",
        marker={"size": 12, "color": _find_colours(cells, measure)},
        text=[cell_sentence(cell, measure, names[cell["area"]]) for cell in cells],
        hovertemplate="%{text}<extra></extra>",
    )
    if len(known) and pd.notna(benchmark := known["benchmark_value"].iloc[0]):
        label = f"benchmark {format_value(benchmark, measure)}"
        figure.add_vline(x=benchmark, line_dash="dash", annotation_text=label)
    missing = f"<br>No figure: {', '.join(absent)}" if absent else ""
    figure.update_layout(
        title=f"{measure.title}, {period} ({measure.polarity_words}){missing}",
        xaxis_title=measure.unit,
        height=180 + 34 * max(len(known), 1),
    )
    return figure


def _find_colours(cells: list[dict[str, Any]], measure: Measure) -> list[str]:
    marks = [mark_judgement(c["judgement"], c["judgement_998"], measure.polarity) for c in cells]
    return [colour(_TOKENS[mark.css_class[0]] if mark else "rule") for mark in marks]
