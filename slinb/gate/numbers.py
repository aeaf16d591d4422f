"""The numbers of a text, after what is known to be harmless has been taken out of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from slinb.gate.when import MONTH

FILLER = "\x1e"
_WORDS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_WORD = "|".join(_WORDS)
# Never the places of a longer number: of "4.6 percentage points" nothing is harmless.
_NUMBER = rf"(?<![\w.,])(?:\d+|{_WORD})"
#: What a word must be followed by to be a count: "three children", "two of 86".
_COUNTED = re.compile(
    r"\s+(?:of (?:the |its |their |these )?\d"
    r"|(?:[a-z-]+ ){0,3}?(?:child(?:ren)?|young (?:person|people)|bab(?:y|ies)|infants?"
    r"|girls?|boys?"
    r"|plans?|cases?|referrals?|contacts?|assessments?|starts?|starters?|leavers?|spells?"
    r"|episodes?|placements?|reviews?|visits?|conferences?|enquiries|adoptions?|orders?|workers?"
    r"|posts?|pupils?|entrants?|interviews?|applications?|families|factors?)\b)",
    re.I,
)
_TOKEN = re.compile(
    rf"(?<![\w.])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?!,?\d)|\d+)(?P<places>\.\d+)?"
    rf"(?P<exponent>e[-+]?\d+)?(?!\.?\d)(?!\w{{2}})(?P<percent>\s?%|\s?per ?cent\b)?"
    rf"|\b(?P<word>{_WORD})\b",
    re.I,
)

_NOUNS = (
    r"authorit(?:y|ies)|neighbours?|measures?|regions?|councils?|figures?|statements?|charts?|series|briefings?"
    r"|areas?|choices?|alternatives?|comparisons?|signals?|revisions?|queries|questions?|sentences?"
    r"|pages?|columns?|rows?|sheets?|cells?|words|others|places|decimals?"
    r"|standard deviations?|limits"
)
#: Numbers that say when, how sure, how many were compared, or where something stands.
HARMLESS = tuple(
    re.compile(pattern, re.I)
    for pattern in (
        r"(?<!\d)(?:19|20)\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?)?",
        r"\b\d{1,2}/\d{1,2}/(?:\d\d){1,2}\b",
        r"(?<!\d)(?:19|20)\d\d\s?[-/–]\s?(?:(?:19|20)\d\d|\d\d)(?:[- ]*(?:q[1-4]|ay))?(?![\d.])",
        r"(?<!\d)(?:19|20)\d\d-(?:CY|SEP)\b",
        rf"\b\d{{1,2}}(?:st|nd|rd|th)?(?: (?:to|and) \d{{1,2}})? {MONTH}(?: (?:19|20)\d\d\b)?",
        rf"\b{MONTH} (?:19|20)\d\d\b",
        r"(?<=[a-z] )(?:19|20)\d\d\b(?![,.]\d)",
        r"\bquarter [1-4]\b",
        rf"{_NUMBER}[- ](?!percentage)(?:\w+ )?"
        r"(?:months?|quarters?|years?|weeks?|points)\b(?! old)",
        r"\b(?:90|95|99|99\.8)\s?%(?= ?(?:confidence|limits?|interval|level|CI\b|funnel|band))",
        r"(?:\bat|\bbeyond|\boutside|\bwithin|\(|\bthe) (?:the )?(?:95|99\.8)\s?%(?! of)",
        r"^\s*(?:95|99\.8)\s?%(?: wide)?\s*$",
        rf"{_NUMBER} of (?:the |its )?{_NUMBER} (?:\w+ )?(?:{_NOUNS})\b",
        rf"{_NUMBER} (?:\w+ )?(?:{_NOUNS})\b",
        rf"\bamong {_NUMBER} {FILLER}",  # "among 5 neighbours", that name being filled
        r"\brank(?:s|ed|ing)?(?: is)?[:= ]*\d+(?:\s*(?:of|out of|/)\s*\d+)?\b",
        r"\b\d+ of \d+ · [A-D]\b",
        r"\(1 is best\)",
        r"\b\d+(?:st|nd|rd|th)\b(?: (?:out )?of \d+)?",
        r"\b(?:rows?|page|column|section|figure|table|chart|step|version|note|stage|week) \d+\b",
        r"\b(?:aged?|ages) \d+(?:\s*(?:to|and|or|-|–)\s*\d+)?",
        r"\b\d+ (?:to|and|or) \d+[- ]year",
        r"\bper \d[\d,]*\d",
        r"φ\s*=?\s*[\d.]+",
    )
)


class Token(NamedTuple):
    """A number in a text.

    Parameters
    ----------
    start, end : int
        Its place in the text.
    value : float
    decimals : int
        Places after the point.
    percent : bool
        A per cent sign or word follows.
    """

    start: int
    end: int
    value: float
    decimals: int
    percent: bool


def blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with spans filled, so that nothing is found in them or across them."""
    for start, end in spans:
        text = text[:start] + FILLER * (end - start) + text[end:]
    return text


@lru_cache(maxsize=65536)
def blank_harmless(text: str) -> str:
    """Return the text, of the same length, without the numbers that are no figures.

    Examples
    --------
    >>> [t.value for t in find_tokens(blank_harmless("3 of 11 authorities; 4 at 31 March 2025"))]
    [4.0]
    """
    for pattern in HARMLESS:
        text = blank(text, [m.span() for m in pattern.finditer(text)])
    return text


def find_tokens(text: str) -> list[Token]:
    """Return the numbers of a text, in digits and in words.

    A word counts only where it counts something ("three children", "two of 86") or is the
    whole text: "one of the", "two-thirds" and "seven points" are ways of speaking.
    """
    return [token for match in _TOKEN.finditer(text) if (token := _read(text, match))]


def _read(text: str, match: re.Match[str]) -> Token | None:
    if word := match["word"]:
        alone = match.group() == text.strip()
        if not alone and not _COUNTED.match(text, match.end()):
            return None
        return Token(match.start(), match.end(), float(_WORDS[word.casefold()]), 0, False)
    digits, places = match["digits"].replace(",", ""), match["places"] or ""
    if len(digits) > 1 and digits.startswith("0"):
        return None
    value = float(digits + places + (match["exponent"] or ""))
    decimals = 15 if match["exponent"] else max(len(places) - 1, 0)
    return Token(match.start(), match.end(), value, decimals, bool(match["percent"]))
