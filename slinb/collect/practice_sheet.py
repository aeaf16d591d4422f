"""Reading the practice sheet of a return: one answer a question, two counts each."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.catalogue.dives import Dive
from slinb.collect.cells import CellReading, read_number, show_raw
from slinb.collect.dive_sheets import SEND_AGAIN, MarkedSheet, Row
from slinb.collect.findings import Finding
from slinb.schema import VALUE_STATUSES

_NAN = float("nan")


def read_practice(dive: Dive, marked: MarkedSheet) -> tuple[list[Row], list[Finding]]:
    """Read the practice sheet: one row of counts for each question, answered or not."""
    needed = ("question", "numerator", "denominator")
    if gone := [name for name in needed if name not in marked.columns]:
        problem = f"The columns {', '.join(gone)} are not there; nothing of the sheet was read."
        return [], [Finding("dive_column_missing", problem, SEND_AGAIN, marked.sheet.name)]
    places = {show_raw(marked.at(r, "question")): r for r in marked.rows()}
    rows: list[Row] = []
    findings: list[Finding] = []
    for question in dive.questions:
        r = places.get(question.id)
        if r is None:
            problem = f"The question “{question.item}” is not in the sheet any more."
            findings.append(Finding("dive_rows_missing", problem, SEND_AGAIN, marked.sheet.name))
            continue
        row, asked = _read_answer(marked, r, question.item)
        rows.append({**row, "question": question.id})
        findings += asked
    strange = [(i, r) for i, r in places.items() if r and i not in {q.id for q in dive.questions}]
    for name, r in strange:
        if show_raw(marked.at(r, "numerator")) or show_raw(marked.at(r, "denominator")):
            problem = f"The row “{name or '(no mark)'}” is no question of this return; not read."
            cell = f"row {r + 1}"
            findings.append(Finding("row_unknown", problem, SEND_AGAIN, marked.sheet.name, cell))
    return rows, findings


def _read_answer(marked: MarkedSheet, r: int, item: str) -> tuple[Row, list[Finding]]:
    readings = {part: read_number(marked.at(r, part)) for part in ("numerator", "denominator")}
    findings = []
    for part, reading in readings.items():
        number = reading.number
        if number is not None and (number < 0 or not number.is_integer()):
            reading = CellReading(
                reading.text,
                "unreadable",
                rule="unreadable_cell",
                problem=f"“{reading.text}” is no whole number of 0 or more.",
                action="Type the number of children.",
            )
            readings[part] = reading
        if reading.rule:
            problem = f"Practice, {item}, {part}: {reading.problem}"
            where = (marked.sheet.name, marked.name(r, part), reading.text)
            findings.append(Finding(reading.rule, problem, reading.action, *where))
    status = _combine([reading.status for reading in readings.values()])
    if status == "missing" and any(reading.text for reading in readings.values()):
        empty = next(part for part, reading in readings.items() if not reading.text)
        problem = f"Practice, {item}: the {empty} is empty, so the other count cannot be used."
        cell = marked.name(r, empty)
        findings.append(Finding("half_sent", problem, "Type both counts.", marked.sheet.name, cell))
    row: Row = {"status": status, "sheet": marked.sheet.name}
    row["cell"] = f"{marked.name(r, 'numerator')}, {marked.name(r, 'denominator')}"
    for part, reading in readings.items():
        row[part] = reading.number if status == "final" and reading.number is not None else _NAN
    return row, findings


def _combine(statuses: Sequence[str]) -> str:
    """Return the status of an answer from its two cells: the one that says least."""
    for status in ("unreadable", "missing"):
        if status in statuses:
            return status
    return next((s for s in statuses if s not in VALUE_STATUSES), "final")
