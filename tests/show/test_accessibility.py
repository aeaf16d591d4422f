"""The statement says what the tests do, and every page that has one leads to it."""

from __future__ import annotations

from bs4 import BeautifulSoup

from slinb.show.accessibility import accessibility_html
from slinb.show.page import PageMarks, page_html

MARKS = PageMarks("East of England", "Q3 2025-26", "Public edition", sample=True)


def test_the_statement_says_what_was_not_tried() -> None:
    page = BeautifulSoup(accessibility_html(MARKS), "html.parser")
    text = page.get_text(" ")
    for words in ("No screen reader was used", "not proved", "Firefox", "WCAG 2.2 at level AA"):
        assert words in text
    assert "SAMPLE" not in text


def test_the_statement_leads_back_to_the_index_of_its_edition() -> None:
    page = BeautifulSoup(accessibility_html(MARKS, prefix="RESTRICTED_"), "html.parser")
    assert page.find("a", href="RESTRICTED_index.html")


def test_a_page_leads_to_the_statement_where_there_is_one() -> None:
    marks = PageMarks("East of England", "Q3 2025-26", accessibility="accessibility.html")
    for own, number in ((marks, 1), (MARKS, 0)):
        foot = BeautifulSoup(page_html("", "T", marks=own), "html.parser").footer
        assert len(foot.find_all("a", href="accessibility.html")) == number
        assert "ask whoever sent or published it" in foot.get_text()
