"""Where labels go so that none covers another: beside lines, and around points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
#: Beside a point before above or below it.
_ANGLES = tuple(
    math.radians(a)
    for a in (0, 180, 30, 150, 330, 210, 60, 120, 300, 240, 90, 270, 15, 165, 345, 195, 75, 285)
)
_ROUNDS = 5
_REACHES = (5, 12, 20, 30, 42, 56, 72, 90, 110, 135, 165, 200)


@dataclass(frozen=True)
class Box:
    """A rectangle, in points of a drawing."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share any of their area."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.top <= other.bottom or other.top <= self.bottom)

    def holds(self, other: Box) -> bool:
        """Whether the other lies wholly inside."""
        wide = self.left <= other.left and other.right <= self.right
        return wide and self.bottom <= other.bottom and other.top <= self.top

    def nearest(self, point: Point) -> Point:
        """Return the place on or in the box that is nearest to a point."""
        return (
            min(max(point[0], self.left), self.right),
            min(max(point[1], self.bottom), self.top),
        )

    def crossed_by(self, start: Point, end: Point) -> bool:
        """Whether a straight line from one point to the other passes through the box."""
        enter, leave = 0.0, 1.0
        for axis, low, high in ((0, self.left, self.right), (1, self.bottom, self.top)):
            step = end[axis] - start[axis]
            if step == 0:
                if not low < start[axis] < high:
                    return False
                continue
            ends = sorted(((low - start[axis]) / step, (high - start[axis]) / step))
            enter, leave = max(enter, ends[0]), min(leave, ends[1])
        return enter < leave


def spread_labels(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Move positions along a line apart, as little as possible, and keep them within bounds.

    Parameters
    ----------
    wanted : sequence of float
        Where each label would stand by itself.
    gap : float
        Least distance between two labels.
    low, high : float
        Bounds. Labels that need more room than there is overrun ``high``.

    Returns
    -------
    list of float
        In the order of ``wanted``; labels keep their order along the line.

    Examples
    --------
    >>> spread_labels([10, 10, 50], 8, 0, 60)
    [6.0, 14.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], i))
    # Least squares under "each at least a gap above the last": pool those that collide.
    pools: list[list[float]] = []
    for place, index in enumerate(order):
        pools.append([wanted[index] - place * gap, 1.0])
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            mean, size = pools.pop()
            other, count = pools[-1]
            pools[-1] = [(mean * size + other * count) / (size + count), size + count]
    flat = [mean for mean, size in pools for _ in range(int(size))]
    ceiling = high - gap * (len(order) - 1)
    places = [max(min(x, ceiling), low) + i * gap for i, x in enumerate(flat)]
    result = [0.0] * len(wanted)
    for moved, index in zip(places, order, strict=True):
        result[index] = float(moved)
    return result


def place_labels(
    points: Sequence[Point],
    sizes: Sequence[tuple[float, float]],
    bounds: Box,
    *,
    first: Iterable[int] = (),
    taken: Sequence[Box] = (),
    radius: float = 6.0,
) -> list[Box | None]:
    """Find each point a place for its label, near it, that covers no label, point or leader.

    Parameters
    ----------
    points : sequence of (x, y)
    sizes : sequence of (width, height)
        Of each point's label.
    bounds : Box
        Labels stay within it.
    first : iterable of int
        Positions of the points whose labels choose their place before the others.
    taken : sequence of Box
        Places that are not free: other words of the drawing.
    radius : float
        Half of the room that a point itself takes.

    Returns
    -------
    list of Box or None
        In the order of ``points``; None where there is no room left. The same input gives
        the same places.
    """
    best: tuple[tuple[int, float], list[Box | None]] = ((len(points) + 1, 0.0), [])
    for order in _list_orders(points, set(first)):
        for _ in range(_ROUNDS):
            found = _place_in_turn(order, _Sheet(points, bounds, radius, taken), sizes)
            best = min(best, (_score(points, found), found), key=lambda pair: pair[0])
            if None not in found:
                break
            # Whoever came too late for a place comes first in the next round.
            order = [i for i in order if found[i] is None] + [i for i in order if found[i]]
    return best[1]


def _list_orders(points: Sequence[Point], first: set[int]) -> list[list[int]]:
    """Return orders in which labels may choose their places: each is good for some crowd."""
    keys: list[Callable[[int], float]] = [
        lambda i: -_crowd(points, i),
        lambda i: points[i][0],
        lambda i: -points[i][0],
        lambda i: points[i][1],
        lambda i: -points[i][1],
    ]
    places = range(len(points))
    return [sorted(places, key=lambda i: (i not in first, key(i))) for key in keys]


def _score(points: Sequence[Point], found: Sequence[Box | None]) -> tuple[int, float]:
    """Return how many labels found no place, and how far the others lie from their points."""
    pairs = [(point, box) for point, box in zip(points, found, strict=True) if box]
    far = sum(math.dist(point, box.nearest(point)) ** 2 for point, box in pairs)
    return len(points) - len(pairs), round(far, 6)


def _place_in_turn(
    order: Sequence[int], sheet: _Sheet, sizes: Sequence[tuple[float, float]]
) -> list[Box | None]:
    found: list[Box | None] = [None] * len(sizes)
    for i in order:
        # A leader that passes over another point is better than a point without a name.
        for strict in (True, False):
            found[i] = found[i] or sheet.place(i, sizes[i], strict=strict)
    return found


class _Sheet:
    """A drawing being labelled: its points, what is taken and which leaders have been drawn."""

    def __init__(
        self, points: Sequence[Point], bounds: Box, radius: float, taken: Sequence[Box]
    ) -> None:
        self.points = points
        self.bounds = bounds
        self.radius = radius
        self.taken = list(taken)
        self.dots = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in points]
        self.leaders: list[tuple[Point, Point]] = []

    def place(self, i: int, size: tuple[float, float], *, strict: bool) -> Box | None:
        """Take the nearest free place for a label; None where there is none."""
        for box in _candidates(self.points[i], size, self.radius):
            leader = (self.points[i], box.nearest(self.points[i]))
            if self._is_free(box) and self._is_clear(leader, i, strict=strict):
                self.taken.append(box)
                self.leaders.append(leader)
                return box
        return None

    def _is_free(self, box: Box) -> bool:
        if not self.bounds.holds(box):
            return False
        if any(box.overlaps(other) for other in (*self.taken, *self.dots)):
            return False
        return not any(box.crossed_by(*line) for line in self.leaders)

    def _is_clear(self, leader: tuple[Point, Point], i: int, *, strict: bool) -> bool:
        others = self.taken
        if strict:
            others = [*others, *(dot for j, dot in enumerate(self.dots) if j != i)]
        return not any(other.crossed_by(*leader) for other in others)


def _crowd(points: Sequence[Point], i: int) -> int:
    return sum(math.dist(points[i], other) < 60 for other in points)


def _candidates(point: Point, size: tuple[float, float], radius: float) -> Iterable[Box]:
    """Yield places around a point, the nearest first."""
    width, height = size
    for reach in _REACHES:
        for angle in _ANGLES:
            x = point[0] + math.cos(angle) * (radius + reach)
            y = point[1] + math.sin(angle) * (radius + reach)
            left = x if math.cos(angle) > 0.1 else x - width
            if abs(math.cos(angle)) <= 0.1:
                left = x - width / 2
            yield Box(left, y - height / 2, left + width, y + height / 2)
