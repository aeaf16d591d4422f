"""The least and greatest value that published figures leave to each suppressed cell.

Written for the audit, from what is published only; it shares nothing with the protection.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import optimize, sparse

from slinb.methods.disclosure.unknowns import Floats, Ints, Mask, Unknowns

_EPS = 1e-6


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
    least, most = _sweep(unknowns, enough)
    exact = unknowns.secret & ~(most - least >= enough)
    for cells in _take_turns(exact, unknowns.block):
        active = np.isin(unknowns.block, unknowns.block[cells])
        part = unknowns.take(active)
        place = np.searchsorted(np.flatnonzero(active), cells)
        least[cells] = _find_extreme(part, place, 1.0)
        most[cells] = _find_extreme(part, place, -1.0)
    most[most >= unknowns.ceiling * 0.99] = np.inf
    return least, most, exact


def _sweep(unknowns: Unknowns, enough: float) -> tuple[Floats, Floats]:
    """Return what tables of whole numbers show at once of many cells that share no relation."""
    least, most = np.full(len(unknowns.low), np.nan), np.full(len(unknowns.low), np.nan)
    if not np.isfinite(enough):
        return least, most
    for sign in (-1.0, 1.0):
        waiting = unknowns.secret.copy()
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


def _take_turns(wanted: Mask, blocks: Ints) -> Iterator[Ints]:
    """Yield the cells, one of each component at a time: one programme serves them all."""
    secret = np.flatnonzero(wanted)
    block = blocks[secret]
    order = np.argsort(block, kind="stable")
    starts = np.searchsorted(block[order], block[order])
    turn = np.arange(len(secret)) - starts
    for n in range(int(turn.max(initial=-1)) + 1):
        yield np.sort(secret[order][turn == n])


def _find_extreme(part: Unknowns, cells: Ints, sign: float) -> Floats:
    """Return the extreme of each cell over whole numbers (each in a component of its own)."""
    aim = np.zeros(len(part.low))
    aim[cells] = sign
    table = _solve(part, aim, whole=False)
    # The programme's bound holds for whole numbers too; where its table is whole, it is met.
    broken = np.unique(part.block[np.abs(table - np.rint(table)) > _EPS])
    found = table[cells]
    again = np.isin(part.block[cells], broken)
    if again.any():
        active = np.isin(part.block, broken)
        whole = _solve(part.take(active), aim[active], whole=True)
        found[again] = whole[np.searchsorted(np.flatnonzero(active), cells[again])]
    return np.rint(found)


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
