"""The protection's view of an attacker: which hidden cells the rest gives away.

A cell is weak if no two tables that agree with everything shown differ in it by as much as
the region asks. The proof that a cell is strong is such a pair of tables of whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from slinb.methods.disclosure.known_sums import find_known_sums
from slinb.methods.disclosure.model import Settings
from slinb.methods.disclosure.system import System, solve
from slinb.methods.disclosure.unknowns import Floats, Ints, Mask, Unknowns, number_blocks

_WHOLE = 1e-6
#: Ways to try to move a cell, in turn: up (−1) and down (1), first many cells in one programme,
#: which proves most of them strong (the fewer are left, the more it can move), then those left
#: one by one, which decides.
_TRIES = (*((False, -1.0), (False, 1.0)) * 3, (True, -1.0), (True, 1.0))
_QUICK = 6


@dataclass(frozen=True)
class Target:
    """Cells whose sum must be able to differ by ``need`` as long as all of them are hidden."""

    cells: tuple[int, ...]
    need: int


def find_weak(
    system: System,
    hidden: Mask,
    check: Mask,
    settings: Settings,
    *,
    sums: bool = True,
    doubtful: Mask | None = None,
) -> list[Target]:
    """Return what must be protected further: single cells of ``check``, and sums.

    Parameters
    ----------
    system : System
        Settled for this pattern.
    hidden : mask
        The pattern.
    check : mask
        Hidden cells not yet known to be strong; their components are searched for sums too.
    settings : Settings
        The region's rules.
    sums : bool, default True
        Whether to search for sums.
    doubtful : mask, optional
        Cells that count as weak already if a quick try does not prove them strong.
    """
    low, high = system.bounds(hidden)
    varying = low < high
    labels = system.components(varying)
    reached = varying & np.isin(labels, np.unique(labels[check & varying]))
    decide = np.ones_like(check) if doubtful is None else ~doubtful
    spread = _spread(system, hidden, check & varying, settings.min_range, decide)
    narrow = check & (spread < settings.min_range)
    weak = [Target((int(cell),), settings.min_range) for cell in np.flatnonzero(narrow)]
    # Where cells are to be added anyway, sums can wait.
    reached &= ~np.isin(labels, labels[narrow])
    return weak + (_find_sums(system, hidden, reached, settings.threshold) if sums else [])


def _find_sums(system: System, hidden: Mask, columns: Mask, threshold: int) -> list[Target]:
    """Return the sets of hidden cells among whole components that are known to sum to k or 5k."""
    low, high = system.bounds(hidden)
    part, limits, _ = system.cut(columns)
    unknowns = Unknowns(
        matrix=part,
        below=limits[0],
        above=limits[1],
        low=low[columns],
        high=high[columns],
        secret=hidden[columns],
        block=number_blocks(part),
    )
    return [
        Target(tuple(int(cell) for cell in np.flatnonzero(columns)[found]), 1)
        for found, _ in find_known_sums(unknowns, threshold)
    ]


def _spread(system: System, hidden: Mask, check: Mask, need: int, decide: Mask) -> Floats:
    """Return how far each cell of ``check`` can move, counting no further than ``need``.

    Only of the cells of ``decide`` is it the whole truth; the others are at least so far.
    """
    low, high = system.bounds(hidden)
    labels = system.components(low < high)
    least, most = system.point.copy(), system.point.copy()
    tried = np.zeros(len(labels), dtype=np.int64)
    while True:
        pending = check & (most - least < need) & (tried < np.where(decide, len(_TRIES), _QUICK))
        if not pending.any():
            return np.where(check, most - least, 0.0)
        stage = tried[pending].min()
        alone, sign = _TRIES[stage]
        cells = _pick(system, pending & (tried == stage), labels, alone=alone)
        aim = np.zeros(len(labels))
        aim[cells] = sign
        top = high.copy()
        if sign < 0:
            top[cells] = least[cells] + need  # beyond it there is nothing to prove
        columns = np.isin(labels, labels[cells])
        table = _best_tables(system, (low, top), columns, labels, aim)
        least, most = np.minimum(least, table), np.maximum(most, table)
        tried[cells] += 1


def _pick(system: System, among: Mask, labels: Ints, *, alone: bool) -> Ints:
    """Return cells to move at once: one a component, or such as share no relation."""
    cells = np.flatnonzero(among)
    if alone:
        return cells[np.unique(labels[cells], return_index=True)[1]]
    # Each relation votes for one of its cells (by a fixed shuffle); unanimous cells are taken.
    order = np.random.default_rng(0).permutation(len(cells))
    lines = sparse.coo_array(system.columns[:, cells])
    best = np.full(lines.shape[0], len(cells))
    np.minimum.at(best, lines.coords[0], order[lines.coords[1]])
    beaten = np.zeros(len(cells), dtype=bool)
    beaten[lines.coords[1][best[lines.coords[0]] < order[lines.coords[1]]]] = True
    return cells[~beaten]


def _best_tables(
    system: System, bounds: tuple[Floats, Floats], columns: Mask, labels: Ints, aim: Floats
) -> Floats:
    """Return a whole table that is best for ``aim`` in every component of ``columns``."""
    table = system.point.copy()
    table[columns] = _solve_part(system, bounds, columns, aim, whole=False)
    broken = columns & (np.abs(table - np.rint(table)) > _WHOLE)
    if broken.any():  # rates and links can have corners that are no counts
        columns = np.isin(labels, labels[broken])
        table[columns] = _solve_part(system, bounds, columns, aim, whole=True)
    return np.rint(table)


def _solve_part(
    system: System, bounds: tuple[Floats, Floats], columns: Mask, aim: Floats, *, whole: bool
) -> Floats:
    part, limits, _ = system.cut(columns)
    inside = (bounds[0][columns], bounds[1][columns])
    found = solve(part, limits, inside, aim[columns], whole)
    return system.point[columns] if found is None else found
