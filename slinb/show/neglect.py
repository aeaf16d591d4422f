"""The neglect briefing, section by section: the one door that its notebook goes through."""

from __future__ import annotations

from collections.abc import Callable

from slinb.show.dive_headlines import authorities_html, messages_html
from slinb.show.dive_limits import context_html
from slinb.show.dive_section import show_section
from slinb.show.markup import Html
from slinb.show.neglect_course import duration_html, repeats_html, shift_html
from slinb.show.neglect_limits import limits_html
from slinb.show.neglect_near import care_html, factors_html, help_html
from slinb.show.neglect_now import now_html
from slinb.show.neglect_published import published_html
from slinb.show.neglect_view import NeglectView
from slinb.show.neglect_words import write_neglect_messages

__all__ = ["NEGLECT_TABLES", "SECTIONS", "NeglectView", "neglect_html", "write_neglect_messages"]

#: Result tables that the page reads.
NEGLECT_TABLES = (
    "neglect_band", "neglect_history", "neglect_figures", "neglect_medians", "neglect_quality",
    "neglect_messages",
)  # fmt: skip

#: Sections in order of the page.
SECTIONS: dict[str, Callable[[NeglectView], Html]] = {
    "messages": messages_html,
    "context": context_html,
    "published": published_html,
    "now": now_html,
    "shift": shift_html,
    "duration": duration_html,
    "repeats": repeats_html,
    "factors": factors_html,
    "care": care_html,
    "help": help_html,
    "authorities": authorities_html,
    "limits": limits_html,
}


def neglect_html(view: NeglectView, section: str) -> Html:
    """Write one section of the briefing (:func:`slinb.show.dive_section.show_section`).

    Parameters
    ----------
    view : NeglectView
        The deep dive's tables: :data:`NEGLECT_TABLES`.
    section : str
        A key of :data:`SECTIONS`.
    """
    return show_section(SECTIONS, section, view, briefing="neglect")
