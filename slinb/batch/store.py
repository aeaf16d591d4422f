"""Stored results: what each step made, found again by the digest of all that it was made from.

Files lie under ``objects/`` by the digest of their content, so a page that is the same twice is
stored once; ``records/`` says which files a step made from which inputs, and ``latest/`` which
record of a step is its last. Everything is written aside and put in place in one move.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from slinb.batch.digests import digest_data, digest_file


@dataclass(frozen=True)
class Record:
    """What a step was made from, and what it made.

    Parameters
    ----------
    step : str
        Name of the step.
    parts : mapping
        All that its result depends on: code, arguments, files, inputs, packages.
    outputs : mapping of str
        Digest of each file that it made, by its path below the root.
    seconds : float
        How long it took.
    """

    step: str
    parts: Mapping[str, Any]
    outputs: Mapping[str, str]
    seconds: float = 0.0

    @property
    def key(self) -> str:
        """Digest of all that the result depends on."""
        return make_key(self.step, self.parts)


def make_key(step: str, parts: Mapping[str, Any]) -> str:
    """Return the digest of all that a step's result depends on."""
    return digest_data([step, parts])


@dataclass(frozen=True)
class Store:
    """A folder of stored results.

    Parameters
    ----------
    folder : Path
        Made when first written to.
    root : Path
        Folder below which the steps read and write.
    """

    folder: Path
    root: Path

    def find(self, key: str) -> Record | None:
        """Return what was made from exactly these inputs; None if nothing was, or it is damaged."""
        record = self._read(self.folder / "records" / f"{key}.json")
        if record is None or record.key != key:
            return None
        whole = all(self._object(digest).is_file() for digest in record.outputs.values())
        return record if whole else None

    def find_latest(self, step: str) -> Record | None:
        """Return the last record of a step, whatever it was made from."""
        place = self._latest(step)
        key = place.read_text(encoding="utf-8").strip() if place.is_file() else ""
        return self._read(self.folder / "records" / f"{key}.json") if key else None

    def keep(self, record: Record) -> None:
        """Store what a step made: its files, then the record, then that it is the latest.

        Killed in between, the step is simply made again.

        Raises
        ------
        OSError
            A file is not there, or cannot be written.
        """
        for name, digest in record.outputs.items():
            place = self._object(digest)
            if not place.is_file():
                _copy_whole(self.root / name, place)
        text = json.dumps(asdict(record), ensure_ascii=False, sort_keys=True, indent=1)
        write_whole(self.folder / "records" / f"{record.key}.json", text)
        self.mark_latest(record)

    def mark_latest(self, record: Record) -> None:
        """Remember that this record is the last of its step."""
        write_whole(self._latest(record.step), record.key)

    def restore(self, record: Record) -> bool:
        """Put the files of a record in their places; those that are there already stay.

        Returns
        -------
        bool
            False if a stored file is damaged: the step has to be made again.
        """
        for name, digest in record.outputs.items():
            place = self.root / name
            if place.is_file() and digest_file(place) == digest:
                continue
            if digest_file(self._object(digest)) != digest:
                self._object(digest).unlink()
                return False
            _copy_whole(self._object(digest), place)
        return True

    def prune(self, keep: int = 3, *, gone: Callable[[str], bool] = lambda _: False) -> int:
        """Remove what was made long ago: of each step all records but the last few stay.

        What is taken back soon is thus found again.

        Parameters
        ----------
        keep : int, default 3
            Records of each step that stay; its latest always does.
        gone : callable, optional
            Says of a step's name that nothing of it is to stay.

        Returns
        -------
        int
            How many files were removed.
        """
        latest = {p.read_text(encoding="utf-8").strip() for p in self.folder.glob("latest/*")}
        steps: dict[str, list[Path]] = {}
        read: dict[Path, Record] = {}
        doomed: list[Path] = []
        for path in sorted((self.folder / "records").glob("*.json"), key=_changed, reverse=True):
            record = self._read(path)
            others = steps.setdefault(record.step if record else "", [])
            wanted = path.stem in latest or len(others) < keep
            if record and wanted and not gone(record.step):
                others.append(path)
                read[path] = record
            else:
                doomed.append(path)
        needed = {digest for record in read.values() for digest in record.outputs.values()}
        doomed += [path for path in self.folder.glob("objects/*/*") if path.name not in needed]
        for path in doomed:
            path.unlink()
        return len(doomed)

    def _object(self, digest: str) -> Path:
        return self.folder / "objects" / digest[:2] / digest

    def _latest(self, step: str) -> Path:
        return self.folder / "latest" / digest_data(step)[:32]

    def _read(self, path: Path) -> Record | None:
        try:
            return Record(**json.loads(path.read_text(encoding="utf-8")))
        except (FileNotFoundError, json.JSONDecodeError, TypeError):
            return None  # never made, or written by another edition of slinb


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that readers see the old one or the new one, and nothing between."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())  # a power cut must not leave an empty file under its name
        Path(aside).replace(path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _copy_whole(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=target.parent, prefix=".", suffix=".tmp")
    os.close(handle)
    try:
        shutil.copyfile(source, aside)
        Path(aside).replace(target)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise


def _changed(path: Path) -> float:
    return path.stat().st_mtime
