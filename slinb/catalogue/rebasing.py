"""Rebasings: where process limits start anew, each with its date and its reason.

The catalogue has its own file; a region may keep another of the same form beside its data.
"""

from __future__ import annotations

import datetime as dt
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Self

from pydantic import Field, model_validator

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.catalogue.reading import CatalogueEntry, Slug, build_entry, read_toml
from slinb.errors import CatalogueError


class Rebasing(CatalogueEntry):
    """One agreed restart of a series' process limits.

    Parameters
    ----------
    id : str
        A name of its own.
    area : str
        ONS code of the authority or region; "" for all.
    measure : str
        Measure id.
    period : str
        The quarter that is the first of the new segment.
    date : date
        When this was decided.
    reason : str
        Why, in a sentence that a reader can be shown.
    """

    id: Slug
    area: str
    measure: Slug
    period: str
    date: dt.date
    reason: Annotated[str, Field(min_length=15)]

    @model_validator(mode="after")
    def _check_parts(self) -> Self:
        if Period.parse(self.period).kind != "quarter":
            raise ValueError(f"period: {self.period} is not a quarter")
        if self.measure not in load_measures():
            raise ValueError(f"measure: the catalogue has no “{self.measure}”")
        if self.area and self.area not in load_areas():
            raise ValueError(f"area: no area has the code “{self.area}”")
        return self

    def applies_to(self, area: str) -> bool:
        """Whether it restarts the series of an area."""
        return self.area in ("", area)


def load_rebasings(region_file: Traversable | None = None) -> tuple[Rebasing, ...]:
    """Read the rebasings of the catalogue and, if it exists, of the region's own file.

    Parameters
    ----------
    region_file : Path, optional
        A file of the same form.

    Raises
    ------
    CatalogueError
        An entry is wrong (no date, no reason, an unknown measure) or an id stands twice: names
        the file, the entry and the reason.
    """
    found = list(read_rebasings(files("slinb.catalogue") / "rebasing.toml"))
    if region_file is not None and region_file.is_file():
        found += read_rebasings(region_file)
    _refuse_doubles(found)
    return tuple(found)


def read_rebasings(source: Traversable) -> list[Rebasing]:
    """Read one file with a list of ``[[rebasing]]``."""
    return [build_entry(Rebasing, r, source.name) for r in read_toml(source).get("rebasing", [])]


def _refuse_doubles(entries: list[Rebasing]) -> None:
    ids = [entry.id for entry in entries]
    for name in ids:
        if ids.count(name) > 1:
            raise CatalogueError(
                f"Rebasing “{name}” stands twice.", "Give each an id of its own, or delete one."
            )
