"""Which further cells to hide: an integer programme on one component of the publication."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from slinb.methods.disclosure.attack import Target
from slinb.methods.disclosure.cuts import build_cuts
from slinb.methods.disclosure.system import LEAST_HIDDEN, System, solve
from slinb.methods.disclosure.unknowns import Floats, Ints, Mask

#: How far a cell may move from the point in an alternative table; wider only if it must.
REACHES = (8, 200, 100_000)
_NODES = 400  # of the search tree; the pattern is good long before it is proved best
_TIE = 1e-5  # earlier cells first where the cost is the same


@dataclass(frozen=True)
class _Part:
    """Some columns of the system, with the bounds of their moves when shown and when hidden."""

    cells: Ints
    matrix: sparse.csr_array
    limits: tuple[Floats, Floats]
    free: Mask  # candidates: hidden or not is the question
    shown: tuple[Floats, Floats]
    hidden: tuple[Floats, Floats]
    own: Mask
    slack: Floats
    inside: Mask  # relations that no cell outside the part can move


def choose_cells(
    system: System, hidden: Mask, columns: Mask, targets: Sequence[Target], need: int
) -> Ints | None:
    """Return the cells of least cost that protect ``targets`` when hidden too.

    For each target two tables are sought that agree with everything still shown and differ in
    the target by what it needs. A target with a candidate among its cells binds only if that
    candidate is chosen.

    Parameters
    ----------
    system : System
        Settled publication.
    hidden : mask
        Cells that are hidden already.
    columns : mask
        Cells that may differ between tables: a component or a part of one.
    targets : sequence of Target
        All within ``columns``; none, to meet only the conditions of :mod:`cuts`.
    need : int
        Least range of a hidden cell.

    Returns
    -------
    array of int or None
        Cells to hide further; None if hiding all candidates would not do.
    """
    for reach in REACHES:
        part = _cut_part(system, hidden, columns, reach)
        cuts = _build_cuts(part, need)
        if not targets and not (cuts[1] > 0).any():
            return np.zeros(0, dtype=np.int64)
        matrix, low, high = _build_programme(part, targets, cuts)
        width, count = len(part.cells), 2 * len(targets)
        price = np.where(part.free, system.cost[part.cells] + _TIE * np.arange(width), 0.0)
        objective = np.concatenate([price, np.zeros(count * width)])
        bounds = _bound_variables(part, count)
        found = solve(matrix, (low, high), bounds, objective, whole=True, nodes=_NODES)
        if found is not None:
            return part.cells[part.free & (found[:width] > 0.5)]
    return None


def _cut_part(system: System, hidden: Mask, columns: Mask, reach: int) -> _Part:
    cells = np.flatnonzero(columns)
    matrix, limits, rows = system.cut(columns)
    point, own = system.point[cells], hidden[cells]
    # Moves from the point, not values: small whole numbers, which the solver meets exactly.
    base = matrix @ point
    near = np.maximum(LEAST_HIDDEN - point, -float(reach)), np.full(len(cells), reach)
    low, high = system.shown_low[cells] - point, system.shown_high[cells] - point
    shown = np.where(own, near[0], low), np.where(own, near[1], np.minimum(high, reach))
    low_all, high_all = system.bounds(hidden)
    outside = ~columns & (system.candidates | (low_all < high_all))
    return _Part(
        cells=cells,
        matrix=matrix,
        limits=(limits[0] - base, limits[1] - base),
        free=system.candidates[cells] & ~own,
        shown=shown,
        hidden=(np.minimum(shown[0], near[0]), np.maximum(shown[1], near[1])),
        own=own,
        slack=point - LEAST_HIDDEN,
        inside=abs(system.matrix[rows]) @ outside.astype(float) == 0,
    )


def _build_programme(
    part: _Part, targets: Sequence[Target], cuts: tuple[sparse.csr_array, Floats]
) -> tuple[sparse.csr_array, Floats, Floats]:
    """Return constraints on (chosen, then a high and a low table for each target)."""
    if not targets:
        return cuts[0], cuts[1], np.full(len(cuts[1]), np.inf)
    width, count = len(part.cells), 2 * len(targets)
    free = np.flatnonzero(part.free)
    apart, needs = _build_needs(part, targets)
    # A candidate stays within what is shown of it unless it is chosen.
    fall = (part.shown[0] - part.hidden[0])[free]
    rise = (part.hidden[1] - part.shown[1])[free]
    pick = _at(free, np.ones(len(free)), width)
    blocks = [
        _repeat(part.matrix, part.matrix * 0, count),
        _repeat(pick, _at(free, fall, width), count),
        _repeat(pick, _at(free, -rise, width), count),
        apart,
        _place(cuts[0], (len(cuts[1]), width * (1 + count))),
    ]
    endless = np.full(count * len(free), np.inf)
    low = [np.tile(part.limits[0], count), np.tile(part.shown[0][free], count), -endless]
    high = [np.tile(part.limits[1], count), endless, np.tile(part.shown[1][free], count)]
    matrix = sparse.csr_array(sparse.vstack(blocks))
    above = np.full(len(needs) + len(cuts[1]), np.inf)
    return matrix, np.concatenate([*low, needs, cuts[1]]), np.concatenate([*high, above])


def _at(columns: Ints, values: Floats, width: int) -> sparse.csr_array:
    """Return a matrix with one value a row, each in its column."""
    place = (np.arange(len(columns)), columns)
    return sparse.csr_array((values, place), shape=(len(columns), width))


def _repeat(tables: sparse.csr_array, choices: sparse.csr_array, count: int) -> sparse.coo_array:
    """Return rows on each table in turn, with the same weights on the choices beside them."""
    (height, width), copies = tables.shape, np.arange(count)[:, None]
    table, choice = sparse.coo_array(tables), sparse.coo_array(choices)
    rows = [(table.coords[0] + height * copies), (choice.coords[0] + height * copies)]
    columns = [(table.coords[1] + width * (1 + copies)), (choice.coords[1] + 0 * copies)]
    values = [np.tile(table.data, count), np.tile(choice.data, count)]
    place = [np.concatenate([part.ravel() for part in parts]) for parts in (rows, columns)]
    shape = (height * count, width * (1 + count))
    return sparse.coo_array((np.concatenate(values), tuple(place)), shape=shape)


def _place(block: sparse.csr_array, shape: tuple[int, int]) -> sparse.coo_array:
    """Return a block at the upper left of a larger matrix of zeros."""
    block = sparse.coo_array(block)
    return sparse.coo_array((block.data, block.coords), shape=shape)


def _build_cuts(part: _Part, need: int) -> tuple[sparse.csr_array, Floats]:
    # Only equalities without a rounding band or a missing cell: those leave room of themselves.
    loose = ~part.free & ~part.own & (part.shown[0] < part.shown[1])
    wide = part.free & (part.shown[0] < part.shown[1])
    exact = (
        part.inside & (part.limits[0] == part.limits[1]) & (abs(part.matrix) @ (loose | wide) == 0)
    )
    return build_cuts(part.matrix[exact], part.free, part.own, part.slack, need)


def _build_needs(part: _Part, targets: Sequence[Target]) -> tuple[sparse.coo_array, Floats]:
    """Return rows: high less low table of a target, less need for each candidate chosen."""
    width = len(part.cells)
    entries: list[tuple[int, int, float]] = []
    needs = np.zeros(len(targets))
    for row, target in enumerate(targets):
        columns = np.searchsorted(part.cells, target.cells)
        unsure = columns[part.free[columns]]
        needs[row] = target.need * (1 - len(unsure))
        entries += [(row, width * (1 + 2 * row) + c, 1.0) for c in columns]
        entries += [(row, width * (2 + 2 * row) + c, -1.0) for c in columns]
        entries += [(row, c, -float(target.need)) for c in unsure]
    table = np.array(entries).reshape(-1, 3)
    shape = (len(targets), width * (1 + 2 * len(targets)))
    place = (table[:, 0].astype(int), table[:, 1].astype(int))
    return sparse.coo_array((table[:, 2], place), shape=shape), needs


def _bound_variables(part: _Part, count: int) -> tuple[Floats, Floats]:
    """Return bounds of the choices (0, 1) and of the tables (as wide as if hidden)."""
    width = len(part.cells)
    low, high = (
        np.where(part.free, wide, narrow)
        for wide, narrow in zip(part.hidden, part.shown, strict=True)
    )
    return (
        np.concatenate([np.zeros(width), np.tile(low, count)]),
        np.concatenate([part.free.astype(float), np.tile(high, count)]),
    )
