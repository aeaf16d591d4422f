"""What is published, and every equality that a reader can see in it.

A :class:`Publication` is a list of cells and a list of relations between them. It says nothing
of what is to be protected: the protection reads one with true counts, the audit reads one with
the published figures and symbols.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

#: Columns of ``Publication.cells`` that are not labels, with the value of a cell that has none.
CELL_COLUMNS: dict[str, Any] = {
    "cell": "",  # unique id
    "table": "",  # the smallest unit that is published or withheld together
    "value": np.nan,  # count, or missing where the symbol says why
    "symbol": "",  # "" shown, c confidential, k rounds to zero, u, x missing, z not applicable
    "rounded": False,  # published rounded (regions, countries)
    "fixed": False,  # published before, cannot be changed
    "revised": False,  # publicly marked as changed since the last release
    "cost": 1.0,  # what hiding it costs the reader, beside its size and its being a total
}
RELATION_COLUMNS = ("relation", "kind", "low", "high", "total")
TERM_COLUMNS = ("relation", "cell", "coefficient")
SYMBOLS = ("", "c", "k", "u", "x", "z")


@dataclass(frozen=True)
class Settings:
    """The region's rules of disclosure control.

    Parameters
    ----------
    threshold : int, default 5
        Counts from 1 to this are primary suppressions; zero is shown.
    base : int, default 10
        Regional and national counts are rounded to a multiple of this, half up.
    min_range : int, default 4
        Least distance between the smallest and the largest value that a suppressed cell can
        have by the published figures. The symbol alone leaves a primary cell the five values
        1 to 5, a distance of 4; by default the rest of the publication may not leave fewer.
        1 asks only that no cell is known exactly.

    Raises
    ------
    ValueError
        A setting is out of range.
    """

    threshold: int = 5
    base: int = 10
    min_range: int = 4

    def __post_init__(self) -> None:
        for name, least in (("threshold", 0), ("base", 1), ("min_range", 1)):
            value = getattr(self, name)
            if int(value) != value or value < least:
                raise ValueError(f"Setting {name} must be a whole number from {least}, not {value}")


@dataclass(frozen=True)
class Publication:
    """Cells and the relations that hold between them.

    Parameters
    ----------
    cells : DataFrame
        One row a cell: the columns of ``CELL_COLUMNS`` and the label columns of all tables
        ("" where a table lacks one).
    relations : DataFrame
        ``relation`` (0, 1, …), ``kind`` (sum, link, rate, release …), ``low`` and ``high``
        (bounds on the sum of its terms), ``total`` (cell id of the total, or "").
    terms : DataFrame
        ``relation``, ``cell``, ``coefficient``.
    notes : tuple of str
        What could not be related, in words.
    """

    cells: pd.DataFrame
    relations: pd.DataFrame
    terms: pd.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def labels(self) -> list[str]:
        """Names of the label columns."""
        return [name for name in self.cells.columns if name not in CELL_COLUMNS]

    def table(self, name: str) -> pd.DataFrame:
        """Return the cells of one table, with the labels that it has.

        Raises
        ------
        ValueError
            No table is called so.
        """
        rows = self.cells[self.cells["table"] == name]
        if rows.empty:
            known = ", ".join(sorted(self.cells["table"].unique()))
            raise ValueError(f"No table “{name}” in the publication; it has: {known}.")
        unused = [label for label in self.labels if (rows[label] == "").all()]
        return rows.drop(columns=unused).reset_index(drop=True)

    def matrix(self) -> sparse.csr_array:
        """Return the relations × cells matrix of coefficients."""
        column = pd.Index(self.cells["cell"]).get_indexer(self.terms["cell"])
        shape = (len(self.relations), len(self.cells))
        entries = (self.terms["coefficient"], (self.terms["relation"], column))
        return sparse.csr_array(sparse.coo_array(entries, shape=shape))

    def keep(self, rows: Any) -> Publication:
        """Return a copy with only these cells, and the relations that need no other."""
        cells = self.cells[np.asarray(rows, dtype=bool)]
        lost = self.terms.loc[~self.terms["cell"].isin(cells["cell"]), "relation"]
        relations = self.relations[~self.relations["relation"].isin(lost)]
        number = pd.Series(range(len(relations)), index=relations["relation"])
        terms = self.terms[self.terms["relation"].isin(relations["relation"])]
        return replace(
            self,
            cells=cells.reset_index(drop=True),
            relations=relations.assign(relation=range(len(relations))).reset_index(drop=True),
            terms=terms.assign(relation=terms["relation"].map(number)).reset_index(drop=True),
        )

    def with_relations(
        self, relations: pd.DataFrame, terms: pd.DataFrame, notes: Iterable[str] = ()
    ) -> Publication:
        """Return a copy with further relations, numbered on from its own."""
        first = len(self.relations)
        relations = relations.assign(relation=relations["relation"] + first)
        terms = terms.assign(relation=terms["relation"] + first)
        return replace(
            self,
            relations=stack([self.relations, relations]),
            terms=stack([self.terms, terms]),
            notes=(*self.notes, *notes),
        )


def stack(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Put frames under one another; empty ones would only spoil the dtypes."""
    kept = list(frames)
    filled = [frame for frame in kept if len(frame)]
    return pd.concat(filled or kept[:1], ignore_index=True)


def no_relations() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return empty ``relations`` and ``terms``."""
    relations = pd.DataFrame(
        {
            "relation": pd.Series(dtype="int64"),
            "kind": pd.Series(dtype="str"),
            "low": pd.Series(dtype="float64"),
            "high": pd.Series(dtype="float64"),
            "total": pd.Series(dtype="str"),
        }
    )
    terms = pd.DataFrame(
        {
            "relation": pd.Series(dtype="int64"),
            "cell": pd.Series(dtype="str"),
            "coefficient": pd.Series(dtype="float64"),
        }
    )
    return relations, terms


def combine(*publications: Publication) -> Publication:
    """Put publications together: all tables of a quarter, and the last one.

    Raises
    ------
    ValueError
        None given, or two hold a cell of the same table and labels.
    """
    if not publications:
        raise ValueError("Nothing to combine: give at least one publication.")
    cells = pd.concat([p.cells for p in publications], ignore_index=True)
    labels = [name for name in cells.columns if name not in CELL_COLUMNS]
    cells[labels] = cells[labels].fillna("")
    twice = cells["cell"].duplicated()
    if twice.any():
        raise ValueError(f"Cell “{cells.loc[twice, 'cell'].iloc[0]}” stands in two publications.")
    merged = Publication(cells, *no_relations())
    firsts = np.cumsum([0, *(len(p.relations) for p in publications)])
    relations = [
        p.relations.assign(relation=p.relations["relation"] + n)
        for p, n in zip(publications, firsts, strict=False)
    ]
    terms = [
        p.terms.assign(relation=p.terms["relation"] + n)
        for p, n in zip(publications, firsts, strict=False)
    ]
    notes = tuple(note for p in publications for note in p.notes)
    return replace(merged, relations=stack(relations), terms=stack(terms), notes=notes)


def match_labels(frame: pd.DataFrame, where: Mapping[str, Any] | None) -> pd.Series[bool]:
    """Return which rows have the given labels (one value or several for each column)."""
    found = pd.Series(True, index=frame.index)
    for column, wanted in (where or {}).items():
        values = [wanted] if isinstance(wanted, str) else list(wanted)
        found &= frame[column].isin(values)
    return found
