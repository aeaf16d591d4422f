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
from slinb.methods.disclosure.unknowns import Floats, Ints, Mask, number_blocks

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
    hidden_low : array
        Least value of a cell that is hidden: 1, since zeros are shown.
    point : array
        A table of whole numbers that agrees with everything: the true one where it does.
    candidates : mask
        Cells that may be hidden to protect others.
    cost : array
        What hiding each costs the reader.
    known : mask
        Cells whose true count is known; not those that came suppressed.
    """

    matrix: sparse.csr_array
    low: Floats
    high: Floats
    shown_low: Floats
    shown_high: Floats
    hidden_low: Floats
    point: Floats
    candidates: Mask
    cost: Floats
    known: Mask

    def bounds(self, hidden: Mask) -> tuple[Floats, Floats]:
        """Return least and greatest value of every cell if ``hidden`` are hidden."""
        return (
            np.where(hidden, self.hidden_low, self.shown_low),
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
    result = optimize.milp(
        objective,
        integrality=np.broadcast_to(np.asarray(whole, dtype=np.uint8), objective.shape),
        bounds=optimize.Bounds(*bounds),
        constraints=[optimize.LinearConstraint(matrix, *rows)] if matrix.shape[0] else None,
        options={} if nodes is None else {"node_limit": nodes, "mip_rel_gap": 1e-3},
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
        hidden_low=np.ones(len(cells)),
        point=np.where(np.isfinite(value), value, 1.0),
        candidates=(symbol == "") & (value > 0) & ~fixed & ~withheld & ~forced,
        # A total stands in more readings than a part, and a large count in more than a small one.
        cost=(1 + size) * 5 ** np.minimum(depth, 3) * cells["cost"].to_numpy(float),
        known=np.isfinite(value),
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
    table can satisfy are left out, and returned as a mask.
    """
    void = _find_impossible(system, hidden)
    system = _drop(system, void)
    low, high = system.bounds(hidden)
    sums = system.matrix @ system.point
    off = (sums < system.low - _WHOLE) | (sums > system.high + _WHOLE)
    outside = (system.point < low) | (system.point > high)
    if not (off.any() or outside.any()):
        return system, void
    size = abs(system.matrix)
    touched = off | (size @ outside.astype(float) > 0)
    labels = system.components(low < high)
    reached = np.unique(labels[size.T @ touched.astype(float) > 0])
    columns = (labels >= 0) & np.isin(labels, reached)
    rows = size @ columns.astype(float) > 0
    system, missed = _move_point(system, hidden, rows, columns)
    return _drop(system, missed), void | missed


def _find_impossible(system: System, hidden: Mask) -> Mask:
    """Return the relations that fail whatever their varying cells are.

    A cell that came suppressed may be a zero, if its sender hides those.
    """
    low, high = system.bounds(hidden)
    low = np.where(hidden & ~system.known, 0.0, low)
    up, down = system.matrix.maximum(0), system.matrix.minimum(0)
    least, most = up @ low + down @ high, up @ high + down @ low
    return np.asarray((least > system.high + _WHOLE) | (most < system.low - _WHOLE))


def _drop(system: System, void: Mask) -> System:
    """Return the system without some relations (kept as empty rows, so numbers stay)."""
    if not void.any():
        return system
    matrix = sparse.csr_array(sparse.diags_array((~void).astype(float)) @ system.matrix)
    matrix.eliminate_zeros()
    low, high = np.where(void, -np.inf, system.low), np.where(void, np.inf, system.high)
    return replace(system, matrix=matrix, low=low, high=high)


def _move_point(system: System, hidden: Mask, rows: Mask, columns: Mask) -> tuple[System, Mask]:
    """Move the point to the nearest table; also return the relations that it cannot meet."""
    low, high = system.bounds(hidden)
    point = np.where(columns, system.point, np.clip(system.point, low, high))
    rest = system.matrix[rows] @ np.where(columns, 0.0, point)
    matrix = _elastic(system.matrix[rows][:, columns])
    count, failing = int(columns.sum()), int(rows.sum())
    near = point[columns]
    limits = (
        np.concatenate([system.low[rows] - rest, np.full(count, -np.inf), near]),
        np.concatenate([system.high[rows] - rest, near, np.full(count, np.inf)]),
    )
    price = np.repeat([0.0, 1.0, 1e4], [count, count, 2 * failing])
    best: Floats | None = None
    least = low[columns]
    # A cell that came suppressed is a zero only if it must be.
    for floor in (least, np.where(hidden[columns] & ~system.known[columns], 0.0, least)):
        bottom = np.concatenate([floor, np.zeros(count + 2 * failing)])
        top = np.concatenate([high[columns], np.full(count + 2 * failing, np.inf)])
        found = solve(matrix, limits, (bottom, top), price, np.arange(len(price)) < count)
        if found is not None and (best is None or price @ found < price @ best - 1e3):
            best = found
    if best is None:  # cannot be: the slack makes every table possible
        raise ValueError("No table of whole numbers is near the published one.")
    point[columns] = np.rint(best[:count])
    slack = best[2 * count : 2 * count + failing] + best[2 * count + failing :]
    missed = np.zeros(len(rows), dtype=bool)
    missed[np.flatnonzero(rows)[slack > _WHOLE]] = True
    zero = columns & hidden & (point < 1)
    return replace(system, point=point, hidden_low=np.where(zero, 0.0, system.hidden_low)), missed


def _elastic(part: sparse.csr_array) -> sparse.csr_array:
    """Return constraints on (x, distance, over, under): relations, x − d <= p, x + d >= p."""
    rows, columns = part.shape
    unit, slack = sparse.eye_array(columns), sparse.eye_array(rows)
    return sparse.csr_array(
        sparse.block_array(
            [[part, None, slack, -slack], [unit, -unit, None, None], [unit, unit, None, None]]
        )
    )
