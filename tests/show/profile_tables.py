"""Result tables of one small region for the tests of profiles and receipts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from slinb.analyse.neighbours import NEIGHBOUR_VALUES
from slinb.catalogue.measures import Measures
from slinb.schema import COMPARISON, EXPLAIN, FIRMNESS, MESSAGES, TRAVEL
from tests.show.finding_tables import (
    ESSEX,
    HIGHER,
    LOWER,
    LUTON,
    NEITHER,
    QUARTER,
    make_comparison,
    make_trend,
)

MEASURES = Measures(
    [m.model_copy(update={"number": i}) for i, m in enumerate((LOWER, HIGHER, NEITHER), start=1)]
)
#: A run of seven rising quarters: a signal for the worse.
RISING = [10, 11, 10, 11, 12, 13, 14, 15, 16, 17]


def figure(area: Any, value: float, judgement: str = "similar", **more: Any) -> dict[str, Any]:
    return {
        "area": area.code, "value": value, "judgement": judgement, "judgement_998": judgement,
        "numerator": 40.0, "denominator": 200.0, **more,
    }  # fmt: skip


def make_tables(**more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return a profile's tables: Luton worse on one measure, better on another, Essex reversed."""
    now = pd.concat(
        [
            make_comparison([figure(LUTON, 27.1, "worse"), figure(ESSEX, 12.0, "better")], LOWER),
            make_comparison([figure(LUTON, 95.0, "better"), figure(ESSEX, 70.0, "worse")], HIGHER),
            make_comparison([figure(LUTON, 60.0), figure(ESSEX, 61.0)], NEITHER),
        ],
        ignore_index=True,
    )
    close = now.assign(benchmark="neighbours", benchmark_value=18.0)
    key = {"area": LUTON.code, "measure": LOWER.id, "period": QUARTER.id}
    tables = {
        "comparison_quarterly": now,
        "comparison_annual": pd.concat([now, close], ignore_index=True),
        "firmness_quarterly": FIRMNESS.from_rows(
            [{**key, "firmness": "depends on the comparison"}]
        ),
        "firmness_annual": FIRMNESS.empty(),
        "messages_quarterly": MESSAGES.from_rows(
            [
                {**key, "kind": kind, "order": 1, "text": text, "about": LUTON.code}
                for kind, text in (("message", "Luton is worse."), ("question", "Why in Luton?"))
            ]
        ),
        "travel_quarterly": TRAVEL.from_rows(
            [{**key, "since": "a year ago", "change": 3.2, "direction": "worsened"}]
        ),
        "travel_annual": TRAVEL.empty(),
        "trends": make_trend(RISING),
        "explain": EXPLAIN.from_rows(
            [{**key, "rule": "outside_998", "priority": 1, "narrative": "**Fewer** <b>came</b>."}]
        ),
        "neighbours": NEIGHBOUR_VALUES.conform(
            pd.DataFrame(
                [
                    {**key, "neighbour": "E06000039", "order": 1, "closeness": "close",
                     "value": 17.5, "status": "final"},
                    {**key, "neighbour": "E06000031", "order": 2, "closeness": "close",
                     "value": 3.25, "status": "suppressed"},
                ]
            )
        ),
    }  # fmt: skip
    return {**tables, **more}


def suppress(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Mark every figure of Luton as withheld and leave its numbers in: none may come out."""
    changed = {}
    for name, table in tables.items():
        if "status" in table.columns and name != "neighbours":
            mine = table["area"].eq(LUTON.code)
            table = table.assign(status=table["status"].mask(mine, "suppressed"))
        changed[name] = COMPARISON.conform(table) if name.startswith("comparison") else table
    return changed
