"""Result tables for the tests of this room: eleven authorities, thirty measures, every status.

The counts are drawn with a fixed seed around published levels of the region; intervals and
judgements are worked out here from the textbook formulas, so that the fixture needs no other
room of the house.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.measures import Measure
from slinb.schema import COMPARISON, QUERIES, SUBMISSIONS

REGION = "E12000006"
QUARTER = "2025-26-Q3"
SUMMARY_COLUMNS = [
    "area",
    "expected",
    "sent",
    "accepted",
    "quarantined",
    "missing",
    "stop",
    "query",
    "note",
]

#: short title, domain, kind, polarity, level in the region, size of the denominator, window
with (Path(__file__).parent / "measures.csv").open(encoding="utf-8") as _file:
    _SPECS = list(csv.DictReader(_file))
_UNITS = {"proportion": "%", "rate": "per 10,000 children", "ratio": "cases", "value": "days"}
_MULTIPLIERS = {"proportion": 100.0, "rate": 10_000.0, "ratio": 1.0, "value": 1.0}
_WORDS = {
    "higher": "higher is better",
    "lower": "lower is better",
    "none": "no judgement: turns on need",
}


def make_measure(**changes: Any) -> Measure:
    """One measure, re-referrals unless told otherwise."""
    entry: dict[str, Any] = {
        "id": "rereferrals_pct",
        "number": 4,
        "title": "Re-referrals within 12 months of a previous referral",
        "short": "Re-referrals within 12 months",
        "domain": "Front door",
        "kind": "proportion",
        "numerator": "referrals within 12 months of a previous one",
        "denominator": "referrals",
        "multiplier": 100,
        "unit": "%",
        "decimals": 1,
        "basis": "year",
        "shown": "year",
        "polarity": "lower",
        "polarity_words": "lower is better",
        "why": "A child who comes back soon may not have had the right help the first time.",
        "definition": "Share of referrals that came within 12 months of an earlier one.",
        "definition_source": "DfE, Children in need census guide",
        "definition_version": "2013",
        "agreed": "published",
        "plausible": [0, 1000],
    }
    return Measure.model_validate({**entry, **changes})


def make_measures() -> list[Measure]:
    """Thirty-one measures of six domains, in rug order."""
    return [
        make_measure(
            id=spec["id"],
            number=number,
            short=spec["short"],
            title=f"{spec['short']}: the full title as the catalogue has it",
            domain=spec["domain"],
            kind=spec["kind"],
            multiplier=_MULTIPLIERS[spec["kind"]],
            denominator_count="population_0_17" if spec["kind"] == "rate" else "",
            unit=_UNITS[spec["kind"]],
            decimals=0 if spec["kind"] == "value" else 1,
            basis="quarter" if spec["shown"] == "rolling12" else spec["shown"],
            shown=spec["shown"],
            polarity=spec["polarity"],
            polarity_words=_WORDS[spec["polarity"]],
        )
        for number, spec in enumerate(_SPECS, 1)
    ]


def make_areas() -> list[Area]:
    """The eleven authorities of the East of England."""
    return load_areas().authorities(REGION)


def make_region() -> Area:
    """The East of England."""
    return load_areas()[REGION]


def make_row(**changes: Any) -> dict[str, Any]:
    """One row of a comparison: Luton's re-referrals, really higher than the region's."""
    row = {
        "area": "E06000032",
        "period": QUARTER,
        "measure": "rereferrals_pct",
        "numerator": 312.0,
        "denominator": 1151.0,
        "value": 27.106863,
        "lower": 24.6,
        "upper": 29.8,
        "lower_998": 23.3,
        "upper_998": 31.3,
        "status": "final",
        "benchmark": "region",
        "benchmark_value": 19.4,
        "benchmark_n": 11,
        "judgement": "worse",
        "judgement_998": "worse",
        "rank": 10.0,
        "ranked": 11,
        "band": "D",
        "year_ago": 25.3,
        "change_year": 1.8,
        "table": "quarterly return",
        "file": "luton.xlsx",
        "sheet": "Front door",
        "cell": "E12",
    }
    return COMPARISON.from_rows([{**row, **changes}]).to_dict("records")[0]


def make_comparison() -> pd.DataFrame:
    """All measures of all authorities against region and England, with every status in it."""
    rng = np.random.default_rng(20_26)
    rows: list[dict[str, Any]] = []
    for measure, spec in zip(make_measures(), _SPECS, strict=True):
        level = float(spec["level"])
        figures = _draw_figures(rng, measure, level=level, size=int(spec["size"]))
        england = min(level * 1.08, 99.0) if measure.kind == "proportion" else level * 1.6
        for benchmark, value in (("region", level), ("england", england)):
            rows += [
                _compare(measure, area, figure, benchmark, value)
                for area, figure in zip(make_areas(), figures, strict=True)
            ]
    rows = _spoil_some(_rank(rows))
    return COMPARISON.from_rows(rows)


def _draw_figures(
    rng: np.random.Generator, measure: Measure, level: float, size: int
) -> list[tuple[float, float, float]]:
    """Numerator, denominator and value of each authority; half of them near the level."""
    figures = []
    for _ in range(11):
        spread = float(rng.choice([0.02, 0.3]))
        own = level * math.exp(rng.normal(0, spread))
        if measure.kind == "value":
            figures.append((math.nan, math.nan, own))
            continue
        below = float(rng.integers(size // 3, size * 2))
        limit = below * 0.995 if measure.kind == "proportion" else math.inf
        above = float(min(round(own * below / measure.multiplier), limit // 1))
        figures.append((above, below, above / below * measure.multiplier))
    return figures


def _compare(
    measure: Measure,
    area: Area,
    figure: tuple[float, float, float],
    benchmark: str,
    benchmark_value: float,
) -> dict[str, Any]:
    above, below, value = figure
    limits = [_interval(measure, figure, z) for z in (1.959964, 3.090232)]
    year_ago = value * 0.96
    return {
        "area": area.code,
        "period": QUARTER if measure.shown != "year" else "2024-25",
        "measure": measure.id,
        "numerator": above,
        "denominator": below,
        "value": value,
        "lower": limits[0][0],
        "upper": limits[0][1],
        "lower_998": limits[1][0],
        "upper_998": limits[1][1],
        "status": "final",
        "benchmark": benchmark,
        "benchmark_value": benchmark_value,
        "benchmark_n": 11 if benchmark == "region" else 0,
        "judgement": _judge(measure, value, benchmark_value, limits[0]),
        "judgement_998": _judge(measure, value, benchmark_value, limits[1]),
        "ranked": 0,
        "year_ago": year_ago,
        "change_year": value - year_ago,
        "table": "quarterly return",
        **_place(measure, area),
    }


def _place(measure: Measure, area: Area) -> dict[str, str]:
    """A cell of a return, or a row of a published file with a name as long as the DfE's."""
    if measure.shown == "year":
        long = f"{measure.id}_by_local_authority_characteristics_and_duration_2013_to_2025.csv"
        return {"file": long, "sheet": "", "cell": "row 95", "note": "Worked out from the counts."}
    place = {"sheet": measure.domain[:31], "cell": f"E{measure.number + 9}"}
    return {"file": f"{area.slug}-{QUARTER}.xlsx", "note": "", **place}


