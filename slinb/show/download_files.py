"""Files that a reader takes away: a tidy CSV for machines, a workbook formatted for people."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from slinb.show.downloads import NUMBERS, UNPRINTED, DownloadCell, DownloadColumn, DownloadSheet
from slinb.show.markup import Html, render_template
from slinb.show.page import OGL, PageMarks
from slinb.show.theme import colour
from slinb.stamp import save_workbook

SAMPLE_WORDS = "SAMPLE: invented figures, no authority's"
_EMPTY = "An empty cell: there is no such figure. It is never zero; a zero is written as 0."
_HEADING_ROW = 5
_TINTS = {"better": "better-soft", "worse": "worse-soft"}
_FACE = "Calibri"
_WRAPPED = Alignment(vertical="top", wrap_text=True, indent=1)
_ALIGNMENTS = {
    "left": Alignment(vertical="top", indent=1),
    "right": Alignment(vertical="top", horizontal="right", indent=1),
    "wrapped": _WRAPPED,
}
_LONGEST_NAME = 31
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")


class _Look(NamedTuple):
    """How a cell of a table looks."""

    alignment: str
    number_format: str = ""
    tint: str = ""


@dataclass(frozen=True)
class DownloadFile:
    """A file beside a page: its address relative to the page, its words and its size in bytes."""

    href: str
    words: str
    size: int


def write_downloads(
    folder: Path,
    name: str,
    sheets: Sequence[DownloadSheet],
    *,
    title: str,
    marks: PageMarks,
    stamp: dt.date,
) -> list[Path]:
    """Write a briefing's downloads: one CSV a table, and one workbook of them all.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    name : str
        Stem of the files: "annual-rug" (the caller puts SAMPLE_ or RESTRICTED_ before it).
    sheets : sequence of DownloadSheet
        From :func:`slinb.show.downloads.briefing_downloads`.
    title : str
        Title of the briefing.
    marks : PageMarks
        What the page says of itself: region, quarter, edition, SAMPLE, sources.
    stamp : date
        Day that the workbook carries (the quarter's end): the same input gives the same bytes.

    Returns
    -------
    list of Path
        The workbook first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    book = write_workbook(sheets, folder / f"{name}.xlsx", title=title, marks=marks, stamp=stamp)
    alone = len(sheets) == 1
    tables = [
        write_csv(sheet, folder / (f"{name}.csv" if alone else f"{name}-{sheet.id}.csv"), marks)
        for sheet in sheets
    ]
    return [book, *tables]


def write_csv(sheet: DownloadSheet, path: Path, marks: PageMarks) -> Path:
    """Write one table as CSV: UTF-8 with its mark (for Excel), one heading row, CRLF.

    The last columns say of every row its quarter and edition, because rows get copied. Figures
    have the decimals of the measure; a symbol (c, x, z …) stands in place of a figure.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([*(c.name for c in sheet.columns), "quarter", "edition"])
        marked = [marks.quarter, _say_edition(marks)]
        for row in sheet.rows:
            writer.writerow([*map(_write_plain, row), *marked])
    return path


def write_workbook(
    sheets: Sequence[DownloadSheet], path: Path, *, title: str, marks: PageMarks, stamp: dt.date
) -> Path:
    """Write tables as a workbook for people: what it is, what each column means, then the rows.

    Headings are frozen, filters set, figures have the measure's decimals, a better or worse
    judgement its tint beside its word. No text can run as a formula. Same input, same bytes.
    """
    book = Workbook()
    _write_about(book.active, sheets, title, marks)
    for sheet in sheets:
        _write_table(book.create_sheet(_name_sheet(sheet, book)), sheet, marks)
    book.properties.title = f"{title}, {marks.quarter}, {marks.region}"
    return save_workbook(book, path, stamp=stamp)


def list_downloads(paths: Sequence[Path], *, base: Path) -> list[DownloadFile]:
    """Return files as a page in the folder ``base`` links to them."""
    kinds = {".xlsx": "Excel workbook", ".csv": "CSV", ".pptx": "PowerPoint slides"}
    return [
        DownloadFile(
            p.relative_to(base).as_posix(), f"{p.name}, {kinds[p.suffix]}", p.stat().st_size
        )
        for p in paths
    ]


def downloads_html(found: Sequence[DownloadFile]) -> Html:
    """Write the links to a page's downloads, each with its kind and size; nothing where none."""
    items = [(file.href, f"{file.words}, {_say_size(file.size)}") for file in found]
    return Html(str(render_template("downloads", items=items)) if items else "")


def _say_size(size: int) -> str:
    return f"{max(1, round(size / 1000)):,} kB"


def _say_edition(marks: PageMarks) -> str:
    return "; ".join(text for text in (marks.edition, SAMPLE_WORDS if marks.sample else "") if text)


def _write_plain(cell: DownloadCell) -> str:
    if cell.value is None:
        return ""
    if isinstance(cell.value, str):
        return " ".join(cell.value.split())
    return f"{cell.value:.{cell.decimals}f}"


def _name_sheet(sheet: DownloadSheet, book: Workbook) -> str:
    """Return a name that Excel takes: short, without its signs, and not given before."""
    name = _NO_SHEET_NAME.sub(" ", sheet.title)[:_LONGEST_NAME].strip(" ,'")
    return name if name not in book.sheetnames else sheet.id[:_LONGEST_NAME]


def _write_about(
    page: Worksheet, sheets: Sequence[DownloadSheet], title: str, marks: PageMarks
) -> None:
    page.title = "Read me first"
    lines: list[tuple[str, str]] = [(title, ""), (f"{marks.region}, {marks.quarter}", "")]
    lines += [(_say_edition(marks), "")] if _say_edition(marks) else []
    lines += [("", ""), ("In place of a figure", "")]
    symbols = dict(pair for sheet in sheets for pair in sheet.symbols)
    lines += list(symbols.items())
    lines += [(_EMPTY, "")]
    for sheet in sheets:
        lines += [("", ""), (sheet.title, ""), (sheet.about, "")]
        lines += [(column.heading, column.meaning) for column in sheet.columns]
    lines += [("", ""), ("Sources", ""), *((s, "") for s in (*marks.sources, *OGL))]
    heads = {title, "In place of a figure", "Sources", *(s.title for s in sheets)}
    for number, (left, right) in enumerate(lines, start=1):
        bold = left in heads
        _put(page.cell(number, 1), left).font = Font(
            name=_FACE, bold=bold, size=16 if number == 1 else 11
        )
        _put(page.cell(number, 2), right).alignment = _WRAPPED
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 34, 90
    _set_page(page, title, landscape=False)


def _write_table(page: Worksheet, sheet: DownloadSheet, marks: PageMarks) -> None:
    _put(page.cell(1, 1), sheet.title).font = Font(name=_FACE, bold=True, size=14)
    _put(page.cell(2, 1), f"{sheet.about} {marks.region}, {marks.quarter}.")
    _put(page.cell(3, 1), _say_edition(marks)).font = Font(name=_FACE, bold=True)
    _write_heads(page, sheet.columns)
    styled: dict[_Look, Cell] = {}
    for number, row in enumerate(sheet.rows, start=_HEADING_ROW + 1):
        for place, (column, cell) in enumerate(zip(sheet.columns, row, strict=True), start=1):
            if cell.value is not None:
                _write_cell(page.cell(number, place), column, cell, styled)
    last = get_column_letter(len(sheet.columns))
    end = _HEADING_ROW + len(sheet.rows)
    page.auto_filter.ref = f"A{_HEADING_ROW}:{last}{end}"
    page.freeze_panes = page.cell(_HEADING_ROW + 1, _find_frozen(sheet.columns) + 1)
    page.print_title_rows = f"{_HEADING_ROW}:{_HEADING_ROW}"
    printed = sum(column.name not in UNPRINTED for column in sheet.columns)
    page.print_area = f"A1:{get_column_letter(printed)}{end}"
    _set_page(page, ", ".join(filter(None, (sheet.title, _say_edition(marks)))), landscape=True)


def _find_frozen(columns: Sequence[DownloadColumn]) -> int:
    """Return how many columns stay in sight: to the measure's name, else to the area's."""
    names = [column.name for column in columns]
    return next((names.index(n) + 1 for n in ("measure", "area") if n in names), 0)


def _write_heads(page: Worksheet, columns: Sequence[DownloadColumn]) -> None:
    """Write what each column means, and under it its heading, where filter and rows begin."""
    for place, column in enumerate(columns, start=1):
        page.column_dimensions[get_column_letter(place)].width = column.width
        meaning = _put(page.cell(_HEADING_ROW - 1, place), column.meaning)
        meaning.font = Font(name=_FACE, size=9, color=colour("ink-soft")[1:])
        meaning.alignment = Alignment(vertical="bottom", wrap_text=True)
        head = _put(page.cell(_HEADING_ROW, place), column.heading)
        head.font = Font(name=_FACE, bold=True, color=colour("paper")[1:])
        head.fill = PatternFill("solid", colour("series-1")[1:])
        side = "right" if column.kind in NUMBERS else "left"
        head.alignment = Alignment(vertical="center", horizontal=side, wrap_text=True, indent=1)
    page.row_dimensions[_HEADING_ROW - 1].height = 76
    page.row_dimensions[_HEADING_ROW].height = 34


def _write_cell(
    place: Cell, column: DownloadColumn, cell: DownloadCell, styled: dict[_Look, Cell]
) -> None:
    if isinstance(cell.value, float):
        place.value = int(cell.value) if cell.decimals == 0 else cell.value
    else:
        _put(place, cell.value or "")
    look = _find_look(column, cell)
    if look not in styled:
        _style_cell(place, look)
        styled[look] = place
    # One style for all that look alike: openpyxl searches all styles for each that is set.
    place._style = styled[look]._style


def _find_look(column: DownloadColumn, cell: DownloadCell) -> _Look:
    if column.kind in NUMBERS:
        alignment = "right"
    else:
        wraps = column.kind == "words" or column.name in ("area", "measure")
        alignment = "wrapped" if wraps else "left"
    if isinstance(cell.value, float):
        return _Look(
            alignment, number_format=f"#,##0{'.' if cell.decimals else ''}{'0' * cell.decimals}"
        )
    judged = cell.value or "" if column.name == "judgement" else ""
    return _Look(alignment, tint=_TINTS.get(judged, ""))


def _style_cell(place: Cell, look: _Look) -> None:
    place.alignment = _ALIGNMENTS[look.alignment]
    if look.number_format:
        place.number_format = look.number_format
    if look.tint:
        place.fill = PatternFill("solid", colour(look.tint)[1:])


def _put(cell: Cell, text: str) -> Cell:
    """Write a text as text: openpyxl would take one that starts with “=” for a formula."""
    cell.value = text or None
    if text:
        cell.data_type = "s"
    return cell


def _set_page(page: Worksheet, footer: str, *, landscape: bool) -> None:
    page.page_setup.orientation = "landscape" if landscape else "portrait"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    # An ampersand in a footer is a command to Excel unless it is doubled.
    page.oddFooter.left.text = footer.replace("&", "&&")
    page.oddFooter.right.text = "Page &P of &N"
    page.sheet_view.showGridLines = False
