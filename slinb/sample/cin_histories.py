"""Made-up cases of need: referrals, assessments, plans and pre-proceedings of made-up children."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from slinb.sample.care_histories import MadeChild
from slinb.sample.days import Day, draw_name, draw_option, draw_whole
from slinb.sample.totals import PlanTotals

#: Days that a plan has lasted so far or lasts in all, about half of them less: plausible only.
_MEDIAN_DAYS = {"NEG": 260, "EMO": 210, "PHY": 170, "SAB": 190, "MUL": 250}
_OTHERS = (("EMO", 0.7), ("PHY", 0.2), ("SAB", 0.1))
_SHIFTED = 0.1
_REPEAT = 0.22
_BACK_WITHIN_YEAR = 0.25
#: Of the plans that are not the first, those whose earlier plan is made up too.
_EARLIER_HELD, _SAME_AGAIN = 0.7, 0.6
#: How many referrals came to little before the one that led to a first plan, and how many of
#: these were taken no further.
_TRIES = ((0, 0.6), (1, 0.28), (2, 0.12))
_TAKEN_NO_FURTHER = 0.35
#: Share of the children coming into care who were on a plan before.
_INTO_CARE_FROM_PLAN = 0.25
_FACTORS = {
    "NEG": (("16A", 0.9), ("1B", 0.3), ("2B", 0.3), ("4B", 0.45), ("3B", 0.4), ("17A", 0.15)),
    "": (("16A", 0.2), ("1B", 0.15), ("2B", 0.15), ("4B", 0.35), ("3B", 0.35), ("17A", 0.25)),
}
_NEEDS = (
    ("N1", 0.58),
    ("N2", 0.1),
    ("N3", 0.03),
    ("N4", 0.1),
    ("N5", 0.12),
    ("N6", 0.03),
    ("N8", 0.04),
)
_SOURCES = (
    ("6", 0.3),
    ("2A", 0.22),
    ("3A", 0.15),
    ("1A", 0.12),
    ("5A", 0.08),
    ("5D", 0.05),
    ("8", 0.08),
)
#: Made-up history in days: what ended before it is not needed for any count.
HISTORY_DAYS = 1100


@dataclass(frozen=True)
class MadePlan:
    """One plan: days, codes of category, and how many plans came before it."""

    start: Day
    end: Day | None
    initial: str
    latest: str
    previous: int
    letter: Day | None = None


@dataclass(frozen=True)
class MadeCase:
    """One episode of need."""

    referral: Day
    closure: Day | None
    need: str
    source: str
    nfa: bool = False
    assessed: Day | None = None
    authorised: Day | None = None
    factors: tuple[str, ...] = ()
    plan: MadePlan | None = None


@dataclass(frozen=True)
class MadeFamilyMember:
    """One child: when it was born, its cases in order, and whether it is in care at the end."""

    number: int
    birth: Day
    female: bool
    cases: list[MadeCase] = field(default_factory=list)
    in_care: bool = False


def make_census_children(
    totals: PlanTotals, seed: int, last_day: Day, number: int, cared: Sequence[MadeChild] = ()
) -> list[MadeFamilyMember]:
    """Make up the children of one authority's census.

    Parameters
    ----------
    totals : PlanTotals
        The published totals that are met on the last day.
    seed, number : int
        The same seed and number of an authority give the same children.
    last_day : int
        The last day (:func:`slinb.sample.days.count_day`).
    cared : sequence of MadeChild, optional
        The authority's made-up children in care: those who came while the census reaches back
        stand in it too.
    """
    rng = np.random.default_rng([seed, number, 47])
    return list(make_families(rng, totals, last_day, cared))


def make_families(
    rng: np.random.Generator, totals: PlanTotals, day: Day, cared: Sequence[MadeChild] = ()
) -> Iterator[MadeFamilyMember]:
    """Make up children until the totals of a day are met.

    Parameters
    ----------
    rng : Generator
        Draws them.
    totals : PlanTotals
        What the open plans are set to.
    day : int
        The last day.
    cared : sequence of MadeChild, optional
        Children of the same authority's made-up care histories. Each who came into care while
        the census reaches back has a case under the same number; a part of them was on a plan
        before, and these are of the plans that have ended.
    """
    number = 500_000
    others = totals.plans - totals.neglect - totals.multiple
    drawn = [draw_name(rng, _OTHERS) for _ in range(others)]
    for latest in ["NEG"] * totals.neglect + ["MUL"] * totals.multiple + drawn:
        number += 1
        start = day - _draw_length(rng, latest)
        case = _make_plan_case(rng, day, start, None, latest)
        yield _make_child(rng, number, day, [*_make_before(rng, day, case), case])
    into_care = [made for child in cared if (made := _make_entrant(rng, totals, day, child))]
    yield from into_care
    before = sum(made.cases[0].plan is not None for made in into_care)
    for _ in range(round(totals.starting * HISTORY_DAYS / 365) - before):
        number += 1
        latest = _draw_category(rng, totals)
        start = day - draw_whole(rng, 70, HISTORY_DAYS)
        end = start + _draw_length(rng, latest)
        if end > day:  # the plans that go on are those made above
            continue
        yield _make_child(rng, number, day, _make_ended(rng, day, start, end, latest))
    for _ in range(round(totals.referrals * HISTORY_DAYS / 365)):
        number += 1
        referral = day - draw_whole(rng, 0, HISTORY_DAYS)
        yield _make_child(rng, number, day, [_make_plain_case(rng, day, referral)])


def _draw_category(rng: np.random.Generator, totals: PlanTotals) -> str:
    others = totals.plans - totals.neglect - totals.multiple
    shares = (("NEG", totals.neglect), ("MUL", totals.multiple), ("", max(others, 1)))
    return draw_name(rng, shares) or draw_name(rng, _OTHERS)


def _make_entrant(
    rng: np.random.Generator, totals: PlanTotals, day: Day, child: MadeChild
) -> MadeFamilyMember | None:
    """Make the case of a child in care, open as long as the care is; None for one long in care."""
    start, end = child.started, child.episodes[-1].end
    if start < day - HISTORY_DAYS:
        return None
    case = _make_care_case(rng, child, start, end)
    # A plan ends some weeks into care, and by the last day: no total of open plans changes.
    if not child.uasc and start <= day - 70 and rng.random() < _INTO_CARE_FROM_PLAN:
        begun = start - draw_whole(rng, 30, 500)
        if begun > child.birth + 40:
            over = start + draw_whole(rng, 5, 60)
            planned = _make_plan_case(rng, day, begun, over, _draw_category(rng, totals))
            case = replace(planned, closure=None if end is None else max(end, over))
    return MadeFamilyMember(child.number, child.birth, child.sex == "F", [case], end is None)


def _make_care_case(
    rng: np.random.Generator, child: MadeChild, start: Day, end: Day | None
) -> MadeCase:
    referral = max(start - (0 if child.uasc else draw_whole(rng, 5, 120)), child.birth)
    return MadeCase(
        referral=referral,
        closure=end,
        need=child.episodes[-1].need,
        source=draw_name(rng, _SOURCES),
        assessed=referral,
        authorised=referral + draw_whole(rng, 3, 40),
        factors=("9A",) if child.uasc else _draw_factors(rng, ""),
    )


def _make_child(
    rng: np.random.Generator, number: int, day: Day, cases: list[MadeCase]
) -> MadeFamilyMember:
    youngest = min(case.referral for case in cases)
    birth = min(youngest, day) - draw_whole(rng, 10, 16 * 365)
    # Nobody is of age on the last day.
    birth = max(birth, day - 17 * 365)
    return MadeFamilyMember(number, birth, bool(rng.random() < 0.48), cases)


def _draw_length(rng: np.random.Generator, category: str) -> int:
    return min(max(int(_MEDIAN_DAYS[category] * rng.lognormal(0, 0.75)), 10), 1050)


def _make_plan_case(
    rng: np.random.Generator, day: Day, start: Day, end: Day | None, latest: str
) -> MadeCase:
    initial = latest
    if rng.random() < _SHIFTED:
        initial = draw_name(rng, tuple((c, 1) for c in ("NEG", "EMO", "PHY") if c != latest))
    letter = start + draw_whole(rng, 60, 300) if rng.random() < 0.12 else None
    if letter is not None and letter > (end or day):
        letter = None
    previous = int(rng.random() < _REPEAT) + int(rng.random() < _REPEAT / 4)
    referral = start - draw_whole(rng, 15, 45)
    return MadeCase(
        referral=referral,
        closure=None,
        need="N1",
        source=draw_name(rng, _SOURCES),
        assessed=referral + 2,
        authorised=referral + draw_whole(rng, 10, 15),
        factors=_draw_factors(rng, "NEG" if latest in ("NEG", "MUL") else ""),
        plan=MadePlan(start, end, initial, latest, previous, letter),
    )


def _make_ended(
    rng: np.random.Generator, day: Day, start: Day, end: Day, latest: str
) -> list[MadeCase]:
    """Make a plan that ended, its case closed some months later, and sometimes a return."""
    case = _make_plan_case(rng, day, start, end, latest)
    closing = end + draw_whole(rng, 20, 120)
    closed = replace(case, closure=closing if closing <= day else None)
    cases = [*_make_before(rng, day, case), closed]
    if closed.closure is not None and rng.random() < _BACK_WITHIN_YEAR:
        back = closed.closure + draw_whole(rng, 1, 500)
        cases += [_make_plain_case(rng, day, back)] if back <= day else []
    return cases


def _make_before(rng: np.random.Generator, day: Day, case: MadeCase) -> list[MadeCase]:
    """Make what came before a case with a plan: the plan before it, or earlier referrals."""
    if case.plan is None:
        return []
    return _make_earlier(rng, day, case) if case.plan.previous else _make_tries(rng, case)


def _make_tries(rng: np.random.Generator, case: MadeCase) -> list[MadeCase]:
    """Make the closed cases before a first plan, some of them longer ago than a year."""
    tries: list[MadeCase] = []
    for _ in range(draw_option(rng, _TRIES, 1)[0]):
        closure = (tries[0].referral if tries else case.referral) - draw_whole(rng, 10, 180)
        nfa = bool(rng.random() < _TAKEN_NO_FURTHER)
        referral = closure if nfa else closure - draw_whole(rng, 25, 70)
        tries.insert(
            0,
            MadeCase(
                referral=referral,
                closure=closure,
                need=draw_name(rng, _NEEDS),
                source=draw_name(rng, _SOURCES),
                nfa=nfa,
                assessed=None if nfa else referral + 2,
                authorised=None if nfa else referral + draw_whole(rng, 10, 25),
                factors=() if nfa else _draw_factors(rng, ""),
            ),
        )
    return tries


def _make_earlier(rng: np.random.Generator, day: Day, case: MadeCase) -> list[MadeCase]:
    """Make the case of the plan before, for some of those that say there was one."""
    if case.plan is None or rng.random() >= _EARLIER_HELD:
        return []
    closure = case.referral - draw_whole(rng, 20, 400)
    end = closure - draw_whole(rng, 20, 120)
    latest = case.plan.initial
    if rng.random() >= _SAME_AGAIN:
        latest = draw_name(rng, _OTHERS)
    made = _make_plan_case(rng, day, end - _draw_length(rng, latest), end, latest)
    plan = replace(made.plan, previous=0) if made.plan else None
    return [replace(made, closure=closure, plan=plan)]


def _make_plain_case(rng: np.random.Generator, day: Day, referral: Day) -> MadeCase:
    source = draw_name(rng, _SOURCES)
    if rng.random() < 0.06:
        return MadeCase(referral, referral, draw_name(rng, _NEEDS), source, nfa=True)
    authorised = referral + draw_whole(rng, 20, 70)
    closure = authorised + draw_whole(rng, 0, 300)
    return MadeCase(
        referral=referral,
        closure=closure if closure <= day else None,
        need=draw_name(rng, _NEEDS),
        source=source,
        assessed=referral + 2,
        authorised=authorised if authorised <= day else None,
        factors=_draw_factors(rng, "") if authorised <= day else (),
    )


def _draw_factors(rng: np.random.Generator, kind: str) -> tuple[str, ...]:
    """Draw factors; one assessment in thirty has none recorded, some say that none was found."""
    if rng.random() < 1 / 30:
        return ()
    return tuple(code for code, share in _FACTORS[kind] if rng.random() < share) or ("21",)
