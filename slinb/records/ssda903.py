"""An SSDA903 set: every file of it as named tables, whatever their order, headers or years."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.delimited import read_delimited
from slinb.records.grid import Grid, RecordsError
from slinb.records.problems import ProblemLog
from slinb.records.specification import Specification, TableRule, load_specification
from slinb.records.xml_return import read_xml


@dataclass(frozen=True)
class SourceTable:
    """One table of one file under the DfE's names.

    Parameters
    ----------
    name : str
        episodes, header, uasc, reviews, …
    file, sheet : str
        Where it was read from (``sheet`` names the element of an XML return).
    rows : array of int64
        Row number of each row in the file.
    cells : DataFrame
        Columns by the DfE's name, as text categories; missing where blank.
    blank : int
        Blank rows that were dropped.
    """

    name: str
    file: str
    sheet: str
    rows: npt.NDArray[np.int64]
    cells: pd.DataFrame
    blank: int

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column, all missing where the file has none of that name."""
        if name in self.cells:
            return self.cells[name]
        return pd.Series(pd.Categorical([None] * len(self.rows)))


def read_ssda903(
    paths: Sequence[Path],
    log: ProblemLog,
    root: Path | None = None,
    specification: Specification | None = None,
) -> tuple[list[SourceTable], list[dict[str, Any]]]:
    """Read the files of an SSDA903 set: CSV tables of one or several years, XML returns, or both.

    A file that cannot be read is noted and passed over; the others are still read.

    Parameters
    ----------
    paths : sequence of Path
        The files, in any order.
    log : ProblemLog
        Takes what was found and what was done.
    root : Path, optional
        Folder against which messages name the files (2024/episodes.csv).
    specification : Specification, optional
        The tables of the return; those that come with slinb if left out.

    Returns
    -------
    tables : list of SourceTable
        In the order of the files.
    unread : list of dict
        ACCOUNT rows of files of which nothing is used.
    """
    specification = specification or load_specification()
    tables: list[SourceTable] = []
    unread: list[dict[str, Any]] = []
    for path in paths:
        file = path.relative_to(root).as_posix() if root else path.name
        try:
            grids = _read_file(path, file, specification, log)
        except RecordsError as error:
            log.note("unreadable file", error.problem, error.remedy, file=file, n=1)
            unread.append({"file": file, "rows_in": error.rows, "unread": error.rows})
            continue
        for grid in grids:
            table = _name_table(grid, specification, log)
            if table is None:
                unread.append(_account_unread(grid))
            else:
                tables.append(table)
    return tables, unread


def _read_file(path: Path, file: str, specification: Specification, log: ProblemLog) -> list[Grid]:
    if path.suffix.lower() == ".xml":
        return read_xml(path, file, specification, log)
    return [read_delimited(path, file, specification.score_headers, log)]


def _account_unread(grid: Grid) -> dict[str, Any]:
    return {
        "file": grid.file,
        "sheet": grid.sheet,
        "rows_in": grid.rows_in,
        "blank": grid.blank,
        "unread": len(grid.rows),
    }


def _name_table(grid: Grid, specification: Specification, log: ProblemLog) -> SourceTable | None:
    """Give a grid its table and its columns their names; None where it is no table of theirs."""
    rule = specification[grid.sheet] if grid.sheet else specification.recognise(grid.headers)
    if rule is None:
        known = sum(bool(specification.name_column(h)) for h in grid.headers)
        log.note(
            "unknown table",
            f"{known} of {len(grid.headers)} headers are of the return; no table has them.",
            "Not read. Give each table under the DfE's headers.",
            file=grid.file,
            n=grid.rows_in,
        )
        return None
    return place_table(grid, rule, specification, log, complete=bool(grid.sheet))


def place_table(
    grid: Grid, rule: TableRule, specification: Specification, log: ProblemLog, *, complete: bool
) -> SourceTable:
    """Give the columns of a grid the DfE's names; ``complete`` spares the search for missing."""
    if not len(grid.rows):
        log.note(
            "headers without rows",
            f"The table {rule.name} has headers and no rows.",
            "Counted as none: check that the export did not fail.",
            file=grid.file,
            n=0,
        )
    positions = _find_columns(grid, rule, specification, log, complete=complete)
    cells = pd.DataFrame(
        {name: grid.column(position) for name, position in positions.items()}, copy=False
    )
    return SourceTable(rule.name, grid.file, grid.sheet, grid.rows, cells, grid.blank)


def _find_columns(
    grid: Grid, rule: TableRule, specification: Specification, log: ProblemLog, *, complete: bool
) -> dict[str, int]:
    """Return the position of each column of a table, noting extra, double and missing ones."""
    positions: dict[str, int] = {}
    extra, double = [], []
    for position, header in enumerate(grid.headers):
        name = specification.name_column(header)
        if name not in rule.by_name:
            extra.append(header or f"(column {position + 1} without header)")
        elif name in positions:
            double.append(header)
        else:
            positions[name] = position
    missing = [] if complete else [n for n in rule.required if n not in positions]
    _note_columns(grid.file, "extra column", extra, "Left out.", log)
    _note_columns(grid.file, "double column", double, "The first one of the name was read.", log)
    _note_columns(
        grid.file, "missing column", missing, "Only what rests on it is not counted.", log
    )
    return positions


def _note_columns(file: str, rule: str, columns: Iterable[str], done: str, log: ProblemLog) -> None:
    for column in columns:
        log.note(rule, f"There is one {rule}.", done, file=file, column=column, n=1)
