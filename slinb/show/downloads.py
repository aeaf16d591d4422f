"""What a reader may take away: a result table as a tidy sheet, named, rounded, safe, explained.

This module chooses columns and fills cells; :mod:`slinb.show.download_files` writes the files.
Everything comes from the result tables of one edition, so a download holds what its page holds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import pandas as pd

from slinb import schema
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.errors import ParameterError
from slinb.schema import NO_VALUE_STATUSES, TableSchema
from slinb.show.formats import REASONS, polarity_phrase
from slinb.show.prose import clean_text, neutralise_formula, plain_prose
from slinb.show.rows import Row, list_rows

Edition = Literal["public", "restricted"]
Kind = Literal["text", "words", "figure", "count", "whole", "ratio", "flag"]
NUMBERS = ("figure", "count", "whole", "ratio")
#: Two ways in which one table is made, and how its title says so.
_MADE_OF = {"_annual": ", official figures", "_quarterly": ", this quarter's returns"}
_RETURN = "quarterly return"
_RATIO_DECIMALS = 2


class ColumnSpec(CatalogueEntry):
    """One column of ``downloads.toml``."""

    name: Slug
    heading: Words
    kind: Kind
    width: int = 11
    own: bool = False
    kept: bool = False
    restricted: bool = False
    place: bool = False


class TableSpec(CatalogueEntry):
    """One table of ``downloads.toml``."""

    id: Slug
    title: Words
    about: Words
    columns: tuple[ColumnSpec, ...]

    def find_schema(self) -> TableSchema:
        """Return the result table's own schema."""
        found: TableSchema = getattr(schema, self.id.upper())
        return found


@dataclass(frozen=True)
class DownloadColumn:
    """A column of a download: its name in the CSV, its heading in the workbook, its meaning."""

    name: str
    heading: str
    meaning: str
    kind: Kind = "text"
    width: int = 11


@dataclass(frozen=True)
class DownloadCell:
    """A cell: a number with its decimals, or a text; None where there is nothing to say."""

    value: str | float | None
    decimals: int = 0


@dataclass(frozen=True)
class DownloadSheet:
    """A result table as its readers get it.

    Parameters
    ----------
    id : str
        Part of the file name: "comparison-annual".
    title, about : str
        What it holds.
    columns : tuple of DownloadColumn
    rows : tuple of tuple of DownloadCell
        In the order of the columns.
    symbols : tuple of (str, str)
        Every symbol that stands in it and its meaning.
    """

    id: str
    title: str
    about: str
    columns: tuple[DownloadColumn, ...]
    rows: tuple[tuple[DownloadCell, ...], ...]
    symbols: tuple[tuple[str, str], ...] = ()


#: What stands before a table's own columns, and behind them, wherever it has areas or measures.
_NAMES = {
    "area": DownloadColumn("area", "Area", "authority, region or country", width=22),
    "measure": DownloadColumn("measure", "Measure", "short title of the measure", width=34),
}
_IDENTITIES = {
    "measure": (
        DownloadColumn("unit", "Unit", "unit of the measure's figures", width=16),
        DownloadColumn("better_when", "Which way is good", "higher, lower or neither", width=18),
        DownloadColumn("measure_id", "Measure id", "its id in the catalogue", width=24),
    ),
    "area": (DownloadColumn("area_code", "Area code", "ONS code of the area", width=12),),
}
#: Columns for machines: they are not printed.
UNPRINTED = ("unit", "better_when", "measure_id", "area_code", "file", "sheet", "cell")


def briefing_downloads(
    tables: Mapping[str, pd.DataFrame],
    measures: Measures,
    areas: Areas,
    *,
    edition: Edition = "public",
) -> list[DownloadSheet]:
    """Make the sheets of a briefing's download from its result tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Result tables of *this* edition by name: "comparison_annual", "trends", "explain", …
    measures, areas
        The catalogue, for names, units and decimals.
    edition : {"public", "restricted"}
        In the public one authorities' own words and the places within their returns are left
        out.

    Returns
    -------
    list of DownloadSheet
        In the order given. A row without a figure carries the symbol of its status in place of
        each of its own numbers, and no other number that would follow from them.

    Raises
    ------
    ParameterError
        No such table can be downloaded.
    SchemaError
        A table lacks a column.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> from slinb.catalogue.measures import load_measures
    >>> table = schema.MESSAGES.empty()
    >>> briefing_downloads({"messages_annual": table}, load_measures(), load_areas())[0].title
    'Headlines, official figures'
    """
    return [_make_sheet(name, t, measures, areas, edition) for name, t in tables.items()]


@lru_cache(maxsize=1)
def load_download_tables() -> dict[str, TableSpec]:
    """Return what ``downloads.toml`` says of each table, by its id."""
    source = files("slinb.show") / "downloads.toml"
    entries = [build_entry(TableSpec, raw, source.name) for raw in read_toml(source)["table"]]
    return {entry.id: entry for entry in entries}


