"""The rug in a real browser: mouse, touch, keyboard, no script, phone, screen reader's tree."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.show.show_tables import make_areas

pytestmark = pytest.mark.browser

Open = Callable[..., Any]
CELL = "td details > summary"
#: Cells whose text is wider or taller than they are; half a pixel is rounding.
CUT_OFF = """() => [...document.querySelectorAll('.rug thead th, .rug tbody th, .rug td')]
  .filter(e => getComputedStyle(e).clipPath === 'none' && e.getClientRects().length)
  .filter(e => [...e.children].some(c => {
    if (c.tagName === 'DETAILS' || c.className === 'vh' || !c.getClientRects().length) return false;
    const inner = c.getBoundingClientRect(), outer = e.getBoundingClientRect();
    return inner.left < outer.left - .6 || inner.right > outer.right + .6
        || inner.bottom > outer.bottom + .6;
  })).map(e => e.innerText)"""


def open_sheets(page: Any) -> list[str]:
    return page.evaluate("[...document.querySelectorAll('td details[open]')].map(d => d.innerText)")


def is_seen(page: Any, text: str) -> bool:
    """Whether the open sheet shows this text within the window."""
    return page.evaluate(
        """text => { const open = document.querySelector('td details[open]');
        if (!open || !open.innerText.includes(text)) return false;
        const box = open.getBoundingClientRect();
        return box.top >= 0 && box.bottom <= innerHeight + 1 && box.left >= 0
            && box.right <= innerWidth + 1 && box.height > 40; }""",
        text,
    )


@pytest.mark.parametrize("width", [320, 390, 820, 1366])
def test_a_click_opens_the_sentence_and_its_details(
    pages: dict[str, Path], open_page: Open, width: int
) -> None:
    page = open_page(pages["rug"], width).page
    cell = page.locator("td", has_text="Luton, re-referrals within 12 months").first
    cell.scroll_into_view_if_needed()
    cell.click(position={"x": 8, "y": 8})
    assert is_seen(page, "Luton, re-referrals within 12 months")
    assert is_seen(page, "95% interval:") and is_seen(page, "Source: luton-2025-26-Q3.xlsx")
    # Nothing else lies over the sheet.
    on_top = page.evaluate(
        """() => { const b = document.querySelector('td details[open]').getBoundingClientRect();
        return [.1, .5, .9].map(f => document.elementFromPoint(b.left + 30, b.top + b.height * f)
          .closest('details') !== null); }"""
    )
    assert on_top == [True, True, True]
    page.locator("h1").dispatch_event("click")
    assert open_sheets(page) == []


def test_a_tap_opens_it_and_a_second_cell_replaces_the_first(
    pages: dict[str, Path], open_page: Open
) -> None:
    page = open_page(pages["rug"], 390, has_touch=True, is_mobile=True).page
    cells = page.locator("td:has(details)")
    for number in (0, 1):
        cells.nth(number).scroll_into_view_if_needed()
        cells.nth(number).tap(position={"x": 8, "y": 8})
    assert len(open_sheets(page)) == 1
    assert open_sheets(page)[0].startswith("Cambridgeshire, referrals")


def test_every_target_is_44_pixels_high_and_at_least_44_wide(
    pages: dict[str, Path], open_page: Open
) -> None:
    for width in (320, 820, 1366):
        page = open_page(pages["rug"], width).page
        small = page.evaluate(
            """targets => [...document.querySelectorAll(targets)]
            .map(e => e.getBoundingClientRect())
            .filter(b => b.height < 44 || b.width < 44).length""",
            f"{CELL}, .rug-switch, .rug-help > summary",
        )
        assert small == 0


def test_the_keyboard_reaches_every_cell(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"]).page
    said = "document.activeElement.textContent"
    page.locator(".rug-scroll").focus()
    for _ in range(40):  # past the heading links of the first row, if any stand before
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('td summary')"):
            break
    assert page.evaluate(said).startswith("Bedford, referrals")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(said).startswith("Cambridgeshire, referrals")
    page.keyboard.press("End")
    assert page.evaluate(said).startswith("Thurrock, referrals")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(said).startswith("Thurrock, referrals")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(said).startswith("Thurrock, re-referrals")
    page.keyboard.press("Home")
    assert page.evaluate(said).startswith("Bedford, re-referrals")
    for _ in range(40):
        page.keyboard.press("ArrowDown")
    assert page.evaluate(said).startswith("Bedford, agency social workers")


def test_enter_opens_escape_closes_and_focus_stays(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"]).page
    page.locator(CELL).first.focus()
    page.keyboard.press("Enter")
    assert is_seen(page, "Bedford, referrals") and is_seen(page, "A year ago")
    page.keyboard.press("Escape")
    assert open_sheets(page) == []
    assert page.evaluate("document.activeElement.textContent").startswith("Bedford, referrals")


def test_the_table_is_one_stop_for_the_tab_key(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"]).page
    assert page.locator(f"{CELL}:not([tabindex='-1'])").count() == 1


def test_focus_is_visible(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"]).page
    page.locator(".rug-scroll").focus()
    page.keyboard.press("Tab")
    page.locator(CELL).nth(3).focus()
    style = page.locator(CELL).nth(3).evaluate("e => getComputedStyle(e).outlineStyle")
    assert style == "solid"


def test_without_a_script_every_cell_still_opens(pages: dict[str, Path], open_page: Open) -> None:
    """A phone's mail preview runs no script."""
    page = open_page(pages["rug"], 390, java_script_enabled=False).page
    cell = page.locator("td:has(details)").nth(5)
    cell.scroll_into_view_if_needed()
    cell.click(position={"x": 8, "y": 8})
    sheet = page.locator("td details[open]")
    assert sheet.count() == 1
    assert sheet.locator("p").first.is_visible()
    assert sheet.locator("summary").bounding_box()["height"] > 20


