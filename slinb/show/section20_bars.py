"""Rows of the Section 20 deep dive: strips of a hundred per cent, and dots with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.drawings import WIDTH, measure_text, open_axes, write_svg
from slinb.show.section20_pen import WITHHELD, draw_line, gather_texts, join_runs, write_text
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class Segment:
    """A kind of part of a strip: its name and its shade."""

    name: str
    token: str
    alpha: float = 1.0


@dataclass(frozen=True)
class Strip:
    """One row of a strip chart: shares in per cent, missing where withheld or not known."""

    name: str
    shares: Sequence[float]
    side: str = ""
    reason: str = ""
    strong: bool = False


#: Left, right, bottom and top.
_Box = tuple[float, float, float, float]
_ROW = 25.0
_BAR = 16.0


def draw_strips(segments: Sequence[Segment], strips: Sequence[Strip], alt: str) -> Markup:
    """Draw each row's parts as one bar of a hundred per cent, with the shares in it.

    A part that is withheld is not drawn: what the others leave is framed and says "c".
    """
    names = max((measure_text(s.name, bold=s.strong) for s in strips), default=0) + 8
    side = max((measure_text(s.side) for s in strips), default=0)
    right = WIDTH - (side + 8 if side else 0)
    key = _lay_out_key(segments)
    height = len(strips) * _ROW + len(key) * 18 + 10
    with open_axes(height) as axes:
        _draw_key(axes, key, height)
        boxes: list[list[_Box]] = [[] for _ in segments]
        y = len(strips) * _ROW
        for strip in strips:
            y -= _ROW
            ink, weight = ("ink", "bold") if strip.strong else ("ink", "normal")
            middle = y + _ROW / 2
            write_text(axes, 0, middle, strip.name, ink=ink, weight=weight, va="center")
            write_text(axes, WIDTH, middle, strip.side, ha="right", va="center")
            _draw_strip(axes, boxes, strip, (names, right), middle)
        for segment, own in zip(segments, boxes, strict=True):
            _fill(axes, own, segment)
        return gather_texts(write_svg(axes, alt))


def _lay_out_key(segments: Sequence[Segment]) -> list[list[tuple[float, Segment]]]:
    """Return the lines of a key: each entry with its place from the left."""
    lines: list[list[tuple[float, Segment]]] = [[]]
    x = 0.0
    for segment in segments:
        width = 17 + measure_text(segment.name) + 14
        if x and x + width - 14 > WIDTH:
            lines.append([])
            x = 0.0
        lines[-1].append((x, segment))
        x += width
    return lines


def _draw_key(axes: Axes, key: list[list[tuple[float, Segment]]], height: float) -> None:
    for i, line in enumerate(key):
        y = height - 10 - i * 18
        for x, segment in line:
            _fill(axes, [(x, x + 11, y - 5.5, y + 5.5)], segment)
            write_text(axes, x + 17, y, segment.name, va="center")


def _draw_strip(
    axes: Axes, boxes: list[list[_Box]], strip: Strip, ends: tuple[float, float], y: float
) -> None:
    """Write a strip's numbers, and put its parts into the boxes of their kinds."""
    left, right = ends
    if all(math.isnan(share) for share in strip.shares):
        write_text(axes, left, y, strip.reason or WITHHELD, va="center")
        return
    x, scale = left, (right - left) / 100
    for own, share in zip(boxes, strip.shares, strict=True):
        if math.isnan(share) or share <= 0:
            continue
        end = x + share * scale
        own.append((x, end, y - _BAR / 2, y + _BAR / 2))
        text = f"{share:.0f}"
        if end - x > measure_text(text) + 5:
            write_text(axes, (x + end) / 2, y, text, ink="ink", ha="center", va="center")
        x = end
    if any(math.isnan(share) for share in strip.shares) and right - x > 1:
        _frame(axes, x, right, y)
        if right - x > 12:
            write_text(axes, (x + right) / 2, y, WITHHELD, ha="center", va="center")


def _fill(axes: Axes, boxes: Sequence[_Box], segment: Segment) -> None:
    """Fill the boxes of one kind as one shape: a page holds many, and one is shorter."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    if not boxes:
        return
    shapes = [
        Path([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)], closed=True)
        for x0, x1, y0, y1 in boxes
    ]
    axes.add_patch(
        PathPatch(
            Path.make_compound_path(*shapes), fc=colour(segment.token), alpha=segment.alpha,
            ec=colour("paper"), lw=0.8, clip_on=False, zorder=1,
        )
    )  # fmt: skip


def _frame(axes: Axes, left: float, right: float, y: float) -> None:
    from matplotlib.patches import Rectangle

    box = Rectangle(
        (left, y - _BAR / 2),
        right - left,
        _BAR,
        fc="none",
        ec=colour("rule"),
        lw=0.8,
        ls=":",
        clip_on=False,
    )
    axes.add_patch(box)


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
    step = next(s for s in (5, 10, 20, 25, 50, 100) if s * scale >= _LABEL_ROOM)
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
