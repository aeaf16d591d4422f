"""The quarterly return workbook that authorities fill in: one sheet a domain, one row a measure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.formatting.rule import FormulaRule
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect import look
from slinb.collect.cover import write_cover, write_help
from slinb.collect.layout import (
    ADVICE_ROW,
    COLUMN_INDEX,
    COLUMN_MARK,
    COLUMNS,
    HEADING_ROW,
    ID_ROW,
    PARTS,
    ROW_MARK,
    SAMPLE_WORD,
    TITLE_ROW,
    Layout,
    Line,
    Part,
    asked_parts,
    name_return,
    plan_layout,
    say_period,
    wants_whole,
)
from slinb.collect.population import empty_population, look_up_population
from slinb.schema import VALUE_STATUSES
from slinb.stamp import save_workbook

_WORDS = "not available, not applicable or not collected"
_ADVICE = (
    "Type in the yellow cells only. Grey-blue cells fill themselves; hatched cells are not asked "
    f"for. Where you have no figure, type one of the words: {_WORDS}. Zero means zero."
)


def write_templates(
    folder: Path,
    quarter: Period,
    areas: Iterable[Area],
    measures: Sequence[Measure],
    previous: pd.DataFrame | None = None,
    population: pd.DataFrame | None = None,
) -> list[Path]:
    """Write one return workbook for each authority; see :func:`write_template`.

    Returns
    -------
    list of Path
        The files, in the order of ``areas``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return [
        write_template(
            folder / name_return(area, quarter), area, quarter, measures, previous, population
        )
        for area in areas
    ]


def write_template(
    path: Path,
    area: Area,
    quarter: Period,
    measures: Sequence[Measure],
    previous: pd.DataFrame | None = None,
    population: pd.DataFrame | None = None,
) -> Path:
    """Write the empty return of one authority for one quarter.

    Parameters
    ----------
    path : Path
        The .xlsx file to write; replaced if it exists.
    area, quarter, measures
        Who is asked, for which quarter, for which measures (``Measures.quarterly()``).
    previous : DataFrame, optional
        Observations (:data:`slinb.schema.OBSERVATIONS`) among which the quarter before is
        looked up, to stand beside each row for reference.
    population : DataFrame, optional
        Table of :func:`slinb.collect.population.find_population`; the rates' denominators.

    Returns
    -------
    Path
        ``path``. The same arguments give the same bytes.
    """
    workbook = build_template(area, quarter, measures, previous, population)
    return save_workbook(workbook, path, stamp=quarter.end)


def build_template(
    area: Area,
    quarter: Period,
    measures: Sequence[Measure],
    previous: pd.DataFrame | None = None,
    population: pd.DataFrame | None = None,
    *,
    sample: bool = False,
) -> Workbook:
    """Build the workbook that :func:`write_template` writes; ``sample`` marks its pages."""
    layout = plan_layout(measures)
    people = empty_population() if population is None else population
    workbook = Workbook()
    write_cover(workbook.active, area, quarter, layout, sample=sample)
    write_help(workbook.create_sheet(), quarter)
    for name in layout.sheets:
        _write_domain(workbook.create_sheet(name), layout, area, quarter, people)
        if sample:
            _mark_sample(workbook[name])
    _write_previous(workbook, layout, area, quarter, previous)
    return workbook


def _write_domain(
    sheet: Worksheet, layout: Layout, area: Area, quarter: Period, population: pd.DataFrame
) -> None:
    lines = [line for line in layout.lines if line.sheet == sheet.title]
    _write_head(sheet, area, quarter, lines[0].measure.domain)
    for line in lines:
        _write_line(sheet, line, quarter)
        if line.measure.uses_population:
            _write_population(sheet, line, area, population)
    if all(line.measure.kind != "value" for line in lines):
        sheet.column_dimensions[get_column_letter(COLUMN_INDEX["value"] + 1)].hidden = True
    sheet.freeze_panes = sheet.cell(HEADING_ROW + 2, COLUMN_INDEX["definition"] + 1)
    sheet.print_title_rows = f"{HEADING_ROW + 1}:{HEADING_ROW + 1}"
    sheet.print_area = f"B1:J{lines[-1].row + 1}"
    look.set_page(sheet, landscape=True, footer=f"{area.name}, {quarter.id}")
    look.protect(sheet)


