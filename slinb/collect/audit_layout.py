"""Where everything stands in the audit workbook: the ids that its writer and its reader share.

A column is known by ``slinb#cases.<id>`` or ``slinb#actions.<id>``, an answer by
``slinb@say.<prompt>`` and a line of the cover by ``slinb@<line>``, all in hidden cells; no reader
relies on a position or on the name of a sheet.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument, ChoiceList
from slinb.catalogue.periods import Period
from slinb.collect.layout import COLUMN_MARK, COVER_MARK, SAMPLE_WORD, CoverLine

COVER, CASES, ACTIONS, NARRATIVE = "Cover", "Cases", "Actions", "What you say"
GUIDE, LISTS = "How to grade", "Lists"
CASES_MARK, ACTIONS_MARK = f"{COLUMN_MARK}cases.", f"{COLUMN_MARK}actions."
SAY_MARK = f"{COVER_MARK}say."
ANSWER_MARK = f"{COLUMN_MARK}answer"
THEMES_A_CASE = 3
NOT_APPLICABLE = "NA"

#: Three letters and three digits: nothing that a person or a system is known by looks so.
CASE_ID = re.compile(r"[A-Z]{3}-[0-9]{3}")
_LETTERS = "ACDEFGHJKLMNPQRTUVWXY"
_ID_SPACE = len(_LETTERS) ** 3 * 1000

Kind: TypeAlias = Literal["case", "choice", "grade", "text", "date"]


@dataclass(frozen=True)
class AuditColumn:
    """One column of a sheet: its id, heading, width, what is typed in it, and its list."""

    id: str
    heading: str
    width: float
    kind: Kind
    list: ChoiceList | None = None
    #: without it no row of the sheet can be used
    needed: bool = False


COVER_LINES = (
    CoverLine("area_code", "Authority code"),
    CoverLine("area_name", "Authority"),
    CoverLine("quarter", "Quarter"),
    CoverLine("quarter_label", "Months covered"),
    CoverLine("due", "Please return by"),
    CoverLine("instrument", "Version of the instrument"),
    CoverLine("submitted_on", "Date of this submission", True, "For example 20/01/2026."),
    CoverLine("role", "Signed off by (role, not name)", True, "Please give no name."),
    CoverLine(
        "audited", "Cases audited this quarter", True, "A number. If you audited none, type 0."
    ),
)


def case_columns(instrument: AuditInstrument) -> tuple[AuditColumn, ...]:
    """Return the columns of the sheet of cases, one line a case."""
    described = (
        AuditColumn("case", "Case", 11, "case"),
        AuditColumn("cohort", "Cohort", 18, "choice", "cohort"),
        AuditColumn("age_band", "Age", 11, "choice", "age_band"),
        AuditColumn("open_band", "Open for", 17, "choice", "open_band"),
        AuditColumn("multi_agency", "Multi-agency audit", 11, "choice", "yes_no"),
        AuditColumn("feedback", "Child or family heard", 12, "choice", "yes_no"),
        AuditColumn("auditor", "Auditor from", 16, "choice", "auditor"),
        AuditColumn("tool", "Tool used", 14, "choice", "tool"),
    )
    asked = tuple(
        AuditColumn(f"q.{q.id}", f"{q.number}. {q.short}", 11.5, "grade")
        for q in instrument.questions
    )
    graded = (
        AuditColumn("own", "Overall: own grade", 10, "grade", needed=True),
        AuditColumn("moderated", "Overall: moderated", 11, "grade"),
    )
    themes = tuple(
        AuditColumn(f"theme.{n}", f"Theme {n}", 24, "choice", "theme")
        for n in range(1, THEMES_A_CASE + 1)
    )
    return described + asked + graded + themes


def action_columns() -> tuple[AuditColumn, ...]:
    """Return the columns of the sheet of actions, one line an action."""
    return (
        AuditColumn("case", "Case", 11, "case", needed=True),
        AuditColumn("action", "What is to be done", 70, "text"),
        AuditColumn("timescale", "Agreed timescale", 18, "choice", "timescale"),
        AuditColumn("due", "Due", 13, "date"),
        AuditColumn("completed", "Completed", 13, "date"),
    )


def name_audit(area: Area, quarter: Period, *, sample: bool = False) -> str:
    """Return the file name of an authority's audit workbook.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> name_audit(load_areas()["E06000032"], Period.parse("2025-26-Q3"))
    'audit_2025-26-Q3_luton.xlsx'
    """
    prefix = f"{SAMPLE_WORD}_" if sample else ""
    return f"{prefix}audit_{quarter.id}_{area.slug}.xlsx"


def draw_case_ids(area: Area, quarter: Period, count: int) -> list[str]:
    """Draw ids for the lines of one workbook: from authority and quarter, never from a child.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> ids = draw_case_ids(load_areas()["E06000032"], Period.parse("2025-26-Q3"), 40)
    >>> len(set(ids)), bool(CASE_ID.fullmatch(ids[0]))
    (40, True)
    """
    drawn: dict[str, None] = {}
    for number in _draw_numbers(f"{area.code} {quarter.id}"):
        if len(drawn) == count:
            break
        drawn[_spell_id(number)] = None
    return list(drawn)


def _draw_numbers(seed: str) -> Iterator[int]:
    line = 0
    while True:
        digest = hashlib.sha256(f"{seed} {line}".encode()).digest()
        yield int.from_bytes(digest[:8], "big") % _ID_SPACE
        line += 1


def _spell_id(number: int) -> str:
    rest, digits = divmod(number, 1000)
    letters = ""
    for _ in range(3):
        rest, place = divmod(rest, len(_LETTERS))
        letters += _LETTERS[place]
    return f"{letters}-{digits:03d}"
