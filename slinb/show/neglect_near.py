"""What stands near neglect: factors, care and proceedings, tools, early help, absence."""

from __future__ import annotations

from slinb.show.dive_interval_panel import Series, interval_panel, make_dot
from slinb.show.dive_intervals import Interval, draw_intervals
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_strip_panel import make_colours, say_largest, strip_panel
from slinb.show.dive_values import (
    OF,
    show_counts,
    show_marked,
    show_months,
    show_value,
    show_within,
)
from slinb.show.dive_view import Find
from slinb.show.drawings import Panel
from slinb.show.markup import Html
from slinb.show.neglect_view import (
    NEGLECT,
    PUBLISHED,
    NeglectView,
    counts_any,
    say_base,
    say_bases,
)
from slinb.show.rows import Row
from slinb.show.tables import table_html

_BESIDE, _WITHOUT = "factors beside neglect", "factors without neglect"
_PARENTAL = (
    ("Domestic abuse", "factor_domestic_abuse_parent_pct"),
    ("Mental health", "factor_mental_health_parent_pct"),
    ("Drugs", "factor_drugs_parent_pct"),
    ("Alcohol", "factor_alcohol_parent_pct"),
)
_ABSENCE = (
    ("Persistently absent", "persistent_absence_cppo_pct"),
    ("Severely absent", "severe_absence_cppo_pct"),
)
#: Neglect, multiple, other categories, no plan.
_LETTER_SHADES = (
    ("series-1", 0.55), ("series-1", 0.22), ("series-3", 0.45), ("neutral", 0.3), ("neutral", 0.15),
)  # fmt: skip
_LETTER = ("neglect", "multiple", "other categories", "no plan", "not known")


# Factors --------------------------------------------------------------------------------------


def factors_html(view: NeglectView) -> Html:
    """Show neglect among the factors of assessments, and what was found beside it."""
    return write_section(
        "neglect-factors",
        "At assessment: neglect, and what stands beside it",
        [
            Part(
                panels=keep(
                    interval_panel(
                        view, "neglect-factor", "Assessments that found neglect",
                        [Series("neglect", view.find("N7", NEGLECT, window="year"))],
                        notes="Of episodes assessed in 12 months with any factor recorded.",
                    ),
                    _draw_beside(view),
                )
            ),
            Part(html=_write_beside(view)),
            Part(html=_write_parental(view), fold="The published factors of parents"),
        ],
        finding=_say_beside(view),
        intro=[
            "An assessment may find several factors. What stands beside neglect is counted in the "
            "same episode; it says nothing of causes."
        ],
    )  # fmt: skip


def _factor(view: NeglectView, item: str, factor: str) -> Find:
    return view.find("N7", item, window="year", breakdown="factor", category=factor)


def _say_beside(view: NeglectView) -> str:
    labels = view.data.list_labels("factor")
    rows = [(label, _factor(view, _BESIDE, label)(view.region)) for label in labels]
    if rows[0][1] is None:
        return "No authority has sent factors: they are in the CIN census only."
    said = "; ".join(f"{label} {show_value(row)}" for label, row in rows)
    return f"Where the region's assessments found neglect, they found beside it: {said}."


def _draw_beside(view: NeglectView) -> Panel | None:
    """Draw the region's factors in episodes with neglect against those without."""
    labels, region = view.data.list_labels("factor"), view.region
    found = [
        (label, _factor(view, _BESIDE, label)(region), _factor(view, _WITHOUT, label)(region))
        for label in labels
    ]
    if found[0][1] is None:
        return None
    rows = [
        Interval(
            label[:1].upper() + label[1:],
            [make_dot(beside, "series-1"), make_dot(without, "series-3", hollow=True)],
            show_value(beside),
        )
        for label, beside, without in found
    ]
    finding = _say_more_often(found)
    return Panel(
        id="neglect-beside",
        title=f"{view.region.name}: {finding}",
        sign=None,
        svg=draw_intervals(
            rows, f"Factors beside neglect. {_say_beside(view)}", top=60, head="with neglect"
        ),
        notes="Dot: episodes with neglect. Ring: episodes without it. Lines: 95% intervals.",
        table=table_html(
            ["Factor", "With neglect (95% interval)", "Counts", "Without (95% interval)", "Counts"],
            [
                [label, show_within(beside), show_counts(beside), show_within(without),
                 show_counts(without)]
                for label, beside, without in found
            ],
            caption="Factors of parents in assessed episodes of 12 months.",
            numbers=range(1, 5),
        ),
    )  # fmt: skip


