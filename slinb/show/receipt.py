"""The receipt: what one authority gets back for what it sent, and one question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area, Areas
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.errors import SchemaError
from slinb.schema import MESSAGES, SUBMISSIONS
from slinb.show.formats import format_day, format_number
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names, name_area
from slinb.show.profile_rows import Rug, count_words, list_standings
from slinb.show.prose import render_prose
from slinb.show.receipt_rows import (
    Asked,
    Shown,
    count_answered,
    list_moves,
    list_queries,
    list_replaced,
    list_sent,
    list_shown,
)
from slinb.show.rows import Row, list_rows

#: Tables that a receipt is made from; `public` is the public edition's comparison_quarterly.
RECEIPT_TABLES = (
    "submissions",
    "accepted",
    "quarantined",
    "superseded",
    "queries",
    "summary",
    "comparison_quarterly",
    "public",
    "travel_quarterly",
    "messages_quarterly",
)
_CAME = ("used", "late")


def receipt_html(
    tables: Mapping[str, pd.DataFrame],
    measures: Measures,
    area: Area,
    areas: Areas,
    region: Area,
    quarter: Period,
    *,
    queries_before: pd.DataFrame | None = None,
    key: str = "receipt",
) -> Html:
    """Write the receipt of one authority for one quarter: for its own eyes only.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those named in :data:`RECEIPT_TABLES`: the processed tables of the quarter, the result
        tables of the restricted edition, and the public one's comparison.
    measures, areas
        The catalogue.
    area : Area
        The authority that it goes to; nothing of another authority's return stands in it.
    region : Area
    quarter : Period
    queries_before : DataFrame, optional
        Last quarter's queries: what was answered since, and what is asked again.
    key : str
        Prefix of the ids.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``profile.css`` and no script.

    Raises
    ------
    SchemaError
        A table is missing, or lacks a column.
    """
    missing = [name for name in RECEIPT_TABLES if name not in tables]
    if missing:
        raise SchemaError(f"The receipt of {area.name} lacks the tables {', '.join(missing)}.")
    asked = measures.quarterly()
    queries = list_queries(tables["queries"], queries_before, measures, area, quarter)
    submission = _find_submission(tables["submissions"], area)
    shown = list_shown(tables["comparison_quarterly"], tables["public"], asked, area)
    moves, compared = list_moves(tables["travel_quarterly"], measures, area)
    return Html(
        str(
            render_template(
                "receipt",
                key=key,
                who=name_area(area),
                quarter=quarter.label,
                finding=_say_finding(submission, tables["summary"], queries, area, quarter),
                facts=_list_facts(submission),
                words=render_prose(submission["narrative"]) if submission else "",
                queries=queries,
                sent=list_sent(tables["accepted"], tables["quarantined"], asked, area, quarter),
                replaced=list_replaced(tables["accepted"], tables["superseded"], asked, area),
                moves=moves,
                compared=compared,
                answered=count_answered(queries_before, queries, area),
                shown=shown,
                shown_words=_say_shown(shown),
                position=_say_position(
                    tables["comparison_quarterly"], measures, area, areas, region
                ),
                question=_find_question(tables["messages_quarterly"], area),
            )
        )
    )


def _find_submission(submissions: pd.DataFrame, area: Area) -> Row | None:
    """Return the workbook that counts; None where none could be used."""
    rows = list_rows(SUBMISSIONS.conform(submissions))
    mine = [r for r in rows if r["area"] == area.code and r["outcome"] in _CAME]
    return mine[-1] if mine else None


def _say_finding(
    submission: Row | None,
    summary: pd.DataFrame,
    queries: Sequence[Asked],
    area: Area,
    quarter: Period,
) -> str:
    name = name_area(area)
    if submission is None:
        return f"No return of {name} for {quarter.label} could be used. What to do stands below."
    counts = next((r for r in list_rows(summary) if r["area"] == area.code), None)
    if counts is None:
        return f"Thank you: the return of {name} came. {_say_queries(queries)}"
    sent, expected, held = (int(counts[k]) for k in ("sent", "expected", "quarantined"))
    came = f"all {expected}" if sent == expected else f"{sent} of {expected}"
    parts = ((int(counts["accepted"]), "used"), (held, "set aside"))
    told = (f"{n} {'is' if n == 1 else 'are'} {what}" for n, what in parts)
    used = " and ".join(told) if held else "every one is used"
    return f"Thank you: {came} values came from {name}, and {used}. {_say_queries(queries)}"


def _say_queries(queries: Sequence[Asked]) -> str:
    asks = [query.sign[1] for query in queries]
    parts = [
        f"{verb} {'one' if (count := asks.count(f'please {verb}')) == 1 else format_number(count)}"
        for verb in ("correct", "confirm")
        if f"please {verb}" in asks
    ]
    return f"Please {join_names(parts)}." if parts else "There is nothing to mend."


def _list_facts(submission: Row | None) -> list[tuple[str, str]]:
    if submission is None:
        return []
    late = " (late)" if submission["outcome"] == "late" else ""
    return [
        ("Workbook", submission["file"]),
        ("Received", (format_day(submission["received"]) or "no date given") + late),
        ("Signed off by", submission["role"] or "not stated"),
    ]


def _say_shown(shown: Sequence[Shown]) -> str:
    """Say how many figures each edition shows, and why the public one shows fewer."""
    if not shown:
        return "Nothing of the quarter's returns can be shown: each cell says that nothing came."
    figures = [
        sum("(" not in cell for cell in cells)
        for cells in zip(*((row.restricted, row.public) for row in shown), strict=True)
    ]
    withheld = sum(row.public.startswith("c ") and row.differs for row in shown)
    text = (
        f"Of {format_number(len(shown))} measures the directors' group sees "
        f"{format_number(figures[0])} figures, the public {format_number(figures[1])}."
    )
    if not withheld:
        return f"{text} None had to be withheld to protect small numbers."
    cells = "one is" if withheld == 1 else f"{format_number(withheld)} are"
    return f"{text} In the public edition {cells} withheld (c) to protect small numbers."


def _say_position(
    comparison: pd.DataFrame, measures: Measures, area: Area, areas: Areas, region: Area
) -> dict[str, Any]:
    """Return where the authority stands: the counts in a sentence, and what stands out most."""
    rug = Rug(comparison)
    none = Rug(comparison.iloc[:0])
    found = list_standings(rug, none, measures.quarterly(), area, areas.authorities(region.code))
    count = count_words(found)
    name = name_area(area)
    if not comparison["area"].eq(area.code).any():
        return {"words": f"Without figures of {name} there is no position to tell.", "first": []}
    words = (
        f"{name} is really worse than the region on {format_number(count['worse'])} measures, "
        f"really better on {format_number(count['better'])}, and different without judgement on "
        f"{format_number(count['neither'])}."
    ).replace(" 1 measures", " one measure")
    judged = [one for one in found if one.mark.word in ("worse", "better")]
    return {"words": words, "first": judged[:6]}


def _find_question(messages: pd.DataFrame, area: Area) -> str:
    rows = [
        r
        for r in list_rows(MESSAGES.conform(messages))
        if r["area"] == area.code and r["kind"] == "question"
    ]
    return str(min(rows, key=lambda r: int(r["order"]))["text"]) if rows else ""
