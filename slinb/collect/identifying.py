"""What in a free text looks as if it told who somebody is: a name, a date of birth, a number.

A guess, not a proof: it is made so that a person looks. What it misses it does not clear.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files

from slinb.catalogue.reading import CatalogueEntry, build_entry, read_toml
from slinb.collect.cells import read_date

_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Master)\.?\s+[A-Z][\w'’-]+")
_INITIALS = re.compile(r"\b[A-Z]\.? ?[A-Z]\.?,? ?\(?(?:aged|DOB|dob|born)\b")
_PAIR = re.compile(r"\b([A-Z][a-z'’-]+)[ ]+(?=([A-Z][\w'’-]*\.?))")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][ABD-HJLNP-UW-Z]{2}\b", re.IGNORECASE)
_PHONE = re.compile(r"(?:\+44[\s(0)]*|\b0)(?:[\s-]?[0-9]){9,10}\b")
_UPN = re.compile(r"\b[A-HJ-NP-RT-Z][0-9]{11}[0-9A-HJ-NP-RT-Z]\b", re.IGNORECASE)
_INSURANCE = re.compile(r"\b[A-Z]{2} ?(?:[0-9]{2} ?){3}[A-D]\b")
_TEN_DIGITS = re.compile(r"(?<![0-9])[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9])")
_LONG_NUMBER = re.compile(r"(?<![0-9,.£])[0-9]{6,}(?![0-9,.%])")
_MARKED_NUMBER = re.compile(
    r"\b(?:case|child|client|person|record|ref|reference|id|LL|mosaic|UPN|NHS)"
    r"\.? ?(?:no|number|id|ref)?\.?:? ?#?[0-9]{4,}",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b[0-3]?[0-9][/.-][01]?[0-9][/.-](?:[0-9]{4}|[0-9]{2})\b"
    r"|\b[0-3]?[0-9](?:st|nd|rd|th)? (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* "
    r"[0-9]{4}\b"
)
_BORN = re.compile(r"(?:\bDOB\b|\bborn\b|date of birth)[^.;]{0,20}[0-9]", re.IGNORECASE)
_ORDINAL = re.compile(r"(?<=[0-9])(?:st|nd|rd|th)\b")
_MARKUP = re.compile(r"<[a-zA-Z/!][^>]*>|&(?:#[0-9]+|[a-z]+);")
#: A full date so far back is more likely a birthday than an event of the exercise.
_LONG_AGO = dt.timedelta(days=3 * 365)


class _Words(CatalogueEntry):
    before_a_name: tuple[str, ...]
    not_a_name: tuple[str, ...]
    given_names: tuple[str, ...]


def find_identifying(text: str, on: dt.date) -> tuple[str, ...]:
    """Return what in a text looks as if it told who somebody is.

    Parameters
    ----------
    text : str
        Free text.
    on : date
        A day of the exercise: a full date years before it is taken for a date of birth.

    Returns
    -------
    tuple of str
        Any of "a name", "a date of birth", "an NHS number", "a UPN", "an identifier",
        "a postcode", "a telephone number", "an e-mail address", in this order; empty where
        nothing does.

    Examples
    --------
    >>> find_identifying("Mum Sarah moved to IP1 2AB", dt.date(2026, 1, 31))
    ('a name', 'a postcode')
    >>> find_identifying("Child Protection plans fell by 12% in 2025.", dt.date(2026, 1, 31))
    ()
    """
    return tuple(kind for kind, found in _look(text, on) if found)


def has_markup(text: str) -> bool:
    """Whether a text holds HTML: it is kept, and shown as the characters that it is."""
    return _MARKUP.search(text) is not None


def _look(text: str, on: dt.date) -> Iterator[tuple[str, bool]]:
    health = any(_is_health_number(m) for m in _TEN_DIGITS.findall(text))
    pupil = _UPN.search(text) is not None
    phone = _PHONE.search(text) is not None
    yield "a name", _names_somebody(text)
    yield "a date of birth", _BORN.search(text) is not None or _has_old_date(text, on)
    yield "an NHS number", health
    yield "a UPN", pupil
    numbered = bool(_INSURANCE.search(text) or _MARKED_NUMBER.search(text))
    known = health or pupil or phone
    yield "an identifier", numbered or (_LONG_NUMBER.search(text) is not None and not known)
    yield "a postcode", _POSTCODE.search(text) is not None
    yield "a telephone number", phone and not health
    yield "an e-mail address", _EMAIL.search(text) is not None


def _names_somebody(text: str) -> bool:
    if _TITLE.search(text) or _INITIALS.search(text):
        return True
    words = _load_words()
    for match in _after_a_relation().finditer(text):
        if match[1].casefold() not in words.not_a_name:
            return True
    return any(
        first.casefold() in words.given_names and second.casefold() not in words.not_a_name
        for first, second in _PAIR.findall(text)
    )


def _has_old_date(text: str, on: dt.date) -> bool:
    days = (read_date(_ORDINAL.sub("", m)) for m in _DATE.findall(text))
    return any(day is not None and day < on - _LONG_AGO for day in days)


def _is_health_number(text: str) -> bool:
    """Whether ten digits pass the check of an NHS number (modulus 11, NHS data dictionary)."""
    digits = [int(c) for c in text if c.isdigit()]
    check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check != 10 and check % 11 == digits[9]


@lru_cache(maxsize=1)
def _after_a_relation() -> re.Pattern[str]:
    before = "|".join(_load_words().before_a_name)
    return re.compile(rf"\b(?i:{before})(?:\s+(?i:is|was))?,?\s+([A-Z][a-z'’-]+|[A-Z]\b)")


@lru_cache(maxsize=1)
def _load_words() -> _Words:
    source = files("slinb.collect") / "identifying.toml"
    return build_entry(_Words, read_toml(source), source.name)
