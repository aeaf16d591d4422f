"""Killed at any move, what is published is the old quarter whole or the new one whole."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from slinb.batch import publication
from slinb.batch.lock import DiskError
from slinb.batch.publication import publish_folders, recover

NAMES = ("2025-26-Q3", "2025-26-Q3-restricted", "2025-26-Q3-to-authorities")


class Killed(BaseException):
    """The process ends here; no handler of an ordinary error sees it."""


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    for page in ("index.html", "rug.html"):
        (folder / page).write_text(text, encoding="utf-8")
    return folder


def read(reports: Path) -> dict[str, set[str]]:
    """Return what each published folder says; a half one would say two things, or miss a page."""
    found = {}
    for name in NAMES:
        pages = sorted((reports / name).glob("*.html"))
        assert len(pages) in (0, 2)
        found[name] = {p.read_text(encoding="utf-8") for p in pages}
    kept = {p.read_text(encoding="utf-8") for p in find_kept(reports).glob("*.html")}
    assert kept == found[NAMES[0]]
    return found


def lay_out(reports: Path, *, old: tuple[str, ...] = NAMES) -> list[tuple[Path, Path]]:
    for name in old:
        write(reports / name, "old")
    swaps = [(write(reports / f".{n}.building", "new"), reports / n) for n in NAMES]
    # What the next audit is held against lies elsewhere, and must be of the same quarter.
    kept = find_kept(reports)
    if NAMES[0] in old:
        write(kept, "old")
    return [*swaps, (write(kept.with_name(".released.building"), "new"), kept)]


def find_kept(reports: Path) -> Path:
    return reports.parent / f"{reports.name} processed" / "released"


def test_every_folder_is_replaced(tmp_path: Path) -> None:
    publish_folders(tmp_path, lay_out(tmp_path))
    assert read(tmp_path) == {name: {"new"} for name in NAMES}
    assert sorted(p.name for p in tmp_path.iterdir()) == list(NAMES)


def test_the_first_publication_needs_no_predecessor(tmp_path: Path) -> None:
    publish_folders(tmp_path, lay_out(tmp_path, old=()))
    assert read(tmp_path) == {name: {"new"} for name in NAMES}


def count_moves(tmp_path: Path, old: tuple[str, ...]) -> int:
    moves = []
    with pytest.MonkeyPatch.context() as patch:
        spy(patch, lambda *_: moves.append(1))
        publish_folders(tmp_path / "count", lay_out(tmp_path / "count", old=old))
    return len(moves)


def spy(patch: pytest.MonkeyPatch, before) -> None:
    """Call ``before`` ahead of each change of the disk that a publication makes."""
    rename, replace, rmtree = Path.rename, Path.replace, publication.shutil.rmtree
    unlink = Path.unlink

    def wrap(action):
        def changed(*args, **kwargs):
            before()
            return action(*args, **kwargs)

        return changed

    patch.setattr(Path, "rename", wrap(rename))
    patch.setattr(Path, "replace", wrap(replace))
    patch.setattr(Path, "unlink", wrap(unlink))
    patch.setattr(publication.shutil, "rmtree", wrap(rmtree))


@pytest.mark.parametrize("old", [NAMES, NAMES[:1], ()], ids=["all", "one", "none"])
def test_killed_before_any_change_of_the_disk_one_whole_quarter_is_published(
    tmp_path: Path, old: tuple[str, ...]
) -> None:
    total = count_moves(tmp_path, old)
    assert total > 8
    seen = set()
    for moment in range(total):
        reports = tmp_path / str(moment)
        swaps = lay_out(reports, old=old)
        done = []

        def kill(moment: int = moment, done: list[int] = done) -> None:
            if len(done) == moment:
                raise Killed
            done.append(1)

        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            spy(patch, kill)
            publish_folders(reports, swaps)
        recover(reports)
        assert recover(reports) == ""
        told = read(reports)
        before = {name: {"old"} if name in old else set() for name in NAMES}
        assert told in (before, {name: {"new"} for name in NAMES})
        seen.add("new" in told[NAMES[0]])
        publish_folders(reports, [(b, p) for b, p in swaps if b.exists()])  # the next run goes on
        assert read(reports) == {name: {"new"} for name in NAMES}
    assert seen == {True, False}


def test_killed_while_it_recovers_it_recovers_again(tmp_path: Path) -> None:
    for moment in range(12):
        reports = tmp_path / str(moment)
        swaps = lay_out(reports)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
            spy(patch, stop_at(6))
            publish_folders(reports, swaps)
        with pytest.MonkeyPatch.context() as patch:
            spy(patch, stop_at(moment))
            with suppress(Killed):
                recover(reports)
        recover(reports)
        assert len({str(v) for v in read(reports).values()}) == 1


def stop_at(moment: int):
    done = []

    def kill() -> None:
        if len(done) == moment:
            raise Killed
        done.append(1)

    return kill


@pytest.mark.parametrize("which", range(3))
def test_a_folder_that_cannot_be_moved_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: int
) -> None:
    swaps = lay_out(tmp_path, old=NAMES[1:])
    move = Path.rename

    def refuse(self: Path, target: Path) -> Path:
        if self == swaps[which][0]:
            raise PermissionError(13, "a file of it is open", str(self))
        return move(self, target)

    monkeypatch.setattr(Path, "rename", refuse)
    monkeypatch.setattr(publication, "_PAUSES", (0.0,))
    with pytest.raises(DiskError, match="Close it if another program has it open"):
        publish_folders(tmp_path, swaps)
    assert read(tmp_path) == {NAMES[0]: set(), NAMES[1]: {"old"}, NAMES[2]: {"old"}}
    assert all(building.exists() for building, _ in swaps)
    assert recover(tmp_path) == ""


def test_a_folder_that_is_held_for_a_moment_is_moved_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swaps = lay_out(tmp_path)
    move, refused = Path.rename, []

    def hold(self: Path, target: Path) -> Path:
        if not refused:
            refused.append(self)
            raise PermissionError(13, "scanned", str(self))
        return move(self, target)

    monkeypatch.setattr(Path, "rename", hold)
    monkeypatch.setattr(publication, "_PAUSES", (0.0,))
    publish_folders(tmp_path, swaps)
    assert read(tmp_path) == {name: {"new"} for name in NAMES}


def test_the_journal_names_folders_without_the_place_of_the_project(tmp_path: Path) -> None:
    swaps = lay_out(tmp_path)
    with pytest.MonkeyPatch.context() as patch, pytest.raises(Killed):
        spy(patch, stop_at(6))
        publish_folders(tmp_path, swaps)
    told = json.loads((tmp_path / ".publishing.json").read_text(encoding="utf-8"))
    assert told["swaps"][0] == [f".{NAMES[0]}.building", NAMES[0]]


def test_nothing_to_publish_is_no_error(tmp_path: Path) -> None:
    publish_folders(tmp_path, [])
    assert recover(tmp_path) == ""
