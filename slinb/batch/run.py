"""Run a quarter: collect, check, brief, publish.

The quarter is built in a folder of its own beside the published one and takes its place only
when every page is there; a notebook that fails becomes a page that says so.
"""

from __future__ import annotations

import logging
import shutil
import traceback
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from markupsafe import escape

from slinb.batch.brief import make_page
from slinb.batch.plan import Briefing, load_plan
from slinb.batch.progress import Progress
from slinb.batch.publish import building_folder, publish
from slinb.batch.quarter import Quarter, load_published, parse_quarter
from slinb.check import check_quarter, write_query_logs
from slinb.collect.population import find_population
from slinb.collect.returns import SAMPLE_MARKER, is_sample, read_returns
from slinb.errors import ParameterError, SlinbError
from slinb.show.index import BriefingLink, QuarterLink, index_html
from slinb.show.page import PageMarks, page_html

LOG = logging.getLogger("slinb")
_STEPS = ("collect", "check", "compare", "index")
#: What a page of returns says of its readers, until small numbers are protected.
_RESTRICTED = "Restricted: for the directors' group, with small numbers, not for publication"
#: What a page of official figures says in place of a quarter: each measure has its own year.
_PUBLISHED = "Latest official figures"


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


@dataclass
class _Run:
    """A run at work: what it is for, where it builds and what has failed so far."""

    quarter: Quarter
    progress: Progress
    building: Path
    plan: tuple[Briefing, ...]
    sample: bool
    failed: list[str] = field(default_factory=list)

    def marks(self, *, returns: bool) -> PageMarks:
        return PageMarks(
            region=self.quarter.region.name,
            quarter=self.quarter.period.label if returns else _PUBLISHED,
            edition=_RESTRICTED if returns else "",
            sample=self.sample and returns,
            sources=tuple(sorted(_name_sources(self.quarter))),
        )


