"""An edition at work: its pages and downloads, each let through by the gate or named as refused."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from markupsafe import escape

from slinb.batch.brief import Order, make_page
from slinb.batch.edition import Edition, EditionName
from slinb.batch.plan import Page
from slinb.batch.pool import Outcome, Pool, Task
from slinb.batch.progress import Progress
from slinb.batch.quarter import Quarter, parse_quarter
from slinb.errors import SlinbError
from slinb.gate.folder import Gate
from slinb.show.download_files import downloads_html, list_downloads, write_downloads
from slinb.show.downloads import briefing_downloads
from slinb.show.index import BriefingLink, QuarterLink, index_html
from slinb.show.page import PageMarks, page_html

LOG = logging.getLogger("slinb")
#: What a page says of its readers.
READERS: dict[EditionName, str] = {
    "public": "Public edition: small numbers are suppressed",
    "restricted": "Restricted: for the directors' group, with small numbers, not for publication",
}
#: What follows the quarter in the name of each folder of reports.
SUFFIX: dict[EditionName, str] = {"public": "", "restricted": "-restricted"}
TO_AUTHORITIES = "-to-authorities"
_ONE_READER = "Restricted: for this authority only, not for publication"
#: What a page of official figures says in place of a quarter: each measure has its own year.
_PUBLISHED = "Latest official figures"
#: Where a page has its links to downloads, which are written while its notebook runs.
_LINKS_HERE = "<!-- downloads -->"
_REFUSED = (
    "The last check before publication found a protected number in it. The run's log names the "
    "place, not the number."
)


@dataclass
class Build:
    """One edition of a quarter while it is made.

    Parameters
    ----------
    quarter : Quarter
    edition : Edition
    folder : Path
        Where its files are written; nobody reads it before it is published.
    letters : Path
        Where a page goes that is for one authority alone.
    gate : Gate or None
        Reads every finished file of the public edition; None for the restricted one.
    failed : list of str
        Titles of what could not be made, or was refused.
    """

    quarter: Quarter
    edition: Edition
    folder: Path
    letters: Path
    gate: Gate | None
    pages: list[Page] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def add_pages(self, pages: Sequence[Page], workers: Pool, progress: Progress) -> None:
        """Make pages with their downloads; whatever goes wrong with one, the rest appears."""
        for page in pages:
            workers.submit(Task(page.stem, make_page, (self._order(page),)))
        # The downloads are written while the workers are at the notebooks.
        links = {page.stem: self._try_downloads(page) for page in pages}
        by_name = {page.stem: page for page in pages}
        while outcome := workers.collect():
            progress.step(outcome.name)
            self._add_page(by_name[outcome.name], outcome, links[outcome.name])
        self.pages += [page for page in pages if page.briefing.readers == "all"]

    def _order(self, page: Page) -> Order:
        workspace, edition = self.quarter.workspace, self.edition
        return Order(
            home=workspace.root,
            notebook=workspace.notebooks / f"{page.briefing.notebook}.ipynb",
            executed=self.quarter.folder / "notebooks" / edition.name / f"{page.stem}.ipynb",
            parameters={
                "quarter": edition.period.id,
                "region": edition.region.name,
                "edition": edition.name,
                **page.parameters,
            },
            title=page.title,
            lead=page.briefing.summary,
            tail=_LINKS_HERE,
            marks=self._mark(page),
        )

    def _add_page(self, page: Page, outcome: Outcome, links: str) -> None:
        alone = page.briefing.readers == "authority"
        made = str(outcome.value).replace(_LINKS_HERE, links)
        if outcome.failure:
            LOG.error("%s failed:\n%s", page.stem, outcome.failure.traceback)
            made = self._fail(page.title, outcome.failure.told, self._mark(page))
        self._write(self.letters if alone else self.folder, f"{page.stem}.html", page.title, made)

    def add_index(self) -> None:
        """Make the index of everything added."""
        edition = self.edition
        links = [
            BriefingLink(
                page.title if page.authority is None else page.authority.name,
                f"{edition.prefix}{page.stem}.html",
                page.briefing.summary if page.authority is None else "",
                group="Briefings" if page.authority is None else "Each authority",
                sample=edition.sample and page.briefing.uses == "returns",
            )
            for page in self.pages
        ]
        made = index_html(
            edition.period,
            links,
            marks=self._mark(),
            findings=_find_headlines(edition),
            summary=edition.result("summary"),
            submissions=edition.result("submissions"),
            failures=self.failed,
            quarters=self._find_other_quarters(),
        )
        self._write(self.folder, "index.html", "Index", made)

    def _mark(self, page: Page | None = None) -> PageMarks:
        returns = page is None or page.briefing.uses == "returns"
        alone = page is not None and page.briefing.readers == "authority"
        return PageMarks(
            region=self.edition.region.name,
            quarter=self.edition.period.label if returns else _PUBLISHED,
            edition=_ONE_READER if alone else READERS[self.edition.name],
            sample=self.edition.sample and returns,
            sources=tuple(sorted(_name_sources(self.quarter))),
            index="" if alone else f"{self.edition.prefix}index.html",
        )

    def _try_downloads(self, page: Page) -> str:
        """Write the downloads of a page; without them the page still appears."""
        try:
            return self._add_downloads(page)
        except Exception:  # whatever a table holds that nobody thought of
            LOG.exception("the downloads of %s failed", page.stem)
            self.failed.append(f"downloads of {page.title}")
            return ""

    def _add_downloads(self, page: Page) -> str:
        """Write the downloads of a page and return the links to those that were let through."""
        if not page.briefing.tables:
            return ""
        tables = {name: self.edition.result(name) for name in page.briefing.tables}
        sheets = briefing_downloads(
            tables, self.edition.measures, self.edition.areas, edition=self.edition.name
        )
        returns = page.briefing.uses == "returns"
        mark = "SAMPLE_" if self.edition.sample and returns else ""
        written = write_downloads(
            self.folder / "downloads",
            f"{self.edition.prefix}{mark}{page.stem}",
            sheets,
            title=page.title,
            marks=self._mark(page),
            stamp=self.edition.period.end,
        )
        kept = [path for path in written if self._let_through(path.name, path.read_bytes())]
        for path in set(written) - set(kept):
            path.unlink()
            self.failed.append(f"download {path.name}")
        return str(downloads_html(list_downloads(kept, base=self.folder)))

    def _write(self, folder: Path, name: str, title: str, made: str) -> None:
        name = f"{self.edition.prefix}{name}"
        if not self._let_through(name, made.encode("utf-8")):
            made = self._fail(title, _REFUSED, self._mark())
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(made, encoding="utf-8", newline="\n")
        LOG.info("made %s", name)

    def _let_through(self, name: str, content: bytes) -> bool:
        leaks = self.gate.find_leaks(name, content) if self.gate else []
        for leak in leaks:
            LOG.error("the gate refused %s: %s", name, leak)
        return not leaks

    def _fail(self, title: str, told: str, marks: PageMarks) -> str:
        self.failed.append(title)
        body = (
            f"<p>This briefing could not be made: {escape(told)}</p><p>The other briefings of "
            "the quarter are complete. The run's log holds the details.</p>"
        )
        return page_html(body, f"{title}: not available", marks=marks)

    def _find_other_quarters(self) -> Sequence[QuarterLink]:
        """Return the other quarters of which this edition was published, the latest first."""
        suffix, index = SUFFIX[self.edition.name], f"{self.edition.prefix}index.html"
        reports = self.quarter.workspace.reports(self.edition.period.id).parent
        names = {p.parent.name.removesuffix(suffix) for p in reports.glob(f"*{suffix}/{index}")}
        others = {parse_quarter(name) for name in names if _is_quarter(name)}
        return [
            QuarterLink(q.label, f"../{q.id}{suffix}/{index}")
            for q in sorted(others - {self.edition.period}, reverse=True)
        ]


def _is_quarter(name: str) -> bool:
    try:
        parse_quarter(name)
    except (ValueError, SlinbError):
        return False
    return True


def _find_headlines(edition: Edition) -> list[str]:
    """Return the region's messages of the quarter, in order."""
    messages = edition.result("messages_quarterly")
    own = messages[messages["area"].eq(edition.region.code) & messages["kind"].eq("message")]
    return [str(text) for text in own.sort_values("order")["text"]]


def _name_sources(quarter: Quarter) -> set[str]:
    rows = quarter.published[["publisher", "release"]].drop_duplicates()
    latest = rows.groupby("publisher")["release"].agg(lambda r: ", ".join(sorted(set(r))))
    return {f"{publisher}: {releases}." for publisher, releases in latest.items()}
