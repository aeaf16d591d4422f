"""What stands in one cell: a number, a word that is accepted for one, or something to ask about.

The rule of this module: a text becomes a number only where no reader could take it for anything
else. Everything else keeps its text and a reason; nothing is read as zero.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

_PLAIN = r"[0-9]+(?:\.[0-9]*)?|\.[0-9]+"
_GROUPED = r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+|(?: [0-9]{3})+)(?:\.[0-9]*)?"
_NUMBER = rf"[+-]?(?:{_GROUPED}|{_PLAIN})"
_ESTIMATE = r"est\.?|estimated?|approx\.?|approximately|about|circa|~|≈"
_BARE = re.compile(_NUMBER)
_PERCENT = re.compile(rf"({_NUMBER}) ?%")
_ESTIMATED = re.compile(
    rf"(?:{_ESTIMATE}) ?(?P<before>{_NUMBER})"
    rf"|(?P<after>{_NUMBER}) ?(?:\((?:{_ESTIMATE})\)|(?:{_ESTIMATE}))"
)
_SMALL = re.compile(r"(?:<|<=|≤|under|less than|fewer than) ?[0-9]+")
_FORMULA_ERROR = re.compile(r"#(?:REF|DIV/0|VALUE|NAME|NUM|N/A|NULL|SPILL|CALC|GETTING_DATA)[!?]?")

#: The words that the template asks for, and the status that each stands for.
ACCEPTED_WORDS = {
    "not available": "not_available",
    "not applicable": "not_applicable",
    "not collected": "not_collected",
}
#: Words and publishers' symbols that are understood, with a note to whoever sent them.
_KNOWN_WORDS = {
    "n/a": "not_available",
    "na": "not_available",
    "n.a.": "not_available",
    "unavailable": "not_available",
    "x": "not_available",
    "z": "not_applicable",
    "not recorded": "not_collected",
    "u": "low_reliability",
    "k": "rounds_to_zero",
    "low": "rounds_to_zero",
}
_SUPPRESSION_WORDS = ("c", "*", "s", "suppressed", "supp")
_WORDS_IN_PLAIN = "“not available”, “not applicable” or “not collected”"

_SPACES = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_MINUS = str.maketrans({"\u2212": "-", "\u2010": "-", "\u2011": "-", "\u2013": "-"})
_EXCEL_EPOCH = dt.date(1899, 12, 30)
_DATE_FORMATS = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y",
    "%d-%m-%Y",
    "%d.%m.%Y",
    "%d/%m/%y",
    "%d %B %Y",
    "%d %b %Y",
)


@dataclass(frozen=True)
class Uncalculated:
    """A formula whose result was never stored: the file was not saved by a spreadsheet."""

    formula: str


@dataclass(frozen=True)
class CellReading:
    """What one cell says.

    Parameters
    ----------
    text : str
        What stood in the cell, as the sender would recognise it.
    status : str
        One of :data:`slinb.schema.STATUSES`; "missing" for an empty cell.
    number : float or None
        The number, exactly where ``status`` is one of the value statuses.
    rule, severity : str
        Id and severity of the query that the cell gives rise to; empty where there is none.
    problem, action : str
        That query in plain words.
    """

    text: str = ""
    status: str = "missing"
    number: float | None = None
    rule: str = ""
    severity: str = ""
    problem: str = ""
    action: str = ""


EMPTY_CELL = CellReading()


def show_raw(raw: object) -> str:
    """Return a cell's content as its sender would recognise it: ``312``, not ``312.0``.

    Examples
    --------
    >>> show_raw(312.0), show_raw("1,204 "), show_raw(None)
    ('312', '1,204', '')
    """
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return str(raw).upper()
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, Uncalculated):
        return raw.formula
    if isinstance(raw, dt.date | dt.time):
        return raw.isoformat()
    return str(raw).strip()


def read_number(raw: object, *, percent: bool = False) -> CellReading:
    """Read the content of a number cell.

    Parameters
    ----------
    raw : object
        What the file holds: text, a number, a date, a truth value, None or
        :class:`Uncalculated`.
    percent : bool, default False
        Whether the cell asks for a percentage, so that "34%" means 34.

    Returns
    -------
    CellReading
        Never raises. Signs and size are not judged: -5 and 1e12 are numbers.

    Examples
    --------
    >>> read_number("1,204").number, read_number("12 (est.)").status, read_number("<5").number
    (1204.0, 'estimated', None)
    """
    text = show_raw(raw)
    if isinstance(raw, Uncalculated):
        return _refuse(
            text,
            "is a formula whose result was never calculated",
            "Open the workbook in Excel, save it and send it again, or type the number.",
        )
    if isinstance(raw, bool):
        return _refuse(text, "is a truth value, not a number", "Type the number.")
    if isinstance(raw, int | float):
        return _take(text, float(raw), "provisional")
    if isinstance(raw, dt.date | dt.time | dt.timedelta):
        return _refuse(
            text,
            "is a date or time, not a number (Excel may have turned an entry such as 3/4 into it)",
            "Set the cell's format to Number and type the number again.",
        )
    return _read_text(text, percent=percent)


def read_date(raw: object) -> dt.date | None:
    """Read a date written as ISO, day/month/year, in words, or as Excel stores it.

    Returns None where it is no date; a month above 12 is never swapped with the day.

    Examples
    --------
    >>> read_date("20/01/2026") == read_date("2026-01-20") == read_date(46042)
    True
    """
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # Excel's day numbers of 1990 to 2100; anything else is not meant as a date.
        return _EXCEL_EPOCH + dt.timedelta(days=int(raw)) if 32874 <= raw <= 73415 else None
    text = _tidy(show_raw(raw))
    for form in _DATE_FORMATS:
        try:
            return dt.datetime.strptime(text, form).date()
        except ValueError:
            continue
    return None


def name_cell(row: int, column: int) -> str:
    """Return the name of a cell from its row and column, both counted from 0.

    Examples
    --------
    >>> name_cell(11, 4), name_cell(0, 27)
    ('E12', 'AB1')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def name_range(cells: Sequence[tuple[int, int]]) -> str:
    """Name cells of one row, from (row, column) pairs: one cell, a range where they adjoin.

    Examples
    --------
    >>> name_range([(11, 4), (11, 5)]), name_range([(11, 4), (11, 7)])
    ('E12:F12', 'E12, H12')
    """
    names = [name_cell(row, column) for row, column in cells]
    if len(names) > 1 and all(b[1] - a[1] == 1 for a, b in pairwise(cells)):
        return f"{names[0]}:{names[-1]}"
    return ", ".join(names)


