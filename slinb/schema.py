"""The tables that pass between the rooms of the house: every column once, with its meaning.

Each table is a tidy pandas DataFrame. A schema says which columns it has, in which order, of
which dtype and what they mean; :meth:`TableSchema.conform` makes a frame obey it or raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from slinb.errors import SchemaError

Dtype = Literal["str", "float64", "int64", "bool"]
_EMPTY: dict[Dtype, Any] = {"str": "", "float64": float("nan"), "int64": 0, "bool": False}

#: What can be said of an observation's value. Only the first group carries a number.
VALUE_STATUSES = ("final", "provisional", "estimated")
#: Why there is no number; the symbol is the publisher's (DfE: c, k or low, u, x, z).
NO_VALUE_STATUSES = {
    "suppressed": "c",  # confidential: a small number, or one that would reveal it
    "rounds_to_zero": "k",  # not zero, but rounds to it
    "low_reliability": "u",
    "not_available": "x",
    "not_applicable": "z",  # excluded, not missing
    "not_collected": "",
    "missing": "",  # a cell left empty, or a row that never came
    "unreadable": "",  # something was sent that is not a number
}
STATUSES = (*VALUE_STATUSES, *NO_VALUE_STATUSES)
SEVERITIES = ("stop", "query", "note")


@dataclass(frozen=True)
class Column:
    """One column: its name, dtype and meaning."""

    name: str
    dtype: Dtype
    meaning: str


@dataclass(frozen=True)
class TableSchema:
    """The columns of one table, in order.

    Examples
    --------
    >>> list(QUERIES.empty().columns)[:3]
    ['area', 'period', 'measure']
    """

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """Return a frame of no rows with the right columns and dtypes."""
        return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in self.columns})

    def from_rows(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        """Build a frame from dictionaries; a column that a row leaves out gets its empty value."""
        if not rows:
            return self.empty()
        return self.conform(pd.DataFrame.from_records(rows), fill=True)

    def conform(self, frame: pd.DataFrame, *, fill: bool = False) -> pd.DataFrame:
        """Return ``frame`` with exactly these columns, in this order and of these dtypes.

        Parameters
        ----------
        frame : DataFrame
            Rows to bring into shape.
        fill : bool, default False
            Add a missing column with its empty value instead of refusing.

        Raises
        ------
        SchemaError
            A column is missing (unless ``fill``), unknown, or cannot take its dtype.
        """
        unknown = [name for name in frame.columns if name not in self.names]
        missing = [name for name in self.names if name not in frame.columns]
        if unknown or (missing and not fill):
            raise SchemaError(
                f"Table “{self.name}”: missing columns {missing}, unknown columns {unknown}.",
                f"Its columns are: {', '.join(self.names)}.",
            )
        return pd.DataFrame({c.name: self._cast(frame, c) for c in self.columns})

    def _cast(self, frame: pd.DataFrame, column: Column) -> pd.Series[Any]:
        empty = _EMPTY[column.dtype]
        if column.name not in frame.columns:
            return pd.Series(empty, index=frame.index, dtype=column.dtype)
        values = frame[column.name]
        try:
            if column.dtype == "str":
                return values.astype("str").where(values.notna(), "").astype("str")
            return values.astype(column.dtype)
        except (TypeError, ValueError) as error:
            raise SchemaError(
                f"Table “{self.name}”, column “{column.name}” cannot be {column.dtype}: {error}."
            ) from error


def _table(name: str, *columns: tuple[str, Dtype, str]) -> TableSchema:
    return TableSchema(name, tuple(Column(*column) for column in columns))


OBSERVATIONS = _table(
    "observations",
    ("area", "str", "ONS code of the authority, region or country (E06000032, E12000006)"),
    ("period", "str", "period id (2025-26-Q3, 2024-25; see catalogue.periods)"),
    ("measure", "str", "measure id of the catalogue"),
    ("numerator", "float64", "count above the line; missing where not given"),
    ("denominator", "float64", "count below the line; missing where not given"),
    ("value", "float64", "in the measure's unit: 27.1 for 27.1%; as published where published"),
    ("status", "str", f"one of {', '.join(STATUSES)}"),
    ("sent", "str", "what stood in the source cells, unread: the officer's own text"),
    ("note", "str", "the sender's note or the publisher's footnote"),
    ("publisher", "str", "who states the figure: Department for Education, or the authority"),
    ("release", "str", "release of a publication, or date and role of a submission"),
    ("table", "str", "table id of the catalogue, or “quarterly return”"),
    ("file", "str", "file name"),
    ("sheet", "str", "sheet of a workbook, else empty"),
    ("cell", "str", "cell, range or row in which the figure stands"),
)

QUERIES = _table(
    "queries",
    ("area", "str", "ONS code of the authority asked; empty where it cannot be told"),
    ("period", "str", "period id"),
    ("measure", "str", "measure id; empty where the query is about a whole file or sheet"),
    ("severity", "str", "stop (value quarantined), query (please confirm) or note"),
    ("rule", "str", "id of the rule that found it"),
    ("file", "str", "file name"),
    ("sheet", "str", "sheet, else empty"),
    ("cell", "str", "cell, range or row"),
    ("sent", "str", "what was sent"),
    ("problem", "str", "what is wrong, in plain words"),
    ("action", "str", "what to do"),
)

SUBMISSIONS = _table(
    "submissions",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter of the return"),
    ("file", "str", "file name"),
    ("received", "str", "submission date on the workbook's cover, ISO; empty if not given"),
    ("role", "str", "role of the person who signed it off (never a name)"),
    ("template", "str", "template version of the workbook"),
    ("outcome", "str", "used, superseded, refused, missing or late"),
    ("values_in", "int64", "values sent: measures with anything in a number cell"),
    ("narrative", "str", "the authority's own words on the quarter, unformatted"),
)

COMPARISON = _table(
    "comparison",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "period id"),
    ("measure", "str", "measure id"),
    ("numerator", "float64", "count above the line over the period shown"),
    ("denominator", "float64", "count below the line"),
    ("value", "float64", "in the measure's unit"),
    ("lower", "float64", "lower 95% confidence limit, in the measure's unit"),
    ("upper", "float64", "upper 95% confidence limit"),
    ("lower_998", "float64", "lower 99.8% confidence limit"),
    ("upper_998", "float64", "upper 99.8% confidence limit"),
    ("status", "str", "status of the value"),
    ("benchmark", "str", "region, england or neighbours"),
    ("benchmark_value", "float64", "the benchmark, in the measure's unit"),
    ("benchmark_period", "str", "period of the benchmark: a published one may be older"),
    (
        "benchmark_n",
        "int64",
        "authorities with data behind the benchmark (0: one published figure)",
    ),
    ("judgement", "str", "better, similar, worse, higher, lower or not compared, at 95%"),
    ("judgement_998", "str", "the same at 99.8%"),
    ("rank", "float64", "1 is best within the region; missing without polarity or value"),
    ("ranked", "int64", "how many authorities of the region were ranked"),
    ("band", "str", "quartile band A (best) to D within the region; empty without polarity"),
    ("previous", "float64", "value of the period before"),
    ("change", "float64", "value less that of the period before"),
    ("year_ago", "float64", "value of the same period a year earlier"),
    ("change_year", "float64", "value less that of a year earlier"),
    ("table", "str", "where the figure comes from: table id or “quarterly return”"),
    ("file", "str", "file name"),
    ("sheet", "str", "sheet, else empty"),
    ("cell", "str", "cell, range or row"),
    ("note", "str", "what a reader must know: rolling 12 months, parts missing, footnote"),
)
