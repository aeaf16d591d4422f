"""Killed at fifty random instants: what is published is whole each time, and the next run goes on.

The quarter is one in small (:mod:`tests.batch.graph_kit`): the same graph, store, manifest and
publication as a real run, so that fifty runs take seconds. ``tests/end_to_end/test_batch.py`` kills
the real command.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

from slinb.batch.graph import run_graph
from slinb.batch.lock import hold_lock
from slinb.batch.manifest import read_manifest, verify_folder, write_manifest
from slinb.batch.publication import publish_folders, recover
from slinb.batch.store import Store
from tests.batch import graph_kit as kit

KILLS = 50
NAMES = "abcdef"


def run_once(root: Path, version: int) -> None:
    """Collect, compare, make the pages, publish: as ``slinb run`` does."""
    reports = root / "reports"
    with hold_lock(root / "run.lock", "the test"):
        recover(reports)
        for name in NAMES:
            (root / "raw" / f"{name}.txt").write_text(str(version * 10), encoding="utf-8")
        shutil.rmtree(root / "pages", ignore_errors=True)
        results = run_graph(kit.make_graph(root, NAMES), Store(root / ".store", root), kit.AtOnce())
        building = reports / ".q.building"
        shutil.rmtree(building, ignore_errors=True)
        shutil.copytree(root / "pages", building)
        write_manifest(
            building, root, parameters={"version": version}, inputs=[root / "raw"],
            results=results.values(),
        )  # fmt: skip
        publish_folders(reports, [(building, reports / "q")])


def run_until_killed(root: Path, first: int) -> None:
    version = first
    while True:
        run_once(root, version)
        version += 1


def read_version(folder: Path) -> int:
    """Return the one version of which every published page is."""
    assert verify_folder(folder) == []
    version = int(read_manifest(folder).parameters["version"])
    pages = {p.name: p.read_text(encoding="utf-8") for p in folder.glob("*.html")}
    assert pages == {f"{n}.html": f"{n}: {version * 10} of {version * 6}" for n in NAMES}
    return version


@pytest.mark.skipif(sys.platform == "win32", reason="forks the run that it kills")
def test_a_run_killed_at_fifty_random_instants_leaves_a_whole_quarter(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "reports").mkdir()
    run_once(tmp_path, 1)
    began = time.monotonic()
    run_once(tmp_path, 2)  # the first one warms what the children inherit
    usual = time.monotonic() - began
    chance = random.Random(20261122)  # noqa: S311  # it picks instants, and guards nothing
    version, between, seen = 2, 0, set()
    for _ in range(KILLS):
        child = os.fork()
        if child == 0:
            run_until_killed(tmp_path, version + 1)
        time.sleep(chance.uniform(0, 2 * usual))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        # The one gap that no system can close: between two moves the folder is set aside whole.
        if not (tmp_path / "reports" / "q").exists():
            between += 1
            assert (tmp_path / "reports" / ".publishing.json").exists()
            read_version(tmp_path / "reports" / ".q.replaced")
        recover(tmp_path / "reports")
        now = read_version(tmp_path / "reports" / "q")
        assert now >= version
        seen.add(now)
        version = now
        run_once(tmp_path, version + 1)
        version = read_version(tmp_path / "reports" / "q")
    assert between < KILLS
    assert len(seen) > 5
