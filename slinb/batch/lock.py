"""One run at a time, and words for what a disk can refuse.

The lock is the operating system's own (filelock): it goes with the process that holds it, so a
run that was killed leaves none behind, whatever files it left.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from slinb.errors import SlinbError

_DISK_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS}


class BusyError(SlinbError):
    """Another run is at work in the same place."""


class DiskError(SlinbError):
    """A folder is full, or may not be written."""


@contextmanager
def hold_lock(path: Path, what: str) -> Iterator[None]:
    """Hold a lock while the body runs; refuse at once if another run holds it.

    Parameters
    ----------
    path : Path
        The lock's file; ``<path>.holder.json`` beside it says who holds it, for people only.
    what : str
        What is locked, for the message: "2025-26-Q3".

    Raises
    ------
    BusyError
        Another run holds it: says which process, on which machine, since when.
    DiskError
        The file cannot be made.
    """
    from filelock import FileLock, Timeout

    holder = path.with_name(f"{path.name}.holder.json")
    with explain_disk(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path)
    try:
        with explain_disk(path.parent):
            lock.acquire(timeout=0)
    except Timeout:
        raise BusyError(
            f"{what} is being run already{_describe_holder(holder)}.",
            "Wait until it has ended, or stop it; then run again.",
        ) from None
    try:
        with suppress(OSError):  # only for people; the lock itself is held
            holder.write_text(json.dumps(_describe_self()), encoding="utf-8")
        yield
    finally:
        with suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def is_held(path: Path) -> bool:
    """Whether a run holds a lock now."""
    from filelock import FileLock, Timeout

    if not path.is_file():
        return False
    try:
        with FileLock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True


def _describe_self() -> dict[str, object]:
    import platform

    now = datetime.now(UTC).isoformat(timespec="seconds")
    return {"process": os.getpid(), "machine": platform.node(), "since": now}


def _describe_holder(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text(encoding="utf-8"))
        since = datetime.fromisoformat(told["since"]).astimezone()
        return f" (process {told['process']} on {told['machine']}, since {since:%d %B %Y, %H:%M})"
    except (OSError, ValueError, KeyError, TypeError):  # it has not been written, or not whole
        return ""


@contextmanager
def explain_disk(folder: Path) -> Iterator[None]:
    """Turn what the system says of a full disk or a forbidden folder into a message.

    Raises
    ------
    DiskError
        Names the place and what to do; any other error passes as it is.
    """
    try:
        yield
    except OSError as error:
        if isinstance(error, TimeoutError):  # filelock's word for: somebody holds it
            raise
        place = error.filename or folder
        if error.errno in _DISK_FULL:
            raise DiskError(
                f"The disk that holds {place} is full.",
                "Free some space and run again; what was published before still stands.",
            ) from error
        if error.errno in _REFUSED:
            raise DiskError(
                f"{place} may not be written.",
                "Close it if another program has it open, or ask for the right to write there; "
                "what was published before still stands.",
            ) from error
        raise


def check_folder(folder: Path, megabytes: int = 200) -> None:
    """Refuse to begin where the end could not be written.

    Parameters
    ----------
    folder : Path
        Made if it is missing.
    megabytes : int, default 200
        Free space that a run needs.

    Raises
    ------
    DiskError
        The folder may not be written, or too little is free.
    """
    with explain_disk(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    free = shutil.disk_usage(folder).free / 1e6
    if free < megabytes:
        raise DiskError(
            f"Only {free:.0f} MB are free on the disk that holds {folder}.",
            f"A run needs {megabytes} MB; free some space and run again.",
        )
