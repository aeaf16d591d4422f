"""The figures that authorities are compared with: region, England, statistical neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from slinb.catalogue.areas import ENGLAND, Areas, load_neighbours
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period

Benchmark = Literal["region", "england", "neighbours"]
BENCHMARKS: tuple[Benchmark, ...] = ("region", "england", "neighbours")
_SLICE = ["measure", "period"]


def map_periods(periods: pd.Series[Any], tell: Callable[[Period], Any]) -> pd.Series[Any]:
    """Return what ``tell`` says of each period id, asking once for each distinct one."""
    return periods.map({p: tell(Period.parse(p)) for p in periods.unique()})


def pool_region(
    points: pd.DataFrame,
    pool: pd.DataFrame,
    measures: dict[str, Measure],
    areas: Areas,
    rounded: Rounded | None = None,
) -> pd.DataFrame:
    """Return value and n of each region, measure and period: pooled, else as published.

    ``n`` is 0 where the figure is the publisher's own. Where an authority's figure is
    suppressed, the region's ``rounded`` one stands, which has that authority in it, with the
    least and the greatest that it can have been (``benchmark_low``, ``benchmark_high``).
    """
    counted = pool["value"].notna() & pool["numerator"].notna() & pool["denominator"].gt(0)
    multiplier = pool["measure"].map({m.id: m.multiplier for m in measures.values()})
    pool = pool.assign(
        top=(pool["numerator"] * multiplier).where(counted),
        bottom=pool["denominator"].where(counted),
        counted=counted,
        # "Not applicable" is excluded by definition (no such children): it is no gap.
        excluded=pool["status"].eq("not_applicable"),
        hidden=pool["status"].eq("suppressed") & (rounded is not None),
    )
    totals = pool.groupby(["region", *_SLICE], sort=False, as_index=False).agg(
        top=("top", "sum"),
        bottom=("bottom", "sum"),
        n=("counted", "sum"),
        out=("excluded", "sum"),
        hidden=("hidden", "sum"),
    )
    totals = totals.merge(_count_members(totals, areas), on=["region", "period"])
    stated = points.rename(columns={"area": "region", "value": "stated"})
    totals = totals.merge(stated[["region", *_SLICE, "stated"]], on=["region", *_SLICE], how="left")
    pooled = totals["top"] / totals["bottom"].where(totals["bottom"] > 0)
    partial = totals["n"] + totals["out"] < totals["members"]
    use_stated = (partial | pooled.isna()) & totals["stated"].notna()
    totals["benchmark_value"] = pooled.mask(use_stated, totals["stated"])
    totals["benchmark_n"] = totals["n"].mask(use_stated, 0).astype("int64")
    totals["benchmark_low"] = totals["benchmark_high"] = totals["benchmark_value"]
    if rounded is not None:
        totals = _take_rounded(totals, rounded, measures)
    totals["benchmark_period"] = totals["period"]
    keep = ["region", *_SLICE, "benchmark_value", "benchmark_low", "benchmark_high"]
    return totals[[*keep, "benchmark_n", "benchmark_period"]]


@dataclass(frozen=True)
class Rounded:
    """The region's own points in the public edition, and to what its counts were rounded."""

    points: pd.DataFrame
    base: int


def _take_rounded(
    totals: pd.DataFrame, rounded: Rounded, measures: dict[str, Measure]
) -> pd.DataFrame:
    figures = rounded.points.rename(columns={"area": "region", "value": "benchmark_value"})
    keys = ["region", *_SLICE]
    figures = figures[[*keys, "benchmark_value", "numerator", "denominator"]]
    totals = totals.merge(figures, on=keys, how="left", suffixes=("", "_rounded"))
    half = rounded.base / 2
    # The population under a rate is no rounded count.
    loose = half * ~totals["measure"].map({m.id: m.uses_population for m in measures.values()})
    per = totals["measure"].map({m.id: m.multiplier for m in measures.values()})
    top, bottom = totals["numerator"], totals["denominator"]
    least = per * (top - half).clip(lower=0) / (bottom + loose)
    most = per * (top + half) / (bottom - loose).where(lambda d: d.gt(0))
    hidden = totals["hidden"].gt(0)
    found = {"value": totals["benchmark_value_rounded"], "low": least, "high": most}
    found["n"] = totals["n"] + totals["hidden"]
    for name, given in found.items():
        totals[f"benchmark_{name}"] = totals[f"benchmark_{name}"].mask(hidden, given)
    return totals


