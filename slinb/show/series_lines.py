"""Every area's series of one measure as small lines on one scale, with the figures behind them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import VALUE_STATUSES
from slinb.show.formats import NO_FIGURE, REASONS, format_value
from slinb.show.phrases import name_area
from slinb.show.rows import Row, list_rows
from slinb.show.sparkline import Scale, draw_path

_WIDTH, _HEIGHT = 132, 34
_EDGE = 5.0


@dataclass(frozen=True)
class SeriesLines:
    """The series of one measure: what they cover, a line for each area, and the figures.

    Parameters
    ----------
    span : str
        First and last period in words; empty where there is no series.
    shared : Markup
        A drawing that shows nothing and holds the line that the others are laid over.
    lines : mapping of str to Markup
        The drawing of each area, by its code; empty where fewer than two figures are known.
    head : tuple of str
        Column headings of the table of figures.
    figures : tuple of tuple of str
        Its rows: the name of the area, then a figure for each period.
    """

    span: str
    shared: Markup
    lines: Mapping[str, Markup]
    head: tuple[str, ...]
    figures: tuple[tuple[str, ...], ...]


def draw_lines(
    rows: pd.DataFrame,
    measure: Measure,
    areas: Sequence[Area],
    *,
    reference: Area,
    name_period: Callable[[str], str],
    key: str,
) -> SeriesLines:
    """Draw the series of one measure, all on one scale, each over the line of the reference.

    Parameters
    ----------
    rows : DataFrame
        Columns area, period, value, status and segment, of one measure.
    measure : Measure
    areas : sequence of Area
        In order of the table; one without a figure gets no line.
    reference : Area
        The region: its line is drawn pale behind every other.
    name_period : callable
        Writes a period's id for a column heading.
    key : str
        Id of the reference's line.
    """
    found: dict[str, dict[str, Row]] = {}
    for row in list_rows(rows):
        found.setdefault(row["area"], {})[row["period"]] = row
    kept = [area for area in areas if area.code in found]
    periods = sorted({p for own in found.values() for p in own}, key=lambda p: Period.parse(p).end)
    values = {a.code: [_read(found[a.code].get(p)) for p in periods] for a in kept}
    pen = _Pen(values, _find_breaks(found, periods), key)
    names = [name_period(period) for period in periods]
    lines = {
        a.code: pen.draw(
            values[a.code], _say(a, values[a.code], names, measure), over=a != reference
        )
        for a in kept
    }
    return SeriesLines(
        span=f"{names[0]} to {names[-1]}" if len(names) > 1 else "",
        shared=pen.share(values.get(reference.code, [])),
        lines=lines,
        head=("Area", *names),
        figures=tuple(
            (name_area(a), *(_write(found[a.code].get(p), measure) for p in periods)) for a in kept
        ),
    )


class _Pen:
    """What draws the lines of one measure: its scales, and where its definition changed."""

    def __init__(self, values: Mapping[str, list[float]], breaks: list[int], key: str) -> None:
        known = [v for own in values.values() for v in own if not math.isnan(v)] or [0.0]
        steps = max((len(own) for own in values.values()), default=1)
        self.across = Scale([0, max(steps - 1, 1)], _EDGE, _WIDTH - _EDGE)
        self.up = Scale(known, _HEIGHT - _EDGE, _EDGE)
        self.breaks, self.key = breaks, key

    def draw(self, values: Sequence[float], alt: str, *, over: bool) -> Markup:
        known = [i for i, value in enumerate(values) if not math.isnan(value)]
        if len(known) < 2:
            return Markup("")
        path = draw_path(values, self.across, self.up, self.breaks)
        last = known[-1]
        behind = f'<use href="#{self.key}"/>' if over else ""
        inner = (
            f'{behind}<path class="line" d="{path}"/>'
            f'<circle cx="{self.across(last)}" cy="{self.up(values[last])}" r="3.5"/>'
        )
        return Markup('<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
            _WIDTH,
            _HEIGHT,
            alt,
            Markup(inner),  # noqa: S704 - numbers and an id of our own
        )

    def share(self, values: Sequence[float]) -> Markup:
        path = draw_path(values, self.across, self.up, self.breaks)
        return Markup('<svg class="defs" aria-hidden="true"><path id="{}" d="{}"/></svg>').format(
            self.key, path
        )


def _find_breaks(found: Mapping[str, Mapping[str, Row]], periods: Sequence[str]) -> list[int]:
    segments = [
        max((own[p]["segment"] for own in found.values() if p in own), default=0) for p in periods
    ]
    return [place for place, (a, b) in enumerate(pairwise(segments), start=1) if a != b]


def _read(row: Row | None) -> float:
    shown = row is not None and row["status"] in VALUE_STATUSES
    return float(row["value"]) if shown and row is not None else math.nan


def _write(row: Row | None, measure: Measure) -> str:
    if row is None:
        return NO_FIGURE
    if row["status"] in VALUE_STATUSES and not math.isnan(row["value"]):
        return format_value(row["value"], measure, unit=False)
    return REASONS[row["status"] if row["status"] in REASONS else "missing"].symbol


def _say(area: Area, values: Sequence[float], names: Sequence[str], measure: Measure) -> str:
    """Say the first and the last figure, each with its time: a line alone does not tell it."""
    known = [
        f"{format_value(value, measure, unit=False)} in {name}"
        for value, name in zip(values, names, strict=True)
        if not math.isnan(value)
    ]
    return f"{name_area(area)}: {known[0]}, {known[-1]}" if len(known) > 1 else ""
