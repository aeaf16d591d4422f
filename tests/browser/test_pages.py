"""Every kind of page in a real browser: the hardest texts, and a drawn and a live chart."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.browser.visit import visit_page

pytestmark = pytest.mark.browser

KINDS = ("rug", "quality", "index", "notebook", "profile", "receipt")
#: These pages lie alone, so that their links lead to no file; one carries plotly.
ELSEWHERE = {"links", "size"}
Open = Callable[..., Any]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_has_no_defect(browser: Any, pages: dict[str, Path], kind: str) -> None:
    found = visit_page(browser, pages[kind])
    assert {q: defects for q, defects in found.items() if defects and q not in ELSEWHERE} == {}


def test_a_plotly_chart_is_drawn_in_the_colours_of_the_page(
    pages: dict[str, Path], open_page: Open
) -> None:
    page = open_page(pages["notebook"], color_scheme="dark").page
    page.wait_for_selector(".plot .main-svg")
    fill = page.locator(".plot .xtick text").first.evaluate("e => getComputedStyle(e).fill")
    assert fill == "rgb(234, 240, 246)"


def test_an_attack_in_a_page_cannot_run(tmp_path: Path, open_page: Open) -> None:
    """Even HTML that got past every escape is stopped by the page's policy."""
    from slinb.show.page import page_html
    from tests.show.test_page import MARKS

    attack = (
        "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
        '<iframe src="https://a.example"></iframe><link rel=stylesheet href="https://a.example/a">'
    )
    path = tmp_path / "attack.html"
    path.write_text(page_html(attack, "Safe", marks=MARKS), encoding="utf-8")
    watched = open_page(path)
    assert watched.page.title().startswith("SAMPLE: Safe")
    # The browser reports what it refused to ask for; nothing else was asked for.
    sent = {url for url in watched.requests if "a.example" in url} - set(watched.refused)
    assert sent == set()
    assert sum("Content Security Policy" in message for message in watched.messages) >= 4
