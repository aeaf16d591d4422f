"""The tables of a quarter for the slides, made by hand: eleven authorities, two measures."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.schema import COMPARISON, MESSAGES, SUBMISSIONS
from slinb.show.slides_deck import SlidesView

AREAS = load_areas()
MEASURES = load_measures()
REGION = AREAS.region("East of England")
AUTHORITIES = AREAS.authorities(REGION.code)
PERIOD = Period.parse("2025-26-Q3")
#: Of 100 children, by authority in order; the second is withheld, the last was not sent.
VALUES = [96.0, math.nan, 84.0, 64.4, 79.7, 96.8, 93.8, 80.5, 68.3, 40.3]
_JUDGED = ["better", "not compared", "similar", "worse", "similar", "better", "better", "similar",
           "worse", "worse"]  # fmt: skip


def make_comparison(measure: str = "dental_pct") -> pd.DataFrame:
    rows = []
    for benchmark, level in (("region", 74.0), ("england", 80.8)):
        for area, value, judged in zip(AUTHORITIES, VALUES, _JUDGED, strict=False):
            known = not math.isnan(value)
            rows.append(
                {
                    "area": area.code, "period": PERIOD.id, "measure": measure,
                    "numerator": value, "denominator": 100.0 if known else math.nan,
                    "value": value, "lower": value - 2, "upper": value + 2,
                    "status": "provisional" if known else "suppressed",
                    "benchmark": benchmark, "benchmark_value": level,
                    "judgement": judged, "judgement_998": judged,
                    "table": "quarterly return",
                }
            )  # fmt: skip
    return COMPARISON.from_rows(rows).assign(
        previous=math.nan, change=math.nan, year_ago=math.nan, change_year=math.nan, rank=math.nan
    )


def make_messages(
    *, claim: str = "The region is worse than England on “Dental checks”"
) -> pd.DataFrame:
    common: dict[str, Any] = {"measure": "dental_pct", "period": PERIOD.id, "order": 1}
    rows = [
        {"area": REGION.code, "kind": "message", "text": f"{claim}: 74.0% against 80.8%.",
         "about": REGION.code, "benchmark": "england", **common},
        {"area": REGION.code, "kind": "question", "text": "What lies behind the region's 74.0%?",
         "about": REGION.code, **common},
    ]  # fmt: skip
    for area in AUTHORITIES[2:6]:
        text = f"{area.name} differs from the region on “Dental checks”: see the table."
        rows.append(
            {"area": area.code, "kind": "message", "text": text, "about": area.code,
             "benchmark": "region", **common}
        )  # fmt: skip
        rows.append(
            {"area": area.code, "kind": "question", "text": f"What could {area.name} offer?",
             "about": area.code, **common}
        )  # fmt: skip
    return MESSAGES.from_rows(rows)


def make_summary() -> pd.DataFrame:
    parts = {"expected": 45, "sent": 45, "accepted": 44, "quarantined": 1, "missing": 0}
    return pd.DataFrame([{"area": a.code, **parts} for a in AUTHORITIES])


def make_submissions() -> pd.DataFrame:
    rows = [
        {"area": a.code, "period": PERIOD.id, "received": "2026-01-26", "outcome": "used"}
        for a in AUTHORITIES[:-1]
    ]
    return SUBMISSIONS.from_rows([*rows, {"area": AUTHORITIES[-1].code, "outcome": "missing"}])


def make_view(**changes: pd.DataFrame) -> SlidesView:
    tables = {
        "messages_quarterly": make_messages(),
        "comparison_quarterly": make_comparison(),
        "summary": make_summary(),
        "submissions": make_submissions(),
    }
    return SlidesView(tables | changes, MEASURES, AUTHORITIES, REGION, PERIOD)
