"""What frames the Section 20 briefing: law and guidance, what the data cannot say, its quality."""

from __future__ import annotations

import math

from slinb.catalogue.areas import Area
from slinb.show.formats import format_number
from slinb.show.markup import Html
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row, list_rows
from slinb.show.section20_view import SAID_OF_PUBLIC, Part, View, say_missing, write_section
from slinb.show.tables import table_html


def context_html(view: View) -> Html:
    """Show the dated facts of law and guidance."""
    items = [(f"{fact.date}: {fact.title}", fact.text, fact.source) for fact in view.data.facts]
    return write_section(
        "s20-context",
        "Law and guidance, as facts",
        [Part(items=items)],
        intro=["Dated facts for the reader of these figures. No legal advice."],
        source="",
    )


def limits_html(view: View) -> Html:
    """Show what the data cannot say, and what stands behind it."""
    rows = list_rows(view.tables["section20_quality"])
    return write_section(
        "s20-limits",
        "What the data cannot say, and how good it is",
        [
            Part(text=SAID_OF_PUBLIC if view.withheld else ""),
            Part(points=view.data.cannot.statements),
            Part(
                title="Data quality", text=_say_silent(view, rows), html=_write_checks(view, rows)
            ),
            Part(html=_write_left_out(view, rows), fold="Who could not be counted"),
        ],
    )


def _say_silent(view: View, rows: list[Row]) -> str:
    silent = {row["area"] for row in rows if row["kind"] == "not sent"}
    names = [name_area(area) for area in view.areas if area.code in silent]
    if not names:
        return "Every authority of the region has sent counts."
    return f"No counts from {join_names(names)}: no figure here has them in it."


def _write_checks(view: View, rows: list[Row]) -> str:
    failed = {(row["item"], row["area"]): row for row in rows if row["kind"] == "check"}
    if not failed:
        return ""
    table = []
    for check in view.data.checks:
        found = [(area, failed.get((check.id, area.code))) for area in view.areas]
        some = [(a, r) for a, r in found if r is not None and r["n"] != 0]
        silent = [name_area(area) for area, row in found if row is None]
        where = "; ".join(f"{name_area(area)} {_show_number(row)}" for area, row in some)
        table.append([check.words, where or "nowhere", join_names(silent) if silent else ""])
    return table_html(
        ["Check that failed", "Where, how many rows or children", "Not run in"],
        table,
        caption="Checks of the records; the numbers are the DfE's validation rules.",
    )


def _show_number(row: Row) -> str:
    if math.isnan(row["n"]):
        return say_missing(row["status"])
    return f"{format_number(row['n'])} of {format_number(row['of'])}"


def _write_left_out(view: View, rows: list[Row]) -> str:
    left = [row for row in rows if row["kind"] == "left out"]
    if not left:
        return ""
    table = [line for area in view.areas if (line := _write_line(area, left))]
    return table_html(
        ["Authority", "Children left out of a count, at most", "Why"],
        table,
        caption="Children who could not be counted either way: the largest number of any count.",
        numbers=(1,),
    )


def _write_line(area: Area, left: list[Row]) -> list[str]:
    """Return one authority's largest number of children left out, with every reason."""
    own = [row for row in left if row["area"] == area.code and not math.isnan(row["n"])]
    if not own:
        return []
    most = max(own, key=lambda row: row["n"])
    whys = dict.fromkeys(part for row in own for part in row["why"].split("; ") if part)
    of = "" if math.isnan(most["of"]) else f" of {format_number(most['of'])}"
    return [name_area(area), f"{format_number(most['n'])}{of}", "; ".join(whys)]
