"""Workers: processes that carry out tasks, of which one may die without the rest.

``concurrent.futures`` and loky give up every task when one process dies, and Pebble polls ten
times a second; what is needed here is small enough to stand on ``multiprocessing`` alone.

On Linux a server imports the libraries once and forks a fresh worker for each task, so nothing
can leak from one to the next. Elsewhere (Windows cannot fork, macOS must not) workers are spawned,
import the libraries once and serve task after task; :mod:`slinb.batch.isolation` keeps those apart.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal, Self, cast

from slinb.batch.lock import explain_disk
from slinb.errors import SlinbError

Method = Literal["forkserver", "spawn"]
_PRELOAD = "slinb.batch.preload"
_READY = "ready"


@dataclass(frozen=True)
class Task:
    """A call to be carried out by a worker.

    Parameters
    ----------
    name : str
        What people know it by.
    function : callable
        Of a module, so that every worker can import it.
    arguments : tuple
        Its arguments; they travel to the worker.
    tries : int, default 2
        How often it may cost a worker its life before it is called failed.
    reads : tuple of str
        Files that it reads, by their paths below the root; a cluster sends them along.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    tries: int = 2
    reads: tuple[str, ...] = ()


@dataclass(frozen=True)
class Failure:
    """Why a task failed.

    Parameters
    ----------
    kind : str
        Class of the error: "ZeroDivisionError".
    told : str
        The error's own words if they were written for a reader (a ``SlinbError``), else its kind:
        the message of any other error could quote a figure.
    traceback : str
        For the log.
    """

    kind: str
    told: str
    traceback: str


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Parameters
    ----------
    name : str
    value : object
        What its function returned; None if it failed.
    failure : Failure or None
    seconds : float
        From its start to its end, by a clock that cannot jump.
    """

    name: str
    value: Any = None
    failure: Failure | None = None
    seconds: float = 0.0


@dataclass
class _Worker:
    """A process, the connection to it, and the task that it is at."""

    process: BaseProcess
    connection: Connection
    task: Task | None = None
    since: float = 0.0
    ready: bool = False  # its libraries are loaded: only then does a task's time begin


class Pool:
    """A few workers and the tasks that wait for one.

    Parameters
    ----------
    workers : int, optional
        How many at once; as many as there are processors if left out.
    method : {"forkserver", "spawn"}, optional
        How a worker comes to be; what the system bears if left out.
    limit : float, optional
        Seconds after which a task is given up and its worker ended.

    Examples
    --------
    >>> with Pool(workers=1) as pool:  # doctest: +SKIP
    ...     [outcome.value for outcome in pool.run([Task("sum", sum, ([1, 2],))])]
    [3]
    """

    def __init__(
        self,
        workers: int | None = None,
        *,
        method: Method | None = None,
        limit: float | None = None,
    ) -> None:
        self._method = method or choose_method()
        self._context: Any = multiprocessing.get_context(self._method)
        self._most = workers or count_processors()
        self._limit = limit
        self._waiting: deque[Task] = deque()
        self._workers: list[_Worker] = []

    def __enter__(self) -> Self:
        if self._method == "forkserver":
            multiprocessing.set_forkserver_preload([_PRELOAD])
        for _ in range(self._most):  # begun at once: they warm up while others prepare the tasks
            self._start_worker()
        return self

    def __exit__(self, *error: object) -> None:
        self._waiting.clear()
        for worker in list(self._workers):
            self._end_worker(worker, at_once=worker.task is not None)

    def submit(self, task: Task) -> None:
        """Hand in a task; it starts when a worker is free."""
        self._waiting.append(task)
        self._assign()

    def collect(self) -> Outcome | None:
        """Wait for the next task to end and return its outcome; None if none is under way."""
        while True:
            self._assign()
            busy = [w for w in self._workers if w.task]
            if not busy:
                return None
            ready = set(wait([w.connection for w in busy], self._time_left(busy)))
            for worker in busy:
                outcome = self._look_at(worker, worker.connection in ready)
                if outcome is not None:
                    return outcome

    def run(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Carry out tasks that wait for nothing; yield each outcome as it comes."""
        for task in tasks:
            self.submit(task)
        while outcome := self.collect():
            yield outcome

    def _assign(self) -> None:
        while self._waiting:
            worker = next((w for w in self._workers if not w.task), None)
            if worker is None and len(self._workers) < self._most:
                worker = self._start_worker()
            if worker is None:
                return
            task = self._waiting.popleft()
            try:
                worker.connection.send(task)
            except OSError:  # it died while idle; the task was never begun
                self._waiting.appendleft(task)
                self._end_worker(worker, at_once=True)
                continue
            worker.task, worker.since = task, time.monotonic()

    def _look_at(self, worker: _Worker, ready: bool) -> Outcome | None:
        """Return the outcome of a worker's task, if it has one by now."""
        task, seconds = cast("Task", worker.task), time.monotonic() - worker.since
        if ready:
            try:
                outcome = worker.connection.recv()
            except (EOFError, OSError):
                return self._bury(worker, task, seconds)
            if outcome == _READY:
                worker.ready, worker.since = True, time.monotonic()
                return None
            worker.task = None
            if self._method == "forkserver":
                self._end_worker(worker)
                self._start_worker()
            return replace(outcome, name=task.name, seconds=seconds)
        if self._limit is not None and worker.ready and seconds > self._limit:
            self._end_worker(worker, at_once=True)
            told = f"it took longer than the {self._limit:.0f} seconds that it was given"
            return Outcome(task.name, None, Failure("TimeoutError", told, told), seconds)
        return None

    def _bury(self, worker: _Worker, task: Task, seconds: float) -> Outcome | None:
        self._end_worker(worker, at_once=True)
        code = worker.process.exitcode
        if task.tries > 1:
            self._waiting.append(replace(task, tries=task.tries - 1))
            return None
        told = f"the process that ran it ended (exit code {code}); perhaps memory ran out"
        return Outcome(task.name, None, Failure("WorkerDied", told, told), seconds)

    def _time_left(self, busy: list[_Worker]) -> float | None:
        begun = [w.since for w in busy if w.ready]
        if self._limit is None or not begun:
            return None
        first = min(begun)
        return max(0.0, first + self._limit - time.monotonic()) + 0.01

    def _start_worker(self) -> _Worker:
        ours, theirs = multiprocessing.Pipe()
        spawned = self._method == "spawn"
        process = self._context.Process(target=_serve, args=(theirs, spawned), name="slinb-worker")
        process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker

    def _end_worker(self, worker: _Worker, *, at_once: bool = False) -> None:
        self._workers.remove(worker)
        worker.connection.close()  # a worker ends when it can hear no more
        if at_once:
            worker.process.terminate()
            worker.process.join(5)
            if worker.process.is_alive():
                worker.process.kill()
            worker.process.join()


