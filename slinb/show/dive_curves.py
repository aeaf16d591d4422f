"""Lines of a deep dive over years or months, named at their right ends."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.dive_pen import WITHHELD, Point, draw_line, gather_texts, join_runs, write_text
from slinb.show.drawings import open_axes, write_svg
from slinb.show.labels import spread_labels
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_HEIGHT = 196.0
_LEFT, _RIGHT, _BOTTOM, _TOP = 30.0, 226.0, 30.0, 168.0
_LINE = 15.0
#: The judgment of November 2015 on the axis of the years' ends (31 March).
JUDGMENT = (2015.63, "Nov 2015")


@dataclass(frozen=True)
class Curve:
    """One line of a chart: its points, its words at the right end, how it looks.

    Parameters
    ----------
    points : sequence of (x, y)
        In order of x; a missing y leaves a gap.
    label : str
        Words at its right end; none where empty.
    token : str
        Colour of the theme.
    style : {"main", "second", "faint", "fainter"}
        Solid, dashed, or a backdrop; of backdrops the second is dashed too.
    withheld : sequence of float
        Where a figure is withheld: a "c" stands there at the foot.
    band : sequence of (x, low, high)
        Interval around it.
    """

    points: Sequence[Point]
    label: str
    token: str
    style: str = "main"
    withheld: Sequence[float] = ()
    band: Sequence[tuple[float, float, float]] = ()


_STYLES: dict[str, dict[str, object]] = {
    "main": {"lw": 2.2},
    "second": {"lw": 2.0, "ls": (0, (3.2, 1.6))},
    "faint": {"lw": 3.2, "alpha": 0.32},
    "fainter": {"lw": 2.4, "ls": (0, (3.2, 1.6)), "alpha": 0.32},
}


def draw_curves(
    curves: Sequence[Curve],
    alt: str,
    *,
    span: tuple[float, float],
    top: float,
    ticks: Sequence[tuple[float, str]],
    mark: tuple[float, str] | None = None,
    unit: str = "per cent",
    dots: bool = True,
    longest: float = 2.0,
) -> Markup:
    """Draw lines over a common scale from zero, named at their right ends.

    Parameters
    ----------
    curves : sequence of Curve
        Backdrops first.
    alt : str
        The finding in words.
    span : (float, float)
        First and last x.
    top : float
        Highest y of the scale.
    ticks : sequence of (x, text)
        Of the horizontal axis.
    mark : (x, text), optional
        A dotted line across the chart, with its name.
    unit : str
        What the vertical axis counts.
    dots : bool, default True
        Mark each point.
    longest : float
        Points further apart than this in x are not joined.
    """
    with open_axes(_HEIGHT) as axes:
        place = _Place(span, top)
        _draw_grid(axes, place, ticks, unit)
        if mark:
            _draw_mark(axes, place, mark)
        for curve in curves:
            _draw_curve(axes, place, curve, dots=dots, longest=longest)
        _write_ends(axes, place, curves)
        return gather_texts(write_svg(axes, alt))


@dataclass(frozen=True)
class _Place:
    """Where values lie in a drawing."""

    span: tuple[float, float]
    top: float

    def x(self, value: float) -> float:
        first, last = self.span
        return _LEFT + (value - first) / (last - first) * (_RIGHT - _LEFT)

    def y(self, value: float) -> float:
        return _BOTTOM + value / self.top * (_TOP - _BOTTOM)


def _draw_grid(axes: Axes, place: _Place, ticks: Sequence[tuple[float, str]], unit: str) -> None:
    step = 10 if place.top <= 50 else 20
    heights = range(0, int(place.top) + 1, step)
    x, y = join_runs([[(_LEFT, place.y(v)), (_RIGHT, place.y(v))] for v in heights])
    draw_line(axes, x, y, color=colour("line"), lw=0.8)
    for height in heights:
        write_text(axes, _LEFT - 5, place.y(height), str(height), ha="right", va="center")
    for at, text in ticks:
        write_text(axes, place.x(at), _BOTTOM - 8, text, ha="center", va="top")
    write_text(axes, 0, _HEIGHT - 2, unit, va="top")


def _draw_mark(axes: Axes, place: _Place, mark: tuple[float, str]) -> None:
    x = place.x(mark[0])
    draw_line(axes, [x, x], [_BOTTOM, _TOP + 3], color=colour("rule"), lw=1, ls=(0, (1, 2)))
    write_text(axes, x, _TOP + 6, mark[1], ha="center")


def _draw_curve(axes: Axes, place: _Place, curve: Curve, *, dots: bool, longest: float) -> None:
    ink = colour(curve.token)
    if curve.band:
        x = [place.x(point) for point, _, _ in curve.band]
        low = [place.y(value) for _, value, _ in curve.band]
        high = [place.y(min(value, place.top)) for _, _, value in curve.band]
        axes.fill_between(x, low, high, color=ink, alpha=0.18, lw=0, clip_on=False)
    runs = _split_runs(curve.points, longest)
    placed = [[(place.x(x), place.y(y)) for x, y in run] for run in runs]
    x, y = join_runs([run for run in placed if len(run) > 1])
    draw_line(axes, x, y, color=ink, solid_joinstyle="round", **_STYLES[curve.style])
    # A point between two gaps is no line, and would not be seen.
    marked = curve.style == "main" and dots
    lone = [run[0] for run in placed if len(run) == 1 and curve.style in ("main", "second")]
    x, y = join_runs([[point for run in placed for point in run] if marked else lone])
    draw_line(axes, x, y, ls="", marker="o", ms=3.4, mew=0, color=ink)
    foot = _BOTTOM + (4 if curve.style == "main" else 16)
    for value in curve.withheld:
        write_text(axes, place.x(value), foot, WITHHELD, ink=curve.token, ha="center")


def _split_runs(points: Sequence[Point], longest: float) -> list[list[Point]]:
    """Return the stretches of a line between its gaps."""
    runs: list[list[Point]] = [[]]
    for point in points:
        if math.isnan(point[1]):
            runs.append([])
            continue
        if runs[-1] and point[0] - runs[-1][-1][0] > longest:
            runs.append([])
        runs[-1].append(point)
    return [run for run in runs if run]


def _write_ends(axes: Axes, place: _Place, curves: Sequence[Curve]) -> None:
    """Name the lines at their right ends, moved apart where they would cover each other."""
    named = []
    for curve in curves:
        known = [p for p in curve.points if not math.isnan(p[1])]
        if curve.label and known:
            named.append((curve, place.x(known[-1][0]), place.y(known[-1][1])))
    rows = [curve.label.split("\n") for curve, _, _ in named]
    gap = _LINE * max((len(lines) for lines in rows), default=1)
    places = spread_labels([y for _, _, y in named], gap, _BOTTOM - 6, _TOP + 18)
    for (curve, x, y), at, lines in zip(named, places, rows, strict=True):
        if abs(at - y) > 2 or x < _RIGHT - 2:
            draw_line(axes, [x + 3, _RIGHT + 9], [y, at], color=colour("rule"), lw=0.7)
        faint = curve.style in ("faint", "fainter")
        for i, text in enumerate(lines):
            height = at + ((len(lines) - 1) / 2 - i) * (_LINE - 1.5)
            write_text(
                axes, _RIGHT + 11, height, text, va="center",
                ink="ink-soft" if faint else curve.token,
                weight="bold" if curve.style == "main" else "normal",
            )  # fmt: skip
