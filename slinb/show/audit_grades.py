"""The grades of the audits on a page: who came, how good, and question by question."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.show.audit_view import BASES, AuditPart, AuditView, make_share, write_section
from slinb.show.audit_words import round_half_up, say_counts, say_share
from slinb.show.drawings import Panel
from slinb.show.formats import NO_FIGURE, REASONS, decapitalise, format_count
from slinb.show.markup import Html
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows
from slinb.show.share_panel import draw_shares
from slinb.show.stacked import stack_html
from slinb.show.tables import table_html

_OUTCOMES = {
    "used": "Came",
    "none audited": "Audited nobody",
    "refused": "Could not be read",
    "missing": "Did not come",
}
_BREAKDOWNS = {"cohort": "Cohort", "age_band": "Age", "tool": "Tool"}
_WEAKEST = 3
#: What stands for a share that is withheld.
_HELD = REASONS["suppressed"].symbol


def exercise_html(view: AuditView) -> Html:
    """Write who audited how many cases, and what kind of cases they were."""
    return write_section(
        "exercise",
        "Who audited, and which cases",
        _say_exercise(view),
        notes=[
            "Audited cases are chosen, not drawn at random: they say what auditors saw, not how "
            "common it is.",
        ],
        parts=[
            AuditPart("", _write_returns(view)),
            AuditPart("Which cases, and how they were graded", _write_breakdowns(view)),
        ],
    )


def grades_html(view: AuditView) -> Html:
    """Write the overall grades: per cent good or better, before and after moderation."""
    least = view.instrument.withhold_below
    held = (
        f"Where fewer than {least} cases stand behind it, an authority's grades are withheld (c); "
        "so is what they could be worked out from."
        if view.withheld
        else f"This edition withholds nothing. The public one withholds what fewer than {least} "
        "cases stand behind."
    )
    return write_section(
        "grades",
        "Overall grades",
        _say_grades(view),
        notes=[
            "Grades run from 1 (outstanding) to 4 (inadequate); “good or better” is 1 and 2. The "
            "number of cases always stands beside the share.",
            held,
            view.say_left_out([view.pooled(basis) for basis in BASES]),
        ],
        panels=[_draw_grades(view, basis) for basis in BASES],
        parts=[
            AuditPart("", _write_counts(view, basis), f"How often each was given, by {name}")
            for basis, name in BASES.items()
        ],
    )


def questions_html(view: AuditView) -> Html:
    """Write the grades of each question: the region's drawn, every authority's as a table."""
    rows = _sort_questions(view)
    return write_section(
        "questions",
        f"The {len(view.instrument.questions)} questions",
        _say_questions(view, rows),
        notes=[view.say_left_out(rows)],
        panels=[_draw_questions(view, rows)] if rows else [],
        parts=[AuditPart("", _write_profile(view), "Every authority, question by question")],
    )


def _say_exercise(view: AuditView) -> str:
    told = view.tables["audits_returns"]
    came = told[told["outcome"].eq("used")]
    said = (
        f"{len(came)} of the {len(view.areas)} authorities sent audits, of "
        f"{format_count(came['cases'].sum())} cases."
    )
    rest = []
    for outcome, words in (
        ("none audited", "audited nobody"),
        ("refused", "sent what could not be read"),
        ("missing", "sent nothing"),
    ):
        codes = set(told.loc[told["outcome"].eq(outcome), "area"]) - set(came["area"])
        if names := [area.name for area in view.areas if area.code in codes]:
            rest.append(f"{join_names(names)} {words}.")
    return " ".join([said, *rest])


def _write_returns(view: AuditView) -> str:
    told = {row["area"]: row for row in list_rows(view.tables["audits_returns"]) if _counts(row)}
    own, moderated = ({a.code: r for a, r in view.rows(view.grades(b))} for b in BASES)
    rows = []
    for area in view.areas:
        row = told.get(area.code, {"outcome": "missing", "cases": 0})
        graded = [own[area.code], moderated[area.code]]
        counts = [format_count(r["n"]) if row["cases"] else NO_FIGURE for r in graded]
        cases = format_count(row["cases"]) if row["outcome"] in ("used", "none audited") else ""
        came = _OUTCOMES[row["outcome"]]
        if row["cases"] and not any(r["n"] for r in graded):
            came = "Came, its grades in doubt"
        rows.append([area.name, came, cases or NO_FIGURE, *counts])
    return stack_html(
        ["Authority", "Audits", "Cases", "With own grade", "With moderated grade"],
        rows,
        caption=f"Audits of {view.period.label}",
    )


def _counts(row: Row) -> bool:
    return bool(row["area"]) and row["outcome"] != "superseded"


def _write_breakdowns(view: AuditView) -> str:
    rows = []
    for row in view.of_region("grades"):
        name = row["breakdown"]
        if row["basis"] == "own" and name in _BREAKDOWNS:
            category = view.instrument.label(name, row["category"])
            rows.append((name, f"{_BREAKDOWNS[name]}: {decapitalise(category)}", row))
    order = {c.id: i for i, c in enumerate(view.instrument.all_choices)}
    keys = list(_BREAKDOWNS)
    rows.sort(key=lambda r: (keys.index(r[0]), order.get(r[2]["category"], len(order))))
    if not rows:
        return ""
    return table_html(
        ["Cases", "Good or better, own grade"],
        [[words, say_share(row)] for _, words, row in rows],
        caption=f"{view.region.name}: cases by what they were, with 95% interval",
    )


def _say_grades(view: AuditView) -> str:
    row, when = view.pooled("moderated"), "after moderation"
    if row["status"] != "final":
        row, when = view.pooled("own"), "before moderation"
    if row["status"] != "final":
        return "No grades of this quarter can be shown."
    limits = f"{round_half_up(row['lower'])}% to {round_half_up(row['upper'])}%"
    return (
        f"{say_counts(row)} audited cases were graded good or better {when}: "
        f"{round_half_up(row['value'])}%, with an interval of {limits}."
    )


def _draw_grades(view: AuditView, basis: str) -> Panel:
    """Draw who had which share graded good or better."""
    rows = view.rows(view.grades(basis))
    shares = [view.share(area, row) for area, row in rows]
    told = [
        f"{s.name} {round_half_up(s.value)}%, {s.counts}"
        for s in shares
        if s.value is not None and not s.whole
    ]
    return Panel(
        id=f"audits-{basis}",
        title=f"Good or better, by {BASES[basis]}",
        sign=None,
        svg=draw_shares(
            shares,
            f"Per cent good or better by {BASES[basis]}: {'; '.join(told) or 'none shown'}.",
            centre=shares[-1].value,
        ),
        notes="Points with 95% intervals; the dashed line is the region. Few cases make wide "
        "intervals: most authorities cannot be told apart.",
        table=table_html(
            ["Authority", "Good or better"],
            [[area.name, say_share(row)] for area, row in rows],
            caption=f"Good or better by {BASES[basis]}, with 95% interval and number of cases",
        ),
    )


def _write_counts(view: AuditView, basis: str) -> str:
    """Write how often each grade was given, by those of whom the edition has it."""
    rows = [(area, r) for area, r in view.rows(view.grades(basis)) if _has_counts(view, r)]
    if not rows:
        return ""
    words = [g.word.capitalize() for g in view.instrument.grades]
    return stack_html(
        ["Authority", *words],
        [[area.name, *_write_grades(view, row)] for area, row in rows],
        caption=f"Cases by {BASES[basis]}",
    )


def _has_counts(view: AuditView, row: Row) -> bool:
    # The public edition gives an authority's share, and not how often each grade was given.
    return row["status"] == "final" and row[f"grade_{view.instrument.numbers[0]}"] >= 0


def _write_grades(view: AuditView, row: Row) -> list[str]:
    return [format_count(row[f"grade_{g}"]) for g in view.instrument.numbers]


def _sort_questions(view: AuditView) -> list[Row]:
    """Return the region's questions, weakest first; those without a share last."""
    rows = view.of_region("questions")
    return sorted(rows, key=lambda r: r["value"] if r["status"] == "final" else 101)


