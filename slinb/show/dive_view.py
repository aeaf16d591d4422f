"""What every part of a deep dive's briefing reads from: its tables, looked up by area and key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import ClassVar

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20
from slinb.show.drawings import measure_text
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row, list_rows
from slinb.show.short_names import shorten_name

_KEY = ("area", "measure", "item", "window", "population", "breakdown", "category", "across",
        "cohort", "unit")  # fmt: skip
#: Room for a name at the left of a chart: a longer one would leave none for the scale.
_NAME_ROOM = 115
#: The unit of a rate; of everything else it is "%".
PER_CHILDREN = "per 10,000 children"

#: Gives the figure of an area, None where it was not sent; or of an area and part of a whole.
Find = Callable[[Area], Row | None]
FindPart = Callable[[Area, str], Row | None]


@dataclass(frozen=True)
class DiveView:
    """The tables of a deep dive for one region, ready to be shown.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :mod:`slinb.analyse.dive_tables` that a section reads, and the dive's own; each
        under the id of the dive and its name: ``neglect_figures``.
    areas : sequence of Area
        The authorities, in order of the page.
    region : Area
    period : Period
        The quarter.
    data : Section20
        The catalogue of the dive.
    """

    #: Id of the dive, and with what the ids of its sections on the page begin.
    dive: ClassVar[str]
    key: ClassVar[str]

    tables: Mapping[str, pd.DataFrame]
    areas: Sequence[Area]
    region: Area
    period: Period
    data: Section20

    def rows(self, table: str) -> list[Row]:
        """Return the rows of one of the dive's tables: "quality"."""
        return list_rows(self.tables[f"{self.dive}_{table}"])

    @cached_property
    def figures(self) -> dict[tuple[str, ...], Row]:
        """Every figure by its key."""
        find_key = itemgetter(*_KEY)
        return {find_key(row): row for row in self.rows("figures")}

    @cached_property
    def medians(self) -> dict[tuple[str, ...], Row]:
        """Every median by area, measure and population."""
        rows = self.rows("medians")
        return {(row["area"], row["measure"], row["population"]): row for row in rows}

    @cached_property
    def published(self) -> dict[tuple[str, str, int], Row]:
        """Every published figure by area, measure and the year that its period ends in."""
        return {
            (row["area"], row["measure"], Period.parse(row["period"]).end.year): row
            for row in self.rows("history")
        }

    @property
    def places(self) -> list[Area]:
        """The region, then the authorities."""
        return [self.region, *self.areas]

    def pick(self, area: Area, measure: str, item: str, **key: str) -> Row | None:
        """Return a figure, withheld or not; None where it was not sent."""
        wanted = {"window": "snapshot", "population": "all", "unit": "%", **key}
        wanted = {"area": area.code, "measure": measure, "item": item, **wanted}
        return self.figures.get(tuple(wanted.get(name, "") for name in _KEY))

    def line(self, area: Area, name: str, **other: str) -> Row | None:
        """Return the figure of one of the catalogue's lines."""
        key = {**self.data.line(name).key, **other}
        return self.pick(area, key.pop("measure"), key.pop("item"), **key)

    def find(self, measure: str, item: str, **key: str) -> Find:
        """Return what picks a figure of any area."""
        return lambda area: self.pick(area, measure, item, **key)

    def find_line(self, name: str, **other: str) -> Find:
        """Return what picks the figure of one of the catalogue's lines, of any area."""
        return lambda area: self.line(area, name, **other)

    def find_parts(self, measure: str, item: str, breakdown: str, **key: str) -> FindPart:
        """Return what picks a category of a breakdown, of any area."""
        return lambda area, label: self.pick(
            area, measure, item, breakdown=breakdown, category=label, **key
        )

    def name(self, area: Area) -> str:
        """Return the name of an area for a table."""
        return self.region.name if area == self.region else name_area(area)

    def shorten_name(self, area: Area) -> str:
        """Return the name of an area for the left of a chart."""
        name = "Region" if area == self.region else name_area(area)
        return shorten_name(area) if measure_text(name) > _NAME_ROOM else name

    def name_absent(self, row: Row | None) -> str:
        """Say who a region's figure is without, nothing where it is without nobody."""
        absent = [] if row is None else row["absent"].split()
        names = [name_area(area) for area in self.areas if area.code in absent]
        return f"The region's figure is without {join_names(names)}." if names else ""
