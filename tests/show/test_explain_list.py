"""The explain list: what is asked and why, and people's words as nothing but text."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from slinb.catalogue.explain import load_explain_rules
from slinb.catalogue.measures import Measures
from slinb.errors import SchemaError
from slinb.schema import EXPLAIN
from slinb.show.explain_list import explain_html
from tests.show.finding_tables import (
    EAST,
    ESSEX,
    LOWER,
    LUTON,
    NEITHER,
    make_comparison,
    read,
    text_of,
)

RULES = load_explain_rules()
OTHERS = [
    NEITHER.model_copy(update={"id": f"other_{i}", "number": 20 + i, "short": f"Other {i}"})
    for i in range(7)
]
MEASURES = Measures([LOWER, *OTHERS])
WORDS = "What changed? Fewer came back.\nWhy? A duty team rings every referrer."


def item(area=LUTON, measure=LOWER, priority=1, **more: Any) -> dict[str, Any]:
    return {
        "area": area.code,
        "measure": measure.id,
        "period": "2025-26-Q3",
        "rule": "outside_998, extreme_fifth",
        "priority": priority,
        "value": 27.1,
        "benchmark_value": 19.4,
        "judgement": "worse",
        "change_year": 3.2,
        "travel": "worsened",
        "firmness": "depends on the comparison",
        "narrative": WORDS,
        **more,
    }


def page(*items: dict[str, Any], **more):
    comparison = make_comparison(
        [
            {
                "area": row["area"],
                "measure": row["measure"],
                "value": row["value"],
                "numerator": 312.0,
                "denominator": 1151.0,
                "judgement": "worse" if row["measure"] == LOWER.id else "higher",
                "judgement_998": "worse" if row["measure"] == LOWER.id else "higher",
            }
            for row in items
        ]
    )
    table = EXPLAIN.from_rows(list(items))
    return read(explain_html(table, comparison, MEASURES, EAST, RULES, **more))


def cell(row, label: str) -> str:
    return text_of(row.select_one(f'[data-label="{label}"]'))


def first_row(soup):
    return soup.select_one(".asks tbody tr")


def test_an_item_says_what_why_and_what_became_of_it() -> None:
    row = first_row(page(item(rule_before="outside_998", moved="worse")))
    assert text_of(row.th) == f"{LOWER.short} lower is better"
    assert cell(row, "The rug says") == "▲▲ worse 27.1% against the region's 19.4% 312 of 1,151"
    assert cell(row, "In a year") == "worsened: up 3.2 percentage points"
    assert cell(row, "Why it is asked") == (
        "outside the 99.8% limits; in the top or bottom fifth of the region and really different "
        "depends on the comparison"
    )
    since = cell(row, "Since last quarter's list")
    assert since == "moved for the worse on it then: outside the 99.8% limits"
    assert row.select(".sign")[1]["class"] == ["sign", "w1"]


@pytest.mark.parametrize(
    ("moved", "words"),
    [
        ("better", "moved for the better"),
        ("higher", "has risen"),
        ("lower", "has fallen"),
        ("unchanged", "has not really moved"),
        ("not compared", "cannot be compared"),
    ],
)
def test_every_way_to_have_moved_is_said(moved, words) -> None:
    before = {"rule_before": "outside_998, extreme_fifth", "moved": moved}
    since = cell(first_row(page(item(**before))), "Since last quarter's list")
    assert since == f"{words} on it then for the same"


def test_what_was_not_on_last_quarters_list_says_so() -> None:
    assert cell(first_row(page(item())), "Since last quarter's list") == "was not on it"


@pytest.mark.parametrize(
    ("travel", "change", "words"),
    [
        ("no real change", 0.1, "no real change"),
        ("not compared", math.nan, "not compared"),
        ("improved", -2.0, "improved: down 2.0 percentage points"),
    ],
)
def test_the_change_of_a_year_is_said_only_where_it_is_real(travel, change, words) -> None:
    row = first_row(page(item(travel=travel, change_year=change)))
    assert cell(row, "In a year") == words


def test_the_authoritys_words_stand_beside_its_items_once() -> None:
    soup = page(item(), item(measure=OTHERS[0], priority=2))
    quotes = soup.select(".asked blockquote")
    assert [[p.text for p in quote.select("p")] for quote in quotes] == [WORDS.split("\n")]
    assert text_of(soup.h4) == "In its own words"


def test_last_quarters_words_come_back_where_there_were_any() -> None:
    soup = page(item(narrative_before="We promised to look."), item(ESSEX, priority=2))
    luton = soup.select_one("#explain-luton details.more")
    assert luton.summary.text == "What it said last quarter"
    assert luton.blockquote.text == "We promised to look."
    assert soup.select_one("#explain-essex details.more") is None


def test_an_authority_that_sent_no_words_is_named() -> None:
    soup = page(item(narrative=""), item(ESSEX, priority=2))
    assert "Luton sent no words this quarter." in soup.text
    assert "No words on the quarter came from Luton." in soup.text


def test_the_list_is_in_order_of_priority_and_the_rest_opens_on_request() -> None:
    items = [item(measure=m, priority=9 - i) for i, m in enumerate(OTHERS)]
    soup = page(*items, most=5)
    shown = [text_of(row.th) for row in soup.select(".asks > table tbody tr")]
    assert shown == [f"Other {i} no judgement" for i in (6, 5, 4, 3, 2)]
    folded = soup.select_one(".asks details.fold")
    assert folded.summary.text == "2 more figures"
    assert [text_of(row.th)[:7] for row in folded.select("tbody tr")] == ["Other 1", "Other 0"]


def test_the_lead_and_the_overview_count() -> None:
    soup = page(
        item(),
        item(measure=OTHERS[0], priority=2, rule_before="outside_998"),
        item(ESSEX, priority=3),
    )
    assert soup.select_one("p.big").text == (
        "3 figures are to be explained by 2 authorities; 1 stood on last quarter's list."
    )
    rows = {
        row.th.text: [td.text for td in row.select("td")] for row in soup.table.select("tbody tr")
    }
    assert rows == {"Essex": ["1", LOWER.short], "Luton": ["2", LOWER.short]}
    assert "Essex: 1 figure to explain" in [text_of(h3) for h3 in soup.select("h3")]
    assert "Nothing is asked of Bedford" in soup.text and "Thurrock" in soup.text


def test_the_page_states_every_rule() -> None:
    said = [li.text for li in page(item()).select("ol li")]
    assert said == [*(rule.words for rule in RULES.rule), RULES.follow_up.words]


ATTACKS = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "[click](javascript:alert(1))",
    "</blockquote></section><style>*{display:none}</style>",
    '=HYPERLINK("http://evil.example","x")',
    "{{ 7 * 7 }} {% raw %}",
    "&lt;b&gt; &#60;b&#62;",
    "<svg/onload=alert(1)>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_people_wrote_is_text_and_nothing_else(attack) -> None:
    soup = page(item(narrative=attack, narrative_before=attack))
    assert [quote.text for quote in soup.select("blockquote")] == [attack, attack]
    assert not soup.find_all(["script", "img", "style", "svg", "b"])
    assert all(a["href"].startswith("#explain-") for a in soup.find_all("a"))


def test_a_figure_that_was_asked_about_and_never_came_says_so() -> None:
    soup = page(item())
    lost = EXPLAIN.from_rows([item(value=math.nan, judgement="", rule="listed_last_quarter")])
    html = explain_html(lost, make_comparison([]), MEASURES, EAST, RULES)
    assert cell(first_row(read(html)), "The rug says") == "no figure"
    assert cell(first_row(soup), "The rug says") != "no figure"


def test_nothing_to_explain_is_said() -> None:
    html = explain_html(EXPLAIN.empty(), make_comparison([]), MEASURES, EAST, RULES)
    assert "Nobody is asked to explain anything this quarter." in str(html)
    assert "<table" not in str(html)


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match="explain"):
        explain_html(pd.DataFrame({"area": ["x"]}), make_comparison([]), MEASURES, EAST, RULES)


def test_the_public_edition_has_no_words_and_does_not_say_that_none_were_sent() -> None:
    soup = page(item(narrative=""), own_words=False)
    assert not soup.select("blockquote, .own")
    assert "sent no words" not in soup.text and "No words" not in soup.text


def test_emphasis_and_lists_of_the_authority_are_kept() -> None:
    soup = page(item(narrative="**Fewer** came back:\n- a rota\n- a duty team"))
    quote = soup.blockquote
    assert quote.strong.text == "Fewer"
    assert [li.text for li in quote.select("li")] == ["a rota", "a duty team"]
