"""How far a census reaches: the year of each of its files, and the days that they hold in full."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slinb.records.cin_link import Part
from slinb.records.codes import FIRST_YEAR, LAST_YEAR
from slinb.records.dates import NO_DAY, Days, read_dates
from slinb.records.grid import split_distinct
from slinb.records.problems import ProblemLog

#: Dates from which the year of tables without a header is told.
_TELLING = {
    "episodes": ("CINreferralDate", "CINclosureDate"),
    "protection_plans": ("CPPstartDate", "CPPendDate"),
    "assessments": ("AssessmentActualStartDate", "AssessmentAuthorisationDate"),
}
#: Share of dates that may lie beyond the year of a file: typing errors.
_STRAY = 0.005
#: How far before the end of the quarter a census may end without a word.
STALE_DAYS = 31


@dataclass(frozen=True)
class Reach:
    """What the files of a census cover.

    Parameters
    ----------
    years : dict of str to int
        Closing year of each group of tables: 2025 is 1 April 2024 to 31 March 2025.
    first, last : datetime64[D]
        The days between which the files hold everything; no day where there is no file.
    """

    years: dict[str, int]
    first: np.datetime64
    last: np.datetime64

    def is_stale(self, day: np.datetime64) -> bool:
        """Whether the files end more than a month before a day."""
        return bool(np.isnat(self.last) or self.last < day - np.timedelta64(STALE_DAYS, "D"))


def find_year(day: np.datetime64) -> int:
    """Return the year in which the reporting year of a day closes.

    Examples
    --------
    >>> find_year(np.datetime64("2025-03-31")), find_year(np.datetime64("2025-04-01"))
    (2025, 2026)
    """
    year, month = (int(part) for part in str(day.astype("datetime64[M]")).split("-"))
    return year + (month > 3)


def find_reach(parts: Sequence[Part], log: ProblemLog, today: np.datetime64) -> Reach:
    """Find the year of each group of tables and the days that all of them hold in full."""
    groups = dict.fromkeys(part.held.group for part in parts)
    years: dict[str, int] = {}
    ends = []
    for group in groups:
        own = [part for part in parts if part.held.group == group]
        latest = _find_latest(own, today)
        reference = _read_reference(own, log)
        closing = reference if not np.isnat(reference) else latest
        if np.isnat(closing):
            continue
        years[group] = find_year(closing)
        # A reference date still to come says nothing of how far an export in the year reaches.
        ends.append(reference if reference <= today else latest)
    if not years:
        return Reach({}, NO_DAY, NO_DAY)
    first = last = max(years.values())
    while first - 1 in years.values():
        first -= 1
    newest = [end for end, year in zip(ends, years.values(), strict=True) if year == last]
    known = [end for end in newest if not np.isnat(end)]
    return Reach(years, np.datetime64(f"{first - 1}-04-01", "D"), max(known, default=NO_DAY))


def _find_latest(parts: Sequence[Part], today: np.datetime64) -> np.datetime64:
    days: list[Days] = []
    for part in parts:
        for column in _TELLING.get(part.name, ()):
            days.append(read_dates(part.held.table.column(column)).days)  # noqa: PERF401
    together = np.concatenate(days) if days else np.array([], dtype="datetime64[D]")
    together = np.sort(together[~np.isnat(together) & (together <= today)])
    if not len(together):
        return NO_DAY
    return np.datetime64(together[int((len(together) - 1) * (1 - _STRAY))], "D")


def _read_reference(parts: Sequence[Part], log: ProblemLog) -> np.datetime64:
    """Return the reference date of the header, noting a year that does not agree with it."""
    for part in parts:
        table = part.held.table
        if part.name != "header" or not len(table.rows):
            continue
        days = read_dates(table.column("ReferenceDate")).days
        given = [re.search(r"\d{4}", str(v)) for v in split_distinct(table.column("Year"))[1]]
        stated = [int(match[0]) for match in given if match]
        reference = days[~np.isnat(days)]
        if not len(reference):
            return np.datetime64(f"{stated[0]}-03-31", "D") if stated else NO_DAY
        year = find_year(reference[0])
        if stated and stated[0] != year:
            log.note(
                "year and reference date differ",
                f"The header says year {stated[0]}; its reference date is of the {year} census.",
                "The reference date was taken.",
                file=table.file,
                n=1,
            )
        if not FIRST_YEAR <= year <= LAST_YEAR:
            log.note(
                "unknown census year",
                f"A census of {year}; the codes known are those of {FIRST_YEAR} to {LAST_YEAR}.",
                "Read by those of the nearest known year.",
                file=table.file,
                n=1,
            )
        return np.datetime64(reference[0], "D")
    return NO_DAY
