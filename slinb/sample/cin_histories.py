"""Made-up cases of need: referrals, assessments, plans and pre-proceedings of made-up children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

#: Days that a plan has lasted so far or lasts in all, about half of them less: plausible only.
_MEDIAN_DAYS = {"NEG": 260, "EMO": 210, "PHY": 170, "SAB": 190, "MUL": 250}
_OTHERS = ("EMO", "PHY", "SAB")
_OTHER_SHARES = (0.7, 0.2, 0.1)
_SHIFTED = 0.1
_REPEAT = 0.22
_BACK_WITHIN_YEAR = 0.25
_FACTORS = {
    "NEG": (("16A", 0.9), ("1B", 0.3), ("2B", 0.3), ("4B", 0.45), ("3B", 0.4), ("17A", 0.15)),
    "": (("16A", 0.2), ("1B", 0.15), ("2B", 0.15), ("4B", 0.35), ("3B", 0.35), ("17A", 0.25)),
}
_NEEDS = ("N1", "N2", "N3", "N4", "N5", "N6", "N8")
_NEED_SHARES = (0.58, 0.1, 0.03, 0.1, 0.12, 0.03, 0.04)
_SOURCES = ("6", "2A", "3A", "1A", "5A", "5D", "8")
_SOURCE_SHARES = (0.3, 0.22, 0.15, 0.12, 0.08, 0.05, 0.08)
#: Made-up history in days: what ended before it is not needed for any count.
HISTORY_DAYS = 1100
Day = np.datetime64


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
    """One child: when it was born, and its cases in order."""

    number: int
    birth: Day
    female: bool
    cases: list[MadeCase] = field(default_factory=list)


@dataclass(frozen=True)
class PlanTotals:
    """What one authority's made-up plans are set to.

    Parameters
    ----------
    plans, neglect, multiple : int
        Open plans on the last day, and of them those of each latest category.
    starting : int
        Plans starting in a year.
    referrals : int
        Referrals a year beside those that lead to a plan.
    """

    plans: int
    neglect: int
    multiple: int
    starting: int
    referrals: int


def make_families(
    rng: np.random.Generator, totals: PlanTotals, day: Day
) -> Iterator[MadeFamilyMember]:
    """Make up children until the totals of a day are met."""
    number = 500_000
    others = totals.plans - totals.neglect - totals.multiple
    drawn = rng.choice(_OTHERS, size=others, p=_OTHER_SHARES).tolist()
    for latest in ["NEG"] * totals.neglect + ["MUL"] * totals.multiple + drawn:
        number += 1
        start = day - _draw_length(rng, latest)
        yield _make_child(rng, number, day, [_make_plan_case(rng, day, start, None, latest)])
    shares = np.array([totals.neglect, totals.multiple, max(others, 1)], dtype=float)
    for _ in range(round(totals.starting * HISTORY_DAYS / 365 * 0.75)):
        number += 1
        kind = str(rng.choice(["NEG", "MUL", ""], p=shares / shares.sum()))
        latest = kind or str(rng.choice(_OTHERS, p=_OTHER_SHARES))
        start = day - int(rng.integers(70, HISTORY_DAYS))
        end = min(start + _draw_length(rng, latest), day - int(rng.integers(0, 60)))
        yield _make_child(rng, number, day, _make_ended(rng, day, start, end, latest))
    for _ in range(round(totals.referrals * HISTORY_DAYS / 365)):
        number += 1
        referral = day - int(rng.integers(0, HISTORY_DAYS))
        yield _make_child(rng, number, day, [_make_plain_case(rng, day, referral)])


def _make_child(
    rng: np.random.Generator, number: int, day: Day, cases: list[MadeCase]
) -> MadeFamilyMember:
    youngest = min(case.referral for case in cases)
    birth = min(youngest, day) - int(rng.integers(10, 16 * 365))
    # Nobody is of age on the last day.
    birth = max(birth, day - 17 * 365)
    return MadeFamilyMember(number, birth, bool(rng.random() < 0.48), cases)


def _draw_length(rng: np.random.Generator, category: str) -> int:
    return int(np.clip(_MEDIAN_DAYS[category] * rng.lognormal(0, 0.75), 10, 1050))


def _make_plan_case(
    rng: np.random.Generator, day: Day, start: Day, end: Day | None, latest: str
) -> MadeCase:
    initial = latest
    if rng.random() < _SHIFTED:
        initial = str(rng.choice([c for c in ("NEG", "EMO", "PHY") if c != latest]))
    letter = start + int(rng.integers(60, 300)) if rng.random() < 0.12 else None
    if letter is not None and letter > (end or day):
        letter = None
    previous = int(rng.random() < _REPEAT) + int(rng.random() < _REPEAT / 4)
    referral = start - int(rng.integers(15, 45))
    return MadeCase(
        referral=referral,
        closure=None,
        need="N1",
        source=_draw(rng, _SOURCES, _SOURCE_SHARES),
        assessed=referral + 2,
        authorised=referral + int(rng.integers(10, 15)),
        factors=_draw_factors(rng, "NEG" if latest in ("NEG", "MUL") else ""),
        plan=MadePlan(start, end, initial, latest, previous, letter),
    )


def _make_ended(
    rng: np.random.Generator, day: Day, start: Day, end: Day, latest: str
) -> list[MadeCase]:
    """Make a plan that ended, its case closed some months later, and sometimes a return."""
    case = _make_plan_case(rng, day, start, end, latest)
    closing = end + int(rng.integers(20, 120))
    closed = MadeCase(**{**case.__dict__, "closure": closing if closing <= day else None})
    if closed.closure is None or rng.random() >= _BACK_WITHIN_YEAR:
        return [closed]
    back = closed.closure + int(rng.integers(1, 500))
    return [closed, _make_plain_case(rng, day, back)] if back <= day else [closed]


def _make_plain_case(rng: np.random.Generator, day: Day, referral: Day) -> MadeCase:
    source = _draw(rng, _SOURCES, _SOURCE_SHARES)
    if rng.random() < 0.06:
        return MadeCase(referral, referral, _draw(rng, _NEEDS, _NEED_SHARES), source, nfa=True)
    authorised = referral + int(rng.integers(20, 70))
    closure = authorised + int(rng.integers(0, 300))
    return MadeCase(
        referral=referral,
        closure=closure if closure <= day else None,
        need=_draw(rng, _NEEDS, _NEED_SHARES),
        source=source,
        assessed=referral + 2,
        authorised=authorised if authorised <= day else None,
        factors=_draw_factors(rng, "") if authorised <= day else (),
    )


def _draw(rng: np.random.Generator, codes: tuple[str, ...], shares: tuple[float, ...]) -> str:
    return codes[int(rng.choice(len(codes), p=shares))]


def _draw_factors(rng: np.random.Generator, kind: str) -> tuple[str, ...]:
    """Draw factors; one assessment in thirty has none recorded, some say that none was found."""
    if rng.random() < 1 / 30:
        return ()
    return tuple(code for code, share in _FACTORS[kind] if rng.random() < share) or ("21",)
