"""What protection and audit cost: seconds for a quarter, and cells against the optimum.

Run ``python benchmarks/disclosure.py`` (add ``--england`` for 153 authorities, some minutes);
the figures are quoted in docs/disclosure.md. The comparison with the DfE's own pattern reads its
tables of plan durations from the folder in SLINB_REFERENCE_DATA (``../shared/data`` if not set).
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, sparse

from slinb.methods.disclosure import (
    Publication,
    Settings,
    add_sums,
    audit,
    protect,
    tabulate,
    two_way,
)

QUARTERS = ["Q1", "Q2", "Q3", "Q4"]
KINDS = [f"kind {n}" for n in range(6)]
SMALL_TABLES = 60
REACH = 20.0  # how far a cell may rise in an alternative table of the optimum
DFE_TABLES = (
    "d5_cpps_at31march_by_duration_2013_to_2024.csv",
    "d7_cpps_ending_by_duration_2013_to_2024.csv",
)


def main() -> None:
    report_quarter("11 authorities", make_quarter(regions=1, authorities=11), exact=True)
    report_optimum()
    report_dfe()
    if "--england" in sys.argv:
        england = make_quarter(regions=9, authorities=17)
        report_quarter("153 authorities", england, exact=False)


# -- a quarter's whole publication ---------------------------------------------------------------


def make_quarter(regions: int, authorities: int, measures: int = 80, deep: int = 12) -> Publication:
    """Draw measures × four quarters (numerator, denominator, year) and tables by six kinds."""
    rng = np.random.default_rng(7)
    parts = {f"R{r}": [f"R{r} A{a}" for a in range(authorities)] for r in range(regions)}
    sizes = rng.lognormal(0, 0.5, (regions, authorities))
    frames = []
    for measure in range(measures):
        level = rng.choice([4, 15, 60, 300], p=[0.2, 0.25, 0.3, 0.25])
        for side, factor in (("numerator", 1), ("denominator", 4)):
            counts = rng.poisson(sizes[..., None] * level * factor * np.ones(4))
            frame = lay_out(counts, parts, QUARTERS, "Year", column="period")
            frames.append(frame.assign(table=f"measure {measure}", side=side))
    for table in range(deep):
        level, share = rng.choice([3, 8, 25]), rng.dirichlet(np.ones(6)) * 6
        for quarter in QUARTERS:
            counts = rng.poisson(sizes[..., None] * level * share)
            frame = lay_out(counts, parts, KINDS, "Total", column="kind")
            frames.append(frame.assign(table=f"deep dive {table} {quarter}", period=quarter))
    areas = parts | ({"England": list(parts)} if regions > 1 else {})
    sums = {"area": areas, "period": {"Year": QUARTERS}, "kind": {"Total": KINDS}}
    return tabulate(pd.concat(frames, ignore_index=True), sums=sums)


def lay_out(
    counts: np.ndarray, parts: dict[str, list[str]], labels: list[str], total: str, column: str
) -> pd.DataFrame:
    """Return rows for authorities, rounded regions and England, with a total column."""
    wide = np.concatenate([counts, counts.sum(axis=2, keepdims=True)], axis=2)
    rows = [(a, wide[r, n]) for r, g in enumerate(parts.values()) for n, a in enumerate(g)]
    rows += [(region, wide[r].sum(axis=0)) for r, region in enumerate(parts)]
    if len(parts) > 1:
        rows.append(("England", wide.sum(axis=(0, 1))))
    frame = pd.DataFrame(np.array([v for _, v in rows]), columns=[*labels, total])
    frame = frame.assign(area=[area for area, _ in rows])
    long = frame.melt("area", var_name=column, value_name="count")
    return long.assign(rounded=~long["area"].str.contains(" "))


def report_quarter(name: str, publication: Publication, *, exact: bool) -> None:
    settings = Settings()
    start = time.perf_counter()
    safe = protect(publication, settings)
    middle = time.perf_counter()
    result = audit(safe.publication, settings, exact=exact)
    end = time.perf_counter()
    count = safe.log["reason"].value_counts()
    withheld = int((safe.tables["status"] == "withheld").sum())
    print(
        f"{name}: {len(publication.cells)} cells in {len(safe.tables)} tables, "
        f"{len(publication.relations)} relations; {count['primary']} primary and "
        f"{count['complementary']} complementary suppressions, {withheld} tables withheld; "
        f"protect {middle - start:.1f} s, audit {end - middle:.1f} s: {result}"
    )


# -- the optimum on small tables -----------------------------------------------------------------


@dataclass(frozen=True)
class Small:
    """A small publication as plain arrays: equalities × cells, counts and costs."""

    matrix: np.ndarray
    counts: np.ndarray
    cost: np.ndarray
    primary: np.ndarray


def report_optimum() -> None:
    settings = Settings()
    for name, draw in (("two-way", draw_two_way), ("linked", draw_linked)):
        rng = np.random.default_rng(11)
        cells, costs = [], []
        while len(cells) < SMALL_TABLES:
            publication = draw(rng)
            small = read_small(publication)
            best = find_optimum(small, settings)
            if best is None or not (best & ~small.primary).any():
                continue
            log = protect(publication, settings).log
            ours = publication.cells["cell"].isin(log["cell"]).to_numpy()
            extra, least = ours & ~small.primary, best & ~small.primary
            cells.append(extra.sum() / least.sum())
            costs.append(small.cost[extra].sum() / small.cost[least].sum())
        print(
            f"{name} tables against the optimum ({len(cells)} of them): complementary cells "
            f"{np.mean(cells):.3f} times on average (most {max(cells):.2f}), "
            f"cost {np.mean(costs):.3f} times (most {max(costs):.2f})"
        )


def draw_two_way(rng: np.random.Generator) -> Publication:
    counts = rng.poisson(rng.choice([4, 9, 20]), rng.integers(3, 5, 2))
    return two_way(spread(counts, "age", "need"), "plans", "age", "need")


def draw_linked(rng: np.random.Generator) -> Publication:
    cube = rng.poisson(rng.choice([2, 4, 9]), (3, 2, 2))
    both = np.concatenate([cube.sum(axis=2), cube.sum(axis=1)], axis=1)
    frame = spread(both, "age", "kind")
    frame = frame[frame["kind"] != "Total"]
    totals = spread(cube.sum(axis=2), "age", "kind").query("kind == 'Total'")
    # Two classifications of the same children share the totals by age.
    sums = {"kind": {"Total": ["kind0", "kind1"]}, "age": {"Total": ["age0", "age1", "age2"]}}
    publication = tabulate(pd.concat([frame, totals], ignore_index=True), sums=sums)
    return add_sums(publication, "kind", {"Total": ["kind2", "kind3"]})


def spread(counts: np.ndarray, rows: str, columns: str) -> pd.DataFrame:
    wide = np.column_stack([counts, counts.sum(axis=1)])
    wide = np.vstack([wide, wide.sum(axis=0)])
    names = [
        [*(f"{axis}{n}" for n in range(size)), "Total"]
        for axis, size in zip((rows, columns), counts.shape, strict=True)
    ]
    frame = pd.DataFrame(wide, index=names[0], columns=names[1])
    frame = frame.rename_axis(rows).reset_index()
    return frame.melt(rows, var_name=columns, value_name="count")


def read_small(publication: Publication) -> Small:
    counts = publication.cells["value"].to_numpy(float)
    depth = publication.cells["cell"].map(publication.relations["total"].value_counts())
    cost = (1 + np.log10(np.maximum(counts, 1))) * 5 ** depth.fillna(0).to_numpy(float)
    primary = (counts >= 1) & (counts <= Settings().threshold)
    return Small(publication.matrix().toarray(), counts, cost, primary)


def find_optimum(small: Small, settings: Settings) -> np.ndarray | None:
    """Return the pattern of least cost, by one integer programme over all cells at once.

    Two alternative tables for every cell, apart by the least range if the cell is hidden; a
    set that sums to k or 5k is cut off when it is met. Nothing of it is the package's.
    """
    if not small.primary.any():
        return None
    matrix, low, high = build_whole(small, settings.min_range)
    size, total = len(small.counts), matrix.shape[1]
    down, up = reach_down(small), reach_up(small)
    tables = 2 * size
    cuts: list[tuple[np.ndarray, float]] = []
    while True:
        lines = [np.concatenate([line, np.zeros(total - size)])[None, :] for line, _ in cuts]
        result = optimize.milp(
            np.concatenate([small.cost, np.zeros(total - size)]),
            integrality=np.repeat([1, 0], [size, total - size]),
            bounds=optimize.Bounds(
                np.concatenate([small.primary.astype(float), np.tile(-down, tables)]),
                np.concatenate([(small.counts > 0).astype(float), np.tile(up, tables)]),
            ),
            constraints=optimize.LinearConstraint(
                sparse.csr_array(sparse.vstack([matrix, *map(sparse.csr_array, lines)])),
                np.concatenate([low, [least for _, least in cuts]]),
                np.concatenate([high, np.full(len(cuts), np.inf)]),
            ),
        )
        if result.x is None:
            return None
        pattern = result.x[:size] > 0.5
        cut = cut_sum(small, pattern, settings.threshold)
        if cut is None:
            return pattern
        cuts.append(cut)


def reach_down(small: Small) -> np.ndarray:
    return np.where(small.counts > 0, small.counts - 1, 0.0)


def reach_up(small: Small) -> np.ndarray:
    return np.where(small.counts > 0, REACH, 0.0)


def build_whole(small: Small, need: int) -> tuple[sparse.csr_array, np.ndarray, np.ndarray]:
    """Return the programme on (hidden or not, moves of two tables for each cell)."""
    size, tables = len(small.counts), 2 * len(small.counts)
    every, column = sparse.eye_array(tables), np.ones((tables, 1))
    moves = sparse.eye_array(tables * size)
    apart = sparse.lil_array((size, size + tables * size))
    for cell in range(size):
        apart[cell, cell] = -need
        apart[cell, size + 2 * cell * size + cell] = 1
        apart[cell, size + (2 * cell + 1) * size + cell] = -1
    sums = sparse.kron(every, small.matrix)
    matrix = sparse.vstack(
        [
            sparse.hstack([sparse.csr_array((sums.shape[0], size)), sums]),
            sparse.hstack([sparse.kron(column, np.diag(reach_down(small))), moves]),
            sparse.hstack([sparse.kron(column, -np.diag(reach_up(small))), moves]),
            apart,
        ]
    )
    none = np.zeros(tables * size)
    endless = np.full(tables * size, np.inf)
    low = np.concatenate([np.zeros(sums.shape[0]), none, -endless, np.zeros(size)])
    high = np.concatenate([np.zeros(sums.shape[0]), endless, none, np.full(size, np.inf)])
    return sparse.csr_array(matrix), low, high


def cut_sum(small: Small, pattern: np.ndarray, threshold: int) -> tuple[np.ndarray, float] | None:
    """Return a cut against a set of hidden cells that is known to sum to 5k, if there is one."""
    hidden = np.flatnonzero(pattern)
    rows = small.matrix[:, hidden]
    for count in range(2, len(hidden) + 1):
        for chosen in combinations(range(len(hidden)), count):
            cells = hidden[list(chosen)]
            if small.counts[cells].sum() != threshold * count:
                continue
            target = np.zeros(len(hidden))
            target[list(chosen)] = 1
            weights = np.linalg.lstsq(rows.T, target, rcond=None)[0]
            if np.abs(rows.T @ weights - target).max() > 1e-6:
                continue
            if not can_all_be(small, hidden, cells, threshold):
                continue
            line = np.where(pattern, 0.0, 1.0)  # hide another cell, or show one of these
            line[cells] = -1.0
            return line, 1.0 - count
    return None


def can_all_be(small: Small, hidden: np.ndarray, cells: np.ndarray, value: int) -> bool:
    low, high = small.counts.copy(), small.counts.copy()
    low[hidden], high[hidden] = 1, np.inf
    low[cells] = high[cells] = value
    constraint = optimize.LinearConstraint(small.matrix, 0, 0)
    bounds = optimize.Bounds(low, high)
    size = len(low)
    found = optimize.milp(
        np.zeros(size), integrality=np.ones(size), bounds=bounds, constraints=constraint
    )
    return found.x is not None


# -- the DfE's own pattern -----------------------------------------------------------------------


def report_dfe() -> None:
    folder = Path(os.environ.get("SLINB_REFERENCE_DATA", Path(__file__).parents[2] / "shared/data"))
    if not (folder / "cin").is_dir():
        print(f"The DfE's own pattern: skipped, {folder} has no folder cin.")
        return
    for name in DFE_TABLES:
        table = read_dfe(folder / "cin" / name)
        theirs = int((table["symbol"] == "c").sum())
        guess = fill_in(table)
        for need in (1, 4):
            settings = Settings(min_range=need)
            log = protect(build_dfe(guess), settings).log
            small = guess["count"].between(1, settings.threshold).sum()
            print(
                f"{name}, {guess['year'].nunique()} years, least range {need}: the DfE hides "
                f"{theirs} authority cells, protect {len(log)} ({small} small): "
                f"{len(log) / theirs:.3f} times"
            )
        findings = audit(build_dfe(table)).findings["kind"].value_counts()
        print(f"  audit of the DfE's own cells: {findings.to_dict() or 'nothing found'}")


def read_dfe(path: Path) -> pd.DataFrame:
    """Return authorities with a published total, a row a duration, count and symbol apart."""
    wide = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    wide = wide[wide["geographic_level"] == "Local authority"]
    durations = [c for c in wide.columns[11:] if not c.endswith("_percent")]
    wide = wide.rename(columns={durations[0]: "Total"})
    long = wide.melt(["time_period", "new_la_code"], ["Total", *durations[1:]], "duration", "text")
    odd = long["text"].isin(list("xuz")) | ((long["text"] == "c") & (long["duration"] == "Total"))
    key = long["time_period"] + long["new_la_code"]
    long = long[~key.isin(key[odd])]
    return pd.DataFrame(
        {
            "year": long["time_period"],
            "area": long["new_la_code"],
            "duration": long["duration"],
            "count": pd.to_numeric(long["text"], errors="coerce"),
            "symbol": np.where(long["text"] == "c", "c", ""),
        }
    )


def fill_in(table: pd.DataFrame) -> pd.DataFrame:
    """Put likely counts in place of the DfE's c: small where such plans are few, the rest large.

    The hidden cells of a row share what is left of its total: all but the most common duration
    are taken as near as can be to what the national shares would give, from 1 to 5.
    """
    wide = table.set_index(["year", "area", "duration"])["count"].unstack()  # noqa: PD010 - no aggregation
    parts = [c for c in wide.columns if c != "Total"]
    share = wide[parts].sum() / wide[parts].sum().sum()
    for key, row in wide[wide[parts].isna().any(axis=1)].iterrows():
        gaps = share[[c for c in parts if np.isnan(row[c])]].sort_values()
        left = row["Total"] - row[parts].sum()
        for place, name in enumerate(gaps.index):
            others = len(gaps) - place - 1
            likely = round(share[name] * row["Total"])
            value = min(max(likely, 1), 5, left - others) if others else left
            wide.loc[key, name] = value
            left -= value
    return wide.reset_index().melt(["year", "area"], var_name="duration", value_name="count")


def build_dfe(table: pd.DataFrame) -> Publication:
    durations = [name for name in table["duration"].unique() if name != "Total"]
    return tabulate(table, "plans", sums={"duration": {"Total": durations}})


if __name__ == "__main__":
    main()
