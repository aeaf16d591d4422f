"""Build a publication from tidy tables: totals, hierarchies, time, shared margins, rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from slinb.methods.disclosure.model import (
    CELL_COLUMNS,
    SYMBOLS,
    Publication,
    Settings,
    combine,
    match_labels,
    no_relations,
    stack,
)
from slinb.methods.disclosure.rounding import round_half_up

Parts = Mapping[str, Sequence[str]]


def tabulate(
    frame: pd.DataFrame,
    table: str = "table",
    *,
    sums: Mapping[str, Parts] | None = None,
    total: str = "Total",
    count: str = "count",
) -> Publication:
    """Build the publication of one tidy table of counts.

    Parameters
    ----------
    frame : DataFrame
        One row a cell. ``count`` holds whole numbers from 0, a symbol (``c k u x z``) or
        nothing. Optional columns: ``symbol``, ``rounded``, ``fixed``, ``revised``, ``cost``
        and ``table`` (else every row is of ``table``). All other columns are labels.
    table : str
        Name of the table.
    sums : mapping, optional
        For a label column, which labels are the sum of which others: ``{"area": {"Region":
        ["Luton", "Essex"]}}``. Left out: in every label column that has the label ``total``,
        it is the sum of the others.
    total : str, default "Total"
        See ``sums``.
    count : str, default "count"
        Name of the column with the counts.

    Returns
    -------
    Publication
        Cell ids are the table and labels joined by "|".

    Raises
    ------
    ValueError
        A count is negative, fractional or unknown text; two rows have the same labels; a
        column is missing.

    Examples
    --------
    >>> frame = pd.DataFrame({"area": ["Luton", "Essex", "Total"], "count": [3, "c", 47]})
    >>> publication = tabulate(frame, "plans")
    >>> publication.cells["symbol"].tolist(), len(publication.relations)
    (['', 'c', ''], 1)
    """
    publication = Publication(_make_cells(frame, table, count), *no_relations())
    if sums is None:
        sums = {
            name: {total: [label for label in publication.cells[name].unique() if label != total]}
            for name in publication.labels
            if (publication.cells[name] == total).any()
        }
    for column, parts in sums.items():
        publication = add_sums(publication, column, parts)
    return publication


def two_way(
    frame: pd.DataFrame, table: str, rows: str, columns: str, *, total: str = "Total"
) -> Publication:
    """Build a two-way table with its totals from tidy rows; see :func:`tabulate`.

    Raises
    ------
    ValueError
        A column is missing, or there are labels besides ``rows`` and ``columns``.
    """
    labels = [name for name in frame.columns if name not in (*CELL_COLUMNS, "count")]
    if sorted(labels) != sorted((rows, columns)):
        raise ValueError(
            f"Table “{table}” must have the labels “{rows}” and “{columns}”, but has {labels}."
        )
    return tabulate(frame, table, total=total)


def add_sums(
    publication: Publication,
    column: str,
    parts: Parts,
    *,
    kind: str = "sum",
    tables: Sequence[str] | None = None,
) -> Publication:
    """Relate labels of one column to their parts, in every combination of the other labels.

    A part that has no cell is taken as nothing: its absence is what a reader sees.

    Parameters
    ----------
    publication : Publication
        Where to add.
    column : str
        Label column ("area", "period").
    parts : mapping of str to sequence of str
        The label of each total, with the labels that it is the sum of.
    kind : str, default "sum"
        What the findings call it.
    tables : sequence of str, optional
        Only these tables.

    Raises
    ------
    ValueError
        There is no such label column, or a label is a part of itself.
    """
    if column not in publication.labels:
        raise ValueError(f"No label column “{column}”; there are {publication.labels}.")
    pairs = [(whole, part) for whole, group in parts.items() for part in group]
    if any(whole == part for whole, part in pairs):
        raise ValueError(f"A label of “{column}” is given as a part of itself.")
    rest = ["table", *(label for label in publication.labels if label != column)]
    cells = publication.cells if tables is None else _of_tables(publication, tables)
    keyed = cells.assign(rest=cells.groupby(rest, sort=False).ngroup())[["rest", column, "cell"]]
    wholes = keyed.rename(columns={column: "whole", "cell": "total"})
    below = keyed.merge(pd.DataFrame(pairs, columns=["whole", column]), on=column)
    found = below.merge(wholes, on=["rest", "whole"])
    return _add_equalities(publication, found["total"], found["cell"], kind)


def link(
    publication: Publication,
    left: str,
    right: str,
    *,
    on: Sequence[str],
    left_where: Mapping[str, Any] | None = None,
    right_where: Mapping[str, Any] | None = None,
) -> Publication:
    """Say that two tables share a margin: their cells with the same labels are one figure.

    Parameters
    ----------
    publication : Publication
        Holds both tables.
    left, right : str
        Names of the tables.
    on : sequence of str
        Label columns that both have; none, to link one cell with one.
    left_where, right_where : mapping, optional
        Which cells of each are the margin: ``{"sex": "Total"}``.

    Raises
    ------
    ValueError
        A label column is unknown, or a margin has two cells of the same labels.
    """
    on = list(on)
    unknown = [name for name in on if name not in publication.labels]
    if unknown:
        raise ValueError(f"No label columns {unknown}; there are {publication.labels}.")
    margins = []
    for table, where in ((left, left_where), (right, right_where)):
        rows = publication.cells[publication.cells["table"] == table]
        margin = rows[match_labels(rows, where)][[*on, "cell"]].assign(table="")
        if margin.duplicated(["table", *on]).any():
            raise ValueError(f"The margin of “{table}” is not one cell for each of {on}.")
        margins.append(margin)
    both = margins[0].merge(margins[1], on=["table", *on], suffixes=("", "_right"))
    return _add_same(publication, both["cell"], both["cell_right"], "link")


def link_releases(
    current: Publication,
    last: Publication,
    settings: Settings | None = None,
    *,
    suffix: str = " (last release)",
) -> Publication:
    """Put this release beside the last: cells of the same table and labels are one figure.

    The last release is as published and cannot be changed. A cell that both show with
    different values was revised: the two are not one figure, and ``revised`` is set on the
    current one. Publish that mark: without it a reader (and the audit) must take a figure
    that stood in the last release for the one that is suppressed now.

    Parameters
    ----------
    current : Publication
        This quarter's, with true counts or as published.
    last : Publication
        The last quarter's, as published.
    settings : Settings, optional
        For the rounding base: a count and its rounded figure do not differ.
    suffix : str
        Added to the names of the last release's tables.

    Raises
    ------
    ValueError
        The two have no label column in common.
    """
    labels = [name for name in current.labels if name in last.labels]
    if not labels:
        raise ValueError("The two releases have no label column in common: nothing to compare.")
    before = _as_last(last, suffix)
    left = current.cells.assign(key=_join_labels(current))[["key", "cell", "value", "rounded"]]
    right = before.cells.assign(key=_join_labels(last))[["key", "cell", "value", "rounded"]]
    both = left.merge(right, on="key", suffixes=("", "_last"))
    revised = both.loc[_differ(both, (settings or Settings()).base), "cell"]
    marked = current.cells["revised"] | current.cells["cell"].isin(revised)
    now = replace(current, cells=current.cells.assign(revised=marked))
    same = both[~both["cell"].isin(current.cells.loc[marked, "cell"])]
    return _add_same(combine(now, before), same["cell"], same["cell_last"], "release")


def add_rates(
    publication: Publication,
    numerator: Sequence[str],
    denominator: Sequence[str],
    values: Sequence[float],
    *,
    multiplier: int = 100,
    decimals: int = 1,
) -> Publication:
    """Add published rates: each bounds its count by its denominator, to half a last digit.

    Parameters
    ----------
    publication : Publication
        Holds the counts.
    numerator, denominator : sequence of str
        Cell ids, row for row.
    values : sequence of float
        The rates as published; a missing one says nothing.
    multiplier : int, default 100
        100 for a percentage, 10000 for a rate per 10,000.
    decimals : int, default 1
        Decimals to which they are published, half up.

    Raises
    ------
    ValueError
        A cell id is unknown, or the three differ in length.
    """
    frame = pd.DataFrame({"above": numerator, "below": denominator, "rate": values})
    unknown = set(frame["above"]) | set(frame["below"])
    unknown -= set(publication.cells["cell"])
    if unknown:
        raise ValueError(f"A rate refers to a cell that is not published: “{min(unknown)}”.")
    frame = frame[frame["rate"].notna()].reset_index(drop=True)
    digits = np.rint(frame["rate"].to_numpy(float) * 10**decimals)
    scale = 2 * multiplier * 10**decimals
    # Whole numbers throughout: scale·n must lie in [(2d−1)·N, (2d+1)·N), d the rate's digits.
    above = _rate_rows(frame, scale, -(2 * digits - 1), low=0.0, high=np.inf, first=0)
    below = _rate_rows(frame, scale, -(2 * digits + 1), low=-np.inf, high=-1.0, first=len(frame))
    relations, terms = (stack(pair) for pair in zip(above, below, strict=True))
    return publication.with_relations(relations, terms) if len(frame) else publication


def _rate_rows(
    frame: pd.DataFrame, scale: int, weights: Any, *, low: float, high: float, first: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    numbers = np.arange(len(frame)) + first
    relations = pd.DataFrame(
        {"relation": numbers, "kind": "rate", "low": low, "high": high, "total": ""}
    )
    counts = pd.DataFrame({"relation": numbers, "cell": frame["above"], "coefficient": scale})
    wholes = pd.DataFrame({"relation": numbers, "cell": frame["below"], "coefficient": weights})
    return relations, pd.concat([counts, wholes], ignore_index=True)


def _make_cells(frame: pd.DataFrame, table: str, count: str) -> pd.DataFrame:
    if count not in frame.columns:
        raise ValueError(f"Table “{table}” has no column “{count}”; it has {list(frame.columns)}.")
    labels = [name for name in frame.columns if name not in (*CELL_COLUMNS, count)]
    if not labels:
        raise ValueError(f"Table “{table}” has no label column beside “{count}”.")
    cells = frame[labels].fillna("").astype("str").reset_index(drop=True)
    for name, empty in CELL_COLUMNS.items():
        given = frame[name].reset_index(drop=True) if name in frame.columns else empty
        cells[name] = given
    cells["table"] = frame["table"].astype("str").to_numpy() if "table" in frame else table
    cells["value"], cells["symbol"] = _read_counts(frame, table, count)
    cells[["rounded", "fixed", "revised"]] = cells[["rounded", "fixed", "revised"]].astype(bool)
    cells["cost"] = cells["cost"].astype(float)
    cells["cell"] = cells["table"].str.cat(cells[labels], sep="|")
    twice = cells["cell"].duplicated()
    if twice.any():
        raise ValueError(f"Two rows have the same labels: “{cells.loc[twice, 'cell'].iloc[0]}”.")
    return cells[[*CELL_COLUMNS, *labels]]


def _read_counts(frame: pd.DataFrame, table: str, count: str) -> tuple[Any, Any]:
    """Return values and symbols; a symbol may stand in the count's place."""
    text = frame[count].astype("str").str.strip().where(frame[count].notna(), "")
    inline = text.where(text.isin(SYMBOLS), "")
    value = pd.to_numeric(frame[count].where(inline == ""), errors="coerce")
    unread = value.isna() & (inline == "") & (text != "")
    wrong = unread | (value < 0) | ((value % 1) > 0) | (np.isinf(value))
    if wrong.any():
        place = int(np.flatnonzero(wrong)[0])
        raise ValueError(
            f"Table “{table}”, row {place + 1}: “{text.iloc[place]}” is not a count. Give a whole "
            f"number from 0 or one of the symbols {' '.join(SYMBOLS[1:])}."
        )
    given = frame["symbol"].fillna("") if "symbol" in frame.columns else inline
    symbol = given.where(given != "", inline)
    unknown = ~symbol.isin(SYMBOLS)
    if unknown.any():
        raise ValueError(f"Table “{table}”: unknown symbol “{symbol[unknown].iloc[0]}”.")
    return value.to_numpy(float), symbol.where((symbol != "") | value.notna(), "x").to_numpy()


