"""What changed over the year as a drawing: for each authority, worsened left, improved right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from slinb.show.drawings import TEXT, WIDTH, draw_box, measure_text, open_axes, write_svg
from slinb.show.theme import colour

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_ROW, _BAR, _GAP, _HEAD = 20.0, 12.0, 6.0, 26.0
_NUMBER = 22.0
#: Browsers set a name a little wider than it is measured here.
_SLACK = 1.05
Counts = Sequence[tuple[str, Mapping[str, int]]]


def draw_changes(counts: Counts) -> Markup:
    """Draw how many measures worsened and improved really since a year ago, by authority.

    Parameters
    ----------
    counts : sequence of (name, counts by direction)
        From :func:`slinb.show.annual_tables.count_directions`.
    """
    height = _HEAD + _ROW * len(counts) + _GAP
    left = max(measure_text(name) for name, _ in counts) * _SLACK + _GAP
    centre = left + (WIDTH - left) / 2
    most = max([1, *(found[kind] for _, found in counts for kind in ("improved", "worsened"))])
    scale = ((WIDTH - left) / 2 - _NUMBER) / most
    style: Any = {"va": "center_baseline", "fontsize": TEXT}
    with open_axes(height) as axes:
        top = height - _HEAD / 2
        axes.text(centre - _GAP, top, "worsened", ha="right", color=colour("worse"), **style)
        axes.text(centre + _GAP, top, "improved", color=colour("better"), **style)
        for place, (name, found) in enumerate(counts):
            middle = height - _HEAD - _ROW * (place + 0.5)
            axes.text(left - _GAP, middle, name, ha="right", **style)
            if not sum(found.values()):
                axes.text(centre + _GAP, middle, "no figures", color=colour("ink-soft"), **style)
                continue
            _draw_side(axes, (centre, middle), -found["worsened"] * scale, "worse")
            _draw_side(axes, (centre, middle), found["improved"] * scale, "better")
            _write_count(axes, (centre, middle), -1, found["worsened"], scale)
            _write_count(axes, (centre, middle), 1, found["improved"], scale)
        axes.plot([centre, centre], [_GAP, height - _HEAD], color=colour("rule"), linewidth=1.0)
        return write_svg(axes, _say_alt(counts))


def _draw_side(axes: Axes, start: tuple[float, float], length: float, tone: str) -> None:
    if length:
        x, y = start
        draw_box(axes, (x, y - _BAR / 2), (x + length, y + _BAR / 2), tone)


def _write_count(
    axes: Axes, start: tuple[float, float], side: int, count: int, scale: float
) -> None:
    x, y = start
    where = x + side * (count * scale + _GAP)
    place = "left" if side > 0 else "right"
    axes.text(where, y, str(count), ha=place, va="center_baseline", fontsize=TEXT)


def _say_alt(counts: Counts) -> str:
    said = [
        f"{name}: {found['worsened']} worsened, {found['improved']} improved."
        if sum(found.values())
        else f"{name}: no figures."
        for name, found in counts
    ]
    return " ".join(("Measures that really changed against a year ago.", *said))
