"""Series of process charts: whose, of what, and what the last point of each signals."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import TRENDS
from slinb.show.remarks import say_trial
from slinb.show.rows import Row, list_rows
from slinb.show.trend_words import Signal, read_signal


@dataclass(frozen=True)
class Series:
    """One series: whose it is, of what, its rows in order of time and what it signals."""

    area: Area
    measure: Measure
    rows: tuple[Row, ...]
    signal: Signal | None

    @property
    def new(self) -> bool:
        """Whether its last point signals what the chart of a quarter before did not."""
        return bool(self.rows[-1]["new"])

    @property
    def has_limits(self) -> bool:
        """Whether its latest segment has limits."""
        return not math.isnan(self.rows[-1]["lower"])

    @property
    def trial(self) -> str:
        """What must be said of its limits if they are trial limits."""
        return say_trial(int(self.rows[-1]["points"])) if self.has_limits else ""

    @property
    def token(self) -> str:
        """Colour token of its signal: worse, better or neutral."""
        return self.signal.token if self.signal else "neutral"


def list_series(
    trends: pd.DataFrame, measures: Iterable[Measure], areas: Sequence[Area]
) -> list[Series]:
    """Return the series of a table, measure by measure, each with its rows in order of time."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in list_rows(TRENDS.conform(trends)):
        rows.setdefault((row["measure"], row["area"]), []).append(row)
    found = []
    for measure in measures:
        for area in areas:
            if mine := rows.get((measure.id, area.code)):
                mine.sort(key=lambda row: Period.parse(row["period"]).ordinal)
                found.append(Series(area, measure, tuple(mine), read_signal(mine, measure)))
    return found
