"""Reading the return workbook: its cells are found by the template's hidden marks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from slinb.catalogue.measures import Measure
from slinb.collect.cells import (
    EMPTY_CELL,
    CellReading,
    Uncalculated,
    name_cell,
    name_range,
    read_number,
    show_raw,
)
from slinb.collect.copies import merge_copies
from slinb.collect.findings import Finding
from slinb.collect.layout import (
    COLUMN_MARK,
    COLUMNS,
    COVER_COLUMN,
    COVER_MARK,
    PARTS,
    ROW_MARK,
    Part,
    asked_parts,
    find_owners,
    typed_parts,
)
from slinb.collect.settle import Figure
from slinb.collect.workbook import Sheet, open_workbook
from slinb.errors import Place, ReturnError

_HEADINGS = {column.id: column.heading for column in COLUMNS}
#: A cell that cannot be read, of which the query log is told elsewhere.
_UNKNOWN = CellReading(status="unreadable")


@dataclass(frozen=True)
class SentReturn:
    """One return as it was sent, before anybody asked whose it is.

    Parameters
    ----------
    file : str
        File name.
    answers : dict of str to object
        What the cover says, by the id of its line, as it stands in the file.
    figures : dict of str to Figure
        The measures' rows, by measure id.
    findings : tuple of Finding
        What could not be read.
    """

    file: str
    answers: dict[str, object]
    figures: dict[str, Figure]
    findings: tuple[Finding, ...]

    def answer(self, line: str) -> str:
        """Return a line of the cover as text."""
        return show_raw(self.answers.get(line))


@dataclass(frozen=True)
class _Marks:
    """The marks of one sheet: rows and cover lines by row, columns by id."""

    sheet: Sheet
    rows: tuple[tuple[int, str], ...]
    lines: tuple[tuple[int, int, str], ...]
    columns: dict[str, tuple[int, ...]]
    header: int


def read_form(path: Path, measures: Sequence[Measure]) -> SentReturn:
    """Read a filled-in return workbook.

    Parameters
    ----------
    path : Path
        An .xlsx file made from the template of this or an older version.
    measures : sequence of Measure
        The measures asked for; rows of others are reported.

    Raises
    ------
    ReturnError
        The file is no workbook, or none of its cells carries the template's marks.
    """
    marked = [_find_marks(sheet) for sheet in open_workbook(path)]
    if not any(marks.rows for marks in marked):
        raise ReturnError(
            "None of the template's marks is in this workbook, so it was not made from the "
            "template of the quarterly return (or its hidden row and column were deleted).",
            "Copy the figures into the template that was sent for this quarter.",
            Place(path.name),
        )
    reader = _Reader(measures)
    found: list[tuple[Figure, ...]] = []
    findings: list[Finding] = []
    for marks in marked:
        if marks.rows:
            figures, asked = reader.read_sheet(marks)
            found.append(figures)
            findings += asked
    merged, asked = merge_copies([f for figures in found for f in figures], measures)
    return SentReturn(path.name, _read_cover(marked), merged, (*findings, *asked))


def _find_marks(sheet: Sheet) -> _Marks:
    rows, lines, header = [], [], 0
    columns: dict[str, tuple[int, ...]] = {}
    for r, c, content in sheet:
        if not isinstance(content, str):
            continue
        text = content.strip()
        if text.startswith(ROW_MARK):
            rows.append((r, text.removeprefix(ROW_MARK)))
        elif text.startswith(COVER_MARK):
            lines.append((r, c, text.removeprefix(COVER_MARK)))
        elif text.startswith(COLUMN_MARK):
            name = text.removeprefix(COLUMN_MARK)
            columns[name] = (*columns.get(name, ()), c)
            header = r
    return _Marks(sheet, tuple(rows), tuple(lines), columns, header)


def _read_cover(marked: Iterable[_Marks]) -> dict[str, object]:
    answers: dict[str, object] = {}
    for marks in marked:
        for row, column, line in marks.lines:
            answer = marks.columns.get("answer", (column + COVER_COLUMN,))[0]
            answers.setdefault(line, marks.sheet.at(row, answer))
    return answers


class _Reader:
    """Reads domain sheets for one set of measures."""

    def __init__(self, measures: Sequence[Measure]) -> None:
        self._measures = {m.id: m for m in measures}
        self._owners = find_owners(measures)

    def read_sheet(self, marks: _Marks) -> tuple[tuple[Figure, ...], list[Finding]]:
        """Return the figures of one sheet and what could not be read on it."""
        columns, findings = self._find_columns(marks)
        figures = []
        for row, measure_id in marks.rows:
            if measure := self._measures.get(measure_id):
                figure, asked = self._read_row(marks.sheet, row, measure, columns)
                figures.append(figure)
            else:
                asked = _ask_unknown_row(marks.sheet, row, measure_id, columns)
            findings += asked
        return tuple(figures), findings + _find_unmarked_rows(marks, columns)

    def _find_columns(self, marks: _Marks) -> tuple[dict[str, int], list[Finding]]:
        here = [self._measures[m] for _, m in marks.rows if m in self._measures]
        needed: list[str] = [p for p in PARTS if any(p in asked_parts(m) for m in here)]
        columns: dict[str, int] = {}
        findings = []
        for name in (*PARTS, "note"):
            column, finding = _find_column(marks, name)
            if column is not None:
                columns[name] = column
            if finding and (name in needed or column is not None):
                findings.append(finding)
        return columns, findings

    def _read_row(
        self, sheet: Sheet, row: int, measure: Measure, columns: dict[str, int]
    ) -> tuple[Figure, list[Finding]]:
        asked = asked_parts(measure)
        parts: dict[Part, CellReading] = {}
        findings = []
        for part in PARTS:
            wanted = part in asked or (part == "denominator" and measure.uses_population)
            if part not in columns:
                if wanted:
                    parts[part] = _UNKNOWN
                continue
            reading = self._read_part(sheet, row, columns[part], measure, part)
            if reading.rule == "merged_cell" and _is_told(reading, parts.values()):
                reading = _UNKNOWN
            if wanted:
                parts[part] = reading
            elif reading.text:
                findings.append(_ask_unwanted(sheet, row, columns[part], measure, reading))
        places = {p: name_cell(row, columns[p]) for p in parts if p in columns}
        note = show_raw(sheet.at(row, columns["note"])) if "note" in columns else ""
        cell = name_range([(row, columns[p]) for p in asked if p in columns])
        return Figure(measure.id, sheet.name, cell, parts, places, note), findings

    def _read_part(
        self, sheet: Sheet, row: int, column: int, measure: Measure, part: Part
    ) -> CellReading:
        raw = sheet.at(row, column)
        if part in asked_parts(measure) and (merged := sheet.merged_with(row, column)):
            return _refuse_merged(sheet, merged)
        if isinstance(raw, Uncalculated) and part not in typed_parts(measure, self._owners):
            return EMPTY_CELL  # the template's own formula in a file that no Excel has saved
        return read_number(raw, percent=part == "value" and measure.unit == "%")


def _is_told(reading: CellReading, others: Iterable[CellReading]) -> bool:
    return any(other.problem == reading.problem for other in others)


def _find_column(marks: _Marks, name: str) -> tuple[int | None, Finding | None]:
    """Return where a column stands: by its mark, else by its heading if that stands once."""
    found = marks.columns.get(name, ())
    if len(found) == 1:
        return found[0], None
    sheet, heading = marks.sheet, _HEADINGS[name]
    if found:
        places = ", ".join(name_cell(marks.header, c) for c in found)
        return None, Finding(
            "column_twice",
            f"The column “{heading}” stands more than once, so none of its figures was read.",
            "Keep one of the columns and delete the copy.",
            sheet.name,
            places,
        )
    first = min(row for row, _ in marks.rows)
    headings = {
        c
        for r, c, content in sheet
        if r < first
        and isinstance(content, str)
        and content.strip().casefold() == heading.casefold()
    }
    if len(headings) == 1:
        return headings.pop(), Finding(
            "column_renamed",
            f"The mark of the column “{heading}” is gone; it was found by its heading.",
            "Use the workbook as it was sent; its hidden row 3 holds the marks.",
            sheet.name,
        )
    return None, Finding(
        "column_missing",
        f"The column “{heading}” is not there, so none of its figures was read.",
        "Copy the figures of this sheet into a fresh template, without changing its columns.",
        sheet.name,
    )


def _is_text(content: object, wording: str) -> bool:
    return isinstance(content, str) and content.strip().casefold() == wording


def _ask_unknown_row(
    sheet: Sheet, row: int, measure_id: str, columns: dict[str, int]
) -> list[Finding]:
    cells = [(row, columns[p]) for p in PARTS if p in columns]
    sent = " / ".join(t for r, c in cells if (t := show_raw(sheet.at(r, c))))
    if not sent:
        return []
    return [
        Finding(
            "row_unknown",
            f"The row “{measure_id}” is not part of this quarter's return; it was not read.",
            "Nothing, if the measure was dropped. Otherwise send it in this quarter's template.",
            sheet.name,
            name_range(cells),
            sent,
        )
    ]


def _find_unmarked_rows(marks: _Marks, columns: dict[str, int]) -> list[Finding]:
    """Find rows that hold figures but no mark: somebody inserted or retyped them."""
    known = {row for row, _ in marks.rows}
    numbers = {columns[p] for p in PARTS if p in columns}
    found: dict[int, list[str]] = {}
    for r, c, content in marks.sheet:
        if r <= marks.header or r in known or c not in numbers or not show_raw(content):
            continue
        # Above the measures stand headings, which anybody may reword.
        if r > min(known) or read_number(content).number is not None:
            found.setdefault(r, []).append(show_raw(content))
    return [
        Finding(
            "row_without_id",
            "This row holds figures, but its hidden mark is gone, so they were not read.",
            "Type the figures into the row of their measure in the template.",
            marks.sheet.name,
            f"row {row + 1}",
            " / ".join(texts),
        )
        for row, texts in found.items()
    ]


def _ask_unwanted(
    sheet: Sheet, row: int, column: int, measure: Measure, reading: CellReading
) -> Finding:
    return Finding(
        "figure_not_wanted",
        f"{measure.title}: this cell is not asked for, and was not read.",
        "Send the counts; the figure is worked out from them."
        if measure.kind != "value"
        else "Type the figure in its own column.",
        sheet.name,
        name_cell(row, column),
        reading.text,
        measure.id,
    )


def _refuse_merged(sheet: Sheet, merged: tuple[tuple[int, int], tuple[int, int]]) -> CellReading:
    (top, left), (bottom, right) = merged
    where = f"{name_cell(top, left)}:{name_cell(bottom, right)}"
    return CellReading(
        show_raw(sheet.at(top, left)) or "(merged)",
        "unreadable",
        rule="merged_cell",
        severity="stop",
        problem=f"The cells {where} are merged, so it cannot be told which figure stands there.",
        action="Unmerge them and type each figure in its own cell.",
    )
