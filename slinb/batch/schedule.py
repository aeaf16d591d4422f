"""The plan of a quarter: collect, check, protect, compare, then every page of every edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from slinb.batch import page_steps, steps
from slinb.batch.digests import name_below
from slinb.batch.folders import (
    OWN,
    PREFIX,
    EditionName,
    QuarterFolders,
    building_folder,
)
from slinb.batch.graph import Graph, Need, Step, build_graph
from slinb.batch.plan import Briefing, Page, list_pages
from slinb.catalogue.areas import Area
from slinb.workspace import SAMPLE_MARKER

#: What each page's notebook and export run.
_PAGE_CODE = ("slinb.notebook", "slinb.show.notebook", "slinb.batch.brief")
#: Tables of checking that hold what is counted.
_COUNTED = ("accepted", "quarantined")
#: The step whose files go to the authorities with every edition.
QUERY_LISTS = "query lists"
#: Tables of the restricted edition that say what the public one shows.
_TOLD = ("suppression", "audit", "public")


@dataclass(frozen=True)
class Schedule:
    """The steps of a quarter.

    Parameters
    ----------
    graph : Graph
    pages : mapping of Page
        Which page each step makes, and of which edition.
    """

    graph: Graph
    pages: dict[str, tuple[EditionName, Page]]

    def list_pages(self, edition: EditionName) -> list[str]:
        """Return the names of the steps that make the pages of an edition."""
        return [name for name, (made_of, _) in self.pages.items() if made_of == edition]

    def list_steps(self, edition: EditionName) -> list[str]:
        """Return the names of the steps that an edition rests on."""
        waiting, found = self.list_pages(edition), set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [need.step for need in self.graph.steps[name].needs]
        return [name for name in self.graph.steps if name in found or name == QUERY_LISTS]

    def list_inputs(self, edition: EditionName) -> list[Path]:
        """Return every file and folder that an edition's steps read and none of them makes."""
        steps = (self.graph.steps[name] for name in self.list_steps(edition))
        return sorted({path for step in steps for path in step.files})


def schedule_quarter(
    folders: QuarterFolders,
    editions: Sequence[EditionName],
    briefings: Sequence[Briefing],
    authorities: Sequence[Area],
    domains: Sequence[str],
) -> Schedule:
    """Return the steps that make editions of a quarter.

    Parameters
    ----------
    folders : QuarterFolders
    editions : sequence of {"public", "restricted"}
    briefings : sequence of Briefing
        The briefings in reading order (:func:`slinb.batch.plan.load_plan`).
    authorities : sequence of Area
        The region's.
    domains : sequence of str
        The domains of the catalogue whose measures have pages.
    """
    made: list[Step] = list(_Planner(folders).plan_tables(editions))
    pages: dict[str, tuple[EditionName, Page]] = {}
    for edition in editions:
        chosen = [b for b in briefings if b.readers == "all" or edition == "restricted"]
        for page in list_pages(chosen, authorities, domains):
            *before, step = _Planner(folders).plan_page(edition, page)
            made += [*before, step]
            pages[step.name] = (edition, page)
    return Schedule(build_graph(made, folders.workspace.root), pages)


