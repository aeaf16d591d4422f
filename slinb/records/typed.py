"""The cells of an SSDA903 table as days, codes and numbers; everything odd is noted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.codes import FIRST_YEAR, LAST_YEAR, CodeSet, Index, load_codes
from slinb.records.dates import Days, read_dates
from slinb.records.grid import split_distinct
from slinb.records.problems import ProblemLog
from slinb.records.specification import ColumnRule, load_specification
from slinb.records.ssda903 import SourceTable

_WHOLE = re.compile(r"[+-]?\d+(?:\.0+)?")
#: Distinct odd values of one column that are listed one by one; the rest share a line.
_MOST_LISTED = 20


def read_days(table: SourceTable, column: str, log: ProblemLog, today: np.datetime64) -> Days:
    """Read one column of days, noting what is no date and what was written oddly."""
    read = read_dates(table.column(column))
    at: dict[str, Any] = {"file": table.file, "sheet": table.sheet, "column": column}
    if turned := read.formats.get("month first", 0):
        log.note(
            "month first",
            "Dates with a month above twelve: the file may write the month first.",
            "These count as blank; the others of the column were read day first: check them.",
            n=turned,
            **at,
        )
    unread = table.rows[read.unread]
    if len(unread) > turned:
        log.note("no date", "No date that exists.", "Counts as blank.", rows=unread, **at)
    for kind, said in _ODD_DATES.items():
        if n := read.formats.get(kind, 0):
            log.note(kind, said, "Read.", n=n, **at)
    if len(formats := [k for k in _FORMATS if read.formats.get(k)]) > 1:
        log.note(
            "mixed dates",
            f"Dates in {len(formats)} formats: {', '.join(formats)}.",
            "Read.",
            n=sum(read.formats[k] for k in formats),
            **at,
        )
    late = read.days > today
    if late.any() and column != "DUC":  # the day a child ceases to be UASC may lie ahead
        log.note(
            "future date", "Dates that are still to come.", "Kept.", rows=table.rows[late], **at
        )
    return read.days


_FORMATS = ("day first", "ISO", "month in words", "yyyymmdd", "serial", "two-digit year")
_ODD_DATES = {
    "serial": "Dates that a spreadsheet turned into numbers.",
    "two-digit year": "Dates with a year of two digits.",
}


def read_codes(
    table: SourceTable, column: str, log: ProblemLog, years: tuple[Any, Any] | None = None
) -> Index:
    """Read one column of codes; an unknown code is listed with its rows and becomes -1.

    Parameters
    ----------
    table, column : SourceTable, str
        What to read.
    log : ProblemLog
        Takes unknown codes and codes of another year.
    years : pair of int or arrays of int, optional
        First and last reporting year in which the code of a row must have been in use.
    """
    codes = load_codes()[load_specification()[table.name].by_name[column].codes]
    return match_codes(table, column, codes, log, years)


def match_codes(
    table: SourceTable,
    column: str,
    codes: CodeSet,
    log: ProblemLog,
    years: tuple[Any, Any] | None = None,
) -> Index:
    """Read one column by a given list of codes; as :func:`read_codes`."""
    positions, unknown = codes.match(table.column(column))
    if unknown.any():
        note_values(table, column, unknown, "unknown code", "Not mapped; counted apart.", log)
    first, last = years or (FIRST_YEAR, LAST_YEAR)
    outside = codes.out_of_year(positions, first, last)
    if outside.any():
        note_values(table, column, outside, "code of another year", "Understood, and counted.", log)
    return positions


def note_values(
    table: SourceTable,
    column: str,
    mask: npt.NDArray[np.bool_],
    rule: str,
    done: str,
    log: ProblemLog,
) -> None:
    """List the distinct values of the marked rows, each with its rows."""
    distinct, values = split_distinct(table.column(column))
    marked, rows = distinct[mask], table.rows[mask]
    order = pd.unique(marked)
    at: dict[str, Any] = {"file": table.file, "sheet": table.sheet, "column": column}
    for code in order[:_MOST_LISTED]:
        value = str(values[code])
        log.note(rule, "A value:", done, rows=rows[marked == code], value=value, **at)
    if len(order) > _MOST_LISTED:
        rest = np.isin(marked, order[_MOST_LISTED:])
        log.note(rule, f"{len(order) - _MOST_LISTED} more values.", done, rows=rows[rest], **at)


def read_whole(table: SourceTable, rule: ColumnRule, log: ProblemLog) -> npt.NDArray[np.float64]:
    """Read one column of whole numbers; "3.9" is none, and never becomes 3."""
    distinct, values = split_distinct(table.column(rule.name))
    numbers = np.array([_read_whole(str(v)) for v in values] + [np.nan])
    outside = (numbers < rule.lowest) | (numbers > rule.highest)
    spread = numbers[distinct]
    unread = np.isnan(spread) & (distinct >= 0)
    if unread.any():
        note_values(table, rule.name, unread, "no whole number", "Counts as blank.", log)
    if outside[distinct].any():
        said = f"outside {rule.lowest} to {rule.highest}"
        note_values(table, rule.name, outside[distinct], said, "Counts as blank.", log)
    return np.where(outside[distinct], np.nan, spread)


def _read_whole(text: str) -> float:
    return float(text) if _WHOLE.fullmatch(text.strip()) else float("nan")


def check_table(
    table: SourceTable, log: ProblemLog, today: np.datetime64, years: tuple[int, int]
) -> None:
    """Check every column of a table that no count rests on."""
    for rule in load_specification()[table.name].columns:
        if rule.name not in table.cells:
            continue
        if rule.kind == "day":
            read_days(table, rule.name, log, today)
        elif rule.kind == "code":
            read_codes(table, rule.name, log, years)
        elif rule.kind == "whole":
            read_whole(table, rule, log)


def join_columns(parts: Sequence[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    """Join the parts of a column from several files."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
