"""The real command on the sample quarter: nothing twice, nothing half, the same bytes anywhere."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from fnmatch import fnmatch
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from slinb.batch.folders import EDITIONS, find_folders
from slinb.batch.graph import Step
from slinb.batch.manifest import read_manifest, verify_folder
from slinb.batch.plan import load_plan
from slinb.batch.run import RunOptions, run_quarter
from slinb.batch.schedule import QUERY_LISTS, schedule_quarter
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.cli import main
from slinb.show.measure_links import list_domains
from slinb.workspace import Workspace
from tests.conftest import QUARTER

pytestmark = pytest.mark.slow
#: In a mount namespace of its own: a small disk that another program fills in mid-run.
FILL_DISK = """
import os, shutil, subprocess, sys, time
from pathlib import Path

source, disk, quarter = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900m", "tmpfs", str(disk)], check=True)
home = disk / "project"
shutil.copytree(source, home, symlinks=True)
log = home / "data" / "processed" / quarter / "run.log"
log.write_text("")
command = [sys.executable, "-m", "slinb.cli", "run", "--quarter", quarter, "--force"]
run = subprocess.Popen(
    command, env={**os.environ, "SLINB_HOME": str(home)}, text=True,
    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
)
while run.poll() is None and "check: made" not in log.read_text():
    time.sleep(0.1)
try:
    with (disk / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(2**20)) or sys.exit("not full")
except OSError:
    pass
