"""An authority's own Section 20 page, for its receipt: its figures beside the region's."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import load_dives
from slinb.catalogue.section20 import Section20
from slinb.show.dive_limits import index_checks, say_many
from slinb.show.dive_practice import pick_answer, word_question
from slinb.show.dive_values import (
    NOT_SENT,
    show_counts,
    show_interval,
    show_judgement,
    show_months,
    show_value,
)
from slinb.show.dive_view import PER_CHILDREN
from slinb.show.formats import format_number
from slinb.show.markup import Html, render_template
from slinb.show.rows import Row
from slinb.show.section20_view import Section20View
from slinb.show.tables import table_html

#: Result tables of the restricted edition that the part is made from. The first two are read
#: whole, for the region's figures stand in them; of the others the authority's own rows do.
SECTION20_WITH_REGION = ("section20_figures", "section20_medians")
SECTION20_RECEIPT_TABLES = (*SECTION20_WITH_REGION, "section20_quality", "section20_messages")
#: The pattern of the message that nothing was sent.
_SILENT = "nothing_sent"
_ALL, _WITHOUT = {"population": "all"}, {"population": "not UASC"}


@dataclass(frozen=True)
class Found:
    """Something that the records' checks found: what, how many, and what to do about it."""

    what: str
    many: str
    action: str


@dataclass(frozen=True)
class _Asked:
    """One line of the table of figures: its words, its key, and the decimals it is shown with."""

    words: str
    measure: str
    item: str
    key: dict[str, str]
    decimals: int = 0


def section20_receipt_html(view: Section20View, area: Area, *, key: str = "section-20") -> Html:
    """Write what an authority gets back for its Section 20 counts: for its own eyes only.

    Parameters
    ----------
    view : Section20View
        Over :data:`SECTION20_RECEIPT_TABLES` of the restricted edition.
    area : Area
        The authority; nothing of another one stands in it.
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; where no counts came it says so, and how to send them.
    """
    sent = any(code == area.code for code, *_ in view.figures)
    messages, questions = _read_words(view, area)
    lead = [row for row in messages if sent or row["pattern"] == _SILENT][:1]
    context = {
        "key": key,
        "sent": sent,
        "finding": lead[0]["text"] if lead else "",
        "messages": [row["text"] for row in messages if row not in lead],
        "figures": _write_figures(view, area) if sent else "",
        "practice": _write_practice(view, area) if sent else "",
        "found": _list_found(view, area) if sent else [],
        "unrun": _list_unrun(view, area) if sent else [],
        "question": questions.get(lead[0]["order"], "") if lead else "",
    }
    return Html(str(render_template("section20_receipt", **context)))


def _read_words(view: Section20View, area: Area) -> tuple[list[Row], dict[int, str]]:
    """Return an authority's messages in order, and its questions by the order of the message."""
    own = [r for r in view.rows("messages") if r["area"] == area.code]
    own.sort(key=lambda row: int(row["order"]))
    messages = [row for row in own if row["kind"] == "message"]
    return messages, {row["order"]: row["text"] for row in own if row["kind"] == "question"}


# Figures ------------------------------------------------------------------------------------


def _list_asked(data: Section20) -> list[tuple[list[_Asked], tuple[str, str, str]]]:
    """Return the lines of the table in the order of the briefing, each group with its median."""
    year, cohort = {"window": "year"}, {"window": "cohort"}
    now = [
        _Asked("Share of children in care", "S1", "stock", _ALL),
        _Asked("Share, without UASC", "S1", "stock", _WITHOUT),
        _Asked("Per 10,000 children", "S1", "stock rate", {**_ALL, "unit": PER_CHILDREN}, 1),
        _Asked("UASC, of Section 20", "S2", "UASC share of Section 20", _ALL),
        _Asked("Starts in 12 months, share", "S3", "starts", {**_ALL, **year}),
        _Asked("Starts in 12 months, without UASC", "S3", "starts", {**_WITHOUT, **year}),
    ]
    long = [_ask_within("S6", "over", n, _WITHOUT, "{}, without UASC") for n in (3, 6, 12, 24)]
    order = [_ask_within("S9", "within", n, cohort, "Under an order {}") for n in (3, 6, 12)]
    back = [
        _ask_within("S12", "within", n, cohort, "Back in care {} of going home") for n in (6, 12)
    ]
    return [
        (
            [*now, *long, _ask_line(data, "drift")],
            ("Median months of the current spell, without UASC", "S6", "not UASC"),
        ),
        (order, ("Median months from start to order", "S10", "all")),
        ([_ask_line(data, "unplanned"), *back], ("", "", "")),
        ([_ask_line(data, "far"), _ask_line(data, "reviews")], ("", "", "")),
    ]


