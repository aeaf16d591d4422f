"""Shares with their intervals, one line each: who stands where, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.drawings import TEXT, WIDTH, measure_text, open_axes, write_svg
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LEAST_LEFT, _RIGHT, _SPACE = 120.0, 288.0, 10.0
_STEP = 21.0
_FOOT, _HEAD = 26.0, 6.0
_SMALL = 12.0


@dataclass(frozen=True)
class Share:
    """One line: its name, its share with interval in per cent, and its counts in words.

    ``value`` is None where there is no figure; ``counts`` then says why.
    """

    name: str
    value: float | None
    lower: float
    upper: float
    counts: str
    whole: bool = False


def draw_shares(shares: Sequence[Share], alt: str, *, centre: float | None = None) -> Markup:
    """Draw shares from 0 to 100% as points with 95% intervals, a line each.

    Parameters
    ----------
    shares : sequence of Share
        From the top down; a ``whole`` one (the region) is set in bold.
    alt : str
        The finding in words.
    centre : float, optional
        Per cent at which an upright line stands: the region's share.
    """
    height = _HEAD + _STEP * len(shares) + _FOOT
    names = (measure_text(s.name, bold=s.whole) for s in shares)
    left = max([_LEAST_LEFT, *names]) + _SPACE
    with open_axes(height) as axes:
        _draw_scale(axes, left, height, centre)
        for place, share in enumerate(shares):
            _draw_line(axes, share, left, height - _HEAD - _STEP * (place + 0.5))
        return write_svg(axes, alt)


def _x(left: float, per_cent: float) -> float:
    return left + (_RIGHT - left) * per_cent / 100


def _draw_scale(axes: Axes, left: float, height: float, centre: float | None) -> None:
    for mark in (0, 50, 100):
        x = _x(left, mark)
        axes.plot([x, x], [_FOOT - 4, height], color=colour("line"), lw=0.8)
        axes.text(x, 6, f"{mark}%", ha="center", size=_SMALL, color=colour("ink-soft"))
    if centre is not None:
        x = _x(left, centre)
        axes.plot([x, x], [_FOOT - 4, height], color=colour("rule"), lw=1.4, ls="--")


def _draw_line(axes: Axes, share: Share, left: float, y: float) -> None:
    weight = "bold" if share.whole else "normal"
    axes.text(0, y, share.name, va="center", size=TEXT, color=colour("ink"), weight=weight)
    axes.text(
        WIDTH, y, share.counts, va="center", ha="right", size=_SMALL, color=colour("ink-soft")
    )
    if share.value is None:
        return
    ink, limits = colour("series-1"), [_x(left, share.lower), _x(left, share.upper)]
    axes.plot(limits, [y, y], color=ink, lw=1.6)
    axes.plot([_x(left, share.value)], [y], marker="D" if share.whole else "o", ms=6, color=ink)
