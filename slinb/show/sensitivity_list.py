"""Would this finding change if …: each statement of the rug, firm or not, and what changes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure, Measures
from slinb.schema import FIRMNESS, SENSITIVITY
from slinb.show.formats import format_number, format_value
from slinb.show.markup import Html, render_template
from slinb.show.rows import Row, list_rows
from slinb.show.statements import Statement, Statements, index_statements, read_statement

_HOLDS, _NOT_TESTED = "holds", "not tested"
_CLASSES = {_HOLDS: "holds", _NOT_TESTED: "untested"}
_NEIGHBOURS = re.compile(
    r"statistical neighbours \((?P<model>\d{4}) model, (?P<how>\w+) of (?P<n>\d+)\)"
)
_REGION = " instead of the region"
_ALL = 10


@dataclass(frozen=True)
class Finding:
    """One statement of the rug: what it says, whether it holds, and what changes it."""

    measure: Measure
    statement: Statement
    firmness: str
    css_class: str
    words: str
    changes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Group:
    """The findings of one authority."""

    area: Area
    findings: tuple[Finding, ...]

    def count(self, css_class: str) -> int:
        return sum(finding.css_class == css_class for finding in self.findings)


def sensitivity_html(
    firmness: pd.DataFrame,
    sensitivity: pd.DataFrame,
    comparison: pd.DataFrame,
    measures: Measures,
    areas: Sequence[Area],
    *,
    key: str = "firm",
) -> Html:
    """Write every statement of the rug, by authority: it holds, or what choice changes it.

    Parameters
    ----------
    firmness : DataFrame
        Rows of :data:`slinb.schema.FIRMNESS`: one a statement.
    sensitivity : DataFrame
        Rows of :data:`slinb.schema.SENSITIVITY`: what each other choice comes to.
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` from which the statements were made.
    measures : Measures
        The catalogue; its order is that of the rows.
    areas : sequence of Area
        The authorities, in order.
    key : str
        Prefix of the ids.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``. The choice to show only what holds, or what
        depends, needs ``findings.css`` and no script.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    rows = list_rows(FIRMNESS.conform(firmness))
    said = index_statements(comparison)
    changes = _index_changes(sensitivity)
    groups = []
    for area in areas:
        mine = [row for row in rows if row["area"] == area.code]
        mine.sort(key=lambda row: measures[row["measure"]].number)
        found = [_read_finding(row, measures[row["measure"]], said, changes) for row in mine]
        groups += [_Group(area, tuple(found))] if found else []
    return Html(
        str(
            render_template(
                "sensitivity_list",
                key=key,
                finding=_say_finding([f for group in groups for f in group.findings]),
                groups=groups,
                untested=any(group.count("untested") for group in groups),
            )
        )
    )


def _index_changes(sensitivity: pd.DataFrame) -> dict[tuple[str, str], list[Row]]:
    """Return the choices that change each statement."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in list_rows(SENSITIVITY.conform(sensitivity)):
        if row["outcome"] in ("fades", "flips"):
            found.setdefault((row["area"], row["measure"]), []).append(row)
    return found


def _read_finding(
    row: Row, measure: Measure, said: Statements, changes: dict[tuple[str, str], list[Row]]
) -> Finding:
    key = (row["area"], row["measure"])
    return Finding(
        measure=measure,
        statement=read_statement(said.get(key), measure),
        firmness=row["firmness"],
        css_class=_CLASSES.get(row["firmness"], "depends"),
        words=_say_firmness(row),
        changes=tuple(_group_changes(changes.get(key, []), measure)),
    )


def _say_firmness(row: Row) -> str:
    made = int(row["made"])
    others = "the one other comparison" if made == 1 else f"{made} other comparisons"
    if row["firmness"] == _NOT_TESTED:
        return "no other comparison could be made"
    if row["firmness"] == _HOLDS:
        return f"under {others}" if made == 1 else f"under all {others}"
    if made == 1:
        return f"{others} would not say so"
    return f"{int(row['changed'])} of {others} would not say so"


def _group_changes(rows: Sequence[Row], measure: Measure) -> list[tuple[str, str]]:
    """Return what the finding becomes, and the choices that make it so."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        becomes = "No real difference" if row["outcome"] == "fades" else row["judgement"]
        groups.setdefault(becomes, []).append(row)
    return [
        (f"{becomes[:1].upper()}{becomes[1:]}", _say_choices(members, measure))
        for becomes, members in groups.items()
    ]


def _say_choices(rows: Sequence[Row], measure: Measure) -> str:
    """Say the choices with their figures; those of one model of neighbours together."""
    parts: dict[str, list[str]] = {}
    for row in rows:
        head, figure = _say_choice(row, measure)
        parts.setdefault(head, []).append(figure)
    return "; ".join(f"{head}: {', '.join(figures)}" for head, figures in parts.items())


def _say_choice(row: Row, measure: Measure) -> tuple[str, str]:
    """Return what was chosen, and its figure."""
    words = str(row["words"])
    figure = format_value(row["benchmark_value"], measure, unit=False)
    chosen = words.removesuffix(_REGION)
    if match := _NEIGHBOURS.fullmatch(chosen):
        known = "" if int(match["n"]) == _ALL else f", {match['n']} of {_ALL} with a figure"
        return f"statistical neighbours, {match['model']} model{known}", f"{match['how']} {figure}"
    if chosen != words or row["alternative"] == "region_without_it":
        return chosen, figure
    # The choice is about the authority's own figure.
    return words, f"{format_value(row['value'], measure, unit=False)} against {figure}"


def _say_finding(findings: Sequence[Finding]) -> str:
    if not findings:
        return "The rug states no real difference, so there is nothing to try."
    counts = Counter(finding.css_class for finding in findings)
    total = format_number(len(findings))
    text = (
        f"{format_number(counts['holds'])} of {total} findings hold whichever reasonable "
        f"comparison is made; {format_number(counts['depends'])} "
        f"{'depends' if counts['depends'] == 1 else 'depend'} on it"
    )
    if counts["untested"]:
        text += f" and {format_number(counts['untested'])} could not be tested"
    return f"{text}."
