"""The trends briefing: who has a new signal, and a small process chart of each."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.drawings import Panel
from slinb.show.formats import decapitalise, format_number, format_value, polarity_phrase
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.rows import Row
from slinb.show.tables import table_html
from slinb.show.trend_explore import trend_figure
from slinb.show.trend_panel import draw_trend, needed_span, share_span
from slinb.show.trend_series import Series, list_series
from slinb.show.trend_words import (
    FLAG_WORDS,
    capitalise,
    format_quarter,
    list_notes,
    mark_point,
    say_limits,
    say_series,
)

__all__ = ["trend_figure", "trend_panels_html", "trends_html"]

#: Columns of the table of new signals, and the colour token of the signals in each.
_COLUMNS = (("For the worse", "worse"), ("No judgement", "neutral"), ("For the better", "better"))
_WORDS = {"worse": "for the worse", "neutral": "without judgement", "better": "for the better"}
SOURCE = "Source: the authorities' quarterly returns, provisional."


def trends_html(
    trends: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Sequence[Area],
    *,
    source: str = SOURCE,
    most: int = 45,
    key: str = "trend",
) -> Html:
    """Write the trends briefing: who has a new signal this quarter, with a chart of each.

    Parameters
    ----------
    trends : DataFrame
        Rows of :data:`slinb.schema.TRENDS`, ending with the quarter.
    measures : iterable of Measure
        In order of the page; a series of another measure is left out.
    areas : sequence of Area
        The authorities and, where it is to be shown, the region; in order of the page.
    source : str
        Where the figures come from.
    most : int, default 45
        Charts to draw at most, those for the worse first: a page must open quickly. The others
        are named, and the page says how many there are.
    key : str
        Prefix of the ids: a chart is ``<key>-<measure id>-<area code>``.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``findings.css`` and no script.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    series = list_series(trends, measures, areas)
    new = [one for one in series if one.signal and one.new]
    drawn = _choose_drawn(new, most)
    panels = _draw_panels(drawn, key)
    quarter = _name_quarter(series)
    rows = _list_signals(new, drawn, areas, key)
    without = [a.name for a in areas if a.name not in {row["name"] for row in rows}]
    return Html(
        str(
            render_template(
                "trend_charts",
                key=key,
                quarter=quarter,
                finding=_say_finding(series, new, quarter),
                rows=rows,
                without=join_names(without) if without else "",
                undrawn=_say_undrawn(new, drawn),
                groups=_group_panels(drawn, panels),
                trial=_say_trial_once(drawn),
                source=source,
                lasting=_list_lasting([s for s in series if s.signal and not s.new]),
            )
        )
    )


def trend_panels_html(
    trends: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Sequence[Area],
    *,
    source: str = SOURCE,
    level: int = 3,
    key: str = "series",
) -> Html:
    """Draw a small process chart of every series given, signal or not, on one scale a measure.

    For the page of a measure (every authority), or of an authority (some measures).

    Parameters
    ----------
    trends, measures, areas, source, key
        As for :func:`trends_html`.
    level : int, default 3
        Level of the charts' headings.
    """
    series = list_series(trends, measures, areas)
    return Html(
        str(
            render_template(
                "trend_panels",
                panels=_draw_panels(series, key),
                level=level,
                trial=_say_trial_once(series),
                source=source,
            )
        )
    )


def _name_quarter(series: Sequence[Series]) -> str:
    if not series:
        return "the quarter"
    return max((Period.parse(s.rows[-1]["period"]) for s in series), key=lambda p: p.end).label


def _choose_drawn(new: Sequence[Series], most: int) -> list[Series]:
    """Return the series to draw, in their order: those for the worse are the last to be left."""
    kept = {(one.measure.id, one.area.code) for one in _rank(new)[:most]}
    return [one for one in new if (one.measure.id, one.area.code) in kept]


def _rank(series: Sequence[Series]) -> list[Series]:
    tokens = [token for _, token in _COLUMNS]
    return sorted(series, key=lambda one: tokens.index(one.token))


def _say_finding(series: Sequence[Series], new: Sequence[Series], quarter: str) -> str:
    if not series:
        return "No quarter has been returned yet, so there is no trend to show."
    whole = f"{format_number(len(series))} series"
    if not new:
        return f"None of {whole} shows a new signal in {quarter}."
    counts = [(sum(s.token == token for s in new), _WORDS[token]) for _, token in _COLUMNS]
    parts = join_names([f"{format_number(count)} {words}" for count, words in counts if count])
    show = "shows" if len(new) == 1 else "show"
    return f"{format_number(len(new))} of {whole} {show} a new signal in {quarter}: {parts}."