@dataclass(frozen=True)
class _Planner:
    """Names the files that each step reads and writes."""

    folders: QuarterFolders

    def plan_tables(self, editions: Sequence[EditionName]) -> Iterator[Step]:
        """Yield the steps from the returns to the tables of the editions."""
        quarter = self.folders
        official = quarter.workspace.published
        history = tuple(quarter.list_history())
        raw = (quarter.returns, quarter.workspace.audits(quarter.period.id), official)
        collected = self._below(quarter.folder / steps.COLLECTED, "*.parquet")
        yield self._step("collect", steps.collect, [collected], files=raw)
        checked = self._below(quarter.folder, "*.parquet")
        whole = (official, *history)
        yield self._step("check", steps.check, [checked], [Need("collect")], whole)
        queries = self._below(building_folder(quarter.letters), "queries/*")
        asked = Need("check", self._below(quarter.folder, "queries.parquet"))
        mark = (quarter.folder / SAMPLE_MARKER,)
        yield self._step(QUERY_LISTS, steps.write_query_lists, [queries], [asked], mark)
        before = quarter.before
        yield self._step(
            "protect",
            steps.protect,
            [self._below(quarter.protected, "**/*.parquet")],
            [Need("check", self._below(quarter.folder, f"{name}.parquet")) for name in _COUNTED],
            (*history, before.released),
        )
        yield self._step(
            "compare (public)",
            steps.compare_public,
            [
                self._below(folder, "**/*.parquet")
                for folder in (*quarter.tables("public"), quarter.publication, quarter.gate)
            ],
            [Need("check"), Need("protect")],
            (*whole, before.tables("public")[0] / "explain.parquet"),
        )
        if "restricted" not in editions:
            return
        own, told = quarter.tables("restricted")
        yield self._step(
            "compare (restricted)",
            steps.compare_restricted,
            [self._below(own, "**/*.parquet")],
            [Need("check")],
            (*whole, before.tables("restricted")[0] / "explain.parquet"),
        )
        yield self._step(
            "what others see",
            steps.tell_of_public,
            [self._below(told, "**/*.parquet")],
            [Need("protect"), Need("compare (public)", "*/comparison_quarterly.*", despite=True)],
        )

    def plan_page(self, edition: EditionName, page: Page) -> Iterator[Step]:
        """Yield the steps of a page, the page itself last."""
        briefing, stem = page.briefing, page.stem
        alone = briefing.readers == "authority"
        quarter = self.folders
        folder = building_folder(quarter.letters if alone else quarter.reports(edition))
        gate = [Need("compare (public)", self._below(quarter.gate, "*"))]
        needs = [*self._need_tables(edition, page), *(gate if edition == "public" else [])]
        if briefing.has_downloads:
            name = name_downloads_step(edition, page)
            files = self._below(folder / "downloads", f"{PREFIX[edition]}*{stem}[.-]*")
            read = briefing.reads if briefing.deck else briefing.tables
            tables = list(self._need_whole(edition, (*read, "sources")))
            yield self._step(
                name,
                page_steps.make_downloads,
                [files],
                [*tables, *(gate if edition == "public" else [])],
                (quarter.folder / SAMPLE_MARKER,),
                (edition, stem),
            )
            needs.append(Need(name, despite=True))
        yield self._step(
            f"{stem} ({edition})",
            page_steps.make_page,
            [self._below(folder, f"{PREFIX[edition]}{stem}.html")],
            needs,
            (
                quarter.workspace.notebooks / f"{briefing.notebook}.ipynb",
                quarter.folder / SAMPLE_MARKER,
            ),
            (edition, stem),
            _PAGE_CODE,
        )

    def _need_tables(self, edition: EditionName, page: Page) -> Iterator[Need]:
        briefing = page.briefing
        yield from self._need_whole(edition, (*briefing.reads, "sources"))
        if page.authority is not None:
            names = (f"{OWN}/{page.authority.slug}/{name}" for name in briefing.own)
            yield from self._need_whole(edition, tuple(names))

    def _need_whole(self, edition: EditionName, names: Sequence[str]) -> Iterator[Need]:
        """Yield what a page needs to read tables, each from the step that makes it."""
        places = self.folders.tables(edition)
        for name in names:
            told = edition == "restricted" and name.rpartition("/")[2] in _TOLD
            maker = "what others see" if told else f"compare ({edition})"
            yield Need(maker, self._below(places[told], f"{name}.parquet"))

    def _step(
        self,
        name: str,
        function: Callable[..., Any],
        outputs: Sequence[str],
        needs: Sequence[Need] = (),
        files: Sequence[Path] = (),
        arguments: tuple[Any, ...] = (),
        code: tuple[str, ...] = (),
    ) -> Step:
        quarter = self.folders
        given = (quarter.workspace.root, quarter.period.id, quarter.region.name, *arguments)
        return Step(name, function, given, tuple(outputs), tuple(needs), tuple(files), code)

    def _below(self, folder: Path, pattern: str) -> str:
        return f"{name_below(folder, self.folders.workspace.root)}/{pattern}"


def name_downloads_step(edition: EditionName, page: Page) -> str:
    """Return the name of the step that writes the downloads of a page."""
    return f"downloads of {page.stem} ({edition})"
