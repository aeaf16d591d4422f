"""What every part of the neglect briefing reads from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from slinb.catalogue.areas import ENGLAND
from slinb.catalogue.neglect import Neglect, load_neglect
from slinb.catalogue.periods import Period
from slinb.show.dive_values import OF, show_counts, show_value
from slinb.show.dive_view import DiveView, Find
from slinb.show.formats import format_count
from slinb.show.rows import Row

PUBLISHED = "Source: Department for Education, Children in need."
#: Of these, in the order of a page: a share of neglect never stands without the band.
NEGLECT, BAND = "neglect", "neglect or multiple"


@dataclass(frozen=True)
class NeglectView(DiveView):
    """The tables of the neglect deep dive for one region, ready to be shown."""

    dive: ClassVar[str] = "neglect"
    key: ClassVar[str] = "neglect"

    data: Neglect = field(default_factory=load_neglect)

    @cached_property
    def bands(self) -> dict[tuple[str, int], Row]:
        """The published plans open on 31 March, by area and year, with their band."""
        return {
            (row["area"], Period.parse(row["period"]).end.year): row
            for row in self.rows("band")
            if row["window"] == "open"
        }

    @property
    def codes(self) -> list[str]:
        """ONS codes of England, the region and the authorities, in order of a table."""
        return [ENGLAND, self.region.code, *(area.code for area in self.areas)]

    def list_years(self, measure: str) -> list[int]:
        """Return the years of which a measure is published for the region."""
        own = {y for a, m, y in self.published if (a, m) == (self.region.code, measure)}
        return sorted(own)

    def name_code(self, code: str) -> str:
        """Return the name of one of :attr:`codes` for a table."""
        if code == ENGLAND:
            return "England"
        return next(self.name(area) for area in self.places if area.code == code)

    def list_published(self, columns: Sequence[tuple[str, int]]) -> list[list[str]]:
        """Return the published figures of each measure and year, an area a row, England first."""
        return [
            [self.name_code(code), *(show_value(self.published.get((code, *c))) for c in columns)]
            for code in self.codes
        ]


def counts_any(view: NeglectView, find: Find) -> bool:
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


def say_bases(rows: Sequence[Row | None]) -> str:
    """Write of how many the shares of one base are, for the last column of a table."""
    return next((show_counts(row).rpartition(OF)[2] for row in rows if row), "")


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
