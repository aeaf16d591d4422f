"""The briefings of a quarter, read from ``plan.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from slinb.catalogue.areas import Area
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.show.formats import decapitalise
from slinb.show.measure_links import measure_page_stem as name_domain_page


class Briefing(CatalogueEntry):
    """One briefing: the notebook that makes it and the line that the index says of it.

    ``uses`` is "returns" where the quarter's own figures stand in it, else "published".
    ``each`` is "authority" where every authority has a page of its own, "domain" where every
    domain of the catalogue has; ``readers`` is "authority" where a page goes to its authority
    alone. ``reads`` are the tables of the edition that its notebook reads, and ``own`` those of
    which it reads one authority's rows: when one of them changes the page is made again.
    ``tables`` are the tables that can be downloaded beside it; with ``deck`` its slides can be
    downloaded too. ``extracts`` are tables of which it reads no more than the rows that the page
    shows (:mod:`slinb.batch.extracts`).
    """

    notebook: Slug
    title: Words
    summary: Words
    uses: Literal["published", "returns"]
    each: Literal["", "authority", "domain"] = ""
    readers: Literal["all", "authority"] = "all"
    reads: tuple[Slug, ...] = ()
    own: tuple[Slug, ...] = ()
    extracts: tuple[Slug, ...] = ()
    tables: tuple[Slug, ...] = ()
    deck: bool = False

    @property
    def has_downloads(self) -> bool:
        """Whether files are offered beside it."""
        return bool(self.tables) or self.deck


@dataclass(frozen=True)
class Page:
    """One page of an edition: a briefing, or a briefing for one authority or one domain."""

    briefing: Briefing
    authority: Area | None = None
    domain: str = ""

    @property
    def title(self) -> str:
        """The heading of the page."""
        if self.authority is not None:
            return f"{self.authority.name}: {self.briefing.title.lower()}"
        if self.domain:
            return f"{self.briefing.title}: {decapitalise(self.domain)}"
        return self.briefing.title

    @property
    def stem(self) -> str:
        """Its file name without the ending."""
        stem = self.briefing.notebook.replace("_", "-")
        if self.authority is not None:
            return f"{stem}-{self.authority.slug}"
        return name_domain_page(self.domain) if self.domain else stem

    @property
    def parameters(self) -> dict[str, str]:
        """Parameters that its notebook takes beside quarter, region and edition."""
        if self.authority is not None:
            return {"authority": self.authority.name}
        return {"domain": self.domain} if self.domain else {}


def list_own_tables(briefings: Iterable[Briefing]) -> list[str]:
    """Return the tables of which some page reads one authority's rows only."""
    return sorted({name for briefing in briefings for name in briefing.own})


def list_pages(
    briefings: Iterable[Briefing], authorities: Sequence[Area], domains: Sequence[str]
) -> list[Page]:
    """Return the pages of briefings, in reading order."""
    pages: list[Page] = []
    for briefing in briefings:
        if briefing.each == "authority":
            pages += [Page(briefing, authority) for authority in authorities]
        elif briefing.each == "domain":
            pages += [Page(briefing, domain=domain) for domain in domains]
        else:
            pages.append(Page(briefing))
    return pages


@lru_cache(maxsize=1)
def load_plan() -> tuple[Briefing, ...]:
    """Return the briefings in reading order.

    Raises
    ------
    CatalogueError
        An entry of ``plan.toml`` is wrong.
    """
    source = files("slinb.batch") / "plan.toml"
    entries = read_toml(source).get("briefing", [])
    return tuple(build_entry(Briefing, raw, source.name) for raw in entries)


def find_page(stem: str, authorities: Sequence[Area], domains: Sequence[str]) -> Page:
    """Return the page of the plan that is written to files of this name.

    Raises
    ------
    KeyError
        There is none.
    """
    return {page.stem: page for page in list_pages(load_plan(), authorities, domains)}[stem]
