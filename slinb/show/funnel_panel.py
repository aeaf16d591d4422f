"""One funnel: the limits that chance allows at each size, and every authority by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from slinb.catalogue.measures import Measure
from slinb.show.drawings import TEXT, WIDTH, measure_text, open_axes, write_svg
from slinb.show.formats import format_number, format_value
from slinb.show.labels import Box, place_labels, spread_labels
from slinb.show.marks import Mark, mark_judgement
from slinb.show.rows import Row
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 344.0
_LEFT, _RIGHT, _BOTTOM, _TOP = 46.0, 274.0, 54.0, 336.0
_AXIS = 28.0
_LINE = 15.0
_SMALL = 12.0
_CURVE_POINTS = 20
#: A leader is drawn to a label that stands further than this from its point.
_NEAR = 12.0
#: Limits at the smallest authorities may be this many times as wide as the figures are apart.
_MOST_ROOM = 2.5
#: Share of the drawing kept free above and below the figures: a name must fit there.
_SPARE = 0.09


def mark_funnel(row: Row, measure: Measure) -> Mark | None:
    """Return the rug's mark of a point; None where it is not really different."""
    return mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)


def draw_funnel(
    rows: Sequence[Row],
    curve: Sequence[Row],
    measure: Measure,
    names: Sequence[str],
    alt: str,
) -> tuple[Markup, list[str]]:
    """Draw one funnel.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of :data:`slinb.schema.FUNNEL` of one measure and period that have a place in it:
        a value, a denominator and a centre.
    curve : sequence of mapping
        Rows of :data:`slinb.schema.FUNNEL_CURVE`; none where the funnel has no limits.
    measure : Measure
    names : sequence of str
        Name of the authority of each row.
    alt : str
        The finding in words.

    Returns
    -------
    svg : Markup
        In the page's colours.
    unnamed : list of str
        Authorities whose label found no room, to be named below the drawing.
    """
    with open_axes(HEIGHT) as axes:
        panel = _Funnel(axes, rows, curve, measure)
        panel.draw_limits()
        panel.draw_axes()
        unnamed = panel.draw_points(names)
        panel.draw_strokes()
        return write_svg(axes, alt), unnamed


