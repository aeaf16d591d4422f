"""What the audits came to, on a page: moderation, themes, actions, own and peer auditors."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.catalogue.areas import Area
from slinb.show.audit_view import AuditPart, AuditView, write_section
from slinb.show.audit_words import round_half_up, say_kappa, say_none, say_share
from slinb.show.formats import NO_FIGURE, decapitalise, format_count, format_number
from slinb.show.markup import Html
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows
from slinb.show.stacked import stack_html
from slinb.show.tables import table_html

_MOST_THEMES = 3


def moderation_html(view: AuditView) -> Html:
    """Write what moderation did to the grades, and how far the two graders agree."""
    rows = view.rows(view.tables["audits_moderation"])
    table = stack_html(
        ["Authority", "Made worse", "Left alike", "Made better", "Kappa"],
        [[area.name, *_write_moderated(row)] for area, row in rows],
        caption="Own grade against moderated grade, of the cases that have both",
    )
    return write_section(
        "moderation",
        "What moderation did",
        _say_moderation(rows[-1][1]),
        notes=[
            "Kappa (Cohen's, linear weights) is 1 where own and moderated grade always agree and "
            "0 where they agree as chance would have it. It is given from "
            f"{view.instrument.least_pairs} cases on, with its 95% interval.",
            view.say_left_out([rows[-1][1]]),
        ],
        parts=[AuditPart("", table), AuditPart("", _write_matrix(view))],
    )


def themes_html(view: AuditView) -> Html:
    """Write how often each theme was named, in the region and by whom."""
    rows = sorted(
        (r for r in view.of_region("themes") if r["status"] == "final"),
        key=lambda r: -r["n"],
    )
    return write_section(
        "themes",
        "Themes",
        _say_themes(view, rows),
        notes=[
            "Auditors name up to three themes of a case. Strengths are marked as such.",
            view.say_left_out(rows),
        ],
        parts=[
            AuditPart("", _write_region_themes(view, rows) if rows else ""),
            AuditPart("What was named most often, by authority", _write_themes(view)),
        ],
    )


def actions_html(view: AuditView) -> Html:
    """Write which of the agreed actions were completed in time."""
    rows = view.rows(view.tables["audits_actions"])
    counts = ("late", "overdue", "not_due", "unclear")
    table = stack_html(
        ["Authority", "Completed in time", "Late", "Overdue", "Not yet due", "No clear date"],
        [
            [
                area.name,
                say_share(row, above="in_time", below="due") if "due" in row else NO_FIGURE,
                *(_write_count(row, c) for c in counts),
            ]
            for area, row in rows
        ],
        caption="Actions due by the day on which the audits were sent, and whether they were "
        "completed by their own day",
    )
    return write_section(
        "actions",
        "Actions in time",
        _say_actions(rows[-1][1]),
        notes=[view.say_left_out([rows[-1][1]])],
        parts=[AuditPart("", table)],
    )


def auditors_html(view: AuditView) -> Html:
    """Write the grades of own auditors against those of peers."""
    rows = view.rows(view.tables["audits_gap"])
    table = stack_html(
        ["Authority", "Own auditors", "Peer auditors", "Difference"],
        [[area.name, *_write_gap(row)] for area, row in rows],
        caption="Per cent good or better before moderation, by who audited",
    )
    return write_section(
        "auditors",
        "Own auditors and peers",
        _say_auditors(rows),
        notes=["They read different cases, so a difference may be the cases'."],
        parts=[AuditPart("", table)],
    )


def _say_moderation(row: Row) -> str:
    if row["status"] != "final":
        return "Too few cases were moderated to say what moderation did."
    said = (
        f"Of {format_count(row['n'])} grades moderation left {format_count(row['same'])} alike, "
        f"made {format_count(row['down'])} worse and {format_count(row['up'])} better."
    )
    kappa = say_kappa(row)
    return f"{said} Kappa {kappa}." if kappa != NO_FIGURE else said


def _write_moderated(row: Row) -> list[str]:
    if row["status"] != "final":
        return [say_none(row), NO_FIGURE, NO_FIGURE, NO_FIGURE]
    return [
        say_share(row, above="down"),
        format_count(row["same"]),
        format_count(row["up"]),
        say_kappa(row),
    ]


def _write_matrix(view: AuditView) -> str:
    """Write the region's grades before and after moderation as a matrix."""
    cells = [r for r in view.of_region("matrix") if r["status"] == "final"]
    if not cells:
        return ""
    by_pair = {(r["own"], r["moderated"]): r["n"] for r in cells}
    words = {g.number: g.word.capitalize() for g in view.instrument.grades}
    return table_html(
        ["Own grade", *words.values()],
        [[words[own], *(format_count(by_pair[own, m]) for m in words)] for own in words],
        caption=f"{view.region.name}: cases by own grade (lines) and moderated grade (columns)",
        numbers=range(1, 1 + len(words)),
    )


