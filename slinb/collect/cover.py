"""The first two sheets of the return: its cover and the page on how to fill it in."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.periods import Period
from slinb.collect import look
from slinb.collect.layout import (
    COLUMN_MARK,
    COVER,
    COVER_COLUMN,
    COVER_FIRST_ROW,
    COVER_LINES,
    COVER_MARK,
    HELP,
    SAMPLE_WORD,
    TEMPLATE_VERSION,
    CoverLine,
    Layout,
    return_due,
)

_HELP = (
    ("Before you start", ""),
    (
        "",
        "Fill in this workbook; please do not copy the figures into one of your own. The reader "
        "finds each cell by hidden marks, so sorting, hiding or widening does no harm, but a "
        "row or sheet that is deleted is a figure that is lost.",
    ),
    ("The colours", ""),
    ("Yellow", "Type here."),
    (
        "Grey-blue",
        "Fills itself: a population of the Office for National Statistics, a count that "
        "you have typed in another cell, or the figure as it works out.",
    ),
    ("Hatched", "Not asked for."),
    ("Numbers", ""),
    (
        "Counts",
        "Send counts, not percentages: a region's figure is the sum of its authorities' "
        "counts. Type small counts as they are; they are protected before anything is published.",
    ),
    (
        "Zero",
        "0 means that you counted and there were none. An empty cell means that nothing was "
        "sent. They are never confused.",
    ),
    ("April to date", "Rows that say so want everything from 1 April to the end of the quarter."),
    (
        "Estimates",
        "Type the number with (est.) after it, for example 12 (est.), and say why in the note.",
    ),
    (
        "No figure",
        "Type one of: not available (it exists, but not in time), not collected (you do "
        "not record it), not applicable (it cannot apply to you). Excel will ask whether you mean "
        "it: choose Yes.",
    ),
    (
        "Notes",
        "A note beside a figure saves a question later: a change of system, one large "
        "family, a backlog cleared.",
    ),
    ("Sending it back", ""),
    (
        "Cover",
        "Fill in the date of the submission and the role, not the name, of whoever signs it "
        "off. If you send a second version, the later date wins and the earlier is kept.",
    ),
    ("File name", "Keep the name of the file, and the format .xlsx, without a password."),
)


def write_cover(
    sheet: Worksheet, area: Area, quarter: Period, layout: Layout, *, sample: bool
) -> None:
    """Fill the cover: who, which quarter, by when, and the authority's own words."""
    sheet.title = COVER
    for letter, width in (("A", 4), ("B", 34), ("C", 72), ("D", 46)):
        sheet.column_dimensions[letter].width = width
    sheet["B1"] = "Quarterly return on children’s services"
    sheet["B1"].font = look.font(bold=True, size=18, color=look.DARK)
    sheet["B2"] = f"{area.name}, {quarter.label}"
    sheet["B2"].font = look.font(size=12)
    if sample:
        sheet["D1"] = SAMPLE_WORD
        sheet["D1"].font = look.font(bold=True, size=18, color=look.RED)
        sheet["D2"] = "Made-up figures: not a return of any authority."
        sheet["D2"].font = look.font(color=look.RED)
    sheet.cell(COVER_FIRST_ROW - 1, COVER_COLUMN + 1, f"{COLUMN_MARK}answer")
    sheet.row_dimensions[COVER_FIRST_ROW - 1].hidden = True
    known = _known_answers(area, quarter)
    for offset, line in enumerate(COVER_LINES):
        _write_line(sheet, COVER_FIRST_ROW + offset + 1, line, known.get(line.id, ""))
    _write_contents(sheet, layout, COVER_FIRST_ROW + len(COVER_LINES) + 2)
    sheet.column_dimensions["A"].hidden = True
    look.set_page(sheet, landscape=True, footer=f"{area.name}, {quarter.id}")
    look.protect(sheet)


def _known_answers(area: Area, quarter: Period) -> dict[str, str]:
    due = return_due(quarter)
    return {
        "area_code": area.code,
        "area_name": area.name,
        "quarter": quarter.id,
        "quarter_label": quarter.label,
        "due": f"{due.day} {due:%B %Y}",
        "template": TEMPLATE_VERSION,
    }