def _say_more_often(found: list[tuple[str, Row | None, Row | None]]) -> str:
    """Say which factors stand beside neglect really more often than without it, or less often."""
    known = [(label, a, b) for label, a, b in found if a is not None and b is not None]
    more = [label for label, a, b in known if a["lower"] > b["upper"]]
    less = [label for label, a, b in known if a["upper"] < b["lower"]]
    said = []
    if more:
        said.append(f"{', '.join(more)} really more often beside neglect")
    if less:
        said.append(f"{', '.join(less)} really less often")
    return "; ".join(said) or "no factor really more or less often beside neglect"


def _write_beside(view: NeglectView) -> str:
    """Write what stands beside neglect, an area a row."""
    labels = view.data.list_labels("factor")
    rows = []
    for area in view.places:
        found = [_factor(view, _BESIDE, label)(area) for label in labels]
        rows.append([view.name(area), *(show_marked(row) for row in found), say_bases(found)])
    return table_html(
        ["Area", *(label[:1].upper() + label[1:] for label in labels), "Of episodes with neglect"],
        rows,
        caption="Found beside neglect in 12 months. A triangle marks a real difference from the "
        "region.",
        numbers=range(1, len(labels) + 2),
    )


def _write_parental(view: NeglectView) -> str:
    return _write_latest(
        view, _PARENTAL,
        f"Factors of a parent or carer, all assessments with any factor. {PUBLISHED}",
    )  # fmt: skip


def _write_latest(view: NeglectView, measures: tuple[tuple[str, str], ...], caption: str) -> str:
    """Write some published measures of their latest year, an area a row."""
    years = [max(view.list_years(measure), default=0) for _, measure in measures]
    if not all(years):
        return ""
    columns = [(measure, year) for (_, measure), year in zip(measures, years, strict=True)]
    return table_html(
        ["Area", *(f"{head}, {year}" for (head, _), year in zip(measures, years, strict=True))],
        view.list_published(columns),
        caption=caption,
        numbers=range(1, len(measures) + 1),
    )


# Care and proceedings -------------------------------------------------------------------------


def care_html(view: NeglectView) -> Html:
    """Show who came into care from a plan for neglect, and proceedings prepared."""
    find = view.find_parts("N11", "pre-proceedings started", "latest category", window="quarter")
    return write_section(
        "neglect-care",
        "From a plan for neglect into care, and to the letter",
        [
            Part(
                panels=keep(
                    _draw_care(view),
                    strip_panel(
                        view, "neglect-proceedings",
                        f"Pre-proceedings started. {say_largest(view, find, _LETTER)}",
                        make_colours(_LETTER, _LETTER_SHADES), find,
                        side=lambda area: say_base(find(area, NEGLECT)),
                        notes="In the quarter, by the plan that the child was on.",
                    ),
                )
            ),
            Part(html=_write_statuses(view), fold="Under Section 20 or an order"),
            Part(html=_write_letters(view), fold="From the start of the plan to the letter"),
        ],
        finding=_say_care(view),
    )  # fmt: skip


_CARE_ITEMS = (
    "in care within 12 months", "in care within 6 months", "in care by the end of the quarter",
)  # fmt: skip


def _care(view: NeglectView, item: str) -> Find:
    return view.find("N10", item, window="cohort")


def _choose_care(view: NeglectView) -> str:
    """Return the longest way that children are followed into care here."""
    known = [item for item in _CARE_ITEMS if _care(view, item)(view.region) is not None]
    return known[0] if known else _CARE_ITEMS[0]


def _write_statuses(view: NeglectView) -> str:
    """Write under which legal status children came into care, an area a row."""
    labels, item = view.data.list_labels("legal status"), _choose_care(view)
    find = view.find_parts("N10", item, "legal status", window="cohort")
    rows = []
    for area in view.places:
        found = [find(area, label) for label in labels]
        counts = [show_counts(row).partition(OF)[0] for row in found]
        rows.append([view.name(area), show_value(found[0]), *counts])
    if not any(cell for row in rows for cell in row[2:]):
        return ""
    return table_html(
        ["Area", "Section 20, share", *(label[:1].upper() + label[1:] for label in labels)],
        rows,
        caption=f"Children {item} of a plan starting for neglect, by their first legal status.",
        numbers=range(1, len(labels) + 2),
    )


