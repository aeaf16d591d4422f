"""The tables that leave the records room: counts, and what was found on the way to them.

None has a place for an identifier, a date of birth or a postcode. The words of a COUNTS row come
from closed lists (the measures, groups and bands of this package), never from a cell of a file;
:func:`conform_counts` refuses anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from slinb.errors import SchemaError
from slinb.records.neglect_words import NEGLECT_WORDS
from slinb.records.vocabulary import WORDS
from slinb.schema import Column, Dtype, TableSchema


def _table(name: str, *columns: tuple[str, Dtype, str]) -> TableSchema:
    return TableSchema(name, tuple(Column(*column) for column in columns))


COUNTS = _table(
    "counts",
    ("measure", "str", "S1 to S17 of the Section 20 set, N1 to N15 of the neglect set"),
    ("item", "str", "what is counted within the measure: stock, starts, over 3 months, …"),
    ("source", "str", "SSDA903, Annex A or CIN census"),
    ("window", "str", "snapshot, quarter, year (rolling 12 months) or cohort"),
    ("cohort", "str", "quarter in which the children of the row started; empty without cohort"),
    ("population", "str", "all, UASC or not UASC"),
    ("breakdown", "str", "age, need, duration, plan, …; empty for the total"),
    ("category", "str", "the category of the breakdown"),
    ("across", "str", "category of the second breakdown of a matrix, else empty"),
    ("numerator", "int64", "children (or spells, endings, rows) counted"),
    ("denominator", "int64", "of how many"),
    ("excluded", "int64", "how many could not be counted either way"),
    ("why", "str", "why they were left out"),
)

RISK = _table(
    "risk table",
    ("measure", "str", "S9"),
    ("source", "str", "SSDA903"),
    ("cohort", "str", "quarter of start"),
    ("population", "str", "all, UASC or not UASC"),
    ("month", "int64", "1 is the time from the start to the same day of the next month"),
    ("at_risk", "int64", "children followed through the whole month who had not left before it"),
    ("order", "int64", "left for a care or placement order in the month"),
    ("home", "int64", "care ended in the month: home to parents or relatives"),
    ("adult", "int64", "care ended in the month: 18th birthday"),
    ("other", "int64", "care ended in the month for any other or no stated reason"),
)

DURATIONS = _table(
    "durations",
    ("measure", "str", "S6 (current spell), S10 (start to order), N4 (plan), N11 (to letter)"),
    ("source", "str", "SSDA903, Annex A or CIN census"),
    ("population", "str", "all, UASC or not UASC; of N4 and N11 the category of the plan"),
    ("month", "int64", "completed months: 0 is less than one month"),
    ("n", "int64", "spells of this length"),
)

STATISTICS = _table(
    "statistics",
    ("measure", "str", "S6, S10, N4 or N11"),
    ("source", "str", "SSDA903, Annex A or CIN census"),
    ("population", "str", "all, UASC or not UASC"),
    ("statistic", "str", "median days"),
    ("value", "float64", "missing where it would rest on fewer than ten children"),
    ("n", "int64", "children behind it"),
)

RETURN_COUNTS = _table(
    "return counts",
    ("count", "str", "count id of the measure catalogue: cla, cla_s20, referrals, …"),
    ("value", "int64", "the count for the quarter's cell"),
    ("source", "str", "SSDA903 or Annex A list"),
    ("excluded", "int64", "records left out of it"),
    ("note", "str", "what a reader must know"),
)

ANSWERS = _table(
    "answers",
    ("measure", "str", "S1 to S17, N1 to N15, list 1 to list 11"),
    ("title", "str", "the measure in words"),
    ("source", "str", "SSDA903, Annex A or CIN census"),
    ("answered", "str", "answered, in part, not answered or not run"),
    ("why", "str", "what is missing, and where it could come from"),
)

PROBLEMS = _table(
    "problems",
    ("file", "str", "file name"),
    ("sheet", "str", "sheet of a workbook, else empty"),
    ("rows", "str", "row numbers (first ones), never a child's identifier"),
    ("column", "str", "column concerned, else empty"),
    ("rule", "str", "id of the rule, with the DfE's number where it is one of theirs"),
    ("found", "str", "what was found; dates, postcodes and identifiers are masked"),
    ("done", "str", "what was done with it"),
    ("n", "int64", "how many rows or children"),
)

ACCOUNT = _table(
    "account of rows",
    ("file", "str", "file name"),
    ("sheet", "str", "sheet of a workbook, else empty"),
    ("table", "str", "table or list that the rows belong to; empty where none"),
    ("rows_in", "int64", "rows below the header"),
    ("blank", "int64", "rows with nothing but spaces"),
    ("repeated", "int64", "rows that say again what another row says"),
    ("unusable", "int64", "rows left out: no child, no start date, end before start"),
    ("unread", "int64", "rows of a table that is not used"),
    ("used", "int64", "rows that the counts rest on"),
)

_WORDS = WORDS | NEGLECT_WORDS
_TEXT = ("measure", "item", "source", "window", "population", "breakdown", "category", "across")


def build_table(schema: TableSchema, rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Build a table from rows; what a row leaves out takes its empty value: "" or 0."""
    empty = {c.name: "" if c.dtype == "str" else 0 for c in schema.columns}
    return schema.from_rows([{**empty, **row} for row in rows])


def conform_counts(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Build COUNTS, refusing any word that is not one of this package's own.

    Raises
    ------
    SchemaError
        A text of a row is no word of the vocabulary: it may have come from a record.
    """
    frame = build_table(COUNTS, rows)
    strange = {
        column: sorted(set(frame[column]) - _WORDS - {""})
        for column in _TEXT
        if not set(frame[column]) <= _WORDS | {""}
    }
    whys = {part for why in frame["why"].unique() for part in why.split("; ")}
    if whys - _WORDS - {""}:
        strange["why"] = sorted(whys - _WORDS)
    if strange:
        columns = ", ".join(strange)
        raise SchemaError(
            f"Table “counts”: words outside the vocabulary in {columns}.",
            "Counts may carry only the words of slinb/records/vocabulary.py and neglect_words.py.",
        )
    return frame
