"""The Section 20 briefing, section by section: the one door that its notebook goes through."""

from __future__ import annotations

from collections.abc import Callable

from slinb.show.dive_headlines import authorities_html, messages_html
from slinb.show.dive_limits import context_html
from slinb.show.dive_section import show_section
from slinb.show.markup import Html
from slinb.show.section20_after import endings_html, placements_html, practice_html
from slinb.show.section20_cohorts import cohorts_html
from slinb.show.section20_duration import duration_html
from slinb.show.section20_history import history_html
from slinb.show.section20_limits import limits_html
from slinb.show.section20_now import now_html
from slinb.show.section20_view import Section20View
from slinb.show.section20_words import write_section20_messages

__all__ = [
    "SECTION20_TABLES",
    "SECTIONS",
    "Section20View",
    "section20_html",
    "write_section20_messages",
]

#: Result tables that the page reads.
SECTION20_TABLES = (
    "section20_history", "section20_figures", "section20_incidence", "section20_medians",
    "section20_quality", "section20_messages",
)  # fmt: skip

#: Sections in order of the page.
SECTIONS: dict[str, Callable[[Section20View], Html]] = {
    "messages": messages_html,
    "context": context_html,
    "history": history_html,
    "now": now_html,
    "duration": duration_html,
    "cohorts": cohorts_html,
    "endings": endings_html,
    "placements": placements_html,
    "practice": practice_html,
    "authorities": authorities_html,
    "limits": limits_html,
}


def section20_html(view: Section20View, section: str) -> Html:
    """Write one section of the briefing (:func:`slinb.show.dive_section.show_section`).

    Parameters
    ----------
    view : Section20View
        The deep dive's tables: :data:`SECTION20_TABLES`.
    section : str
        A key of :data:`SECTIONS`.
    """
    return show_section(SECTIONS, section, view, briefing="Section 20")
