"""Every page of the sample quarter in a real browser: both editions, receipts, indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slinb.catalogue.areas import load_areas
from tests.browser.visit import QUESTIONS, Answers, visit_page
from tests.conftest import QUARTER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: The least number of pages in each folder. A worker of pytest-xdist visits a folder of its own.
FOLDERS = {QUARTER: 30, f"{QUARTER}-restricted": 30, f"{QUARTER}-to-authorities": 11}
_EACH = [pytest.param(name, marks=pytest.mark.xdist_group(name)) for name in FOLDERS]


@pytest.fixture(scope="session", params=_EACH)
def folder(request: pytest.FixtureRequest) -> str:
    """One of the folders of reports."""
    return str(request.param)


@pytest.fixture(scope="session")
def visits(browser: Any, reports: Path, folder: str) -> dict[str, Answers]:
    """One visit to each page of a folder: its name with the defects found under each question."""
    pages = sorted(reports.glob("*/*.html"))
    largest = {_kind(p): p for p in sorted(pages, key=lambda p: p.stat().st_size)}.values()
    return {
        path.name: visit_page(browser, path, whole=path in largest)
        for path in pages
        if path.parent.name == folder
    }


def _kind(path: Path) -> str:
    """Return the name of a page without its edition and its authority."""
    name = path.stem.removeprefix("RESTRICTED_")
    slugs = (area.slug for area in load_areas().authorities("E12000006"))
    return next((name.removesuffix(f"-{s}") for s in slugs if name.endswith(f"-{s}")), name)


def test_no_page_is_left_out(reports: Path, folder: str, visits: dict[str, Answers]) -> None:
    paths = list((reports / folder).glob("*.html"))
    # A page that says it could not be made has few defects.
    assert [p.name for p in paths if ": not available" in p.read_text("utf-8")[:4000]] == []
    assert {path.name for path in paths} == set(visits)
    assert len(paths) >= FOLDERS[folder]
    letters = folder.endswith("-to-authorities")
    assert any(name.endswith("index.html") for name in visits) != letters


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_page_has_a_defect(visits: dict[str, Answers], question: str) -> None:
    found = {page: answers[question] for page, answers in visits.items() if answers[question]}
    assert found == {}
