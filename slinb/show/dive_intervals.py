"""Rows of figures of a deep dive: dots with their intervals over a common scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.dive_pen import WITHHELD, draw_line, gather_texts, join_runs, write_text
from slinb.show.drawings import WIDTH, measure_text, open_axes, write_svg
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW = 25.0
#: What a label of the horizontal axis needs.
_LABEL_ROOM = 38.0
_FOOT = 24.0
#: Between two figures of one row.
_APART = 7.0


@dataclass(frozen=True)
class Dot:
    """One figure of a row of intervals."""

    value: float
    lower: float
    upper: float
    token: str
    hollow: bool = False


@dataclass(frozen=True)
class Interval:
    """One row: a name, its figures, and words at the right."""

    name: str
    dots: Sequence[Dot]
    side: str
    reason: str = ""
    strong: bool = False


def draw_intervals(
    rows: Sequence[Interval],
    alt: str,
    *,
    top: float,
    lines: Sequence[tuple[float, str]] = (),
    head: str = "",
) -> Markup:
    """Draw each row's figures as dots with their intervals, over the region's lines.

    Parameters
    ----------
    rows : sequence of Interval
    alt : str
        The finding in words.
    top : float
        Highest value of the scale, which starts at zero.
    lines : sequence of (value, colour token)
        Vertical lines: the region's figures.
    head : str
        Words over the column at the right.
    """
    names = max((measure_text(row.name, bold=row.strong) for row in rows), default=0) + 10
    sides = [*(row.side for row in rows), head]
    right = WIDTH - max(measure_text(side, bold=True) for side in sides) - 12
    height = _FOOT + len(rows) * _ROW + 22.0
    with open_axes(height) as axes:
        scale = (right - names) / top
        write_text(axes, WIDTH, height - 4, head, ha="right", va="top")
        _draw_scale(axes, (names, scale), top, height - 22)
        for value, token in lines:
            x = names + value * scale
            draw_line(axes, [x, x], [_FOOT, height - 20], color=colour(token), lw=3.2, alpha=0.32)
        middles = [height - 22 - (i + 0.5) * _ROW for i in range(len(rows))]
        for row, y in zip(rows, middles, strict=True):
            _write_row(axes, row, names, y)
        for place, dots in enumerate(zip(*(row.dots for row in rows), strict=True)):
            apart = _APART * ((len(rows[0].dots) - 1) / 2 - place)
            _draw_dots(axes, dots, [y + apart for y in middles], names, scale)
        return gather_texts(write_svg(axes, alt))


def _draw_scale(axes: Axes, along: tuple[float, float], top: float, ceiling: float) -> None:
    """Draw the upright lines of the scale, as many as have room for their labels."""
    left, scale = along
    step = next((s for s in (5, 10, 20, 25, 50) if s * scale >= _LABEL_ROOM), 100)
    marks = [(value, left + value * scale) for value in range(0, int(top) + 1, step)]
    x, y = join_runs([[(at, _FOOT), (at, ceiling)] for _, at in marks])
    draw_line(axes, x, y, color=colour("line"), lw=0.8)
    for value, at in marks:
        write_text(axes, at, _FOOT - 5, f"{value}%", ha="center", va="top")


def _write_row(axes: Axes, row: Interval, left: float, y: float) -> None:
    weight = "bold" if row.strong else "normal"
    write_text(axes, 0, y, row.name, ink="ink", weight=weight, va="center")
    write_text(axes, WIDTH, y, row.side, ink="ink", weight=weight, ha="right", va="center")
    if all(math.isnan(dot.value) for dot in row.dots):
        write_text(axes, left, y, row.reason or WITHHELD, va="center")


def _draw_dots(
    axes: Axes, dots: Sequence[Dot], heights: Sequence[float], left: float, scale: float
) -> None:
    """Draw one figure of every row: the intervals as one line, then the dots."""
    known = [(d, y) for d, y in zip(dots, heights, strict=True) if not math.isnan(d.value)]
    if not known:
        return
    ink = colour(known[0][0].token)
    whiskers = [
        [(left + dot.lower * scale, y), (left + dot.upper * scale, y)]
        for dot, y in known
        if not math.isnan(dot.lower)
    ]
    x, y = join_runs(whiskers)
    draw_line(axes, x, y, color=ink, lw=1.6, alpha=0.6)
    face = colour("paper") if known[0][0].hollow else ink
    places = [left + dot.value * scale for dot, _ in known]
    draw_line(
        axes, places, [y for _, y in known], ls="", marker="o", ms=6, mew=1.6, mec=ink, mfc=face
    )
