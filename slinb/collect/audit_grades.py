"""What one cell of an audit says: a grade, or one of a list. Nothing ambiguous is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from slinb.catalogue.audits import AuditInstrument, ChoiceList
from slinb.collect.cells import read_number, show_raw

_NOT_APPLICABLE = {"na", "n/a", "n.a.", "n/a.", "not applicable", "n a", "#n/a"}
_BOTH = re.compile(r"([0-9]+) ?[-–:,.(=]* ?([a-z. ]+?)\)?|([a-z. ]+?) ?[-–:,(=]* ?([0-9]+)\)?")
#: A whole number up to here is a grade of some scale; more is a slip of the keys.
_ANY_SCALE = 10


@dataclass(frozen=True)
class GradeReading:
    """What a grade's cell says.

    Parameters
    ----------
    text : str
        What stood in it.
    status : str
        final, not_applicable, missing, unreadable or quarantined.
    grade : float or None
        The grade, exactly where the status is final.
    how : str
        "number", "word", "off scale" (a number of some other scale), "unclear" or empty.
    """

    text: str = ""
    status: str = "missing"
    grade: float | None = None
    how: str = ""


def read_grade(raw: object, instrument: AuditInstrument) -> GradeReading:
    """Read a grade.

    Returns
    -------
    GradeReading
        Never raises. Numbers of the scale, its words and their accepted short forms are
        grades; a letter or word that could mean two of them is "unclear", a whole number
        beyond the scale is "off scale".

    Examples
    --------
    >>> from slinb.catalogue.audits import load_audit_instrument
    >>> instrument = load_audit_instrument()
    >>> read_grade("RI", instrument).grade, read_grade("B", instrument).how
    (3.0, 'unclear')
    """
    text = show_raw(raw)
    tidy = " ".join(text.split()).casefold()
    if not tidy:
        return GradeReading()
    if tidy in _NOT_APPLICABLE:
        return GradeReading(text, "not_applicable")
    number = read_number(raw).number
    if number is not None:
        return _read_scale(text, number, instrument)
    if grade := _find_word(tidy, instrument):
        return GradeReading(text, "final", float(grade), "word")
    if (match := _BOTH.fullmatch(tidy)) is not None:
        number, word = int(match[1] or match[4]), (match[2] or match[3]).strip()
        if number == _find_word(word, instrument):
            return GradeReading(text, "final", float(number), "word")
    return GradeReading(text, "unreadable", how="unclear")


def hold_numbers(readings: Iterable[GradeReading]) -> list[GradeReading]:
    """Hold back the grades that were sent as numbers: their scale is in doubt."""
    return [
        replace(r, status="quarantined", grade=None) if r.how in ("number", "off scale") else r
        for r in readings
    ]


def read_choice(raw: object, name: ChoiceList, instrument: AuditInstrument) -> str | None:
    """Return the id of what a cell chooses: empty for an empty cell, None where it is unclear.

    Examples
    --------
    >>> from slinb.catalogue.audits import load_audit_instrument
    >>> instrument = load_audit_instrument()
    >>> read_choice("EH", "cohort", instrument), read_choice("both", "cohort", instrument)
    ('early_help', None)
    """
    said = " ".join(show_raw(raw).split()).casefold()
    if not said:
        return ""
    for choice in instrument.choices(name):
        if said in {choice.id, choice.label.casefold(), *(s.casefold() for s in choice.spellings)}:
            return choice.id
    return None


def _read_scale(text: str, number: float, instrument: AuditInstrument) -> GradeReading:
    if number in instrument.numbers:
        return GradeReading(text, "final", number, "number")
    other_scale = number.is_integer() and 0 <= number <= _ANY_SCALE
    return GradeReading(text, "unreadable", how="off scale" if other_scale else "unclear")


def _find_word(tidy: str, instrument: AuditInstrument) -> int | None:
    for grade in instrument.grades:
        if tidy in (grade.word.casefold(), *grade.spellings):
            return grade.number
    return None
