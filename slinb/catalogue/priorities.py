"""The priority rule of headlines: which findings come first, as data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import Field

from slinb.catalogue.explain import FigureRule
from slinb.catalogue.reading import CatalogueEntry, build_entry, read_toml


class Priorities(CatalogueEntry):
    """Classes of findings in order, and how the places of a page are shared out."""

    most: int = Field(ge=1)
    per_domain: int = Field(ge=1)
    strengths: int = Field(ge=0)
    oldest: int = Field(ge=1)
    classes: tuple[FigureRule, ...] = Field(alias="class", min_length=1)


@lru_cache(maxsize=1)
def load_priorities() -> Priorities:
    """Read the priority rule that comes with slinb.

    Raises
    ------
    CatalogueError
        It is wrong: names the field and the reason.
    """
    return read_priorities(files("slinb.catalogue") / "messages.toml")


def read_priorities(source: Traversable) -> Priorities:
    """Read the priority rule of one TOML file."""
    return build_entry(Priorities, read_toml(source), source.name)
