"""One run at a time; a lock dies with its holder; a disk's refusals become messages."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from slinb.batch import lock
from slinb.batch.lock import BusyError, DiskError, check_folder, explain_disk, hold_lock

HOLD = """
import sys, time
from pathlib import Path
from slinb.batch.lock import hold_lock
with hold_lock(Path(sys.argv[1]), "2025-26-Q3"):
    print("held", flush=True)
    time.sleep(60)
"""


def start_holder(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout.readline() == "held\n"
    return holder


def test_a_second_run_is_refused_and_told_by_whom(tmp_path: Path) -> None:
    path = tmp_path / "processed" / "run.lock"
    holder = start_holder(path)
    try:
        wanted = rf"2025-26-Q3 is being run already \(process {holder.pid} on .*, since \d"
        with pytest.raises(BusyError, match=wanted), hold_lock(path, "2025-26-Q3"):
            pass
    finally:
        holder.kill()
        holder.communicate()
    with hold_lock(path, "2025-26-Q3"):  # it was killed and took its lock with it
        pass
    assert [p.name for p in path.parent.iterdir() if p.name.endswith(".json")] == []


def test_the_lock_is_free_after_a_run_that_failed(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with pytest.raises(ZeroDivisionError), hold_lock(path, "x"):
        _ = 1 / 0
    with hold_lock(path, "x"):
        pass


def test_what_a_killed_run_left_beside_its_lock_does_not_lock(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    path.touch()
    (tmp_path / "run.lock.holder.json").write_text("{half", encoding="utf-8")
    with hold_lock(path, "x"):
        pass


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "is full. Free some space"),
        (errno.EROFS, "may not be written"),
        (errno.EACCES, "may not be written. Close it if another program has it open"),
    ],
)
def test_what_a_disk_refuses_is_said_in_words(tmp_path: Path, number: int, words: str) -> None:
    with pytest.raises(DiskError, match=words), explain_disk(tmp_path):
        raise OSError(number, "no", str(tmp_path / "page.html"))


def test_any_other_error_stays_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), explain_disk(tmp_path):
        (tmp_path / "nowhere").read_text(encoding="utf-8")


def test_a_run_does_not_begin_where_its_end_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check_folder(tmp_path / "reports", megabytes=0)
    with pytest.raises(DiskError, match=r"Only \d+ MB are free"):
        check_folder(tmp_path, megabytes=10**9)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "no", str(tmp_path))

    monkeypatch.setattr(lock.tempfile, "TemporaryFile", refuse)
    with pytest.raises(DiskError, match="may not be written"):
        check_folder(tmp_path)
