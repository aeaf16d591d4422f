"""The explain list: who is asked to explain what and why, beside the authority's own words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.explain import ExplainRules
from slinb.catalogue.measures import Measure, Measures
from slinb.schema import EXPLAIN
from slinb.show.formats import format_change, format_number
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.prose import render_prose
from slinb.show.remarks import say_rules
from slinb.show.rows import Row, list_rows
from slinb.show.statements import Statement, Statements, index_statements, read_statement

#: What is said of a number since last quarter's list, and in which colour.
_MOVED = {
    "better": ("b1", "moved for the better"),
    "worse": ("w1", "moved for the worse"),
    "higher": ("n1", "has risen"),
    "lower": ("n1", "has fallen"),
    "unchanged": ("", "has not really moved"),
    "not compared": ("", "cannot be compared"),
}
_TRAVEL = ("improved", "worsened", "rose", "fell")


@dataclass(frozen=True)
class Item:
    """One figure to explain: what the rug says of it, why it is asked, and what came of it."""

    measure: Measure
    statement: Statement
    year: str
    why: str
    firmness: str
    before: str
    moved: tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """What one authority is asked, and what it said itself, as safe HTML."""

    area: Area
    items: tuple[Item, ...]
    narrative: Markup
    narrative_before: Markup


def explain_html(
    explain: pd.DataFrame,
    comparison: pd.DataFrame,
    measures: Measures,
    areas: Sequence[Area],
    rules: ExplainRules,
    *,
    most: int = 5,
    own_words: bool = True,
    links: Mapping[str, str] | None = None,
    key: str = "explain",
) -> Html:
    """Write the explain list: authority by authority, most pressing first, with its own words.

    Parameters
    ----------
    explain : DataFrame
        Rows of :data:`slinb.schema.EXPLAIN`, in order of priority.
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of the same quarter.
    measures : Measures
        The catalogue.
    areas : sequence of Area
        The authorities, in order.
    rules : ExplainRules
        The rules that made the list; their words say why.
    most : int, default 5
        Items of an authority that are shown at once; the others open on request.
    own_words : bool, default True
        Show what authorities wrote; False in the public edition, which has none of it.
    links : mapping of str to str, optional
        Address of the page of each measure, by its id.
    key : str
        Prefix of the ids.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``findings.css`` and no script. What
        authorities wrote stands in it as
        paragraphs, emphasis and lists, whatever it holds (:mod:`slinb.show.prose`).

    Raises
    ------
    SchemaError
        A column is missing.
    """
    rows = list_rows(EXPLAIN.conform(explain))
    groups = list_asked(explain, comparison, measures, areas, rules)
    return Html(
        str(
            render_template(
                "explain_list",
                key=key,
                finding=_say_finding(rows, groups),
                rules=[rule.words for rule in rules.rule] + [rules.follow_up.words],
                groups=groups,
                most=most,
                links=links or {},
                without=_join([a for a in areas if all(g.area != a for g in groups)]),
                own_words=own_words,
                silent=_join([g.area for g in groups if own_words and not g.narrative]),
            )
        )
    )


def list_asked(
    explain: pd.DataFrame,
    comparison: pd.DataFrame,
    measures: Measures,
    areas: Sequence[Area],
    rules: ExplainRules,
) -> list[Asked]:
    """Return what each authority is asked, for the page of one as well as for the page of all.

    Parameters are those of :func:`explain_html`; an authority of whom nothing is asked is left
    out.
    """
    rows = sorted(list_rows(EXPLAIN.conform(explain)), key=lambda row: int(row["priority"]))
    said = index_statements(comparison)
    return [
        Asked(
            area,
            tuple(_read_item(row, measures[row["measure"]], said, rules) for row in mine),
            _find_words(mine, "narrative"),
            _find_words(mine, "narrative_before"),
        )
        for area in areas
        if (mine := [row for row in rows if row["area"] == area.code])
    ]


def _join(areas: Sequence[Area]) -> str:
    return join_names([area.name for area in areas]) if areas else ""


def _read_item(row: Row, measure: Measure, said: Statements, rules: ExplainRules) -> Item:
    return Item(
        measure=measure,
        statement=read_statement(said.get((row["area"], row["measure"])), measure),
        year=_say_year(row, measure),
        why=say_rules(row["rule"], rules),
        firmness="depends on the comparison" if row["firmness"].startswith("depends") else "",
        before=_say_before(row, rules),
        moved=_MOVED.get(row["moved"], ("", "")),
    )


def _say_year(row: Row, measure: Measure) -> str:
    if math.isnan(row["change_year"]) or row["travel"] in ("", "not compared"):
        return "not compared"
    if row["travel"] not in _TRAVEL:
        return "no real change"
    return f"{row['travel']}: {format_change(row['change_year'], measure)}"


def _say_before(row: Row, rules: ExplainRules) -> str:
    """Say why it stood on last quarter's list, unless the same is said of it now."""
    if not row["rule_before"]:
        return ""
    same = row["rule_before"] == row["rule"]
    return (
        "on it then for the same" if same else f"on it then: {say_rules(row['rule_before'], rules)}"
    )


def _find_words(rows: Sequence[Row], name: str) -> Markup:
    """Return what the authority wrote, made safe; the words are the same on every row."""
    return render_prose(next((str(row[name]) for row in rows if row[name]), ""))


def _say_finding(rows: Sequence[Row], groups: Sequence[Asked]) -> str:
    if not rows:
        return "Nobody is asked to explain anything this quarter."
    back = sum(bool(row["rule_before"]) for row in rows)
    figures = "one figure is" if len(rows) == 1 else f"{format_number(len(rows))} figures are"
    who = "one authority" if len(groups) == 1 else f"{len(groups)} authorities"
    text = f"{figures[:1].upper()}{figures[1:]} to be explained by {who}"
    return f"{text}; {format_number(back)} stood on last quarter's list." if back else f"{text}."
