"""Cases of neglect in the census: referrals, factors, need, proceedings, early help.

N6 to N8, N11, N14 and the blank assessments of N15.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

import numpy as np

from slinb.catalogue.periods import Period
from slinb.records.cin_cases import Census
from slinb.records.cin_link import Index, Mask, make_key
from slinb.records.cin_values import ANY_FACTOR, FACTOR_BITS, NEGLECT_BIT
from slinb.records.codes import load_codes
from slinb.records.dates import Days, add_months, count_months
from slinb.records.neglect_plans import (
    Window,
    find_earlier,
    find_plan_on,
    group_categories,
    reach_back,
)
from slinb.records.neglect_words import (
    ASSESSED_WITHOUT,
    BEFORE_FIRST_PLAN,
    BESIDE_NEGLECT,
    CASES,
    CATEGORIES,
    CIN_CENSUS,
    FACTORS,
    FROM_EARLY_HELP,
    GROUPS,
    IN_NEED,
    LETTER_GROUPS,
    LETTER_SENT,
    NEGLECT,
    NO_FACTORS,
    NO_PREVIOUS,
    PRE_PROCEEDINGS,
    REFERRALS,
    REFERRED_AGAIN,
    WITHOUT_NEGLECT,
)
from slinb.records.stock import give_median, list_months
from slinb.records.tally import Populations, Row, tally, tally_by
from slinb.records.vocabulary import NEEDS

_NEGLECT = CATEGORIES.index(NEGLECT)
FOLLOWED_MONTHS = 12


@dataclass(frozen=True)
class NeedBreak:
    """A code whose wording changed: from ``first_year`` on its rows carry another group."""

    codes: str
    code: str
    first_year: int
    measures: tuple[str, ...]
    group: str
    said: str


@lru_cache(maxsize=1)
def load_breaks() -> tuple[NeedBreak, ...]:
    """Return the breaks in series of the census that come with slinb."""
    source = files("slinb.records") / "codelists" / "cin_breaks.toml"
    raw = tomllib.loads(source.read_text(encoding="utf-8"))["break"]
    return tuple(
        NeedBreak(
            b["list"], b["code"], b["first_year"], tuple(b["measures"]), b["group"], b["said"]
        )
        for b in raw
    )


def label_needs(year: int) -> tuple[str, ...]:
    """Return NEEDS in the wording of a census year.

    Examples
    --------
    >>> label_needs(2025)[0], label_needs(2026)[0]
    ('N1 abuse or neglect', 'N1 abuse, neglect and exploitation')
    """
    labels = list(NEEDS)
    codes = load_codes("cin")["PrimaryNeedCode"]
    for change in load_breaks():
        if change.codes == "PrimaryNeedCode" and year >= change.first_year:
            labels[NEEDS.index(codes.codes[codes.position[change.code]].group)] = change.group
    return tuple(labels)


def _base(measure: str, item: str, window: str, **more: str) -> Row:
    return {"measure": measure, "item": item, "source": CIN_CENSUS, "window": window, **more}


def mark_neglect(census: Census) -> Mask:
    """Return which episodes are cases of neglect: by a plan of theirs, or a factor found."""
    marked = np.zeros(len(census.episodes), dtype=bool)
    plans, assessments = census.plans, census.assessments
    for_neglect = (plans.initial == _NEGLECT) | (plans.latest == _NEGLECT)
    marked[plans.episode[for_neglect & (plans.episode >= 0)]] = True
    found = (assessments.flags & NEGLECT_BIT > 0) & (assessments.episode >= 0)
    marked[assessments.episode[found]] = True
    return marked


# The cycle (N6) -----------------------------------------------------------------------------


def find_next_referral(census: Census) -> Days:
    """Return for each episode the child's first later referral on or after its closure."""
    episodes = census.episodes
    day = np.where(np.isnat(episodes.end), np.datetime64("2200-01-01", "D"), episodes.end)
    key = make_key(episodes.child, episodes.start)
    at = np.searchsorted(key, make_key(episodes.child, day))
    at = np.where(at == np.arange(len(at)), at + 1, at)
    after = np.append(episodes.start, np.datetime64("NaT", "D"))[np.minimum(at, len(key))]
    own = np.append(episodes.child, -1)[np.minimum(at, len(key))] == episodes.child
    return np.where(own, after, np.datetime64("NaT", "D"))


