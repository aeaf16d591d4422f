"""Whether the answers of the practice return agree with each other and with the records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.dives import Dive, Question
from slinb.collect.dive_checks import hold_parts_above
from slinb.collect.findings import Finding


@dataclass(frozen=True)
class _Answer:
    """A question's two counts, and where they stand."""

    numerator: float
    denominator: float
    sheet: str
    cell: str


_Known = Mapping[str, _Answer]


def check_practice(
    dive: Dive, answers: pd.DataFrame, counts: pd.DataFrame
) -> tuple[pd.DataFrame, list[Finding]]:
    """Check the answers of the practice return against each other and against the records.

    Parameters
    ----------
    dive : Dive
        Its questions say what must agree.
    answers : DataFrame
        DIVE_COUNTS of the practice sheet, with the column ``question``.
    counts : DataFrame
        Counts from the records of the same return, accepted ones.

    Returns
    -------
    DataFrame, list of Finding
        The answers; a numerator above its denominator is held back, the rest is asked only.
    """
    answers, findings = hold_parts_above(answers)
    final = answers[answers["status"] == "final"]
    columns = ["question", "numerator", "denominator", "sheet", "cell"]
    known = {str(q): _Answer(*rest) for q, *rest in final[columns].itertuples(index=False)}
    for question in dive.questions:
        if question.id in known:
            findings += _compare(dive, question, known, counts)
    return answers, findings + _check_wholes(dive.questions, known)


def _compare(dive: Dive, question: Question, known: _Known, counts: pd.DataFrame) -> list[Finding]:
    answer = known[question.id]
    told = (
        _compare_answers(dive, question, answer.denominator, known),
        _compare_records(question, answer.denominator, counts),
        _compare_files(dive, question, answer.denominator, known),
    )
    return [_ask(answer, question, words) for words in told if words]


def _compare_answers(dive: Dive, question: Question, denominator: float, known: _Known) -> str:
    """Say how a denominator disagrees with the answer that it should rest on."""
    other = question.of or question.within
    if other not in known:
        return ""
    limit = known[other].numerator
    if denominator == limit or (question.within and denominator < limit):
        return ""
    word = "the same as" if question.of else "at most"
    return f"should be {word} the {limit:g} of “{dive.question(other).item}”"


def _compare_records(question: Question, denominator: float, counts: pd.DataFrame) -> str:
    if question.bound is None:
        return ""
    key = question.bound.key
    own = counts[(counts[list(key)] == pd.Series(key)).all(axis=1)]
    most = own[question.bound.part].max()
    return f"is more than the {most:g} that the records count" if denominator > most else ""


def _compare_files(dive: Dive, question: Question, denominator: float, known: _Known) -> str:
    """Say how a denominator differs from that of the first question on the same files."""
    same = [q for q in dive.questions if q.base and q.base == question.base]
    first = next((q for q in same if q.id in known), question)
    other = known[first.id].denominator
    if denominator == other:
        return ""
    return f"differs from the {other:g} of “{first.item}”, asked of the same files"


def _check_wholes(questions: Sequence[Question], known: _Known) -> list[Finding]:
    """Ask where the categories of a question do not add up to their whole."""
    findings = []
    for base in dict.fromkeys(q.base for q in questions if q.whole):
        group = [q for q in questions if q.base == base]
        if all(q.id in known for q in group):
            total = sum(known[q.id].numerator for q in group)
            first = known[group[0].id]
            if total != first.denominator:
                words = f"is not the {total:g} to which its categories add up"
                findings.append(_ask(first, group[0], words))
    return findings


def _ask(answer: _Answer, question: Question, words: str) -> Finding:
    what = f"{question.item}, {question.category}" if question.category else question.item
    return Finding(
        "practice_disagrees",
        f"Practice, {what}: the denominator {answer.denominator:g} {words}.",
        "Put the counts right, or say in the note why they differ.",
        answer.sheet,
        answer.cell,
        f"{answer.numerator:g} / {answer.denominator:g}",
    )