def test_ranks_appear_when_asked_for(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"]).page
    rank = page.locator("td small").first
    assert not rank.is_visible()
    page.get_by_label("Show ranks and quartile bands").check()
    assert rank.is_visible() and " of 11 · " in rank.inner_text()
    assert page.evaluate(CUT_OFF) == []


def test_no_text_is_cut_off(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"]).page
    for width in (320, 390, 700, 720, 820, 1280, 1300, 1366, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        assert (width, page.evaluate(CUT_OFF)) == (width, [])


def test_headings_stay_in_view(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"], 1366).page
    page.evaluate("scrollTo(0, 1500)")
    assert page.locator("thead th").nth(5).bounding_box()["y"] == pytest.approx(0, abs=1)
    page = open_page(pages["rug"], 820).page
    page.evaluate("document.querySelector('.rug-scroll').scrollTo(500, 900)")
    window = page.locator(".rug-scroll").bounding_box()
    head = page.locator("thead th").nth(5).bounding_box()
    name = page.locator("th[scope=row]").nth(12).bounding_box()
    assert head["y"] == pytest.approx(window["y"], abs=2)
    assert name["x"] == pytest.approx(window["x"], abs=2)


def test_on_a_phone_each_cell_names_its_authority(pages: dict[str, Path], open_page: Open) -> None:
    page = open_page(pages["rug"], 390).page
    labels = page.evaluate(
        """() => [...document.querySelectorAll('tbody tr:not(.domain)')[0].querySelectorAll('td')]
        .slice(1).map(cell => getComputedStyle(cell, '::before').content)"""
    )
    names = ["England", "East of England", *(area.name for area in make_areas())]
    assert [label.split('"')[1] for label in labels] == names


@pytest.mark.parametrize("width", [390, 1366])
def test_a_screen_reader_finds_a_table_in_every_layout(
    pages: dict[str, Path], open_page: Open, width: int
) -> None:
    page = open_page(pages["rug"], width).page
    assert page.get_by_role("table").count() == 1
    assert page.get_by_role("columnheader").count() == 15
    assert page.get_by_role("rowheader").count() == 31 + 6
    assert page.get_by_role("cell").count() == 31 * 14
    row = page.get_by_role("row", name="Re-referrals within 12 months").first
    heard = row.get_by_role("cell").nth(8).aria_snapshot()
    assert "Luton, re-referrals within 12 months, " in heard
    assert heard.count("%") == heard.split("Luton", 1)[1].count("%")  # nothing read twice
    assert page.get_by_role("region", name="each authority compared with the region").count() == 1


def test_links_lead_to_the_parts_and_the_definitions(
    pages: dict[str, Path], open_page: Open
) -> None:
    page = open_page(pages["rug"]).page
    page.get_by_role("navigation", name="Parts of the table").get_by_text("Workforce").click()
    assert 0 <= page.locator("#rug-part-6").bounding_box()["y"] < 800
    page.get_by_role("link", name="Re-referrals within 12 months").click()
    assert 0 <= page.locator("#rug-rereferrals_pct").bounding_box()["y"] < 800
