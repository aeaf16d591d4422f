"""Drawings the size of a word: where a figure lies among others, and how it went over time.

They are written as SVG by hand, a few hundred bytes each, because a page holds a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from markupsafe import Markup

WIDTH, HEIGHT = 150, 26
_EDGE = 8
_MIDDLE = HEIGHT / 2
#: Room above and below a line, as a share of the height.
_AIR = 5.0


def position_strip(
    others: Sequence[float],
    own: float,
    benchmark: float = math.nan,
    *,
    alt: str,
    css_class: str = "",
) -> Markup:
    """Draw where a figure lies among others: a dot each, its own larger, the benchmark a stroke.

    Parameters
    ----------
    others : sequence of float
        The other figures; missing ones are left out, never drawn as zero.
    own : float
        The figure itself; nothing is drawn where it is missing.
    benchmark : float
        Where the stroke stands; none if missing.
    alt : str
        The drawing in words.
    css_class : str
        Colour class of a mark ("w1"); its letter colours the dot.

    Examples
    --------
    >>> position_strip([1.0], float("nan"), alt="No figure")
    Markup('')
    """
    if math.isnan(own):
        return Markup("")
    known = [value for value in others if not math.isnan(value)]
    marks = [] if math.isnan(benchmark) else [benchmark]
    place = Scale([*known, own, *marks], _EDGE, WIDTH - _EDGE)
    parts = [f'<path class="axis" d="M0 {_MIDDLE:g}H{WIDTH}"/>']
    parts += [f'<circle cx="{place(v)}" cy="{_MIDDLE:g}" r="3.5"/>' for v in sorted(known)]
    parts += [f'<path class="bench" d="M{place(v)} 3V{HEIGHT - 3}"/>' for v in marks]
    kind = css_class[:1] if css_class[:1] in ("b", "w") else "n"
    parts.append(f'<circle class="own {kind}" cx="{place(own)}" cy="{_MIDDLE:g}" r="6"/>')
    return _wrap("strip", "".join(parts), alt)


def spark_line(
    values: Sequence[float],
    *,
    alt: str,
    css_class: str = "",
    breaks: Sequence[int] = (),
    size: tuple[int, int] = (WIDTH, HEIGHT),
) -> Markup:
    """Draw a series as a line the size of a word, its last point marked; gaps stay gaps.

    Parameters
    ----------
    values : sequence of float
        In order of time; missing ones break the line.
    alt : str
        The drawing in words.
    css_class : str
        Colour class of the last point's mark, or empty.
    breaks : sequence of int
        Positions at which a new definition begins: the line starts anew.
    size : (int, int)
        Width and height.

    Returns
    -------
    Markup
        Empty where fewer than two values are known.

    Examples
    --------
    >>> "M8 21L142 5" in spark_line([1.0, 2.0], alt="rising")
    True
    """
    known = [v for v in values if not math.isnan(v)]
    if len(known) < 2:
        return Markup("")
    width, height = size
    edge = _EDGE * width / WIDTH
    across = Scale([0, len(values) - 1], edge, width - edge)
    up = Scale(known, height - _AIR, _AIR)
    parts = f'<path class="line" d="{draw_path(values, across, up, breaks)}"/>'
    if not math.isnan(values[-1]):
        kind = css_class[:1] if css_class[:1] in ("b", "w") else "n"
        place = f'cx="{across(len(values) - 1)}" cy="{up(values[-1])}"'
        parts += f'<circle class="own {kind}" {place} r="4"/>'
    return _wrap("spark", parts, alt, size)


def draw_path(
    values: Sequence[float],
    across: Callable[[float], str],
    up: Callable[[float], str],
    breaks: Sequence[int] = (),
) -> str:
    """Write the path of a series: a missing value, or a break, lifts the pen.

    Parameters
    ----------
    values : sequence of float
    across, up : callable
        From a position, and from a value, to points of the drawing, written short.
    breaks : sequence of int
        Positions before which the pen is lifted.
    """
    path, pen = [], "M"
    for step, value in enumerate(values):
        if step in breaks:
            pen = "M"
        if math.isnan(value):
            pen = "M"
            continue
        # A point between two gaps is drawn as a stroke of no length, with round ends.
        lone = pen == "M" and _stands_alone(values, step, breaks)
        path.append(f"{pen}{across(step)} {up(value)}{'h0' if lone else ''}")
        pen = "L"
    return "".join(path)


def _stands_alone(values: Sequence[float], step: int, breaks: Sequence[int]) -> bool:
    after = step + 1
    return after == len(values) or after in breaks or math.isnan(values[after])


class Scale:
    """A straight scale from values to a drawing's points, written short."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low, high = min(values), max(values)
        self.step = (end - start) / (high - self.low) if high > self.low else 0.0
        self.start = start if self.step else (start + end) / 2

    def __call__(self, value: float) -> str:
        """Return where a value lies."""
        return f"{self.start + (value - self.low) * self.step:.1f}".removesuffix(".0")


def _wrap(kind: str, inner: str, alt: str, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Markup:
    width, height = size
    drawing = '<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>'
    return Markup(drawing).format(  # noqa: S704 - a pattern of our own
        kind,
        width,
        height,
        alt,
        Markup(inner),  # noqa: S704 - numbers only
    )
