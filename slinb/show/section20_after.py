"""How Section 20 spells ended, who came back, where children live, and the practice return."""

from __future__ import annotations

from collections.abc import Callable

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import Question, load_dives
from slinb.show.drawings import Panel
from slinb.show.markup import Html
from slinb.show.rows import Row
from slinb.show.section20_bars import Dot, Interval, draw_intervals
from slinb.show.section20_pieces import (
    Series,
    interval_panel,
    keep,
    make_colours,
    say_largest,
    shorten_name,
    strip_panel,
)
from slinb.show.section20_view import (
    Part,
    View,
    read_value,
    show_counts,
    show_interval,
    show_judgement,
    show_value,
    write_section,
)
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


def endings_html(view: View) -> Html:
    """Show how spells ended in twelve months, and who was back in care after going home."""
    labels = view.data.list_labels("ending group")

    def find(area: Area, label: str) -> Row | None:
        return view.pick(
            area, "S11", "endings", window="year", breakdown="ending group", category=label
        )

    return write_section(
        "s20-endings",
        "How spells ended, and who came back",
        [
            Part(
                panels=keep(
                    strip_panel(
                        view, "s20-ended", "How Section 20 spells ended in 12 months",
                        make_colours(labels, _ENDING_SHADES), find,
                        finding=say_largest(view, find, labels),
                    ),
                    interval_panel(
                        view, "s20-unplanned", "Home unplanned, of those who went home",
                        [Series("unplanned", lambda a: view.line(a, "unplanned"))],
                        notes="A sign that consent may have been withdrawn, no more.",
                    ),
                    interval_panel(
                        view, "s20-back", "Back in care within 12 months of going home",
                        [Series("within 12 months", lambda a: view.line(a, "back"))],
                        notes="Of those who went home in quarters followed for a year.",
                    ),
                )
            ),
            Part(html=_write_return(view), fold="Back in care, by authority"),
        ],
        finding=f"In 12 months: {say_largest(view, find, labels)}",
    )  # fmt: skip


def _write_return(view: View) -> str:
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


def placements_html(view: View) -> Html:
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


def _draw_placed(view: View, side: str, key: str) -> Panel | None:
    labels = view.data.list_labels("placement group")

    def find(area: Area, label: str) -> Row | None:
        return view.pick(
            area, "S13", "placed", breakdown="placement group", category=label, across=side
        )

    return strip_panel(
        view, key, f"Placement: {side if side == 'Section 20' else 'under an order'}",
        make_colours(labels, _PLACE_SHADES), find, finding=say_largest(view, find, labels),
    )  # fmt: skip


def _compare_sides(
    view: View, key: str, title: str, find: Callable[[Area, str], Row | None]
) -> Panel | None:
    return interval_panel(
        view, key, title,
        [Series("Section 20", lambda a: find(a, "Section 20"), "series-1"),
         Series("under an order", lambda a: find(a, "ordered"), "series-3", hollow=True)],
    )  # fmt: skip


# Practice -----------------------------------------------------------------------------------


def practice_html(view: View) -> Html:
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


def _find_answers(view: View, question: Question) -> list[Row | None]:
    """Return a question's figure of the region and of each authority."""
    return [pick_answer(view, area, question) for area in view.places]


def pick_answer(view: View, area: Area, question: Question) -> Row | None:
    """Return the figure of a question of the practice return; None where it was not sent."""
    key = {"window": question.window, "breakdown": question.breakdown}
    return view.pick(area, question.measure, question.item, category=question.category, **key)


def word_question(question: Question) -> str:
    """Return the words of a question for a table or chart."""
    text = question.item if not question.category else f"{question.item}: {question.category}"
    return text[:1].upper() + text[1:]


def _say_practice(asked: Asked) -> str:
    first, rows = asked[0]
    return f"Region: {first.item} for {show_value(rows[0])} ({show_counts(rows[0])})."


def _draw_practice(view: View, asked: Asked) -> Panel:
    drawn = [(q, rows[0]) for q, rows in asked if not q.category]
    rows = [
        Interval(
            _SHORT.get(q.id, word_question(q)),
            [Dot(read_value(row), _limit(row, "lower"), _limit(row, "upper"), "series-1")],
            show_value(row),
        )
        for q, row in drawn
    ]
    alt = "; ".join(f"{word_question(q)} {show_value(row)}" for q, row in drawn)
    absent = drawn[0][1]["absent"] if drawn and drawn[0][1] is not None else ""
    return Panel(
        id="s20-practice-region",
        title=f"{view.region.name}: the practice return",
        sign=None,
        svg=draw_intervals(rows, f"Practice return of the region. {alt}.", top=100),
        notes=f"Lines: 95% intervals. {view.name_absent(absent)}".strip(),
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


def _limit(row: Row | None, name: str) -> float:
    return float("nan") if row is None else float(row[name])


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


def _write_practice(view: View, asked: Asked, what: str) -> str:
    """Write the questions down and the authorities across: shares, or the counts behind them."""
    table = [[word_question(q), *(_show_answer(row, what) for row in rows)] for q, rows in asked]
    captions = {
        "shares": "The practice return by authority. A triangle marks a real difference from the "
        "region.",
        "counts": "The counts behind the practice return, by authority.",
    }
    return table_html(
        ["Question", *(shorten_name(view, area) for area in view.places)],
        table,
        caption=captions[what],
        numbers=range(1, len(view.places) + 1),
    )


def _show_answer(row: Row | None, what: str) -> str:
    if what == "counts":
        return show_counts(row)
    return f"{show_judgement(row).split(' ')[0]} {show_value(row)}".strip()
