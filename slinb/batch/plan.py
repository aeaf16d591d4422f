"""The briefings of a quarter, read from ``plan.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from slinb.catalogue.areas import Area
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml


class Briefing(CatalogueEntry):
    """One briefing: the notebook that makes it and the line that the index says of it.

    ``uses`` is "returns" where the quarter's own figures stand in it, else "published".
    ``each`` is "authority" where every authority has a page of its own; ``readers`` is
    "authority" where that page goes to that authority alone. ``tables`` are the tables of the
    edition that can be downloaded beside it.
    """

    notebook: Slug
    title: Words
    summary: Words
    uses: Literal["published", "returns"]
    each: Literal["", "authority"] = ""
    readers: Literal["all", "authority"] = "all"
    tables: tuple[Slug, ...] = ()


@dataclass(frozen=True)
class Page:
    """One page of an edition: a briefing, or a briefing for one authority."""

    briefing: Briefing
    authority: Area | None = None

    @property
    def title(self) -> str:
        """The heading of the page."""
        if self.authority is None:
            return self.briefing.title
        return f"{self.authority.name}: {self.briefing.title.lower()}"

    @property
    def stem(self) -> str:
        """Its file name without the ending."""
        stem = self.briefing.notebook.replace("_", "-")
        return f"{stem}-{self.authority.slug}" if self.authority else stem

    @property
    def parameters(self) -> dict[str, str]:
        """Parameters that its notebook takes beside quarter, region and edition."""
        return {"authority": self.authority.name} if self.authority else {}


def list_pages(briefings: Iterable[Briefing], authorities: Sequence[Area]) -> list[Page]:
    """Return the pages of briefings, in reading order."""
    return [
        Page(briefing, authority)
        for briefing in briefings
        for authority in (authorities if briefing.each else (None,))
    ]


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
