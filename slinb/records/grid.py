"""A table as it stands in a file or sheet: headers, cells, and the number of every row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.errors import Place, SlinbError

#: How many rows are searched for the headers: titles and notes may stand above them.
TOP_ROWS = 25
#: A score that only headers reach.
SURE = 1000

#: Scores a row as headers: 0 where it is none, more the more headers of a table it holds.
HeaderScore = Callable[[Sequence[str]], int]


class RecordsError(SlinbError):
    """A file of records cannot be read; the others of its set still can.

    Parameters
    ----------
    rows : int
        Rows that it holds, where they could be counted: they are accounted for as unread.
    """

    def __init__(
        self, problem: str, remedy: str = "", place: Place | None = None, rows: int = 0
    ) -> None:
        super().__init__(problem, remedy, place)
        self.rows = rows


@dataclass(frozen=True)
class Grid:
    """One table of a file: nothing is renamed, converted or dropped but blank rows.

    Parameters
    ----------
    file, sheet : str
        Where it was read from.
    headers : tuple of str
        Header texts as they stand, one a column; "" for a column without header.
    rows : array of int64
        Row number of each row in the file, the first row of the file being 1.
    cells : DataFrame
        One column a header, named by position (0, 1, …): text of a CSV as categories, values of
        a sheet as objects; missing where blank.
    blank : int
        Rows dropped because nothing but spaces stood in them.
    """

    file: str
    sheet: str
    headers: tuple[str, ...]
    rows: npt.NDArray[np.int64]
    cells: pd.DataFrame
    blank: int = 0

    @property
    def rows_in(self) -> int:
        """Rows below the headers, blank ones too."""
        return len(self.rows) + self.blank

    def column(self, position: int) -> pd.Series[Any]:
        """Return one column by its position."""
        return self.cells[position]


def find_headers(top: Sequence[Sequence[str]], score: HeaderScore) -> int:
    """Return which of the top rows holds the headers, -1 where none looks like it.

    The first row whose score is :data:`SURE` or more is taken without looking further.
    """
    best, at = 0, -1
    for i, row in enumerate(top):
        if (found := score(row)) > best:
            best, at = found, i
        if best >= SURE:
            break
    return at


def split_distinct(cells: pd.Series[Any]) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """Return a column as codes of its distinct values, -1 where missing.

    Everything that reads cells reads the distinct ones only and spreads the result by the codes.
    """
    if isinstance(cells.dtype, pd.CategoricalDtype):
        return cells.cat.codes.to_numpy().astype(np.intp), cells.cat.categories.tolist()
    codes, distinct = pd.factorize(cells, use_na_sentinel=True)
    return codes, list(distinct)


def fold_header(text: str) -> str:
    """Reduce a header to its letters and digits, upper case: " Place_provider" is PLACEPROVIDER."""
    return "".join(c for c in text.upper() if c.isalnum())
