"""Every page of the sample quarter in a real browser: both editions, receipts, indexes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from slinb.catalogue.areas import load_areas
from tests.browser.visit import QUESTIONS, Answers, visit_page
from tests.conftest import QUARTER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("pages")]


@pytest.fixture(scope="session")
def visits(browser: Any, reports: Path) -> dict[str, Answers]:
    """One visit to each page: its name with the defects found under each question."""
    pages = sorted(reports.glob("*/*.html"))
    largest = {_kind(p): p for p in sorted(pages, key=lambda p: p.stat().st_size)}.values()
    return {
        f"{path.parent.name}/{path.name}": visit_page(browser, path, whole=path in largest)
        for path in pages
    }


def _kind(path: Path) -> str:
    """Return the name of a page without its edition and its authority."""
    name = path.stem.removeprefix("RESTRICTED_")
    slugs = (area.slug for area in load_areas().authorities("E12000006"))
    return next((name.removesuffix(f"-{s}") for s in slugs if name.endswith(f"-{s}")), name)


def test_no_edition_is_left_out(reports: Path, visits: dict[str, Answers]) -> None:
    least = {QUARTER: 20, f"{QUARTER}-restricted": 20, f"{QUARTER}-to-authorities": 11}
    for folder, number in least.items():
        paths = list((reports / folder).glob("*.html"))
        names = {path.name for path in paths}
        # A page that says it could not be made has few defects.
        assert [p.name for p in paths if ": not available" in p.read_text("utf-8")[:4000]] == []
        assert len(names) >= number
        assert {f"{folder}/{name}" for name in names} <= set(visits)
    assert f"{QUARTER}/index.html" in visits
    assert f"{QUARTER}-restricted/RESTRICTED_index.html" in visits


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_page_has_a_defect(visits: dict[str, Answers], question: str) -> None:
    found = {page: answers[question] for page, answers in visits.items() if answers[question]}
    assert found == {}
