"""One measure across the authorities as bars: the data of a slide's chart, and its words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.schema import COMPARISON
from slinb.show.formats import REASONS, decapitalise, format_value, polarity_phrase
from slinb.show.marks import mark_judgement
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import cell_sentence, has_figure, name_benchmark
from slinb.show.slides_words import say_notes
from slinb.show.trend_words import sharpen_decimals


@dataclass(frozen=True)
class Bar:
    """One bar.

    Parameters
    ----------
    name : str
        Whose it is.
    value, lower, upper : float
        In the measure's unit, with the ends of the 95% interval; missing where there is none.
    tone : str
        better, worse, neutral; benchmark for the region's and England's own; empty where there
        is no real difference, and the bar is hollow.
    words : str
        What stands at its end: "26.5% ▲▲ worse", or why there is no figure.
    """

    name: str
    value: float
    lower: float
    upper: float
    tone: str
    words: str


@dataclass(frozen=True)
class BarChart:
    """A chart of bars, the highest first, then those without a figure.

    Parameters
    ----------
    measure : Measure
    bars : tuple of Bar
    compared : int
        Authorities with a figure and a judgement.
    alt : str
        The finding in words.
    notes : tuple of str
        What a speaker needs, and each authority's figure as a sentence.
    """

    measure: Measure
    bars: tuple[Bar, ...]
    compared: int
    alt: str
    notes: tuple[str, ...]


def build_bars(
    comparison: pd.DataFrame,
    measure: Measure,
    authorities: Sequence[Area],
    region: Area,
    benchmark: str,
) -> BarChart:
    """Return the chart of one measure.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of one quarter.
    measure : Measure
    authorities : sequence of Area
        One without a row is shown as not sent.
    region : Area
    benchmark : {"region", "england", "neighbours"}
        What the authorities are judged against.
    """
    rows = list_rows(COMPARISON.conform(comparison[comparison["measure"].eq(measure.id)]))
    mine = {row["area"]: row for row in rows if row["benchmark"] == benchmark}
    sharp = _sharpen(measure, rows)
    bars = [_draw_authority(mine.get(area.code), area, sharp) for area in authorities]
    bars += _draw_benchmarks(rows, sharp, region)
    known = [bar for bar in bars if not math.isnan(bar.value)]
    known.sort(key=lambda bar: -bar.value)
    missing = [bar for bar in bars if math.isnan(bar.value)]
    compared = sum(r["judgement"] not in ("", "not compared") for r in mine.values())
    sentences = [cell_sentence(mine[a.code], sharp, a) for a in authorities if a.code in mine]
    return BarChart(
        measure=sharp,
        bars=(*known, *missing),
        compared=compared,
        alt=_say_alt(known, missing, sharp, benchmark),
        notes=(*say_notes(measure), *sentences),
    )


def _sharpen(measure: Measure, rows: Sequence[Row]) -> Measure:
    """Return the measure with a place more where a real difference would not be seen."""
    pairs = [
        (r["value"], r["benchmark_value"])
        for r in rows
        if has_figure(r) and r["judgement"] not in ("similar", "not compared", "")
    ]
    return sharpen_decimals(measure, pairs) if pairs else measure


def _draw_authority(row: Row | None, area: Area, measure: Measure) -> Bar:
    nothing = float("nan")
    if row is None or not has_figure(row):
        reason = REASONS.get(row["status"] if row else "missing", REASONS["missing"])
        symbol = f"{reason.symbol}, " if reason.symbol.isalpha() else ""
        return Bar(area.name, nothing, nothing, nothing, "", f"{symbol}{reason.short}")
    mark = mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)
    figure = format_value(row["value"], measure, unit=False)
    words = f"{figure} {mark.arrows} {mark.word}" if mark else figure
    judged = mark.word if mark and mark.word in ("better", "worse") else "neutral" if mark else ""
    return Bar(area.name, row["value"], row["lower"], row["upper"], judged, words)


def _draw_benchmarks(rows: Sequence[Row], measure: Measure, region: Area) -> list[Bar]:
    names = {"region": region.name, "england": "England"}
    nothing = float("nan")
    values = {
        name: next(
            (
                r["benchmark_value"]
                for r in rows
                if r["benchmark"] == key and not math.isnan(r["benchmark_value"])
            ),
            nothing,
        )
        for key, name in names.items()
    }
    return [
        Bar(name, v, nothing, nothing, "benchmark", format_value(v, measure, unit=False))
        for name, v in values.items()
        if not math.isnan(v)
    ]


def _say_alt(known: Sequence[Bar], missing: Sequence[Bar], measure: Measure, benchmark: str) -> str:
    """Say what the bars show: who differs which way, from what to what, who is missing."""
    own = [bar for bar in known if bar.tone != "benchmark"]
    _, plain = name_benchmark(benchmark)
    parts = [f"Bars of {decapitalise(measure.short)}, {polarity_phrase(measure)}."]
    if own:
        parts.append(f"From {own[0].name}, {own[0].words}, to {own[-1].name}, {own[-1].words}.")
    for tone in ("worse", "better", "neutral"):
        names = [bar.name for bar in own if bar.tone == tone]
        word = "really different" if tone == "neutral" else tone
        parts += [f"{join_names(names)}: {word} against {plain}."] if names else []
    parts += [f"{bar.name}: {bar.words}." for bar in known if bar.tone == "benchmark"]
    parts += [f"{bar.name}: no figure, {bar.words}." for bar in missing]
    return " ".join(parts)