def _ask_within(measure: str, word: str, months: int, key: dict[str, str], pattern: str) -> _Asked:
    item = f"{word} {months} months"
    words = pattern.format(item)
    return _Asked(words[:1].upper() + words[1:], measure, item, key)


def _ask_line(data: Section20, name: str) -> _Asked:
    line = data.line(name)
    key = {k: text for k, text in line.key.items() if k not in ("measure", "item")}
    return _Asked(line.short, line.measure, line.item, key)


def _write_figures(view: Section20View, area: Area) -> str:
    rows = []
    for group, (words, *key) in _list_asked(view.data):
        rows += [row for asked in group if (row := _write_line(view, area, asked))]
        mine, region = (view.medians.get((place.code, *key)) for place in (area, view.region))
        if mine is not None or region is not None:
            rows.append(_write_median(words, mine, region))
    return table_html(
        ["Figure", "Your figure", "Counts", "95% interval", "Region", "Against the region"],
        rows,
        caption="Your Section 20 figures beside the region's.",
        numbers=(1, 2, 3, 4),
    )


def _write_line(view: Section20View, area: Area, asked: _Asked) -> list[str]:
    """Return one line; nothing where neither the authority nor the region has the figure."""
    mine, region = (
        view.pick(place, asked.measure, asked.item, **asked.key) for place in (area, view.region)
    )
    if mine is None and region is None:
        return []
    return [
        asked.words,
        show_value(mine, asked.decimals),
        show_counts(mine),
        show_interval(mine, asked.decimals),
        show_value(region, asked.decimals),
        show_judgement(mine),
    ]


def _write_median(words: str, mine: Row | None, region: Row | None) -> list[str]:
    spells = "" if mine is None or math.isnan(mine["n"]) else f"{format_number(mine['n'])} spells"
    own = NOT_SENT if mine is None else show_months(mine)
    return [words, own, spells, "", show_months(region), ""]


def _write_practice(view: Section20View, area: Area) -> str:
    rows = []
    for question in load_dives()[view.dive].questions:
        mine, region = (pick_answer(view, place, question) for place in (area, view.region))
        if mine is not None or region is not None:
            cells = [show_value(mine), show_counts(mine), show_value(region)]
            rows.append([word_question(question), *cells])
    if not rows:
        return ""
    return table_html(
        ["Practice return", "Your answer", "Counts", "Region"],
        rows,
        caption="Your answers to the practice return beside the region's.",
        numbers=(1, 2, 3),
    )


# Data quality -------------------------------------------------------------------------------


def _list_found(view: Section20View, area: Area) -> list[Found]:
    """Return the checks that failed and the children left out, each with what to do."""
    rows = [r for r in view.rows("quality") if r["area"] == area.code]
    checks = {check.id: check for check in view.data.checks}
    failed = [
        Found(checks[r["item"]].words, say_many(r), checks[r["item"]].action)
        for r in rows
        if r["kind"] == "check" and r["item"] in checks and r["n"] != 0
    ]
    return [*failed, *_list_left_out(rows)]


def _list_left_out(rows: Sequence[Row]) -> list[Found]:
    """Return for each reason the largest number of children that a count is without."""
    most: dict[str, Row] = {}
    for row in rows:
        if row["kind"] == "left out" and not math.isnan(row["n"]):
            why = row["why"] or "it could not be told either way"
            if why not in most or row["n"] > most[why]["n"]:
                most[why] = row
    return [
        Found(f"Left out of a count: {why}", say_many(row), _LEFT_OUT) for why, row in most.items()
    ]


_LEFT_OUT = "Look at the list that prepare-return writes with --problems; it stays with you."


def _list_unrun(view: Section20View, area: Area) -> list[str]:
    """Return the checks of which no result came."""
    run = index_checks(view)
    return [check.words for check in view.data.checks if (check.id, area.code) not in run]
