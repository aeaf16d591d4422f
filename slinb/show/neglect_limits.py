"""What frames the neglect briefing: law and guidance, what the data cannot say, its quality."""

from __future__ import annotations

import math

from slinb.catalogue.periods import Period
from slinb.show.formats import decapitalise, format_number
from slinb.show.markup import Html
from slinb.show.neglect_view import NeglectView
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row, list_rows
from slinb.show.section20_pieces import Series, interval_panel, keep
from slinb.show.section20_view import Part, say_missing, show_value, write_section
from slinb.show.tables import table_html


def context_html(view: NeglectView) -> Html:
    """Show the dated facts of law and guidance."""
    items = [(f"{fact.date}: {fact.title}", fact.text, fact.source) for fact in view.data.facts]
    return write_section(
        "neglect-context",
        "Law and guidance, as facts",
        [Part(items=items)],
        intro=["Dated facts for the reader of these figures. No legal advice."],
        source="",
    )


def limits_html(view: NeglectView) -> Html:
    """Show what the data cannot say, where series break, and how good the records are."""
    rows = list_rows(view.tables["neglect_quality"])
    return write_section(
        "neglect-limits",
        "What the data cannot say, and how good it is",
        [
            Part(points=view.data.cannot.statements),
            Part(title="Breaks in series", items=_list_breaks(view)),
            Part(
                title="Data quality",
                text=_say_silent(view, rows),
                panels=keep(
                    interval_panel(
                        view, "neglect-blank", "Assessments without any factor",
                        [Series("no factor", lambda a: view.line(a, "blank"))],
                        notes="Of assessments in 12 months: no concern found, or not filled in.",
                    ),
                ),
                html=_write_checks(view, rows),
            ),
            Part(html=_write_left_out(view, rows), fold="Who could not be counted"),
        ],
        finding=_say_quality(view),
    )  # fmt: skip


def _say_quality(view: NeglectView) -> str:
    multiple, blank = view.pick(view.region, "N15", "multiple"), view.line(view.region, "blank")
    if multiple is None:
        return ""
    said = f"{show_value(multiple)} of the region's open plans are recorded as multiple"
    return (
        f"{said}; {show_value(blank)} of its assessments record no factor."
        if blank
        else (f"{said}.")
    )


def _list_breaks(view: NeglectView) -> list[tuple[str, str, str]]:
    return [
        (f"{Period.parse(b.period).start:%B %Y}: {b.title}", b.text, b.source)
        for b in view.data.breaks
    ]


def _say_silent(view: NeglectView, rows: list[Row]) -> str:
    silent = {row["area"] for row in rows if row["kind"] == "not sent"}
    names = [name_area(area) for area in view.areas if area.code in silent]
    if not names:
        return "Every authority of the region has sent counts."
    return f"No counts from {join_names(names)}: no figure of the quarter has them in it."


def _write_checks(view: NeglectView, rows: list[Row]) -> str:
    failed = {(row["item"], row["area"]): row for row in rows if row["kind"] == "check"}
    if not failed:
        return ""
    table, clean = [], []
    for check in view.data.checks:
        found = [(area, failed.get((check.id, area.code))) for area in view.areas]
        some = [(a, r) for a, r in found if r is not None and r["n"] != 0]
        if some:
            where = "; ".join(f"{name_area(area)} {_show_number(row)}" for area, row in some)
            table.append([check.words, where])
        else:
            clean.append(decapitalise(check.words))
    silent = [name_area(a) for a in view.areas if not any(code == a.code for _, code in failed)]
    said = f" Not run in {join_names(silent)}." if silent else ""
    said += f" Found nowhere: {join_names(clean)}." if clean else ""
    return table_html(
        ["Check that failed", "Where, how many rows or children"],
        table,
        caption=f"Checks of the children in need census.{said}",
    )


def _show_number(row: Row) -> str:
    if math.isnan(row["n"]):
        return say_missing(row["status"])
    return f"{format_number(row['n'])} of {format_number(row['of'])}"


def _write_left_out(view: NeglectView, rows: list[Row]) -> str:
    left = [row for row in rows if row["kind"] == "left out" and not math.isnan(row["n"])]
    table = []
    for area in view.areas:
        reasons: dict[str, Row] = {}
        for row in sorted(left, key=lambda row: row["n"]):
            if row["area"] == area.code and row["why"]:
                reasons[row["why"]] = row
        said = [f"{_show_number(row)}: {why}" for why, row in reasons.items()]
        if said:
            table.append([name_area(area), "; ".join(said)])
    if not table:
        return ""
    return table_html(
        ["Authority", "Left out of a count, at most, and why"],
        table,
        caption="Children, plans or episodes that could not be counted either way.",
    )
