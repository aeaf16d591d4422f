"""Statements under other reasonable choices, each against a slow computation of the choice."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping

import pandas as pd
import pytest

from slinb.analyse.benchmark import average_neighbours
from slinb.analyse.comparison import compare
from slinb.analyse.points import compute_points, compute_quarterly_points
from slinb.analyse.sensitivity import compute_sensitivity, summarise_firmness
from slinb.catalogue.areas import ENGLAND, load_neighbours
from slinb.catalogue.confounders import Confounder, load_confounders
from slinb.catalogue.measures import Break, load_measures
from slinb.schema import FIRMNESS, SENSITIVITY
from tests.analyse.tables import (
    AREAS,
    EAST,
    LUTON,
    REGION,
    SHARE,
    STOCK,
    Counts,
    list_quarters,
    observe,
)

YEAR = "2024-25"
OTHERS = [a for a in EAST if a != LUTON]
#: Luton is worse than its region; every other authority is exactly like the rest.
PLAIN: Counts = {(a, YEAR): (20.0, 100.0) for a in OTHERS} | {(LUTON, YEAR): (40.0, 100.0)}


def wilson(x: float, n: float) -> tuple[float, float]:
    z = 1.959963984540054
    middle, half = (2 * x + z * z) / 2, z * math.sqrt(z * z / 4 + x * (1 - x / n))
    return 100 * (middle - half) / (n + z * z), 100 * (middle + half) / (n + z * z)


def run(observations: pd.DataFrame, measures=(SHARE,), period: str = YEAR, **options):
    measures = list(measures)
    points = compute_points(observations, measures)
    comparison = compare(points, measures, AREAS, REGION, benchmarks=["region"])
    comparison = comparison[comparison["period"].eq(period)]
    return compute_sensitivity(comparison, points, measures, AREAS, REGION, **options)


def read(table: pd.DataFrame, alternative: str, area: str = LUTON) -> pd.Series:
    found = table[table["area"].eq(area) & table["alternative"].eq(alternative)]
    assert len(found) == 1
    return found.iloc[0]


def with_neighbours(values: Mapping[int, tuple[float, float]], model: int = 2025) -> pd.DataFrame:
    """Add figures of Luton's neighbours, by their rank; the rest have none."""
    by_rank = {n.rank: n.neighbour for n in load_neighbours(model)[LUTON]}
    return observe(PLAIN | {(by_rank[rank], YEAR): xn for rank, xn in values.items()})


def test_only_real_differences_are_statements() -> None:
    table = run(observe(PLAIN))
    assert set(table["area"]) == {LUTON}
    assert set(table["statement"]) == {"worse"}


def test_the_region_without_the_authority_is_pooled_from_the_others() -> None:
    found = read(run(observe(PLAIN)), "region_without_it")
    assert found["benchmark_value"] == pytest.approx(20.0)
    assert found["words"] == "the region without Luton"
    assert found["outcome"] == "holds"


def test_the_region_without_its_only_authority_cannot_be_made() -> None:
    stated = observe({(LUTON, YEAR): (40.0, 100.0), (REGION, YEAR): (math.nan, math.nan)})
    stated.loc[1, "value"] = 20.0
    found = read(run(stated), "region_without_it")
    assert found["outcome"] == "cannot be made"
    assert found["judgement"] == "not compared"


@pytest.mark.parametrize(
    ("england", "outcome"), [(20.0, "holds"), (38.0, "fades"), (70.0, "flips")]
)
def test_england_holds_fades_or_flips(england: float, outcome: str) -> None:
    rows = observe(PLAIN | {(ENGLAND, YEAR): (england, 100.0)})
    found = read(run(rows), "england")
    lower, upper = wilson(40, 100)
    assert (lower <= england <= upper) == (outcome == "fades")
    assert found["outcome"] == outcome
    assert found["words"] == "England instead of the region"


def test_without_england_it_cannot_be_made() -> None:
    assert read(run(observe(PLAIN)), "england")["outcome"] == "cannot be made"


def test_neighbours_by_mean_median_and_pooled() -> None:
    given = {rank: (10.0 + rank * rank, 90.0 + 7 * rank) for rank in range(1, 10)}
    table = run(with_neighbours(given))
    shares = [100 * x / n for x, n in given.values()]
    expected = {
        "mean": sum(shares) / 9,
        "median": statistics.median(shares),
        "pooled": 100 * sum(x for x, _ in given.values()) / sum(n for _, n in given.values()),
    }
    for how, value in expected.items():
        found = read(table, f"neighbours_2025_{how}")
        assert found["benchmark_value"] == pytest.approx(value)
        assert found["words"] == (
            f"statistical neighbours (2025 model, {how} of 9) instead of the region"
        )


