"""The audits on a page: grades, questions, moderation, themes, actions, own and peer auditors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument
from slinb.show.audit_words import (
    round_half_up,
    say_counts,
    say_kappa,
    say_left_out,
    say_none,
    say_share,
)
from slinb.show.drawings import Panel
from slinb.show.formats import NO_FIGURE, format_count, format_number
from slinb.show.markup import Html, render_template
from slinb.show.phrases import name_area
from slinb.show.rows import Row, list_rows
from slinb.show.share_panel import Share, draw_shares
from slinb.show.tables import table_html

_BASES = {"own": "own grade", "moderated": "moderated grade"}


@dataclass(frozen=True)
class AuditTables:
    """The result tables of the audits of one quarter.

    Parameters
    ----------
    grades, questions, moderation, matrix, themes, actions, gap : DataFrame
        Tables of the names ``AUDIT_GRADES``, ``QUESTION_PROFILE``, ``MODERATION``,
        ``MODERATION_MATRIX``, ``AUDIT_THEMES``, ``ACTION_TIMES`` and ``AUDITOR_GAP``, all of
        the same quarter and region.
    """

    grades: pd.DataFrame
    questions: pd.DataFrame
    moderation: pd.DataFrame
    matrix: pd.DataFrame
    themes: pd.DataFrame
    actions: pd.DataFrame
    gap: pd.DataFrame


def audits_html(
    tables: AuditTables,
    areas: Sequence[Area],
    region: Area,
    instrument: AuditInstrument,
    *,
    key: str = "audits",
) -> Html:
    """Write what the audits say of a region and its authorities.

    Parameters
    ----------
    tables : AuditTables
    areas : sequence of Area
        The authorities, in the order of the lines; one without audits says so.
    region : Area
    instrument : AuditInstrument
        The wording of questions, themes and grades.
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>`` that needs ``findings.css`` and no script. A figure that is withheld
        stands as “c” with its number of cases.
    """
    writer = _Writer(tables, areas, region, instrument)
    return Html(
        str(
            render_template(
                "audits",
                key=key,
                lead=writer.say_lead(),
                least=instrument.withhold_below,
                panels=[writer.draw_grades(b) for b in _BASES] + [writer.draw_questions()],
                left_out=writer.say_left_out(),
                moderation=writer.write_moderation(),
                matrix=writer.write_matrix(),
                themes=writer.write_themes(),
                actions=writer.write_actions(),
                gap=writer.write_gap(),
            )
        )
    )


class _Writer:
    """Writes the parts of one section from its tables."""

    def __init__(
        self, tables: AuditTables, areas: Sequence[Area], region: Area, instrument: AuditInstrument
    ) -> None:
        self.tables, self.region, self.instrument = tables, region, instrument
        self.areas = (*areas, region)

    def _rows(self, table: pd.DataFrame) -> list[tuple[Area, Row]]:
        """Return each area with its row; one without a row has a missing one of no cases."""
        by_area = {row["area"]: row for row in list_rows(table)}
        none: Row = {"status": "missing", "n": 0.0}
        return [(area, by_area.get(area.code, none)) for area in self.areas]

    def _grades(self, basis: str) -> pd.DataFrame:
        grades = self.tables.grades
        return grades[grades["basis"].eq(basis) & grades["breakdown"].eq("")]

    def _pooled(self, basis: str) -> Row:
        return self._rows(self._grades(basis))[-1][1]

    def say_lead(self) -> str:
        """Say in one sentence what the region's audits come to."""
        row = self._pooled("moderated")
        basis = "after moderation"
        if row["status"] != "final":
            row, basis = self._pooled("own"), "before moderation"
        if row["status"] != "final":
            return "No audits of this quarter can be shown."
        limits = f"{round_half_up(row['lower'])}% to {round_half_up(row['upper'])}%"
        return (
            f"{say_counts(row)} audited cases were graded good or better {basis}: "
            f"{round_half_up(row['value'])}%, with an interval of {limits}."
        )

    def say_left_out(self) -> str:
        """Say of whom the region's row is without."""
        return say_left_out([row for basis in _BASES if "left_out" in (row := self._pooled(basis))])

    def draw_grades(self, basis: str) -> Panel:
        """Draw who had which share graded good or better."""
        rows = self._rows(self._grades(basis))
        shares = [
            _make_share(name_area(area).capitalize() if area is self.region else area.name, row)
            for area, row in rows
        ]
        shares[-1] = _make_whole(shares[-1])
        known = [s for s in shares[:-1] if s.value is not None]
        told = [
            f"{s.name} {round_half_up(s.value or 0)}%, {s.counts}" for s in shares if s in known
        ]
        alt = f"Per cent good or better by {_BASES[basis]}: {'; '.join(told) or 'none shown'}."
        return Panel(
            id=f"audits-{basis}",
            title=f"Good or better, by {_BASES[basis]}",
            sign=None,
            svg=draw_shares(shares, alt, centre=shares[-1].value),
            notes="Points with 95% intervals; the dashed line is the region. Few cases make wide "
            "intervals: most authorities cannot be told apart.",
            table=table_html(
                ["Authority", "Good or better", *(g.word for g in self.instrument.grades)],
                [[area.name, say_share(row), *self._write_grades(row)] for area, row in rows],
                caption=f"Cases by {_BASES[basis]}, with 95% interval and number of cases",
                numbers=range(2, 2 + len(self.instrument.grades)),
            ),
        )

    def _write_grades(self, row: Row) -> list[str]:
        if row["status"] != "final":
            return [NO_FIGURE] * len(self.instrument.grades)
        return [format_count(row[f"grade_{g}"]) for g in self.instrument.numbers]

    def draw_questions(self) -> Panel:
        """Draw the region's questions, weakest first."""
        table = self.tables.questions
        rows = list_rows(table[table["area"].eq(self.region.code)])
        short = {q.id: f"{q.number}. {q.short}" for q in self.instrument.questions}
        shown = sorted(
            rows,
            key=lambda r: (r["status"] != "final", r["value"] if r["value"] == r["value"] else 0),
        )
        shares = [_make_share(short[r["question"]], r) for r in shown]
        first = [s for s in shares if s.value is not None][:3]
        alt = "The weakest questions of the region: " + "; ".join(
            f"{s.name}, {round_half_up(s.value or 0)}% good or better" for s in first
        )
        return Panel(
            id="audits-questions",
            title="The region's questions, weakest first",
            sign=None,
            svg=draw_shares(shares, f"{alt}."),
            notes="Per cent good or better of the cases to which the question applies.",
            table=table_html(
                ["Question", "Good or better", "Does not apply", "No answer"],
                [
                    [
                        short[r["question"]],
                        say_share(r),
                        format_count(r["not_applicable"]),
                        format_count(r["unanswered"]),
                    ]
                    for r in shown
                ],
                caption=f"{self.region.name}: grades by question, with 95% interval",
                numbers=(2, 3),
            ),
        )

    def write_moderation(self) -> str:
        """Write what moderation did to each authority's grades."""
        rows = self._rows(self.tables.moderation)
        return table_html(
            ["Authority", "Made worse", "Left alike", "Made better", "Kappa"],
            [[area.name, *_write_moderated(row)] for area, row in rows],
            caption="Own grade against moderated grade. Kappa (linear weights) is 1 where all "
            f"agree and 0 where they agree as chance would; given from "
            f"{self.instrument.least_pairs} cases on.",
            numbers=(2, 3),
        )

    def write_matrix(self) -> str:
        """Write the region's grades before and after moderation as a matrix."""
        table = self.tables.matrix
        cells = table[table["area"].eq(self.region.code) & table["status"].eq("final")]
        if cells.empty:
            return ""
        by_pair = {(r["own"], r["moderated"]): r["n"] for r in list_rows(cells)}
        words = {g.number: g.word for g in self.instrument.grades}
        return table_html(
            ["Own grade", *(words[m].capitalize() for m in words)],
            [
                [words[own].capitalize(), *(format_count(by_pair[own, m]) for m in words)]
                for own in words
            ],
            caption=f"{self.region.name}: cases by own grade (lines) and moderated grade (columns)",
            numbers=range(1, 1 + len(words)),
        )

    def write_themes(self) -> str:
        """Write how often each theme was named in the region, most often first."""
        table = self.tables.themes
        rows = list_rows(
            table[table["area"].eq(self.region.code)].sort_values("n", ascending=False)
        )
        return table_html(
            ["Theme", "Named in"],
            [
                [
                    self.instrument.label("theme", row["theme"]),
                    say_share(row, above="n", below="cases"),
                ]
                for row in rows
            ],
            caption=f"{self.region.name}: share of audited cases in which a theme was named",
        )

    def write_actions(self) -> str:
        """Write which actions were completed in time."""
        counts = ("late", "overdue", "not_due", "unclear")
        return table_html(
            ["Authority", "Completed in time", "Late", "Overdue", "Not yet due", "No clear date"],
            [
                [
                    area.name,
                    say_share(row, above="in_time", below="due"),
                    *(format_count(row[c]) if c in row else NO_FIGURE for c in counts),
                ]
                for area, row in self._rows(self.tables.actions)
            ],
            caption="Actions due, and whether they were completed by their day",
            numbers=range(2, 6),
        )

    def write_gap(self) -> str:
        """Write the grades of own auditors against those of peers."""
        return table_html(
            ["Authority", "Own auditors", "Peer auditors", "Difference"],
            [[area.name, *_write_gap(row)] for area, row in self._rows(self.tables.gap)],
            caption="Per cent good or better before moderation, by who audited. They read "
            "different cases, so a difference may be the cases'.",
        )


def _make_share(name: str, row: Row) -> Share:
    if row["status"] != "final":
        return Share(name, None, 0, 0, say_none(row))
    return Share(name, row["value"], row["lower"], row["upper"], say_counts(row))


def _make_whole(share: Share) -> Share:
    return Share(share.name, share.value, share.lower, share.upper, share.counts, whole=True)


def _write_moderated(row: Row) -> list[str]:
    if row["status"] != "final":
        return [say_none(row), NO_FIGURE, NO_FIGURE, NO_FIGURE]
    return [
        say_share(row, above="down"),
        format_count(row["same"]),
        format_count(row["up"]),
        say_kappa(row),
    ]


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
