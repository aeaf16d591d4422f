"""The comparison table against an independent, slow computation and published figures."""

from __future__ import annotations

import math
import random

import pandas as pd
import pytest
from scipy import stats

from slinb.analyse.comparison import compare, latest_periods
from slinb.analyse.points import compute_points
from slinb.catalogue.areas import DEFAULT_REGION, ENGLAND, load_areas, load_neighbours
from slinb.catalogue.measures import Break, load_measures
from slinb.schema import COMPARISON, OBSERVATIONS

AREAS = load_areas()
BASE = load_measures()["rereferrals_pct"]
EAST = AREAS.authorities(DEFAULT_REGION)

# DfE, Characteristics of children in need 2025, table D3: plans starting in the year and those
# that were a second or subsequent plan, year to 31 March 2025, East of England.
REPEAT_PLANS_2025 = {
    "Bedford": (29, 173),
    "Cambridgeshire": (159, 613),
    "Central Bedfordshire": (27, 196),
    "Essex": (161, 659),
    "Hertfordshire": (167, 713),
    "Luton": (72, 305),
    "Norfolk": (101, 536),
    "Peterborough": (85, 335),
    "Southend-on-Sea": (14, 142),
    "Suffolk": (123, 502),
    "Thurrock": (25, 108),
}


def observe(area: str, period: str, numerator=None, denominator=None, **more) -> dict:
    row = {
        "area": area,
        "period": period,
        "measure": BASE.id,
        "numerator": math.nan if numerator is None else numerator,
        "denominator": math.nan if denominator is None else denominator,
        "value": math.nan,
        "status": "final",
    }
    return row | more


def run(rows: list[dict], measure=BASE, **options) -> pd.DataFrame:
    points = compute_points(OBSERVATIONS.from_rows(rows), [measure])
    return compare(points, [measure], AREAS, DEFAULT_REGION, **options)


def repeat_plans() -> list[dict]:
    return [
        observe(AREAS.find(name).code, "2024-25", x, n)
        for name, (x, n) in REPEAT_PLANS_2025.items()
    ]


def pick(result: pd.DataFrame, area: str, benchmark: str = "region") -> pd.Series:
    code = AREAS.find(area).code
    found = result[(result["area"] == code) & (result["benchmark"] == benchmark)]
    assert len(found) == 1
    return found.iloc[0]


def test_only_four_authorities_differ_on_repeat_plans() -> None:
    result = run(repeat_plans())
    region = result[result["benchmark"] == "region"]
    differ = region[region["judgement"].isin(["better", "worse"])]
    names = {
        AREAS[code].name: word
        for code, word in zip(differ["area"], differ["judgement"], strict=True)
    }
    assert names == {
        "Cambridgeshire": "worse",
        "Central Bedfordshire": "better",
        "Norfolk": "better",
        "Southend-on-Sea": "better",
    }
    # Quartile colours would have marked six: bands A and D.
    assert region["band"].isin(["A", "D"]).sum() == 6
    bedford = pick(result, "Bedford")
    assert (round(bedford.value, 1), round(bedford.lower, 1), round(bedford.upper, 1)) == (
        16.8,
        11.9,
        23.0,
    )
    assert round(bedford.benchmark_value, 1) == 22.5
    assert bedford.benchmark_n == 11


def test_region_is_pooled_never_an_average_of_percentages() -> None:
    bedford = pick(run(repeat_plans()), "Bedford")
    tops, bottoms = zip(*REPEAT_PLANS_2025.values(), strict=True)
    assert bedford.benchmark_value == pytest.approx(100 * sum(tops) / sum(bottoms))
    mean = sum(100 * x / n for x, n in REPEAT_PLANS_2025.values()) / 11
    assert abs(bedford.benchmark_value - mean) > 0.5


