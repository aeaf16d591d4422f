"""What the Section 20 briefing says of its data: what they cannot say, and how good they are."""

from __future__ import annotations

import math

from slinb.catalogue.areas import Area
from slinb.show.dive_limits import index_checks, list_left_out, say_silent, say_where
from slinb.show.dive_section import Part, write_section
from slinb.show.formats import format_number
from slinb.show.markup import Html
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row
from slinb.show.section20_view import SAID_OF_PUBLIC, Section20View
from slinb.show.tables import table_html


def limits_html(view: Section20View) -> Html:
    """Show what the data cannot say, and what stands behind it."""
    return write_section(
        "s20-limits",
        "What the data cannot say, and how good it is",
        [
            Part(text=SAID_OF_PUBLIC if view.withheld else ""),
            Part(points=view.data.cannot.statements),
            Part(
                title="Data quality",
                text=say_silent(view, "no figure here"),
                html=_write_checks(view),
            ),
            Part(html=_write_left_out(view), fold="Who could not be counted"),
        ],
    )


def _write_checks(view: Section20View) -> str:
    results = index_checks(view)
    if not results:
        return ""
    table = []
    for check in view.data.checks:
        unrun = [name_area(area) for area in view.areas if (check.id, area.code) not in results]
        where = say_where(view, check, results) or "nowhere"
        table.append([check.words, where, join_names(unrun) if unrun else ""])
    return table_html(
        ["Check that failed", "Where, how many rows or children", "Not run in"],
        table,
        caption="Checks of the records; the numbers are the DfE's validation rules.",
    )


def _write_left_out(view: Section20View) -> str:
    left = list_left_out(view)
    table = [line for area in view.areas if (line := _write_line(area, left))]
    if not table:
        return ""
    return table_html(
        ["Authority", "Children left out of a count, at most", "Why"],
        table,
        caption="Children who could not be counted either way: the largest number of any count.",
        numbers=(1,),
    )


def _write_line(area: Area, left: list[Row]) -> list[str]:
    """Return one authority's largest number of children left out, with every reason."""
    own = [row for row in left if row["area"] == area.code]
    if not own:
        return []
    most = max(own, key=lambda row: row["n"])
    whys = dict.fromkeys(part for row in own for part in row["why"].split("; ") if part)
    of = "" if math.isnan(most["of"]) else f" of {format_number(most['of'])}"
    return [name_area(area), f"{format_number(most['n'])}{of}", "; ".join(whys)]
