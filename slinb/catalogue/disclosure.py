"""The region's rules of disclosure control, as data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import Field

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml


class Difference(CatalogueEntry):
    """A group that is one count less another: ``whole`` and ``part`` are count ids."""

    whole: Slug
    part: Slug
    what: Words


class DisclosureRules(CatalogueEntry):
    """Threshold, rounding and least range (:class:`slinb.methods.disclosure.Settings`)."""

    threshold: int = Field(ge=0)
    base: int = Field(ge=1)
    min_range: int = Field(ge=1)
    #: how much dearer a figure of the latest quarter is than one of an earlier quarter
    latest_cost: float = Field(ge=1)
    difference: tuple[Difference, ...] = ()


@lru_cache(maxsize=1)
def load_disclosure_rules() -> DisclosureRules:
    """Read the rules that come with slinb.

    Raises
    ------
    CatalogueError
        The file is wrong: names the field and the reason.
    """
    return read_disclosure_rules(files("slinb.catalogue") / "disclosure.toml")


def read_disclosure_rules(source: Traversable) -> DisclosureRules:
    """Read the rules of one TOML file."""
    return build_entry(DisclosureRules, read_toml(source), source.name)
