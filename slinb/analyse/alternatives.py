"""The other reasonable choices under which a statement is recomputed, one function each.

Each takes the statements and returns rows with the figure, its interval and the benchmark under
the choice. A choice that does not apply to a statement has no row; one that applies but cannot
be computed has a row without a benchmark.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.benchmark import find_england, map_periods
from slinb.analyse.breaks import find_break
from slinb.analyse.comparison import add_intervals, compare
from slinb.analyse.points import map_multipliers
from slinb.catalogue.areas import Areas, load_neighbours
from slinb.catalogue.confounders import Confounder
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period

MODELS = (2025, 2021)

#: With fewer of the ten neighbours than this, their average is no reasonable choice.
LEAST_NEIGHBOURS = 5
_SLICE = ["measure", "period"]
_KEY = ["area", *_SLICE]
_FIGURE = ["value", "lower", "upper"]
_COUNTS = ["numerator", "denominator"]
COLUMNS = [*_KEY, "alternative", "words", *_FIGURE, "benchmark_value"]


@dataclass(frozen=True)
class Ground:
    """What the alternatives are computed from.

    Parameters
    ----------
    statements : DataFrame
        Rows of the comparison that state a real difference from the region.
    region_rows : DataFrame
        All rows of the comparison with the region, statements or not.
    points : DataFrame
        The computed points that the comparison was made from.
    measures : dict of Measure by id
        Also those that confounders refer to.
    areas : Areas
    region : str
    published : DataFrame or None
        As in :func:`slinb.analyse.comparison.compare`.
    """

    statements: pd.DataFrame
    region_rows: pd.DataFrame
    points: pd.DataFrame
    measures: dict[str, Measure]
    areas: Areas
    region: str
    published: pd.DataFrame | None

    @property
    def codes(self) -> list[str]:
        """Codes of the region's authorities."""
        return [a.code for a in self.areas.authorities(self.region)]

    def per(self, measure: pd.Series[Any]) -> pd.Series[Any]:
        """Return what numerator over denominator is multiplied by."""
        return map_multipliers(measure, self.measures)


def leave_out_authority(ground: Ground) -> pd.DataFrame:
    """Take the region without the authority: pooled from the others that have counts."""
    known = ground.region_rows.dropna(subset=["value", *_COUNTS])
    totals = known.groupby(_SLICE, as_index=False)[_COUNTS].sum()
    # With a figure suppressed, what is left of the sum would be the region without two.
    rows = ground.region_rows
    hidden = rows.loc[rows["status"].eq("suppressed"), _SLICE].drop_duplicates()
    totals = totals.merge(hidden, on=_SLICE, how="left", indicator="seen")
    totals = totals[totals["seen"].eq("left_only")].drop(columns="seen")
    rows = ground.statements.merge(totals, on=_SLICE, how="left", suffixes=("", "_all"))
    top = rows["numerator_all"] - rows["numerator"]
    bottom = rows["denominator_all"] - rows["denominator"]
    names = rows["area"].map({code: ground.areas[code].name for code in ground.codes})
    rows["benchmark_value"] = ground.per(rows["measure"]) * top / bottom.where(bottom > 0)
    return _close(rows, "region_without_it", "the region without " + names)


def take_england(ground: Ground) -> pd.DataFrame:
    """Take England's published figure, of the same period or the latest before it."""
    found = find_england(ground.points, ground.statements, ground.published)
    rows = ground.statements.drop(columns=["benchmark_value", "benchmark_period"])
    rows = rows.merge(found, on=_SLICE, how="left")
    older = rows["benchmark_period"].notna() & rows["benchmark_period"].ne(rows["period"])
    times = _name_times(rows, ground.measures)
    words = pd.Series("England", index=rows.index).mask(older, "England (" + times + ")")
    return _close(rows, "england", words + " instead of the region")


def _name_times(rows: pd.DataFrame, measures: dict[str, Measure]) -> pd.Series[Any]:
    """Name the time of each benchmark in words: "31 March 2025", "year to 31 March 2025"."""

    def name(measure: str, period: str) -> str:
        parsed = Period.parse(period)
        snapshot = measures[measure].shown == "snapshot"
        return parsed.snapshot_label if snapshot else parsed.label

    pairs = zip(rows["measure"], rows["benchmark_period"].fillna(""), strict=True)
    return pd.Series([name(m, p) if p else "" for m, p in pairs], index=rows.index)


