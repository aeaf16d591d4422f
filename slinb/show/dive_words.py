"""Messages and questions of a deep dive: patterns that the rows of its findings fill.

A pattern is a text with gaps; what fills them comes from one row of the findings, and the words
of a line from the catalogue. No sentence says what nobody counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.section20 import Section20
from slinb.schema import MESSAGES
from slinb.show.formats import format_count, format_number
from slinb.show.phrases import join_names, name_area, own_area
from slinb.show.rows import Row, list_rows

#: What is said, and asked, of a line of any deep dive; and asked of who sent nothing.
LINE_MESSAGES = {
    "differs": "{area} is really {judgement} than the region on {phrase}: {value} ({counts}) "
    "against {benchmark}{level}.",
    "similar": "{area} does not really differ from the region on {phrase}: {value} ({counts}) "
    "against {benchmark}.",
    "spread": "On {phrase}, {differ} of {compared} authorities compared really {verb} from the "
    "region's {value}: {sides}.",
    "even": "On {phrase}, none of the {compared} authorities compared really differs from the "
    "region's {value}.",
}
LINE_QUESTIONS = {
    "differs": "{ask}",
    "similar": "{ask}",
    "spread": "Do need, practice or recording set {apart}? {ask}",
    "even": "{ask}",
    "nothing_sent": "What keeps {area} from running the count, and who could help?",
}


def write_rows(
    findings: pd.DataFrame,
    fill: Callable[[Row], dict[str, str]],
    *,
    messages: Mapping[str, str],
    questions: Mapping[str, str],
) -> pd.DataFrame:
    """Write a message and a question of each finding of a deep dive.

    Parameters
    ----------
    findings : DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FINDINGS`.
    fill : callable
        Gives the words for the gaps of a finding's patterns.
    messages, questions : mapping of str to str
        The patterns by id.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.MESSAGES`.
    """
    rows = []
    for row in list_rows(findings):
        gaps = fill(row)
        for kind, patterns in (("message", messages), ("question", questions)):
            rows.append(
                {
                    "area": row["area"],
                    "kind": kind,
                    "order": row["order"],
                    "text": _capitalise(patterns[row["pattern"]].format_map(gaps)),
                    "about": row["area"],
                    "measure": row["measure"],
                    "period": row["period"],
                    "benchmark": "region" if row["benchmark_value"] > 0 else "",
                    "pattern": row["pattern"],
                }
            )
    return MESSAGES.from_rows(rows)


def fill_line(row: Row, data: Section20, areas: Areas) -> dict[str, str]:
    """Return the words for the gaps that patterns of every deep dive have."""
    area = areas[row["area"]]
    gaps = {
        "area": name_area(area),
        "owned": own_area(area),
        "counts": say_counts(row),
        "item": row["line"],
        **{name: say_share(row[name]) for name in ("value", "other", "lower", "upper")},
        "benchmark": say_share(row["benchmark_value"]),
        "judgement": row["judgement"],
        "level": " (at the stricter 99.8% level too)" if _is_sure(row) else "",
    }
    if row["pattern"] in LINE_MESSAGES:
        line = data.line(row["line"])
        gaps |= {"phrase": line.phrase, "ask": line.ask}
    return gaps | (_fill_spread(row, areas) if row["pattern"] in ("spread", "even") else {})


def say_share(value: float) -> str:
    """Write a share: "24%"; nothing where it is missing."""
    return "" if math.isnan(value) else f"{format_number(value)}%"


def say_counts(row: Row) -> str:
    """Write the counts behind a finding: "101 of 420"."""
    if math.isnan(row["numerator"]) or math.isnan(row["denominator"]):
        return ""
    return f"{format_count(row['numerator'])} of {format_count(row['denominator'])}"


def _is_sure(row: Row) -> bool:
    """Whether a finding holds at 99.8% too."""
    return bool(row["judgement"]) and row["judgement"] == row["judgement_998"]


def say_standing(row: Row, figure: str) -> str:
    """Say where a figure stands to the region's, after a semicolon; nothing if it is not judged."""
    if math.isnan(row["benchmark_value"]):
        return ""
    real = row["judgement"] in ("higher", "lower")
    words = f"really {row['judgement']} than" if real else "not really different from"
    return f"; {figure} is {words} the region's {say_share(row['benchmark_value'])}"


def _fill_spread(row: Row, areas: Areas) -> dict[str, str]:
    """Return the words of who stands on which side of the region."""
    sides = {}
    for side in ("above", "below"):
        sides[side] = sorted(name_area(areas[code]) for code in row[side].split())
    said = [
        f"{join_names(names)} {'is' if len(names) == 1 else 'are'} {word}"
        for names, word in ((sides["above"], "higher"), (sides["below"], "lower"))
        if names
    ]
    differ = len(sides["above"]) + len(sides["below"])
    named = [f"{join_names(sides[s])} ({w})" for s, w in _SIDES if sides[s]]
    return {
        "differ": format_number(differ),
        "compared": format_number(row["compared"]),
        "verb": "differs" if differ == 1 else "differ",
        "sides": "; ".join(said),
        "apart": " apart from ".join([*named, "the region"][:2]),
    }


_SIDES = (("above", "higher"), ("below", "lower"))


def _capitalise(text: str) -> str:
    """Begin a sentence with a capital."""
    return text[:1].upper() + text[1:]
