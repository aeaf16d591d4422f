"""Collect, check and compare: a region's twelve quarters, and England's forty.

    python benchmarks/pipeline.py

Each case runs in a process of its own, so that its peak memory is its own. Imports are timed
apart. The region's case reads real workbooks (11 authorities, 12 quarters, every measure of the
return); England's is a synthetic table of 153 authorities, 40 quarters and every measure of the
catalogue, because no such returns exist.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
LAST = "2025-26-Q3"


def main() -> None:
    """Run both cases and print one line each."""
    head = ("case", "values", "imports s", "collect s", "check s", "compare s", "total s")
    print("{:8} {:>9} {:>9} {:>9} {:>8} {:>9} {:>8} {:>6} {:>6}".format(*head, "cpu s", "MiB"))
    for case in ("region", "england"):
        run = subprocess.run(
            [sys.executable, __file__, case], check=True, capture_output=True, text=True
        )
        r = json.loads(run.stdout.splitlines()[-1])
        print(
            f"{case:8} {r['values']:>9,} {r['imports']:>9.2f} {r['collect']:>9.2f} "
            f"{r['check']:>8.2f} {r['compare']:>9.2f} {r['total']:>8.2f} "
            f"{r['cpu']:>6.2f} {r['mib']:>6.0f}"
        )


def run_case(case: str) -> None:
    """Run one case and print its figures as JSON."""
    started = time.perf_counter()
    import great_expectations  # noqa: F401  # its import is the dearest and belongs to this share
    import psutil  # comes with ipykernel

    from slinb.analyse.comparison import compare
    from slinb.analyse.points import compute_points, compute_quarterly_points
    from slinb.batch.quarter import load_published
    from slinb.catalogue.areas import DEFAULT_REGION, load_areas
    from slinb.catalogue.measures import Measures, load_measures
    from slinb.catalogue.periods import Period
    from slinb.check import check_quarters
    from slinb.workspace import Workspace

    figures = {"imports": time.perf_counter() - started}
    areas, measures = load_areas(), load_measures()
    if case == "england":  # a return that asks for everything
        measures = Measures(m.model_copy(update={"quarterly": True}) for m in measures)
    published, _ = load_published(Workspace(ROOT))
    count, region = (12, DEFAULT_REGION) if case == "region" else (40, "")
    last = Period.parse(LAST)
    quarters = last.shift(1 - count).to(last)
    if case == "region":
        read = write_returns(quarters, published)
        started, spent = time.perf_counter(), time.process_time()
        observations, submissions, queries = read()
        figures["collect"] = time.perf_counter() - started
    else:
        observations, submissions, queries = make_up(quarters)
        published = published.iloc[:0]  # made-up levels agree with nothing published
        figures["collect"], spent = 0.0, time.process_time()
    started = time.perf_counter()
    result = check_quarters(
        observations, observations.iloc[:0], published, submissions, queries,
        measures, areas, quarters, region,
    )  # fmt: skip
    figures["check"] = time.perf_counter() - started
    started = time.perf_counter()
    asked = [m for m in measures if m.basis != "year"]
    points = compute_quarterly_points(result.accepted, asked, quarters)
    compare(points, asked, areas, region, published=compute_points(published, asked))
    figures["compare"] = time.perf_counter() - started
    figures["total"] = figures["collect"] + figures["check"] + figures["compare"]
    figures["cpu"] = time.process_time() - spent  # steadier than the clock on a shared machine
    memory = psutil.Process().memory_info()
    figures["mib"] = peak_bytes(memory) / 2**20
    print(json.dumps({"values": len(observations), **figures}))


def peak_bytes(memory) -> int:  # psutil's tuple differs by system
    """Return the peak resident size of this process."""
    if hasattr(memory, "peak_wset"):
        return memory.peak_wset
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def write_returns(quarters, published):
    """Write every quarter's workbooks aside and return what reads them all."""
    import pandas as pd

    from slinb.catalogue.areas import DEFAULT_REGION, load_areas
    from slinb.catalogue.measures import load_measures
    from slinb.collect.population import find_population
    from slinb.collect.returns import read_returns
    from slinb.sample.write import write_sample

    folder = Path(tempfile.mkdtemp())
    measures = load_measures().quarterly()
    areas = load_areas().authorities(DEFAULT_REGION)
    written = {q: write_sample(folder / q.id, published, q.id).folder for q in quarters}

    def read():
        frames = [
            read_returns(path, q, areas, measures, find_population(published, measures, q))
            for q, path in written.items()
        ]
        parts = ("observations", "submissions", "queries")
        return [pd.concat([getattr(f, p) for f in frames], ignore_index=True) for p in parts]

    return read


def make_up(quarters):
    """Make up observations of every authority, quarter and measure.

    Each count is drawn once and shared by the measures that ask for it, at a level in the middle
    of the measure's plausible range, so that the checks meet what returns look like and not noise.
    """
    import numpy as np
    import pandas as pd

    from slinb.catalogue.areas import load_areas
    from slinb.catalogue.measures import load_measures
    from slinb.schema import OBSERVATIONS, QUERIES, SUBMISSIONS

    codes = [a.code for a in load_areas().authorities()]
    keys = pd.MultiIndex.from_product(
        [codes, [q.id for q in quarters]], names=["area", "period"]
    ).to_frame(index=False)
    draw = np.random.default_rng(1)
    people = np.repeat(draw.integers(20_000, 300_000, len(codes)), len(quarters)).astype(float)
    passed = np.tile([float(q.quarter) for q in quarters], len(codes))
    counts: dict[str, np.ndarray] = {}
    frames = []
    for m in load_measures():
        middle = sum(m.plausible) / 2
        rows = keys.assign(measure=m.id, status="provisional", sent="made up", file="made-up.xlsx")
        if m.kind == "value":
            frames.append(rows.assign(value=middle))
            continue
        base = people if m.uses_population else np.full(len(keys), 900.0)
        base = base * passed if m.basis == "ytd" and not m.uses_population else base
        below = counts.setdefault(m.denominator_count or f"{m.id} below", base)
        level = below * middle / m.multiplier / (4 if m.basis in ("quarter", "ytd") else 1)
        noisy = np.clip(draw.normal(level, np.sqrt(level) / 2).round(), 0, None)
        if m.basis == "ytd":
            noisy = level.round() * passed  # so that no year to date falls
        if m.kind == "proportion":
            noisy = np.minimum(noisy, below)
        above = counts.setdefault(m.numerator_count or f"{m.id} above", noisy)
        value = m.multiplier * above / below
        frames.append(rows.assign(numerator=above, denominator=below, value=value))
    made = OBSERVATIONS.conform(pd.concat(frames, ignore_index=True), fill=True)
    return made, SUBMISSIONS.empty(), QUERIES.empty()


if __name__ == "__main__":
    run_case(sys.argv[1]) if len(sys.argv) > 1 else main()