def choose_method() -> Method:
    """Return how workers are made here: forked on Linux, spawned where forking is not to be had.

    macOS can fork, but not a process whose system libraries have begun threads.
    """
    return "forkserver" if sys.platform == "linux" else "spawn"


def count_processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def describe_failure(error: BaseException) -> Failure:
    """Return an error as a failure that can travel between processes."""
    kind = type(error).__name__
    told = str(error) if isinstance(error, SlinbError) else kind
    return Failure(kind, told, "".join(traceback.format_exception(error)))


def carry_out(task: Task) -> Outcome:
    """Call a task's function in this process and return what became of it."""
    try:
        with explain_disk(Path.cwd()):
            return Outcome(task.name, task.function(*task.arguments))
    except Exception as error:  # a task may raise anything; the others go on
        return Outcome(task.name, failure=describe_failure(error))


def _serve(connection: Connection, spawned: bool) -> None:
    """Carry out tasks until the pool hangs up; this is all that a worker does."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if spawned:  # a forked worker has its libraries from the server
        import importlib

        importlib.import_module(_PRELOAD)
    with suppress(EOFError, OSError):  # the pool is gone: nobody waits for what comes
        connection.send(_READY)
        while True:
            task = connection.recv()
            outcome = carry_out(task)
            connection.send(outcome)


def _end_with_parent() -> None:
    """End this process with the run that began it: the next run writes the same files."""
    if (parent := multiprocessing.parent_process()) is not None:
        parent.join()
        os._exit(1)
