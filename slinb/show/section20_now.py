"""Each authority now: share and rate with and without UASC, starts, ages and need."""

from __future__ import annotations

from slinb.show.dive_interval_panel import Series, interval_panel
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_strip_panel import make_colours, make_shades, strip_panel
from slinb.show.dive_values import show_counts, show_interval, show_judgement, show_value
from slinb.show.dive_view import PER_CHILDREN, Find
from slinb.show.drawings import Panel
from slinb.show.markup import Html
from slinb.show.section20_view import SAID_OF_PUBLIC, Section20View
from slinb.show.tables import table_html

#: Abuse or neglect, stress, disability or illness, absent parenting, other.
_NEED_SHADES = (
    ("series-1", 0.45), ("series-3", 0.45), ("series-5", 0.4), ("series-4", 0.5), ("neutral", 0.25),
)  # fmt: skip
_POPULATIONS = ("all", "not UASC")


def now_html(view: Section20View) -> Html:
    """Show the children under Section 20 on the last day of the quarter, and those who started."""
    return write_section(
        "s20-now",
        "Now: how many, who and how old",
        [
            Part(panels=_draw_shares(view)),
            Part(html=_write_stock(view)),
            Part(title="Age and need", panels=_draw_ages(view)),
        ],
        finding=_say_finding(view),
        intro=[
            SAID_OF_PUBLIC if view.withheld else "",
            "Unaccompanied children (UASC) are counted from the records here, not estimated. A "
            "triangle marks a real difference from the region (95%; two at 99.8%). No direction "
            "is better or worse by itself.",
        ],
    )


def _share(view: Section20View, population: str) -> Find:
    return view.find("S1", "stock", population=population)


def _say_finding(view: Section20View) -> str:
    whole, without = (_share(view, p)(view.region) for p in _POPULATIONS)
    if whole is None:
        return "No authority has sent its counts for this quarter."
    uasc = view.pick(view.region, "S2", "UASC share of Section 20")
    return (
        f"{show_counts(whole)} children in care ({show_value(whole)}) were under Section 20 at "
        f"the end of the quarter; {show_value(without)} without unaccompanied children, who are "
        f"{show_value(uasc)} of Section 20."
    )


def _draw_shares(view: Section20View) -> list[Panel]:
    starts = {p: view.find("S3", "starts", window="year", population=p) for p in _POPULATIONS}
    return keep(
        interval_panel(
            view, "s20-share", "Share of children in care under Section 20",
            [Series("without UASC", _share(view, "not UASC"), "series-2"),
             Series("all children", _share(view, "all"), "series-1", hollow=True)],
        ),
        interval_panel(
            view, "s20-starting", "Share of those who started care in 12 months",
            [Series("without UASC", starts["not UASC"], "series-2"),
             Series("all children", starts["all"], "series-1", hollow=True)],
        ),
        interval_panel(
            view, "s20-uasc", "Unaccompanied children, share of Section 20",
            [Series("UASC", view.find("S2", "UASC share of Section 20"))],
        ),
    )  # fmt: skip


def _write_stock(view: Section20View) -> str:
    rows = []
    for area in view.places:
        whole, without = (_share(view, p)(area) for p in _POPULATIONS)
        rates = [
            view.pick(area, "S1", "stock rate", population=p, unit=PER_CHILDREN)
            for p in _POPULATIONS
        ]
        rows.append(
            [
                view.name(area),
                show_counts(whole), show_value(whole), show_interval(whole),
                show_counts(without), show_value(without), show_interval(without),
                show_judgement(without),
                show_value(rates[0], 1), show_value(rates[1], 1),
            ]
        )  # fmt: skip
    return table_html(
        [
            "Area", "Section 20, of children in care", "Share", "95% interval",
            "Without UASC", "Share", "95% interval", "Against the region",
            "Per 10,000 children", "Per 10,000, without UASC",
        ],
        rows,
        caption="Children under Section 20 on the last day of the quarter.",
        numbers=(1, 2, 3, 4, 5, 6, 8, 9),
    )  # fmt: skip


def _draw_ages(view: Section20View) -> list[Panel]:
    data = view.data
    now = data.list_labels("age now")
    started = data.list_labels("age at start")
    need = data.list_labels("need group")
    return keep(
        strip_panel(
            view, "s20-age", "Age now", make_shades(now),
            view.find_parts("S4", "stock", "age now"),
        ),
        strip_panel(
            view, "s20-age-start", "Age of those who started in 12 months", make_shades(started),
            view.find_parts("S4", "starts", "age at start", window="year"),
        ),
        strip_panel(
            view, "s20-need", "Need of those who started in 12 months",
            make_colours(need, _NEED_SHADES),
            view.find_parts("S5", "starts", "need group", window="year"),
            notes="Absent parenting (N8) is close to the unaccompanied children.",
        ),
    )  # fmt: skip
