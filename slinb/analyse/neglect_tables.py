"""The result tables of the neglect deep dive: what it adds to those of every dive."""

from __future__ import annotations

from slinb.analyse.dive_tables import FIGURES, FINDINGS, HISTORY, MEDIANS, QUALITY
from slinb.analyse.neglect_published import NEGLECT_BAND

#: By name, as they are stored. The population of a median is a group of categories.
TABLES = {
    "neglect_band": NEGLECT_BAND,
    "neglect_history": HISTORY,
    "neglect_figures": FIGURES,
    "neglect_medians": MEDIANS,
    "neglect_quality": QUALITY,
    "neglect_findings": FINDINGS,
}
