"""The deep dive's counts as the public edition may have them: the region's, rounded.

An authority's own counts of a deep dive are small throughout (cohorts of a quarter, categories of
a duration), and they are not published. The region's are sums over at least three authorities,
rounded to the base of the region's rules; the audit's reader then knows each authority's count
only within the region's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from slinb.schema import DIVE_DURATIONS

#: Of fewer authorities than this, a sum would be too nearly one authority's own.
LEAST_AUTHORITIES = 3
_COUNTS = ["numerator", "denominator", "excluded"]
_RISK = ["at_risk", "order", "home", "adult", "other"]


def round_counts(
    pooled: pd.DataFrame, region: str, authorities: Sequence[str], base: int
) -> pd.DataFrame:
    """Return pooled counts with the region's rounded and the authorities' withheld.

    Parameters
    ----------
    pooled : DataFrame
        From :func:`slinb.analyse.dive_pool.pool_region`.
    region, authorities
        ONS codes of the region and of all its authorities.
    base : int
        To a multiple of this, half up. What rounds to zero and is none has the status
        "rounds_to_zero" and no number.
    """
    whole = pooled["area"].eq(region)
    few = pooled["absent"].map(lambda codes: len(authorities) - len(codes.split()))
    few = few < LEAST_AUTHORITIES
    counts = pooled[_COUNTS]
    rounded = _round_half_up(counts, base)
    tiny = whole & counts["numerator"].gt(0) & rounded["numerator"].eq(0)
    hidden = (~whole | few) & counts["numerator"].notna()
    rows = pooled.assign(**{name: rounded[name] for name in _COUNTS})
    rows[_COUNTS] = rows[_COUNTS].mask(hidden | tiny)
    status = rows["status"].mask(tiny, "rounds_to_zero").mask(hidden, "suppressed")
    return rows.assign(status=status, why=rows["why"].where(whole, ""))


def round_risk(risk: pd.DataFrame, region: str, base: int) -> pd.DataFrame:
    """Return risk tables with the region's summed over cohorts and rounded, others withheld."""
    final = risk[risk["status"].eq("final")]
    keys = ["period", "dive", "measure", "source", "population", "month"]
    groups = final.groupby(keys, as_index=False, sort=False)
    whole = groups[_RISK].sum().merge(groups.agg(n=("area", "nunique")))
    whole = whole[whole.pop("n") >= LEAST_AUTHORITIES]
    whole[_RISK] = _round_half_up(whole[_RISK], base)
    whole = whole.assign(area=region, cohort="", status="final", file="", sheet="", cell="")
    own = risk.assign(**dict.fromkeys(_RISK, np.nan), status="suppressed")
    return pd.concat([own, whole], ignore_index=True)[list(risk.columns)]


def withhold_durations(durations: pd.DataFrame) -> pd.DataFrame:
    """Return histograms of months without their numbers: rounded they would give no median.

    Whoever sent any has a row for each: a blank beside a symbol would say that there is nobody.
    """
    quarter = ["period", "dive"]
    senders = durations[["area", *quarter]].drop_duplicates()
    kinds = durations[[*quarter, "measure", "source", "population"]].drop_duplicates()
    rows = senders.merge(kinds, on=quarter).assign(month=0, n=np.nan, status="suppressed")
    return DIVE_DURATIONS.conform(rows, fill=True)


def _round_half_up(counts: pd.DataFrame, base: int) -> pd.DataFrame:
    return counts.add(base / 2).floordiv(base).mul(base)