def test_the_mean_is_the_rugs_own_neighbour_mean() -> None:
    draw = {rank: (20.0 + rank, 100.0) for rank in range(1, 11)}
    points = compute_points(with_neighbours(draw), [SHARE])
    rows = points[points["area"].eq(LUTON)]
    authorities = points[points["area"].ne(REGION)]
    rug = average_neighbours(authorities, rows, None, 2025)["benchmark_value"].iloc[0]
    found = read(run(with_neighbours(draw)), "neighbours_2025_mean")
    assert found["benchmark_value"] == pytest.approx(rug)


def test_abolished_and_missing_neighbours_are_left_out_and_too_few_make_no_choice() -> None:
    some = dict.fromkeys(range(1, 6), (20.0, 100.0))
    assert read(run(with_neighbours(some)), "neighbours_2025_median")["outcome"] == "holds"
    few = dict.fromkeys(range(1, 5), (20.0, 100.0))
    found = read(run(with_neighbours(few)), "neighbours_2025_median")
    assert found["outcome"] == "cannot be made"
    assert "median of 4" in found["words"]
    # Northamptonshire, abolished in 2021, is a neighbour of the 2021 model.
    gone = {a.code for a in AREAS if a.abolished}
    named = {n.neighbour for them in load_neighbours(2021).values() for n in them}
    assert gone & named


def test_three_years_pooled_adds_events_and_averages_snapshots() -> None:
    years = {"2022-23": (22.0, 120.0), "2023-24": (27.0, 110.0), YEAR: (40.0, 100.0)}
    counts = {(LUTON, y): xn for y, xn in years.items()}
    counts |= {(a, y): (20.0, 100.0) for a in OTHERS for y in years}
    found = read(run(observe(counts)), "three_years")
    assert found["value"] == pytest.approx(100 * 89 / 330)
    assert found["benchmark_value"] == pytest.approx(100 * (89 + 600) / (330 + 3000))
    lower, _ = wilson(89, 330)
    assert (found["outcome"] == "holds") == (lower > found["benchmark_value"])
    low = STOCK.model_copy(update={"polarity": "lower"})
    stock = read(run(observe(counts, low), [low]), "three_years")
    assert stock["value"] == pytest.approx(found["value"])
    assert stock["words"] == "three years averaged instead of one"
    # The same children three times over are no three times as certain.
    lower, _ = wilson(89 / 3, 330 / 3)
    assert lower <= stock["benchmark_value"]
    assert stock["outcome"] == "fades"


def test_three_years_need_all_three_and_no_break_between() -> None:
    two = {(a, y): PLAIN[a, YEAR] for a in EAST for y in ("2023-24", YEAR)}
    assert read(run(observe(two)), "three_years")["outcome"] == "cannot be made"
    three = {(a, y): PLAIN[a, YEAR] for a in EAST for y in ("2022-23", "2023-24", YEAR)}
    assert read(run(observe(three)), "three_years")["outcome"] == "holds"
    broken = SHARE.model_copy(update={"breaks": (Break(period="2023-24", reason="new guide"),)})
    assert read(run(observe(three, broken), [broken]), "three_years")["outcome"] == "cannot be made"


def test_three_years_of_returns_are_windows_without_a_quarter_in_common() -> None:
    quarters = list_quarters(12)
    counts = {(a, q.id): (5.0, 25.0) for a in OTHERS for q in quarters}
    counts |= {(LUTON, q.id): (6.0 + i, 25.0) for i, q in enumerate(quarters)}
    points = compute_quarterly_points(observe(counts), [SHARE], quarters)
    comparison = compare(points, [SHARE], AREAS, REGION, benchmarks=["region"])
    latest = comparison[comparison["period"].eq(quarters[-1].id)]
    table = compute_sensitivity(latest, points, [SHARE], AREAS, REGION)
    total = sum(6 + i for i in range(12))
    assert read(table, "three_years")["value"] == pytest.approx(100 * total / 300)


def test_confounders_are_swapped_both_ways() -> None:
    without = STOCK.model_copy(update={"id": "stock_without", "polarity": "none"})
    with_it = STOCK.model_copy(update={"polarity": "none"})
    pair = load_confounders()[0].model_copy(update={"measure": "stock", "other": "stock_without"})
    both = pd.concat(
        [
            observe(PLAIN, with_it),
            observe(PLAIN | {(LUTON, YEAR): (12.0, 60.0)}, without),
        ]
    )
    table = run(both, [with_it, without], confounders=[pair])
    found = read(table, "uasc")
    assert found["measure"] == "stock"
    assert found["value"] == 20.0
    assert found["outcome"] == "fades"
    assert found["words"] == "leaving unaccompanied children out"


