"""The audits on a page, section by section: the one door that a notebook goes through."""

from __future__ import annotations

from collections.abc import Callable

from slinb.catalogue.triangle import load_triangle_rules
from slinb.errors import ParameterError
from slinb.show.audit_grades import exercise_html, grades_html, questions_html
from slinb.show.audit_headlines import audit_headlines_html
from slinb.show.audit_practice import actions_html, auditors_html, moderation_html, themes_html
from slinb.show.audit_view import AUDIT_TABLES, AuditView, write_section
from slinb.show.markup import Html

__all__ = ["AUDIT_TABLES", "SECTIONS", "AuditView", "audits_html"]


def _messages_html(view: AuditView) -> Html:
    return audit_headlines_html(
        view.tables["audits_headlines"], view.areas, view.instrument, load_triangle_rules()
    )


#: Sections in order of the page.
SECTIONS: dict[str, Callable[[AuditView], Html]] = {
    "messages": _messages_html,
    "exercise": exercise_html,
    "grades": grades_html,
    "questions": questions_html,
    "moderation": moderation_html,
    "themes": themes_html,
    "actions": actions_html,
    "auditors": auditors_html,
}


def audits_html(view: AuditView, section: str) -> Html:
    """Write one section on the audits of a region and its authorities.

    Parameters
    ----------
    view : AuditView
    section : str
        A key of :data:`SECTIONS`.

    Returns
    -------
    Html
        One ``<section>``, its heading an ``h2``; it needs ``findings.css`` and no script. A
        figure that is withheld stands as “c” with its number of cases. Where no exercise was
        held, the first section says so and the others are empty.

    Raises
    ------
    ParameterError
        There is no section of that name.
    """
    if section not in SECTIONS:
        raise ParameterError(
            f"The audits have no section “{section}”.", f"They have: {', '.join(SECTIONS)}."
        )
    if view.held:
        return SECTIONS[section](view)
    if section != next(iter(SECTIONS)):
        return Html("")
    return write_section(
        "none",
        "Audits",
        f"No audits were collected for {view.period.label}: no workbook lies in "
        f"data/raw/audits/{view.period.id}.",
    )
