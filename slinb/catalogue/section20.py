"""The Section 20 deep dive as data: categories in order, groups, lines, facts of law."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import Field

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml


class Group(CatalogueEntry):
    """Categories of a breakdown that are drawn together, under the breakdown ``name``."""

    breakdown: Words
    name: Words
    parts: dict[str, tuple[str, ...]]
    rest: Words

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups in order, what no part names last."""
        return (*self.parts, self.rest)

    def find(self, category: str) -> str:
        """Return the group of a category."""
        found = (label for label, parts in self.parts.items() if category in parts)
        return next(found, self.rest)


class Line(CatalogueEntry):
    """One figure of the deep dive that is compared and spoken of."""

    id: Slug
    measure: str
    item: str
    window: str
    population: str
    breakdown: str = ""
    category: str = ""
    across: str = ""
    polarity: Literal["higher", "lower", "none"] = "none"
    short: Words
    phrase: Words
    ask: Words

    @property
    def key(self) -> dict[str, str]:
        """The columns of a figure by which it is found."""
        names = ("measure", "item", "window", "population", "breakdown", "category", "across")
        return {name: getattr(self, name) for name in names}


class Fact(CatalogueEntry):
    """A dated fact of law or guidance."""

    date: Words
    title: Words
    text: Words
    source: Words


class Check(CatalogueEntry):
    """A check of the records (S17): what failed, in words, and what to do about it."""

    id: Words
    words: Words
    action: Words


class Cannot(CatalogueEntry):
    """What the data cannot say."""

    statements: tuple[Words, ...]


class Section20(CatalogueEntry):
    """All that the deep dive is told by data.

    Examples
    --------
    >>> load_section20().group("ending").find("full care order")
    'care or placement order'
    """

    most: int = Field(ge=1)
    events: tuple[Words, ...]
    order: dict[str, tuple[str, ...]]
    groups: tuple[Group, ...] = Field(alias="group")
    lines: tuple[Line, ...] = Field(alias="line")
    facts: tuple[Fact, ...] = Field(alias="fact")
    checks: tuple[Check, ...] = Field(alias="check")
    cannot: Cannot

    def group(self, breakdown: str) -> Group:
        """Return the group of a breakdown."""
        return next(g for g in self.groups if g.breakdown == breakdown)

    def line(self, id: str) -> Line:  # noqa: A002 - a line is known by its id
        """Return a line by its id."""
        return next(line for line in self.lines if line.id == id)

    def is_event(self, item: str) -> bool:
        """Whether an item of the practice return is an event: more of it is not better."""
        return any(word in item.casefold() for word in self.events)

    def list_labels(self, breakdown: str) -> tuple[str, ...]:
        """Return the categories of a breakdown, or of a group by its name, in order."""
        if breakdown in self.order:
            return self.order[breakdown]
        return next(g.labels for g in self.groups if g.name == breakdown)


@lru_cache(maxsize=1)
def load_section20() -> Section20:
    """Read the deep dive's data that comes with slinb.

    Raises
    ------
    CatalogueError
        It is wrong: names the field and the reason.
    """
    return read_section20(files("slinb.catalogue") / "section20.toml")


def read_section20(source: Traversable) -> Section20:
    """Read the deep dive's data of one TOML file."""
    return build_entry(Section20, read_toml(source), source.name)
