"""What changed since last quarter: real differences that are new, ended or turned round."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from slinb.catalogue.periods import Period
from slinb.schema import CHANGES

_REAL = ("better", "worse", "higher", "lower")
_KEY = ["area", "measure"]


def list_changes(comparison: pd.DataFrame, periods: Mapping[str, str]) -> pd.DataFrame:
    """Return the real differences from the region that began or ended with a quarter.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of several periods.
    periods : mapping of str to str
        The quarter shown of each measure, by measure id.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.CHANGES`, in the order of the comparison. A figure that was
        not compared in one of the two quarters is in none: it cannot have changed.

    Examples
    --------
    >>> from slinb.schema import COMPARISON
    >>> rows = [
    ...     {"area": "E1", "measure": "m", "period": p, "benchmark": "region", "judgement": j}
    ...     for p, j in (("2025-26-Q2", "similar"), ("2025-26-Q3", "worse"))
    ... ]
    >>> list_changes(COMPARISON.from_rows(rows), {"m": "2025-26-Q3"})["change"].tolist()
    ['new']
    """
    rows = comparison[comparison["benchmark"].eq("region")]
    shown = rows["measure"].map(dict(periods))
    before = {p: Period.parse(p).previous().id for p in set(periods.values())}
    now = rows[rows["period"].eq(shown)]
    then = rows.loc[rows["period"].eq(shown.map(before)), [*_KEY, "period", "judgement"]]
    pairs = now.merge(then, on=_KEY, suffixes=("", "_before"))
    return CHANGES.from_rows(
        [
            {**{name: row[name] for name in CHANGES.names if name != "change"}, "change": change}
            for row in pairs.to_dict("records")
            if (change := _name_change(row["judgement"], row["judgement_before"]))
        ]
    )


def _name_change(now: str, before: str) -> str:
    """Name what became of a difference; nothing where it lasts, or was never there."""
    compared = (*_REAL, "similar")
    if now == before or now not in compared or before not in compared:
        return ""
    if before == "similar":
        return "new"
    return "ended" if now == "similar" else "turned"
