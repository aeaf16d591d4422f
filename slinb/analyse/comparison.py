"""How each authority compares: interval, benchmarks, judgement, rank, band and change.

The judgement is that of :func:`slinb.methods.compare.judge`: an authority differs from a
benchmark only where the benchmark lies outside the authority's own confidence interval.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.benchmark import (
    BENCHMARKS,
    Benchmark,
    Rounded,
    average_neighbours,
    find_england,
    map_periods,
    pool_region,
)
from slinb.analyse.breaks import find_break
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.methods.compare import judge
from slinb.methods.intervals import annual_rate_interval, proportion_interval, rate_interval
from slinb.methods.rank import BANDS, quartile_band_within, rank_within
from slinb.schema import COMPARISON

_LEVELS = {"": 0.95, "_998": 0.998}
_SLICE = ["measure", "period"]


def compare(
    points: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Areas,
    region: str,
    *,
    published: pd.DataFrame | None = None,
    rounded: Rounded | None = None,
    benchmarks: Sequence[Benchmark] = BENCHMARKS,
    neighbour_model: int = 2025,
) -> pd.DataFrame:
    """Compare a region's authorities with their region, England and statistical neighbours.

    Parameters
    ----------
    points : DataFrame
        Computed points (:mod:`slinb.analyse.points`) of authorities, and of regions and
        England where they are published.
    measures : iterable of Measure
    areas : Areas
    region : str
        Code of the region whose authorities are compared; "" for all of England, where the
        region of the benchmark is each authority's own.
    published : DataFrame, optional
        Annual points that stand in for England and the neighbours where ``points`` are
        quarterly returns: the latest published period that ended by then.
    rounded : Rounded, optional
        In the public edition: the region's own points, which stand where an authority's figure
        is suppressed. A difference is then called real only if rounding cannot have made it.
    benchmarks : sequence of {"region", "england", "neighbours"}
    neighbour_model : {2025, 2021}

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.COMPARISON`: one per authority, period, measure and
        benchmark, missing values included.

    Notes
    -----
    The region is pooled (sum of numerators over sum of denominators; the authority is part of
    it). Where an authority's counts are not known, the published figure of the region stands
    in; where there is none either, the others are pooled and ``benchmark_n`` says how many.
    Neighbours are the unweighted mean of those of the ten with data, as LAIT does.
    """
    by_id = {m.id: m for m in measures}
    points = points[points["measure"].isin(list(by_id))]
    codes = [a.code for a in areas if a.level == "authority"]
    parents = {code: areas[code].parent for code in codes}
    authorities = points[points["area"].isin(codes)]
    wanted = {a.code for a in areas.authorities(region)} if region else set(codes)
    rows = authorities[authorities["area"].isin(wanted)].reset_index(drop=True)
    if rows.empty:
        return COMPARISON.empty()
    rows = add_intervals(rows, by_id)
    rows["region"] = region or rows["area"].map(parents)
    rows = _add_position(rows, by_id)
    rows = _add_changes(rows, by_id)
    pool = authorities[authorities["area"].isin(wanted)]
    pool = pool.assign(region=region or pool["area"].map(parents))
    tables = {
        "region": lambda: pool_region(points, pool, by_id, areas, rounded),
        "england": lambda: find_england(points, rows, published),
        "neighbours": lambda: average_neighbours(authorities, rows, published, neighbour_model),
    }
    frames = [_join_benchmark(rows, name, tables[name](), by_id) for name in benchmarks]
    return COMPARISON.conform(pd.concat(frames, ignore_index=True)[COMPARISON.names])


def latest_periods(points: pd.DataFrame, codes: Iterable[str]) -> dict[str, str]:
    """Return, for each measure, the latest period in which any of these areas has a value."""
    seen = points[points["area"].isin(list(codes)) & points["value"].notna()]
    seen = seen.assign(ordinal=map_periods(seen["period"], lambda p: p.ordinal))
    last = seen.sort_values("ordinal").drop_duplicates("measure", keep="last")
    return dict(zip(last["measure"], last["period"], strict=True))


def add_intervals(rows: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Return ``rows`` with their 95% and 99.8% limits in the measure's unit.

    Wilson's interval for proportions, exact Poisson or Byar's for rates; a quarter's count
    shown as an annual rate gets the interval of the quarter's count, times four. Ratios,
    medians and scores have no interval here, so they are never called different.
    """
    rows = rows.reset_index(drop=True)
    kind = rows["measure"].map({m.id: m.kind for m in measures.values()})
    quarterly = rows["measure"].map({m.id: m.shown == "quarter" for m in measures.values()})
    per = rows["measure"].map({m.id: m.multiplier for m in measures.values()}).astype("float64")
    known = rows["value"].notna() & rows["numerator"].notna() & rows["denominator"].gt(0)
    # A proportion above the whole or a negative count is a data error that the checks name.
    known &= rows["numerator"].ge(0)
    whole = rows["numerator"].le(rows["denominator"])
    for suffix, confidence in _LEVELS.items():
        lower = pd.Series(np.nan, index=rows.index)
        upper = lower.copy()
        for pick, interval in (
            (known & kind.eq("proportion") & whole, proportion_interval),
            (known & kind.eq("rate") & ~quarterly, rate_interval),
            (known & kind.eq("rate") & quarterly, annual_rate_interval),
        ):
            x, n = rows.loc[pick, "numerator"], rows.loc[pick, "denominator"]
            low, high = interval(x, n, confidence=confidence, **_unit_rate(interval))
            lower[pick], upper[pick] = low * per[pick], high * per[pick]
        rows[f"lower{suffix}"], rows[f"upper{suffix}"] = lower, upper
    return rows


def _unit_rate(interval: Any) -> dict[str, float]:
    # Multipliers differ by row (per 10,000, per 100,000), so the rate is taken per one.
    return {} if interval is proportion_interval else {"per": 1.0}


def _add_position(rows: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Rank and band the authorities of one region within each measure and period."""
    polarity = rows["measure"].map({m.id: m.polarity for m in measures.values()})
    group = rows.groupby(["region", *_SLICE], sort=False).ngroup()
    rows["rank"] = rank_within(rows["value"], group, polarity)
    rows["band"] = quartile_band_within(rows["value"], group, polarity)
    rows["ranked"] = rows["rank"].notna().groupby(group).transform("sum").astype("int64")
    # Fewer than four values have no quarters.
    rows["band"] = rows["band"].where(rows["ranked"].ge(len(BANDS)))
    return rows


def _add_changes(rows: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Add the value of the period before and of a year ago, unless the series broke between."""
    key = rows[["area", "measure", "period", "value"]]
    for name, change, step in (
        ("previous", "change", lambda p: p.previous().id),
        ("year_ago", "change_year", lambda p: p.year_ago().id),
    ):
        wanted = key.assign(period=map_periods(key["period"], step))
        past = wanted.drop(columns="value").merge(
            key, on=["area", "measure", "period"], how="left", validate="many_to_one"
        )["value"]
        broken = _broken_between(wanted["measure"], wanted["period"], rows["period"], measures)
        rows[name] = past.mask(broken).to_numpy()
        rows[change] = rows["value"] - rows[name]
    return rows


def _broken_between(
    measure: pd.Series[Any],
    first: pd.Series[Any],
    last: pd.Series[Any],
    measures: dict[str, Measure],
) -> pd.Series[Any]:
    spans = pd.DataFrame({"measure": measure, "first": first, "last": last})
    unique = spans.drop_duplicates()
    broken = {
        (m, a, b): find_break(measures[m], Period.parse(a), Period.parse(b)) is not None
        for m, a, b in unique.itertuples(index=False)
    }
    return pd.Series([broken[span] for span in spans.itertuples(index=False, name=None)])


def _join_benchmark(
    rows: pd.DataFrame, name: str, figures: pd.DataFrame, measures: dict[str, Measure]
) -> pd.DataFrame:
    keys = [c for c in ("area", "region", *_SLICE) if c in figures.columns]
    joined = rows.merge(figures, on=keys, how="left", validate="many_to_one")
    joined["benchmark"] = name
    joined["benchmark_n"] = joined["benchmark_n"].fillna(0).astype("int64")
    joined["benchmark_period"] = joined["benchmark_period"].fillna("")
    polarity = joined["measure"].map({m.id: m.polarity for m in measures.values()})
    ends = [e for e in ("benchmark_low", "benchmark_high") if e in joined]
    for suffix in _LEVELS:
        limits = joined[f"lower{suffix}"], joined[f"upper{suffix}"]
        said = judge(joined["value"], *limits, joined["benchmark_value"], polarity)
        for end in ends:
            again = judge(joined["value"], *limits, joined[end], polarity)
            said = said.where(said.eq(again) | joined[end].isna(), "similar")
        joined[f"judgement{suffix}"] = said
    return joined
