"""The rules of the records room in words: a closed list, so that no text of a file passes."""

from __future__ import annotations

from slinb.records.neglect_words import CIN_CHECKS
from slinb.records.vocabulary import CHECKS

_RULES = frozenset(
    {
        "unreadable file", "unknown table", "unknown sheet", "unknown element", "encoding",
        "open quote", "rows above the headers", "hidden sheet", "extra column", "double column",
        "missing column", "renamed column", "headers without rows", "missing list", "extra cell",
        "short row", "blank rows", "no child", "no start", "end before start",
        "after the quarter", "damaged identifier", "one child under two identifiers",
        "two birth dates", "no date", "month first", "future date", "serial", "two-digit year",
        "mixed dates", "unknown code", "code of another year", "unmapped value",
        "no whole number", "outside limits", "outside 0 to 40", "repeated row",
        "two episodes of one start", "vanished episode", "overruled episode",
        "sheet repeats another", "open too long", "overlap", "bridged gap", "records end early",
        "episodes without key columns", "census of another year", "renamed block", "not ISO",
        "unknown block", "unknown census year", "year and reference date differ", "double element",
        "factor without assessment", "identifiers differ",
    }
)  # fmt: skip
OTHER = "another rule"


def say_rule(rule: str) -> str:
    """Return a rule's name, with what it looks for where it is a numbered check.

    Examples
    --------
    >>> say_rule("378")
    'Section 20 (V2) while placed with parents (P1) (rule 378)'
    >>> say_rule("anything else")
    'another rule'
    """
    if rule in CHECKS:
        numbered = rule[:1].isdigit()
        return f"{CHECKS[rule]} (rule {rule})" if numbered else CHECKS[rule]
    if rule in CIN_CHECKS:
        return f"{CIN_CHECKS[rule]} (census)"
    return rule if rule in _RULES else OTHER
