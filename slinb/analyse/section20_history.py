"""Section 20 since 2011 by the published figures, with the adjustment for UASC beside each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from slinb.analyse.dive_history import order_history
from slinb.analyse.dive_tables import HISTORY
from slinb.catalogue.areas import ENGLAND

#: Published measures, and the one that is worked out here from two of them.
STOCK, STOCK_WITHOUT, STOCK_UASC = "s20_pct", "s20_excl_uasc_pct", "uasc_cla_pct"
STARTS, STARTS_UASC, STARTS_WITHOUT = (
    "s20_starts_pct",
    "uasc_starts_pct",
    "s20_starts_excl_uasc_pct",
)
_PUBLISHED = (STOCK, STOCK_WITHOUT, STOCK_UASC, STARTS, STARTS_UASC)
_KEY = ["area", "period"]
_NOTE = (
    "Worked out from the published counts. Takes every unaccompanied child to be under section 20."
)


def trace_history(published: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """Return the published Section 20 shares of some areas and England, year by year.

    Parameters
    ----------
    published : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS` from the pack.
    areas : sequence of str
        ONS codes of the authorities and the region.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.HISTORY`. A suppressed part withholds
        what is worked out from it. Years without a published table have no row.
    """
    wanted = published["measure"].isin(_PUBLISHED) & published["area"].isin([*areas, ENGLAND])
    rows = published[wanted & published["status"].ne("not_applicable")]
    both = pd.concat([rows[HISTORY.names], _adjust_starts(rows)], ignore_index=True)
    return order_history(both, areas)


def _adjust_starts(rows: pd.DataFrame) -> pd.DataFrame:
    """Return starts under Section 20 less UASC starts, of starts less UASC starts."""
    starts = rows[rows["measure"].eq(STARTS)].set_index(_KEY)
    uasc = rows[rows["measure"].eq(STARTS_UASC)].set_index(_KEY)[["numerator", "status"]]
    both = starts.join(uasc.add_suffix("_uasc"), how="inner").reset_index()
    numerator = both["numerator"] - both["numerator_uasc"]
    denominator = both["denominator"] - both["numerator_uasc"]
    # More unaccompanied children than starts under Section 20: not all are under it after all.
    fits = (numerator >= 0) & (denominator > 0)
    known = both["numerator"].notna() & both["numerator_uasc"].notna()
    reason = both["status"].where(both["numerator"].isna(), both["status_uasc"])
    return both.assign(
        measure=STARTS_WITHOUT,
        numerator=numerator.where(fits),
        denominator=denominator.where(fits),
        value=(100 * numerator / denominator).where(fits),
        status=np.select([fits, known], ["final", "not_available"], reason),
        note=_NOTE,
    )[HISTORY.names]
