"""How fast a CIN census is read, checked and counted: 10,000 and 100,000 children.

Run `python benchmarks/cin.py`; the figures are quoted in docs/records.md. Each size runs in a
process of its own, so that its peak memory is its own; the census is made up first, in another.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

SIZES = (10_000, 100_000)
QUARTER = "2025-26-Q3"
REPEATS = 2


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            run_part("make", folder, size)
            for _ in range(REPEATS):
                run_part("count", folder, size)


def run_part(part: str, folder: str, size: int) -> None:
    command = [sys.executable, __file__, part, folder, str(size)]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    print(out.stdout, end="")
    if out.returncode:
        raise SystemExit(out.stderr)


def read_peak() -> str:
    """Return the peak memory of this process, where the system tells it."""
    try:
        import resource
    except ImportError:  # Windows
        return "peak not told"
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB"


def make(path: Path, size: int) -> None:
    """Write so many made-up children: a third with a plan, some back after closure."""
    from slinb.sample.cin_census import write_census
    from slinb.sample.cin_histories import HISTORY_DAYS, make_families
    from slinb.sample.days import count_day
    from slinb.sample.totals import PlanTotals

    rng = np.random.default_rng(20260131)
    day = count_day(dt.date(2025, 12, 31))
    totals = PlanTotals(
        plans=size // 10,
        neglect=size // 20,
        multiple=size // 100,
        starting=round(size * 0.25 * 365 / HISTORY_DAYS / 0.75),
        referrals=round(size * 365 / HISTORY_DAYS),
    )
    # Cases are all in the census's year, so that the file holds every child.
    families = [f for f in make_families(rng, totals, day) if _is_held(f.cases, day)]
    while len(families) < size:
        families += [f for f in make_families(rng, totals, day) if _is_held(f.cases, day)]
    families = [dataclasses.replace(f, number=i) for i, f in enumerate(families[:size], start=1)]
    write_census(path, families, 2026, day, 1)
    text = path.read_text(encoding="utf-8")
    elements = text.count("</")
    megabytes = path.stat().st_size / 1e6
    print(f"{text.count('<Child>'):,} children, {elements:,} elements, {megabytes:,.1f} MB")


def _is_held(cases: list, day: int) -> bool:  # type: ignore[type-arg]
    first = day - 274
    return any(c.closure is None or first <= c.closure <= day for c in cases)


def count(path: Path) -> None:
    wall = time.perf_counter()
    from slinb.catalogue.periods import Period
    from slinb.records.prepare import count_records

    loaded = time.perf_counter() - wall
    start, cpu = time.perf_counter(), time.process_time()
    counted = count_records(path, Period.parse(QUARTER), dt.date(2026, 2, 1))
    took = time.perf_counter() - start
    cpu = time.process_time() - cpu
    rows = int(counted.account["rows_in"].sum())
    print(
        f"  read, checked and counted: {took:.2f} s wall (and {loaded:.2f} s to load slinb), "
        f"{cpu:.2f} s processor, {read_peak()}; {rows:,} records, "
        f"{len(counted.counts)} counts"
    )


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        target = Path(sys.argv[2]) / f"{sys.argv[3]}.xml"
        if sys.argv[1] == "make":
            make(target, int(sys.argv[3]))
        else:
            count(target)
