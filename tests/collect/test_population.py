from __future__ import annotations

import pandas as pd
import pytest

from slinb.catalogue.periods import Period
from slinb.collect.population import empty_population, find_population, look_up_population
from slinb.schema import OBSERVATIONS

from .returns_kit import LUTON, MEASURES


def publish(*rows: tuple[str, str, float | None]) -> pd.DataFrame:
    return OBSERVATIONS.from_rows(
        [
            {"area": LUTON.code, "period": period, "measure": measure, "denominator": below}
            for period, measure, below in rows
        ]
    )


PUBLISHED = publish(
    ("2022-23", "referrals_rate", 59_436),  # ONS mid-2022, Luton, aged 0 to 17
    ("2023-24", "referrals_rate", 60_435),
    ("2024-25", "starts_rate", 62_280),
    ("2024-25", "referrals_rate", None),
    ("2024-25", "rereferrals_pct", 3_137),  # no population
)


@pytest.mark.parametrize(
    ("quarter", "expected"),
    [
        ("2025-26-Q3", 62_280),
        ("2024-25-Q4", 62_280),  # a year to 31 March 2025 counts on mid-2024
        ("2024-25-Q3", 60_435),
        ("2021-22-Q1", 59_436),  # none so old: the first after it
    ],
)
def test_each_quarter_has_the_population_of_its_time(quarter: str, expected: float) -> None:
    found = find_population(PUBLISHED, MEASURES, Period.parse(quarter))
    assert look_up_population(found, LUTON.code, "population_0_17") == expected
    assert len(found) == 1


def test_nothing_published_is_an_empty_table() -> None:
    found = find_population(OBSERVATIONS.empty(), MEASURES, Period.parse("2025-26-Q3"))
    pd.testing.assert_frame_equal(found, empty_population())
    assert look_up_population(found, LUTON.code, "population_0_17") is None
