"""Which findings head a page: only real ones, in the stated order, with room for a strength."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from slinb.analyse.messages import choose_findings
from slinb.catalogue.areas import DEFAULT_REGION, load_areas
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.priorities import load_priorities
from slinb.schema import COMPARISON, FINDINGS, FIRMNESS, TRAVEL, TRENDS
from tests.analyse.tables import EAST, LUTON

QUARTER = "2025-26-Q3"
AREAS = load_areas()
PRIORITIES = load_priorities()
BASE = load_measures()["rereferrals_pct"]


def make_measures(count: int, **more: object) -> list[Measure]:
    """Return so many measures, each of a domain of its own."""
    return [
        BASE.model_copy(update={"id": f"m{i}", "domain": f"domain {i}"} | more)
        for i in range(count)
    ]


def cell(measure: str, judgement: str = "similar", **more: object) -> dict:
    usual = {
        "area": LUTON, "period": QUARTER, "measure": measure, "numerator": 20.0,
        "denominator": 100.0, "value": 20.0, "lower": 15.0, "upper": 25.0, "status": "final",
        "benchmark": "region", "benchmark_value": 21.0, "benchmark_period": QUARTER,
        "judgement": judgement, "judgement_998": "similar", "year_ago": 14.0,
    }  # fmt: skip
    return usual | more


def choose(rows: list[dict], measures: list[Measure], **tables: object) -> pd.DataFrame:
    table = COMPARISON.from_rows(rows)
    return choose_findings(table, measures, AREAS, DEFAULT_REGION, PRIORITIES, **tables)


def page(findings: pd.DataFrame, area: str = LUTON, kind: str = "message") -> pd.DataFrame:
    return findings[findings["area"].eq(area) & findings["kind"].eq(kind)]


def moved(measure: str, direction: str, before: float = 14.0) -> pd.DataFrame:
    row = {
        "area": LUTON, "measure": measure, "period": QUARTER, "since": "a year ago",
        "direction": direction, "value": 20.0, "value_before": before,
    }  # fmt: skip
    return TRAVEL.from_rows([row])


def signals(*marks: tuple[str, str]) -> pd.DataFrame:
    rows = [
        {
            "area": LUTON, "measure": measure, "period": QUARTER, "flag": "outside",
            "side": side, "new": True,
        }
        for measure, side in marks
    ]  # fmt: skip
    return TRENDS.from_rows(rows)


def test_order_is_the_stated_one() -> None:
    measures = make_measures(5)
    rows = [
        cell("m0", "better"),
        cell("m1", "worse"),
        cell("m2", "worse", judgement_998="worse"),
        cell("m3", "worse"),
        cell("m4"),
    ]
    found = choose(rows, measures, travel=moved("m3", "worsened"), trends=signals(("m4", "worse")))
    said = page(found)
    assert said["measure"].tolist() == ["m3", "m2", "m4", "m1", "m0"]
    assert said["pattern"].tolist() == ["differs", "differs", "signal", "differs", "differs"]
    assert said["order"].tolist() == [1, 2, 3, 4, 5]
    assert page(found, kind="question")["measure"].tolist() == said["measure"].tolist()


def test_firm_before_shaky_then_larger_before_smaller() -> None:
    measures = make_measures(3)
    rows = [
        cell("m0", "worse", value=60.0),
        cell("m1", "worse", value=30.0),
        cell("m2", "worse", value=40.0),
    ]
    shaky = {
        "area": LUTON, "measure": "m0", "period": QUARTER, "firmness": "depends on the comparison",
        "words": "England instead of the region; three years pooled instead of one",
    }  # fmt: skip
    said = page(choose(rows, measures, firmness=FIRMNESS.from_rows([shaky])))
    assert said["measure"].tolist() == ["m2", "m1", "m0"]
    assert said["flips_it"].tolist() == ["", "", "England instead of the region"]
    # Firmness is about the region: against England it says nothing.
    other = [row | {"benchmark": "england"} for row in rows]
    against = choose(other, measures, benchmark="england", firmness=FIRMNESS.from_rows([shaky]))
    assert page(against)["firmness"].tolist() == ["", "", ""]


def test_what_is_not_real_is_no_finding() -> None:
    rows = [cell("m0"), cell("m1", "not compared", value=math.nan, status="suppressed")]
    found = choose(rows, make_measures(2), travel=moved("m0", "no real change"))
    said = page(found)
    assert said["pattern"].tolist() == ["no_difference"]
    assert said["compared"].tolist() == [1]
    assert page(found, kind="question").empty


def test_a_change_the_comparison_does_not_show_is_not_told() -> None:
    # The comparison leaves the figure of a year ago out (a break), or has another one.
    for year_ago in (math.nan, 19.0):
        rows = [cell("m0", year_ago=year_ago)]
        found = choose(rows, make_measures(1), travel=moved("m0", "worsened"))
        assert page(found)["pattern"].tolist() == ["no_difference"]
    told = choose([cell("m0")], make_measures(1), travel=moved("m0", "worsened"))
    assert page(told)[["pattern", "travel", "year_ago"]].to_numpy().tolist() == [
        ["moved", "worsened", 14.0]
    ]


def test_no_page_is_padded_and_none_is_missing() -> None:
    found = choose([cell("m0", "worse")], make_measures(1))
    assert len(page(found)) == 1
    assert set(found["area"]) == {DEFAULT_REGION, *EAST}
    # Ten authorities sent nothing at all.
    assert page(found, EAST[0])["pattern"].tolist() == ["no_figures"]


def test_five_at_most_and_two_of_a_domain_while_others_have_findings() -> None:
    measures = [
        m.model_copy(update={"domain": "one" if i < 4 else f"other {i}"})
        for i, m in enumerate(make_measures(8))
    ]
    rows = [cell(m.id, "worse", value=60.0 - i) for i, m in enumerate(measures)]
    assert page(choose(rows, measures))["measure"].tolist() == ["m0", "m1", "m4", "m5", "m6"]
    few = page(choose(rows[:4], measures))
    assert few["measure"].tolist() == ["m0", "m1", "m2", "m3"]


@pytest.mark.parametrize("strength", ["better", "improved"])
def test_a_place_is_kept_for_a_strength(strength: str) -> None:
    measures = make_measures(7)
    rows = [cell(m.id, "worse", value=60.0 - i) for i, m in enumerate(measures[:6])]
    rows.append(cell("m6", "better" if strength == "better" else "similar"))
    travel = moved("m6", "improved") if strength == "improved" else None
    said = page(choose(rows, measures, travel=travel))
    assert said["measure"].tolist() == ["m0", "m1", "m2", "m3", "m6"]


def test_better_but_worsening_is_no_strength() -> None:
    measures = make_measures(7)
    rows = [cell(m.id, "worse", judgement_998="worse") for m in measures[:6]]
    rows.append(cell("m6", "better"))
    said = page(choose(rows, measures, travel=moved("m6", "worsened")))
    assert "m6" not in set(said["measure"])


def test_an_old_figure_heads_no_page() -> None:
    measures = make_measures(2)
    rows = [cell("m0", "worse", period="2021-22-Q3"), cell("m1", "worse")]
    assert page(choose(rows, measures))["measure"].tolist() == ["m1"]


def region_rows(measure: str, judgements: dict[str, str], **more: object) -> list[dict]:
    """Return a row for each authority; those not named are similar."""
    return [
        cell(
            measure,
            judgements.get(a, "similar"),
            area=a,
            value={"worse": 40.0, "better": 5.0}.get(judgements.get(a, ""), 21.0),
            **more,
        )
        for a in EAST
    ]


def test_the_regions_page_names_who_lies_on_which_side() -> None:
    rows = region_rows("m0", {EAST[1]: "worse", EAST[3]: "better", EAST[4]: "better"})
    said = page(choose(rows, make_measures(1)), DEFAULT_REGION).iloc[0]
    assert said["pattern"] == "spread"
    assert said["above"] == EAST[1]
    assert said["below"] == f"{EAST[3]} {EAST[4]}"
    assert said["compared"] == 11
    assert said["benchmark_value"] == 21.0


def test_neighbours_differ_by_authority_so_a_spread_names_no_figure() -> None:
    rows = region_rows("m0", {EAST[1]: "worse"}, benchmark="neighbours")
    said = page(choose(rows, make_measures(1), benchmark="neighbours"), DEFAULT_REGION).iloc[0]
    assert math.isnan(said["benchmark_value"])


def test_the_region_takes_turns_between_itself_and_its_authorities() -> None:
    measures = make_measures(6)
    rows = []
    for i in range(3):
        rows += region_rows(f"m{i}", {EAST[0]: "worse"})
    for i in range(3, 6):
        counts = {"numerator": 400.0, "denominator": 1000.0, "benchmark_value": 40.0}
        ours = region_rows(f"m{i}", {}, **counts, benchmark_n=11)
        rows += ours + [
            row | {"benchmark": "england", "benchmark_value": 20.0, "judgement": "similar"}
            for row in ours
        ]
    said = page(choose(rows, measures), DEFAULT_REGION)
    assert said["pattern"].tolist() == ["differs", "spread", "differs", "spread", "differs"]
    first = said.iloc[0]
    assert (first["about"], first["benchmark"], first["judgement"]) == (
        DEFAULT_REGION,
        "england",
        "worse",
    )
    assert (first["numerator"], first["value"]) == (4400.0, 40.0)


@pytest.mark.parametrize(("lost", "spoken"), [(1, True), (2, True), (3, False)])
def test_a_region_names_whom_it_is_without_and_is_silent_without_many(
    lost: int, spoken: bool
) -> None:
    counts = {"numerator": 400.0, "denominator": 1000.0, "benchmark_value": 40.0}
    rows = region_rows("m0", {}, **counts, benchmark_n=11 - lost)[lost:]
    rows += [r | {"benchmark": "england", "benchmark_value": 20.0} for r in rows]
    said = page(choose(rows, make_measures(1)), DEFAULT_REGION).iloc[0]
    assert said["pattern"] == ("differs" if spoken else "no_difference")
    assert said["absent"] == (" ".join(EAST[:lost]) if spoken else "")


def test_a_region_figure_of_the_publishers_own_has_no_interval() -> None:
    counts = {"numerator": 400.0, "denominator": 1000.0, "benchmark_value": 40.0}
    rows = region_rows("m0", {}, **counts, benchmark_n=0)
    rows += [r | {"benchmark": "england", "benchmark_value": 20.0} for r in rows]
    said = page(choose(rows, make_measures(1)), DEFAULT_REGION)
    assert said["pattern"].tolist() == ["no_difference"]


def test_nothing_at_all_gives_pages_that_say_so() -> None:
    found = choose([], make_measures(1))
    assert list(found.columns) == FINDINGS.names
    assert set(found["pattern"]) == {"no_figures"}
