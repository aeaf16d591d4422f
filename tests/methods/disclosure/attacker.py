"""A reader with a pencil: what follows from published tables, by trying out other tables.

Nothing here is the package's. From the cells that are shown and the sums that hold, the null
space of the unknown cells is found by elimination; walking along it from the true
table gives other tables that a reader cannot tell from it. Where walking does not settle a
cell, an integer programme does. Sets of cells with a known sum are listed one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from slinb.methods.disclosure import Publication
from tests.methods.disclosure.tables import Family

THRESHOLD, BASE, FAR, TINY = 5, 10, 1e6, 1e-9
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
    least, most = walk(puzzle, null, least_range)
    for cell in np.flatnonzero(puzzle.secret & (most - least < least_range)):
        low = find_end(puzzle, int(cell), 1.0)
        if most[cell] - low >= least_range:
            continue
        high = find_end(puzzle, int(cell), -1.0)
        if high - low < least_range:
            leaks.append(f"{puzzle.names[cell]} is from {low:.0f} to {high:.0f}")
    for cells, value in find_sums(puzzle, null):
        names = ", ".join(puzzle.names[cell] for cell in cells)
        leaks.append(f"{names} sum to {value} each")
    return leaks


def find_null_space(matrix: Floats) -> Floats:
    """Return whole vectors that span all changes that no published sum shows."""
    table, pivots = matrix.copy(), []
    for column in range(matrix.shape[1]):
        here = len(pivots)
        found = np.flatnonzero(np.abs(table[here:, column]) > TINY)
        if not len(found):
            continue
        table[[here, here + found[0]]] = table[[here + found[0], here]]
        table[here] /= table[here, column]
        others = np.arange(len(table)) != here
        table[others] -= np.outer(table[others, column], table[here])
        pivots.append(column)
    free = [c for c in range(matrix.shape[1]) if c not in pivots]
    vectors = np.zeros((len(free), matrix.shape[1]))
    for vector, column in zip(vectors, free, strict=True):
        vector[column] = 1
        vector[pivots] = -table[: len(pivots), column]
        vector *= next(n for n in range(1, 99) if np.allclose(n * vector, np.rint(n * vector)))
    whole = np.rint(vectors)
    assert not (matrix @ whole.T).any()  # in whole numbers: no rounding has crept in
    return whole


def walk(puzzle: Puzzle, null: Floats, reach: int) -> tuple[Floats, Floats]:
    """Return the least and most that each cell is seen to be in tables near the true one."""
    least, most = puzzle.truth.copy(), puzzle.truth.copy()
    steps = np.array(list(product(range(-reach, reach + 1), repeat=2)))
    pairs = list(combinations(range(len(null)), 2)) or [(0, 0)] * (len(null) > 0)
    for a, b in pairs:
        tables = puzzle.truth + steps @ null[[a, b]]
        fine = ((tables >= puzzle.low) & (tables <= puzzle.high)).all(axis=1)
        least = np.minimum(least, tables[fine].min(axis=0))
        most = np.maximum(most, tables[fine].max(axis=0))
    return least, most


def find_end(puzzle: Puzzle, cell: int, sign: float) -> float:
    """Return the least (1) or greatest (−1) value of one cell over all tables of whole numbers."""
    aim = np.zeros(len(puzzle.names))
    aim[cell] = sign
    table = _solve(puzzle, aim, puzzle.low, np.minimum(puzzle.high, FAR))
    assert table is not None  # the true table is one
    return float(np.rint(table[cell]))


def find_sums(puzzle: Puzzle, null: Floats) -> Iterator[tuple[tuple[int, ...], int]]:
    """Yield sets of hidden cells whose known sum leaves each of them 1, or each 5."""
    small = np.flatnonzero(puzzle.secret)
    for size in (2, 3, 4):
        sets = np.array(list(combinations(small, size)), dtype=int).reshape(-1, size)
        mean = puzzle.truth[sets].sum(axis=1) / size
        sets = sets[np.isin(mean, [1, THRESHOLD])]
        known = (null[:, sets].sum(axis=2) == 0).all(axis=0)
        for here in sets[known]:
            low, high = puzzle.low.copy(), np.minimum(puzzle.high, FAR)
            value = int(puzzle.truth[here].sum()) // size
            low[here] = high[here] = value
            if _solve(puzzle, 0 * low, low, high) is not None:
                yield tuple(int(cell) for cell in here), value


def _solve(puzzle: Puzzle, aim: Floats, low: Floats, high: Floats) -> Floats | None:
    sums = puzzle.matrix @ puzzle.truth
    found = optimize.milp(
        aim,
        integrality=np.ones(len(aim)),
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(puzzle.matrix, sums, sums),
    )
    return found.x


# -- the same against what is read back from files: no true table to start from ------------------


def recover_cells(publication: Publication, least_range: int) -> dict[str, tuple[float, float]]:
    """Return the suppressed cells that published figures give away, with their range.

    Parameters
    ----------
    publication : Publication
        Cells as read back from files (``value``, ``symbol``, ``rounded``) and the relations that
        a reader knows of. Nothing but these columns is read.
    least_range : int
        A cell that can only be within less than this is given away.

    Notes
    -----
    A cell of a sum that leaves each of its k cells 1, or each 5, is given away too. Figures that
    contradict each other tell nothing: their relation is passed over.
    """
    low, high = _read_published(publication.cells)
    place = {cell: n for n, cell in enumerate(publication.cells["cell"])}
    lines = _read_lines(publication, place, low, high)
    secret = set(np.flatnonzero(publication.cells["symbol"] == "c").tolist())
    found: dict[int, tuple[float, float]] = {}
    for group in _gather(lines):
        cells = sorted({cell for line in group for cell in line[0] if low[cell] < high[cell]})
        puzzle = _pose_published(group, cells, low, high, secret)
        found |= {cells[n]: ends for n, ends in _squeeze(puzzle, least_range)}
        found |= {cells[n]: (value, value) for n, value in _read_off_sums(puzzle)}
    names = publication.cells["cell"]
    return {str(names.iloc[n]): ends for n, ends in sorted(found.items())}


Line = tuple[dict[int, float], float, float]


def _read_published(cells: pd.DataFrame) -> tuple[Floats, Floats]:
    low, high = np.zeros(len(cells)), np.full(len(cells), np.inf)
    columns = (cells[name] for name in ("value", "symbol", "rounded"))
    for n, (value, symbol, rounded) in enumerate(zip(*columns, strict=True)):
        if symbol == "c":
            low[n] = 1  # zeros are shown
        elif symbol == "k":
            low[n], high[n] = 1, BASE // 2 - 1
        elif symbol == "z":
            high[n] = 0
        elif symbol == "":
            band = bool(rounded) and value > 0
            low[n] = max(value - BASE // 2, THRESHOLD + 1) if band else value
            high[n] = value + BASE // 2 - 1 if band else value
    return low, high


def _read_lines(
    publication: Publication, place: dict[str, int], low: Floats, high: Floats
) -> list[Line]:
    """Return each relation on its unknown cells, less what its shown cells come to."""
    terms: dict[int, dict[int, float]] = {}
    columns = (publication.terms[name] for name in ("relation", "cell", "coefficient"))
    for relation, cell, weight in zip(*columns, strict=True):
        line = terms.setdefault(int(relation), {})
        line[place[cell]] = line.get(place[cell], 0.0) + weight
    lines = []
    columns = (publication.relations[name] for name in ("relation", "low", "high"))
    for relation, least, most in zip(*columns, strict=True):
        line = terms.get(int(relation), {})
        known = sum(weight * low[cell] for cell, weight in line.items() if low[cell] == high[cell])
        open_ = {c: w for c, w in line.items() if low[c] < high[c] and w}
        down = sum(w * (low[c] if w > 0 else high[c]) for c, w in open_.items())
        up = sum(w * (high[c] if w > 0 else low[c]) for c, w in open_.items())
        if open_ and down <= most - known and up >= least - known:
            lines.append((open_, least - known, most - known))
    return lines


def _gather(lines: Sequence[Line]) -> list[list[Line]]:
    """Return the relations in groups that share no unknown cell."""
    head: dict[int, int] = {}

    def top(cell: int) -> int:
        while head.setdefault(cell, cell) != cell:
            cell = head[cell]
        return cell

    for line, _, _ in lines:
        first, *others = line
        for cell in others:
            head[top(cell)] = top(first)
    groups: dict[int, list[Line]] = {}
    for line in lines:
        groups.setdefault(top(next(iter(line[0]))), []).append(line)
    return list(groups.values())


@dataclass(frozen=True)
class Published:
    """One group of relations as a programme: below <= matrix · x <= above."""

    matrix: Floats
    below: Floats
    above: Floats
    low: Floats
    high: Floats
    secret: npt.NDArray[np.intp]

    def solve(self, aim: Floats) -> Floats | None:
        found = optimize.milp(
            aim,
            integrality=np.ones(len(aim)),
            bounds=optimize.Bounds(self.low, np.minimum(self.high, FAR)),
            constraints=optimize.LinearConstraint(self.matrix, self.below, self.above),
        )
        return None if found.x is None else np.asarray(np.rint(found.x))


def _pose_published(
    group: Sequence[Line], cells: Sequence[int], low: Floats, high: Floats, secret: set[int]
) -> Published:
    matrix = np.zeros((len(group), len(cells)))
    column = {cell: n for n, cell in enumerate(cells)}
    for row, (line, _, _) in enumerate(group):
        for cell, weight in line.items():
            matrix[row, column[cell]] = weight
    return Published(
        matrix=matrix,
        below=np.array([least for _, least, _ in group]),
        above=np.array([most for _, _, most in group]),
        low=low[list(cells)],
        high=high[list(cells)],
        secret=np.array([n for n, cell in enumerate(cells) if cell in secret], dtype=np.intp),
    )


def _squeeze(puzzle: Published, least_range: int) -> Iterator[tuple[int, tuple[float, float]]]:
    """Yield the secret cells that no two tables of whole numbers hold far enough apart."""
    least, most = np.full(len(puzzle.low), np.inf), np.full(len(puzzle.low), -np.inf)
    for cell in puzzle.secret:
        ends = []
        for sign in (1.0, -1.0):
            if most[cell] - least[cell] >= least_range:
                break
            aim = np.zeros(len(least))
            aim[cell] = sign
            table = puzzle.solve(aim)
            if table is None:
                return  # the figures contradict each other
            least, most = np.minimum(least, table), np.maximum(most, table)
            ends.append(float(table[cell]))
        if most[cell] - least[cell] < least_range:
            yield int(cell), (ends[0], ends[1])


def _read_off_sums(puzzle: Published) -> Iterator[tuple[int, float]]:
    """Yield the cells of single relations that sum to k, or to k times the threshold."""
    for row, below, above in zip(puzzle.matrix, puzzle.below, puzzle.above, strict=True):
        cells = np.flatnonzero(row)
        alike = below == above and abs(row.sum()) == len(cells) > 1
        if alike and np.isin(cells, puzzle.secret).all():
            mean = abs(below) / len(cells)
            if mean in (1, THRESHOLD):
                yield from ((int(cell), float(mean)) for cell in cells)
