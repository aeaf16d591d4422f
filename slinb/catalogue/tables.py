"""Published tables: how a downloaded file is recognised and what its columns are called.

``tables.toml`` holds one entry a table. A file is recognised by its columns (under any of
their known names) and, where two tables share them, by values that it must contain.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

from pydantic import model_validator

from slinb.catalogue.periods import Kind
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.errors import CatalogueError


class Table(CatalogueEntry):
    """One published table.

    ``columns`` maps the catalogue's name of a column to the other names under which files
    carry it. ``signature`` lists the columns that a file must have; ``holds`` the values that
    a column must contain. ``period_kind`` overrides the file's ``time_identifier`` where that
    says less than it should. ``symbols`` overrides the meaning of a symbol in this table
    (before 2018 ``x`` marked suppression).
    """

    id: Slug
    publisher: Words
    publication: Words
    title: Words
    columns: dict[str, tuple[str, ...]] = {}
    signature: tuple[str, ...]
    holds: dict[str, str] = {}
    period_kind: Kind | None = None
    symbols: dict[str, str] = {}
    #: values that a column must have for a row to be read (totals only, one version only)
    rows: dict[str, tuple[str, ...]] = {}
    note: str = ""

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if not self.signature:
            raise ValueError("signature: name the columns by which a file is recognised")
        return self


@lru_cache(maxsize=1)
def load_tables() -> dict[str, Table]:
    """Read the published tables that come with slinb, by id.

    Raises
    ------
    CatalogueError
        An entry is wrong or an id stands twice.
    """
    return read_tables(files("slinb.catalogue") / "tables.toml")


def read_tables(source: Traversable) -> dict[str, Table]:
    """Read tables from one TOML file with a list of ``[[table]]``."""
    tables: dict[str, Table] = {}
    for raw in read_toml(source).get("table", []):
        table = build_entry(Table, raw, source.name)
        if table.id in tables:
            raise CatalogueError(f"{source.name}: table “{table.id}” stands twice.")
        tables[table.id] = table
    return tables