def test_suppressed_authority_makes_the_published_region_stand_in() -> None:
    rows = repeat_plans()
    rows[0] |= {"numerator": math.nan, "status": "suppressed"}
    stated = observe(DEFAULT_REGION, "2024-25", 980, 4280, value=22.9)
    with_stated = pick(run([*rows, stated]), "Luton")
    assert with_stated.benchmark_n == 0
    assert with_stated.benchmark_value == pytest.approx(100 * 980 / 4280)
    without = pick(run(rows), "Luton")
    rest = list(REPEAT_PLANS_2025.values())[1:]
    assert without.benchmark_n == 10
    assert without.benchmark_value == pytest.approx(
        100 * sum(x for x, _ in rest) / sum(n for _, n in rest)
    )


def test_an_authority_without_a_row_is_a_gap_not_a_zero() -> None:
    rows = repeat_plans()[1:]
    stated = observe(DEFAULT_REGION, "2024-25", 980, 4280, value=22.9)
    luton = pick(run([*rows, stated]), "Luton")
    assert luton.benchmark_n == 0
    result = run(rows)
    assert AREAS.find("Bedford").code not in set(result["area"])
    assert pick(result, "Luton").benchmark_n == 10


def test_suppressed_value_is_not_compared_and_not_ranked() -> None:
    rows = repeat_plans()
    rows[0] |= {"numerator": math.nan, "status": "suppressed"}
    bedford = pick(run(rows), "Bedford")
    assert bedford.judgement == bedford.judgement_998 == "not compared"
    assert math.isnan(bedford.value)
    assert math.isnan(bedford["rank"])
    assert bedford.band == ""
    assert pick(run(rows), "Luton").ranked == 10


def test_a_symbol_beside_a_number_carries_no_value() -> None:
    rows = repeat_plans()
    rows[0] |= {"status": "low_reliability"}
    assert math.isnan(pick(run(rows), "Bedford").value)


def test_neighbours_are_the_unweighted_mean_of_those_with_data() -> None:
    luton = AREAS.find("Luton").code
    neighbours = [n.neighbour for n in load_neighbours(2025)[luton]]
    rows = [observe(luton, "2024-25", 72, 305)]
    given = {code: (10 + 3 * i, 100 + 7 * i) for i, code in enumerate(neighbours[:7])}
    rows += [observe(code, "2024-25", x, n) for code, (x, n) in given.items()]
    rows += [observe(neighbours[7], "2024-25", status="suppressed")]
    found = pick(run(rows), "Luton", "neighbours")
    assert found.benchmark_n == 7
    assert found.benchmark_value == pytest.approx(sum(100 * x / n for x, n in given.values()) / 7)


def test_england_of_an_earlier_period_stands_in_for_returns() -> None:
    published = compute_points(
        OBSERVATIONS.from_rows(
            [
                observe(ENGLAND, "2023-24", 20, 100),
                observe(ENGLAND, "2024-25", 30, 100),
                observe(ENGLAND, "2026-27", 90, 100),
            ]
        ),
        [BASE],
    )
    rows = [observe(a.code, "2025-26-Q3", 10, 50) for a in EAST]
    found = pick(run(rows, published=published), "Luton", "england")
    assert found.benchmark_value == 30
    assert found.benchmark_period == "2024-25"


def test_without_published_figures_returns_are_compared_with_the_region_alone() -> None:
    rows = [observe(a.code, "2025-26-Q3", 10, 50) for a in EAST]
    result = run(rows, published=compute_points(OBSERVATIONS.empty(), [BASE]))
    assert pick(result, "Luton").judgement == "similar"
    for benchmark in ("england", "neighbours"):
        assert pick(result, "Luton", benchmark).judgement == "not compared"
        assert math.isnan(pick(result, "Luton", benchmark).benchmark_value)


