"""Changes since last quarter: each case of two judgements, and nothing where one is missing."""

from __future__ import annotations

import itertools

import pytest

from slinb.analyse.changes import list_changes
from slinb.schema import COMPARISON

NOW, BEFORE, LONG_AGO = "2025-26-Q3", "2025-26-Q2", "2025-26-Q1"


def rows(*judgements: tuple[str, str], benchmark: str = "region") -> list[dict[str, str]]:
    shared = {"area": "E06000032", "measure": "m", "benchmark": benchmark}
    return [{**shared, "period": p, "judgement": j} for p, j in judgements]


def changes(*given: dict[str, str]) -> list[str]:
    found = list_changes(COMPARISON.from_rows(list(given)), {"m": NOW})
    return found["change"].tolist()


WORDS = ("better", "worse", "similar", "not compared", "")
#: Written out by hand: what a reader would call it.
NAMED = {
    ("similar", "better"): "new",
    ("similar", "worse"): "new",
    ("better", "similar"): "ended",
    ("worse", "similar"): "ended",
    ("better", "worse"): "turned",
    ("worse", "better"): "turned",
}


@pytest.mark.parametrize(("before", "now"), list(itertools.product(WORDS, WORDS)))
def test_each_pair_of_judgements(before: str, now: str) -> None:
    expected = [NAMED[before, now]] if (before, now) in NAMED else []
    assert changes(*rows((BEFORE, before), (NOW, now))) == expected


def test_a_figure_that_is_new_has_not_changed() -> None:
    assert changes(*rows((NOW, "worse"))) == []


def test_only_the_quarter_before_counts() -> None:
    assert changes(*rows((LONG_AGO, "similar"), (NOW, "worse"))) == []


def test_only_the_region_counts() -> None:
    assert changes(*rows((BEFORE, "similar"), (NOW, "worse"), benchmark="england")) == []


def test_both_quarters_and_judgements_are_kept() -> None:
    table = COMPARISON.from_rows(rows((BEFORE, "similar"), (NOW, "worse")))
    row = list_changes(table, {"m": NOW}).iloc[0]
    assert (row["period_before"], row["judgement_before"]) == (BEFORE, "similar")
    assert (row["period"], row["judgement"]) == (NOW, "worse")
