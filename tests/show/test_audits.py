from __future__ import annotations

import re
from typing import Any

import pandas as pd
import pytest

from slinb.analyse.audit_headlines import AUDIT_HEADLINES
from slinb.catalogue.areas import load_areas
from slinb.catalogue.audits import load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.collect.audit_tables import AUDIT_RETURNS
from slinb.errors import ParameterError
from slinb.show.audits import SECTIONS, AuditView, audits_html
from slinb.show.share_panel import Share, draw_shares

REGION = load_areas()["E12000006"]
LUTON, ESSEX, NORFOLK = (load_areas()[c] for c in ("E06000032", "E10000012", "E10000020"))
INSTRUMENT = load_audit_instrument()
KEYS = {"period": "2025-26-Q3", "lower": 30.0, "upper": 70.0, "left_out": 0.0}
HELD = {"lower": None, "upper": None, "value": None, "good": None, "status": "suppressed"}
GRADES = {f"grade_{g}": 3.0 for g in INSTRUMENT.numbers}


def grade(area: str, basis: str = "own", **more: Any) -> dict[str, Any]:
    told = {"area": area, "basis": basis, "breakdown": "", "category": "", "status": "final"}
    return {**KEYS, **GRADES, **told, "n": 12.0, "good": 6.0, "value": 50.0, **more}


def make_tables() -> dict[str, pd.DataFrame]:
    """Return tables in which Luton is shown, Essex withheld and Norfolk without audits."""
    held: dict[str, Any] = {**HELD, **dict.fromkeys(GRADES), "n": 3.0}
    grades = [grade(LUTON.code), grade(ESSEX.code, **held), grade(REGION.code, left_out=1.0)]
    grades += [grade(REGION.code, breakdown="tool", category="gcp2")]
    question: dict[str, Any] = {"question": "named", "not_applicable": 1.0, "unanswered": 2.0}
    moderated: dict[str, Any] = {
        "same": 8.0,
        "up": 1.0,
        "down": 3.0,
        "kappa": 0.765,
        "kappa_lower": 0.5,
    }
    moderated |= {"kappa_upper": 1.0, "kappa_plain": 0.7}
    empty: dict[str, Any] = dict.fromkeys(moderated)
    moderation = [grade(LUTON.code, **moderated), grade(ESSEX.code, **{**held, **empty})]
    moderation += [grade(REGION.code, **moderated)]
    pairs = [
        {"area": REGION.code, "own": a, "moderated": b, "n": float(10 * a + b), "status": "final"}
        for a in INSTRUMENT.numbers
        for b in INSTRUMENT.numbers
    ]
    theme: dict[str, Any] = {"theme": "drift", "cases": 12.0, "n": 6.0}
    action: dict[str, Any] = {
        "due": 12.0,
        "in_time": 6.0,
        "late": 2.0,
        "overdue": 4.0,
        "not_due": 5.0,
    }
    gap = {
        "area": LUTON.code, "own_n": 7.0, "own_value": 57.1, "peer_n": 5.0, "peer_value": 40.0,
        "gap": 17.1, "lower": -30.0, "upper": 55.0, "verdict": "no real difference",
        "status": "final",
    }  # fmt: skip
    came: list[dict[str, Any]] = [
        {"area": LUTON.code, "outcome": "used", "cases": 12},
        {"area": ESSEX.code, "outcome": "used", "cases": 3},
        {"area": NORFOLK.code, "outcome": "none audited"},
    ]
    questions = [grade(a.code, **question) for a in (LUTON, REGION)]
    return {
        "audits_returns": AUDIT_RETURNS.from_rows(came),
        "audits_headlines": AUDIT_HEADLINES.empty(),
        "audits_grades": pd.DataFrame(grades),
        "audits_questions": pd.DataFrame([*questions, grade(ESSEX.code, **{**held, **question})]),
        "audits_moderation": pd.DataFrame(moderation),
        "audits_matrix": pd.DataFrame(pairs),
        "audits_themes": pd.DataFrame([grade(a.code, **theme) for a in (LUTON, REGION)]),
        "audits_actions": pd.DataFrame(
            [grade(a.code, **action, unclear=0.0) for a in (LUTON, REGION)]
        ),
        "audits_gap": pd.DataFrame([gap]),
    }


def write(*sections: str, withheld: bool = True) -> str:
    view = AuditView(
        make_tables(), [LUTON, ESSEX, NORFOLK], REGION, Period.parse("2025-26-Q3"), withheld
    )
    return "".join(str(audits_html(view, section)) for section in sections or SECTIONS)


@pytest.fixture(scope="module")
def html() -> str:
    return write()


