"""A reader with a pencil: what follows from published tables, by trying out other tables.

Nothing here is the package's. From the cells that are shown and the sums that hold, the null
space of the unknown cells is found by elimination in fractions; walking along it from the true
table gives other tables that a reader cannot tell from it. Where walking does not settle a
cell, an integer programme does. Sets of cells with a known sum are listed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
from scipy import optimize

from tests.methods.disclosure.tables import Family

THRESHOLD, BASE, FAR = 5, 10, 1e6
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Puzzle:
    """The unknown cells of one family: matrix · x = the true sums, low <= x <= high."""

    names: list[str]
    matrix: Floats
    truth: Floats
    low: Floats
    high: Floats
    secret: npt.NDArray[np.bool_]


def pose(family: Family, hidden: set[str]) -> Puzzle:
    """Return what a reader of the published tables does not know."""
    names = [n for n in family.counts if n in hidden or _is_vague(family, n)]
    place = {name: n for n, name in enumerate(names)}
    rows = []
    for total, parts in family.sums:
        row = np.zeros(len(names))
        for name, sign in [(total, -1.0), *((part, 1.0) for part in parts)]:
            if name in place:
                row[place[name]] += sign
        if row.any():
            rows.append(row)
    low, high = zip(*(_bounds(family, n, n in hidden) for n in names), strict=True)
    matrix = np.array(rows).reshape(-1, len(names))
    truth = np.array([family.counts[name] for name in names], dtype=float)
    secret = np.array([name in hidden for name in names])
    return Puzzle(names, matrix, truth, np.array(low), np.array(high), secret)


def _is_vague(family: Family, name: str) -> bool:
    return name in family.rounded and family.counts[name] > 0


def _bounds(family: Family, name: str, is_hidden: bool) -> tuple[float, float]:
    if is_hidden:
        return 1.0, np.inf  # zeros are shown
    figure = (family.counts[name] + BASE // 2) // BASE * BASE
    return max(figure - BASE // 2, THRESHOLD + 1), figure + BASE // 2 - 1


def find_leaks(family: Family, hidden: set[str], least_range: int) -> list[str]:
    """Return in words what a reader can work out of the hidden cells; nothing if all is safe."""
    if not hidden:
        return []
    puzzle = pose(family, hidden)
    null = find_null_space(puzzle.matrix)
    leaks = []
    spread = walk(puzzle, null, least_range)
    for cell in np.flatnonzero(puzzle.secret & (spread < least_range)):
        low, high = find_ends(puzzle, int(cell))
        if high - low < least_range:
            leaks.append(f"{puzzle.names[cell]} is from {low:.0f} to {high:.0f}")
    for cells, value in find_sums(puzzle, null):
        names = ", ".join(puzzle.names[cell] for cell in cells)
        leaks.append(f"{names} sum to {value} each")
    return leaks


def find_null_space(matrix: Floats) -> Floats:
    """Return whole vectors that span all changes that no published sum shows."""
    rows = [[Fraction(int(v)) for v in row] for row in matrix]
    width, pivots = matrix.shape[1], []
    for column in range(width):
        found = next((n for n in range(len(pivots), len(rows)) if rows[n][column]), None)
        if found is None:
            continue
        here = len(pivots)
        rows[here], rows[found] = rows[found], rows[here]
        rows[here] = [v / rows[here][column] for v in rows[here]]
        for n, row in enumerate(rows):
            if n != here and row[column]:
                rows[n] = [a - row[column] * b for a, b in zip(row, rows[here], strict=True)]
        pivots.append(column)
    vectors = []
    for free in (c for c in range(width) if c not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for n, pivot in enumerate(pivots):
            vector[pivot] = -rows[n][free]
        scale = np.lcm.reduce([v.denominator for v in vector])
        vectors.append([float(v * int(scale)) for v in vector])
    return np.array(vectors).reshape(-1, width)


def walk(puzzle: Puzzle, null: Floats, reach: int) -> Floats:
    """Return how far each cell is seen to move in tables near the true one."""
    least, most = puzzle.truth.copy(), puzzle.truth.copy()
    steps = np.array(list(product(range(-reach, reach + 1), repeat=2)))
    pairs = list(combinations(range(len(null)), 2)) or [(0, 0)] * (len(null) > 0)
    for a, b in pairs:
        tables = puzzle.truth + steps @ null[[a, b]]
        fine = ((tables >= puzzle.low) & (tables <= puzzle.high)).all(axis=1)
        least = np.minimum(least, tables[fine].min(axis=0))
        most = np.maximum(most, tables[fine].max(axis=0))
    return most - least


def find_ends(puzzle: Puzzle, cell: int) -> tuple[float, float]:
    """Return the least and greatest value of one cell over all tables of whole numbers."""
    aim = np.zeros(len(puzzle.names))
    ends = []
    for sign in (1.0, -1.0):
        aim[cell] = sign
        ends.append(_solve(puzzle, aim, puzzle.low, np.minimum(puzzle.high, FAR))[cell])
    return float(np.rint(ends[0])), float(np.rint(ends[1]))


def find_sums(puzzle: Puzzle, null: Floats) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield sets of hidden cells whose known sum leaves each of them 1, or each 5."""
    small = [int(c) for c in np.flatnonzero(puzzle.secret)]
    for size in (2, 3, 4):
        for cells in combinations(small, size):
            here = list(cells)
            mean = puzzle.truth[here].sum() / size
            if mean not in (1, THRESHOLD) or np.abs(null[:, here].sum(axis=1)).any():
                continue
            low, high = puzzle.low.copy(), np.minimum(puzzle.high, FAR)
            low[here] = high[here] = mean
            if _solve(puzzle, 0 * low, low, high) is not None:
                yield cells, int(mean)


def _solve(puzzle: Puzzle, aim: Floats, low: Floats, high: Floats) -> Floats | None:
    sums = puzzle.matrix @ puzzle.truth
    found = optimize.milp(
        aim,
        integrality=np.ones(len(aim)),
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(puzzle.matrix, sums, sums),
    )
    return found.x
