"""Each authority now: plans for neglect and the band, starts, ages, primary need."""

from __future__ import annotations

from slinb.catalogue.areas import Area
from slinb.show.dive_interval_panel import Series, interval_panel
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_strip_panel import make_colours, make_shades, say_largest, strip_panel
from slinb.show.dive_values import show_counts, show_interval, show_judgement, show_value
from slinb.show.dive_view import PER_CHILDREN, Find
from slinb.show.drawings import Panel
from slinb.show.markup import Html
from slinb.show.neglect_view import BAND, NEGLECT, NeglectView, say_bases
from slinb.show.tables import table_html

#: Neglect, multiple, emotional, physical and sexual abuse, not known.
_CATEGORY_SHADES = (
    ("series-1", 0.55), ("series-1", 0.22), ("series-3", 0.45), ("series-2", 0.4),
    ("series-4", 0.5), ("neutral", 0.25),
)  # fmt: skip


def now_html(view: NeglectView) -> Html:
    """Show the plans open on the last day of the quarter, and those that started."""
    return write_section(
        "neglect-now",
        "Now: plans for neglect, who and how old",
        [
            Part(panels=_draw_plans(view)),
            Part(html=_write_plans(view)),
            Part(title="Age and need", panels=_draw_children(view), html=_write_needs(view)),
        ],
        finding=_say_finding(view),
        intro=[
            "Judged is always the share for neglect or multiple. A triangle marks a real "
            "difference from the region (95%; two at 99.8%). No direction is better or worse by "
            "itself."
        ],
    )


def _plans(view: NeglectView, item: str, measure: str = "N1", window: str = "snapshot") -> Find:
    return view.find(measure, item, window=window)


def _by_category(view: NeglectView, item: str, category: str) -> Find:
    return view.find("N9", item, breakdown="latest category", category=category)


def _say_finding(view: NeglectView) -> str:
    alone, either = (_plans(view, item)(view.region) for item in (NEGLECT, BAND))
    if alone is None:
        return "No authority has sent its counts for this quarter."
    older = _by_category(view, "aged 7 to 15", NEGLECT)(view.region)
    return (
        f"{show_counts(alone)} open plans ({show_value(alone)}) were for neglect at the end of "
        f"the quarter, {show_value(either)} for neglect or multiple; {show_value(older)} of the "
        "children on a plan for neglect are aged 7 to 15."
    )


def _draw_plans(view: NeglectView) -> list[Panel]:
    labels = view.data.list_labels("latest category")
    find = view.find_parts("N1", "plans", "latest category")
    return keep(
        interval_panel(
            view, "neglect-share", "Open plans for neglect or multiple",
            [Series("with Multiple", _plans(view, BAND), "series-2"),
             Series("neglect alone", _plans(view, NEGLECT), "series-1", hollow=True)],
        ),
        interval_panel(
            view, "neglect-starts", "Plans starting in 12 months for neglect or multiple",
            [Series("with Multiple", _plans(view, BAND, "N3", "year"), "series-2"),
             Series("neglect alone", _plans(view, NEGLECT, "N3", "year"), "series-1",
                    hollow=True)],
            notes="By the category that the plan began with.",
        ),
        strip_panel(
            view, "neglect-categories", f"Latest category. {say_largest(view, find, labels)}",
            make_colours(labels, _CATEGORY_SHADES), find,
        ),
    )  # fmt: skip


def _write_plans(view: NeglectView) -> str:
    rows = []
    for area in view.places:
        alone, either = (_plans(view, item)(area) for item in (NEGLECT, BAND))
        rates = [
            view.pick(area, "N1", f"{item} rate", unit=PER_CHILDREN) for item in (NEGLECT, BAND)
        ]
        rows.append(
            [
                view.name(area), show_counts(alone), show_value(alone), show_value(rates[0], 1),
                show_counts(either), show_value(either), show_interval(either),
                show_judgement(either), show_value(rates[1], 1),
            ]
        )  # fmt: skip
    return table_html(
        [
            "Area", "Neglect, of open plans", "Share", "Per 10,000 children",
            "Neglect or multiple", "Share", "95% interval", "Against the region",
            "Per 10,000 children",
        ],
        rows,
        caption="Open child protection plans on the last day of the quarter, by latest category.",
        numbers=(1, 2, 3, 4, 5, 6, 8),
    )  # fmt: skip


def _draw_children(view: NeglectView) -> list[Panel]:
    ages = view.data.list_labels("age now")
    find = view.find_parts("N9", NEGLECT, "age now")
    return keep(
        interval_panel(
            view, "neglect-older", "Aged 7 to 15, of children on a plan",
            [Series("for neglect", _by_category(view, "aged 7 to 15", NEGLECT), "series-1"),
             Series("other categories",
                    _by_category(view, "aged 7 to 15", "other categories"), "series-3",
                    hollow=True)],
            notes="The ages that the joint inspections on neglect look at.",
        ),
        strip_panel(
            view, "neglect-ages",
            f"Ages on plans for neglect. {say_largest(view, find, ages)}",
            make_shades(ages, "series-1"), find,
            side=lambda area: _say_older(view, area),
            notes="At the right: aged 10 or over.",
        ),
    )  # fmt: skip


def _say_older(view: NeglectView, area: Area) -> str:
    row = _by_category(view, "aged 10 or over", NEGLECT)(area)
    return "" if row is None else show_value(row)


def _write_needs(view: NeglectView) -> str:
    """Write the open cases by primary need; the two wordings of N1 are never one column."""
    labels = view.data.list_labels("need group")
    find = view.find_parts("N8", "children in need", "need group")
    table = []
    for area in view.places:
        found = [find(area, label) for label in labels]
        table.append([view.name(area), *(show_value(row) for row in found), say_bases(found)])
    said = " ".join(
        f"{b.title}: a break in series." for b in view.data.find_breaks("N8", view.period)
    )
    return table_html(
        ["Area", *(label[:1].upper() + label[1:] for label in labels), "Of open cases"],
        table,
        caption=f"Children in need by primary need. {said}".strip(),
        numbers=range(1, len(labels) + 2),
    )
