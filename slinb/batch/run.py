"""Run a quarter: collect, check, then make and publish the editions that are asked for.

An edition is built in a folder of its own beside the published one and takes its place only
when every page is there; a notebook that fails becomes a page that says so.
"""

from __future__ import annotations

import logging
import shutil
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from markupsafe import escape

from slinb.batch.brief import make_page
from slinb.batch.edition import Edition, EditionName
from slinb.batch.plan import Briefing, load_plan
from slinb.batch.progress import Progress
from slinb.batch.publish import building_folder, publish
from slinb.batch.quarter import Quarter, load_published, parse_quarter
from slinb.batch.releases import PUBLICATION, write_publication
from slinb.check import check_quarter, write_query_logs
from slinb.collect.population import find_population
from slinb.collect.returns import SAMPLE_MARKER, is_sample, read_returns
from slinb.errors import DisclosureError, ParameterError, SlinbError
from slinb.show.index import BriefingLink, QuarterLink, index_html
from slinb.show.page import PageMarks, page_html

LOG = logging.getLogger("slinb")
#: What a page says of its readers.
_READERS: dict[EditionName, str] = {
    "public": "Public edition: small numbers are suppressed",
    "restricted": "Restricted: for the directors' group, with small numbers, not for publication",
}
#: What follows the quarter in the name of each folder of reports.
_SUFFIX: dict[EditionName, str] = {"public": "", "restricted": "-restricted"}
_TO_AUTHORITIES = "-to-authorities"
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
class _Build:
    """An edition at work: what it is, where it is built and what has failed so far."""

    quarter: Quarter
    edition: Edition
    progress: Progress
    folder: Path
    plan: tuple[Briefing, ...]
    failed: list[str] = field(default_factory=list)

    def marks(self, *, returns: bool) -> PageMarks:
        return PageMarks(
            region=self.quarter.region.name,
            quarter=self.quarter.period.label if returns else _PUBLISHED,
            edition=_READERS[self.edition.name],
            sample=self.edition.sample and returns,
            sources=tuple(sorted(_name_sources(self.quarter))),
            index=f"{self.edition.prefix}index.html",
        )

    def write(self, name: str, page: str) -> None:
        path = self.folder / f"{self.edition.prefix}{name}"
        path.write_text(page, encoding="utf-8", newline="\n")


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
    SlinbError
        The published pack cannot be read: there is nothing to compare with. A bad return
        never raises; it stands in the query log.
    """
    _refuse_other_region(quarter)
    quarter.folder.mkdir(parents=True, exist_ok=True)
    log = quarter.folder / "run.log"
    plan = load_plan()
    steps = 2 + len(editions) * (len(plan) + 2)
    failed: list[str] = []
    with _log_to(log), Progress(steps, quiet=quiet) as progress:
        tables = collect_and_check(quarter, progress)
        _publish_queries(quarter, tables)
        for name in editions:
            failed += _run_edition(quarter, name, plan, progress)
    first = quarter.edition(editions[0])
    folder = quarter.workspace.reports(quarter.period.id, _SUFFIX[first.name])
    return RunResult(folder / f"{first.prefix}index.html", log, tuple(failed))


def _run_edition(
    quarter: Quarter, name: EditionName, plan: tuple[Briefing, ...], progress: Progress
) -> list[str]:
    """Make and publish one edition; return what of it failed."""
    try:
        store_results(quarter, name, progress)
    except DisclosureError as error:
        LOG.error("the %s edition was not made: %s", name, error)
        return [f"the {name} edition ({error})"]
    reports = quarter.workspace.reports(quarter.period.id, _SUFFIX[name])
    build = _Build(quarter, quarter.edition(name), progress, building_folder(reports), plan)
    for briefing in plan:
        _publish_page(build, briefing)
    _publish_index(build)
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
    reports = quarter.workspace.reports(quarter.period.id, _TO_AUTHORITIES)
    building = building_folder(reports)
    written = write_query_logs(
        tables["queries"], building / "queries", quarter.authorities, quarter.measures
    )
    mark = "SAMPLE_" if quarter.sample else ""
    for path in written:
        path.rename(path.with_name(f"RESTRICTED_{mark}{path.name}"))
    _publish_folder(building, reports)


def _publish_page(build: _Build, briefing: Briefing) -> None:
    build.progress.step(briefing.notebook)
    marks = build.marks(returns=briefing.uses == "returns")
    try:
        page = make_page(build.quarter, build.edition, briefing, marks)
    except Exception as error:  # whatever a notebook raises, the rest appears
        LOG.error("%s failed:\n%s", briefing.notebook, traceback.format_exc())
        build.failed.append(briefing.title)
        page = _write_failure(briefing, error, marks)
    LOG.info("made %s", briefing.page)
    build.write(briefing.page, page)


def _write_failure(briefing: Briefing, error: Exception, marks: PageMarks) -> str:
    # A mistake that can be mended says how; anything else could quote a figure in its message.
    told = str(error) if isinstance(error, SlinbError) else type(error).__name__
    body = (
        f"<p>This briefing could not be made: {escape(told)}</p>"
        "<p>The other briefings of the quarter are complete. The run's log holds the details.</p>"
    )
    return page_html(body, f"{briefing.title}: not available", marks=marks)


def _publish_index(build: _Build) -> None:
    edition = build.edition
    build.progress.step("index")
    links = [
        BriefingLink(
            b.title,
            f"{edition.prefix}{b.page}",
            b.summary,
            sample=edition.sample and b.uses == "returns",
        )
        for b in build.plan
    ]
    page = index_html(
        edition.period,
        links,
        marks=build.marks(returns=True),
        findings=_find_headlines(edition),
        summary=edition.result("summary"),
        submissions=edition.result("submissions"),
        failures=build.failed,
        quarters=_find_other_quarters(build),
    )
    build.write("index.html", page)


def _find_headlines(edition: Edition) -> list[str]:
    """Return the region's messages of the quarter, in order."""
    messages = edition.result("messages_quarterly")
    own = messages[messages["area"].eq(edition.region.code) & messages["kind"].eq("message")]
    return [str(text) for text in own.sort_values("order")["text"]]


def _find_other_quarters(build: _Build) -> list[QuarterLink]:
    """Return the other quarters of which this edition has been published, the latest first."""
    suffix, index = _SUFFIX[build.edition.name], f"{build.edition.prefix}index.html"
    reports = build.quarter.workspace.reports(build.quarter.period.id).parent
    found = []
    for page in reports.glob(f"*{suffix}/{index}"):
        name = page.parent.name.removesuffix(suffix)
        if not name.startswith(".") and _is_quarter(name):
            found.append(parse_quarter(name))
    others = sorted(set(found) - {build.quarter.period}, reverse=True)
    return [QuarterLink(q.label, f"../{q.id}{suffix}/{index}") for q in others]


def _is_quarter(name: str) -> bool:
    try:
        parse_quarter(name)
    except (ValueError, SlinbError):
        return False
    return True


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
