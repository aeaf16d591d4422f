"""Result tables for the tests of the findings pages, small enough to check by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from bs4 import BeautifulSoup

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.methods.trend import xmr
from slinb.schema import COMPARISON, TRENDS
from tests.show.show_tables import make_measure

AREAS = load_areas()
REGION = AREAS.region("East of England")
EAST = AREAS.authorities(REGION.code)
LUTON, ESSEX = AREAS.find("Luton"), AREAS.find("Essex")
QUARTER = Period.parse("2025-26-Q3")
#: Shares over twelve months, lower better; shares on a day, higher better; no judgement.
LOWER = make_measure(basis="quarter", shown="rolling12")
HIGHER = make_measure(
    id="visits_pct",
    short="Visits on time",
    basis="snapshot",
    shown="snapshot",
    polarity="higher",
    polarity_words="higher is better",
)
NEITHER = make_measure(
    id="cla_rate",
    short="Looked-after children per 10,000",
    kind="rate",
    unit="per 10,000 children",
    multiplier=10_000,
    denominator="children aged 0 to 17",
    basis="snapshot",
    shown="snapshot",
    polarity="none",
    polarity_words="no judgement",
)
_SIDES = {"higher": ("better", "worse"), "lower": ("worse", "better"), "none": ("higher", "lower")}


def make_trend(
    values: Sequence[float],
    measure: Measure = LOWER,
    area: Area = LUTON,
    *,
    rebase_at: Sequence[int] = (),
    notes: dict[int, str] | None = None,
    new: bool = True,
) -> pd.DataFrame:
    """Return rows of TRENDS: the XmR chart of these values, the last being of the quarter."""
    chart = xmr(values, rebase_at=rebase_at)
    high, low = _SIDES[measure.polarity]
    steps = chart["value"].diff().bfill()
    rows: list[dict[str, Any]] = []
    for i, point in enumerate(chart.to_dict("records")):
        flag = point["flag"] if isinstance(point["flag"], str) else ""
        rise = steps[i] > 0 if flag == "trend" else point["value"] > point["mean"]
        segment = chart[chart["segment"] == point["segment"]]["value"]
        row = {
            "area": area.code,
            "measure": measure.id,
            "period": QUARTER.shift(i + 1 - len(chart)).id,
            "rolling": point["value"] - 1 if i >= 3 else math.nan,
            "flag": flag,
            "side": (high if rise else low) if flag else "",
            "new": bool(flag) and new and i == len(chart) - 1,
            "points": int(segment.notna().sum()),
            "trial": bool(segment.notna().sum() < 13),
            "note": (notes or {}).get(i, ""),
        }
        rows.append(
            {**{k: point[k] for k in ("value", "segment", "mean", "lower", "upper")}, **row}
        )
    return TRENDS.from_rows(rows)


def make_comparison(rows: Sequence[dict[str, Any]], measure: Measure = LOWER) -> pd.DataFrame:
    """Return rows of COMPARISON with the region; a row states what differs from the usual."""
    usual = {
        "measure": measure.id,
        "period": QUARTER.id,
        "status": "provisional",
        "benchmark": "region",
        "benchmark_period": QUARTER.id,
        "benchmark_value": 19.4,
        "judgement": "similar",
        "judgement_998": "similar",
    }
    return COMPARISON.from_rows([{**usual, **row} for row in rows])


def read(html: object) -> BeautifulSoup:
    """Return a page as soup."""
    return BeautifulSoup(str(html), "html.parser")


def text_of(tag: Any) -> str:
    """Return the words of a tag with single spaces."""
    return " ".join(tag.get_text(" ").split())
