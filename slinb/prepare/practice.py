"""The practice sheet: the deep dive's questions, each with two yellow cells to fill in."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.dives import Dive, Question
from slinb.collect import look
from slinb.collect.dive_layout import (
    FIELD_MARK,
    FIELD_ROW,
    FIRST_ROW,
    MARK_COLUMN,
    MARK_ROW,
    PRACTICE_FIELDS,
    PRACTICE_TYPED,
    read_mark,
)
from slinb.prepare.sheets import Stamp, finish_sheet, start_sheet, write_headings

_ADVICE = (
    "Type in the yellow cells only: how many files you looked at, and of how many of them it is "
    "true. A sample of files is welcome: type its size. No figure? Type: not available, not "
    "applicable or not collected. Zero means zero. Please give no names."
)
#: What an officer typed, by question and field.
Typed = Mapping[tuple[str, str], object]


def write_practice(
    workbook: Workbook, dive: Dive, counts: pd.DataFrame, stamp: Stamp, typed: Typed | None = None
) -> None:
    """Write the practice sheet anew, keeping what was typed in an earlier one.

    Parameters
    ----------
    workbook : Workbook
        The return.
    dive : Dive
        Its questions are asked.
    counts : DataFrame
        The deep dive's counts: what the records say stands beside a question.
    stamp : Stamp
        Whose return it is.
    typed : mapping, optional
        What to put into the yellow cells; what stands in the workbook if left out.
    """
    kept = read_typed(workbook, dive) if typed is None else typed
    sheet = start_sheet(workbook, dive, "practice", stamp, advice=_ADVICE, rows=len(dive.questions))
    write_headings(sheet, PRACTICE_FIELDS)
    rule = _number_rule()
    sheet.add_data_validation(rule)
    for row, question in enumerate(dive.questions, start=FIRST_ROW + 1):
        _write_question(sheet, row, question, counts, kept, rule)
    sheet.column_dimensions["A"].hidden = True
    finish_sheet(sheet, stamp)


def read_typed(workbook: Workbook, dive: Dive) -> dict[tuple[str, str], object]:
    """Return what was typed into a workbook's practice sheet, by question and field."""
    typed: dict[tuple[str, str], object] = {}
    for sheet in workbook.worksheets:
        if read_mark(sheet.cell(MARK_ROW + 1, MARK_COLUMN + 1).value) != (dive.id, "practice"):
            continue
        at = {
            str(cell.value).removeprefix(FIELD_MARK): cell.column
            for cell in sheet[FIELD_ROW + 1]
            if str(cell.value).startswith(FIELD_MARK)
        }
        for row in range(FIRST_ROW + 1, sheet.max_row + 1):
            question = sheet.cell(row, at.get("question", 1)).value
            for field in PRACTICE_TYPED:
                content = sheet.cell(row, at[field]).value if field in at else None
                if content is not None:
                    typed.setdefault((str(question), field), content)
    return typed


def _write_question(
    sheet: Worksheet,
    row: int,
    question: Question,
    counts: pd.DataFrame,
    typed: Typed,
    rule: DataValidation,
) -> None:
    texts = {
        "question": question.id,
        "measure": question.measure,
        "asked": question.numerator,
        "of": question.denominator,
        "records": find_bound(question, counts),
    }
    for column, (field, _, _) in enumerate(PRACTICE_FIELDS, start=1):
        cell = sheet.cell(row, column, texts.get(field))
        cell.font, cell.alignment, cell.border = look.font(), look.TOP, look.GRID
        if field in PRACTICE_TYPED:
            cell.value = typed.get((question.id, field))
            cell.fill, cell.border, cell.protection = (
                look.FILL_INPUT,
                look.INPUT_GRID,
                look.UNLOCKED,
            )
        elif field == "records":
            cell.fill = look.FILL_ELSEWHERE
        if field in ("numerator", "denominator"):
            rule.add(cell)
    sheet.row_dimensions[row].height = look.estimate_height(question.denominator, 60, least=28)


def find_bound(question: Question, counts: pd.DataFrame) -> int | None:
    """Return the count from the records that a question's denominator cannot exceed.

    Of two sources the larger count is returned: the bound must not be too low.
    """
    if question.bound is None or counts.empty:
        return None
    key = question.bound.key
    found = counts.loc[(counts[list(key)] == pd.Series(key)).all(axis=1), question.bound.part]
    return None if found.empty else int(found.max())


def _number_rule() -> DataValidation:
    return DataValidation(
        type="whole",
        operator="greaterThanOrEqual",
        formula1="0",
        allow_blank=True,
        # A warning and not a stop: the accepted words must be able to pass.
        errorStyle="warning",
        errorTitle="Whole number wanted",
        error="Whole number, 0 or more. Choose Yes only for: not available, not applicable or "
        "not collected.",
        showErrorMessage=True,
    )
