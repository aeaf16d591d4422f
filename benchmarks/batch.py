"""One quarter's pages made three ways, side by side, on the same data; and what a re-run costs.

    python benchmarks/batch.py                 # makes a sample quarter first
    python benchmarks/batch.py --workspace X   # a project in which 2025-26-Q3 has been run
    python benchmarks/batch.py --notebooks headlines trends
    python benchmarks/batch.py --areas 11 50 153
    python benchmarks/batch.py --again         # no change, one resubmission, peak memory
    python benchmarks/batch.py --national      # every region of England, made-up returns

The pages are those of the public edition. The plain loop is one ``papermill`` and one ``jupyter
nbconvert`` command a page, one after another; the pool is papermill's Python API with nbconvert's
exporter in two processes; then this project's engine, by forked and by spawned workers. Each way
starts cold. With ``--areas`` one authority's profile is made as often as there are areas: the time
per page should stay flat. With ``--national`` each region is a project of its own with returns made
up from the published figures of its authorities, and its whole public edition is made.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUARTER, REGION, WORKERS = "2025-26-Q3", "East of England", 2
COMMAND = [sys.executable, "-m", "slinb.cli"]


@dataclass(frozen=True)
class Job:
    """A page to make: its name, its notebook, and the notebook's parameters."""

    name: str
    notebook: Path
    parameters: dict[str, str]


