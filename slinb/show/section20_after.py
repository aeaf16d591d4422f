"""How Section 20 spells ended, who came back, where children live, and the practice return."""

from __future__ import annotations

from collections.abc import Callable

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import Question, load_dives
from slinb.show.dive_interval_panel import Series, interval_panel, make_dot
from slinb.show.dive_intervals import Interval, draw_intervals
from slinb.show.dive_practice import pick_answer, word_question
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_strip_panel import make_colours, say_largest, strip_panel
from slinb.show.dive_values import (
    show_counts,
    show_interval,
    show_judgement,
    show_marked,
    show_value,
)
from slinb.show.drawings import Panel
from slinb.show.markup import Html
from slinb.show.rows import Row
from slinb.show.section20_view import Section20View
from slinb.show.tables import table_html

#: Home planned, unplanned and not stated; order; relatives; adult life; other.
_ENDING_SHADES = (
    ("series-2", 0.62), ("series-2", 0.36), ("series-2", 0.16), ("series-1", 0.45),
    ("series-3", 0.4), ("series-4", 0.45), ("neutral", 0.25),
)  # fmt: skip
_PLACE_SHADES = (
    ("series-2", 0.5), ("series-4", 0.45), ("series-3", 0.45), ("series-1", 0.4), ("neutral", 0.25),
)  # fmt: skip
_SIDES = ("Section 20", "ordered")


def endings_html(view: Section20View) -> Html:
    """Show how spells ended in twelve months, and who was back in care after going home."""
    labels = view.data.list_labels("ending group")

    find = view.find_parts("S11", "endings", "ending group", window="year")
    return write_section(
        "s20-endings",
        "How spells ended, and who came back",
        [
            Part(
                panels=keep(
                    strip_panel(
                        view, "s20-ended", "How Section 20 spells ended in 12 months",
                        make_colours(labels, _ENDING_SHADES), find,
                    ),
                    interval_panel(
                        view, "s20-unplanned", "Home unplanned, of those who went home",
                        [Series("unplanned", view.find_line("unplanned"))],
                        notes="A sign that consent may have been withdrawn, no more.",
                    ),
                    interval_panel(
                        view, "s20-back", "Back in care within 12 months of going home",
                        [Series("within 12 months", view.find_line("back"))],
                        notes="Of those who went home in quarters followed for a year.",
                    ),
                )
            ),
            Part(html=_write_return(view), fold="Back in care, by authority"),
        ],
        finding=f"In 12 months: {say_largest(view, find, labels)}",
    )  # fmt: skip


def _write_return(view: Section20View) -> str:
    rows = []
    for area in view.places:
        cells = [view.name(area)]
        for item in ("within 6 months", "within 12 months"):
            row = view.line(area, "back", item=item)
            cells += [show_value(row), show_counts(row), show_interval(row)]
        rows.append([*cells, show_judgement(view.line(area, "back"))])
    return table_html(
        ["Area", "Within 6 months", "Counts", "95% interval", "Within 12 months", "Counts",
         "95% interval", "Against the region"],
        rows,
        caption="Children back in care after going home from Section 20.",
        numbers=range(1, 7),
    )  # fmt: skip


# Placement, distance, reviews ---------------------------------------------------------------


def placements_html(view: Section20View) -> Html:
    """Show placement, distance and reviews, Section 20 beside children under an order."""
    placed = [_draw_placed(view, side, f"s20-placed-{i}") for i, side in enumerate(_SIDES, start=1)]
    timely = {"breakdown": "legal status"}
    return write_section(
        "s20-placements",
        "Where they live and whether they were reviewed, beside children under an order",
        [
            Part(
                panels=keep(
                    *placed,
                    _compare_sides(
                        view, "s20-distance", "Placed more than 20 miles from home",
                        lambda a, s: view.line(a, "far", across=s),
                    ),
                    _compare_sides(
                        view, "s20-outside", "Placed outside the authority",
                        lambda a, s: view.pick(
                            a, "S13", "placed", breakdown="location",
                            category="outside the authority", across=s,
                        ),
                    ),
                    _compare_sides(
                        view, "s20-reviews", "Reviewed in time",
                        lambda a, s: view.line(a, "reviews", category=s),
                    ),
                    _compare_sides(
                        view, "s20-visits", "Visited in time",
                        lambda a, s: view.pick(a, "S15", "visited in time", category=s, **timely),
                    ),
                )
            )
        ],
        intro=[
            "A chart that is not here was sent by nobody: distances need grid references, visits "
            "and the place of the authority need Annex A."
        ],
    )  # fmt: skip


