"""The census as arrays: people, episodes, assessments, plans and pre-proceedings, each row once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from slinb.records.cin_census import CensusTable, load_cin_specification
from slinb.records.cin_link import (
    Index,
    Mask,
    Origin,
    Part,
    Settled,
    link_by_date,
    link_rows,
    note_rows,
    settle,
    trace,
)
from slinb.records.cin_reach import Reach, find_reach
from slinb.records.cin_values import Cells, read_flags
from slinb.records.codes import load_codes
from slinb.records.dates import NO_DAY, Days
from slinb.records.identity import number_children
from slinb.records.neglect_words import CATEGORIES
from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import SourceTable
from slinb.records.tally import Row

#: Tables that counts or checks rest on.
_USED = frozenset(
    [
        "header",
        "identifiers",
        "characteristics",
        "episodes",
        "assessments",
        "factors",
        "protection_plans",
        "pre_proceedings",
    ]
)


@dataclass(frozen=True)
class People:
    """One entry a child, by its number.

    Parameters
    ----------
    birth : array of datetime64[D]
    expected : array of bool
        Whether only an expected date of birth is given: unborn, as far as the census knows.
    twice : array of bool
        Whether it stands twice in one file.
    """

    birth: Days
    expected: Mask
    twice: Mask


@dataclass(frozen=True)
class Episodes:
    """Episodes of need, by child and start.

    ``end`` is when the episode is taken to have ended, ``stated`` what the files say of it;
    ``nfa`` marks referrals with no further action, ``early_help`` those that early help made.
    """

    child: Index
    start: Days
    end: Days
    stated: Days
    need: Index
    reason: Index
    early_help: Mask
    nfa: Mask
    origin: Origin

    def __len__(self) -> int:
        return len(self.child)


@dataclass(frozen=True)
class Assessments:
    """Assessments, by child and start; ``flags`` says which factors were found (cin_values)."""

    child: Index
    episode: Index
    start: Days
    authorised: Days
    flags: npt.NDArray[np.int64]
    origin: Origin


@dataclass(frozen=True)
class Plans:
    """Child protection plans, by child and start; shared by both sources.

    Parameters
    ----------
    child, start, end : array
    initial, latest : array of int
        Positions in CATEGORIES, -1 where not known.
    previous : array of float
        Number of previous plans as stated; missing where it is not.
    episode : array of int
        Episode that the plan is part of, -1 where none is known.
    origin : Origin
    """

    child: Index
    start: Days
    end: Days
    initial: Index
    latest: Index
    previous: npt.NDArray[np.float64]
    episode: Index
    origin: Origin

    def __len__(self) -> int:
        return len(self.child)

    def open_on(self, day: np.datetime64) -> Mask:
        """Return which plans are open at the end of a day."""
        return np.asarray((self.start <= day) & (np.isnat(self.end) | (self.end > day)))


@dataclass(frozen=True)
class Proceedings:
    """Pre-proceedings, by child and start; ``letter`` is the day the letter was sent."""

    child: Index
    start: Days
    letter: Days


@dataclass
class Census:
    """A census, read; in memory only, never written."""

    people: People
    episodes: Episodes
    assessments: Assessments
    plans: Plans
    proceedings: Proceedings
    reach: Reach
    parts: list[Part]
    found: dict[str, tuple[int, int]] = field(default_factory=dict)
    account: list[Row] = field(default_factory=list)

    def knows(self, table: str, *columns: str) -> bool:
        """Whether a table is there, and in every file of it each of some columns."""
        held = [part.held.table for part in self.parts if part.name == table]
        return bool(held) and all(set(columns) <= set(own.cells) for own in held)

    def first_of(self, table: str) -> np.datetime64:
        """Return the day from which the files hold a table that older years do not have."""
        own = {self.reach.years.get(p.held.group, 0) for p in self.parts if p.name == table}
        first = max(own, default=0)
        while first - 1 in own:
            first -= 1
        return max(self.reach.first, np.datetime64(f"{max(first, 1) - 1:04d}-04-01", "D"))


@dataclass
class _Builder:
    parts: list[Part]
    reach: Reach
    cells: Cells
    log: ProblemLog
    day: np.datetime64
    unusable: dict[int, int] = field(default_factory=dict)
    repeated: dict[int, int] = field(default_factory=dict)
    backward: dict[str, tuple[int, int]] = field(default_factory=dict)

    def find(self, name: str) -> list[int]:
        return [i for i, part in enumerate(self.parts) if part.name == name]

    def years(self, chosen: Sequence[int]) -> Index:
        found = [
            np.full(len(self.parts[i]), self.reach.years.get(self.parts[i].held.group, 0))
            for i in chosen
        ]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def children(self, chosen: Sequence[int]) -> Index:
        found = [self.parts[i].child for i in chosen]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)

    def sift(
        self, chosen: Sequence[int], child: Index, start: Days, end: Days, columns: tuple[str, str]
    ) -> tuple[Settled, Origin]:
        """Leave out what cannot be used, settle what is said twice, and say both."""
        origin = trace(self.parts, chosen)
        undated, backward = np.isnat(start), end < start
        late = start > self.day
        named = child >= 0
        begin = columns[0]
        dated = named & ~undated & ~np.isnat(end)
        self.backward[begin] = int((backward & named).sum()), int(dated.sum())
        for rule, mask, found in (
            ("no start", undated & named, "No start that is a date."),
            ("end before start", backward & named, "Ends before it starts."),
            ("after the quarter", late & named & ~backward, "Starts after the quarter."),
        ):
            said = (found, "Left out.")
            note_rows(self.log, self.parts, origin, mask, rule, said, begin)
        usable = named & ~undated & ~backward & ~late
        years = self.years(chosen)
        settled = settle(child, start, end, years, usable)
        lost = usable.copy()
        lost[settled.keep] = False
        # A year's file says again what another year's said; within one file that is odd.
        winner = settled.keep[settled.place[lost]] if lost.any() else np.zeros(0, dtype=np.int64)
        same = np.zeros(len(lost), dtype=bool)
        same[lost] = origin.part[winner] == origin.part[lost]
        said = ("Rows with one child and one start.", "Counted once: the last closed one stands.")
        note_rows(self.log, self.parts, origin, same, "repeated row", said, begin)
        for i in chosen:
            own = origin.part == i
            self.unusable[i] = int((own & ~usable).sum())
            self.repeated[i] = int((own & lost).sum())
        return settled, origin

    def end_vanished(self, chosen: Sequence[int], settled: Settled, end: Days) -> Days:
        """End what was open in one year's file and is not in any later year's."""
        years = self.years(chosen)[settled.keep]
        newest = max(self.reach.years.values(), default=0)
        kept = end[settled.keep].copy()
        gone = np.isnat(kept) & (years < newest) & (years > 0)
        closing = np.array([f"{year}-03-31" for year in years[gone]], dtype="datetime64[D]")
        kept[gone] = closing
        if gone.any():
            self.log.note(
                "vanished episode",
                "Open in one year's census and in no later one.",
                "Ended on the 31 March that closes the year of the file, for no known reason.",
                n=int(gone.sum()),
            )
        return kept


def build_census(
    tables: Sequence[CensusTable], day: np.datetime64, today: np.datetime64, log: ProblemLog
) -> Census:
    """Read the tables into arrays.

    Parameters
    ----------
    tables : sequence of CensusTable
        As :func:`slinb.records.cin_census.read_cin` gives them.
    day : datetime64[D]
        Last day of the quarter: what starts after it is left out, what ends after it is open.
    today : datetime64[D]
        Dates after it are noted as still to come.
    log : ProblemLog
        Takes what was found and what was done.
    """
    numbers, n = number_children(
        [held.table for held in tables if held.table.name != "header"], log, "LAchildID"
    )
    given = iter(numbers)
    nobody = np.full(1, -1, dtype=np.int64)
    parts = [
        Part(held, np.resize(nobody, len(held.table.rows)))
        if held.table.name == "header"
        else Part(held, next(given).astype(np.int64))
        for held in tables
    ]
    reach = find_reach(parts, log, today)
    years = {id(p.held.table): reach.years.get(p.held.group, 0) for p in parts}
    cells = Cells(log, today, years)
    make = _Builder(parts, reach, cells, log, day)
    people = _build_people(make, n)
    episodes, place = _build_episodes(make)
    assessments = _build_assessments(make, episodes, place)
    plans = _build_plans(make, episodes, place)
    proceedings = _build_proceedings(make)
    _check_others(make)
    census = Census(
        people,
        episodes,
        assessments,
        plans,
        proceedings,
        reach,
        parts,
    )
    census.found["date that is none"] = (cells.unread, cells.dates)
    census.found["closed before referral"] = make.backward["CINreferralDate"]
    census.found["plan ends before start"] = make.backward["CPPstartDate"]
    census.account = [_account(make, i) for i in range(len(parts))]
    return census


def _build_people(make: _Builder, n: int) -> People:
    birth, due = np.full(n, NO_DAY), np.full(n, NO_DAY)
    twice = np.zeros(n, dtype=bool)
    order = sorted(
        make.find("identifiers"),
        key=lambda i: make.reach.years.get(make.parts[i].held.group, 0),
    )
    differing = 0
    for i in order:
        table, child = make.parts[i].held.table, make.parts[i].child
        named = child >= 0
        own, n_own = np.unique(child[named], return_counts=True)
        twice[own[n_own > 1]] = True
        make.unusable[i] = int((~named).sum())
        for target, column in ((birth, "PersonBirthDate"), (due, "ExpectedPersonBirthDate")):
            days = make.cells.days(table, column)
            good = named & ~np.isnat(days)
            before = target[child[good]]
            differing += int((~np.isnat(before) & (before != days[good])).sum())
            target[child[good]] = days[good]
        make.cells.codes(table, "Sex")
        make.cells.days(table, "PersonDeathDate")
    for i in make.find("characteristics"):
        make.cells.codes(make.parts[i].held.table, "Ethnicity")
        make.unusable[i] = int((make.parts[i].child < 0).sum())
    if differing:
        make.log.note(
            "two birth dates",
            "Children with different dates of birth in different places.",
            "A later file's was taken before an earlier one's.",
            n=differing,
        )
    return People(birth, np.isnat(birth) & ~np.isnat(due), twice)


def _build_episodes(make: _Builder) -> tuple[Episodes, Index]:
    chosen = make.find("episodes")
    read = make.cells.join(make.parts, chosen)
    child = make.children(chosen)
    start, end = read.days("CINreferralDate"), read.days("CINclosureDate")
    settled, origin = make.sift(chosen, child, start, end, ("CINreferralDate", "CINclosureDate"))
    keep = settled.keep
    codes = load_codes("cin")
    source = codes["ReferralSource"].mark("early help")[read.codes("ReferralSource")]
    nfa = codes["YesNo"].mark("yes")[read.codes("ReferralNFA")]
    read.days("DateOfInitialCPC")
    episodes = Episodes(
        child[keep],
        start[keep],
        make.end_vanished(chosen, settled, end),
        end[keep],
        read.codes("PrimaryNeedCode")[keep],
        read.codes("ReasonForClosure")[keep],
        source[keep],
        nfa[keep],
        origin.take(keep),
    )
    return episodes, settled.place


def _link_episode(
    make: _Builder, chosen: Sequence[int], child: Index, day: Days, episodes: Episodes, place: Index
) -> Index:
    """Return the episode of each row: by its number where it has one, else by its day."""
    by_number = link_rows(make.parts, chosen, make.find("episodes"), ["CINdetailsID"])
    linked = np.where(by_number >= 0, np.append(place, -1)[by_number], -1)
    by_day = link_by_date(child, day, episodes.child, episodes.start, episodes.end)
    return np.where(linked >= 0, linked, by_day)


def _build_assessments(make: _Builder, episodes: Episodes, place: Index) -> Assessments:
    chosen = make.find("assessments")
    read = make.cells.join(make.parts, chosen)
    child = make.children(chosen)
    start = read.days("AssessmentActualStartDate")
    authorised = read.days("AssessmentAuthorisationDate")
    read.days("AssessmentInternalReviewDate")
    flags = _gather_flags(make, chosen)
    # An assessment authorised before it started is checked (N15), not left out.
    never = np.full(len(start), NO_DAY)
    columns = ("AssessmentActualStartDate", "")
    settled, origin = make.sift(chosen, child, start, never, columns)
    # One row a factor, as older tools flatten: all factors of one assessment are joined.
    joined = np.zeros(len(settled.keep), dtype=np.int64)
    good = settled.place >= 0
    np.bitwise_or.at(joined, settled.place[good], flags[good])
    keep = settled.keep
    linked = _link_episode(make, chosen, child, start, episodes, place)
    return Assessments(
        child[keep], linked[keep], start[keep], authorised[keep], joined, origin.take(keep)
    )


def _gather_flags(make: _Builder, chosen: Sequence[int]) -> npt.NDArray[np.int64]:
    """Return the factors of every row of assessments, from its own cell and the factors' table."""
    parts = make.parts
    own = [read_flags(parts[i].held.table, "AssessmentFactors", make.log) for i in chosen]
    flags = np.concatenate(own) if own else np.zeros(0, dtype=np.int64)
    listed = make.find("factors")
    if not listed:
        return flags
    found = [read_flags(parts[i].held.table, "AssessmentFactor", make.log) for i in listed]
    linked = link_rows(parts, listed, chosen, ["CINdetailsID", "AssessmentID"])
    together = np.concatenate(found)
    np.bitwise_or.at(flags, linked[linked >= 0], together[linked >= 0])
    origin = trace(parts, listed)
    said = ("Factors of no assessment that is in the files.", "Left out.")
    note_rows(make.log, parts, origin, linked < 0, "factor without assessment", said)
    for i in listed:
        make.unusable[i] = int(((origin.part == i) & (linked < 0)).sum())
    return flags