def main() -> None:
    """Run every way and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--areas", type=int, nargs="*", default=[])
    parser.add_argument("--notebooks", nargs="*", help="names; all of the plan if left out")
    parser.add_argument("--again", action="store_true", help="only what a re-run costs")
    parser.add_argument("--national", nargs="*", metavar="REGION", help="all nine if none is named")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        if chosen.national is not None:
            measure_national(scratch, chosen.national)
            return
        workspace = chosen.workspace or make_workspace(scratch / "project")
        os.environ["SLINB_HOME"] = str(workspace.resolve())
        if chosen.again:
            measure_again(scratch, workspace)
            return
        jobs = list_jobs(workspace / "notebooks", scratch / "source", chosen.notebooks)
        if chosen.areas:
            measure_areas(chosen.areas, jobs, scratch, workspace.resolve())
            return
        measure_ways(jobs, scratch, workspace.resolve())


def make_workspace(folder: Path) -> Path:
    """Lay out a project and run a made-up quarter in it, so that every table is there."""
    shutil.copytree(ROOT / "data" / "raw" / "published", folder / "data" / "raw" / "published")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    environment = {**os.environ, "SLINB_HOME": str(folder)}
    for words in (["sample"], ["run", "--quiet"]):
        subprocess.run([*COMMAND, *words, "--quarter", QUARTER], check=True, env=environment)
    return folder


def list_jobs(source: Path, folder: Path, names: Sequence[str] | None) -> list[Job]:
    """List the pages of the public edition; notebooks come without cells that no way runs."""
    import nbformat

    from slinb.batch.brief import drop_lab_cells
    from slinb.batch.plan import list_pages, load_plan
    from slinb.catalogue.areas import DEFAULT_REGION, load_areas
    from slinb.catalogue.measures import load_measures
    from slinb.show.measure_links import list_domains

    folder.mkdir()
    plan = [b for b in load_plan() if b.readers == "all" and (not names or b.notebook in names)]
    for briefing in plan:
        path = source / f"{briefing.notebook}.ipynb"
        nbformat.write(drop_lab_cells(nbformat.read(path, as_version=4)), folder / path.name)
    pages = list_pages(
        plan, load_areas().authorities(DEFAULT_REGION), list_domains(load_measures())
    )
    common = {"quarter": QUARTER, "region": REGION}
    return [
        Job(page.stem, folder / f"{page.briefing.notebook}.ipynb", common | page.parameters)
        for page in pages
    ]


def measure_ways(jobs: list[Job], scratch: Path, workspace: Path) -> None:
    ways: dict[str, Callable[[list[Job], Path, Path], None]] = {
        "plain loop of commands": run_commands,
        "papermill in a pool of 2": run_pool,
        "slinb, forked workers": lambda *a: run_slinb(*a, method="forkserver"),
        "slinb, spawned workers": lambda *a: run_slinb(*a, method="spawn"),
    }
    if sys.platform != "linux":
        del ways["slinb, forked workers"]
    first = second = 0.0
    print(f"{len(jobs)} pages, {WORKERS} workers")
    print(f"{'way':26} {'s':>7} {'s/page':>7} {'cpu s':>7} {'× loop':>7} {'× pool':>7}")
    for name, run in ways.items():
        out = scratch / name.replace(" ", "-")
        out.mkdir()
        spent, started = used_by_children(), time.perf_counter()
        run(jobs, out, workspace)
        passed = time.perf_counter() - started
        cpu = used_by_children() - spent
        first, second = first or passed, second or (passed if first else 0.0)
        ratio = f"{second / passed:7.1f}" if second else f"{'':7}"
        print(
            f"{name:26} {passed:7.2f} {passed / len(jobs):7.2f} {cpu:7.1f} "
            f"{first / passed:7.1f} {ratio}",
            flush=True,
        )
        assert len(list(out.glob("*.html"))) == len(jobs), "a page is missing"


def used_by_children() -> float:
    """Return processor seconds of this process and all the children that have ended."""
    return sum(os.times()[:4])


def run_commands(jobs: list[Job], out: Path, workspace: Path) -> None:
    for job in jobs:
        given = [word for name, value in job.parameters.items() for word in ("-p", name, value)]
        done = out / f"{job.name}.ipynb"
        papermill = [sys.executable, "-m", "papermill", str(job.notebook), str(done), *given]
        convert = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--no-input"]
        for command in (papermill, [*convert, str(done)]):
            subprocess.run(command, check=True, capture_output=True, cwd=workspace)


def run_pool(jobs: list[Job], out: Path, workspace: Path) -> None:
    # Spawned, as papermill's own users do: a fork of a process with sockets hangs.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(make_plain_page, job, out, workspace) for job in jobs]:
            done.result()


def make_plain_page(job: Job, out: Path, workspace: Path) -> None:
    import papermill
    from nbconvert import HTMLExporter

    done = papermill.execute_notebook(
        str(job.notebook), str(out / f"{job.name}.ipynb"), job.parameters,
        cwd=str(workspace), progress_bar=False,
    )  # fmt: skip
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(done)
    (out / f"{job.name}.html").write_text(page, encoding="utf-8")


def run_slinb(jobs: list[Job], out: Path, workspace: Path, *, method: str) -> None:
    from slinb.batch.pool import Pool, Task

    tasks = [Task(job.name, make_page, (job, out, workspace)) for job in jobs]
    with Pool(WORKERS, method=method) as pool:
        failed = [o for o in pool.run(tasks) if o.failure]
    assert not failed, failed[0].failure.traceback


def make_page(job: Job, out: Path, workspace: Path) -> None:
    from slinb.batch.brief import execute_notebook
    from slinb.show.notebook import export_notebook
    from slinb.show.page import PageMarks

    done = execute_notebook(
        job.notebook, out / f"{job.name}.ipynb", job.parameters, folder=workspace
    )
    html = export_notebook(done, marks=PageMarks(region=REGION, quarter=QUARTER))
    (out / f"{job.name}.html").write_text(html, encoding="utf-8")


def measure_areas(counts: list[int], jobs: list[Job], scratch: Path, home: Path) -> None:
    """Make one authority's profile many times, as many as there are areas."""
    (profile, *_) = [job for job in jobs if "authority" in job.parameters]
    for count in counts:
        out = scratch / f"areas-{count}"
        out.mkdir()
        many = [Job(f"{n}", profile.notebook, profile.parameters) for n in range(count)]
        started = time.perf_counter()
        run_slinb(many, out, home, method="forkserver" if sys.platform == "linux" else "spawn")
        passed = time.perf_counter() - started
        print(f"{count:4} areas: {passed:6.1f} s, {passed / count:.3f} s a page", flush=True)


def measure_again(scratch: Path, workspace: Path) -> None:
    """Time a whole run, one in which nothing changed, and two kinds of resubmission."""
    home = scratch / "again"
    shutil.copytree(workspace, home, ignore=shutil.ignore_patterns(".store", "reports"))
    run = ["run", "--quarter", QUARTER, "--edition", "both", "--quiet"]
    whole = time_command("whole quarter, both editions", home, run, 0.0)
    time_command("nothing changed", home, run, whole)
    change_cell(home, is_narrative)
    time_command("one authority says something else", home, run, whole)
    # Two measures: one on which most authorities differ, one on which few do.
    for sheet in ("Front door", "Children in need and protection"):
        change_cell(home, is_count, sheet)
        time_command(f"a figure corrected, {sheet.lower()}", home, run, whole)


