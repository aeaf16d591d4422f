"""Of whom and when a deep dive speaks: what every step of its analysis is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.periods import Period


@dataclass(frozen=True)
class Scope:
    """One deep dive of one quarter and region.

    Parameters
    ----------
    dive : str
        Its id, as it stands in the counts.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of all its authorities, in the order of the page.
    period : Period
        The quarter.
    base : int, optional
        In the public edition: to what the region's counts are rounded; the authorities' are
        withheld (:mod:`slinb.analyse.dive_public`).
    """

    dive: str
    region: str
    authorities: Sequence[str]
    period: Period
    base: int | None = None

    def take(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of this dive and quarter."""
        rows = frame[frame["dive"].eq(self.dive) & frame["period"].eq(self.period.id)]
        return rows.reset_index(drop=True)
