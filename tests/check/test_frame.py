"""Columns prepared for the value rules: chances against scipy's distributions, and the traps."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from slinb.check.frame import (
    add_values,
    build_facts,
    build_value_frame,
    chance_share_at_least,
    chance_share_at_most,
    find_populations,
)  # fmt: skip
from slinb.check.rules import load_rules
from tests.check.quarters import LUTON, MEASURES, QUARTER, Tables, build_measures

SETTINGS = load_rules().settings
FACTS = build_facts(MEASURES, SETTINGS)


def prepare(tables: Tables, area: str, measure: str) -> pd.Series:
    rows = tables.observations.assign(row=np.arange(len(tables.observations)))
    frame = add_values(build_value_frame(rows, FACTS), find_populations(tables.published, FACTS))
    return frame[frame["area"].eq(area) & frame["measure"].eq(measure)].iloc[0]


@pytest.mark.parametrize("share", [0.02, 0.3, 0.75])
@pytest.mark.parametrize("whole", [1, 7, 250])
def test_chance_of_a_share_is_the_binomial_tail(share: float, whole: int) -> None:
    counts = np.arange(whole + 1)
    at_most = chance_share_at_most(counts, whole, share)
    at_least = chance_share_at_least(counts, whole, share)
    assert at_most == pytest.approx(stats.binom.cdf(counts, whole, share), abs=1e-9)
    assert at_least == pytest.approx(stats.binom.sf(counts - 1, whole, share), abs=1e-9)


def test_range_chance_of_a_rate_is_the_poisson_tail(clean: Tables) -> None:
    # 2,000 referrals a year per 10,000 of 50,000 children are 2,500 in a quarter.
    tables = clean.change(LUTON, "referrals_rate", numerator=2600.0, denominator=50_000.0)
    row = prepare(tables, LUTON, "referrals_rate")
    assert row["value"] == pytest.approx(4 * 10_000 * 2600 / 50_000)
    assert row["range_chance"] == pytest.approx(stats.poisson.sf(2599, 2500), rel=1e-6)
    assert row["range_chance"] > 0.001  # outside the range, but by chance it may well be


def test_small_counts_outside_the_range_are_left_to_chance(clean: Tables) -> None:
    tables = clean.change(LUTON, "rereferrals_pct", numerator=3.0, denominator=3.0)
    row = prepare(tables, LUTON, "rereferrals_pct")
    assert (row["value"], row["plausible_high"]) == (100, 50)
    assert row["range_chance"] == pytest.approx(0.5**3)


def test_year_to_date_rate_is_shown_as_that_of_a_year(clean: Tables) -> None:
    tables = clean.change(LUTON, "cla_starting_rate", numerator=90.0, denominator=60_000.0)
    row = prepare(tables, LUTON, "cla_starting_rate")
    assert QUARTER.quarter == 3
    assert row["value"] == pytest.approx(10_000 * 90 / 60_000 * 4 / 3)


def test_population_that_was_not_sent_is_the_one_last_published(clean: Tables) -> None:
    tables = clean.change(LUTON, "cla_rate", denominator=math.nan)
    row = prepare(tables, LUTON, "cla_rate")
    published = clean.published.query("area == @LUTON and measure == 'cla_rate'").iloc[0]
    assert row["exposure"] == published["denominator"]
    assert row["counts_lacking"] == 0


def test_which_counts_may_have_a_fraction() -> None:
    # “after” and “left” hold the letters of FTE and of nothing that is counted in parts.
    words = {"agency_rate": {"numerator": "children seen after they left"}}
    facts = build_facts(build_measures(**words), SETTINGS)
    assert facts.loc["agency_rate", ["numerator_whole", "denominator_whole"]].tolist() == [
        True,
        False,
    ]
    assert FACTS.loc["caseload", ["numerator_whole", "denominator_whole"]].tolist() == [True, False]
    assert not FACTS.loc["median_days", ["numerator_whole", "denominator_whole"]].any()


@pytest.mark.parametrize(
    ("measure", "figures", "suspect"),
    [
        ("rereferrals_pct", {"numerator": 0.27}, True),
        ("rereferrals_pct", {"numerator": 0.0}, False),
        ("rereferrals_pct", {"numerator": 1.0}, False),
        ("agency_rate", {"numerator": 0.6, "denominator": 40.0}, False),
        ("agency_rate", {"numerator": 0.13, "denominator": 1.0}, True),
        ("survey_pct", {"value": 0.72}, True),
        ("survey_pct", {"value": 72.0}, False),
        ("median_days", {"value": 0.5}, False),
        ("caseload", {"numerator": 0.5}, False),
    ],
)
def test_a_percentage_sent_as_a_fraction(
    clean: Tables, measure: str, figures: dict[str, float], suspect: bool
) -> None:
    row = prepare(clean.change(LUTON, measure, **figures), LUTON, measure)
    assert bool(row["percentage_sent"] < 1) is suspect


def test_words_lack_no_counts(clean: Tables) -> None:
    gone = {"numerator": math.nan, "denominator": math.nan, "value": math.nan}
    tables = clean.change(LUTON, "s20_pct", **gone, status="not_available", sent="not available")
    assert math.isnan(prepare(tables, LUTON, "s20_pct")["counts_lacking"])
    tables = clean.change(LUTON, "s20_pct", **gone)
    assert prepare(tables, LUTON, "s20_pct")["counts_lacking"] == 2
