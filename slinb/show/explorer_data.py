"""The figures of the explorer, each with the words that say what it is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import REASONS, format_period, polarity_phrase
from slinb.show.marks import mark_judgement
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import BENCHMARKS, has_figure
from slinb.show.trend_words import floor_limit, format_quarter, mark_point

#: Places beyond a measure's own that a drawn line keeps.
_FINER = 1
#: A funnel bends at its narrow sizes: more of the curve's points are kept there.
_BEND, _BEND_STEP, _CURVE_STEP = 20, 2, 10
_TREND = ("value", "rolling", "mean", "lower", "upper")
_NO_VALUE = "no value: "


def describe_measure(measure: Measure) -> dict[str, Any]:
    """Return what the controls and the chart say of a measure."""
    return {
        "measure": measure.id,
        "title": measure.title,
        "short": measure.short,
        "domain": measure.domain,
        "unit": measure.unit,
        "polarity": polarity_phrase(measure),
        "decimals": measure.decimals,
        "base": measure.denominator,
        "twelve": measure.shown == "rolling12",
    }


def name_periods(rows: pd.DataFrame | None, measure: Measure) -> dict[str, str]:
    """Return the name of each quarter of a measure's series, for axis and table."""
    if rows is None:
        return {}
    return {str(p): format_quarter(str(p), measure) for p in sorted(set(rows["period"]))}


def list_trend(
    rows: pd.DataFrame | None, measure: Measure, areas: Sequence[Area]
) -> list[dict[str, Any]]:
    """Return the series of each area: one list a column, in order of time.

    A quarter without a figure has its reason in words, never a zero.
    """
    if rows is None:
        return []
    found = {str(code): part for code, part in rows.groupby("area")}
    return [
        _write_series(list_rows(found[area.code]), measure, area)
        for area in areas
        if area.code in found
    ]


def _write_series(rows: Sequence[Row], measure: Measure, area: Area) -> dict[str, Any]:
    marks = [mark_point(row, measure) for row in rows]
    series: dict[str, Any] = {"area": area.name, "measure": measure.id}
    series["period"] = [row["period"] for row in rows]
    series["segment"] = [row["segment"] for row in rows]
    for name in _TREND:
        if name == "rolling" and measure.shown != "rolling12":
            continue
        series[name] = [_round(floor_limit(row[name], measure), measure) for row in rows]
    words = {
        "signal": [f"{mark.arrows[0]} {mark.word}" if mark else "" for mark in marks],
        "why": [_say_gap(row) for row in rows],
    }
    return series | {name: said for name, said in words.items() if any(said)}


def _say_gap(row: Row) -> str:
    if not math.isnan(row["value"]):
        return ""
    status = row["note"].removeprefix(_NO_VALUE).partition(";")[0].strip().replace(" ", "_")
    reason = REASONS.get(status)
    if reason is not None:
        return f"{reason.symbol}: {reason.short}"
    return row["note"] or "no figure"


def list_comparison(
    rows: pd.DataFrame | None, measure: Measure, areas: Sequence[Area]
) -> list[dict[str, Any]]:
    """Return the authorities of each benchmark: figure, interval, judgement, reason."""
    if rows is None:
        return []
    names = {area.code: area.name for area in areas}
    found = []
    for benchmark, (_, plain) in BENCHMARKS.items():
        mine = [r for r in list_rows(rows) if r["benchmark"] == benchmark and r["area"] in names]
        mine.sort(key=lambda r: names[r["area"]])
        if mine:
            found.append(_write_comparison(mine, measure, names, benchmark, plain))
    return found


def _write_comparison(
    rows: Sequence[Row], measure: Measure, names: Mapping[str, str], benchmark: str, plain: str
) -> dict[str, Any]:
    shown = [has_figure(row) for row in rows]
    made: dict[str, Any] = {
        "measure": measure.id,
        "benchmark": benchmark,
        "against": plain,
        "when": _say_when(rows, measure),
        "area": [names[row["area"]] for row in rows],
        "period": [row["period"] for row in rows],
    }
    for name in ("value", "lower", "upper"):
        made[name] = [
            _round(row[name], measure) if known else math.nan
            for row, known in zip(rows, shown, strict=True)
        ]
    # A benchmark can differ between authorities: neighbours do.
    made["benchmark_value"] = [_round(row["benchmark_value"], measure) for row in rows]
    made["judgement"] = [_say_judgement(row, measure) for row in rows]
    made["why"] = [
        "" if known else _say_reason(row) for row, known in zip(rows, shown, strict=True)
    ]
    return made


def _say_when(rows: Sequence[Row], measure: Measure) -> str:
    periods = sorted({row["period"] for row in rows})
    return format_period(Period.parse(periods[-1]), measure.shown)


def _say_judgement(row: Row, measure: Measure) -> str:
    mark = mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)
    if mark and has_figure(row):
        return f"{mark.arrows} {mark.word}"
    return "not compared" if row["judgement"] in ("", "not compared") else "no real difference"


def _say_reason(row: Row) -> str:
    reason = REASONS.get(row["status"], REASONS["missing"])
    return f"{reason.symbol}: {reason.short}"


def list_funnel(
    rows: pd.DataFrame | None, measure: Measure, areas: Sequence[Area]
) -> dict[str, Any]:
    """Return the points of a funnel; nothing where the measure has none."""
    if rows is None or measure.kind not in ("proportion", "rate"):
        return {}
    names = {area.code: area.name for area in areas}
    mine = [r for r in list_rows(rows) if r["area"] in names]
    mine.sort(key=lambda r: names[r["area"]])
    if not any(not math.isnan(r["centre"]) and not math.isnan(r["value"]) for r in mine):
        return {}
    return {
        "measure": measure.id,
        "when": _say_when(mine, measure),
        "adjusted": any(bool(r["overdispersed"]) for r in mine),
        "area": [names[r["area"]] for r in mine],
        "period": [r["period"] for r in mine],
        "value": [_round(r["value"], measure) for r in mine],
        "denominator": [math.nan if math.isnan(r["value"]) else r["denominator"] for r in mine],
        "judgement": [_say_judgement(r, measure) for r in mine],
        "why": ["" if has_figure(r) else _say_reason(r) for r in mine],
    }


def list_curve(curve: pd.DataFrame | None, measure: Measure) -> dict[str, Any]:
    """Return the limits of a funnel at some of its sizes, for drawing."""
    if curve is None or curve.empty:
        return {}
    thin = pd.concat([curve.iloc[:_BEND:_BEND_STEP], curve.iloc[_BEND::_CURVE_STEP]])
    thin = pd.concat([thin, curve.iloc[-1:]])
    return {
        str(name): [_round(float(v), measure, more=_FINER) for v in thin[name]]
        for name in thin.columns
        if thin[name].notna().any()
    } | {"denominator": [float(round(v)) for v in thin["denominator"]]}


def _round(value: float, measure: Measure, *, more: int = 0) -> float:
    return value if math.isnan(value) else round(float(value), measure.decimals + more)