def _interval(
    measure: Measure, figure: tuple[float, float, float], z: float
) -> tuple[float, float]:
    above, below, value = figure
    if measure.kind == "value":
        return math.nan, math.nan
    if measure.kind != "proportion":
        half = z * math.sqrt(max(above, 1)) / below * measure.multiplier
        return value - half, value + half
    share = above / below
    middle = 2 * above + z * z
    half = z * math.sqrt(z * z + 4 * above * (1 - share))
    return tuple(50 * (middle + sign * half) / (below + z * z) for sign in (-1, 1))  # type: ignore[return-value]


def _judge(measure: Measure, value: float, benchmark: float, limits: tuple[float, float]) -> str:
    if math.isnan(limits[0]):
        return "not compared"
    if limits[0] <= benchmark <= limits[1]:
        return "similar"
    side = "higher" if value > benchmark else "lower"
    if measure.polarity == "none":
        return side
    return "better" if side == measure.polarity else "worse"


def _rank(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    polarity = {m.id: m.polarity for m in make_measures()}
    for row in rows:
        if polarity[row["measure"]] == "none":
            continue
        peers = sorted(
            r["value"]
            for r in rows
            if (r["measure"], r["benchmark"]) == (row["measure"], row["benchmark"])
        )
        if polarity[row["measure"]] == "higher":
            peers.reverse()
        row["rank"], row["ranked"] = float(peers.index(row["value"]) + 1), 11
        row["band"] = "ABCD"[int((row["rank"] - 1) * 4 // 11)]
    return rows


def _spoil_some(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Take figures away for every reason there is, and mark some as provisional or estimated."""
    spoilt = {
        ("E06000034", "convicted_pct"): "suppressed",
        ("E06000033", "plans_2y_pct"): "rounds_to_zero",
        ("E06000055", "stability_pct"): "low_reliability",
        ("E06000056", "ehcp_20_pct"): "not_available",
        ("E10000012", "missing_pct"): "not_applicable",
        ("E10000015", "dental_pct"): "not_collected",
        ("E10000020", "adopted_pct"): "missing",
        ("E10000029", "s20_pct"): "unreadable",
        ("E06000031", "eet_pct"): "provisional",
        ("E06000032", "caseload"): "estimated",
    }
    blank = ["value", "numerator", "denominator", "lower", "upper", "rank", "change_year"]
    for row in rows:
        status = spoilt.get((row["area"], row["measure"]))
        if status is None:
            continue
        row["status"] = status
        if status not in ("provisional", "estimated"):
            row.update(dict.fromkeys(blank, math.nan))
            row.update({"judgement": "not compared", "judgement_998": "not compared", "band": ""})
    return rows


def make_summary() -> pd.DataFrame:
    """What came of each authority's values; Thurrock sent nothing."""
    rows = []
    for position, area in enumerate(make_areas()):
        sent = 0 if area.name == "Thurrock" else 58 - position % 3
        stop = position % 4 if sent else 0
        rows.append((area.code, 60, sent, sent - stop, stop, 60 - sent, stop, position % 3, 1))
    return pd.DataFrame(rows, columns=SUMMARY_COLUMNS)


def make_submissions() -> pd.DataFrame:
    """Nine returns used, one late, one missing, one superseded."""
    rows: list[dict[str, Any]] = []
    for area in make_areas():
        outcome = {"Thurrock": "missing", "Essex": "late"}.get(area.name, "used")
        rows.append(
            {
                "area": area.code,
                "period": QUARTER,
                "file": "" if outcome == "missing" else f"{area.slug}-{QUARTER}.xlsx",
                "received": "" if outcome == "missing" else "2026-01-19",
                "role": "performance lead",
                "outcome": outcome,
                "values_in": 58,
            }
        )
    luton = {"area": "E06000032", "file": "luton-first.xlsx", "received": "2026-01-12"}
    rows.append({**luton, "period": QUARTER, "outcome": "superseded", "values_in": 40})
    return SUBMISSIONS.from_rows(rows)


def make_queries() -> pd.DataFrame:
    """A query of each severity, one with an attack in the officer's own text."""
    common = {"period": QUARTER, "file": "luton-2025-26-Q3.xlsx", "sheet": "Front door"}
    return QUERIES.from_rows(
        [
            {
                **common,
                "area": "E06000032",
                "measure": "rereferrals_pct",
                "severity": "stop",
                "rule": "numerator_within_denominator",
                "cell": "E12:F12",
                "sent": "1,312 of 1,151",
                "problem": "The numerator is larger than the denominator.",
                "action": "Check both counts and send the workbook again.",
            },
            {
                **common,
                "area": "E06000032",
                "measure": "cla_rate",
                "severity": "query",
                "rule": "jump_against_history",
                "cell": "E31",
                "sent": '<img src=x onerror="alert(1)"> 999',
                "problem": "More than double last quarter's 402.",
                "action": "Please confirm, or correct.",
            },
            {
                **common,
                "area": "E10000012",
                "file": "essex-2025-26-Q3.xlsx",
                "severity": "note",
                "rule": "received_late",
                "sheet": "",
                "problem": "The return came three days after the date agreed.",
                "action": "Nothing to do.",
            },
        ]
    )