def _mark_sample(sheet: Worksheet) -> None:
    title = sheet.cell(TITLE_ROW + 1, COLUMN_INDEX["measure"] + 1)
    title.value = f"{SAMPLE_WORD}. {title.value}"
    sheet.oddFooter.center.text = SAMPLE_WORD


def _write_head(sheet: Worksheet, area: Area, quarter: Period, domain: str) -> None:
    title = _put(sheet, TITLE_ROW, "measure", f"{domain}: {area.name}, {quarter.label}")
    title.font = look.font(bold=True, size=14, color=look.DARK)
    _put(sheet, ADVICE_ROW, "measure", _ADVICE).font = look.font(color=look.QUIET)
    sheet.row_dimensions[TITLE_ROW + 1].height = 24
    sheet.row_dimensions[ADVICE_ROW + 1].height = 20
    for index, column in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = column.width
        sheet.cell(ID_ROW + 1, index, COLUMN_MARK + column.id)
        heading = sheet.cell(HEADING_ROW + 1, index, column.heading or None)
        heading.font = look.font(bold=True, color="FFFFFF")
        heading.fill, heading.alignment, heading.border = look.FILL_HEADING, look.MIDDLE, look.GRID
    sheet.row_dimensions[ID_ROW + 1].hidden = True
    sheet.row_dimensions[HEADING_ROW + 1].height = 30
    sheet.column_dimensions["A"].hidden = True


def _write_line(sheet: Worksheet, line: Line, quarter: Period) -> None:
    measure = line.measure
    definition = say_definition(measure)
    title, unit = measure.title, f"\n{measure.unit}; {measure.polarity_words}"
    _put(sheet, line.row, "id", ROW_MARK + measure.id)
    for column, text in (
        ("measure", CellRichText(TextBlock(look.BOLD, title), TextBlock(look.PLAIN, unit))),
        ("definition", definition),
        ("period", say_period(measure, quarter)),
        ("previous", None),
    ):
        cell = _put(sheet, line.row, column, text)
        cell.font, cell.alignment, cell.border = look.font(), look.TOP, look.GRID
    for part in PARTS:
        _write_part(sheet, line, part)
    _write_result(sheet, line)
    note = _put(sheet, line.row, "note", None)
    note.fill, note.border, note.alignment = look.FILL_INPUT, look.INPUT_GRID, look.TOP
    note.protection, note.font = look.UNLOCKED, look.font()
    widths = {column.id: column.width for column in COLUMNS}
    sheet.row_dimensions[line.row + 1].height = max(
        look.estimate_height(title + unit, widths["measure"]),
        look.estimate_height(definition, widths["definition"]),
    )


def say_definition(measure: Measure) -> str:
    """Return the definition as it stands beside the cells: what to count, and what to mind."""
    parts = [measure.definition]
    if measure.kind != "value":
        parts.append(f"Numerator: {measure.numerator}")
        parts.append(f"Denominator: {measure.denominator}")
    if measure.caution:
        parts.append(f"Mind: {measure.caution}")
    return "\n".join(parts)


def _write_part(sheet: Worksheet, line: Line, part: Part) -> None:
    cell = _put(sheet, line.row, part, None)
    cell.font, cell.alignment, cell.border = look.font(), look.TOP_RIGHT, look.GRID
    if part not in asked_parts(line.measure):
        cell.fill = look.FILL_CLOSED
        return
    cell.number_format = _say_format(line.measure, part)
    if owner := line.linked.get(part):
        source = f"'{owner.sheet}'!{owner.cell}" if owner.sheet != sheet.title else owner.cell
        # An empty cell would show as 0, and nothing may be read as zero.
        cell.value = f'=IF({source}="","",{source})'
        cell.fill, cell.font = look.FILL_ELSEWHERE, look.font(italic=True, color=look.QUIET)
        return
    cell.fill, cell.border, cell.protection = look.FILL_INPUT, look.INPUT_GRID, look.UNLOCKED
    _add_validation(sheet, cell, line.measure, part)


