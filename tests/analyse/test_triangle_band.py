from __future__ import annotations

import pandas as pd

from slinb.analyse.triangle_band import TRIANGLE_BAND, state_band
from slinb.schema import COMPARISON

ESSEX, NORFOLK = "E10000012", "E10000020"
#: field.md 6.2, plans at 31 March 2024: Essex 33 and 68 per cent, Norfolk 51 and unknown.
PUBLISHED = [
    (ESSEX, "cp_neglect_pct", 32.8, "final"),
    (ESSEX, "cp_neglect_multiple_pct", 67.68, "final"),
    (NORFOLK, "cp_neglect_pct", 51.24, "final"),
    (NORFOLK, "cp_neglect_multiple_pct", 51.24, "suppressed"),
]


def make_comparison() -> pd.DataFrame:
    return COMPARISON.from_rows(
        [
            {
                "area": area, "measure": measure, "value": value, "status": status,
                "period": "2023-24", "benchmark": "region", "benchmark_value": 50.0,
            }
            for area, measure, value, status in PUBLISHED
        ]
    )  # fmt: skip


def test_the_share_stands_with_its_band_and_an_unknown_band_stays_unknown() -> None:
    rows = state_band(make_comparison(), [NORFOLK, ESSEX, "E06000032"])
    assert list(rows.columns) == TRIANGLE_BAND.names
    assert rows["area"].tolist() == [NORFOLK, ESSEX]
    assert rows["neglect"].tolist() == [51.24, 32.8]
    assert rows["band_status"].tolist() == ["suppressed", "final"]
    assert pd.isna(rows["band"].iloc[0]) and rows["band"].iloc[1] == 67.68


def test_no_published_figure_gives_no_row() -> None:
    assert state_band(COMPARISON.empty(), [ESSEX]).empty