def _draw_placed(view: Section20View, side: str, key: str) -> Panel | None:
    labels = view.data.list_labels("placement group")
    return strip_panel(
        view, key, f"Placement: {side if side == 'Section 20' else 'under an order'}",
        make_colours(labels, _PLACE_SHADES),
        view.find_parts("S13", "placed", "placement group", across=side),
    )  # fmt: skip


def _compare_sides(
    view: Section20View, key: str, title: str, find: Callable[[Area, str], Row | None]
) -> Panel | None:
    return interval_panel(
        view, key, title,
        [Series("Section 20", lambda a: find(a, "Section 20"), "series-1"),
         Series("under an order", lambda a: find(a, "ordered"), "series-3", hollow=True)],
    )  # fmt: skip


# Practice -----------------------------------------------------------------------------------


def practice_html(view: Section20View) -> Html:
    """Show the practice return: each question of the region, then of each authority."""
    questions = load_dives()["section20"].questions
    found = [(question, _find_answers(view, question)) for question in questions]
    asked = [(q, rows) for q, rows in found if any(row is not None for row in rows)]
    if not asked:
        return write_section(
            "s20-practice", "Practice: what is on file", [],
            finding="No authority has sent the practice return.",
        )  # fmt: skip
    return write_section(
        "s20-practice",
        "Practice: what is on file",
        [
            Part(panels=[_draw_practice(view, asked)]),
            Part(html=_write_practice(view, asked, "shares")),
            Part(html=_write_practice(view, asked, "counts"), fold="The counts behind them"),
        ],
        finding=_say_practice(asked),
        intro=[
            "Counted from case files by the authorities, of all files or of a sample; each share "
            "stands beside the files behind it."
        ],
        source="Source: the authorities' practice returns.",
    )


Asked = list[tuple[Question, list[Row | None]]]


def _find_answers(view: Section20View, question: Question) -> list[Row | None]:
    """Return a question's figure of the region and of each authority."""
    return [pick_answer(view, area, question) for area in view.places]


def _say_practice(asked: Asked) -> str:
    first, rows = asked[0]
    return f"Region: {first.item} for {show_value(rows[0])} ({show_counts(rows[0])})."


def _draw_practice(view: Section20View, asked: Asked) -> Panel:
    drawn = [(q, rows[0]) for q, rows in asked if not q.category]
    rows = [
        Interval(
            _SHORT.get(q.id, word_question(q)),
            [make_dot(row, "series-1")],
            show_value(row),
        )
        for q, row in drawn
    ]
    alt = "; ".join(f"{word_question(q)} {show_value(row)}" for q, row in drawn)
    absent = view.name_absent(drawn[0][1]) if drawn else ""
    return Panel(
        id="s20-practice-region",
        title=f"{view.region.name}: the practice return",
        sign=None,
        svg=draw_intervals(rows, f"Practice return of the region. {alt}.", top=100),
        notes=f"Lines: 95% intervals. {absent}".strip(),
        table=table_html(
            ["Question", "Share", "Counts", "95% interval"],
            [
                [word_question(q), show_value(row), show_counts(row), show_interval(row)]
                for q, row in drawn
            ],
            caption="The practice return of the region.",
            numbers=(1, 2, 3),
        ),
    )


_SHORT = {
    "agreement": "Written agreement",
    "signed": "Signed by all with PR",
    "capacity": "Capacity recorded",
    "interpreter": "Interpreter, translation",
    "legal_advice": "Legal advice offered",
    "review_date": "Review date set",
    "reviewed": "Reviewed in 3 months",
    "officer": "Raised by the IRO",
    "letter": "Letter before proceedings",
    "withdrawn": "Agreement withdrawn",
    "consent": "Own consent, 16 and 17",
}


def _write_practice(view: Section20View, asked: Asked, what: str) -> str:
    """Write the questions down and the authorities across: shares, or the counts behind them."""
    show = show_counts if what == "counts" else show_marked
    table = [[word_question(q), *(show(row) for row in rows)] for q, rows in asked]
    captions = {
        "shares": "The practice return by authority. A triangle marks a real difference from the "
        "region.",
        "counts": "The counts behind the practice return, by authority.",
    }
    return table_html(
        ["Question", *(view.shorten_name(area) for area in view.places)],
        table,
        caption=captions[what],
        numbers=range(1, len(view.places) + 1),
    )
