"""What happened in a time, not on a day: starts, endings, cohorts; S3 to S5 and S9 to S12."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from slinb.catalogue.periods import Period
from slinb.records.children import Children
from slinb.records.codes import load_codes
from slinb.records.dates import Days, add_months, count_months
from slinb.records.spells import OPEN, Care, Ints, Mask, Spells, take
from slinb.records.stock import give_median, list_months
from slinb.records.tally import Populations, Positions, Row, find_age, tally, tally_by
from slinb.records.vocabulary import (
    AGES,
    BIRTHDAY,
    CONVERSION_MONTHS,
    ENDINGS,
    EXITS,
    HOME,
    HOME_PLANNED,
    HOME_UNPLANNED,
    IMMATURE,
    NEEDS,
    NOT_KNOWN,
    ORDERS,
    REENTRY_MONTHS,
    RELATIVES,
    SECTION_20,
    SHORT_BREAKS,
    SSDA903,
    UNKNOWN_STATUS,
    WITHIN,
)

#: Quarters of start that are followed, the last ones before the end of the count.
COHORTS = 12
#: Months for which a cohort's risk table is drawn up.
RISK_MONTHS = 24
CAUSES = ("order", "home", "adult", "other")
_NEVER = -1


@dataclass(frozen=True)
class Flows:
    """The stitched care of an authority, and the quarter that is counted.

    Parameters
    ----------
    care : Care
        Stitched as at the end of the quarter.
    children : Children
    quarter : Period
    covers_from : datetime64[D]
        First day from which ended care is held too: what began before cannot be followed.
    """

    care: Care
    children: Children
    quarter: Period
    covers_from: np.datetime64

    @property
    def day(self) -> np.datetime64:
        """Last day of the quarter."""
        return np.datetime64(self.quarter.end, "D")

    @cached_property
    def windows(self) -> list[tuple[str, np.datetime64]]:
        """The windows that the files cover: name and first day; all end with the quarter."""
        candidates = (("quarter", self.quarter), ("year", self.quarter.shift(-3)))
        starts = [(name, np.datetime64(q.start, "D")) for name, q in candidates]
        return [(name, start) for name, start in starts if start >= self.covers_from]

    @cached_property
    def cohorts(self) -> list[Period]:
        """Quarters of which every start (or ending) is in the files, the latest last."""
        quarters = [self.quarter.shift(-i) for i in range(COHORTS - 1, -1, -1)]
        return [q for q in quarters if np.datetime64(q.start, "D") >= self.covers_from]

    @cached_property
    def starts(self) -> Starts:
        """Periods of care with the legal status that they started under."""
        return find_starts(self)

    @cached_property
    def section_20(self) -> Spells:
        """Every Section 20 spell."""
        return take(self.care.spells, load_codes()["LS"].mark(SECTION_20)[self.care.spells.legal])

    @cached_property
    def followed(self) -> Followed:
        """Every start under Section 20, followed to its first event."""
        return follow_starts(self)

    @cached_property
    def endings(self) -> Positions:
        """How each of :attr:`section_20` ended."""
        return find_endings(self)

    def uasc(self, child: npt.NDArray[np.int32], day: Days) -> Populations:
        """Return the populations of some children, UASC as of a day each."""
        if not self.children.knows_uasc:
            return Populations(None, len(child))
        return Populations(self.children.is_uasc(child, day), len(child))


@dataclass(frozen=True)
class Starts:
    """Starts of periods of care whose first day is known; one entry a start.

    Parameters
    ----------
    child : array of int32
    day : array of datetime64[D]
    legal : array of int16
        Position in LS of the first legal status; -1 not known.
    need : array of int64
        Position in NEEDS of the first episode; -1 not known.
    period : array of int64
        Position of the period in ``care.periods``.
    """

    child: npt.NDArray[np.int32]
    day: Days
    legal: npt.NDArray[np.int16]
    need: Positions
    period: Ints

    @property
    def section_20(self) -> Mask:
        """Which starts were under Section 20."""
        return load_codes()["LS"].mark(SECTION_20)[self.legal]


def find_starts(flows: Flows) -> Starts:
    """Return the starts of periods of care, those before an adult's 18th birthday only."""
    care = flows.care
    periods = care.periods
    birthday = flows.children.adult_day[periods.child]
    at = np.flatnonzero(periods.start_known & ~(birthday <= periods.start))
    first = periods.first[at]
    need = map_groups("CIN", care.episodes.need[first], NEEDS)
    return Starts(periods.child[at], periods.start[at], care.episodes.legal[first], need, at)


