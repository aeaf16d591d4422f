"""Rows of shares of a deep dive: strips of a hundred per cent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.dive_pen import WITHHELD, gather_texts, write_text
from slinb.show.drawings import WIDTH, measure_text, open_axes, write_svg
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
