"""Every share and rate of the deep dive, with its interval and where it stands to the region."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from slinb.analyse.section20_pool import (
    KEY,
    add_cohorts,
    add_group,
    choose_source,
    fill_categories,
    pool_region,
)
from slinb.analyse.section20_public import round_counts
from slinb.analyse.section20_tables import FIGURES
from slinb.catalogue.measures import population_period
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20
from slinb.methods.compare import judge
from slinb.methods.intervals import proportion_interval, rate_interval

PER_CENT, PER_CHILDREN = "%", "per 10,000 children"
#: Counts that are also given as a rate, and the item under which it stands.
RATES = {("S1", "stock"): "stock rate", ("S3", "starts"): "starts rate"}
_FOLLOWED = 4  # quarters that a cohort needs behind it to be followed for twelve months
_PER = 10_000


def compute_figures(
    counts: pd.DataFrame,
    published: pd.DataFrame,
    data: Section20,
    region: str,
    authorities: Sequence[str],
    period: Period,
    base: int | None = None,
) -> pd.DataFrame:
    """Return every share and rate, of the authorities and of the region.

    Parameters
    ----------
    counts : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS` of the dive ``section20``: of the
        authorities, and of the region where its own counts are given.
    published : DataFrame
        Observations with ``population_0_17``, for the rates.
    data : Section20
        From :func:`slinb.catalogue.section20.load_section20`.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of all its authorities.
    period : Period
        The quarter.
    base : int, optional
        In the public edition: to what the region's counts are rounded; the authorities' are
        withheld.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FIGURES`. Intervals of shares are
        Wilson's, of rates exact or Byar's. The region's figure has all its authorities in it,
        the one compared too. Cohorts that have all been followed for twelve months also stand
        together under an empty cohort.
    """
    rows = counts[counts["period"].eq(period.id)].drop(columns=["file", "sheet", "cell", "dive"])
    rows = fill_categories(choose_source(rows))
    for group in data.groups:
        rows = add_group(rows, group)
    rows = add_cohorts(rows, find_mature(rows, period))
    pooled = pool_region(rows, region, authorities).assign(unit=PER_CENT)
    if base is not None:
        pooled = round_counts(pooled, region, authorities, base)
    people = find_population(published, [*authorities, region], period)
    both = pd.concat([pooled, take_rates(pooled, people, region, authorities)], ignore_index=True)
    return FIGURES.conform(judge_figures(add_values(both), region, data), fill=True)


def find_mature(counts: pd.DataFrame, period: Period) -> list[str]:
    """Return the cohorts of which every child has been followed for twelve months."""
    cohorts = [c for c in counts["cohort"].unique() if c]
    return [c for c in cohorts if Period.parse(c).shift(_FOLLOWED).end <= period.end]


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


def take_rates(
    figures: pd.DataFrame,
    people: pd.Series,
    region: str,
    authorities: Sequence[str],
    names: Mapping[tuple[str, str], str] = RATES,
) -> pd.DataFrame:
    """Return the counts of :data:`RATES`, or of ``names``, over the children of the area.

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


def add_values(rows: pd.DataFrame) -> pd.DataFrame:
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


def judge_figures(rows: pd.DataFrame, region: str, data: Section20) -> pd.DataFrame:
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
