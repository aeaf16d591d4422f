"""Grades of confidence in provisional figures: thresholds as data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import Field

from slinb.catalogue.reading import CatalogueEntry, Slug, build_entry, read_toml


class Grade(CatalogueEntry):
    """One grade: the usual revision is at most this share of the published figure."""

    id: Slug
    share: float = Field(gt=0)


class Grades(CatalogueEntry):
    """The grades, narrowest first, and how many comparisons are enough to say "usually"."""

    enough: int = Field(ge=2)
    grade: tuple[Grade, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def load_grades() -> Grades:
    """Read the grades that come with slinb.

    Raises
    ------
    CatalogueError
        The file is wrong: names the field and the reason.
    """
    return read_grades(files("slinb.catalogue") / "revisions.toml")


def read_grades(source: Traversable) -> Grades:
    """Read the grades of one TOML file."""
    return build_entry(Grades, read_toml(source), source.name)
