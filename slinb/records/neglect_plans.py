"""Plans for neglect, from whichever source: N1 to N5, N9 and the share of multiple (N15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from slinb.records.cin_cases import Plans
from slinb.records.cin_link import Index, Mask, make_key
from slinb.records.dates import Days, add_months, count_months, count_years
from slinb.records.neglect_words import (
    AGED_7_TO_15,
    AGED_10_OR_OVER,
    ANY_PREVIOUS,
    CATEGORIES,
    FROM_EMOTIONAL,
    GROUP_OF,
    GROUPS,
    MULTIPLE,
    NEGLECT,
    NEGLECT_AGE_EDGES,
    NEGLECT_AGES,
    NEGLECT_OR_MULTIPLE,
    NO_AGE,
    NO_CATEGORY,
    NO_HISTORY,
    NO_PREVIOUS,
    PLAN_MONTHS,
    PLAN_OVER,
    PLANS_ITEM,
    PREVIOUS_NEGLECT,
    SHIFT,
    STARTS,
    TO_EMOTIONAL,
)
from slinb.records.stock import give_median, list_months
from slinb.records.tally import Populations, Row, passed_months, tally, tally_across, tally_by

_NEGLECT, _EMOTIONAL, _MULTIPLE = (
    CATEGORIES.index(name) for name in (NEGLECT, "emotional abuse", MULTIPLE)
)


@dataclass(frozen=True)
class Window:
    """A stretch of days that a source holds in full: ``quarter`` or ``year``."""

    name: str
    first: np.datetime64
    last: np.datetime64

    def holds(self, days: Days) -> Mask:
        """Return which days lie in it, both ends included."""
        return np.asarray((days >= self.first) & (days <= self.last))


@dataclass(frozen=True)
class PlanPicture:
    """The plans of a source on the last day of a quarter.

    Parameters
    ----------
    plans : Plans
        By child and start.
    birth : array of datetime64[D]
        Date of birth of the child of each plan.
    expected : array of bool
        Whether the child of each plan is unborn.
    source : str
    day : datetime64[D]
    windows : sequence of Window
        Those that the source holds in full.
    """

    plans: Plans
    birth: Days
    expected: Mask
    source: str
    day: np.datetime64
    windows: Sequence[Window]

    @property
    def everybody(self) -> Populations:
        """All plans: neglect counts have no second population."""
        return Populations(None, len(self.plans))

    def base(self, measure: str, item: str, window: str = "snapshot", **more: str) -> Row:
        """Return what the rows of one item have in common."""
        return {
            "measure": measure,
            "item": item,
            "source": self.source,
            "window": window,
            **more,
        }


def group_categories(position: Index) -> Index:
    """Return the position in GROUPS of positions in CATEGORIES; -1 stays -1."""
    return np.array(GROUP_OF, dtype=np.int64)[position]


def count_plans(picture: PlanPicture) -> list[Row]:
    """Return the COUNTS rows of every measure that plans alone answer."""
    rows = _count_open(picture) + _count_shift(picture) + _count_duration(picture)
    for window in picture.windows:
        rows += _count_starts(picture, window) + _count_repeats(picture, window)
    return rows + _count_ages(picture)


def _count_open(picture: PlanPicture) -> list[Row]:
    """Count open plans by category (N1), and the share of multiple (N15)."""
    plans, everybody = picture.plans, picture.everybody
    here = plans.open_on(picture.day)
    rows = _count_band(picture, "N1", "snapshot", here, plans.latest)
    for side, category in (("latest", plans.latest), ("initial", plans.initial)):
        base = picture.base("N1", PLANS_ITEM, breakdown=f"{side} category")
        rows += tally_by(base, everybody, category, CATEGORIES, here)
    known = plans.latest >= 0
    base = picture.base("N15", MULTIPLE, why=NO_CATEGORY)
    multiple = plans.latest == _MULTIPLE
    return rows + tally(base, everybody, multiple, here & known, here & ~known)


def _count_band(
    picture: PlanPicture, measure: str, window: str, of: Mask, category: Index
) -> list[Row]:
    """Count neglect, and neglect or multiple: neither stands without the other."""
    known = category >= 0
    neglect, either = category == _NEGLECT, np.isin(category, (_NEGLECT, _MULTIPLE))
    rows = []
    for item, counted in ((NEGLECT, neglect), (NEGLECT_OR_MULTIPLE, either)):
        base = picture.base(measure, item, window, why=NO_CATEGORY)
        rows += tally(base, picture.everybody, counted, of & known, of & ~known)
    return rows


def _count_shift(picture: PlanPicture) -> list[Row]:
    """Count open plans by initial against latest category (N2)."""
    plans, everybody = picture.plans, picture.everybody
    here = plans.open_on(picture.day)
    base = picture.base("N2", SHIFT, breakdown="initial and latest category")
    rows = tally_across(base, everybody, plans.initial, CATEGORIES, plans.latest, CATEGORIES, here)
    known = plans.latest >= 0
    for item, was, became in (
        (TO_EMOTIONAL, _NEGLECT, _EMOTIONAL),
        (FROM_EMOTIONAL, _EMOTIONAL, _NEGLECT),
    ):
        of = here & (plans.initial == was)
        base = picture.base("N2", item, why=NO_CATEGORY)
        rows += tally(base, everybody, plans.latest == became, of & known, of & ~known)
    return rows


def _count_starts(picture: PlanPicture, window: Window) -> list[Row]:
    """Count plans starting in a window by their initial category (N3)."""
    inside = window.holds(picture.plans.start)
    rows = _count_band(picture, "N3", window.name, inside, picture.plans.initial)
    base = picture.base("N3", STARTS, window.name, breakdown="initial category")
    return rows + tally_by(base, picture.everybody, picture.plans.initial, CATEGORIES, inside)


def _count_duration(picture: PlanPicture) -> list[Row]:
    """Count open plans that have lasted more than so many months, by group (N4)."""
    plans, group = picture.plans, group_categories(picture.plans.latest)
    here = plans.open_on(picture.day)
    rows = []
    for months, item in zip(PLAN_MONTHS, PLAN_OVER, strict=True):
        over = passed_months(plans.start, months, picture.day)
        nobody = np.zeros(len(plans), dtype=bool)
        rows += tally(picture.base("N4", item), picture.everybody, over, here, nobody)
        for i, name in enumerate(GROUPS):
            base = picture.base("N4", item, breakdown="latest category", category=name)
            rows += tally(base, picture.everybody, over, here & (group == i), nobody)
    return rows


def list_plan_durations(picture: PlanPicture) -> tuple[list[Row], list[Row]]:
    """Return DURATIONS and STATISTICS rows of open plans by group of category (N4)."""
    plans, group = picture.plans, group_categories(picture.plans.latest)
    here = plans.open_on(picture.day)
    durations: list[Row] = []
    statistics: list[Row] = []
    for i, name in enumerate(GROUPS):
        start = plans.start[here & (group == i)]
        months = count_months(start, np.full(len(start), picture.day))
        durations += list_months("N4", picture.source, name, months)
        days = (picture.day - start).astype(np.int64)
        statistics.append(give_median("N4", picture.source, name, days))
    return durations, statistics


def find_earlier(plans: Plans) -> Index:
    """Return for each plan the position of the child's plan before it; -1 where none is there."""
    at = np.arange(len(plans))
    same = np.concatenate([[False], plans.child[1:] == plans.child[:-1]])[: len(plans)]
    return np.where(same, at - 1, -1)


