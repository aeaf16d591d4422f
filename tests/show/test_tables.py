"""Plain tables: on a phone those of words become cards, and their cells keep their headings."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from slinb.show.tables import table_html

HEAD = ["Measure", "Now", "Change"]
ROWS = [["Dental checks", "74.0%", "up 0.3 (−0.1 to 0.7)"]]


@pytest.mark.parametrize(
    ("numbers", "asked", "cards"),
    [([], None, True), ([1], None, False), ([1, 2], True, True), ([], False, False)],
    ids=["words", "numbers", "numbers as cards", "words as a table"],
)
def test_a_table_of_words_is_cards_on_a_phone(
    numbers: list[int], asked: bool | None, cards: bool
) -> None:
    html = table_html(HEAD, ROWS, caption="Now", numbers=numbers, foot=ROWS[0], cards=asked)
    table = BeautifulSoup(html, "html.parser").find("table")
    assert table is not None
    assert ("cards" in table["class"]) is cards
    labels = [cell.get("data-label") for cell in table.find_all("td")]
    assert labels == (2 * HEAD[1:] if cards else [None] * 4)
    # Display as blocks takes a table's roles away, unless they are written.
    assert (table.get("role") == "table") is cards
    assert len(table.find_all(role="row")) == (3 if cards else 0)
    assert len(table.find_all(role="cell")) == (4 if cards else 0)


def test_headings_of_cards_are_escaped() -> None:
    html = table_html(["A", '"><script>'], [["x", "<b>"]], caption="&")
    assert "<script>" not in html and "<b>" not in html
    assert 'data-label="&#34;&gt;&lt;script&gt;"' in html
