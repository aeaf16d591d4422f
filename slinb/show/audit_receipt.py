"""An authority's own audits, for its receipt: what came, how it was graded, where sides differ."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.show.audit_words import say_counts, say_kappa, say_share
from slinb.show.formats import NO_FIGURE, decapitalise, format_count
from slinb.show.markup import Html, render_template
from slinb.show.rows import Row, list_rows
from slinb.show.triangle import TRIANGLE_TABLES, TriangleView

#: Result tables of the restricted edition that the receipt's part on audits is made from.
AUDIT_RECEIPT_TABLES = (
    "audits_grades",
    "audits_questions",
    "audits_moderation",
    "audits_actions",
    *TRIANGLE_TABLES,
)
_WEAKEST = 3


def audit_receipt_html(
    tables: Mapping[str, pd.DataFrame], area: Area, quarter: Period, *, key: str = "audits"
) -> Html:
    """Write what an authority gets back for its audits: for its own eyes only.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`AUDIT_RECEIPT_TABLES`, of the restricted edition.
    area : Area
        The authority; nothing of another one stands in it.
    quarter : Period
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; empty where no exercise was held.
    """
    told = tables["audits_returns"]
    if told.empty:
        return Html("")
    mine = {name: _own_rows(tables[name], area) for name in AUDIT_RECEIPT_TABLES}
    panels = TriangleView(tables, [area], quarter).panels()
    return Html(
        str(
            render_template(
                "audit_receipt",
                key=key,
                came=_say_came(mine["audits_returns"], quarter),
                facts=_list_facts(mine, load_audit_instrument()),
                panel=panels[0] if panels else None,
            )
        )
    )


def _own_rows(table: pd.DataFrame, area: Area) -> list[Row]:
    return list_rows(table[table["area"].eq(area.code)])


def _say_came(rows: list[Row], quarter: Period) -> str:
    used = [r for r in rows if r["outcome"] in ("used", "none audited")]
    if not used:
        return f"No audits of yours for {quarter.label} could be used."
    if not used[0]["cases"]:
        return f"You audited no case in {quarter.label}."
    return f"Thank you: {format_count(used[0]['cases'])} audited cases came."


def _list_facts(
    mine: Mapping[str, list[Row]], instrument: AuditInstrument
) -> list[tuple[str, str]]:
    """Return what the audits come to, each with its heading; what there is none of is left out."""
    facts = []
    whole = [r for r in mine["audits_grades"] if not r["breakdown"] and r["status"] == "final"]
    for basis, when in (("own", "before"), ("moderated", "after")):
        facts += [
            (f"Good or better, {when} moderation", say_share(r))
            for r in whole
            if r["basis"] == basis
        ]
    for row in mine["audits_moderation"]:
        if row["status"] == "final":
            moved = f"{say_share(row, above='down')} made worse, {format_count(row['up'])} better"
            kappa = say_kappa(row)
            facts.append(("Moderation", moved if kappa == NO_FIGURE else f"{moved}; kappa {kappa}"))
    if weak := _name_weakest(mine["audits_questions"], instrument):
        facts.append(("Weakest questions", weak))
    facts += [
        ("Actions completed in time", say_share(r, above="in_time", below="due"))
        for r in mine["audits_actions"]
        if r["status"] == "final"
    ]
    return facts


def _name_weakest(rows: list[Row], instrument: AuditInstrument) -> str:
    short = {q.id: decapitalise(q.short) for q in instrument.questions}
    shown = sorted((r for r in rows if r["status"] == "final"), key=lambda r: r["value"])
    return "; ".join(f"{short[r['question']]} ({say_counts(r)})" for r in shown[:_WEAKEST])
