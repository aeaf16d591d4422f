"""A quarter with defects: all are found and nothing else, and no value is lost on the way."""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from slinb.catalogue.areas import DEFAULT_REGION
from slinb.check import CheckResult, check_quarter
from slinb.check.engine import run_suite
from slinb.check.frame import build_facts, build_value_frame
from slinb.check.rules import load_rules, read_rules
from slinb.check.summary import SUMMARY, verify_sum
from slinb.errors import SchemaError, SlinbError
from slinb.schema import OBSERVATIONS, QUERIES, STATUSES, SUBMISSIONS
from tests.check.planted import CODE, EXPECTED
from tests.check.quarters import (
    AREAS,
    EAST,
    HISTORY,
    LUTON,
    MEASURES,
    QUARTER,
    THURROCK,
    Tables,
    build_measures,
    clean_tables,
    find,
)  # fmt: skip

ALL = len(EAST) * len(MEASURES)


def test_clean_quarter_raises_nothing(clean_result: CheckResult) -> None:
    assert find(clean_result.queries) == []
    assert (len(clean_result.accepted), len(clean_result.quarantined)) == (ALL, 0)


def test_small_counts_raise_nothing() -> None:
    # Authorities of 1,000 to 10,000 children: a few looked after, quarters of 0 to 3 events.
    tables = clean_tables(seed=7, size=0.03)
    assert tables.observations["numerator"].lt(6).mean() > 0.3
    assert find(tables.check().queries) == []


def test_all_planted_defects_are_found_and_nothing_else(planted_result: CheckResult) -> None:
    expected = sorted((CODE[name], measure, rule) for name, measure, rule in EXPECTED)
    assert find(planted_result.queries) == expected


def test_stops_and_only_stops_are_quarantined(planted_result: CheckResult) -> None:
    queries = planted_result.queries
    stopped = queries[queries["severity"] == "stop"]
    key = ["area", "measure"]
    held = planted_result.quarantined[key].sort_values(key)
    assert held.to_numpy().tolist() == stopped[key].sort_values(key).to_numpy().tolist()
    assert len(planted_result.accepted) + len(planted_result.quarantined) == ALL - 1


def test_values_pass_through_as_they_were_sent(
    planted: Tables, planted_result: CheckResult
) -> None:
    parts = pd.concat([planted_result.accepted, planted_result.quarantined])
    came = planted.observations[planted.observations["sent"] != ""]
    key = ["area", "measure"]
    pd.testing.assert_frame_equal(
        parts.sort_values(key).reset_index(drop=True),
        OBSERVATIONS.conform(came).sort_values(key).reset_index(drop=True),
    )


def test_summary_adds_up_for_every_authority(planted_result: CheckResult) -> None:
    summary = planted_result.summary
    assert list(summary.columns) == SUMMARY.names
    assert (summary["accepted"] + summary["quarantined"]).equals(summary["sent"])
    assert (summary["sent"] + summary["missing"]).eq(summary["expected"]).all()
    suffolk = summary[summary["area"] == CODE["Suffolk"]].iloc[0]
    assert (suffolk["sent"], suffolk["missing"], suffolk["stop"]) == (11, 1, 1)
    severities = planted_result.queries["severity"].value_counts()
    assert summary[["stop", "query", "note"]].sum().to_dict() == severities.to_dict()


