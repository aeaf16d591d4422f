"""The stated rules and the measures, worked out child by child and day by day.

Written from docs/records.md and field.md §6.1, not from the package: nothing of slinb is used
but periods. Slow, and meant to be.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

from slinb.catalogue.periods import Period

ORDERS = {"C1", "C2", "D1", "E1"}
EXITS = {
    "E11", "E12", "E2", "E3", "E4A", "E4B", "E13", "E41", "E43", "E44", "E45", "E46", "E47", "E48",
    "E5", "E6", "E7", "E8", "E9", "E14", "E15", "E16", "E17",
}  # fmt: skip
STATUSES = ORDERS | {"V2", "V3", "V4", "L1", "L2", "L3", "J1", "J2", "J3"}
AGES = ((0, "under 1"), (1, "1 to 4"), (5, "5 to 9"), (10, "10 to 15"), (16, "16 and 17"))
BANDS = (
    (0, "up to 3 months"),
    (3, "over 3 to 6 months"),
    (6, "over 6 to 12 months"),
    (12, "over 12 to 24 months"),
    (24, "over 24 months"),
)
ONE_DAY = dt.timedelta(days=1)


@dataclass
class Row:
    """One row of a file of episodes, or a piece of one after overlaps are resolved."""

    year: int
    number: int
    start: dt.date
    end: dt.date | None
    rne: str
    ls: str
    cin: str
    place: str
    provider: str
    rec: str
    cut: bool = False
    resumed: bool = False


@dataclass
class CarePeriod:
    """A period of care: its pieces, and whether its start is known."""

    rows: list[Row]
    known: bool
    start: dt.date = field(init=False)
    end: dt.date | None = field(init=False)

    def __post_init__(self) -> None:
        self.start, self.end = self.rows[0].start, self.rows[-1].end

    def spells(self) -> list[list[Row]]:
        spells: list[list[Row]] = []
        for row in self.rows:
            if spells and spells[-1][-1].ls == row.ls:
                spells[-1].append(row)
            else:
                spells.append([row])
        return spells


@dataclass
class Child:
    """One child: its birthday, UASC status, periods of care and reviews."""

    birth: dt.date | None = None
    uasc: bool = False
    uasc_end: dt.date | None = None
    periods: list[CarePeriod] = field(default_factory=list)
    breaks: list[Row] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    reviews: set[dt.date] = field(default_factory=set)

    def is_uasc(self, day: dt.date) -> bool:
        return self.uasc and (self.uasc_end is None or self.uasc_end > day)

    def turns(self, years: int) -> dt.date | None:
        if self.birth is None:
            return None
        try:
            return self.birth.replace(year=self.birth.year + years)
        except ValueError:
            return dt.date(self.birth.year + years, 3, 1)

    def age(self, day: dt.date) -> int | None:
        if self.birth is None or day < self.birth:
            return None
        return max(n for n in range(120) if self.turns(n) <= day)

    def is_adult(self, day: dt.date) -> bool:
        return self.birth is not None and self.turns(18) <= day


# Reading ------------------------------------------------------------------------------------


def read_date(text: str) -> dt.date | None:
    for pattern in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return dt.datetime.strptime(text.strip(), pattern).date()
        except ValueError:
            continue
    return None


def read_table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        lines = list(csv.reader(handle))
    headers = [h.upper() for h in lines[0]]
    cut = [line[: len(headers)] for line in lines[1:]]
    return [dict(zip(headers, line, strict=False)) for line in cut if any(c.strip() for c in line)]


def read_children(folder: Path, last: dt.date) -> dict[str, Child]:
    """Read the sample set of one authority: a folder for each year."""
    children: dict[str, Child] = defaultdict(Child)
    held: dict[str, list[Row]] = defaultdict(list)
    years = sorted(int(p.name) for p in folder.iterdir())
    for year in years:
        for line in read_table(folder / str(year) / "header.csv"):
            if birth := read_date(line["DOB"]):
                children[line["CHILD"]].birth = birth
        for line in read_table(folder / str(year) / "uasc.csv"):
            child = children[line["CHILD"]]
            child.uasc, child.uasc_end = True, read_date(line["DUC"]) or child.uasc_end
        for line in read_table(folder / str(year) / "reviews.csv"):
            children[line["CHILD"]].reviews.add(read_date(line["REVIEW"]))
        for number, line in enumerate(read_table(folder / str(year) / "episodes.csv")):
            if (row := read_row(line, year, number)) and row.start <= last:
                held[line["CHILD"]].append(row)
    for name, rows in held.items():
        stitch(children[name], rows, years[-1], last)
    return {name: child for name, child in children.items() if name in held}


def read_row(line: dict[str, str], year: int, number: int) -> Row | None:
    start, end = read_date(line["DECOM"]), read_date(line["DEC"])
    if start is None or (end is not None and end < start):
        return None
    code = {k: line[k].strip().upper() for k in ("RNE", "LS", "CIN", "PLACE", "REC")}
    status = code["LS"] if code["LS"] in STATUSES else ""
    return Row(
        year, number, start, end, code["RNE"], status, code["CIN"], code["PLACE"],
        line["PLACE_PROVIDER"], code["REC"],
    )  # fmt: skip


# The stated rules ---------------------------------------------------------------------------


def stitch(child: Child, rows: list[Row], latest: int, last: dt.date) -> None:
    rows = choose_rows(rows, latest)
    as_sent = sorted(rows, key=lambda r: (r.start, r.end or dt.date.max))
    child.rows = [replace(row) for row in as_sent]
    child.breaks = [r for r in child.rows if r.ls in ("V3", "V4")]
    care = [r for r in as_sent if r.ls not in ("V3", "V4")]
    for row in care:
        if row.end is None or row.end > last:
            row.end, row.rec = None, ""
    child.periods = join_periods(resolve_by_day(care, last))


def choose_rows(rows: list[Row], latest: int) -> list[Row]:
    """Rules 2 to 4."""
    groups: dict[tuple[dt.date, bool], list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.start, row.end == row.start].append(row)
    chosen = [max(g, key=lambda r: (r.year, r.end is not None, r.number)) for g in groups.values()]
    kept = []
    for row in chosen:
        closing = dt.date(row.year, 3, 31)
        if row.end is None and row.year < latest:
            if any(r.year > row.year and r.start <= closing for r in chosen):
                continue
            row.end, row.rec = max(closing, row.start), ""
        kept.append(row)
    return kept


def resolve_by_day(rows: list[Row], last: dt.date) -> list[Row]:
    """Rules 5 and 6: give every day to the episode that began last."""
    rows = sorted(rows, key=lambda r: (r.start, r.end or dt.date.max))
    for row, following in pairwise(rows):
        if row.end is None:  # rule 5
            row.end, row.cut = following.start, True
    day_owner: dict[dt.date, int] = {}
    for i, row in enumerate(rows):  # later rows overwrite earlier ones
        day, stop = row.start, row.end or last + ONE_DAY
        while day < stop:
            day_owner[day] = i
            day += ONE_DAY
    pieces: list[Row] = [
        replace(r) for r in rows if r.end == r.start and not r.cut
    ]  # episodes of no length hold no day
    runs: list[list] = []
    for day in sorted(day_owner):
        if runs and runs[-1][0] == day_owner[day] and runs[-1][2] + ONE_DAY == day:
            runs[-1][2] = day
        else:
            runs.append([day_owner[day], day, day])
    for owner, first, final in runs:
        row = rows[owner]
        stop = row.end or last + ONE_DAY
        whole_end = final + ONE_DAY == stop
        piece = replace(row)
        piece.start, piece.end = first, row.end if whole_end else final + ONE_DAY
        piece.cut = row.cut or not whole_end
        piece.resumed = first > row.start
        if row.end is None and whole_end:
            piece.end = None
        pieces.append(piece)
    return sorted(pieces, key=lambda r: (r.start, r.end or dt.date.max))


def join_periods(rows: list[Row]) -> list[CarePeriod]:
    """Rule 7, and rule 10 for the start of a period."""
    groups: list[list[Row]] = []
    for row in rows:
        if groups and carries_on(groups[-1][-1], row):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [
        CarePeriod(group, known=i > 0 or (group[0].rne == "S" and not group[0].resumed))
        for i, group in enumerate(groups)
    ]


def carries_on(row: Row, following: Row) -> bool:
    gap = (following.start - row.end).days if row.end else 0
    says_end = row.rec in EXITS and not row.cut
    says_start = following.rne == "S" and not following.resumed
    if gap == 0:
        return not (says_end and says_start)
    return gap == 1 and row.rec == "X1" and not row.cut and not says_start


# Arithmetic ---------------------------------------------------------------------------------


def add_months(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for number in range(day.day, 0, -1):
        try:
            return dt.date(year, month + 1, number)
        except ValueError:
            continue
    raise AssertionError


def name_age(years: int | None) -> str:
    if years is None or years >= 18:
        return "not known"
    return [label for least, label in AGES if years >= least][-1]


def name_band(start: dt.date, known: bool, day: dt.date) -> str:
    passed = [label for months, label in BANDS if months == 0 or add_months(start, months) < day]
    return passed[-1] if known or passed[-1] == BANDS[-1][1] else "not known"


def spell_known(period: CarePeriod, index: int) -> bool:
    """Rule 10 for the start of a spell."""
    first = period.spells()[index][0]
    return index > 0 or period.known or (first.rne in ("L", "B", "U") and not first.resumed)


def list_quarters(last: Period, covers: dt.date, n: int = 12) -> list[Period]:
    return [q for q in (last.shift(-i) for i in range(n - 1, -1, -1)) if q.start >= covers]
