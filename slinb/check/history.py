"""An authority's own earlier quarters beside each figure: jumps, and years to date that fall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.check.rules import Settings
from slinb.schema import VALUE_STATUSES

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Panel:
    """Every figure of every authority and measure, one line each, one column a quarter.

    Parameters
    ----------
    lines : MultiIndex
        (area, measure) of each line.
    first : int
        Ordinal of the quarter in the first column.
    counts, wholes : array (lines, quarters)
        A quarter's own figures, years to date differenced: numerator (or the figure of a
        measure without counts), and what it is measured against (1 where that is a population,
        which hardly changes). NaN where nothing is known.
    sent_counts, sent_wholes : array (lines, quarters)
        The figures as they were sent.
    stretches : array (lines, quarters)
        Number of breaks in the series up to each quarter: figures of different stretches do
        not compare.
    """

    lines: pd.MultiIndex
    first: int
    counts: Floats
    wholes: Floats
    sent_counts: Floats
    sent_wholes: Floats
    stretches: Ints

    def locate(self, frame: pd.DataFrame) -> tuple[Ints, Ints]:
        """Return line and column of each row of a frame with area, measure and period."""
        lines = self.lines.get_indexer(pd.MultiIndex.from_frame(frame[["area", "measure"]]))
        return lines, to_ordinals(frame["period"]) - self.first

    def look_back(self, table: Floats | Ints, where: tuple[Ints, Ints], steps: int) -> Floats:
        """Return what stands ``steps`` quarters before each place, NaN before the first."""
        lines, columns = where
        found = table[lines, np.maximum(columns - steps, 0)].astype("float64")
        return np.where(columns >= steps, found, np.nan)


def to_ordinals(periods: pd.Series[Any]) -> Ints:
    """Return the ordinal of each quarter."""
    known = {p: Period.parse(p).ordinal for p in periods.unique()}
    return periods.map(known).to_numpy(dtype="int64")


def build_panel(frame: pd.DataFrame, measures: Measures) -> Panel:
    """Lay the figures of a prepared frame (history and the quarter itself) out by quarter.

    Parameters
    ----------
    frame : DataFrame
        From :func:`slinb.check.frame.build_value_frame`, at least one row; where an area,
        quarter and measure stand twice, the last row counts.
    measures : Measures
        For the breaks in their series.
    """
    frame = frame[frame["status"].isin(VALUE_STATUSES)]
    lines = pd.MultiIndex.from_frame(frame[["area", "measure"]].drop_duplicates())
    ordinals = to_ordinals(frame["period"])
    first, last = (ordinals.min(), ordinals.max()) if len(frame) else (0, 0)
    where = (
        lines.get_indexer(pd.MultiIndex.from_frame(frame[["area", "measure"]])),
        (ordinals - first),
    )
    shape = (len(lines), int(last - first) + 1)
    sent_counts = _lay(frame["numerator"].fillna(frame["figure"]), where, shape)
    own = frame["counted"] & ~frame["uses_population"]
    sent_wholes = _lay(frame["denominator"].where(own, 1.0), where, shape)
    to_date = _flag_lines(lines, frame, "basis", "ytd")
    moving = to_date & ~_flag_lines(lines, frame, "uses_population", True)
    return Panel(
        lines,
        int(first),
        _difference(sent_counts, to_date, int(first)),
        _difference(sent_wholes, moving, int(first)),
        sent_counts,
        sent_wholes,
        _count_breaks(lines, int(first), shape[1], measures),
    )


def _lay(values: pd.Series[Any], where: tuple[Ints, Ints], shape: tuple[int, int]) -> Floats:
    table = np.full(shape, np.nan)
    table[where] = values.to_numpy(dtype="float64")
    return table


def _flag_lines(lines: pd.MultiIndex, frame: pd.DataFrame, column: str, value: str | bool) -> Any:
    known = frame.drop_duplicates("measure").set_index("measure")[column].eq(value)
    return known.reindex(lines.get_level_values(1)).to_numpy(dtype=bool)


def _difference(table: Floats, to_date: Any, first: int) -> Floats:
    """Take the quarter before from each year-to-date figure but those of a first quarter."""
    own = table.copy()
    later = (first + np.arange(table.shape[1])) % 4 != 0
    before = np.concatenate([np.full((len(table), 1), np.nan), table[:, :-1]], axis=1)
    place = np.ix_(to_date, later)
    own[place] = table[place] - before[place]
    return own


def _count_breaks(lines: pd.MultiIndex, first: int, quarters: int, measures: Measures) -> Ints:
    start = Period("quarter", first // 4, first % 4 + 1) if first else None
    ends = [start.shift(i).end for i in range(quarters)] if start else []
    counted: dict[str, list[int]] = {}
    for measure in lines.get_level_values(1).unique():
        breaks = [Period.parse(b.period).end for b in measures[measure].breaks]
        counted[measure] = [sum(b <= end for b in breaks) for end in ends]
    rows = [counted[m] for m in lines.get_level_values(1)]
    return np.array(rows, dtype="int64").reshape(len(lines), quarters)


def find_year_to_date(frame: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return what was sent for the year to date a quarter earlier, where the year is the same.

    Returns
    -------
    DataFrame
        ``previous_numerator`` and ``previous_denominator``, indexed as ``frame``.
    """
    where = panel.locate(frame)
    later = frame["basis"].eq("ytd").to_numpy() & ((where[1] + panel.first) % 4 != 0)
    counts = panel.look_back(panel.sent_counts, where, 1)
    wholes = panel.look_back(panel.sent_wholes, where, 1)
    own = later & ~frame["uses_population"].to_numpy()
    return pd.DataFrame(
        {
            "previous_numerator": np.where(later, counts, np.nan),
            "previous_denominator": np.where(own, wholes, np.nan),
        },
        index=frame.index,
    )


