"""Which texts can show no number, whatever surrounds them: most cells of a table."""

from __future__ import annotations

import re
from functools import lru_cache

from slinb.gate.encoded import unwrap

_ANY_NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b", re.I
)
#: Columns and keys whose numbers are no figures: where a row stands, how many were compared,
#: how far all of them together vary.
_HARMLESS_KEY = re.compile(
    r"(?:rank(?:ed)?|order|priority|decimals|multiplier|points|segment|page|row|cell|index|row ?id"
    r"|(?:old |new |la |ons |area )*code|year|period|quarter|month|time period|date|received"
    r"|release|version|benchmark n|over-dispersion \(φ\)|phi"
    r"|line|line width|width|height|size|font ?size|opacity|colspan)",
    re.I,
)
#: What a picture or file within a text begins with; the gate cannot read it.
PICTURES = ("data:image/png", "data:image/jpeg", "data:image/gif", "data:image/webp",
            "data:application/pdf", "data:application/octet-stream")  # fmt: skip
_SHORTEST_CODE = 4
#: Such a number has no sign of markup or an escape, and is too short or too plain for base64.
_PLAIN_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d+)?")


def has_number(text: str) -> bool:
    """Whether a text holds a number, in digits or as a word."""
    return bool(_ANY_NUMBER.search(text))


@lru_cache(maxsize=65536)
def is_harmless_key(key: str) -> bool:
    """Whether what stands under a header or key is no figure of a cell.

    >>> is_harmless_key("period"), is_harmless_key("numerator")
    (True, False)
    """
    return bool(_HARMLESS_KEY.fullmatch(key.replace("_", " ").strip()))


def hides(text: str) -> bool:
    """Whether there is something within a text: markup, JSON, a picture or an encoding.

    >>> hides("Bedford"), hides("Bedford%3A%203"), hides('{"n": 3}'), hides("<b>3</b>")
    (False, True, True, True)
    """
    if len(text) < _SHORTEST_CODE or _PLAIN_NUMBER.fullmatch(text):
        return False
    if text.lstrip().startswith(("{", "[", *PICTURES)) or ("<" in text and ">" in text):
        return True
    return next(unwrap(text), None) is not None


def is_silent(text: str, key: str) -> bool:
    """Whether a text under a key shows no number and hides none, so that nothing need be judged.

    Whatever the judge or the reading of what is hidden would pass over unread has to be silent
    here, and nothing else.
    """
    return not hides(text) and (not has_number(text) or is_harmless_key(key))
