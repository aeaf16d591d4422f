"""What protection and audit cost: seconds and memory for a quarter, and cells hidden.

Run ``python benchmarks/disclosure.py [CASE ...] [--data FOLDER]``; without a case all are run.
The figures are quoted in docs/disclosure.md. Cases:

- ``quarter``: 11 authorities, four quarters and their twelve months, deep-dive tables;
- ``history``: the same with twelve quarters and nine overlapping twelve months;
- ``england``: 153 authorities in nine regions, four quarters (some minutes);
- ``optimum``: complementary cells against an integer programme, on random small tables;
- ``dfe``: the same against the DfE's own pattern. Needs FOLDER/cin with the two published tables
  of plan durations named in ``DFE_TABLES`` (from Explore Education Statistics, "Children in
  need"); FOLDER is ``../shared/data`` if not given, and the case is skipped without it.

Each case runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import psutil  # comes with ipykernel
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

#: What a year's return counts, by table: how many in a quarter (or on its last day) in a typical
#: authority, and the shares of it that are counted too. Levels are those of the made-up sample.
EVENTS: dict[str, tuple[float, tuple[float, ...]]] = {
    "contacts": (2500, (0.24,)),
    "referrals": (950, (0.2, 0.035)),
    "assessments": (850, (0.93, 0.2)),
    "section 47": (320, (0.38,)),
    "conferences": (120, (0.87,)),
    "plans starting": (100, (0.22,)),
    "plans ending": (90, (0.04,)),
    "care starting": (100, (0.57, 0.03)),
    "care ceasing": (110, (0.1, 0.11)),
    "missing": (60, (0.3,)),
    "health plans": (130, (0.5,)),
    "private fostering": (3, ()),
    "first entrants": (9, ()),
}
SNAPSHOTS: dict[str, tuple[float, tuple[float, ...]]] = {
    "in need": (2300, (0.3, 0.12)),
    "plans": (276, (0.03, 0.6, 0.87, 0.58, 0.61)),
    "looked after": (415, (0.2, 0.1, 0.11, 0.28, 0.82, 0.9, 0.03)),
    "looked after a year": (287, (0.85, 0.9, 0.02)),
    "long term": (122, (0.7,)),
    "waiting for adoption": (12, (0.4,)),
    "leavers 17 to 18": (60, (0.9, 0.65, 0.05)),
    "leavers 19 to 21": (266, (0.53, 0.88, 0.055, 0.97)),
}
DEEP_TABLES, KINDS = 12, [f"kind {n}" for n in range(6)]
SMALL_TABLES = 60
REACH = 20.0  # how far a cell may rise in an alternative table of the optimum
DFE_TABLES = (
    "d5_cpps_at31march_by_duration_2013_to_2024.csv",
    "d7_cpps_ending_by_duration_2013_to_2024.csv",
)
CASES = ("quarter", "history", "england", "optimum", "dfe")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    nearby = Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=nearby, help="folder of published tables")
    given = parser.parse_args()
    unknown = set(given.cases) - set(CASES)
    if unknown:
        parser.error(f"unknown case {', '.join(sorted(unknown))}; there are {', '.join(CASES)}")
    if len(given.cases) == 1:
        run_case(given.cases[0], given.data)
        return
    for case in given.cases or CASES:
        command = [sys.executable, __file__, case, "--data", str(given.data)]
        subprocess.run(command, check=True)


def run_case(case: str, data: Path) -> None:
    if case == "quarter":
        report_quarter("11 authorities, 4 quarters", make_quarter(1, 11, 4), exact=True)
    elif case == "history":
        report_quarter("11 authorities, 12 quarters", make_quarter(1, 11, 12), exact=True)
    elif case == "england":
        report_quarter("153 authorities, 4 quarters", make_quarter(9, 17, 4), exact=False)
    elif case == "optimum":
        report_optimum()
    else:
        report_dfe(data)


# -- a quarter's whole publication ---------------------------------------------------------------


def make_quarter(regions: int, authorities: int, quarters: int) -> Publication:
    """Draw a quarter's whole publication.

    Counts of events by quarter and by twelve months, counts on a day, of each share the rest of
    its whole, the rounded sums of the regions (and of England), and for each of the last four
    quarters twelve deep-dive tables by six kinds.
    """
    rng = np.random.default_rng(7)
    names = {f"R{r}": [f"R{r} A{a}" for a in range(authorities)] for r in range(regions)}
    size = rng.lognormal(0, 0.5, regions * authorities)
    areas = names | ({"England": list(names)} if regions > 1 else {})
    periods = [f"Q{n}" for n in range(quarters)]
    years = {f"to Q{n}": periods[n - 3 : n + 1] for n in range(3, quarters)}
    frames, splits = [], {}
    for table, (level, shares) in (EVENTS | SNAPSHOTS).items():
        whole = rng.poisson(level * size[:, None], (len(size), quarters))
        counts = {table: whole}
        for n, share in enumerate(shares):
            part = rng.binomial(whole, share)
            counts |= {f"{table} {n}": part, f"{table} not {n}": whole - part}
            splits.setdefault(n, {})[table] = [f"{table} {n}", f"{table} not {n}"]
        labels = [*periods, *years] if table in EVENTS else periods
        frames += [
            lay_out(add_years(wide, quarters) if table in EVENTS else wide, names, labels).assign(
                what=what, table=table
            )
            for what, wide in counts.items()
        ]
    frames += [
        draw_deep_table(rng, size, names).assign(table=f"deep {n} {period}", period=period)
        for n in range(DEEP_TABLES)
        for period in periods[-4:]
    ]
    sums = {"area": areas, "period": years, "kind": {"Total": KINDS}}
    publication = tabulate(pd.concat(frames, ignore_index=True), sums=sums)
    for parts in splits.values():  # one whole has several shares, each with its own rest
        publication = add_sums(publication, "what", parts, kind="rest")
    return publication


def add_years(counts: np.ndarray, quarters: int) -> np.ndarray:
    """Return the quarters and every twelve months that end with one of them."""
    years = [counts[:, n - 3 : n + 1].sum(axis=1) for n in range(3, quarters)]
    return np.column_stack([counts, *years])


def draw_deep_table(
    rng: np.random.Generator, size: np.ndarray, names: dict[str, list[str]]
) -> pd.DataFrame:
    level, share = rng.choice([3, 8, 25]), rng.dirichlet(np.ones(len(KINDS))) * len(KINDS)
    counts = rng.poisson(size[:, None] * level * share)
    wide = np.column_stack([counts, counts.sum(axis=1)])
    return lay_out(wide, names, [*KINDS, "Total"], column="kind")


def lay_out(
    wide: np.ndarray, names: dict[str, list[str]], labels: list[str], column: str = "period"
) -> pd.DataFrame:
    """Return rows for authorities, rounded regions and England."""
    areas = [area for group in names.values() for area in group]
    ends = np.cumsum([0, *(len(group) for group in names.values())])
    rows = [wide, *(wide[a:b].sum(axis=0, keepdims=True) for a, b in pairwise(ends))]
    places = [*areas, *names]
    if len(names) > 1:
        rows, places = [*rows, wide.sum(axis=0, keepdims=True)], [*places, "England"]
    frame = pd.DataFrame(np.vstack(rows), columns=labels).assign(area=places)
    long = frame.melt("area", var_name=column, value_name="count")
    return long.assign(rounded=~long["area"].isin(areas))


def report_quarter(name: str, publication: Publication, *, exact: bool) -> None:
    settings = Settings()
    marks = [read_clocks()]
    safe = protect(publication, settings)
    marks.append(read_clocks())
    result = audit(safe.publication, settings, exact=False)
    marks.append(read_clocks())
    if exact:
        audit(safe.publication, settings)
        marks.append(read_clocks())
    spent = [np.subtract(after, before) for before, after in pairwise(marks)]
    names = ("protect", "audit", "audit with exact ranges")
    times = "; ".join(
        f"{step} {wall:.1f} s ({cpu:.1f} s processor)"
        for step, (wall, cpu) in zip(names, spent, strict=False)
    )
    count = safe.log["reason"].value_counts()
    withheld = int((safe.tables["status"] == "withheld").sum())
    print(
        f"{name}: {len(publication.cells):,} cells in {len(safe.tables)} tables, "
        f"{len(publication.relations):,} relations; {count['primary']:,} primary and "
        f"{count['complementary']:,} complementary suppressions, {withheld} tables withheld; "
        f"{times}; peak {read_peak():,.0f} MiB: {result}"
    )


def read_clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def read_peak() -> float:
    """Return the peak resident size of this process in MiB."""
    memory = psutil.Process().memory_info()  # its fields differ by system
    if hasattr(memory, "peak_wset"):
        return memory.peak_wset / 2**20
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


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


def report_dfe(folder: Path) -> None:
    lacking = [name for name in DFE_TABLES if not (folder / "cin" / name).is_file()]
    if lacking:
        print(
            f"The DfE's own pattern: skipped, no {' and no '.join(lacking)} in {folder / 'cin'}. "
            "Give the folder with --data."
        )
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
