"""What the tables of a return look like: their columns and the kind of each, from data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, Literal

from slinb.records.grid import fold_header

Kind = Literal["id", "day", "code", "whole", "text"]


@dataclass(frozen=True)
class ColumnRule:
    """One column of a table.

    Parameters
    ----------
    name : str
        The DfE's name: DECOM, LS, …
    kind : {"id", "day", "code", "whole", "text"}
    codes : str
        Code list of a code column, else empty.
    lowest, highest : int
        Limits of a whole number, both allowed.
    optional : bool
        Whether a file without it is complete all the same.
    """

    name: str
    kind: Kind
    codes: str = ""
    lowest: int = 0
    highest: int = 0
    optional: bool = False


@dataclass(frozen=True)
class TableRule:
    """One table: its columns, those that tell it from others, and its elements in the XML."""

    name: str
    columns: tuple[ColumnRule, ...]
    signature: frozenset[str]
    xml: frozenset[str]

    @cached_property
    def by_name(self) -> dict[str, ColumnRule]:
        """Columns by their name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def required(self) -> list[str]:
        """Names of the columns that a complete file has."""
        return [column.name for column in self.columns if not column.optional]


@dataclass(frozen=True)
class Specification:
    """All tables of the return and the other spellings of their headers."""

    tables: tuple[TableRule, ...]
    spellings: Mapping[str, str]

    @cached_property
    def _names(self) -> dict[str, str]:
        names = {fold_header(c.name): c.name for table in self.tables for c in table.columns}
        return {**{fold_header(k): v for k, v in self.spellings.items()}, **names}

    def __getitem__(self, table: str) -> TableRule:
        return next(rule for rule in self.tables if rule.name == table)

    def name_column(self, header: str) -> str:
        """Return the DfE's name of a header, "" where it is none of theirs."""
        return self._names.get(fold_header(header), "")

    def score_headers(self, headers: Iterable[str]) -> int:
        """Return how many cells of a row are headers of the return; 0 where only one is."""
        known = len({name for h in headers if (name := self.name_column(h))})
        return known if known > 1 else 0

    def recognise(self, headers: Iterable[str]) -> TableRule | None:
        """Return the table that headers belong to: the one whose own columns most stand there."""
        names = {self.name_column(header) for header in headers} - {""}
        fitting = [rule for rule in self.tables if rule.signature & names]
        return max(
            fitting,
            key=lambda r: (len(r.signature & names), len(names & set(r.by_name))),
            default=None,
        )


@lru_cache(maxsize=2)
def load_specification(name: str = "ssda903") -> Specification:
    """Read a specification that comes with slinb: ``ssda903`` or ``cin_census``."""
    source = files("slinb.records") / "codelists" / f"{name}.toml"
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    spellings = raw.pop("spellings")
    return Specification(tuple(_build_table(name, r) for name, r in raw.items()), spellings)


def _build_table(name: str, raw: dict[str, Any]) -> TableRule:
    columns = [*_build_columns(raw, optional=False)]
    columns += _build_columns(raw.get("optional", {}), optional=True)
    return TableRule(name, tuple(columns), frozenset(raw["signature"]), frozenset(raw["xml"]))


def _build_columns(raw: dict[str, Any], *, optional: bool) -> Iterable[ColumnRule]:
    kinds: tuple[Kind, ...] = ("id", "day", "text")
    for kind in kinds:
        for column in raw.get(kind, []):
            yield ColumnRule(column, kind, optional=optional)
    for column, codes in raw.get("code", {}).items():
        yield ColumnRule(column, "code", codes=codes, optional=optional)
    for column, (lowest, highest) in raw.get("whole", {}).items():
        yield ColumnRule(column, "whole", lowest=lowest, highest=highest, optional=optional)
