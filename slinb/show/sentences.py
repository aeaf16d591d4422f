"""Figures as sentences: what a cell of the rug says when it is read out."""

from __future__ import annotations

import math

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.schema import VALUE_STATUSES
from slinb.show.formats import (
    REASONS,
    decapitalise,
    format_counts,
    format_number,
    format_period,
    format_value,
    names_unit,
    polarity_phrase,
)
from slinb.show.marks import mark_judgement
from slinb.show.rows import Row

#: How each benchmark is named: as owner of a figure, and as the one compared with.
BENCHMARKS: dict[str, tuple[str, str]] = {
    "region": ("the region's", "the region"),
    "england": ("England's", "England"),
    "neighbours": ("its statistical neighbours'", "its statistical neighbours"),
}


def name_benchmark(benchmark: str) -> tuple[str, str]:
    """Return the possessive and the plain name of a benchmark.

    Raises
    ------
    ParameterError
        It is none of ``region``, ``england``, ``neighbours``.
    """
    try:
        return BENCHMARKS[benchmark]
    except KeyError:
        raise ParameterError(
            f"“{benchmark}” is no benchmark.", f"Use one of: {', '.join(BENCHMARKS)}."
        ) from None


def cell_sentence(row: Row, measure: Measure, area: Area) -> str:
    """Say one cell in words, for the eye, the ear and the clipboard.

    Parameters
    ----------
    row : mapping
        One row of ``schema.COMPARISON``.
    measure : Measure
        The measure of the row.
    area : Area
        The area of the row.

    Returns
    -------
    str
        "Luton, re-referrals within 12 months, 27.1%, 312 of 1,151, higher than the region's
        19.4%, lower is better: worse (95% level)."
    """
    parts = [area.name, decapitalise(measure.short)]
    if not has_figure(row):
        return f"{', '.join(parts)}, no figure: {_say_reason(row)}."
    parts.append(format_value(row["value"], measure, unit=not names_unit(measure)))
    if row["status"] != "final":
        parts.append(row["status"])
    counts = format_counts(row["numerator"], row["denominator"], measure)
    return f"{', '.join([*parts, *([counts] if counts else []), *_say_comparison(row, measure)])}."


def cell_details(row: Row, measure: Measure, shared: Row | None = None) -> list[str]:
    """Say what else is known of a cell, one short line each: interval, year ago, rank, source.

    A rug holds some hundred of them, so they are as short as can be read.

    Parameters
    ----------
    row : mapping
        One row of ``schema.COMPARISON``.
    measure : Measure
        The measure of the row.
    shared : mapping, optional
        ``file`` and ``note`` where they are the same for a whole row of the rug, which then
        says them once; only the place within the file is said here.
    """
    shared = shared or {"file": "", "note": ""}
    lines = []
    if has_figure(row):
        lines = [_say_interval(row, measure), _say_year_ago(row, measure), _say_rank(row)]
    lines.append("" if row["note"] == shared["note"] else row["note"])
    keys = ("sheet", "cell") if row["file"] == shared["file"] else ("file", "sheet", "cell")
    place = ", ".join(row[key] for key in keys if row[key]) or row["table"]
    if place.startswith("row "):  # of the file that the rug names with the measure's definition
        lines.append(place.capitalize())
    else:
        lines.append(f"Source: {place}" if place else "")
    return [line for line in lines if line]


def has_figure(row: Row) -> bool:
    """Whether the row carries a number that may be shown."""
    return row["status"] in VALUE_STATUSES and not math.isnan(row["value"])


def _say_reason(row: Row) -> str:
    reason = REASONS[row["status"] if row["status"] in REASONS else "missing"]
    symbol = f" ({reason.symbol})" if reason.symbol.isalpha() else ""
    return f"{reason.words}{symbol}"


def _say_comparison(row: Row, measure: Measure) -> list[str]:
    owner, plain = name_benchmark(row["benchmark"])
    polarity = polarity_phrase(measure)
    mark = mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)
    if math.isnan(row["benchmark_value"]) or row["judgement"] in ("not compared", ""):
        return [f"not compared with {plain}", polarity]
    figure = f"{owner} {_say_benchmark(row, measure)}"
    if mark is None:
        return [f"similar to {figure}", polarity]
    verdict = f": {mark.word}" if measure.polarity != "none" else ""
    return [f"{mark.side} than {figure}", f"{polarity}{verdict} ({mark.level} level)"]


def _say_benchmark(row: Row, measure: Measure) -> str:
    """Say the benchmark, and its period where that is not the figure's own."""
    figure = format_value(row["benchmark_value"], measure, unit=False)
    if row["benchmark_period"] in ("", row["period"]):
        return figure
    return f"{figure} ({format_period(Period.parse(row['benchmark_period']), measure.shown)})"


def _say_interval(row: Row, measure: Measure) -> str:
    if math.isnan(row["lower"]) or math.isnan(row["upper"]):
        return ""
    low = format_value(row["lower"], measure, unit=False)
    return f"95% interval: {low} to {format_value(row['upper'], measure, unit=False)}"


def _say_year_ago(row: Row, measure: Measure) -> str:
    if math.isnan(row["change_year"]):
        return ""
    return f"A year ago: {format_value(row['year_ago'], measure, unit=False)}"


def _say_rank(row: Row) -> str:
    if math.isnan(row["rank"]):
        return ""
    band = f", {row['band']}" if row["band"] else ""
    return f"Rank: {format_number(row['rank'])} of {row['ranked']}{band}"
