"""The course of a plan: which way categories move, how long plans last, who comes back."""

from __future__ import annotations

import math

from slinb.show.dive_interval_panel import Series, interval_panel
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_strip_panel import make_shades, say_largest, strip_panel
from slinb.show.dive_values import show_months, show_number, show_value
from slinb.show.dive_view import Find
from slinb.show.drawings import Panel
from slinb.show.formats import format_number
from slinb.show.markup import Html
from slinb.show.neglect_view import NEGLECT, PUBLISHED, NeglectView, say_base
from slinb.show.rows import Row
from slinb.show.tables import table_html

_OTHERS = "other categories"
_SHIFT = (
    ("from neglect", "neglect to emotional abuse", "series-1"),
    ("to neglect", "emotional abuse to neglect", "series-3"),
)
_PUBLISHED_SHIFT = (
    ("Neglect, initial", "cp_neglect_initial_pct"), ("latest", "cp_neglect_pct"),
    ("Emotional abuse, initial", "cp_emotional_initial_pct"),
    ("latest", "cp_emotional_latest_pct"),
)  # fmt: skip


# Which way categories move --------------------------------------------------------------------


def shift_html(view: NeglectView) -> Html:
    """Show open plans by the category that they began with and the one that they have now."""
    series = [
        Series(name, view.find("N2", item), token, hollow=i > 0)
        for i, (name, item, token) in enumerate(_SHIFT)
    ]
    away, to = (one.find(view.region) for one in series)
    return write_section(
        "neglect-shift",
        "Which way categories move",
        [
            Part(
                panels=keep(
                    interval_panel(
                        view, "neglect-moved", "Between neglect and emotional abuse",
                        series,
                        notes="From neglect, of open plans that began for it; to neglect, of those "
                        "that began for emotional abuse.",
                    )
                )
            ),
            Part(html=_write_matrix(view)),
            Part(html=_write_published_shift(view), fold="Published: initial and latest"),
        ],
        finding=f"Of open plans that began for neglect, {show_value(away)} are now for emotional "
        f"abuse; of those that began for emotional abuse, {show_value(to)} are now for neglect.",
    )  # fmt: skip


def _write_matrix(view: NeglectView) -> str:
    """Write the region's open plans, the initial category down, the latest across."""
    labels = view.data.list_labels("latest category")
    found = [
        [
            view.pick(
                view.region, "N2", "shift", breakdown="initial and latest category",
                category=was, across=now,
            )
            for now in labels
        ]
        for was in labels
    ]  # fmt: skip
    if all(row is None for rows in found for row in rows):
        return ""
    table = [
        [was[:1].upper() + was[1:], *(show_number(row) for row in rows)]
        for was, rows in zip(labels, found, strict=True)
    ]
    return table_html(
        ["Began as", *(f"Now {label}" for label in labels)],
        table,
        caption=f"{view.region.name}: open plans by initial and latest category.",
        numbers=range(1, len(labels) + 1),
    )


def _write_published_shift(view: NeglectView) -> str:
    years = view.list_years("cp_neglect_initial_pct")
    if not years:
        return ""
    year = years[-1]
    return table_html(
        ["Area", *(head for head, _ in _PUBLISHED_SHIFT)],
        view.list_published([(measure, year) for _, measure in _PUBLISHED_SHIFT]),
        caption=f"Open plans on 31 March {year}, of all. {PUBLISHED} The difference is net of "
        "moves both ways; multiple lies beside it.",
        numbers=range(1, 5),
    )


# How long -------------------------------------------------------------------------------------


def duration_html(view: NeglectView) -> Html:
    """Show how long plans for neglect have lasted, against those of other categories."""
    panels = [_draw_over(view, months) for months in (12, 24)]
    return write_section(
        "neglect-duration",
        "How long: plans for neglect against other categories",
        [Part(panels=keep(*panels)), Part(html=_write_medians(view))],
        finding=_say_longer(view),
    )


def _over(view: NeglectView, months: int, category: str) -> Find:
    item = f"over {months} months"
    return view.find("N4", item, breakdown="latest category", category=category)


def _draw_over(view: NeglectView, months: int) -> Panel | None:
    return interval_panel(
        view, f"neglect-over-{months}", f"Open for more than {months} months",
        [Series("neglect", _over(view, months, NEGLECT), "series-1"),
         Series("other categories", _over(view, months, _OTHERS), "series-3", hollow=True)],
    )  # fmt: skip