def list_cohorts(census: Census, quarter: Period) -> list[Period]:
    """Return the quarters that the files hold whole and that have been followed for a year."""
    cohorts = []
    cohort = quarter.shift(-FOLLOWED_MONTHS // 3)
    while np.datetime64(cohort.start, "D") >= census.reach.first:
        cohorts.append(cohort)
        cohort = cohort.previous()
    return cohorts[::-1]


def count_cycle(census: Census, quarter: Period) -> list[Row]:
    """Count closed cases that were referred again within twelve months (N6)."""
    episodes = census.episodes
    neglect, again = mark_neglect(census), find_next_referral(census)
    died = load_codes("cin")["ReasonForClosure"].mark("died")[episodes.reason]
    closed = ~np.isnat(episodes.end) & ~episodes.nfa & ~died
    back = again <= add_months(episodes.end, FOLLOWED_MONTHS)
    everybody, nobody = Populations(None, len(episodes)), np.zeros(len(episodes), dtype=bool)
    rows = []
    for cohort in list_cohorts(census, quarter):
        window = _take_quarter(cohort)
        for name, mask in zip(CASES, (neglect, ~neglect), strict=True):
            base = _base("N6", REFERRED_AGAIN, "cohort", cohort=cohort.id, breakdown="case")
            of = closed & mask & window.holds(episodes.end)
            rows += tally({**base, "category": name}, everybody, back, of, nobody)
    return rows


def _take_quarter(quarter: Period) -> Window:
    first, last = (np.datetime64(day, "D") for day in (quarter.start, quarter.end))
    return Window("quarter", first, last)


def count_before_first(census: Census, windows: Sequence[Window]) -> list[Row]:
    """Count the referrals of the twelve months before a first plan for neglect (N6)."""
    plans = census.plans
    rows = []
    for window in windows:
        if reach_back(window.first - 1, FOLLOWED_MONTHS) < census.reach.first:
            continue
        inside = window.holds(plans.start) & (plans.initial == _NEGLECT)
        inside &= find_earlier(plans) < 0
        first = inside & (plans.previous == 0)
        n = np.zeros(len(plans), dtype=np.int64)
        n[first] = _count_referrals(census, plans.child[first], plans.start[first])
        base = _base("N6", BEFORE_FIRST_PLAN, window.name, breakdown="referrals")
        everybody = Populations(None, len(plans))
        told = tally_by(base, everybody, np.minimum(n, len(REFERRALS)) - 1, REFERRALS, first)
        unknown = int((inside & np.isnan(plans.previous)).sum())
        more = {"excluded": unknown, "why": NO_PREVIOUS} if unknown else {}
        rows += [{**row, **more} for row in told]
    return rows


def _count_referrals(census: Census, child: Index, day: Days) -> Index:
    """Return how many referrals each child had in the twelve months up to a day."""
    key = make_key(census.episodes.child, census.episodes.start)
    since = add_months(day, -FOLLOWED_MONTHS)
    upper = np.searchsorted(key, make_key(child, day), side="right")
    lower = np.searchsorted(key, make_key(child, since), side="right")
    return upper - lower


# Factors (N7, N15) --------------------------------------------------------------------------


def count_factors(census: Census, windows: Sequence[Window]) -> list[Row]:
    """Count episodes by what their assessments of a window found (N7), and blanks (N15)."""
    rows = []
    assessments = census.assessments
    for window in windows:
        inside = window.holds(assessments.authorised)
        flags = _join_flags(census, inside)
        rows += _count_neglect_factor(flags, window)
        everybody = Populations(None, len(inside))
        without, nobody = assessments.flags == 0, np.zeros(len(inside), dtype=bool)
        base = _base("N15", ASSESSED_WITHOUT, window.name)
        rows += tally(base, everybody, without, inside, nobody)
    return rows


def _join_flags(census: Census, inside: Mask) -> Index:
    """Return the factors of each episode assessed: all its assessments together."""
    own = census.assessments.episode[inside]
    # An assessment of no known episode stands by itself.
    alone = len(census.episodes) + np.arange(len(own))
    _, place = np.unique(np.where(own >= 0, own, alone), return_inverse=True)
    flags = np.zeros(int(place.max(initial=-1)) + 1, dtype=np.int64)
    np.bitwise_or.at(flags, place, census.assessments.flags[inside])
    return flags


def _count_neglect_factor(flags: Index, window: Window) -> list[Row]:
    everybody = Populations(None, len(flags))
    known, neglect = flags & ANY_FACTOR > 0, flags & NEGLECT_BIT > 0
    base = _base("N7", NEGLECT, window.name, why=NO_FACTORS)
    rows = tally(base, everybody, neglect, known, ~known)
    nobody = np.zeros(len(flags), dtype=bool)
    for item, of in ((BESIDE_NEGLECT, neglect), (WITHOUT_NEGLECT, known & ~neglect)):
        for factor in FACTORS:
            base = _base("N7", item, window.name, breakdown="factor", category=factor)
            rows += tally(base, everybody, flags & FACTOR_BITS[factor] > 0, of, nobody)
    return rows


# Need, proceedings, early help (N8, N11, N14) -----------------------------------------------


def count_needs(census: Census, day: np.datetime64) -> list[Row]:
    """Count open episodes by primary need, in the wording of their census (N8)."""
    episodes = census.episodes
    here = (np.isnat(episodes.end) | (episodes.end > day)) & ~episodes.nfa
    groups = load_codes("cin")["PrimaryNeedCode"].codes
    position = np.array([NEEDS.index(code.group) for code in groups] + [-1], dtype=np.int64)
    labels = label_needs(max(census.reach.years.values(), default=0))
    base = _base("N8", IN_NEED, "snapshot", breakdown="primary need")
    return tally_by(base, Populations(None, len(here)), position[episodes.need], labels, here)


def count_proceedings(census: Census, windows: Sequence[Window]) -> list[Row]:
    """Count pre-proceedings started, by the plan that the child was on, and letters (N11)."""
    held = census.proceedings
    everybody, nobody = Populations(None, len(held.child)), np.zeros(len(held.child), dtype=bool)
    plan = find_plan_on(census.plans, held.child, held.start)
    group = np.append(group_categories(census.plans.latest), -1)[plan]
    group = np.where(plan < 0, LETTER_GROUPS.index("no plan"), group)
    rows = []
    for window in windows:
        inside = window.holds(held.start)
        base = _base("N11", PRE_PROCEEDINGS, window.name, breakdown="latest category")
        rows += tally_by(base, everybody, group, LETTER_GROUPS, inside)
        sent = ~np.isnat(held.letter)
        rows += tally(_base("N11", LETTER_SENT, window.name), everybody, sent, inside, nobody)
    return rows


def list_letters(census: Census, window: Window) -> tuple[list[Row], list[Row]]:
    """Return DURATIONS and STATISTICS rows from the start of a plan to the letter (N11)."""
    held = census.proceedings
    plan = find_plan_on(census.plans, held.child, held.letter)
    inside = window.holds(held.letter) & (plan >= 0)
    start, letter = census.plans.start[plan[inside]], held.letter[inside]
    group = group_categories(census.plans.latest)[plan[inside]]
    durations: list[Row] = []
    statistics: list[Row] = []
    for i, name in enumerate(GROUPS):
        own = group == i
        durations += list_months("N11", CIN_CENSUS, name, count_months(start[own], letter[own]))
        days = (letter[own] - start[own]).astype(np.int64)
        statistics.append(give_median("N11", CIN_CENSUS, name, days))
    return durations, statistics


def count_early_help(census: Census, windows: Sequence[Window]) -> list[Row]:
    """Count referrals that early help made (N14)."""
    episodes = census.episodes
    nobody = np.zeros(len(episodes), dtype=bool)
    rows = []
    for window in windows:
        inside = window.holds(episodes.start)
        base = _base("N14", FROM_EARLY_HELP, window.name)
        everybody = Populations(None, len(episodes))
        rows += tally(base, everybody, episodes.early_help, inside, nobody)
    return rows
