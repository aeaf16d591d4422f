"""The rules as data: what is shipped is sound, and a wrong entry says what is wrong with it."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from slinb.check.describe import BEGIN, describe_rules, refresh_page
from slinb.check.rules import FIELDS, SUITES, RuleBook, load_rules, read_rules
from slinb.errors import CatalogueError, ParameterError

DOCS = Path(__file__).parents[2] / "docs" / "checks.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rules, to be broken."""
    with as_file(files("slinb.check")) as source:
        shutil.copytree(source / "suites", tmp_path / "suites")
        shutil.copy(source / "settings.toml", tmp_path)
    return tmp_path


def test_every_severity_is_used_and_stops_stand_in_the_two_stop_suites() -> None:
    rules = load_rules()
    stops = {n for n in SUITES for r in rules.suites[n] if r.severity == "stop"}
    assert stops == {"structure", "values"}
    assert {r.severity for r in rules.suites["structure"] + rules.suites["values"]} == {"stop"}
    assert {r.severity for r in rules.suites["questions"]} == {"query", "note"}


def test_a_rule_is_found_by_its_id() -> None:
    assert load_rules()["jump"].severity == "query"
    with pytest.raises(CatalogueError, match="leap"):
        load_rules()["leap"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('severity = "query"', 'severity = "grave"', "outside_range.*severity"),
        ("{plausible_low}", "{lowest}", r"nothing fills in \{lowest\}"),
        ('why = "A slip', 'because = "A slip', "because"),
        ("below = 0.001 }", "below = 0.001, at_least = 0 }", "exactly one"),
        ('id = "jump"', 'id = "shared_count"', "shared_count stand twice"),
        ("[[rule]]", "[[rule]", "not valid TOML"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(folder: Path, old: str, new: str, reason: str) -> None:
    file = folder / "suites" / "questions.toml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(CatalogueError, match=reason):
        read_rules(folder)


def test_every_field_of_a_sentence_is_used_somewhere() -> None:
    sentences = "".join(
        r.problem + r.action for rules in load_rules().suites.values() for r in rules
    )
    assert [name for name in FIELDS if f"{{{name}}}" not in sentences] == []


def test_the_page_on_checks_is_that_of_the_rules() -> None:
    page = DOCS.read_text(encoding="utf-8")
    assert refresh_page(page, load_rules()) == page, (
        "docs/checks.md is out of date: python -m slinb.check.describe docs/checks.md"
    )


def test_the_page_tells_everything_of_a_rule(folder: Path) -> None:
    file = folder / "suites" / "returns.toml"
    text = file.read_text(encoding="utf-8").replace("max_value = 0", "max_value = 1234")
    file.write_text(text, encoding="utf-8")
    rules: RuleBook = read_rules(folder)
    page = describe_rules(rules)
    for suite in rules.suites.values():
        for rule in suite:
            for part in (f"`{rule.id}` ({rule.severity})", rule.looks_for, rule.why, rule.problem):
                assert part in page
    assert "`days_late`, max_value = 1,234" in page


def test_a_page_without_marks_is_refused() -> None:
    with pytest.raises(ParameterError, match="marks"):
        refresh_page(f"# Checks\n{BEGIN}\n", load_rules())