def map_groups(codes: str, positions: npt.NDArray[np.int16], labels: tuple[str, ...]) -> Positions:
    """Turn positions in a code list into positions in a list of groups; -1 where it is in none."""
    groups = load_codes()[codes].groups
    place = {label: i for i, label in enumerate(labels)}
    return np.array([place.get(g, -1) for g in groups], dtype=np.int64)[positions]


# Starts: S3, S4, S5 -------------------------------------------------------------------------


def count_starts(flows: Flows) -> list[Row]:
    """Return the COUNTS rows of S3, and the age and need at the start under Section 20."""
    starts = flows.starts
    populations = flows.uasc(starts.child, starts.day)
    age = find_age(flows.children.birth[starts.child], starts.day)
    rows: list[Row] = []
    for window, since in flows.windows:
        inside = starts.day >= since
        known = inside & (starts.legal >= 0)
        base = _base("S3", "starts", window, why=UNKNOWN_STATUS)
        rows += tally(base, populations, starts.section_20, known, inside & ~known)
        of = known & starts.section_20
        base = _base("S4", "starts", window, breakdown="age at start")
        rows += tally_by(base, populations, age, AGES, of)
        base = _base("S5", "starts", window, breakdown="need")
        rows += tally_by(base, populations, starts.need, NEEDS, of)
    return rows


def _base(measure: str, item: str, window: str, **more: Any) -> Row:
    return {"measure": measure, "item": item, "source": SSDA903, "window": window, **more}


# Conversion: S9, S10 ------------------------------------------------------------------------


@dataclass(frozen=True)
class Followed:
    """Children who started care under Section 20, followed until an order or the end of care.

    Parameters
    ----------
    child, start : arrays
    month : array of int64
        Month in which they left the state (1 is the first); -1 where they are in it still.
    days : array of int64
        Days from start to the event; -1 without one.
    cause : array of int64
        Position in CAUSES; -1 without event.
    """

    child: npt.NDArray[np.int32]
    start: Days
    month: Positions
    days: Positions
    cause: Positions


def follow_starts(flows: Flows) -> Followed:
    """Follow each start under Section 20 to its first event.

    The events are an order (interim or full care order, freeing, placement order) in the same
    period of care, directly or by way of police protection or an emergency order; the 18th
    birthday; and the end of care. Nothing after the last day of the quarter is known.
    """
    starts = flows.starts
    at = starts.section_20
    child, start, period = starts.child[at], starts.day[at], starts.period[at]
    ordered = _find_first_order(flows.care)[period]
    birthday = flows.children.adult_day[child]
    birthday = np.where(np.isnat(birthday) | (birthday > flows.day), OPEN, birthday)
    ended = flows.care.periods.end[period]
    event = np.minimum(np.minimum(ordered, birthday), ended)
    happened = event != OPEN
    cause = np.where(ordered <= event, CAUSES.index("order"), CAUSES.index("other"))
    by_birthday = (birthday <= event) & (ordered > event)
    home = _ends_home(flows.care)[period] & (ended <= event) & (ordered > event)
    cause = np.where(by_birthday, CAUSES.index("adult"), cause)
    cause = np.where(home, CAUSES.index("home"), cause)
    safe = np.where(happened, event, start)
    return Followed(
        child=child,
        start=start,
        month=np.where(happened, find_month(start, safe), _NEVER),
        days=np.where(happened, (safe - start).astype(np.int64), _NEVER),
        cause=np.where(happened, cause, _NEVER),
    )


def find_month(start: Days, event: Days) -> Positions:
    """Return the month of an event: m where it falls after m - 1 and within m months of the start.

    An event on the first day belongs to month 1, one exactly three months after to month 3.
    """
    completed = count_months(start, event)
    exact = add_months(start, completed) == event
    return np.maximum(completed + ~exact, 1)


def _find_first_order(care: Care) -> Days:
    """Return for each period the first day under an order, OPEN where there is none."""
    orders = load_codes()["LS"].mark(*ORDERS)
    spells = take(care.spells, orders[care.spells.legal])
    first = np.full(len(care.periods), OPEN)
    np.minimum.at(first, spells.period, spells.start)
    return first


