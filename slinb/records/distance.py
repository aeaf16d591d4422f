"""Distance between home and placement, where a table of postcodes is at hand.

The DfE works distance out from the two postcodes; the SSDA903 files carry the postcodes only.
With a table of postcodes and their grid references (ONS Postcode Directory, OS Code-Point Open)
the authority can do the same, offline. The straight line is measured on the national grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.errors import Place
from slinb.records.grid import RecordsError, fold_header, split_distinct

_METRES_A_MILE = 1609.344
_POSTCODE = ("PCDS", "PCD", "PCD2", "PCD7", "PCD8", "POSTCODE")
_EAST = ("OSEAST1M", "EAST1M", "EASTING", "EASTINGS", "EA")
_NORTH = ("OSNRTH1M", "NORTH1M", "NORTHING", "NORTHINGS", "NO")


@dataclass(frozen=True)
class Postcodes:
    """Grid references by postcode, without spaces and upper case; metres."""

    east: dict[str, float]
    north: dict[str, float]


def read_postcodes(path: Path) -> Postcodes:
    """Read a table of postcodes: a CSV with headers, as ONS and Ordnance Survey give them.

    Raises
    ------
    RecordsError
        No column is known as postcode, easting or northing.
    """
    headers = pd.read_csv(path, nrows=0, encoding="utf-8-sig", encoding_errors="replace").columns
    names = {fold_header(str(h)): str(h) for h in headers}
    chosen = [next((names[n] for n in known if n in names), "") for known in _COLUMNS]
    if not all(chosen):
        raise RecordsError(
            "The table of postcodes lacks a postcode, an easting or a northing.",
            "Give the ONS Postcode Directory or OS Code-Point Open as CSV, with headers.",
            Place(path.name),
        )
    table = pd.read_csv(path, usecols=chosen, dtype=str, encoding="utf-8-sig")[chosen].dropna()
    table.columns = ["postcode", "east", "north"]
    folded = table["postcode"].str.replace(" ", "").str.upper().tolist()
    east, north = (pd.to_numeric(table[c], errors="coerce").tolist() for c in ("east", "north"))
    return Postcodes(dict(zip(folded, east, strict=True)), dict(zip(folded, north, strict=True)))


_COLUMNS = (_POSTCODE, _EAST, _NORTH)


def measure_miles(
    home: pd.Series[Any], placed: pd.Series[Any], postcodes: Postcodes
) -> npt.NDArray[np.float64]:
    """Return the miles between two columns of postcodes; missing where one is not known.

    Examples
    --------
    >>> grid = Postcodes({"A": 0.0, "B": 30000.0}, {"A": 0.0, "B": 40000.0})
    >>> measure_miles(pd.Series(["a", "A"]), pd.Series(["b ", "?"]), grid).round(2).tolist()
    [31.07, nan]
    """
    east = _look_up(home, postcodes.east) - _look_up(placed, postcodes.east)
    north = _look_up(home, postcodes.north) - _look_up(placed, postcodes.north)
    return np.asarray(np.hypot(east, north) / _METRES_A_MILE)


def _look_up(cells: pd.Series[Any], table: dict[str, float]) -> npt.NDArray[np.float64]:
    codes, values = split_distinct(cells)
    found = [table.get("".join(str(v).upper().split()), np.nan) for v in values]
    return np.array([*found, np.nan])[codes]