def take_neighbours(ground: Ground) -> pd.DataFrame:
    """Take statistical neighbours of either model by mean, median and pooled counts.

    Not made where fewer than five of the ten have a figure.
    """
    frames = []
    for model in MODELS:
        summary = summarise_neighbours(ground, model)
        rows = ground.statements.drop(columns=["benchmark_value", "benchmark_period"])
        rows = rows.merge(summary, on=_KEY, how="left")
        few = ~rows["n"].ge(LEAST_NEIGHBOURS)
        count = rows["n"].fillna(0).astype("int64").astype("str")
        for how in ("mean", "median", "pooled"):
            words = f"statistical neighbours ({model} model, {how} of " + count
            chosen = rows.assign(benchmark_value=rows[how].mask(few))
            frames.append(
                _close(chosen, f"neighbours_{model}_{how}", words + ") instead of the region")
            )
    return pd.concat(frames, ignore_index=True)


def summarise_neighbours(ground: Ground, model: int) -> pd.DataFrame:
    """Return mean, median and pooled figure of each statement's neighbours.

    Those of the ten with data count, as in the rug; an abolished one has none. Of published
    figures beside a return, the latest year that ended by the return's quarter is taken.

    Returns
    -------
    DataFrame
        area, measure, period, mean, median, pooled, n: a statement whose neighbours have no
        figure at all has no row.
    """
    table = load_neighbours(model)
    wanted = ground.statements[_KEY].drop_duplicates()
    pairs = [(a, n.neighbour) for a in wanted["area"].unique() for n in table.get(a, ())]
    source = ground.points if ground.published is None else ground.published
    source = source[source["measure"].isin(wanted["measure"])].dropna(subset="value")
    source = source[["area", *_SLICE, "value", *_COUNTS]].rename(columns={"area": "neighbour"})
    figures = pd.DataFrame(pairs, columns=["area", "neighbour"]).merge(source, on="neighbour")
    counted = figures[_COUNTS].notna().all(axis=1) & figures["denominator"].gt(0)
    figures[_COUNTS] = figures[_COUNTS].where(counted)
    groups = figures.groupby(["area", "measure", "period"], as_index=False)
    found = groups.agg(
        mean=("value", "mean"),
        median=("value", "median"),
        top=("numerator", "sum"),
        bottom=("denominator", "sum"),
        n=("value", "size"),
    )
    found["pooled"] = (
        ground.per(found["measure"]) * found["top"] / found["bottom"].replace(0, np.nan)
    )
    return _match_periods(wanted, found, exact=ground.published is None)


def _match_periods(wanted: pd.DataFrame, found: pd.DataFrame, *, exact: bool) -> pd.DataFrame:
    columns = ["mean", "median", "pooled", "n"]
    if exact:
        return wanted.merge(found, on=_KEY)[[*_KEY, *columns]]
    found = found.rename(columns={"period": "at"})
    both = wanted.merge(found, on=["area", "measure"])
    closes = map_periods(both["at"], lambda p: p.end.toordinal())
    both = both.assign(closes=closes)
    both = both[closes <= map_periods(both["period"], lambda p: p.end.toordinal())]
    latest = both.sort_values("closes").drop_duplicates(_KEY, keep="last")
    return latest[[*_KEY, *columns]]


def pool_three_years(ground: Ground) -> pd.DataFrame:
    """Take three years' counts against the region's of the same years.

    Three snapshots hold many of the same children, so their counts are averaged, not added:
    the interval stays that of one snapshot.
    """
    counts = ground.points[ground.points["area"].isin(ground.codes)]
    counts = counts[counts["measure"].isin(ground.statements["measure"])]
    counts = counts.dropna(subset=["value", *_COUNTS])[[*_KEY, *_COUNTS]]
    pooled = _add_years(counts, ground)
    totals = pooled.groupby(_SLICE, as_index=False)[_COUNTS].sum()
    per = ground.per(totals["measure"])
    totals["benchmark_value"] = per * totals["numerator"] / totals["denominator"]
    rows = ground.statements[_KEY].merge(pooled, on=_KEY, how="left")
    rows = rows.merge(totals[[*_SLICE, "benchmark_value"]], on=_SLICE, how="left")
    rows["value"] = ground.per(rows["measure"]) * rows["numerator"] / rows["denominator"]
    rows = add_intervals(rows, ground.measures)
    averaged = rows["measure"].map({m.id: m.shown == "snapshot" for m in ground.measures.values()})
    words = averaged.map({True: "averaged", False: "pooled"})
    return _close(rows, "three_years", "three years " + words + " instead of one")


