"""Published neglect figures: shares with the *neglect or multiple* band, and what is not known.

An authority that records several categories as "multiple" looks as if it had little neglect, so
no neglect share stands alone. Where Multiple is withheld the band is unknown: it is neither the
neglect share nor nought.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from slinb.schema import VALUE_STATUSES, Column, TableSchema

NEGLECT_BAND = TableSchema(
    "neglect band",
    (
        Column("area", "str", "ONS code of an authority, a region or England"),
        Column("period", "str", "period id"),
        Column("window", "str", "open (plans on the last day) or starting (plans of the year)"),
        Column("plans", "float64", "child protection plans"),
        Column("neglect", "float64", "of them for neglect"),
        Column("neglect_pct", "float64", "per cent for neglect"),
        Column("neglect_status", "str", "status of the neglect share"),
        Column("multiple", "float64", "for several categories together"),
        Column("multiple_pct", "float64", "per cent for several categories"),
        Column("multiple_status", "str", "status of the share for several categories"),
        Column("band", "float64", "for neglect or several categories"),
        Column("band_pct", "float64", "per cent for neglect or several categories"),
        Column("band_status", "str", "status of the band: suppressed where a part of it is"),
        Column("neglect_rate", "float64", "open plans for neglect per 10,000 children"),
    ),
)
#: The measures of neglect and of neglect or multiple, for plans open and plans starting.
_WINDOWS = {
    "open": ("cp_neglect_pct", "cp_neglect_multiple_pct"),
    "starting": ("cp_starting_neglect_pct", "cp_starting_neglect_multiple_pct"),
}
_FACTOR = "factor_neglect_pct"
_POPULATION = "cp_rate"
_KEY = ["area", "period"]
_PER = 10_000
#: How the note of a published figure says so (:mod:`slinb.collect.observe`).
_REMAINDER = "because another part is withheld"

EVIDENCE = TableSchema(
    "published evidence on neglect",
    (
        Column("area", "str", "ONS code"),
        Column("plans", "float64", "plans open on the last day of ``plans_period``"),
        Column("neglect_pct", "float64", "per cent for neglect"),
        Column("neglect_status", "str", "its status"),
        Column("multiple_pct", "float64", "per cent for several categories"),
        Column("multiple_status", "str", "its status"),
        Column("band_pct", "float64", "per cent for neglect or several categories"),
        Column("band_status", "str", "its status"),
        Column("factor_pct", "float64", "per cent of assessments with the factor neglect"),
        Column("factor_status", "str", "its status"),
        Column("plans_period", "str", "reporting year of the plans"),
        Column("factor_period", "str", "reporting year of the assessments"),
    ),
)


def band_neglect(points: pd.DataFrame) -> pd.DataFrame:
    """Set the neglect share beside the share for neglect or multiple, and what lies between.

    Parameters
    ----------
    points : DataFrame
        Published points (:func:`slinb.analyse.points.compute_points`) of the measures
        ``cp_neglect_pct`` and ``cp_neglect_multiple_pct``, those of plans starting, and
        ``cp_rate``, whose denominator is the child population.

    Returns
    -------
    DataFrame
        Rows of :data:`NEGLECT_BAND`: one for each area, period and window with a plan count.
        Multiple is the difference of the two published counts and is taken only where both
        are: where either is withheld, Multiple is not known either.
    """
    parts = [_band_window(points, window, *ids) for window, ids in _WINDOWS.items()]
    rows = pd.concat(parts, ignore_index=True)
    people = points[points["measure"].eq(_POPULATION)].set_index(_KEY)["denominator"]
    people = people[~people.index.duplicated()]
    population = people[people.gt(0)].reindex(pd.MultiIndex.from_frame(rows[_KEY])).to_numpy()
    rows["neglect_rate"] = _PER * rows["neglect"] / population
    rows["neglect_rate"] = rows["neglect_rate"].where(rows["window"].eq("open"))
    return NEGLECT_BAND.conform(rows)


def _band_window(points: pd.DataFrame, window: str, alone: str, both: str) -> pd.DataFrame:
    one, two = (
        points[points["measure"].eq(m)].drop_duplicates(_KEY, keep="last").set_index(_KEY)
        for m in (alone, both)
    )
    index = one.index.union(two.index)
    one, two = one.reindex(index), _hide_remainders(two.reindex(index))
    plans = one["denominator"].fillna(two["denominator"])
    neglect, band = _known(one), _known(two)
    statuses = [side["status"].fillna("missing") for side in (one, two)]
    multiple = band - neglect
    return pd.DataFrame(
        {
            "window": window,
            "plans": plans,
            "neglect": neglect,
            "neglect_pct": 100 * neglect / plans,
            "neglect_status": statuses[0],
            "multiple": multiple,
            "multiple_pct": 100 * multiple / plans,
            # A withheld band is withheld because of Multiple, unless neglect itself is.
            "multiple_status": statuses[1].where(band.isna(), statuses[0]),
            "band": band,
            "band_pct": 100 * band / plans,
            "band_status": statuses[1],
        },
        index=index,
    ).reset_index()


def _known(rows: pd.DataFrame) -> pd.Series[Any]:
    return rows["numerator"].where(rows["status"].isin(VALUE_STATUSES))


def _hide_remainders(rows: pd.DataFrame) -> pd.DataFrame:
    """Take back a count that was worked out although a part of it is withheld.

    Less the neglect plans it would be the very number that the publisher withholds.
    """
    worked_out = rows["note"].fillna("").str.contains(_REMAINDER, regex=False)
    return rows.assign(status=rows["status"].mask(worked_out, "suppressed"))


def list_evidence(
    points: pd.DataFrame, codes: Sequence[str], plans_period: str, factor_period: str
) -> pd.DataFrame:
    """Return the published evidence on neglect, a row an area.

    Parameters
    ----------
    points : DataFrame
        As in :func:`band_neglect`, and of ``factor_neglect_pct``.
    codes : sequence of str
        The areas, in the order of the rows: England and the region may be among them.
    plans_period, factor_period : str
        Reporting years; the factors are published a year ahead of the plans by category.

    Returns
    -------
    DataFrame
        Rows of :data:`EVIDENCE`. Percentages are not rounded.
    """
    bands = band_neglect(points)
    bands = bands[bands["period"].eq(plans_period) & bands["window"].eq("open")].set_index("area")
    factors = points[points["measure"].eq(_FACTOR) & points["period"].eq(factor_period)]
    factors = factors.drop_duplicates("area", keep="last").set_index("area")
    rows = bands.reindex(list(codes)).assign(
        factor_pct=factors["value"].reindex(list(codes)),
        factor_status=factors["status"].reindex(list(codes)),
        plans_period=plans_period,
        factor_period=factor_period,
    )
    statuses = [c for c in EVIDENCE.names if c.endswith("_status")]
    rows[statuses] = rows[statuses].fillna("missing")
    return EVIDENCE.conform(rows.rename_axis("area").reset_index()[EVIDENCE.names])