def measure_national(scratch: Path, names: Sequence[str]) -> None:
    """Run each region's public edition from nothing, one region after another."""
    from slinb.batch.quarter import load_published
    from slinb.catalogue.areas import load_areas
    from slinb.sample.write import write_sample
    from slinb.workspace import Workspace

    areas = load_areas()
    # The nine regions; Inner and Outer London, which some statistics tell apart, are no regions.
    regions = [a for a in areas if a.code.startswith("E12") and areas.authorities(a.code)]
    asked = [a for a in regions if not names or a.name in names]
    whole = 0.0
    total = pages = 0
    for region in asked:
        home = scratch / region.slug
        shutil.copytree(ROOT / "data" / "raw" / "published", home / "data" / "raw" / "published")
        shutil.copytree(ROOT / "notebooks", home / "notebooks")
        published, _ = load_published(Workspace(home))
        write_sample(home, published, QUARTER, region=region.code)
        words = ["run", "--quarter", QUARTER, "--region", region.name, "--quiet"]
        count = len(areas.authorities(region.code))
        # A page that the gate refuses says so in its place, and the others are published.
        whole += time_command(f"{region.name}, {count} authorities", home, words, 0.0, (0, 1))
        total += count
        pages += len(list((home / "reports" / QUARTER).glob("*.html")))
        shutil.rmtree(home)
    print(f"{total} authorities, {pages} pages: {whole:.0f} s, {whole / pages:.2f} s a page")


def time_command(
    what: str, home: Path, words: Sequence[str], whole: float, codes: Sequence[int] = (0,)
) -> float:
    """Run a command and print its time, and the most memory that it and its workers had."""
    environment = {**os.environ, "SLINB_HOME": str(home)}
    started, peak = time.perf_counter(), 0
    command = subprocess.Popen([*COMMAND, *words], env=environment, stdout=subprocess.DEVNULL)
    while command.poll() is None:
        peak = max(peak, read_memory(command.pid))
        time.sleep(0.2)
    passed = time.perf_counter() - started
    assert command.returncode in codes, what
    share = f", {passed / whole:.0%} of the whole" if whole else ""
    memory = f", at most {peak / 2**20:,.0f} MiB" if peak else ""
    print(f"{what:50} {passed:6.1f} s{share}{memory}", flush=True)
    return passed


def read_memory(process: int) -> int:
    """Return the bytes that a process and its descendants have to themselves (Linux only)."""
    proc, found = Path("/proc"), 0
    parents = {}
    for status in proc.glob("[0-9]*/stat"):
        try:
            text = status.read_text(encoding="utf-8")
        except OSError:  # it ended meanwhile
            continue
        parents[int(status.parent.name)] = int(text.rpartition(")")[2].split()[1])
    family = {process}
    while more := {p for p, parent in parents.items() if parent in family} - family:
        family |= more
    for member in family:
        try:
            rollup = (proc / str(member) / "smaps_rollup").read_text(encoding="utf-8")
        except OSError:
            continue
        # Proportional: what forked workers share counts once among them.
        found += sum(int(x.split()[1]) for x in rollup.splitlines() if x.startswith("Pss:"))
    return found * 1024


def change_cell(home: Path, fits: Callable[[object], bool], sheet: str = "") -> None:
    """Send one authority's return again, with one cell changed that ``fits``."""
    import openpyxl

    (path,) = (home / "data" / "raw" / "returns" / QUARTER).glob("*_bedford.xlsx")
    book = openpyxl.load_workbook(path)
    for page in [book[sheet]] if sheet else book.worksheets:
        for cell in (c for row in page.iter_rows() for c in row if not c.protection.locked):
            if fits(cell.value):
                cell.value = f"{cell.value} Since October." if is_narrative(cell.value) else 101
                book.save(path)
                return
    raise AssertionError(f"no such cell in {path.name}")


def is_narrative(value: object) -> bool:
    return isinstance(value, str) and len(value) > 60


def is_count(value: object) -> bool:
    return isinstance(value, int) and 100 <= value <= 140


if __name__ == "__main__":
    main()
