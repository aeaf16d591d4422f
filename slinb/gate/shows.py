"""Whether one number shows one secret, or stands where no number may stand."""

from __future__ import annotations

import re
from collections.abc import Sequence

from slinb.gate.grid import is_number
from slinb.gate.numbers import Token
from slinb.gate.passages import Passage
from slinb.gate.secrets import Secret
from slinb.gate.when import RELATIVE

#: More places than anybody writes: beyond these a number is compared as if it ended here.
_MOST_DECIMALS = 4
_SLACK = 1 + 1e-9
_DENOMINATOR = re.compile(r"denominator|population|\bof\b|\bout of\b", re.I)
_FIGURE_KEY = re.compile(
    r"\b(?:value|limit|lower|upper|change|benchmark|year ago|last quarter|before|mean|median"
    r"|rolling|twelve months|rate|share|centre|interval|figure|phi|tau2|choices?|made|changed"
    r"|tried|difference)\b",
    re.I,
)
_WITHHELD = re.compile(
    r"withheld|suppress|protect small numbers|^\s*\[?c\]?\s*(?:$|withheld)", re.I
)


def shows(token: Token, secret: Secret, text: str, passage: Passage, *, percent: bool) -> bool:
    """Whether a number is a secret, exactly or as it would be rounded.

    Parameters
    ----------
    token : Token
        A number of ``text``.
    secret : Secret
    text : str
    passage : Passage
        The passage of which ``text`` is a part.
    percent : bool
        The measure is in per cent: 4.65 may be written 0.0465.
    """
    if secret.sort == "count" and float(secret.number).is_integer():
        return _is_count(token, secret.number, passage)
    if token.percent and not percent:  # a rate per 10,000 is never written with that sign
        return False
    number = abs(secret.number) if secret.sort == "change" else secret.number
    if percent and token.decimals >= 3 and not token.percent:
        share = Token(token.start, token.end, 100 * token.value, token.decimals - 2, False)
        if _rounds_to(share, number):
            return True
    if token.decimals == 0 and not _may_be_figure(token, secret, text, passage):
        return False
    return _rounds_to(token, number)


def _is_count(token: Token, number: float, passage: Passage) -> bool:
    # A cell may hold a count as 3.0; a sentence does not. A zero is shown.
    whole = token.decimals == 0 or is_number(passage.text)
    # Under "Upper 95% limit" a 3.0 is a limit, whatever else is 3.
    whole = whole and not _FIGURE_KEY.search(passage.key.replace("_", " "))
    return whole and not token.percent and token.value == number != 0


def _rounds_to(token: Token, number: float) -> bool:
    step = 10.0 ** -min(token.decimals, _MOST_DECIMALS)
    return token.value != 0 and abs(token.value - number) <= 0.5 * step * _SLACK


def _may_be_figure(token: Token, secret: Secret, text: str, passage: Passage) -> bool:
    """Whether a whole number may be a figure: the measure has no places, or it says per cent."""
    after = text[token.end : token.end + 20].lstrip().casefold()
    said = token.percent or "%" in passage.key or after.startswith("percentage point")
    return said or (secret.decimals == 0 and secret.sort != "count")


def is_in_place_of(
    secrets: Sequence[Secret], token: Token, text: str, passage: Passage, *, dated: bool
) -> bool:
    """Whether a number, whatever its value, stands where a figure is withheld.

    Parameters
    ----------
    secrets : sequence of Secret
        Those of the one cell that the passage is about.
    token, text, passage
    dated : bool
        The passage names the secrets' period; if not, it must say that it is withheld.
    """
    key = passage.key.replace("_", " ")
    kinds = {secret.kind for secret in secrets}
    if not kinds & {"numerator", "value", "n"} or RELATIVE.search(key) or RELATIVE.search(text):
        return False
    if not (_WITHHELD.search(text) or (dated and passage.form == "cell")):
        return False
    before = text[max(0, token.start - 16) : token.start]
    below = bool(_DENOMINATOR.search(key) or _DENOMINATOR.search(before))
    return "denominator" in kinds or not below
