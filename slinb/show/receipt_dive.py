"""What an authority gets back for the counts of one deep dive: for its own eyes only.

The parts that every deep dive's page of a receipt is made of; which figures stand in it, in which
order, each dive says for itself (:mod:`slinb.show.receipt_neglect`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import Dive, load_dives
from slinb.show.dive_practice import pick_answer, word_question
from slinb.show.dive_values import (
    NOT_SENT,
    say_missing,
    show_counts,
    show_interval,
    show_judgement,
    show_months,
    show_value,
)
from slinb.show.dive_view import DiveView
from slinb.show.formats import REASONS, format_number
from slinb.show.markup import Html, render_template
from slinb.show.rows import Row, list_rows

#: The pattern of the message that nothing was sent.
_SILENT = "nothing_sent"
_TOO_FEW = "too few"
_UNTOLD = "it could not be told either way"
_LEFT_OUT = "Look at the list that prepare-return writes with --problems; it stays with you."


@dataclass(frozen=True)
class AskedFigure:
    """One line of the table of figures: its words, its key, and the decimals it is shown with."""

    words: str
    measure: str
    item: str
    key: dict[str, str] = field(default_factory=dict)
    decimals: int = 0


@dataclass(frozen=True)
class AskedMedian:
    """One line with a median in months: its words, what it is of, and what it counts."""

    words: str
    measure: str
    population: str
    counts: str


Asked = AskedFigure | AskedMedian


@dataclass(frozen=True)
class Line:
    """One line of a table: the authority's figure with its evidence, and the region's."""

    words: str
    own: str
    mark: str
    evidence: tuple[str, ...]
    region: str


@dataclass(frozen=True)
class Found:
    """Something that the records' checks found: what, how many, and what to do about it."""

    what: str
    many: str
    action: str


@dataclass(frozen=True)
class OwnPage:
    """What is particular to one deep dive's page.

    Parameters
    ----------
    dive : str
        Its id, with which the names of its tables begin.
    title, key : str
        Heading and id of the section.
    records : str
        The records that ``slinb prepare-return`` counts for it, as they are called in a sentence.
    asked : sequence
        The lines of the table of figures, in order.
    """

    dive: str
    title: str
    key: str
    records: str
    asked: Sequence[Asked]


def own_page_html(view: DiveView, area: Area, page: OwnPage) -> Html:
    """Write what an authority gets back for its counts of a deep dive.

    Parameters
    ----------
    view : DiveView
        Over the tables ``figures`` and ``medians`` of the dive, whole, and the authority's rows of
        ``quality`` and ``messages``; of the restricted edition.
    area : Area
        The authority; nothing of another one stands in it.
    page : OwnPage

    Returns
    -------
    Html
        One ``<section>``; where no counts came it says so, and how to send them.
    """
    sent = any(code == area.code for code, *_ in view.figures)
    messages, questions = _read_words(view, area, page)
    lead = [row for row in messages if sent or row["pattern"] == _SILENT][:1]
    context = {
        "page": page,
        "sheet": load_dives()[page.dive].answers_sheet,
        "sent": sent,
        "finding": lead[0]["text"] if lead else "",
        "messages": [row["text"] for row in messages if row not in lead],
        "figures": _list_figures(view, area, page) if sent else [],
        "answers": _list_answers(view, area, page) if sent else [],
        "found": _list_found(view, area, page) if sent else [],
        "unrun": _list_unrun(view, area, page) if sent else [],
        "question": questions.get(lead[0]["order"], "") if lead else "",
    }
    return Html(str(render_template("receipt_dive", **context)))


def _read_own(view: DiveView, area: Area, table: str) -> list[Row]:
    return [row for row in list_rows(view.tables[table]) if row["area"] == area.code]


def _read_words(view: DiveView, area: Area, page: OwnPage) -> tuple[list[Row], dict[int, str]]:
    """Return an authority's messages in order, and its questions by the order of the message."""
    own = sorted(_read_own(view, area, f"{page.dive}_messages"), key=lambda row: int(row["order"]))
    messages = [row for row in own if row["kind"] == "message"]
    return messages, {row["order"]: row["text"] for row in own if row["kind"] == "question"}


# Figures ------------------------------------------------------------------------------------


