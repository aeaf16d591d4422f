"""What every test may use: the committed pack, and one sample quarter run from end to end."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import settings

from slinb.workspace import Workspace

# A deadline would be a hidden assertion of time.
settings.register_profile("no_deadline", deadline=None)
settings.load_profile("no_deadline")

ROOT = Path(__file__).parents[1]
QUARTER = "2025-26-Q3"


@pytest.fixture(scope="session")
def pack() -> pd.DataFrame:
    """Return the published observations that come with the project."""
    from slinb.collect.published import load_pack

    return load_pack(Workspace(ROOT).published)


def copy_project(root: Path) -> Workspace:
    """Lay out an empty project: the committed pack and notebooks, nothing else."""
    published = root / "data" / "raw" / "published"
    published.mkdir(parents=True)
    for name in ("published.parquet", "provenance.csv"):
        shutil.copyfile(Workspace(ROOT).published / name, published / name)
    shutil.copytree(ROOT / "notebooks", root / "notebooks")
    return Workspace(root)


@pytest.fixture(scope="session")
def sample_quarter(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a project in which the sample quarter was made and run by the two commands.

    Its tests share it and must not change it.
    """
    from click.testing import CliRunner

    from slinb.cli import main

    # Workers of pytest-xdist have folders of their own beside each other: they share one quarter.
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    root = base / "sample_quarter"
    run = ["run", "--quarter", QUARTER, "--edition", "both"]
    with FileLock(base / "sample_quarter.lock"):
        if not (root / "printed.txt").exists():
            shutil.rmtree(root, ignore_errors=True)
            copy_project(root)
            for words in (["sample", "--quarter", QUARTER], run):
                result = CliRunner(env={"SLINB_HOME": str(root)}).invoke(main, words)
                assert result.exit_code == 0, result.output
            (root / "printed.txt").write_text(result.stdout, encoding="utf-8")
    return Workspace(root)
