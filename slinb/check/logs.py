"""The query log: one workbook for each authority, ready to send."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.catalogue.subjects import name_subject
from slinb.check.quarter import sort_queries
from slinb.check.wording import list_rows, name_file
from slinb.stamp import save_workbook

#: What each severity asks of the reader of the log.
SEVERITY_WORDS = {
    "stop": "Please correct (not used until then)",
    "query": "Please confirm or correct",
    "note": "For information",
}
_COLUMNS = (
    ("What we ask", 20),
    ("Measure", 30),
    ("Sheet", 18),
    ("Cell", 10),
    ("What you sent", 18),
    ("What is wrong", 62),
    ("What to do", 48),
    ("Your answer", 34),
)
_HEADING_ROW = 5
_LONGEST = 2000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
_DARK, _PAPER = "1F3A4D", "FFFFFF"
_FILLS = {"stop": "F6D5CF", "query": "FBE9C0", "note": "E4EAEE"}
_THIN = Side(style="thin", color="B8C2C9")
_BORDER = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
REMAINDER = "regional-team"


def write_query_logs(
    queries: pd.DataFrame,
    folder: Path,
    areas: Iterable[Area],
    measures: Measures,
    *,
    stamp: dt.date,
) -> list[Path]:
    """Write the query log of each authority, and one of what concerns none of them.

    Parameters
    ----------
    queries : DataFrame
        Rows of :data:`slinb.schema.QUERIES`.
    folder : Path
        Where the workbooks go; made if it is not there.
    areas : iterable of Area
        The authorities: each gets a file, which says so where there is nothing to mend.
    measures : Measures
        For the titles.
    stamp : date
        The day that the workbooks carry as that of their making.

    Returns
    -------
    list of Path
        ``queries-<authority>.xlsx`` in the order of ``areas``; last
        ``queries-regional-team.xlsx``, if a query is not for an authority of ``areas`` to
        answer (a file of unknown sender, a published file that could not be read).

    Examples
    --------
    >>> write_query_logs(
    ...     result.queries, folder, authorities, measures, stamp=quarter.end
    ... )  # doctest: +SKIP
    [PosixPath('queries/queries-bedford.xlsx'), ...]
    """
    folder.mkdir(parents=True, exist_ok=True)
    ordered = sort_queries(queries)
    authorities = [a for a in areas if a.level == "authority"]
    # What is wrong with a published figure, of a year, is not the authority's to mend.
    kinds = {p: Period.parse(p).kind for p in ordered["period"].unique() if p}
    theirs = ordered["area"].isin([a.code for a in authorities])
    theirs &= ordered["period"].map(kinds).isin(["quarter"])
    paths = []
    for area in authorities:
        own = ordered[theirs & ordered["area"].eq(area.code)]
        paths.append(
            _write_log(folder / f"queries-{area.slug}.xlsx", area.name, own, measures, stamp)
        )
    rest = ordered[~theirs]
    if len(rest):
        path = folder / f"queries-{REMAINDER}.xlsx"
        paths.append(_write_log(path, "Regional team", rest, measures, stamp))
    return paths


def _write_log(
    path: Path, name: str, queries: pd.DataFrame, measures: Measures, stamp: dt.date
) -> Path:
    workbook = Workbook()
    sheet = workbook.active
    sheet.title = "Queries"
    _write_head(sheet, name, queries)
    if len(queries):
        _write_headings(sheet)
        for number, query in enumerate(list_rows(queries), start=_HEADING_ROW + 1):
            _write_query(sheet, number, query, measures)
        sheet.auto_filter.ref = f"A{_HEADING_ROW}:{sheet.cell(1, len(_COLUMNS)).column_letter}" + (
            str(sheet.max_row)
        )
        sheet.freeze_panes = f"A{_HEADING_ROW + 1}"
    _set_page(sheet, name)
    workbook.properties.title = f"Queries on the quarterly return: {name}"
    return save_workbook(workbook, path, stamp=stamp)


def _write_head(sheet: Worksheet, name: str, queries: pd.DataFrame) -> None:
    periods = [Period.parse(p).label for p in sorted(set(queries["period"]) - {""})]
    write_text(sheet.cell(1, 1), "Queries on the quarterly return").font = Font(
        bold=True, size=16, color=_DARK
    )
    write_text(sheet.cell(2, 1), ", ".join([name, *periods])).font = Font(size=12)
    write_text(sheet.cell(3, 1), say_total(queries))


def say_total(queries: pd.DataFrame) -> str:
    """Say in one sentence how much there is to mend.

    Examples
    --------
    >>> from slinb.schema import QUERIES
    >>> say_total(QUERIES.empty())
    'There is nothing to mend. Thank you.'
    """
    count = queries["severity"].value_counts()
    parts = [
        f"{count[severity]} to {words}"
        for severity, words in (("stop", "correct"), ("query", "confirm or correct"))
        if count.get(severity)
    ]
    notes = f"{count['note']} for information" if count.get("note") else ""
    if not parts:
        tail = f" {notes[:1].upper()}{notes[1:]}." if notes else ""
        return f"There is nothing to mend. Thank you.{tail}"
    listed = ", ".join([*parts, notes] if notes else parts)
    return f"{listed}. The list begins with what is gravest."


def _write_headings(sheet: Worksheet) -> None:
    for column, (heading, _) in enumerate(_COLUMNS, start=1):
        cell = write_text(sheet.cell(_HEADING_ROW, column), heading)
        cell.font, cell.fill = Font(bold=True, color=_PAPER), PatternFill("solid", _DARK)
        cell.alignment, cell.border = Alignment(vertical="center", wrap_text=True), _BORDER


def _write_query(sheet: Worksheet, row: int, query: dict[str, Any], measures: Measures) -> None:
    measure = query["measure"]
    title = measures[measure].title if measure in measures else measure
    texts = (
        SEVERITY_WORDS[query["severity"]],
        name_subject(query, title),
        query["sheet"] or name_file(query["file"]),
        query["cell"],
        query["sent"],
        query["problem"],
        query["action"],
        "",
    )
    for column, text in enumerate(texts, start=1):
        cell = write_text(sheet.cell(row, column), text)
        cell.alignment, cell.border = Alignment(vertical="top", wrap_text=True), _BORDER
    sheet.cell(row, 1).fill = PatternFill("solid", _FILLS[query["severity"]])


def write_text(cell: Cell, text: str) -> Cell:
    """Write text that a spreadsheet can never run as a formula.

    An officer's own words come back in the log: "=cmd|..." must stay words, here and when the
    sheet is saved as CSV. So it is stored as text and, unless it is a plain number such as -5,
    with an apostrophe before it.
    """
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST]
    if clean.startswith(_FORMULA_STARTS) and not _is_number(clean):
        clean = f"'{clean}"
    cell.value = clean or None
    if clean:
        cell.data_type = "s"
    return cell


def _is_number(text: str) -> bool:
    return text.lstrip("+-").replace(",", "").replace(".", "", 1).isdecimal()


def _set_page(sheet: Worksheet, name: str) -> None:
    for column, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"1:{_HEADING_ROW}"
    # An ampersand in a footer is a command to Excel unless it is doubled.
    sheet.oddFooter.left.text = name.replace("&", "&&")
    sheet.oddFooter.right.text = "Page &P of &N"
    sheet.sheet_view.showGridLines = False
