"""Headlines: five messages, the question that each asks, and the figures behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure, Measures
from slinb.schema import COMPARISON, MESSAGES
from slinb.show.formats import format_number
from slinb.show.marks import mark_judgement
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import name_benchmark
from slinb.show.statements import read_statement

#: Worse first, and the colour class of each.
_CLASSES = {"worse": "w1", "higher": "n1", "lower": "n1", "better": "b1"}


@dataclass(frozen=True)
class Evidence:
    """What stands behind a message: signs, a line of figures, and where the rug shows them."""

    signs: tuple[tuple[str, str], ...] = ()
    figures: tuple[str, ...] = ()
    measure: str = ""
    href: str = ""
    page: str = ""


@dataclass
class Headline:
    """One finding: what it says, what it asks, and what stands behind it."""

    order: int
    message: str = ""
    question: str = ""
    evidence: Evidence = Evidence()


def messages_html(
    messages: pd.DataFrame,
    comparison: pd.DataFrame,
    measures: Measures,
    areas: Sequence[Area],
    region: Area,
    *,
    rug: str = "",
    links: Mapping[str, str] | None = None,
    key: str = "headlines",
) -> Html:
    """Write the headlines: messages and questions of the region, then of each authority.

    Parameters
    ----------
    messages : DataFrame
        Rows of :data:`slinb.schema.MESSAGES` (:func:`slinb.show.words.write_messages`).
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` that the messages are about: the evidence.
    measures : Measures
        The catalogue.
    areas : sequence of Area
        The authorities, in order; each folds, one without a message is named.
    region : Area
        Whose headlines come first.
    rug : str
        Address of the rug with the prefix of its ids, "quarterly-rug.html#rug": the evidence
        then links to each measure there. No links where empty.
    links : mapping of str to str, optional
        Address of the page of each measure, by its id.
    key : str
        Prefix of the ids.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``findings.css`` and no script.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    pages = list_headlines(messages, comparison, measures, rug=rug, links=links)
    without = [area.name for area in areas if area.code not in pages]
    return Html(
        str(
            render_template(
                "messages_list",
                key=key,
                region=region,
                regional=pages.get(region.code, []),
                pages=[(area, pages[area.code]) for area in areas if area.code in pages],
                without=join_names(without) if without else "",
            )
        )
    )


def list_headlines(
    messages: pd.DataFrame,
    comparison: pd.DataFrame,
    measures: Measures,
    *,
    rug: str = "",
    links: Mapping[str, str] | None = None,
) -> dict[str, list[Headline]]:
    """Lay each message beside its question and its evidence, by the area of the page.

    Parameters
    ----------
    messages, comparison, measures, rug, links
        As for :func:`messages_html`.

    Returns
    -------
    dict of str to list of Headline
        In order; for the page of one authority as well as for the page of all.
    """
    rows = list_rows(COMPARISON.conform(comparison))
    pages: dict[str, dict[int, Headline]] = {}
    for row in list_rows(MESSAGES.conform(messages)):
        order = int(row["order"])
        headline = pages.setdefault(row["area"], {}).setdefault(order, Headline(order))
        if row["kind"] == "question":
            headline.question = row["text"]
        else:
            headline.message = row["text"]
            found = _find_evidence(row, rows, measures, rug)
            headline.evidence = replace(found, page=(links or {}).get(row["measure"], ""))
    return {area: [found[i] for i in sorted(found)] for area, found in pages.items()}


def _find_evidence(row: Row, rows: Sequence[Row], measures: Measures, rug: str) -> Evidence:
    """Return what the rug shows of a message's measure; nothing where it is about no single one."""
    if not row["measure"]:
        return Evidence()
    measure = measures[row["measure"]]
    benchmark = row["benchmark"] or "region"
    same = [r for r in rows if r["measure"] == measure.id and r["period"] == row["period"]]
    same = [r for r in same if r["benchmark"] == benchmark]
    own = next((r for r in same if r["area"] == row["about"]), None)
    signs, figures = _read_own(own, measure) if own else _read_all(same, measure, benchmark)
    return Evidence(
        signs=tuple(signs),
        figures=tuple(text for text in figures if text),
        measure=measure.short,
        href=f"{rug}-{measure.id}" if rug else "",
    )


def _read_own(row: Row, measure: Measure) -> tuple[list[tuple[str, str]], list[str]]:
    said = read_statement(row, measure)
    return [(said.css_class, said.sign)] if said.sign else [], [said.figures, said.counts]


def _read_all(
    rows: Sequence[Row], measure: Measure, benchmark: str
) -> tuple[list[tuple[str, str]], list[str]]:
    """Return how many authorities differ on each side, of how many that could be compared."""
    marks = [mark_judgement(r["judgement"], r["judgement_998"], measure.polarity) for r in rows]
    signs = []
    for word, css in _CLASSES.items():
        found = [mark for mark in marks if mark and mark.word == word]
        if found:
            signs.append((css, f"{found[0].arrows[0]} {len(found)} {word}"))
    compared = sum(row["judgement"] not in ("not compared", "") for row in rows)
    _, plain = name_benchmark(benchmark)
    who = "the one authority" if compared == 1 else f"{format_number(compared)} authorities"
    lead = "of" if signs else "none really different of"
    return signs, [f"{lead} {who} compared with {plain}"]
