"""The pen of the deep dives' drawings: lines with gaps, words, and words said once a style."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.drawings import TEXT
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: What stands for a figure that is withheld.
WITHHELD = "c"
Point = tuple[float, float]
_TEXT = re.compile(r"<text style=\"(?P<style>[^\"]*)\"(?P<rest>[^>]*>[^<]*</text>)")


def join_runs(runs: Sequence[Sequence[Point]]) -> tuple[list[float], list[float]]:
    """Return stretches as one line with gaps: one path is shorter than many."""
    points = [point for run in runs for point in (*run, (math.nan, math.nan))][:-1]
    return [x for x, _ in points], [y for _, y in points]


def draw_line(axes: Axes, x: Sequence[float], y: Sequence[float], **style: object) -> None:
    """Draw a line or marks that may reach over the edge; nothing without points."""
    if len(x):
        axes.plot(x, y, clip_on=False, **style)  # type: ignore[arg-type]


def write_text(
    axes: Axes,
    x: float,
    y: float,
    text: str,
    *,
    ink: str = "ink-soft",
    weight: str = "normal",
    ha: str = "left",
    va: str = "baseline",
) -> None:
    """Write a word in a colour of the theme; nothing where it is empty."""
    if text:
        axes.text(x, y, text, color=colour(ink), weight=weight, ha=ha, va=va, fontsize=TEXT)


def gather_texts(svg: Markup) -> Markup:
    """Put the words of a drawing into one group a style: said once, the style is short.

    Words never cover each other here, so that their order does not matter.

    Examples
    --------
    >>> gather_texts(Markup('<svg><text style="a" x="1">b</text></svg>'))
    Markup('<svg><g style="a"><text x="1">b</text></g></svg>')
    """
    groups: dict[str, list[str]] = {}
    for match in _TEXT.finditer(svg):
        groups.setdefault(match["style"], []).append(f"<text{match['rest']}")
    words = "".join(f'<g style="{style}">{"".join(own)}</g>' for style, own in groups.items())
    bare = _TEXT.sub("", svg)
    return Markup(bare.replace("</svg>", f"{words}</svg>"))  # noqa: S704 - escaped by write_svg
