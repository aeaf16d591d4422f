"""Headlines: each message beside its question, with figures that the comparison holds."""

from __future__ import annotations

import pandas as pd
import pytest

from slinb.catalogue.measures import Measures
from slinb.errors import SchemaError
from slinb.schema import MESSAGES
from slinb.show.messages_list import list_headlines, messages_html
from tests.show.finding_tables import (
    EAST,
    ESSEX,
    LOWER,
    LUTON,
    NEITHER,
    QUARTER,
    REGION,
    make_comparison,
    read,
    text_of,
)

MEASURES = Measures([LOWER, NEITHER.model_copy(update={"number": 9})])
#: Luton worse at 99.8%, Essex better at 95%, Bedford alike; Thurrock sent nothing.
COMPARISON = make_comparison(
    [
        {
            "area": LUTON.code,
            "value": 27.1,
            "numerator": 312.0,
            "denominator": 1151.0,
            "judgement": "worse",
            "judgement_998": "worse",
        },
        {"area": ESSEX.code, "value": 17.2, "judgement": "better"},
        {"area": EAST[0].code, "value": 19.5},
        {"area": EAST[-1].code, "status": "missing", "judgement": "not compared"},
    ]
)


def message(area, order=1, kind="message", about=None, text="", **more):
    return {
        "area": area.code,
        "kind": kind,
        "order": order,
        "text": text or f"{kind.capitalize()} {order} of {area.name}.",
        "about": (about or area).code,
        "measure": LOWER.id,
        "period": QUARTER.id,
        "benchmark": "region",
        **more,
    }


def page(*rows, comparison=COMPARISON, **more):
    table = MESSAGES.from_rows(list(rows))
    return read(messages_html(table, comparison, MEASURES, EAST, REGION, **more))


def test_a_message_stands_beside_its_question_with_its_evidence() -> None:
    soup = page(message(LUTON), message(LUTON, kind="question"))
    entry = soup.select_one("#headlines-luton li")
    assert entry.select_one(".message").text == "Message 1 of Luton."
    assert text_of(entry.select_one(".question")) == "Ask: Question 1 of Luton."
    evidence = entry.select_one(".evidence")
    assert text_of(evidence) == (
        "Evidence: ▲▲ worse 27.1% against the region's 19.4% · 312 of 1,151"
    )
    assert evidence.select_one(".sign")["class"] == ["sign", "w2"]


def test_the_evidence_links_to_the_rug_where_it_is_told_where() -> None:
    soup = page(message(LUTON), rug="quarterly-rug.html#rug")
    assert soup.a["href"] == f"quarterly-rug.html#rug-{LOWER.id}"
    assert soup.a.text == f"{LOWER.short} in the rug"
    assert page(message(LUTON)).a is None


def test_the_evidence_of_the_regions_messages_counts_its_authorities() -> None:
    soup = page(message(REGION))
    assert text_of(soup.select_one(".evidence")) == (
        "Evidence: ▲ 1 worse ▼ 1 better of 3 authorities compared with the region"
    )


def test_where_none_differs_the_evidence_says_so() -> None:
    soup = page(message(REGION), comparison=COMPARISON[COMPARISON["judgement"].eq("similar")])
    assert text_of(soup.select_one(".evidence")).endswith(
        "none really different of the one authority compared with the region"
    )


def test_the_evidence_follows_the_benchmark_of_the_message() -> None:
    england = COMPARISON.assign(benchmark="england", judgement="similar", benchmark_value=22.0)
    both = pd.concat([COMPARISON, england], ignore_index=True)
    soup = page(message(LUTON, benchmark="england"), comparison=both)
    assert "against England's 22.0%" in text_of(soup.select_one(".evidence"))
    assert not soup.select(".evidence .sign")


def test_messages_keep_their_order_whatever_that_of_the_rows() -> None:
    rows = [message(LUTON, order, kind) for order in (2, 3, 1) for kind in ("question", "message")]
    soup = page(*rows)
    assert [p.text for p in soup.select(".message")] == [
        f"Message {i} of Luton." for i in (1, 2, 3)
    ]
    assert "Question 2 of Luton." in soup.select("li")[1].text


def test_a_message_about_no_measure_has_no_evidence_and_no_question() -> None:
    text = "Luton does not really differ from the region on any of the 40 measures."
    soup = page(message(LUTON, measure="", text=text))
    assert soup.select_one(".message").text == text
    assert not soup.select(".evidence") and not soup.select(".question")


def test_the_region_comes_first_and_each_authority_folds() -> None:
    soup = page(message(LUTON), message(ESSEX), message(REGION))
    heads = [text_of(tag) for tag in soup.find_all(["h2", "h3"])]
    assert heads == [
        "East of England: what to know first, and what to ask",
        "Authority by authority",
        "Essex",
        "Luton",
    ]
    assert [tag["id"] for tag in soup.select("details.fold")] == [
        "headlines-essex",
        "headlines-luton",
    ]
    assert "Nothing is said of Bedford, Cambridgeshire" in soup.text


def test_nothing_to_say_of_the_region_is_said() -> None:
    assert "There is no finding to report on the region." in page(message(LUTON)).text
    assert "There is no finding" in page().text


def test_messages_are_text_and_nothing_else() -> None:
    soup = page(message(LUTON, text="<b>bold</b> <script>x</script>"))
    assert soup.select_one(".message").text == "<b>bold</b> <script>x</script>"
    assert not soup.find_all(["b", "script"])


def test_headlines_can_be_had_for_one_authority() -> None:
    table = MESSAGES.from_rows([message(LUTON), message(LUTON, kind="question")])
    (headline,) = list_headlines(table, COMPARISON, MEASURES)[LUTON.code]
    assert (headline.order, headline.message) == (1, "Message 1 of Luton.")
    assert headline.evidence.signs == (("w2", "▲▲ worse"),)


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match="messages"):
        messages_html(pd.DataFrame({"area": ["x"]}), COMPARISON, MEASURES, EAST, REGION)
