"""Funnels: how far from the region's figure chance alone may carry each authority.

The rug's judgement rules what is drawn as outside. For a proportion the funnel says the same,
always: the funnel's normal limits around the region's figure and Wilson's interval around the
authority's are one test. For a rate the judgement rests on Byar's interval from ten events up
and the funnel on exact Poisson limits, so the two can part at the margin; ``disagrees`` marks
those cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from slinb.analyse.points import annual_multiplier, map_multipliers
from slinb.catalogue.measures import Measure
from slinb.methods.funnel import (
    adjusted_limits,
    overdispersion,
    place_proportion,
    place_rate,
    proportion_limits,
    rate_limits,
)
from slinb.schema import FUNNEL, FUNNEL_CURVE

_SLICE = ["measure", "period"]
_LEVELS = {"": 0.95, "_998": 0.998}
_REAL = ("better", "worse", "higher", "lower")
_CURVE_POINTS = 200


def compute_funnel(comparison: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """Return the funnel of every proportion and rate at each authority's own denominator.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON`; those with the benchmark ``region`` are taken.
    measures : iterable of Measure
        Ratios, medians and scores among them have no funnel and are left out.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.FUNNEL`, one per authority, period and measure, in the
        measure's unit. A row without a figure keeps its place and says why; there are no
        limits where the region's figure leaves no room on either side (0% or 100%).

    Notes
    -----
    Over-dispersion (:func:`slinb.methods.funnel.overdispersion`) is called material where N·φ
    exceeds the 95% point of χ² with N - 1 degrees of freedom: the authorities then vary more
    than chance does, and the adjusted limits are to be drawn.
    """
    by_id = {m.id: m for m in measures if m.kind in ("proportion", "rate")}
    rows = comparison[comparison["benchmark"].eq("region") & comparison["measure"].isin(by_id)]
    if rows.empty:
        return FUNNEL.empty()
    rows = rows.reset_index(drop=True).rename(columns={"benchmark_value": "centre"})
    rows = rows.drop(columns=["lower", "upper", "lower_998", "upper_998"])
    rows["kind"] = rows["measure"].map({m.id: m.kind for m in by_id.values()})
    rows["per"] = map_multipliers(rows["measure"], by_id)
    rows["note"] = _say_missing(rows)
    rows["usable"] = rows["note"].eq("")
    rows = _measure_dispersion(rows)
    for suffix, confidence in _LEVELS.items():
        rows = _add_limits(rows, suffix, confidence)
    rows["outside"] = rows["judgement"].isin(_REAL)
    rows["disagrees"] = rows["usable"] & _place(rows, 0.95).ne(_side_of_judgement(rows))
    return FUNNEL.conform(rows[FUNNEL.names])


def draw_funnel_curves(
    funnel: pd.DataFrame, measures: Iterable[Measure]
) -> dict[str, pd.DataFrame]:
    """Return the smooth limits of each measure's funnel, for drawing.

    Parameters
    ----------
    funnel : DataFrame
        Rows of :data:`slinb.schema.FUNNEL`, each measure in one period.
    measures : iterable of Measure

    Returns
    -------
    dict of DataFrame
        Of every measure given, by its id: rows of :data:`slinb.schema.FUNNEL_CURVE` from near 0
        to just past the largest denominator, in the measure's unit; none where the funnel has no
        limits. The adjusted limits are missing where over-dispersion is not material.
    """
    asked = {m.id: m for m in measures}
    drawn = funnel.dropna(subset=["lower", "denominator", "centre"])
    parts = drawn[drawn["measure"].isin(asked)].groupby("measure", sort=False)
    curves = [_start_curve(rows, asked[str(measure)]) for measure, rows in parts]
    found = dict.fromkeys(asked, FUNNEL_CURVE.empty())
    if not curves:
        return found
    # One call of the limits for all measures: as many calls as measures cost four times as much.
    together = pd.concat(curves, ignore_index=True)
    for suffix, confidence in _LEVELS.items():
        together = _add_limits(together, suffix, confidence)
    adjusted = [name for name in FUNNEL_CURVE.names if name.startswith("adjusted")]
    together[adjusted] = together[adjusted].where(together["overdispersed"])
    for measure, rows in together.groupby("measure", sort=False):
        whole = rows[FUNNEL_CURVE.names].reset_index(drop=True)
        found[str(measure)] = FUNNEL_CURVE.conform(whole)
    return found


def draw_funnel_curve(funnel: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Return the smooth limits of one measure's funnel, as :func:`draw_funnel_curves` does."""
    return draw_funnel_curves(funnel, [measure])[measure.id]


def _start_curve(rows: pd.DataFrame, measure: Measure) -> pd.DataFrame:
    """Return the denominators at which a funnel is drawn, with all that its limits need."""
    first, largest = rows.iloc[0], rows["denominator"].max() * 1.05
    curve = pd.DataFrame({"denominator": np.linspace(largest / 100, largest, _CURVE_POINTS)})
    return curve.assign(
        measure=measure.id,
        centre=first["centre"],
        kind=measure.kind,
        per=annual_multiplier(measure),
        usable=True,
        tau2=first["tau2"],
        overdispersed=bool(first["overdispersed"]),
    )


def _say_missing(rows: pd.DataFrame) -> pd.Series[Any]:
    """Say why a row has no place in its funnel; empty where it has one."""
    proportion = rows["kind"].eq("proportion")
    top, bottom, centre = rows["numerator"], rows["denominator"], rows["centre"]
    flat = centre.le(0) | (proportion & centre.ge(100))
    impossible = top.lt(0) | (proportion & top.gt(bottom))
    no_value = "no figure: " + rows["status"].str.replace("_", " ")
    reasons = [
        (rows["value"].isna(), no_value.where(rows["status"].ne("final"), "no figure")),
        (top.isna() | ~bottom.gt(0), "no counts behind the figure, so it has no place here"),
        (impossible, "impossible counts: more above the line than below it, or fewer than none"),
        (centre.isna(), "no figure of the region"),
        (flat, "no limits: the region's figure leaves no room for chance"),
    ]
    conditions, words = zip(*reasons, strict=True)
    return pd.Series(np.select(conditions, words, ""), index=rows.index)


def _measure_dispersion(rows: pd.DataFrame) -> pd.DataFrame:
    """Add φ, τ² and whether they are material, of each measure and period."""
    proportions = rows[rows["usable"] & rows["kind"].eq("proportion")]
    found = []
    for key, group in proportions.groupby(_SLICE, sort=False):
        result = overdispersion(group["numerator"], group["denominator"])
        material = result.tau2 > 0 and _is_material(result.phi, len(group))
        found.append((*key, result.phi, result.tau2, material))
    table = pd.DataFrame(found, columns=[*_SLICE, "phi", "tau2", "overdispersed"])
    rows = rows.merge(table.astype({"overdispersed": "bool"}), on=_SLICE, how="left")
    return rows.assign(overdispersed=rows["overdispersed"].eq(True))


def _is_material(phi: float, areas: int) -> bool:
    return areas > 1 and areas * phi > float(special.chdtri(areas - 1, 0.05))


def _add_limits(rows: pd.DataFrame, suffix: str, confidence: float) -> pd.DataFrame:
    """Add the limits of one level, and the adjusted ones of proportions, in the unit."""
    proportion = rows["usable"] & rows["kind"].eq("proportion")
    rate = rows["usable"] & rows["kind"].eq("rate")
    names = [f"{kind}{side}{suffix}" for kind in ("", "adjusted_") for side in ("lower", "upper")]
    limits = pd.DataFrame(np.nan, index=rows.index, columns=names)
    n, centre, per = rows["denominator"], rows["centre"], rows["per"]
    share = (centre / per)[proportion]
    exact = proportion_limits(n[proportion], share, confidence)
    wide = _adjust(n[proportion], share, rows.loc[proportion, "tau2"], confidence)
    for name, values in zip(names, [*exact, *wide], strict=True):
        limits.loc[proportion, name] = values * per[proportion]
    for name, values in zip(
        names, rate_limits(n[rate], (centre / per)[rate], 1.0, confidence), strict=False
    ):
        limits.loc[rate, name] = values * per[rate]
    return pd.concat([rows, limits], axis=1)


def _adjust(
    denominator: pd.Series[Any], centre: Any, tau2: pd.Series[Any], confidence: float
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Return adjusted limits of rows of several funnels at once.

    Two angles' variances add, 1/(4n) + τ², so τ² is the same as fewer cases: one call serves
    every funnel.
    """
    fewer = 1 / (1 / denominator + 4 * tau2)
    lower, upper = adjusted_limits(fewer, centre, 0.0, confidence)
    return lower, upper


def _place(rows: pd.DataFrame, confidence: float) -> pd.Series[Any]:
    """Return within, above or below by the exact funnel; empty where there is no place."""
    place = pd.Series("", index=rows.index, dtype="str")
    for kind, pick in (("proportion", place_proportion), ("rate", place_rate)):
        chosen = rows["usable"] & rows["kind"].eq(kind)
        group = rows[chosen]
        share = group["centre"] / group["per"]
        extra = {"per": 1.0} if kind == "rate" else {}
        place[chosen] = pick(
            group["numerator"], group["denominator"], share, confidence=confidence, **extra
        )
    return place


def _side_of_judgement(rows: pd.DataFrame) -> pd.Series[Any]:
    above = np.where(rows["value"] > rows["centre"], "above", "below")
    return pd.Series(above, index=rows.index).where(rows["judgement"].isin(_REAL), "within")