def _list_figures(view: DiveView, area: Area, page: OwnPage) -> list[Line]:
    """Return the lines of the table of figures; without those that nobody has."""
    lines = []
    for asked in page.asked:
        if isinstance(asked, AskedMedian):
            key = (asked.measure, asked.population)
            rows = [view.medians.get((place.code, *key)) for place in (area, view.region)]
            lines.append(_write_median(asked, *rows))
        else:
            rows = [
                view.pick(place, asked.measure, asked.item, **asked.key)
                for place in (area, view.region)
            ]
            lines.append(_write_share(asked.words, *rows, decimals=asked.decimals))
    return [line for line in lines if line]


def _list_answers(view: DiveView, area: Area, page: OwnPage) -> list[Line]:
    """Return the answers to the practice return; without the questions that nobody answered."""
    lines = [
        _write_share(word_question(q), *(pick_answer(view, place, q) for place in places))
        for places in [(area, view.region)]
        for q in load_dives()[page.dive].questions
    ]
    return [line for line in lines if line]


def _write_share(
    words: str, mine: Row | None, region: Row | None, *, decimals: int = 0
) -> Line | None:
    if not (_is_sent(mine) or _is_sent(region)):
        return None
    evidence = [show_counts(mine), show_interval(mine, decimals)] if _has_value(mine) else []
    return Line(
        words=words,
        own=_say_value(mine, decimals),
        mark=show_judgement(mine),
        evidence=tuple(text for text in evidence if text),
        region=_say_value(region, decimals),
    )


def _write_median(asked: AskedMedian, mine: Row | None, region: Row | None) -> Line | None:
    if mine is None and region is None:
        return None
    known = mine is not None and not math.isnan(mine["n"])
    counts = f"{format_number(mine['n'])} {asked.counts}" if mine is not None and known else ""
    evidence = (counts,) if counts else ()
    return Line(asked.words, _say_median(mine), "", evidence, _say_median(region))


def _is_sent(row: Row | None) -> bool:
    return row is not None and row["status"] != "missing"


def _has_value(row: Row | None) -> bool:
    return row is not None and not math.isnan(row["value"])


def _say_value(row: Row | None, decimals: int) -> str:
    """Write a figure, or in words why there is none: a symbol needs a key."""
    if _has_value(row):
        return show_value(row, decimals)
    return NOT_SENT if row is None else _say_reason(row, "none to count")


def _say_median(row: Row | None) -> str:
    if row is not None and not math.isnan(row["median"]):
        return show_months(row)
    if row is None or row["status"] == "low_reliability":
        return NOT_SENT if row is None else _TOO_FEW
    return _say_reason(row, _TOO_FEW)


def _say_reason(row: Row, otherwise: str) -> str:
    return REASONS[row["status"]].short if row["status"] in REASONS else otherwise


# Data quality -------------------------------------------------------------------------------


def _list_found(view: DiveView, area: Area, page: OwnPage) -> list[Found]:
    """Return the checks that failed and the children left out, each with what to do."""
    rows = _read_own(view, area, f"{page.dive}_quality")
    checks = {check.id: check for check in view.data.checks}
    failed = [
        Found(checks[r["item"]].words, _say_many(r), checks[r["item"]].action)
        for r in rows
        if r["kind"] == "check" and r["item"] in checks and r["n"] != 0
    ]
    return [*failed, *_list_left_out(rows, load_dives()[page.dive])]


def _say_many(row: Row) -> str:
    if math.isnan(row["n"]):
        return say_missing(row["status"])
    return f"{format_number(row['n'])} of {format_number(row['of'])}"


def _list_left_out(rows: Sequence[Row], dive: Dive) -> list[Found]:
    """Return for each reason the largest number of children that a count is without."""
    most: dict[str, Row] = {}
    for row in rows:
        if row["kind"] == "left out" and not math.isnan(row["n"]):
            why = row["why"] or _UNTOLD
            if why not in most or row["n"] > most[why]["n"]:
                most[why] = row
    return [
        Found(f"Left out of a count: {why}", _say_many(row), _say_action(dive, why))
        for why, row in most.items()
    ]


def _say_action(dive: Dive, why: str) -> str:
    """Return what to do where children are left out; reasons may be joined."""
    found = [dive.left_out[part] for part in why.split("; ") if part in dive.left_out]
    return " ".join(found) or _LEFT_OUT


def _list_unrun(view: DiveView, area: Area, page: OwnPage) -> list[str]:
    """Return the checks of which no result came."""
    rows = _read_own(view, area, f"{page.dive}_quality")
    run = {r["item"] for r in rows if r["kind"] == "check"}
    return [check.words for check in view.data.checks if check.id not in run]
