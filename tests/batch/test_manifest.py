"""A manifest says what was published, and a check against it finds whatever changed since."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import slinb
from slinb.batch.graph import Result
from slinb.batch.manifest import read_manifest, verify_folder, write_manifest
from slinb.errors import SlinbError


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "raw/a.xlsx": "return", "notebooks/x.ipynb": "{}",
        "reports/q/index.html": "index", "reports/q/downloads/t.csv": "1,2",
    }.items():  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    write(tmp_path)
    return tmp_path


def write(root: Path, seconds: float = 1.5) -> bytes:
    path = write_manifest(
        root / "reports" / "q", root, parameters={"quarter": "2025-26-Q3"},
        inputs=[root / "raw", root / "notebooks" / "x.ipynb"],
        results=[Result("collect", "made", "", seconds=seconds)],
    )  # fmt: skip
    return path.read_bytes()


def test_it_holds_what_was_read_and_written_and_with_what(root: Path) -> None:
    manifest = read_manifest(root / "reports" / "q")
    sha = hashlib.sha256(b"return").hexdigest()
    assert manifest.inputs["raw/a.xlsx"] == sha
    assert set(manifest.inputs) == {"raw/a.xlsx", "notebooks/x.ipynb"}
    assert set(manifest.outputs) == {"index.html", "downloads/t.csv"}
    assert manifest.parameters == {"quarter": "2025-26-Q3"}
    assert manifest.seconds == {"collect": 1.5}
    assert manifest.version == slinb.__version__
    assert {"pandas", "papermill", "python"} <= set(manifest.packages)
    assert len(manifest.code) == 64


def test_the_same_run_writes_the_same_manifest(root: Path) -> None:
    assert write(root) == write(root)


def test_an_untouched_folder_is_as_it_was_published(root: Path) -> None:
    assert verify_folder(root / "reports" / "q", root) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda r: (r / "reports/q/index.html").write_text("x"),
         "index.html is not what was published."),
        (lambda r: (r / "reports/q/index.html").unlink(), "index.html is not there any more."),
        (lambda r: (r / "reports/q/new.html").write_text("x"),
         "new.html was not there when the quarter was published."),
        (lambda r: (r / "raw/a.xlsx").write_text("x"), "raw/a.xlsx has changed."),
        (lambda r: (r / "raw/a.xlsx").unlink(), "raw/a.xlsx is not there any more."),
        (lambda r: (r / "raw/b.xlsx").write_text("x"),
         "raw/b.xlsx was not there when the quarter was published."),
        (lambda r: (r / "reports/q/other_manifest.json").write_text("{}"),
         "other_manifest.json was not there when the quarter was published."),
    ],
)  # fmt: skip
def test_whatever_changed_since_is_named(root: Path, change, told: str) -> None:
    change(root)
    assert [str(d) for d in verify_folder(root / "reports" / "q", root)] == [told]


def test_without_the_project_only_what_was_published_is_checked(root: Path) -> None:
    (root / "raw" / "a.xlsx").unlink()
    assert verify_folder(root / "reports" / "q") == []


def test_a_folder_without_a_readable_manifest_is_refused(root: Path) -> None:
    with pytest.raises(SlinbError, match=r"has no manifest.json\. Name a folder"):
        verify_folder(root / "raw")
    (root / "reports" / "q" / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(SlinbError, match="cannot be read"):
        verify_folder(root / "reports" / "q")