def _write_line(sheet: Worksheet, row: int, line: CoverLine, answer: str) -> None:
    sheet.cell(row, 1, COVER_MARK + line.id)
    label = sheet.cell(row, 2, line.label)
    label.font, label.alignment = look.font(bold=True), look.TOP
    cell = sheet.cell(row, COVER_COLUMN + 1, answer or None)
    cell.font, cell.alignment, cell.border = look.font(), look.TOP, look.GRID
    hint = sheet.cell(row, 4, line.hint or None)
    hint.font, hint.alignment = look.font(color=look.QUIET, italic=True), look.TOP
    sheet.row_dimensions[row].height = 76 if line.tall else 20
    if line.typed:
        cell.fill, cell.border, cell.protection = look.FILL_INPUT, look.INPUT_GRID, look.UNLOCKED
    if line.id == "submitted_on":
        cell.number_format = "dd/mm/yyyy"
        _add_date_rule(sheet, cell.coordinate)


def _add_date_rule(sheet: Worksheet, cell: str) -> None:
    rule = DataValidation(
        type="date",
        operator="greaterThan",
        formula1="DATE(2020,1,1)",
        allow_blank=True,
        errorTitle="A date is wanted",
        error="Type the day on which you send this, for example 20/01/2026.",
        promptTitle="Date of this submission",
        prompt="The day on which you send this. If you send twice, the later date wins.",
        showErrorMessage=True,
        showInputMessage=True,
    )
    rule.add(cell)
    sheet.add_data_validation(rule)


def _write_contents(sheet: Worksheet, layout: Layout, row: int) -> None:
    """List the sheets with a link and how many of their yellow cells are filled."""
    for column, text in ((2, "Sheet"), (COVER_COLUMN + 1, "Cells filled")):
        heading = sheet.cell(row, column, text)
        heading.font, heading.fill = look.font(bold=True, color="FFFFFF"), look.FILL_HEADING
    for offset, name in enumerate(layout.sheets, start=1):
        cells = [
            line.place(part).cell
            for line in layout.lines
            if line.sheet == name
            for part in line.typed
        ]
        link = sheet.cell(row + offset, 2, name)
        link.hyperlink = f"#'{name}'!A1"
        link.font = look.font(color=look.DARK)
        count = sheet.cell(row + offset, COVER_COLUMN + 1)
        count.value = _say_filled(name, cells)
        count.font = look.font()


def _say_filled(name: str, cells: list[str]) -> str:
    # COUNTA takes at most 255 arguments; a sheet of so many cells is counted in groups.
    groups = [cells[i : i + 200] for i in range(0, len(cells), 200)]
    counts = "+".join(
        "COUNTA(" + ",".join(f"'{name}'!{cell}" for cell in group) + ")" for group in groups
    )
    return f'={counts or "0"}&" of {len(cells)}"'


def write_help(sheet: Worksheet, quarter: Period) -> None:
    """Fill the page that says how to fill the return in."""
    sheet.title = HELP
    sheet.column_dimensions["A"].width = 18
    sheet.column_dimensions["B"].width = 96
    sheet["A1"] = HELP
    sheet["A1"].font = look.font(bold=True, size=14, color=look.DARK)
    swatches = {"Yellow": look.FILL_INPUT, "Grey-blue": look.FILL_ELSEWHERE}
    swatches["Hatched"] = look.FILL_CLOSED
    for row, (term, text) in enumerate(_HELP, start=3):
        head, body = sheet.cell(row, 1, term or None), sheet.cell(row, 2, text or None)
        heading = bool(term) and not text
        head.font = look.font(bold=True, size=12 if heading else 10)
        body.font, body.alignment, head.alignment = look.font(), look.TOP, look.TOP
        if term in swatches:
            head.fill, head.border = swatches[term], look.GRID
        sheet.row_dimensions[row].height = (
            26 if heading else look.estimate_height(text, 96, least=20)
        )
    look.set_page(sheet, landscape=False, footer=quarter.id)
    look.protect(sheet)
