"""One section of a deep dive's briefing: a heading, what is found, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from slinb.errors import ParameterError
from slinb.show.drawings import Panel
from slinb.show.markup import Html, render_template

V = TypeVar("V")
RETURNS = "Source: the authorities' own records, counted by them and sent as totals."


@dataclass(frozen=True)
class Part:
    """A piece of a section: a heading, charts, facts, points or HTML.

    ``fold`` are the words under which the HTML opens when the reader asks; shown where empty.
    """

    title: str = ""
    text: str = ""
    panels: Sequence[Panel] = ()
    items: Sequence[tuple[str, str, str]] = ()
    points: Sequence[str] = ()
    html: str = ""
    fold: str = ""


def keep(*panels: Panel | None) -> list[Panel]:
    """Return the panels that there are."""
    return [panel for panel in panels if panel is not None]


def write_section(
    key: str,
    title: str,
    parts: Sequence[Part],
    *,
    finding: str = "",
    intro: Sequence[str] = (),
    source: str = RETURNS,
) -> Html:
    """Write one section of the briefing, its heading an ``h2``."""
    context = {"key": key, "title": title, "finding": finding, "parts": parts}
    known = [text for text in intro if text]
    return Html(str(render_template("dive", **context, intro=known, source=source)))


def show_section(
    sections: Mapping[str, Callable[[V], Html]], section: str, view: V, *, briefing: str
) -> Html:
    """Write the section of a name.

    Parameters
    ----------
    sections : mapping of str to callable
        Of the briefing, in order of the page.
    section : str
        One of their names.
    view
        What the sections are written from.
    briefing : str
        How the briefing is called in a message.

    Returns
    -------
    Html
        One ``<section>``, its heading an ``h2``; it needs ``findings.css`` and no script.

    Raises
    ------
    ParameterError
        There is no section of that name.
    """
    if section not in sections:
        raise ParameterError(
            f"The {briefing} briefing has no section “{section}”.",
            f"It has: {', '.join(sections)}.",
        )
    return sections[section](view)
