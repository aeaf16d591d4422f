"""Prove a publication safe, from what is published alone.

The audit reads values and symbols as a reader does. It takes nothing from the protection, not
even its reading of the relations: whoever made the tables, it says what they give away.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from slinb.methods.disclosure.build import link_releases
from slinb.methods.disclosure.known_sums import find_known_sums
from slinb.methods.disclosure.model import Publication, Settings
from slinb.methods.disclosure.ranges import find_ranges
from slinb.methods.disclosure.unknowns import (
    Floats,
    Ints,
    Mask,
    Unknowns,
    find_contradictions,
    number_blocks,
)

Finding = tuple[str, str, str, float, float, str]
FINDINGS = ("kind", "table", "cells", "low", "high", "detail")


@dataclass(frozen=True)
class Audit:
    """What the published figures give away.

    Parameters
    ----------
    passed : bool
        Nothing was found.
    findings : DataFrame
        ``kind`` (shown, exact, narrow, sum, rate), ``table``, ``cells`` (ids joined by "; "),
        ``low`` and ``high`` (what a reader can work out) and ``detail`` in words.
    ranges : DataFrame
        ``cell``, ``table``, ``low``, ``high`` of every suppressed cell, and whether they are
        ``exact`` (else the range is at least this); ``high`` is infinite where nothing bounds
        it.
    notes : tuple of str
        Published figures that contradict each other (no one can work anything out from those),
        and what the last release gives away by itself (no one can mend that now).
    """

    passed: bool
    findings: pd.DataFrame
    ranges: pd.DataFrame
    notes: tuple[str, ...]

    def __str__(self) -> str:
        if self.passed:
            return f"Audit passed: {len(self.ranges)} suppressed cells, none can be worked out."
        return f"Audit failed: {len(self.findings)} findings on {len(self.ranges)} cells."


def audit(
    publication: Publication,
    settings: Settings | None = None,
    *,
    last: Publication | None = None,
    exact: bool = True,
) -> Audit:
    """Compute by linear programming what a reader can work out of each suppressed cell.

    The reader knows every published figure and relation, that rounded figures are rounded half
    up, that zeros are shown (a suppressed count is at least 1), and that small counts are not.
    He does not know which suppressed cells are the small ones.

    Parameters
    ----------
    publication : Publication
        *All* tables of a quarter together, as published.
    settings : Settings, optional
        The region's rules.
    last : Publication, optional
        The last release, as published; linked by :func:`link_releases`.
    exact : bool, default True
        Compute every range to its ends. If not, stop at the proof that a cell is safe (two
        tables of whole numbers in which it differs by the least range): for all of England.

    Returns
    -------
    Audit
        Findings: a small count that is shown (*shown*), a suppressed cell known exactly
        (*exact*) or within less than the least range (*narrow*), k cells known to sum to k or
        to k times the threshold (*sum*), a rate beside its suppressed count (*rate*).

    Examples
    --------
    >>> from slinb.methods.disclosure import tabulate
    >>> leak = pd.DataFrame({"area": ["Luton", "Essex", "Total"], "count": ["c", 40, 43]})
    >>> audit(tabulate(leak)).findings[["kind", "low", "high"]].to_numpy().tolist()
    [['exact', 3.0, 3.0]]
    """
    settings = settings or Settings()
    if last is not None:
        publication = link_releases(publication, last, settings)
    findings, ranges, notes = _inspect(publication, settings, exact=exact)
    fixed = publication.cells["fixed"].to_numpy(bool)
    if fixed.any() and findings:
        before = set(_inspect(publication.keep(fixed), settings, exact=exact)[0])
        old = [finding for finding in findings if finding in before]
        findings = [finding for finding in findings if finding not in before]
        notes += [f"“{cells}” in the last release: {words}" for _, _, cells, _, _, words in old]
    return Audit(
        passed=not findings,
        findings=pd.DataFrame(findings, columns=list(FINDINGS)),
        ranges=ranges,
        notes=tuple(notes),
    )


def _inspect(
    publication: Publication, settings: Settings, *, exact: bool
) -> tuple[list[Finding], pd.DataFrame, list[str]]:
    low, high = _read_bounds(publication.cells, settings)
    unknowns, cells, notes = _collect_unknowns(publication, low, high)
    least, most, ends = find_ranges(unknowns, np.inf if exact else settings.min_range)
    known = publication.cells.iloc[cells].reset_index(drop=True)
    ranges = known[["cell", "table"]].assign(low=least, high=most, exact=ends)
    findings = [
        *_find_shown(publication.cells, settings),
        *_find_narrow(ranges, settings),
        *_find_sums(unknowns, ranges, settings),
        *_find_rates(publication),
    ]
    return findings, ranges[unknowns.secret].reset_index(drop=True), notes


def _read_bounds(cells: pd.DataFrame, settings: Settings) -> tuple[Floats, Floats]:
    """Return what a reader knows of each cell by itself."""
    value, symbol = cells["value"].to_numpy(float), cells["symbol"].to_numpy(object)
    shown = np.isfinite(value) & (symbol == "")
    low, high = np.where(shown, value, 0.0), np.where(shown, value, np.inf)
    banded = shown & cells["rounded"].to_numpy(bool) & (value > 0) & (value % settings.base == 0)
    least = np.floor((2 * value - settings.base + 1) / 2)
    low = np.where(banded, np.maximum(least, settings.threshold + 1), low)
    high = np.where(banded, np.floor((2 * value + settings.base - 1) / 2), high)
    low = np.where((symbol == "c") | (symbol == "k"), 1.0, low)
    high = np.where(symbol == "k", np.floor((settings.base - 1) / 2), high)
    return low, np.where(symbol == "z", 0.0, high)


def _collect_unknowns(
    publication: Publication, low: Floats, high: Floats
) -> tuple[Unknowns, Ints, list[str]]:
    """Return the unknowns, their positions among the cells, and what contradicts itself."""
    matrix = publication.matrix()
    varying = low < high
    rest = matrix @ np.where(varying, 0.0, low)
    below = publication.relations["low"].to_numpy(float) - rest
    above = publication.relations["high"].to_numpy(float) - rest
    secret = (publication.cells["symbol"] == "c").to_numpy()
    part = matrix[:, np.flatnonzero(varying)]
    every = Unknowns(
        part, below, above, low[varying], high[varying], secret[varying], number_blocks(part)
    )
    failing = find_contradictions(every)
    notes = list(_note_contradictions(publication, failing))
    live = sparse.csr_array(part[np.flatnonzero(~failing)])
    block = number_blocks(live)
    kept = Unknowns(
        live, below[~failing], above[~failing], every.low, every.high, every.secret, block
    )
    wanted = np.isin(block, block[kept.secret])
    return kept.take(wanted), np.flatnonzero(varying)[wanted], notes


def _note_contradictions(publication: Publication, failing: Mask) -> Iterator[str]:
    for row in np.flatnonzero(failing):
        terms = publication.terms[publication.terms["relation"] == row]
        name = publication.relations["total"].iloc[row] or terms["cell"].iloc[0]
        kind = publication.relations["kind"].iloc[row]
        yield f"“{name}”: the published figures contradict this {kind}, so it proves nothing"


def _find_shown(cells: pd.DataFrame, settings: Settings) -> Iterator[Finding]:
    small = cells["value"].between(1, settings.threshold) & (cells["symbol"] == "")
    rows = cells[small & ~cells["fixed"]]
    for table, cell, count in zip(rows["table"], rows["cell"], rows["value"], strict=True):
        yield ("shown", table, cell, count, count, "a small count is published")


def _find_narrow(ranges: pd.DataFrame, settings: Settings) -> Iterator[Finding]:
    columns = ("table", "cell", "low", "high")
    for table, cell, low, high in zip(*(ranges[name] for name in columns), strict=True):
        if low == high:
            yield ("exact", table, cell, low, high, f"it must be {low:.0f}")
        elif high - low < settings.min_range:
            yield ("narrow", table, cell, low, high, f"from {low:.0f} to {high:.0f}")


def _find_sums(unknowns: Unknowns, ranges: pd.DataFrame, settings: Settings) -> Iterator[Finding]:
    for cells, value in find_known_sums(unknowns, settings.threshold):
        rows = ranges.iloc[cells]
        detail = f"{len(rows)} cells sum to {value * len(rows)}: if all are small, each is {value}"
        yield ("sum", rows["table"].iloc[0], "; ".join(rows["cell"]), value, value, detail)


def _find_rates(publication: Publication) -> Iterator[Finding]:
    rates = publication.relations.loc[publication.relations["kind"] == "rate", "relation"]
    terms = publication.terms[publication.terms["relation"].isin(rates)]
    cells = publication.cells
    rows = cells[(cells["symbol"] == "c") & cells["cell"].isin(terms["cell"])]
    for table, cell in zip(rows["table"], rows["cell"], strict=True):
        yield ("rate", table, cell, 0.0, np.inf, "a rate of a suppressed count is shown")
