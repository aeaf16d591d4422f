"""A small catalogue and quarters of figures for it, clean or with one thing wrong."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from slinb.catalogue.areas import DEFAULT_REGION, load_areas
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.periods import Period
from slinb.check import CheckResult, check_quarters
from slinb.check.rules import RuleBook
from slinb.schema import OBSERVATIONS, QUERIES, SUBMISSIONS

AREAS = load_areas()
EAST = AREAS.authorities(DEFAULT_REGION)
LUTON, THURROCK = "E06000032", "E06000034"
QUARTER = Period.parse("2025-26-Q3")
HISTORY = [QUARTER.shift(-step) for step in range(11, 0, -1)]
#: id, kind, basis, numerator and denominator counts, multiplier, unit, plausible range, sheet cell
_MEASURES = (
    ("referrals_rate", "rate", "quarter", "referrals", "population_0_17", 10000, (100, 2000)),
    ("rereferrals_pct", "proportion", "quarter", "rereferrals", "referrals", 100, (2, 50)),
    ("referrals_nfa_pct", "proportion", "quarter", "referrals_nfa", "referrals", 100, (0, 75)),
    ("cla_rate", "rate", "snapshot", "cla", "population_0_17", 10000, (10, 260)),
    ("s20_pct", "proportion", "snapshot", "cla_s20", "cla", 100, (1, 70)),
    ("uasc_pct", "proportion", "snapshot", "uasc", "cla_s20", 100, (0, 100)),
    ("cla_starting_rate", "rate", "ytd", "cla_starting", "population_0_17", 10000, (4, 150)),
    ("s20_starts_pct", "proportion", "ytd", "cla_starting_s20", "cla_starting", 100, (5, 98)),
    ("caseload", "ratio", "snapshot", "cases", "holders_fte", 1, (5, 35)),
    ("agency_rate", "proportion", "snapshot", "agency_fte", "workers_fte", 100, (0, 60)),
    ("median_days", "value", "snapshot", "", "", 1, (5, 90)),
    ("survey_pct", "value", "snapshot", "", "", 1, (10, 100)),
)
_WORDS = {
    "agency_fte": "agency social workers, in full-time equivalents",
    "workers_fte": "agency and employed social workers, in full-time equivalents",
    "holders_fte": "social workers who hold a case, in full-time equivalents",
    "rereferrals": "referrals that came within 12 months after another",
}


def build_measure(number: int, entry: tuple[Any, ...], **changes: Any) -> Measure:
    name, kind, basis, above, below, multiplier, plausible = entry
    unit = "%" if multiplier == 100 or name.endswith("_pct") else "per 10,000 children"
    raw = {
        "id": name,
        "number": number,
        "title": name.replace("_", " ").capitalize(),
        "short": name,
        "domain": "Front door",
        "kind": kind,
        "numerator": _WORDS.get(above, above),
        "denominator": _WORDS.get(below, below),
        "numerator_count": above,
        "denominator_count": below,
        "multiplier": multiplier,
        "unit": {"caseload": "cases", "median_days": "days"}.get(name, unit),
        "decimals": 1,
        "basis": basis,
        "shown": "rolling12" if basis in ("quarter", "ytd") else basis,
        "polarity": "none",
        "polarity_words": "no judgement",
        "why": "For a test.",
        "definition": "For a test.",
        "definition_source": "none",
        "definition_version": "1",
        "agreed": "ours to agree",
        "plausible": plausible,
        "quarterly": True,
    }
    return Measure.model_validate(raw | changes)


def build_measures(**changes: dict[str, Any]) -> Measures:
    """Build the catalogue of the tests; ``changes`` are by measure id."""
    return Measures(
        build_measure(n, entry, **changes.get(entry[0], {}))
        for n, entry in enumerate(_MEASURES, start=1)
    )


MEASURES = build_measures()
CELLS = {m.id: f"E{n}:F{n}" for n, m in enumerate(MEASURES, start=5)}


@dataclass(frozen=True)
class Tables:
    """Everything that a check takes in."""

    observations: pd.DataFrame
    history: pd.DataFrame
    published: pd.DataFrame
    submissions: pd.DataFrame
    read: pd.DataFrame
    measures: Measures = MEASURES

    def check(
        self, quarters: tuple[Period, ...] = (QUARTER,), rules: RuleBook | None = None
    ) -> CheckResult:
        return check_quarters(
            self.observations, self.history, self.published, self.submissions, self.read,
            self.measures, AREAS, quarters, DEFAULT_REGION, rules=rules,
        )  # fmt: skip

    def change(self, area: str, measure: str, table: str = "observations", **new: Any) -> Tables:
        """Return the tables with figures of one row changed; ``sent`` follows the figures."""
        frame = getattr(self, table).copy()
        row = frame["area"].eq(area) & frame["measure"].eq(measure)
        if "period" in new:
            row &= frame["period"].eq(new.pop("period"))
        assert row.any()
        for column, value in new.items():
            frame.loc[row, column] = value
        if table == "observations" and "sent" not in new:
            figures = frame.loc[row, ["numerator", "denominator", "value"]].iloc[0]
            frame.loc[row, "sent"] = "; ".join(f"{f:g}" for f in figures.dropna())
        return replace(self, **{table: frame})

    def row(self, area: str, measure: str) -> pd.Series[Any]:
        frame = self.observations
        return frame[frame["area"].eq(area) & frame["measure"].eq(measure)].iloc[0]


def clean_tables(seed: int = 1, *, size: float = 1.0) -> Tables:
    """Draw a quarter, its history and its published year by chance from steady rates."""
    rng = np.random.default_rng(seed)
    rows = []
    for area in EAST:
        population = round(size * rng.integers(30_000, 320_000))
        rows += _draw_area(rng, area.code, population)
    frame = OBSERVATIONS.from_rows(rows)
    now = frame["period"] == QUARTER.id
    annual = frame["period"].str.len().eq(7)
    submissions = SUBMISSIONS.from_rows(
        [
            {
                "area": a.code, "period": QUARTER.id, "file": f"return_{a.slug}.xlsx",
                "received": "2026-01-22", "outcome": "used", "values_in": len(MEASURES),
            }
            for a in EAST
        ]
    )  # fmt: skip
    return Tables(
        frame[now].reset_index(drop=True),
        frame[~now & ~annual].reset_index(drop=True),
        frame[annual].assign(table="published").reset_index(drop=True),
        submissions,
        QUERIES.empty(),
    )


def _draw_area(rng: np.random.Generator, area: str, population: int) -> list[dict[str, Any]]:
    rates = {
        "referrals": rng.uniform(200, 600) / 40_000,
        "cla": rng.uniform(35, 80) / 10_000,
        "starting": rng.uniform(15, 30) / 40_000,
    }
    shares = {
        name: rng.uniform(low, high)
        for name, (low, high) in {
            "rereferrals": (0.15, 0.29), "nfa": (0.02, 0.2), "s20": (0.12, 0.25),
            "uasc": (0.2, 0.5), "starts": (0.4, 0.6), "agency": (0.03, 0.25),
        }.items()
    }  # fmt: skip
    rows, to_date = [], np.zeros(2)
    year: dict[str, float] = {}
    for period in [*HISTORY, QUARTER]:
        drawn = _draw_quarter(rng, population, rates, shares)
        if period.quarter == 1:
            to_date = np.zeros(2)
        to_date += [drawn["cla_starting"], drawn["cla_starting_s20"]]
        events = ("referrals", "rereferrals", "referrals_nfa", "cla_starting", "cla_starting_s20")
        if period.year == 2024:
            year = {k: year.get(k, 0) + v if k in events else v for k, v in drawn.items()}
        counts = drawn | {"cla_starting": to_date[0], "cla_starting_s20": to_date[1]}
        rows += _write_rows(area, period.id, counts | {"population_0_17": population})
    return rows + _write_rows(area, "2024-25", year | {"population_0_17": population})


def _draw_quarter(
    rng: np.random.Generator, population: int, rates: dict[str, float], shares: dict[str, float]
) -> dict[str, float]:
    referrals = rng.poisson(rates["referrals"] * population)
    cla = rng.poisson(rates["cla"] * population)
    starting = rng.poisson(rates["starting"] * population)
    s20 = rng.binomial(cla, shares["s20"])
    workers = round(population / 700, 1)
    return {
        "referrals": referrals,
        "rereferrals": rng.binomial(referrals, shares["rereferrals"]),
        "referrals_nfa": rng.binomial(referrals, shares["nfa"]),
        "cla": cla,
        "cla_s20": s20,
        "uasc": rng.binomial(s20, shares["uasc"]),
        "cla_starting": starting,
        "cla_starting_s20": rng.binomial(starting, shares["starts"]),
        "cases": rng.poisson(15 * workers),
        "holders_fte": workers,
        "agency_fte": round(rng.binomial(round(workers), shares["agency"]) * 0.9, 1),
        "workers_fte": workers,
        "median_days": round(rng.normal(32, 2), 1),
        "survey_pct": round(rng.normal(72, 3), 1),
    }


def _write_rows(area: str, period: str, counts: dict[str, float]) -> list[dict[str, Any]]:
    return [_write_row(area, period, m, counts) for m in MEASURES]


def _write_row(
    area: str, period: str, measure: Measure, counts: dict[str, float]
) -> dict[str, Any]:
    above = counts.get(measure.numerator_count, float("nan"))
    below = counts.get(measure.denominator_count, float("nan"))
    bare = counts.get(measure.id, float("nan"))
    sent = [f"{f:g}" for f in (above, below, bare) if not np.isnan(f)]
    return {
        "area": area,
        "period": period,
        "measure": measure.id,
        "numerator": above,
        "denominator": below,
        "value": bare if measure.kind == "value" else measure.multiplier * above / (below or 1),
        "status": "final",
        "sent": "; ".join(sent),
        "publisher": "Department for Education" if len(period) == 7 else AREAS[area].name,
        "file": f"return_{AREAS[area].slug}.xlsx",
        "sheet": measure.domain,
        "cell": CELLS[measure.id],
    }


def find(queries: pd.DataFrame) -> list[tuple[str, str, str]]:
    """List queries as area, measure and rule."""
    columns = queries[["area", "measure", "rule"]]
    return sorted(columns.itertuples(index=False, name=None))