@pytest.mark.parametrize(
    ("name", "rule", "problem", "action"),
    [
        (
            "Luton", "numerator_above_denominator",
            "Luton, sheet Front door, E6:F6: you sent 379 of 279 for “Rereferrals pct”. "
            "The part cannot exceed the whole.",
            "Check both cells and send the workbook again.",
        ),
        (
            "Peterborough", "shared_count",
            "Peterborough, sheet Front door, F6: you sent 2,312 for the number of referrals here "
            "and 2,303 in sheet Front door, E5, “Referrals rate”. It is the same count.",
            "Correct the one that is wrong, or tell us why they differ.",
        ),
        (
            "Bedford", "jump",
            "Bedford, sheet Front door, E15:F15: “Median days”: 75.0 days this quarter, against "
            "28.4 to 35.3 days in the last 8 quarters.",
            "Check the cell. If the figure is right, tell us what has changed.",
        ),
        (
            "Thurrock", "outside_range",
            "Thurrock, sheet Front door, E13:F13: you sent 8,480 over 139.4 for “Caseload”, which "
            "makes 60.8 cases. Figures between 5 and 35 cases are usual.",
            "Check the cell. If the figure is right, tell us why it is so unusual.",
        ),
        (
            "Essex", "published_disagrees",
            "Essex, sheet Front door, E15:F15: “Median days” is 35.4 days. The figure last "
            "published (Department for Education, 31 March 2025) is 12.0 days.",
            "Check that the definition is the published one. If the figure is right, tell us "
            "what has changed.",
        ),
        (
            "Norfolk", "percentage_as_fraction",
            "Norfolk, sheet Front door, E16:F16: you sent 0.72 for “Survey pct”. This looks like a "
            "percentage written as a decimal, such as 0.27 for 27%.",
            "Send the figure in per cent (27, not 0.27).",
        ),
        (
            "Norfolk", "late_return",
            "Norfolk: the return came on 3 February 2026; it was due by 31 January 2026.",
            "Nothing to mend. If the date does not suit, tell us.",
        ),
        (
            "Thurrock", "unreadable_cell",
            "Thurrock, sheet Front door, E12:F12: “about 30” is not a number.",
            "Type the number.",
        ),
    ],
)  # fmt: skip
def test_messages_say_who_where_what_and_what_to_do(
    planted_result: CheckResult, name: str, rule: str, problem: str, action: str
) -> None:
    queries = planted_result.queries
    query = queries[queries["area"].eq(CODE[name]) & queries["rule"].eq(rule)].iloc[0]
    assert query["problem"] == problem
    assert query["action"] == action


def test_every_suite_is_reported(planted_result: CheckResult) -> None:
    suites = planted_result.suites
    assert list(suites["suite"].unique()) == [
        "structure", "values", "questions", "returns", "completeness",
    ]  # fmt: skip
    above = suites[suites["rule"] == "numerator_above_denominator"]
    assert above["failed"].tolist() == [1, 1]
    assert above["severity"].eq("stop").all()


@pytest.fixture(scope="module")
def odd_result(clean: Tables) -> CheckResult:
    """Rows that are nobody's, of nothing, of no quarter, of no standing or there twice."""
    rows = clean.observations[clean.observations["measure"] == "caseload"].head(5)
    odd = rows.assign(
        area=[LUTON, "E06000001", LUTON, LUTON, LUTON],
        measure=["caseload", "caseload", "moon_phase", "caseload", "caseload"],
        period=[QUARTER.id, QUARTER.id, QUARTER.id, "2025-26-Q2", QUARTER.id],
        status=["final", "final", "final", "final", "splendid"],
    )
    observations = pd.concat([clean.observations, odd.iloc[[1, 2, 3, 4]]], ignore_index=True)
    return replace(clean, observations=observations).check()


def test_rows_out_of_place_are_quarantined(odd_result: CheckResult) -> None:
    assert find(odd_result.queries) == sorted(
        [
            ("E06000001", "caseload", "unknown_area"),
            (LUTON, "moon_phase", "unknown_measure"),
            (LUTON, "caseload", "wrong_period"),
            (LUTON, "caseload", "unknown_status"),
            (LUTON, "caseload", "sent_twice"),
        ]
    )
    assert (len(odd_result.accepted), len(odd_result.quarantined)) == (ALL - 1, 5)


def test_what_came_from_elsewhere_stands_in_the_summary(odd_result: CheckResult) -> None:
    stray = odd_result.summary.set_index(["area", "period"]).loc[("E06000001", QUARTER.id)]
    assert (stray["expected"], stray["sent"], stray["quarantined"]) == (0, 1, 1)
    assert odd_result.summary["sent"].sum() == ALL + 4


