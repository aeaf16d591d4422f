"""The prepared frame of the value rules: each observation beside what the catalogue says of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import betainc, gammainc, gammaincc

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.check.rules import Settings
from slinb.schema import VALUE_STATUSES

_FLOWS = ("quarter", "ytd")


def build_facts(measures: Iterable[Measure], settings: Settings) -> pd.DataFrame:
    """Return what the rules need to know of each measure, one row a measure, by its id."""
    rows = [_describe_measure(m, settings) for m in measures]
    return pd.DataFrame.from_records(rows).set_index("measure")


def _describe_measure(measure: Measure, settings: Settings) -> dict[str, Any]:
    return {
        "measure": measure.id,
        "kind": measure.kind,
        "compared_as": _compare_as(measure),
        "basis": measure.basis,
        "unit": measure.unit,
        "multiplier": measure.multiplier,
        "plausible_low": float(measure.plausible[0]),
        "plausible_high": float(measure.plausible[1]),
        "counted": measure.kind != "value",
        "uses_population": measure.uses_population,
        "numerator_count": measure.numerator_count,
        "denominator_count": measure.denominator_count,
        "numerator_whole": _is_whole(measure.numerator, settings),
        "denominator_whole": _is_whole(measure.denominator, settings),
    }


def _compare_as(measure: Measure) -> str:
    """Say how two figures of a measure are compared: as shares, counts or bare figures."""
    if measure.kind == "value":
        return "figure"
    # So few of a population are counted that their share behaves as a rate does.
    share = measure.kind == "proportion" and not measure.uses_population
    return "share" if share else "count"


def _is_whole(words: str, settings: Settings) -> bool:
    pattern = "|".join(rf"\b{re.escape(w)}" for w in settings.fractional_words)
    return bool(words) and not re.search(pattern, words, re.IGNORECASE)


def build_value_frame(observations: pd.DataFrame, facts: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that the suite “values” looks at, beside the observations.

    Parameters
    ----------
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS` with a column ``row``; every measure known.
    facts : DataFrame
        From :func:`build_facts`.

    Returns
    -------
    DataFrame
        The observations, the facts of their measures, and: ``figure`` (of a measure without
        counts), ``numerator_fraction`` and ``denominator_fraction`` (part after the point,
        where the count must be whole), ``percentage_sent`` (a figure above zero that cannot
        well be below 1 unless it is a percentage written as a decimal), ``counts_lacking``
        (how many of the figures that the measure needs were not sent).
    """
    frame = observations.join(facts, on="measure")
    counted = frame["counted"]
    given = frame["value"].fillna(frame["numerator"])
    frame["figure"] = given.where(~counted)
    # The figure of a measure without counts stands in one column only: it is no numerator.
    frame["numerator"] = frame["numerator"].where(counted)
    frame["denominator"] = frame["denominator"].where(counted)
    for part in ("numerator", "denominator"):
        fraction = frame[part].abs().mod(1).round(6)
        frame[f"{part}_fraction"] = fraction.where(frame[f"{part}_whole"])
    frame["percentage_sent"] = _find_percentages(frame)
    frame["counts_lacking"] = _count_lacking(frame)
    return frame


