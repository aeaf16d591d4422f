"""The plan of a quarter: collect, check, protect, compare, then every page of every edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from slinb.batch import page_steps, steps
from slinb.batch.digests import name_below
from slinb.batch.folders import (
    OWN,
    PREFIX,
    QuarterFolders,
    building_folder,
)
from slinb.batch.graph import Graph, Need, Step, build_graph
from slinb.batch.parts import (
    COMPARED,
    COUNTED,
    EXTRACTED,
    STATED,
    TRIANGLE,
    EditionName,
    Part,
    find_part,
)
from slinb.batch.plan import Briefing, Page, list_pages
from slinb.catalogue.areas import Area
from slinb.collect.inbox import list_returns, name_reading
from slinb.workspace import SAMPLE_MARKER

#: What each page's notebook and export run.
_PAGE_CODE = ("slinb.notebook", "slinb.show.notebook", "slinb.batch.brief")
#: Tables of collecting and checking that an edition tells of.
_CAME = ("submissions", "queries", "summary", "superseded")
#: How the name of a step begins that reads one return.
READING = "read return "
_POPULATIONS = "populations"
#: The step that says what no public file may show.
GATE = "gate (public)"
#: The step whose files go to the authorities with every edition.
QUERY_LISTS = "query lists"


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
        """Return the names of the steps that an edition rests on.

        Those that read one return each are left out: their names are those of the files, which
        no manifest of the public edition may tell. What they read is an input of collecting.
        """
        waiting, found = self.list_pages(edition), set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += [need.step for need in self.graph.steps[name].needs]
        kept = {name for name in found if not name.startswith(READING)} | {QUERY_LISTS}
        return [name for name in self.graph.steps if name in kept]

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
        yield from self._plan_collecting()
        checked = [
            self._below(quarter.folder, "*.parquet"),
            *(self._below(quarter.counted(f.name), "*.parquet") for f in quarter.families),
        ]
        whole = (official, *history)
        yield self._step("check", steps.check, checked, [Need("collect")], whole)
        queries = self._below(building_folder(quarter.letters), "queries/*")
        asked = Need("check", self._below(quarter.folder, "queries.parquet"))
        mark = (quarter.folder / SAMPLE_MARKER,)
        yield self._step(QUERY_LISTS, steps.write_query_lists, [queries], [asked], mark)
        yield from self._plan_protection()
        for edition in editions:
            yield from self._plan_edition(edition)
        if "public" not in editions:  # the other one tells what of it the public would see
            wanted = name_part("public", "returns")
            yield from (step for step in self._plan_edition("public") if step.name == wanted)

    def _plan_collecting(self) -> Iterator[Step]:
        """Yield a step for each file of returns, and what puts them together."""
        quarter = self.folders
        audits = quarter.workspace.audits(quarter.period.id)
        population = Need(_POPULATIONS, self._below(quarter.read, f"{steps.POPULATION}.parquet"))
        read = [
            self._step(
                _POPULATIONS,
                steps.find_populations,
                [self._below(quarter.read, "*.parquet")],
                files=(quarter.workspace.published,),
            ),
            self._step(
                "read audits",
                steps.read_audits,
                [self._below(quarter.read / steps.AUDITS, "*.parquet")],
                files=(audits,),
            ),
        ]
        for path in list_returns(quarter.returns)[0]:
            made = [self._below(quarter.read / name_reading(path.name), "*.parquet")]
            name, given = name_reading_step(path), (path.name,)
            read.append(self._step(name, steps.read_file, made, [population], (path,), given))
        collected = self._below(quarter.folder / steps.COLLECTED, "*.parquet")
        # What could not be read fails there, with words for people.
        needs = [Need(step.name, despite=step.name.startswith(READING)) for step in read]
        yield from read
        yield self._step("collect", steps.collect, [collected], needs, (quarter.returns, audits))

    def _plan_protection(self) -> Iterator[Step]:
        quarter = self.folders
        # Whatever travels of the quarter before, its mark goes with it: made up or not.
        mark = quarter.before.folder / SAMPLE_MARKER
        before = (*quarter.list_history(), quarter.before.released, mark)
        parts = []
        for family in quarter.families:
            counted = Need("check", self._below(quarter.counted(family.name), "*.parquet"))
            name, made = f"protect {family.name}", quarter.family(family.name)
            files = [self._below(made, "**/*.parquet")]
            yield self._step(name, steps.protect_family, files, [counted], before, (family.name,))
            parts.append(Need(name))
        whole = self._below(quarter.protected, "**/*.parquet")
        yield self._step("protect", steps.protect, [whole], parts, before)

    def _plan_edition(self, edition: EditionName) -> Iterator[Step]:
        """Yield the steps of an edition's tables, and of what it tells of the public one."""
        quarter, public = self.folders, edition == "public"
        history, official = tuple(quarter.list_history()), quarter.workspace.published
        mark = quarter.before.folder / SAMPLE_MARKER
        before = (official, *history, quarter.before.find_table(edition, "explain"), mark)
        counted = [Need("check", self._below(quarter.folder, f"{n}.parquet")) for n in COUNTED]
        points = [Need("protect")] if public else counted
        came = [Need("check", self._below(quarter.folder, f"{name}.parquet")) for name in _CAME]
        compared = [self._need_compared(edition, name) for name in COMPARED]
        whole = (official, *history)
        dives = [Need("check", self._below(quarter.folder, "dive_*.parquet"))]
        audits = [Need("check", self._below(quarter.folder, "audit_*.parquet"))]
        yield self._close(edition, points, whole)
        closing = self._below(quarter.part(edition, "closing"), f"{steps.POINTS}.parquet")
        beside = [Need(name_part(edition, "closing"), closing)]
        yield self._part(edition, "official", beside, (official,))
        yield self._part(edition, "returns", [*points, *came], before)
        yield self._extract(edition)
        yield self._part(edition, "dives", dives, (official,))
        yield self._part(edition, "audits", [*audits, *compared], history)
        if public:
            gate = [self._below(folder, "*") for folder in (quarter.publication, quarter.gate)]
            needs = [*counted, Need("protect")]
            needs += [self._need_table("public", name) for name in STATED]
            yield self._step(GATE, steps.shut_gate, gate, needs, whole)
        else:
            told = [self._below(quarter.part(edition, "told"), "**/*.parquet")]
            shown = replace(self._need_table("public", "comparison_quarterly"), despite=True)
            yield self._step(
                "what others see", steps.tell_of_public, told, [Need("protect"), shown]
            )

    def _part(
        self, edition: EditionName, part: Part, needs: Sequence[Need], files: Sequence[Path]
    ) -> Step:
        made = [self._below(self.folders.part(edition, part), "**/*.parquet")]
        name = name_part(edition, part)
        return self._step(name, steps.analyse_part, made, needs, files, (edition, part))

    def _close(self, edition: EditionName, points: Sequence[Need], files: Sequence[Path]) -> Step:
        made = [self._below(self.folders.part(edition, "closing"), "*.parquet")]
        name = name_part(edition, "closing")
        return self._step(name, steps.take_closing, made, points, files, (edition,))

    def _extract(self, edition: EditionName) -> Step:
        made = [self._below(self.folders.part(edition, "extracts"), "**/*.parquet")]
        needs = [self._need_table(edition, name) for name in EXTRACTED]
        name = name_part(edition, "extracts")
        return self._step(name, steps.extract_rows, made, needs, arguments=(edition,))

    def _need_compared(self, edition: EditionName, name: str) -> Need:
        """Return what the triangle needs of a table; official figures stand still in a quarter."""
        if find_part(edition, name) == "official":
            return self._need_table(edition, name)
        return self._need_extract(edition, TRIANGLE, name)

    def plan_page(self, edition: EditionName, page: Page) -> Iterator[Step]:
        """Yield the steps of a page, the page itself last."""
        briefing, stem = page.briefing, page.stem
        alone = briefing.readers == "authority"
        quarter = self.folders
        folder = building_folder(quarter.letters if alone else quarter.reports(edition))
        gate = [Need(GATE, self._below(quarter.gate, "*"))]
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
        for name in briefing.extracts:
            yield self._need_extract(edition, page.stem, name)
        if page.authority is not None:
            names = (f"{OWN}/{page.authority.slug}/{name}" for name in briefing.own)
            yield from self._need_whole(edition, tuple(names))

    def _need_whole(self, edition: EditionName, names: Sequence[str]) -> Iterator[Need]:
        """Yield what a page needs to read tables, each from the step that makes it."""
        for name in names:
            yield self._need_table(edition, name)

    def _need_table(self, edition: EditionName, name: str) -> Need:
        """Return what a step needs to read a table; of an authority's rows "of/luton/trends"."""
        part = find_part(edition, name.rpartition("/")[2])
        maker = "what others see" if part == "told" else name_part(edition, part)
        return Need(maker, self._below(self.folders.part(edition, part), f"{name}.parquet"))

    def _need_extract(self, edition: EditionName, reader: str, name: str) -> Need:
        """Return what a step needs to read the rows of a table that one reader shows."""
        folder = self.folders.part(edition, "extracts") / OWN / reader
        return Need(name_part(edition, "extracts"), self._below(folder, f"{name}.parquet"))

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


def name_reading_step(path: Path) -> str:
    """Return the name of the step that reads a return: that of its file, in signs for a log."""
    name = path.name.encode("utf-8", "replace").decode("utf-8")
    plain = "".join(c if c.isprintable() else "?" for c in name)
    return f"{READING}{plain if plain == path.name else name_reading(path.name)}"


def name_part(edition: EditionName, part: Part) -> str:
    """Return the name of the step that makes a part of an edition's tables."""
    return f"{part} ({edition})"


def list_essential(edition: EditionName) -> list[str]:
    """Return the names of the steps without which there is no index, and so no edition."""
    parts: tuple[Part, ...] = ("closing", "official", "returns")
    names = [name_part(edition, part) for part in parts]
    return [*names, GATE] if edition == "public" else names


def name_downloads_step(edition: EditionName, page: Page) -> str:
    """Return the name of the step that writes the downloads of a page."""
    return f"downloads of {page.stem} ({edition})"
