"""The Section 20 briefing, section by section: the one door that its notebook goes through."""

from __future__ import annotations

from collections.abc import Callable

from slinb.errors import ParameterError
from slinb.show.markup import Html
from slinb.show.section20_after import endings_html, placements_html, practice_html
from slinb.show.section20_cohorts import cohorts_html
from slinb.show.section20_duration import duration_html
from slinb.show.section20_history import history_html
from slinb.show.section20_limits import context_html, limits_html
from slinb.show.section20_now import now_html
from slinb.show.section20_view import View
from slinb.show.section20_words import authorities_html, messages_html, write_section20_messages

__all__ = ["SECTIONS", "View", "section20_html", "write_section20_messages"]

#: Sections in order of the page.
SECTIONS: dict[str, Callable[[View], Html]] = {
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


def section20_html(view: View, section: str) -> Html:
    """Write one section of the briefing.

    Parameters
    ----------
    view : View
        The deep dive's tables: those of :mod:`slinb.analyse.section20_tables`, and
        ``section20_messages`` (:func:`write_section20_messages`).
    section : str
        A key of :data:`SECTIONS`.

    Returns
    -------
    Html
        One ``<section>``, its heading an ``h2``; it needs ``findings.css`` and no script.

    Raises
    ------
    ParameterError
        There is no section of that name.
    """
    if section not in SECTIONS:
        raise ParameterError(
            f"The Section 20 briefing has no section “{section}”.",
            f"It has: {', '.join(SECTIONS)}.",
        )
    return SECTIONS[section](view)
