"""Drawings the size of a word: where a figure lies among others, and how it went over time.

They are written as SVG by hand, a few hundred bytes each, because a page holds a hundred.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

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
    place = _scale([*known, own, *marks], _EDGE, WIDTH - _EDGE)
    parts = [f'<path class="axis" d="M0 {_MIDDLE:g}H{WIDTH}"/>']
    parts += [f'<circle cx="{place(v)}" cy="{_MIDDLE:g}" r="3.5"/>' for v in sorted(known)]
    parts += [f'<path class="bench" d="M{place(v)} 3V{HEIGHT - 3}"/>' for v in marks]
    kind = css_class[:1] if css_class[:1] in ("b", "w") else "n"
    parts.append(f'<circle class="own {kind}" cx="{place(own)}" cy="{_MIDDLE:g}" r="6"/>')
    return _wrap("strip", "".join(parts), alt)


def spark_line(values: Sequence[float], *, alt: str, css_class: str = "") -> Markup:
    """Draw a series as a line the size of a word, its last point marked; gaps stay gaps.

    Parameters
    ----------
    values : sequence of float
        In order of time; missing ones break the line.
    alt : str
        The drawing in words.
    css_class : str
        Colour class of the last point's mark, or empty.

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
    across = _scale([0, len(values) - 1], _EDGE, WIDTH - _EDGE)
    up = _scale(known, HEIGHT - _AIR, _AIR)
    path, pen = [], "M"
    for step, value in enumerate(values):
        if math.isnan(value):
            pen = "M"
            continue
        path.append(f"{pen}{across(step)} {up(value)}")
        pen = "L"
    parts = f'<path class="line" d="{"".join(path)}"/>'
    if not math.isnan(values[-1]):
        kind = css_class[:1] if css_class[:1] in ("b", "w") else "n"
        place = f'cx="{across(len(values) - 1)}" cy="{up(values[-1])}"'
        parts += f'<circle class="own {kind}" {place} r="4"/>'
    return _wrap("spark", parts, alt)


class _scale:  # noqa: N801 - reads as a function where it is used
    """A straight scale from values to a drawing's points, written short."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low, high = min(values), max(values)
        self.step = (end - start) / (high - self.low) if high > self.low else 0.0
        self.start = start if self.step else (start + end) / 2

    def __call__(self, value: float) -> str:
        return f"{self.start + (value - self.low) * self.step:.1f}".removesuffix(".0")


def _wrap(kind: str, inner: str, alt: str) -> Markup:
    return Markup(
        '<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}">{}'
        "</svg>"
    ).format(kind, WIDTH, HEIGHT, WIDTH, HEIGHT, alt, Markup(inner))  # noqa: S704 - numbers only
