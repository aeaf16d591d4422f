"""The catalogue of measures: what comes with slinb is whole, and what is wrong is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from slinb.analyse.breaks import find_break
from slinb.catalogue.measures import (
    Measure,
    check_sources,
    load_measures,
    population_period,
    read_measures,
)
from slinb.catalogue.periods import Period
from slinb.catalogue.tables import load_tables
from slinb.errors import CatalogueError

ENTRY = """
domain = "Front door"

[[measure]]
id = "calls_pct"
number = 900
title = "Calls answered"
short = "Calls answered"
kind = "proportion"
numerator = "calls answered"
denominator = "calls"
numerator_count = "calls_answered"
denominator_count = "calls"
multiplier = 100
unit = "%"
decimals = 1
basis = "quarter"
shown = "rolling12"
polarity = "higher"
polarity_words = "higher is better"
why = "Someone must pick up."
definition = "Share of calls answered."
definition_source = "made up for this test"
definition_version = "1"
agreed = "ours to agree"
plausible = [0, 100]
quarterly = true
"""


def read(folder: Path, *texts: str) -> list[Measure]:
    for place, text in enumerate(texts):
        (folder / f"test_{place}.toml").write_text(text, encoding="utf-8")
    return list(read_measures(sorted(folder.iterdir())))


@pytest.mark.parametrize(
    ("line", "instead", "reason"),
    [
        ('short = "Calls answered"', 'shorts = "Calls answered"', "shorts: Extra inputs"),
        ('polarity = "higher"', 'polarity = "good"', "polarity: Input should be"),
        ("multiplier = 100", "multiplier = 10", "a proportion is shown in per cent"),
        ("plausible = [0, 100]", "plausible = [100, 0]", "is not below"),
        ('shown = "rolling12"', 'shown = "year"', "events of a quarter are shown as"),
        ('basis = "quarter"', 'basis = "snapshot"', "a snapshot figure is shown as snapshot"),
        ('polarity = "higher"', 'polarity = "none"', "say “no judgement”"),
        ('denominator = "calls"\n', "", "needs `numerator` and `denominator` in words"),
        ("number = 900", "number = 0", "number: Input should be greater"),
        (
            "quarterly = true",
            '[[measure.breaks]]\nperiod = "2024-26"\nreason = "a bad year"',
            "breaks.0: “2024-26” is no period",
        ),
        (
            "quarterly = true",
            '[[measure.published]]\ntable = "cin_referrals"\nvalue = "rate"',
            "say to how many places the publisher rounds",
        ),
        (
            "quarterly = true",
            '[[measure.published]]\ntable = "cin_referrals"',
            "name a `value` column or `numerator` columns",
        ),
    ],
)
def test_a_wrong_entry_is_refused_with_file_entry_and_reason(
    tmp_path: Path, line: str, instead: str, reason: str
) -> None:
    assert line in ENTRY
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path, ENTRY.replace(line, instead))
    said = str(refused.value)
    assert "test_0.toml" in said
    assert "“calls_pct”" in said
    assert reason in said


def test_the_entry_that_the_wrong_ones_are_made_of_is_right(tmp_path: Path) -> None:
    assert [m.id for m in read(tmp_path, ENTRY)] == ["calls_pct"]


def test_toml_that_is_none_names_its_file(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"test_0\.toml is not valid TOML"):
        read(tmp_path, "domain = ")


@pytest.mark.parametrize(
    ("line", "instead"),
    [('id = "calls_pct"', 'id = "other_pct"'), ("number = 900", "number = 901")],
)
def test_an_id_or_a_number_that_stands_twice_is_refused(
    tmp_path: Path, line: str, instead: str
) -> None:
    with pytest.raises(CatalogueError, match=r"test_1\.toml.* stands twice"):
        read(tmp_path, ENTRY, ENTRY.replace(line, instead))


@pytest.mark.parametrize(
    ("line", "instead"),
    [
        ('denominator = "calls"\n', 'denominator = "telephone calls"\n'),
        ('basis = "quarter"', 'basis = "ytd"'),
    ],
)
def test_one_count_has_one_wording_and_one_basis(tmp_path: Path, line: str, instead: str) -> None:
    other = ENTRY.replace('"calls_pct"', '"other_pct"').replace("900", "901")
    with pytest.raises(CatalogueError, match=r"its count “calls.* is described as"):
        read(tmp_path, ENTRY, other.replace(line, instead))


def test_an_annual_measure_may_use_a_count_of_the_return(tmp_path: Path) -> None:
    other = ENTRY.replace('"calls_pct"', '"other_pct"').replace("900", "901")
    annual = other.replace('basis = "quarter"', 'basis = "year"').replace(
        'shown = "rolling12"', 'shown = "year"'
    )
    assert len(read(tmp_path, ENTRY, annual.replace("quarterly = true", ""))) == 2


def test_a_source_that_is_no_table_is_refused(tmp_path: Path) -> None:
    source = '[[measure.published]]\ntable = "no_such_table"\nnumerator = ["calls"]\n'
    with pytest.raises(CatalogueError, match="“calls_pct”: its source “no_such_table” is no table"):
        check_sources(read(tmp_path, ENTRY + source), load_tables())


# What comes with slinb ----------------------------------------------------------------------


def test_all_84_definitions_are_there_and_most_are_published() -> None:
    measures = load_measures()
    assert {m.number for m in measures} >= set(range(1, 85))
    assert len([m for m in measures if m.published]) >= 90


def test_the_quarterly_return_can_be_filled_in_and_differenced() -> None:
    quarterly = load_measures().quarterly()
    assert 35 <= len(quarterly) <= 45
    assert all(m.numerator_count and m.denominator_count for m in quarterly)
    assert {m.basis for m in quarterly} == {"snapshot", "quarter", "ytd"}
    assert len([m for m in quarterly if m.basis == "ytd"]) >= 2
    assert all(m.shown == "rolling12" for m in quarterly if m.basis in ("quarter", "ytd"))


@pytest.mark.parametrize("measure", load_measures(), ids=lambda m: m.id)
def test_polarity_in_words_says_what_polarity_says(measure: Measure) -> None:
    begins = {"higher": "higher is better", "lower": "lower is better", "none": "no judgement: "}
    assert measure.polarity_words.startswith(begins[measure.polarity])


@pytest.mark.parametrize(
    "measure", [m for m in load_measures() if m.agreed == "ours to agree"], ids=lambda m: m.id
)
def test_what_the_region_must_agree_says_that_nobody_published_it(measure: Measure) -> None:
    assert "no published definition" in measure.definition_source


def test_no_judgement_is_given_where_the_definitions_give_none() -> None:
    measures = load_measures()
    # Marked N in the table of definitions; never to be coloured.
    without = ["referrals_rate", "cin_rate", "cp_rate", "cp_starting_rate", "cla_rate", "s20_pct",
               "cp_neglect_pct", "uasc_cla_pct", "missing_pct", "ceased_sgo_pct"]  # fmt: skip
    assert {measures[i].polarity for i in without} == {"none"}
    assert measures["leavers_eet_pct"].polarity == "higher"
    assert measures["placements_3plus_pct"].polarity == "lower"


def test_the_known_breaks_stand_between_the_years_that_they_part() -> None:
    measures = load_measures()
    years = Period.parse("2022-23"), Period.parse("2023-24")
    assert "28 October 2023" in find_break(measures["supported_accommodation_pct"], *years).reason
    assert find_break(measures["cin_need_abuse_neglect_pct"], *years) is None
    assert find_break(measures["uasc_population_pct"], Period.parse("2021-22"), years[0])


@pytest.mark.parametrize(
    ("period", "mid_year"),
    [
        ("2024-25", "2024-CY"),  # to 31 March 2025: mid-2024
        ("2024-25-Q1", "2024-CY"),
        ("2024-25-Q4", "2024-CY"),  # January to March 2025 belongs to the same year
        ("2025-26-Q1", "2025-CY"),
        ("2024-CY", "2024-CY"),
    ],
)
def test_a_rate_goes_over_the_population_of_the_30_june_in_its_year(
    period: str, mid_year: str
) -> None:
    assert population_period(Period.parse(period)).id == mid_year


def test_measures_come_in_the_order_of_their_domains_and_are_found_by_id() -> None:
    measures = load_measures()
    assert measures.domains[:3] == ("Front door", "Children in need and protection", "Looked after")
    assert [m.id for m in measures.select(["cla_rate", "referrals_rate"])] == [
        "referrals_rate",
        "cla_rate",
    ]
    with pytest.raises(CatalogueError, match="No measure has the id “nonsense”"):
        measures["nonsense"]


def test_the_page_on_the_catalogue_lists_every_measure_with_its_number() -> None:
    page = (Path(__file__).parents[2] / "docs" / "catalogue.md").read_text(encoding="utf-8")
    missing = [
        m.id for m in load_measures() if f"| {m.number} | `{m.id}` | {m.title} |" not in page
    ]
    assert missing == []
