"""Run a quarter: make what has to be made, and put the editions that are asked for in place.

A quarter is built in folders of its own beside the published ones and takes their place when it
is finished; a notebook that fails becomes a page that says so.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from slinb.batch.build import LOST, Finish, describe_run, drop_unclaimed, keep_letters, seal
from slinb.batch.digests import digest_files, name_below
from slinb.batch.folders import EDITIONS, PREFIX, QuarterFolders, building_folder
from slinb.batch.graph import Result, Verdict, Workers, run_graph
from slinb.batch.lock import check_folder, explain_disk, hold_lock
from slinb.batch.manifest import digest_all_code, read_manifest, verify_folder
from slinb.batch.parts import EditionName
from slinb.batch.plan import load_plan
from slinb.batch.publication import publish_folders, recover
from slinb.batch.schedule import (
    QUERY_LISTS,
    READING,
    Schedule,
    list_essential,
    schedule_quarter,
)
from slinb.batch.status import Watch
from slinb.batch.steps import AUDITS
from slinb.batch.store import Store
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.collect.inbox import list_returns, name_reading
from slinb.errors import ParameterError, SlinbError
from slinb.show.measure_links import list_domains
from slinb.workspace import SAMPLE_MARKER, is_sample

LOG = logging.getLogger("slinb")
#: Lists of what was planted in a sample; no returns.
_SAMPLE_LISTS = ("sample_defects.csv", "sample_dive_defects.csv")
#: Seconds after which a step is given up: a notebook that hangs must not hang the quarter.
_LIMIT = 1800.0
#: Without these there is nothing to publish.
_FIRST = ("populations", "read audits", "collect", "check")


@dataclass(frozen=True)
class RunResult:
    """What a run made.

    Parameters
    ----------
    index : Path
        The page to open.
    log : Path
        The log of the run, with the traceback of whatever failed.
    failed : tuple of str
        Titles of the briefings that failed; their pages say so.
    made, kept : int
        How many steps were made, and how many stood from before.
    """

    index: Path
    log: Path
    failed: tuple[str, ...] = ()
    made: int = 0
    kept: int = 0


@dataclass(frozen=True)
class RunOptions:
    """How a run is done.

    Parameters
    ----------
    force : bool, default False
        Make every step, whatever is stored.
    workers : int, optional
        Processes at work; as many as there are processors if left out.
    dask : str, default ""
        Address of a Dask scheduler: its workers carry the steps out.
    exchange : str, default ""
        Where files go to and from that cluster, a folder or an address that fsspec knows.
    quiet : bool, default False
        Show no progress.
    """

    force: bool = False
    workers: int | None = None
    dask: str = ""
    exchange: str = ""
    quiet: bool = False


def run_quarter(
    folders: QuarterFolders,
    editions: Sequence[EditionName] = ("public",),
    options: RunOptions | None = None,
) -> RunResult:
    """Run a quarter from its raw files to its published briefings.

    Parameters
    ----------
    folders : QuarterFolders
    editions : sequence of {"public", "restricted"}
        An edition that is not asked for is not touched. The result names the index of the first.
    options : RunOptions, optional

    Raises
    ------
    BusyError
        Another run is at work in this project.
    DiskError
        The disk is full, or a folder may not be written. What was published still stands.
    SlinbError
        The published pack cannot be read: there is nothing to compare with. A bad return
        never raises; it stands in the query log.
    """
    chosen = options or RunOptions()
    root = folders.workspace.root
    _refuse_other_region(folders)
    _refuse_history(folders)
    _refuse_mixed_returns(folders.returns)
    processed = folders.folder.parent
    with hold_lock(processed / "run.lock", "This project"), explain_disk(root):
        check_folder(processed)
        check_folder(folders.letters.parent)
        folders.folder.mkdir(parents=True, exist_ok=True)
        with _log_to(folders.folder / "run.log"):
            return _run_locked(folders, editions, chosen)


def plan_quarter(
    folders: QuarterFolders, editions: Sequence[EditionName], *, force: bool = False
) -> list[Verdict]:
    """Say of each step of a quarter whether a run would make it, and why."""
    schedule = _schedule(folders, editions)
    return schedule.graph.judge(open_store(folders), force=force)


def open_store(folders: QuarterFolders) -> Store:
    """Return the store of what was made of a quarter before."""
    return Store(folders.folder / ".store", folders.workspace.root)


def status_file(folders: QuarterFolders) -> Path:
    """Return the file in which a run says how far it is."""
    return folders.folder / "status.json"


def _schedule(folders: QuarterFolders, editions: Sequence[EditionName]) -> Schedule:
    authorities = load_areas().authorities(folders.region.code)
    domains = list_domains(load_measures())
    return schedule_quarter(folders, editions, load_plan(), authorities, domains)


def _run_locked(
    folders: QuarterFolders, editions: Sequence[EditionName], options: RunOptions
) -> RunResult:
    if told := recover(folders.letters.parent):
        LOG.warning(told)
    # A quarter without returns still has its annual rug: every authority is then missing.
    folders.returns.mkdir(parents=True, exist_ok=True)
    _carry_sample_mark(folders)
    schedule, store = _schedule(folders, editions), open_store(folders)
    log = folders.folder / "run.log"
    first = editions[0]
    index = folders.reports(first) / f"{PREFIX[first]}index.html"
    verdicts = schedule.graph.judge(store, force=options.force)
    stands = all(_stands(folders, edition, schedule, verdicts) for edition in editions)
    if stands and _bring_back(folders, store, verdicts):
        LOG.info("nothing changed since it was published")
        if "public" in editions and not _is_released(folders):
            publish_folders(folders.letters.parent, [_prepare_release(folders)])
        return RunResult(index, log, kept=len(verdicts))
    targets = [folders.letters, *(folders.reports(edition) for edition in EDITIONS)]
    for target in targets:
        shutil.rmtree(building_folder(target), ignore_errors=True)
    results = _make(folders, schedule, store, options)
    failed = _publish(folders, editions, schedule, results)
    _forget_readings(folders, schedule, store)
    states = [result.state for result in results.values()]
    return RunResult(index, log, tuple(failed), states.count("made"), states.count("kept"))


def _forget_readings(folders: QuarterFolders, schedule: Schedule, store: Store) -> None:
    """Remove what was read of returns that no longer lie there: they may have been withdrawn."""
    names = {name_reading(path.name) for path in list_returns(folders.returns)[0]}
    for folder in folders.read.iterdir():
        if folder.is_dir() and folder.name not in {*names, AUDITS}:
            shutil.rmtree(folder)
    steps = schedule.graph.steps
    store.prune(gone=lambda step: step.startswith(READING) and step not in steps)


def _make(
    folders: QuarterFolders, schedule: Schedule, store: Store, options: RunOptions
) -> dict[str, Result]:
    """Carry out the steps; raise if there is nothing that could be published."""
    names = list(schedule.graph.steps)
    latest = {name: record.seconds for name in names if (record := store.find_latest(name))}
    with (
        _open_workers(folders, options) as (workers, count),
        Watch(
            f"{folders.period.id}, {folders.region.name}",
            names,
            workers=count,
            expected=latest,
            file=status_file(folders),
            quiet=options.quiet,
        ) as watch,
    ):

        def end(result: Result) -> None:
            _log_result(result)
            watch.end(result)

        results = run_graph(
            schedule.graph,
            store,
            workers,
            force=options.force,
            on_start=watch.begin,
            on_end=end,
        )
    for result in results.values():
        if result.failure and result.failure.kind == "DiskError":
            raise SlinbError(result.failure.told)
    for name in _FIRST:
        if failure := results[name].failure:
            raise SlinbError(
                f"{folders.period.id} could not be run, {name} failed: {failure.told}",
                f"The details are in {folders.folder / 'run.log'}. "
                "What was published before still stands.",
            )
    return results


@contextmanager
def _open_workers(folders: QuarterFolders, options: RunOptions) -> Iterator[tuple[Workers, int]]:
    if options.dask:
        from slinb.batch.dask_run import DaskWorkers

        exchange = options.exchange or str(folders.folder.parent / ".exchange")
        with DaskWorkers(options.dask, folders.workspace.root, exchange) as cluster:
            yield cluster, cluster.count
        return
    from slinb.batch.pool import Pool, count_processors

    # Finishing an edition needs libraries here too; while the workers load theirs, one processor
    # has nothing to do.
    threading.Thread(target=_load_libraries, daemon=True).start()
    with Pool(options.workers, limit=_LIMIT) as pool:
        yield pool, options.workers or count_processors()


def _load_libraries() -> None:
    import slinb.batch.gatekeeper
    import slinb.batch.quarter
    import slinb.show.accessibility
    import slinb.show.index  # noqa: F401 - imported for what it loads


def _log_result(result: Result) -> None:
    LOG.info("%s: %s in %.1f s (%s)", result.step, result.state, result.seconds, result.reason)
    if result.failure:
        LOG.error("%s failed:\n%s", result.step, result.failure.traceback)


def _publish(
    folders: QuarterFolders,
    editions: Sequence[EditionName],
    schedule: Schedule,
    results: dict[str, Result],
) -> list[str]:
    """Finish the editions and put them in place together; return what failed."""
    from slinb.batch.quarter import Quarter

    drop_unclaimed(folders, results)
    asked = results[QUERY_LISTS].state not in ("failed", "skipped")
    failed = [] if asked else ["query lists"]
    targets: list[tuple[EditionName, Path]] = []
    whole = Quarter(folders.period, folders.region, folders.workspace)
    for edition in editions:
        lost = [r for name in list_essential(edition) if (r := results[name]).state in LOST]
        if lost:
            told = lost[0].failure.told if lost[0].failure else lost[0].reason
            failed.append(f"the {edition} edition ({told})")
            continue
        done = Finish(folders, whole.edition(edition), schedule, results)
        done.write()
        failed += done.failed
        targets.append((edition, folders.reports(edition)))
    if "restricted" not in dict(targets):
        keep_letters(folders, "*.html")
    if not asked:
        keep_letters(folders, "queries/*")
    if building_folder(folders.letters).is_dir():
        targets.append(("restricted" if "restricted" in editions else "public", folders.letters))
    for edition, folder in targets:
        seal(folders, schedule, results, edition, folder)
    swaps = [(building_folder(folder), folder) for _, folder in targets]
    if "public" in dict(targets):
        swaps.append(_prepare_release(folders))
    publish_folders(folders.letters.parent, swaps)
    LOG.info("published %s", ", ".join(folder.name for _, folder in targets))
    return failed


def _prepare_release(folders: QuarterFolders) -> tuple[Path, Path]:
    """Copy what is put before the public, for the audit of the next quarter.

    Returns
    -------
    (Path, Path)
        The copy and its place, which it takes together with the pages.
    """
    building = building_folder(folders.released)
    shutil.rmtree(building, ignore_errors=True)
    shutil.copytree(folders.publication, building)
    return building, folders.released


def _is_released(folders: QuarterFolders) -> bool:
    """Whether what is kept for the next audit is what was put before the public."""
    kept, put = folders.released, folders.publication
    return digest_files([kept], kept) == digest_files([put], put)


def _bring_back(folders: QuarterFolders, store: Store, verdicts: Sequence[Verdict]) -> bool:
    """Put the tables of the published quarter in their places; False if one is damaged.

    A run that was stopped may have left others there, and the next quarter rests on them.
    """
    processed = f"{name_below(folders.folder, folders.workspace.root)}/"
    records = [record for v in verdicts if (record := store.find(v.key))]
    tables = [r for r in records if all(name.startswith(processed) for name in r.outputs)]
    return all(store.restore(record) for record in tables)


def _stands(
    folders: QuarterFolders,
    edition: EditionName,
    schedule: Schedule,
    verdicts: Sequence[Verdict],
) -> bool:
    """Whether an edition that is published is what a run would make."""
    keys = {verdict.step: verdict.key for verdict in verdicts}
    steps = schedule.list_steps(edition)
    folder = folders.reports(edition)
    try:
        sealed = read_manifest(folder)
        letters = read_manifest(folders.letters).keys
        mine = letters == sealed.keys or (
            edition == "public" and letters.get(QUERY_LISTS) == keys[QUERY_LISTS]
        )
        same = sealed.keys == {name: keys[name] for name in steps}
        others = [folder, folders.letters]
        return (
            same
            and mine
            and sealed.code == digest_all_code()
            and sealed.parameters == describe_run(folders, edition)
            and not any(verify_folder(each) for each in others)
        )
    except SlinbError:  # it has no manifest, or none that can be read
        return False


def _refuse_other_region(folders: QuarterFolders) -> None:
    """Refuse to run over what was made of the same quarter for another region."""
    results = folders.results.parent
    others = [p.name for p in results.iterdir()] if results.is_dir() else []
    if others and folders.results.name not in others:
        raise ParameterError(
            f"{folders.period.id} was run here for another region ({', '.join(others)}).",
            "Run this region in a project folder of its own (set SLINB_HOME to it).",
        )


def _refuse_history(folders: QuarterFolders) -> None:
    """Refuse to run a quarter that is here as the history of others, without its returns."""
    sent = folders.returns.is_dir() and any(folders.returns.iterdir())
    if not sent and (folders.folder / "observations.parquet").is_file():
        raise ParameterError(
            f"{folders.period.id} is here as the history of later quarters; none of its returns "
            f"lie in {folders.returns}.",
            "Lay its returns there first.",
        )


def _refuse_mixed_returns(folder: Path) -> None:
    """Refuse a folder in which made-up returns and real ones lie together."""
    returns = [p.name for p in folder.glob("*") if p.suffix.lower() in (".xlsx", ".csv")]
    returns = [name for name in returns if name not in _SAMPLE_LISTS]
    made_up = [name for name in returns if name.startswith("SAMPLE_")]
    expected = returns if is_sample(folder) else []
    if sorted(made_up) != sorted(expected):
        others = sorted(set(returns) - set(made_up)) or ["no mark " + SAMPLE_MARKER]
        raise ParameterError(
            f"{folder.name} holds returns of the sample beside others ({', '.join(others[:3])}).",
            "Delete the sample's files (SAMPLE_*, SAMPLE.txt, sample_*.csv) and run again.",
        )


def _carry_sample_mark(folders: QuarterFolders) -> None:
    """Mark what is made from a sample as a sample, and nothing else."""
    (folders.folder / SAMPLE_MARKER).unlink(missing_ok=True)
    if is_sample(folders.returns):
        shutil.copyfile(folders.returns / SAMPLE_MARKER, folders.folder / SAMPLE_MARKER)


@contextmanager
def _log_to(path: Path) -> Iterator[None]:
    """Send the run's log to a file while the run lasts."""
    handler = logging.FileHandler(path, mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    LOG.setLevel(logging.INFO)
    LOG.addHandler(handler)
    try:
        yield
    finally:
        LOG.removeHandler(handler)
        handler.close()
