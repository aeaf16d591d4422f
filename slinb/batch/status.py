"""Progress that others can see: a bar in a terminal, plain lines elsewhere, and a status file.

The status file is what ``slinb status`` reads, from any other window while a run is at work.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from tqdm import tqdm

from slinb.batch.graph import Result
from slinb.batch.store import write_whole


@dataclass(frozen=True)
class Status:
    """How far a run is.

    Parameters
    ----------
    what : str
        What is run: "2025-26-Q3, East of England".
    total, done : int
        Steps in all, and those that ended.
    running : tuple of str
        Steps at work.
    failed : tuple of str
    made : int
        Of those that ended: not kept from before.
    seconds_left : float or None
        Estimate; None while there is nothing to judge by.
    state : str
        "running", "done" or "stopped".
    began, updated : str
        ISO times with zone.
    """

    what: str
    total: int
    done: int = 0
    running: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    made: int = 0
    seconds_left: float | None = None
    state: str = "running"
    began: str = ""
    updated: str = ""

    def __str__(self) -> str:
        told = [f"{self.what}: {self.state}, {self.done} of {self.total} steps ({self.made} made)"]
        if self.running and self.state == "running":
            told.append(f"at work: {', '.join(self.running)}")
        if self.seconds_left is not None and self.state == "running":
            told.append(f"about {format_seconds(self.seconds_left)} left")
        if self.failed:
            told.append(f"failed: {', '.join(self.failed)}")
        return "; ".join(told)


@dataclass
class Watch:
    """Follow the steps of a run and tell of them.

    Parameters
    ----------
    what : str
        What is run.
    names : sequence of str
        The steps.
    workers : int
        How many run at once.
    expected : mapping of float, optional
        Seconds that each step took last time (kept steps cost nothing); for the time left.
    file : Path, optional
        The status file.
    quiet : bool, default False
        Show nothing; the file is written all the same.
    stream : file, optional
        Where the bar or the lines go; standard error if left out.

    Examples
    --------
    >>> with Watch("a quarter", ["collect"], quiet=True) as watch:
    ...     watch.begin("collect")
    ...     watch.end(Result("collect", "made", "never made"))
    >>> str(watch.status)
    'a quarter: done, 1 of 1 steps (1 made)'
    """

    what: str
    names: list[str]
    workers: int = 1
    expected: Mapping[str, float] = field(default_factory=dict)
    file: Path | None = None
    quiet: bool = False
    stream: TextIO | None = None

    def __post_init__(self) -> None:
        self._began = datetime.now(UTC).isoformat(timespec="seconds")
        self._running: dict[str, float] = {}
        self._ended: dict[str, Result] = {}
        self._state = "running"
        stream = self.stream or sys.stderr
        self._lines = not self.quiet and not stream.isatty()
        self._bar = tqdm(
            total=len(self.names),
            file=stream,
            disable=self.quiet or self._lines,
            bar_format="{desc:<40} {bar} {n_fmt}/{total_fmt}  {elapsed}{postfix}",
        )

    def __enter__(self) -> Self:
        self._tell()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._state = "stopped" if kind else "done"
        self._tell()
        self._bar.close()

    def begin(self, name: str) -> None:
        """Say that a step begins."""
        self._running[name] = time.monotonic()
        self._tell()

    def end(self, result: Result) -> None:
        """Say that a step has ended."""
        self._running.pop(result.step, None)
        self._ended[result.step] = result
        if self._lines:
            number = f"[{len(self._ended)}/{len(self.names)}]"
            words = {"made": f"made in {result.seconds:.1f} s"}.get(result.state, result.state)
            print(f"{number} {result.step}: {words}", file=self.stream or sys.stderr, flush=True)
        self._tell()

    @property
    def status(self) -> Status:
        """How far the run is now."""
        ended = self._ended.values()
        return Status(
            self.what,
            len(self.names),
            len(self._ended),
            tuple(self._running)[: self.workers],
            tuple(r.step for r in ended if r.state in ("failed", "skipped")),
            sum(r.state == "made" for r in ended),
            self._estimate(),
            self._state,
            self._began,
            datetime.now(UTC).isoformat(timespec="seconds"),
        )

    def _estimate(self) -> float | None:
        """Return the seconds left: what each remaining step took last time, over the workers."""
        made = [r.seconds for r in self._ended.values() if r.state == "made"]
        usual = sum(made) / len(made) if made else None
        left = [n for n in self.names if n not in self._ended]
        guesses = [self.expected.get(name, usual) for name in left]
        known = [g for g in guesses if g is not None]
        if not left:
            return 0.0
        if not known:
            return None
        now = time.monotonic()
        # What waits for a worker is at work only in name.
        at_work = list(self._running.items())[: self.workers]
        passed = sum(min(now - since, self.expected.get(n, usual or 0.0)) for n, since in at_work)
        whole = sum(known) * len(left) / len(known)
        return round(max(0.0, whole - passed) / self.workers, 1)

    def _tell(self) -> None:
        status = self.status
        self._bar.set_description_str(", ".join(self._running)[:40] or status.state, refresh=False)
        if status.seconds_left:
            self._bar.set_postfix_str(f"{format_seconds(status.seconds_left)} left", refresh=False)
        self._bar.update(status.done - self._bar.n)
        self._bar.refresh()
        if self.file is not None:
            with suppress(OSError):  # a run does not fail because nobody can watch it
                write_whole(self.file, json.dumps(asdict(status), ensure_ascii=False))


def read_status(file: Path) -> Status | None:
    """Return what a status file says; None if there is none, or none that can be read."""
    try:
        told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return Status(**told | {name: tuple(told[name]) for name in ("running", "failed")})
    except (OSError, json.JSONDecodeError, TypeError, KeyError):
        return None


def format_seconds(seconds: float) -> str:
    """Say a number of seconds.

    Examples
    --------
    >>> format_seconds(8), format_seconds(200)
    ('8 s', '3 min 20 s')
    """
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
