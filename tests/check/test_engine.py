"""Great Expectations as it is used here: its traps, and that nothing leaves the machine."""

from __future__ import annotations

import subprocess
import sys
import textwrap

import pandas as pd
import pytest

from slinb.check.engine import run_suite
from slinb.check.rules import Rule
from slinb.errors import CatalogueError, SchemaError

FRAME = pd.DataFrame(
    {
        "row": [10, 11, 12, 13, 14],
        "part": [1.0, 5.0, float("nan"), 7.0, 3.0],
        "whole": [2.0, 4.0, 4.0, float("nan"), 3.0],
        "kind": ["share", "share", "share", "share", "count"],
    }
)


def build_rule(rule_id: str, *expect: dict, severity: str = "query") -> Rule:
    words = {"looks_for": "a test", "why": "a test", "problem": "it failed", "action": "mend"}
    return Rule.model_validate({"id": rule_id, "severity": severity, "expect": expect} | words)


BETWEEN = {
    "type": "ExpectColumnValuesToBeBetween",
    "arguments": {"column": "part", "max_value": 4},
}
WITHIN = {
    "type": "ExpectColumnPairValuesAToBeGreaterThanB",
    "arguments": {"column_A": "whole", "column_B": "part", "or_equal": True},
}
ABSENT = {"type": "ExpectColumnValuesToBeBetween", "arguments": {"column": "nope", "max_value": 4}}


def test_failing_rows_are_named_and_missing_figures_are_passed_over() -> None:
    outcome = run_suite(FRAME, "test", [build_rule("within", WITHIN), build_rule("most", BETWEEN)])
    found = outcome.findings[["row", "rule"]].to_numpy().tolist()
    assert found == [[11, "within"], [11, "most"], [13, "most"]]
    assert outcome.first_rules().to_dict() == {11: "within", 13: "most"}
    assert outcome.results["looked_at"].tolist() == [3, 4]
    assert outcome.results["failed"].tolist() == [1, 2]


def test_conditions_all_have_to_hold() -> None:
    when = [{"column": "kind", "is_in": ["share"]}, {"column": "whole", "below": 3}]
    outcome = run_suite(FRAME, "test", [build_rule("some", {**BETWEEN, "when": when})])
    assert outcome.results[["looked_at", "failed"]].to_numpy().tolist() == [[1, 0]]
    when = [{"column": "part", "at_least": 5}]
    outcome = run_suite(FRAME, "test", [build_rule("some", {**BETWEEN, "when": when})])
    assert outcome.findings["row"].tolist() == [11, 13]


def test_results_stand_in_the_order_of_the_rules_whatever_order_they_come_in() -> None:
    # Great Expectations puts failures first; two expectations of one rule count once a row.
    rules = [
        build_rule("fine", {**BETWEEN, "arguments": {"column": "part", "max_value": 99}}),
        build_rule("twice", BETWEEN, {**BETWEEN, "arguments": {"column": "part", "max_value": 2}}),
        build_rule("also_fine", {**BETWEEN, "arguments": {"column": "whole", "max_value": 99}}),
    ]
    outcome = run_suite(FRAME, "test", rules)
    assert outcome.results["rule"].tolist() == ["fine", "twice", "twice", "also_fine"]
    assert outcome.results["failed"].tolist() == [0, 2, 3, 0]
    assert outcome.findings["row"].tolist() == [11, 13, 14]


def test_a_missing_column_is_an_error_and_no_clean_bill() -> None:
    with pytest.raises(SchemaError, match=r"“absent” could not be judged.*nope"):
        run_suite(FRAME, "test", [build_rule("fine", BETWEEN), build_rule("absent", ABSENT)])
    condition = {**BETWEEN, "when": [{"column": "nope", "below": 3}]}
    with pytest.raises(SchemaError, match="“some” could not be judged"):
        run_suite(FRAME, "test", [build_rule("some", condition)])


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "ExpectTheMoon", "arguments": {}},
        {"type": "ExpectColumnValuesToBeBetween", "arguments": {"kolumn": "part"}},
    ],
)
def test_an_expectation_that_does_not_exist_names_its_rule(wrong: dict) -> None:
    with pytest.raises(CatalogueError, match="“wrong”"):
        run_suite(FRAME, "test", [build_rule("wrong", wrong)])


def test_a_frame_without_rows_has_nothing_to_fail() -> None:
    outcome = run_suite(FRAME.iloc[:0], "test", [build_rule("most", BETWEEN)])
    assert outcome.findings.empty
    assert outcome.results[["rule", "looked_at"]].to_numpy().tolist() == [["most", 0]]


def test_judging_leaves_the_frame_and_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    before = FRAME.copy()
    run_suite(FRAME, "test", [build_rule("most", BETWEEN)])
    pd.testing.assert_frame_equal(FRAME, before)
    assert capfd.readouterr() == ("", "")


def test_nothing_leaves_the_machine() -> None:
    """In a fresh process where no socket may connect: import, run, and say what was tried."""
    script = textwrap.dedent(
        """
        import socket, sys
        tried = []
        def refuse(*args, **kwargs):
            tried.append(args)
            raise OSError("no network in this test")
        socket.socket.connect = socket.socket.connect_ex = refuse
        socket.getaddrinfo = socket.create_connection = refuse
        import slinb.check
        assert "great_expectations" not in sys.modules, "imported before it is needed"
        from tests.check.test_engine import BETWEEN, FRAME, WITHIN, build_rule
        from slinb.check.engine import run_suite
        outcome = run_suite(FRAME, "test", [build_rule("most", BETWEEN, WITHIN)])
        assert outcome.findings["row"].tolist() == [11, 13]
        assert tried == [], tried
        print("done")
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr
