"""Small drawings by the dozen: a page holds many, so each is drawn bare and written short."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from markupsafe import Markup

from slinb.show.figures import figure_html
from slinb.show.theme import colour, use_matplotlib_theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Width of a drawing in points; its text is this much larger or smaller than on the page.
WIDTH = 350.0
TEXT = 12.5
_POINTS_PER_INCH = 72

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PLACES = re.compile(r"\b(d|x|y|width|height|transform)=\"([^\"]*)\"")
_LONG = re.compile(r"(-?\d+)\.(\d)\d*")
_SAME_STYLE = re.compile(r"<g>((?:<use [^>]*?( style=\"[^\"]*\")/>)(?:<use [^>]*?\2/>)+)</g>")
_GROUP = re.compile(r"<g\b[^>]*>|</g>")
#: What matplotlib writes though it says nothing, or though the whole drawing says it once.
_IDLE = (
    (re.compile(r" transform=\"rotate\(-?0 [^\"]*\)\""), ""),
    (re.compile(r"; font-family: var\(--font\)|; text-anchor: start|; stroke-dashoffset: 0"), ""),
    (re.compile(r"; stroke-linejoin: miter|; stroke-linecap: (round|square|butt)"), ""),
    (re.compile(rf"fill: none; |font-size: {TEXT}px; "), ""),
    (re.compile(r"<path style=\"[^\"]*\"/>"), ""),
    (re.compile(r"<g id=\"[^\"]*\"/>"), ""),
    (re.compile(r"<g id=\"[^\"]*\">"), "<g>"),
)


@dataclass(frozen=True)
class Panel:
    """A small chart with what stands around it, as the template ``findings`` lays it out.

    Parameters
    ----------
    id : str
        Its address on the page.
    title : str
        Its finding.
    sign : tuple of str or None
        Colour class and words of the sign beside the title.
    svg : Markup
        The drawing, from :func:`write_svg`.
    notes : str
        What must be known of it.
    table : str
        HTML of the table behind it.
    """

    id: str
    title: str
    sign: tuple[str, str] | None
    svg: Markup
    notes: str
    table: str


@contextmanager
def open_axes(height: float) -> Iterator[Axes]:
    """Give axes over a whole bare drawing, in its own points: x to the right, y upwards.

    Parameters
    ----------
    height : float
        Height in points; the width is :data:`WIDTH`.
    """
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context():
        use_matplotlib_theme()
        # A tight box would give every drawing a scale of its own.
        mpl.rcParams.update({"savefig.bbox": None, "font.size": TEXT})
        fig = Figure(figsize=(WIDTH / _POINTS_PER_INCH, height / _POINTS_PER_INCH))
        fig.patch.set_visible(False)
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(0, height), autoscale_on=False)
        axes.set_axis_off()
        yield axes


def draw_box(
    axes: Axes, corner: tuple[float, float], other: tuple[float, float], token: str
) -> None:
    """Fill a rectangle between two corners with a colour of the theme."""
    from matplotlib.patches import Rectangle

    (left, bottom), (right, top) = corner, other
    axes.add_patch(
        Rectangle(
            (left, bottom), right - left, top - bottom, fc=colour(token), ec="none", clip_on=False
        )
    )


def write_svg(axes: Axes, alt: str) -> Markup:
    """Write a drawing as short SVG that follows the page's colours; its alternative text is said.

    The drawing goes through :func:`slinb.show.figures.figure_html`, whose frame is for a chart
    that stands alone.

    Raises
    ------
    ParameterError
        ``alt`` is empty.
    """
    text = str(figure_html(axes.figure, alt, caption="", source=""))  # type: ignore[arg-type]
    svg = text[text.index("<svg") : text.index("</svg>") + len("</svg>")]
    return Markup(shorten_svg(svg))  # noqa: S704 - drawn by matplotlib, its label escaped


def shorten_svg(svg: str) -> str:
    r"""Take out of a drawing what nobody sees: spaces, bare groups, far decimals, said styles.

    Examples
    --------
    >>> shorten_svg('<svg><g id="a"> <path d="M 1.2345 2 \nL 3.98765 4"/> </g></svg>')
    '<svg fill="none" font-size="12.5"><path d="M1.2 2L4 4"/></svg>'
    """
    svg = re.sub(r">\s+<", "><", _COMMENT.sub("", svg))
    svg = _PLACES.sub(lambda m: f'{m[1]}="{_shorten_numbers(m[2])}"', svg)
    for pattern, replacement in _IDLE:
        svg = pattern.sub(replacement, svg)
    svg = _SAME_STYLE.sub(lambda m: f"<g{m[2]}>{m[1].replace(m[2], '')}</g>", svg)
    return _unwrap_groups(svg).replace("<svg", f'<svg fill="none" font-size="{TEXT}"', 1)


def _unwrap_groups(svg: str) -> str:
    """Take away the groups that say nothing, and leave what is in them."""
    opened: list[bool] = []

    def keep(match: re.Match[str]) -> str:
        if match[0] == "</g>":
            return match[0] if opened.pop() else ""
        opened.append(match[0] != "<g>")
        return match[0] if opened[-1] else ""

    return _GROUP.sub(keep, svg)


def _shorten_numbers(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    text = _LONG.sub(lambda m: f"{float(m[0]):.1f}".removesuffix(".0"), text)
    return re.sub(r" ?([A-Za-z]) ?(?=[-\d])", r"\1", text).strip()


@lru_cache(maxsize=4096)
def measure_text(text: str, size: float = TEXT, *, bold: bool = False) -> float:
    """Return the width of a line of text in points, in the widest face that a page may use."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    face = FontProperties(family="DejaVu Sans", weight="bold" if bold else "normal", size=size)
    # Not the extents of a path: drawing every outline takes fifteen times as long.
    width, _, _ = text_to_path.get_text_width_height_descent(text, face, ismath=False)
    return float(width) if text else 0.0


def wrap_title(title: str, under: str = "", width: int = 52) -> str:
    """Break the title of a plotly figure into lines, with a smaller line or two under it.

    Examples
    --------
    >>> wrap_title("Luton has risen", "Trial limits", 10)
    'Luton has<br>risen<br><sup>Trial limits</sup>'
    """
    lines = textwrap.wrap(title, width, break_on_hyphens=False)
    # plotly sets each line of small print by itself.
    small = [f"<sup>{line}</sup>" for line in textwrap.wrap(under, width + width // 3)]
    return "<br>".join([*lines, *small])
