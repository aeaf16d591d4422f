"""The counts that go into the return's own cells: filled where empty, never typed over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.measures import Measure
from slinb.collect.cells import EMPTY_CELL, CellReading
from slinb.collect.layout import Layout, find_owners
from slinb.collect.settle import Figure
from slinb.schema import Column, TableSchema

#: What became of a count: its cell was empty; held the same; held something else, which was kept;
#: stands in a sheet that is damaged; or this quarter's return does not ask for it.
OUTCOMES = ("filled", "agrees", "kept", "no cell", "not asked")
CELLS = TableSchema(
    "cells filled",
    (
        Column("count", "str", "count id of the measure catalogue"),
        Column("title", "str", "the measure in whose row the count is typed"),
        Column("sheet", "str", "sheet of the return"),
        Column("cell", "str", "cell of the return"),
        Column("counted", "int64", "what the records say"),
        Column("source", "str", "SSDA903, or the Annex A list"),
        Column("excluded", "int64", "records left out of it"),
        Column("stood", "str", "what stood in the cell before"),
        Column("other", "str", "what another source says, where it differs"),
        Column("outcome", "str", ", ".join(OUTCOMES)),
    ),
)
#: The statutory return goes before the inspection lists: it has the whole history.
_FIRST_SOURCE = "SSDA903"


@dataclass(frozen=True)
class Slot:
    """The cell in which a count is typed, and what stands there."""

    title: str
    sheet: str
    cell: str
    reading: CellReading


def find_slots(
    measures: Sequence[Measure], layout: Layout, figures: Mapping[str, Figure] | None
) -> dict[str, Slot]:
    """Say for each count where it is typed.

    Parameters
    ----------
    measures, layout
        Of this quarter's return.
    figures : mapping of measure id to Figure, or None
        The rows of a return that was sent or begun; None for a fresh one.

    Returns
    -------
    dict of str to Slot
        By count id. A count whose row or column is gone from the workbook has no cell.
    """
    by_id = {m.id: m for m in measures}
    slots = {}
    for count, (measure, part) in find_owners(measures).items():
        if figures is None:
            place = layout.line(measure).place(part)
            sheet, cell, reading = place.sheet, place.cell, EMPTY_CELL
        else:
            figure = figures.get(measure, Figure(measure))
            sheet, cell, reading = figure.sheet, figure.places.get(part, ""), figure.reading(part)
        slots[count] = Slot(by_id[measure].title, sheet, cell, reading)
    return slots


def fill_counts(
    workbook: Workbook, slots: Mapping[str, Slot], return_counts: pd.DataFrame
) -> pd.DataFrame:
    """Put the counts into the return's empty cells and list what became of each.

    Parameters
    ----------
    workbook : Workbook
        The return; only empty cells of it are written.
    slots : mapping of count id to Slot
        From :func:`find_slots`.
    return_counts : DataFrame
        :data:`slinb.records.schema.RETURN_COUNTS`; of two sources SSDA903 goes first.

    Returns
    -------
    DataFrame
        :data:`CELLS`, one row a count.
    """
    rows = []
    first = return_counts["source"].ne(_FIRST_SOURCE)
    ordered = return_counts.assign(rank=first).sort_values("rank", kind="stable")
    for count, own in ordered.groupby("count", sort=False):
        best = own.iloc[0]
        others = own[own["value"] != best["value"]]
        slot = slots.get(str(count))
        outcome = _settle(workbook, slot, int(best["value"]))
        rows.append(
            {
                "count": count,
                "title": slot.title if slot else "",
                "sheet": slot.sheet if slot else "",
                "cell": slot.cell if slot else "",
                "counted": best["value"],
                "source": best["source"],
                "excluded": best["excluded"],
                "stood": slot.reading.text if slot else "",
                "other": "; ".join(f"{r.source}: {r.value}" for r in others.itertuples()),
                "outcome": outcome,
            }
        )
    return CELLS.from_rows(rows)


def _settle(workbook: Workbook, slot: Slot | None, value: int) -> str:
    if slot is None:
        return "not asked"
    if not slot.cell:
        return "no cell"
    if slot.reading.status == "missing" and not slot.reading.text:
        workbook[slot.sheet][slot.cell] = value
        return "filled"
    return "agrees" if slot.reading.number == value else "kept"
