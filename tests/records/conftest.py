"""Sample records of three small authorities, so that every planted error stands in one of them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from slinb.catalogue.areas import DEFAULT_REGION, load_areas
from slinb.catalogue.periods import Period
from slinb.records.prepare import CountedRecords, count_records
from slinb.sample.records import write_sample_records

QUARTER = Period.parse("2025-26-Q3")
TOTALS = ((90, 24, 9), (70, 16, 5), (110, 26, 12))
#: Open plans, and those for neglect, of each.
_PLANS, _NEGLECT = 40, 18
AREAS = load_areas().authorities(DEFAULT_REGION)[: len(TOTALS)]


def publish(totals: tuple[tuple[int, int, int], ...] = TOTALS) -> pd.DataFrame:
    """Return published observations of the totals, as far as the sample asks for them."""
    measures = ("cla_rate", "s20_pct", "uasc_cla_pct", "cp_neglect_pct")
    return pd.DataFrame(
        {
            "area": area.code,
            "period": "2024-25",
            "measure": measure,
            "numerator": float(n),
            "denominator": float(_PLANS),
        }
        for area, own in zip(AREAS, totals, strict=True)
        for measure, n in zip(measures, (*own, _NEGLECT), strict=True)
    )


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    write_sample_records(folder, publish(), quarter=QUARTER, areas=AREAS)
    return folder


@pytest.fixture(scope="session")
def counted(sample: Path) -> dict[str, CountedRecords]:
    return {area.slug: count_records(sample / area.slug, QUARTER) for area in AREAS}