def test_change_needs_an_unbroken_series() -> None:
    rows = repeat_plans() + [observe(a.code, "2023-24", 20, 100) for a in EAST]
    change = pick_period(run(rows), "Luton")
    assert change == pytest.approx(100 * 72 / 305 - 20)
    broken = BASE.model_copy(update={"breaks": (Break(period="2024-25", reason="new guide"),)})
    assert math.isnan(pick_period(run(rows, broken), "Luton"))
    earlier = BASE.model_copy(update={"breaks": (Break(period="2023-24", reason="new guide"),)})
    assert pick_period(run(rows, earlier), "Luton") == change


def pick_period(result: pd.DataFrame, area: str, period: str = "2024-25") -> float:
    return float(pick(result[result["period"] == period], area).change)


def test_latest_period_is_the_last_with_a_value_in_the_region() -> None:
    rows = [
        observe(EAST[0].code, "2022-23", 1, 10),
        observe(EAST[1].code, "2023-24", 1, 10),
        observe(EAST[1].code, "2024-25", status="suppressed"),
        observe(ENGLAND, "2024-25", 1, 10),
    ]
    points = compute_points(OBSERVATIONS.from_rows(rows), [BASE])
    assert latest_periods(points, [a.code for a in EAST]) == {BASE.id: "2023-24"}


def slow_judgement(x: int, n: int, benchmark: float, polarity: str, z: float) -> str:
    """Judge one cell from Wilson's formula of 1927, step by step."""
    p = x / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    if centre - half <= benchmark <= centre + half:
        return "similar"
    above = p > benchmark
    if polarity == "none":
        return "higher" if above else "lower"
    return "better" if above == (polarity == "higher") else "worse"


@pytest.mark.parametrize("polarity", ["higher", "lower", "none"])
def test_judgement_rank_and_band_against_a_slow_computation(polarity: str) -> None:
    words = "no judgement" if polarity == "none" else f"{polarity} is better"
    measure = BASE.model_copy(update={"polarity": polarity, "polarity_words": words})
    draw = random.Random(7)  # noqa: S311  # a test needs no secrecy
    for _ in range(20):
        counts = {a.code: (draw.randint(3, 60), draw.randint(61, 400)) for a in EAST}
        result = run([observe(c, "2024-25", *counts[c]) for c in counts], measure)
        pooled = sum(x for x, _ in counts.values()) / sum(n for _, n in counts.values())
        values = sorted((x / n for x, n in counts.values()), reverse=polarity == "higher")
        for code, (x, n) in counts.items():
            cell = pick(result, code)
            assert cell.judgement == slow_judgement(x, n, pooled, polarity, 1.959963984540054)
            assert cell.judgement_998 == slow_judgement(x, n, pooled, polarity, 3.090232306167813)
            if polarity == "none":
                assert math.isnan(cell["rank"])
            else:
                assert cell["rank"] == values.index(x / n) + 1


def test_rates_use_exact_poisson_below_ten_and_byar_above() -> None:
    measure = BASE.model_copy(
        update={"kind": "rate", "multiplier": 10_000.0, "denominator_count": "population_0_17"}
    )
    rows = [observe(a.code, "2024-25", 4 + 10 * i, 40_000) for i, a in enumerate(EAST)]
    result = run(rows, measure)
    first = pick(result, EAST[0].name)
    # OHID Technical guide: confidence intervals: exact limits from the chi-squared.
    assert first.lower == pytest.approx(stats.chi2.ppf(0.025, 8) / 2 / 4)
    assert first.upper == pytest.approx(stats.chi2.ppf(0.975, 10) / 2 / 4)
    second = pick(result, EAST[1].name)
    byar = 14 * (1 - 1 / 126 - 1.959963984540054 / (3 * math.sqrt(14))) ** 3 / 4
    assert second.lower == pytest.approx(byar)


def test_fewer_than_four_values_have_no_quarters() -> None:
    result = run(repeat_plans()[:3])
    assert set(result["band"]) == {""}
    assert set(run(repeat_plans()[:4])["band"]) == {"A", "B", "C", "D"}


def test_no_rows_give_an_empty_table() -> None:
    assert list(run([]).columns) == COMPARISON.names
    assert run([]).empty