def _say_longer(view: NeglectView) -> str:
    own, other = (_over(view, 12, name)(view.region) for name in (NEGLECT, _OTHERS))
    if own is None:
        return "No authority has sent its counts for this quarter."
    return (
        f"{show_value(own)} of the region's plans for neglect have lasted more than 12 months, "
        f"{show_value(other)} of plans of the other categories; multiple stands apart."
    )


def _write_medians(view: NeglectView) -> str:
    rows = []
    for area in view.places:
        cells = [view.name(area)]
        cells += [show_value(_over(view, 18, group)(area)) for group in (NEGLECT, _OTHERS)]
        for group in (NEGLECT, "multiple", _OTHERS):
            row = view.medians.get((area.code, "N4", group))
            cells += [show_months(row), _show_n(row)]
        rows.append(cells)
    return table_html(
        ["Area", "Neglect, over 18 months", "Other categories, over 18 months",
         "Neglect, median months", "Plans", "Multiple, median months", "Plans",
         "Other categories, median months", "Plans"],
        rows,
        caption="How long open plans have lasted so far. u: fewer than ten plans, no median.",
        numbers=range(1, 9),
    )  # fmt: skip


def _show_n(row: Row | None) -> str:
    return "" if row is None or math.isnan(row["n"]) else format_number(row["n"])


# Who comes back -------------------------------------------------------------------------------


def repeats_html(view: NeglectView) -> Html:
    """Show repeat plans, and cases that were closed and referred again."""
    labels = view.data.list_labels("referrals")
    find = view.find_parts("N6", "referrals before the first plan", "referrals", window="year")
    return write_section(
        "neglect-repeats",
        "Improve, close, come back: repeat plans and referrals",
        [
            Part(
                panels=keep(
                    interval_panel(
                        view, "neglect-repeat", "Plans starting that are not the child's first",
                        [Series("neglect", _repeat(view, NEGLECT), "series-1"),
                         Series("other categories", _repeat(view, _OTHERS), "series-3",
                                hollow=True)],
                        notes="Plans of the last 12 months, by the category they began with.",
                    ),
                    _draw_previous(view),
                    interval_panel(
                        view, "neglect-cycle", "Closed cases referred again within 12 months",
                        [Series("neglect", _closed(view, NEGLECT), "series-1"),
                         Series("other cases", _closed(view, "other cases"), "series-3",
                                hollow=True)],
                        notes="Cases closed in the four quarters that ended a year before this "
                        "one's end. Neglect: a plan for it, or found at an assessment.",
                    ),
                    strip_panel(
                        view, "neglect-before",
                        f"Referrals in the year before a first plan. "
                        f"{say_largest(view, find, labels)}",
                        make_shades(labels, "series-1"), find,
                        side=lambda area: say_base(find(area, labels[0])),
                        notes="First plans for neglect that started in 12 months; the referral "
                        "that led to the plan is one of them.",
                    ),
                )
            )
        ],
        finding=_say_back(view),
    )  # fmt: skip


def _repeat(view: NeglectView, category: str) -> Find:
    key = {"window": "year", "breakdown": "initial category", "category": category}
    return view.find("N5", "any previous plan", **key)


def _closed(view: NeglectView, category: str) -> Find:
    key = {"window": "cohort", "breakdown": "case", "category": category}
    return view.find("N6", "referred again within 12 months", **key)


def _draw_previous(view: NeglectView) -> Panel | None:
    """Draw whether the plan before was for neglect too, where any history is in the files."""
    find = view.find("N5", "previous plan also for neglect", window="year")
    whole = find(view.region)
    if whole is None or not whole["denominator"] > 0:
        return None
    return interval_panel(
        view, "neglect-previous", "The plan before was for neglect too",
        [Series("also for neglect", find)],
        notes="Of repeat plans for neglect whose earlier plan is in the files.",
    )  # fmt: skip


def _say_back(view: NeglectView) -> str:
    again, other = (_closed(view, name)(view.region) for name in (NEGLECT, "other cases"))
    repeat = _repeat(view, NEGLECT)(view.region)
    if again is None and repeat is None:
        return "No authority has sent the counts: they need the CIN census of two years."
    return (
        f"{show_value(again)} of the region's closed cases of neglect were referred again within "
        f"12 months, {show_value(other)} of other cases; {show_value(repeat)} of plans starting "
        "for neglect were not the child's first."
    )
