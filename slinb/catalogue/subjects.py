"""What a query is about: one measure, a deep dive, the audits, or the whole return."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slinb.catalogue.dives import load_dives

RETURN, AUDITS = "The whole return", "The audits"
#: Rules that only the reader of audits has (a test holds them to it): of a query without its
#: file, as the public edition has it, no more than the rule is known.
AUDIT_RULES = frozenset(
    {
        "action_without_case",
        "audit_column_missing",
        "case_count_differs",
        "case_id_missing",
        "case_id_not_random",
        "case_repeated",
        "case_twice",
        "choice_unknown",
        "column_unknown",
        "completed_before",
        "date_ahead",
        "date_unclear",
        "grade_in_words",
        "grade_unclear",
        "identifying_text",
        "markup_in_text",
        "moderated_without_own",
        "no_audit_return",
        "none_audited",
        "none_audited_unsaid",
        "old_instrument",
        "own_grade_missing",
        "question_blank",
        "scale_unclear",
    }
)


def name_subject(query: Mapping[str, Any], measure: str) -> str:
    """Return what heads a query in a list: its measure, deep dive, audits, or the whole return.

    Parameters
    ----------
    query : mapping
        A row of :data:`slinb.schema.QUERIES`.
    measure : str
        The words for its measure; empty where it is about none.

    Examples
    --------
    >>> query = {"rule": "refused_file", "file": "audit.xlsx", "sheet": "",
    ...          "problem": "in audit.xlsx: Locked."}
    >>> name_subject(query, ""), name_subject({**query, "problem": "Locked."}, "")
    ('The audits', 'The whole return')
    """
    if measure:
        return measure
    if _is_of_audits(query):
        return AUDITS
    return find_dive(query["sheet"]) or RETURN


def find_dive(sheet: str) -> str:
    """Return the title of the deep dive that a sheet of the return belongs to, if it does.

    Examples
    --------
    >>> find_dive("Neglect counts"), find_dive("Front door")
    ('Neglect', '')
    """
    for dive in load_dives().values():
        own = sheet in (dive.title, dive.practice_sheet, dive.answers_sheet)
        if sheet and (own or sheet.startswith(f"{dive.title} ")):
            return dive.title
    return ""


def _is_of_audits(query: Mapping[str, Any]) -> bool:
    # A query on a workbook of audits names it in its sentence: the one list of an authority
    # holds the queries on its return too (slinb.batch.audits).
    named = bool(query["file"]) and f"in {query['file']}: " in query["problem"]
    return named or query["rule"] in AUDIT_RULES
