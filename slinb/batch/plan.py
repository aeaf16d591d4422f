"""The briefings of a quarter, read from ``plan.toml``."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml


class Briefing(CatalogueEntry):
    """One briefing: the notebook that makes it and the line that the index says of it.

    ``uses`` is "returns" where the quarter's own figures stand in it, else "published".
    """

    notebook: Slug
    title: Words
    summary: Words
    uses: Literal["published", "returns"]

    @property
    def page(self) -> str:
        """File name of the page: hyphens, because the name is read in an address bar."""
        return f"{self.notebook.replace('_', '-')}.html"


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
