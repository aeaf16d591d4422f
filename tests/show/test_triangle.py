from __future__ import annotations

from collections.abc import Sequence
from html import unescape
from typing import Any

import pandas as pd

from slinb.analyse.triangle_band import TRIANGLE_BAND
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.catalogue.triangle import load_triangle_rules
from slinb.collect.audit_tables import AUDIT_RETURNS, NARRATIVES
from slinb.show.formats import decapitalise
from slinb.show.triangle import TRIANGLE_TABLES, TriangleView, triangle_html

MEASURES = load_measures()

LUTON, ESSEX = load_areas()["E06000032"], load_areas()["E10000012"]
SIDES = {
    "area": LUTON.code, "period": "2025-26-Q3", "data": "better", "better": "cp_repeat_pct",
    "worse": "", "travel": "worsened", "improved": "", "worsened": "rereferrals_pct",
    "audits": "below good", "basis": "moderated", "n": 8.0, "value": 37.5, "lower": 13.7,
    "upper": 69.4, "audit_status": "final", "moderation": "stricter", "narrative": "improving",
    "rules": "data_better_audits_below",
}  # fmt: skip
HELD = {
    "area": ESSEX.code, "audits": "unknown", "basis": "", "n": 3.0, "value": None,
    "audit_status": "suppressed", "moderation": "unknown", "narrative": "unknown", "rules": "",
    "data": "unknown", "better": "", "worsened": "",
}  # fmt: skip
ASKED = {"area": LUTON.code, "rule": "x", "words": "Two sides differ.", "question": "Why?"}
HELPER = {
    "area": LUTON.code, "measure": "cp_repeat_pct", "period": "2024-25", "value": 30.0,
    "helper": ESSEX.code, "helper_value": 12.0, "rank": 4, "closeness": "close",
    "helper_audits": "good",
}  # fmt: skip


BAND = {
    "area": LUTON.code, "period": "2023-24", "plans": 231.0, "neglect": 43.3,
    "neglect_status": "final", "neglect_region": 49.7, "band": None, "band_status": "suppressed",
    "band_region": 56.8,
}  # fmt: skip
PERIOD = Period.parse("2025-26-Q3")


def write(
    said: Sequence[dict[str, str]] = (), asked: bool = True, helpers: bool = True, cases: int = 0
) -> str:
    came = {"area": LUTON.code, "outcome": "used", "cases": cases}
    tables = {
        "triangle": pd.DataFrame([SIDES, {**SIDES, **HELD}]),
        "triangle_disagreements": pd.DataFrame([ASKED] if asked else [], columns=list(ASKED)),
        "triangle_helpers": pd.DataFrame([HELPER] if helpers else [], columns=list(HELPER)),
        "triangle_band": TRIANGLE_BAND.from_rows([BAND]),
        "audits_narratives": NARRATIVES.from_rows(list(said)),
        "audits_returns": AUDIT_RETURNS.from_rows([came]),
    }
    assert sorted(tables) == sorted(TRIANGLE_TABLES)
    return str(triangle_html(TriangleView(tables, [LUTON, ESSEX], PERIOD)))


def say(text: str, flagged: str = "", period: str = PERIOD.id) -> dict[str, str]:
    return {
        "area": LUTON.code, "prompt": "why", "text": text, "flagged": flagged, "period": period,
    }  # fmt: skip


def test_the_three_sides_stand_together() -> None:
    html = write()
    for words in (
        "Better than the region",
        f"Really better: {decapitalise(MEASURES['cp_repeat_pct'].short)}.",
        f"Really worsened in a year: {decapitalise(MEASURES['rereferrals_pct'].short)}.",
        "Below good",
        "38% (14 to 69), 3 of 8, good or better after moderation.",
        "Moderation made many grades worse.",
        "<strong>Improving</strong>",
        "Two sides differ. <strong>Ask:</strong> Why?",
    ):
        assert words in html
    assert "differs in Luton." in html


def test_withheld_audits_show_n_and_no_share() -> None:
    panel = write().split("triangle-essex")[1].split("</details>")[0]
    assert "Withheld" in panel and "c, of 3 cases: too few to show." in panel
    assert "%" not in panel.replace("(95%)", "")
    assert "Has not said" in panel


def test_free_text_is_escaped() -> None:
    html = write([say("<script>alert(1)</script> & more")])
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html


def test_a_flagged_text_is_held_back() -> None:
    html = write([say("Jack Brown moved.", "a name")])
    assert "Jack" not in html
    assert "Held back: the text seems to hold a name." in html


def test_a_text_that_was_left_out_of_the_table_is_still_said_to_be_held_back() -> None:
    assert "Held back: the text seems to hold a name." in write([say("", "a name")])


def test_without_narratives_no_words_of_an_authority_stand_there() -> None:
    assert "What happens next?" not in write()


def test_the_last_exercise_comes_back_beside_this_one() -> None:
    html = write([say("Training began.", period="2025-26-Q1"), say("It went on.")])
    assert "<br>“It went on.”</p>" in html
    assert "April to June 2025 (Q1 2025-26): “Training began.”</p>" in html
    alone = write([say("Training began.", period="2025-26-Q1")])
    assert "Not answered this time.</p>" in alone and "“Training began.”" in alone


def test_a_flagged_text_of_the_last_exercise_does_not_come_back() -> None:
    assert "Jack" not in write([say("Jack Brown moved.", "a name", "2025-26-Q1"), say("No.")])


def test_a_share_for_neglect_never_stands_without_its_band() -> None:
    assert (
        "Plans at 31 March 2024: 43% for neglect, c (withheld) for neglect or multiple; in the "
        "region 50% and 57%."
    ) in write()


def test_audits_without_a_usable_grade_are_not_called_absent(monkeypatch: Any) -> None:
    for name, value in (("audits", "unknown"), ("audit_status", "missing"), ("value", None)):
        monkeypatch.setitem(SIDES, name, value)
    assert "Came, its grades in doubt" in write(cases=12)
    assert "No audits" in write(cases=0)


def test_the_rules_stand_on_the_page() -> None:
    html = write()
    assert all(rule.words in unescape(html) for rule in load_triangle_rules().rules)
    assert "good from 70% good or better on, and below good under 50%" in html


def test_without_an_exercise_only_the_figures_speak() -> None:
    empty = {name: pd.DataFrame({"area": []}) for name in TRIANGLE_TABLES}
    empty["audits_returns"] = AUDIT_RETURNS.empty()
    html = str(triangle_html(TriangleView(empty, [LUTON], PERIOD)))
    assert "only the figures speak" in html


def test_no_disagreement_and_no_helper_are_said_in_words() -> None:
    html = write(asked=False, helpers=False)
    assert "contradict one another nowhere" in html
    assert "No authority that is really better is a statistical neighbour" in html


def test_who_could_help_whom_stands_with_both_figures() -> None:
    html = write()
    assert ">Essex: 12.0%</td>" in html
    assert ">4, close</td>" in html
