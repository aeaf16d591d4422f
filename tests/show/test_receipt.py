"""The receipt: to one authority, of what it sent, what is asked, what others will see."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from slinb.catalogue.measures import load_measures
from slinb.check.summary import SUMMARY
from slinb.errors import SchemaError
from slinb.schema import COMPARISON, MESSAGES, OBSERVATIONS, QUERIES, SUBMISSIONS, TRAVEL
from slinb.show.receipt import RECEIPT_TABLES, receipt_html
from tests.show.attacks import MARKDOWN, MARKUP
from tests.show.finding_tables import AREAS, ESSEX, LUTON, QUARTER, REGION, read, text_of

MEASURES = load_measures()
KEY = {"area": LUTON.code, "period": QUARTER.id}
RE, DENTAL = "rereferrals_pct", "dental_pct"
PLACE = {"file": "luton.xlsx", "sheet": "Front door", "cell": "E8:F8"}


def observation(measure: str = RE, **more: Any) -> dict[str, Any]:
    return {
        **KEY, "measure": measure, "numerator": 312.0, "denominator": 1151.0, "value": 27.10686,
        "status": "provisional", "sent": "312 / 1151", **PLACE, **more,
    }  # fmt: skip


def query(severity: str = "stop", **more: Any) -> dict[str, Any]:
    return {
        **KEY, "measure": DENTAL, "severity": severity, "rule": "unreadable_cell", **PLACE,
        "sheet": "Looked after", "cell": "E18", "sent": "see note",
        "problem": "Luton, sheet Looked after, E18: “see note” is not a number.",
        "action": "Type the number alone.", **more,
    }  # fmt: skip


def compared(**more: Any) -> dict[str, Any]:
    return {
        **observation(), "benchmark": "region", "benchmark_value": 19.4, "judgement": "worse",
        "judgement_998": "similar", **more,
    }  # fmt: skip


def comparison(*rows: dict[str, Any]) -> pd.DataFrame:
    return COMPARISON.from_rows([{k: v for k, v in r.items() if k != "sent"} for r in rows])


def make_tables(**more: pd.DataFrame) -> dict[str, pd.DataFrame]:
    full = comparison(compared(), compared(area=ESSEX.code, value=12.0, judgement="better"))
    withheld = {"status": "suppressed", "value": math.nan, "judgement": "not compared"}
    counts = {"expected": 3, "sent": 2, "accepted": 1, "quarantined": 1, "missing": 1}
    return {
        "submissions": SUBMISSIONS.from_rows(
            [{**KEY, "file": "luton.xlsx", "received": "2026-01-27", "role": "Head of performance",
              "outcome": "late", "narrative": "**Fewer** came back."}]
        ),
        "accepted": OBSERVATIONS.from_rows(
            [observation(), observation(area=ESSEX.code, sent="77")]
        ),
        "quarantined": OBSERVATIONS.from_rows(
            [observation(DENTAL, status="unreadable", sent="see note", value=math.nan)]
        ),
        "superseded": OBSERVATIONS.empty(),
        "queries": QUERIES.from_rows(
            [query("note", sent="177 (est.)"), query(), query(area=ESSEX.code, sent="of Essex")]
        ),
        "summary": SUMMARY.from_rows([{**KEY, **counts}]),
        "comparison_quarterly": full,
        "public": comparison(compared(**withheld)),
        "travel_quarterly": TRAVEL.from_rows(
            [
                {**KEY, "measure": RE, "since": "last quarter", "direction": "worsened",
                 "value": 27.1, "value_before": 24.0, "change": 3.1},
                {**KEY, "measure": DENTAL, "since": "last quarter", "direction": "no real change"},
                {**KEY, "measure": RE, "since": "a year ago", "direction": "improved"},
            ]
        ),
        "messages_quarterly": MESSAGES.from_rows(
            [{**KEY, "kind": "question", "order": i, "text": f"Question {i}?"} for i in (2, 1)]
        ),
        **more,
    }  # fmt: skip


def page(tables=None, area=LUTON, **more):
    made = make_tables() if tables is None else tables
    return read(receipt_html(made, MEASURES, area, AREAS, REGION, QUARTER, **more))


def rows(soup, table: str) -> list[list[str]]:
    return [[text_of(c) for c in tr.select("th, td")] for tr in soup.select(f"{table} tbody tr")]


def test_the_finding_says_what_came_and_what_to_do() -> None:
    soup = page()
    assert soup.select_one("p.big").text == (
        "Thank you: 2 of 3 values came from Luton, and 1 is used and 1 is set aside. "
        "Please correct one."
    )
    facts = dict(zip(soup.select("dt"), soup.select("dd"), strict=True))
    assert {text_of(k): text_of(v) for k, v in facts.items()} == {
        "Workbook": "luton.xlsx",
        "Received": "27 January 2026 (late)",
        "Signed off by": "Head of performance",
    }


def test_queries_say_where_and_what_to_do_the_gravest_first() -> None:
    found = rows(page(), "table.queries")
    assert found[0] == [
        "Dental checks please correct", "Looked after, E18", "see note",
        "“see note” is not a number.", "Type the number alone.",
    ]  # fmt: skip
    assert [row[0].split(" ", 2)[2] for row in found] == ["please correct", "for information"]


def test_nothing_of_another_authority_stands_in_it() -> None:
    html = str(page())
    assert "Essex" not in html and "77" not in html.replace("177", "")


def test_what_was_asked_before_is_asked_again_or_settled() -> None:
    before = QUERIES.from_rows(
        [query(period="2025-26-Q2"), query(measure=RE, rule="jump"), query("note", rule="late")]
    )
    soup = page(queries_before=before)
    assert "asked last quarter too" in rows(soup, "table.queries")[0][0]
    assert "Of last quarter's 2 queries, 1 is settled." in text_of(soup)


def test_what_changed_is_what_really_changed() -> None:
    text = text_of(page())
    assert "Since last quarter 1 of 2 measures really changed" in text
    assert "worsened 24.0% to 27.1%, up 3.1 percentage points" in text
    assert "improved" not in text


def test_a_replaced_workbook_says_which_values_changed() -> None:
    earlier = OBSERVATIONS.from_rows(
        [observation(sent="300 / 1151"), observation(DENTAL, sent="1")]
    )
    text = text_of(page(make_tables(superseded=earlier)))
    assert (
        "1 of 2 values changed (Re-referrals within 12 months: 300 / 1151 became 312 / 1151)"
        in text
    )


def test_both_editions_stand_beside_each_other() -> None:
    soup = page()
    assert rows(soup, "table.shown")[0] == [
        "Re-referrals within 12 months",
        "27.1%",
        "c (withheld)",
    ]
    assert "sees 1 figures, the public 0. In the public edition one is withheld (c)" in text_of(
        soup
    )


def test_position_and_one_question() -> None:
    soup = page()
    assert "really worse than the region on one measure, really better on 0" in text_of(soup)
    assert soup.select_one(".question-back").text == "Question 1?"


def test_every_value_that_came_is_accounted_for() -> None:
    table = soup_rows = rows(page(), "details table:not(.shown)")
    assert [row[1:] for row in table] == [
        ["312 / 1151", "27.1%", "Front door, E8:F8", "provisional"],
        ["see note", "not read", "Front door, E8:F8", "set aside until you answer"],
    ]
    assert len(soup_rows) == 2


@pytest.mark.parametrize("attack", [*MARKUP[::6], "\n\n".join([*MARKUP, *MARKDOWN])])
def test_what_people_wrote_and_sent_is_only_words(attack) -> None:
    tables = make_tables()
    tables["submissions"]["narrative"] = attack
    tables["accepted"]["sent"] = attack
    tables["queries"]["sent"] = tables["queries"]["problem"] = attack
    soup = page(tables)
    assert not soup.find_all(["script", "img", "style", "iframe", "a", "form", "object", "math"])
    assert not [t for t in soup.find_all(True) if any(name.startswith("on") for name in t.attrs)]


def test_no_return_says_so_and_asks_for_it() -> None:
    tables = make_tables()
    gone = {
        n: t[t["area"] != LUTON.code] for n, t in tables.items() if n not in ("queries", "summary")
    }
    missing = QUERIES.from_rows(
        [
            query(
                "query",
                measure="",
                rule="missing_return",
                sent="",
                sheet="",
                cell="",
                problem="Luton: no figures have come.",
            )
        ]
    )
    soup = page({**tables, **gone, "queries": missing})
    assert soup.select_one("p.big").text.startswith("No return of Luton for October to December")
    assert "No figures have come." in rows(soup, "table.queries")[0]
    text = text_of(soup)
    assert "No value came." in text and "no position to tell" in text
    assert "No measure could be compared" in text and soup.select_one(".question-back") is None


@pytest.mark.parametrize("name", RECEIPT_TABLES)
def test_a_missing_table_is_named(name) -> None:
    tables = make_tables()
    del tables[name]
    with pytest.raises(SchemaError, match=name):
        page(tables)
