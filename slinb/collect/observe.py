"""From the rows of a published table to the observations of one measure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Protocol

import numpy as np
import pandas as pd

from slinb.catalogue.measures import Measure, PublishedSource, Where
from slinb.catalogue.tables import Table
from slinb.collect.figures import Figures, add_figures, parse_figures

#: what the reader adds to the rows of a file: who and when, their number, the line of the file
KEYS = ["area", "period", "key", "row"]
#: how the codes of regions and of England begin
TOTALS = ("E12", "E13", "E92")
COMPUTED = "Worked out from the published counts; the publisher states no rate."
ROUNDS_TO_ZERO = "Worked out from the published counts; the publisher's rate rounds to zero."
APART = (
    "Counts left out: they do not give the stated rate, so they cover other authorities than it."
)
ABOVE = "Counts left out: as published, the part is more than its whole."
REMAINDER = "Numerator: all less the parts published, because another part is withheld."


class Report(Protocol):
    """Takes one problem of a file."""

    def __call__(self, rule: str, severity: str, problem: str, action: str, **where: str) -> None:
        """Say which rule found what, where, and what to do."""


def observe_source(
    rows: pd.DataFrame, table: Table, measure: Measure, source: PublishedSource, report: Report
) -> pd.DataFrame:
    """Return the observations of one measure that a source finds in the rows of its table.

    Parameters
    ----------
    rows : DataFrame of str
        The file under the catalogue's column names, with :data:`KEYS`; ``key`` numbers the
        pairs of area and period.
    table, measure, source
        What the rows are and which figures to take from them.
    report : callable
        Told of cells that are no number, of missing columns and of repeated rows.

    Returns
    -------
    DataFrame
        ``area, period, measure, numerator, denominator, value, status, note, cell``; empty
        where the file lacks a column of the source. A rate whose denominator is the
        population has none yet: see :func:`slinb.collect.published.add_population`.
    """
    missing = [c for c in source.columns if c not in rows and c != source.value]
    if missing or (source.value and source.value not in rows and not source.numerator):
        report(
            "missing_column", "query",
            f"The column {', '.join(missing) or source.value} is missing: “{measure.title}” was "
            "not read.",
            "If the publisher renamed it, add the new name to the table in tables.toml.",
            measure=measure.id,
        )  # fmt: skip
        return pd.DataFrame()
    columns = [name for name in rows if name in source.columns or name in KEYS]
    picked = _Picker(_match(rows[columns], source.where), table, measure, report)
    return picked.observe(source)


class _Picker:
    """Picks the figures of one source; remembers nothing but what it was given."""

    def __init__(self, rows: pd.DataFrame, table: Table, measure: Measure, report: Report) -> None:
        self.rows, self.table, self.measure, self.report = rows, table, measure, report

    def observe(self, source: PublishedSource) -> pd.DataFrame:
        first = source.numerator_where if source.numerator else source.value_where
        base = self._keyed(next(_expand(first)))
        numerator, remainder = self._count_numerator(source, base.index)
        denominator = self._count(source.denominator, source.denominator_where, base.index)
        if source.denominator_less:
            denominator = denominator.less(
                self._count(source.denominator_less, source.denominator_less_where, base.index)
            )
        has_value = bool(source.value) and source.value in self.rows
        stated = self._count((source.value,) if has_value else (), source.value_where, base.index)
        found = settle(self.measure, numerator, denominator, stated.scale(source.scale))
        found = self._part_counts(found, source, base["area"]) if has_value else found
        return found.assign(
            area=base["area"],
            period=base["period"],
            measure=self.measure.id,
            note=_join_notes(found["note"].mask(remainder, REMAINDER), source.note),
            cell="row " + base["row"].astype("str"),
        )

    def _count_numerator(
        self, source: PublishedSource, keys: pd.Index[Any]
    ) -> tuple[Figures, pd.Series[Any]]:
        """Return the numerator, and where it is all less the other parts."""
        numerator = self._count(source.numerator, source.numerator_where, keys)
        if source.numerator_less:
            numerator = numerator.less(
                self._count(source.numerator_less, source.numerator_less_where, keys)
            )
        if not source.numerator_remainder:
            return numerator, pd.Series(False, index=keys)
        whole = self._count(source.denominator, source.denominator_where, keys)
        parts = self._count(source.numerator_remainder, source.denominator_where, keys)
        return numerator.fill(whole.less(parts))

    def _count(self, columns: tuple[str, ...], where: Where, keys: pd.Index[Any]) -> Figures:
        """Return the sum of columns over the rows that ``where`` picks, on the keys."""
        if not columns:
            nothing = pd.Series(float("nan"), index=keys)
            return Figures(nothing, pd.Series("missing", index=keys, dtype="str"))
        parts = [
            self._read(column, picked, keys)
            for picked in _expand(where)
            for column in columns
        ]  # fmt: skip
        return add_figures(parts)

    def _part_counts(
        self, found: pd.DataFrame, source: PublishedSource, areas: pd.Series[Any]
    ) -> pd.DataFrame:
        """Leave out counts that do not give the rate stated beside them.

        The DfE leaves an authority with unreliable data out of a region's rate but not always
        out of both its counts. Rounding, of the rate and of the counts, is allowed for.
        """
        totals = areas.str.startswith(TOTALS)
        step = np.where(totals, self.table.total_step, self.table.count_step) / 2
        above, below = len(source.numerator) * step, len(source.denominator) * step
        over = found["denominator"].where(found["denominator"].gt(0))
        half = 0.5 * 10.0 ** -(source.decimals or 0) * source.scale + 1e-9
        least = self.measure.multiplier * (found["numerator"] - above) / (over + below) - half
        most = self.measure.multiplier * (found["numerator"] + above) / (over - below) + half
        apart = found["value"].lt(least) | found["value"].gt(most)
        counts = found[["numerator", "denominator"]].mask(apart)
        return found.assign(
            numerator=counts["numerator"],
            denominator=counts["denominator"],
            note=found["note"].mask(apart, APART),
        )

    def _read(self, column: str, where: dict[str, str], keys: pd.Index[Any]) -> Figures:
        rows = self._keyed(where)
        read = parse_figures(rows[column], self.table.symbols)
        self._report_unreadable(rows[read.statuses.eq("unreadable")], column)
        statuses = read.statuses.reindex(keys).fillna("missing").astype("str")
        return Figures(read.numbers.reindex(keys), statuses)

    def _report_unreadable(self, rows: pd.DataFrame, column: str) -> None:
        for cell in rows.to_dict("records") if len(rows) else []:
            self.report(
                "unreadable_number", "query",
                f"“{cell[column]}” in the column {column} is neither a number nor a known symbol.",
                "Correct the cell from the publication; the figure is left out until then.",
                area=cell["area"], period=cell["period"], measure=self.measure.id,
                cell=f"row {cell['row']}", sent=cell[column],
            )  # fmt: skip

    def _keyed(self, where: dict[str, str]) -> pd.DataFrame:
        """Return the rows that ``where`` picks, one an area and period, by their key."""
        rows = _match(self.rows, where)
        repeated = rows["key"].duplicated(keep=False)
        if repeated.any():
            self._report_repeated(rows[repeated])
            rows = rows[~repeated]
        return rows.set_index("key")

    def _report_repeated(self, rows: pd.DataFrame) -> None:
        for _, group in rows.groupby("key"):
            first = group.iloc[0]
            self.report(
                "repeated_rows", "query",
                f"Rows {', '.join(map(str, group['row']))} state the same figure: none is read.",
                "Keep one row of them; or the table needs `rows` in tables.toml to tell totals.",
                area=first["area"], period=first["period"], measure=self.measure.id,
                cell=f"row {first['row']}",
            )  # fmt: skip


def settle(
    measure: Measure, numerator: Figures, denominator: Figures, stated: Figures
) -> pd.DataFrame:
    """Decide value and status of each figure from its counts and the publisher's own value.

    The publisher's value stands as stated. Where it states none, or says that it rounds to
    zero, the value is worked out from the counts, if both are known. A denominator of nought
    makes a figure not applicable; a part that is more than its whole is no count.
    """
    above = numerator.numbers.gt(denominator.numbers) & (measure.kind == "proportion")
    part, whole = numerator.numbers.mask(above), denominator.numbers.mask(above)
    worked = measure.multiplier * part / whole.where(whole.gt(0))
    tiny = stated.statuses.eq("rounds_to_zero") & worked.notna()
    silent = stated.statuses.eq("missing")
    value = stated.numbers.where(~(tiny | silent), worked)
    gap = _explain_gap(measure, numerator, denominator).mask(above, "not_available")
    status = stated.statuses.where(~silent, gap).mask(value.notna(), "final")
    note = pd.Series("", index=value.index, dtype="str").mask(tiny, ROUNDS_TO_ZERO)
    note = note.mask(silent & value.notna(), COMPUTED).mask(above, ABOVE)
    return pd.DataFrame(
        {"numerator": part, "denominator": whole, "value": value, "status": status, "note": note}
    )


def _explain_gap(measure: Measure, numerator: Figures, denominator: Figures) -> pd.Series[Any]:
    """Return the status that a figure has where no value is stated or can be worked out."""
    own = numerator.statuses
    if measure.uses_population:
        return own
    gap = own.where(own.ne("final"), denominator.statuses)
    return gap.mask(denominator.numbers.eq(0), "not_applicable")


def _match(rows: pd.DataFrame, where: Mapping[str, str | tuple[str, ...]]) -> pd.DataFrame:
    for column, value in where.items():
        rows = rows[rows[column].isin([value] if isinstance(value, str) else list(value))]
    return rows


def _expand(where: Where) -> Iterator[dict[str, str]]:
    """Yield one set of single values for each combination that ``where`` allows."""
    choices = [(v,) if isinstance(v, str) else v for v in where.values()]
    for values in product(*choices):
        yield dict(zip(where, values, strict=True))


def _join_notes(notes: pd.Series[Any], note: str) -> pd.Series[Any]:
    if not note:
        return notes
    return notes.where(notes.eq(""), notes + " ").add(note)
