"""A small return for the tests of template and reader: nine measures, three sheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.layout import (
    COVER,
    COVER_COLUMN,
    COVER_FIRST_ROW,
    COVER_LINES,
    Layout,
    name_return,
    plan_layout,
)
from slinb.collect.returns import ReturnRead, read_return
from slinb.collect.template import build_template
from slinb.stamp import save_workbook

QUARTER = Period.parse("2025-26-Q3")
EAST = load_areas().authorities("E12000006")
LUTON = load_areas()["E06000032"]
BEDFORD = load_areas()["E06000055"]
LUTON_CHILDREN = 62_280.0

_COMMON: dict[str, Any] = {
    "multiplier": 100,
    "unit": "%",
    "decimals": 1,
    "polarity": "none",
    "polarity_words": "no judgement",
    "why": "For the tests.",
    "definition_source": "the tests",
    "definition_version": "1",
    "agreed": "ours to agree",
    "plausible": [0, 100],
    "quarterly": True,
}


def _measure(number: int, domain: str, key: str, kind: str, basis: str, **more: Any) -> Measure:
    shown = "rolling12" if basis in ("quarter", "ytd") else basis
    raw = _COMMON | {
        "id": key,
        "number": number,
        "domain": domain,
        "title": f"Title of {key}",
        "short": key,
        "kind": kind,
        "basis": basis,
        "shown": shown,
        "definition": f"Definition of {key}, in words.",
    }
    return Measure.model_validate(raw | more)


def _counts(above: str, below: str) -> dict[str, str]:
    words = {"numerator": f"number of {above}", "denominator": f"number of {below}"}
    return words | {"numerator_count": above, "denominator_count": below}


PER_CHILD = {"multiplier": 10000, "unit": "per 10,000 children"}
MEASURES = [
    _measure(
        1, "Front door", "referrals_rate", "rate", "quarter",
        **PER_CHILD, **_counts("referrals", "population_0_17"),
    ),
    _measure(
        2, "Front door", "rereferrals_pct", "proportion", "quarter",
        **_counts("rereferrals", "referrals"),
    ),
    _measure(
        3, "Front door", "nfa_pct", "proportion", "quarter", **_counts("nfa", "referrals"),
    ),
    _measure(
        4, "Looked after", "reviews_pct", "proportion", "snapshot",
        **_counts("reviewed", "review_due"),
    ),
    _measure(
        5, "Looked after", "starts_rate", "rate", "ytd",
        **PER_CHILD, **_counts("starts", "population_0_17"),
    ),
    _measure(
        6, "Looked after", "s20_pct", "proportion", "ytd", **_counts("starts_s20", "starts"),
    ),
    _measure(7, "Looked after", "sdq", "value", "snapshot", unit="points", multiplier=1),
    _measure(8, "Looked after", "gap_pct", "value", "snapshot", multiplier=1, plausible=[-50, 50]),
    _measure(
        9, "Workforce", "caseload", "ratio", "snapshot", multiplier=1, unit="cases per worker",
        numerator="cases held", denominator="full-time equivalent workers",
        numerator_count="cases", denominator_count="workers_fte",
    ),
]  # fmt: skip
LAYOUT: Layout = plan_layout(MEASURES)
#: What a tidy officer types; referrals and starts are typed once.
FIGURES: dict[tuple[str, str], object] = {
    ("referrals_rate", "numerator"): 1151,
    ("rereferrals_pct", "numerator"): 312,
    ("nfa_pct", "numerator"): 0,
    ("reviews_pct", "numerator"): 90,
    ("reviews_pct", "denominator"): 100,
    ("starts_rate", "numerator"): 60,
    ("s20_pct", "numerator"): 21,
    ("sdq", "value"): 14.2,
    ("gap_pct", "value"): -3.5,
    ("caseload", "numerator"): 1200,
    ("caseload", "denominator"): 80.5,
}
COVER_ANSWERS: dict[str, object] = {
    "submitted_on": "20/01/2026",
    "role": "Head of performance",
    "what_changed": "Little.",
    "why": "A calm autumn.",
}


def population(**areas: float) -> pd.DataFrame:
    """Return the population table; Luton's alone where nothing else is said."""
    known = areas or {LUTON.code: LUTON_CHILDREN}
    return pd.DataFrame(
        {
            "area": list(known),
            "count": "population_0_17",
            "period": "2024-25",
            "value": list(known.values()),
        }
    )


def locate(measure: str, part: str) -> tuple[str, str]:
    """Return sheet and cell of a part of a measure."""
    place = LAYOUT.line(measure).place(part)
    return place.sheet, place.cell


def put(workbook: Workbook, measure: str, part: str, content: object) -> None:
    """Type something into a cell of the template."""
    sheet, cell = locate(measure, part)
    workbook[sheet][cell] = content


def put_cover(workbook: Workbook, line: str, content: object) -> None:
    """Type something on the cover."""
    row = COVER_FIRST_ROW + 1 + [x.id for x in COVER_LINES].index(line)
    workbook[COVER].cell(row, COVER_COLUMN + 1).value = content


def write_return(
    folder: Path,
    figures: Mapping[tuple[str, str], object] | None = None,
    *,
    area: Area = LUTON,
    quarter: Period = QUARTER,
    cover: Mapping[str, object] | None = None,
    name: str = "",
    change: Callable[[Workbook], object] | None = None,
) -> Path:
    """Write a filled-in return; ``figures`` and ``cover`` replace what a tidy officer types."""
    workbook = build_template(area, quarter, MEASURES, None, population())
    for (measure, part), content in {**FIGURES, **(figures or {})}.items():
        put(workbook, measure, part, content)
    for line, content in {**COVER_ANSWERS, **(cover or {})}.items():
        put_cover(workbook, line, content)
    if change:
        change(workbook)
    return save_workbook(workbook, folder / (name or name_return(area, quarter)), stamp=quarter.end)


def read(path: Path, **changes: Any) -> ReturnRead:
    """Read a return as the quarter's run would."""
    given: dict[str, Any] = {
        "quarter": QUARTER,
        "areas": EAST,
        "measures": MEASURES,
        "population": population(),
    }
    return read_return(path, **(given | changes))


def row(result: ReturnRead, measure: str) -> pd.Series:
    """Return the observation of a measure."""
    rows = result.observations[result.observations["measure"] == measure]
    assert len(rows) == 1
    return rows.iloc[0]


def rules(result: ReturnRead) -> list[str]:
    """Return the rules of the queries, in order."""
    return result.queries["rule"].tolist()


def query(result: ReturnRead, rule: str) -> pd.Series:
    """Return the one query of a rule."""
    rows = result.queries[result.queries["rule"] == rule]
    assert len(rows) == 1, result.queries[["rule", "problem"]].to_string()
    return rows.iloc[0]