def _find_spec(name: str) -> tuple[TableSpec, str]:
    for ending, words in {**_MADE_OF, "": ""}.items():
        found = load_download_tables().get(name.removesuffix(ending) if ending else name)
        if found and name.endswith(ending):
            return found, words
    known = ", ".join(load_download_tables())
    raise ParameterError(f"The table “{name}” cannot be downloaded.", f"There are: {known}.")


def _make_sheet(
    name: str, table: pd.DataFrame, measures: Measures, areas: Areas, edition: Edition
) -> DownloadSheet:
    spec, made_of = _find_spec(name)
    source = spec.find_schema()
    rows = list_rows(source.conform(table))
    public = edition == "public"
    chosen = _choose_columns(spec, rows, public=public)
    meanings = {column.name: column.meaning for column in source.columns}
    named = [key for key in _NAMES if key in meanings]
    identified = [key for key in _IDENTITIES if key in meanings]
    own = [DownloadColumn(c.name, c.heading, meanings[c.name], c.kind, c.width) for c in chosen]
    return DownloadSheet(
        id=name.replace("_", "-"),
        title=spec.title + made_of,
        about=spec.about,
        columns=(
            *(_NAMES[key] for key in named),
            *own,
            *(column for key in identified for column in _IDENTITIES[key]),
        ),
        rows=tuple(
            (
                *(_name_cell(key, row, measures, areas) for key in named),
                *(_fill_cell(c, row, measures, public=public) for c in chosen),
                *(cell for key in identified for cell in _identify_cells(key, row, measures)),
            )
            for row in rows
        ),
        symbols=_list_symbols(rows, chosen),
    )


def _choose_columns(spec: TableSpec, rows: list[Row], *, public: bool) -> list[ColumnSpec]:
    """Return the columns of an edition; places within returns are nobody's business but theirs."""
    returns_only = all(row.get("table") == _RETURN for row in rows)
    return [
        c for c in spec.columns if not (public and (c.restricted or (c.place and returns_only)))
    ]


def _name_cell(key: str, row: Row, measures: Measures, areas: Areas) -> DownloadCell:
    code = row[key]
    if key == "area":
        return _write_text(areas[code].name if code in areas else code)
    measure = _find_measure(row, measures)
    return DownloadCell(measure.short) if measure else _write_text(code)


def _identify_cells(key: str, row: Row, measures: Measures) -> list[DownloadCell]:
    if key == "area":
        return [_write_text(row[key])]
    measure = _find_measure(row, measures)
    # The catalogue's own words are safe as they are: a unit may well be “%”.
    words = [measure.unit, polarity_phrase(measure)] if measure else [None, None]
    return [*map(DownloadCell, words), _write_text(row[key])]


def _find_measure(row: Row, measures: Measures) -> Measure | None:
    code = row.get("measure", "")
    if code in measures:
        return measures[code]
    return None


def _fill_cell(column: ColumnSpec, row: Row, measures: Measures, *, public: bool) -> DownloadCell:
    value = row[column.name]
    if column.kind == "flag":
        return DownloadCell("yes" if value else "no")
    if column.kind in NUMBERS:
        return _write_number(column, row, _find_measure(row, measures))
    if public and column.place and row.get("table") == _RETURN:
        return DownloadCell(None)
    return _write_prose(str(value)) if column.kind == "words" else _write_text(str(value))


# The same few texts fill a table's columns, and to make one safe takes long.
@lru_cache(maxsize=4096)
def _write_text(text: str) -> DownloadCell:
    return DownloadCell(neutralise_formula(clean_text(text)) or None)


@lru_cache(maxsize=4096)
def _write_prose(text: str) -> DownloadCell:
    return _write_text(plain_prose(text))


def _write_number(column: ColumnSpec, row: Row, measure: Measure | None) -> DownloadCell:
    status = row.get("status", "")
    if status in NO_VALUE_STATUSES and not column.kept:
        # Whatever else the row holds would say something of the figure that it must not state.
        return DownloadCell(REASONS[status].symbol if column.own else None)
    value = float(row[column.name])
    if math.isnan(value):
        return DownloadCell(None)
    decimals = _find_decimals(column.kind, value, measure)
    return DownloadCell(round(value, decimals) + 0.0, decimals)  # + 0.0: no minus zero


def _find_decimals(kind: Kind, value: float, measure: Measure | None) -> int:
    if kind == "figure":
        return measure.decimals if measure else 1
    if kind == "ratio":
        return _RATIO_DECIMALS
    return 0 if kind == "whole" or value.is_integer() else 1


def _list_symbols(rows: list[Row], columns: list[ColumnSpec]) -> tuple[tuple[str, str], ...]:
    """Return the symbols that stand in the sheet, each with all that it can mean there."""
    if not any(column.own for column in columns):
        return ()
    found: dict[str, list[str]] = {}
    statuses: set[Any] = {row.get("status") for row in rows}
    for status, reason in REASONS.items():
        if status in statuses:
            found.setdefault(reason.symbol, []).append(reason.words)
    return tuple((symbol, " or ".join(words)) for symbol, words in found.items())