def _add_years(counts: pd.DataFrame, ground: Ground) -> pd.DataFrame:
    """Return the counts of three years to each period; no row where one lacks or they break."""
    slices = ground.statements[_SLICE].drop_duplicates()
    frames = []
    for measure, period in slices.itertuples(index=False):
        last = Period.parse(period)
        years = [last, last.year_ago(), last.year_ago().year_ago()]
        if find_break(ground.measures[measure], years[-1], last):
            continue
        chosen = counts[
            counts["measure"].eq(measure) & counts["period"].isin([y.id for y in years])
        ]
        groups = chosen.groupby("area")[_COUNTS]
        summed = groups.sum()[groups.size().eq(len(years))]
        shown = 1 if ground.measures[measure].shown != "snapshot" else len(years)
        frames.append((summed / shown).reset_index().assign(measure=measure, period=period))
    return pd.concat(frames) if frames else pd.DataFrame(columns=[*_KEY, *_COUNTS])


def swap_confounder(ground: Ground, confounders: Sequence[Confounder]) -> pd.DataFrame:
    """Ask the same with or without a group that can make the difference by itself."""
    pairs = [pair for confounder in confounders for pair in confounder.pairs()]
    swaps = pd.DataFrame(pairs, columns=["measure", "other", "words"])
    swaps["alternative"] = [f"{c.id}" for c in confounders for _ in c.pairs()]
    rows = ground.statements[_KEY].merge(swaps, on="measure")
    others = [ground.measures[m] for m in rows["other"].unique() if m in ground.measures]
    found = _compare_again(ground.points, others, ground)
    found = found.rename(columns={"measure": "other"})
    rows = rows.merge(found, on=["area", "other", "period"], how="left")
    return rows[COLUMNS]


def take_other_edition(ground: Ground, other: pd.DataFrame) -> pd.DataFrame:
    """Take the published figure for the returns', or the reverse, where both close on a day."""
    wanted = ground.statements[_KEY].copy()
    wanted["closes"] = map_periods(wanted["period"], lambda p: p.end)
    other = other[other["measure"].isin(wanted["measure"])]
    other = other.assign(closes=map_periods(other["period"], lambda p: p.end))
    other = other[other["closes"].isin(wanted["closes"])]
    kinds = map_periods(other["period"], lambda p: p.kind)
    mine = map_periods(wanted["period"], lambda p: p.kind)
    chosen = [ground.measures[m] for m in other["measure"].unique()]
    found = _compare_again(other.drop(columns="closes"), chosen, ground)
    found["closes"] = map_periods(found["period"], lambda p: p.end)
    rows = wanted.merge(found.drop(columns="period"), on=["area", "measure", "closes"])
    quarterly = mine.eq("quarter").any()
    if kinds.eq("quarter").any() == quarterly:
        return pd.DataFrame(columns=COLUMNS)
    words = (
        "the published figure instead of the return"
        if quarterly
        else "the quarterly returns instead of the published figure"
    )
    alternative = "published" if quarterly else "provisional"
    return _close(rows, alternative, pd.Series(words, index=rows.index))


def _compare_again(points: pd.DataFrame, measures: list[Measure], ground: Ground) -> pd.DataFrame:
    result = compare(points, measures, ground.areas, ground.region, benchmarks=["region"])
    return result[[*_KEY, *_FIGURE, "benchmark_value"]]


def _close(rows: pd.DataFrame, alternative: str, words: pd.Series[Any]) -> pd.DataFrame:
    return rows.assign(alternative=alternative, words=words)[COLUMNS]
