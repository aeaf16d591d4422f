from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from slinb.analyse.audits import grade_audits
from slinb.analyse.moderation import measure_moderation
from slinb.analyse.triangle import TRIANGLE, build_triangle, list_disagreements, match_helpers
from slinb.catalogue.areas import Neighbour
from slinb.catalogue.reading import build_entry
from slinb.catalogue.triangle import DisagreementRule, load_triangle_rules
from slinb.errors import CatalogueError
from slinb.schema import COMPARISON, TRAVEL
from tests.analyse.audit_cases import ESSEX, INSTRUMENT, LUTON, QUARTER, REGION, make_cases

RULES = load_triangle_rules()
GOOD = [(2, 2)] * 9 + [(3, 3)]  # 90% good
BELOW = [(2, 2)] * 2 + [(3, 3)] * 8  # 20% good
MIXED = [(2, 2)] * 6 + [(3, 3)] * 4  # 60% good
STRICTER = [(1, 2)] * 4 + [(2, 2)] * 5 + [(3, 3)]  # 90% good, 40% moved down


def judge(area: str, measure: str, judgement: str, **more: Any) -> dict[str, Any]:
    return {
        "area": area, "measure": measure, "judgement": judgement, "benchmark": "region",
        "period": "2025-26-Q3", **more,
    }  # fmt: skip


def move(measure: str, direction: str, since: str = "a year ago") -> dict[str, Any]:
    return {"area": LUTON, "measure": measure, "direction": direction, "since": since}


def build(
    data: str = "",
    travel: str = "",
    grades: list[tuple[int, int]] | None = None,
    narrative: str = "",
    **more: Any,
) -> pd.Series:
    """Return Luton's row for what each side says; an empty side says nothing."""
    comparison = [judge(LUTON, "cp_repeat_pct", data)] if data else []
    moves = [move("cp_repeat_pct", travel)] if travel else []
    cases = make_cases(LUTON, *(grades or []))
    said = [{"area": LUTON, "period": QUARTER, "prompt": "direction", "choice": narrative}]
    table = build_triangle(
        COMPARISON.from_rows(more.get("comparison", comparison)),
        TRAVEL.from_rows(more.get("moves", moves)),
        grade_audits(cases, INSTRUMENT, REGION),
        measure_moderation(cases, INSTRUMENT, REGION),
        pd.DataFrame(said),
        RULES,
        [LUTON],
        QUARTER,
    )
    assert list(table.columns) == TRIANGLE.names
    return table.iloc[0]


#: For each rule the sides by which it holds, and a change of one side by which it does not.
BOTH_WAYS = {
    "data_better_audits_below": (
        {"data": "better", "grades": BELOW}, {"grades": GOOD}, {"data": "worse"},
    ),
    "audits_good_data_worse": (
        {"data": "worse", "grades": GOOD}, {"grades": BELOW}, {"data": "better"},
    ),
    "says_improving_data_worsened": (
        {"narrative": "improving", "travel": "worsened"}, {"narrative": "worsening"},
        {"travel": "improved"},
    ),
    "says_worsening_data_improved": (
        {"narrative": "worsening", "travel": "improved"}, {"narrative": "improving"},
        {"travel": "worsened"},
    ),
    "says_improving_audits_below": (
        {"narrative": "improving", "grades": BELOW}, {"grades": MIXED}, {"narrative": "steady"},
    ),
    "says_worsening_audits_good": (
        {"narrative": "worsening", "grades": GOOD}, {"grades": MIXED},
        {"narrative": "cannot_say"},
    ),
    "says_steady_data_worsened": (
        {"narrative": "steady", "travel": "worsened"}, {"travel": "no real change"},
        {"narrative": "worsening"},
    ),
    "audits_good_moderation_stricter": (
        {"grades": STRICTER}, {"grades": GOOD}, {"grades": BELOW},
    ),
}  # fmt: skip


def test_every_rule_is_tested() -> None:
    assert list(BOTH_WAYS) == [r.id for r in RULES.rules]