def run_quarter(quarter: Quarter, *, quiet: bool = False) -> RunResult:
    """Run a quarter from its raw files to its published briefings.

    Parameters
    ----------
    quarter : Quarter
    quiet : bool, default False
        Show no progress.

    Raises
    ------
    SlinbError
        The published pack cannot be read: there is nothing to compare with. A bad return
        never raises; it stands in the query log.
    """
    _refuse_other_region(quarter)
    quarter.folder.mkdir(parents=True, exist_ok=True)
    log = quarter.folder / "run.log"
    reports = quarter.workspace.reports(quarter.period.id)
    plan = load_plan()
    with _log_to(log), Progress(len(_STEPS) + len(plan), quiet=quiet) as progress:
        run = _Run(quarter, progress, building_folder(reports), plan, quarter.sample)
        tables = collect_and_check(quarter, progress)
        _write_queries(run, tables)
        store_results(quarter, progress)
        for briefing in plan:
            _publish_page(run, briefing)
        _publish_index(run, tables)
        _publish_folder(run.building, reports)
        LOG.info("published %s", quarter.period.id)
    return RunResult(reports / "index.html", log, tuple(run.failed))


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
    returns = [name for name in returns if name != "sample_defects.csv"]
    made_up = [name for name in returns if name.startswith("SAMPLE_")]
    expected = returns if is_sample(folder) else []
    if sorted(made_up) != sorted(expected):
        others = sorted(set(returns) - set(made_up)) or ["no mark " + SAMPLE_MARKER]
        raise ParameterError(
            f"{folder.name} holds returns of the sample beside others ({', '.join(others[:3])}).",
            "Delete the sample's files (SAMPLE_*, SAMPLE.txt, sample_defects.csv) and run again.",
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
    LOG.info("collected %d observations from %s", len(returns.observations), folder.name)
    progress.step("check")
    result = check_quarter(
        returns.observations,
        quarter.earlier,
        published,
        returns.submissions,
        pd.concat([returns.queries, problems], ignore_index=True),
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
    }
    _carry_sample_mark(folder, quarter.folder)
    for name, table in tables.items():
        table.to_parquet(quarter.folder / f"{name}.parquet", index=False)
    LOG.info("accepted %d, quarantined %d", len(result.accepted), len(result.quarantined))
    return tables


def store_results(quarter: Quarter, progress: Progress) -> None:
    """Compute the result tables and store them where every notebook reads them."""
    progress.step("compare")
    shutil.rmtree(quarter.results_folder, ignore_errors=True)
    tables = quarter.analyse()
    quarter.results_folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(quarter.results_folder / f"{name}.parquet", index=False)
    LOG.info("computed %s", ", ".join(f"{name} {len(t)}" for name, t in tables.items()))


def _carry_sample_mark(returns: Path, processed: Path) -> None:
    """Mark what was made from a sample as a sample, and nothing else."""
    (processed / SAMPLE_MARKER).unlink(missing_ok=True)
    if is_sample(returns):
        shutil.copyfile(returns / SAMPLE_MARKER, processed / SAMPLE_MARKER)


def _write_queries(run: _Run, tables: dict[str, pd.DataFrame]) -> None:
    quarter = run.quarter
    written = write_query_logs(
        tables["queries"], run.building / "queries", quarter.authorities, quarter.measures
    )
    for path in written if run.sample else ():
        path.rename(path.with_name(f"SAMPLE_{path.name}"))


def _publish_page(run: _Run, briefing: Briefing) -> None:
    run.progress.step(briefing.notebook)
    marks = run.marks(returns=briefing.uses == "returns")
    try:
        page = make_page(run.quarter, briefing, marks)
    except Exception as error:  # whatever a notebook raises, the rest appears
        LOG.error("%s failed:\n%s", briefing.notebook, traceback.format_exc())
        run.failed.append(briefing.title)
        page = _write_failure(briefing, error, marks)
    LOG.info("made %s", briefing.page)
    (run.building / briefing.page).write_text(page, encoding="utf-8", newline="\n")


def _write_failure(briefing: Briefing, error: Exception, marks: PageMarks) -> str:
    # A mistake that can be mended says how; anything else could quote a figure in its message.
    told = str(error) if isinstance(error, SlinbError) else type(error).__name__
    body = (
        f"<p>This briefing could not be made: {escape(told)}</p>"
        "<p>The other briefings of the quarter are complete. The run's log holds the details.</p>"
    )
    return page_html(body, f"{briefing.title}: not available", marks=marks)


def _publish_index(run: _Run, tables: dict[str, pd.DataFrame]) -> None:
    run.progress.step("index")
    links = [
        BriefingLink(b.title, b.page, b.summary, sample=run.sample and b.uses == "returns")
        for b in run.plan
    ]
    page = index_html(
        run.quarter.period,
        links,
        marks=run.marks(returns=True),
        findings=_find_headlines(run.quarter),
        summary=tables["summary"],
        submissions=tables["submissions"],
        failures=run.failed,
        quarters=_find_other_quarters(run.quarter),
    )
    (run.building / "index.html").write_text(page, encoding="utf-8", newline="\n")


def _find_headlines(quarter: Quarter) -> list[str]:
    """Return the region's messages of the quarter, in order."""
    messages = quarter.result("messages_quarterly")
    own = messages[messages["area"].eq(quarter.region.code) & messages["kind"].eq("message")]
    return [str(text) for text in own.sort_values("order")["text"]]


def _find_other_quarters(quarter: Quarter) -> list[QuarterLink]:
    """Return the other quarters that have been published, the latest first."""
    reports = quarter.workspace.reports(quarter.period.id).parent
    found = []
    for folder in reports.iterdir() if reports.is_dir() else ():
        if folder.name.startswith(".") or not (folder / "index.html").is_file():
            continue
        other = parse_quarter(folder.name)
        if other != quarter.period:
            found.append(other)
    return [QuarterLink(q.label, f"../{q.id}/index.html") for q in sorted(found, reverse=True)]


def _name_sources(quarter: Quarter) -> set[str]:
    rows = quarter.published[["publisher", "release"]].drop_duplicates()
    latest = rows.groupby("publisher")["release"].agg(lambda r: ", ".join(sorted(set(r))))
    return {f"{publisher}: {releases}." for publisher, releases in latest.items()}


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
