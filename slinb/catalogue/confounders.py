"""Confounders: pairs of measures with and without a group that can make the difference."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

from pydantic import model_validator

from slinb.catalogue.measures import load_measures
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml


class Confounder(CatalogueEntry):
    """Two measures of the same children, one with a group and one without it.

    ``words`` says what ``measure`` does with the group, ``other_words`` what ``other`` does.
    """

    id: Slug
    group: Words
    measure: Slug
    other: Slug
    words: Words
    other_words: Words

    @model_validator(mode="after")
    def _check_measures(self) -> Self:
        for name in (self.measure, self.other):
            if name not in load_measures():
                raise ValueError(f"the catalogue has no measure “{name}”")
        return self

    def pairs(self) -> tuple[tuple[str, str, str], tuple[str, str, str]]:
        """Return (measure, the one to recompute it on, words) both ways round."""
        return (
            (self.measure, self.other, self.other_words),
            (self.other, self.measure, self.words),
        )


@lru_cache(maxsize=1)
def load_confounders() -> tuple[Confounder, ...]:
    """Read the confounders that come with slinb.

    Raises
    ------
    CatalogueError
        An entry is wrong: names the file, the entry and the reason.
    """
    return read_confounders(files("slinb.catalogue") / "confounders.toml")


def read_confounders(source: Traversable) -> tuple[Confounder, ...]:
    """Read one TOML file with a list of ``[[confounder]]``."""
    raw = read_toml(source).get("confounder", [])
    return tuple(build_entry(Confounder, entry, source.name) for entry in raw)
