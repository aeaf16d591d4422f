"""Five messages and five questions of the Section 20 deep dive: patterns that results fill.

A pattern is a text with gaps; what fills them comes from one row of the findings, and the words
of a line from the catalogue. No sentence says what nobody counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20
from slinb.schema import MESSAGES
from slinb.show.formats import format_count, format_number
from slinb.show.markup import Html, render_template
from slinb.show.messages_list import Headline
from slinb.show.phrases import join_names, name_area, own_area
from slinb.show.rows import Row, list_rows
from slinb.show.section20_view import View

#: What is said of a line of any deep dive.
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
}
_MESSAGES = {
    **LINE_MESSAGES,
    "history": "On 31 March {year} {value} of {owned} children in care were under Section 20, "
    "{moved} {before_year}{without}.",
    "share": "{counts} children in care in {area} ({value}) are under Section 20, {other} without "
    "unaccompanied children{uasc}{standing}.",
    "followed": "Within 12 months of starting under Section 20, {value} of the region's children "
    "were under an order ({lower} to {upper}), {home} had gone home and {rest} had left "
    "otherwise or turned 18.",
    "practice": "Of the practice questions, “{item}” has the smallest share in {area}: {value} "
    "({counts}).",
    "nothing_sent": "{area} has sent no Section 20 counts for this quarter.",
}
_QUESTIONS = {
    **LINE_QUESTIONS,
    "history": "What in practice, and not in recording or in unaccompanied children, lies behind "
    "the change from {before} to {value}?",
    "share": "Which of {owned} children under Section 20 who are not unaccompanied have no plan "
    "with a date, and who holds that list?",
    "followed": "For the children who came under an order, was Section 20 a way to begin or a "
    "way to wait?",
    "practice": "What would raise “{item}” from {value}, and by when?",
    "nothing_sent": "What keeps {area} from running the count, and who could help?",
}


def write_section20_messages(findings: pd.DataFrame, data: Section20, areas: Areas) -> pd.DataFrame:
    """Write the sentence and the question of each finding.

    Parameters
    ----------
    findings : DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FINDINGS`.
    data : Section20
        From :func:`slinb.catalogue.section20.load_section20`: the words of the lines.
    areas : Areas

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.MESSAGES`: for every finding a message and a question.
    """
    return write_rows(
        findings, lambda row: _fill_gaps(row, data, areas), messages=_MESSAGES, questions=_QUESTIONS
    )


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
        Rows of :data:`slinb.analyse.section20_tables.FINDINGS`.
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
                    "text": capitalise(patterns[row["pattern"]].format_map(gaps)),
                    "about": row["area"],
                    "measure": row["measure"],
                    "period": row["period"],
                    "benchmark": "region" if row["benchmark_value"] > 0 else "",
                    "pattern": row["pattern"],
                }
            )
    return MESSAGES.from_rows(rows)


def _fill_gaps(row: Row, data: Section20, areas: Areas) -> dict[str, str]:
    filled = {"history": _fill_history, "share": _fill_share, "followed": _fill_followed}
    gaps = fill_line(row, data, areas)
    return gaps | filled[row["pattern"]](row) if row["pattern"] in filled else gaps


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
        "level": " (at the stricter 99.8% level too)" if is_sure(row) else "",
    }
    if row["pattern"] in LINE_MESSAGES:
        line = data.line(row["line"])
        gaps |= {"phrase": line.phrase, "ask": line.ask}
    return gaps | (fill_spread(row, areas) if row["pattern"] in ("spread", "even") else {})


def say_share(value: float) -> str:
    """Write a share: "24%"; nothing where it is missing."""
    return "" if math.isnan(value) else f"{format_number(value)}%"


def say_counts(row: Row) -> str:
    """Write the counts behind a finding: "101 of 420"."""
    if math.isnan(row["numerator"]) or math.isnan(row["denominator"]):
        return ""
    return f"{format_count(row['numerator'])} of {format_count(row['denominator'])}"


def is_sure(row: Row) -> bool:
    """Whether a finding holds at 99.8% too."""
    return bool(row["judgement"]) and row["judgement"] == row["judgement_998"]


def _fill_history(row: Row) -> dict[str, str]:
    before = say_share(row["other"])
    words = "as" if before == say_share(row["value"]) else f"after {before}"
    known = not (math.isnan(row["third"]) or math.isnan(row["fourth"]))
    without, earlier = say_share(row["third"]), say_share(row["fourth"])
    beside = f"; without unaccompanied children {without}, after {earlier}"
    return {
        "year": str(Period.parse(row["period"]).end.year),
        "before": before,
        "moved": f"{words} in" if words != "as" else "as in",
        "before_year": str(Period.parse(row["other_period"]).end.year),
        "without": beside if known else "",
    }


def _fill_share(row: Row) -> dict[str, str]:
    uasc = f", who are {say_share(row['third'])} of them" if not math.isnan(row["third"]) else ""
    standing = ""
    if not math.isnan(row["benchmark_value"]):
        real = row["judgement"] in ("higher", "lower")
        words = f"really {row['judgement']} than" if real else "not really different from"
        standing = f"; that is {words} the region's {say_share(row['benchmark_value'])}"
    return {"uasc": uasc, "standing": standing}


def _fill_followed(row: Row) -> dict[str, str]:
    return {"home": say_share(row["other"]), "rest": say_share(row["third"] + row["fourth"])}


def fill_spread(row: Row, areas: Areas) -> dict[str, str]:
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


def capitalise(text: str) -> str:
    """Begin a sentence with a capital."""
    return text[:1].upper() + text[1:]


def messages_html(view: View) -> Html:
    """Show the messages and questions of the region."""
    context = {"key": "s20-headlines", "region": view.region, "pages": [], "without": ""}
    regional = list_headlines(view).get(view.region.code, [])
    return Html(str(render_template("messages_list", **context, regional=regional)))


def authorities_html(view: View) -> Html:
    """Show the messages and questions of each authority, folded."""
    listed = list_headlines(view)
    pages = [(area, listed[area.code]) for area in view.areas if area.code in listed]
    return Html(str(render_template("section20_authorities", key="s20-authority", pages=pages)))


def list_headlines(view: View, table: str = "section20_messages") -> dict[str, list[Headline]]:
    """Lay each message beside its question, by the area of the page."""
    pages: dict[str, dict[int, Headline]] = {}
    for row in list_rows(view.tables[table]):
        order = int(row["order"])
        headline = pages.setdefault(row["area"], {}).setdefault(order, Headline(order))
        if row["kind"] == "question":
            headline.question = row["text"]
        else:
            headline.message = row["text"]
    return {code: [found[i] for i in sorted(found)] for code, found in pages.items()}
