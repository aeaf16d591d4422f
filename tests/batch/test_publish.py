"""A published quarter is replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from slinb.batch.publish import building_folder, publish


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder


def read(folder: Path) -> str:
    return (folder / "index.html").read_text(encoding="utf-8")


def test_the_built_folder_replaces_the_published_one(tmp_path: Path) -> None:
    published = write(tmp_path / "2025-26-Q3", "old")
    (published / "gone.html").write_text("x", encoding="utf-8")
    building = building_folder(published)
    assert read(published) == "old"
    write(building, "new")
    publish(building, published)
    assert read(published) == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["2025-26-Q3"]
    assert not (published / "gone.html").exists()


def test_the_first_publication_needs_no_predecessor(tmp_path: Path) -> None:
    published = tmp_path / "reports" / "2025-26-Q3"
    publish(write(building_folder(published), "first"), published)
    assert read(published) == "first"


def test_what_an_interrupted_run_left_is_not_published(tmp_path: Path) -> None:
    published = write(tmp_path / "2025-26-Q3", "old")
    write(building_folder(published), "half")
    assert list(building_folder(published).iterdir()) == []


def test_the_published_one_comes_back_when_the_built_one_cannot_be_moved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = write(tmp_path / "2025-26-Q3", "old")
    building = write(building_folder(published), "new")
    move = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self == building:
            raise PermissionError("a file of it is open")
        return move(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(PermissionError):
        publish(building, published)
    assert read(published) == "old"
