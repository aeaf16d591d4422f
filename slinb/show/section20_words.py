"""What the messages and questions of the Section 20 deep dive say."""

from __future__ import annotations

import math

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20
from slinb.show.dive_words import (
    LINE_MESSAGES,
    LINE_QUESTIONS,
    fill_line,
    say_share,
    say_standing,
    write_rows,
)
from slinb.show.rows import Row

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
}


def write_section20_messages(findings: pd.DataFrame, data: Section20, areas: Areas) -> pd.DataFrame:
    """Write the sentence and the question of each finding.

    As :func:`slinb.show.dive_words.write_rows`; the words of the lines are the catalogue's.
    """
    return write_rows(
        findings, lambda row: _fill_gaps(row, data, areas), messages=_MESSAGES, questions=_QUESTIONS
    )


def _fill_gaps(row: Row, data: Section20, areas: Areas) -> dict[str, str]:
    filled = {"history": _fill_history, "share": _fill_share, "followed": _fill_followed}
    gaps = fill_line(row, data, areas)
    return gaps | filled[row["pattern"]](row) if row["pattern"] in filled else gaps


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
    return {"uasc": uasc, "standing": say_standing(row, "that")}


def _fill_followed(row: Row) -> dict[str, str]:
    return {"home": say_share(row["other"]), "rest": say_share(row["third"] + row["fourth"])}
