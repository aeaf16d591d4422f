"""One process chart, small enough to stand among others: its lines, its limits, its labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.drawings import TEXT, WIDTH, draw_box, open_axes, write_svg
from slinb.show.formats import format_value
from slinb.show.labels import spread_labels
from slinb.show.rows import Row
from slinb.show.theme import colour
from slinb.show.trend_words import floor_limit, mark_point, name_token, sharpen_trend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 196.0
_LEFT, _RIGHT, _BOTTOM, _TOP = 10.0, 222.0, 30.0, 172.0
_LINE = 15.0
#: A series that needs more than so many times the usual span gets a scale of its own.
_MOST_SPAN = 4.0
_HALF_STEP = 0.45


def needed_span(rows: Sequence[Row], measure: Measure) -> float:
    """Return how much of the value axis a series needs, in the measure's unit."""
    low, high = _find_range(rows, measure)
    return high - low


def share_span(spans: Sequence[float]) -> float:
    """Return the span that panels share: the largest, of those not far beyond the usual one.

    Examples
    --------
    >>> share_span([2.0, 3.0, 2.5, 130.0])
    3.0
    """
    known = sorted(span for span in spans if span > 0)
    if not known:
        return 0.0
    usual = known[(len(known) - 1) // 2]
    return max(span for span in known if span <= _MOST_SPAN * usual)


def draw_trend(rows: Sequence[Row], measure: Measure, alt: str, *, span: float = 0.0) -> Markup:
    """Draw one series: own quarters, twelve months, mean, limits, signals, gaps and breaks.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of :data:`slinb.schema.TRENDS` of one area and measure, in order of time.
    measure : Measure
    alt : str
        The finding in words.
    span : float
        How much of the value axis to show; more where the series needs more.

    Returns
    -------
    Markup
        An ``<svg>`` in the page's colours.
    """
    with open_axes(HEIGHT) as axes:
        panel = _Panel(axes, rows, measure, span)
        panel.draw()
        return write_svg(axes, alt)


class _Panel:
    """A drawing at work: where values and quarters lie in it."""

    def __init__(self, axes: Axes, rows: Sequence[Row], measure: Measure, span: float) -> None:
        self.axes = axes
        self.rows = rows
        self.measure = measure
        low, high = _find_range(rows, measure)
        spare = max(span - (high - low), 0.0) / 2
        self.low, self.high = low - spare, high + spare
        if self.low < 0 <= low and measure.plausible[0] >= 0:
            self.low, self.high = 0.0, self.high - self.low
        if self.high <= self.low:  # every value is the same: it lies in the middle
            room = abs(low) / 10 or 1.0
            self.low, self.high = low - room, high + room

    def x(self, place: float) -> float:
        """Return where the quarter at a place of the series lies."""
        steps = max(len(self.rows) - 1, 1)
        return _LEFT + place / steps * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        """Return where a value lies; a missing one stays missing."""
        share = (value - self.low) / (self.high - self.low)
        return _BOTTOM + share * (_TOP - _BOTTOM)

    def draw(self) -> None:
        self._draw_years()
        for segment in _split(self.rows):
            self._draw_limits(segment)
        self._draw_breaks()
        if self.measure.shown == "rolling12":
            self._draw_series("rolling", "series-2", 2.0)
        self._draw_series("value", "series-1", 1.4)
        self._draw_points()
        self._draw_gaps()
        self._write_labels()

    def _line(self, places: Sequence[float], heights: Sequence[float], **style: object) -> None:
        self.axes.plot(places, heights, clip_on=False, **style)  # type: ignore[arg-type]

    def _draw_years(self) -> None:
        """Draw the time axis: a line, and a tick with a label where a financial year starts."""
        baseline = _BOTTOM - 8
        self._line([_LEFT, _RIGHT], [baseline] * 2, color=colour("line"), lw=1)
        periods = [Period.parse(row["period"]) for row in self.rows]
        starts = [i for i, p in enumerate(periods) if p.quarter == 1]
        for i in _thin(starts, self.x):
            self._line([self.x(i)] * 2, [baseline, baseline - 4], color=colour("rule"), lw=1)
            year = periods[i].reporting_year().id
            place = min(max(self.x(i), _LEFT + 18), _RIGHT - 4)
            self._write(place, baseline - 7, year, ha="center", va="top")

    def _draw_limits(self, segment: Sequence[tuple[int, Row]]) -> None:
        first, last = segment[0][0], segment[-1][0]
        left = self.x(max(first - _HALF_STEP, 0))
        right = self.x(min(last + _HALF_STEP, len(self.rows) - 1))
        row = segment[-1][1]
        low, high = (floor_limit(row[name], self.measure) for name in ("lower", "upper"))
        if not math.isnan(low + high):
            draw_box(self.axes, (left, self.y(low)), (right, self.y(high)), "surface")
            dashes = (0, (4, 3)) if row["trial"] else "-"
            for limit in (low, high):
                self._line(
                    [left, right], [self.y(limit)] * 2, color=colour("rule"), lw=1, ls=dashes
                )
        if not math.isnan(row["mean"]):
            self._line([left, right], [self.y(row["mean"])] * 2, color=colour("rule"), lw=1)

    def _draw_breaks(self) -> None:
        for segment in _split(self.rows)[1:]:
            place = self.x(segment[0][0] - 0.5)
            ink = colour("ink-soft")
            self._line([place] * 2, [_BOTTOM, _TOP + 2], color=ink, lw=1, ls=(0, (1, 2)))
            self._write(place + 3, _TOP - 2, "new segment", va="top")

    def _draw_series(self, name: str, token: str, width: float) -> None:
        """Draw one line a segment; a missing value leaves a gap in it."""
        for segment in _split(self.rows):
            places = [self.x(i) for i, _ in segment]
            heights = [self.y(row[name]) for _, row in segment]
            self._line(places, heights, color=colour(token), lw=width, solid_joinstyle="round")

    def _draw_points(self) -> None:
        """Draw each point: a dot, or a triangle in the colour of its signal, the last one large."""
        styles: dict[tuple[str, float, str], list[tuple[float, float]]] = {}
        for i, row in enumerate(self.rows):
            if not math.isnan(row["value"]):
                style = self._choose_marker(row, is_last=i == len(self.rows) - 1)
                styles.setdefault(style, []).append((self.x(i), self.y(row["value"])))
        for (shape, size, token), places in styles.items():
            edge = {"mew": 0} if shape == "o" else {"mew": 0.8, "mec": colour("paper")}
            x, y = zip(*places, strict=True)
            self._line(x, y, ls="", marker=shape, ms=size, color=colour(token), **edge)

    def _choose_marker(self, row: Row, *, is_last: bool) -> tuple[str, float, str]:
        mark = mark_point(row, self.measure)
        if mark is None:
            return "o", 5.0 if is_last else 4.0, "series-1"
        return "^" if mark.side == "higher" else "v", 11.0 if is_last else 8.0, name_token(mark)

    def _draw_gaps(self) -> None:
        gaps = [self.x(i) for i, row in enumerate(self.rows) if math.isnan(row["value"])]
        if gaps:
            ink = colour("ink-soft")
            self._line(gaps, [_BOTTOM] * len(gaps), ls="", marker="x", ms=5, mew=1.2, color=ink)

    def _write_labels(self) -> None:
        """Name the lines at their right ends, moved apart where they would cover each other."""
        labels = self._list_labels()
        wanted = [self.y(value) for value, *_ in labels]
        places = spread_labels(wanted, _LINE, _BOTTOM - 2, HEIGHT - 10)
        for (_, text, hue, weight), height, place in zip(labels, wanted, places, strict=True):
            if abs(place - height) > 2:
                self._line([_RIGHT + 3, _RIGHT + 9], [height, place], color=colour("rule"), lw=0.7)
            self._write(_RIGHT + 11, place, text, ink=hue, weight=weight, va="center")
        unit = self.measure.unit if self.measure.unit != "%" else "per cent"
        trial = ", trial limits" if self._has_limits() and self.rows[-1]["trial"] else ""
        self._write(0, HEIGHT - 2, f"{unit}{trial}", va="top")

    def _has_limits(self) -> bool:
        return not math.isnan(self.rows[-1]["lower"])

    def _list_labels(self) -> list[tuple[float, str, str, str]]:
        """Return value, text, colour and weight of each label at the right."""
        last = self.rows[-1]
        measure = sharpen_trend(self.rows, self.measure)
        mark = mark_point(last, measure)
        judged = mark is not None and mark.word in ("better", "worse")
        hue = mark.word if mark and judged else ("ink" if mark else "series-1")
        labels = [
            (last["value"], "latest", hue, "bold"),
            (last["mean"], "mean", "ink-soft", "normal"),
            (floor_limit(last["upper"], measure), "limit", "ink-soft", "normal"),
            (floor_limit(last["lower"], measure), "limit", "ink-soft", "normal"),
        ]
        if self.measure.shown == "rolling12":
            labels.append((last["rolling"], "12 months", "series-2", "normal"))
        return [
            (value, f"{format_value(value, measure, unit=False)} {name}", ink, weight)
            for value, name, ink, weight in labels
            if not math.isnan(value)
        ]

    def _write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        ink: str = "ink-soft",
        weight: str = "normal",
        ha: str = "left",
        va: str = "baseline",
    ) -> None:
        self.axes.text(x, y, text, color=colour(ink), weight=weight, ha=ha, va=va, fontsize=TEXT)


def _find_range(rows: Sequence[Row], measure: Measure) -> tuple[float, float]:
    names = ["value", "mean"] + (["rolling"] if measure.shown == "rolling12" else [])
    values = [row[name] for row in rows for name in names]
    values += [floor_limit(row[name], measure) for row in rows for name in ("lower", "upper")]
    known = [value for value in values if not math.isnan(value)]
    return (min(known), max(known)) if known else (0.0, 0.0)


def _split(rows: Sequence[Row]) -> list[list[tuple[int, Row]]]:
    """Return the places and rows of each segment."""
    return [list(group) for _, group in groupby(enumerate(rows), key=lambda r: r[1]["segment"])]


def _thin(starts: Sequence[int], place: Callable[[float], float]) -> list[int]:
    """Return the ticks whose labels have room: all, or every second and so on."""
    apart = min((place(b) - place(a) for a, b in pairwise(starts)), default=WIDTH)
    step = max(math.ceil(56 / apart), 1)
    return list(starts)[::-1][::step][::-1]
