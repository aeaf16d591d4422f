"""One call for an authority: a folder of records in, tables of counts out, nothing else.

Examples
--------
>>> from pathlib import Path
>>> from slinb.catalogue.periods import Period
>>> counted = count_records(Path("records"), Period.parse("2025-26-Q3"))  # doctest: +SKIP
>>> counted.counts  # doctest: +SKIP
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.records.annex_a import read_annex_a
from slinb.records.annex_a_counts import count_annex_a
from slinb.records.cin_census import is_census_file, read_cin
from slinb.records.distance import Postcodes, read_postcodes
from slinb.records.neglect import count_neglect
from slinb.records.neglect_care import read_care_starts
from slinb.records.problems import ProblemLog
from slinb.records.schema import (
    ACCOUNT,
    ANSWERS,
    DURATIONS,
    RETURN_COUNTS,
    RISK,
    STATISTICS,
    build_table,
    conform_counts,
)
from slinb.records.section20 import CountedRows, count_ssda903
from slinb.records.ssda903 import SourceTable, read_ssda903

_TABLES, _WORKBOOKS = (".csv", ".txt", ".xml"), (".xlsx", ".xlsm", ".xlsb", ".xls")


@dataclass(frozen=True)
class CountedRecords:
    """Everything that comes out of a set of records: counts, and what was found on the way.

    No table has a row a child, or a place for an identifier, a date of birth or a postcode.

    Parameters
    ----------
    quarter : Period
        The quarter that was counted.
    counts, risk, durations, statistics, return_counts : DataFrame
        Tables that may leave the authority (schemas of the same names in
        :mod:`slinb.records.schema`).
    answers : DataFrame
        What each source could and could not answer.
    problems, account : DataFrame
        What was found in the files and what became of every row: for the authority itself.
    """

    quarter: Period
    counts: pd.DataFrame
    risk: pd.DataFrame
    durations: pd.DataFrame
    statistics: pd.DataFrame
    return_counts: pd.DataFrame
    answers: pd.DataFrame
    problems: pd.DataFrame
    account: pd.DataFrame


def count_records(
    source: Path | Sequence[Path],
    quarter: Period,
    today: dt.date | None = None,
    postcodes: Path | None = None,
) -> CountedRecords:
    """Read the records of one authority and count them for a quarter.

    Parameters
    ----------
    source : Path or sequence of Path
        A folder (searched with its subfolders) or files: SSDA903 tables as CSV or the XML
        return, of one or several years; the CIN census as XML or flattened tables; Annex A as a
        workbook; or several of them.
    quarter : Period
        A quarter that has ended.
    today : date, optional
        The day on which this is run; the system's date if left out.
    postcodes : Path, optional
        A table of postcodes and grid references (ONS Postcode Directory, OS Code-Point Open),
        from which distances are worked out. It must not lie in the folder of records.

    Raises
    ------
    ParameterError
        The quarter has not ended, or no file of records is there.
    RecordsError
        The table of postcodes has no columns that are known.
    """
    now = np.datetime64(today or dt.date.today(), "D")
    if quarter.kind != "quarter" or np.datetime64(quarter.end, "D") > now:
        raise ParameterError(
            f"{quarter.id} is no quarter that has ended.",
            "Choose a quarter whose last day has passed: nobody knows yet who will be in care.",
        )
    root, files = find_files(source)
    log = ProblemLog()
    rows = CountedRows()
    care: list[SourceTable] = []
    census = [f for f in files if is_census_file(f)]
    files = [f for f in files if f not in census]
    if tables := [f for f in files if f.suffix.lower() in _TABLES]:
        grid = read_postcodes(postcodes) if postcodes else None
        care = _add_ssda903(rows, tables, root, quarter, now, log, grid)
    if books := [f for f in files if f.suffix.lower() in _WORKBOOKS]:
        _add_annex_a(rows, books, root, quarter, now, log)
    if census:
        _add_census(rows, census, root, quarter, now, log, care)
    return CountedRecords(
        quarter=quarter,
        counts=conform_counts(rows.counts),
        risk=build_table(RISK, rows.risk),
        durations=build_table(DURATIONS, rows.durations),
        statistics=build_table(STATISTICS, rows.statistics),
        return_counts=build_table(RETURN_COUNTS, rows.returned),
        answers=build_table(ANSWERS, rows.answers),
        problems=log.table(),
        account=build_table(ACCOUNT, rows.account),
    )


def find_files(source: Path | Sequence[Path]) -> tuple[Path | None, list[Path]]:
    """Return the folder, if one was given, and the files of records, in order of their names.

    Raises
    ------
    ParameterError
        There is no such folder or file, or none of records in it.
    """
    if isinstance(source, Path) and source.is_dir():
        root: Path | None = source
        files = sorted(p for p in source.rglob("*") if p.is_file() and not _is_left_over(p))
    else:
        root, files = None, [source] if isinstance(source, Path) else list(source)
    known = [f for f in files if f.suffix.lower() in (*_TABLES, *_WORKBOOKS)]
    if absent := [f.name for f in known if not f.is_file()]:
        raise ParameterError(f"There is no file {', '.join(absent)}.", "Check the path.")
    if not known:
        raise ParameterError(
            "No file of records was found.",
            "Give SSDA903 tables, a CIN census (.csv or .xml) or an Annex A workbook (.xlsx).",
        )
    return root, known


def _is_left_over(path: Path) -> bool:
    """Whether a file is one that Excel keeps beside an open workbook, or hidden."""
    return path.name.startswith(("~$", "."))


def _add_ssda903(
    rows: CountedRows,
    files: Sequence[Path],
    root: Path | None,
    quarter: Period,
    today: np.datetime64,
    log: ProblemLog,
    postcodes: Postcodes | None,
) -> list[SourceTable]:
    tables, unread = read_ssda903(files, log, root)
    rows.account += unread
    if tables:
        _join(rows, count_ssda903(tables, quarter, today, log, postcodes))
    return tables


def _add_annex_a(
    rows: CountedRows,
    books: Sequence[Path],
    root: Path | None,
    quarter: Period,
    today: np.datetime64,
    log: ProblemLog,
) -> None:
    lists, account = read_annex_a(books, log, root)
    rows.account += account
    if lists:
        _join(rows, count_annex_a(lists, quarter, today, log))


def _add_census(
    rows: CountedRows,
    files: Sequence[Path],
    root: Path | None,
    quarter: Period,
    today: np.datetime64,
    log: ProblemLog,
    care: Sequence[SourceTable],
) -> None:
    tables, unread = read_cin(files, log, root)
    rows.account += unread
    starts = read_care_starts(care, today)
    _join(rows, count_neglect(tables, quarter, today, log, starts))


def _join(rows: CountedRows, more: CountedRows) -> None:
    for name in ("counts", "risk", "durations", "statistics", "returned", "answers", "account"):
        getattr(rows, name).extend(getattr(more, name))
