"""The messages of a deep dive, each beside its question: of the region, and of each authority."""

from __future__ import annotations

from slinb.show.dive_view import DiveView
from slinb.show.markup import Html, render_template
from slinb.show.messages_list import Headline


def messages_html(view: DiveView) -> Html:
    """Show the messages and questions of the region."""
    context = {"key": f"{view.key}-headlines", "region": view.region, "pages": [], "without": ""}
    regional = _list_headlines(view).get(view.region.code, [])
    return Html(str(render_template("messages_list", **context, regional=regional)))


def authorities_html(view: DiveView) -> Html:
    """Show the messages and questions of each authority, folded."""
    listed = _list_headlines(view)
    pages = [(area, listed[area.code]) for area in view.areas if area.code in listed]
    return Html(str(render_template("dive_authorities", key=f"{view.key}-authority", pages=pages)))


def _list_headlines(view: DiveView) -> dict[str, list[Headline]]:
    """Lay each message beside its question, by the area of the page."""
    pages: dict[str, dict[int, Headline]] = {}
    for row in view.rows("messages"):
        order = int(row["order"])
        headline = pages.setdefault(row["area"], {}).setdefault(order, Headline(order))
        if row["kind"] == "question":
            headline.question = row["text"]
        else:
            headline.message = row["text"]
    return {code: [found[i] for i in sorted(found)] for code, found in pages.items()}
