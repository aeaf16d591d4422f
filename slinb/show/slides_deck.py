"""Slides for lead members: what stands on each, before anything is drawn or written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.show.messages_list import Headline, list_headlines
from slinb.show.prose import clean_text
from slinb.show.slides_bars import BarChart, build_bars
from slinb.show.slides_tables import Grid, list_figures, tabulate_quality
from slinb.show.slides_words import (
    HOW_TO_READ,
    find_claim,
    say_figure_source,
    say_source,
    say_sources,
)

#: Result tables that the slides are made from.
SLIDES_TABLES = ("messages_quarterly", "comparison_quarterly", "summary", "submissions")
_MESSAGES = 3
_QUESTIONS = 6


@dataclass(frozen=True)
class SlidesView:
    """What the slides are made from.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`SLIDES_TABLES`, of one edition.
    measures : Measures
    authorities : sequence of Area
        In order; each has a slide.
    region : Area
    period : Period
    """

    tables: Mapping[str, pd.DataFrame]
    measures: Measures
    authorities: Sequence[Area]
    region: Area
    period: Period


@dataclass(frozen=True)
class Slide:
    """One slide.

    Parameters
    ----------
    id : str
        Its address on the page.
    title : str
        Its finding; no other slide has it.
    lines : tuple of str
        What is said beside or above the figures.
    asks : str
        The question that the finding raises; empty where it raises none.
    chart : BarChart or None
    grid : Grid or None
    source : str
        Source and n, at its foot.
    notes : tuple of str
        What the speaker has to hand: definition, way that is good, figures.
    """

    id: str
    title: str
    lines: tuple[str, ...] = ()
    asks: str = ""
    chart: BarChart | None = None
    grid: Grid | None = None
    source: str = ""
    notes: tuple[str, ...] = ()

    def tint(self, row: int, column: int) -> str:
        """Return the tint of a cell of the table; empty where it has none."""
        tints = self.grid.tints if self.grid else ()
        return next((token for i, j, token in tints if (i, j) == (row, column)), "")


def build_slides(view: SlidesView) -> list[Slide]:
    """Return the slides in order.

    How to read this, the region's messages with a chart each, one slide an authority, questions
    that members might ask, data quality, sources.

    Raises
    ------
    KeyError
        A table of :data:`SLIDES_TABLES` is missing.
    """
    messages, comparison = (view.tables[name] for name in SLIDES_TABLES[:2])
    pages = list_headlines(messages, comparison, view.measures)
    rows = {
        (area, int(order)): (measure, benchmark or "region")
        for area, kind, order, measure, benchmark in messages[
            ["area", "kind", "order", "measure", "benchmark"]
        ].itertuples(index=False)
        if kind == "message"
    }
    regional = pages.get(view.region.code, [])
    made = [
        _show_reading(view),
        *(_show_message(view, one, *rows[view.region.code, one.order]) for one in regional),
        *(_show_authority(view, area, pages.get(area.code, [])) for area in view.authorities),
        *_ask_for_region(view, regional),
        *_ask_authorities(view, pages),
        _show_quality(view),
        _show_sources(view),
    ]
    return _make_unique(made)


def _show_reading(view: SlidesView) -> Slide:
    grid = Grid(
        caption="How to read the slides",
        head=("What you see", "What it means"),
        rows=tuple((sign, meaning) for sign, meaning, _ in HOW_TO_READ),
        tints=tuple((i, 0, tint) for i, (_, _, tint) in enumerate(HOW_TO_READ) if tint),
        widths=(28, 72),
    )
    title = "How to read this: colour, better and worse, intervals"
    return Slide("how-to-read", title, grid=grid, source=say_source(view.period, view.region))


def _show_message(view: SlidesView, headline: Headline, measure_id: str, benchmark: str) -> Slide:
    """Return the slide of one of the region's messages, with its chart where it has one."""
    slide = Slide(
        f"region-{headline.order}",
        find_claim(headline.message),
        lines=(clean_text(headline.message),),
        asks=clean_text(headline.question),
        source=say_source(view.period, view.region),
    )
    if not measure_id:
        return slide
    measure = view.measures[measure_id]
    comparison = view.tables["comparison_quarterly"]
    chart = build_bars(comparison, measure, view.authorities, view.region, benchmark)
    return replace(
        slide,
        chart=chart,
        source=say_figure_source(measure, chart.compared, len(view.authorities), view.period),
        notes=(headline.message, headline.question, *chart.notes),
    )


def _show_authority(view: SlidesView, area: Area, headlines: Sequence[Headline]) -> Slide:
    messages = [clean_text(one.message) for one in headlines if one.message][:_MESSAGES]
    grid = list_figures(view.tables, view.measures, area, _MESSAGES)
    title = find_claim(messages[0]) if messages else f"{area.name}: no real difference to report"
    return Slide(
        f"authority-{area.slug}",
        title if area.name in title else f"{area.name}: {title}",
        lines=tuple(messages) or ("Nothing of this quarter really differs from the region.",),
        grid=grid if grid.rows else None,
        source=say_source(view.period, view.region),
        notes=tuple(one.question for one in headlines[:_MESSAGES] if one.question),
    )


def _ask_for_region(view: SlidesView, headlines: Sequence[Headline]) -> list[Slide]:
    asked = tuple(clean_text(one.question) for one in headlines if one.question)
    title = f"Questions that members might ask of the {view.region.name}"
    source = say_source(view.period, view.region)
    return [Slide("questions-region", title, lines=asked, source=source)] if asked else []


def _ask_authorities(view: SlidesView, pages: Mapping[str, Sequence[Headline]]) -> list[Slide]:
    """Return the first question of each authority, a few a slide."""
    asked = [
        (area.name, clean_text(one.question))
        for area in view.authorities
        for one in pages.get(area.code, [])[:1]
        if one.question
    ]
    parts = [asked[i : i + _QUESTIONS] for i in range(0, len(asked), _QUESTIONS)]
    return [
        Slide(
            f"questions-{number}",
            f"Questions that members might ask: {part[0][0]} to {part[-1][0]}",
            grid=Grid(
                caption="One question for each authority",
                head=("Authority", "Question"),
                rows=tuple(part),
                widths=(22, 78),
            ),
            source=say_source(view.period, view.region),
        )
        for number, part in enumerate(parts, 1)
    ]


def _show_quality(view: SlidesView) -> Slide:
    grid, finding = tabulate_quality(view.tables, view.authorities)
    return Slide("data-quality", finding, grid=grid, source=say_source(view.period, view.region))


def _show_sources(view: SlidesView) -> Slide:
    return Slide("sources", "Sources, method and limits", lines=say_sources(view.period))


def _make_unique(slides: Sequence[Slide]) -> list[Slide]:
    """Give each slide a title of its own: a screen reader lists slides by title."""
    seen: dict[str, int] = {}
    made = []
    for slide in slides:
        seen[slide.title] = seen.get(slide.title, 0) + 1
        count = seen[slide.title]
        made.append(replace(slide, title=f"{slide.title} ({count})") if count > 1 else slide)
    return made
