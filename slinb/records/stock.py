"""The children looked after on the last day of the quarter: S1, S2, S4 to S8 and S13 to S15.

The same counts for both sources: an SSDA903 set and an Annex A list 8 are each brought to a
:class:`Stock` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from slinb.records.dates import Days, count_months, find_birthday
from slinb.records.tally import (
    Mask,
    Populations,
    Positions,
    Row,
    find_age,
    find_duration,
    passed_months,
    tally,
    tally_across,
    tally_by,
)
from slinb.records.vocabulary import (
    ADULT_WHY,
    AGES,
    ALL,
    DISTANCES,
    DURATION_MONTHS,
    DURATIONS,
    LOCATIONS,
    NEEDS,
    ORDERED,
    OTHER_STATUS,
    OVER,
    PLACEMENTS,
    PLANS,
    SECTION_20,
    UNCHECKED,
    UNKNOWN_DISTANCE,
    UNKNOWN_LOCATION,
    UNKNOWN_PLAN,
    UNKNOWN_START,
    UNKNOWN_STATUS,
    YESNO,
)

FAR_MILES = 20.0
#: Positions of :attr:`Stock.group`.
S20, ORDER, OTHER, UNKNOWN = 0, 1, 2, -1
_LEAST_FOR_MEDIAN = 10


@dataclass(frozen=True)
class Stock:
    """Children looked after on one day, short breaks apart; one entry a child.

    Parameters
    ----------
    source : str
        SSDA903 or Annex A.
    day : datetime64[D]
        The last day of the quarter.
    group : array of int8
        0 Section 20, 1 care or placement order, 2 another status, -1 not known.
    birth : array of datetime64[D]
    start : array of datetime64[D]
        Start of the current legal status.
    start_known : array of bool
        Whether it began on ``start``; otherwise before it. Without any start: NaT and False.
    need, place, plan : array of int64
        Positions in NEEDS, PLACEMENTS and PLANS; -1 not known.
    location : array of int64
        0 in the authority, 1 outside, -1 not known.
    miles : array of float64
    disabled : array of int64
        0 yes, 1 no, -1 not known.
    reviewed, visited : array of int64
        1 in time, 0 not, -1 not due or not known.
    uasc : array of bool or None
        None where nothing says who is UASC.
    knows : frozenset of str
        Which of status, need, place, plan, location, miles, disabled, reviewed and visited the
        source tells at all.
    """

    source: str
    day: np.datetime64
    group: npt.NDArray[np.int8]
    birth: Days
    start: Days
    start_known: Mask
    need: Positions
    place: Positions
    plan: Positions
    location: Positions
    miles: npt.NDArray[np.float64]
    disabled: Positions
    reviewed: Positions
    visited: Positions
    uasc: Mask | None
    knows: frozenset[str]

    @property
    def adult(self) -> Mask:
        """Who is 18 or over on the day: in no count."""
        return np.asarray(find_birthday(self.birth, 18) <= self.day)

    @property
    def populations(self) -> Populations:
        """All children, UASC and the others."""
        return Populations(self.uasc, len(self.group))

    def base(self, measure: str, item: str, **more: Any) -> Row:
        """Return what the rows of one item have in common."""
        return {
            "measure": measure,
            "item": item,
            "source": self.source,
            "window": "snapshot",
            **more,
        }


def count_stock(stock: Stock) -> list[Row]:
    """Return the COUNTS rows of every measure that the stock answers; none without a status."""
    if "status" not in stock.knows:
        return []
    child = ~stock.adult & (stock.group != UNKNOWN)
    s20 = child & (stock.group == S20)
    rows = _count_share(stock, child, s20)
    rows += _count_ages(stock, s20)
    if "need" in stock.knows:
        base = stock.base("S5", "stock", breakdown="need")
        rows += tally_by(base, stock.populations, stock.need, NEEDS, s20)
    rows += _count_durations(stock, s20)
    if "plan" in stock.knows:
        rows += _count_plans(stock, s20)
    rows += _count_placements(stock, child)
    if "disabled" in stock.knows:
        base = stock.base("S14", "stock", breakdown="disability")
        rows += tally_by(base, stock.populations, stock.disabled, YESNO, s20)
    return rows + _count_timely(stock, child)


def _count_share(stock: Stock, child: Mask, s20: Mask) -> list[Row]:
    out = stock.adult | (stock.group == UNKNOWN)
    why = "; ".join(
        reason
        for reason, mask in ((ADULT_WHY, stock.adult), (UNKNOWN_STATUS, stock.group == UNKNOWN))
        if mask.any()
    )
    rows = tally(stock.base("S1", "stock", why=why), stock.populations, s20, child, out)
    rows += tally_by(
        stock.base("S1", "stock", breakdown="legal status"),
        stock.populations,
        stock.group.astype(np.int64),
        (SECTION_20, ORDERED, OTHER_STATUS),
        ~stock.adult,
    )
    if stock.uasc is None:
        return rows
    apart = [dict(row, measure="S2") for row in rows[:3] if row["population"] != ALL]
    share = tally(
        stock.base("S2", "UASC share of Section 20"),
        Populations(None, len(s20)),
        stock.uasc,
        s20,
        np.zeros(len(s20), dtype=bool),
    )
    return rows + apart + share


def _count_ages(stock: Stock, s20: Mask) -> list[Row]:
    now = find_age(stock.birth, stock.day)
    at_start = np.where(stock.start_known, find_age(stock.birth, stock.start), -1)
    rows = tally_by(
        stock.base("S4", "stock", breakdown="age now"), stock.populations, now, AGES, s20
    )
    return rows + tally_by(
        stock.base("S4", "stock", breakdown="age at start"), stock.populations, at_start, AGES, s20
    )


def _count_durations(stock: Stock, s20: Mask) -> list[Row]:
    rows: list[Row] = []
    for months, item in zip(DURATION_MONTHS, OVER, strict=True):
        over = passed_months(stock.start, months, stock.day)
        certain = stock.start_known | over
        base = stock.base("S6", item, why=UNKNOWN_START)
        rows += tally(base, stock.populations, over, s20 & certain, s20 & ~certain)
    band = find_duration(stock.start, stock.start_known, stock.day)
    base = stock.base("S6", "stock", breakdown="duration")
    rows += tally_by(base, stock.populations, band, DURATIONS, s20)
    base = stock.base("S7", "stock", breakdown="age and duration")
    age = find_age(stock.birth, stock.day)
    return rows + tally_across(base, stock.populations, age, AGES, band, DURATIONS, s20)


def _count_plans(stock: Stock, s20: Mask) -> list[Row]:
    band = find_duration(stock.start, stock.start_known, stock.day)
    base = stock.base("S8", "stock", breakdown="plan and duration")
    rows = tally_across(base, stock.populations, stock.plan, PLANS, band, DURATIONS, s20)
    long = passed_months(stock.start, 6, stock.day)
    certain = stock.start_known | long
    planned = stock.plan >= 0
    home = stock.plan == PLANS.index("return to family")
    base = stock.base(
        "S8", "over 6 months with a plan to return home", why=f"{UNKNOWN_START}; {UNKNOWN_PLAN}"
    )
    known = certain & planned
    return rows + tally(base, stock.populations, long & home, s20 & long & known, s20 & ~known)


def _count_placements(stock: Stock, child: Mask) -> list[Row]:
    rows: list[Row] = []
    sides = ((S20, SECTION_20), (ORDER, ORDERED))
    for group, name in sides:
        of = child & (stock.group == group)
        if "place" in stock.knows:
            base = stock.base("S13", "placed", breakdown="placement", across=name)
            rows += tally_by(base, stock.populations, stock.place, PLACEMENTS, of)
        if "location" in stock.knows:
            rows += _count_side(
                stock, "location", name, stock.location, LOCATIONS[1], of, UNKNOWN_LOCATION
            )
        if "miles" in stock.knows:
            far = np.where(np.isnan(stock.miles), -1, stock.miles > FAR_MILES).astype(np.int64)
            rows += _count_side(stock, "distance", name, far, DISTANCES[1], of, UNKNOWN_DISTANCE)
    return rows


def _count_side(
    stock: Stock, breakdown: str, side: str, value: Positions, category: str, of: Mask, why: str
) -> list[Row]:
    """Count the ones among the noughts and ones of a side, leaving out what is not known."""
    base = stock.base("S13", "placed", breakdown=breakdown, across=side, category=category, why=why)
    return tally(base, stock.populations, value == 1, of & (value >= 0), of & (value < 0))


def _count_timely(stock: Stock, child: Mask) -> list[Row]:
    rows: list[Row] = []
    for name, item, value in (
        ("reviewed", "reviewed in time", stock.reviewed),
        ("visited", "visited in time", stock.visited),
    ):
        if name not in stock.knows:
            continue
        for group, side in ((S20, SECTION_20), (ORDER, ORDERED)):
            of = child & (stock.group == group)
            base = stock.base("S15", item, breakdown="legal status", category=side, why=UNCHECKED)
            rows += tally(base, stock.populations, value == 1, of & (value >= 0), of & (value < 0))
    return rows


def list_durations(stock: Stock) -> tuple[list[Row], list[Row]]:
    """Return DURATIONS and STATISTICS rows of the current Section 20 spells (S6).

    A spell that began before the files counts with what is seen of it where that is more than
    the longest length that is asked for: left out, the longest spells would be missing and every
    median too short. The median is given in days where at least ten children stand behind it;
    that of a region comes from the pooled DURATIONS.
    """
    if "status" not in stock.knows:
        return [], []
    certain = stock.start_known | passed_months(stock.start, DURATION_MONTHS[-1], stock.day)
    s20 = ~stock.adult & (stock.group == S20) & certain
    durations: list[Row] = []
    statistics: list[Row] = []
    for name, mask in stock.populations:
        inside = s20 & mask
        days = (stock.day - stock.start[inside]).astype(np.int64)
        months = count_months(stock.start[inside], np.full(int(inside.sum()), stock.day))
        durations += list_months("S6", stock.source, name, months)
        statistics.append(give_median("S6", stock.source, name, days))
    return durations, statistics


def list_months(measure: str, source: str, population: str, months: Positions) -> list[Row]:
    """Return one DURATIONS row for each number of completed months that occurs."""
    return [
        {
            "measure": measure,
            "source": source,
            "population": population,
            "month": int(m),
            "n": int(n),
        }
        for m, n in zip(*np.unique(months, return_counts=True), strict=True)
    ]


def give_median(measure: str, source: str, population: str, days: Positions) -> Row:
    """Return the STATISTICS row of a median; without value where too few stand behind it."""
    enough = len(days) >= _LEAST_FOR_MEDIAN
    return {
        "measure": measure,
        "source": source,
        "population": population,
        "statistic": "median days",
        "value": float(np.median(days)) if enough else float("nan"),
        "n": len(days),
    }
