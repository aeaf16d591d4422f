"""Conditions on one equality at a time that every safe pattern meets.

They need no alternative tables, so a programme with only these is small, and often enough.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from slinb.methods.disclosure.unknowns import Floats, Ints, Mask

Cut = tuple[Ints, Floats, float]


def build_cuts(
    matrix: sparse.csr_array, free: Mask, own: Mask, slack: Floats, need: int
) -> tuple[sparse.csr_array, Floats]:
    """Return rows and least values of conditions on the choice of ``free`` cells.

    Parameters
    ----------
    matrix : sparse array
        Equalities whose varying cells are all free or hidden.
    free, own : mask
        Cells that may be hidden, and cells that are.
    slack : array
        How far each cell lies above the least value that it could have if hidden.
    need : int
        Least range of a hidden cell.
    """
    cuts: list[Cut] = []
    for row in range(matrix.shape[0]):
        span = slice(matrix.indptr[row], matrix.indptr[row + 1])
        cells, signs = matrix.indices[span], np.sign(matrix.data[span])
        use = free[cells] | own[cells]
        cells, signs = cells[use], signs[use]
        cuts += _cut_single(cells, own)
        for sign in (1.0, -1.0):
            cuts += _cut_narrow(cells[signs == sign], cells[signs != sign], own, slack, need)
    numbers = np.repeat(np.arange(len(cuts)), [len(cut[0]) for cut in cuts])
    columns = np.concatenate([np.zeros(0, int), *(cut[0] for cut in cuts)])
    weights = np.concatenate([np.zeros(0), *(cut[1] for cut in cuts)])
    shape = (len(cuts), matrix.shape[1])
    return (
        sparse.csr_array(sparse.coo_array((weights, (numbers, columns)), shape=shape)),
        np.array([cut[2] for cut in cuts]),
    )


def _cut_single(cells: Ints, own: Mask) -> Iterator[Cut]:
    """Yield that an equality does not have one hidden cell alone."""
    hidden = own[cells]
    if hidden.sum() == 1:
        yield cells[~hidden], np.ones(int((~hidden).sum())), 1.0
    if not hidden.any():
        for place in range(len(cells)):
            weight = np.ones(len(cells))
            weight[place] = -1.0
            yield cells, weight, 0.0


def _cut_narrow(side: Ints, other: Ints, own: Mask, slack: Floats, need: int) -> Iterator[Cut]:
    """Yield that hidden cells of one side can shift ``need`` among them, or to the other side."""
    if own[other].any() or not len(side):
        return
    cells = np.concatenate([side, other])
    weight = np.concatenate([np.minimum(slack[side], need), np.full(len(other), float(need))])
    hidden = own[side]
    if hidden.any():
        given = weight[: len(side)][hidden].sum()
        asked = np.concatenate([~hidden, np.ones(len(other), dtype=bool)])
        if given < need:
            yield cells[asked], weight[asked], need - given
        return
    for place in range(len(side)):
        if weight[place] < need:
            lessened = weight.copy()
            lessened[place] -= need
            yield cells, lessened, 0.0
