"""The result tables of the Section 20 deep dive: what it adds to those of every dive."""

from __future__ import annotations

from slinb.analyse.dive_tables import FIGURES, FINDINGS, HISTORY, MEDIANS, QUALITY, make_table

INCIDENCE = make_table(
    "section 20 cumulative incidence",
    ("area", "str", "ONS code of the authority or region"),
    ("starters", "str", "all, or the reporting year in which they started"),
    ("population", "str", "all, UASC or not UASC"),
    ("cause", "str", "order, home, adult or other"),
    ("month", "int64", "months since the start under Section 20; 0 is the start"),
    ("children", "float64", "children followed for at least a month"),
    ("at_risk", "float64", "children followed through the month who had not left before it"),
    ("events", "float64", "who left for the cause up to the month, of those followed"),
    ("value", "float64", "per cent who have left for the cause by the month (Aalen-Johansen)"),
    ("lower", "float64", "lower 95% confidence limit"),
    ("upper", "float64", "upper 95% confidence limit"),
    ("status", "str", "final, suppressed, low_reliability (too few to follow) or missing"),
    ("absent", "str", "of a region: codes of the authorities that it is without"),
)

#: By name, as they are stored.
TABLES = {
    "section20_history": HISTORY,
    "section20_figures": FIGURES,
    "section20_incidence": INCIDENCE,
    "section20_medians": MEDIANS,
    "section20_quality": QUALITY,
    "section20_findings": FINDINGS,
}
