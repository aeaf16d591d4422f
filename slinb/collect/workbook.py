"""Opening a workbook that somebody sent: its sheets as grids, or a plain reason why not.

python-calamine reads the values. It leaves a formula that ended in an error, and one that was
never calculated, as an empty cell; neither may pass for "nothing sent", so both are looked up
in the file's own XML and put back.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook

from slinb.collect.cells import Uncalculated
from slinb.errors import Place, ReturnError

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK = re.compile(r"xl/(workbook[0-9]*)\.xml")
_REFERENCE = re.compile(r"([A-Z]+)([0-9]+)")
_FORMULA_OR_ERROR = re.compile(rb"""[<:]f[\s/>]|\st\s*=\s*["']e["']""")
_SAVE_AGAIN = "Open it in Excel, save it as “Excel Workbook (.xlsx)” and send it again."

#: A sheet formatted down to Excel's last row would cost memory only.
_MOST_ROWS = 20_000
#: What the libraries raise where a file is not what its first bytes promise: zipfile's
#: NotImplementedError is a compression that it does not know, its RuntimeError a password.
_DAMAGE = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    ElementTree.ParseError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
    EOFError,
)

Range = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name, its cells from A1 on, and the ranges of its merged cells."""

    name: str
    cells: tuple[tuple[object, ...], ...]
    merged: tuple[Range, ...] = ()

    def at(self, row: int, column: int) -> object:
        """Return the content of a cell, None beyond the edge; both counted from 0."""
        if row >= len(self.cells) or column >= len(self.cells[row]):
            return None
        return self.cells[row][column]

    def __iter__(self) -> Iterator[tuple[int, int, object]]:
        """Walk over the cells that hold something: row, column, content."""
        for r, row in enumerate(self.cells):
            for c, content in enumerate(row):
                if content not in ("", None):
                    yield r, c, content

    def merged_with(self, row: int, column: int) -> Range | None:
        """Return the merged range in which a cell lies, if any."""
        for first, last in self.merged:
            if first[0] <= row <= last[0] and first[1] <= column <= last[1]:
                return first, last
        return None


def open_workbook(path: Path) -> tuple[Sheet, ...]:
    """Open an .xlsx workbook.

    Raises
    ------
    ReturnError
        The file is empty, encrypted, truncated, or no such workbook; says which, and what to do.
    """
    place = Place(path.name)
    _refuse_other_formats(path, place)
    try:
        with zipfile.ZipFile(path) as archive:
            if damaged := archive.testzip():
                raise zipfile.BadZipFile(damaged)
            unread = _find_unread(archive)
        with CalamineWorkbook.from_path(path) as book:
            names = book.sheet_names
            return tuple(_read_sheet(book, name, unread.get(name, {})) for name in names)
    except KeyError as error:
        raise ReturnError(
            "This is a zip file, but no Excel workbook.", _SAVE_AGAIN, place
        ) from error
    except _DAMAGE as error:
        raise ReturnError(
            "The file is damaged or was cut off on its way, and cannot be read as a workbook.",
            "Ask for it again; if it opens in Excel, save it under a new name first.",
            place,
        ) from error


def _refuse_other_formats(path: Path, place: Place) -> None:
    """Tell what a file is from its first bytes: names and endings lie."""
    start = path.read_bytes()
    if not start.strip(b"\0 \r\n\t"):
        raise ReturnError("The file is empty (0 bytes of content).", "Ask for it again.", place)
    if start.startswith(_OLE):
        if _ENCRYPTED in start:
            raise ReturnError(
                "The workbook is encrypted with a password.",
                "Remove the password (File, Info, Protect Workbook) and send it again.",
                place,
            )
        raise ReturnError("This is a file of the old Excel format (.xls).", _SAVE_AGAIN, place)
    if start.startswith(_ZIP):
        return
    head = start[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise ReturnError("This is a web page (HTML or XML) named .xlsx.", _SAVE_AGAIN, place)
    if b"\0" not in head and b"," in head:
        raise ReturnError(
            "This is a text file (CSV) named .xlsx.",
            "Fill in the workbook itself, or rename the file to .csv if it is the flat return.",
            place,
        )
    raise ReturnError("This is no Excel workbook.", _SAVE_AGAIN, place)


def _read_sheet(book: CalamineWorkbook, name: str, unread: dict[tuple[int, int], object]) -> Sheet:
    source = book.get_sheet_by_name(name)
    rows: list[list[object]] = [
        list(row) for row in source.to_python(skip_empty_area=False, nrows=_MOST_ROWS)
    ]
    for (row, column), content in unread.items():
        _put(rows, row, column, content)
    merged = tuple((first, last) for first, last in source.merged_cell_ranges or ())
    return Sheet(name, tuple(tuple(row) for row in rows), merged)


def _put(rows: list[list[object]], row: int, column: int, content: object) -> None:
    """Put a content into a grid that may be too small for it."""
    if row >= _MOST_ROWS:
        return
    rows.extend([] for _ in range(row + 1 - len(rows)))
    rows[row].extend([""] * (column + 1 - len(rows[row])))
    rows[row][column] = content


def _find_unread(archive: zipfile.ZipFile) -> dict[str, dict[tuple[int, int], object]]:
    """Return, for each sheet, the cells whose formula ended in an error or was not calculated."""
    names = archive.namelist()
    book = next((m[1] for m in map(_WORKBOOK.fullmatch, names) if m), "workbook")
    links = {
        link.get("Id"): link.get("Target", "")
        for link in _parse(archive, f"xl/_rels/{book}.xml.rels").iterfind(".//{*}Relationship")
    }
    unread = {}
    for sheet in _parse(archive, f"xl/{book}.xml").iterfind(".//{*}sheet"):
        link = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), "")
        part = posixpath.normpath(posixpath.join("/xl", links.get(link, ""))).lstrip("/")
        if part in names and _may_hold_formulas(archive.read(part)):
            unread[sheet.get("name", "")] = dict(_find_formulas(_parse(archive, part)))
    return unread


def _may_hold_formulas(content: bytes) -> bool:
    """Whether a sheet is worth parsing: one of plain values, however long, has nothing to find."""
    # A name may carry a prefix (x:f); UTF-16 hides both signs.
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or bool(_FORMULA_OR_ERROR.search(content))


def _find_formulas(root: ElementTree.Element) -> Iterator[tuple[tuple[int, int], object]]:
    for cell in root.iterfind(".//{*}c"):
        match = _REFERENCE.fullmatch(cell.get("r", ""))
        if match is None:
            continue
        result, formula = cell.findtext("{*}v"), cell.find("{*}f")
        if cell.get("t") == "e":
            yield _locate(match), result or "#REF!"
        elif formula is not None and not result and cell.get("t") != "str":
            yield _locate(match), Uncalculated(f"={formula.text or ''}")


def _locate(match: re.Match[str]) -> tuple[int, int]:
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


def _parse(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    # expat has refused exponential entities since 2.4.1, and a workbook names no external ones.
    return ElementTree.fromstring(archive.read(part))  # noqa: S314
