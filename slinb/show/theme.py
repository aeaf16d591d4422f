"""One visual language for tables, charts and pages: the tokens, and their three renderings.

Blue, orange and grey are kept for judgement (better, worse, no judgement) and used for nothing
else; readers who cannot tell them apart find the same in symbols and words. See
``docs/design.md`` for the reasons, and the tests for the contrast of every pair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from slinb.show.markup import read_asset

if TYPE_CHECKING:
    from plotly.graph_objects.layout import Template

#: System fonts: nothing is fetched, and each reader gets the face they read all day.
FONT_STACK = (
    '-apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif'
)


@dataclass(frozen=True)
class Token:
    """One colour and its counterpart on a dark page, as ``#rrggbb``."""

    light: str
    dark: str


#: Light values are all different, so that a chart drawn in them can be recoloured for the dark.
COLOURS: dict[str, Token] = {
    "paper": Token("#ffffff", "#10161d"),
    "surface": Token("#f3f5f8", "#19222c"),
    "line": Token("#d5dbe2", "#35424f"),
    "rule": Token("#76828f", "#7f8d9b"),
    "ink": Token("#17212c", "#eaf0f6"),
    "ink-soft": Token("#475361", "#b4c0cc"),
    "link": Token("#1b4f8a", "#8fc1f7"),
    "focus": Token("#7a1fb0", "#e2b6ff"),
    "better": Token("#1d5fa6", "#7db8f5"),
    "better-ink": Token("#fdfeff", "#05182c"),
    "better-soft": Token("#d9e8f7", "#14324f"),
    "better-soft-ink": Token("#0c3a6e", "#cfe4fb"),
    "worse": Token("#b24a06", "#f5a158"),
    "worse-ink": Token("#fffefd", "#2b1400"),
    "worse-soft": Token("#fde4cd", "#4c2b0e"),
    "worse-soft-ink": Token("#702c00", "#ffdcb9"),
    "neutral": Token("#66717d", "#98a5b2"),
    "neutral-soft": Token("#e9edf1", "#28323d"),
    "neutral-soft-ink": Token("#2d3844", "#dbe3ea"),
    "sample": Token("#efe2fb", "#3a2354"),
    "sample-ink": Token("#4b1c75", "#ecd9ff"),
    "series-1": Token("#22384f", "#d3e0ec"),
    "series-2": Token("#00756b", "#4fc9bb"),
    "series-3": Token("#7b4aa0", "#c9a0ea"),
    "series-4": Token("#7d6800", "#d8c04a"),
    "series-5": Token("#a8326f", "#f08fbf"),
}
#: Style sheets of the pieces, on a page and in JupyterLab alike.
_PARTS = ("theme.css", "findings.css")
#: The style sheet of an authority's and a measure's pages, and what stands in a body that needs it.
_PROFILE = "profile.css"
_PROFILE_MARKS = (
    *(f'class="slinb {kind}"' for kind in ("profile", "receipt", "measure", "hexmap")),
    '<svg class="s',
)
#: The style sheet of a rug's tools; a rug is nearly all of its page, which must stay small.
_RUG, _RUG_MARK = "rug.css", 'class="slinb rug'
SERIES = tuple(name for name in COLOURS if name.startswith("series-"))


def colour(name: str) -> str:
    """Return the light value of a token, for a chart.

    Examples
    --------
    >>> colour("better")
    '#1d5fa6'
    """
    return COLOURS[name].light


def tokens_css() -> str:
    """Return the tokens as CSS custom properties: light, dark where the reader asks, print."""
    light = "".join(f"--{name}:{token.light};" for name, token in COLOURS.items())
    dark = "".join(f"--{name}:{token.dark};" for name, token in COLOURS.items())
    return (
        f":root{{--font:{FONT_STACK};{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"
    )


def page_css(body: str = "") -> str:
    """Return the style sheet of a page: a page stays small that needs only a part of it.

    Parameters
    ----------
    body : str
        HTML of the page's body, to see which parts it needs.
    """
    own = (_PROFILE,) if any(mark in body for mark in _PROFILE_MARKS) else ()
    if _RUG_MARK in body:
        parts = _PARTS if "stack" in body else _PARTS[:1]
        return "\n".join((tokens_css(), *map(read_asset, (*parts, *own, _RUG, "page.css"))))
    return "\n".join((tokens_css(), *map(read_asset, (*_PARTS, *own, "page.css"))))


def notebook_style_html() -> str:
    """Return the ``<style>`` that makes rugs and tables look right inside JupyterLab.

    The exporter takes it out again, because a page has its style sheet already.
    """
    css = "\n".join((tokens_css(), *map(read_asset, (*_PARTS, _PROFILE, _RUG, "lab.css"))))
    return f'<style class="slinb-theme">\n{css}\n</style>'


def recolour_svg(svg: str) -> str:
    """Replace the theme's colours in a drawing by its tokens, so that it follows the page."""
    for name, token in COLOURS.items():
        svg = svg.replace(token.light, f"var(--{name})")
    return svg


def use_matplotlib_theme() -> None:
    """Set matplotlib's (and so seaborn's) defaults to the project's look, for this process.

    Examples
    --------
    >>> use_matplotlib_theme()
    >>> import matplotlib
    >>> matplotlib.rcParams["svg.fonttype"]
    'none'
    """
    import matplotlib as mpl
    from cycler import cycler

    mpl.rcParams.update(_matplotlib_settings())
    mpl.rcParams["axes.prop_cycle"] = cycler(color=[colour(name) for name in SERIES])


def _matplotlib_settings() -> Any:  # keys that matplotlib's stubs want one by one
    ink, soft, line, paper = (colour(n) for n in ("ink", "ink-soft", "line", "paper"))
    return {
        # The face that comes with matplotlib measures the same on every machine; the page
        # replaces it by its own when the text is drawn.
        "font.family": ["DejaVu Sans"],
        "font.size": 14,
        "text.color": ink,
        "axes.titlesize": 16,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlecolor": ink,
        "axes.titlepad": 14,
        "axes.labelcolor": soft,
        "axes.labelsize": 14,
        "axes.edgecolor": line,
        "axes.facecolor": paper,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.grid.axis": "y",
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "grid.color": line,
        "grid.linewidth": 0.8,
        "xtick.color": soft,
        "ytick.color": soft,
        "xtick.labelsize": 14,
        "ytick.labelsize": 14,
        "xtick.major.size": 0,
        "ytick.major.size": 0,
        "lines.linewidth": 2.2,
        "lines.solid_capstyle": "round",
        "legend.frameon": False,
        "figure.facecolor": paper,
        "figure.figsize": (5.4, 3.6),  # small, so that its text is legible on a phone
        "figure.dpi": 96,
        "savefig.bbox": "tight",
        "svg.fonttype": "none",
    }


def plotly_template() -> Template:
    """Return the project's look as a plotly template.

    Examples
    --------
    >>> plotly_template().layout.colorway[0]
    '#22384f'
    """
    import plotly.graph_objects as go

    axis = {
        "gridcolor": colour("line"),
        "linecolor": colour("rule"),
        "zerolinecolor": colour("rule"),
        "title": {"font": {"color": colour("ink-soft")}},
        "automargin": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT_STACK, "size": 16, "color": colour("ink")},
            "title": {"x": 0, "xanchor": "left", "font": {"size": 20, "weight": 700}},
            "colorway": [colour(name) for name in SERIES],
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "xaxis": {**axis, "showgrid": False},
            "yaxis": axis,
            "hoverlabel": {"font": {"size": 16}},
            "margin": {"l": 8, "r": 8, "t": 56, "b": 8},
        }
    )
