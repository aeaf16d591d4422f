"""From the lines of an audit workbook to its cases and answers, and what to ask about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from slinb.catalogue.audits import AuditInstrument
from slinb.collect.audit_forms import AuditRow
from slinb.collect.audit_grades import GradeReading, hold_numbers, read_choice, read_grade
from slinb.collect.audit_layout import CASE_ID, THEMES_A_CASE, AuditColumn, case_columns
from slinb.collect.findings import Finding

_THEMES = tuple(f"theme.{n}" for n in range(1, THEMES_A_CASE + 1))


@dataclass(frozen=True)
class CasesRead:
    """The cases of one workbook.

    Parameters
    ----------
    cases, answers : list of dict
        Rows of :data:`slinb.collect.audit_tables.AUDIT_CASES` and ``AUDIT_ANSWERS``, without
        area, period and file.
    names : dict of str to str
        The id under which each case id that was sent stands in the tables.
    findings : list of Finding
    """

    cases: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    names: dict[str, str]
    findings: list[Finding]


@dataclass(frozen=True)
class _Case:
    """One case: its line, the id that it goes by, and its grades by column."""

    row: AuditRow
    id: str
    grades: dict[str, GradeReading]


def read_cases(rows: Sequence[AuditRow], instrument: AuditInstrument) -> CasesRead:
    """Read the cases of one workbook.

    A number beyond the scale puts the scale of the whole workbook in doubt (1 to 5 has another
    middle than 1 to 4), so every grade that was sent as a number is then held back. A case that
    stands twice with different content is not used, because nobody can tell which is meant.
    """
    graded = [c.id for c in case_columns(instrument) if c.kind == "grade"]
    kept, findings = _drop_copies(rows)
    cases = []
    for row in kept:
        name, asked = _name_case(row)
        findings += asked
        readings = {g: read_grade(row.cells.get(g), instrument) for g in graded}
        cases.append(_Case(row, name, readings))
    cases, asked = _settle_scale(cases, instrument)
    findings += asked + _tell_words(cases)
    described = []
    for case in cases:
        told, asked = _describe_case(case, instrument)
        described.append(told)
        findings += asked + _ask_grades(case, instrument)
    answers = [_describe_answer(case, q.id) for case in cases for q in instrument.questions]
    # An action of a case that stands twice has its case on the sheet, though it was not used.
    sent = (row.text("case").strip().upper() for row in rows)
    names = {said: said for said in sent if CASE_ID.fullmatch(said)}
    names |= {c.row.text("case").strip().upper(): c.id for c in cases}
    return CasesRead(described, answers, names, findings)


def _drop_copies(rows: Sequence[AuditRow]) -> tuple[list[AuditRow], list[Finding]]:
    """Keep a case that stands twice with the same content once; keep none that differ."""
    by_id: dict[str, list[AuditRow]] = {}
    for row in rows:
        key = row.text("case").strip().upper() or f"{row.sheet} {row.name}"
        by_id.setdefault(key, []).append(row)
    kept: list[AuditRow] = []
    findings = []
    for copies in by_id.values():
        if len({row.content for row in copies}) == 1:
            kept.append(copies[0])
        if len(copies) > 1:
            findings.append(_tell_copies(copies))
    return kept, findings


def _tell_copies(copies: Sequence[AuditRow]) -> Finding:
    first, where = copies[0], ", ".join(row.name for row in copies)
    case = first.text("case") if CASE_ID.fullmatch(first.text("case")) else "of one id"
    if len({row.content for row in copies}) == 1:
        return Finding(
            "case_repeated",
            f"The case {case} stands more than once with the same grades ({where}); it was "
            "counted once.",
            "Delete the copy.",
            first.sheet,
            first.name,
        )
    return Finding(
        "case_twice",
        f"The case {case} stands more than once with different content ({where}); none of the "
        "lines was used.",
        "Keep one line. If they are two children, give the second an unused id of the sheet.",
        first.sheet,
        first.name,
    )


def _name_case(row: AuditRow) -> tuple[str, list[Finding]]:
    """Return the id under which a case goes on; one that is not ours goes no further."""
    said = row.text("case").strip().upper()
    if CASE_ID.fullmatch(said):
        return said, []
    if not said:
        return row.name, [
            Finding(
                "case_id_missing",
                "This line has no case id; it was read, and its actions cannot be matched.",
                "Use the lines of the template, whose ids are drawn at random.",
                row.sheet,
                row.name,
            )
        ]
    # What was typed may be the child's own number, so the message does not repeat it.
    return row.name, [
        Finding(
            "case_id_not_random",
            "The case id is not one that the template draws, and may be a child's own number; "
            f"the case goes by “{row.name}” and what was typed was not kept.",
            "Put an unused id of the template in its place, and send the workbook again.",
            row.sheet,
            row.place("case"),
        )
    ]


def _settle_scale(
    cases: list[_Case], instrument: AuditInstrument
) -> tuple[list[_Case], list[Finding]]:
    strange = [(c, g, r) for c in cases for g, r in c.grades.items() if r.how == "off scale"]
    if not strange:
        return cases, []
    case, column, reading = strange[0]
    scale = f"{instrument.numbers[0]} ({instrument.grades[0].word}) to {instrument.numbers[-1]}"
    finding = Finding(
        "scale_unclear",
        f"{len(strange)} cells hold a number that is not on the scale {scale}, such as "
        f"{reading.text}. So it cannot be told what the other numbers mean, and no grade that "
        "was sent as a number was used.",
        "Say on which scale the cases were graded, and send them on the scale of the template.",
        case.row.sheet,
        case.row.place(column),
        reading.text,
    )
    held = [
        _Case(c.row, c.id, dict(zip(c.grades, hold_numbers(c.grades.values()), strict=True)))
        for c in cases
    ]
    return held, [finding]


def _tell_words(cases: Iterable[_Case]) -> list[Finding]:
    worded = [(c, g, r) for c in cases for g, r in c.grades.items() if r.how == "word"]
    if not worded:
        return []
    case, column, reading = worded[0]
    return [
        Finding(
            "grade_in_words",
            f"{len(worded)} grades were written in words or short forms, such as “{reading.text}”, "
            f"and read as numbers: this one as {reading.grade:g}.",
            "Nothing, if that is what was meant; next time type the number.",
            case.row.sheet,
            case.row.place(column),
            reading.text,
        )
    ]


def _ask_grades(case: _Case, instrument: AuditInstrument) -> list[Finding]:
    """Ask about grades that cannot be told, are not there, or do not go together."""
    headings = {c.id: c.heading for c in case_columns(instrument)}
    row = case.row
    findings = [
        Finding(
            "grade_unclear",
            f"{headings[column]}: “{reading.text}” is no grade of the scale, or could be two.",
            f"Type one of {', '.join(map(str, instrument.numbers))}, or NA.",
            row.sheet,
            row.place(column),
            reading.text,
        )
        for column, reading in case.grades.items()
        if reading.how == "unclear"
    ]
    own, moderated = case.grades["own"], case.grades["moderated"]
    if own.status == "missing" and moderated.status == "final" and "own" in row.places:
        findings.append(_ask_own(row, "moderated_without_own", "has a moderated grade but no own"))
    elif own.status == "missing" and "own" in row.places:
        findings.append(_ask_own(row, "own_grade_missing", "has no overall"))
    blank = [
        f"{q.number}"
        for q in instrument.questions
        if case.grades[f"q.{q.id}"].status == "missing" and f"q.{q.id}" in row.places
    ]
    if blank:
        findings.append(
            Finding(
                "question_blank",
                f"{case.id}: no answer to question {', '.join(blank)}; left out, not read as NA.",
                "Type a grade, or NA where the question does not apply.",
                row.sheet,
                row.name,
            )
        )
    return findings


def _ask_own(row: AuditRow, rule: str, what: str) -> Finding:
    return Finding(
        rule,
        f"This case {what} grade; it does not count in what needs one.",
        "Type the grade that the auditor gave before moderation.",
        row.sheet,
        row.place("own"),
    )


def _describe_case(
    case: _Case, instrument: AuditInstrument
) -> tuple[dict[str, Any], list[Finding]]:
    columns = {c.id: c for c in case_columns(instrument)}
    told: dict[str, Any] = {"case": case.id, "sheet": case.row.sheet, "cell": case.row.name}
    findings = []
    themes: list[str] = []
    for column in columns.values():
        if column.list is None:
            continue
        chosen, asked = _read_choices(case.row, column, instrument)
        findings += asked
        if column.id in _THEMES:
            themes += chosen
        else:
            told[column.id] = chosen[0] if chosen else ""
    told["themes"] = " ".join(dict.fromkeys(themes))
    for name in ("own", "moderated"):
        told[name], told[f"{name}_status"] = case.grades[name].grade, case.grades[name].status
        told[f"{name}_cell"] = case.row.place(name)
    return told, findings


def _read_choices(
    row: AuditRow, column: AuditColumn, instrument: AuditInstrument
) -> tuple[list[str], list[Finding]]:
    """Read a cell that chooses from a list; a theme's cell may name several, by semicolons."""
    name, text = column.list or "theme", row.text(column.id)
    several = column.id in _THEMES and read_choice(text, name, instrument) is None
    parts = text.replace("\n", ";").split(";") if several else [text]
    chosen = [read_choice(part, name, instrument) for part in parts]
    if None not in chosen:
        return [c for c in chosen if c], []
    return [c for c in chosen if c], [
        Finding(
            "choice_unknown",
            f"{column.heading}: “{row.text(column.id)}” is not on the list, and was left out.",
            f"Choose one of: {'; '.join(instrument.labels(name))}.",
            row.sheet,
            row.place(column.id),
            row.text(column.id),
        )
    ]


def _describe_answer(case: _Case, question: str) -> dict[str, Any]:
    reading = case.grades[f"q.{question}"]
    return {
        "case": case.id,
        "question": question,
        "grade": reading.grade,
        "status": reading.status,
        "sent": reading.text,
        "sheet": case.row.sheet,
        "cell": case.row.place(f"q.{question}"),
    }
