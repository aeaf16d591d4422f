"""What frames the briefing of a deep dive: facts of law, who sent nothing, what failed a check."""

from __future__ import annotations

import math

from slinb.catalogue.section20 import Check
from slinb.show.dive_section import Part, write_section
from slinb.show.dive_values import say_missing
from slinb.show.dive_view import DiveView
from slinb.show.formats import format_number
from slinb.show.markup import Html
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row


def context_html(view: DiveView) -> Html:
    """Show the dated facts of law and guidance."""
    items = [(f"{fact.date}: {fact.title}", fact.text, fact.source) for fact in view.data.facts]
    return write_section(
        f"{view.key}-context",
        "Law and guidance, as facts",
        [Part(items=items)],
        intro=["Dated facts for the reader of these figures. No legal advice."],
        source="",
    )


def say_silent(view: DiveView, figures: str) -> str:
    """Name the authorities that have sent nothing, which none of these figures has in it."""
    silent = {row["area"] for row in view.rows("quality") if row["kind"] == "not sent"}
    names = [name_area(area) for area in view.areas if area.code in silent]
    if not names:
        return "Every authority of the region has sent counts."
    return f"No counts from {join_names(names)}: {figures} has them in it."


def list_left_out(view: DiveView) -> list[Row]:
    """Return who could not be counted either way, where there is a number."""
    rows = view.rows("quality")
    return [row for row in rows if row["kind"] == "left out" and not math.isnan(row["n"])]


def index_checks(view: DiveView) -> dict[tuple[str, str], Row]:
    """Return the result of every check that was run, by check and area."""
    rows = view.rows("quality")
    return {(row["item"], row["area"]): row for row in rows if row["kind"] == "check"}


def say_where(view: DiveView, check: Check, results: dict[tuple[str, str], Row]) -> str:
    """Say where a check failed, and how often: nothing where it failed nowhere."""
    found = [(area, results.get((check.id, area.code))) for area in view.areas]
    failed = [(area, row) for area, row in found if row is not None and row["n"] != 0]
    return "; ".join(f"{name_area(area)} {say_many(row)}" for area, row in failed)


def say_many(row: Row) -> str:
    """Write how many of how many failed or were left out, or why there is no number."""
    if math.isnan(row["n"]):
        return say_missing(row["status"])
    return f"{format_number(row['n'])} of {format_number(row['of'])}"
