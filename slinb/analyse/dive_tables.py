"""The result tables that every deep dive has: each column once, with its meaning."""

from __future__ import annotations

from slinb.schema import Column, Dtype, TableSchema


def make_table(name: str, *columns: tuple[str, Dtype, str]) -> TableSchema:
    """Return a schema from names, types and meanings."""
    return TableSchema(name, tuple(Column(*column) for column in columns))


HISTORY = make_table(
    "deep dive history",
    ("area", "str", "ONS code of the authority, the region or England"),
    ("period", "str", "reporting or academic year"),
    ("measure", "str", "id of the published measure"),
    ("numerator", "float64", "published count above the line"),
    ("denominator", "float64", "published count below the line"),
    ("value", "float64", "per cent, as published where published"),
    ("status", "str", "status of the value"),
    ("note", "str", "how it was worked out, where it was"),
    ("release", "str", "release of the publication"),
)

FIGURES = make_table(
    "deep dive figures",
    ("area", "str", "ONS code of the authority or region"),
    ("period", "str", "quarter of the return"),
    ("measure", "str", "S1, N4, …"),
    ("item", "str", "what is counted within the measure"),
    ("source", "str", "the records or the practice return; of a region the first of them"),
    ("window", "str", "snapshot, quarter, year or cohort"),
    ("cohort", "str", "quarter of start; empty for all mature cohorts together"),
    ("population", "str", "all; for Section 20 UASC and not UASC too"),
    ("breakdown", "str", "age now, ending group, …; empty for the total"),
    ("category", "str", "the category of the breakdown"),
    ("across", "str", "category of the second breakdown, else empty"),
    ("numerator", "float64", "children (or spells, plans, cases) counted"),
    ("denominator", "float64", "of how many"),
    ("excluded", "float64", "how many could not be counted either way"),
    ("why", "str", "why they were left out"),
    ("unit", "str", "% or per 10,000 children"),
    ("value", "float64", "in the unit; missing without a denominator or by status"),
    ("lower", "float64", "lower 95% confidence limit"),
    ("upper", "float64", "upper 95% confidence limit"),
    ("status", "str", "status of the value"),
    ("benchmark_value", "float64", "the region's figure, all its authorities in it"),
    ("judgement", "str", "better, worse, higher, lower, similar or not compared, at 95%"),
    ("judgement_998", "str", "the same at 99.8%"),
    ("absent", "str", "of a region: codes of the authorities that it is without"),
)

MEDIANS = make_table(
    "deep dive durations",
    ("area", "str", "ONS code of the authority or region"),
    ("measure", "str", "what has lasted: S6, S10, N4 or N11"),
    ("population", "str", "whose: all, not UASC, …; of plans a group of categories"),
    ("n", "float64", "spells or plans behind it"),
    ("quarter", "float64", "lower quartile, months"),
    ("median", "float64", "median, months"),
    ("three_quarters", "float64", "upper quartile, months"),
    ("status", "str", "final, suppressed, low_reliability (fewer than ten of them) or missing"),
    ("absent", "str", "of a region: codes of the authorities that it is without"),
)

QUALITY = make_table(
    "deep dive data quality",
    ("area", "str", "ONS code of the authority"),
    ("kind", "str", "check, left out, or not sent"),
    ("measure", "str", "S1, N4, …; empty where nothing at all was sent"),
    ("item", "str", "the check, or what was counted"),
    ("n", "float64", "children or rows that failed, or were left out"),
    ("of", "float64", "of how many"),
    ("why", "str", "why they were left out"),
    ("status", "str", "status of n"),
)

FINDINGS = make_table(
    "deep dive findings",
    ("area", "str", "ONS code of the authority or region on whose page it stands"),
    ("order", "int64", "1 is first"),
    ("pattern", "str", "id of the sentence pattern"),
    ("line", "str", "id of the line in the catalogue, or the item of a practice question"),
    ("measure", "str", "S1, N4, …, or the measure of the history"),
    ("period", "str", "quarter, or the reporting year of a published figure"),
    ("numerator", "float64", "count above the line"),
    ("denominator", "float64", "count below the line"),
    ("value", "float64", "the figure"),
    ("lower", "float64", "lower 95% confidence limit"),
    ("upper", "float64", "upper 95% confidence limit"),
    ("benchmark_value", "float64", "the region's figure"),
    ("judgement", "str", "at 95%"),
    ("judgement_998", "str", "at 99.8%"),
    ("other", "float64", "a second figure: without UASC, with Multiple, of years ago, …"),
    ("other_period", "str", "the reporting year of the second figure"),
    ("third", "float64", "a third figure"),
    ("fourth", "float64", "a fourth figure"),
    ("compared", "int64", "authorities that could be compared"),
    ("above", "str", "codes of the authorities really above the region"),
    ("below", "str", "codes of those really below it"),
    ("absent", "str", "codes of the authorities that a region's figure is without"),
)
