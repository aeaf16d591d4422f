"""The tables of the annual report, as text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.periods import Period
from slinb.show.formats import (
    REASONS,
    format_change,
    format_number,
    format_period_short,
    format_value,
    polarity_phrase,
)
from slinb.show.marks import mark_judgement
from slinb.show.rows import Row, list_rows
from slinb.show.trend_words import FLAG_WORDS

_YEAR_AGO = "a year ago"
_REAL = ("improved", "worsened", "rose", "fell")
#: What has no direction that is good counts as one.
_KINDS = {"rose": "moved", "fell": "moved"}
_DIRECTIONS = ("improved", "worsened", "moved", "no real change", "not compared")
_FOLLOWED = ("goes on", "new this quarter", "turned", "no figure since", "back within its limits")
_OFFICIAL = ("region", "england")
_NO_VALUE = "no value: "
Tables = Mapping[str, pd.DataFrame]


def name_quarters(quarters: Sequence[Period]) -> list[str]:
    """Return the quarters of a year for the heads of columns: "Apr–Jun 2025"."""
    return [f"{q.start:%b}–{q.end:%b} {q.end.year}" for q in quarters]


def count_directions(
    travel: pd.DataFrame, authorities: Sequence[Area]
) -> list[tuple[str, dict[str, int]]]:
    """Return, for each authority, how many measures went which way since a year ago."""
    rows = travel[travel["since"].eq(_YEAR_AGO)]
    kinds = rows["direction"].replace(_KINDS)
    tally = kinds.groupby([rows["area"], kinds]).size()
    return [
        (area.name, {kind: int(tally.get((area.code, kind), 0)) for kind in _DIRECTIONS})
        for area in authorities
    ]


def list_region(
    tables: Tables, measures: Measures, region: Area, quarters: Sequence[Period]
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the region: quarters, twelve months, a year ago, official figures."""
    head = [
        "Measure", *name_quarters(quarters), "Now", "A year ago", "Change",
        "Region, official", "England, official",
    ]  # fmt: skip
    series, travel = _index_area(tables, region.code)
    official = _index_benchmarks(tables["comparison_annual"])
    rows = [
        [
            _name(measures[mid]),
            *_write_quarters(series[mid], measures[mid], quarters),
            *_write_travel(travel.get(mid), measures[mid]),
            *(
                _write_official(official.get((mid, b)), measures[mid])
                for b in ("region", "england")
            ),
        ]
        for mid in series
    ]
    return head, rows


