"""Put a finished quarter in the place of the published one, whatever moment the power goes.

A folder that holds files cannot be replaced in one move on every system. So a journal is written
first; then the published folder is set aside, the built one takes its place, and the old one and
the journal go. A process killed anywhere between leaves the journal, and :func:`recover` carries
the move on, or back, before the next run.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from slinb.batch.lock import explain_disk
from slinb.batch.store import write_whole

_JOURNAL = ".publishing.json"
#: A virus scanner or an indexer holds a fresh file for a moment (Windows).
_PAUSES = (0.1, 0.3, 1.0)


@dataclass(frozen=True)
class Swap:
    """A built folder and the published one whose place it takes."""

    building: Path
    published: Path

    @property
    def aside(self) -> Path:
        """Where the old published folder waits until the new one stands."""
        return self.published.with_name(f".{self.published.name}.replaced")


def publish_folders(reports: Path, swaps: Sequence[tuple[Path, Path]]) -> None:
    """Put each built folder in the place of the published one: all of them, or none.

    Parameters
    ----------
    reports : Path
        The folder of published folders, which keeps the journal.
    swaps : sequence of (Path, Path)
        Built folder and published folder, side by side; not every pair need lie in ``reports``.

    Raises
    ------
    DiskError
        A folder cannot be moved (on Windows: a file of it is open in another program). What was
        published before is back in its place.
    """
    pairs = [Swap(building, published) for building, published in swaps]
    if not pairs:
        return
    recover(reports)
    with explain_disk(reports):
        for pair in pairs:
            _remove(pair.aside)
        _write_journal(reports, pairs, done=False)
        try:
            _swap(pairs)
        except OSError:
            _go_back(pairs)
            (reports / _JOURNAL).unlink(missing_ok=True)
            raise
        _write_journal(reports, pairs, done=True)
        _finish(reports, pairs)


def recover(reports: Path) -> str:
    """Bring a folder of reports into order after a run that was killed while it published.

    Call it with the lock held, before anything else is done.

    Parameters
    ----------
    reports : Path
        Folder of the published folders.

    Returns
    -------
    str
        What was done, for the log; empty if nothing had to be.
    """
    pairs, done = _read_journal(reports)
    if not pairs:
        return ""
    with explain_disk(reports):
        if done or not any(pair.building.exists() for pair in pairs):
            _finish(reports, pairs)
            return "The last run was stopped after it had published: its remains were removed."
        if all(_is_whole(pair) for pair in pairs):
            _swap(pairs)
            _write_journal(reports, pairs, done=True)
            _finish(reports, pairs)
            return "The last run was stopped while it published: its pages are now in place."
        _go_back(pairs)
        (reports / _JOURNAL).unlink(missing_ok=True)
        return "The last run was stopped while it published: the pages before it stand again."


def _is_whole(pair: Swap) -> bool:
    """Whether the new folder is there: not yet moved, or moved already."""
    return pair.building.exists() or pair.published.exists()


def _swap(pairs: Sequence[Swap]) -> None:
    """Move what has not been moved yet."""
    for pair in pairs:
        if not pair.building.exists():
            continue
        if pair.published.exists() and not pair.aside.exists():
            _patiently(partial(pair.published.rename, pair.aside))
        _patiently(partial(pair.building.rename, pair.published))


def _go_back(pairs: Sequence[Swap]) -> None:
    """Put what was published before in its place again."""
    for pair in pairs:
        if not pair.building.exists() and pair.published.exists():
            _patiently(partial(pair.published.rename, pair.building))
        if pair.aside.exists() and not pair.published.exists():
            _patiently(partial(pair.aside.rename, pair.published))


def _finish(reports: Path, pairs: Sequence[Swap]) -> None:
    for pair in pairs:
        _remove(pair.aside)
    (reports / _JOURNAL).unlink(missing_ok=True)


def _write_journal(reports: Path, pairs: Sequence[Swap], *, done: bool) -> None:
    swaps = [[_say_place(p, reports) for p in (pair.building, pair.published)] for pair in pairs]
    write_whole(reports / _JOURNAL, json.dumps({"swaps": swaps, "done": done}))


def _say_place(folder: Path, reports: Path) -> str:
    """Return where a folder lies, seen from the journal: a project may be moved."""
    return Path(os.path.relpath(folder, reports)).as_posix()


def _read_journal(reports: Path) -> tuple[list[Swap], bool]:
    try:
        told = json.loads((reports / _JOURNAL).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return [], False
    except json.JSONDecodeError:  # the power went before a move was made
        (reports / _JOURNAL).unlink()
        return [], False
    return [Swap(reports / built, reports / name) for built, name in told["swaps"]], told["done"]


def _patiently(move: Callable[[], object]) -> None:
    """Try a move again for a moment before its refusal counts."""
    for pause in _PAUSES:
        try:
            move()
        except PermissionError:
            time.sleep(pause)
        else:
            return
    move()


def _remove(folder: Path) -> None:
    """Remove a folder in two steps, so that half of it is never taken for the whole."""
    doomed = folder.with_name(f"{folder.name}.removed")
    shutil.rmtree(doomed, ignore_errors=True)
    if folder.exists():
        _patiently(partial(folder.rename, doomed))
        shutil.rmtree(doomed, ignore_errors=True)