def find_jumps(frame: pd.DataFrame, panel: Panel, settings: Settings) -> pd.DataFrame:
    """Hold each quarter's own figure against the range of the quarters before it.

    Returns
    -------
    DataFrame
        Indexed as ``frame``; NaN where the figure lies within that range or there are too few
        quarters. ``jump_errors``: distance from the nearer end of the range, in standard errors
        of a difference of two counts or two shares. ``jump_ratio``: that distance as a ratio
        above 1 (of odds for a proportion). ``jump_points``: in percentage points.
        ``jump_widths``: in widths of the range. And, for the sentence, ``jump_count`` and
        ``jump_whole`` (the quarter's own), ``jump_low`` and ``jump_high`` with their wholes,
        ``quarters``.
    """
    where = panel.locate(frame)
    count, whole = panel.counts[where], panel.wholes[where]
    counts, wholes = _stack_history(panel, where, settings)
    with np.errstate(divide="ignore", invalid="ignore"):
        now, past = count / whole, counts / wholes
    known = np.isfinite(past)
    enough = known.sum(axis=0) >= settings.least_quarters
    low = np.where(known, past, np.inf).argmin(axis=0)
    high = np.where(known, past, -np.inf).argmax(axis=0)
    at = np.arange(len(frame))
    # A year to date that falls has its own rule; its negative difference is no jump.
    usable = enough & np.isfinite(now) & (count >= 0)
    outside = usable & ((now < past[low, at]) | (now > past[high, at]))
    nearer = np.where(now > past[high, at], high, low)
    near = counts[nearer, at], wholes[nearer, at]
    found = measure_distance(frame["compared_as"], (count, whole), near)
    width = past[high, at] - past[low, at]
    with np.errstate(divide="ignore", invalid="ignore"):
        found["widths"] = np.abs(now - past[nearer, at]) / width
    found = {f"jump_{name}": np.where(outside, v, np.nan) for name, v in found.items()}
    found |= {"jump_count": count, "jump_whole": whole, "quarters": known.sum(axis=0)}
    found |= {"jump_low": counts[low, at], "jump_low_whole": wholes[low, at]}
    found |= {"jump_high": counts[high, at], "jump_high_whole": wholes[high, at]}
    return pd.DataFrame(found, index=frame.index)


def _stack_history(
    panel: Panel, where: tuple[Ints, Ints], settings: Settings
) -> tuple[Floats, Floats]:
    """Return earlier counts and wholes, shape (quarters back, rows); NaN across a break."""
    steps = range(1, settings.history_quarters + 1)
    stretch = panel.stretches[where]
    same = np.array([panel.look_back(panel.stretches, where, s) == stretch for s in steps])
    counts = np.array([panel.look_back(panel.counts, where, s) for s in steps])
    wholes = np.array([panel.look_back(panel.wholes, where, s) for s in steps])
    usable = same & (counts >= 0) & (wholes > 0)
    return np.where(usable, counts, np.nan), np.where(usable, wholes, np.nan)


def measure_distance(
    compared_as: pd.Series[Any], here: tuple[Floats, Floats], there: tuple[Floats, Floats]
) -> dict[str, Floats]:
    """Measure how far two figures lie apart, by the way in which their measure is compared.

    Parameters
    ----------
    compared_as : Series of str
        share, count or figure.
    here, there : pair of arrays
        Count and whole of each.

    Returns
    -------
    dict of arrays
        ``errors``: in standard errors of the difference, on the scale that steadies the
        variance: arcsine of the root for shares (Freeman and Tukey 1950; Anscombe 1948, whose
        3/8 is added), root for counts; infinite for figures without counts, which have no
        chance model. ``ratio``: above 1, with half an event added to each count so that a
        zero can be compared. ``points``: percentage points.
    """
    share = compared_as.eq("share").to_numpy()
    bare = compared_as.eq("figure").to_numpy()
    (x, n), (y, m) = here, there
    with np.errstate(divide="ignore", invalid="ignore"):
        errors = np.where(share, _share_errors(x, n, y, m), _count_errors(x, n, y, m))
        odds = _fold((x + 0.5) / (n - x + 0.5) / ((y + 0.5) / (m - y + 0.5)))
        rates = _fold((x + 0.5) / n / ((y + 0.5) / m))
        plain = _fold(x / y)
        points = np.abs(100 * x / n - 100 * y / m)
    ratio = np.where(share, odds, np.where(bare, plain, rates))
    return {"errors": np.where(bare, np.inf, errors), "ratio": ratio, "points": points}


def _fold(ratio: Any) -> Any:
    return np.maximum(ratio, 1 / ratio)


def _share_errors(x: Floats, n: Floats, y: Floats, m: Floats) -> Any:
    apart = _arcsine(x, n) - _arcsine(y, m)
    return np.abs(apart) / np.sqrt(1 / (4 * n + 2) + 1 / (4 * m + 2))


def _arcsine(x: Floats, n: Floats) -> Any:
    return np.arcsin(np.sqrt(np.clip((x + 0.375) / (n + 0.75), 0, 1)))


def _count_errors(x: Floats, n: Floats, y: Floats, m: Floats) -> Any:
    apart = np.sqrt((x + 0.375) / n) - np.sqrt((y + 0.375) / m)
    return 2 * np.abs(apart) / np.sqrt(1 / n + 1 / m)
