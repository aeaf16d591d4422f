"""Periods: financial-year quarters, reporting, academic and calendar years, and their arithmetic.

A period is written as a short text that sorts by time within its kind:

==================  ==============  ============================================
kind                example         meaning
==================  ==============  ============================================
``quarter``         ``2025-26-Q3``  October to December 2025
``reporting``       ``2024-25``     1 April 2024 to 31 March 2025
``academic``        ``2024-25-AY``  1 September 2024 to 31 August 2025
``calendar``        ``2024-CY``     1 January to 31 December 2024
``september``       ``2025-SEP``    1 October 2024 to 30 September 2025
==================  ==============  ============================================

A snapshot belongs to the period at whose end it is taken ("31 March 2025" is ``2024-25``).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

from slinb.errors import PeriodError

Kind = Literal["quarter", "reporting", "academic", "calendar", "september"]
KINDS: tuple[Kind, ...] = get_args(Kind)

_QUARTER = re.compile(r"(\d{4})[-/](\d{2}) ?-? ?Q([1-4])", re.IGNORECASE)
_REPORTING = re.compile(r"(\d{4})[-/](\d{2})")
_ACADEMIC = re.compile(r"(\d{4})[-/](\d{2})-AY", re.IGNORECASE)
_CALENDAR = re.compile(r"(\d{4})-CY", re.IGNORECASE)
_SEPTEMBER = re.compile(r"(\d{4})-SEP", re.IGNORECASE)
_EES_YEAR = re.compile(r"\d{4}")
_EES_SPAN = re.compile(r"(\d{4})[-/]?(\d{2})")
_MONTHS = ["April to June", "July to September", "October to December", "January to March"]


@dataclass(frozen=True, order=True)
class Period:
    """One period of one kind.

    Parameters
    ----------
    kind : {"quarter", "reporting", "academic", "calendar", "september"}
        What sort of period this is.
    year : int
        The calendar year in which the period *starts* for a quarter's financial year, a
        reporting year and an academic year (2025 for 2025-26); the calendar year itself for
        a calendar year; the year of the closing 30 September for ``september``.
    quarter : int, default 0
        1 to 4 (1 is April to June) for a quarter, else 0.

    Examples
    --------
    >>> q = Period.parse("2025-26-Q3")
    >>> q.previous().id, q.year_ago().id, q.end.isoformat()
    ('2025-26-Q2', '2024-25-Q3', '2025-12-31')
    """

    kind: Kind
    year: int
    quarter: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise PeriodError(f"“{self.kind}” is no kind of period.", f"Use one of {KINDS}.")
        if (self.kind == "quarter") != (self.quarter in (1, 2, 3, 4)):
            raise PeriodError(f"Quarter {self.quarter} does not fit a {self.kind} period.")
        if not 1990 <= self.year <= 2100:
            raise PeriodError(f"The year {self.year} lies outside 1990 to 2100.")

    # Reading ------------------------------------------------------------------------------

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read a period from its id, forgiving case and the missing hyphen of ``2025-26Q2``.

        Raises
        ------
        PeriodError
            The text is no period, or its two years do not follow one another.
        """
        return _parse(str(text))

    @classmethod
    def from_ees(cls, time_period: str, time_identifier: str) -> Period:
        """Read the pair that a DfE "Explore education statistics" file puts on each row.

        Parameters
        ----------
        time_period : str
            ``2025``, ``202425`` or ``2024/25``.
        time_identifier : str
            ``Reporting year``, ``Financial year``, ``Academic year``, ``Calendar year`` or
            ``30 September`` (the workforce file says "Reporting year" for it; the
            catalogue's table overrides the identifier).

        Raises
        ------
        PeriodError
            An identifier or a code that is not known.
        """
        kind = _EES_KINDS.get(time_identifier.strip().casefold())
        text = time_period.strip()
        if kind is None:
            raise PeriodError(
                f"time_identifier “{time_identifier}” is not known.",
                f"Known: {', '.join(sorted(_EES_KINDS))}.",
            )
        if _EES_YEAR.fullmatch(text):
            # A single year names the end of a reporting year and of an academic year.
            year = int(text) - (1 if kind in ("reporting", "academic") else 0)
            return cls(kind, year)
        if (match := _EES_SPAN.fullmatch(text)) and kind in ("reporting", "academic"):
            return cls(kind, _start_year(match[1], match[2], text))
        raise PeriodError(f"time_period “{time_period}” does not fit “{time_identifier}”.")

    @classmethod
    def containing(cls, day: dt.date, kind: Kind = "quarter") -> Period:
        """Return the period of a kind in which a day falls."""
        start = day.year - (day.month < 4)
        if kind == "quarter":
            return cls(kind, start, (day.month - 4) % 12 // 3 + 1)
        first_month = {"reporting": 4, "academic": 9, "calendar": 1, "september": 10}[kind]
        year = day.year - (day.month < first_month)
        return cls(kind, year + (kind == "september"))

    # Telling ------------------------------------------------------------------------------

    @property
    def id(self) -> str:
        """The text that names this period in every table and folder."""
        span = f"{self.year}-{(self.year + 1) % 100:02d}"
        return {
            "quarter": f"{span}-Q{self.quarter}",
            "reporting": span,
            "academic": f"{span}-AY",
            "calendar": f"{self.year}-CY",
            "september": f"{self.year}-SEP",
        }[self.kind]

    def __str__(self) -> str:
        return self.id

    @property
    def start(self) -> dt.date:
        """First day of the period."""
        if self.kind == "quarter":
            month = 3 * self.quarter + 1
            return dt.date(self.year + (month > 12), (month - 1) % 12 + 1, 1)
        return {
            "reporting": dt.date(self.year, 4, 1),
            "academic": dt.date(self.year, 9, 1),
            "calendar": dt.date(self.year, 1, 1),
            "september": dt.date(self.year - 1, 10, 1),
        }[self.kind]

    @property
    def end(self) -> dt.date:
        """Last day of the period: the day of a snapshot."""
        return self.next().start - dt.timedelta(days=1)

    @property
    def label(self) -> str:
        """The period in words, for a heading: "October to December 2025 (Q3 2025-26)"."""
        span = f"{self.year}-{(self.year + 1) % 100:02d}"
        if self.kind == "quarter":
            year = self.year + (self.quarter == 4)
            return f"{_MONTHS[self.quarter - 1]} {year} (Q{self.quarter} {span})"
        return {
            "reporting": f"year to 31 March {self.year + 1}",
            "academic": f"academic year {self.year}/{(self.year + 1) % 100:02d}",
            "calendar": f"calendar year {self.year}",
            "september": f"year to 30 September {self.year}",
        }[self.kind]

    @property
    def snapshot_label(self) -> str:
        """The day of a snapshot in words: "31 December 2025"."""
        return f"{self.end.day} {self.end:%B %Y}"

    # Arithmetic ---------------------------------------------------------------------------

    @property
    def ordinal(self) -> int:
        """Position among all periods of this kind; neighbours differ by one."""
        return self.year * 4 + self.quarter - 1 if self.kind == "quarter" else self.year

    def shift(self, steps: int) -> Period:
        """Return the period ``steps`` later (earlier where negative)."""
        if self.kind != "quarter":
            return Period(self.kind, self.year + steps)
        year, quarter = divmod(self.ordinal + steps, 4)
        return Period(self.kind, year, quarter + 1)

    def next(self) -> Period:
        """Return the period that follows."""
        return self.shift(1)

    def previous(self) -> Period:
        """Return the period before."""
        return self.shift(-1)

    def year_ago(self) -> Period:
        """Return the same period a year earlier."""
        return self.shift(-4 if self.kind == "quarter" else -1)

    def reporting_year(self) -> Period:
        """Return the reporting year in which this quarter lies (or this reporting year)."""
        if self.kind not in ("quarter", "reporting"):
            raise PeriodError(f"{self.id} does not lie within one reporting year.")
        return Period("reporting", self.year)

    def to(self, last: Period) -> list[Period]:
        """Return every period from this one to ``last``, both included."""
        if last.kind != self.kind:
            raise PeriodError(f"{self.id} and {last.id} are periods of different kinds.")
        return [self.shift(step) for step in range(last.ordinal - self.ordinal + 1)]


_EES_KINDS: dict[str, Kind] = {
    "reporting year": "reporting",
    "financial year": "reporting",
    "academic year": "academic",
    "calendar year": "calendar",
    "30 september": "september",
}


def _start_year(first: str, second: str, text: str) -> int:
    """Return the first year of a span, refusing spans such as 2024-26."""
    if (int(first) + 1) % 100 != int(second):
        raise PeriodError(
            f"“{text}” is no period: {second} does not follow {first}.",
            f"Write {first}-{(int(first) + 1) % 100:02d}.",
        )
    return int(first)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Period:
    stripped = text.strip()
    if match := _QUARTER.fullmatch(stripped):
        return Period("quarter", _start_year(match[1], match[2], text), int(match[3]))
    if match := _ACADEMIC.fullmatch(stripped):
        return Period("academic", _start_year(match[1], match[2], text))
    if match := _REPORTING.fullmatch(stripped):
        return Period("reporting", _start_year(match[1], match[2], text))
    if match := _CALENDAR.fullmatch(stripped):
        return Period("calendar", int(match[1]))
    if match := _SEPTEMBER.fullmatch(stripped):
        return Period("september", int(match[1]))
    raise PeriodError(
        f"“{text}” is no period.",
        "Write a quarter as 2025-26-Q3, a reporting year as 2024-25, an academic year as "
        "2024-25-AY, a calendar year as 2024-CY, a year to 30 September as 2025-SEP.",
    )
