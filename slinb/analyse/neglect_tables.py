"""The result tables of the neglect deep dive, beside those that it shares with Section 20."""

from __future__ import annotations

from slinb.analyse.neglect_published import NEGLECT_BAND
from slinb.analyse.section20_tables import FIGURES, FINDINGS, MEDIANS, QUALITY
from slinb.schema import Column, TableSchema

HISTORY = TableSchema(
    "neglect history",
    (
        Column("area", "str", "ONS code of the authority, the region or England"),
        Column("period", "str", "reporting year or academic year"),
        Column("measure", "str", "id of the published measure"),
        Column("numerator", "float64", "published count above the line"),
        Column("denominator", "float64", "published count below the line"),
        Column("value", "float64", "per cent"),
        Column("status", "str", "status of the value"),
        Column("note", "str", "how it was worked out, where it was"),
        Column("release", "str", "release of the publication"),
    ),
)

#: By name, as they are stored. Figures, medians, quality and findings have the columns of those of
#: Section 20; the population of a median is a group of categories.
TABLES = {
    "neglect_band": NEGLECT_BAND,
    "neglect_history": HISTORY,
    "neglect_figures": FIGURES,
    "neglect_medians": MEDIANS,
    "neglect_quality": QUALITY,
    "neglect_findings": FINDINGS,
}
