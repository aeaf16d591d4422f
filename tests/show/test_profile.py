"""An authority's page: what stands out, beside whom, what it could offer; nothing withheld."""

from __future__ import annotations

import math
import re
from itertools import pairwise

import pandas as pd
import pytest

from slinb.catalogue.explain import load_explain_rules
from slinb.errors import SchemaError
from slinb.schema import MESSAGES, TRENDS
from slinb.show.profile import PROFILE_TABLES, profile_html
from tests.show.finding_tables import AREAS, ESSEX, HIGHER, LOWER, LUTON, REGION, read, text_of
from tests.show.profile_tables import MEASURES, make_tables, suppress

RULES = load_explain_rules()


def page(tables=None, area=LUTON, **more):
    made = make_tables() if tables is None else tables
    return read(profile_html(made, MEASURES, area, AREAS, REGION, RULES, **more))


def part(soup, name: str) -> str:
    """Return the words of the part that begins with a heading of this id."""
    words = []
    for tag in soup.select_one(f"#profile-{name}").find_next_siblings():
        if tag.name == "h2" or (tag.name == "h3" and tag.get("id")):
            break
        words.append(text_of(tag))
    return " ".join(words)


def test_the_finding_counts_what_is_really_different_and_new() -> None:
    soup = page()
    assert soup.select_one("p.big").text == (
        "Luton really differs from the region on 2 measures: 1 for the worse and 1 for the better."
        " One trend shows a new signal."
    )
    tally = {li.a["href"]: text_of(li) for li in soup.select(".counts li")}
    assert tally == {
        "#profile-worse": "1 Worse than the region",
        "#profile-better": "1 Better than the region",
        "#profile-trends": "1 New signals",
        "#profile-explain": "1 Figures to explain",
    }
    assert all(soup.select_one(href) for href in tally)


def test_a_standing_says_both_rugs_its_year_and_what_it_depends_on() -> None:
    row = page().select_one("table.standing tbody tr")
    assert text_of(row.th) == f"{LOWER.short} {LOWER.polarity_words}"
    cells = {td["data-label"]: text_of(td) for td in row.select("td")}
    assert cells["This quarter's returns"].startswith("▲▲ worse 27.1% against the region's 19.4%")
    assert cells["This quarter's returns"].endswith("depends on the comparison")
    assert "depends" not in cells["Latest official figures"]
    assert cells["In a year"] == "worsened: up 3.2 percentage points"
    strip = row.svg
    assert strip["aria-label"] == (
        "Luton among 1 other authorities: 27.1% against the region's 19.4%"
    )
    assert len(strip.select("circle")) == 2 and strip.select_one("circle.own.w")


def test_what_does_not_really_differ_is_not_listed() -> None:
    assert "Looked-after children" not in text_of(page().select_one("#profile"))


def test_offers_need_both_sides_to_be_really_different() -> None:
    lists = page().select(".offers")
    assert [text_of(li.strong) for li in lists[0].select("li")] == [HIGHER.short]
    assert "May be of use to Essex, 70.0%" in text_of(lists[0])
    assert [text_of(li.strong) for li in lists[1].select("li")] == [LOWER.short]
    assert "Ask Essex, 12.0%" in text_of(lists[1])


def test_an_offer_says_its_time_before_its_figures() -> None:
    """So that a reader, and the gate, can tell an official figure from the quarter's own."""
    for item in page().select(".offers li"):
        said = text_of(item)
        assert re.search(r", (?:[\w ]+ 20\d\d|20\d\d-\d\d): [▲▼]", said), said


def test_neighbours_stand_nearest_first_each_with_its_figure_or_symbol() -> None:
    soup = page()
    said = part(soup, "neighbours")
    assert said.index("Slough") < said.index("Peterborough")
    row = soup.select_one("table.beside tbody tr")
    assert "27.1% against its statistical neighbours' 18.0%" in text_of(row)
    assert "Slough 17.5%, Peterborough c (withheld)" in text_of(row)
    # Of several areas' figures the time is said before the first.
    assert re.search(r" 20\d\d(?:-\d\d)?: Slough 17.5%", text_of(row.select_one("details")))
    assert "3.25" not in str(soup) and "3.3" not in str(row)


def test_own_words_only_where_they_may_be_read() -> None:
    assert not page().select("blockquote")
    assert "came" not in part(page(), "explain")
    quote = page(own_words=True).blockquote
    assert str(quote.p) == "<p><strong>Fewer</strong> &lt;b&gt;came&lt;/b&gt;.</p>"


def test_a_withheld_figure_is_a_symbol_and_its_number_nowhere() -> None:
    tables = suppress(make_tables(trends=TRENDS.empty(), messages_quarterly=MESSAGES.empty()))
    soup = page(tables)
    assert soup.select_one("p.big").text.startswith(
        "Luton does not really differ from the region on any measure."
    )
    html = str(soup)
    assert "27.1" not in html and "95.0" not in html and not soup.select("circle.own")
    assert "no figure: c, withheld" in part(soup, "explain")
    # Nor as a dot among others on somebody else's page.
    essex = page(tables, ESSEX)
    assert all(len(strip.select("circle")) == 1 for strip in essex.select("svg.strip"))


def test_an_authority_without_a_return_says_so() -> None:
    tables = make_tables(trends=TRENDS.empty())
    for name in ("comparison_quarterly", "travel_quarterly", "explain", "messages_quarterly"):
        tables[name] = tables[name][tables[name]["area"] != LUTON.code]
    soup = page(tables)
    assert "No return of Luton could be used this quarter." in soup.select_one("p.big").text
    assert "Nothing is asked of Luton this quarter." in part(soup, "explain")
    assert "There is no finding" in soup.text and "No series of Luton" in soup.text


def test_headlines_lead_to_the_rug() -> None:
    soup = page(rug="rug.html#r")
    assert text_of(soup.select_one(".headlines .message")) == "Luton is worse."
    assert soup.select_one(".headlines a")["href"] == f"rug.html#r-{LOWER.id}"
    assert "Why in Luton?" in soup.text


def test_headings_stand_in_order_and_ids_once() -> None:
    soup = page(own_words=True)
    levels = [int(h.name[1]) for h in soup.find_all(["h2", "h3", "h4"])]
    assert levels[0] == 2 and all(b - a <= 1 for a, b in pairwise(levels))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", PROFILE_TABLES)
def test_a_missing_table_is_named(name) -> None:
    tables = make_tables()
    del tables[name]
    with pytest.raises(SchemaError, match=name):
        page(tables)


def test_nothing_is_drawn_as_zero_for_a_missing_figure() -> None:
    tables = make_tables()
    table = tables["comparison_quarterly"]
    gone = table["area"].eq(ESSEX.code)
    table = table.assign(
        value=table["value"].mask(gone, math.nan), status=table["status"].mask(gone, "missing")
    )
    annual = tables["comparison_annual"]
    tables["comparison_annual"] = annual[annual["area"].eq(LUTON.code)]
    soup = page({**tables, "comparison_quarterly": pd.DataFrame(table)})
    assert all(len(strip.select("circle")) == 1 for strip in soup.select("table.standing svg"))
