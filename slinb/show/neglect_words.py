"""Five messages and five questions of the neglect deep dive: patterns that results fill.

A pattern is a text with gaps; what fills them comes from one row of the findings, and the words
of a line from the catalogue. A share for neglect never stands without neglect or multiple.
"""

from __future__ import annotations

import math

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.neglect import Neglect
from slinb.catalogue.periods import Period
from slinb.show.formats import format_count
from slinb.show.markup import Html, render_template
from slinb.show.neglect_view import NeglectView
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row
from slinb.show.section20_words import (
    LINE_MESSAGES,
    LINE_QUESTIONS,
    fill_line,
    list_headlines,
    say_share,
    write_rows,
)

_TABLE = "neglect_messages"
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
    "nothing_sent": "What keeps {area} from running the count, and who could help?",
}


def write_neglect_messages(findings: pd.DataFrame, data: Neglect, areas: Areas) -> pd.DataFrame:
    """Write the sentence and the question of each finding.

    Parameters
    ----------
    findings : DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FINDINGS`.
    data : Neglect
        From :func:`slinb.catalogue.neglect.load_neglect`: the words of the lines.
    areas : Areas

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.MESSAGES`: for every finding a message and a question.
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
        gaps["standing"] = _say_standing(row)
    if pattern in ("published", "moved", "unknown"):
        gaps |= _fill_published(row, areas)
    return gaps


def _say_standing(row: Row) -> str:
    if math.isnan(row["benchmark_value"]):
        return ""
    real = row["judgement"] in ("higher", "lower")
    words = f"really {row['judgement']} than" if real else "not really different from"
    return f"; the second is {words} the region's {say_share(row['benchmark_value'])}"


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


def messages_html(view: NeglectView) -> Html:
    """Show the messages and questions of the region."""
    regional = list_headlines(view, _TABLE).get(view.region.code, [])
    context = {"key": "neglect-headlines", "region": view.region, "pages": [], "without": ""}
    return Html(str(render_template("messages_list", **context, regional=regional)))


def authorities_html(view: NeglectView) -> Html:
    """Show the messages and questions of each authority, folded."""
    listed = list_headlines(view, _TABLE)
    pages = [(area, listed[area.code]) for area in view.areas if area.code in listed]
    return Html(str(render_template("section20_authorities", key="neglect-authority", pages=pages)))
