"""Made-up care histories: children, their legal statuses and placements, drawn at random.

No child of them exists. The shares and lengths are set so that a region looks like one (starts
under Section 20, orders after some months, long foster placements, endings at 18); they are
plausible, not estimated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from slinb.sample.days import Day, count_day, draw_name, draw_option, draw_whole

#: Days before the last day within which the starts are spread.
HISTORY_DAYS = 12 * 365
_UASC_HISTORY_DAYS = 6 * 365
_YEAR = 365.25
_H5_ENDS = count_day(dt.date(2024, 4, 1))  # from 2024-25 supported accommodation is K3

#: Age at the start of care: share, lowest and highest age in days.
_AGES = (
    (0.17, 1, 364),
    (0.16, 365, 1825),
    (0.16, 1826, 3651),
    (0.31, 3652, 5843),
    (0.20, 5844, 6500),
)
#: First legal status and its share; police protection and emergency orders last days only.
_FIRST_STATUS = (("V2", 0.50), ("C1", 0.24), ("L1", 0.10), ("L2", 0.13), ("J1", 0.03))
_NEEDS = (
    ("N1", 0.62),
    ("N2", 0.04),
    ("N3", 0.04),
    ("N4", 0.09),
    ("N5", 0.14),
    ("N6", 0.03),
    ("N8", 0.04),
)
#: How a status ends: next status or reason for ceasing, share, median days.
_TURNS = {
    "V2": (
        ("C1", 0.26, 95),
        ("E4A", 0.26, 170),
        ("E4B", 0.10, 60),
        ("E13", 0.04, 150),
        ("E8", 0.05, 200),
        ("stay", 0.29, 0),
    ),
    "L1": (("C1", 0.55, 2), ("V2", 0.25, 1), ("E4A", 0.20, 2)),
    "L2": (("C1", 0.85, 7), ("E4A", 0.15, 7)),
    "C1": (
        ("C2", 0.50, 210),
        ("E1", 0.12, 230),
        ("E4A", 0.14, 190),
        ("E45", 0.12, 230),
        ("E47", 0.05, 220),
        ("E41", 0.07, 210),
    ),
    "C2": (
        ("stay", 0.76, 0),
        ("E45", 0.07, 900),
        ("E4A", 0.10, 800),
        ("E41", 0.03, 700),
        ("E8", 0.04, 900),
    ),
    "E1": (("E11", 0.55, 300), ("E12", 0.39, 320), ("C2", 0.06, 400)),
    "J1": (("E14", 0.85, 35), ("V2", 0.15, 30)),
}
_ADULT_ENDINGS = (("E17", 0.3), ("E5", 0.35), ("E6", 0.15), ("E4A", 0.12), ("E7", 0.08))
_PLACES = {
    "young": (("U6", 0.58), ("U3", 0.20), ("U4", 0.12), ("R3", 0.10)),
    "child": (("U6", 0.42), ("U4", 0.30), ("U3", 0.12), ("K2", 0.14), ("S1", 0.02)),
    "older": (("U6", 0.34), ("U4", 0.10), ("K2", 0.26), ("supported", 0.30)),
}
_MEAN_PLACEMENT_DAYS = 480
_TEN_YEARS = 3653
_HOME, _COME_BACK = ("E4A", "E4B"), 0.2
_LETTERS = "ABDEFGHJ"
_SPREAD = 0.75  # of the logarithm of a length


@dataclass(frozen=True)
class MadeEpisode:
    """One episode of a made-up child; ``end`` is None while it goes on."""

    start: Day
    end: Day | None
    reason: str
    legal: str
    need: str
    place: str
    provider: str
    ceased: str
    home: str
    placed: str
    urn: str


@dataclass
class MadeChild:
    """A made-up child and its care, up to the last day."""

    number: int
    sex: str
    birth: Day
    uasc: bool
    disabled: bool
    episodes: list[MadeEpisode] = field(default_factory=list)
    reviews: list[Day] = field(default_factory=list)

    @property
    def current(self) -> MadeEpisode | None:
        """The episode that goes on, if the child is looked after on the last day."""
        last = self.episodes[-1]
        return last if last.end is None else None

    @property
    def started(self) -> Day:
        """Start of the latest period of care."""
        return next(e.start for e in reversed(self.episodes) if e.reason == "S")

    @property
    def adult_day(self) -> Day:
        """18th birthday, near enough for a made-up child."""
        return self.birth + 6574


def make_children(
    rng: np.random.Generator, last_day: Day, n: int, uasc: bool, first_number: int
) -> Iterator[MadeChild]:
    """Draw children who started care in the years before a day, with all that followed."""
    reach = _UASC_HISTORY_DAYS if uasc else HISTORY_DAYS
    for i in range(n):
        start = last_day - draw_whole(rng, 0, reach)
        child = _draw_child(rng, start, uasc, first_number + i)
        _live(rng, child, start, last_day)
        if child.episodes:
            _come_back(rng, child, last_day)
            yield child


def _come_back(rng: np.random.Generator, child: MadeChild, last_day: Day) -> None:
    """Let some of those who went home start care again, some months later."""
    last = child.episodes[-1]
    if last.ceased in _HOME and last.end is not None and rng.random() < _COME_BACK:
        again = last.end + draw_whole(rng, 10, 500)
        if again < min(last_day, child.adult_day):
            _live(rng, child, again, last_day)


def _draw_child(rng: np.random.Generator, start: Day, uasc: bool, number: int) -> MadeChild:
    if uasc:
        age = draw_whole(rng, 5600, 6480)
    else:
        _, low, high = draw_option(rng, _AGES, 0)
        age = draw_whole(rng, low, high)
    return MadeChild(
        number=number,
        sex="M" if rng.random() < (0.9 if uasc else 0.55) else "F",
        birth=start - age,
        uasc=uasc,
        disabled=bool(rng.random() < 0.12),
    )


def _live(rng: np.random.Generator, child: MadeChild, start: Day, last_day: Day) -> None:
    """Let a child go through statuses until care ends or the last day comes."""
    need = "N8" if child.uasc else draw_name(rng, _NEEDS)
    status = "V2" if child.uasc else draw_name(rng, _FIRST_STATUS)
    if status == "J1" and start - child.birth < _TEN_YEARS:
        status = "C1"  # nobody under ten is remanded
    day, reason, came_from = start, "S", ""
    home = "" if child.uasc else _draw_postcode(rng)
    while True:
        turn, length = _draw_turn(rng, status, child.uasc)
        end = min(day + length, child.adult_day)
        if end <= day or day >= child.adult_day:
            return
        if end == child.adult_day:
            turn = draw_name(rng, _ADULT_ENDINGS)
        goes_on = end > last_day
        ceased = "" if goes_on else ("X1" if turn in _TURNS else turn)
        until = None if goes_on else end
        _place(rng, child, status, day, until, reason, need, ceased, home, came_from, last_day)
        if goes_on or turn not in _TURNS:
            return
        came_from = child.episodes[-1].place
        day, status = end, turn
        reason = "B" if turn == "E1" else "L"


def _draw_turn(rng: np.random.Generator, status: str, uasc: bool) -> tuple[str, int]:
    """Draw what a status turns into and after how many days."""
    if uasc:
        status_turns: tuple[tuple[str, float, int], ...] = (("stay", 0.9, 0), ("C2", 0.1, 200))
        status_turns = status_turns if status == "V2" else (("stay", 1.0, 0),)
    else:
        status_turns = _TURNS[status]
    turn, _, median = draw_option(rng, status_turns, 1)
    if turn == "stay":
        return "stay", 20_000  # until the 18th birthday
    if median < 10:
        return turn, max(1, median + draw_whole(rng, -1, 2))
    return turn, max(3, int(median * np.exp(rng.normal(0, _SPREAD))))


def _place(
    rng: np.random.Generator,
    child: MadeChild,
    status: str,
    start: Day,
    end: Day | None,
    reason: str,
    need: str,
    ceased: str,
    home: str,
    came_from: str,
    last_day: Day,
) -> None:
    """Fill one status with placements, one episode each."""
    day = start
    stop = last_day + 1 if end is None else end
    place = came_from if reason == "L" and came_from else _draw_place(rng, child, status, day)
    if place == "H5" and day >= _H5_ENDS:
        place, reason = "K3", "B"  # the code went out of use: it changes with the status
    # A change of status alone keeps the placement; every other reason brings a new one.
    kept = child.episodes[-1] if reason == "L" and child.episodes else None
    while True:
        length = 3 + int(rng.exponential(_MEAN_PLACEMENT_DAYS))
        upto = day + length
        if place == "H5" and upto > _H5_ENDS:
            upto = max(_H5_ENDS, day + 1)
        final = upto >= stop
        child.episodes.append(
            MadeEpisode(
                start=day,
                end=end if final else upto,
                reason=reason,
                legal=status,
                need=need,
                place=place,
                provider=kept.provider if kept else _draw_provider(rng, place),
                ceased=ceased if final else "X1",
                home=home,
                placed=kept.placed if kept else _draw_postcode(rng),
                urn=kept.urn if kept else _draw_urn(rng, place),
            )
        )
        if final:
            return
        day, reason, kept = upto, "P", None
        place = _draw_place(rng, child, status, day)


def _draw_place(rng: np.random.Generator, child: MadeChild, status: str, day: Day) -> str:
    if status == "E1":
        return draw_name(rng, (("A5", 0.3), ("A6", 0.7)))
    if status == "C2" and rng.random() < 0.08:
        return "P1"
    years = (day - child.birth) / _YEAR
    kind = "young" if years < 4 else "child" if years < 16 else "older"
    place = draw_name(rng, _PLACES[kind])
    if place == "supported":
        return "K3" if day >= _H5_ENDS else "H5"
    return place


def _draw_provider(rng: np.random.Generator, place: str) -> str:
    if place == "P1":
        return "PR0"
    return draw_name(rng, (("PR1", 0.5), ("PR4", 0.4), ("PR5", 0.1)))


def _draw_postcode(rng: np.random.Generator) -> str:
    """Draw a postcode of the area ZZ, which does not exist."""
    n = draw_whole(rng, 0, 98 * 8 * 64)
    district, rest = divmod(n, 512)
    digit, letters = divmod(rest, 64)
    return f"ZZ{district + 1} {digit + 1}{_LETTERS[letters // 8]}{_LETTERS[letters % 8]}"


def _draw_urn(rng: np.random.Generator, place: str) -> str:
    return f"SC90{draw_whole(rng, 10_000, 99_999)}" if place in ("K2", "K3", "S1") else ""


def add_reviews(rng: np.random.Generator, child: MadeChild, last_day: Day) -> None:
    """Draw the reviews of a child's latest period of care, most of them in time."""
    last = child.episodes[-1].end or last_day
    day = child.started + draw_whole(rng, 15, 26)
    step = 80
    while day < last:
        child.reviews.append(day)
        late = rng.random() < 0.06
        day = day + step + draw_whole(rng, 0, 9) + (60 if late else 0)
        step = 165