def _ends_home(care: Care) -> Mask:
    """Return which periods ended with the child going home to parents or relatives."""
    home = load_codes()["REC"].mark(*HOME, RELATIVES)
    return home[care.episodes.ceased[care.periods.last]]


def count_conversion(flows: Flows) -> list[Row]:
    """Return the COUNTS rows of S9: cohorts by quarter of start, mature ones only."""
    followed = flows.followed
    rows: list[Row] = []
    for cohort in flows.cohorts:
        at = _in_quarter(followed.start, cohort)
        populations = flows.uasc(followed.child[at], followed.start[at])
        for months, item in zip(CONVERSION_MONTHS, WITHIN, strict=True):
            converted = (followed.cause[at] == 0) & (followed.month[at] <= months)
            rows += _count_cohort(flows, "S9", item, cohort, months, populations, converted)
    return rows


def _count_cohort(
    flows: Flows,
    measure: str,
    item: str,
    cohort: Period,
    months: int,
    populations: Populations,
    counted: Mask,
) -> list[Row]:
    """Count a cohort if all of it has been followed so long; otherwise say how many wait."""
    mature = bool(_months_after(cohort, months) <= flows.day)
    base = _base(measure, item, "cohort", cohort=cohort.id, why=IMMATURE)
    of = np.full(populations.n, mature)
    return tally(base, populations, counted, of, ~of)


def _in_quarter(days: Days, quarter: Period) -> Mask:
    first, last = np.datetime64(quarter.start, "D"), np.datetime64(quarter.end, "D")
    return np.asarray((days >= first) & (days <= last))


def _months_after(quarter: Period, months: int) -> np.datetime64:
    last = np.array([quarter.end], dtype="datetime64[D]")
    return np.datetime64(add_months(last, months)[0], "D")


def list_risk(flows: Flows) -> list[Row]:
    """Return the RISK rows: a table by month for each cohort and population.

    A child is followed for the completed months between its start and the last day of the
    quarter, so that it leaves follow-up only where a month ends: the tables of several
    authorities add up, and the Aalen-Johansen estimate from the sum is that of all children
    together.
    """
    followed = flows.followed
    last = np.full(len(followed.start), flows.day)
    possible = np.minimum(count_months(followed.start, last), RISK_MONTHS)
    seen = (followed.month > 0) & (followed.month <= possible)
    stays = np.where(seen, followed.month, possible)
    rows: list[Row] = []
    cause = np.where(seen, followed.cause, _NEVER)
    for cohort in flows.cohorts:
        at = np.flatnonzero(_in_quarter(followed.start, cohort))
        for name, mask in flows.uasc(followed.child[at], followed.start[at]):
            rows += _draw_up(cohort, name, stays[at[mask]], cause[at[mask]])
    return rows


def _draw_up(cohort: Period, population: str, stays: Positions, cause: Positions) -> list[Row]:
    """Draw up one risk table from how many months each child stays and how it leaves."""
    longest = int(stays.max(initial=0))
    at_risk = len(stays) - np.cumsum(np.bincount(stays, minlength=longest + 1))
    events = [np.bincount(stays[cause == i], minlength=longest + 1) for i in range(len(CAUSES))]
    return [
        {
            "measure": "S9",
            "source": SSDA903,
            "cohort": cohort.id,
            "population": population,
            "month": month,
            "at_risk": int(at_risk[month - 1]),
            **{name: int(n[month]) for name, n in zip(CAUSES, events, strict=True)},
        }
        for month in range(1, longest + 1)
    ]


def list_delays(flows: Flows) -> tuple[list[Row], list[Row]]:
    """Return DURATIONS and STATISTICS rows of S10: start to order, of the cohorts of S9.

    Only orders within twelve months of cohorts that have all been followed so long, so that a
    slow order is not left out because its cohort is young.
    """
    followed = flows.followed
    mature = [c for c in flows.cohorts if _months_after(c, 12) <= flows.day]
    inside = np.zeros(len(followed.start), dtype=bool)
    for cohort in mature:
        inside |= _in_quarter(followed.start, cohort)
    inside &= (followed.cause == 0) & (followed.month <= 12)
    durations: list[Row] = []
    statistics: list[Row] = []
    for name, mask in flows.uasc(followed.child, followed.start):
        of = inside & mask
        event = followed.start[of] + followed.days[of]
        months = count_months(followed.start[of], event)
        durations += list_months("S10", SSDA903, name, months)
        statistics.append(give_median("S10", SSDA903, name, followed.days[of]))
    return durations, statistics


