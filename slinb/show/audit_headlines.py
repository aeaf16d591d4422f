"""The headlines of the audits: a message with its figures, and the question that it asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument
from slinb.catalogue.triangle import TriangleRules
from slinb.show.audit_words import round_half_up
from slinb.show.formats import decapitalise, format_count
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows


def audit_headlines_html(
    headlines: pd.DataFrame,
    areas: Sequence[Area],
    instrument: AuditInstrument,
    rules: TriangleRules,
    *,
    key: str = "audit-headlines",
) -> Html:
    """Write five messages of the audits, each with its figures and its question.

    Parameters
    ----------
    headlines : DataFrame
        Result table ``AUDIT_HEADLINES``.
    areas : sequence of Area
        The authorities, for their names.
    instrument, rules
        The wording of questions, themes and rules.
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; it says so where there is nothing to report.
    """
    words = _Words({area.code: area.name for area in areas}, instrument, rules)
    rows = [_TELLERS[row["pattern"]](row, words) for row in list_rows(headlines)]
    return Html(str(render_template("audit_headlines", key=key, rows=rows)))


@dataclass(frozen=True)
class _Words:
    """What the sentences take their names from."""

    names: dict[str, str]
    instrument: AuditInstrument
    rules: TriangleRules


Told: TypeAlias = tuple[str, str, str]


def _tell_disagreement(row: Row, words: _Words) -> Told:
    rule = words.rules.rule(row["subject"])
    who = join_names([words.names[code] for code in row["names"].split()])
    return rule.words, who, rule.question


def _tell_grades(row: Row, _: _Words) -> Told:
    share = round_half_up(row["value"])
    when = "after" if row["subject"] == "moderated" else "before"
    message = f"{share}% of the audited cases were good or better {when} moderation."
    return message, _say_figures(row), "What would the next round of audits have to find?"


def _tell_question(row: Row, words: _Words) -> Told:
    question = next(q for q in words.instrument.questions if q.id == row["subject"])
    message = f"The weakest of the questions: {question.text}"
    figures = f"Good or better in {_say_figures(row)}"
    return message, figures, "Whose practice here is worth a visit?"


def _tell_theme(row: Row, words: _Words) -> Told:
    theme = next(c for c in words.instrument.choices("theme") if c.id == row["subject"])
    message = f"The theme that auditors named most often: {decapitalise(theme.label)}."
    against = "What has been tried against it, and where?"
    question = "Who could show the others how?" if theme.strength else against
    return message, f"Named in {_say_figures(row)}", question


def _tell_actions(row: Row, _: _Words) -> Told:
    above, below = format_count(row["above"]), format_count(row["below"])
    figures = f"Completed, but late: {format_count(row['other'])}"
    question = "Who in each authority sees that actions are completed?"
    return f"{above} of the {below} actions due are overdue.", figures, question


def _tell_moderation(row: Row, _: _Words) -> Told:
    down, n, up = (format_count(row[c]) for c in ("above", "below", "other"))
    message = f"Moderation made {down} of {n} grades worse and {up} better."
    return message, _say_figures(row), "Do auditors and moderators mean the same by good?"


_TELLERS: dict[str, Callable[[Row, _Words], Told]] = {
    "disagreement": _tell_disagreement,
    "grades": _tell_grades,
    "question": _tell_question,
    "theme": _tell_theme,
    "actions": _tell_actions,
    "moderation": _tell_moderation,
}


def _say_figures(row: Row) -> str:
    limits = f"{round_half_up(row['lower'])} to {round_half_up(row['upper'])}"
    counts = f"{format_count(row['above'])} of {format_count(row['below'])}"
    return f"{counts}: {round_half_up(row['value'])}%, 95% interval {limits}"
