"""Finish an edition: what failed says so, the index names everything, the manifest seals it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from slinb.batch.digests import name_below
from slinb.batch.folders import (
    EDITIONS,
    PREFIX,
    SUFFIX,
    QuarterFolders,
    building_folder,
)
from slinb.batch.graph import Result
from slinb.batch.manifest import write_manifest
from slinb.batch.page_steps import mark_page, pass_gate
from slinb.batch.parts import EditionName
from slinb.batch.plan import Page
from slinb.batch.schedule import Schedule, name_downloads_step
from slinb.catalogue.periods import Period
from slinb.errors import DisclosureError

if TYPE_CHECKING:
    from slinb.batch.edition import Edition
    from slinb.show.index import QuarterLink
    from slinb.show.page import PageMarks

LOG = logging.getLogger("slinb")
LOST = ("failed", "skipped")


@dataclass(frozen=True)
class Finish:
    """An edition whose steps have ended.

    Parameters
    ----------
    folders : QuarterFolders
    edition : Edition
    schedule : Schedule
    results : mapping of Result
        What became of each step.
    refused : list of str
        Titles of pages made here that the gate refused.
    """

    folders: QuarterFolders
    edition: Edition
    schedule: Schedule
    results: Mapping[str, Result]
    refused: list[str] = field(default_factory=list)

    @property
    def pages(self) -> list[tuple[Page, Result]]:
        """The pages of the edition, and what became of each."""
        names = self.schedule.list_pages(self.edition.name)
        return [(self.schedule.pages[name][1], self.results[name]) for name in names]

    @property
    def failed(self) -> list[str]:
        """Titles of what could not be made, or was refused."""
        lost = []
        for page, result in self.pages:
            files = self.results.get(name_downloads_step(self.edition.name, page))
            lost += [page.title] if result.state in LOST else []
            lost += [f"downloads of {page.title}"] if files and files.state in LOST else []
        return lost + self.refused

    def write(self) -> None:
        """Write the pages that are missing, and the index."""
        for page, result in self.pages:
            if result.state in LOST:
                self._write_failure(page, result)
        self._write_statement()
        self._write_index()

    def _write_failure(self, page: Page, result: Result) -> None:
        told = result.failure.told if result.failure else result.reason
        marks = mark_page(self.edition, page)
        made = _fail_page(page.title, told, marks)
        if self.edition.public:
            try:
                pass_gate(self.folders, [(f"{page.stem}.html", made.encode("utf-8"))])
            except DisclosureError:  # a message may quote what was sent
                kind = result.failure.kind if result.failure else "an earlier step failed"
                made = _fail_page(page.title, kind, marks)
        alone = page.briefing.readers == "authority"
        folder = self.folders.letters if alone else self.folders.reports(self.edition.name)
        _write_text(building_folder(folder) / f"{self.edition.prefix}{page.stem}.html", made)

    def _write_index(self) -> None:
        from slinb.show.index import BriefingLink, index_html
        from slinb.show.index_state import INDEX_TABLES, IndexState

        edition = self.edition
        groups = {"": "Briefings", "authority": "Each authority", "domain": "What each measure is"}
        links = [
            BriefingLink(
                page.authority.name if page.authority else page.domain or page.title,
                f"{edition.prefix}{page.stem}.html",
                "" if page.briefing.each else page.briefing.summary,
                group=groups[page.briefing.each],
                sample=edition.sample and page.briefing.uses == "returns",
            )
            for page, _ in self.pages
            if page.briefing.readers == "all"
        ]
        made = index_html(
            edition.period,
            links,
            marks=mark_page(edition),
            findings=_find_headlines(edition),
            summary=edition.result("summary"),
            submissions=edition.result("submissions"),
            failures=self.failed,
            quarters=self._link_quarters(),
            state=IndexState(
                {name: edition.result(name) for name in INDEX_TABLES},
                edition.measures,
                edition.authorities,
                edition.region,
                edition.prefix,
            ),
        )
        self._write("index", "Index", made)

    def _write_statement(self) -> None:
        from slinb.show.accessibility import accessibility_html

        edition = self.edition
        made = accessibility_html(mark_page(edition), prefix=edition.prefix)
        self._write("accessibility", "Accessibility", made)

    def _write(self, stem: str, title: str, made: str) -> None:
        """Write a page that no step makes, if the gate lets it through."""
        edition = self.edition
        if edition.public:
            try:
                pass_gate(self.folders, [(f"{stem}.html", made.encode("utf-8"))])
            except DisclosureError as error:
                LOG.error("%s was refused: %s", stem, "; ".join(error.__notes__))
                self.refused.append(title)
                made = _fail_page(title, str(error), mark_page(edition))
        folder = building_folder(self.folders.reports(edition.name))
        _write_text(folder / f"{edition.prefix}{stem}.html", made)

    def _link_quarters(self) -> Sequence[QuarterLink]:
        from slinb.show.index import QuarterLink

        index, suffix = f"{self.edition.prefix}index.html", SUFFIX[self.edition.name]
        return [
            QuarterLink(q.label, f"../{q.id}{suffix}/{index}")
            for q in list_other_quarters(self.folders, self.edition.name)
        ]


def list_other_quarters(folders: QuarterFolders, edition: EditionName) -> list[Period]:
    """Return the other quarters of which an edition was published, the latest first."""
    suffix, index = SUFFIX[edition], f"{PREFIX[edition]}index.html"
    reports = folders.reports(edition).parent
    names = {p.parent.name.removesuffix(suffix) for p in reports.glob(f"[!.]*{suffix}/{index}")}
    found = {period for name in names if (period := _parse(name)) is not None}
    return sorted(found - {folders.period}, reverse=True)


def seal(
    folders: QuarterFolders,
    schedule: Schedule,
    results: Mapping[str, Result],
    edition: EditionName,
    folder: Path,
) -> None:
    """Write the manifest of a built folder.

    Parameters
    ----------
    folders : QuarterFolders
    schedule : Schedule
    results : mapping of Result
    edition : {"public", "restricted"}
        Whose steps made it.
    folder : Path
        The folder whose place it takes.
    """
    steps = set(schedule.list_steps(edition))
    inputs = schedule.list_inputs(edition)
    if folder == folders.reports("public"):  # names and digests of returns are not for the public
        safe = (folders.workspace.published, folders.workspace.notebooks)
        inputs = [p for p in inputs if any(p.is_relative_to(place) for place in safe)]
    write_manifest(
        building_folder(folder),
        folders.workspace.root,
        prefix="" if folder == folders.reports("public") else PREFIX["restricted"],
        parameters=describe_run(folders, edition),
        inputs=inputs,
        results=[result for name, result in results.items() if name in steps],
    )


def describe_run(folders: QuarterFolders, edition: EditionName) -> dict[str, object]:
    """Return what an edition was asked for with, as its manifest states it."""
    others = list_other_quarters(folders, edition)
    return {
        "quarter": folders.period.id,
        "region": folders.region.name,
        "edition": edition,
        "other quarters": [quarter.id for quarter in others],
    }


def keep_letters(folders: QuarterFolders, pattern: str) -> None:
    """Carry over from the authorities' folder what this run was not to make, or could not."""
    building = building_folder(folders.letters)
    for path in folders.letters.glob(pattern):
        place = building / path.relative_to(folders.letters)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def drop_unclaimed(folders: QuarterFolders, results: Mapping[str, Result]) -> None:
    """Remove from the built folders what no step that ended well says it wrote."""
    claimed = {name for result in results.values() for name in result.outputs}
    for folder in (folders.letters, *(folders.reports(edition) for edition in EDITIONS)):
        for path in sorted(building_folder(folder).rglob("*")):
            if path.is_file() and name_below(path, folders.workspace.root) not in claimed:
                path.unlink()


def _fail_page(title: str, told: str, marks: PageMarks) -> str:
    from markupsafe import escape

    from slinb.show.page import page_html

    body = (
        f"<p>This briefing could not be made: {escape(told)}</p><p>The other briefings of "
        "the quarter are complete. The run's log holds the details.</p>"
    )
    return page_html(body, f"{title}: not available", marks=marks)


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _parse(name: str) -> Period | None:
    try:
        period = Period.parse(name)
    except ValueError:
        return None
    return period if period.kind == "quarter" else None


def _find_headlines(edition: Edition) -> list[str]:
    """Return the region's messages of the quarter, in order."""
    messages = edition.result("messages_quarterly")
    own = messages[messages["area"].eq(edition.region.code) & messages["kind"].eq("message")]
    return [str(text) for text in own.sort_values("order")["text"]]
