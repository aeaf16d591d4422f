"""The plan as a graph of steps, each made again only if something that it depends on changed.

The order comes from ``graphlib``; what is kept comes from :mod:`slinb.batch.store`. A step's key
holds the digests of what its inputs *contain*, not of how they came about: a step that was made
again and came out the same leaves everything after it in place.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, Literal, Protocol

from slinb.batch.digests import (
    ABSENT,
    digest_code,
    digest_file,
    digest_files,
    list_packages,
    name_below,
    write_plainly,
)
from slinb.batch.pool import Failure, Outcome, Task
from slinb.batch.store import Record, Store, make_key
from slinb.errors import SlinbError

State = Literal["made", "kept", "failed", "skipped"]
#: How a change is told, part by part of a key.
_PARTS = {
    "code": "code changed",
    "arguments": "parameters changed",
    "files": "files changed",
    "inputs": "inputs changed",
    "packages": "installed packages changed",
    "outputs": "makes other files than before",
}


@dataclass(frozen=True)
class Need:
    """What a step needs of another: all of its files, or those that fit a pattern.

    Parameters
    ----------
    step : str
    pattern : str, default "*"
        Of paths below the root: "*/results/*/E06000031/*".
    despite : bool, default False
        The step is made even if this one failed (a page whose downloads failed).
    """

    step: str
    pattern: str = "*"
    despite: bool = False


@dataclass(frozen=True)
class Step:
    """One step of a plan.

    Parameters
    ----------
    name : str
        Unique; what people see.
    function : callable
        Of a module, so that a worker can import it; it writes the outputs.
    arguments : tuple
        Texts, numbers, paths, and lists or mappings of them.
    outputs : tuple of str
        Patterns of the files that it writes, below the root: "reports/x/headlines.html".
    needs : tuple of Need
        What it reads of earlier steps.
    files : tuple of Path
        What else it reads: raw files, folders of them, a notebook.
    code : tuple of str
        Modules of slinb whose code it runs; what those import is found.
    """

    name: str
    function: Callable[..., Any]
    arguments: tuple[Any, ...] = ()
    outputs: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    files: tuple[Path, ...] = ()
    code: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """What would become of a step, and why.

    Parameters
    ----------
    step : str
    action : {"make", "keep", "wait"}
        "wait": it depends on whether an earlier step comes out as before.
    reason : str
    key : str
        Of what is kept.
    """

    step: str
    action: Literal["make", "keep", "wait"]
    reason: str
    key: str = ""


@dataclass(frozen=True)
class Result:
    """What became of a step.

    Parameters
    ----------
    step : str
    state : {"made", "kept", "failed", "skipped"}
    reason : str
    outputs : mapping of str
        Digest of each file, by its path below the root.
    failure : Failure or None
    seconds : float
        How long it took; of a kept step, how long it had taken.
    key : str
    """

    step: str
    state: State
    reason: str
    outputs: Mapping[str, str] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0
    key: str = ""


class Workers(Protocol):
    """What carries tasks out: :class:`slinb.batch.pool.Pool`, or a cluster."""

    def submit(self, task: Task) -> None:
        """Hand in a task."""

    def collect(self) -> Outcome | None:
        """Wait for the next task to end; None if none is under way."""


@dataclass(frozen=True)
class Graph:
    """Steps in an order in which each comes after what it needs.

    Parameters
    ----------
    steps : mapping of Step
        By name, in that order.
    root : Path
        Folder below which they read and write.
    """

    steps: Mapping[str, Step]
    root: Path

    def judge(self, store: Store, *, force: Collection[str] | bool = False) -> list[Verdict]:
        """Say of each step whether it would be made, and why; nothing is run.

        Parameters
        ----------
        store : Store
        force : bool or collection of str, default False
            Steps to make whatever is stored; all if True.
        """
        known: dict[str, Mapping[str, str]] = {}
        verdicts = []
        for step in self.steps.values():
            verdict, outputs = self._judge_step(step, known, store, force)
            verdicts.append(verdict)
            if outputs is not None:
                known[step.name] = outputs
        return verdicts

    def _judge_step(
        self, step: Step, known: Mapping[str, Mapping[str, str]], store: Store, force: Any
    ) -> tuple[Verdict, Mapping[str, str] | None]:
        if is_forced(step, force):
            return Verdict(step.name, "make", "asked for"), None
        open_needs = list(dict.fromkeys(n.step for n in step.needs if n.step not in known))
        latest = store.find_latest(step.name)
        if open_needs:
            inputs = latest.parts["inputs"] if latest else {}
            reason = explain_change(latest, {**self.find_parts(step, {}), "inputs": inputs})
            if reason:
                return Verdict(step.name, "make", reason), None
            return Verdict(step.name, "wait", f"depends on {', '.join(open_needs)}"), None
        parts = self.find_parts(step, known)
        record = store.find(make_key(step.name, parts))
        if record is None:
            reason = explain_change(latest, parts) or "its stored result is gone"
            return Verdict(step.name, "make", reason), None
        return Verdict(step.name, "keep", "nothing changed", record.key), record.outputs

    def find_parts(self, step: Step, known: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
        """Return all that a step's result depends on, as it is now.

        Parameters
        ----------
        step : Step
        known : mapping
            Outputs of the steps before it.
        """
        inputs: dict[str, str] = {}
        for need in step.needs:
            outputs = known.get(need.step, {})
            inputs |= {name: d for name, d in outputs.items() if fnmatch(name, need.pattern)}
        function = f"{step.function.__module__}.{step.function.__qualname__}"
        return {
            "code": digest_code((*step.code, step.function.__module__)),
            "arguments": [function, write_plainly(step.arguments, self.root)],
            "files": digest_files(step.files, self.root),
            "inputs": dict(sorted(inputs.items())),
            "packages": dict(list_packages()),
            "outputs": list(step.outputs),
        }

    def find_outputs(self, step: Step) -> dict[str, str]:
        """Return the digest of each file that a step has written.

        Raises
        ------
        SlinbError
            A pattern of its outputs fits no file.
        """
        found: dict[str, str] = {}
        for pattern in step.outputs:
            files = sorted(p for p in self.root.glob(pattern) if p.is_file())
            if not files:
                raise SlinbError(
                    f"The step “{step.name}” ended without writing {pattern}.",
                    "Run it again with --force; if that does not help, its code is wrong.",
                )
            found |= {name_below(path, self.root): digest_file(path) for path in files}
        return found


def build_graph(steps: Iterable[Step], root: Path) -> Graph:
    """Put steps in order.

    Raises
    ------
    SlinbError
        A name stands twice, a need is no step, or steps need each other in a circle.

    Examples
    --------
    >>> first, second = Step("first", print), Step("second", print, needs=(Need("first"),))
    >>> list(build_graph([second, first], Path()).steps)
    ['first', 'second']
    """
    given = list(steps)
    named = {step.name: step for step in given}
    if len(named) < len(given):
        names = [step.name for step in given]
        raise SlinbError(
            f"Two steps have one name: {sorted({n for n in names if names.count(n) > 1})}."
        )
    for step in given:
        for need in step.needs:
            if need.step not in named:
                raise SlinbError(f"“{step.name}” needs “{need.step}”, which is no step.")
    sorter = TopologicalSorter({s.name: [need.step for need in s.needs] for s in given})
    try:
        order = list(sorter.static_order())
    except CycleError as error:
        raise SlinbError(
            f"Steps need each other in a circle: {' → '.join(error.args[1])}."
        ) from None
    return Graph({name: named[name] for name in order}, root)


def is_forced(step: Step, force: Collection[str] | bool) -> bool:
    """Say whether a step is to be made whatever is stored."""
    return force if isinstance(force, bool) else step.name in force


def explain_change(latest: Record | None, parts: Mapping[str, Any]) -> str:
    """Say what differs from the last time; empty if nothing does.

    Examples
    --------
    >>> explain_change(Record("x", {"files": {"a": "1"}}, {}), {"files": {"a": "2"}})
    'files changed: a'
    """
    if latest is None:
        return "never made"
    told = []
    for part, words in _PARTS.items():
        before, now = latest.parts.get(part), parts.get(part)
        if before != now:
            names = _name_differences(before, now)
            told.append(f"{words}: {names}" if names else words)
    return "; ".join(told)


def _name_differences(before: Any, now: Any, most: int = 3) -> str:
    if not (isinstance(before, Mapping) and isinstance(now, Mapping)):
        return ""
    names = sorted(n for n in {*before, *now} if before.get(n) != now.get(n))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def run_graph(
    graph: Graph,
    store: Store,
    workers: Workers,
    *,
    force: Collection[str] | bool = False,
    on_start: Callable[[str], object] = lambda _: None,
    on_end: Callable[[Result], object] = lambda _: None,
) -> dict[str, Result]:
    """Make what has to be made and bring back the rest.

    Parameters
    ----------
    graph : Graph
    store : Store
    workers : Workers
    force : bool or collection of str, default False
        Steps to make whatever is stored; all if True.
    on_start, on_end : callable, optional
        Told of each step as it begins (its name) and ends (its result).

    Returns
    -------
    dict of Result
        By name of step, in the order in which they ended. A step whose need failed is skipped.
    """
    run = _Running(graph, store, workers, force, on_start, on_end)
    sorter = TopologicalSorter({s.name: [n.step for n in s.needs] for s in graph.steps.values()})
    sorter.prepare()
    while sorter.is_active():
        for name in sorted(sorter.get_ready(), key=list(graph.steps).index):
            if run.begin(graph.steps[name]):
                sorter.done(name)
        if run.at_work:
            sorter.done(run.wait())
    return run.results


@dataclass
class _Running:
    """A graph at work."""

    graph: Graph
    store: Store
    workers: Workers
    force: Collection[str] | bool
    on_start: Callable[[str], object]
    on_end: Callable[[Result], object]
    results: dict[str, Result] = field(default_factory=dict)
    at_work: dict[str, tuple[dict[str, Any], str]] = field(default_factory=dict)

    def begin(self, step: Step) -> bool:
        """Start a step; True if it has ended at once (kept or skipped)."""
        needed = [need.step for need in step.needs if not need.despite]
        lost = [name for name in needed if self.results[name].state in ("failed", "skipped")]
        if lost:
            self._end(Result(step.name, "skipped", f"{', '.join(dict.fromkeys(lost))} failed"))
            return True
        known = {name: result.outputs for name, result in self.results.items()}
        parts = self.graph.find_parts(step, known)
        key = make_key(step.name, parts)
        record = None if is_forced(step, self.force) else self.store.find(key)
        if record is not None and self.store.restore(record):
            self.store.mark_latest(record)
            kept = Result(step.name, "kept", "nothing changed", record.outputs)
            self._end(_with(kept, seconds=record.seconds, key=key))
            return True
        latest = self.store.find_latest(step.name)
        reason = explain_change(latest, parts) or "asked for"
        self.at_work[step.name] = (parts, reason)
        self.on_start(step.name)
        reads = tuple(n for n, d in {**parts["files"], **parts["inputs"]}.items() if d != ABSENT)
        self.workers.submit(Task(step.name, step.function, step.arguments, reads=reads))
        return False

    def wait(self) -> str:
        """Wait for a step to end, store what it made and return its name."""
        outcome = self.workers.collect()
        if outcome is None:
            raise SlinbError("The workers ended before the steps did.", "Run again.")
        parts, reason = self.at_work.pop(outcome.name)
        key = make_key(outcome.name, parts)
        failure, outputs = outcome.failure, {}
        if failure is None:
            try:
                outputs = self.graph.find_outputs(self.graph.steps[outcome.name])
            except SlinbError as error:
                failure = Failure("SlinbError", str(error), str(error))
        if failure is None:
            self.store.keep(Record(outcome.name, parts, outputs, round(outcome.seconds, 3)))
        state: State = "failed" if failure else "made"
        result = Result(outcome.name, state, reason, outputs, failure)
        self._end(_with(result, seconds=outcome.seconds, key=key))
        return outcome.name

    def _end(self, result: Result) -> None:
        self.results[result.step] = result
        self.on_end(result)


def _with(result: Result, *, seconds: float, key: str) -> Result:
    return Result(
        result.step, result.state, result.reason, result.outputs, result.failure, seconds, key
    )
