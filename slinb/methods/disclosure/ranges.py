"""The least and greatest value that published figures leave to each suppressed cell.

Written for the audit, from what is published only; it shares nothing with the protection.
"""

from __future__ import annotations

import numpy as np
from scipy import optimize, sparse

from slinb.methods.disclosure.unknowns import Floats, Ints, Mask, Unknowns

_EPS = 1e-6
_ROUNDS = 4  # of what one relation after another says
_SWEEPS = 3


def find_ranges(unknowns: Unknowns, enough: float = np.inf) -> tuple[Floats, Floats, Mask]:
    """Return the least and greatest whole number that each suppressed cell can be.

    Parameters
    ----------
    unknowns : Unknowns
        Without contradictions.
    enough : float, default infinite
        Stop at two whole tables in which a cell differs by this much: its range is at least
        what they show. By default every range is exact.

    Returns
    -------
    tuple of arrays
        Least, greatest and whether they are exact, one entry an unknown; missing where it is
        not secret, infinite where nothing bounds it.
    """
    outer = _enclose(unknowns)
    least, most = _sweep(unknowns, enough, outer)
    exact = unknowns.secret & ~(most - least >= enough)
    for sign, found, end in ((1.0, least, outer[0]), (-1.0, most, outer[1])):
        _push(unknowns, exact, sign, found, end)
    most[most >= unknowns.ceiling * 0.99] = np.inf
    return least, most, exact


def _enclose(unknowns: Unknowns) -> tuple[Floats, Floats]:
    """Return bounds of each unknown that follow from the relations one by one."""
    low, high = unknowns.low.copy(), np.minimum(unknowns.high, unknowns.ceiling)
    entries = sparse.coo_array(unknowns.matrix)
    row, column = entries.coords
    for _ in range(_ROUNDS):
        ends = entries.data * low[column], entries.data * high[column]
        least, most = np.minimum(*ends), np.maximum(*ends)
        room = len(unknowns.below)
        # What the other cells of a relation leave to each.
        above = unknowns.above[row] - (np.bincount(row, least, room)[row] - least)
        below = unknowns.below[row] - (np.bincount(row, most, room)[row] - most)
        ends = above / entries.data, below / entries.data
        np.minimum.at(high, column, np.floor(np.maximum(*ends) + _EPS))
        np.maximum.at(low, column, np.ceil(np.minimum(*ends) - _EPS))
    return low, high


def _sweep(
    unknowns: Unknowns, enough: float, outer: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return what tables of whole numbers show at once of many cells that share no relation."""
    least, most = np.full(len(unknowns.low), np.nan), np.full(len(unknowns.low), np.nan)
    for sign in (-1.0, 1.0) * _SWEEPS:
        at_end = most == outer[1] if sign < 0 else least == outer[0]
        waiting = unknowns.secret & ~(most - least >= enough) & ~at_end
        while waiting.any():
            cells = _choose_apart(unknowns.matrix, waiting)
            waiting[cells] = False
            aim = np.zeros(len(waiting))
            aim[cells] = np.where(most[cells] - least[cells] >= enough, 0.0, sign)
            if aim.any():
                table = _solve(unknowns, aim, whole=False)
                broken = np.unique(unknowns.block[np.abs(table - np.rint(table)) > _EPS])
                sound = unknowns.secret & ~np.isin(unknowns.block, broken)
                least[sound] = np.fmin(least, np.rint(table))[sound]
                most[sound] = np.fmax(most, np.rint(table))[sound]
    return least, most


def _choose_apart(matrix: sparse.csr_array, among: Mask) -> Ints:
    """Return some of the cells, no two of them in one relation: the first in each of theirs."""
    cells = np.flatnonzero(among)
    lines = sparse.coo_array(matrix[:, cells])
    rank = np.random.default_rng(0).permutation(len(cells))
    first = np.full(matrix.shape[0], len(cells))
    np.minimum.at(first, lines.coords[0], rank[lines.coords[1]])
    beaten = np.zeros(len(cells), dtype=bool)
    beaten[lines.coords[1][first[lines.coords[0]] < rank[lines.coords[1]]]] = True
    return cells[~beaten]


def _push(unknowns: Unknowns, wanted: Mask, sign: float, found: Floats, end: Floats) -> None:
    """Bring ``found`` to the extreme of each wanted cell, one of each component at a time.

    Where a table was found at the ``end`` that single relations allow, nothing is left to prove.
    """
    waiting = wanted & ~(found == end)
    while waiting.any():
        cells = np.flatnonzero(waiting)
        cells = cells[np.unique(unknowns.block[cells], return_index=True)[1]]
        active = np.isin(unknowns.block, unknowns.block[cells])
        place = np.searchsorted(np.flatnonzero(active), cells)
        table = _find_extreme(unknowns.take(active), place, sign)
        here = np.flatnonzero(active & wanted)
        seen = table[np.searchsorted(np.flatnonzero(active), here)]
        found[here] = (np.fmin if sign > 0 else np.fmax)(found[here], seen)
        waiting[cells] = False
        waiting &= ~(found == end)


def _find_extreme(part: Unknowns, cells: Ints, sign: float) -> Floats:
    """Return tables of whole numbers with each cell (in a component of its own) at its extreme."""
    aim = np.zeros(len(part.low))
    aim[cells] = sign
    table = _solve(part, aim, whole=False)
    # The programme's bound holds for whole numbers too; where its table is whole, it is met.
    broken = np.isin(part.block, part.block[np.abs(table - np.rint(table)) > _EPS])
    if broken.any():
        table[broken] = _solve(part.take(broken), aim[broken], whole=True)
    return np.rint(table)


def _solve(part: Unknowns, aim: Floats, *, whole: bool) -> Floats:
    result = optimize.milp(
        aim,
        integrality=np.full(len(aim), int(whole)),
        bounds=optimize.Bounds(part.low, np.minimum(part.high, part.ceiling)),
        constraints=optimize.LinearConstraint(part.matrix, part.below, part.above),
    )
    if result.x is None:
        raise ValueError(f"HiGHS found no table that agrees with the figures: {result.message}")
    return np.asarray(result.x)