# Endings and re-entry: S11, S12 -------------------------------------------------------------


def find_endings(flows: Flows) -> Positions:
    """Return the position in ENDINGS of each Section 20 spell; -1 while it goes on.

    A spell ends into the next legal status of the period, or with care: as the reason says, or,
    where the reason is none of home, relatives, an order or adoption, with the 18th birthday if
    the child had reached it.
    """
    spells, care = flows.section_20, flows.care
    place = {label: i for i, label in enumerate(ENDINGS)}
    legal = load_codes()["LS"]
    into = np.array([place.get(g, place[NOT_KNOWN]) for g in legal.groups], dtype=np.int64)
    rec = load_codes()["REC"]
    exits = np.array(
        [place[g] if g in EXITS else place[NOT_KNOWN] for g in rec.groups], dtype=np.int64
    )
    out = exits[care.episodes.ceased[spells.last]]
    out = np.where(_into_breaks(flows), place[SHORT_BREAKS], out)
    plain = [place[label] for label in _STATED]
    adult = flows.children.adult_day[spells.child] <= spells.end
    out = np.where(adult & ~np.isin(out, plain), place[BIRTHDAY], out)
    ending = np.where(spells.next_legal == -2, out, into[spells.next_legal])
    return np.where(spells.end == OPEN, -1, ending)


_STATED = (
    *HOME,
    RELATIVES,
    "special guardianship",
    "child arrangements order",
    "adopted",
    "died",
)


def _into_breaks(flows: Flows) -> Mask:
    """Return which Section 20 spells end on the day on which short breaks of the child begin."""
    spells, breaks = flows.section_20, flows.care.breaks
    key = spells.child.astype(np.int64) * 100_000 + spells.end.astype(np.int64)
    begun = breaks.child.astype(np.int64) * 100_000 + breaks.start.astype(np.int64)
    return np.asarray(np.isin(key, begun) & (spells.end != OPEN))


def count_endings(flows: Flows) -> list[Row]:
    """Return the COUNTS rows of S11."""
    spells, ending = flows.section_20, flows.endings
    day = np.where(spells.end == OPEN, spells.start, spells.end)
    populations = flows.uasc(spells.child, day)
    planned, unplanned = ENDINGS.index(HOME_PLANNED), ENDINGS.index(HOME_UNPLANNED)
    nobody = np.zeros(len(spells), dtype=bool)
    rows: list[Row] = []
    for window, since in flows.windows:
        inside = (ending >= 0) & (spells.end >= since)
        base = _base("S11", "endings", window, breakdown="ending")
        # NOT_KNOWN is an ending of its own here, so that no second one is added for it.
        rows += [
            row
            for row in tally_by(base, populations, ending, ENDINGS, inside)
            if not (row["category"] == NOT_KNOWN and row["numerator"] == 0)
        ]
        home = inside & np.isin(ending, [planned, unplanned])
        base = _base("S11", "unplanned home share", window)
        rows += tally(base, populations, ending == unplanned, home, nobody)
    return rows


def count_reentry(flows: Flows) -> list[Row]:
    """Return the COUNTS rows of S12: back in care after home from Section 20, mature cohorts."""
    spells, ending = flows.section_20, flows.endings
    homes = [ENDINGS.index(label) for label in HOME]
    at = np.isin(ending, homes) & (spells.next_legal == -2)
    child, left = spells.child[at], spells.end[at]
    again = _find_next_start(flows.care, spells.period[at])
    rows: list[Row] = []
    for cohort in flows.cohorts:
        of = _in_quarter(left, cohort)
        populations = flows.uasc(child[of], left[of])
        for months in REENTRY_MONTHS:
            back = again[of] <= add_months(left[of], months)
            item = f"within {months} months"
            rows += _count_cohort(flows, "S12", item, cohort, months, populations, back)
    return rows


def _find_next_start(care: Care, period: Ints) -> Days:
    """Return the start of the child's next period of care, OPEN where there is none."""
    periods = care.periods
    same = np.append(periods.child[1:] == periods.child[:-1], False)[: len(periods)]
    following = np.append(periods.start[1:], OPEN)[: len(periods)]
    return np.where(same, following, OPEN)[period]
