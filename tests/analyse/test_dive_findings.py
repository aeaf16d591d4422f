"""The choice of findings: how many a page has, and none twice of one line."""

from __future__ import annotations

from slinb.analyse.dive_findings import Found, choose_pages
from slinb.analyse.dive_scope import Scope
from slinb.catalogue.periods import Period

SCOPE = Scope("made-up", "R", ["A", "B"], Period.parse("2025-26-Q3"))


def make_found(line: str, value: float) -> Found:
    return {"pattern": "similar", "line": line, "measure": "M", "period": "", "value": value}


def test_a_page_takes_the_first_of_each_line_up_to_the_most() -> None:
    region = [make_found(line, i) for i, line in enumerate(["long", "long", "", "", "back", "far"])]
    made = choose_pages(SCOPE, 4, region, lambda area: [make_found(area, 9)])
    own = made[made["area"].eq("R")]
    assert list(own["line"]) == ["long", "", "", "back"]
    assert list(own["value"]) == [0, 2, 3, 4]
    assert list(own["order"]) == [1, 2, 3, 4]
    assert list(made["area"]) == ["R"] * 4 + ["A", "B"]


def test_an_authority_without_anything_to_say_has_no_page() -> None:
    assert choose_pages(SCOPE, 5, [], lambda area: []).empty  # noqa: ARG005 - nothing of any
