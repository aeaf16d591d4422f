"""The data-quality briefing: every value accounted for, every word of people's escaped."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from slinb.catalogue.periods import Period
from slinb.errors import SchemaError
from slinb.schema import QUERIES
from slinb.show.quality import quality_html
from slinb.show.quality_totals import total_quality
from tests.show.show_tables import (
    QUARTER,
    make_areas,
    make_measures,
    make_queries,
    make_submissions,
    make_summary,
)


def write(**changes: object) -> BeautifulSoup:
    given = {
        "summary": make_summary(),
        "queries": make_queries(),
        "submissions": make_submissions(),
        "measures": make_measures(),
        "areas": make_areas(),
        "quarter": Period.parse(QUARTER),
        **changes,
    }
    return BeautifulSoup(quality_html(**given), "html.parser")


def read_table(soup: BeautifulSoup, caption: str) -> list[list[str]]:
    table = next(t for t in soup.find_all("table") if t.caption.text == caption)
    return [[c.text for c in tr.find_all(["th", "td"])] for tr in table.find_all("tr")]


def test_values_in_are_accepted_plus_quarantined_in_all_and_for_each() -> None:
    soup, summary = write(), make_summary()
    sent, accepted, aside = (int(summary[c].sum()) for c in ("sent", "accepted", "quarantined"))
    assert sent == accepted + aside
    assert soup.find(class_="big").text == (
        f"{sent} values in = {accepted} accepted + {aside} quarantined"
    )
    rows = read_table(soup, "Values of the return: sent = accepted + quarantined")
    assert [row[0] for row in rows[1:-1]] == [area.name for area in make_areas()]
    assert rows[-1] == ["All authorities", "660", str(sent), str(accepted), str(aside), "89"]
    for row in rows[1:]:
        assert int(row[2]) == int(row[3]) + int(row[4])


def test_what_belongs_to_no_authority_is_counted_and_shown() -> None:
    summary = make_summary()
    summary.loc[len(summary)] = ["", 0, 3, 0, 3, 0, 3, 0, 0]
    rows = read_table(write(summary=summary), "Values of the return: sent = accepted + quarantined")
    assert rows[-2] == ["Authority not known", "0", "3", "0", "3", "0"]
    assert total_quality(summary, make_submissions()).returns == 11


def test_a_sum_that_does_not_hold_is_refused() -> None:
    summary = make_summary()
    summary.loc[0, "accepted"] -= 1
    with pytest.raises(SchemaError, match="not accepted \\+ quarantined for E06000055"):
        write(summary=summary)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(SchemaError, match="lacks the columns \\['stop'\\]"):
        write(summary=make_summary().drop(columns="stop"))


def test_returns_are_told_by_what_became_of_them() -> None:
    soup = write()
    assert (
        "10 of 11 returns used, 1 of them late, 1 not received, 1 replaced by a later one"
        in soup.find(class_="lead").text
    )
    rows = read_table(soup, "Every workbook that was expected or came")
    luton = [row for row in rows if row[0] == "Luton"]
    assert [row[1:3] for row in luton] == [
        ["replaced by a later one", "12 January 2026"],
        ["received and used", "19 January 2026"],
    ]


def test_what_is_not_shown_is_listed_with_its_reason() -> None:
    section = write().find("h2", string="What is not shown because of it").find_next("ul")
    assert [li.text for li in section.find_all("li")] == [
        "Thurrock: every figure of the quarter, because no return could be used.",
        "Luton: Re-referrals within 12 months. The numerator is larger than the denominator.",
    ]


def test_queries_stand_by_rule_in_plain_words_and_by_authority_the_gravest_first() -> None:
    rules = {"numerator_within_denominator": "More children above the line than below it"}
    soup = write(rules=rules)
    found = read_table(soup, "Queries by what was found")
    assert ["More children above the line than below it", "1", "Luton"] in found
    assert ["Jump against history", "1", "Luton"] in found
    luton = read_table(soup, "Queries to Luton")
    assert [row[1] for row in luton[1:]] == ["stop", "query"]
    assert luton[1] == [
        "Re-referrals within 12 months",
        "stop",
        "luton-2025-26-Q3.xlsx, Front door, E12:F12",
        "1,312 of 1,151",
        "The numerator is larger than the denominator.",
        "Check both counts and send the workbook again.",
    ]


def test_peoples_text_stays_text() -> None:
    soup = write()
    assert not soup.find_all(["img", "script"])
    assert '<img src=x onerror="alert(1)"> 999' in soup.text


def test_a_quarter_without_queries_says_so() -> None:
    soup = write(queries=QUERIES.empty())
    captions = [t.caption.text for t in soup.find_all("table")]
    assert not [c for c in captions if c.startswith("Queries")]
