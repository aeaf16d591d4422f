"""What every part of the neglect briefing reads from."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from slinb.catalogue.areas import ENGLAND, Area
from slinb.catalogue.neglect import Neglect, load_neglect
from slinb.catalogue.periods import Period
from slinb.show.formats import format_count
from slinb.show.rows import Row, list_rows
from slinb.show.section20_view import View, index_figures

PUBLISHED = "Source: Department for Education, Children in need."
#: Of these, in the order of a page: a share of neglect never stands without the band.
NEGLECT, BAND = "neglect", "neglect or multiple"


@dataclass(frozen=True)
class NeglectView(View):
    """The tables of the neglect deep dive for one region, ready to be shown.

    As :class:`slinb.show.section20_view.View`, with the tables of
    :mod:`slinb.analyse.neglect_tables` and ``neglect_messages``.
    """

    data: Neglect = field(default_factory=load_neglect)

    @cached_property
    def figures(self) -> dict[tuple[str, ...], Row]:
        """Every figure by its key."""
        return index_figures(self.tables["neglect_figures"])

    @cached_property
    def bands(self) -> dict[tuple[str, int], Row]:
        """The published plans open on 31 March, by area and year, with their band."""
        rows = list_rows(self.tables["neglect_band"])
        return {
            (row["area"], Period.parse(row["period"]).end.year): row
            for row in rows
            if row["window"] == "open"
        }

    @cached_property
    def published(self) -> dict[tuple[str, str, int], Row]:
        """Every other published figure by area, measure and the year that its period ends in."""
        return {
            (row["area"], row["measure"], Period.parse(row["period"]).end.year): row
            for row in list_rows(self.tables["neglect_history"])
        }

    @property
    def codes(self) -> list[str]:
        """ONS codes of England, the region and the authorities, in order of a table."""
        return [ENGLAND, self.region.code, *(area.code for area in self.areas)]

    def list_years(self, measure: str) -> list[int]:
        """Return the years of which a measure is published for the region."""
        own = {y for a, m, y in self.published if (a, m) == (self.region.code, measure)}
        return sorted(own)


def counts_any(view: NeglectView, find: Callable[[Area], Row | None]) -> bool:
    """Whether anybody has a figure, or one that is withheld: what nobody has is not drawn."""
    rows = [find(area) for area in view.places]
    return any(row is not None and row["status"] != "missing" and _is_figure(row) for row in rows)


def _is_figure(row: Row) -> bool:
    return row["status"] != "final" or not math.isnan(row["value"])


def say_base(row: Row | None) -> str:
    """Say of how many a share is, for the right of a strip; nothing where it is withheld."""
    if row is None or math.isnan(row["denominator"]) or not row["denominator"]:
        return ""
    return f"of {format_count(row['denominator'])}"


def read_band(row: Row | None, share: str) -> Row | None:
    """Return one share of a row of the band as a figure: neglect, multiple or band.

    Examples
    --------
    >>> row = {"plans": 200, "band": 90, "band_pct": 45.0, "band_status": "final"}
    >>> read_band(row, "band")["value"]
    45.0
    """
    if row is None:
        return None
    return {
        "value": row[f"{share}_pct"],
        "numerator": row[share],
        "denominator": row["plans"],
        "status": row[f"{share}_status"],
        "unit": "%",
    }
