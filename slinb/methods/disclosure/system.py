"""The protection's own arithmetic: a publication as bounds and equations, and tables like it.

The audit does not use this module. It sees what is published; this sees the true counts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import optimize, sparse

from slinb.methods.disclosure.model import Publication, Settings
from slinb.methods.disclosure.rounding import round_half_up
from slinb.methods.disclosure.unknowns import (
    Floats,
    Ints,
    Mask,
    Unknowns,
    find_contradictions,
    number_blocks,
)

#: Zeros are shown, by the DfE's rule and by ours, so what is hidden is at least this.
LEAST_HIDDEN = 1.0
_WHOLE = 1e-6  # HiGHS meets its constraints to 1e-7


@dataclass(frozen=True)
class System:
    """Cells with what a reader knows of each, and the live relations between them.

    Parameters
    ----------
    matrix : sparse array, relations × cells
    low, high : arrays
        Bounds of each relation.
    shown_low, shown_high : arrays
        What a reader knows of a cell that is not hidden: a value, a rounding band, or nothing.
    point : array
        A table of whole numbers that agrees with everything: the true one where it does.
    candidates : mask
        Cells that may be hidden to protect others.
    cost : array
        What hiding each costs the reader.
    """

    matrix: sparse.csr_array
    low: Floats
    high: Floats
    shown_low: Floats
    shown_high: Floats
    point: Floats
    candidates: Mask
    cost: Floats

    def bounds(self, hidden: Mask) -> tuple[Floats, Floats]:
        """Return least and greatest value of every cell if ``hidden`` are hidden."""
        return (
            np.where(hidden, LEAST_HIDDEN, self.shown_low),
            np.where(hidden, np.inf, self.shown_high),
        )

    def components(self, varying: Mask) -> Ints:
        """Return for each cell the number of its component; −1 where it does not vary."""
        labels = np.full(len(varying), -1)
        labels[varying] = number_blocks(self.matrix[:, varying])
        return labels

    @cached_property
    def columns(self) -> sparse.csc_array:
        """The matrix by columns, from which parts are cut faster."""
        return sparse.csc_array(self.matrix)

    def cut(self, columns: Mask) -> tuple[sparse.csr_array, tuple[Floats, Floats], Ints]:
        """Return the relations on some cells, with the rest at the point.

        Returns
        -------
        tuple
            Their matrix, the bounds left to each, and which relations they are.
        """
        part = self.columns[:, np.flatnonzero(columns)]
        rows = np.unique(part.indices).astype(np.int64)
        rest = self.matrix[rows] @ np.where(columns, 0.0, self.point)
        limits = (self.low[rows] - rest, self.high[rows] - rest)
        return sparse.csr_array(part)[rows], limits, rows

    def near(self, cells: Mask) -> Mask:
        """Return the cells within two relations of any of ``cells``."""
        size = abs(self.matrix)
        for _ in range(2):
            cells = size.T @ (size @ cells.astype(float)) > 0
        return cells


def solve(
    matrix: sparse.csr_array,
    rows: tuple[Floats, Floats],
    bounds: tuple[Floats, Floats],
    objective: Floats,
    whole: Mask | bool = False,
    nodes: int | None = None,
) -> Floats | None:
    """Minimise by HiGHS; None where nothing satisfies the constraints.

    ``whole`` says which variables must be whole numbers; ``nodes`` limits the search tree,
    which (unlike a time limit) gives the same answer on every run.
    """
    # Without presolve: HiGHS 1.12 prints a line of its own to the terminal in a repair after it.
    limited = {"node_limit": nodes, "mip_rel_gap": 1e-3, "presolve": False}
    result = optimize.milp(
        objective,
        integrality=np.broadcast_to(np.asarray(whole, dtype=np.uint8), objective.shape),
        bounds=optimize.Bounds(*bounds),
        constraints=[optimize.LinearConstraint(matrix, *rows)] if matrix.shape[0] else None,
        options={} if nodes is None else limited,
    )
    return None if result.x is None else np.asarray(result.x)


def build_system(
    publication: Publication, settings: Settings, withheld: Mask
) -> tuple[System, Mask]:
    """Read a publication with true counts; also return which cells must be hidden.

    ``withheld`` cells are not published at all: a reader knows of them only that they are not
    negative, and nothing protects them any more.
    """
    cells = publication.cells
    value = cells["value"].to_numpy(float)
    symbol = cells["symbol"].to_numpy(object)
    fixed = cells["fixed"].to_numpy(bool)
    low, high = _read_shown(publication, settings)
    small = (value >= 1) & (value <= settings.threshold) & (symbol == "") & ~fixed
    forced = (small | (symbol == "c")) & ~withheld
    low[withheld], high[withheld] = 0.0, np.inf
    totals = publication.relations["total"]
    depth = cells["cell"].map(totals[totals != ""].value_counts()).fillna(0).to_numpy(float)
    size = np.log10(np.where(np.isfinite(value), np.maximum(value, 1), 1))
    system = System(
        matrix=publication.matrix(),
        low=publication.relations["low"].to_numpy(float),
        high=publication.relations["high"].to_numpy(float),
        shown_low=low,
        shown_high=high,
        point=np.where(np.isfinite(value), value, 1.0),
        candidates=(symbol == "") & (value > 0) & ~fixed & ~withheld & ~forced,
        # A total stands in more readings than a part, and a large count in more than a small one.
        cost=(1 + size) * 5 ** np.minimum(depth, 3) * cells["cost"].to_numpy(float),
    )
    return system, forced


def _read_shown(publication: Publication, settings: Settings) -> tuple[Floats, Floats]:
    cells = publication.cells
    value = cells["value"].to_numpy(float)
    symbol = cells["symbol"].to_numpy(object)
    low = np.where(np.isfinite(value), value, 0.0)
    high = np.where(np.isfinite(value), value, np.inf)
    half = settings.base / 2
    figure = round_half_up(value, settings.base)
    coarse = cells["rounded"].to_numpy(bool) & (value > 0) & (figure > 0)
    # Half up: a count shows as `figure` exactly when figure − half <= count < figure + half.
    least = np.maximum(np.ceil(figure - half), settings.threshold + 1)
    low, high = np.where(coarse, least, low), np.where(coarse, np.ceil(figure + half) - 1, high)
    tiny = (symbol == "k") | (cells["rounded"].to_numpy(bool) & (value > 0) & (figure == 0))
    low, high = np.where(tiny, 1.0, low), np.where(tiny, np.ceil(half) - 1, high)
    return np.where(symbol == "z", 0.0, low), np.where(symbol == "z", 0.0, high)


def settle(system: System, hidden: Mask) -> tuple[System, Mask]:
    """Give the system a point that agrees with everything shown, and drop what contradicts it.

    The true table is such a point, unless a total is not the sum of its parts, a figure came
    rounded, or a cell came suppressed. Then the nearest table is taken; relations that no
    table can satisfy are left out (the same that the audit will find), and returned as a mask.
    """
    low, high = system.bounds(hidden)
    varying = low < high
    system = replace(system, point=np.where(varying, system.point, low))
    sums = system.matrix @ system.point
    off = (sums < system.low - _WHOLE) | (sums > system.high + _WHOLE)
    outside = (system.point < low) | (system.point > high)
    if not (off.any() or outside.any()):
        return system, off
    part, limits, rows = system.cut(varying)
    unknowns = Unknowns(
        part, *limits, low[varying], high[varying], hidden[varying], number_blocks(part)
    )
    void = off & ~np.isin(np.arange(len(off)), rows)
    void[rows] = find_contradictions(unknowns)
    system = _drop(system, void)
    off &= ~void
    touched = off | (abs(system.matrix) @ outside.astype(float) > 0)
    labels = system.components(varying)
    reached = np.unique(labels[(abs(system.matrix).T @ touched.astype(float) > 0) | outside])
    return _move_point(system, hidden, (labels >= 0) & np.isin(labels, reached)), void


def _drop(system: System, void: Mask) -> System:
    """Return the system without some relations (kept as empty rows, so numbers stay)."""
    if not void.any():
        return system
    matrix = sparse.csr_array(sparse.diags_array((~void).astype(float)) @ system.matrix)
    matrix.eliminate_zeros()
    low, high = np.where(void, -np.inf, system.low), np.where(void, np.inf, system.high)
    return replace(system, matrix=matrix, low=low, high=high)


def _move_point(system: System, hidden: Mask, columns: Mask) -> System:
    """Move the point within ``columns`` to the nearest table of whole numbers."""
    if not columns.any():
        return system
    low, high = system.bounds(hidden)
    system = replace(system, point=np.clip(system.point, low, high))
    part, limits, _ = system.cut(columns)
    count, near = part.shape[1], system.point[columns]
    unit = sparse.eye_array(count)
    # On (table, distance): the relations, table − distance <= near, table + distance >= near.
    matrix = sparse.block_array([[part, None], [unit, -unit], [unit, unit]])
    endless = np.full(count, np.inf)
    rows = (
        np.concatenate([limits[0], -endless, near]),
        np.concatenate([limits[1], near, endless]),
    )
    bounds = (
        np.concatenate([low[columns], np.zeros(count)]),
        np.concatenate([high[columns], endless]),
    )
    price = np.repeat([0.0, 1.0], count)
    found = solve(sparse.csr_array(matrix), rows, bounds, price, whole=price < 1)
    if found is None:
        raise ValueError("No table of whole numbers agrees with the figures to be published.")
    point = system.point.copy()
    point[columns] = np.rint(found[:count])
    return replace(system, point=point)
