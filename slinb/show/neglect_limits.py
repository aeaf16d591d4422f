"""What the neglect briefing says of its data: limits, breaks in series, and how good it is."""

from __future__ import annotations

from slinb.catalogue.periods import Period
from slinb.show.dive_interval_panel import Series, interval_panel
from slinb.show.dive_limits import index_checks, list_left_out, say_many, say_silent, say_where
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_values import show_value
from slinb.show.formats import decapitalise
from slinb.show.markup import Html
from slinb.show.neglect_view import NeglectView
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row
from slinb.show.tables import table_html


def limits_html(view: NeglectView) -> Html:
    """Show what the data cannot say, where series break, and how good the records are."""
    return write_section(
        "neglect-limits",
        "What the data cannot say, and how good it is",
        [
            Part(points=view.data.cannot.statements),
            Part(title="Breaks in series", items=_list_breaks(view)),
            Part(
                title="Data quality",
                text=say_silent(view, "no figure of the quarter"),
                panels=keep(
                    interval_panel(
                        view, "neglect-blank", "Assessments without any factor",
                        [Series("no factor", view.find_line("blank"))],
                        notes="Of assessments in 12 months: no concern found, or not filled in.",
                    ),
                ),
                html=_write_checks(view),
            ),
            Part(html=_write_left_out(view), fold="Who could not be counted"),
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


def _write_checks(view: NeglectView) -> str:
    results = index_checks(view)
    if not results:
        return ""
    found = [(check.words, say_where(view, check, results)) for check in view.data.checks]
    clean = [decapitalise(words) for words, where in found if not where]
    unrun = [name_area(a) for a in view.areas if not any(code == a.code for _, code in results)]
    said = f" Not run in {join_names(unrun)}." if unrun else ""
    said += f" Found nowhere: {join_names(clean)}." if clean else ""
    return table_html(
        ["Check that failed", "Where, how many rows or children"],
        [[words, where] for words, where in found if where],
        caption=f"Checks of the children in need census.{said}",
    )


def _write_left_out(view: NeglectView) -> str:
    left = list_left_out(view)
    table = []
    for area in view.areas:
        reasons: dict[str, Row] = {}
        for row in sorted(left, key=lambda row: row["n"]):
            if row["area"] == area.code and row["why"]:
                reasons[row["why"]] = row
        said = [f"{say_many(row)}: {why}" for why, row in reasons.items()]
        if said:
            table.append([name_area(area), "; ".join(said)])
    if not table:
        return ""
    return table_html(
        ["Authority", "Left out of a count, at most, and why"],
        table,
        caption="Children, plans or episodes that could not be counted either way.",
    )
