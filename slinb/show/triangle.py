"""The triangle on a page: three sides of each authority, where they differ, who could help whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument
from slinb.catalogue.measures import Measures
from slinb.catalogue.triangle import UNKNOWN
from slinb.show.audit_words import say_none, say_share
from slinb.show.formats import decapitalise, format_value
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows
from slinb.show.tables import table_html

_DATA = {
    "better": "Better than the region",
    "worse": "Worse than the region",
    "mixed": "Better and worse than the region",
    "similar": "Like the region",
    UNKNOWN: "Nothing to compare",
}
_AUDITS = {"good": "Good", "mixed": "Neither good nor below", "below good": "Below good"}


@dataclass(frozen=True)
class Side:
    """One side of an authority's panel: what it says in short, and the lines behind it."""

    name: str
    short: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Quote:
    """One answer of the authority; ``held`` says why its words do not stand here."""

    question: str
    text: str
    held: str


def triangle_html(
    triangle: pd.DataFrame,
    disagreements: pd.DataFrame,
    helpers: pd.DataFrame,
    areas: Sequence[Area],
    measures: Measures,
    instrument: AuditInstrument,
    narratives: pd.DataFrame | None = None,
    *,
    key: str = "triangle",
) -> Html:
    """Write for each authority what data, audits and the authority itself say.

    Parameters
    ----------
    triangle, disagreements, helpers : DataFrame
        Result tables ``TRIANGLE``, of the disagreements (``area``, ``rule``, ``words``,
        ``question``) and ``HELPERS``.
    areas : sequence of Area
        The authorities, in the order of the panels.
    measures : Measures
    instrument : AuditInstrument
    narratives : DataFrame, optional
        ``area``, ``prompt``, ``text`` and ``flagged``: the authorities' own words. Leave them
        out of anything that is published. A text that is flagged is held back here too.
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; every text in it is escaped.
    """
    by_area = {row["area"]: row for row in list_rows(triangle)}
    asked = {area: list_rows(rows) for area, rows in disagreements.groupby("area")}
    panels = [
        (
            area,
            _write_sides(by_area[area.code], measures, instrument),
            asked.get(area.code, []),
            _quote(narratives, area, instrument),
        )
        for area in areas
        if area.code in by_area
    ]
    return Html(
        str(
            render_template(
                "triangle",
                key=key,
                lead=_say_lead(panels),
                panels=panels,
                helpers=_write_helpers(helpers, areas, measures),
            )
        )
    )


def _say_lead(panels: Sequence[tuple[Area, Sequence[Side], Sequence[Row], Sequence[Quote]]]) -> str:
    names = [area.name for area, _, asked, _ in panels if asked]
    if not names:
        return "Data, audits and authorities contradict one another nowhere by the stated rules."
    return f"What data, audits and the authorities say differs in {join_names(names)}."


def _write_sides(row: Row, measures: Measures, instrument: AuditInstrument) -> list[Side]:
    return [
        Side("The data", _DATA[row["data"]], _list_data(row, measures)),
        Side("The audits", _say_audits(row), _list_audits(row)),
        Side("The authority", _say_narrative(row, instrument), ()),
    ]


def _list_data(row: Row, measures: Measures) -> tuple[str, ...]:
    lines = []
    for word in ("worse", "better", "worsened", "improved"):
        if names := [decapitalise(measures[m].short) for m in row[word].split()]:
            since = " in a year" if word in ("worsened", "improved") else ""
            lines.append(f"Really {word}{since}: {join_names(names)}.")
    return tuple(lines)


def _say_audits(row: Row) -> str:
    if row["audit_status"] == "suppressed":
        return "Withheld"
    return _AUDITS.get(row["audits"], "No audits")


def _list_audits(row: Row) -> tuple[str, ...]:
    if row["audit_status"] == "suppressed":
        return (f"{say_none({**row, 'status': 'suppressed'})} cases: too few to show.",)
    if row["audit_status"] == "missing":
        return ()
    stricter = ("Moderation made many grades worse.",) if row["moderation"] == "stricter" else ()
    share = {**row, "status": "final", "good": round(row["value"] * row["n"] / 100)}
    when = "after" if row["basis"] == "moderated" else "before"
    return (f"{say_share(share)}, good or better {when} moderation.", *stricter)


def _say_narrative(row: Row, instrument: AuditInstrument) -> str:
    if row["narrative"] == UNKNOWN:
        return "Has not said"
    return instrument.label("direction", row["narrative"])


def _quote(narratives: pd.DataFrame | None, area: Area, instrument: AuditInstrument) -> list[Quote]:
    if narratives is None:
        return []
    mine: Mapping[str, Row] = {
        r["prompt"]: r for r in list_rows(narratives[narratives["area"].eq(area.code)])
    }
    return [
        Quote(prompt.question, "" if row["flagged"] else row["text"], row["flagged"])
        for prompt in instrument.prompts
        if not prompt.list and (row := mine.get(prompt.id)) and row["text"]
    ]


def _write_helpers(helpers: pd.DataFrame, areas: Sequence[Area], measures: Measures) -> str:
    if helpers.empty:
        return ""
    names = {area.code: area.name for area in areas}
    rows = [
        [
            names[row["area"]],
            f"{measures[row['measure']].short}: "
            f"{format_value(row['value'], measures[row['measure']])}",
            f"{names[row['helper']]}: "
            f"{format_value(row['helper_value'], measures[row['measure']])}",
            f"{row['rank']}, {row['closeness']}",
            row["helper_audits"],
        ]
        for area in areas
        for row in list_rows(helpers[helpers["area"].eq(area.code)])
        if row["helper"] in names
    ]
    return table_html(
        ["Really worse", "On", "Could ask", "Neighbour", "Its own audits"],
        rows,
        caption="An authority that is really better than the region and a statistical neighbour "
        "of one that is really worse. Rank 1 is the nearest neighbour.",
    )
