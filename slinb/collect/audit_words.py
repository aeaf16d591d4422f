"""The actions and the narrative of an audit workbook: words kept as they are, and looked over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from slinb.catalogue.audits import AuditInstrument
from slinb.collect.audit_forms import Answer, AuditRow
from slinb.collect.audit_grades import read_choice
from slinb.collect.audit_layout import CASE_ID
from slinb.collect.cells import read_date, show_raw
from slinb.collect.findings import Finding
from slinb.collect.identifying import find_identifying, has_markup


def read_actions(
    rows: Sequence[AuditRow],
    names: Mapping[str, str],
    instrument: AuditInstrument,
    on: dt.date,
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Read the actions of one workbook.

    Parameters
    ----------
    rows : sequence of AuditRow
        Lines of the sheet of actions.
    names : dict of str to str
        The cases of the workbook (:class:`slinb.collect.audit_cases.CasesRead`).
    instrument : AuditInstrument
    on : date
        Day of the submission: nothing can have been completed after it.

    Returns
    -------
    rows : list of dict
        Of :data:`slinb.collect.audit_tables.AUDIT_ACTIONS`, without area, period and file. A
        day that cannot be read is "unreadable", never "not completed".
    findings : list of Finding
    """
    told, findings = [], []
    for row in rows:
        one, asked = _read_action(row, names, instrument, on)
        told.append(one)
        findings += asked
    return told, findings


def read_narrative(
    said: Mapping[str, Answer], instrument: AuditInstrument, on: dt.date
) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Read the answers to the prompts: rows of ``NARRATIVES``, and what to ask about them."""
    told, findings = [], []
    for prompt in instrument.prompts:
        answer = said.get(prompt.id, Answer(None, "", ""))
        text = show_raw(answer.raw)
        choice = read_choice(text, prompt.list, instrument) if prompt.list else ""
        if choice is None:
            labels = "; ".join(instrument.labels(prompt.list or "direction"))
            findings.append(_ask_choice(prompt.question, labels, answer.sheet, answer.cell))
        flagged, asked = _look_over(text, on, answer.sheet, answer.cell)
        findings += asked
        told.append(
            {
                "prompt": prompt.id,
                "choice": choice or "",
                "text": text,
                "flagged": flagged,
                "sheet": answer.sheet,
                "cell": answer.cell,
            }
        )
    return told, findings


def _read_action(
    row: AuditRow, names: Mapping[str, str], instrument: AuditInstrument, on: dt.date
) -> tuple[dict[str, Any], list[Finding]]:
    findings: list[Finding] = []
    case = _find_case(row, names, findings)
    timescale = read_choice(row.text("timescale"), "timescale", instrument)
    if timescale is None:
        labels = "; ".join(instrument.labels("timescale"))
        findings.append(_ask_choice("Timescale", labels, row.sheet, row.place("timescale")))
    due, due_status = _read_day(row, "due", findings)
    completed, completed_status = _read_day(row, "completed", findings)
    if completed is not None and completed > on:
        findings.append(_ask_day(row, "date_ahead", "lies after the day of the submission"))
        completed, completed_status = None, "unreadable"
    flagged, asked = _look_over(row.text("action"), on, row.sheet, row.place("action"))
    return {
        "case": case,
        "action": row.text("action"),
        "flagged": flagged,
        "timescale": timescale or "",
        "due": due.isoformat() if due else "",
        "due_status": due_status,
        "completed": completed.isoformat() if completed else "",
        "completed_status": completed_status,
        "sheet": row.sheet,
        "cell": row.name,
    }, [*findings, *asked]


def _find_case(row: AuditRow, names: Mapping[str, str], findings: list[Finding]) -> str:
    said = row.text("case").strip().upper()
    if said in names:
        return names[said]
    findings.append(
        Finding(
            "action_without_case",
            "This action has no case id of the sheet of cases; it is counted, but not by case.",
            "Type the id of its case.",
            row.sheet,
            row.place("case"),
        )
    )
    return said if CASE_ID.fullmatch(said) else ""


def _read_day(row: AuditRow, column: str, findings: list[Finding]) -> tuple[dt.date | None, str]:
    if not row.text(column):
        return None, "missing"
    if (day := read_date(row.cells[column])) is not None:
        return day, "final"
    findings.append(
        Finding(
            "date_unclear",
            f"“{row.text(column)}” is no date, or an impossible one; it was not read as empty.",
            "Type the day as day/month/year, for example 20/01/2026.",
            row.sheet,
            row.place(column),
            row.text(column),
        )
    )
    return None, "unreadable"


def _ask_day(row: AuditRow, rule: str, what: str) -> Finding:
    return Finding(
        rule,
        f"The day of completion {what}, so it was not used.",
        "Correct it, or leave it empty until the action is completed.",
        row.sheet,
        row.place("completed"),
        row.text("completed"),
    )


def _ask_choice(what: str, labels: str, sheet: str, cell: str) -> Finding:
    return Finding(
        "choice_unknown",
        f"{what} The answer is not on the list, and was not used.",
        f"Choose one of: {labels}.",
        sheet,
        cell,
    )


def _look_over(text: str, on: dt.date, sheet: str, cell: str) -> tuple[str, list[Finding]]:
    """Return what a text seems to give away, and the findings about it.

    The findings do not repeat the text: a query log travels further than the workbook.
    """
    findings = []
    found = find_identifying(text, on)
    if found:
        findings.append(
            Finding(
                "identifying_text",
                f"This text seems to hold {' and '.join(found)}. It is held back from every page.",
                "Take out whatever says who somebody is, and send the workbook again.",
                sheet,
                cell,
            )
        )
    if has_markup(text):
        findings.append(
            Finding(
                "markup_in_text",
                "This text holds HTML. It is kept, and shown as the characters that it is.",
                "Type plain words.",
                sheet,
                cell,
            )
        )
    return ", ".join(found), findings
