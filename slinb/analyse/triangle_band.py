"""What is stated of neglect beside the triangle: the share of plans, with its band."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.schema import Column, TableSchema

TRIANGLE_BAND = TableSchema(
    "neglect beside the triangle",
    (
        Column("area", "str", "ONS code of the authority"),
        Column("period", "str", "published year of the plans"),
        Column("plans", "float64", "child protection plans open on its last day"),
        Column("neglect", "float64", "per cent of them for neglect"),
        Column("neglect_status", "str", "status of that share"),
        Column("neglect_region", "float64", "the region's share"),
        Column("band", "float64", "per cent for neglect or multiple"),
        Column("band_status", "str", "status of it: suppressed where Multiple is"),
        Column("band_region", "float64", "the region's share"),
    ),
)
_SHARES = {"neglect": "cp_neglect_pct", "band": "cp_neglect_multiple_pct"}


def state_band(comparison: pd.DataFrame, codes: Sequence[str]) -> pd.DataFrame:
    """Return each authority's published share of plans for neglect, with the band above it.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` on published figures, one period a measure.
    codes : sequence of str
        ONS codes of the authorities, in the order of the rows.

    Returns
    -------
    DataFrame
        Rows of :data:`TRIANGLE_BAND`, one an authority with any published figure. The share is
        without polarity, so it is stated and never judged.
    """
    rows = comparison[comparison["benchmark"].eq("region")]
    sides = {}
    for name, measure in _SHARES.items():
        one = rows[rows["measure"].eq(measure)].set_index("area")
        known = one["status"].isin(("final", "provisional", "estimated"))
        sides[name] = pd.DataFrame(
            {
                "period": one["period"],
                "plans": one["denominator"],
                name: one["value"].where(known),
                f"{name}_status": one["status"],
                f"{name}_region": one["benchmark_value"],
            }
        )
    both = sides["neglect"].join(sides["band"].drop(columns=["period", "plans"]))
    both = both.reindex([c for c in codes if c in both.index])
    return TRIANGLE_BAND.conform(both.rename_axis("area").reset_index())
