"""The bars of a slide as a drawing of the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from slinb.show.drawings import TEXT, WIDTH, draw_box, measure_text, open_axes, write_svg
from slinb.show.slides_bars import Bar, BarChart
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _BAR, _MARGIN, _GAP = 20.0, 12.0, 4.0, 6.0
#: Colour of a filled bar; one without a tone is hollow.
FILLS = {"better": "better", "worse": "worse", "neutral": "neutral", "benchmark": "series-1"}


def draw_bars(chart: BarChart) -> Markup:
    """Draw the bars from zero, each with its 95% interval, its figure and its sign."""
    height = _ROW * len(chart.bars) + 2 * _MARGIN
    left = max(measure_text(bar.name) for bar in chart.bars) + _GAP
    right = WIDTH - max(measure_text(bar.words) for bar in chart.bars) - 2 * _GAP
    scale = (right - left) / find_top(chart)
    with open_axes(height) as axes:
        for place, bar in enumerate(chart.bars):
            middle = height - _MARGIN - _ROW * (place + 0.5)
            _draw_bar(axes, bar, (left, middle), scale)
        return write_svg(axes, chart.alt)


def find_top(chart: BarChart) -> float:
    """Return the largest number that is drawn; 1 where there is none."""
    ends = [n for bar in chart.bars for n in (bar.value, bar.upper) if not math.isnan(n)]
    return max(ends, default=1.0) or 1.0


def _draw_bar(axes: Axes, bar: Bar, start: tuple[float, float], scale: float) -> None:
    left, middle = start
    style: Any = {"va": "center_baseline", "fontsize": TEXT}
    bold = "bold" if bar.tone == "benchmark" else "normal"
    axes.text(left - _GAP, middle, bar.name, ha="right", weight=bold, **style)
    if math.isnan(bar.value):
        axes.text(left + _GAP, middle, bar.words, color=colour("ink-soft"), **style)
        return
    end = left + bar.value * scale
    low, high = middle - _BAR / 2, middle + _BAR / 2
    if bar.tone:
        draw_box(axes, (left, low), (end, high), FILLS[bar.tone])
    else:
        _draw_hollow(axes, (left, low), (end, high))
    if not (math.isnan(bar.lower) or math.isnan(bar.upper)):
        reach = [left + max(bar.lower, 0.0) * scale, left + bar.upper * scale]
        axes.plot(reach, [middle, middle], color=colour("paper"), linewidth=3.4)
        axes.plot(reach, [middle, middle], color=colour("ink"), linewidth=1.3)
    far = left + max(bar.value, 0 if math.isnan(bar.upper) else bar.upper) * scale
    axes.text(far + _GAP, middle, bar.words, weight=bold, **style)


def _draw_hollow(axes: Axes, corner: tuple[float, float], other: tuple[float, float]) -> None:
    (left, low), (right, high) = corner, other
    sides = ([left, right, right, left, left], [low, low, high, high, low])
    axes.plot(*sides, color=colour("rule"), linewidth=1.1)
