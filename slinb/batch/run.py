"""Run a quarter: collect, check, then make and publish the editions that are asked for.

An edition is built in a folder of its own beside the published one and takes its place only
when every page is there; a notebook that fails becomes a page that says so.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from slinb.batch.build import SUFFIX, TO_AUTHORITIES, Build
from slinb.batch.edition import EditionName
from slinb.batch.gatekeeper import open_quarter_gate
from slinb.batch.lock import hold_lock
from slinb.batch.plan import Briefing, Page, list_pages, load_plan
from slinb.batch.pool import Pool
from slinb.batch.progress import Progress
from slinb.batch.publish import building_folder, publish
from slinb.batch.quarter import Quarter, load_published
from slinb.batch.releases import PUBLICATION, write_publication
from slinb.batch.results import DIVES
from slinb.check import check_quarter, write_query_logs
from slinb.collect.deep_dives import read_deep_dives
from slinb.collect.population import find_population
from slinb.collect.returns import SAMPLE_MARKER, is_sample, read_returns
from slinb.errors import DisclosureError, ParameterError, SlinbError

LOG = logging.getLogger("slinb")
#: Lists of what was planted in a sample; no returns.
_SAMPLE_LISTS = ("sample_defects.csv", "sample_dive_defects.csv")


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
    """

    index: Path
    log: Path
    failed: tuple[str, ...] = ()


def run_quarter(
    quarter: Quarter, editions: Sequence[EditionName] = ("public",), *, quiet: bool = False
) -> RunResult:
    """Run a quarter from its raw files to its published briefings.

    Parameters
    ----------
    quarter : Quarter
    editions : sequence of {"public", "restricted"}
        An edition that is not asked for is not touched. The result names the index of the first.
    quiet : bool, default False
        Show no progress.

    Raises
    ------
    BusyError
        Another run of the quarter is at work.
    SlinbError
        The published pack cannot be read: there is nothing to compare with. A bad return
        never raises; it stands in the query log.
    """
    _refuse_other_region(quarter)
    quarter.folder.mkdir(parents=True, exist_ok=True)
    log = quarter.folder / "run.log"
    plan = load_plan()
    steps = 2 + sum(2 + len(_list_pages(quarter, plan, name)) for name in editions)
    failed: list[str] = []
    with (
        hold_lock(quarter.folder / "run.lock", quarter.period.id),
        _log_to(log),
        Progress(steps, quiet=quiet) as progress,
        Pool(preload=("slinb.notebook", "slinb.show.notebook")) as workers,
    ):
        tables = collect_and_check(quarter, progress)
        _publish_queries(quarter, tables)
        for name in editions:
            failed += _run_edition(quarter, name, plan, progress, workers)
    first = quarter.edition(editions[0])
    folder = quarter.workspace.reports(quarter.period.id, SUFFIX[first.name])
    return RunResult(folder / f"{first.prefix}index.html", log, tuple(failed))


def _list_pages(quarter: Quarter, plan: Sequence[Briefing], edition: EditionName) -> list[Page]:
    """Return the pages of an edition; what goes to one authority alone has full figures."""
    chosen = [b for b in plan if b.readers == "all" or edition == "restricted"]
    return list_pages(chosen, quarter.authorities)


def _run_edition(
    quarter: Quarter,
    name: EditionName,
    plan: Sequence[Briefing],
    progress: Progress,
    workers: Pool,
) -> list[str]:
    """Make and publish one edition; return what of it failed."""
    try:
        store_results(quarter, name, progress)
    except DisclosureError as error:
        LOG.error("the %s edition was not made: %s", name, error)
        return [f"the {name} edition ({error})"]
    reports = quarter.workspace.reports(quarter.period.id, SUFFIX[name])
    letters = quarter.workspace.reports(quarter.period.id, TO_AUTHORITIES)
    build = Build(
        quarter=quarter,
        edition=quarter.edition(name),
        folder=building_folder(reports),
        letters=letters,
        gate=open_quarter_gate(quarter) if name == "public" else None,
    )
    build.add_pages(_list_pages(quarter, plan, name), workers, progress)
    progress.step(f"index ({name})")
    build.add_index()
    _publish_folder(build.folder, reports)
    LOG.info("published the %s edition of %s", name, quarter.period.id)
    return build.failed


def _publish_folder(building: Path, reports: Path) -> None:
    try:
        publish(building, reports)
    except OSError as error:
        raise SlinbError(
            f"The published folder {reports.name} cannot be replaced: {error.strerror or error}.",
            f"Close every file of it in other programs and run again; the built pages are in "
            f"{building.name} beside it.",
        ) from error


