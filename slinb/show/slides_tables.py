"""The tables of the slides: an authority's three figures, and the quarter's data quality."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.periods import Period
from slinb.schema import COMPARISON
from slinb.show.formats import (
    format_day,
    format_number,
    format_period_short,
    format_value,
    polarity_phrase,
)
from slinb.show.marks import mark_judgement
from slinb.show.quality_totals import OUTCOMES
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import has_figure, name_benchmark
from slinb.show.statements import read_statement

_FIGURES = (
    "Measure", "Which way is good", "Figure", "95% interval", "Counts", "Compared with",
    "Judgement",
)  # fmt: skip
_QUALITY = ("Authority", "Return", "Asked", "Sent", "Accepted", "Queried, not shown", "Missing")
_COUNTS = ("expected", "sent", "accepted", "quarantined", "missing")


@dataclass(frozen=True)
class Grid:
    """A table of a slide, as text.

    Parameters
    ----------
    caption : str
        What it shows.
    head : tuple of str
    rows : tuple of tuple of str
        The first cell heads its row.
    numbers : tuple of int
        Columns set flush right.
    tints : tuple of (row, column, token)
        Cells in the tint of a judgement, whose word stands in them.
    widths : tuple of int
        Relative widths of the columns; equal where empty.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    tints: tuple[tuple[int, int, str], ...] = ()
    widths: tuple[int, ...] = ()


def list_figures(
    tables: Mapping[str, pd.DataFrame], measures: Measures, area: Area, most: int
) -> Grid:
    """Return the figures behind an authority's first messages, each with its interval.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``messages_quarterly`` and ``comparison_quarterly``.
    measures : Measures
    area : Area
    most : int
        How many.
    """
    messages = tables["messages_quarterly"]
    mine = messages[messages["area"].eq(area.code) & messages["kind"].eq("message")]
    mine = mine[mine["measure"].ne("")].sort_values("order").head(most)
    comparison = COMPARISON.conform(tables["comparison_quarterly"])
    rows = {
        (r["measure"], r["benchmark"]): r
        for r in list_rows(comparison[comparison["area"].eq(area.code)])
    }
    keys = list(
        dict.fromkeys(zip(mine["measure"], mine["benchmark"].replace("", "region"), strict=True))
    )
    found = [(measures[m], rows[m, b]) for m, b in keys if (m, b) in rows]
    return Grid(
        caption=f"{area.name}: the figures behind the messages",
        head=_FIGURES,
        rows=tuple(_write_figure(row, measure) for measure, row in found),
        numbers=(2, 3),
        tints=tuple(
            (i, 6, tint) for i, (measure, row) in enumerate(found) if (tint := _tint(row, measure))
        ),
        widths=(20, 12, 9, 16, 15, 15, 13),
    )


def _write_figure(row: Row, measure: Measure) -> tuple[str, ...]:
    said = read_statement(row, measure)
    shown = has_figure(row)
    owner, _ = name_benchmark(row["benchmark"])
    compared = format_value(row["benchmark_value"], measure, unit=False)
    when = format_period_short(Period.parse(row["period"]), measure.shown)
    return (
        f"{measure.short} ({when})",
        polarity_phrase(measure),
        format_value(row["value"], measure, unit=False) if shown else said.figures,
        say_range(row, measure) if shown else "",
        said.counts,
        "" if math.isnan(row["benchmark_value"]) else f"{owner} {compared}",
        said.sign or ("no real difference" if shown else ""),
    )


def say_range(row: Row, measure: Measure) -> str:
    """Return the 95% interval of a figure: "76.4% to 80.7%"; empty where there is none."""
    if math.isnan(row["lower"]) or math.isnan(row["upper"]):
        return ""
    low, high = (format_value(row[name], measure, unit=False) for name in ("lower", "upper"))
    return f"{low} to {high}"


def _tint(row: Row, measure: Measure) -> str:
    mark = mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)
    if mark is None or not has_figure(row):
        return ""
    return mark.word if mark.word in ("better", "worse") else "neutral"


def tabulate_quality(
    tables: Mapping[str, pd.DataFrame], authorities: Sequence[Area]
) -> tuple[Grid, str]:
    """Return what was sent, queried and is missing, by authority, and the finding in words."""
    counts = {row["area"]: row for row in list_rows(tables["summary"])}
    returns = _list_returns(tables["submissions"])
    rows = [_write_quality(area, counts.get(area.code), returns) for area in authorities]
    came = sum(
        returns.get(area.code, ("missing", ""))[0] in ("used", "late") for area in authorities
    )
    asked, accepted = (
        sum(int(r[name]) for r in counts.values()) for name in ("expected", "accepted")
    )
    finding = (
        f"Data quality: {came} of {len(authorities)} returns came, "
        f"{format_number(accepted)} of {format_number(asked)} values can be shown"
    )
    grid = Grid(
        caption="Values of the quarterly return, by authority",
        head=_QUALITY,
        rows=tuple(rows),
        numbers=(2, 3, 4, 5, 6),
        widths=(22, 32, 8, 8, 11, 11, 10),
    )
    return grid, finding


def _list_returns(submissions: pd.DataFrame) -> dict[str, tuple[str, str]]:
    """Return outcome and day of the return of each authority that stands."""
    kept = submissions[submissions["outcome"].ne("superseded")]
    return {r["area"]: (r["outcome"], r["received"]) for r in list_rows(kept)}


def _write_quality(
    area: Area, counts: Row | None, returns: Mapping[str, tuple[str, str]]
) -> tuple[str, ...]:
    outcome, day = returns.get(area.code, ("missing", ""))
    said = OUTCOMES.get(outcome, outcome)
    numbers = ["–" if counts is None else format_number(counts[name]) for name in _COUNTS]
    return (area.name, f"{said}, {format_day(day)}" if day else said, *numbers)
