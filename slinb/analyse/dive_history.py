"""The published figures of a deep dive, in the order of its page."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.dive_tables import HISTORY
from slinb.catalogue.areas import ENGLAND


def order_history(rows: pd.DataFrame, areas: Sequence[str]) -> pd.DataFrame:
    """Return published figures by area, England last, then by measure and period.

    Parameters
    ----------
    rows : DataFrame
        With the columns of :data:`slinb.analyse.dive_tables.HISTORY`, of these areas and England.
    areas : sequence of str
        ONS codes of the authorities and the region, in order.
    """
    place = {code: i for i, code in enumerate([*areas, ENGLAND])}
    keyed = rows.assign(place=rows["area"].map(place))
    ordered = keyed.sort_values(["place", "measure", "period"], ignore_index=True)
    return HISTORY.conform(ordered[HISTORY.names])
