"""The explorer by keyboard alone: every choice can be made, heard and seen, and read as a table."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import QUARTER

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("pages")]

Open = Callable[..., Any]
FOCUSED = "document.activeElement.id || document.activeElement.value || document.activeElement.text"


@pytest.fixture
def explorer(reports: Path, open_page: Open) -> Any:
    page = open_page(reports / QUARTER / "explorer.html").page
    page.wait_for_selector(".plot .main-svg")
    return page


def walk_to(page: Any, target: str) -> list[str]:
    """Press Tab until the target has the focus; return what had it on the way."""
    passed: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(FOCUSED))
        if page.evaluate("css => document.activeElement.matches(css)", target):
            outline = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(outline) not in ("none", "")
            return passed
    raise AssertionError(f"Tab does not reach {target}; it passed {passed}")


def heard(page: Any) -> str:
    return page.locator(".explorer [role=status]").inner_text()


def test_the_choices_come_in_the_order_in_which_they_stand(explorer: Any) -> None:
    walk_to(explorer, "#explorer-kind")
    assert walk_to(explorer, "#explorer-view") == ["explorer-measure", "explorer-view"]
    boxes = walk_to(explorer, "[data-all]")
    assert "Luton" in boxes and boxes.index("Bedford") < boxes.index("Thurrock")


def test_another_measure_changes_finding_chart_and_table(explorer: Any) -> None:
    walk_to(explorer, "#explorer-measure")
    before = heard(explorer)
    explorer.keyboard.press("ArrowDown")
    after = heard(explorer)
    assert after and after != before
    # Who does not see the chart is told the same, and finds the figures behind it.
    assert after in explorer.locator(".plot").get_attribute("aria-label")
    assert explorer.locator(".behind tbody tr").count() > 0


def test_an_authority_is_put_in_and_taken_out_with_the_space_bar(explorer: Any) -> None:
    rows = explorer.locator(".behind tbody th", has_text="Luton")
    box = ".boxes [value=Luton]"
    walk_to(explorer, box)
    seen = []
    for _ in range(2):
        explorer.keyboard.press("Space")
        seen.append((explorer.locator(box).is_checked(), rows.count() > 0))
    assert sorted(seen) == [(False, False), (True, True)]


@pytest.mark.parametrize(
    ("kind", "view"),
    [("quarterly", "trend"), ("quarterly", "comparison"), ("annual", "funnel")],
)
def test_every_view_has_its_figures_in_a_table(explorer: Any, kind: str, view: str) -> None:
    explorer.locator("#explorer-kind").select_option(kind)
    explorer.locator("#explorer-view").select_option(view)
    table = explorer.get_by_role("table")
    assert table.count() == 1
    assert table.get_by_role("columnheader").count() >= 3
    assert table.get_by_role("rowheader").count() >= 1
    assert any(character.isdigit() for character in table.inner_text())
