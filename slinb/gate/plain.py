"""Sheets of plain values, read in one go: most workbooks hold nothing else."""

from __future__ import annotations

import io
import re
import zipfile

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

Rows = list[list[str | int | float | bool | None]]

#: A formula, a merged cell, an error or a date written as text; a prefix may stand before a name.
_NOT_PLAIN = re.compile(rb"""[<:](?:f[\s/>]|mergeCell)|\st\s*=\s*["'][ed]["']|<!""")
#: What is not plain has one of these in it.
_SIGNS = (b"<f", b":f", b"mergeCell", b'"e"', b"'e'", b'"d"', b"'d'", b"<!")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
#: From here on a whole number may not be the one that was written.
_LARGEST = 1e15


def read_plain_sheets(content: bytes) -> list[tuple[str, Rows]] | None:
    """Return the sheets of a workbook that holds values and nothing else beside them.

    Parameters
    ----------
    content : bytes
        An .xlsx file.

    Returns
    -------
    list of (str, list of list), or None
        Title and rows from A1 on, of hidden sheets too. None where a sheet has a formula, a
        merged cell, a comment, a date, an error or anything that is not certain to be a plain
        value: such a workbook has to be read with more care.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheets = _count_plain_sheets(archive)
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            charts = any(s.typ != SheetTypeEnum.WorkSheet for s in book.sheets_metadata)
            if charts or len(book.sheet_names) != sheets:
                return None
            found = [_read_rows(book.get_sheet_by_index(i)) for i in range(sheets)]
            titles = book.sheet_names
    except (CalamineError, zipfile.BadZipFile, OSError, ValueError):
        return None
    rows = [one for one in found if one is not None]
    return list(zip(titles, rows, strict=True)) if len(rows) == sheets else None


def _count_plain_sheets(archive: zipfile.ZipFile) -> int:
    """Return how many sheets a workbook has; 0 if one of them is not plain."""
    names = archive.namelist()
    if any("comment" in name.casefold() for name in names):
        return 0
    parts = [name for name in names if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    return len(parts) if all(_is_plain(archive.read(name)) for name in parts) else 0


def _is_plain(part: bytes) -> bool:
    if part.startswith(_UTF_16):
        return False
    # To look for plain bytes takes a tenth of the time.
    return not (any(sign in part for sign in _SIGNS) and _NOT_PLAIN.search(part))


def _read_rows(sheet: CalamineSheet) -> Rows | None:
    rows = sheet.to_python(skip_empty_area=False)
    # A date, a time: how it is written depends on its format.
    plain = all(type(v) in (str, float, bool, int) for row in rows for v in row)
    if not plain or any(type(v) is float and abs(v) >= _LARGEST for row in rows for v in row):
        return None
    return rows  # type: ignore[return-value]  # all of them are plain by now
