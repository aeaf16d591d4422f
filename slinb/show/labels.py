"""Where labels go so that none covers another: beside lines, and around points."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]
Line = tuple[Point, Point]
Found = dict[int, "Box"]
#: Beside a point before above or below it.
_ANGLES = tuple(
    math.radians(a)
    for a in (0, 180, 30, 150, 330, 210, 60, 120, 300, 240, 90, 270, 15, 165, 345, 195, 75, 285)
)
_ROUNDS = 4
#: A label further than this from its point may be worth another place.
_FAR = 20.0
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
    sheet = _Sheet(points, sizes, bounds, radius, taken)
    tries = [sheet.fill_again(order) for order in _list_orders(points, set(first))]
    found = sheet.improve(min(tries, key=sheet.score))
    return [found.get(i) for i in range(len(points))]


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


class _Sheet:
    """A drawing to be labelled: its points, the sizes of their labels and what is not free."""

    def __init__(
        self,
        points: Sequence[Point],
        sizes: Sequence[tuple[float, float]],
        bounds: Box,
        radius: float,
        taken: Sequence[Box],
    ) -> None:
        self.points = points
        self.bounds = bounds
        self.taken = list(taken)
        self.dots = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in points]
        fits = [_candidates(point, size, radius) for point, size in zip(points, sizes, strict=True)]
        self.places = [
            [box for box in boxes if bounds.holds(box) and not self._covers(box)] for boxes in fits
        ]

    def _covers(self, box: Box) -> bool:
        return any(box.overlaps(other) for other in (*self.taken, *self.dots))

    def score(self, found: Found) -> tuple[int, float]:
        """Return how many labels found no place, and how far the others lie from their points."""
        far = sum(self.distance(found, i) ** 2 for i in found)
        return len(self.points) - len(found), round(far, 6)

    def distance(self, found: Found, i: int) -> float:
        """Return how far a label lies from its point; far away where it has no place."""
        return math.dist(self.points[i], found[i].nearest(self.points[i])) if i in found else 1e3

    def fill(self, found: Found, order: Sequence[int]) -> Found:
        """Place labels in turn beside those that are there, each as near as it can be."""
        found = dict(found)
        for i in order:
            # A leader that passes over another point is better than a point without a name.
            for strict in (True, False):
                if box := self._find_place(i, found, strict=strict):
                    found[i] = box
                    break
        return found

    def fill_again(self, order: Sequence[int]) -> Found:
        """Place all labels in turn; whoever came too late comes first in the next round."""
        tries = []
        for _ in range(_ROUNDS):
            tries.append(self.fill({}, order))
            if len(tries[-1]) == len(order):
                break
            order = sorted(order, key=tries[-1].__contains__)
        return min(tries, key=self.score)

    def improve(self, found: Found) -> Found:
        """Let each label that lies far off change places with another while that helps."""
        for _ in range(_ROUNDS):
            far = [i for i in range(len(self.points)) if self.distance(found, i) > _FAR]
            tries = [
                self.fill({k: box for k, box in found.items() if k not in (i, j)}, (i, j))
                for i in far
                for j in range(len(self.points))
                if i != j
            ]
            better = min([found, *tries], key=self.score)
            if better == found:
                break
            found = better
        return found

    def _find_place(self, i: int, found: Found, *, strict: bool) -> Box | None:
        leaders = [(self.points[j], box.nearest(self.points[j])) for j, box in found.items()]
        dots = [dot for j, dot in enumerate(self.dots) if j != i] if strict else []
        walls = [*self.taken, *found.values(), *dots]
        for box in self.places[i]:
            leader = (self.points[i], box.nearest(self.points[i]))
            if (
                not any(box.overlaps(other) for other in found.values())
                and not any(box.crossed_by(*line) for line in leaders)
                and not any(wall.crossed_by(*leader) for wall in walls)
                and not any(_lines_cross(leader, line) for line in leaders)
            ):
                return box
        return None


def _lines_cross(one: Line, other: Line) -> bool:
    """Whether two straight lines cross within their lengths."""

    def side(line: Line, point: Point) -> float:
        (x0, y0), (x1, y1) = line
        return (x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)

    apart = side(one, other[0]) * side(one, other[1]) >= 0
    return not apart and side(other, one[0]) * side(other, one[1]) < 0


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
