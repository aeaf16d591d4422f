"""Which further cells to hide, target by target: a linear programme, for large components.

The integer programme of :mod:`choose` finds better patterns and is too slow where hundreds of
cells hang together (twelve quarters of one count). Here a cell's price is paid for each child
that an alternative table moves it by, so that nothing has to be a whole number: the heuristic
of Kelly, Golden and Assad (1992), *Networks* 22:397–417. What it hides too many is shown again
later, and whether it hides enough is for the attack to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from slinb.methods.disclosure.attack import Target
from slinb.methods.disclosure.system import LEAST_HIDDEN, System, solve
from slinb.methods.disclosure.unknowns import Floats, Ints, Mask

_EPS = 1e-6
#: Price of moving a cell that is hidden already: among ways round, the short ones first.
_HIDDEN_PRICE = 1e-3


@dataclass(frozen=True)
class _Part:
    """A component as moves from the point: up and down at a price, and within what is shown."""

    cells: Ints
    matrix: sparse.csr_array
    limits: tuple[Floats, Floats]
    free: Mask
    low: Floats  # how far each cell may move, if hidden
    band: tuple[Floats, Floats]  # and while it is not
    cost: Floats


def close_circuits(
    system: System, hidden: Mask, columns: Mask, targets: Sequence[Target]
) -> Ints | None:
    """Return cells that let each of ``targets`` move by what it needs when hidden too.

    Parameters
    ----------
    system : System
        Settled publication.
    hidden : mask
        Cells that are hidden already, the targets among them.
    columns : mask
        Cells that may differ between tables: whole components.
    targets : sequence of Target
        In the order in which they are served.

    Returns
    -------
    array of int or None
        Cells to hide further; None if hiding all candidates would not do.
    """
    part = _cut_part(system, columns)
    now = hidden[part.cells]
    least, most = np.zeros(len(now)), np.zeros(len(now))
    for target in targets:
        place = np.searchsorted(part.cells, target.cells)
        if len(place) == 1 and most[place[0]] - least[place[0]] >= target.need:
            continue  # a table found for another target moves this one too
        moves = _find_moves(part, now, place, target.need)
        if moves is None:
            return None
        outside = (moves < part.band[0] - _EPS) | (moves > part.band[1] + _EPS)
        now = now | (part.free & outside.any(axis=0))
        whole = np.rint(moves)
        if np.abs(moves - whole).max() < _EPS:
            least, most = np.minimum(least, whole.min(axis=0)), np.maximum(most, whole.max(axis=0))
    return part.cells[now & ~hidden[part.cells]]


def _cut_part(system: System, columns: Mask) -> _Part:
    cells = np.flatnonzero(columns)
    matrix, limits, _ = system.cut(columns)
    point = system.point[cells]
    base = matrix @ point
    return _Part(
        cells=cells,
        matrix=matrix,
        limits=(limits[0] - base, limits[1] - base),
        free=system.candidates[cells],
        low=np.minimum(LEAST_HIDDEN - point, 0.0),
        band=(system.shown_low[cells] - point, system.shown_high[cells] - point),
        cost=system.cost[cells],
    )


def _find_moves(part: _Part, hidden: Mask, target: Ints, need: int) -> Floats | None:
    """Return two tables, as moves from the point, that differ by ``need`` in the target."""
    paid = np.flatnonzero(hidden | part.free)
    loose = np.flatnonzero(~hidden & (part.band[0] < part.band[1]))
    place = np.concatenate([paid, paid, loose])
    sign = np.repeat([1.0, -1.0, 1.0], [len(paid), len(paid), len(loose)])
    # What is shown of a rounded cell lets it fall a little; hidden, it falls no further than 1.
    slack = np.where(hidden, 0.0, np.maximum(part.band[0], part.low))[paid]
    low = np.concatenate([np.zeros(2 * len(paid)), part.band[0][loose]])
    high = np.concatenate(
        [np.full(len(paid), np.inf), np.maximum(slack - part.low[paid], 0), part.band[1][loose]]
    )
    price = np.where(hidden, _HIDDEN_PRICE, part.cost)[paid]
    one = sparse.csr_array((sign, (place, np.arange(len(place)))), (len(hidden), len(place)))
    sums = sparse.csr_array(part.matrix @ one)
    apart = sparse.csr_array(one[target].sum(axis=0).reshape(1, -1))
    matrix = sparse.vstack([sparse.block_diag([sums, sums]), sparse.hstack([apart, -apart])])
    found = solve(
        sparse.csr_array(matrix),
        (
            np.concatenate([part.limits[0], part.limits[0], [float(need)]]),
            np.concatenate([part.limits[1], part.limits[1], [np.inf]]),
        ),
        (np.tile(low, 2), np.tile(high, 2)),
        np.tile(np.concatenate([price, price, np.zeros(len(loose))]), 2),
    )
    return None if found is None else np.array([one @ half for half in np.split(found, 2)])
