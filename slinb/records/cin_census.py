"""A CIN census: XML files or flattened tables of one or several years, as named tables.

Which file is the census's is told by its content, so that it may lie in one folder with SSDA903
tables and Annex A.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from python_calamine import CalamineError, CalamineWorkbook

from slinb.records import annex_a
from slinb.records.cin_xml import read_cin_xml
from slinb.records.delimited import read_delimited
from slinb.records.grid import SURE, TOP_ROWS, Grid, RecordsError
from slinb.records.problems import ProblemLog
from slinb.records.specification import Specification, load_specification
from slinb.records.ssda903 import SourceTable, place_table
from slinb.records.workbook import read_sheets

CIN_SPECIFICATION = "cin_census"
_HEAD = 1 << 16
_FIRST_TAG = re.compile(rb"<\s*(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_OF_CENSUS = re.compile(
    rb"<(?:[\w.-]+:)?(?:LAchildID|ChildIdentifiers|CINdetails)\b", re.IGNORECASE
)
_SEPARATORS = ",;\t|"


@dataclass(frozen=True)
class CensusTable:
    """One table of the census and the set of tables that it belongs to.

    Parameters
    ----------
    table : SourceTable
        Under the DfE's names.
    group : str
        Path of the XML file, the workbook, or the folder of CSV tables: its tables share their
        numbers of episodes and assessments, and their header. Never shown.
    """

    table: SourceTable
    group: str


def load_cin_specification() -> Specification:
    """Return the tables of the census."""
    return load_specification(CIN_SPECIFICATION)


def is_census_file(path: Path) -> bool:
    """Whether a file holds a CIN census, or tables of one, by its content.

    A file that cannot be opened is none: the reader of its kind then says what is wrong.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".xml":
            return _is_census_xml(path)
        if suffix in (".csv", ".txt"):
            return _is_census_csv(path)
        return _is_census_book(path)
    except (OSError, csv.Error, CalamineError, BadZipFile, ValueError):
        return False


def _is_census_xml(path: Path) -> bool:
    with path.open("rb") as handle:
        head = handle.read(_HEAD).replace(b"\x00", b"")
    if _OF_CENSUS.search(head):
        return True
    first = _FIRST_TAG.search(re.sub(rb"<[!?][^>]*>", b"", head))
    return bool(first and first[1].lower() == b"message")


def _is_census_csv(path: Path) -> bool:
    with path.open("rb") as handle:
        raw = handle.read(_HEAD)
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = raw.decode(encoding, errors="ignore").splitlines()[:TOP_ROWS]
    census, care = load_cin_specification(), load_specification()
    separator = max(_SEPARATORS, key=lambda s: max((x.count(s) for x in lines), default=0))
    rows = list(csv.reader(lines, delimiter=separator))
    own = max((census.score_headers(row) for row in rows), default=0)
    return own > max((care.score_headers(row) for row in rows), default=0)


def _is_census_book(path: Path) -> bool:
    book = CalamineWorkbook.from_path(path)
    census = load_cin_specification()
    for sheet in book.sheets_metadata:
        for row in book.get_sheet_by_name(sheet.name).to_python(nrows=TOP_ROWS):
            cells = ["" if c is None else str(c).strip() for c in row]
            annex = annex_a.score_headers(cells)
            if annex >= SURE:
                return False  # told by its first list, so that the others are opened once only
            if census.score_headers(cells) > 1 and census.recognise(cells) and not annex:
                return True
    return False


def read_cin(
    paths: Sequence[Path], log: ProblemLog, root: Path | None = None
) -> tuple[list[CensusTable], list[dict[str, Any]]]:
    """Read the files of a CIN census: XML, flattened CSV tables, workbooks of them, or all.

    A file that cannot be read is noted and passed over; the others are still read.

    Returns
    -------
    tables : list of CensusTable
        In the order of the files.
    unread : list of dict
        ACCOUNT rows of what is not used.
    """
    tables: list[CensusTable] = []
    unread: list[dict[str, Any]] = []
    for path in paths:
        file = path.relative_to(root).as_posix() if root else path.name
        try:
            if path.suffix.lower() == ".xml":
                read, left = read_cin_xml(path, file, load_cin_specification(), log)
                tables += [CensusTable(table, str(path)) for table in read]
                unread += left
            else:
                _read_flattened(path, file, log, tables, unread)
        except RecordsError as error:
            log.note("unreadable file", error.problem, error.remedy, file=file, n=1)
            unread.append({"file": file, "rows_in": error.rows, "unread": error.rows})
    return tables, unread


def _read_flattened(
    path: Path,
    file: str,
    log: ProblemLog,
    tables: list[CensusTable],
    unread: list[dict[str, Any]],
) -> None:
    """Read one CSV table, or every sheet of a workbook."""
    score = load_cin_specification().score_headers
    if path.suffix.lower() in (".csv", ".txt"):
        grids = [(read_delimited(path, file, score, log), True)]
        # The tables of one census lie in one folder.
        group = str(path.parent)
    else:
        grids = list(read_sheets(path, file, score, log))
        group = str(path)
    for grid, headed in grids:
        table = _name_table(grid, log) if headed else None
        if table is None:
            unread += _account_unread(grid, log)
        else:
            tables.append(CensusTable(table, group))


def _name_table(grid: Grid, log: ProblemLog) -> SourceTable | None:
    specification = load_cin_specification()
    rule = specification.recognise(grid.headers)
    return place_table(grid, rule, specification, log, complete=False) if rule else None


def _account_unread(grid: Grid, log: ProblemLog) -> list[dict[str, Any]]:
    if not len(grid.rows):
        return []
    log.note(
        "unknown table",
        "The headers are of no table of the census.",
        "Not read. Give each table under the DfE's headers.",
        file=grid.file,
        sheet=grid.sheet,
        n=grid.rows_in,
    )
    held = {"file": grid.file, "sheet": grid.sheet, "blank": grid.blank}
    return [{**held, "rows_in": grid.rows_in, "unread": len(grid.rows)}]
