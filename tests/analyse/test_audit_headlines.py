from __future__ import annotations

import pandas as pd

from slinb.analyse.audit_headlines import AUDIT_HEADLINES, choose_headlines
from slinb.analyse.audits import count_themes, grade_audits, profile_questions, time_actions
from slinb.analyse.moderation import measure_moderation
from tests.analyse.audit_cases import (
    ESSEX,
    INSTRUMENT,
    LUTON,
    REGION,
    make_actions,
    make_answers,
    make_cases,
)

NOBODY = pd.DataFrame(columns=["area", "rule", "words", "question"])


def choose(cases: pd.DataFrame, disagreements: pd.DataFrame = NOBODY) -> pd.DataFrame:
    import datetime as dt

    answers = pd.concat(
        [
            make_answers(LUTON, "named", 1, 2, 2, 2, 3),
            make_answers(LUTON, "type", 3, 3, 3, 3, 2),
        ],
        ignore_index=True,
    )
    days = [("2026-01-10", "")] * 3 + [("2026-01-10", "2026-01-12")]
    return choose_headlines(
        REGION,
        disagreements,
        grade_audits(cases, INSTRUMENT, REGION),
        profile_questions(answers, INSTRUMENT, REGION),
        count_themes(cases, INSTRUMENT, REGION),
        time_actions(make_actions(LUTON, *days), REGION, dt.date(2026, 1, 31)),
        measure_moderation(cases, INSTRUMENT, REGION),
    )


CASES = make_cases(LUTON, *[(2, 2)] * 6, *[(2, 3)] * 2, themes="drift plan_vague")


def test_five_at_most_in_the_stated_order() -> None:
    asked = pd.DataFrame(
        [
            {"area": LUTON, "rule": "a", "words": "", "question": ""},
            {"area": LUTON, "rule": "b", "words": "", "question": ""},
            {"area": ESSEX, "rule": "b", "words": "", "question": ""},
        ]
    )
    rows = choose(CASES, asked)
    assert rows["pattern"].tolist() == ["disagreement", "grades", "question", "theme", "actions"]
    assert rows["order"].tolist() == [1, 2, 3, 4, 5]
    assert list(rows.columns) == AUDIT_HEADLINES.names
    first = rows.iloc[0]
    assert (first["subject"], first["names"]) == ("b", f"{LUTON} {ESSEX}")
    assert rows["subject"].tolist()[1:4] == ["moderated", "type", "drift"]
    assert rows["value"].tolist()[1:] == [75, 20, 100, 75]


def test_moderation_comes_in_where_nothing_disagrees() -> None:
    last = choose(CASES).iloc[-1]
    assert (last["pattern"], last["above"], last["below"], last["other"]) == (
        "moderation", 2, 8, 0,
    )  # fmt: skip


def test_withheld_figures_head_no_page() -> None:
    few = make_cases(LUTON, *[(2, 2)] * 3, themes="drift")
    assert choose(few)["pattern"].tolist() == ["question", "actions"]