@pytest.fixture(scope="module")
def gaps_result(clean: Tables) -> CheckResult:
    """Nothing from Luton; a refused workbook of Thurrock; an earlier one of Bedford; more."""
    gone = clean.observations["area"].isin([LUTON, THURROCK])
    submissions = clean.submissions[~clean.submissions["area"].isin([LUTON])].copy()
    submissions.loc[submissions["area"].eq(THURROCK), "outcome"] = "refused"
    earlier = {"area": CODE["Bedford"], "period": QUARTER.id, "file": "bedford_v1.xlsx",
               "received": "2026-03-20", "outcome": "superseded"}  # fmt: skip
    submissions = pd.concat([submissions, SUBMISSIONS.from_rows([earlier])])
    read = QUERIES.from_rows(
        [
            {"area": CODE["Essex"], "period": QUARTER.id, "severity": "stop",
             "rule": "column_missing", "sheet": "Front door", "problem": "No such column."},
            {"area": CODE["Norfolk"], "period": QUARTER.id, "severity": "query",
             "rule": "row_missing", "measure": "cla_rate", "problem": "Its row is not there."},
            {"area": CODE["Suffolk"], "period": QUARTER.id, "severity": "stop",
             "rule": "merged_cell", "measure": "cla_rate", "file": "C:\\in\\return_suffolk.xlsx",
             "problem": "The cell is merged."},
            {"area": CODE["Suffolk"], "period": QUARTER.id, "severity": "stop",
             "rule": "merged_cell", "measure": "caseload", "file": "return_suffolk_v1.xlsx",
             "problem": "The cell is merged."},
            {"area": CODE["Suffolk"], "period": "2024-25", "severity": "query",
             "rule": "unreadable_number", "measure": "cla_rate", "file": "published.csv",
             "problem": "“1o” is no number."},
        ]
    )  # fmt: skip
    tables = replace(
        clean, observations=clean.observations[~gone], submissions=submissions, read=read
    )
    for name in ("Essex", "Norfolk"):
        tables = tables.change(
            CODE[name], "cla_rate", numerator=math.nan, denominator=math.nan, value=math.nan,
            status="missing", sent="",
        )  # fmt: skip
    return tables.check()


def test_missing_refused_and_replaced_returns(gaps_result: CheckResult) -> None:
    checks = gaps_result.queries[gaps_result.queries["rule"].str.endswith("_return")]
    assert find(checks) == sorted(
        [(LUTON, "", "missing_return"), (CODE["Bedford"], "", "superseded_return")]
    )
    missing = checks[checks["rule"] == "missing_return"].iloc[0]
    assert missing["problem"] == (
        "Luton: no figures have come for October to December 2025 (Q3 2025-26)."
    )


def test_gaps_that_the_reader_explained_are_not_asked_again(gaps_result: CheckResult) -> None:
    assert "missing_value" not in set(gaps_result.queries["rule"])
    summary = gaps_result.summary.set_index("area")
    assert summary.loc[[CODE["Essex"], CODE["Norfolk"]], "missing"].tolist() == [1, 1]
    assert summary.loc[[LUTON, THURROCK], "missing"].tolist() == [len(MEASURES)] * 2
    # A query about a published figure is kept, but is not about a return.
    assert summary.index.is_unique
    assert summary.loc[CODE["Suffolk"], ["stop", "query"]].tolist() == [2, 0]
    assert "unreadable_number" in set(gaps_result.queries["rule"])


def test_reader_stops_quarantine_the_value_of_that_file_only(gaps_result: CheckResult) -> None:
    assert gaps_result.quarantined[["area", "measure"]].to_numpy().tolist() == [
        [CODE["Suffolk"], "cla_rate"]
    ]


def test_several_quarters_at_once_give_what_each_gives_alone(
    planted: Tables, planted_result: CheckResult
) -> None:
    earlier = planted.history["period"].eq(HISTORY[-1].id)
    both = replace(
        planted,
        observations=pd.concat([planted.observations, planted.history[earlier]]),
        history=planted.history[~earlier],
        submissions=pd.concat(
            [
                planted.submissions,
                planted.submissions.assign(period=HISTORY[-1].id, received="2025-10-20"),
            ]
        ),
    ).check((HISTORY[-1], QUARTER))
    last = both.queries[both.queries["period"] == QUARTER.id]
    assert find(last) == find(planted_result.queries)
    assert len(both.summary) == 2 * len(EAST)