def _say_format(measure: Measure, part: Part) -> str:
    if wants_whole(measure, part):
        return "#,##0"
    places = measure.decimals if part == "value" else 1
    return "#,##0" + (f".{'0' * places}" if places else "")


def _add_validation(sheet: Worksheet, cell: Cell, measure: Measure, part: Part) -> None:
    whole = wants_whole(measure, part)
    kind = "Whole number" if whole else "Number"
    signed = part == "value" and measure.plausible[0] < 0
    limit = "" if signed else ", 0 or more"
    words = getattr(measure, part) if part != "value" else f"{measure.title}, in {measure.unit}"
    rule = DataValidation(
        type="whole" if whole else "decimal",
        operator="greaterThanOrEqual",
        formula1="-1000000" if signed else "0",
        allow_blank=True,
        # A warning and not a stop: the accepted words must be able to pass.
        errorStyle="warning",
        errorTitle=f"{kind} wanted",
        error=f"{kind}{limit}, without % or brackets. Choose Yes only for: {_WORDS}.",
        promptTitle=f"{kind}{limit}",
        prompt=f"{_shorten(words, 150)}. No figure? Type: {_WORDS}.",
        showErrorMessage=True,
        showInputMessage=True,
    )
    rule.add(cell)
    sheet.add_data_validation(rule)


def _shorten(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def _write_population(sheet: Worksheet, line: Line, area: Area, population: pd.DataFrame) -> None:
    value = look_up_population(population, area.code, line.measure.denominator_count)
    cell = _put(sheet, line.row, "denominator", value)
    cell.fill, cell.font = look.FILL_ELSEWHERE, look.font(italic=True, color=look.QUIET)
    cell.number_format = "#,##0"


def _write_result(sheet: Worksheet, line: Line) -> None:
    """Write the figure as it works out, so that a slip shows before the workbook is sent."""
    measure = line.measure
    above, below, value = (line.place(p).cell for p in PARTS)
    cell = _put(sheet, line.row, "result", None)
    if measure.kind == "value":
        cell.value = f'=IF(ISNUMBER({value}),{value},"")'
    else:
        cell.value = (
            f"=IF(AND(ISNUMBER({above}),ISNUMBER({below})),"
            f'IF({below}>0,{measure.multiplier:g}*{above}/{below},""),"")'
        )
    cell.number_format = _say_format(measure, "value")
    cell.font, cell.border, cell.alignment = look.font(bold=True), look.GRID, look.TOP_RIGHT
    cell.fill = look.FILL_ELSEWHERE
    if measure.kind == "proportion":
        over = f"AND(ISNUMBER({cell.coordinate}),{cell.coordinate}>100)"
        sheet.conditional_formatting.add(
            cell.coordinate,
            FormulaRule([over], font=look.font(bold=True, color=look.RED)),
        )


def _write_previous(
    workbook: Workbook,
    layout: Layout,
    area: Area,
    quarter: Period,
    previous: pd.DataFrame | None,
) -> None:
    if previous is None or previous.empty:
        return
    mine = (previous["area"] == area.code) & (previous["period"] == quarter.previous().id)
    for row in previous[mine].itertuples():
        line = next((x for x in layout.lines if x.measure.id == row.measure), None)
        if line is not None:
            cell = _put(workbook[line.sheet], line.row, "previous", _say_previous(row, line))
            cell.font = look.font(color=look.QUIET)


def _say_previous(row: object, line: Line) -> str:
    status, value = row.status, row.value  # type: ignore[attr-defined]  # a row of itertuples
    if status not in VALUE_STATUSES:
        return str(status).replace("_", " ")
    figure = "" if pd.isna(value) else f"{value:,.{line.measure.decimals}f}"
    numerator, denominator = row.numerator, row.denominator  # type: ignore[attr-defined]
    if pd.isna(numerator) or pd.isna(denominator):
        return figure
    return f"{figure}\n({numerator:,.10g} of {denominator:,.10g})"


def _put(sheet: Worksheet, row: int, column: str, value: object) -> Cell:
    cell = sheet.cell(row + 1, COLUMN_INDEX[column] + 1)
    if value is not None:
        cell.value = value
    return cell