@pytest.mark.parametrize("rule", BOTH_WAYS)
def test_each_rule_holds_and_does_not_hold(rule: str) -> None:
    sides, *changes = BOTH_WAYS[rule]
    assert rule in build(**sides)["rules"].split()
    for change in changes:
        assert rule not in build(**{**sides, **change})["rules"].split()
    # A side that says nothing disagrees with none.
    for side in sides:
        assert rule not in build(**{k: v for k, v in sides.items() if k != side})["rules"].split()


def test_sides_that_agree_meet_no_rule() -> None:
    assert build("better", "improved", GOOD, "improving")["rules"] == ""
    assert build("worse", "worsened", BELOW, "worsening")["rules"] == ""


def test_measures_on_both_sides_are_mixed_and_meet_no_rule_of_one_side() -> None:
    row = build(
        grades=BELOW,
        comparison=[
            judge(LUTON, "cp_repeat_pct", "better"),
            judge(LUTON, "rereferrals_pct", "worse"),
        ],
    )
    assert (row["data"], row["better"], row["worse"]) == (
        "mixed", "cp_repeat_pct", "rereferrals_pct",
    )  # fmt: skip
    assert row["rules"] == ""


def test_only_the_stated_measures_benchmark_and_time_are_read() -> None:
    row = build(
        comparison=[
            judge(LUTON, "vacancy_rate", "better"),
            judge(LUTON, "cp_repeat_pct", "better", benchmark="england"),
        ],
        moves=[move("cp_repeat_pct", "worsened", "last quarter")],
    )
    assert (row["data"], row["travel"]) == ("unknown", "unknown")


def test_withheld_audits_are_unknown_with_their_n_given() -> None:
    row = build("better", grades=BELOW[-3:])
    assert (row["audits"], row["audit_status"], row["n"]) == ("unknown", "suppressed", 3)
    assert pd.isna(row["value"])
    assert row["rules"] == ""


def test_moderated_grades_count_before_own_ones() -> None:
    row = build(grades=[(2, 3)] * 6)
    assert (row["basis"], row["audits"], row["value"]) == ("moderated", "below good", 0)
    few = build(grades=[(2, 3)] * 2 + [(2, None)] * 4)  # type: ignore[list-item]
    assert (few["basis"], few["audits"], few["n"]) == ("own", "good", 6)


def test_no_audits_at_all_are_missing() -> None:
    row = build("better")
    assert (row["audits"], row["audit_status"], row["n"]) == ("unknown", "missing", 0)


def test_disagreements_carry_the_words_and_the_question() -> None:
    table = pd.DataFrame([build("better", grades=BELOW)])
    found = list_disagreements(table, RULES)
    assert found["rule"].tolist() == ["data_better_audits_below"]
    assert found["question"].iloc[0].endswith("?")


def help_out(neighbour: str, helper: str) -> pd.DataFrame:
    comparison = COMPARISON.from_rows(
        [
            judge(LUTON, "cp_repeat_pct", "worse", value=30.0),
            judge(ESSEX, "cp_repeat_pct", helper, value=10.0),
        ]
    )
    near = {LUTON: (Neighbour(LUTON, 4, neighbour, "Close"),)}
    triangle = pd.DataFrame({"area": [ESSEX], "audits": ["good"]})
    return match_helpers(comparison, triangle, near, RULES)


def test_a_neighbour_that_is_really_better_could_help() -> None:
    row = help_out(ESSEX, "better").iloc[0]
    assert (row["area"], row["helper"], row["rank"], row["helper_audits"]) == (
        LUTON, ESSEX, 4, "good",
    )  # fmt: skip
    assert (row["value"], row["helper_value"]) == (30, 10)


def test_neither_a_stranger_nor_a_neighbour_no_better_could_help() -> None:
    assert help_out("E06000055", "better").empty
    assert help_out(ESSEX, "similar").empty


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"data": ["better"]}, "at least two sides"),
        ({"data": ["best"], "audits": ["good"]}, "Input should be"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(entry: dict[str, Any], words: str) -> None:
    raw = {"id": "x", "words": "Some words.", "question": "Why is it?", **entry}
    with pytest.raises(CatalogueError, match=words):
        build_entry(DisagreementRule, raw, "triangle.toml")