class _Funnel:
    """A drawing at work: where sizes and values lie in it."""

    def __init__(
        self, axes: Axes, rows: Sequence[Row], curve: Sequence[Row], measure: Measure
    ) -> None:
        self.axes = axes
        self.rows = rows
        self.measure = measure
        self.widest = max(row["denominator"] for row in rows) * 1.06
        smallest = min(row["denominator"] for row in rows)
        self.curve = _thin_curve([row for row in curve if row["denominator"] >= smallest / 2])
        self.low, self.high = find_range(rows)
        self.written: list[Box] = []
        self.strokes: list[tuple[Sequence[float], Sequence[float]]] = []

    def x(self, size: float) -> float:
        """Return where a denominator lies."""
        return _LEFT + size / self.widest * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        """Return where a value lies; one outside the drawing lies on its edge."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return _BOTTOM + share * (_TOP - _BOTTOM)

    def draw_limits(self) -> None:
        """Draw both bands, the centre and, where over-dispersion is material, the wide limits."""
        if not self.curve:
            return
        self._fill("lower_998", "upper_998", "surface")
        self._fill("lower", "upper", "neutral-soft")
        wide = not math.isnan(self.curve[-1]["adjusted_lower"])
        for name in ("lower", "upper", "lower_998", "upper_998"):
            self._line(name, "rule", "-")
            if wide:
                self._line(f"adjusted_{name}", "ink-soft", (0, (5, 3)))
        ends = [self.x(self.curve[0]["denominator"]), self.x(self.curve[-1]["denominator"])]
        middle = self.y(self.curve[0]["centre"])
        self.axes.plot(ends, [middle] * 2, color=colour("ink-soft"), lw=1.0, clip_on=False)
        self._name_limits(wide=wide)

    def _fill(self, low: str, high: str, token: str) -> None:
        places = [self.x(row["denominator"]) for row in self.curve]
        lower = [self.y(row[low]) for row in self.curve]
        upper = [self.y(row[high]) for row in self.curve]
        self.axes.fill(
            [*places, *reversed(places)],
            [*lower, *reversed(upper)],
            fc=colour(token),
            ec="none",
            clip_on=False,
        )

    def _line(self, name: str, token: str, style: Any) -> None:
        """Draw a limit where it lies within the drawing."""
        inside = [row if self.low < row[name] < self.high else None for row in self.curve]
        self.axes.plot(
            [self.x(row["denominator"]) for row in self.curve],
            [self.y(row[name]) if row else math.nan for row in inside],
            color=colour(token),
            lw=1.0,
            ls=style,
            clip_on=False,
        )

    def _name_limits(self, *, wide: bool) -> None:
        """Name each line at its right end, moved apart where names would cover each other."""
        last = self.curve[-1]
        lines = [("centre", "region"), ("upper", "95%"), ("lower", "95%")]
        lines += [("upper_998", "99.8%"), ("lower_998", "99.8%")]
        if wide:
            lines += [("adjusted_upper_998", "99.8% wide"), ("adjusted_lower_998", "99.8% wide")]
            lines += [("adjusted_upper", "95% wide"), ("adjusted_lower", "95% wide")]
        shown = [(n, words) for n, words in lines if self.low < last[n] < self.high]
        wanted = [self.y(last[name]) for name, _ in shown]
        places = spread_labels(wanted, _LINE - 2, _BOTTOM, _TOP)
        for (_, words), height, place in zip(shown, wanted, places, strict=True):
            edge = self.x(last["denominator"])
            self._stroke([edge + 1, edge + 7], [height, place])
            self._write(edge + 9, place, words, size=_SMALL, va="center")
            self._take(edge + 1, place, 8 + measure_text(words, _SMALL))

    def _take(self, left: float, middle: float, width: float) -> None:
        """Keep a place free of labels: something is written there."""
        half = _LINE / 2 - 1
        self.written.append(Box(left, middle - half, left + width, middle + half))

    def _stroke(self, x: Sequence[float], y: Sequence[float]) -> None:
        self.strokes.append((x, y))

    def draw_strokes(self) -> None:
        """Draw axes, ticks and leaders as one line with gaps: it is shorter to write."""
        x = [place for xs, _ in self.strokes for place in (*xs, math.nan)]
        y = [place for _, ys in self.strokes for place in (*ys, math.nan)]
        self.axes.plot(x, y, color=colour("rule"), lw=0.8, clip_on=False, zorder=1.5)

    def draw_axes(self) -> None:
        """Draw the axis of sizes below, and a few values at the left edge above the lines."""
        self._stroke([_LEFT, self.x(self.widest)], [_AXIS] * 2)
        for size in _choose_ticks(0, self.widest, 4):
            self._stroke([self.x(size)] * 2, [_AXIS, _AXIS - 4])
            place = max(self.x(size), measure_text(format_number(size)) / 2)
            self._write(place, _AXIS - 7, format_number(size), ha="center", va="top")
        ticks = _choose_ticks(self.low, self.high, 4)
        whole = all(tick.is_integer() for tick in ticks)
        measure = self.measure.model_copy(update={"decimals": 0}) if whole else self.measure
        for value in ticks:
            if self.low < value < self.high:
                words = format_value(value, measure, unit=False)
                self._write(_LEFT - 8, self.y(value), words, ha="right", va="center")
                self._take(0, self.y(value), _LEFT - 8)

    def draw_points(self, names: Sequence[str]) -> list[str]:
        """Draw and name every authority, those that differ first; return the names left out."""
        points = [(self.x(row["denominator"]), self.y(row["value"])) for row in self.rows]
        marks = [mark_funnel(row, self.measure) for row in self.rows]
        sizes = [
            (measure_text(n, bold=m is not None), _LINE - 2)
            for n, m in zip(names, marks, strict=True)
        ]
        bounds = Box(0, _AXIS + 2, WIDTH, HEIGHT)
        differ = [i for i, mark in enumerate(marks) if mark]
        boxes = place_labels(points, sizes, bounds, first=differ, taken=self.written)
        for point, box, mark, name in zip(points, boxes, marks, names, strict=True):
            if box:
                self._name_point(point, box, mark, name)
        self._draw_marks(points, marks)
        return [name for box, name in zip(boxes, names, strict=True) if box is None]

    def _name_point(
        self, point: tuple[float, float], box: Box, mark: Mark | None, name: str
    ) -> None:
        end = box.nearest(point)
        if math.dist(point, end) > _NEAR:
            self._stroke([point[0], end[0]], [point[1], end[1]])
        weight = "bold" if mark else "normal"
        middle = (box.bottom + box.top) / 2
        self._write(box.left, middle, name, ink=_ink(mark), weight=weight, va="center")

    def _draw_marks(
        self, points: Sequence[tuple[float, float]], marks: Sequence[Mark | None]
    ) -> None:
        """Draw circles within the funnel and triangles outside, filled beyond 99.8%."""
        styles: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
        for point, mark in zip(points, marks, strict=True):
            token = _token(mark)
            strong = mark is not None and mark.level == "99.8%"
            shape = "o" if mark is None else ("^" if mark.side == "higher" else "v")
            styles.setdefault((shape, token, token if strong else "paper"), []).append(point)
        for (shape, token, fill), places in styles.items():
            x, y = zip(*places, strict=True)
            look: dict[str, Any] = {"mec": colour(token), "mfc": colour(fill), "mew": 1.8}
            size = 7.0 if shape == "o" else 10.0
            self.axes.plot(x, y, ls="", marker=shape, ms=size, clip_on=False, **look)

    def _write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        ink: str = "ink-soft",
        weight: str = "normal",
        size: float = TEXT,
        ha: str = "left",
        va: str = "baseline",
    ) -> None:
        self.axes.text(x, y, text, color=colour(ink), weight=weight, ha=ha, va=va, fontsize=size)


def _token(mark: Mark | None) -> str:
    if mark is None:
        return "ink-soft"
    return mark.word if mark.word in ("better", "worse") else "ink"


def _ink(mark: Mark | None) -> str:
    return "ink" if mark is None else _token(mark)


def find_range(rows: Sequence[Row]) -> tuple[float, float]:
    """Return the values to show.

    Every figure, the limits unless they dwarf the figures, and of the wider limits at least
    their narrow end.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of :data:`slinb.schema.FUNNEL` that have a place.
    """
    values = [row["value"] for row in rows] + [row["centre"] for row in rows]
    limits = _list_known(rows, ("lower_998", "upper_998"))
    room = (max(values) - min(values)) or abs(max(values)) or 1.0
    middle = (max(values) + min(values)) / 2
    reach = _MOST_ROOM * room / 2
    low = max(min([*values, *limits]), middle - reach)
    high = min(max([*values, *limits]), middle + reach)
    if rows[0]["overdispersed"]:
        values.append(max(_list_known(rows, ("adjusted_lower",)), default=low))
        values.append(min(_list_known(rows, ("adjusted_upper",)), default=high))
    low, high = min(low, *values), max(high, *values)
    spare = (high - low) * _SPARE or 1.0
    # Nothing lies below 0, so neither does the drawing.
    return low - (spare if low < 0 or low > spare else 0.0), high + spare


def _list_known(rows: Sequence[Row], names: Sequence[str]) -> list[float]:
    return [row[name] for row in rows for name in names if not math.isnan(row[name])]


def _thin_curve(curve: Sequence[Row]) -> list[Row]:
    """Return enough points of a curve to draw it: close together where it is steep."""
    if len(curve) <= _CURVE_POINTS:
        return list(curve)
    first, last = curve[0]["denominator"], curve[-1]["denominator"]
    step = (last / first) ** (1 / (_CURVE_POINTS - 1))
    kept = [curve[0]]
    for row in curve[1:-1]:
        if row["denominator"] >= kept[-1]["denominator"] * step:
            kept.append(row)
    return [*kept, curve[-1]]


def _choose_ticks(low: float, high: float, most: int) -> list[float]:
    """Return a few round numbers within a range.

    Examples
    --------
    >>> _choose_ticks(0, 1300, 4)
    [0.0, 500.0, 1000.0]
    """
    from matplotlib.ticker import MaxNLocator

    ticks = MaxNLocator(nbins=most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in ticks if low <= tick <= high]
