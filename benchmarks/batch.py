"""One quarter's notebooks made into pages three ways, side by side, on the same data.

    python benchmarks/batch.py                 # makes a sample quarter first
    python benchmarks/batch.py --workspace X   # a project in which 2025-26-Q3 has been run
    python benchmarks/batch.py --areas 11 50 153

The plain loop is one ``papermill`` and one ``jupyter nbconvert`` command a notebook, one after
another; the pool is papermill's Python API with nbconvert's exporter in two processes; then this
project's engine, by forked and by spawned workers. Each way starts cold. With ``--areas`` the same
notebook is made once an area by this project's engine: the time per page should stay flat.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[1]
QUARTER, REGION, WORKERS = "2025-26-Q3", "East of England", 2
COMMAND = [sys.executable, "-m", "slinb.cli"]
PARAMETERS = {"quarter": QUARTER, "region": REGION}


def main() -> None:
    """Run every way and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--areas", type=int, nargs="*", default=[])
    parser.add_argument("--notebooks", nargs="*", help="names; all of the plan if left out")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        workspace = chosen.workspace or make_workspace(scratch / "project")
        os.environ["SLINB_HOME"] = str(workspace.resolve())
        notebooks = prepare(workspace / "notebooks", scratch / "source", chosen.notebooks)
        measure_ways(notebooks, scratch, workspace.resolve())
        measure_areas(chosen.areas, notebooks, scratch, workspace.resolve())


def make_workspace(folder: Path) -> Path:
    """Lay out a project and run a made-up quarter in it, so that every table is there."""
    shutil.copytree(ROOT / "data" / "raw" / "published", folder / "data" / "raw" / "published")
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    environment = {**os.environ, "SLINB_HOME": str(folder)}
    for words in (["sample"], ["run", "--quiet"]):
        subprocess.run([*COMMAND, *words, "--quarter", QUARTER], check=True, env=environment)
    return folder


def prepare(source: Path, folder: Path, names: list[str] | None) -> list[Path]:
    """Copy the notebooks without their cells for the lab, which no way runs."""
    import nbformat

    from slinb.batch.brief import drop_lab_cells

    folder.mkdir()
    for path in sorted(source.glob("*.ipynb")):
        if not names or path.stem in names:
            nbformat.write(drop_lab_cells(nbformat.read(path, as_version=4)), folder / path.name)
    return sorted(folder.glob("*.ipynb"))


def measure_ways(notebooks: list[Path], scratch: Path, workspace: Path) -> None:
    ways: dict[str, Callable[[list[Path], Path, Path], None]] = {
        "plain loop of commands": run_commands,
        "papermill in a pool of 2": run_pool,
        "slinb, forked workers": lambda *a: run_slinb(*a, method="forkserver"),
        "slinb, spawned workers": lambda *a: run_slinb(*a, method="spawn"),
    }
    if sys.platform != "linux":
        del ways["slinb, forked workers"]
    first = second = 0.0
    print(f"{len(notebooks)} notebooks, {WORKERS} workers")
    print(f"{'way':26} {'s':>7} {'s/notebook':>11} {'cpu s':>7} {'× loop':>7} {'× pool':>7}")
    for name, run in ways.items():
        out = scratch / name.replace(" ", "-")
        out.mkdir()
        spent, started = used_by_children(), time.perf_counter()
        run(notebooks, out, workspace)
        passed = time.perf_counter() - started
        cpu = used_by_children() - spent
        first, second = first or passed, second or (passed if first else 0.0)
        ratio = f"{second / passed:7.1f}" if second else f"{'':7}"
        print(
            f"{name:26} {passed:7.2f} {passed / len(notebooks):11.2f} {cpu:7.1f} "
            f"{first / passed:7.1f} {ratio}",
            flush=True,
        )
        assert len(list(out.glob("*.html"))) == len(notebooks), "a page is missing"


def used_by_children() -> float:
    """Return processor seconds of this process and all the children that have ended."""
    return sum(os.times()[:4])


def run_commands(notebooks: list[Path], out: Path, workspace: Path) -> None:
    given = [word for name, value in PARAMETERS.items() for word in ("-p", name, value)]
    for path in notebooks:
        done = out / path.name
        papermill = [sys.executable, "-m", "papermill", str(path), str(done), *given]
        convert = [sys.executable, "-m", "jupyter", "nbconvert", "--to", "html", "--no-input"]
        for command in (papermill, [*convert, str(done)]):
            subprocess.run(command, check=True, capture_output=True, cwd=workspace)


def run_pool(notebooks: list[Path], out: Path, workspace: Path) -> None:
    # Spawned, as papermill's own users do: a fork of a process with sockets hangs.
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        for done in [pool.submit(make_plain_page, p, out, workspace) for p in notebooks]:
            done.result()


def make_plain_page(path: Path, out: Path, workspace: Path) -> None:
    import papermill
    from nbconvert import HTMLExporter

    done = papermill.execute_notebook(
        str(path), str(out / path.name), PARAMETERS, cwd=str(workspace), progress_bar=False
    )
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(done)
    (out / f"{path.stem}.html").write_text(page, encoding="utf-8")


def run_slinb(notebooks: list[Path], out: Path, workspace: Path, *, method: str) -> None:
    from slinb.batch.pool import Pool, Task

    tasks = [
        Task(p.name, make_page, (p, out / f"{p.stem}.html", out, workspace)) for p in notebooks
    ]
    with Pool(WORKERS, method=method, preload=PRELOAD) as pool:
        failed = [o for o in pool.run(tasks) if o.failure]
    assert not failed, failed[0].failure.traceback


#: What the notebooks import, and what exports them.
PRELOAD = ("slinb.notebook", "slinb.show.notebook")


def make_page(path: Path, page: Path, out: Path, workspace: Path) -> None:
    import papermill

    from slinb.batch.engine import register_engine
    from slinb.show.notebook import export_notebook
    from slinb.show.page import PageMarks

    done = papermill.execute_notebook(
        str(path), str(out / f"{page.stem}.ipynb"), PARAMETERS, engine_name=register_engine(),
        cwd=str(workspace), progress_bar=False, request_save_on_cell_execute=False,
    )  # fmt: skip
    html = export_notebook(done, marks=PageMarks(region=REGION, quarter=QUARTER))
    page.write_text(html, encoding="utf-8")


def measure_areas(counts: list[int], notebooks: list[Path], scratch: Path, home: Path) -> None:
    """Make one notebook's page many times, as many as there are areas."""
    from slinb.batch.pool import Pool, Task

    for count in counts:
        out = scratch / f"areas-{count}"
        out.mkdir()
        path = notebooks[0]
        tasks = [
            Task(str(n), make_page, (path, out / f"{n}.html", out, home)) for n in range(count)
        ]
        started = time.perf_counter()
        with Pool(WORKERS, preload=PRELOAD) as pool:
            assert not [o for o in pool.run(tasks) if o.failure]
        passed = time.perf_counter() - started
        print(f"{count:4} areas: {passed:6.1f} s, {passed / count:.3f} s a page", flush=True)


if __name__ == "__main__":
    main()
