"""The state of the region on an index: who differs how often, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measures
from slinb.errors import SchemaError
from slinb.schema import CHANGES, COMPARISON, EXPLAIN, TRENDS
from slinb.show.formats import NO_FIGURE, decapitalise, format_number
from slinb.show.markup import render_template
from slinb.show.measure_links import link_measures
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import list_rows

#: Result tables that the state of a region is told from.
INDEX_TABLES = ("comparison_quarterly", "changes_quarterly", "trends", "explain")
_REAL = ("better", "worse", "higher", "lower")
#: Headings of what changed, each with the changes and judgements that stand under it.
_KINDS = (
    ("Newly worse", ("new", "turned"), ("worse",)),
    ("Newly better", ("new", "turned"), ("better",)),
    ("Newly different, no judgement", ("new", "turned"), ("higher", "lower")),
    ("No longer worse", ("ended",), ("worse",)),
    ("No longer better", ("ended",), ("better",)),
    ("No longer different, no judgement", ("ended",), ("higher", "lower")),
)


@dataclass(frozen=True)
class IndexState:
    """What an index tells the state of its region from.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The result tables of one edition named in :data:`INDEX_TABLES`.
    measures : Measures
    authorities : sequence of Area
    region : Area
    prefix : str
        How the edition's file names begin.
    """

    tables: Mapping[str, pd.DataFrame]
    measures: Measures
    authorities: Sequence[Area]
    region: Area
    prefix: str = ""


@dataclass(frozen=True)
class _Line:
    """One authority: its page, and a count under each heading; None where it sent nothing."""

    name: str
    href: str
    counts: tuple[str, ...]


def state_html(state: IndexState) -> Markup:
    """Write the state of the region: a sentence, what changed, and a line for each authority.

    Raises
    ------
    SchemaError
        A table is missing, or lacks a column.
    """
    missing = [name for name in INDEX_TABLES if name not in state.tables]
    if missing:
        raise SchemaError(f"The index lacks the tables {', '.join(missing)}.")
    board = _Board(state)
    return render_template(
        "index_state",
        finding=board.say_finding(),
        changes=board.list_changes(),
        lines=[board.count(area) for area in state.authorities],
        prefix=state.prefix,
    )


class _Board:
    """The tables of the state, each cut to the rows that count."""

    def __init__(self, state: IndexState) -> None:
        self.state = state
        rug = COMPARISON.conform(state.tables["comparison_quarterly"])
        self.rug = rug[rug["benchmark"].eq("region")]
        self.changes = CHANGES.conform(state.tables["changes_quarterly"])
        trends = TRENDS.conform(state.tables["trends"])
        self.signals = trends[trends["new"]]
        self.asked = EXPLAIN.conform(state.tables["explain"])

    def say_finding(self) -> str:
        """Say how many figures differ, and how many differences and signals are new."""
        compared = self.rug["judgement"].isin([*_REAL, "similar"]).sum()
        if not compared:
            return "No figure of this quarter's returns could be compared."
        differ = self.rug["judgement"].isin(_REAL).sum()
        began = self.changes["change"].isin(["new", "turned"]).sum()
        ended = self.changes["change"].eq("ended").sum()
        return (
            f"{format_number(differ)} of {format_number(compared)} figures really differ from the "
            f"region. Since last quarter {_count(began, 'difference')} began and "
            f"{format_number(ended)} ended; {_count(len(self.signals), 'series', 'series')} "
            f"{'shows' if len(self.signals) == 1 else 'show'} a new signal."
        )

    def list_changes(self) -> list[tuple[str, list[tuple[str, str, str]]]]:
        """Return under each heading the measures, their addresses and the authorities."""
        links = link_measures(self.state.measures, self.state.prefix)
        names = {area.code: name_area(area) for area in self.state.authorities}
        rows = [row for row in list_rows(self.changes) if row["area"] in names]
        told = []
        for heading, changes, judgements in _KINDS:
            who: dict[str, list[str]] = {}
            for row in rows:
                spoken = row["judgement_before" if row["change"] == "ended" else "judgement"]
                if row["change"] in changes and spoken in judgements:
                    who.setdefault(row["measure"], []).append(names[row["area"]])
            items = [
                (decapitalise(m.short), links.get(m.id, ""), join_names(sorted(who[m.id])))
                for m in self.state.measures
                if m.id in who
            ]
            if items:
                told.append((heading, items))
        return told

    def count(self, area: Area) -> _Line:
        """Count what stands out in one authority, and what changed."""
        rug, changes, signals, asked = (
            table[table["area"].eq(area.code)]
            for table in (self.rug, self.changes, self.signals, self.asked)
        )
        href = f"{self.state.prefix}authority-profile-{area.slug}.html"
        counts = [
            rug["judgement"].eq("worse").sum(),
            rug["judgement"].eq("better").sum(),
            changes["change"].isin(["new", "turned"]).sum(),
            changes["change"].eq("ended").sum(),
            len(signals),
            asked["measure"].nunique(),
        ]
        told = [format_number(n) for n in counts] if len(rug) else [NO_FIGURE] * len(counts)
        return _Line(area.name, href, tuple(told))


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{format_number(number)} {noun if number == 1 else plural or f'{noun}s'}"
