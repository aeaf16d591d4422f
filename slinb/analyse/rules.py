"""Rules on figures: what is known of each figure, and which conditions of a rule it meets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.travel import LAST_QUARTER, NOT_COMPARED, YEAR_AGO
from slinb.catalogue.explain import FigureRule

_KEY = ["area", "measure", "period"]


def add_facts(
    rows: pd.DataFrame, travel: pd.DataFrame, trends: pd.DataFrame, firmness: pd.DataFrame
) -> pd.DataFrame:
    """Add what else is known of each figure of a comparison.

    Parameters
    ----------
    rows : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` with one benchmark: one per area, measure and
        period.
    travel, trends, firmness : DataFrame
        Rows of the schemas of those names; each may be empty.

    Returns
    -------
    DataFrame
        ``rows`` with ``travel`` (direction since a year ago), ``moved_now`` (since last
        quarter), ``travelled_to`` and ``travelled_from`` (the values that it was judged by, now
        and a year ago), ``partial``
        (a region pooled from fewer authorities than send), ``flag``, ``side`` and ``trial`` of
        a new signal, and ``firmness`` and ``flips_it`` (the first choice, in words, that
        changes the statement).
    """
    rows = _add_travel(rows, travel)
    columns = ["flag", "side", "trial"]
    new = trends.loc[trends["new"], [*_KEY, *columns]]
    rows = rows.merge(new, on=_KEY, how="left", validate="one_to_one")
    held = firmness[[*_KEY, "firmness", "words"]]
    rows = rows.merge(held, on=_KEY, how="left", validate="one_to_one")
    rows["flips_it"] = rows["words"].fillna("").str.split("; ").str[0]
    rows[["flag", "side", "firmness"]] = rows[["flag", "side", "firmness"]].fillna("")
    return rows.assign(trial=rows["trial"].eq(True)).drop(columns="words")


def _add_travel(rows: pd.DataFrame, travel: pd.DataFrame) -> pd.DataFrame:
    for since, name in ((YEAR_AGO, "travel"), (LAST_QUARTER, "moved_now")):
        columns = {
            "direction": name,
            "value": f"{name}_to",
            "value_before": f"{name}_from",
            "note": f"{name}_note",
        }
        chosen = travel.loc[travel["since"].eq(since), [*_KEY, *columns]].rename(columns=columns)
        rows = rows.merge(chosen, on=_KEY, how="left", validate="one_to_one")
        rows[name] = rows[name].fillna(NOT_COMPARED)
    partial = rows["travel_note"].fillna("").ne("")
    values = {"travel_from": "travelled_from", "travel_to": "travelled_to"}
    unused = ["travel_note", "moved_now_to", "moved_now_from", "moved_now_note"]
    return rows.assign(partial=partial).rename(columns=values).drop(columns=unused)


def meets_rule(rows: pd.DataFrame, rule: FigureRule) -> pd.Series[Any]:
    """Say which rows (of :func:`add_facts`) meet every condition that a rule states."""
    met = pd.Series(True, index=rows.index)
    if rule.judgements:
        met &= rows["judgement"].isin(rule.judgements)
    if rule.judgements_998:
        met &= rows["judgement_998"].isin(rule.judgements_998)
    if rule.travel:
        met &= rows["travel"].isin(rule.travel)
    if rule.new_signal:
        met &= rows["side"].isin(rule.new_signal)
    if rule.share is not None:
        met &= _is_extreme(rows, rule.share)
    return met


def _is_extreme(rows: pd.DataFrame, share: float) -> pd.Series[Any]:
    """Say who is in the top or bottom share of those with a figure; ties count as in."""
    groups = rows.groupby(["measure", "period"], sort=False)["value"]
    places = np.maximum(np.floor(groups.transform("count") * share), 1)
    low, high = groups.rank(method="min"), groups.rank(method="min", ascending=False)
    # Where everyone has the same figure nobody is at an end of anything.
    vary = groups.transform("min").lt(groups.transform("max"))
    return vary & (low.le(places) | high.le(places))


def measure_size(rows: pd.DataFrame) -> pd.Series[Any]:
    """Return how far each figure lies from its benchmark, in half-widths of its 95% interval."""
    half = (rows["upper"] - rows["lower"]) / 2
    return ((rows["value"] - rows["benchmark_value"]).abs() / half.where(half > 0)).fillna(0.0)
