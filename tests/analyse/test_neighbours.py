"""Each neighbour's own figure, against a slow look-up row by row."""

from __future__ import annotations

import math

from slinb.analyse.neighbours import list_neighbour_values
from slinb.catalogue.areas import load_neighbours
from slinb.schema import COMPARISON, OBSERVATIONS

LUTON = "E06000032"
KEY = {"measure": "cla_rate", "period": "2024-25"}


def points(*rows):
    return OBSERVATIONS.from_rows([{**KEY, "status": "final", **row} for row in rows])


def test_every_neighbour_has_its_row_nearest_first() -> None:
    """The ten neighbours of Luton are those of the DfE's model of 2025 (neighbours.csv)."""
    wanted = COMPARISON.from_rows(
        [{"area": LUTON, **KEY, "benchmark": b} for b in ("region", "england")]
    )
    near = load_neighbours(2025)[LUTON]
    figures = {n.neighbour: float(n.rank * 10) for n in near[:8]}
    known = [{"area": area, "value": value} for area, value in figures.items()]
    hidden = {"area": near[8].neighbour, "value": math.nan, "status": "suppressed"}
    other = {"area": near[9].neighbour, "value": 99.0, "period": "2023-24"}
    found = list_neighbour_values(wanted, points(*known, hidden, other))
    assert list(found["neighbour"]) == [n.neighbour for n in near]
    for row, neighbour in zip(found.to_dict("records"), near, strict=True):
        expected = figures.get(neighbour.neighbour, math.nan)
        assert row["value"] == expected or (math.isnan(row["value"]) and math.isnan(expected))
    assert list(found["status"][8:]) == ["suppressed", "missing"]