def _build_plans(make: _Builder, episodes: Episodes, place: Index) -> Plans:
    chosen = make.find("protection_plans")
    read = make.cells.join(make.parts, chosen)
    child = make.children(chosen)
    start, end = read.days("CPPstartDate"), read.days("CPPendDate")
    settled, origin = make.sift(chosen, child, start, end, ("CPPstartDate", "CPPendDate"))
    groups = [code.group for code in load_codes("cin")["Abuse"].codes]
    position = np.array([CATEGORIES.index(group) for group in groups] + [-1], dtype=np.int64)
    keep = settled.keep
    linked = _link_episode(make, chosen, child, start, episodes, place)
    return Plans(
        child[keep],
        start[keep],
        make.end_vanished(chosen, settled, end),
        position[read.codes("InitialCategoryOfAbuse")][keep],
        position[read.codes("LatestCategoryOfAbuse")][keep],
        read.whole("NumberOfPreviousCPP")[keep],
        linked[keep],
        origin.take(keep),
    )


def _build_proceedings(make: _Builder) -> Proceedings:
    chosen = make.find("pre_proceedings")
    read = make.cells.join(make.parts, chosen)
    child = make.children(chosen)
    start, letter = read.days("PPStartDate"), read.days("LBPSentDate")
    never = np.full(len(start), NO_DAY)
    settled, _ = make.sift(chosen, child, start, never, ("PPStartDate", ""))
    return Proceedings(child[settled.keep], start[settled.keep], letter[settled.keep])


def _check_others(make: _Builder) -> None:
    """Check the tables that no count rests on."""
    for i, part in enumerate(make.parts):
        if part.name in _USED:
            continue
        for rule in load_cin_specification()[part.name].columns:
            if rule.kind == "day" and rule.name in part.held.table.cells:
                make.cells.days(part.held.table, rule.name)
            elif rule.kind == "code" and rule.name in part.held.table.cells:
                make.cells.codes(part.held.table, rule.name)
        make.unusable[i] = 0


def account_unread(table: SourceTable) -> Row:
    """Return the ACCOUNT row of a table of which nothing is used."""
    return {
        "file": table.file,
        "sheet": table.sheet,
        "table": table.name,
        "blank": table.blank,
        "rows_in": len(table.rows) + table.blank,
        "unread": len(table.rows),
    }


def _account(make: _Builder, i: int) -> Row:
    part = make.parts[i]
    row = account_unread(part.held.table)
    if part.name not in _USED:
        return row
    unusable, repeated = make.unusable.get(i, 0), make.repeated.get(i, 0)
    return {
        **row,
        "unread": 0,
        "unusable": unusable,
        "repeated": repeated,
        "used": len(part) - unusable - repeated,
    }