told = run.communicate()[1]
(disk / "filler").unlink()
print(run.returncode)
print(told)
sys.stdout.flush()
checked = [sys.executable, "-m", "slinb.cli", "verify", str(home / "reports" / quarter)]
subprocess.run(checked, check=True)
names = sorted(p.name for p in (home / "reports" / quarter).rglob("*"))
assert names == sorted(p.name for p in (source / "reports" / quarter).rglob("*"))
"""
#: A few briefings of each kind: with downloads, of the returns, one for each authority.
FEW = ("quarterly_rug", "data_quality", "authority_profile")


def call(workspace: Workspace, *words: str) -> Result:
    return CliRunner(env={"SLINB_HOME": str(workspace.root)}).invoke(main, list(words))


@pytest.fixture
def project(sample_quarter: Workspace, tmp_path: Path) -> Workspace:
    """Return a copy of the project that a test may change."""
    shutil.copytree(sample_quarter.root, tmp_path / "project", symlinks=True)
    return Workspace(tmp_path / "project")


@pytest.fixture
def bare(sample_quarter: Workspace, tmp_path: Path) -> Workspace:
    """Return a project with the same raw files and history, and nothing made of the quarter."""
    copied = Workspace(tmp_path / "bare")
    for name in ("data/raw", "notebooks"):
        shutil.copytree(sample_quarter.root / name, copied.root / name)
    for folder in find_folders(QUARTER, workspace=sample_quarter).list_earlier():
        shutil.copytree(folder, copied.processed(folder.name))
    return copied


def read_files(folder: Path, pattern: str = "**/*") -> dict[str, bytes]:
    files = (p for p in folder.glob(pattern) if p.is_file() and "manifest" not in p.name)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in files}


def list_made(workspace: Workspace) -> set[str]:
    log = (workspace.processed(QUARTER) / "run.log").read_text(encoding="utf-8")
    return set(re.findall(r"INFO (.+): made in", log))


def test_a_second_run_makes_nothing_and_touches_nothing(project: Workspace) -> None:
    before = {p: p.stat().st_mtime_ns for p in (project.root / "reports").rglob("*")}
    result = call(project, "run", "--quarter", QUARTER, "--edition", "both")
    assert result.exit_code == 0
    assert "Nothing changed" in result.stderr
    assert result.stdout.strip() == str(project.reports(QUARTER) / "index.html")
    assert {p: p.stat().st_mtime_ns for p in (project.root / "reports").rglob("*")} == before
    planned = call(project, "plan", "--quarter", QUARTER, "--edition", "both")
    assert planned.output.strip().splitlines()[-1].startswith("0 to make, 0 that depend on them")
    told = call(project, "status", "--quarter", QUARTER).output
    assert re.search(rf"{QUARTER}.*: done, (\d+) of \1 steps", told)


def test_what_a_stopped_run_left_behind_gives_way_to_what_is_published(project: Workspace) -> None:
    """The next quarter rests on these: its history, and what it is audited against."""
    folders = find_folders(QUARTER, workspace=project)
    left = [folders.folder / "accepted.parquet", folders.publication / "cells.parquet"]
    published = [path.read_bytes() for path in left]
    for path in left:
        pd.read_parquet(path).iloc[:-1].to_parquet(path)
    result = call(project, "run", "--quarter", QUARTER, "--edition", "both")
    assert "Nothing changed" in result.stderr
    assert [path.read_bytes() for path in left] == published
    assert (folders.released / "cells.parquet").read_bytes() == published[1]


def test_a_published_folder_is_verified_and_a_changed_one_is_put_right(project: Workspace) -> None:
    folder = project.reports(QUARTER)
    assert call(project, "verify", str(folder), "--inputs").exit_code == 0
    whole = (folder / "trends.html").read_bytes()
    (folder / "trends.html").write_bytes(whole.replace(b"better", b"worse"))
    (folder / "index.html").unlink()
    found = call(project, "verify", str(folder))
    assert found.exit_code == 1
    assert set(found.output.strip().splitlines()) == {
        "index.html is not there any more.",
        "trends.html is not what was published.",
    }
    assert call(project, "run", "--quarter", QUARTER).exit_code == 0
    assert (folder / "trends.html").read_bytes() == whole
    assert call(project, "verify", str(folder)).exit_code == 0


def test_the_public_manifest_names_no_return(sample_quarter: Workspace) -> None:
    public = (sample_quarter.reports(QUARTER) / "manifest.json").read_text(encoding="utf-8")
    assert "return" not in "".join(read_manifest(sample_quarter.reports(QUARTER)).inputs)
    assert "SAMPLE_return" not in public
    letters = read_manifest(sample_quarter.reports(QUARTER, "-to-authorities"))
    assert any("SAMPLE_return" in name for name in letters.inputs)


def test_a_figure_is_traced_to_its_cell(sample_quarter: Workspace) -> None:
    page = sample_quarter.reports(QUARTER) / "quarterly-rug.html"
    told = call(sample_quarter, "trace", str(page), "cla_rate Luton").output
    (file, sheet, cell) = re.search(
        r"(SAMPLE_return_\S+\.xlsx), sheet “([^”]+)”, cell ([A-Z]+\d+)", told
    ).groups()
    path = sample_quarter.returns(QUARTER) / file
    value = openpyxl.load_workbook(path, data_only=True)[sheet][cell].value
    assert f"{value:,} of " in told
    page = sample_quarter.reports(QUARTER) / "annual-rug.html"
    official = call(sample_quarter, "trace", str(page), "rereferrals_pct/Essex").output
    assert "Department for Education" in official
    assert "Essex" in official
    lost = call(sample_quarter, "trace", str(page), "nothing Essex")
    assert lost.exit_code == 1
    assert "No figure is called “nothing”" in lost.output


def change_narrative(workspace: Workspace, slug: str, text: str) -> None:
    """Resubmit a return in which the authority only says something else."""
    (path,) = workspace.returns(QUARTER).glob(f"*_{slug}.xlsx")
    book = openpyxl.load_workbook(path)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if (
                    isinstance(cell.value, str)
                    and len(cell.value) > 60
                    and not cell.protection.locked
                ):
                    cell.value = text
                    book.save(path)
                    return
    raise AssertionError(f"{path.name} has no narrative")


def test_other_words_from_one_authority_make_its_own_pages_again(project: Workspace) -> None:
    change_narrative(project, "bedford", "We have opened a second panel since October.")
    result = call(project, "run", "--quarter", QUARTER, "--edition", "both")
    assert result.exit_code == 0, result.output
    made = list_made(project)
    assert "receipt-bedford (restricted)" in made
    others = {name for name in made if re.match(r"(receipt|authority-profile)-(?!bedford )", name)}
    assert others == set()
    assert not any("annual-rug" in name or name.startswith("protect") for name in made)
    assert {name for name in made if name.endswith("(public)")} == {"returns (public)"}


def test_every_table_s_step_reads_no_more_than_it_says(
    sample_quarter: Workspace, tmp_path: Path
) -> None:
    """Each is done again where nothing else lies: as on a cluster, to which only that travels."""
    folders = find_folders(QUARTER, workspace=sample_quarter)
    steps = schedule_quarter(folders, EDITIONS, [], [], []).graph.steps
    again = [step for step in steps.values() if step.name != QUERY_LISTS]
    assert len(again) > 20
    for number, step in enumerate(again):
        root = lay_out(step, steps, sample_quarter.root, tmp_path / str(number))
        step.function(root, *step.arguments[1:])
        made = {p.relative_to(root) for o in step.outputs for p in root.glob(o)}
        assert made, step.name
        for name in made:
            if name.suffix == ".parquet":
                assert (root / name).read_bytes() == (sample_quarter.root / name).read_bytes(), name


def test_every_briefing_reads_no_more_than_it_says(
    sample_quarter: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One page of each, where nothing lies but what it declares."""
    folders = find_folders(QUARTER, workspace=sample_quarter)
    domains = list_domains(load_measures())
    area = load_areas()["E06000032"]
    plan = schedule_quarter(folders, ("restricted",), load_plan(), [area], domains[:1])
    for number, name in enumerate(plan.pages):
        step = plan.graph.steps[name]
        root = lay_out(step, plan.graph.steps, sample_quarter.root, tmp_path / str(number))
        lay_out_downloads(step, sample_quarter.root, root)
        monkeypatch.setenv("SLINB_HOME", str(root))
        step.function(root, *step.arguments[1:])
        (page,) = (p for o in step.outputs for p in root.glob(o))
        published = page.parent.name.removeprefix(".").removesuffix(".building")
        same = sample_quarter.root / "reports" / published / page.name
        assert page.read_bytes() == same.read_bytes(), name


