"""What the rug states of a figure, as the lists repeat it: sign, figures, where it stands."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import COMPARISON
from slinb.show.formats import REASONS, format_counts, format_period_short, format_value
from slinb.show.marks import mark_judgement
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import has_figure, name_benchmark
from slinb.show.trend_words import sharpen_decimals

Statements = dict[tuple[str, str], Row]


@dataclass(frozen=True)
class Statement:
    """One cell of the rug in a line: its sign, the two figures, the counts and the time."""

    sign: str
    css_class: str
    figures: str
    counts: str
    when: str


def index_statements(comparison: pd.DataFrame, benchmark: str = "region") -> Statements:
    """Return the rug's row of each area and measure, against one benchmark."""
    table = COMPARISON.conform(comparison)
    rows = list_rows(table[table["benchmark"].eq(benchmark)])
    return {(r["area"], r["measure"]): r for r in rows}


def read_statement(row: Row | None, measure: Measure) -> Statement:
    """Read a row of the rug; without one, or without a figure, the statement says so.

    Returns
    -------
    Statement
        Sign "▲▲ worse", figures "30.1% against the region's 19.7%", counts "1,963 of 6,520".
    """
    if row is None or not has_figure(row):
        return Statement("", "", _say_absence(row), "", "")
    mark = mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)
    return Statement(
        sign=f"{mark.arrows} {mark.word}" if mark else "",
        css_class=mark.css_class if mark else "",
        figures=_say_figures(row, measure),
        counts=format_counts(row["numerator"], row["denominator"], measure),
        when=format_period_short(Period.parse(row["period"]), measure.shown),
    )


def _say_absence(row: Row | None) -> str:
    """Say why there is no figure, with its symbol; of what nobody stated, only that."""
    reason = REASONS.get(row["status"]) if row is not None else None
    if reason is None or row is None or row["status"] == "missing":
        return "no figure"
    symbol = f"{reason.symbol}, " if reason.symbol.isalpha() else ""
    return f"no figure: {symbol}{reason.short}"


def _say_figures(row: Row, measure: Measure) -> str:
    if math.isnan(row["benchmark_value"]):
        return format_value(row["value"], measure, unit=False)
    sharp = sharpen_decimals(measure, [(row["value"], row["benchmark_value"])])
    value, benchmark = (
        format_value(row[name], sharp, unit=False) for name in ("value", "benchmark_value")
    )
    owner, _ = name_benchmark(row["benchmark"])
    return f"{value} against {owner} {benchmark}"
