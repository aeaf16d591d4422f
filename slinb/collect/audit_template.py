"""The audit workbook that authorities fill in: one line a case, their actions, and their words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd
from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument, ChoiceList, load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.collect import look
from slinb.collect.audit_guide import write_audit_cover, write_guide, write_questions
from slinb.collect.audit_layout import (
    ACTIONS,
    ACTIONS_MARK,
    CASES,
    CASES_MARK,
    GUIDE,
    LISTS,
    NARRATIVE,
    NOT_APPLICABLE,
    AuditColumn,
    action_columns,
    case_columns,
    draw_case_ids,
    name_audit,
)
from slinb.collect.layout import (
    ADVICE_ROW,
    FIRST_ROW,
    HEADING_ROW,
    ID_ROW,
    SAMPLE_WORD,
    TITLE_ROW,
)
from slinb.stamp import save_workbook

_CASE_ADVICE = (
    "One line for each child's record that was audited. The case ids are drawn at random: keep a "
    "list of who is who to yourselves, and type no name, date of birth or number of a child."
)
_ACTION_ADVICE = "One line for each action, with the case id of its case. No names anywhere."


def write_audit_templates(
    folder: Path,
    quarter: Period,
    areas: Iterable[Area],
    instrument: AuditInstrument | None = None,
    previous: pd.DataFrame | None = None,
) -> list[Path]:
    """Write one audit workbook for each authority; see :func:`build_audit_template`.

    Returns
    -------
    list of Path
        The files, in the order of ``areas``. The same arguments give the same bytes.
    """
    instrument = instrument or load_audit_instrument()
    folder.mkdir(parents=True, exist_ok=True)
    return [
        save_workbook(
            build_audit_template(area, quarter, instrument, previous),
            folder / name_audit(area, quarter),
            stamp=quarter.end,
        )
        for area in areas
    ]


def build_audit_template(
    area: Area,
    quarter: Period,
    instrument: AuditInstrument | None = None,
    previous: pd.DataFrame | None = None,
    *,
    sample: bool = False,
) -> Workbook:
    """Build the empty audit workbook of one authority.

    Parameters
    ----------
    area, quarter
        Who is asked, for which quarter.
    instrument : AuditInstrument, optional
        What is asked; the one that comes with slinb if left out.
    previous : DataFrame, optional
        Narratives of earlier quarters (:data:`slinb.collect.audit_tables.NARRATIVES`); the
        authority's latest answers stand beside the prompts.
    sample : bool, default False
        Mark every page SAMPLE.

    Returns
    -------
    Workbook
        Sheets: cover, cases, actions, narrative, guide, and the hidden lists.
    """
    instrument = instrument or load_audit_instrument()
    workbook = Workbook()
    write_audit_cover(workbook.active, area, quarter, instrument, sample=sample)
    lists = _write_lists(workbook, instrument)
    ids = draw_case_ids(area, quarter, instrument.case_rows)
    cases, actions = workbook.create_sheet(CASES, 1), workbook.create_sheet(ACTIONS, 2)
    _write_sheet(cases, case_columns(instrument), CASES_MARK, len(ids), lists, instrument)
    for offset, case in enumerate(ids):
        cases.cell(FIRST_ROW + 1 + offset, 1, case)
    _write_sheet(actions, action_columns(), ACTIONS_MARK, instrument.action_rows, lists, instrument)
    _write_head(cases, f"{instrument.title}: {area.name}, {quarter.label}", _CASE_ADVICE)
    _write_head(actions, f"Actions: {area.name}, {quarter.label}", _ACTION_ADVICE)
    said = _find_previous(previous, area, quarter)
    write_questions(workbook.create_sheet(NARRATIVE, 3), area, quarter, instrument, lists, said)
    write_guide(workbook.create_sheet(GUIDE, 4), quarter, instrument)
    for sheet in (cases, actions):
        look.set_page(sheet, landscape=True, footer=f"{area.name}, {quarter.id}")
        look.protect(sheet)
    if sample:
        _mark_sample(workbook)
    return workbook


def _write_lists(workbook: Workbook, instrument: AuditInstrument) -> dict[ChoiceList, str]:
    """Write the lists to choose from on a hidden sheet; return where each stands."""
    sheet = workbook.create_sheet(LISTS)
    sheet.sheet_state = "hidden"
    places: dict[ChoiceList, str] = {}
    for column, name in enumerate(dict.fromkeys(c.list for c in instrument.all_choices), start=1):
        letter = get_column_letter(column)
        sheet.cell(1, column, name)
        labels = instrument.labels(name)
        for row, label in enumerate(labels, start=2):
            sheet.cell(row, column, label)
        places[name] = f"'{LISTS}'!${letter}$2:${letter}${len(labels) + 1}"
    look.protect(sheet)
    return places


def _write_sheet(
    sheet: Worksheet,
    columns: Sequence[AuditColumn],
    mark: str,
    rows: int,
    lists: dict[ChoiceList, str],
    instrument: AuditInstrument,
) -> None:
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        sheet.column_dimensions[letter].width = column.width
        sheet.cell(ID_ROW + 1, index, mark + column.id)
        heading = sheet.cell(HEADING_ROW + 1, index, column.heading)
        heading.font = look.font(bold=True, color="FFFFFF")
        heading.fill, heading.alignment, heading.border = look.FILL_HEADING, look.MIDDLE, look.GRID
        # Ids of cases come with the workbook; on the sheet of actions they are typed.
        typed = column.kind != "case" or mark == ACTIONS_MARK
        for row in range(FIRST_ROW + 1, FIRST_ROW + 1 + rows):
            cell = sheet.cell(row, index)
            cell.font, cell.alignment = look.font(), look.TOP
            cell.border = look.INPUT_GRID if typed else look.GRID
            cell.fill = look.FILL_INPUT if typed else look.FILL_ELSEWHERE
            if typed:
                cell.protection = look.UNLOCKED
            if column.kind == "date":
                cell.number_format = "dd/mm/yyyy"
        cells = f"{letter}{FIRST_ROW + 1}:{letter}{FIRST_ROW + rows}"
        if rule := _make_rule(column, lists, instrument):
            rule.add(cells)
            sheet.add_data_validation(rule)
    sheet.row_dimensions[ID_ROW + 1].hidden = True
    sheet.row_dimensions[HEADING_ROW + 1].height = 46
    sheet.freeze_panes = sheet.cell(FIRST_ROW + 1, 2)
    sheet.print_title_rows = f"{HEADING_ROW + 1}:{HEADING_ROW + 1}"


def _make_rule(
    column: AuditColumn, lists: dict[ChoiceList, str], instrument: AuditInstrument
) -> DataValidation | None:
    """Return what may be typed in a column, or None where it is free."""
    if column.list is not None:
        return DataValidation(
            type="list",
            formula1=lists[column.list],
            allow_blank=True,
            errorTitle="Choose from the list",
            error="Choose one of the list's entries, or leave the cell empty.",
            showErrorMessage=True,
        )
    if column.kind == "grade":
        return _make_grade_rule(instrument)
    if column.kind == "date":
        return DataValidation(
            type="date",
            operator="greaterThan",
            formula1="DATE(2015,1,1)",
            allow_blank=True,
            errorTitle="A date is wanted",
            error="Type a day as day/month/year, for example 20/01/2026.",
            showErrorMessage=True,
        )
    return None


def _make_grade_rule(instrument: AuditInstrument) -> DataValidation:
    scale = ", ".join(f"{g.number} {g.word}" for g in instrument.grades)
    return DataValidation(
        type="list",
        formula1=f'"{",".join(map(str, instrument.numbers))},{NOT_APPLICABLE}"',
        allow_blank=True,
        errorTitle="A grade is wanted",
        error=f"{scale}; {NOT_APPLICABLE} where the question does not apply.",
        promptTitle="Grade",
        prompt=f"{scale}. {NOT_APPLICABLE} where the question does not apply.",
        showErrorMessage=True,
        showInputMessage=True,
    )


def _write_head(sheet: Worksheet, title: str, advice: str) -> None:
    head = sheet.cell(TITLE_ROW + 1, 1, title)
    head.font = look.font(bold=True, size=14, color=look.DARK)
    sheet.cell(ADVICE_ROW + 1, 1, advice).font = look.font(color=look.QUIET)
    sheet.row_dimensions[TITLE_ROW + 1].height = 24
    sheet.row_dimensions[ADVICE_ROW + 1].height = 20


def _find_previous(
    previous: pd.DataFrame | None, area: Area, quarter: Period
) -> dict[str, tuple[str, str]]:
    """Return the authority's latest earlier answers: prompt to quarter and words."""
    if previous is None or previous.empty:
        return {}
    earlier = [
        p
        for p in previous.loc[previous["area"].eq(area.code), "period"].unique()
        if Period.parse(p).ordinal < quarter.ordinal
    ]
    if not earlier:
        return {}
    last = max(earlier, key=lambda p: Period.parse(p).ordinal)
    mine = previous[previous["area"].eq(area.code) & previous["period"].eq(last)]
    # Words in which somebody may be recognised are not handed round again.
    mine = mine[mine["flagged"].eq("")]
    pairs = zip(mine["prompt"], mine["text"], strict=True)
    return {prompt: (last, text) for prompt, text in pairs if text}


def _mark_sample(workbook: Workbook) -> None:
    for name in (CASES, ACTIONS, NARRATIVE):
        sheet = workbook[name]
        title = next(c for c in sheet[TITLE_ROW + 1] if c.value)
        title.value = f"{SAMPLE_WORD}. {title.value}"
        sheet.oddFooter.center.text = SAMPLE_WORD