def test_events_of_a_quarter_may_be_divided_by_none(clean: Tables) -> None:
    # A conference may follow an enquiry of the quarter before; a caseload has no such excuse.
    rules = load_rules()
    tables = clean.change(LUTON, "caseload", numerator=3.0, denominator=0.0)
    rows = tables.observations.assign(row=np.arange(len(tables.observations)))
    for basis, found in (("snapshot", ["nothing_to_divide_by"]), ("quarter", [])):
        shown = "rolling12" if basis == "quarter" else basis
        measures = build_measures(caseload={"basis": basis, "shown": shown})
        frame = build_value_frame(rows, build_facts(measures, rules.settings))
        outcome = run_suite(frame, "values", rules.suites["values"])
        assert outcome.findings["rule"].tolist() == found


def test_a_region_may_have_thresholds_of_its_own(clean: Tables, tmp_path: Path) -> None:
    with as_file(files("slinb.check")) as source:
        shutil.copytree(source / "suites", tmp_path / "suites")
        shutil.copy(source / "settings.toml", tmp_path)
    file = tmp_path / "suites" / "returns.toml"
    strict = file.read_text(encoding="utf-8").replace("max_value = 0", "max_value = -14")
    file.write_text(strict, encoding="utf-8")
    result = clean.check(rules=read_rules(tmp_path))
    assert set(result.queries["rule"]) == {"late_return"}
    assert len(result.queries) == len(EAST)


def test_nothing_sent_by_anyone() -> None:
    empty = (OBSERVATIONS.empty(), OBSERVATIONS.empty(), OBSERVATIONS.empty())
    result = check_quarter(
        *empty, SUBMISSIONS.empty(), QUERIES.empty(), MEASURES, AREAS, QUARTER, DEFAULT_REGION
    )
    assert set(result.queries["rule"]) == {"missing_return"}
    assert len(result.queries) == len(result.summary) == len(EAST)
    assert result.accepted.dtypes.equals(OBSERVATIONS.empty().dtypes)


@pytest.mark.parametrize("column", ["sheet", "sent"])
def test_table_without_a_column_is_refused(clean: Tables, column: str) -> None:
    broken = replace(clean, observations=clean.observations.drop(columns=column))
    with pytest.raises(SchemaError, match="table_columns"):
        broken.check()


def test_numbers_kept_as_text_are_refused(clean: Tables) -> None:
    text = clean.observations.astype({"numerator": "str"})
    with pytest.raises(SchemaError, match="column_types"):
        replace(clean, observations=text).check()


def test_sum_that_does_not_hold_raises() -> None:
    rows = pd.DataFrame({"row": [0, 1, 2]})
    verify_sum(rows, rows[:2], rows[2:])
    for accepted, quarantined in ((rows[:1], rows[2:]), (rows, rows[2:]), (rows[:2], rows[1:2])):
        with pytest.raises(SlinbError, match="fault of slinb"):
            verify_sum(rows, accepted, quarantined)


NUMBERS = st.sampled_from([math.nan, 0.0, 1.0, 0.27, -3.0, 12.5, 312.0, 1151.0, 1e9, math.inf])
ROWS = st.tuples(
    st.sampled_from([a.code for a in EAST] + ["E06000001", ""]),
    st.sampled_from([*(m.id for m in MEASURES), "moon_phase"]),
    st.sampled_from([QUARTER.id, QUARTER.id, QUARTER.id, "2025-26-Q2"]),
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from([*STATUSES, "splendid"]),
    st.sampled_from(["", "312", "=1+1"]),
)


@settings(
    max_examples=4, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(ROWS, min_size=1, max_size=80))
def test_values_in_are_accepted_or_quarantined_always(clean: Tables, rows: list[tuple]) -> None:
    columns = ["area", "measure", "period", "numerator", "denominator", "value", "status", "sent"]
    frame = OBSERVATIONS.from_rows([dict(zip(columns, row, strict=True)) for row in rows])
    result = replace(clean, observations=frame).check()
    came = int((frame["sent"].ne("") | frame["status"].ne("missing")).sum())
    assert len(result.accepted) + len(result.quarantined) == came
    assert result.summary["sent"].sum() == came
    good = result.accepted
    assert good["area"].isin([a.code for a in EAST]).all()
    assert not good.duplicated(["area", "period", "measure"]).any()
    shares = good[good["measure"].str.endswith("_pct") & good["status"].eq("final")]
    assert not (shares["numerator"] > shares["denominator"]).any()
    assert not np.isinf(good.loc[good["status"].eq("final"), "numerator"]).any()
