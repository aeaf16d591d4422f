"""The data-quality briefing: what came, what was set aside, what was asked, what is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.catalogue.subjects import name_subject
from slinb.schema import QUERIES, SEVERITIES, SUBMISSIONS
from slinb.show.formats import decapitalise, format_day, format_number
from slinb.show.markup import render_template
from slinb.show.quality_totals import OUTCOMES, SUMMARY_COUNTS, QualityTotals, total_quality
from slinb.show.rows import Row, list_rows
from slinb.show.tables import table_html

_UNKNOWN = "Authority not known"
SEVERITY_WORDS: dict[str, str] = {
    "stop": "Stop: the value is set aside until the authority answers",
    "query": "Query: the value is shown; please confirm or correct it",
    "note": "Note: for information",
}


def quality_html(
    summary: pd.DataFrame,
    queries: pd.DataFrame,
    submissions: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Sequence[Area],
    quarter: Period,
    *,
    rules: Mapping[str, str] | None = None,
    public: bool = False,
) -> str:
    """Write the body of the data-quality briefing.

    Parameters
    ----------
    summary : DataFrame
        One row an authority: ``area``, ``expected``, ``sent``, ``accepted``, ``quarantined``,
        ``missing`` (counts of values), ``stop``, ``query``, ``note`` (counts of queries).
    queries, submissions : DataFrame
        ``schema.QUERIES`` and ``schema.SUBMISSIONS`` of the quarter. What people wrote in them
        is shown as text, whatever it holds.
    measures : iterable of Measure
        Measures of the return, for their titles.
    areas : sequence of Area
        The authorities, in order.
    quarter : Period
        The quarter of the returns.
    rules : mapping of str to str, optional
        Rules in plain words by id; a rule that is not in it is named by its id.
    public : bool, default False
        Leave out the lists of single queries and workbooks: they quote what was sent.

    Raises
    ------
    SchemaError
        A column is missing, or values in are not accepted + quarantined.
    """
    totals = total_quality(summary, submissions)
    names = {area.code: area.name for area in areas}
    titles = {measure.id: measure.short for measure in measures}
    log = [_name_query(row, names, titles) for row in list_rows(QUERIES.conform(queries))]
    return str(
        render_template(
            "quality",
            quarter=quarter.label,
            totals=totals,
            sums=_sums_table(summary, names, quarter, totals),
            returns="" if public else _returns_table(submissions, names),
            severities=[(SEVERITY_WORDS[s], totals.counts[s]) for s in SEVERITIES],
            rules=_rules_table(log, rules or {}),
            authorities=[] if public else _group_queries(log, names),
            hidden=_list_hidden(log, submissions, names),
        )
    )


def _name_query(row: Row, names: Mapping[str, str], titles: Mapping[str, str]) -> dict[str, str]:
    """Return a query with the names of its authority and measure in place of their codes."""
    return {
        **{key: str(value) for key, value in row.items()},
        "area": names.get(row["area"], row["area"] or _UNKNOWN),
        "measure": titles.get(row["measure"], row["measure"]),
    }


def _sums_table(
    summary: pd.DataFrame, names: Mapping[str, str], quarter: Period, totals: QualityTotals
) -> str:
    order = list(names)
    rows = sorted(
        list_rows(summary),
        key=lambda row: order.index(row["area"]) if row["area"] in names else len(order),
    )
    body = [[_name_sender(row, names, quarter), *_sum_cells(row)] for row in rows]
    return table_html(
        ["Authority", "Expected", "Sent", "= accepted", "+ quarantined", "Not sent"],
        body,
        caption="Values of the return: sent = accepted + quarantined",
        numbers=range(1, 6),
        cards=True,
        foot=["All authorities", *_sum_cells(totals.counts)],
    )


def _name_sender(row: Row, names: Mapping[str, str], quarter: Period) -> str:
    """Name whose values a row counts, and their quarter where it is not the one asked for."""
    name = names.get(row["area"], row["area"] or _UNKNOWN)
    return name if row.get("period", quarter.id) == quarter.id else f"{name}, {row['period']}"


def _sum_cells(counts: Mapping[str, Any]) -> list[str]:
    return [format_number(counts[name]) for name in SUMMARY_COUNTS[:5]]


def _returns_table(submissions: pd.DataFrame, names: Mapping[str, str]) -> str:
    order = {code: position for position, code in enumerate(names)}
    rows = sorted(
        list_rows(SUBMISSIONS.conform(submissions)),
        key=lambda row: (order.get(row["area"], len(order)), row["received"]),
    )
    return table_html(
        ["Authority", "Return", "Received", "Workbook", "Signed off by"],
        [
            [
                names.get(row["area"], row["area"] or _UNKNOWN),
                OUTCOMES.get(row["outcome"]) or row["outcome"],
                format_day(row["received"]) or "no date given",
                row["file"] or "none",
                row["role"] or "not stated",
            ]
            for row in rows
        ],
        caption="Every workbook that was expected or came",
    )


def _rules_table(log: list[dict[str, str]], rules: Mapping[str, str]) -> str:
    found: dict[str, list[str]] = {}
    for query in log:
        found.setdefault(query["rule"], []).append(query["area"])
    rows = [
        [
            rules.get(rule, rule.replace("_", " ").capitalize()),
            format_number(len(areas)),
            ", ".join(dict.fromkeys(areas)),
        ]
        for rule, areas in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    head = ["What was expected, and not found so", "Queries", "Authorities"]
    return table_html(head, rows, caption="Queries by what was found", numbers=[1]) if rows else ""


def _group_queries(log: list[dict[str, str]], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return a table of queries for each authority that has any, the gravest first."""
    order = [*names.values(), *(q["area"] for q in log)]
    groups = []
    for name in dict.fromkeys(order):
        mine = [query for query in log if query["area"] == name]
        if mine:
            mine.sort(key=lambda q: (SEVERITIES.index(q["severity"]), q["sheet"], q["cell"]))
            groups.append((name, _queries_table(name, mine)))
    return groups


def _queries_table(name: str, queries: list[dict[str, str]]) -> str:
    return table_html(
        ["Measure", "Severity", "Where", "Sent", "What is wrong", "What to do"],
        [
            [
                name_subject(query, query["measure"]),
                query["severity"],
                ", ".join(query[k] for k in ("file", "sheet", "cell") if query[k]),
                query["sent"],
                query["problem"],
                query["action"],
            ]
            for query in queries
        ],
        caption=f"Queries to {name}",
    )


def _list_hidden(
    log: list[dict[str, str]], submissions: pd.DataFrame, names: Mapping[str, str]
) -> list[str]:
    """Say in a line each what the quarter's briefings do not show, and why."""
    came = submissions.loc[submissions["outcome"].isin(["used", "late"]), "area"]
    none = [name for code, name in names.items() if code not in set(came)]
    lines = [
        f"{name}: every figure of the quarter, because no return could be used." for name in none
    ]
    return lines + [
        f"{query['area']}: {query['measure'] or decapitalise(name_subject(query, ''))}. "
        + (query["problem"] or "Set aside until the authority answers.")
        for query in log
        if query["severity"] == "stop" and query["area"] not in none
    ]
