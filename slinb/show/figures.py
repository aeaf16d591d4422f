"""Figures that can be read without eyes: alternative text, source, and the same bytes each run."""

from __future__ import annotations

import hashlib
import io
import json
import re
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from slinb.errors import ParameterError
from slinb.show.markup import Html, render_template
from slinb.show.theme import recolour_svg

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Stands in the body of a page that has a plotly figure, and so needs plotly's script.
PLOTLY_MARK = '<figure class="slinb chart" data-plotly'
#: Units of a drawing that name something else in it, and so must be its own on the page.
_IDS = re.compile(r'(\bid="|href="#|url\(#)')
#: The little markup that plotly knows in a title.
_MARKUP = re.compile(r"</?(?:sup|sub|b|i)>")
_FACE = "'DejaVu Sans'"
_STYLE = re.compile(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", re.DOTALL)
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_OPENING = re.compile(r"<svg\b[^>]*?(viewBox=\"[^\"]*\")[^>]*>")


def figure_html(fig: Figure, alt: str, *, caption: str, source: str, table: str = "") -> Html:
    """Take a matplotlib figure into a page as a drawing with alternative text, and close it.

    Parameters
    ----------
    fig : matplotlib Figure
        Drawn under :func:`slinb.show.theme.use_matplotlib_theme`. It is closed.
    alt : str
        The finding in words: what a reader who does not see the figure must know.
    caption : str
        One line below the figure.
    source : str
        Where the figures come from, and how many they are.
    table : str
        HTML of the table behind the figure (:func:`slinb.show.tables.table_html`), shown when
        the reader asks for it.

    Returns
    -------
    Html
        A ``<figure>``; the same figure gives the same bytes.

    Raises
    ------
    ParameterError
        ``alt`` is empty.
    """
    _require_alt(alt)
    parts = {"caption": caption, "source": source, "table": table}
    return Html(str(render_template("figure", drawing=_draw_svg(fig, alt), **parts)))


def plotly_html(fig: Any, alt: str, *, caption: str, source: str, table: str = "") -> Html:
    """Take a plotly figure into a page as data; the page draws it with its own copy of plotly.

    In JupyterLab the same object shows the live figure. The data stands in a block that is
    not a script, so that the page's policy can refuse every script but the project's own
    (``plotly.io.to_html`` would write one script a figure).

    Parameters
    ----------
    fig : plotly Figure
        The figure, in :func:`slinb.show.theme.plotly_template`.
    alt, caption, source, table : str
        As for :func:`figure_html`.

    Raises
    ------
    ParameterError
        ``alt`` is empty.
    """
    _require_alt(alt)
    drawing = json.loads(fig.to_json())
    title, bare = _take_title(drawing)
    text = str(
        render_template(
            "plotly",
            # No "<" can end the block or open a comment in it.
            drawing=Markup(json.dumps(bare, sort_keys=True).replace("<", "\\u003c")),  # noqa: S704
            title=title,
            alt=alt,
            caption=caption,
            source=source,
            table=table,
        )
    )
    return Html(text, bundle=(("application/vnd.plotly.v1+json", drawing),))


def _take_title(drawing: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Return the lines of a title, and the figure without it: plotly cuts off what is too wide."""
    layout = dict(drawing["layout"])
    title = layout.pop("title", {}).get("text", "")
    if title:
        layout["margin"] = {"t": 16, **layout.get("margin", {})}
    lines = [_MARKUP.sub("", line).strip() for line in title.split("<br>")]
    return [line for line in lines if line], {**drawing, "layout": layout}


def _require_alt(alt: str) -> None:
    if not alt.strip():
        raise ParameterError(
            "A figure has no alternative text.", "Say its finding in words in `alt`."
        )


def _draw_svg(fig: Figure, alt: str) -> Markup:
    """Return a figure as SVG that belongs to the page: its colours, its face, ids of its own."""
    import matplotlib as mpl
    from matplotlib import pyplot as plt

    key = "f" + hashlib.sha256(alt.encode("utf-8")).hexdigest()[:8]
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": key, "svg.fonttype": "none"}):
        fig.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    svg = buffer.getvalue()
    svg = _METADATA.sub("", _STYLE.sub("", svg[svg.index("<svg") :], count=1))
    svg = _IDS.sub(rf"\g<1>{key}-", svg.replace(_FACE, "var(--font)"))
    label = escape(alt)
    svg = _OPENING.sub(lambda m: f'<svg role="img" aria-label="{label}" {m[1]}>', svg, count=1)
    return Markup(recolour_svg(svg))  # noqa: S704 - drawn by matplotlib, its label escaped