def _count_members(totals: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Return how many authorities each region had in each period, with a row or without."""
    pairs = totals[["region", "period"]].drop_duplicates()
    members = [
        len(areas.authorities(region, at=Period.parse(period)))
        for region, period in pairs.itertuples(index=False)
    ]
    return pairs.assign(members=members)


def find_england(
    points: pd.DataFrame, rows: pd.DataFrame, published: pd.DataFrame | None
) -> pd.DataFrame:
    """Return England's figure for each measure and period of ``rows``.

    It is that of the same period, or of the latest published one where ``published`` is given.
    """
    source = points if published is None else published
    england = source.loc[source["area"].eq(ENGLAND), [*_SLICE, "value"]]
    england = england.rename(columns={"value": "benchmark_value"}).dropna()
    slices = rows[_SLICE].drop_duplicates()
    found = _match_period(slices, england, exact=published is None)
    return found.assign(benchmark_n=0)


def average_neighbours(
    authorities: pd.DataFrame,
    rows: pd.DataFrame,
    published: pd.DataFrame | None,
    model: int,
) -> pd.DataFrame:
    """Return the unweighted mean of the ten neighbours, of those with data, per authority."""
    source = authorities if published is None else published
    neighbours = load_neighbours(model)
    wanted = [a for a in rows["area"].unique() if a in neighbours]
    table = source.dropna(subset="value").pivot_table(
        index=_SLICE, columns="area", values="value", aggfunc="first", sort=False
    )
    # One matrix product gives every mean at once: which neighbour counts × who has a value.
    picks = np.array(
        [[code in {n.neighbour for n in neighbours[a]} for a in wanted] for code in table.columns],
        dtype="float64",
    ).reshape(len(table.columns), len(wanted))
    total = table.fillna(0.0).to_numpy() @ picks
    count = table.notna().to_numpy(dtype="float64") @ picks
    found = table.index.repeat(len(wanted)).to_frame(index=False)
    found["area"] = np.tile(np.array(wanted, dtype=object), len(table))
    found["benchmark_value"] = np.divide(
        total, count, out=np.full_like(total, np.nan), where=count > 0
    ).ravel()
    found["benchmark_n"] = count.astype("int64").ravel()
    found = found.dropna(subset="benchmark_value")
    slices = rows[["area", *_SLICE]].drop_duplicates()
    return _match_period(slices, found, exact=published is None)


def _match_period(slices: pd.DataFrame, figures: pd.DataFrame, *, exact: bool) -> pd.DataFrame:
    """Join figures to slices by period, or by the latest period that ended by the slice's end."""
    keys = [c for c in slices.columns if c != "period" and c in figures.columns]
    if exact:
        found = slices.merge(figures, on=[*keys, "period"], how="inner")
        return found.assign(benchmark_period=found["period"])
    figures = figures.astype(dict.fromkeys([*keys, "period"], "str"))  # an empty table has none
    left = slices.assign(end=pd.to_datetime(map_periods(slices["period"], lambda p: p.end)))
    right = figures.assign(end=pd.to_datetime(map_periods(figures["period"], lambda p: p.end)))
    right = right.rename(columns={"period": "benchmark_period"})
    return pd.merge_asof(left.sort_values("end"), right.sort_values("end"), on="end", by=keys).drop(
        columns="end"
    )