def lay_out(step: Step, steps: Mapping[str, Step], source: Path, root: Path) -> Path:
    """Copy to a folder what a step declares, and nothing else."""
    wanted = [*step.files, *find_needed(step, steps, source)]
    for path in (p for p in wanted if p.exists()):
        place = root / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, place)
    return root


def lay_out_downloads(step: Step, source: Path, root: Path) -> None:
    """Copy the downloads of a page from where they were published to where they were made."""
    if any(need.step.startswith("downloads ") for need in step.needs):
        stem = step.arguments[-1]
        shown = source / "reports" / f"{QUARTER}-restricted" / "downloads"
        made = root / "reports" / f".{QUARTER}-restricted.building" / "downloads"
        made.mkdir(parents=True)
        for path in shown.glob(f"RESTRICTED_*{stem}[.-]*"):
            shutil.copyfile(path, made / path.name)


def find_needed(step: Step, steps: Mapping[str, Step], root: Path) -> Iterator[Path]:
    """Yield what a step needs of the files that the steps before it have made."""
    for need in step.needs:
        for path in {p for output in steps[need.step].outputs for p in root.glob(output)}:
            if fnmatch(path.relative_to(root).as_posix(), need.pattern):
                yield path


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plan a few briefings only."""
    chosen = tuple(b for b in load_plan() if b.notebook in FEW)
    monkeypatch.setattr("slinb.batch.run.load_plan", lambda: chosen)


def compare_with(sample_quarter: Workspace, other: Workspace) -> int:
    """Check every table and page of a run against those of the fixture's; return how many."""
    mine, theirs = (find_folders(QUARTER, workspace=w) for w in (other, sample_quarter))
    pairs = [
        (mine.results, theirs.results),
        (mine.reports("public"), theirs.reports("public")),
        (mine.letters, theirs.letters),
    ]
    checked = 0
    for here, there in pairs:
        for name, content in read_files(here).items():
            if name == "index.html":  # it lists the few briefings
                continue
            assert content == (there / name).read_bytes(), name
            checked += 1
    assert verify_folder(mine.reports("public")) == []
    return checked


@pytest.mark.usefixtures("few")
def test_one_worker_makes_the_same_bytes_as_two(sample_quarter: Workspace, bare: Workspace) -> None:
    folders = find_folders(QUARTER, workspace=bare)
    result = run_quarter(folders, ("public",), RunOptions(workers=1, quiet=True))
    assert result.failed == ()
    assert compare_with(sample_quarter, bare) > 100


@pytest.fixture
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip("distributed", reason="the extra slinb[dask] is missing")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


@pytest.mark.usefixtures("few")
def test_a_cluster_that_loses_a_worker_makes_the_same_bytes(
    sample_quarter: Workspace, bare: Workspace, cluster
) -> None:
    victim = next(iter(cluster.workers.values())).process.pid

    def kill_in_mid_run() -> None:
        log = bare.processed(QUARTER) / "run.log"
        while not log.exists() or "protect: made" not in log.read_text(encoding="utf-8"):
            time.sleep(0.2)
        os.kill(victim, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)

    killer = threading.Thread(target=kill_in_mid_run, daemon=True)
    killer.start()
    options = RunOptions(dask=cluster.scheduler_address, quiet=True)
    result = run_quarter(find_folders(QUARTER, workspace=bare), ("public",), options)
    killer.join(1)
    assert not killer.is_alive()
    assert result.failed == ()
    assert compare_with(sample_quarter, bare) > 100


def test_the_command_killed_at_random_leaves_the_published_quarter_whole(
    project: Workspace,
) -> None:
    folder = project.reports(QUARTER)
    old = read_files(folder)
    notebook = project.notebooks / "data_quality.ipynb"
    text = notebook.read_text(encoding="utf-8")
    notebook.write_text(text.replace("# ", "# Changed: ", 1), encoding="utf-8")
    chance = random.Random(7)  # noqa: S311  # it picks instants, and guards nothing
    command = [sys.executable, "-m", "slinb.cli", "run", "--quarter", QUARTER]
    environment = {**os.environ, "SLINB_HOME": str(project.root)}
    for _ in range(4):
        run = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(chance.uniform(0.5, 8))
        run.kill()
        run.wait()
        assert verify_folder(folder) == []
        if read_files(folder) != old:  # this one had ended
            break
    assert call(project, "run", "--quarter", QUARTER).exit_code == 0
    assert verify_folder(folder) == []
    assert set(read_files(folder)) == set(old)
    assert read_manifest(folder).inputs["notebooks/data_quality.ipynb"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux mounts a small disk for a test")
def test_a_disk_that_fills_up_in_mid_run_spoils_nothing(
    sample_quarter: Workspace, tmp_path: Path
) -> None:
    tried = ["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)]
    if shutil.which("unshare") is None or subprocess.run(tried, check=False).returncode:
        pytest.skip("this machine lets nobody mount a disk")
    given = [str(sample_quarter.root), str(tmp_path), QUARTER]
    command = ["unshare", "-rm", sys.executable, "-c", FILL_DISK, *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    code, told = done.stdout.split("\n", 1)
    assert code == "1", told
    assert "is full. Free some space and run again" in told
    assert "what was published before still stands" in told
