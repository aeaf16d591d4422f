"""Children's identifiers: one number a child across all tables, used in memory only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.grid import split_distinct
from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import SourceTable

_DAMAGED = r"\d(?:\.\d+)?E\+\d+"


def fold_identifier(text: str) -> str:
    """Return an identifier as it is compared: upper case, and 566910 where "566910.0" stands."""
    folded = text.strip().upper()
    return folded[:-2] if folded.endswith(".0") and folded[:-2].isdigit() else folded


def number_children(
    tables: Sequence[SourceTable], log: ProblemLog, column: str = "CHILD"
) -> tuple[list[npt.NDArray[np.int32]], int]:
    """Give every child one number, the same in all tables; -1 where a row names no child.

    Identifiers are never changed or guessed: two that differ are two children, and one that a
    spreadsheet has turned into "5.7E+05" is noted, because the original cannot be told.

    Returns
    -------
    numbers : list of array of int32
        For each table the child of each row.
    n : int
        How many children there are.
    """
    split = [split_distinct(table.column(column)) for table in tables]
    folded = [_fold_all(values) for _, values in split]
    places, known = pd.factorize(pd.concat(folded, ignore_index=True))
    log.identifiers |= _gather_identifiers(tables, known)
    numbers, start = [], 0
    for table, (codes, _), texts in zip(tables, split, folded, strict=True):
        own = np.append(places[start : start + len(texts)], -1).astype(np.int32)
        start += len(texts)
        numbers.append(own[codes])
        damaged = np.append(texts.str.fullmatch(_DAMAGED).to_numpy(dtype=bool), False)[codes]
        _note_identifiers(table, column, damaged, codes < 0, log)
    return numbers, len(known)


def _fold_all(values: Sequence[Any]) -> pd.Series[str]:
    """Fold many identifiers; the exact rule is that of :func:`fold_identifier`."""
    texts = pd.Series(values, dtype="str").str.upper()
    decimal = texts.str.endswith(".0").to_numpy(dtype=bool)
    if decimal.any():
        texts[decimal] = texts[decimal].map(fold_identifier)
    return texts


def _note_identifiers(
    table: SourceTable,
    column: str,
    damaged: npt.NDArray[np.bool_],
    blank: npt.NDArray[np.bool_],
    log: ProblemLog,
) -> None:
    at: dict[str, Any] = {"file": table.file, "sheet": table.sheet, "column": column}
    if damaged.any():
        log.note(
            "damaged identifier",
            "Identifiers that a spreadsheet has rounded to a power of ten.",
            "Kept, but children may have run together: export the file again.",
            rows=table.rows[damaged],
            **at,
        )
    if blank.any():
        log.note(
            "no child",
            "Rows that name no child.",
            "Left out.",
            rows=table.rows[blank],
            **at,
        )


def _gather_identifiers(tables: Sequence[SourceTable], children: pd.Index[str]) -> frozenset[str]:
    """Return the texts that must never be shown: identifiers of children, pupils and workers."""
    texts = set(children.tolist())
    for table in tables:
        for column in ("UPN", "FormerUPN", "SW_ID"):
            if column in table.cells:
                texts.update(_fold_all(split_distinct(table.cells[column])[1]).tolist())
    return frozenset(texts)
