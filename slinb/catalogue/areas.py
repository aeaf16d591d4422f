"""Areas: authorities, regions and England, their codes, spellings and statistical neighbours."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from slinb.catalogue.periods import Period
from slinb.errors import CatalogueError, ParameterError

Level = Literal["country", "region", "authority"]
ENGLAND = "E92000001"
DEFAULT_REGION = "E12000006"


@dataclass(frozen=True)
class Area:
    """One area.

    Parameters
    ----------
    code : str
        ONS code ("E06000032"), the key of every table.
    old_code : str
        Three-digit DfE code ("821"); empty for a region.
    name : str
        Name as the DfE writes it.
    level : {"country", "region", "authority"}
    parent : str
        Code of the region of an authority, of England for a region.
    spellings : tuple of str
        Other names under which files know it.
    last_year : str
        Last reporting year of an abolished authority, else empty.
    successors : tuple of str
        Codes of the authorities that took over an abolished one.
    hexagon : tuple of int or None
        Column and row on the hexagon map (odd rows shifted right).
    """

    code: str
    old_code: str
    name: str
    level: Level
    parent: str
    spellings: tuple[str, ...] = ()
    last_year: str = ""
    successors: tuple[str, ...] = ()
    hexagon: tuple[int, int] | None = None

    @property
    def abolished(self) -> bool:
        """Whether the authority no longer exists."""
        return bool(self.last_year)

    @property
    def slug(self) -> str:
        """The name as part of a file name: "southend-on-sea"."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name.lower()).split())


class Areas:
    """All areas of England; look one up by its code, or find it by any name or code.

    Examples
    --------
    >>> areas = load_areas()
    >>> areas["E06000055"].name, areas.find("Bedford Borough").code
    ('Bedford', 'E06000055')
    >>> len(areas.authorities("E12000006"))
    11
    """

    def __init__(self, areas: Iterable[Area]) -> None:
        self._by_code = {a.code: a for a in areas}

    def __iter__(self) -> Iterator[Area]:
        return iter(self._by_code.values())

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def __getitem__(self, code: str) -> Area:
        try:
            return self._by_code[code]
        except KeyError:
            raise CatalogueError(
                f"No area has the code “{code}”.", "Codes are in slinb/catalogue/areas.csv."
            ) from None

    @cached_property
    def _by_name(self) -> dict[str, Area]:
        # Later entries win, so living areas are entered after the abolished ones whose name
        # or old code they took over (Dorset, Somerset).
        keys: dict[str, Area] = {}
        for area in sorted(self, key=lambda a: not a.abolished):
            for key in (area.code, area.old_code, area.name, *area.spellings):
                if key:
                    keys[_fold(key)] = area
        return keys

    def find(self, text: str) -> Area | None:
        """Return the area that a name, spelling, ONS code or DfE code means, or None."""
        return self._by_name.get(_fold(text))

    def region(self, text: str) -> Area:
        """Return a region by code or name.

        Raises
        ------
        ParameterError
            No region is called so.
        """
        area = self.find(text)
        if area is None or area.level != "region":
            known = ", ".join(a.name for a in self if a.level == "region")
            raise ParameterError(f"“{text}” is no region.", f"Regions: {known}.")
        return area

    def authorities(self, region: str = "", at: Period | None = None) -> list[Area]:
        """Return the authorities of a region (of England if empty), by name.

        Parameters
        ----------
        region : str
            Code of a region; Inner and Outer London count as parts of London.
        at : Period, optional
            Return those that existed in this period; today's if left out.
        """
        return sorted(
            (
                a
                for a in self
                if a.level == "authority"
                and (not region or region in (a.parent, self[a.parent].parent))
                and self._existed(a, at)
            ),
            key=lambda a: a.name,
        )

    def _existed(self, area: Area, at: Period | None) -> bool:
        if at is None:
            return not area.abolished
        if area.abolished:
            return at.end <= Period.parse(area.last_year).end
        predecessors = [a for a in self if area.code in a.successors]
        # An authority formed by merger or split starts when the last of its forerunners ends.
        return all(at.end > Period.parse(p.last_year).end for p in predecessors)


@dataclass(frozen=True)
class Neighbour:
    """One statistical neighbour of an authority, by the DfE's model."""

    area: str
    rank: int
    neighbour: str
    closeness: str


def _fold(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _rows(source: Traversable) -> list[dict[str, str]]:
    with source.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def _read_area(row: dict[str, str]) -> Area:
    hexagon = tuple(int(part) for part in row["hexagon"].split())
    return Area(
        code=row["code"],
        old_code=row["old_code"],
        name=row["name"],
        level=row["level"],  # type: ignore[arg-type]  # the data file is under test
        parent=row["parent"],
        spellings=tuple(s for s in row["spellings"].split("|") if s),
        last_year=row["last_year"],
        successors=tuple(s for s in row["successors"].split("|") if s),
        hexagon=(hexagon[0], hexagon[1]) if hexagon else None,
    )


@lru_cache(maxsize=1)
def load_areas() -> Areas:
    """Read the areas that come with slinb."""
    return Areas(_read_area(row) for row in _rows(files("slinb.catalogue") / "areas.csv"))


@lru_cache(maxsize=4)
def load_neighbours(model: int = 2025) -> dict[str, tuple[Neighbour, ...]]:
    """Return each authority's statistical neighbours, nearest first.

    Parameters
    ----------
    model : {2025, 2021}
        Year of the DfE's model. The 2021 model names authorities since abolished.

    Raises
    ------
    ParameterError
        No such model.
    """
    found: dict[str, list[Neighbour]] = {}
    for row in _rows(files("slinb.catalogue") / "neighbours.csv"):
        if int(row["model"]) == model:
            neighbour = Neighbour(row["area"], int(row["rank"]), row["neighbour"], row["closeness"])
            found.setdefault(row["area"], []).append(neighbour)
    if not found:
        raise ParameterError(f"There is no neighbour model of {model}.", "Use 2025 or 2021.")
    return {area: tuple(sorted(them, key=lambda n: n.rank)) for area, them in found.items()}
