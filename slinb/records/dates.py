"""Dates as authorities write them: day first, ISO, words, Excel serials, mixed in one column.

Only the distinct texts of a column are read, so a column costs as much as it has distinct dates.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.grid import split_distinct

Days: TypeAlias = npt.NDArray[np.datetime64]
NO_DAY = np.datetime64("NaT", "D")

_EXCEL_EPOCH = dt.date(1899, 12, 30)
#: Serials of 1 January 1930 and 31 December 2059: outside them a number is no date of a child.
_SERIALS = (10959, 58440)
_YEARS = (1930, 2059)
_MONTH_NAMES = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_MONTHS = {
    name: number
    for number, names in enumerate(_MONTH_NAMES, start=1)
    for name in (names, names[:3], names[:4])
}
_TIME = r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z| ?[AaPp][Mm])?)?"
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\s*[-/. ]\s*(\d{{1,2}})\s*[-/. ]\s*(\d{{4}}|\d{{2}}){_TIME}")
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WORDS = re.compile(
    rf"(?:[A-Za-z]+,? )?(\d{{1,2}})(?:st|nd|rd|th)?[-/. ]+([A-Za-z]+)[-/., ]+"
    rf"(\d{{4}}|\d{{2}}){_TIME}"
)
_SERIAL = re.compile(r"(\d{5})(?:\.\d+)?")
_NO_DATE = frozenset({"", "-", "n/a", "na", "none", "null", "nan", "nat", "not known", "unknown"})


@dataclass(frozen=True)
class ReadDates:
    """A column of dates.

    Parameters
    ----------
    days : array of datetime64[D]
        The dates; NaT where blank or unreadable.
    unread : array of bool
        Where something stands that is no date.
    formats : dict of str to int
        How many cells were written in which way: "day first", "ISO", "serial", "month first"…
    """

    days: Days
    unread: npt.NDArray[np.bool_]
    formats: dict[str, int]


def read_dates(cells: pd.Series[Any]) -> ReadDates:
    """Read a column of cells (text, dates, datetimes, numbers) as days.

    Days come before months ("03/04/2024" is 3 April). A month above twelve shows a date written
    month first: it is not turned round but left unread, because the others of its file would
    then be wrong in silence.

    Examples
    --------
    >>> read = read_dates(pd.Series(["31/03/2024", "2024-03-31", "45382", "31/02/2024", ""]))
    >>> [str(day) for day in read.days]
    ['2024-03-31', '2024-03-31', '2024-03-31', 'NaT', 'NaT']
    >>> read.unread.tolist()
    [False, False, False, True, False]
    """
    codes, distinct = split_distinct(cells)
    read = [_read_one(_as_text(value)) for value in distinct]
    days = np.array([day for day, _ in read] + [NO_DAY], dtype="datetime64[D]")
    kinds = np.array([kind for _, kind in read] + ["blank"], dtype=object)
    counts = np.bincount(codes[codes >= 0], minlength=len(read))
    formats: dict[str, int] = {}
    for (_, kind), n in zip(read, counts, strict=True):
        formats[kind] = formats.get(kind, 0) + int(n)
    unread = np.isin(kinds, ["unread", "month first"])
    return ReadDates(days[codes], unread[codes], formats)


def _as_text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


@lru_cache(maxsize=65_536)
def _read_one(text: str) -> tuple[np.datetime64, str]:
    """Read one text: the day (or NaT) and the way it was written."""
    if text.casefold() in _NO_DATE:
        return NO_DAY, "blank"
    if match := _ISO.fullmatch(text):
        return _make_day(match[1], match[2], match[3], "ISO")
    if match := _DAY_FIRST.fullmatch(text):
        kind = "day first" if len(match[3]) == 4 else "two-digit year"
        return _make_day(match[3], match[2], match[1], kind)
    if (match := _WORDS.fullmatch(text)) and (month := _MONTHS.get(match[2].casefold())):
        kind = "month in words" if len(match[3]) == 4 else "two-digit year"
        return _make_day(match[3], str(month), match[1], kind)
    if match := _COMPACT.fullmatch(text):
        return _make_day(match[1], match[2], match[3], "yyyymmdd")
    if (match := _SERIAL.fullmatch(text)) and _SERIALS[0] <= int(match[1]) <= _SERIALS[1]:
        day = _EXCEL_EPOCH + dt.timedelta(days=int(match[1]))
        return np.datetime64(day, "D"), "serial"
    return NO_DAY, "unread"


def _make_day(year: str, month: str, day: str, kind: str) -> tuple[np.datetime64, str]:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 60 else 1900
    try:
        made = dt.date(number, int(month), int(day))
    except ValueError:
        turned = kind == "day first" and 12 < int(month) <= 31 and 1 <= int(day) <= 12
        return NO_DAY, "month first" if turned else "unread"
    if not _YEARS[0] <= made.year <= _YEARS[1]:
        return NO_DAY, "unread"
    return np.datetime64(made, "D"), kind


def add_months(days: Days, months: int | npt.NDArray[np.int64]) -> Days:
    """Return the same day some months later, the month's last day where it has no such day.

    Examples
    --------
    >>> print(add_months(np.array(["2024-01-31"], dtype="datetime64[D]"), 1)[0])
    2024-02-29
    """
    month = days.astype("datetime64[M]")
    target = month + np.asarray(months).astype("timedelta64[M]")
    last = (target + 1).astype("datetime64[D]") - 1
    moved = target.astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
    return np.minimum(moved, last)


def count_months(start: Days, end: Days) -> npt.NDArray[np.int64]:
    """Return the completed months from ``start`` to ``end``; -1 where either is missing.

    The n-th month is complete on ``add_months(start, n)``.

    Examples
    --------
    >>> days = lambda *texts: np.array(texts, dtype="datetime64[D]")
    >>> count_months(days("2024-01-31", "2024-01-15"), days("2024-02-29", "2024-02-14")).tolist()
    [1, 0]
    """
    missing = np.isnat(start) | np.isnat(end)
    first, last = _fill(start, missing), _fill(end, missing)
    months = (last.astype("datetime64[M]") - first.astype("datetime64[M]")).astype(np.int64)
    return np.where(missing, -1, months - (add_months(first, months) > last))


def find_birthday(birth: Days, years: int | npt.NDArray[np.int64]) -> Days:
    """Return a birthday; that of a child born on 29 February is 1 March in a common year."""
    month = birth.astype("datetime64[M]")
    moved = month + (np.asarray(years) * 12).astype("timedelta64[M]")
    return moved.astype("datetime64[D]") + (birth - month.astype("datetime64[D]"))


def count_years(birth: Days, day: Days) -> npt.NDArray[np.int64]:
    """Return the age in completed years on a day; -1 where either is missing.

    Before birth the age is -1 too: an unborn child has none.
    """
    missing = np.isnat(birth) | np.isnat(day)
    born, at = _fill(birth, missing), _fill(day, missing)
    years = (at.astype("datetime64[Y]") - born.astype("datetime64[Y]")).astype(np.int64)
    age = years - (find_birthday(born, years) > at)
    return np.where(missing | (age < 0), -1, age)


def _fill(days: Days, missing: npt.NDArray[np.bool_]) -> Days:
    return np.where(missing, np.datetime64(0, "D"), days)
