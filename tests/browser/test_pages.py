"""Every kind of page in a real browser: offline, silent, never too wide, nothing for axe."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.browser

KINDS = ("rug", "quality", "index", "notebook", "profile", "receipt")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
Open = Callable[..., Any]


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_for_nothing_and_says_nothing(
    pages: dict[str, Path], open_page: Open, kind: str
) -> None:
    watched = open_page(pages[kind])
    watched.page.wait_for_load_state("load")
    if kind == "notebook":
        watched.page.wait_for_selector(".plot .main-svg")
    assert watched.requests == [pages[kind].as_uri()]
    assert watched.messages == []


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_scrolls_sideways(pages: dict[str, Path], open_page: Open, kind: str) -> None:
    """Phones, tablets, laptops; 640 and 320 are also a window of 1280 at 200% and 400%."""
    page = open_page(pages[kind]).page
    for width in (320, 390, 640, 768, 1280, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1366, "light")])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing(
    pages: dict[str, Path], open_page: Open, kind: str, width: int, scheme: str
) -> None:
    if os.environ.get("CI"):
        import axe_playwright_python.sync_playwright as axe
    else:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page = open_page(pages[kind], width, color_scheme=scheme).page
    result = axe.Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
    found = [(v["id"], v["nodes"][0]["html"]) for v in result.response["violations"]]
    assert found == []


@pytest.mark.parametrize("kind", KINDS)
def test_dark_is_dark_and_paper_is_white(
    pages: dict[str, Path], open_page: Open, kind: str
) -> None:
    page = open_page(pages[kind], color_scheme="dark").page
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(ground) == "rgb(16, 22, 29)"
    page.emulate_media(media="print")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.parametrize("kind", KINDS)
def test_print_fits_the_paper(pages: dict[str, Path], open_page: Open, kind: str) -> None:
    page = open_page(pages[kind]).page
    page.emulate_media(media="print")
    for width in (1047, 1510):  # A4 and A3 landscape less margins, at 96 dots an inch
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator(".rug-tools").count() == 0 or not page.locator(".rug-tools").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_plotly_chart_is_drawn_in_the_colours_of_the_page(
    pages: dict[str, Path], open_page: Open
) -> None:
    page = open_page(pages["notebook"], color_scheme="dark").page
    page.wait_for_selector(".plot .main-svg")
    fill = page.locator(".plot .gtitle").evaluate("e => getComputedStyle(e).fill")
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
