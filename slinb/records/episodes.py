"""The episodes of an SSDA903 set as arrays: read, ordered by file, each said once.

Stated rules (docs/records.md):

1. A row without a child, without a start that exists, that ends before it starts, or that starts
   after the last day of the count is left out.
2. Rows equal in everything are one row.
3. Year files repeat each other: of the rows with one child and one start, the file of the later
   reporting year has the last word. Within one file a closed episode comes before an open one,
   and the lower row before the upper. An episode of no length stands beside the one that
   follows it on the same day.
4. An episode that is open in one year's file must come again in the next year's. Where it does
   not, and the later file has another episode of the child from before that 1 April, the later
   file's word counts and the older episode is left out. Where the later file has none, the older
   episode ends, for a reason not known, on the 31 March that closes its year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.children import Part
from slinb.records.codes import Index
from slinb.records.dates import NO_DAY, Days
from slinb.records.distance import Postcodes, measure_miles
from slinb.records.grid import split_distinct
from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import SourceTable
from slinb.records.typed import join_columns, read_codes, read_days

Numbers = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
CODED = ("RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "REC")
_COMPARED = ("HOME_POST", "PL_POST", "URN")
#: Share of the dates of a file that may lie beyond its year without moving it (typing errors).
_STRAY_DATES = 0.005
_ENDINGS_SHARE = 0.25


@dataclass(frozen=True)
class Episodes:
    """Episodes by column, one entry an episode.

    Parameters
    ----------
    child : array of int32
        Number of the child.
    start, end : array of datetime64[D]
        DECOM and DEC; ``end`` is NaT for an open episode.
    reason, legal, need, place, provider, ceased : array of int16
        Positions in the code lists RNE, LS, CIN, PLACE, PROVIDER and REC; -1 blank or unknown.
    home, placed, urn : array of int32
        Numbers of the texts of HOME_POST, PL_POST and URN, only to be compared; -1 blank.
    miles : array of float64
        PL_DISTANCE, or worked out from the postcodes; missing where neither is known.
    outside : array of int8
        PL_LOCATION: 1 outside the authority, 0 inside, -1 not given.
    unmapped : array of bool
        Whether a legal status stands in the row that is no code.
    file : array of int16
        Number of the file in :attr:`Source.files`.
    row : array of int64
        Row number in the file.
    """

    child: Numbers
    start: Days
    end: Days
    reason: Index
    legal: Index
    need: Index
    place: Index
    provider: Index
    ceased: Index
    home: Numbers
    placed: Numbers
    urn: Numbers
    miles: npt.NDArray[np.float64]
    outside: npt.NDArray[np.int8]
    unmapped: Mask
    file: npt.NDArray[np.int16]
    row: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.child)

    def take(self, at: Any) -> Episodes:
        """Return the episodes at positions, or where a mask is true."""
        return Episodes(*(getattr(self, f.name)[at] for f in fields(self)))


@dataclass(frozen=True)
class Source:
    """The files behind the episodes, and what they cover.

    Parameters
    ----------
    files : tuple of str
        Names of the files of episodes.
    years : tuple of int
        Reporting year (its closing 31 March) that each file was made for.
    columns : frozenset of str
        Columns that every file has: what rests on another one cannot be counted.
    covers_from : datetime64[D]
        First day from which the files hold every period of care, ended ones too.
    covers_to : datetime64[D]
        Last day on which the files know of a start or an end.
    changed_status : int
        Episodes whose legal status one year's file states otherwise than the next (503B).
    restated : int
        Episodes found in more than one year's file.
    """

    files: tuple[str, ...]
    years: tuple[int, ...]
    columns: frozenset[str]
    covers_from: np.datetime64
    covers_to: np.datetime64
    changed_status: int = 0
    restated: int = 0


def build_episodes(
    parts: Sequence[Part],
    log: ProblemLog,
    last_day: np.datetime64,
    today: np.datetime64,
    postcodes: Postcodes | None = None,
) -> tuple[Episodes, Source, list[dict[str, int]]]:
    """Read, order and de-duplicate the episodes of all files.

    Parameters
    ----------
    parts : sequence of (SourceTable, array)
        Every table of episodes with the child of each row.
    log : ProblemLog
        Takes what was found and what was done.
    last_day : datetime64[D]
        Last day of the count: the end of the quarter.
    today : datetime64[D]
        Dates after it are noted as still to come.
    postcodes : Postcodes, optional
        Grid references from which distances are worked out that the files do not give.

    Returns
    -------
    episodes : Episodes
        Sorted by child and start.
    source : Source
    accounts : list of dict
        For each part, how many rows were repeated, unusable and used.
    """
    texts = [_number_texts([table for table, _ in parts], c) for c in _COMPARED]
    read = [
        _read_part(table, child, i, tuple(numbers), log, today, postcodes)
        for i, ((table, child), *numbers) in enumerate(zip(parts, *texts, strict=True))
    ]
    years = [_find_year(e, today) for e in read]
    episodes = _join(read)
    source = _describe(parts, read, years, today)
    accounts = [{"repeated": 0, "unusable": 0, "used": 0} for _ in parts]
    usable = _find_usable(episodes, source, last_day, log)
    _account(accounts, "unusable", episodes.file[~usable])
    episodes = episodes.take(usable)
    keep, source = _say_once(episodes, source, log)
    _account(accounts, "repeated", episodes.file[~keep])
    episodes, overruled = _settle_open(episodes.take(keep), source, log)
    _account(accounts, "repeated", episodes.file[overruled])
    episodes = episodes.take(~overruled)
    _account(accounts, "used", episodes.file)
    order = np.lexsort((_ends_last(episodes), episodes.start, episodes.child))
    return episodes.take(order), source, accounts


def _account(accounts: list[dict[str, int]], what: str, files: npt.NDArray[np.int16]) -> None:
    for file, n in enumerate(np.bincount(files, minlength=len(accounts))):
        accounts[file][what] += int(n)


def _read_part(
    table: SourceTable,
    child: Numbers,
    number: int,
    texts: tuple[Numbers, ...],
    log: ProblemLog,
    today: np.datetime64,
    postcodes: Postcodes | None,
) -> Episodes:
    start, end = (read_days(table, column, log, today) for column in ("DECOM", "DEC"))
    first, last = _reporting_year(start), _reporting_year(np.where(np.isnat(end), today, end))
    reason, legal, need, place, provider, ceased = (
        read_codes(table, column, log, (first, last)) for column in CODED
    )
    home, placed, urn = texts
    if "REASON_PLACE_CHANGE" in table.cells:
        read_codes(table, "REASON_PLACE_CHANGE", log, (first, last))
    status, _ = split_distinct(table.column("LS"))
    return Episodes(
        child=child,
        start=start,
        end=end,
        reason=reason,
        legal=legal,
        need=need,
        place=place,
        provider=provider,
        ceased=ceased,
        home=home,
        placed=placed,
        urn=urn,
        miles=_read_miles(table, postcodes),
        outside=_read_outside(table),
        unmapped=np.asarray((status >= 0) & (legal < 0)),
        file=np.full(len(child), number, dtype=np.int16),
        row=table.rows,
    )


def _number_texts(tables: Sequence[SourceTable], column: str) -> list[Numbers]:
    """Give the texts of a column numbers, equal texts the same in all files; -1 where blank."""
    split = [split_distinct(table.column(column)) for table in tables]
    texts = ["".join(str(v).upper().split()) for _, values in split for v in values]
    places, _ = pd.factorize(pd.Series(texts, dtype="str"))
    numbers, start = [], 0
    for codes, values in split:
        own = np.append(places[start : start + len(values)], -1).astype(np.int32)
        start += len(values)
        numbers.append(own[codes])
    return numbers


def _reporting_year(days: Days) -> npt.NDArray[np.int64]:
    """Return the year in which the reporting year of a day closes; 0 where there is no day."""
    months = days.astype("datetime64[M]").astype(np.int64)
    return np.where(np.isnat(days), 0, (months + 9) // 12 + 1970)


def _read_miles(table: SourceTable, postcodes: Postcodes | None) -> npt.NDArray[np.float64]:
    if "PL_DISTANCE" not in table.cells and postcodes is not None:
        return measure_miles(table.column("HOME_POST"), table.column("PL_POST"), postcodes)
    codes, values = split_distinct(table.column("PL_DISTANCE"))
    read = pd.to_numeric(pd.Series([str(v) for v in values], dtype=object), errors="coerce")
    return np.append(read.to_numpy(dtype=float), np.nan)[codes]


def _read_outside(table: SourceTable) -> npt.NDArray[np.int8]:
    codes, values = split_distinct(table.column("PL_LOCATION"))
    meant = {"IN": 0, "OUT": 1}
    return np.array([meant.get(str(v).upper(), -1) for v in values] + [-1], dtype=np.int8)[codes]


def _find_year(episodes: Episodes, today: np.datetime64) -> int:
    """Return the reporting year that a file was made for: that of its last dates, strays apart."""
    days = np.concatenate([episodes.start, episodes.end])
    days = days[~np.isnat(days) & (days <= today)]
    if not len(days):
        return 0
    at = min(int(len(days) * (1 - _STRAY_DATES)), len(days) - 1)
    return int(_reporting_year(np.sort(days)[at : at + 1])[0])


def _join(read: Sequence[Episodes]) -> Episodes:
    """Join the episodes of all files."""
    return Episodes(*(join_columns([getattr(e, f.name) for e in read]) for f in fields(Episodes)))


def _describe(
    parts: Sequence[Part], read: Sequence[Episodes], years: Sequence[int], today: np.datetime64
) -> Source:
    columns = frozenset.intersection(*(frozenset(map(str, table.cells)) for table, _ in parts))
    days = np.concatenate([d for e in read for d in (e.start, e.end)])
    days = days[~np.isnat(days) & (days <= today)]
    last = days.max() if len(days) else NO_DAY
    return Source(
        files=tuple(table.file for table, _ in parts),
        years=tuple(years),
        columns=columns,
        covers_from=find_coverage(np.concatenate([e.end for e in read]), today),
        covers_to=last,
    )


def find_coverage(ends: Days, today: np.datetime64) -> np.datetime64:
    """Return the 1 April from which the files hold ended care too.

    A yearly file holds every episode that was open at some time in its year, so its endings fall
    in the year; an odd earlier one is a typing error. Going back from the year with most
    endings, a year is covered as long as it has a quarter of those of the median year.
    """
    years = _reporting_year(ends[~np.isnat(ends) & (ends <= today)])
    if not len(years):
        return NO_DAY
    distinct, n = np.unique(years, return_counts=True)
    full = set(distinct[n >= _ENDINGS_SHARE * np.median(n)].tolist())
    first = int(distinct[np.argmax(n)])
    while first - 1 in full:
        first -= 1
    return np.datetime64(f"{first - 1}-04-01", "D")


def _find_usable(
    episodes: Episodes, source: Source, last_day: np.datetime64, log: ProblemLog
) -> Mask:
    backwards = episodes.end < episodes.start
    future = episodes.start > last_day
    faults = (
        ("no start", np.isnat(episodes.start), "Episodes without a start that exists."),
        ("end before start", backwards, "Episodes that end before they start."),
        ("after the quarter", future, "Episodes that start after the last day of the count."),
    )
    usable = episodes.child >= 0
    for rule, fault, found in faults:
        _note_rows(episodes, fault & usable, source, rule, found, "Left out.", log)
        usable &= ~fault
    return usable


def _note_rows(
    episodes: Episodes,
    mask: Mask,
    source: Source,
    rule: str,
    found: str,
    done: str,
    log: ProblemLog,
) -> None:
    """Note marked episodes, one line a file."""
    for number in np.flatnonzero(np.bincount(episodes.file[mask])):
        rows = episodes.row[mask & (episodes.file == number)]
        log.note(rule, found, done, file=source.files[number], rows=rows)


def _ends_last(episodes: Episodes) -> npt.NDArray[np.int64]:
    """Return the ends as numbers, an open end after every other."""
    open_end = np.isnat(episodes.end)
    return np.where(open_end, np.iinfo(np.int64).max, episodes.end.astype(np.int64))


def _say_once(episodes: Episodes, source: Source, log: ProblemLog) -> tuple[Mask, Source]:
    """Choose one row for each child and start (rules 2 and 3)."""
    keep = np.ones(len(episodes), dtype=bool)
    key = episodes.child.astype(np.int64) * 200_000 + episodes.start.astype(np.int64) * 2
    key += episodes.end == episodes.start  # an episode of no length stands beside the next one
    order = np.argsort(key, kind="stable")
    same = np.flatnonzero(key[order][1:] == key[order][:-1])
    if not len(same):
        return keep, source
    at = order[np.union1d(same, same + 1)]
    rivals = episodes.take(at)
    year = np.array(source.years)[rivals.file]
    by_word = np.lexsort((rivals.row, rivals.file, ~np.isnat(rivals.end), year, key[at]))
    at, rivals, year = at[by_word], rivals.take(by_word), year[by_word]
    last = np.append(key[at][1:] != key[at][:-1], True)
    keep[at[~last]] = False
    winner = np.flatnonzero(last)[np.searchsorted(np.flatnonzero(last), np.arange(len(at)))]
    later = year < year[winner]
    differs = _differ(rivals, winner)
    _note_rows(
        rivals,
        ~last & ~later & ~differs,
        source,
        "repeated row",
        "Episodes that stand twice, equal in everything.",
        "Counted once.",
        log,
    )
    _note_rows(
        rivals,
        ~last & ~later & differs,
        source,
        "two episodes of one start",
        "Episodes of one child with the same start that differ.",
        "The closed one was taken, or else the lower row.",
        log,
    )
    known = (rivals.legal >= 0) & (rivals.legal[winner] >= 0)
    status = ~last & later & known & (rivals.legal != rivals.legal[winner])
    _note_rows(
        rivals,
        status,
        source,
        "503B",
        "Episodes whose legal status a later year's file states otherwise.",
        "The later file's was taken.",
        log,
    )
    restated = int((~last & later).sum())
    return keep, replace(source, changed_status=int(status.sum()), restated=restated)


def _differ(rivals: Episodes, winner: npt.NDArray[np.int64]) -> Mask:
    """Return where a row says anything else than the row that was taken instead of it."""
    said = ("reason", "legal", "need", "place", "provider", "ceased")
    differs = _ends_last(rivals) != _ends_last(rivals.take(winner))
    for name in said:
        values = getattr(rivals, name)
        differs |= values != values[winner]
    return np.asarray(differs)


def _settle_open(episodes: Episodes, source: Source, log: ProblemLog) -> tuple[Episodes, Mask]:
    """Settle what is open in one year's file and not said again in a later one (rule 4)."""
    years = np.array(source.years)[episodes.file]
    overruled = np.zeros(len(episodes), dtype=bool)
    vanished = np.zeros(len(episodes), dtype=bool)
    closing = np.array([f"{year or 1970}-03-31" for year in source.years], dtype="datetime64[D]")
    for year in sorted(set(source.years))[:-1]:
        at = np.isnat(episodes.end) & (years == year)
        later = years > year
        first = np.full(int(episodes.child.max(initial=0)) + 1, np.datetime64("9999-12-31", "D"))
        np.minimum.at(first, episodes.child[later], episodes.start[later])
        known_later = first[episodes.child] <= np.datetime64(f"{year or 1970}-03-31", "D")
        overruled |= at & known_later
        vanished |= at & ~known_later
    _note_rows(
        episodes,
        overruled,
        source,
        "overruled episode",
        "Open episodes that the next year's file replaces by another of the same child.",
        "The later file's was taken.",
        log,
    )
    _note_rows(
        episodes,
        vanished,
        source,
        "vanished episode",
        "Episodes open at the end of a year that the next year's file does not have.",
        "Ended on 31 March of their own year, for a reason not known.",
        log,
    )
    end = np.where(vanished, np.maximum(closing[episodes.file], episodes.start), episodes.end)
    ceased = np.where(vanished, np.int16(-1), episodes.ceased).astype(np.int16)
    return replace(episodes, end=end, ceased=ceased), overruled