def _count_repeats(picture: PlanPicture, window: Window) -> list[Row]:
    """Count plans starting in a window that are not the child's first (N5)."""
    plans, everybody = picture.plans, picture.everybody
    inside, earlier = window.holds(plans.start), find_earlier(plans)
    seen = earlier >= 0
    repeat = (plans.previous >= 1) | seen
    told = repeat | ~np.isnan(plans.previous)
    base = picture.base("N5", ANY_PREVIOUS, window.name, why=NO_PREVIOUS)
    rows = tally(base, everybody, repeat, inside & told, inside & ~told)
    group = group_categories(plans.initial)
    for i, name in enumerate(GROUPS):
        of = inside & (group == i)
        own = {**base, "breakdown": "initial category", "category": name}
        rows += tally(own, everybody, repeat, of & told, of & ~told)
    of = inside & repeat & (plans.initial == _NEGLECT)
    before = np.append(plans.latest, -1)[earlier]
    base = picture.base("N5", PREVIOUS_NEGLECT, window.name, why=NO_HISTORY)
    known = before >= 0
    return rows + tally(base, everybody, before == _NEGLECT, of & known, of & ~known)


def find_ages(birth: Days, expected: Mask, day: np.datetime64) -> Index:
    """Return the position in NEGLECT_AGES; -1 without a birth date, and from 18 on."""
    years = count_years(birth, np.full(len(birth), day))
    band = np.searchsorted(np.array(NEGLECT_AGE_EDGES[1:-1]), years, side="right") + 1
    band = np.where((years < 0) | (years >= NEGLECT_AGE_EDGES[-1]), -1, band)
    return np.where(expected, 0, band).astype(np.int64)


def _count_ages(picture: PlanPicture) -> list[Row]:
    """Count the ages of children on a plan now (N9)."""
    plans, everybody = picture.plans, picture.everybody
    here, group = plans.open_on(picture.day), group_categories(plans.latest)
    age = find_ages(picture.birth, picture.expected, picture.day)
    base = picture.base("N9", NEGLECT, breakdown="age now")
    rows = tally_by(base, everybody, age, NEGLECT_AGES, here & (plans.latest == _NEGLECT))
    youngest = {AGED_7_TO_15: "7 to 9", AGED_10_OR_OVER: "10 to 15"}
    eldest = {AGED_7_TO_15: "10 to 15", AGED_10_OR_OVER: "16 and 17"}
    for item, low in youngest.items():
        counted = (age >= NEGLECT_AGES.index(low)) & (age <= NEGLECT_AGES.index(eldest[item]))
        for i, name in enumerate(GROUPS):
            of = here & (group == i)
            base = picture.base("N9", item, breakdown="latest category", category=name, why=NO_AGE)
            rows += tally(base, everybody, counted, of & (age >= 0), of & (age < 0))
    return rows


def find_plan_on(plans: Plans, child: Index, day: Days) -> Index:
    """Return the plan that a child is on at a day; -1 where it is on none.

    A plan that ends on the day still counts: a letter may close it.
    """
    if not len(plans):
        return np.full(len(child), -1, dtype=np.int64)
    key = make_key(plans.child, plans.start)
    at = np.searchsorted(key, make_key(child, day), side="right") - 1
    safe = np.clip(at, 0, None)
    on = (at >= 0) & (plans.child[safe] == child) & ~np.isnat(day)
    on &= np.isnat(plans.end[safe]) | (plans.end[safe] >= day)
    return np.where(on, at, -1)


def reach_back(day: np.datetime64, months: int) -> np.datetime64:
    """Return the first of the days that make up so many months up to a day."""
    return np.datetime64(add_months(np.array([day + 1]), -months)[0], "D")
