"""What the records could and could not answer: the last sheet, and the words for the officer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.dives import Dive
from slinb.collect import look
from slinb.collect.dive_layout import FIRST_ROW
from slinb.prepare.rules import say_rule
from slinb.prepare.sheets import Stamp, finish_sheet, start_sheet

_ADVICE = (
    "What the records on which this return was counted could tell, how many children were left "
    "out of a count and why, and how often the reading found something amiss. The list of what "
    "was found, with its rows, stays with you."
)
_WIDTHS = (12.0, 62.0, 16.0, 16.0, 90.0)
_ANSWERS = ("measure", "title", "source", "answered", "why")


def write_answers(
    workbook: Workbook,
    dive: Dive,
    answers: pd.DataFrame,
    counts: pd.DataFrame,
    problems: pd.DataFrame,
    stamp: Stamp,
) -> None:
    """Write the sheet of answers, of who was left out, and of what was found how often.

    Parameters
    ----------
    answers : DataFrame
        Measure, title, source, answered, why: in the words of the package.
    counts : DataFrame
        The deep dive's counts, with how many were left out and why.
    problems : DataFrame
        :data:`slinb.records.schema.PROBLEMS`. Of these only the rules and their numbers are
        written, never what was found where: a shifted column may hold anything.
    """
    sections = (
        (
            "What each source could answer",
            ("Measure", "What it is", "Source", "Answered", "Why not, or not wholly"),
            answers[list(_ANSWERS)].to_numpy().tolist(),
        ),
        (
            "Left out of a count",
            ("Measure", "What is counted", "Source", "Left out", "Why"),
            list_left_out(counts).to_numpy().tolist(),
        ),
        (
            "Found in the records",
            ("", "Rule", "", "Times", ""),
            [["", rule, "", n, ""] for rule, n in count_problems(problems)],
        ),
    )
    rows = sum(len(body) for _, _, body in sections)
    sheet = start_sheet(workbook, dive, "answers", stamp, advice=_ADVICE, rows=rows)
    for letter, width in zip("ABCDE", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    row = FIRST_ROW
    for title, headings, body in sections:
        row = _write_section(sheet, row, title, headings, body)
    finish_sheet(sheet, stamp)


def _write_section(
    sheet: Worksheet,
    row: int,
    title: str,
    headings: Iterable[str],
    body: Sequence[Sequence[object]],
) -> int:
    """Write one section from a row on; return the row after it."""
    sheet.cell(row, 1, title).font = look.font(bold=True, size=12)
    for column, heading in enumerate(headings, start=1):
        cell = sheet.cell(row + 1, column, heading or None)
        cell.font, cell.fill = look.font(bold=True, color="FFFFFF"), look.FILL_HEADING
    shown: Sequence[Sequence[object]] = body or [["None."]]
    for offset, contents in enumerate(shown, start=2):
        for column, content in enumerate(contents, start=1):
            cell = sheet.cell(row + offset, column, content if content != "" else None)
            cell.font, cell.alignment = look.font(), look.TOP
    return row + max(len(body), 1) + 3


def list_left_out(counts: pd.DataFrame) -> pd.DataFrame:
    """Return how many children (or spells) each count leaves out, of all children.

    Cohorts of one measure are added up: each child starts in one of them.
    """
    total = (counts["breakdown"] == "") & (counts["population"] == "all") & (counts["excluded"] > 0)
    keys = ["measure", "item", "window", "source", "why"]
    found = counts[total].groupby(keys, sort=False)["excluded"].sum().reset_index()
    found["item"] += " (" + found["window"] + ")"
    return found[["measure", "item", "source", "excluded", "why"]]


def count_problems(problems: pd.DataFrame) -> list[tuple[str, int]]:
    """Return each rule that found something, in words, with how often it did."""
    named = problems["rule"].map(say_rule)
    times = problems["n"].groupby(named, sort=True).sum()
    return [(str(rule), int(n)) for rule, n in times.items()]