def _find_percentages(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return figures that would be a percentage if they lay between 0 and 1."""
    number = frame["figure"].where(frame["unit"].eq("%") & frame["plausible_low"].ge(1))
    share = frame["kind"].eq("proportion")
    # Full-time equivalents may well be 0.6 of 40, not 0.6 of 1.
    odd = frame["numerator_whole"] | frame["denominator"].le(1)
    number = number.fillna(frame["numerator"].where(share & odd))
    # Exactly 1 of something, or none, is an ordinary count.
    return number.where(number.gt(0))


def _count_lacking(frame: pd.DataFrame) -> pd.Series[Any]:
    counted = frame["counted"]
    lacking = frame["numerator"].isna().astype("int64")
    lacking += (frame["denominator"].isna() & ~frame["uses_population"]).astype("int64")
    lacking = lacking.where(counted, frame["figure"].isna().astype("int64"))
    return lacking.where(frame["status"].isin(VALUE_STATUSES)).astype("float64")


def find_populations(published: pd.DataFrame, facts: pd.DataFrame) -> pd.Series[Any]:
    """Return the population last published, by area and denominator count.

    A rate's denominator is not sent: it is that of the newest published figure that rests on
    the same population.
    """
    rows = published.join(facts[["uses_population", "denominator_count"]], on="measure")
    rows = rows[rows["uses_population"].eq(True) & rows["denominator"].gt(0)]
    latest = rows.assign(end=_days(rows["period"])).sort_values("end", kind="stable")
    return latest.groupby(["area", "denominator_count"])["denominator"].last()


def add_values(frame: pd.DataFrame, populations: pd.Series[Any]) -> pd.DataFrame:
    """Add each figure in its measure's unit, as an annual one, and the chance of its extremity.

    Returns
    -------
    DataFrame
        With ``exposure`` (the denominator, or the population of a rate), ``value`` (in the
        measure's unit; events of a quarter times 4, so that it reads as the plausible range
        does) and ``range_chance``: how likely a figure as far out would be if the authority
        stood at the nearer end of the plausible range (exact binomial for a proportion, exact
        Poisson for a rate or ratio; 0 or 1 for a figure without counts).
    """
    frame = frame.copy()
    frame["exposure"] = fill_population(frame, populations)
    factor = _annual_factor(frame)
    rate = frame["multiplier"] * frame["numerator"] / frame["exposure"].where(lambda d: d > 0)
    frame["value"] = (rate * factor).where(frame["counted"], frame["figure"])
    frame["range_chance"] = _range_chance(frame, factor)
    return frame


def fill_population(frame: pd.DataFrame, populations: pd.Series[Any]) -> pd.Series[Any]:
    """Return the denominator, or the published population where the measure rests on one."""
    keys = pd.MultiIndex.from_frame(frame[["area", "denominator_count"]])
    found = pd.Series(populations.reindex(keys).to_numpy(), index=frame.index)
    return frame["denominator"].fillna(found.where(frame["uses_population"]))


def _annual_factor(frame: pd.DataFrame) -> pd.Series[Any]:
    """Return by what a rate of events is multiplied to read as that of a year."""
    quarters = {p: Period.parse(p).quarter for p in frame["period"].unique()}
    number = frame["period"].map(quarters).astype("float64")
    per_population = frame["uses_population"]
    factor = pd.Series(1.0, index=frame.index)
    factor = factor.mask(per_population & frame["basis"].eq("quarter"), 4.0)
    return factor.mask(per_population & frame["basis"].eq("ytd"), 4.0 / number)


def _range_chance(frame: pd.DataFrame, factor: pd.Series[Any]) -> pd.Series[Any]:
    count, whole = frame["numerator"].to_numpy(), frame["exposure"].to_numpy()
    scale = (frame["multiplier"] * factor).to_numpy()
    low, high = (frame[f"plausible_{end}"].to_numpy() / scale for end in ("low", "high"))
    share = frame["kind"].eq("proportion").to_numpy()
    below = np.where(share, chance_share_at_most(count, whole, low), np.nan)
    above = np.where(share, chance_share_at_least(count, whole, high), np.nan)
    below = np.where(share, below, gammaincc(count + 1, low * whole))
    above = np.where(share, above, np.where(count > 0, gammainc(count, high * whole), 1.0))
    chance = pd.Series(np.fmin(below, above), index=frame.index)
    inside = frame["figure"].between(frame["plausible_low"], frame["plausible_high"])
    bare = inside.astype("float64").where(frame["figure"].notna())
    return chance.where(frame["counted"], bare)


def chance_share_at_most(count: Any, whole: Any, share: Any) -> Any:
    """Return the binomial chance of at most ``count`` of ``whole`` at a true ``share``."""
    count, whole = np.asarray(count, dtype="float64"), np.asarray(whole, dtype="float64")
    inner = betainc(np.maximum(whole - count, 1e-9), count + 1, 1 - np.clip(share, 0, 1))
    return np.where(count >= whole, 1.0, inner)


def chance_share_at_least(count: Any, whole: Any, share: Any) -> Any:
    """Return the binomial chance of at least ``count`` of ``whole`` at a true ``share``."""
    count, whole = np.asarray(count, dtype="float64"), np.asarray(whole, dtype="float64")
    inner = betainc(np.maximum(count, 1e-9), whole - count + 1, np.clip(share, 0, 1))
    return np.where(count <= 0, 1.0, inner)


def _days(periods: pd.Series[Any]) -> pd.Series[Any]:
    """Return the last day of each period as a day number."""
    ends = {p: Period.parse(p).end.toordinal() for p in periods.unique()}
    return periods.map(ends).astype("float64")
