"""What was found in the records and what was done with it, as a table that names no child.

Rows are named by their number. A value is shown only after :func:`mask_text` has taken out what
could be an identifier, a date or a postcode, because a shifted column may put one anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from slinb.records.schema import PROBLEMS

_DATE = re.compile(
    r"\b\d{1,4}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,4}\b"
    r"|\b\d{1,2}[ -]?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[ -]?\d{2,4}\b",
    re.IGNORECASE,
)
_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s*\d[a-z]{2}\b", re.IGNORECASE)
# A run of three digits may be an identifier; a year that stands alone is let through.
_DIGITS = re.compile(r"(?<!\d)(?!(?<![A-Za-z])(?:19|20)\d\d(?![A-Za-z\d]))\d{3,}")
_WORD = re.compile(r"[^\s,;()\[\]]+")
_LONGEST = 120
_ROWS_SHOWN = 5


def mask_text(text: str, identifiers: frozenset[str] = frozenset()) -> str:
    """Return a text without dates, postcodes, long numbers and known identifiers.

    Parameters
    ----------
    text : str
        A cell or a header of a file.
    identifiers : frozenset of str
        Identifiers of the file, upper case: a text equal to one is taken out, and so is a word
        of three signs or more.

    Examples
    --------
    >>> mask_text("V9 from 12/03/2019, CB1 2AB, 566910")
    'V9 from [date], [postcode], [number]'
    """
    masked = _DATE.sub("[date]", text)
    masked = _POSTCODE.sub("[postcode]", masked)
    masked = _WORD.sub(
        lambda m: "[identifier]" if len(m[0]) > 2 and m[0].upper() in identifiers else m[0], masked
    )
    if text.strip().upper() in identifiers:
        return "[identifier]"
    masked = _DIGITS.sub("[number]", masked)
    return masked if len(masked) <= _LONGEST else masked[: _LONGEST - 1] + "…"


def name_rows(rows: Iterable[int] | np.ndarray[Any, Any]) -> str:
    """Name rows by number: "rows 3, 8, 21" or "rows 3, 8, 21, 30, 31 and 12 more".

    Examples
    --------
    >>> name_rows([8, 3])
    'rows 3, 8'
    """
    numbers = rows if isinstance(rows, np.ndarray) else np.asarray(list(rows), dtype=np.int64)
    if len(numbers) == 0:
        return ""
    first = numbers if len(numbers) <= _ROWS_SHOWN else np.partition(numbers, _ROWS_SHOWN)
    shown = ", ".join(str(n) for n in sorted(first[:_ROWS_SHOWN].tolist()))
    more = len(numbers) - _ROWS_SHOWN
    word = "row" if len(numbers) == 1 else "rows"
    return f"{word} {shown}" + (f" and {more} more" if more > 0 else "")


@dataclass
class ProblemLog:
    """Collects problems; made once for a set of files and handed through the reading of it.

    Parameters
    ----------
    identifiers : frozenset of str
        Identifiers known so far (upper case), masked in everything noted afterwards.
    """

    identifiers: frozenset[str] = frozenset()
    _rows: list[dict[str, Any]] = field(default_factory=list)

    def note(
        self,
        rule: str,
        found: str,
        done: str,
        *,
        file: str = "",
        sheet: str = "",
        rows: Iterable[int] | np.ndarray[Any, Any] = (),
        column: str = "",
        value: str = "",
        n: int | None = None,
    ) -> None:
        """Note one problem.

        Parameters
        ----------
        rule, found, done : str
            Id of the rule, what was found and what was done, in our own words.
        file, sheet : str
            Where.
        rows : iterable of int
            Row numbers concerned.
        column : str
            Column concerned, as the file writes it: masked.
        value : str
            A cell that shows what was found: masked.
        n : int, optional
            How many; the number of ``rows`` if left out.
        """
        listed = rows if isinstance(rows, np.ndarray) else np.asarray(list(rows), dtype=np.int64)
        self._rows.append(
            {
                "file": file,
                "sheet": sheet,
                "rows": name_rows(listed),
                "column": mask_text(column, self.identifiers),
                "rule": rule,
                "found": f"{found} “{mask_text(value, self.identifiers)}”" if value else found,
                "done": done,
                "n": len(listed) if n is None else n,
            }
        )

    def table(self) -> pd.DataFrame:
        """Return everything noted as a PROBLEMS table."""
        return PROBLEMS.from_rows(self._rows)
