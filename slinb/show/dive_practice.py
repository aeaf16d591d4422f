"""The practice return of a deep dive: a question's figure, and its words."""

from __future__ import annotations

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import Question
from slinb.show.dive_view import DiveView
from slinb.show.rows import Row


def pick_answer(view: DiveView, area: Area, question: Question) -> Row | None:
    """Return the figure of a question of the practice return; None where it was not sent."""
    key = {"window": question.window, "breakdown": question.breakdown}
    return view.pick(area, question.measure, question.item, category=question.category, **key)


def word_question(question: Question) -> str:
    """Return the words of a question for a table or chart."""
    text = question.item if not question.category else f"{question.item}: {question.category}"
    return text[:1].upper() + text[1:]
