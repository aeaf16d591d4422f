"""Passages of a workbook or slides: cells, comments, hidden sheets, charts and properties."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

import openpyxl
from bs4 import BeautifulSoup, Tag
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.workbook import Workbook
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from slinb.gate.grid import Value, read_grid
from slinb.gate.page import read_page
from slinb.gate.passages import Level, Passage, Passages, level
from slinb.gate.plain import read_plain_sheets
from slinb.gate.slides import drop_declaration, find_titles, read_drawing

#: Parts whose numbers are styles, relations and types, not content.
_SILENT = ("styles.xml", "theme", "[Content_Types].xml", "sharedStrings", "worksheets/sheet")
_OFFICE = (".xlsx", ".pptx")
#: In the properties of a file: how many sheets or slides it has.
_COUNTS_OF_PARTS = re.compile(
    r"(<vt:lpstr>(?:Worksheets|Slide Titles)</vt:lpstr></vt:variant><vt:variant>)<vt:i4>\d+</vt:i4>"
)


class UnreadableError(Exception):
    """A part of a file that the gate cannot read, so that the file cannot be passed."""


def read_office(content: bytes, place: str = "", levels: tuple[Level, ...] = ()) -> Passages:
    """Yield what the parts of an Office file say: sheets cell by cell, all else as XML.

    Raises
    ------
    UnreadableError
        The file is damaged, or holds a part (picture, macro) that cannot be read.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        names = archive.namelist()
    except (zipfile.BadZipFile, OSError) as error:
        raise UnreadableError("it is no Office file, or a damaged one") from error
    if "xl/workbook.xml" in names:
        yield from _read_sheets(content, place, levels)
    titles = find_titles(archive)
    for name in names:
        yield from _read_part(archive, name, place, (*titles.get(name, ()), *levels))


def _read_part(
    archive: zipfile.ZipFile, name: str, place: str, levels: tuple[Level, ...]
) -> Passages:
    suffix = PurePosixPath(name).suffix.lower() or PurePosixPath(name).name
    where = f"{place}, {name}" if place else name
    if suffix in _OFFICE:
        yield from read_office(archive.read(name), where, levels)
    elif suffix not in (".xml", ".rels", ".vml"):
        if not name.endswith("/"):
            raise UnreadableError(f"its part {name} cannot be read")
    elif suffix == ".xml" and not any(silent in name for silent in _SILENT):
        text = drop_declaration(archive.read(name).decode("utf-8", errors="replace"))
        if name == "docProps/app.xml":
            text = _COUNTS_OF_PARTS.sub(r"\1", text)
        if "/charts/chart" in name:
            yield from _read_chart(text, where, levels)
        # Slides and what stands in them mostly draw; a workbook's own parts (the records of a
        # pivot table, say) are read with all that they say.
        drawn = place or name.startswith("ppt/")
        yield from read_page(read_drawing(text) if drawn else text, where, levels)


def _read_sheets(content: bytes, place: str, levels: tuple[Level, ...]) -> Passages:
    plain = read_plain_sheets(content)
    if plain is not None:
        for title, rows in plain:
            yield from read_grid(rows, _tell_cell(title, place), (*level([title]), *levels))
        return
    book = _open_book(content)
    yield from _read_book(book, place, levels)
    if _has_formulas(book):
        # Above the formulas themselves, here what they came to when the file was saved.
        yield from _read_book(_open_book(content, data_only=True), place, levels)


def _open_book(content: bytes, *, data_only: bool = False) -> Workbook:
    try:
        return openpyxl.load_workbook(io.BytesIO(content), data_only=data_only)
    except Exception as error:  # openpyxl raises whatever a damaged part makes it raise
        raise UnreadableError("it cannot be opened as a workbook") from error


def _has_formulas(book: Workbook) -> bool:
    rows = (row for sheet in book.worksheets for row in sheet.iter_rows())
    return any(cell.data_type == "f" for row in rows for cell in row)


def _read_book(book: Workbook, place: str, levels: tuple[Level, ...]) -> Passages:
    for sheet in book.worksheets:
        yield from _read_sheet(sheet, place, levels)


def _tell_cell(title: str, place: str) -> Callable[[int, int], str]:
    """Return what says the place of a cell of a sheet in words."""
    inside = f"{place}, " if place else ""

    def tell(i: int, j: int) -> str:
        return f"{inside}sheet “{title}”, {get_column_letter(j + 1)}{i + 1}"

    return tell


def _read_sheet(sheet: Worksheet, place: str, levels: tuple[Level, ...]) -> Passages:
    rows: list[list[Value]] = [
        [_plain(value) for value in row] for row in sheet.iter_rows(values_only=True)
    ]
    for merged in sheet.merged_cells.ranges:
        value = rows[merged.min_row - 1][merged.min_col - 1]
        for i in range(merged.min_row - 1, min(merged.max_row, len(rows))):
            rows[i][merged.min_col - 1 : merged.max_col] = [value] * merged.size["columns"]
    tell = _tell_cell(sheet.title, place)
    around = (*level([sheet.title]), *levels)
    comments = _find_comments(sheet)
    noted = {(row - 1, column - 1) for row, column in map(coordinate_to_tuple, comments)}
    for passage in read_grid(rows, tell, around, kept=noted):
        yield passage
        if note := comments.pop(passage.place.rpartition(" ")[2], ""):
            named = (*level([passage.text], tight=True), *passage.levels)
            yield Passage(f"{passage.place}, comment", note, named, "cell", passage.key)
    for cell, note in comments.items():
        row, column = coordinate_to_tuple(cell)
        yield Passage(f"{tell(row - 1, column - 1)}, comment", note, around)


def _find_comments(sheet: Worksheet) -> dict[str, str]:
    cells = (cell for row in sheet.iter_rows() for cell in row)
    return {c.coordinate: c.comment.text for c in cells if c.comment is not None}


def _plain(value: object) -> Value:
    if isinstance(value, ArrayFormula):
        return str(value.text)
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def _read_chart(text: str, place: str, levels: tuple[Level, ...]) -> Passages:
    """Yield the cached points of a chart, each with its series, category and the title."""
    # Excel writes c:ser, openpyxl ser; the parser writes all names small.
    soup = BeautifulSoup(text.replace("<c:", "<").replace("</c:", "</"), "html.parser")
    titles = [" ".join(t.stripped_strings) for t in soup.find_all("title")]
    for series in soup.find_all("ser"):
        name = [" ".join(t.stripped_strings) for t in series.find_all("tx")]
        categories = dict(_find_points(series.find("cat") or series.find("xval")))
        for part in ("val", "yval", "xval", "bubblesize", "dlbls"):
            for index, value in _find_points(series.find(part)):
                named = (
                    *level([categories.get(index, "")], tight=True),
                    *level(name, tight=True),
                    *level(titles),
                    *levels,
                )
                yield Passage(f"{place}, point {index}", value, named, "cell")


def _find_points(part: object) -> Iterator[tuple[str, str]]:
    if not isinstance(part, Tag):
        return
    for point in part.find_all(("pt", "dlbl")):
        yield str(point.get("idx", "")), " ".join(point.stripped_strings)
