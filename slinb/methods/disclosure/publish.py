"""The published form of a protected publication, and the region's own log of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from slinb.methods.disclosure.model import Publication, Settings
from slinb.methods.disclosure.rounding import round_half_up
from slinb.methods.disclosure.unknowns import Mask

REASONS = ("primary", "complementary", "received", "withheld")


@dataclass(frozen=True)
class Pattern:
    """Which cells are hidden, and which relations no table can meet."""

    hidden: Mask
    void: Mask


@dataclass(frozen=True)
class Protected:
    """A protected publication, and what only the region's own log may say of it.

    Parameters
    ----------
    publication : Publication
        As it may be published: no count behind a symbol, rounded figures rounded, withheld
        tables left out.
    log : DataFrame
        Internal: ``cell``, ``table`` and ``reason`` (primary, complementary, received,
        withheld) of every cell that is not shown. A reader who knew which cells are primary
        would know more than the audit supposes.
    tables : DataFrame
        ``table``, ``status`` (published or withheld), ``reason`` in words, and how many cells
        are ``primary``, ``complementary``, ``received``.
    notes : tuple of str
        What was met on the way: totals that are not the sum of their parts.
    """

    publication: Publication
    log: pd.DataFrame
    tables: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def cells(self) -> pd.DataFrame:
        """The published cells: labels, ``value`` and ``symbol``."""
        return self.publication.cells


def publish(
    publication: Publication,
    settings: Settings,
    pattern: Pattern,
    withheld: Mapping[str, str],
    public: Mask,
) -> Protected:
    """Take everything out of a publication that is not to be seen, and say what was done."""
    cells = publication.cells
    out = cells["table"].isin(list(withheld)).to_numpy()
    reason = _name_reasons(cells, settings, pattern.hidden, out)
    log = cells[["cell", "table"]].assign(reason=reason)
    return Protected(
        publication=_redact(publication, settings, pattern.hidden, out),
        log=log[reason != ""].reset_index(drop=True),
        tables=_summarise(log, withheld),
        notes=(
            *publication.notes,
            *_note_sums(publication, pattern.void),
            *_note_public(log, public),
        ),
    )


def _name_reasons(
    cells: pd.DataFrame, settings: Settings, hidden: Mask, out: Mask
) -> pd.Series[str]:
    small = (cells["value"] >= 1) & (cells["value"] <= settings.threshold)
    names = np.select(
        [out, hidden & (cells["symbol"] == "c"), hidden & small, hidden],
        ["withheld", "received", "primary", "complementary"],
        default="",
    )
    return pd.Series(names, index=cells.index, dtype="str")


def _redact(publication: Publication, settings: Settings, hidden: Mask, out: Mask) -> Publication:
    cells = publication.cells
    figure = round_half_up(cells["value"], settings.base)
    value = cells["value"].where(~cells["rounded"], figure)
    tiny = cells["rounded"] & (cells["value"] > 0) & (figure == 0)
    symbol = cells["symbol"].mask(tiny, "k").mask(hidden, "c")
    # A symbol stands in place of a number: a count that came with one must not slip through.
    shown = cells.assign(value=value.where(symbol == ""), symbol=symbol, cost=1.0)
    return replace(publication, cells=shown, notes=()).keep(~out)


def _summarise(log: pd.DataFrame, withheld: Mapping[str, str]) -> pd.DataFrame:
    counts = pd.crosstab(log["table"], log["reason"]).reindex(columns=list(REASONS), fill_value=0)
    order = log["table"].unique()
    table = counts.loc[order].drop(columns="withheld").rename_axis(columns=None).reset_index()
    reason = table["table"].map(lambda name: withheld.get(name, "")).astype("str")
    status = np.where(reason == "", "published", "withheld")
    return table.assign(status=status, reason=reason)[["table", "status", "reason", *REASONS[:3]]]


def _note_sums(publication: Publication, void: Mask) -> Iterator[str]:
    """Yield a sentence for each total that is not the sum of its parts."""
    cells, relations = publication.cells, publication.relations
    exact = np.where(cells["rounded"], np.nan, cells["value"])
    missing = abs(publication.matrix()) @ np.isnan(exact).astype(float) > 0
    gap = publication.matrix() @ np.nan_to_num(exact)
    broken = ~missing & (np.abs(gap) > 0) & (relations["low"] == relations["high"]).to_numpy()
    value = dict(zip(cells["cell"], exact, strict=True))
    for row in np.flatnonzero(broken | void):
        total, kind = relations["total"].iloc[row], relations["kind"].iloc[row]
        name = f"“{total}” is not the sum of its parts" if total else f"A {kind} does not hold"
        if broken[row] and total:
            name += f": it is {value[total]:.0f}, they sum to {value[total] + gap[row]:.0f}"
        yield name + ("; the sum was not used" if void[row] else "")


def _note_public(log: pd.DataFrame, public: Mask) -> Iterator[str]:
    for cell in log.loc[public, "cell"]:
        yield f"“{cell}” can be worked out from the last release alone"
