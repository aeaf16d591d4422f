from __future__ import annotations

import pandas as pd

from slinb.catalogue.areas import load_areas
from slinb.catalogue.audits import load_audit_instrument
from slinb.catalogue.triangle import load_triangle_rules
from slinb.show.audit_headlines import audit_headlines_html

EAST = load_areas().authorities("E12000006")
FIGURES = {"above": 6.0, "below": 8.0, "other": 1.0, "value": 75.0, "lower": 40.9, "upper": 92.9}


def write(*patterns: tuple[str, str]) -> str:
    rows = [
        {
            "order": i,
            "pattern": p,
            "subject": s,
            "names": f"{EAST[0].code} {EAST[5].code}",
            **FIGURES,
        }
        for i, (p, s) in enumerate(patterns, start=1)
    ]
    frame = pd.DataFrame(rows)
    return str(audit_headlines_html(frame, EAST, load_audit_instrument(), load_triangle_rules()))


def test_each_pattern_has_its_sentence_its_figures_and_its_question() -> None:
    for pattern, subject, message, figures in (
        ("disagreement", "says_improving_audits_below", "things improve", "Bedford and Luton"),
        ("grades", "moderated", "75% of the audited cases", "6 of 8: 75%, 95% interval 41 to 93"),
        ("question", "type", "Is the type of neglect recorded", "Good or better in 6 of 8"),
        ("theme", "drift", "most often: drift and delay.", "Named in 6 of 8"),
        ("actions", "", "6 of the 8 actions due are overdue.", "Completed, but late: 1"),
        ("moderation", "", "made 6 of 8 grades worse and 1 better.", "95% interval 41 to 93"),
    ):
        html = write((pattern, subject))
        assert message in html.split('class="evidence"')[0]
        assert figures in html.split('class="evidence"')[1]
        assert html.split("Ask:</span>")[1].split("</p>")[0].endswith("?")


def test_a_strength_is_not_asked_about_as_a_fault() -> None:
    assert "What has been tried against it" in write(("theme", "drift"))
    html = write(("theme", "strong_relationship"))
    assert "Who could show the others how?" in html and "against it" not in html


def test_nothing_to_report_is_said() -> None:
    assert "There is nothing to report" in write()
