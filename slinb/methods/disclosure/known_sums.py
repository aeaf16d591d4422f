"""Sets of suppressed cells whose sum the published figures give away.

k cells that sum to k are all 1, and k small counts that sum to k times the threshold are all
at the threshold. Both stand however wide the range of each cell is on paper.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import optimize, sparse

from slinb.methods.disclosure.unknowns import Floats, Ints, Mask, Unknowns, number_blocks

_EPS = 1e-6
_FEW = 8
_LISTED = 14  # up to so many independent sums all combinations are listed


def find_known_sums(unknowns: Unknowns, threshold: int) -> Iterator[tuple[Ints, int]]:
    """Yield sets of two or more secret cells known to sum to 1 or to ``threshold`` each.

    Every published equality is read by itself. Then, for each group of equalities that share
    cells, the smallest set is sought that several of them give together. A set with a part
    whose sum is known is left out: that part gives it away, or shows that it tells nothing.

    Parameters
    ----------
    unknowns : Unknowns
        Without contradictions.
    threshold : int
        Greatest count that is suppressed for being small.

    Yields
    ------
    tuple of array and int
        Positions of the cells, and the value that each would have.
    """
    equal = np.flatnonzero(unknowns.below == unknowns.above)
    matrix, sums = unknowns.matrix[equal], unknowns.below[equal]
    yield from _read_rows(matrix, sums, unknowns.secret, threshold)
    matrix = _merge_same(matrix, sums, unknowns.secret)
    useful = _find_useful(matrix, unknowns.secret)
    matrix, sums = matrix[useful], sums[useful]
    most = _bound_above(matrix, sums, unknowns)
    for rows in _group(number_blocks(sparse.csr_array(matrix.T))):
        if len(rows) > 1:
            for cells in _combine(matrix[rows], sums[rows], unknowns, most, threshold):
                yield cells, threshold


def _read_rows(
    matrix: sparse.csr_array, sums: Floats, secret: Mask, threshold: int
) -> Iterator[tuple[Ints, int]]:
    count = np.diff(matrix.indptr)
    same = np.abs(matrix.sum(axis=1)) == count
    mean = np.abs(sums) / np.maximum(count, 1)
    open_ = abs(matrix) @ (~secret).astype(float) > 0
    for row in np.flatnonzero((count > 1) & same & ~open_ & np.isin(mean, [1, threshold])):
        yield np.sort(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]), int(mean[row])


def _merge_same(matrix: sparse.csr_array, sums: Floats, secret: Mask) -> sparse.csr_array:
    """Return the equalities with cells that are one figure (shared margins) taken as one."""
    paired = (np.diff(matrix.indptr) == 2) & (matrix.sum(axis=1) == 0) & (sums == 0)
    figure = number_blocks(matrix[np.flatnonzero(paired)])
    order = np.argsort(~secret, kind="stable")  # a figure is secret if it is so anywhere
    first = order[np.unique(figure[order], return_index=True)[1]][figure]
    ones = np.ones(len(first))
    merge = sparse.coo_array((ones, (np.arange(len(first)), first)), shape=(len(first),) * 2)
    merged = sparse.csr_array(matrix @ sparse.csr_array(merge))
    merged.eliminate_zeros()
    return merged


def _find_useful(matrix: sparse.csr_array, secret: Mask) -> Ints:
    """Return the rows left when those with an open unknown of their own are gone.

    No combination with such a row is a sum of secret cells: nothing cancels that unknown.
    """
    rows = np.arange(matrix.shape[0])
    while True:
        left = matrix[rows]
        uses = np.bincount(left.indices, minlength=matrix.shape[1])
        blocked = abs(left) @ ((uses == 1) & ~secret).astype(float) > 0
        if not blocked.any():
            return rows[np.diff(left.indptr) > 0]
        rows = rows[~blocked]


def _combine(
    matrix: sparse.csr_array, sums: Floats, unknowns: Unknowns, most: Floats, value: int
) -> Iterator[Ints]:
    """Yield, from each group of independent sums, the smallest set at ``value`` × size."""
    cells = np.unique(matrix.indices)
    opened = ~unknowns.secret[cells]
    order = np.argsort(~opened, kind="stable")  # open unknowns are eliminated first
    table = np.column_stack([matrix[:, cells[order]].toarray(), sums])
    basis = _reduce(table)
    basis = basis[np.abs(basis[:, : opened.sum()]).sum(axis=1) < _EPS][:, opened.sum() :]
    cells = cells[order][opened.sum() :]
    for group in _split(basis[:, :-1]):
        ours = np.flatnonzero(np.abs(basis[group, :-1]).sum(axis=0) > 0)
        rows, here = basis[np.ix_(group, np.append(ours, -1))], cells[ours]
        for found in _propose(rows, unknowns.low[here], most[here], value):
            if _can_be(unknowns, here[found], value):
                yield np.sort(here[found])
                break


def _split(basis: Floats) -> list[Ints]:
    """Return the rows in groups that share no cell; a few rows are one group well enough."""
    if len(basis) <= _FEW:
        return [np.arange(len(basis))]
    return _group(number_blocks(sparse.csr_array(basis.T)))


def _group(labels: Ints) -> list[Ints]:
    """Return the positions of each label."""
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1) if len(order) else []


def _bound_above(matrix: sparse.csr_array, sums: Floats, unknowns: Unknowns) -> Floats:
    """Return an upper bound of each unknown from single equalities of cells added up."""
    most = np.minimum(unknowns.high, unknowns.ceiling)
    added = (matrix > 0).sum(axis=1) == np.diff(matrix.indptr)
    spare = sums - matrix @ unknowns.low
    for row in np.flatnonzero(added):
        cells = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        most[cells] = np.minimum(most[cells], unknowns.low[cells] + spare[row])
    return most


def _reduce(table: Floats) -> Floats:
    """Return the rows in reduced echelon form, by Gauss and Jordan; the last column is a sum."""
    table = table.astype(float)
    row = 0
    for column in range(table.shape[1] - 1):
        if row == len(table):
            break
        pivot = row + int(np.argmax(np.abs(table[row:, column])))
        if abs(table[pivot, column]) < _EPS:
            continue
        table[[row, pivot]] = table[[pivot, row]]
        table[row] /= table[row, column]
        others = np.flatnonzero(np.abs(table[:, column]) > _EPS)
        others = others[others != row]
        table[others] -= np.outer(table[others, column], table[row])
        row += 1
    return np.where(np.abs(table[:row]) < _EPS, 0.0, table[:row])


def _propose(table: Floats, low: Floats, most: Floats, value: int) -> Iterator[Mask]:
    """Yield sets of cells in the row space of a basis with the right sum, smallest first.

    In echelon form a set uses a row exactly if it has the row's pivot, so every weight is 0
    or 1. A set with another inside it is left out.
    """
    basis, sums = table[:, :-1], table[:, -1]
    if len(basis) > _LISTED:
        yield from _seek(basis, sums, low, most, value)
        return
    weights = (np.arange(1, 2 ** len(basis))[:, None] >> np.arange(len(basis))) & 1
    sets = weights @ basis
    known = (np.minimum(np.abs(sets), np.abs(sets - 1)) < _EPS).all(axis=1)
    weights, members = weights[known], sets[known] > 0.5
    size = members.sum(axis=1)
    fits = np.flatnonzero((np.abs(weights @ sums - value * size) < _EPS) & (size > 1))
    for place in fits[np.argsort(size[fits], kind="stable")]:
        inside = (members & members[place]).sum(axis=1) == size
        if inside.sum() == 1:
            yield members[place]


def _seek(basis: Floats, sums: Floats, low: Floats, most: Floats, value: int) -> Iterator[Mask]:
    """Yield the same by an integer programme on (weights, set, a table with ``value`` in it)."""
    count, size = basis.shape
    nothing, unit = np.zeros((size, count)), np.eye(size)
    fall, rise = np.diag(value - low), np.diag(np.maximum(most - value, 0))
    lines = [
        np.hstack([basis.T, -unit, 0 * unit]),  # the set is a combination of the basis
        np.hstack([np.zeros((count, count)), 0 * basis, basis]),  # the table agrees with it
        np.hstack([nothing, fall, -unit]),  # and has the value, neither more nor less, in the set
        np.hstack([nothing, rise, unit]),
        np.concatenate([sums, np.full(size, -float(value)), np.zeros(size)])[None, :],
        np.repeat([0.0, 1.0, 0.0], [count, size, size])[None, :],
    ]
    least = [np.zeros(size), sums, np.full(2 * size, -np.inf), np.array([0.0, 2.0])]
    greatest = [np.zeros(size), sums, -low, np.maximum(most, value), np.array([0.0, np.inf])]
    bounds = optimize.Bounds(
        np.concatenate([np.zeros(count + size), low]),
        np.concatenate([np.ones(count + size), most]),
    )
    whole = np.repeat([1, 1, 0], [count, size, size])
    while True:
        constraint = optimize.LinearConstraint(
            sparse.csr_array(np.vstack(lines)), np.concatenate(least), np.concatenate(greatest)
        )
        result = optimize.milp(
            lines[5][0], integrality=whole, bounds=bounds, constraints=constraint
        )
        if result.x is None:
            return
        found = result.x[count : count + size] > 0.5
        yield found
        lines.append(np.concatenate([np.zeros(count), found, np.zeros(size)])[None, :])
        least.append(np.array([-np.inf]))
        greatest.append(np.array([found.sum() - 1.0]))


def _can_be(unknowns: Unknowns, cells: Ints, value: int) -> bool:
    """Return whether the published figures allow all of ``cells`` to have this value."""
    active = unknowns.block == unknowns.block[cells[0]]
    part = unknowns.take(active)
    place = np.searchsorted(np.flatnonzero(active), cells)
    low, high = part.low.copy(), part.high.copy()
    low[place] = high[place] = value
    result = optimize.milp(
        np.zeros(len(low)),
        integrality=np.ones(len(low)),
        bounds=optimize.Bounds(low, high),
        constraints=optimize.LinearConstraint(part.matrix, part.below, part.above),
    )
    return result.x is not None
