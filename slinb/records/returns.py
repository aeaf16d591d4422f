"""Counts for the cells of the quarterly return workbook, by the count ids of the catalogue."""

from __future__ import annotations

from typing import Any

import numpy as np

from slinb.records.codes import load_codes
from slinb.records.flows import Flows, Starts
from slinb.records.spells import OPEN
from slinb.records.stock import S20, UNKNOWN, Stock
from slinb.records.tally import Mask, Row
from slinb.records.vocabulary import SSDA903

_YTD = "from 1 April to the end of the quarter; each child once"


def count_return(stock: Stock, flows: Flows, columns: frozenset[str]) -> list[Row]:
    """Return the RETURN_COUNTS rows that an SSDA903 set can fill."""
    rows = count_stock_cells(stock)
    if "RNE" in columns and _year_start(flows) >= flows.covers_from:
        rows += _count_starting(flows)
    if "REC" in columns and _year_start(flows) >= flows.covers_from:
        rows += _count_ceasing(flows)
    return rows


def count_stock_cells(stock: Stock) -> list[Row]:
    """Return the snapshot cells: all children, Section 20, UASC, placements, reviews."""
    child = ~stock.adult
    out = int((stock.adult | (stock.group == UNKNOWN)).sum())
    s20 = child & (stock.group == S20)
    cells: dict[str, Mask] = {"cla": child}
    if "status" in stock.knows:
        cells["cla_s20"] = s20
    if stock.uasc is not None:
        cells["uasc"] = child & stock.uasc
        cells["cla_not_uasc"] = child & ~stock.uasc
        if "status" in stock.knows:
            cells["cla_s20_not_uasc"] = s20 & ~stock.uasc
    if "place" in stock.knows:
        for name, group in _PLACED.items():
            cells[name] = child & (stock.place == group)
    if "reviewed" in stock.knows:
        cells["cla_reviewed"] = child & (stock.reviewed == 1)
        cells["cla_review_due"] = child & (stock.reviewed >= 0)
    if "visited" in stock.knows:
        cells["cla_visited"] = child & (stock.visited == 1)
    if "miles" in stock.knows and "location" in stock.knows:
        cells["cla_far"] = child & (stock.miles > 20) & (stock.location == 1)
    return [fill_cell(name, int(mask.sum()), stock.source, out) for name, mask in cells.items()]


#: Positions in PLACEMENTS.
_PLACED = {"cla_foster": 0, "cla_parents": 2, "cla_supported": 3, "cla_homes": 4}


def fill_cell(count: str, value: int, source: str, excluded: int = 0, note: str = "") -> Row:
    """Return one RETURN_COUNTS row."""
    return {"count": count, "value": value, "source": source, "excluded": excluded, "note": note}


def _year_start(flows: Flows) -> np.datetime64:
    return np.datetime64(flows.quarter.reporting_year().start, "D")


def _count_starting(flows: Flows) -> list[Row]:
    """Count the children who started in the year so far, by the status of their first start."""
    starts = flows.starts
    inside = starts.day >= _year_start(flows)
    first = _first_of_child(starts, inside)
    uasc = flows.uasc(starts.child, starts.day).uasc
    rows = [
        fill_cell("cla_starting", int(first.sum()), SSDA903, note=_YTD),
        fill_cell("cla_starting_s20", int((first & starts.section_20).sum()), SSDA903, note=_YTD),
    ]
    if uasc is not None:
        rows.append(fill_cell("uasc_starting", int((first & uasc).sum()), SSDA903, note=_YTD))
    return rows


def _first_of_child(starts: Starts, inside: Mask) -> Mask:
    first = np.zeros(len(inside), dtype=bool)
    at = np.flatnonzero(inside)
    _, once = np.unique(starts.child[at], return_index=True)
    first[at[once]] = True
    return first


def _count_ceasing(flows: Flows) -> list[Row]:
    """Count the children who ceased in the year so far, by the reason of their last occasion."""
    periods, care = flows.care.periods, flows.care
    inside = (periods.end != OPEN) & (periods.end >= _year_start(flows))
    last = np.zeros(len(periods), dtype=bool)
    at = np.flatnonzero(inside)[::-1]
    _, once = np.unique(periods.child[at], return_index=True)
    last[at[once]] = True
    birthday = flows.children.adult_day[periods.child]
    # What is recorded to end after the 18th birthday ended with it.
    last &= ~((birthday < _year_start(flows)) & (periods.end > birthday))
    reason = load_codes()["REC"].groups[care.episodes.ceased[periods.last]]
    cells: dict[str, Any] = {"cla_ceasing": last}
    for count, group in _CEASED.items():
        cells[count] = last & (reason == group)
    return [fill_cell(n, int(mask.sum()), SSDA903, note=_YTD) for n, mask in cells.items()]


_CEASED = {
    "cla_ceasing_sgo": "special guardianship",
    "cla_ceasing_cao": "child arrangements order",
    "cla_ceasing_adopted": "adopted",
    "cla_ceasing_home_unplanned": "home unplanned",
}
