"""The numbers that no public file may show, each with the cell to which it belongs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Literal, Protocol

import numpy as np
import pandas as pd

Kind = Literal["count", "figure", "change"]

#: What each column of a result table holds: a whole number, a figure in the measure's unit, or
#: a difference of two figures (found with either sign).
KINDS: dict[str, Kind] = {
    "numerator": "count",
    "denominator": "count",
    "excluded": "count",
    "n": "count",
    "at_risk": "count",
    "value": "figure",
    "rolling": "figure",
    "lower": "figure",
    "upper": "figure",
    "lower_998": "figure",
    "upper_998": "figure",
    "previous": "figure",
    "year_ago": "figure",
    "value_before": "figure",
    "provisional": "figure",
    "change": "change",
    "change_year": "change",
    "revision": "change",
}


@dataclass(frozen=True)
class Secret:
    """One number that must not be found in the context of its cell.

    Parameters
    ----------
    area : str
        ONS code.
    measure : str
        Measure id.
    period : str
        Period id; empty where the number is secret in every period.
    kind : str
        What it is: a key of :data:`KINDS` (numerator, value, lower, change, …).
    number : float
        The number itself, unrounded. A figure is in the measure's unit: 27.1 for 27.1%.
    decimals : int
        To how many places a figure of the measure is written.

    Examples
    --------
    >>> Secret("E06000055", "cp_neglect_pct", "2025-26-Q3", "numerator", 3).sort
    'count'
    """

    area: str
    measure: str
    period: str
    kind: str
    number: float
    decimals: int = 0

    @cached_property
    def sort(self) -> Kind:
        """Whether it is a count, a figure or a change; a kind that is not known is a figure."""
        return KINDS.get(self.kind.rpartition(" ")[2], "figure")


#: Columns of a table of secrets: those of :class:`Secret`, in its order.
FIELDS = [field.name for field in fields(Secret)]
_CELL = FIELDS[:3]
#: Places of a measure that the catalogue does not have (any more).
_PLACES = 1


class SecretsByCell(Protocol):
    """Secrets as a judge asks for them: which areas and measures have any, and those of a cell."""

    @property
    def areas(self) -> frozenset[str]:
        """Codes of the areas with secrets."""

    @property
    def measures(self) -> frozenset[str]:
        """Ids of the measures with secrets."""

    def measures_of(self, area: str) -> frozenset[str]:
        """Return the ids of the measures of which an area has secrets."""

    def of_cell(self, area: str, measure: str) -> list[Secret]:
        """Return the secrets of an area and measure, of every period."""


class Secrets:
    """All secrets of a quarter, looked up by the cell."""

    def __init__(self, secrets: Iterable[Secret]) -> None:
        self._cells: dict[tuple[str, str], list[Secret]] = {}
        for secret in dict.fromkeys(secrets):
            self._cells.setdefault((secret.area, secret.measure), []).append(secret)
        self.areas = frozenset(area for area, _ in self._cells)
        self.measures = frozenset(measure for _, measure in self._cells)

    @cached_property
    def _measures(self) -> dict[str, frozenset[str]]:
        return group_measures(self._cells)

    def measures_of(self, area: str) -> frozenset[str]:
        """Return the ids of the measures of which an area has secrets."""
        return self._measures.get(area, frozenset())

    def of_cell(self, area: str, measure: str) -> list[Secret]:
        """Return the secrets of an area and measure, of every period."""
        return self._cells.get((area, measure), [])


def group_measures(cells: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """Return the measures of each area of which there are cells (area, measure)."""
    found: dict[str, set[str]] = {}
    for area, measure in cells:
        found.setdefault(area, set()).add(measure)
    return {area: frozenset(measures) for area, measures in found.items()}


def find_secrets(
    full: pd.DataFrame, public: pd.DataFrame, decimals: dict[str, int], *, label: str = ""
) -> list[Secret]:
    """Return the numbers of a full result table that its protected twin withholds.

    Parameters
    ----------
    full, public : DataFrame
        The same result table (comparison, trends, travel, funnel …) of the restricted and of
        the public edition, each with ``area``, ``measure`` and ``period``.
    decimals : dict
        Places to which a measure's figures are written, by measure id.
    label : str
        Put before the kind, where a table's figures are others of the same cell and period:
        "own " for a quarter's own values beside those over twelve months.

    Returns
    -------
    list of Secret
        One for each number of a column of :data:`KINDS` that stands in ``full`` and is missing
        in ``public``, or whose row is not there at all.
    """
    columns = [c for c in full.columns if c in KINDS]
    # A cell that is not compared with one benchmark but is with another is not withheld.
    shown = public.groupby(_CELL)[[c for c in columns if c in public.columns]].max()
    numbers = full.groupby(_CELL)[columns].max()
    withheld = numbers.where(shown.reindex(index=numbers.index, columns=columns).isna())
    return _list_secrets(tabulate_numbers(withheld.reset_index(), columns, decimals, label=label))


def list_shown(public: pd.DataFrame, decimals: dict[str, int], *, label: str = "") -> list[Secret]:
    """Return the numbers that a table publishes, in the form of :class:`Secret`.

    Parameters
    ----------
    public : DataFrame
        With ``area``, ``measure`` and ``period``, each once a row, and columns of
        :data:`KINDS`.
    decimals, label
        As for :func:`find_secrets`.
    """
    columns = [c for c in public.columns if c in KINDS]
    return _list_secrets(tabulate_numbers(public, columns, decimals, label=label))


def tabulate_numbers(
    table: pd.DataFrame, columns: list[str], decimals: dict[str, int], *, label: str = ""
) -> pd.DataFrame:
    """Return the numbers of some columns of a table, one row each.

    Parameters
    ----------
    table : DataFrame
        With ``area``, ``measure`` and ``period``.
    columns : list of str
        Of numbers; a missing one is left out.
    decimals, label
        As for :func:`find_secrets`.

    Returns
    -------
    DataFrame
        The columns are :data:`FIELDS`; one column of the table stands below the other.

    Examples
    --------
    >>> rows = {"area": ["A"], "measure": ["m"], "period": ["2024-25"], "value": [3.5]}
    >>> tabulate_numbers(pd.DataFrame(rows), ["value"], {"m": 1}).to_numpy().tolist()
    [['A', 'm', '2024-25', 'value', 3.5, 1]]
    """
    values = table[columns].to_numpy(dtype="float64", na_value=np.nan).T
    column, row = np.nonzero(~np.isnan(values))
    cells = table[_CELL].iloc[row].reset_index(drop=True)
    return cells.assign(
        kind=np.array([label + name for name in columns], dtype=object)[column],
        number=values[column, row],
        decimals=cells["measure"].map(decimals).fillna(_PLACES).astype("int64"),
    )


def tabulate_secrets(secrets: Iterable[Secret]) -> pd.DataFrame:
    """Return secrets as a table, one row each, with the columns of :data:`FIELDS`.

    Examples
    --------
    >>> secret = Secret("E06000055", "cp_neglect_pct", "2025-26-Q3", "numerator", 3)
    >>> tabulate_secrets([secret])["kind"].tolist()
    ['numerator']
    """
    rows = [(s.area, s.measure, s.period, s.kind, float(s.number), s.decimals) for s in secrets]
    return pd.DataFrame(rows, columns=FIELDS)


def _list_secrets(numbers: pd.DataFrame) -> list[Secret]:
    return [Secret(*row) for row in zip(*(numbers[name].tolist() for name in FIELDS), strict=True)]
