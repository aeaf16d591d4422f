"""Counts of the authorities brought onto one key, and the region's beside them.

The region's own rows stand where they are given (a public edition states them, rounded).
Otherwise they are summed over the authorities, and withheld where a part is withheld.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.section20 import Group

GROUP = ["period", "measure", "item", "window", "cohort", "population", "breakdown"]
KEY = [*GROUP, "category", "across"]
_NUMBERS = ["numerator", "denominator", "excluded"]


def take_source(
    rows: pd.DataFrame, sources: Sequence[str], slices: Sequence[str] = ("area", "measure")
) -> pd.DataFrame:
    """Keep of each slice the rows of the first of the sources that it has, one not named last."""
    rank = rows["source"].map({name: i for i, name in enumerate(sources)}).fillna(len(sources))
    best = rank.groupby([rows[name] for name in slices]).transform("min")
    return rows[rank.eq(best)].reset_index(drop=True)


def take_counts(counts: pd.DataFrame, sources: Sequence[str]) -> pd.DataFrame:
    """Return counts on one key: of each breakdown those of the source that tells most.

    Parameters
    ----------
    counts : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS` of one dive and quarter.
    sources : sequence of str
        Those of the dive, the one that tells most first.
    """
    slices = ["area", "period", "measure", "item", "window", "breakdown"]
    rows = take_source(counts, sources, slices)
    return rows.drop_duplicates(["area", *KEY]).reset_index(drop=True)


def fill_categories(
    counts: pd.DataFrame, *, own_base: Sequence[str] = (), sided: Sequence[str] = ()
) -> pd.DataFrame:
    """Add a zero for each category that an authority's breakdown leaves out.

    A breakdown names every category that occurs; what another authority has and this one does
    not name is nobody here. A breakdown that is not there at all stays absent.

    Parameters
    ----------
    counts : DataFrame
        On one key (:func:`take_counts`).
    own_base : sequence of str
        Measures whose categories have each a base of their own: one that is absent was not
        counted.
    sided : sequence of str
        Measures whose second breakdown are two sides, each on its own base.
    """
    whole = counts["measure"].isin(own_base) | counts["breakdown"].eq("")
    rows = counts[~whole]
    if rows.empty:
        return counts
    rows = rows.assign(side=rows["across"].where(rows["measure"].isin(sided), ""))
    base = [*GROUP, "side"]
    held = rows.drop_duplicates(["area", *base])[["area", *base, "source", "denominator", "status"]]
    grid = held.merge(rows.drop_duplicates([*KEY, "side"])[[*KEY, "side"]], on=base)
    found = pd.MultiIndex.from_frame(rows[["area", *KEY]])
    absent = grid[~pd.MultiIndex.from_frame(grid[["area", *KEY]]).isin(found)]
    nobody = absent["denominator"].mul(0)  # stays missing where the base is withheld
    added = absent.drop(columns="side").assign(numerator=nobody, excluded=0.0, why="")
    return pd.concat([counts, added], ignore_index=True)


def add_groups(counts: pd.DataFrame, groups: Sequence[Group]) -> pd.DataFrame:
    """Add the categories of breakdowns drawn together; withheld where a part is withheld."""
    for group in groups:
        counts = _add_group(counts, group)
    return counts


def _add_group(counts: pd.DataFrame, group: Group) -> pd.DataFrame:
    rows = counts[counts["breakdown"].eq(group.breakdown)]
    if rows.empty:
        return counts
    named = rows.assign(breakdown=group.name, category=rows["category"].map(group.find))
    summed = _sum_rows(named, ["area", *KEY], same_base=True)
    return pd.concat([counts, summed], ignore_index=True)


def add_cohorts(counts: pd.DataFrame, mature: pd.Series[Any]) -> pd.DataFrame:
    """Add the sum of the rows of mature cohorts of each authority, under an empty cohort."""
    rows = counts[mature]
    if rows.empty:
        return counts
    summed = _sum_rows(rows.assign(cohort=""), ["area", *KEY])
    return pd.concat([counts, summed], ignore_index=True)


def pool_region(counts: pd.DataFrame, region: str, authorities: Sequence[str]) -> pd.DataFrame:
    """Return the counts of the authorities and of the region, who is missing from it named.

    Parameters
    ----------
    counts : DataFrame
        Counts of the authorities, of the region too where they are given: a row each of
        ``area`` and :data:`KEY`.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of all its authorities.

    Returns
    -------
    DataFrame
        The rows of the authorities, then one of the region for every key, with ``absent``:
        the codes of the authorities without that count, joined by spaces. A figure summed
        here is withheld where one of its parts is; one that is given stands as given.
    """
    own = counts[counts["area"].isin(authorities)]
    given = counts[counts["area"].eq(region)]
    pooled = _sum_rows(_drop_unread(own).assign(area=region), ["area", *KEY])
    stated = pd.MultiIndex.from_frame(given[KEY])
    pooled = pooled[~pd.MultiIndex.from_frame(pooled[KEY]).isin(stated)]
    whole = pd.concat([given, pooled], ignore_index=True)
    whole["absent"] = _find_absent(own, whole, authorities)
    return pd.concat([own.assign(absent=""), whole], ignore_index=True)


def _drop_unread(own: pd.DataFrame) -> pd.DataFrame:
    """Leave out what came without a number; what is withheld has one that is not shown."""
    return own[own["status"].isin(["final", "provisional", "estimated", "suppressed"])]


def _sum_rows(rows: pd.DataFrame, key: list[str], *, same_base: bool = False) -> pd.DataFrame:
    """Sum rows of one key; a sum with a withheld part is withheld."""
    withheld = rows["status"].ne("final") | rows["numerator"].isna()
    rows = rows.assign(withheld=withheld, reason=rows["status"].where(withheld, ""))
    groups = rows.groupby(key, sort=False)
    summed = groups.agg(
        source=("source", "first"),
        numerator=("numerator", "sum"),
        denominator=("denominator", "first" if same_base else "sum"),
        excluded=("excluded", "sum"),
        why=("why", _join_reasons),
        withheld=("withheld", "any"),
        reason=("reason", "max"),
    ).reset_index()
    withheld, reason = summed.pop("withheld"), summed.pop("reason")
    for name in _NUMBERS:
        summed[name] = summed[name].astype("float64").mask(withheld)
    return summed.assign(status=reason.where(withheld, "final"))


def _join_reasons(reasons: pd.Series[Any]) -> str:
    return "; ".join(dict.fromkeys(part for text in reasons for part in text.split("; ") if part))


def _find_absent(own: pd.DataFrame, whole: pd.DataFrame, authorities: Sequence[str]) -> list[str]:
    counted = _drop_unread(own)
    present = counted.groupby(KEY, sort=False)["area"].agg(frozenset)
    keys = list(whole[KEY].itertuples(index=False, name=None))
    found = present.to_dict()
    return [
        " ".join(code for code in authorities if code not in found.get(key, ())) for key in keys
    ]
