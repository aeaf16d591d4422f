"""What every part of the audits' pages reads from: its tables, looked up by area."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.show.audit_words import say_counts, say_left_out, say_none
from slinb.show.drawings import Panel
from slinb.show.markup import Html, render_template
from slinb.show.phrases import name_area
from slinb.show.rows import Row, list_rows
from slinb.show.share_panel import Share

#: Result tables of which the pages of the audits are made.
AUDIT_TABLES = (
    "audits_returns",
    "audits_headlines",
    "audits_grades",
    "audits_questions",
    "audits_moderation",
    "audits_matrix",
    "audits_themes",
    "audits_actions",
    "audits_gap",
)
#: On which grades a share is counted, and what readers call it.
BASES = {"own": "own grade", "moderated": "moderated grade"}


@dataclass(frozen=True)
class AuditView:
    """The audits of one quarter and region, ready to be shown.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`AUDIT_TABLES`.
    areas : sequence of Area
        The authorities, in the order of the lines; one without audits says so.
    region : Area
    period : Period
        The quarter of the exercise.
    withheld : bool
        Whether grades are withheld below the instrument's set number of cases.
    instrument : AuditInstrument
        The wording; the one that comes with slinb if left out.
    """

    tables: Mapping[str, pd.DataFrame]
    areas: Sequence[Area]
    region: Area
    period: Period
    withheld: bool = True
    instrument: AuditInstrument = field(default_factory=load_audit_instrument)

    @property
    def held(self) -> bool:
        """Whether there was an exercise: anything that came, or somebody who was asked."""
        return len(self.tables["audits_returns"]) > 0

    def rows(self, table: pd.DataFrame) -> list[tuple[Area, Row]]:
        """Return each area with its row; one without a row has a missing one of no cases."""
        by_area = {row["area"]: row for row in list_rows(table)}
        none: Row = {"status": "missing", "n": 0.0}
        return [(area, by_area.get(area.code, none)) for area in (*self.areas, self.region)]

    def of_region(self, name: str) -> list[Row]:
        """Return the region's rows of a table, in its order."""
        table = self.tables[f"audits_{name}"]
        return list_rows(table[table["area"].eq(self.region.code)])

    def grades(self, basis: str) -> pd.DataFrame:
        """Return the grades of all cases, by own or by moderated grade."""
        grades = self.tables["audits_grades"]
        return grades[grades["basis"].eq(basis) & grades["breakdown"].eq("")]

    def pooled(self, basis: str) -> Row:
        """Return the region's row of :meth:`grades`."""
        return self.rows(self.grades(basis))[-1][1]

    def say_left_out(self, rows: Sequence[Row]) -> str:
        """Say of whom the region's rows are without."""
        return say_left_out([row for row in rows if "left_out" in row])

    def share(self, area: Area, row: Row) -> Share:
        """Return the line of an area in a drawing; the region's is set apart."""
        whole = area is self.region
        return make_share(name_area(area).capitalize() if whole else area.name, row, whole=whole)


def make_share(
    name: str, row: Row, *, above: str = "good", below: str = "n", whole: bool = False
) -> Share:
    """Return one line of a drawing of shares."""
    if row["status"] != "final":
        return Share(name, None, 0, 0, say_none(row, below), whole=whole)
    counts = say_counts(row, above, below)
    return Share(name, row["value"], row["lower"], row["upper"], counts, whole=whole)


@dataclass(frozen=True)
class AuditPart:
    """A part of a section: its heading, and HTML that stands open or folded under ``fold``."""

    title: str
    html: str
    fold: str = ""


def write_section(
    key: str,
    title: str,
    lead: str,
    *,
    notes: Sequence[str] = (),
    panels: Sequence[Panel] = (),
    parts: Sequence[AuditPart] = (),
) -> Html:
    """Write a section: its finding, how to read it, drawings, then tables."""
    return Html(
        str(
            render_template(
                "audits",
                key=f"audits-{key}",
                title=title,
                lead=lead,
                notes=[note for note in notes if note],
                panels=panels,
                parts=[part for part in parts if part.html],
            )
        )
    )