def _name_theme(view: AuditView, theme: str) -> str:
    choice = next((c for c in view.instrument.choices("theme") if c.id == theme), None)
    if choice is None:
        return theme
    return f"{choice.label} (strength)" if choice.strength else choice.label


def _say_themes(view: AuditView, rows: list[Row]) -> str:
    named = [r for r in rows if r["n"]]
    if not named:
        return "No theme was named."
    label = decapitalise(_name_theme(view, named[0]["theme"]))
    counts = f"{format_count(named[0]['n'])} of {format_count(named[0]['cases'])} cases"
    return f"Named most often: {label}, in {counts}."


def _write_region_themes(view: AuditView, rows: Sequence[Row]) -> str:
    return table_html(
        ["Theme", "Named in"],
        [[_name_theme(view, r["theme"]), say_share(r, above="n", below="cases")] for r in rows],
        caption=f"{view.region.name}: share of audited cases in which each was named, with 95% "
        "interval",
    )


def _write_themes(view: AuditView) -> str:
    table = view.tables["audits_themes"]
    rows = []
    for area in view.areas:
        mine = list_rows(table[table["area"].eq(area.code)])
        named = sorted(
            (r for r in mine if r["status"] == "final" and r["n"]), key=lambda r: -r["n"]
        )
        said = [f"{_name_theme(view, r['theme'])} ({format_count(r['n'])})" for r in named]
        none = say_none(mine[0], "cases") if mine else NO_FIGURE
        cases = format_count(mine[0]["cases"]) if mine else NO_FIGURE
        rows.append([area.name, "; ".join(said[:_MOST_THEMES]) or none, cases])
    return stack_html(
        ["Authority", "Named most often (in how many cases)", "Cases"],
        rows,
        caption="The three themes that each authority's auditors named most often",
    )


def _write_count(row: Row, column: str) -> str:
    count = row.get(column, float("nan"))
    return NO_FIGURE if count != count else format_count(count)


def _say_actions(row: Row) -> str:
    if row["status"] != "final":
        return "No action was due by the day on which the audits were sent."
    return (
        f"Of {format_count(row['due'])} actions due, {format_count(row['in_time'])} were "
        f"completed in time, {format_count(row['late'])} late, and {format_count(row['overdue'])} "
        "are overdue."
    )


def _say_auditors(rows: Sequence[tuple[Area, Row]]) -> str:
    told = [(area, row) for area, row in rows[:-1] if row["status"] == "final"]
    apart = [area.name for area, row in told if row["verdict"] != "no real difference"]
    if not told:
        return "Nowhere did both own and peer auditors grade enough cases to be compared."
    if not apart:
        return (
            f"In none of the {len(told)} authorities with both do own auditors and peers really "
            "differ; few cases make wide intervals."
        )
    return f"Own auditors and peers really differ in {join_names(apart)}."


def _write_gap(row: Row) -> list[str]:
    if "own_n" not in row or not row["own_n"] + row["peer_n"]:
        return [NO_FIGURE, NO_FIGURE, NO_FIGURE]
    sides = [_write_side(row, side) for side in ("own", "peer")]
    if row["status"] != "final":
        return [*sides, "not compared"]
    gap = f"{format_number(row['gap'])} points"
    limits = f"{format_number(row['lower'])} to {format_number(row['upper'])}"
    return [*sides, f"{row['verdict']}: {gap} ({limits})"]


def _write_side(row: Row, side: str) -> str:
    value, n = row[f"{side}_value"], format_count(row[f"{side}_n"])
    if not row[f"{side}_n"]:
        return NO_FIGURE
    return f"{round_half_up(value)}% of {n}" if value == value else f"c, of {n}"
