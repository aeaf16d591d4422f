"""What a reader does not know, as bounds and equations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, sparse
from scipy.sparse import csgraph

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_EPS = 1e-6
_FAR = 10.0  # a bound for the solver where a cell has none: this times all that is shown


@dataclass(frozen=True)
class Unknowns:
    """What is unknown in a publication: A·x between ``below`` and ``above``, x in its bounds.

    Parameters
    ----------
    matrix : sparse array, relations × unknown cells
    below, above : arrays
        Bounds of each relation, less what its shown cells come to.
    low, high : arrays
        Bounds of each unknown cell; ``high`` may be infinite.
    secret : mask
        Which unknowns are suppressed cells (others are rounded or missing).
    block : array of int
        The component of each unknown; components share no relation.
    """

    matrix: sparse.csr_array
    below: Floats
    above: Floats
    low: Floats
    high: Floats
    secret: Mask
    block: Ints

    @property
    def ceiling(self) -> float:
        """A number beyond anything that the published figures can bound."""
        finite = [a[np.isfinite(a)] for a in (self.below, self.above, self.low, self.high)]
        return _FAR * (1e4 + float(np.abs(np.concatenate(finite)).max(initial=0.0)))

    def take(self, keep: Mask) -> Unknowns:
        """Return whole components only, without the relations that do not touch them."""
        matrix = self.matrix[:, np.flatnonzero(keep)]
        rows = np.flatnonzero(np.diff(matrix.indptr) > 0)
        return Unknowns(
            matrix[rows],
            self.below[rows],
            self.above[rows],
            self.low[keep],
            self.high[keep],
            self.secret[keep],
            self.block[keep],
        )


def number_blocks(matrix: sparse.csr_array) -> Ints:
    """Return for each column the number of its component."""
    touch = abs(matrix).sign()
    return np.asarray(csgraph.connected_components(touch.T @ touch, directed=False)[1])


def find_contradictions(unknowns: Unknowns) -> Mask:
    """Return the relations that have to fail, by themselves or for all to hold together.

    Those that fail whatever their cells are go first; of the rest, the programme lets as few
    children as it can be missing or too many. The same figures give the same relations.
    """
    up, down = unknowns.matrix.maximum(0), unknowns.matrix.minimum(0)
    least = up @ unknowns.low + down @ unknowns.high
    most = up @ unknowns.high + down @ unknowns.low
    failing = (least > unknowns.above + _EPS) | (most < unknowns.below - _EPS)
    live = np.flatnonzero(~failing)
    matrix = unknowns.matrix[live]
    rows, columns = matrix.shape
    if not rows:
        return failing
    slack = sparse.eye_array(rows)
    result = optimize.milp(
        np.concatenate([np.zeros(columns), np.ones(2 * rows)]),
        bounds=optimize.Bounds(
            np.concatenate([unknowns.low, np.zeros(2 * rows)]),
            np.concatenate([unknowns.high, np.full(2 * rows, np.inf)]),
        ),
        constraints=optimize.LinearConstraint(
            sparse.csr_array(sparse.hstack([matrix, slack, -slack])),
            unknowns.below[live],
            unknowns.above[live],
        ),
    )
    miss = result.x[columns : columns + rows] + result.x[columns + rows :]
    failing[live[miss > _EPS]] = True
    return failing
