"""Section 20 since 2011: a small chart of each authority, the adjustment for UASC beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from slinb.catalogue.areas import ENGLAND, Area
from slinb.show.dive_curves import JUDGMENT, Curve, draw_curves
from slinb.show.dive_pen import Point
from slinb.show.dive_section import Part, write_section
from slinb.show.dive_values import show_both, show_value
from slinb.show.drawings import Panel
from slinb.show.markup import Html
from slinb.show.phrases import name_area
from slinb.show.rows import Row
from slinb.show.section20_view import Section20View
from slinb.show.tables import table_html


@dataclass(frozen=True)
class _Chart:
    """One pair of published measures and how it is drawn."""

    key: str
    whole: str
    without: str
    what: str
    when: str
    columns: tuple[str, str]
    span: tuple[float, float]
    ticks: tuple[int, ...]
    judgment: bool


_STOCK = _Chart(
    "s20-stock", "s20_pct", "s20_excl_uasc_pct", "of children in care", "On",
    ("Section 20, of children in care on 31 March", "Without UASC"), (2011, 2025),
    (2011, 2017, 2020, 2025), True,
)  # fmt: skip
_STARTS = _Chart(
    "s20-starts", "s20_starts_pct", "s20_starts_excl_uasc_pct", "of children starting care",
    "Year to", ("Section 20, of children starting care in the year", "Without UASC"), (2018, 2025),
    (2018, 2021, 2025), False,
)  # fmt: skip
_PUBLISHED = (
    "Source: Department for Education, Children looked after in England including adoptions."
)
_PROXY = (
    "“Without UASC” takes every unaccompanied child to be under Section 20, because the two are "
    "never published together: it is the most that leaving them out can change."
)


def history_html(view: Section20View) -> Html:
    """Show the published share of care and of starts, year by year."""
    return write_section(
        "s20-history",
        "Since 2011: the published picture",
        [
            Part(
                title="Children in care under Section 20 on 31 March",
                panels=[_draw(view, area, _STOCK) for area in view.places],
            ),
            Part(
                title="Children who started care under Section 20 in the year",
                text="Unaccompanied children who started are published from 2021.",
                panels=[_draw(view, area, _STARTS) for area in view.places],
            ),
        ],
        finding=_say_finding(view),
        intro=[
            "Solid: all children. Dashed: unaccompanied asylum-seeking children (UASC) left out. "
            "Behind each authority, faint, the region. The dotted line marks the judgment of "
            "November 2015 (Re N), as context: these figures cannot say what it caused.",
            _PROXY + " A “c” at the foot is a figure that the DfE withholds. Legal status by "
            "authority is not published for 2018 and 2019.",
        ],
        source=_PUBLISHED,
    )


def _years(view: Section20View, area: str, measure: str) -> list[tuple[int, Row]]:
    return sorted(
        (y, row) for (a, m, y), row in view.published.items() if (a, m) == (area, measure)
    )


def _say_finding(view: Section20View) -> str:
    known = [(y, r) for y, r in _years(view, view.region.code, _STOCK.whole)]
    if not known:
        return "No figure has been published for this region."
    year, last = known[-1]
    before = view.published.get((view.region.code, _STOCK.whole, 2015))
    england = view.published.get((ENGLAND, _STOCK.whole, year))
    said = f"On 31 March {year} {show_value(last)} of the region's children in care were under "
    said += "Section 20"
    without = view.published.get((view.region.code, _STOCK.without, year))
    if without is not None and not math.isnan(without["value"]):
        said += f", {show_value(without)} without unaccompanied children"
    said += f"; in 2015 it was {show_value(before)}" if before else ""
    return said + (f". England: {show_value(england)}." if england else ".")


def _draw(view: Section20View, area: Area, chart: _Chart) -> Panel:
    own = _years(view, area.code, chart.whole)
    without = _years(view, area.code, chart.without)
    backdrop = [] if area == view.region else _list_backdrop(view, chart)
    curves = [
        *backdrop,
        _make_curve(without, "series-2", "second", "without UASC"),
        _make_curve(own, "series-1", "main", "Section 20"),
    ]
    title = _say_title(area, own, without)
    mark = JUDGMENT if chart.judgment else None
    return Panel(
        id=f"{chart.key}-{area.code}",
        title=title,
        sign=None,
        svg=draw_curves(
            curves,
            _say_alt(area, own, without, chart),
            span=chart.span,
            top=_find_top(view, chart),
            ticks=[(year, str(year)) for year in chart.ticks],
            mark=mark,
            longest=1.5,
            dots=False,
        ),
        notes="",
        table=_write_table(area, own, without, chart),
    )


def _list_backdrop(view: Section20View, chart: _Chart) -> list[Curve]:
    whole = _years(view, view.region.code, chart.whole)
    without = _years(view, view.region.code, chart.without)
    return [
        Curve(_list_points(without), "", "series-2", "fainter"),
        Curve(_list_points(whole), "", "series-1", "faint"),
    ]


def _list_points(years: Sequence[tuple[int, Row]]) -> list[Point]:
    return [(float(year), float(row["value"])) for year, row in years]


def _make_curve(years: Sequence[tuple[int, Row]], token: str, style: str, name: str) -> Curve:
    points = _list_points(years)
    known = [row for _, row in years if not math.isnan(row["value"])]
    label = f"{show_value(known[-1])} {name}" if known else ""
    withheld = [float(year) for year, row in years if row["status"] == "suppressed"]
    return Curve(points, label, token, style, withheld)


def _find_top(view: Section20View, chart: _Chart) -> float:
    """Return the top of the scale that all the charts share, in tens."""
    known = [
        row["value"]
        for (area, measure, _), row in view.published.items()
        if measure == chart.whole and area != ENGLAND and not math.isnan(row["value"])
    ]
    return float(math.ceil(max(known, default=50.0) / 10) * 10)


def _say_title(
    area: Area, own: Sequence[tuple[int, Row]], without: Sequence[tuple[int, Row]]
) -> str:
    known = [(year, row) for year, row in own if not math.isnan(row["value"])]
    if not known:
        return f"{area.name}: no figure published"
    year, last = known[-1]
    beside = next((row for y, row in without if y == year), None)
    other = f", {show_value(beside)} without UASC" if beside is not None else ""
    return f"{area.name}: {show_value(last)} in {year}{other}"


def _say_alt(
    area: Area, own: Sequence[tuple[int, Row]], without: Sequence[tuple[int, Row]], chart: _Chart
) -> str:
    """Say where the share began, stood at its highest and ended."""
    known = [(year, row) for year, row in own if not math.isnan(row["value"])]
    if not known:
        return f"{area.name}: no published figure."
    first, last = known[0], known[-1]
    high = max(known, key=lambda pair: pair[1]["value"])
    said = (
        f"{name_area(area)[:1].upper() + name_area(area)[1:]}: Section 20 share {chart.what} "
        f"{show_value(first[1])} in {first[0]}, highest {show_value(high[1])} in {high[0]}, "
        f"{show_value(last[1])} in {last[0]}"
    )
    beside = next((row for y, row in without if y == last[0]), None)
    if beside is None:
        return said + "."
    if math.isnan(beside["value"]):
        return f"{said}; without UASC withheld."
    return f"{said}; without UASC {show_value(beside)}."


def _write_table(
    area: Area, own: Sequence[tuple[int, Row]], without: Sequence[tuple[int, Row]], chart: _Chart
) -> str:
    beside = dict(without)
    rows = [
        [f"31 March {year}", show_both(row), show_both(beside[year]) if year in beside else ""]
        for year, row in own
    ]
    return table_html(
        [chart.when, "Section 20", "Without UASC"],
        rows,
        caption=f"{area.name}: {chart.columns[0]}.",
        numbers=(1, 2),
    )


def write_published(view: Section20View, area: Area, year: int) -> tuple[str, str]:
    """Return an area's published share of a year as the charts show it, with and without UASC.

    Examples
    --------
    Central Bedfordshire 2017 is ("25%", "11%").
    """
    pair = [view.published.get((area.code, m, year)) for m in (_STOCK.whole, _STOCK.without)]
    return show_value(pair[0]), show_value(pair[1])