def read_row(html: str, name: str, caption: str) -> list[str]:
    """Return the cells of the row of a name in the table of a caption."""
    table = next(t for t in html.split("<table")[1:] if caption in t.split("</caption>")[0])
    row = re.search(rf'<tr[^>]*><th[^>]*scope="row">{name}</th>(.*?)</tr>', table, re.DOTALL)
    assert row is not None
    return re.findall(r"<td[^>]*>(.*?)</td>", row[1], re.DOTALL)


def test_a_share_stands_with_its_interval_and_its_n(html: str) -> None:
    assert read_row(html, "Luton", "Good or better by own grade") == ["50% (30 to 70), 6 of 12"]
    assert read_row(html, "Luton", "Cases by own grade") == ["3", "3", "3", "3"]
    assert "6 of 12 audited cases were graded good or better before moderation: 50%" in html


def test_a_withheld_authority_shows_its_n_and_nothing_else(html: str) -> None:
    assert read_row(html, "Essex", "Good or better by own grade") == ["c, of 3"]
    assert ">Essex<" not in html.split("Cases by own grade")[1].split("</table>")[0]
    assert read_row(html, "Essex", "Own grade against") == ["c, of 3", "–", "–", "–"]
    assert "without one authority whose few cases are withheld" in html


def test_an_authority_without_audits_has_a_dash_not_a_nought(html: str) -> None:
    assert read_row(html, "Norfolk", "Good or better by own grade") == ["–"]
    assert read_row(html, "Norfolk", "Audits of October") == ["Audited nobody", "0", "–", "–"]
    assert "2 of the 3 authorities sent audits, of 15 cases. Norfolk audited nobody." in html
    assert read_row(html, "Norfolk", "Actions due") == ["–"] * 5


def test_moderation_shows_both_ways_and_kappa(html: str) -> None:
    assert read_row(html, "Luton", "Own grade against") == [
        "50% (30 to 70), 3 of 12", "8", "1", "0.77 (0.50 to 1.00)",
    ]  # fmt: skip
    assert read_row(html, "Good", "by own grade \\(lines\\)".replace("\\", "")) == [
        "21", "22", "23", "24",
    ]  # fmt: skip


def test_the_comparison_of_auditors_says_its_verdict(html: str) -> None:
    row = read_row(html, "Luton", "by who audited")
    assert row == ["57% of 7", "40% of 5", "no real difference: 17 points (−30 to 55)"]


def test_drawings_have_words_for_those_who_do_not_see_them(html: str) -> None:
    labels = re.findall(r'<svg[^>]*aria-label="([^"]*)"', html)
    assert len(labels) == 3
    assert "Luton 50%, 6 of 12" in labels[0]
    assert "Essex" not in labels[0]
    assert "weakest first: Neglect is named, 50%" in labels[2]


def test_each_question_stands_for_each_authority_with_its_n(html: str) -> None:
    row = read_row(html, "1. Neglect is named", "the number of cases with a grade")
    assert row == ["50% (12)", "c (3)", "50% (12)"]


def test_an_edition_that_withholds_nothing_says_so() -> None:
    assert "This edition withholds nothing." in write("grades", withheld=False)
    assert "Where fewer than 5 cases stand behind it" in write("grades")


def test_actions_and_moderation_open_with_their_finding(html: str) -> None:
    assert "Of 12 actions due, 6 were completed in time, 2 late, and 4 are overdue." in html
    assert "left 8 alike, made 3 worse and 1 better. Kappa 0.77 (0.50 to 1.00)." in html
    assert "Named most often: drift and delay, in 6 of 12 cases." in html


def test_without_an_exercise_one_sentence_says_so_and_nothing_else() -> None:
    empty = {name: table.iloc[:0] for name, table in make_tables().items()}
    view = AuditView(empty, [LUTON], REGION, Period.parse("2025-26-Q3"))
    first, *rest = (str(audits_html(view, section)) for section in SECTIONS)
    assert "No audits were collected for October to December 2025" in first
    assert rest == [""] * len(rest)


def test_an_unknown_section_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(ParameterError, match="messages, exercise, grades"):
        write("grade")


def test_a_drawing_has_no_point_where_there_is_no_figure() -> None:
    shown = Share("Luton", 50, 30, 70, "6 of 12")
    held = Share("Essex", None, 0, 0, "c, of 3")
    assert str(draw_shares([held], "Held back.")).count("<use") == 0
    assert str(draw_shares([shown], "Shown.")).count("<use") == 1
    assert "Essex" in str(draw_shares([held], "Held back."))


def test_the_same_tables_give_the_same_bytes(html: str) -> None:
    assert write() == html
