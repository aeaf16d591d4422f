"""How long children have been under Section 20, by age and by plan."""

from __future__ import annotations

import math

from slinb.show.dive_interval_panel import Series, interval_panel
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_strip_panel import make_shades, strip_panel
from slinb.show.dive_values import (
    NOT_SENT,
    say_missing,
    show_counts,
    show_months,
    show_number,
    show_value,
)
from slinb.show.drawings import Panel
from slinb.show.formats import format_number
from slinb.show.markup import Html
from slinb.show.rows import Row
from slinb.show.section20_view import Section20View
from slinb.show.tables import table_html

_OVER = ("over 3 months", "over 6 months", "over 12 months", "over 24 months")


def duration_html(view: Section20View) -> Html:
    """Show how long the current spells have lasted, by age and by plan."""
    return write_section(
        "s20-duration",
        "How long: the current spell",
        [
            Part(panels=_draw_durations(view)),
            Part(html=_write_over(view), fold="Over 3, 6, 12 and 24 months, by authority"),
            Part(title="Age by length, the region", html=_write_matrix(view)),
            Part(
                title="Long spells by plan",
                text="From Annex A, which alone holds the permanence plan.",
                panels=_draw_plans(view),
                html=_write_plans(view),
                fold="Plan by length, the region",
            ),
        ],
        finding=_say_duration(view),
        intro=[
            "A spell runs through every move of placement and ends with the legal status or with "
            "care. A spell that began before an authority's files is counted as over so many "
            "months where what is seen of it is, and is else left out. Long is not wrong by "
            "itself: it is the line to ask about."
        ],
    )


def _say_duration(view: Section20View) -> str:
    long = view.line(view.region, "long")
    if long is None:
        return "No authority has sent how long its spells have lasted."
    median = view.medians.get((view.region.code, "S6", "not UASC"))
    return (
        f"Without unaccompanied children {show_value(long)} of the region's Section 20 spells "
        f"({show_counts(long)}) have lasted more than 12 months; the median is "
        f"{_show_median(median)}."
    )


def _show_median(row: Row | None) -> str:
    """Write a median: "12.5 months", or why there is none."""
    if row is None:
        return NOT_SENT
    if math.isnan(row["median"]):
        return say_missing(row["status"])
    return f"{format_number(row['median'], 1)} months"


def _draw_durations(view: Section20View) -> list[Panel]:
    without, whole = (view.find_line("long", population=p) for p in ("not UASC", "all"))
    return keep(
        _draw_lengths(view, "s20-length", "Length of the spell, without UASC", "not UASC"),
        _draw_lengths(view, "s20-length-all", "Length of the spell, all children", "all"),
        interval_panel(
            view, "s20-long", "Over 12 months",
            [Series("without UASC", without, "series-2"),
             Series("all children", whole, "series-1", hollow=True)],
        ),
    )  # fmt: skip


def _draw_lengths(view: Section20View, key: str, title: str, population: str) -> Panel | None:
    return strip_panel(
        view,
        key,
        title,
        make_shades(view.data.list_labels("duration")),
        view.find_parts("S6", "stock", "duration", population=population),
        side=lambda area: show_months(view.medians.get((area.code, "S6", population))),
        notes="At the right, the median in months.",
    )


def _write_over(view: Section20View) -> str:
    head = ["Area"]
    for population in ("Without UASC", "All"):
        head += [f"{population}: {item}" for item in _OVER]
        head.append(f"{population}: median, months")
    rows = []
    for area in view.places:
        cells = [view.name(area)]
        for population in ("not UASC", "all"):
            over = [view.pick(area, "S6", item, population=population) for item in _OVER]
            cells += [show_value(row) for row in over]
            cells.append(show_months(view.medians.get((area.code, "S6", population))))
        rows.append(cells)
    return table_html(
        head,
        rows,
        caption="Current Section 20 spells that have lasted longer than 3, 6, 12 and 24 months.",
        numbers=range(1, len(head)),
    )


def _write_matrix(view: Section20View) -> str:
    return _write_cross(
        view, "S7", "age now", "age and duration",
        ("Age now", "Children of the region by age and length of the spell, all children."),
    )  # fmt: skip


def _write_plans(view: Section20View) -> str:
    return _write_cross(
        view, "S8", "plan", "plan and duration",
        ("Plan", "Children of the region by permanence plan and length of the spell."),
    )  # fmt: skip


def _write_cross(
    view: Section20View, measure: str, down: str, breakdown: str, words: tuple[str, str]
) -> str:
    """Write a breakdown by length; rows and columns that count nobody are left out."""
    lengths = view.data.list_labels("duration")
    found = {
        label: [
            view.pick(
                view.region, measure, "stock", breakdown=breakdown, category=label, across=length
            )
            for length in lengths
        ]
        for label in view.data.list_labels(down)
    }
    kept = {label: rows for label, rows in found.items() if any(map(_counts_some, rows))}
    if not kept:
        return ""
    used = [i for i in range(len(lengths)) if any(_counts_some(r[i]) for r in kept.values())]
    first = next(row for rows in kept.values() for row in rows if row is not None)
    head, caption = words
    return table_html(
        [head, *(lengths[i] for i in used)],
        [[label, *(show_number(rows[i]) for i in used)] for label, rows in kept.items()],
        caption=f"{caption} {view.name_absent(first)}".strip(),
        numbers=range(1, len(used) + 1),
    )


def _counts_some(row: Row | None) -> bool:
    return row is not None and row["numerator"] != 0


def _draw_plans(view: Section20View) -> list[Panel]:
    return keep(
        interval_panel(
            view,
            "s20-drift",
            "Over 6 months and the plan is still a return home",
            [Series("of spells over 6 months", view.find_line("drift"))],
            notes="Of spells of over 6 months with a plan that is known.",
        )
    )
