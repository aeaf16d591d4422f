"""The tables of an edition by what they are made from: each part by a step, in a folder of its own.

Named here and not where they are made, so that the plan is read without the analyses.
"""

from __future__ import annotations

from typing import Literal

EditionName = Literal["public", "restricted"]
#: "extracts" are rows of tables of other parts, for one reader each; "told" is what the
#: restricted edition says of the public one.
#: "closing" holds what official figures may be set beside: no page reads it.
Part = Literal["official", "returns", "dives", "audits", "extracts", "told", "closing"]
PARTS: tuple[Part, ...] = ("official", "returns", "dives", "audits", "extracts")
#: Tables of checking that hold what is counted.
COUNTED = ("accepted", "quarantined")
#: Tables of an edition that the triangle sets beside the audits; those of the returns only as
#: far as the reader :data:`TRIANGLE` needs them.
COMPARED = ("comparison_annual", "comparison_quarterly", "travel_annual", "travel_quarterly")
TRIANGLE = "triangle"
#: Tables of an edition from which extracts are taken, and those that say which rows.
EXTRACTED = (
    *("comparison_annual", "comparison_quarterly", "travel_quarterly", "trends"),
    *("published_series", "messages_quarterly", "explain"),
)
_EACH = ("comparison", "travel", "funnel", "sensitivity")
#: Tables of the public edition whose figures are not those of points: the gate must know them.
STATED = (
    *("trends", "explain", "neighbours"),
    *(f"{name}_{rug}" for name in _EACH for rug in ("annual", "quarterly")),
)
_OFFICIAL = ("published_series", "neighbours", "sources")
_TOLD = ("suppression", "audit", "public")


def find_part(edition: EditionName, table: str) -> Part:
    """Return the part of an edition that a table belongs to.

    Examples
    --------
    >>> find_part("public", "comparison_annual"), find_part("public", "section20_figures")
    ('official', 'dives')
    """
    if edition == "restricted" and table in _TOLD:
        return "told"
    if table.startswith(("section20_", "neglect_")):
        return "dives"
    if table.startswith(("audits_", "triangle")):
        return "audits"
    return "official" if table.endswith("_annual") or table in _OFFICIAL else "returns"
