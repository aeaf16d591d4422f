from __future__ import annotations

import pandas as pd

from slinb.catalogue.areas import load_areas
from slinb.catalogue.audits import load_audit_instrument
from slinb.catalogue.measures import load_measures
from slinb.show.formats import decapitalise
from slinb.show.triangle import triangle_html

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


def write(
    said: list[dict[str, str]] | None = None, asked: bool = True, helpers: bool = True
) -> str:
    return str(
        triangle_html(
            pd.DataFrame([SIDES, {**SIDES, **HELD}]),
            pd.DataFrame([ASKED] if asked else [], columns=list(ASKED)),
            pd.DataFrame([HELPER] if helpers else [], columns=list(HELPER)),
            [LUTON, ESSEX],
            MEASURES,
            load_audit_instrument(),
            None if said is None else pd.DataFrame(said),
        )
    )


def say(text: str, flagged: str = "") -> dict[str, str]:
    return {"area": LUTON.code, "prompt": "why", "text": text, "flagged": flagged}


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
    assert "%" not in panel
    assert "Has not said" in panel


def test_free_text_is_escaped() -> None:
    html = write([say("<script>alert(1)</script> & more")])
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in html


def test_a_flagged_text_is_held_back() -> None:
    html = write([say("Jack Brown moved.", "a name")])
    assert "Jack" not in html
    assert "Held back: the text seems to hold a name." in html


def test_without_narratives_no_words_of_an_authority_stand_there() -> None:
    assert "<blockquote>" not in write()


def test_no_disagreement_and_no_helper_are_said_in_words() -> None:
    html = write(asked=False, helpers=False)
    assert "contradict one another nowhere" in html
    assert "No authority that is really better is a statistical neighbour" in html


def test_who_could_help_whom_stands_with_both_figures() -> None:
    html = write()
    assert ">Essex: 12.0%</td>" in html
    assert ">4, close</td>" in html
