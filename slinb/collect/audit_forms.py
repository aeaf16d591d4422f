"""Finding the lines of an audit workbook by its hidden marks, whatever became of its sheets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slinb.catalogue.audits import AuditInstrument
from slinb.collect.audit_layout import (
    ACTIONS_MARK,
    ANSWER_MARK,
    CASES_MARK,
    SAY_MARK,
    AuditColumn,
    action_columns,
    case_columns,
)
from slinb.collect.cells import name_cell, show_raw
from slinb.collect.findings import Finding
from slinb.collect.forms import SentReturn
from slinb.collect.layout import COVER_COLUMN, COVER_MARK
from slinb.collect.workbook import Sheet, open_workbook
from slinb.errors import Place, ReturnError


@dataclass(frozen=True)
class AuditRow:
    """One line of a sheet: its cells by the id of their column."""

    sheet: str
    row: int
    cells: dict[str, object]
    places: dict[str, int]

    @property
    def name(self) -> str:
        """The row as it is named in a message: "row 12"."""
        return f"row {self.row + 1}"

    def text(self, column: str) -> str:
        """Return a cell as its sender would recognise it; empty where the column is gone."""
        return show_raw(self.cells.get(column))

    def place(self, column: str) -> str:
        """Return the name of a cell, "E12"; the row where its column is gone."""
        return name_cell(self.row, self.places[column]) if column in self.places else self.name

    @property
    def content(self) -> tuple[tuple[str, str], ...]:
        """What the line says: the columns that hold something, and what."""
        return tuple((c, self.text(c)) for c in sorted(self.cells) if self.text(c))


@dataclass(frozen=True)
class Answer:
    """What was answered to one prompt, and where."""

    raw: object
    sheet: str
    cell: str


@dataclass(frozen=True)
class SentAudit:
    """One audit workbook as it was sent, before anybody asked whose it is.

    Parameters
    ----------
    cover : SentReturn
        What the cover says; it has no figures.
    cases, actions : tuple of AuditRow
        The lines that hold more than the id that came with the workbook.
    said : dict of str to Answer
        The narrative by prompt.
    findings : tuple of Finding
        What could not be read.
    """

    cover: SentReturn
    cases: tuple[AuditRow, ...]
    actions: tuple[AuditRow, ...]
    said: dict[str, Answer]
    findings: tuple[Finding, ...]


def read_audit_form(path: Path, instrument: AuditInstrument) -> SentAudit:
    """Find the lines of a filled-in audit workbook.

    Raises
    ------
    ReturnError
        The file is no workbook, or its sheet of cases cannot be found.
    """
    sheets = open_workbook(path)
    cases = _read_lines(sheets, CASES_MARK, case_columns(instrument))
    if cases is None:
        raise ReturnError(
            "None of the marks of the audit workbook is in this file, so it was not made from "
            "the audit template (or its hidden row was deleted).",
            "Copy the audits into the template that was sent for this quarter.",
            Place(path.name),
        )
    actions = _read_lines(sheets, ACTIONS_MARK, action_columns()) or _Lines((), ())
    answers, said = _read_answers(sheets)
    cover = SentReturn(path.name, answers, {}, ())
    return SentAudit(cover, cases.rows, actions.rows, said, cases.findings + actions.findings)


@dataclass(frozen=True)
class _Lines:
    rows: tuple[AuditRow, ...]
    findings: tuple[Finding, ...]


def _read_lines(
    sheets: Sequence[Sheet], mark: str, columns: Sequence[AuditColumn]
) -> _Lines | None:
    """Read every sheet that carries the marks; None where none does."""
    marked = [(s, m) for s in sheets if (m := _find_columns(s, mark))]
    if not marked:
        return None
    rows: list[AuditRow] = []
    findings: list[Finding] = []
    for sheet, marks in marked:
        header = max(r for places in marks.values() for r, _ in places)
        places, asked = _settle_columns(sheet, marks, header, columns)
        findings += asked
        findings += _find_unknown_columns(sheet, header, set(places.values()), marks)
        rows += _walk_rows(sheet, header, places, columns)
    return _Lines(tuple(rows), tuple(findings))


def _find_columns(sheet: Sheet, mark: str) -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    for row, column, content in sheet:
        if isinstance(content, str) and content.strip().startswith(mark):
            found.setdefault(content.strip().removeprefix(mark), []).append((row, column))
    return found


def _settle_columns(
    sheet: Sheet,
    marks: dict[str, list[tuple[int, int]]],
    header: int,
    columns: Sequence[AuditColumn],
) -> tuple[dict[str, int], list[Finding]]:
    places: dict[str, int] = {}
    findings = []
    for column in columns:
        found = marks.get(column.id, [])
        if len(found) == 1:
            places[column.id] = found[0][1]
        elif found:
            findings.append(_ask_twice(sheet, column, found))
        elif (place := _find_heading(sheet, header, column)) is not None:
            places[column.id] = place
            findings.append(_tell_renamed(sheet, column))
        else:
            findings.append(_ask_missing(sheet, column))
    return places, findings


def _find_heading(sheet: Sheet, header: int, column: AuditColumn) -> int | None:
    wanted = column.heading.casefold()
    found = [
        c
        for r, c, content in sheet
        if header < r <= header + 1
        and isinstance(content, str)
        and content.strip().casefold() == wanted
    ]
    return found[0] if len(found) == 1 else None


def _find_unknown_columns(
    sheet: Sheet, header: int, known: set[int], marks: dict[str, list[tuple[int, int]]]
) -> list[Finding]:
    """Find columns that somebody added: what stands in them was not asked for."""
    marked = {c for places in marks.values() for _, c in places}
    added: dict[int, int] = {}
    for row, column, _ in sheet:
        if row > header + 1 and column not in known | marked:
            added[column] = added.get(column, 0) + 1
    return [
        Finding(
            "column_unknown",
            f"The column “{show_raw(sheet.at(header + 1, c)) or name_cell(header + 1, c)}” is not "
            f"part of the audit; its {count} cells were not read.",
            "Delete the column. If it says who a child is, send the workbook again without it.",
            sheet.name,
            name_cell(header + 1, c),
        )
        for c, count in sorted(added.items())
    ]


def _walk_rows(
    sheet: Sheet, header: int, places: dict[str, int], columns: Sequence[AuditColumn]
) -> Iterator[AuditRow]:
    headings = {c.id: c.heading.casefold() for c in columns}
    for number in range(header + 1, len(sheet.cells)):
        cells = {name: sheet.at(number, column) for name, column in places.items()}
        row = AuditRow(sheet.name, number, cells, places)
        said = {name for name, _ in row.content}
        if not said - {"case"}:
            continue
        if sum(row.text(n).casefold() == headings[n] for n in said) > len(said) / 2:
            continue  # the headings, or a copy of them
        yield row


def _read_answers(sheets: Sequence[Sheet]) -> tuple[dict[str, object], dict[str, Answer]]:
    answers: dict[str, object] = {}
    said: dict[str, Answer] = {}
    for sheet in sheets:
        texts = [(r, c, x.strip()) for r, c, x in sheet if isinstance(x, str)]
        column = next((c for _, c, x in texts if x == ANSWER_MARK), None)
        for r, c, text in texts:
            at = column if column is not None else c + COVER_COLUMN
            if text.startswith(SAY_MARK):
                answer = Answer(sheet.at(r, at), sheet.name, name_cell(r, at))
                said.setdefault(text.removeprefix(SAY_MARK), answer)
            elif text.startswith(COVER_MARK):
                answers.setdefault(text.removeprefix(COVER_MARK), sheet.at(r, at))
    return answers, said


def _ask_twice(sheet: Sheet, column: AuditColumn, found: list[tuple[int, int]]) -> Finding:
    return Finding(
        "column_twice",
        f"The column “{column.heading}” stands more than once, so none of its cells was read.",
        "Keep one of the columns and delete the copy.",
        sheet.name,
        ", ".join(name_cell(r, c) for r, c in found),
    )


def _tell_renamed(sheet: Sheet, column: AuditColumn) -> Finding:
    return Finding(
        "column_renamed",
        f"The mark of the column “{column.heading}” is gone; it was found by its heading.",
        "Use the workbook as it was sent; its hidden row 3 holds the marks.",
        sheet.name,
    )


def _ask_missing(sheet: Sheet, column: AuditColumn) -> Finding:
    return Finding(
        "column_missing" if column.needed else "audit_column_missing",
        f"The column “{column.heading}” is not there, so nothing of it was read.",
        "Copy the audits into a fresh template, without changing its columns.",
        sheet.name,
    )
