"""Counts by month of the authorities and of the region: what medians and curves begin with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

#: Fewer spells than this give no median, fewer children followed no point of a curve.
LEAST = 10
#: What a public edition rounds the counts of a region to.
_STEP = 10


def split_areas(
    rows: pd.DataFrame, region: str, authorities: Sequence[str]
) -> Iterator[tuple[str, pd.DataFrame, str]]:
    """Yield each authority with rows, and the region, given or summed, with who is missing."""
    own = rows[rows["area"].isin(authorities)]
    given = rows[rows["area"].eq(region)]
    present = set(own.loc[own["status"].ne("missing"), "area"])
    for area in authorities:
        if area in present:
            yield area, own[own["area"].eq(area)], ""
    if present or len(given):
        absent = " ".join(code for code in authorities if code not in present)
        yield region, given if len(given) else own[own["area"].isin(present)], absent


def find_status(rows: pd.DataFrame) -> str:
    """Return "final", or why rows of counts have no sum."""
    odd = rows.loc[rows["status"].ne("final"), "status"]
    return "final" if odd.empty else str(odd.max())


def is_rounded(rows: pd.DataFrame, region: str, names: list[str]) -> bool:
    """Whether a region's rows are its own, rounded to ten, and not summed from its authorities."""
    numbers = rows[names].to_numpy(dtype=float)
    return bool(rows["area"].eq(region).all() and (numbers % _STEP == 0).all())
