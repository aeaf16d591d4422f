"""The explain list: each rule, the stated priority, narratives and last quarter's list."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from slinb.analyse.explain import list_explanations
from slinb.catalogue.explain import ExplainRules, load_explain_rules
from slinb.schema import COMPARISON, EXPLAIN, FIRMNESS, SUBMISSIONS, TRAVEL, TRENDS
from tests.analyse.tables import EAST, LUTON

QUARTER = "2025-26-Q3"
RULES = load_explain_rules()
EMPTY = {
    "travel": TRAVEL.empty(),
    "trends": TRENDS.empty(),
    "firmness": FIRMNESS.empty(),
    "submissions": SUBMISSIONS.empty(),
}


def compared(*rows: dict) -> pd.DataFrame:
    """Return rows of a comparison with the region: similar unless a row says otherwise."""
    usual = {
        "period": QUARTER,
        "measure": "share",
        "value": 20.0,
        "lower": 15.0,
        "upper": 25.0,
        "benchmark": "region",
        "benchmark_value": 20.0,
        "judgement": "similar",
        "judgement_998": "similar",
        "status": "provisional",
    }
    return COMPARISON.from_rows([usual | row for row in rows])


def moving(area: str, direction: str, since: str = "a year ago", measure: str = "share") -> dict:
    return {
        "area": area, "measure": measure, "period": QUARTER, "since": since,
        "direction": direction,
    }  # fmt: skip


def signal(area: str, *, new: bool, side: str = "worse") -> pd.DataFrame:
    row = {
        "area": area, "measure": "share", "period": QUARTER, "flag": "outside", "side": side,
        "new": new,
    }  # fmt: skip
    return TRENDS.from_rows([row])


def explain(comparison: pd.DataFrame, **tables: pd.DataFrame) -> pd.DataFrame:
    before = tables.pop("before", None)
    return list_explanations(comparison, RULES, before=before, **(EMPTY | tables))


def rule_of(table: pd.DataFrame, area: str = LUTON) -> str:
    found = table.loc[table["area"].eq(area), "rule"]
    return found.iloc[0] if len(found) else ""


def test_an_ordinary_figure_is_not_on_the_list() -> None:
    rows = [{"area": a, "value": 20.0 + i / 10} for i, a in enumerate(EAST)]
    assert explain(compared(*rows)).empty


@pytest.mark.parametrize("judgement", ["worse", "better", "higher", "lower"])
def test_outside_998(judgement: str) -> None:
    rows = compared({"area": LUTON, "judgement": judgement, "judgement_998": judgement})
    assert rule_of(explain(rows)) == "outside_998"


@pytest.mark.parametrize(
    ("judgement", "direction", "listed"),
    [
        ("worse", "worsened", True),
        ("worse", "improved", False),
        ("worse", "no real change", False),
        ("similar", "worsened", False),
        ("better", "worsened", False),
    ],
)
def test_worse_and_worsening_needs_both(judgement: str, direction: str, listed: bool) -> None:
    rows = compared({"area": LUTON, "judgement": judgement})
    table = explain(rows, travel=TRAVEL.from_rows([moving(LUTON, direction)]))
    assert (rule_of(table) == "worse_and_worsening") is listed


def test_extreme_fifth_is_two_of_eleven_and_needs_a_real_difference() -> None:
    rows = [
        {"area": a, "value": 10.0 + i, "judgement": "higher" if i in (0, 8, 9) else "similar"}
        for i, a in enumerate(EAST)
    ]
    table = explain(compared(*rows))
    # Places 1, 2, 10 and 11 are the fifths; of them 1 and 10 really differ.
    assert set(table["area"]) == {EAST[0], EAST[9]}
    assert set(table["rule"]) == {"extreme_fifth"}


def test_ties_at_the_end_count_as_in_and_all_equal_as_out() -> None:
    tied = [
        {"area": a, "value": 10.0 if i < 3 else 20.0 + i, "judgement": "lower"}
        for i, a in enumerate(EAST)
    ]
    listed = set(explain(compared(*tied))["area"])
    assert listed == {*EAST[:3], *EAST[-2:]}
    equal = [{"area": a, "judgement": "lower"} for a in EAST]
    assert explain(compared(*equal)).empty


@pytest.mark.parametrize(("new", "listed"), [(True, "new_signal"), (False, "")])
def test_only_a_new_signal_counts(new: bool, listed: str) -> None:
    rows = compared({"area": LUTON})
    assert rule_of(explain(rows, trends=signal(LUTON, new=new))) == listed


def test_rules_are_joined_and_priority_is_the_stated_one() -> None:
    rows = compared(
        {"area": EAST[0], "judgement": "better", "judgement_998": "better", "value": 1.0},
        {"area": EAST[1], "judgement": "worse", "judgement_998": "worse", "value": 40.0},
        {"area": EAST[2], "judgement": "worse", "value": 30.0},
        {"area": EAST[3], "judgement": "worse", "judgement_998": "worse", "value": 60.0},
        {"area": EAST[4], "judgement": "worse", "judgement_998": "worse", "value": 90.0},
        {"area": EAST[5], "value": 20.5},
    )
    firm = FIRMNESS.from_rows(
        [
            {"area": a, "measure": "share", "period": QUARTER, "firmness": word}
            for a, word in (
                (EAST[1], "holds"),
                (EAST[3], "holds"),
                (EAST[4], "depends on the comparison"),
            )
        ]
    )
    table = explain(
        rows,
        travel=TRAVEL.from_rows([moving(EAST[2], "worsened")]),
        trends=signal(EAST[5], new=True),
        firmness=firm,
    )
    # Worse and worsening; then 99.8%: firm worse by size, shaky worse, better; then the signal.
    assert table["area"].tolist() == [EAST[2], EAST[3], EAST[1], EAST[4], EAST[0], EAST[5]]
    assert table["priority"].tolist() == [1, 2, 3, 4, 5, 6]
    assert rule_of(table, EAST[4]) == "outside_998, extreme_fifth"


def test_narrative_of_the_return_that_was_used_stands_beside() -> None:
    rows = compared({"area": LUTON, "judgement": "worse", "judgement_998": "worse"})
    sent = SUBMISSIONS.from_rows(
        [
            {"area": LUTON, "period": QUARTER, "outcome": "superseded", "narrative": "First."},
            {"area": LUTON, "period": QUARTER, "outcome": "used", "narrative": "Two teams merged."},
            {"area": LUTON, "period": "2025-26-Q2", "outcome": "used", "narrative": "Old."},
        ]
    )
    assert explain(rows, submissions=sent)["narrative"].tolist() == ["Two teams merged."]
    assert explain(rows)["narrative"].tolist() == [""]


def last_quarter(area: str = LUTON, rule: str = "outside_998") -> pd.DataFrame:
    row = {
        "area": area, "measure": "share", "period": "2025-26-Q2", "rule": rule, "priority": 1,
        "narrative": "A backlog was cleared.",
    }  # fmt: skip
    return EXPLAIN.from_rows([row])


@pytest.mark.parametrize(
    ("direction", "moved"),
    [
        ("improved", "better"),
        ("worsened", "worse"),
        ("rose", "higher"),
        ("no real change", "unchanged"),
    ],
)
def test_last_quarters_narrative_comes_back_with_whether_the_number_moved(
    direction: str, moved: str
) -> None:
    rows = compared({"area": LUTON, "judgement": "worse", "judgement_998": "worse"})
    travel = TRAVEL.from_rows([moving(LUTON, direction, "last quarter")])
    row = explain(rows, travel=travel, before=last_quarter()).iloc[0]
    assert row["narrative_before"] == "A backlog was cleared."
    assert row["rule_before"] == "outside_998"
    assert row["moved"] == moved
    assert explain(rows, travel=travel)["moved"].tolist() == [""]


def test_what_meets_no_rule_now_comes_back_once_and_last() -> None:
    rows = compared(
        {"area": LUTON}, {"area": EAST[0], "judgement": "worse", "judgement_998": "worse"}
    )
    table = explain(rows, before=last_quarter())
    assert table["area"].tolist() == [EAST[0], LUTON]
    assert rule_of(table) == "listed_last_quarter"
    again = explain(rows, before=table.assign(period="2025-26-Q2"))
    assert again["area"].tolist() == [EAST[0]]


def test_a_figure_asked_about_that_has_not_come_keeps_its_place() -> None:
    table = explain(compared({"area": EAST[0]}), before=last_quarter())
    row = table.iloc[0]
    assert (row["area"], row["period"], row["rule"]) == (LUTON, QUARTER, "listed_last_quarter")
    assert math.isnan(row["value"])
    assert row["moved"] == "not compared"


def test_a_missing_value_and_a_benchmark_of_zero_do_not_fail() -> None:
    rows = compared(
        {"area": LUTON, "value": math.nan, "judgement": "not compared", "status": "suppressed"},
        {"area": EAST[0], "benchmark_value": 0.0, "judgement": "worse", "judgement_998": "worse"},
    )
    assert explain(rows)["area"].tolist() == [EAST[0]]
    assert list(explain(COMPARISON.empty()).columns) == EXPLAIN.names


def test_rules_are_data_and_a_wrong_one_fails_with_its_name() -> None:
    ids = [rule.id for rule in RULES.rule]
    assert ids == ["worse_and_worsening", "outside_998", "new_signal", "extreme_fifth"]
    assert RULES.words("new_signal") == "a new signal this quarter"
    follow_up = RULES.follow_up.model_dump()
    with pytest.raises(ValueError, match="at least one condition"):
        ExplainRules(rule=[{"id": "all", "words": "everything"}], follow_up=follow_up)
    twice = RULES.rule[0].model_dump()
    with pytest.raises(ValueError, match="stands twice"):
        ExplainRules(rule=[twice, twice], follow_up=follow_up)
