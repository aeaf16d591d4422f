"""Small tables for the tests of this room: observations out of counts, one line each."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from slinb.catalogue.areas import DEFAULT_REGION, load_areas
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.periods import Period
from slinb.schema import OBSERVATIONS

AREAS = load_areas()
REGION = DEFAULT_REGION
EAST = [a.code for a in AREAS.authorities(REGION)]
LUTON = AREAS.find("Luton").code
BASE = load_measures()["rereferrals_pct"]
PACK = Path(__file__).parents[2] / "data" / "raw" / "published"

#: A share of events, lower is better; a rate of events; a running total; a share on one day.
SHARE = BASE.model_copy(update={"id": "share", "breaks": ()})
RATE = BASE.model_copy(
    update={
        "id": "rate",
        "kind": "rate",
        "multiplier": 10_000.0,
        "unit": "per 10,000 children",
        "denominator_count": "population_0_17",
        "polarity": "none",
        "breaks": (),
    }
)
TO_DATE = SHARE.model_copy(update={"id": "to_date", "basis": "ytd"})
STOCK = SHARE.model_copy(
    update={"id": "stock", "basis": "snapshot", "shown": "snapshot", "polarity": "higher"}
)
SCORE = BASE.model_copy(update={"id": "score", "kind": "value", "multiplier": 1.0})
MEASURES = [SHARE, RATE, TO_DATE, STOCK, SCORE]
BY_ID = {m.id: m for m in MEASURES}

Counts = Mapping[tuple[str, str], tuple[float, float]]


def list_quarters(count: int, last: str = "2025-26-Q3") -> list[Period]:
    """Return so many quarters up to one."""
    end = Period.parse(last)
    return end.shift(1 - count).to(end)


def observe(counts: Counts, measure: Measure = SHARE, **more: object) -> pd.DataFrame:
    """Return observations of (area, period): (numerator, denominator)."""
    rows = [
        {
            "area": area,
            "measure": measure.id,
            "period": period,
            "numerator": top,
            "denominator": bottom,
            "value": math.nan,
            "status": "provisional",
        }
        | more
        for (area, period), (top, bottom) in counts.items()
    ]
    return OBSERVATIONS.from_rows(rows)


def need_pack() -> Path:
    """Return the folder of the published pack, which comes with the project."""
    assert (PACK / "published.parquet").exists(), "the published pack is missing"
    return PACK
