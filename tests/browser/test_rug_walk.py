"""A walk through the rug's tools in a browser: filter, order, findings that hold, map, keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from slinb.schema import FIRMNESS
from slinb.show.page import page_html
from slinb.show.rug import RugExtras, rug_html
from tests.show.show_tables import make_areas, make_comparison, make_measures, make_region
from tests.show.test_page import MARKS

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
#: Names of the measures that are seen, in the order in which they are seen.
SEEN = """() => [...document.querySelectorAll('.rug-scroll tbody tr:not(.domain)')]
  .filter(r => r.getClientRects().length).map(r => r.querySelector('th a').innerText)"""
CLASSES = """column => [...document.querySelectorAll('.rug-scroll tbody tr:not(.domain)')]
  .filter(r => r.getClientRects().length).map(r => r.cells[column].className)"""
ACTIVE = "document.activeElement.textContent"
LUTON = 4 + [area.name for area in make_areas()].index("Luton")


@pytest.fixture(scope="module")
def rug_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rug whose findings on one measure depend on the comparison."""
    measures = make_measures()
    loose = [
        {"area": a.code, "measure": measures[1].id, "firmness": "depends on the comparison"}
        for a in make_areas()
    ]
    html = rug_html(
        make_comparison(),
        measures,
        make_areas(),
        title="Rug",
        region=make_region(),
        extras=RugExtras(
            firmness=FIRMNESS.from_rows(loose),
            measures={m.id: f"measures.html#measure-{m.id}" for m in measures},
        ),
    )
    path = tmp_path_factory.mktemp("walk") / "rug.html"
    path.write_text(page_html(html, "Rug", marks=MARKS), encoding="utf-8", newline="\n")
    return path


def test_the_page_is_silent_and_asks_for_nothing(rug_page: Path, open_page: Open) -> None:
    watched = open_page(rug_page)
    assert watched.messages == []
    assert [url for url in watched.requests if url != rug_page.as_uri()] == []


def test_a_domain_can_be_chosen(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page).page
    domain = make_measures()[0].domain
    page.get_by_label("Show", exact=True).select_option(label=domain)
    own = [m.short for m in make_measures() if m.domain == domain]
    assert page.evaluate(SEEN) == own
    told = f"{len(own)} of {len(make_measures())} measures."
    assert page.locator(".rug-said").text_content() == told
    page.get_by_label("Show", exact=True).select_option(label="All measures")
    assert page.evaluate(SEEN) == [m.short for m in make_measures()]
    assert page.locator(".rug-said").text_content() == ""


def test_a_heading_sorts_worse_first_then_better_first_then_back(
    rug_page: Path, open_page: Open
) -> None:
    page = open_page(rug_page).page
    order = ["w2", "w1", "n2", "n1", "", "b1", "b2"]
    heading = page.get_by_role("columnheader", name="Luton").get_by_role("button")
    for turn in (1, -1):
        heading.click()
        found = [c.split()[0] if c else "" for c in page.evaluate(CLASSES, LUTON)]
        places = [order.index(c) for c in found if c in order and c]
        assert places == sorted(places, reverse=turn < 0)
        sorts = page.locator("thead th").nth(LUTON).get_attribute("aria-sort")
        assert sorts == ("ascending" if turn > 0 else "descending")
    heading.click()
    assert page.evaluate(SEEN) == [m.short for m in make_measures()]
    assert page.locator("tr.domain:visible").count() == len({m.domain for m in make_measures()})


def test_only_findings_that_hold(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page).page
    page.get_by_label("Only findings that hold").check()
    shown = page.evaluate(SEEN)
    assert make_measures()[1].short not in shown and shown
    for classes in page.evaluate(CLASSES, LUTON):
        assert "d" not in classes.split()


def test_the_filter_on_findings_needs_no_script(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page, java_script_enabled=False).page
    row = page.get_by_role("row", name=make_measures()[1].short).first
    assert row.is_visible()
    page.get_by_label("Only findings that hold").check()
    assert not row.is_visible()


def test_without_a_script_no_dead_tool_is_seen(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page, java_script_enabled=False).page
    assert page.locator(".rug select:visible, .rug thead button:visible").count() == 0
    assert not page.get_by_label("Show ranks and quartile bands").is_visible()
    assert page.get_by_role("navigation", name="Parts of the table").is_visible()


@pytest.mark.parametrize("width", [390, 1366])
def test_the_map_shows_one_measure_on_request(rug_page: Path, open_page: Open, width: int) -> None:
    page = open_page(rug_page, width).page
    svg = page.locator(".hexmap svg")
    counts = svg.get_attribute("aria-label")
    measure = make_measures()[1]
    page.get_by_label("Show on the map").select_option(label=measure.short)
    assert page.locator(".hexmap h3").inner_text().startswith(measure.short)
    row = page.get_by_role("row", name=measure.short).first
    figure = row.locator("td b").nth(0).evaluate("b => b.firstChild.textContent")
    assert f"Bedford {figure}" in svg.get_attribute("aria-label")
    page.get_by_label("Show on the map").select_option(index=0)
    assert svg.get_attribute("aria-label") == counts


def test_arrow_keys_follow_what_is_seen(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page).page
    page.get_by_label("Order of the measures").select_option(label="By name")
    names = sorted(m.short for m in make_measures())
    page.locator("td summary").first.focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate(ACTIVE).lower().startswith(f"bedford, {names[1]}".lower())
    page.keyboard.press("ArrowUp")
    assert page.evaluate(ACTIVE).lower().startswith(f"bedford, {names[0]}".lower())
    assert page.locator("td summary:not([tabindex='-1'])").count() == 1


def test_a_hidden_cell_is_no_tab_stop(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page).page
    last = list(dict.fromkeys(m.domain for m in make_measures()))[-1]
    page.get_by_label("Show", exact=True).select_option(label=last)
    stop = page.locator("td summary:not([tabindex='-1'])")
    assert stop.count() == 1 and stop.is_visible()


def test_the_sheet_of_a_cell_leads_to_its_measure(rug_page: Path, open_page: Open) -> None:
    page = open_page(rug_page, 390).page
    cell = page.locator("td:has(details)").first
    cell.scroll_into_view_if_needed()
    cell.click(position={"x": 8, "y": 8})
    link = page.locator("td details[open] a")
    assert link.get_attribute("href") == f"measures.html#measure-{make_measures()[0].id}"
    assert link.is_visible()


@pytest.mark.parametrize("width", [320, 390, 820, 1280, 1366])
def test_nothing_overflows(rug_page: Path, open_page: Open, width: int) -> None:
    page = open_page(rug_page, width).page
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    head = "[...document.querySelectorAll('.rug-scroll thead th')].slice(4)"
    if width > 704:
        assert page.evaluate(f"{head}.filter(h => h.scrollWidth > h.clientWidth + 1).length") == 0
