"""Published tables: how a downloaded file is recognised and what its columns are called.

``tables.toml`` holds one entry a table. A file is recognised by its columns (under any of
their known names) and, where two tables share them, by values that it must contain.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Self

from pydantic import Field, model_validator

from slinb.catalogue.periods import Kind
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.errors import CatalogueError


class Table(CatalogueEntry):
    """One published table.

    ``columns`` maps the catalogue's name of a column to the other names under which files
    carry it, ``wordings`` (by column) the catalogue's wording of a value to other wordings.
    ``signature`` lists the columns that a file must have; ``holds`` the values that a column
    must contain. ``period_kind`` overrides the file's ``time_identifier`` where that says less
    than it should. ``symbols`` overrides the meaning of a symbol in this table (before 2018
    ``x`` marked suppression).

    Examples
    --------
    >>> load_tables()["cin_referrals"].name_columns(["Referrals", "Re_referrals"])
    {'Referrals': 'referral_count', 'Re_referrals': 'rereferral_count'}
    """

    id: Slug
    publisher: Words
    publication: Words
    title: Words
    columns: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    wordings: dict[str, dict[str, tuple[str, ...]]] = Field(default_factory=dict)
    signature: tuple[str, ...]
    #: columns that a file must not have (a history has all columns of the latest state, and more)
    lacks: tuple[str, ...] = ()
    holds: dict[str, str] = Field(default_factory=dict)
    period_kind: Kind | None = None
    #: a column of dates, where the file has no time period: it is of the year of the latest
    dated_by: str = ""
    symbols: dict[str, str] = Field(default_factory=dict)
    #: values that a column must have for a row to be read (totals only, one version only)
    rows: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    #: what counts of authorities, and of regions and England, are rounded to the nearest of;
    #: 0 where they are not rounded
    count_step: float = 0
    total_step: float = 0
    note: str = ""

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        if self.dated_by and not self.period_kind:
            raise ValueError("period_kind: say what kind of year the dates fall into")
        if not self.signature:
            raise ValueError("signature: name the columns by which a file is recognised")
        folded = [fold_name(n) for own, other in self.columns.items() for n in (own, *other)]
        twice = sorted({name for name in folded if folded.count(name) > 1})
        if twice:
            raise ValueError(f"columns: {', '.join(twice)} stands for two columns")
        return self

    def name_columns(self, names: Iterable[str]) -> dict[str, str]:
        """Return the catalogue's name of each column of a file, by the file's own name.

        Case and punctuation do not matter. A column that the catalogue has no name for keeps
        its own, in lower case; where two columns come to the same name, the first has it.
        """
        known = {fold_name(o): own for own, others in self.columns.items() for o in (own, *others)}
        named: dict[str, str] = {}
        for name in names:
            folded = fold_name(name)
            own = known.get(folded, folded)
            if own not in named.values():
                named[name] = own
        return named

    def find_missing(self, names: Iterable[str]) -> list[str]:
        """Return what a file with these columns lacks to be this table (or has too much)."""
        present = set(self.name_columns(names).values())
        needed = self.signature if self.dated_by else (*self.signature, "time_period")
        missing = [name for name in dict.fromkeys(needed) if name not in present]
        return missing + [f"has {name}" for name in self.lacks if name in present]


def fold_name(name: str) -> str:
    """Reduce a column name to lower-case letters and digits joined by underscores.

    >>> fold_name(" Duration_0-10 days")
    'duration_0_10_days'
    """
    letters = "".join(c if c.isalnum() else " " for c in name.casefold())
    return "_".join(letters.split())


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