def test_confounders_of_the_catalogue_name_both_deep_dives() -> None:
    pairs = {(c.measure, c.other) for c in load_confounders()}
    assert ("s20_pct", "s20_excl_uasc_pct") in pairs
    assert ("cp_neglect_pct", "cp_neglect_multiple_pct") in pairs
    with pytest.raises(ValueError, match="no measure"):
        Confounder(
            id="x",
            group="some",
            measure="s20_pct",
            other="nothing",
            words="with",
            other_words="out",
        )


def test_a_suppressed_partner_cannot_be_swapped() -> None:
    partner = STOCK.model_copy(update={"id": "partner"})
    pair = load_confounders()[1].model_copy(update={"measure": "stock", "other": "partner"})
    hidden = observe(PLAIN, partner)
    hidden.loc[hidden["area"].eq(LUTON), ["numerator", "status"]] = [math.nan, "suppressed"]
    both = pd.concat([observe(PLAIN, STOCK), hidden])
    found = read(run(both, [STOCK, partner], confounders=[pair]), "multiple")
    assert found["outcome"] == "cannot be made"


def test_the_published_figure_stands_beside_the_returns_that_close_on_its_day() -> None:
    quarters = list_quarters(4, "2024-25-Q4")
    counts = {(a, q.id): (5.0, 25.0) for a in OTHERS for q in quarters}
    counts |= {(LUTON, q.id): (10.0, 25.0) for q in quarters}
    returns = compute_quarterly_points(observe(counts), [SHARE], quarters)
    published = compute_points(observe(PLAIN | {(LUTON, YEAR): (24.0, 100.0)}), [SHARE])
    stated = compare(returns, [SHARE], AREAS, REGION, benchmarks=["region"])
    stated = stated[stated["period"].eq("2024-25-Q4")]
    table = compute_sensitivity(stated, returns, [SHARE], AREAS, REGION, other_edition=published)
    found = read(table, "published")
    assert (found["value"], found["outcome"]) == (24.0, "fades")
    back = compare(published, [SHARE], AREAS, REGION, benchmarks=["region"])
    assert compute_sensitivity(back, published, [SHARE], AREAS, REGION).empty
    loud = compute_points(observe(PLAIN), [SHARE])
    back = compare(loud, [SHARE], AREAS, REGION, benchmarks=["region"])
    table = compute_sensitivity(back, loud, [SHARE], AREAS, REGION, other_edition=returns)
    assert read(table, "provisional")["outcome"] == "holds"


def test_an_edition_that_closes_on_another_day_is_no_alternative() -> None:
    quarters = list_quarters(2, "2025-26-Q2")
    counts = {(a, q.id): (5.0, 25.0) for a in EAST for q in quarters}
    returns = compute_quarterly_points(observe(counts), [SHARE], quarters)
    table = run(observe(PLAIN), other_edition=returns)
    assert "provisional" not in set(table["alternative"])


def test_a_benchmark_of_zero_is_a_benchmark() -> None:
    rows = observe(PLAIN | {(ENGLAND, YEAR): (0.0, 100.0)})
    assert read(run(rows), "england")["outcome"] == "holds"


def test_firmness_names_what_changes_a_statement() -> None:
    rows = observe(PLAIN | {(ENGLAND, YEAR): (38.0, 100.0)})
    summary = summarise_firmness(run(rows)).iloc[0]
    assert summary["firmness"] == "depends on the comparison"
    assert (summary["made"], summary["changed"]) == (2, 1)
    assert summary["flips_it"] == "england"
    assert summary["words"] == "England instead of the region"
    firm = summarise_firmness(run(observe(PLAIN))).iloc[0]
    assert (firm["firmness"], firm["flips_it"]) == ("holds", "")


def test_what_could_not_be_tested_is_not_called_firm() -> None:
    stated = observe({(LUTON, YEAR): (40.0, 100.0), (REGION, YEAR): (math.nan, math.nan)})
    stated.loc[1, "value"] = 20.0
    assert summarise_firmness(run(stated))["firmness"].tolist() == ["not tested"]


def test_no_statement_gives_empty_tables() -> None:
    even = run(observe({(a, YEAR): (20.0, 100.0) for a in EAST}))
    assert list(even.columns) == SENSITIVITY.names
    assert even.empty
    assert list(summarise_firmness(even).columns) == FIRMNESS.names


def test_measures_of_the_confounders_are_in_the_catalogue_once() -> None:
    measures = load_measures()
    for confounder in load_confounders():
        assert measures[confounder.measure].denominator
        assert confounder.measure != confounder.other