def _name_questions(view: AuditView) -> dict[str, str]:
    return {q.id: f"{q.number}. {q.short}" for q in view.instrument.questions}


def _say_questions(view: AuditView, rows: Sequence[Row]) -> str:
    shown = [r for r in rows if r["status"] == "final"]
    if not shown:
        return "No question has enough grades to be shown."
    short = {q.id: decapitalise(q.short) for q in view.instrument.questions}
    first, last = shown[0], shown[-1]
    return (
        f"Weakest: {short[first['question']]}, good or better in {say_counts(first)} cases. "
        f"Strongest: {short[last['question']]}, in {say_counts(last)}."
    )


def _draw_questions(view: AuditView, rows: Sequence[Row]) -> Panel:
    short = _name_questions(view)
    names = {q.id: q.short for q in view.instrument.questions}
    shares = [make_share(names[r["question"]], r) for r in rows]
    told = [f"{s.name}, {round_half_up(s.value)}%" for s in shares if s.value is not None]
    return Panel(
        id="audits-region-questions",
        title="The region's questions, weakest first",
        sign=None,
        svg=draw_shares(
            shares, f"Per cent good or better, weakest first: {'; '.join(told[:_WEAKEST])}."
        ),
        notes="Per cent good or better, with 95% interval, of the cases to which the question "
        "applies.",
        table=table_html(
            ["Question", "Good or better", "Does not apply", "No answer"],
            [
                [
                    short[r["question"]],
                    say_share(r),
                    format_count(r["not_applicable"]),
                    format_count(r["unanswered"]),
                ]
                for r in rows
            ],
            caption=f"{view.region.name}: grades by question, with 95% interval",
            numbers=(2, 3),
        ),
    )


def _write_profile(view: AuditView) -> str:
    """Write the share good or better of each authority and question, with its n."""
    table = view.tables["audits_questions"]
    cells = {(row["area"], row["question"]): row for row in list_rows(table)}
    codes = set(table["area"])
    shown = [area for area in (*view.areas, view.region) if area.code in codes]
    return table_html(
        ["Question", *(area.name for area in shown)],
        [
            [name, *(_write_cell(cells.get((area.code, question))) for area in shown)]
            for question, name in _name_questions(view).items()
        ],
        caption="Per cent good or better, and in brackets the number of cases with a grade",
        numbers=range(1, len(shown) + 1),
    )


def _write_cell(row: Row | None) -> str:
    """Write a share and its n, short enough for a column each."""
    if row is None or not row["n"]:
        return NO_FIGURE
    share = f"{round_half_up(row['value'])}%" if row["status"] == "final" else _HELD
    return f"{share} ({format_count(row['n'])})"
