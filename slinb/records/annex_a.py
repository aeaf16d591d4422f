"""An Annex A workbook: lists 1 to 11 recognised by their headers, read and checked.

Names of sheets and headers vary, so a sheet is taken for the list of which it has most headers,
and a header for the column whose name, known spelling or words it carries. Nothing is dropped
because a header is new, moved or missing: what cannot be placed is named.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.grid import SURE, Grid, RecordsError, fold_header
from slinb.records.meanings import fold_words
from slinb.records.problems import ProblemLog
from slinb.records.workbook import read_sheets

_COMMON = 5
_LEAST = 3


@lru_cache(maxsize=4096)
def _split_words(header: str) -> tuple[str, ...]:
    return tuple(fold_words(header).split())


@dataclass(frozen=True)
class ListColumn:
    """One column of a list and how its header may be written.

    ``accepted`` names the set of values of a choice, or gives the limits of a whole number.
    """

    name: str
    kind: str
    accepted: str
    required: bool
    spellings: frozenset[str]
    words: tuple[tuple[str, ...], ...]

    def fits(self, header: str) -> int:
        """Return how well a header fits: its words that this column is known by, 0 if none.

        A word of the rule may be the beginning of a word of the header ("complet", "suitab").
        """
        said = _split_words(header)
        whole = [w for w in self.words if all(any(s.startswith(p) for s in said) for p in w)]
        return max((len(w) for w in whole), default=0)


@dataclass(frozen=True)
class ListRule:
    """One list of Annex A: its columns, how to know its sheet, and what it cannot tell."""

    number: int
    title: str
    columns: tuple[ListColumn, ...]
    key: frozenset[str]
    sheet: tuple[str, ...]
    cannot: str

    @cached_property
    def _exact(self) -> dict[str, str]:
        named = {s: c.name for c in self.columns for s in c.spellings}
        return {**named, **{fold_header(c.name): c.name for c in self.columns}}

    def place_headers(self, headers: Sequence[str]) -> tuple[dict[str, int], list[int]]:
        """Return the position of each column, and of the headers that are none of the list's.

        Exact names and spellings are placed first, then headers by their words, the one with
        most words first; a header that fits two free columns equally well is placed nowhere.
        """
        placed: dict[str, int] = {}
        for position, header in enumerate(headers):
            name = self._exact.get(fold_header(header))
            if name and name not in placed:
                placed[name] = position
        rest = [i for i in range(len(headers)) if i not in placed.values() and headers[i]]
        free = [c for c in self.columns if c.name not in placed]
        offers = sorted(
            (
                (score, i, c.name)
                for i in rest
                if _may_be_header(headers[i])
                for c in free
                if (score := c.fits(headers[i]))
            ),
            reverse=True,
        )
        for score, position, name in offers:
            taken = position in placed.values() or name in placed
            if not taken and not self._is_tied(offers, score, position, name, placed):
                placed[name] = position
        known = set(placed.values())
        return placed, [i for i in rest if i not in known]

    @staticmethod
    def _is_tied(
        offers: Iterable[tuple[int, int, str]],
        score: int,
        position: int,
        name: str,
        placed: dict[str, int],
    ) -> bool:
        return any(
            s == score and p == position and n != name and n not in placed for s, p, n in offers
        )


@dataclass(frozen=True)
class ListTable:
    """The rows of one list, from all sheets that hold it.

    Parameters
    ----------
    rule : ListRule
    cells : DataFrame
        Columns by Ofsted's name, as the sheets give them (text, dates, numbers, booleans).
    file, sheet : array of str
        Where each row was read from.
    rows : array of int64
        Row number of each row in its sheet.
    """

    rule: ListRule
    cells: pd.DataFrame
    file: npt.NDArray[np.object_]
    sheet: npt.NDArray[np.object_]
    rows: npt.NDArray[np.int64]

    def has(self, column: str) -> bool:
        """Whether any sheet had the column."""
        return column in self.cells

    def column(self, name: str) -> pd.Series[Any]:
        """Return a column, all missing where no sheet has it."""
        if name in self.cells:
            return self.cells[name]
        return pd.Series([None] * len(self.rows), dtype=object)


@lru_cache(maxsize=1)
def load_lists() -> tuple[ListRule, ...]:
    """Read the rules of the eleven lists that come with slinb."""
    folder = files("slinb.records") / "codelists"
    raw = tomllib.loads((folder / "annex_a_lists.toml").read_text(encoding="utf-8"))["list"]
    with (folder / "annex_a_columns.csv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle))
    return tuple(_build_rule(entry, rows) for entry in raw)


def _build_rule(raw: dict[str, Any], rows: list[dict[str, str]]) -> ListRule:
    return ListRule(
        number=raw["number"],
        title=raw["title"],
        columns=tuple(_build_column(r) for r in rows if r["list"] == str(raw["number"])),
        key=frozenset(raw["key"]),
        sheet=tuple(raw["sheet"]),
        cannot=raw["cannot"],
    )


def _build_column(row: dict[str, str]) -> ListColumn:
    return ListColumn(
        name=row["column"],
        kind=row["kind"],
        accepted=row["values"],
        required=row["required"] == "yes",
        spellings=frozenset(fold_header(s) for s in row["spellings"].split("|") if s),
        words=tuple(tuple(w.split()) for w in row["words"].split("|") if w),
    )


@lru_cache(maxsize=1)
def _exact_headers() -> frozenset[str]:
    spelt = (c.spellings | {fold_header(c.name)} for rule in load_lists() for c in rule.columns)
    return frozenset().union(*spelt)


@lru_cache(maxsize=1)
def _header_words() -> re.Pattern[str]:
    words = {w for rule in load_lists() for c in rule.columns for ws in c.words for w in ws}
    return re.compile(r"\b(?:" + "|".join(sorted(map(re.escape, words))) + ")")


@lru_cache(maxsize=65_536)
def _may_be_header(text: str) -> bool:
    """Whether a text has any word by which headers are known: most cells of records have none."""
    return bool(_header_words().search(fold_words(text)))


def score_headers(headers: Sequence[str]) -> int:
    """Return how much a row looks like headers of a list; 0 where it does not."""
    known = sum(fold_header(h) in _exact_headers() for h in headers)
    if known >= _COMMON:
        return SURE + known
    if sum(_may_be_header(h) for h in headers) < _LEAST:
        return 0
    best = max(len(rule.place_headers(headers)[0]) for rule in load_lists())
    return best if best >= _LEAST else 0


def read_annex_a(
    paths: Sequence[Path], log: ProblemLog, root: Path | None = None
) -> tuple[list[ListTable], list[dict[str, Any]]]:
    """Read Annex A from one or several workbooks.

    A workbook that cannot be opened is noted and passed over.

    Returns
    -------
    lists : list of ListTable
        The lists that were found, in their order.
    account : list of dict
        ACCOUNT rows, one a sheet (or one a workbook that cannot be opened).
    """
    found: dict[int, list[tuple[Grid, dict[str, int]]]] = {}
    account: list[dict[str, Any]] = []
    for path in paths:
        file = path.relative_to(root).as_posix() if root else path.name
        try:
            for grid, headed in read_sheets(path, file, score_headers, log):
                rule = recognise_list(grid) if headed else None
                if rule is None:
                    account += _account_unknown(grid, log)
                else:
                    found.setdefault(rule.number, []).append((grid, _place(grid, rule, log)))
        except RecordsError as error:
            log.note("unreadable file", error.problem, error.remedy, file=file, n=1)
            account.append({"file": file})
    tables = []
    for rule in load_lists():
        if rule.number in found:
            table, rows = _join_sheets(rule, found.pop(rule.number), log)
            tables.append(table)
            account += rows
    return tables, account


def recognise_list(grid: Grid) -> ListRule | None:
    """Return the list that a sheet holds: the one with most headers, key columns first."""

    def fit(rule: ListRule) -> tuple[int, int, bool]:
        placed, _ = rule.place_headers(grid.headers)
        named = f"list {rule.number}" == fold_words(grid.sheet)[: len(f"list {rule.number}")]
        named = named or any(word in fold_words(grid.sheet) for word in rule.sheet)
        return len(rule.key & set(placed)), len(placed), named

    best = max(load_lists(), key=fit)
    keys, placed, _ = fit(best)
    return best if keys and placed >= _COMMON else None


def _account_unknown(grid: Grid, log: ProblemLog) -> list[dict[str, Any]]:
    if not len(grid.rows):
        return []
    log.note(
        "unknown sheet",
        "The sheet is none of Annex A's lists 1 to 11.",
        "Not read.",
        file=grid.file,
        sheet=grid.sheet,
        n=len(grid.rows),
    )
    held = {"file": grid.file, "sheet": grid.sheet}
    return [{**held, "rows_in": grid.rows_in, "blank": grid.blank, "unread": len(grid.rows)}]


def _place(grid: Grid, rule: ListRule, log: ProblemLog) -> dict[str, int]:
    """Place the headers of a sheet and note those renamed, unknown or missing."""
    placed, unknown = rule.place_headers(grid.headers)
    at: dict[str, Any] = {"file": grid.file, "sheet": grid.sheet}
    for name, position in placed.items():
        header = grid.headers[position]
        if fold_header(header) != fold_header(name):
            log.note("renamed column", f"Taken for “{name}”.", "Read.", column=header, n=1, **at)
    for position in unknown:
        log.note(
            "extra column",
            "A column that is not the list's.",
            "Left out.",
            column=grid.headers[position],
            n=1,
            **at,
        )
    for column in rule.columns:
        if column.required and column.name not in placed:
            log.note(
                "missing column",
                "A column that counts rest on is missing.",
                "Only what rests on it is not counted.",
                column=column.name,
                n=1,
                **at,
            )
    if not len(grid.rows):
        log.note(
            "headers without rows",
            f"List {rule.number} has headers and no rows.",
            "Counted as none: check that the export did not fail.",
            n=0,
            **at,
        )
    return placed


def _join_sheets(
    rule: ListRule, sheets: list[tuple[Grid, dict[str, int]]], log: ProblemLog
) -> tuple[ListTable, list[dict[str, Any]]]:
    """Join the sheets of one list, leaving out rows that an earlier sheet has already."""
    parts, account = [], []
    seen: set[int] = set()
    for grid, placed in sheets:
        cells = pd.DataFrame({name: grid.cells[i] for name, i in placed.items()}, copy=False)
        repeated = np.zeros(len(cells), dtype=bool)
        if len(sheets) > 1:
            hashes = _hash_rows(cells, rule)
            repeated = np.isin(hashes, list(seen))
            seen.update(hashes.tolist())
        if repeated.any():
            log.note(
                "sheet repeats another",
                "Rows that an earlier sheet of the list has already.",
                "Counted once.",
                file=grid.file,
                sheet=grid.sheet,
                rows=grid.rows[repeated],
            )
        keep = ~repeated
        parts.append((cells[keep], grid, grid.rows[keep]))
        used = int(keep.sum())
        account.append(
            {
                "file": grid.file,
                "sheet": grid.sheet,
                "table": f"list {rule.number}",
                "rows_in": grid.rows_in,
                "blank": grid.blank,
                "repeated": int(repeated.sum()),
                "used": used,
            }
        )
    cells = pd.concat([c for c, _, _ in parts], ignore_index=True)
    file = np.concatenate([np.full(len(r), g.file, dtype=object) for _, g, r in parts])
    sheet = np.concatenate([np.full(len(r), g.sheet, dtype=object) for _, g, r in parts])
    rows = np.concatenate([r for _, _, r in parts])
    return ListTable(rule, cells, file, sheet, rows), account


def _hash_rows(cells: pd.DataFrame, rule: ListRule) -> npt.NDArray[np.uint64]:
    """Return one number a row, equal for equal rows whatever the order of the columns."""
    total = np.zeros(len(cells), dtype=np.uint64)
    for i, column in enumerate(rule.columns, start=1):
        if column.name in cells:
            texts = cells[column.name].map(str)
            hashes = pd.util.hash_array(texts.to_numpy(dtype=object), categorize=True)
            total += hashes * np.uint64(2 * i + 1)
    return total
