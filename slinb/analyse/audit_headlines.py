"""What to know first of a region's audits: at most five findings, chosen by a stated order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from slinb.schema import Column, TableSchema

AUDIT_HEADLINES = TableSchema(
    "audit headlines",
    (
        Column("order", "int64", "1 is first"),
        Column("pattern", "str", "disagreement, grades, question, theme, actions or moderation"),
        Column("subject", "str", "id of the rule, question or theme; basis of the grades"),
        Column("names", "str", "codes of the authorities that it is about, joined by spaces"),
        Column("above", "float64", "cases or actions counted"),
        Column("below", "float64", "of how many"),
        Column("other", "float64", "moderation: grades made better; actions: completed late"),
        Column("value", "float64", "per cent"),
        Column("lower", "float64", "lower 95% limit"),
        Column("upper", "float64", "upper 95% limit"),
    ),
)
MOST = 5


def choose_headlines(
    region: str,
    disagreements: pd.DataFrame,
    grades: pd.DataFrame,
    questions: pd.DataFrame,
    themes: pd.DataFrame,
    actions: pd.DataFrame,
    moderation: pd.DataFrame,
) -> pd.DataFrame:
    """Choose what heads the page of a region's audits.

    Parameters
    ----------
    region : str
        ONS code: its own rows of the tables are read.
    disagreements : DataFrame
        From :func:`slinb.analyse.triangle.list_disagreements`.
    grades, questions, themes, actions, moderation : DataFrame
        Result tables of :mod:`slinb.analyse.audits` and :mod:`slinb.analyse.moderation`.

    Returns
    -------
    DataFrame
        Rows of :data:`AUDIT_HEADLINES`, at most five, in this order: the disagreement that
        most authorities share, the grades (moderated where they are shown), the weakest
        question, the theme named most often, overdue actions, what moderation did. A finding
        without a figure that may be shown is left out; a tie goes to the first in the
        instrument's order.
    """
    whole = [
        table[table["area"].eq(region) & table["status"].eq("final")]
        for table in (grades, questions, themes, actions, moderation)
    ]
    found = [
        *_find_disagreement(disagreements),
        *_find_grades(whole[0]),
        *_find_question(whole[1]),
        *_find_theme(whole[2]),
        *_find_actions(whole[3]),
        *_find_moderation(whole[4]),
    ]
    return AUDIT_HEADLINES.from_rows(
        [{"order": order, **row} for order, row in enumerate(found[:MOST], start=1)]
    )


def _find_disagreement(disagreements: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if disagreements.empty:
        return
    by_rule = {
        str(rule): [str(area) for area in rows["area"]]
        for rule, rows in disagreements.groupby("rule", sort=False)
    }
    rule, areas = max(by_rule.items(), key=lambda pair: len(pair[1]))
    yield {
        "pattern": "disagreement", "subject": rule, "names": " ".join(areas),
        "above": float(len(areas)),
    }  # fmt: skip


def _find_grades(grades: pd.DataFrame) -> Iterator[dict[str, Any]]:
    rows = grades[grades["breakdown"].eq("")].set_index("basis")
    for basis in ("moderated", "own"):
        if basis in rows.index:
            yield _tell("grades", rows.loc[[basis]].iloc[0].to_dict(), "good", "n") | {
                "subject": basis
            }
            return


def _find_question(questions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if len(questions):
        row = questions.sort_values("value", kind="stable").iloc[0].to_dict()
        yield _tell("question", row, "good", "n") | {"subject": row["question"]}


def _find_theme(themes: pd.DataFrame) -> Iterator[dict[str, Any]]:
    if len(themes) and themes["n"].max() > 0:
        row = themes.sort_values("n", ascending=False, kind="stable").iloc[0].to_dict()
        yield _tell("theme", row, "n", "cases") | {"subject": row["theme"]}


def _find_actions(actions: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in actions[actions["overdue"].gt(0)].to_dict("records"):
        told = {"above": row["overdue"], "below": row["due"], "other": row["late"]}
        yield {"pattern": "actions", "value": 100 * row["overdue"] / row["due"], **told}


def _find_moderation(moderation: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for row in moderation.to_dict("records"):
        yield _tell("moderation", row, "down", "n") | {"other": row["up"]}


def _tell(pattern: str, row: dict[Any, Any], above: str, below: str) -> dict[str, Any]:
    figures = {name: row[name] for name in ("value", "lower", "upper")}
    return {"pattern": pattern, "above": row[above], "below": row[below], **figures}