def _refuse_other_region(quarter: Quarter) -> None:
    """Refuse to run over what was made of the same quarter for another region."""
    results = quarter.results_folder.parent
    others = [p.name for p in results.iterdir()] if results.is_dir() else []
    if others and quarter.results_folder.name not in others:
        raise ParameterError(
            f"{quarter.period.id} was run here for another region ({', '.join(others)}).",
            "Run this region in a project folder of its own (set SLINB_HOME to it).",
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


def collect_and_check(quarter: Quarter, progress: Progress) -> dict[str, pd.DataFrame]:
    """Collect the returns and the published figures, check them and store the tables.

    Returns
    -------
    dict of DataFrame
        The tables as stored under ``data/processed/<quarter>/``: accepted, quarantined,
        queries, summary, submissions, superseded.
    """
    progress.step("collect")
    published, problems = load_published(quarter.workspace)
    measures = quarter.measures.quarterly()
    population = find_population(published, measures, quarter.period)
    folder = quarter.workspace.returns(quarter.period.id)
    # A quarter without returns still has its annual rug: every authority is then missing.
    folder.mkdir(parents=True, exist_ok=True)
    _refuse_mixed_returns(folder)
    returns = read_returns(folder, quarter.period, quarter.authorities, measures, population)
    dives = read_deep_dives(
        folder, quarter.period, quarter.authorities, submissions=returns.submissions
    )
    LOG.info("collected %d observations from %s", len(returns.observations), folder.name)
    progress.step("check")
    result = check_quarter(
        returns.observations,
        quarter.earlier,
        published,
        returns.submissions,
        pd.concat([returns.queries, dives.queries, problems], ignore_index=True),
        quarter.measures,
        quarter.areas,
        quarter.period,
        quarter.region.code,
    )
    tables = {
        "accepted": result.accepted,
        "quarantined": result.quarantined,
        "queries": result.queries,
        "summary": result.summary,
        "submissions": returns.submissions,
        "superseded": returns.superseded,
        **dict(zip(DIVES, (dives.counts, dives.risk, dives.durations), strict=True)),
    }
    _carry_sample_mark(folder, quarter.folder)
    for name, table in tables.items():
        table.to_parquet(quarter.folder / f"{name}.parquet", index=False)
    LOG.info("accepted %d, quarantined %d", len(result.accepted), len(result.quarantined))
    return tables


def store_results(quarter: Quarter, edition: EditionName, progress: Progress) -> None:
    """Compute the tables of an edition and store them where every notebook reads them.

    Raises
    ------
    DisclosureError
        The public edition could not be proved safe.
    """
    progress.step(f"compare ({edition})")
    folder = quarter.results_folder / edition
    shutil.rmtree(folder, ignore_errors=True)
    tables = quarter.analyse(edition)
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)
    if edition == "public":
        published = quarter.protected.protected.publication
        write_publication(quarter.results_folder / PUBLICATION, published)
    LOG.info("computed %s", ", ".join(f"{name} {len(t)}" for name, t in tables.items()))


def _carry_sample_mark(returns: Path, processed: Path) -> None:
    """Mark what was made from a sample as a sample, and nothing else."""
    (processed / SAMPLE_MARKER).unlink(missing_ok=True)
    if is_sample(returns):
        shutil.copyfile(returns / SAMPLE_MARKER, processed / SAMPLE_MARKER)


def _publish_queries(quarter: Quarter, tables: dict[str, pd.DataFrame]) -> None:
    """Write each authority's query log; with its own figures in it, it goes to nobody else."""
    reports = quarter.workspace.reports(quarter.period.id, TO_AUTHORITIES)
    building = building_folder(reports)
    written = write_query_logs(
        tables["queries"], building / "queries", quarter.authorities, quarter.measures
    )
    mark = "SAMPLE_" if quarter.sample else ""
    for path in written:
        path.rename(path.with_name(f"RESTRICTED_{mark}{path.name}"))
    _publish_folder(building, reports)


class _log_to:  # noqa: N801  # reads as a verb where it is used
    """Send the run's log to a file while the run lasts."""

    def __init__(self, path: Path) -> None:
        self._handler = logging.FileHandler(path, mode="w", encoding="utf-8")
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def __enter__(self) -> None:
        LOG.setLevel(logging.INFO)
        LOG.addHandler(self._handler)

    def __exit__(self, *error: object) -> None:
        LOG.removeHandler(self._handler)
        self._handler.close()
