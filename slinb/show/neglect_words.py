"""What the messages and questions of the neglect deep dive say.

A share for neglect never stands without neglect or multiple.
"""

from __future__ import annotations

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.neglect import Neglect
from slinb.catalogue.periods import Period
from slinb.show.dive_words import (
    LINE_MESSAGES,
    LINE_QUESTIONS,
    fill_line,
    say_share,
    say_standing,
    write_rows,
)
from slinb.show.formats import format_count
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row

_MESSAGES = {
    **LINE_MESSAGES,
    "published": "On 31 March {year} {value} of the region's {plans} plans were for neglect, and "
    "{other} for neglect or multiple (England {third} and {fourth}).{place}{unknown}",
    "share": "Now {counts} plans in {area} ({value}) are for neglect, {other} for neglect or "
    "multiple{standing}.",
    "against": "In {area} {value} of {own} {said} ({counts}), against {other} of {others} "
    "({other_counts}).",
    "tool": "A neglect tool was completed in the last six months for {value} ({counts}) of the "
    "children on a plan for neglect whose files were looked at in {area}{again}.",
    "beside": "Where assessments in {area} found neglect, they found domestic abuse too in "
    "{value}, parental mental ill health in {other}, drug misuse in {third} and alcohol misuse in "
    "{fourth}.",
    "moved": "On 31 March {year} {value} of {owned} {plans} plans were for neglect or multiple, "
    "{other} for neglect alone{before}.",
    "unknown": "On 31 March {year} {other} of {owned} {plans} plans were for neglect; what "
    "Multiple adds is unknown, because the DfE withholds it.",
    "nothing_sent": "{area} has sent no counts on neglect for this quarter.",
}
_QUESTIONS = {
    **LINE_QUESTIONS,
    "published": "Does every authority mean the same by “multiple”, and where would its plans "
    "stand if each had one main category?",
    "share": "Which children have neglect in their assessment but not in the category of their "
    "plan, or no plan at all?",
    "against": "{ask}",
    "tool": "{ask}",
    "beside": "{ask}",
    "moved": "What in need, in practice or in recording lies behind that?",
    "unknown": "How many plans for multiple categories does {area} hold now, and how many of them "
    "are about neglect?",
}


def write_neglect_messages(findings: pd.DataFrame, data: Neglect, areas: Areas) -> pd.DataFrame:
    """Write the sentence and the question of each finding.

    As :func:`slinb.show.dive_words.write_rows`; the words of the lines are the catalogue's.
    """
    return write_rows(
        findings, lambda row: _fill_gaps(row, data, areas), messages=_MESSAGES, questions=_QUESTIONS
    )


def _fill_gaps(row: Row, data: Neglect, areas: Areas) -> dict[str, str]:
    gaps = fill_line(row, data, areas)
    gaps |= {name: say_share(row[name]) for name in ("third", "fourth")}
    pattern = row["pattern"]
    if pattern in ("against", "tool", "beside"):
        gaps["ask"] = data.line(row["line"]).ask
    if pattern == "against":
        rule = data.set_against(row["line"])
        counts = f"{format_count(row['third'])} of {format_count(row['fourth'])}"
        gaps |= {"own": rule.own, "others": rule.others, "said": rule.said, "other_counts": counts}
    if pattern == "tool":
        repeated = f"; of these, it was repeated at a review for {gaps['other']}"
        gaps["again"] = repeated if gaps["other"] else ""
    if pattern == "share":
        gaps["standing"] = say_standing(row, "the second")
    if pattern in ("published", "moved", "unknown"):
        gaps |= _fill_published(row, areas)
    return gaps


def _fill_published(row: Row, areas: Areas) -> dict[str, str]:
    gaps = {
        "year": str(Period.parse(row["period"]).end.year),
        "plans": format_count(row["denominator"]),
        "place": "",
        "unknown": "",
        "before": "",
    }
    if row["above"]:
        name = name_area(areas[row["above"]])
        rank = _RANKS.get(int(row["compared"]), f"number {row['compared']}")
        gaps["place"] = (
            f" {name[:1].upper()}{name[1:]} is lowest on neglect alone ({say_share(row['lower'])}) "
            f"and {rank} once Multiple is counted ({say_share(row['upper'])})."
        )
    if row["below"]:
        names = join_names([name_area(areas[code]) for code in row["below"].split()])
        gaps["unknown"] = f" For {names} the second figure is unknown: the DfE withholds Multiple."
    if row["other_period"]:
        year = Period.parse(row["other_period"]).end.year
        gaps["before"] = f"; in {year} it was {say_share(row['third'])} for neglect or multiple"
    return gaps


_RANKS = {1: "highest", 2: "second highest", 3: "third highest", 4: "fourth highest"}