def _of_tables(publication: Publication, tables: Sequence[str]) -> pd.DataFrame:
    return publication.cells[publication.cells["table"].isin(list(tables))]


def _add_equalities(
    publication: Publication, total: pd.Series[Any], part: pd.Series[Any], kind: str
) -> Publication:
    """Add, for each different total, that it is the sum of its parts."""
    if total.empty:
        return publication
    number, wholes = pd.factorize(total)
    heads = pd.DataFrame({"relation": range(len(wholes)), "cell": wholes, "coefficient": -1.0})
    parts = pd.DataFrame({"relation": number, "cell": part.to_numpy(), "coefficient": 1.0})
    return publication.with_relations(_equalities(kind, wholes), stack([heads, parts]))


def _add_same(
    publication: Publication, left: pd.Series[Any], right: pd.Series[Any], kind: str
) -> Publication:
    """Add that each pair of cells is one figure; neither is the total of the other."""
    if left.empty:
        return publication
    rows = range(len(left))
    ends = [
        pd.DataFrame({"relation": rows, "cell": cells.to_numpy(), "coefficient": sign})
        for cells, sign in ((left, 1.0), (right, -1.0))
    ]
    return publication.with_relations(_equalities(kind, [""] * len(left)), stack(ends))


def _equalities(kind: str, totals: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"relation": range(len(totals)), "kind": kind, "low": 0.0, "high": 0.0, "total": totals}
    )


def _as_last(last: Publication, suffix: str) -> Publication:
    name = last.cells["cell"] + suffix
    cells = last.cells.assign(cell=name, table=last.cells["table"] + suffix, fixed=True)
    terms = last.terms.assign(cell=last.terms["cell"] + suffix)
    relations = last.relations
    total = relations["total"].where(relations["total"] == "", relations["total"] + suffix)
    return replace(last, cells=cells, relations=relations.assign(total=total), terms=terms)


def _join_labels(publication: Publication) -> pd.Series[Any]:
    """Return one text for a cell's table and labels, whatever the order of the columns."""
    cells = publication.cells
    key = cells["table"]
    for name in sorted(publication.labels):
        key = key + ("|" + name + "=" + cells[name]).where(cells[name] != "", "")
    return key


def _differ(both: pd.DataFrame, base: int) -> pd.Series[bool]:
    """Return where both releases show a figure and, as published, not the same one."""
    now = both["value"].where(~both["rounded_last"], round_half_up(both["value"], base))
    return now.notna() & both["value_last"].notna() & (now != both["value_last"])
