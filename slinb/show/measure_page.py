"""The page of one measure: what it is, which way is good, where it comes from, every series."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area, Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.catalogue.tables import load_tables
from slinb.errors import SchemaError
from slinb.show.formats import NO_FIGURE, REASONS, format_number, format_value
from slinb.show.hexmap import HexCell, hexmap_html
from slinb.show.marks import Mark
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names, name_area
from slinb.show.profile_rows import Rug
from slinb.show.rows import Row
from slinb.show.sentences import has_figure
from slinb.show.statements import read_statement
from slinb.show.trend_charts import trend_panels_html

#: Result tables that a measure's page is made from.
MEASURE_TABLES = ("comparison_quarterly", "comparison_annual", "trends")
_SORTS = {
    "proportion": "a share: part of a whole, in per cent",
    "rate": "a rate: events or children per population",
    "ratio": "a ratio: one count over another",
    "value": "a figure that the publisher states without counts",
}


def measure_html(
    tables: Mapping[str, pd.DataFrame],
    measure: Measure,
    areas: Areas,
    region: Area,
    *,
    profiles: Mapping[str, str] | None = None,
    key: str = "measure",
) -> Html:
    """Write the page of one measure: its definition, its map, its figures, every series.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The result tables of one edition named in :data:`MEASURE_TABLES`.
    measure : Measure
    areas : Areas
    region : Area
        Whose authorities are shown.
    profiles : mapping of str to str, optional
        Address of the page of each authority by its code; the map then links to them.
    key : str
        Prefix of the ids.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``findings.css`` and ``profile.css``
        and no script.

    Raises
    ------
    SchemaError
        A table is missing, or lacks a column.
    """
    missing = [name for name in MEASURE_TABLES if name not in tables]
    if missing:
        raise SchemaError(f"The page of “{measure.id}” lacks the tables {', '.join(missing)}.")
    among = areas.authorities(region.code)
    now, official = (Rug(tables[name]) for name in MEASURE_TABLES[:2])
    rows = [_read_row(area, now, official, measure) for area in among]
    shown = now if any(now.row(area, measure) for area in among) else official
    series = tables["trends"][tables["trends"]["measure"].eq(measure.id)]
    return Html(
        str(
            render_template(
                "measure_page",
                key=key,
                measure=measure,
                sort=_SORTS[measure.kind],
                finding=_say_finding(shown, measure, among),
                map=_draw_map(shown, measure, among, profiles or {}, of_returns=shown is now),
                rows=rows,
                breaks=[(Period.parse(b.period).label, b.reason) for b in measure.breaks],
                sources=_list_sources(measure),
                charts=trend_panels_html(series, [measure], [*among, region], key=f"{key}-trend")
                if len(series)
                else "",
            )
        )
    )


def _read_row(area: Area, now: Rug, official: Rug, measure: Measure) -> dict[str, Any]:
    return {
        "area": area,
        "now": read_statement(now.row(area, measure), measure),
        "official": read_statement(official.row(area, measure), measure),
    }


def _say_finding(rug: Rug, measure: Measure, among: list[Area]) -> str:
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
        else (f"{format_number(count)} authorities really differ")
    )
    return f"{differ} from the region: {'; '.join(parts)}."


def _draw_map(
    rug: Rug,
    measure: Measure,
    among: list[Area],
    profiles: Mapping[str, str],
    *,
    of_returns: bool,
) -> Html:
    cells = {
        a.code: _make_cell(
            rug.row(a, measure), measure, rug.mark(a, measure), profiles.get(a.code, "")
        )
        for a in among
    }
    what = "this quarter's returns" if of_returns else "latest official figures"
    told = "; ".join(
        f"{name_area(a)} {cells[a.code].text} {cells[a.code].sign}".strip() for a in among
    )
    return hexmap_html(
        cells,
        among,
        title=f"{measure.short}, {what}",
        alt=f"Map of the authorities: {told}.",
        key="map",
    )


def _make_cell(row: Row | None, measure: Measure, mark: Mark | None, href: str) -> HexCell:
    if row is not None and has_figure(row):
        value = format_value(row["value"], measure, unit=False)
        sign = f"{mark.arrows} {mark.word}" if mark else ""
        return HexCell(value, sign, mark.css_class if mark else "", href)
    reason = REASONS.get(row["status"]) if row is not None else None
    if reason is None:
        return HexCell(NO_FIGURE, "no figure", href=href)
    return HexCell(reason.symbol, reason.short, href=href)


def _list_sources(measure: Measure) -> list[str]:
    tables = load_tables()
    found = [f"{tables[s.table].publisher}: {tables[s.table].title}" for s in measure.published]
    found += ["The authorities' quarterly returns"] if measure.quarterly else []
    return list(dict.fromkeys(found))
