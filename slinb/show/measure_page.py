"""The pages of measures, one a domain: what each is, where it comes from, every series of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd

from slinb.catalogue.areas import ENGLAND, Area, Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.catalogue.tables import load_tables
from slinb.errors import SchemaError
from slinb.schema import PUBLISHED_SERIES, TRENDS
from slinb.show.formats import NO_FIGURE, REASONS, format_number, format_period_short, format_value
from slinb.show.markup import Html, render_template
from slinb.show.measure_links import ANCHOR
from slinb.show.phrases import join_names, name_area
from slinb.show.profile_rows import Rug
from slinb.show.sentences import has_figure
from slinb.show.series_lines import SeriesLines, draw_lines
from slinb.show.trend_words import format_quarter

#: Result tables that the pages of measures are made from.
MEASURE_TABLES = ("comparison_quarterly", "comparison_annual", "trends", "published_series")
_SORTS = {
    "proportion": "A share: part of a whole, in per cent",
    "rate": "A rate: events or children per population",
    "ratio": "A ratio: one count over another",
    "value": "A figure that the publisher states without counts",
}


@dataclass(frozen=True)
class _Source:
    """One source of a measure's figures: the comparison, its lines and their heading."""

    heading: str
    rug: Rug
    lines: SeriesLines
    when: str


def measures_html(
    tables: Mapping[str, pd.DataFrame],
    measures: Sequence[Measure],
    areas: Areas,
    region: Area,
    *,
    profiles: Mapping[str, str] | None = None,
) -> Html:
    """Write a page of measures: of each its definition, its figures and every series.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The result tables of one edition named in :data:`MEASURE_TABLES`.
    measures : sequence of Measure
        In order; the ids of their headings are those of
        :func:`slinb.show.measure_links.link_measure`.
    areas : Areas
    region : Area
        Whose authorities are shown.
    profiles : mapping of str to str, optional
        Address of the page of each authority by its code.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``profile.css`` and no script.

    Raises
    ------
    SchemaError
        A table is missing, or lacks a column.
    """
    missing = [name for name in MEASURE_TABLES if name not in tables]
    if missing:
        raise SchemaError(f"A page of measures lacks the tables {', '.join(missing)}.")
    desk = _Desk(tables, areas, region)
    return Html(
        str(
            render_template(
                "measure_page",
                anchor=ANCHOR,
                region=region,
                profiles=profiles or {},
                measures=[desk.describe(measure) for measure in measures],
            )
        )
    )


class _Desk:
    """The tables of an edition, laid out by measure."""

    def __init__(self, tables: Mapping[str, pd.DataFrame], areas: Areas, region: Area) -> None:
        self.now, self.official = (Rug(tables[name]) for name in MEASURE_TABLES[:2])
        self.among = areas.authorities(region.code)
        self.region, self.england = region, areas[ENGLAND]
        trends = TRENDS.conform(tables["trends"])
        self.trends = dict(tuple(trends.groupby("measure", sort=False)))
        published = PUBLISHED_SERIES.conform(tables["published_series"])
        self.published = dict(tuple(published.groupby("measure", sort=False)))

    def describe(self, measure: Measure) -> dict[str, Any]:
        """Return what the template says of one measure."""
        sources = [s for s in (self._read_returns(measure), self._read_official(measure)) if s]
        cells = {
            a: [_read_cell(s, a, measure) for s in sources]
            for a in (*self.among, self.region, self.england)
        }
        return {
            "measure": measure,
            "sort": _SORTS[measure.kind],
            "finding": _say_finding(sources[0].rug, measure, self.among) if sources else "",
            "breaks": [(Period.parse(b.period).label, b.reason) for b in measure.breaks],
            "origin": _list_origins(measure),
            "sources": sources,
            "rows": [
                (area, own)
                for area, own in cells.items()
                if area.level == "authority" or any(cell["text"] != NO_FIGURE for cell in own)
            ],
        }

    def _read_returns(self, measure: Measure) -> _Source | None:
        rows = self.trends.get(measure.id)
        if rows is None:
            return None
        shown = rows["rolling"] if measure.shown == "rolling12" else rows["value"]
        status = shown.notna().map({True: "provisional", False: "missing"})
        rows = rows.assign(value=shown, status=status)
        return self._draw("This quarter's returns", self.now, rows, measure, "now", _name_quarter)

    def _read_official(self, measure: Measure) -> _Source | None:
        rows = self.published.get(measure.id)
        if rows is None:
            return None
        name = partial(_name_year, measure=measure)
        return self._draw("Official figures", self.official, rows, measure, "official", name)

    def _draw(
        self, heading: str, rug: Rug, rows: pd.DataFrame, measure: Measure, key: str, name: Any
    ) -> _Source:
        lines = draw_lines(
            rows,
            measure,
            [*self.among, self.region, self.england],
            reference=self.region,
            name_period=name,
            key=f"{key}-{measure.id}",
        )
        own = (rug.row(area, measure) for area in self.among)
        period = next((row["period"] for row in own if row is not None), "")
        when = format_period_short(Period.parse(period), measure.shown) if period else ""
        return _Source(heading, rug, lines, when)


def _name_quarter(period: str) -> str:
    return Period.parse(period).id


def _name_year(period: str, measure: Measure) -> str:
    parsed = Period.parse(period)
    return format_quarter(period, measure) if parsed.kind == "quarter" else str(parsed.end.year)


def _read_cell(source: _Source, area: Area, measure: Measure) -> dict[str, Any]:
    """Return one area's latest figure with its sign, and its line."""
    row = source.rug.row(area, measure)
    mark = source.rug.mark(area, measure)
    text, why = NO_FIGURE, "no figure"
    if row is not None and has_figure(row):
        text, why = format_value(row["value"], measure, unit=False), ""
    elif row is not None and row["status"] in REASONS:
        text, why = REASONS[row["status"]].symbol, REASONS[row["status"]].short
    elif area.level != "authority":
        text = _lend_figure(source, area)
        why = "" if text != NO_FIGURE else why
    return {"text": text, "why": why, "mark": mark, "line": source.lines.lines.get(area.code, "")}


def _lend_figure(source: _Source, area: Area) -> str:
    """Return the last figure of the region's or England's own series."""
    own = next((row for row in source.lines.figures if row[0] == name_area(area)), ())
    return next((text for text in reversed(own[1:]) if text != NO_FIGURE), NO_FIGURE)


def _say_finding(rug: Rug, measure: Measure, among: Sequence[Area]) -> str:
    """Say who really differs from the region, and how, in one sentence."""
    marks = {area: rug.mark(area, measure) for area in among}
    words = dict.fromkeys(mark.word for mark in marks.values() if mark)
    parts = [
        f"{join_names([name_area(a) for a, mark in marks.items() if mark and mark.word == word])} "
        f"{word}"
        for word in words
    ]
    if not parts:
        return "No authority really differs from the region."
    count = sum(mark is not None for mark in marks.values())
    differ = (
        "One authority really differs"
        if count == 1
        else f"{format_number(count)} authorities really differ"
    )
    return f"{differ} from the region: {'; '.join(parts)}."


def _list_origins(measure: Measure) -> list[str]:
    tables = load_tables()
    found = [f"{tables[s.table].publisher}: {tables[s.table].title}" for s in measure.published]
    found += ["The authorities' quarterly returns"] if measure.quarterly else []
    return list(dict.fromkeys(found))
