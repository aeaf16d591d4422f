"""The same bytes from a cluster of two worker processes, one of which is killed in mid-run."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from slinb.batch import dask_run
from slinb.batch.dask_run import DaskWorkers
from slinb.batch.graph import Graph, Step, build_graph, run_graph
from slinb.batch.store import Store
from slinb.errors import ParameterError
from tests.batch import graph_kit as kit

LETTERS = "abcdefgh"


@pytest.fixture(scope="module")
def cluster() -> Iterator[object]:
    distributed = pytest.importorskip(
        "distributed", reason="the extra slinb[dask] is not installed"
    )
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster


def lay_out(root: Path) -> Path:
    (root / "raw").mkdir(parents=True)
    for number, name in enumerate(LETTERS):
        (root / "raw" / f"{name}.txt").write_text(str(number * 7), encoding="utf-8")
    return root


def make_graph(root: Path) -> Graph:
    slow = [
        Step(f"slow {name}", kit.run_slowly, (raw, root / "slow" / raw.name), (f"slow/{name}.txt",),
             files=(raw,))
        for name in LETTERS for raw in [root / "raw" / f"{name}.txt"]
    ]  # fmt: skip
    page = Step(
        "notebook", kit.make_notebook_page, ("print(quarter, 6 * 7)", root / "pages" / "n.txt"),
        ("pages/n.txt",),
    )  # fmt: skip
    return build_graph([*kit.make_graph(root, LETTERS).steps.values(), *slow, page], root)


def read(root: Path) -> dict[str, bytes]:
    folders = ("tables", "pages", "slow")
    found = {p for folder in folders for p in (root / folder).rglob("*.*")}
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in (*found, root / "index.txt")}


@pytest.mark.slow
def test_a_killed_worker_costs_nothing_and_the_bytes_are_those_of_a_local_run(
    cluster, tmp_path: Path
) -> None:
    here, afar = lay_out(tmp_path / "here"), lay_out(tmp_path / "afar")
    run_graph(make_graph(here), Store(here / "store", here), kit.AtOnce())
    victims = iter([next(iter(cluster.workers.values())).process.pid])
    done = []

    def kill_one(result) -> None:
        done.append(result.step)
        if len(done) == 3 and (pid := next(victims, None)):
            threading.Thread(target=kill, args=(pid,)).start()

    with DaskWorkers(cluster.scheduler_address, afar, str(tmp_path / "objects")) as workers:
        results = run_graph(make_graph(afar), Store(afar / "store", afar), workers, on_end=kill_one)
    assert {name: r.state for name, r in results.items()} == dict.fromkeys(results, "made")
    assert read(afar) == read(here)
    assert len(read(afar)) == len(LETTERS) * 3 + 3


def kill(pid: int) -> None:
    import os

    os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)


def test_a_step_that_fails_afar_fails_as_it_would_here(cluster, tmp_path: Path) -> None:
    plan = build_graph([Step("bad", kit.break_down)], tmp_path)
    with DaskWorkers(cluster.scheduler_address, tmp_path, str(tmp_path / "o")) as workers:
        result = run_graph(plan, Store(tmp_path / "store", tmp_path), workers)["bad"]
        assert workers.collect() is None
    assert result.failure.kind == "ZeroDivisionError"


def test_nobody_at_the_address_is_said_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    distributed = pytest.importorskip("distributed")

    def refuse(*_: object, **__: object) -> None:
        raise TimeoutError("nobody")

    monkeypatch.setattr(distributed, "Client", refuse)
    with pytest.raises(ParameterError, match="No Dask cluster answers at tcp://nowhere:1"):
        DaskWorkers("tcp://nowhere:1", tmp_path, str(tmp_path))


def test_without_dask_the_message_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ParameterError, match=r"slinb\[dask\]"):
        DaskWorkers("tcp://x:1", tmp_path, str(tmp_path))


def test_files_travel_by_their_digest(tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    objects = dask_run.Objects("memory://slinb-test")
    source, target = tmp_path / "a.txt", tmp_path / "x" / "b.txt"
    source.write_text("return", encoding="utf-8")
    digest = objects.put(source)
    assert objects.put(source) == digest
    objects.get(digest, target)
    assert target.read_text(encoding="utf-8") == "return"
