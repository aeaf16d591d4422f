"""The pages of the audit workbook that are read more than filled: cover, prompts and guide."""

from __future__ import annotations

from collections.abc import Mapping

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument, ChoiceList
from slinb.catalogue.periods import Period
from slinb.collect import look
from slinb.collect.audit_layout import ANSWER_MARK, COVER, COVER_LINES, NOT_APPLICABLE, SAY_MARK
from slinb.collect.layout import COVER_COLUMN, COVER_MARK, SAMPLE_WORD, CoverLine, return_due

_FIRST_LINE = 5
_WIDTHS = {"A": 4, "B": 36, "C": 72, "D": 46}
_PRIVACY = (
    "Nothing in this workbook may tell who a child is: no name, initials, date of birth, NHS "
    "number, UPN, case number, address or postcode, in any cell. What looks like one is sent "
    "back to you to take out."
)


def write_audit_cover(
    sheet: Worksheet, area: Area, quarter: Period, instrument: AuditInstrument, *, sample: bool
) -> None:
    """Fill the cover: who, which quarter, how many cases."""
    sheet.title = COVER
    _set_widths(sheet)
    _write_title(sheet, instrument.title, f"{area.name}, {quarter.label}")
    if sample:
        sheet["D1"] = SAMPLE_WORD
        sheet["D1"].font = look.font(bold=True, size=18, color=look.RED)
        sheet["D2"] = "Made-up audits: not a return of any authority."
        sheet["D2"].font = look.font(color=look.RED)
    _mark_answers(sheet)
    due = return_due(quarter)
    known = {
        "area_code": area.code,
        "area_name": area.name,
        "quarter": quarter.id,
        "quarter_label": quarter.label,
        "due": f"{due.day} {due:%B %Y}",
        "instrument": instrument.version,
    }
    for offset, line in enumerate(COVER_LINES):
        _write_line(sheet, _FIRST_LINE + offset, line, known.get(line.id, ""))
    note = sheet.cell(_FIRST_LINE + len(COVER_LINES) + 1, 2, _PRIVACY)
    note.font, note.alignment = look.font(bold=True, color=look.RED), look.TOP
    sheet.merge_cells(start_row=note.row, end_row=note.row, start_column=2, end_column=3)
    sheet.row_dimensions[note.row].height = 48
    look.set_page(sheet, landscape=True, footer=f"{area.name}, {quarter.id}")
    look.protect(sheet)


def write_questions(
    sheet: Worksheet,
    area: Area,
    quarter: Period,
    instrument: AuditInstrument,
    lists: Mapping[ChoiceList, str],
    said: Mapping[str, tuple[str, str]],
) -> None:
    """Fill the sheet of prompts, with what the authority said last time beside each."""
    _set_widths(sheet)
    _write_title(sheet, "What you say", f"{area.name}, {quarter.label}")
    _mark_answers(sheet)
    if said:
        head = sheet.cell(_FIRST_LINE - 1, 5, f"What you said in {next(iter(said.values()))[0]}")
        head.font = look.font(bold=True)
        sheet.column_dimensions["E"].width = 52
    for offset, prompt in enumerate(instrument.prompts):
        row = _FIRST_LINE + offset
        line = CoverLine(prompt.id, prompt.question, True, prompt.hint, not prompt.list)
        _write_line(sheet, row, line, "", mark=SAY_MARK)
        if prompt.list:
            rule = DataValidation(
                type="list", formula1=lists[prompt.list], allow_blank=True, showErrorMessage=True
            )
            rule.add(sheet.cell(row, COVER_COLUMN + 1).coordinate)
            sheet.add_data_validation(rule)
        if prompt.id in said:
            before = sheet.cell(row, 5, said[prompt.id][1])
            before.font, before.alignment = look.font(color=look.QUIET), look.TOP
    look.set_page(sheet, landscape=True, footer=f"{area.name}, {quarter.id}")
    look.protect(sheet)


def write_guide(sheet: Worksheet, quarter: Period, instrument: AuditInstrument) -> None:
    """Fill the page that anchors each grade and spells out each question."""
    for letter, width in (("A", 6), ("B", 34), ("C", 90), ("D", 40)):
        sheet.column_dimensions[letter].width = width
    sheet["A1"] = "How to grade"
    sheet["A1"].font = look.font(bold=True, size=14, color=look.DARK)
    rows = [("", "Grade", "What it means", "")]
    rows += [(str(g.number), g.word.capitalize(), g.anchor, "") for g in instrument.grades]
    rows += [
        (NOT_APPLICABLE, "Not applicable", "The question cannot be asked of this child.", ""),
        ("", "", "", ""),
        ("", "Question", "What to ask of the record", "Where it comes from"),
    ]
    rows += [(str(q.number), q.short, q.text, q.source) for q in instrument.questions]
    rows += [("", "", "", ""), ("", "Nobody by name", _PRIVACY, "")]
    for row, texts in enumerate(rows, start=3):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(row, column, text or None)
            cell.font = look.font(bold=column == 2 or not texts[0], size=10)
            cell.alignment = look.TOP
        sheet.row_dimensions[row].height = look.estimate_height(texts[2], 90, least=18)
    look.set_page(sheet, landscape=True, footer=quarter.id)
    look.protect(sheet)


def _set_widths(sheet: Worksheet) -> None:
    for letter, width in _WIDTHS.items():
        sheet.column_dimensions[letter].width = width
    sheet.column_dimensions["A"].hidden = True


def _write_title(sheet: Worksheet, title: str, who: str) -> None:
    sheet["B1"] = title
    sheet["B1"].font = look.font(bold=True, size=18, color=look.DARK)
    sheet["B2"] = who
    sheet["B2"].font = look.font(size=12)


def _mark_answers(sheet: Worksheet) -> None:
    sheet.cell(_FIRST_LINE - 2, COVER_COLUMN + 1, ANSWER_MARK)
    sheet.row_dimensions[_FIRST_LINE - 2].hidden = True


def _write_line(
    sheet: Worksheet, row: int, line: CoverLine, answer: str, *, mark: str = COVER_MARK
) -> None:
    sheet.cell(row, 1, mark + line.id)
    label = sheet.cell(row, 2, line.label)
    label.font, label.alignment = look.font(bold=True), look.TOP
    cell = sheet.cell(row, COVER_COLUMN + 1, answer or None)
    cell.font, cell.alignment, cell.border = look.font(), look.TOP, look.GRID
    hint = sheet.cell(row, 4, line.hint or None)
    hint.font, hint.alignment = look.font(color=look.QUIET, italic=True), look.TOP
    sheet.row_dimensions[row].height = 90 if line.tall else 32
    if line.typed:
        cell.fill, cell.border, cell.protection = look.FILL_INPUT, look.INPUT_GRID, look.UNLOCKED
    if line.id == "submitted_on":
        cell.number_format = "dd/mm/yyyy"
