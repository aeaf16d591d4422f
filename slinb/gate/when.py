"""Which periods a text may be about."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import NamedTuple

from slinb.catalogue.periods import Period
from slinb.errors import PeriodError

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
_QUARTER = re.compile(r"\b((?:19|20)\d\d)[-/–](\d\d)[- ]*q([1-4])\b", re.I)
_QUARTER_FIRST = re.compile(r"\bq([1-4])[, ]+((?:19|20)\d\d)[-/–](\d\d)\b", re.I)
_SPAN = re.compile(r"\b((?:19|20)\d\d)[-/–](\d\d)(?![-\d ]*q)(?!-\d)\b", re.I)
_DAY = re.compile(rf"\b(\d{{1,2}}) ({MONTH}) ((?:19|20)\d\d)\b", re.I)
_MONTH = re.compile(rf"(?<!\d )\b({MONTH}) ((?:19|20)\d\d)\b", re.I)
#: A year whose last day the text says: no quarter of it is called so.
_CALENDAR = re.compile(r"\bcalendar year ((?:19|20)\d\d)\b|\b((?:19|20)\d\d)-CY\b", re.I)
_SEPTEMBER = re.compile(r"\b((?:19|20)\d\d)-SEP\b", re.I)
_YEAR = re.compile(r"(?<![\w.,/–-])((?:19|20)\d\d)(?![\w/–]|[.,-]\d)")
_ISO = re.compile(r"((?:19|20)\d\d)-(\d\d)-(\d\d)(?:[T ][\d:.]+Z?)?")
_MONTH_ENDS = {(31, 3), (30, 6), (30, 9), (31, 12), (31, 8)}
#: Words that set a number beside another time than the sentence's own.
RELATIVE = re.compile(
    r"\b(?:ago|before|earlier|previous(?:ly)?|last (?:quarter|year|time)|since|then|change|until"
    r"|up \d|down \d|rose|fell|prior)\b",
    re.I,
)


#: Words that set a number in the present, whatever period stands beside it.
NOW = re.compile(r"\b(?:now|latest|current(?:ly)?|today|this (?:quarter|year))\b", re.I)


class Span(NamedTuple):
    """Days on which a period that is meant may end, and where the text names it.

    Parameters
    ----------
    first, last : date
    start, end : int
        Place of the name in the text.
    exact : bool
        The text says the period of the number, not one up to which it may lie.
    closed : bool
        It names a year that is no reporting year by its end: "calendar year 2024".
    """

    first: dt.date
    last: dt.date
    start: int
    end: int
    exact: bool = True
    closed: bool = False

    def holds(self, period: str) -> bool:
        """Whether the period may be meant."""
        return self.first <= find_end(period) <= self.last

    def reach_back(self, days: int) -> Span:
        """Return the span with the days before it, which it may be about as well."""
        first = self.first - dt.timedelta(days=days)
        return self._replace(first=first, exact=False, closed=False)


@lru_cache(maxsize=1024)
def find_end(period: str) -> dt.date:
    """Return the last day of a period; of a text that is none, a day that no span holds."""
    try:
        return Period.parse(period).end
    except PeriodError:
        return dt.date.min


@lru_cache(maxsize=65536)
def find_spans(text: str) -> tuple[Span, ...]:
    """Return the spans in which the periods that a text names may end, in its order.

    Examples
    --------
    >>> [span.holds("2025-26-Q3") for span in find_spans("12 months to 31 December 2025")]
    [True]
    >>> [span.holds("2025-26-Q3") for span in find_spans("Jul–Sep 2025")]
    [False]
    >>> (span,) = find_spans("calendar year 2025")  # ends with the third quarter
    >>> span.holds("2025-26-Q3"), span.holds("2025-26-Q2")
    (True, False)
    """
    found = [_quarter(m, m[1], m[3]) for m in _QUARTER.finditer(text)]
    found += [_quarter(m, m[2], m[1]) for m in _QUARTER_FIRST.finditer(text)]
    found = found or [*_find_days(text), *_find_months(text), *_find_closed_years(text)]
    if iso := _ISO.fullmatch(text.strip()):
        found = _read_iso(iso)
    if not found:
        # The reporting year ends in March, the academic year in August.
        found = [_years(m, 4, dt.date(int(m[1]) + 1, 8, 31)) for m in _SPAN.finditer(text)]
    if not found:
        found = [_years(m, 1, dt.date(int(m[1]) + 1, 3, 31)) for m in _YEAR.finditer(text)]
    return tuple(sorted(found, key=lambda span: span.start))


def _quarter(match: re.Match[str], year: str, quarter: str) -> Span:
    end = Period("quarter", int(year), int(quarter)).end
    return Span(end, end, *match.span())


def _find_days(text: str) -> list[Span]:
    found = []
    for match in _DAY.finditer(text):
        month = _MONTHS[match[2][:3].casefold()]
        if (int(match[1]), month) in _MONTH_ENDS:
            found.append(_months(match, int(match[3]), month, 1))
    return found


def _find_months(text: str) -> list[Span]:
    # A quarter may be named by its first month, so that its end is two months on.
    return [
        _months(match, int(match[2]), _MONTHS[match[1][:3].casefold()], 3)
        for match in _MONTH.finditer(text)
    ]


def is_closed_year(period: str) -> bool:
    """Whether a period is a calendar year or a year to September, as no return has.

    Examples
    --------
    >>> is_closed_year("2024-CY"), is_closed_year("2024-25-Q3"), is_closed_year("2024-25")
    (True, False, False)
    """
    return bool(_CALENDAR.fullmatch(period) or _SEPTEMBER.fullmatch(period))


def _find_closed_years(text: str) -> list[Span]:
    ends = [(m, dt.date(int(m[1] or m[2]), 12, 31)) for m in _CALENDAR.finditer(text)]
    ends += [(m, dt.date(int(m[1]), 9, 30)) for m in _SEPTEMBER.finditer(text)]
    return [Span(end, end, *match.span(), closed=True) for match, end in ends]


def _months(match: re.Match[str], year: int, month: int, length: int) -> Span:
    after = month + length
    last = dt.date(year + (after > 12), (after - 1) % 12 + 1, 1) - dt.timedelta(days=1)
    return Span(dt.date(year, month, 1), last, *match.span())


def _years(match: re.Match[str], month: int, last: dt.date) -> Span:
    return Span(dt.date(int(match[1]), month, 1), last, *match.span())


def _read_iso(match: re.Match[str]) -> list[Span]:
    try:
        day = dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return []
    return [Span(day, day + dt.timedelta(days=92), *match.span())]
