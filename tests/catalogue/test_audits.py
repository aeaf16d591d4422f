from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import pytest

from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.reading import build_entry
from slinb.catalogue.triangle import TriangleRules
from slinb.errors import CatalogueError


def read_raw(name: str) -> dict[str, Any]:
    return tomllib.loads((files("slinb.catalogue") / name).read_text(encoding="utf-8"))


def test_the_instrument_has_sixteen_questions_on_ofsteds_scale() -> None:
    instrument = load_audit_instrument()
    assert [q.number for q in instrument.questions] == list(range(1, 17))
    assert [g.word for g in instrument.grades] == [
        "outstanding", "good", "requires improvement to be good", "inadequate",
    ]  # fmt: skip
    assert instrument.good == (1, 2)
    assert instrument.withhold_below == 5
    assert [p.id for p in instrument.prompts] == [
        "direction", "what_changed", "why", "what_next", "offer",
    ]  # fmt: skip


def test_an_unknown_id_is_its_own_label() -> None:
    assert load_audit_instrument().label("theme", "new_theme") == "new_theme"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda raw: raw["question"].pop(3), "numbers run 1, 2, 3"),
        (lambda raw: raw["question"][1].update(id="named"), "an id stands twice"),
        (lambda raw: raw["grade"][0]["spellings"].append("g"), "stands for two grades"),
        (lambda raw: raw["choice"][0]["spellings"].append("cin"), "stands for two entries"),
        (lambda raw: raw["prompt"][1].update(id="direction"), "an id stands twice"),
        (lambda raw: raw.update(withhold_below=0), "greater than or equal to 1"),
        (
            lambda raw: raw.update(choice=[c for c in raw["choice"] if c["list"] != "tool"]),
            "the list “tool” is empty",
        ),
    ],
)
def test_a_mistake_in_the_instrument_is_named(
    spoil: Callable[[dict[str, Any]], object], words: str
) -> None:
    raw = read_raw("audit_questions.toml")
    spoil(raw)
    with pytest.raises(CatalogueError, match=words):
        build_entry(AuditInstrument, raw, "audit_questions.toml")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda raw: raw["measures"].append("no_such"), "has no “no_such”"),
        (lambda raw: raw["measures"].append("cp_neglect_pct"), "has no polarity"),
        (lambda raw: raw.update(below_good=80.0), "lies above good_from"),
        (lambda raw: raw["rule"].append(raw["rule"][0]), "an id stands twice"),
    ],
)
def test_a_mistake_in_the_rules_of_the_triangle_is_named(
    spoil: Callable[[dict[str, Any]], object], words: str
) -> None:
    raw = read_raw("triangle.toml")
    spoil(raw)
    with pytest.raises(CatalogueError, match=words):
        build_entry(TriangleRules, raw, "triangle.toml")
