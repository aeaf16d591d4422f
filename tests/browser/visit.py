"""One visit to a finished page, in every form in which it is read, and what was found wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

CHECKS = Path(__file__).with_name("checks.js").read_text(encoding="utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Phones, a laptop at 200% zoom (640 px of CSS), a laptop.
WIDTHS = (320, 390, 640, 1280)
#: A4 landscape less its margins, at 96 dots an inch.
PAPER = 1047
#: Bytes: readers' briefings, and the one page that carries plotly.
SIZE, EXPLORER_SIZE = 400_000, 6_000_000
#: Pixels: any text, text in a drawing, and what is read as prose, on a phone.
SMALLEST, DRAWN, READ = 13, 12, 16

QUESTIONS = (
    *("network", "console", "policy", "structure", "pictures", "tables", "links", "size"),
    *("overflow", "cut off", "targets", "text", "motion", "axe", "dark", "paper"),
)
Answers = dict[str, list[str]]


def visit_page(browser: Any, path: Path, *, whole: bool = True) -> Answers:
    """Open a page from disk without a network and return the defects under each question.

    Parameters
    ----------
    browser : Browser
        Playwright's.
    path : Path
        The page.
    whole : bool
        Show axe-core also what is folded, and the colours in light and dark: most of the time of
        a visit, spent on one page of each kind, since pages of a kind share their style. Without
        it axe-core sees the page as it opens.
    """
    with _watch(browser, path) as (page, found):
        for question in ("policy", "structure", "pictures", "tables", "motion"):
            found[question] = _ask(page, question)
        found["links"] = _ask(page, "anchors") + _find_dead_links(page, path)
        found["size"] = _weigh(path)
        found["axe"] = [] if whole else _run_axe(page, WCAG, contrast=False)
        page.evaluate("slinbChecks.unfold()")
        found["axe"] += _run_axe(page, WCAG) if whole else []
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            _wait_for_charts(page)
            _look(page, found, width)
        _look_at_dark(page, found, whole=whole)
        _look_at_paper(page, found)
    return found


@contextmanager
def _watch(browser: Any, path: Path) -> Iterator[tuple[Any, Answers]]:
    """Give the open page and its answers; requests and messages are counted until it closes."""
    found: Answers = {question: [] for question in QUESTIONS}
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, offline=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("request", lambda r: found["network"].append(r.url))
    page.on("console", lambda m: found["console"].append(m.text))
    page.on("pageerror", lambda e: found["console"].append(str(e)))
    page.goto(path.as_uri())
    _wait_for_charts(page)
    page.evaluate(CHECKS)
    try:
        yield page, found
    finally:
        found["network"].remove(path.as_uri())
        context.close()


def _wait_for_charts(page: Any) -> None:
    """Wait until plotly has drawn, or drawn again in a window of another width."""
    fits = "p => p.querySelector('.main-svg')?.getBoundingClientRect().width <= p.clientWidth + 1"
    page.wait_for_function(f"() => [...document.querySelectorAll('.plot')].every({fits})")


def _ask(page: Any, check: str, *arguments: float) -> list[str]:
    call = f"slinbChecks.{check}({', '.join(map(str, arguments))})"
    return list(page.evaluate(call))


def _look(page: Any, found: Answers, width: int) -> None:
    for question, check in (("overflow", "overflow"), ("cut off", "cutOff")):
        found[question] += [f"{width}: {defect}" for defect in _ask(page, check)]
    if width in (390, 1280):
        found["targets"] += [f"{width}: {defect}" for defect in _ask(page, "targets")]
    if width == 390:
        found["text"] = _ask(page, "textSizes", SMALLEST, DRAWN, READ)


def _look_at_dark(page: Any, found: Answers, *, whole: bool) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.emulate_media(color_scheme="dark")
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    found["dark"] = [] if ground == "rgb(16, 22, 29)" else [f"the ground is {ground}"]
    found["dark"] += _ask(page, "overflow")
    found["dark"] += _run_axe(page, ["color-contrast"], kind="rule") if whole else []


def _look_at_paper(page: Any, found: Answers) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": PAPER, "height": 800})
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    found["paper"] = [] if ground == "rgb(255, 255, 255)" else [f"the ground is {ground}"]
    found["paper"] += _ask(page, "overflow")
    if not page.pdf(prefer_css_page_size=True).startswith(b"%PDF"):
        found["paper"].append("no PDF")


def _weigh(path: Path) -> list[str]:
    most = EXPLORER_SIZE if "explorer" in path.stem else SIZE
    size = path.stat().st_size
    return [f"{size:,} bytes, more than {most:,}"] if size > most else []


def _find_dead_links(page: Any, path: Path) -> list[str]:
    """Return the relative addresses that lead to no file; links to hosts are only followed."""
    files = {
        href.partition("#")[0]
        for href in page.evaluate("slinbChecks.links()")
        if not href.startswith(("#", "https://", "mailto:"))
    }
    return [f"no file: {f}" for f in sorted(files) if not (path.parent / unquote(f)).is_file()]


def _run_axe(
    page: Any, values: list[str], kind: str = "tag", *, contrast: bool = True
) -> list[str]:
    """Return axe-core's violations; CI must have it, elsewhere its absence skips the test."""
    if os.environ.get("CI"):
        import axe_playwright_python.sync_playwright as axe
    else:
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    only = {"type": kind, "values": values}
    options: dict[str, Any] = {"runOnly": only, "resultTypes": ["violations"]}
    if not contrast:
        options["rules"] = {"color-contrast": {"enabled": False}}
    result = axe.Axe().run(page, options=options)
    return [
        f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"
        for violation in result.response["violations"]
    ]
