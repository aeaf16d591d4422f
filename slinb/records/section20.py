"""An SSDA903 set counted for one quarter: from source tables to rows of counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from slinb.catalogue.periods import Period
from slinb.records.children import (
    Children,
    Part,
    Reviews,
    build_children,
    build_reviews,
)
from slinb.records.codes import FIRST_YEAR, LAST_YEAR, load_codes
from slinb.records.distance import Postcodes
from slinb.records.episodes import Episodes, Source, build_episodes
from slinb.records.flows import (
    Flows,
    count_conversion,
    count_endings,
    count_reentry,
    count_starts,
    list_delays,
    list_risk,
    map_groups,
)
from slinb.records.identity import number_children
from slinb.records.problems import ProblemLog
from slinb.records.quality import Checked, count_restated, run_checks
from slinb.records.returns import count_return
from slinb.records.spells import OPEN, Care, stitch
from slinb.records.ssda903 import SourceTable
from slinb.records.stock import ORDER, OTHER, S20, UNKNOWN, Stock, count_stock, list_durations
from slinb.records.tally import Row
from slinb.records.timely import find_latest_reviews, judge_reviews
from slinb.records.typed import check_table
from slinb.records.vocabulary import (
    NEEDS,
    ORDERS,
    PLACEMENTS,
    SECTION_20,
    SSDA903,
    TITLES,
)

#: How far before the end of the quarter the last date of the files may lie without a word.
_STALE_DAYS = 31
_NEEDED = frozenset({"CHILD", "DECOM", "DEC", "LS"})


@dataclass
class CountedRows:
    """Rows of every output table, gathered while a source is counted."""

    counts: list[Row] = field(default_factory=list)
    risk: list[Row] = field(default_factory=list)
    durations: list[Row] = field(default_factory=list)
    statistics: list[Row] = field(default_factory=list)
    returned: list[Row] = field(default_factory=list)
    answers: list[Row] = field(default_factory=list)
    account: list[Row] = field(default_factory=list)


@dataclass(frozen=True)
class Records:
    """An SSDA903 set, read and stitched; in memory only, never written."""

    episodes: Episodes
    source: Source
    children: Children
    reviews: Reviews | None
    care: Care
    day: np.datetime64

    @property
    def stale(self) -> bool:
        """Whether the files end more than a month before the quarter does."""
        reach = self.source.covers_to
        return bool(np.isnat(reach) or reach < self.day - np.timedelta64(_STALE_DAYS, "D"))


def count_ssda903(
    tables: Sequence[SourceTable],
    quarter: Period,
    today: np.datetime64,
    log: ProblemLog,
    postcodes: Postcodes | None = None,
) -> CountedRows:
    """Count everything that an SSDA903 set can tell about a quarter.

    Parameters
    ----------
    tables : sequence of SourceTable
        As :func:`slinb.records.ssda903.read_ssda903` gives them.
    quarter : Period
        The quarter, ended by ``today``.
    today : datetime64[D]
        Dates after it are noted as still to come.
    log : ProblemLog
        Takes what was found and what was done.
    postcodes : Postcodes, optional
        Grid references for the distances of S13.
    """
    rows = CountedRows()
    records = build_records(tables, quarter, today, log, rows, postcodes)
    if records is None:
        rows.answers += [_answer(m, "not answered", "no table of episodes") for m in TITLES]
        return rows
    _note_reach(records, log)
    flows = Flows(records.care, records.children, quarter, records.source.covers_from)
    stock = build_stock(records)
    rows.counts += count_stock(stock)
    rows.durations, rows.statistics = list_durations(stock)
    if _knows(records, "RNE"):
        _count_flows(flows, rows)
    _count_breaks(records, quarter, rows)
    checked = Checked(records.episodes, records.children, records.source, records.day)
    quality, not_run = run_checks(checked, log)
    rows.counts += [*quality, count_restated(records.source)]
    rows.returned += count_return(stock, flows, records.source.columns)
    rows.answers += _list_answers(records, flows, not_run)
    return rows


def build_records(
    tables: Sequence[SourceTable],
    quarter: Period,
    today: np.datetime64,
    log: ProblemLog,
    rows: CountedRows,
    postcodes: Postcodes | None = None,
) -> Records | None:
    """Read the tables into arrays and stitch the episodes; None where there are none."""
    day = np.datetime64(quarter.end, "D")
    numbers, n = number_children(tables, log)
    parts: list[Part] = list(zip(tables, numbers, strict=True))
    held = [part for part in parts if part[0].name == "episodes"]
    usable = [part for part in held if set(part[0].cells) >= _NEEDED]
    for table, _ in held:
        if lacking := sorted(_NEEDED - set(table.cells)):
            log.note(
                "episodes without key columns",
                f"No column {', '.join(lacking)}: no spell can be told.",
                "The file was not used.",
                file=table.file,
                n=len(table.rows),
            )
    _check_others(parts, log, today)
    if not usable:
        rows.account += [_account(table, {"unread": len(table.rows)}) for table, _ in parts]
        return None
    episodes, source, accounts = build_episodes(usable, log, day, today, postcodes)
    children = build_children(parts, n, log, today)
    reviews = build_reviews(parts, log, today)
    used = {id(table): account for (table, _), account in zip(usable, accounts, strict=True)}
    rows.account += [_account(t, used.get(id(t)) or _account_other(t, c)) for t, c in parts]
    return Records(episodes, source, children, reviews, stitch(episodes, day), day)


def _check_others(parts: Sequence[Part], log: ProblemLog, today: np.datetime64) -> None:
    """Check the tables that no count rests on, and the codes of the header."""
    for table, _ in parts:
        if table.name not in ("episodes", "reviews", "uasc"):
            check_table(table, log, today, (FIRST_YEAR, LAST_YEAR))


def _account(table: SourceTable, parts: dict[str, int]) -> Row:
    blank = {"file": table.file, "sheet": table.sheet, "table": table.name, "blank": table.blank}
    return {**blank, "rows_in": len(table.rows) + table.blank, **parts}


def _account_other(table: SourceTable, child: Any) -> dict[str, int]:
    """Account for a table other than episodes: its rows are used, unusable or not counted."""
    if table.name not in ("header", "uasc", "reviews"):
        return {"unread": len(table.rows)}
    nameless = int((child < 0).sum())
    return {"unusable": nameless, "used": len(table.rows) - nameless}


def _note_reach(records: Records, log: ProblemLog) -> None:
    """Note files that end before the quarter does: its last day is then not theirs to tell."""
    if records.stale:
        log.note(
            "records end early",
            "The last start or end in the files lies more than a month before the quarter's end.",
            "Counted as if nothing had changed since: export the records up to the quarter's end.",
            n=1,
        )
    care = records.care
    for rule, n, found, done in (
        (
            "open too long",
            care.opened,
            "Open episodes followed by another of the same child.",
            "Ended where the next one starts.",
        ),
        (
            "overlap",
            care.overlaps,
            "Episodes that overlap.",
            "The one that began last counts; the other resumes where it reaches further.",
        ),
        (
            "bridged gap",
            care.bridged,
            "Gaps of one day within what the records say went on.",
            "Bridged.",
        ),
    ):
        if n:
            log.note(rule, found, done, n=n)


def _knows(records: Records, *columns: str) -> bool:
    return set(columns) <= records.source.columns


def build_stock(records: Records) -> Stock:
    """Bring the children looked after on the last day to the shape that both sources share."""
    care = records.care
    at = np.flatnonzero(care.spells.end == OPEN)
    spells, last = care.spells, care.spells.last[at]
    period = spells.period[at]
    child, start = spells.child[at], care.periods.start[period]
    reviewed = np.full(len(at), -1, dtype=np.int64)
    knows = {
        name
        for name, column in (("status", "LS"), ("need", "CIN"), ("place", "PLACE"))
        if column in records.source.columns
    }
    if records.reviews is not None:
        latest = find_latest_reviews(records.reviews, child, start, records.day)
        reviewed = judge_reviews(start, care.periods.start_known[period], latest, records.day)
        knows.add("reviewed")
    miles, outside = care.episodes.miles[last], care.episodes.outside[last]
    knows |= {"miles"} if not np.isnan(miles).all() else set()
    knows |= {"location"} if (outside >= 0).any() else set()
    nothing = np.full(len(at), -1, dtype=np.int64)
    uasc = records.children.is_uasc(child, records.day) if records.children.knows_uasc else None
    return Stock(
        source=SSDA903,
        day=records.day,
        group=_group_status(spells.legal[at]),
        birth=records.children.birth[child],
        start=spells.start[at],
        start_known=spells.start_known[at] & _knows(records, "RNE"),
        need=map_groups("CIN", care.episodes.need[last], NEEDS),
        place=map_groups("PLACE", care.episodes.place[last], PLACEMENTS),
        plan=nothing,
        location=outside.astype(np.int64),
        miles=miles,
        disabled=nothing,
        reviewed=reviewed,
        visited=nothing,
        uasc=uasc,
        knows=frozenset(knows),
    )


def _group_status(legal: Any) -> Any:
    groups = load_codes()["LS"].groups
    meant = {SECTION_20: S20, "": UNKNOWN, **dict.fromkeys(ORDERS, ORDER)}
    return np.array([meant.get(g, OTHER) for g in groups], dtype=np.int8)[legal]


def _count_flows(flows: Flows, rows: CountedRows) -> None:
    rows.counts += count_starts(flows)
    rows.counts += count_conversion(flows)
    rows.counts += count_endings(flows)
    rows.counts += count_reentry(flows)
    rows.risk += list_risk(flows)
    durations, statistics = list_delays(flows)
    rows.durations += durations
    rows.statistics += statistics


def _count_breaks(records: Records, quarter: Period, rows: CountedRows) -> None:
    """Count the children with short breaks (V3, V4) in the quarter, apart from all else (S14)."""
    breaks, codes = records.care.breaks, load_codes()["LS"]
    first = np.datetime64(quarter.start, "D")
    inside = np.isnat(breaks.end) | (breaks.end >= first)
    anyone = len(np.unique(breaks.child[inside]))
    for code in ("V3", "V4"):
        of_code = inside & (breaks.legal == codes.position[code])
        rows.counts.append(
            {
                "measure": "S14",
                "item": "short breaks",
                "source": SSDA903,
                "window": "quarter",
                "population": "all",
                "breakdown": "short breaks",
                "category": code,
                "numerator": len(np.unique(breaks.child[of_code])),
                "denominator": anyone,
            }
        )


# What was answered --------------------------------------------------------------------------


def _answer(measure: str, answered: str, why: str = "") -> Row:
    return {
        "measure": measure,
        "title": TITLES[measure],
        "source": SSDA903,
        "answered": answered,
        "why": why,
    }


def _list_answers(records: Records, flows: Flows, not_run: list[str]) -> list[Row]:
    rows = [_answer(m, *_judge(m, records, flows, not_run)) for m in TITLES]
    if records.stale:
        late = "the files end more than a month before the quarter does"
        for row in rows:
            if row["answered"] in ("answered", "in part"):
                row.update(answered="in part", why="; ".join(w for w in (row["why"], late) if w))
    return rows


def _judge(measure: str, records: Records, flows: Flows, not_run: list[str]) -> tuple[str, str]:
    """Say whether a measure was answered, and if not wholly, why not."""
    if measure in _ELSEWHERE:
        return "not answered", _ELSEWHERE[measure]
    if measure == "S2" and not records.children.knows_uasc:
        return "not answered", "no UASC table: nobody is known to be, or not to be, UASC"
    if measure in _NEED_REASON and not _knows(records, "RNE"):
        return "not run", "no column RNE in every file of episodes: no start can be told"
    if measure == "S5" and not _knows(records, "CIN"):
        return "not run", "no column CIN in every file of episodes"
    if measure == "S11" and not _knows(records, "REC"):
        return "not run", "no column REC in every file of episodes"
    if measure in ("S9", "S10", "S12") and len(flows.cohorts) < 2:
        return "not answered", "the files hold too few quarters: add the files of earlier years"
    if measure in ("S3", "S11") and len(flows.windows) < 2:
        return "in part", "the files do not hold the last twelve months in full"
    if measure == "S13":
        return _judge_placements(records)
    if measure == "S14":
        return "in part", "short breaks only; disability is in Annex A list 8"
    if measure == "S15":
        if records.reviews is None:
            return "not answered", "no table of reviews"
        return "in part", "reviews only; visits are in Annex A list 8"
    if measure == "S17" and not_run:
        return "in part", "not run: " + "; ".join(not_run)
    return "answered", ""


_NEED_REASON = ("S3", "S4", "S6", "S7", "S9", "S10", "S11", "S12")
_ELSEWHERE = {
    "S8": "the permanence plan is in Annex A list 8 only",
    "S16": "letters before proceedings are in neither return; the practice return asks for them",
}


def _judge_placements(records: Records) -> tuple[str, str]:
    if not _knows(records, "PLACE"):
        return "not run", "no column PLACE in every file of episodes"
    if np.isnan(records.care.episodes.miles).all():
        return "in part", (
            "placement only; the files carry postcodes but no distance (PL_DISTANCE): give a "
            "table of postcodes"
        )
    return "answered", ""
