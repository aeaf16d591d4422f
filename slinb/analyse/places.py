"""Where a twelve-month figure comes from: the cells of each of its quarters' returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period

Place = tuple[str, str]


def say_window_places(rows: pd.DataFrame, measures: Mapping[str, Measure]) -> pd.Series[Any]:
    """Say the cell of each row, and those of the quarters before that its sum is made of.

    Parameters
    ----------
    rows : DataFrame
        Quarterly observations with an ``ordinal`` column.
    measures : mapping of str to Measure

    Returns
    -------
    Series of str
        "E8:F8, and there in the returns of 2025-26-Q2, 2025-26-Q1, 2024-25-Q4"; a quarter whose
        cell lay elsewhere names its own. A row without a cell of its own says nothing.
    """
    columns = ("area", "measure", "ordinal", "period", "sheet", "cell")
    told = list(zip(*(rows[name] for name in columns), strict=True))
    places = {(a, m, o): (p, (sheet, cell)) for a, m, o, p, sheet, cell in told}
    return pd.Series(
        [
            _say_places((sheet, cell), _list_before(places, (a, m, o), p, measures[m]))
            if cell
            else ""
            for a, m, o, p, sheet, cell in told
        ],
        index=rows.index,
        dtype="str",
    )


def _list_before(
    places: Mapping[tuple[str, str, int], tuple[str, Place]],
    key: tuple[str, str, int],
    period: str,
    measure: Measure,
) -> list[tuple[str, Place]]:
    """Return quarter and place of each earlier return that a twelve-month figure needs."""
    area, name, ordinal = key
    # A count sent as year to date gives its quarter only less the one sent before.
    also = measure.basis == "ytd" and Period.parse(period).quarter != 4
    steps = range(1, 5 if also else 4)
    found = (places.get((area, name, ordinal - step)) for step in steps)
    return [place for place in found if place is not None and place[1][1]]


def _say_places(own: Place, before: list[tuple[str, Place]]) -> str:
    same = [quarter for quarter, place in before if place == own]
    other = [f"{quarter}: {', '.join(place)}" for quarter, place in before if place != own]
    there = [f"{own[1]}, and there in the returns of {', '.join(same)}" if same else own[1]]
    return "; ".join([*there, *other])