def _list_signals(
    new: Sequence[Series], drawn: Sequence[Series], areas: Sequence[Area], key: str
) -> list[dict[str, Any]]:
    """Return a row for each authority with a signal: for the worse, none, for the better."""
    ids = {_name_id(one, key) for one in drawn}
    rows = []
    for area in areas:
        mine = [one for one in new if one.area == area]
        cells = [
            (label, [_link(s, ids, key) for s in mine if s.token == t]) for label, t in _COLUMNS
        ]
        rows += [{"name": area.name, "cells": cells}] if mine else []
    return rows


def _link(series: Series, ids: set[str], key: str) -> dict[str, str]:
    href = _name_id(series, key)
    return {"text": series.measure.short, "href": href if href in ids else ""}


def _name_id(series: Series, key: str) -> str:
    return f"{key}-{series.measure.id}-{series.area.code}"


def _say_undrawn(new: Sequence[Series], drawn: Sequence[Series]) -> str:
    left = len(new) - len(drawn)
    if not left:
        return ""
    have = "one of these has" if left == 1 else f"{format_number(left)} of these have"
    return (
        f"So that the page stays small, {have} no chart here; those for the worse are drawn first."
    )


def _say_trial_once(series: Sequence[Series]) -> str:
    """Say what is to be said of most of the limits; any other chart says its own."""
    said = Counter(one.trial for one in series if one.has_limits)
    return said.most_common(1)[0][0] if said else ""


def _group_panels(drawn: Sequence[Series], panels: Sequence[Panel]) -> list[dict[str, Any]]:
    """Put charts under for the worse, no judgement and for the better."""
    groups = []
    for title, token in _COLUMNS:
        mine = [p for one, p in zip(drawn, panels, strict=True) if one.token == token]
        groups += [{"title": title, "panels": mine}] if mine else []
    return groups


def _draw_panels(series: Sequence[Series], key: str) -> list[Panel]:
    """Draw each series, those of one measure on one scale."""
    spans: dict[str, list[float]] = {}
    for one in series:
        spans.setdefault(one.measure.id, []).append(needed_span(one.rows, one.measure))
    shared = {measure: share_span(needed) for measure, needed in spans.items()}
    said = _say_trial_once(series)
    return [_draw_panel(one, shared[one.measure.id], said, key) for one in series]


def _draw_panel(series: Series, span: float, trial_said: str, key: str) -> Panel:
    measure, rows, signal = series.measure, series.rows, series.signal
    notes = [f"{capitalise(polarity_phrase(measure))}."]
    if series.has_limits and series.trial != trial_said:
        notes.append(series.trial or "These limits are settled.")
    notes += list_notes(rows, measure)
    if span and needed_span(rows, measure) > span:
        notes.append("A scale of its own: this series moves much more than the others.")
    finding = signal.words if signal else "no signal in the latest quarter"
    return Panel(
        id=_name_id(series, key),
        title=f"{series.area.name}, {decapitalise(measure.short)}: {finding}",
        sign=(signal.css_class, f"{signal.arrow} {signal.for_what}") if signal else None,
        svg=draw_trend(rows, measure, say_series(series.area.name, rows, measure), span=span),
        notes=" ".join(notes),
        table=_write_table(series),
    )


def _write_table(series: Series) -> str:
    measure = series.measure
    rolling = measure.shown == "rolling12"
    return table_html(
        ["Quarter", "Value", *(["12 months"] if rolling else []), "Signal"],
        [
            [
                format_quarter(row["period"], measure),
                _write_value(row["value"], measure),
                *([_write_value(row["rolling"], measure)] if rolling else []),
                _write_flag(row, measure),
            ]
            for row in series.rows
        ],
        caption=f"{series.area.name}, {decapitalise(measure.short)}. "
        f"{say_limits(series.rows, measure)}",
        numbers=(1, 2) if rolling else (1,),
    )


def _write_value(value: float, measure: Measure) -> str:
    return "–" if math.isnan(value) else format_value(value, measure, unit=False)


def _write_flag(row: Row, measure: Measure) -> str:
    mark = mark_point(row, measure)
    return f"{mark.arrows} {FLAG_WORDS[row['flag']]}" if mark else ""


def _list_lasting(series: Sequence[Series]) -> list[dict[str, Any]]:
    return [
        {
            "name": one.area.name,
            "measure": one.measure.short,
            "words": one.signal.words if one.signal else "",
            "signal": one.signal,
        }
        for one in _rank(series)
    ]
