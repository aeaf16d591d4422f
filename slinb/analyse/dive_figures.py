"""Shares and rates of a deep dive, with intervals, and where each stands to the region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from slinb.analyse.dive_pool import KEY, pool_region
from slinb.analyse.dive_public import round_counts
from slinb.analyse.dive_scope import Scope
from slinb.analyse.dive_tables import FIGURES
from slinb.catalogue.measures import population_period
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20
from slinb.methods.compare import judge
from slinb.methods.intervals import proportion_interval, rate_interval

PER_CENT, PER_CHILDREN = "%", "per 10,000 children"
_PER = 10_000


def compute_figures(
    counts: pd.DataFrame,
    published: pd.DataFrame,
    data: Section20,
    scope: Scope,
    rates: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """Return every share and rate, of the authorities and of the region.

    Parameters
    ----------
    counts : DataFrame
        Counts on one key (:func:`slinb.analyse.dive_pool.take_counts`): of the authorities, and
        of the region where its own are given.
    published : DataFrame
        Observations with ``population_0_17``, for the rates.
    data : Section20
        The catalogue of the dive: which of its lines have a polarity.
    scope : Scope
    rates : mapping of (measure, item) to str
        Counts that are also given as a rate, and the item under which it stands.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FIGURES`. Intervals of shares are Wilson's, of
        rates exact or Byar's. The region's figure has all its authorities in it, the one compared
        too. In the public edition the authorities' are withheld.
    """
    region, authorities = scope.region, scope.authorities
    rows = counts.drop(columns=["file", "sheet", "cell", "dive"])
    pooled = pool_region(rows, region, authorities).assign(unit=PER_CENT)
    if scope.base is not None:
        pooled = round_counts(pooled, region, authorities, scope.base)
    people = find_population(published, [*authorities, region], scope.period)
    found = _take_rates(pooled, people, region, authorities, rates)
    rows = _add_values(pd.concat([pooled, found], ignore_index=True))
    return FIGURES.conform(_judge_figures(rows, region, data), fill=True)


def find_population(published: pd.DataFrame, areas: Sequence[str], period: Period) -> pd.Series:
    """Return the children of each area: the estimate that the period's rates stand over."""
    rows = published[published["measure"].eq("population_0_17") & published["area"].isin(areas)]
    rows = rows[rows["value"].notna()]
    wanted = population_period(period).end
    usable = [p for p in rows["period"].unique() if Period.parse(p).end <= wanted]
    if not usable:
        return pd.Series(dtype="float64")
    latest = max(usable, key=lambda p: Period.parse(p).end)
    return rows[rows["period"].eq(latest)].set_index("area")["value"]


def _take_rates(
    figures: pd.DataFrame,
    people: pd.Series,
    region: str,
    authorities: Sequence[str],
    names: Mapping[tuple[str, str], str],
) -> pd.DataFrame:
    """Return the counts of ``names`` over the children of the area, each under its new item.

    The region's stand over the children of the authorities that are in its count.
    """
    whole = figures["breakdown"].eq("")
    named = pd.Series(list(zip(figures["measure"], figures["item"], strict=True)))
    rates = figures[whole & named.isin(list(names)).to_numpy()].copy()
    keys = zip(rates["measure"], rates["item"], strict=True)
    rates["item"] = [names[key] for key in keys]
    members = [
        [c for c in authorities if c not in absent.split()] if area == region else [area]
        for area, absent in zip(rates["area"], rates["absent"], strict=True)
    ]
    over = [people.reindex(codes).sum(skipna=False) for codes in members]
    rates["denominator"] = pd.Series(over, index=rates.index).where(rates["numerator"].notna())
    return rates.assign(unit=PER_CHILDREN, excluded=float("nan"), why="")


def _add_values(rows: pd.DataFrame) -> pd.DataFrame:
    """Add value and limits at both levels, where there are counts to stand on."""
    rows = rows.reset_index(drop=True)
    usable = rows["numerator"].notna() & rows["denominator"].gt(0)
    x, n = rows["numerator"].where(usable), rows["denominator"].where(usable)
    share = rows["unit"].eq(PER_CENT)
    scale = np.where(share, 100, _PER)
    rows["value"] = scale * x / n
    for suffix, confidence in (("", 0.95), ("_998", 0.998)):
        low, high = proportion_interval(x.where(share), n.where(share), confidence)
        rate_low, rate_high = rate_interval(x.where(~share), n.where(~share), _PER, confidence)
        rows[f"lower{suffix}"] = (100 * low).where(share, rate_low)
        rows[f"upper{suffix}"] = (100 * high).where(share, rate_high)
    return rows


def _judge_figures(rows: pd.DataFrame, region: str, data: Section20) -> pd.DataFrame:
    """Add the region's figure and on which side of it each authority really lies."""
    key = [*KEY, "unit"]
    own = rows[rows["area"].eq(region)].set_index(key)["value"].rename("benchmark_value")
    rows = rows.join(own, on=key)
    rows["benchmark_value"] = rows["benchmark_value"].mask(rows["area"].eq(region))
    higher = [line.measure for line in data.lines if line.polarity == "higher"]
    polarity = rows["measure"].isin(higher).map({True: "higher", False: "none"}).astype(object)
    for suffix in ("", "_998"):
        rows[f"judgement{suffix}"] = judge(
            rows["value"],
            rows[f"lower{suffix}"],
            rows[f"upper{suffix}"],
            rows["benchmark_value"],
            polarity,
        )
    return rows.drop(columns=["lower_998", "upper_998"])