def _draw_care(view: NeglectView) -> Panel | None:
    item = _choose_care(view)
    series = [Series(item.removeprefix("in care "), _care(view, item))]
    if item == _CARE_ITEMS[0] and _care(view, _CARE_ITEMS[1])(view.region) is not None:
        within = Series("within 6 months", _care(view, _CARE_ITEMS[1]), "series-2", hollow=True)
        series.append(within)
    notes = {
        _CARE_ITEMS[0]: "Plans of the last four quarters that have been followed for so long.",
        _CARE_ITEMS[2]: "Plans of the last six months, as far as Annex A shows them.",
    }
    return interval_panel(
        view, "neglect-into-care", "Into care after a plan for neglect", series,
        notes=notes.get(item, ""),
    )  # fmt: skip


def _say_care(view: NeglectView) -> str:
    item = _choose_care(view)
    row = _care(view, item)(view.region)
    if row is None:
        return (
            "No authority has sent the counts: they need the census or list 7, and who is in care."
        )
    when = "in care by the end of the quarter" if item == _CARE_ITEMS[2] else item
    return (
        f"{show_value(row)} of plans that started for neglect ({show_counts(row)}) had the child "
        f"{when}{_say_status(view, item)}."
    )


def _say_status(view: NeglectView, item: str) -> str:
    key = {"window": "cohort", "breakdown": "legal status", "category": "Section 20"}
    row = view.pick(view.region, "N10", item, **key)
    return "" if row is None else f"; {show_value(row)} of these came under Section 20"


def _write_letters(view: NeglectView) -> str:
    rows = []
    for area in view.places:
        sent = view.pick(area, "N11", "letter sent", window="quarter")
        keys = [(area.code, "N11", group) for group in (NEGLECT, "other categories")]
        medians = [view.medians.get(key) for key in keys]
        rows.append([view.name(area), show_counts(sent), *(show_months(row) for row in medians)])
    if not any(cell for row in rows for cell in row[1:]):
        return ""
    return table_html(
        ["Area", "Letter sent, of pre-proceedings started", "Neglect, median months",
         "Other categories, median months"],
        rows,
        caption="Letters before proceedings, and months from the start of the plan to the "
        "letter. u: fewer than ten letters, no median.",
        numbers=(1, 2, 3),
    )  # fmt: skip


# Tools and early help ---------------------------------------------------------------------------


def help_html(view: NeglectView) -> Html:
    """Show the use of a neglect tool, early help, and what is known of absence."""
    tool = view.find("N13", "tool completed")
    return write_section(
        "neglect-help",
        "Tools, early help, and signs of impact",
        [
            Part(
                panels=keep(
                    _draw_tool(view, tool),
                    interval_panel(
                        view, "neglect-step-up", "Early help followed by a referral that went on",
                        [Series("stepped up", view.find("N14", "stepped up", window="cohort"))],
                        notes="Early help assessments of the last six months, whatever need they "
                        "met: Annex A does not say which.",
                    ),
                    interval_panel(
                        view, "neglect-from-help", "Referrals that early help made",
                        [Series("from early help",
                                view.find("N14", "referrals from early help", window="year"))],
                        notes="Of all referrals in 12 months.",
                    ),
                )
            ),
            Part(
                text="Impact (N12) is in no return: absence, dental checks and immunisation of "
                "children on plans for neglect are partners' data, and none has been sent. "
                "Published is the absence of children on a plan of any category.",
                html=_write_latest(
                    view, _ABSENCE,
                    "Absence from school of children on a protection plan, not looked after. "
                    "Source: Department for Education, Outcomes for children in need.",
                ),
                fold="Absence of children on a plan",
            ),
        ],
        finding=_say_tool(view, tool),
    )  # fmt: skip


def _draw_tool(view: NeglectView, tool: Find) -> Panel | None:
    if not counts_any(view, tool):
        return None
    again = view.find("N13", "tool repeated at a review")
    return interval_panel(
        view, "neglect-tool", "Neglect tool completed in the last six months",
        [Series("completed", tool, "series-1"),
         Series("repeated at a review", again, "series-2", hollow=True)],
        notes="Practice return: of files looked at; repeated, of those completed.",
    )  # fmt: skip


def _say_tool(view: NeglectView, tool: Find) -> str:
    row = tool(view.region)
    if row is None or not counts_any(view, tool):
        return "No authority has sent the practice return on neglect tools."
    return (
        f"Region: a neglect tool was completed for {show_value(row)} ({show_counts(row)}) of the "
        "children on a plan for neglect whose files were looked at."
    )