def list_changed(
    tables: Tables, measures: Measures, area: Area, quarters: Sequence[Period]
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the measures of an authority that really changed."""
    head = [
        "Measure", *name_quarters(quarters), "Now", "A year ago", "Change", "Official", "Direction",
    ]  # fmt: skip
    series, travel = _index_area(tables, area.code)
    published = tables["comparison_annual"]
    own = {
        r["measure"]: r
        for r in list_rows(published[published["area"].eq(area.code)])
        if r["benchmark"] == "region"
    }
    rows = [
        [
            _name(measures[mid]),
            *_write_quarters(series.get(mid, {}), measures[mid], quarters),
            *_write_travel(row, measures[mid]),
            _write_own(own.get(mid), measures[mid]),
            row["direction"],
        ]
        for mid, row in travel.items()
        if row["direction"] in _REAL
    ]
    order = {direction: place for place, direction in enumerate(("worsened", "improved"))}
    return head, sorted(rows, key=lambda row: order.get(row[-1], len(order)))


def list_signals(
    tables: Tables, measures: Measures, areas: Sequence[Area]
) -> tuple[list[str], list[list[str]]]:
    """Return head and rows of the year's signals: those that go on first."""
    names = {area.code: area.name for area in areas}
    head = ["Area", "Measure", "Signal", "Side", "Quarters", "Figure then", "What followed"]
    order = {words: place for place, words in enumerate(_FOLLOWED)}
    found = [r for r in list_rows(tables["year_signals"]) if r["area"] in names]
    found.sort(key=lambda r: (order.get(r["followed"], len(order)), names[r["area"]]))
    return head, [_write_signal(row, measures[row["measure"]], names[row["area"]]) for row in found]


def _write_signal(row: Row, measure: Measure, name: str) -> list[str]:
    mark = mark_judgement(row["side"], "", measure.polarity)
    began, until = name_quarters([Period.parse(row["began"]), Period.parse(row["until"])])
    return [
        name,
        measure.short,
        f"{FLAG_WORDS.get(row['flag'], row['flag'])}{', trial limits' if row['trial'] else ''}",
        f"{mark.arrows} {mark.word}" if mark else row["side"],
        began if began == until else f"{began} to {until}",
        _write_figure(row["value"], measure),
        row["followed"],
    ]


def list_quality(
    quality: pd.DataFrame, authorities: Sequence[Area], quarters: Sequence[Period]
) -> tuple[list[str], list[list[str]], str]:
    """Return head and rows of the year's data quality, and its finding in words."""
    cells = {(r["area"], r["period"]): r for r in list_rows(quality)}
    rows = [
        [area.name, *(_write_quality(cells.get((area.code, q.id))) for q in quarters)]
        for area in authorities
    ]
    parts = {kind: int(quality[kind].sum()) for kind in ("expected", "shown", "withheld")}
    finding = (
        f"{format_number(parts['shown'])} of {format_number(parts['expected'])} values asked of "
        f"the authorities over the quarters of the year can be shown, each quarter by itself; "
        f"{format_number(parts['withheld'])} are withheld to protect small numbers."
    )
    return ["Authority", *name_quarters(quarters)], rows, finding


def _write_quality(row: Row | None) -> str:
    if row is None:
        return "–"
    lost = [f"{row[kind]} {kind}" for kind in ("withheld", "queried", "missing") if row[kind]]
    return f"{row['shown']} of {row['expected']}" + (f" ({', '.join(lost)})" if lost else "")


def _index_area(tables: Tables, code: str) -> tuple[dict[str, dict[str, Row]], dict[str, Row]]:
    """Return an area's quarters by measure and period, and its travel since a year ago."""
    trends, travel = tables["trends"], tables["travel_quarterly"]
    series: dict[str, dict[str, Row]] = {}
    for row in list_rows(trends[trends["area"].eq(code)]):
        series.setdefault(row["measure"], {})[row["period"]] = row
    moved = travel[travel["area"].eq(code) & travel["since"].eq(_YEAR_AGO)]
    return series, {row["measure"]: row for row in list_rows(moved)}


def _index_benchmarks(comparison: pd.DataFrame) -> dict[tuple[str, str], Row]:
    known = comparison[comparison["benchmark_value"].notna()]
    return {(r["measure"], r["benchmark"]): r for r in list_rows(known)}


def _name(measure: Measure) -> str:
    return f"{measure.short} ({polarity_phrase(measure)})"


def _write_quarters(
    series: Mapping[str, Row], measure: Measure, quarters: Sequence[Period]
) -> list[str]:
    return [_write_quarter(series.get(q.id), measure) for q in quarters]


def _write_quarter(row: Row | None, measure: Measure) -> str:
    if row is None:
        return "–"
    if not math.isnan(row["value"]):
        return format_value(row["value"], measure, unit=False)
    status = row["note"].removeprefix(_NO_VALUE).partition(";")[0].replace(" ", "_")
    return REASONS[status].symbol if status in REASONS else "–"


def _write_travel(row: Row | None, measure: Measure) -> list[str]:
    """Return the figure now, a year ago, and the change with its interval."""
    if row is None:
        return ["–", "–", "–"]
    now, then = (_write_figure(row[name], measure) for name in ("value", "value_before"))
    if math.isnan(row["change"]):
        return [now, then, "not compared"]
    change = format_change(row["change"], measure, unit=False)
    if math.isnan(row["lower"]):
        return [now, then, change]
    low, high = (format_number(row[end], measure.decimals) for end in ("lower", "upper"))
    return [now, then, f"{change} ({low} to {high})"]


def _write_figure(value: float, measure: Measure) -> str:
    return "–" if math.isnan(value) else format_value(value, measure, unit=False)


def _write_official(row: Row | None, measure: Measure) -> str:
    if row is None:
        return "–"
    figure = format_value(row["benchmark_value"], measure, unit=False)
    return f"{figure} ({_say_period(row['benchmark_period'] or row['period'], measure)})"


def _write_own(row: Row | None, measure: Measure) -> str:
    if row is None:
        return "–"
    if math.isnan(row["value"]):
        return REASONS.get(row["status"], REASONS["missing"]).symbol
    return (
        f"{format_value(row['value'], measure, unit=False)} ({_say_period(row['period'], measure)})"
    )


def _say_period(period: str, measure: Measure) -> str:
    shown = measure.shown if measure.shown == "snapshot" else "year"
    return format_period_short(Period.parse(period), shown)
