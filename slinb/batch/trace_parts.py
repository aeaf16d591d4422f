"""The cells behind a figure that is added up and divided: as a table, and in lines of text."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.errors import Place
from slinb.schema import Column, TableSchema

#: The cells behind one figure.
PARTS = TableSchema(
    "parts of a figure",
    (
        Column("area", "str", "ONS code of the authority"),
        Column("label", "str", "what of the figure it is: a category, a cohort, a case; or empty"),
        Column("numerator", "float64", "count above the line"),
        Column("denominator", "float64", "count below the line"),
        Column("same_base", "bool", "the denominator is that of the row before, counted there"),
        Column("excluded", "float64", "how many were left out of both"),
        Column("status", "str", "final, or why there is no number"),
        Column("source", "str", "records, practice return or publication that it is from"),
        Column("file", "str", "file name"),
        Column("sheet", "str", "sheet of the workbook"),
        Column("cell", "str", "cell or cells: the count, of how many, left out"),
    ),
)
_WIDTH = 100
_WHY = {
    "suppressed": "withheld",
    "rounds_to_zero": "not nought, but rounded to it",
    "low_reliability": "too few to state",
    "missing": "no figure",
    "not_applicable": "does not apply",
    "unreadable": "sent, but not as a number",
    "quarantined": "sent, queried and not yet confirmed",
}


@dataclass(frozen=True)
class Figure:
    """A figure as a page shows it.

    Parameters
    ----------
    value : float
        In ``unit``; missing by status.
    unit : str
        "%", "months", "per 10,000 children".
    status : str
        Status of the value.
    numerator, denominator : float
        The counts behind it; of a median the spells, and none below the line.
    """

    value: float
    unit: str
    status: str
    numerator: float
    denominator: float = math.nan

    def __str__(self) -> str:
        if self.status not in ("final", "provisional", "estimated"):
            return say_why(self.status)
        value = "" if math.isnan(self.value) else f"{self.value:,.1f}"
        value += "%" if self.unit == "%" and value else f" {self.unit}" if value else ""
        counts = write_counts(self.numerator, self.denominator)
        counts = f"median of {counts}" if self.unit == "months" else counts
        return f"{value or say_why('missing')} ({counts})" if counts else value


def say_why(status: str) -> str:
    """Say in words why there is no figure."""
    return _WHY.get(status, status.replace("_", " "))


def write_counts(numerator: float, denominator: float, *, same: bool = False) -> str:
    """Write two counts: "42 of 62", or the one that there is."""
    known = [f"{n:,.10g}" for n in (numerator, denominator) if not math.isnan(n)]
    return (" of the same " if same else " of ").join(known)


def add_up(parts: pd.DataFrame) -> tuple[float, float]:
    """Return the sums above and below the line.

    Parameters
    ----------
    parts : DataFrame
        Rows of :data:`PARTS`.
    """
    below = parts.loc[~parts["same_base"], "denominator"]
    return float(parts["numerator"].sum()), float(below.sum(min_count=1))


def agrees(figure: Figure, parts: pd.DataFrame, value: float) -> bool:
    """Whether the cells make the figure: its counts, and its value."""
    made = (*add_up(parts), value)
    shown = (figure.numerator, figure.denominator, figure.value)
    pairs = zip(made, shown, strict=True)
    return all(math.isclose(a, b, rel_tol=1e-9) or (a != a and b != b) for a, b in pairs)


def describe_parts(parts: pd.DataFrame, areas: Areas) -> list[str]:
    """Say in lines of text which cells stand behind a figure.

    Parameters
    ----------
    parts : DataFrame
        Rows of :data:`PARTS`, those of one authority together.
    areas : Areas
    """
    lines: list[str] = []
    for (code, file, sheet), own in parts.groupby(["area", "file", "sheet"], sort=False):
        lines += _describe_sheet(own, areas[str(code)].name, Place(str(file), str(sheet)))
    return lines


def _describe_sheet(own: pd.DataFrame, whose: str, place: Place) -> Iterator[str]:
    source = ", ".join(dict.fromkeys(s for s in own["source"] if s))
    rows = [{str(k): v for k, v in row.items()} for row in own.to_dict("records")]
    if len(rows) == 1:
        row, label = rows[0], f", {rows[0]['label']}" if rows[0]["label"] else ""
        place = Place(place.file, place.sheet, _shorten(row["cell"]))
        yield f"  {whose}{label}: {_count(row)} ({_join(place, source)})"
        return
    yield f"  {whose}: {write_counts(*add_up(own))} ({_join(place, source)})"
    yield from _list_cells(rows)


def _list_cells(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Write the cells of one sheet: a line each, or one after the other where they are short."""
    told = [f"{_shorten(r['cell'])} {r['label']}: {_count(r)}" for r in rows]
    if all(math.isnan(r["denominator"]) for r in rows):
        indent = "    "
        text = "; ".join(word.replace(" ", "\N{NO-BREAK SPACE}") for word in told)
        filled = textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent)
        yield from (line.replace("\N{NO-BREAK SPACE}", " ") for line in filled)
        return
    yield from (f"    {line}" for line in told)


def _count(row: Mapping[str, Any]) -> str:
    if row["status"] != "final":
        return say_why(row["status"])
    left = f", {row['excluded']:,.10g} left out" if row["excluded"] > 0 else ""
    return write_counts(row["numerator"], row["denominator"], same=row["same_base"]) + left


def _shorten(cell: str) -> str:
    """Write a range of one cell as the cell."""
    first, _, last = cell.partition(":")
    return first if first == last else cell


def _join(place: Place, source: str) -> str:
    return f"{place}; {source}" if source else str(place)
