"""The slides as a page: a scroll on a phone, one slide a sheet on paper."""

from __future__ import annotations

import math
from functools import partial

from markupsafe import Markup

from slinb.show.formats import format_value
from slinb.show.markup import Html, read_asset, render_template
from slinb.show.slides_bars import BarChart
from slinb.show.slides_chart import draw_bars
from slinb.show.slides_deck import SlidesView, build_slides
from slinb.show.tables import table_html


def slides_html(view: SlidesView) -> Html:
    """Write the slides of a quarter.

    Parameters
    ----------
    view : SlidesView
        The tables of one edition.

    Returns
    -------
    Html
        A list of the slides, then each as a ``<section>`` with its heading. No script: the
        links to the next and to the slide before work with the keyboard.
    """
    slides = build_slides(view)
    shown = [(slide, _draw(slide.chart), _behind(slide.chart)) for slide in slides]
    return Html(
        str(
            render_template(
                "slides",
                slides=shown,
                css=Markup(read_asset("slides.css")),  # noqa: S704 - our own file
                region=view.region,
                period=view.period,
            )
        )
    )


def _draw(chart: BarChart | None) -> Markup | None:
    return draw_bars(chart) if chart else None


def _behind(chart: BarChart | None) -> str:
    """Return the table behind a chart."""
    if chart is None:
        return ""
    rows = [(bar.name, bar.words, *_say_ends(bar.lower, bar.upper, chart)) for bar in chart.bars]
    return table_html(
        ["Area", f"Figure, {chart.measure.unit}", "Lower 95% limit", "Upper 95% limit"],
        rows,
        caption=chart.measure.title,
        numbers=(1, 2, 3),
    )


def _say_ends(lower: float, upper: float, chart: BarChart) -> list[str]:
    write = partial(format_value, measure=chart.measure, unit=False)
    return ["" if math.isnan(end) else write(end) for end in (lower, upper)]