def _tidy(text: str) -> str:
    """Strip what cannot be seen or means nothing: odd spaces, leading apostrophes, minus signs."""
    seen = _SPACES.sub(" ", text.translate(_INVISIBLE)).strip()
    return seen.lstrip("'’‘").strip().translate(_MINUS)


def _read_text(text: str, *, percent: bool) -> CellReading:
    tidy = _tidy(text).casefold()
    if not tidy:
        return EMPTY_CELL
    if _BARE.fullmatch(tidy):
        return _take(text, _to_float(tidy), "provisional")
    if match := _ESTIMATED.fullmatch(tidy):
        return _note_estimate(text, _to_float(match["before"] or match["after"]))
    if match := _PERCENT.fullmatch(tidy):
        return _read_percent(text, _to_float(match[1]), percent=percent)
    if _SMALL.fullmatch(tidy) or tidy in _SUPPRESSION_WORDS:
        return _note_suppression(text)
    return _read_words(text, tidy)


def _read_words(text: str, tidy: str) -> CellReading:
    if status := ACCEPTED_WORDS.get(tidy):
        return CellReading(text, status)
    if status := _KNOWN_WORDS.get(tidy):
        return CellReading(
            text,
            status,
            rule="unclear_word",
            severity="note",
            problem=f"“{text}” was read as “{status.replace('_', ' ')}”.",
            action=f"If it means something else, write {_WORDS_IN_PLAIN}, or the number.",
        )
    if _FORMULA_ERROR.fullmatch(tidy.upper()):
        return _refuse(
            text, "is the error of a formula, not a number", "Mend the formula or type the number."
        )
    return _refuse(
        text,
        "is not a number",
        f"Type the number alone (0 if there were none), or {_WORDS_IN_PLAIN}.",
    )


def _to_float(tidy: str) -> float:
    return float(tidy.replace(",", "").replace(" ", ""))


def _take(text: str, number: float, status: str) -> CellReading:
    if not math.isfinite(number):
        return _refuse(text, "is not a finite number", "Type the number.")
    return CellReading(text, status, number)


def _read_percent(text: str, number: float, *, percent: bool) -> CellReading:
    if percent:
        return _take(text, number, "provisional")
    return _refuse(
        text,
        "is a percentage where a count is asked for",
        "Type the count itself; the percentage is worked out from the two counts.",
    )


def _note_estimate(text: str, number: float) -> CellReading:
    reading = _take(text, number, "estimated")
    if reading.number is None:
        return reading
    return replace(
        reading,
        rule="estimated_value",
        severity="note",
        problem=f"“{text}” was read as {show_raw(number)} and marked as an estimate.",
        action="Send the final figure when it is known.",
    )


def _note_suppression(text: str) -> CellReading:
    return CellReading(
        text,
        "suppressed",
        rule="suppressed_cell",
        severity="query",
        problem=f"“{text}” hides a small count, so the figure cannot be used.",
        action="Send the count itself: small counts are protected before anything is published.",
    )


def _refuse(text: str, what: str, action: str) -> CellReading:
    return CellReading(
        text,
        "unreadable",
        rule="unreadable_cell",
        severity="stop",
        problem=f"“{text}” {what}.",
        action=action,
    )
