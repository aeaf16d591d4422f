"""docs/records.md names every rule that can be noted and every check of S17."""

from __future__ import annotations

import ast
from pathlib import Path

from slinb.records.vocabulary import CHECKS, TITLES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "records.md").read_text(encoding="utf-8")
#: Functions that note a problem, and the position of the rule among their arguments.
NOTING = {"note": 0, "_note_rows": 3, "_note_cells": 1, "_note_columns": 1, "note_values": 3}


def find_rules() -> set[str]:
    """Return every rule that is written out where something is noted."""
    rules = set()
    for path in (ROOT / "slinb" / "records").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = NOTING.get(name, -1)
                rule = node.args[at] if 0 <= at < len(node.args) else None
                if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
                    rules.add(rule.value)
    return rules


def test_every_rule_is_documented() -> None:
    rules = find_rules()
    assert len(rules) > 25
    assert {rule for rule in rules if rule not in TEXT} == set()


def test_every_check_and_measure_is_documented() -> None:
    assert {check for check in CHECKS if check not in TEXT} == set()
    assert all(f"| {measure}" in TEXT or f", {measure}" in TEXT for measure in TITLES)
