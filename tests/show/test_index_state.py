"""The state of a region on the index: counts as in the tables, changes named, nothing missing."""

from __future__ import annotations

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from slinb.errors import SchemaError
from slinb.schema import CHANGES, EXPLAIN
from slinb.show.index import BriefingLink, QuarterLink, index_html
from slinb.show.index_state import INDEX_TABLES, IndexState, state_html
from slinb.show.page import PageMarks
from tests.show.finding_tables import (
    EAST,
    ESSEX,
    HIGHER,
    LOWER,
    LUTON,
    QUARTER,
    REGION,
    make_comparison,
    make_trend,
    text_of,
)
from tests.show.profile_tables import MEASURES, RISING, figure

MARKS = PageMarks(region=REGION.name, quarter=QUARTER.label)


def change(area, measure, kind, now, before):
    return {
        "area": area.code, "measure": measure.id, "period": QUARTER.id, "change": kind,
        "judgement": now, "judgement_before": before,
    }  # fmt: skip


def make_state(**more) -> IndexState:
    rug = pd.concat(
        [
            make_comparison([figure(LUTON, 27.1, "worse"), figure(ESSEX, 12.0, "better")], LOWER),
            make_comparison([figure(LUTON, 95.0, "better"), figure(ESSEX, 70.0)], HIGHER),
        ],
        ignore_index=True,
    )
    tables = {
        "comparison_quarterly": rug,
        "changes_quarterly": CHANGES.from_rows(
            [
                change(LUTON, LOWER, "new", "worse", "similar"),
                change(ESSEX, LOWER, "turned", "better", "worse"),
                change(ESSEX, HIGHER, "ended", "similar", "worse"),
            ]
        ),
        "trends": make_trend(RISING),
        "explain": EXPLAIN.from_rows(
            [{"area": LUTON.code, "measure": LOWER.id, "rule": "outside_998", "priority": 1}]
        ),
        **more,
    }
    return IndexState(tables, MEASURES, EAST, REGION, prefix="RESTRICTED_")


def read(state: IndexState) -> BeautifulSoup:
    return BeautifulSoup(state_html(state), "html.parser")


def test_the_finding_counts_what_the_tables_hold() -> None:
    assert read(make_state()).select_one("p.big").text == (
        "3 of 4 figures really differ from the region. Since last quarter 2 differences began and "
        "1 ended; 1 series shows a new signal."
    )


def test_each_change_stands_under_what_it_means() -> None:
    told = {div.dt.text: text_of(div.dd) for div in read(make_state()).select(".changed > div")}
    assert told == {
        "Newly worse": "re-referrals within 12 months (Luton)",
        "Newly better": "re-referrals within 12 months (Essex)",
        "No longer worse": "visits on time (Essex)",
    }


def test_each_authority_has_its_counts_and_the_way_to_its_page() -> None:
    rows = read(make_state()).select("table.authorities tbody tr")
    assert [r.th.text for r in rows] == [area.name for area in EAST]
    luton = next(r for r in rows if r.th.text == "Luton")
    # worse, better, new, ended, new signals, to explain
    assert [td.text for td in luton.select("td")] == ["1", "1", "1", "0", "1", "1"]
    # On a phone the headings are gone, and each count says what it counts.
    assert [td["data-label"] for td in luton.select("td")] == [
        *("worse", "better", "new", "ended", "new signals", "to explain"),
    ]
    assert luton.a["href"] == "RESTRICTED_authority-profile-luton.html"
    thurrock = next(r for r in rows if r.th.text == "Thurrock")
    assert {td.text for td in thurrock.select("td")} == {"–"}  # sent nothing: never a zero


def test_without_a_change_it_says_so() -> None:
    soup = read(make_state(changes_quarterly=CHANGES.empty()))
    assert "No real difference began or ended." in soup.text


def test_without_returns_it_says_so() -> None:
    empty = make_state().tables["comparison_quarterly"].iloc[:0]
    soup = read(make_state(comparison_quarterly=empty))
    assert soup.select_one("p.big").text.startswith("No figure of this quarter's returns")


@pytest.mark.parametrize("name", INDEX_TABLES)
def test_a_missing_table_is_named(name: str) -> None:
    state = make_state()
    tables = {key: table for key, table in state.tables.items() if key != name}
    with pytest.raises(SchemaError, match=name):
        state_html(IndexState(tables, MEASURES, EAST, REGION))


def test_the_index_names_each_authority_once_and_lists_all_quarters() -> None:
    links = [
        BriefingLink("Headlines", "RESTRICTED_headlines.html", "Five messages."),
        BriefingLink("Luton", "RESTRICTED_authority-profile-luton.html", "", "Each authority"),
        BriefingLink("Front door", "RESTRICTED_measures-front-door.html", "", "Measures"),
    ]
    html = index_html(
        QUARTER,
        links,
        marks=MARKS,
        quarters=[QuarterLink("Q2", "../2025-26-Q2-restricted/RESTRICTED_index.html")],
        state=make_state(),
    )
    soup = BeautifulSoup(html, "html.parser")
    hrefs = [a["href"] for a in soup.select("main a")]
    assert hrefs.count("RESTRICTED_authority-profile-luton.html") == 1
    assert {"RESTRICTED_headlines.html", "RESTRICTED_measures-front-door.html"} <= set(hrefs)
    quarters = soup.find("h2", string="All quarters").find_next("ul")
    assert quarters.select_one("[aria-current=page]").text == f"{QUARTER.label} (this page)"
    assert [a.text for a in quarters.select("a")] == ["Q2"]
    assert not [h for h in hrefs if h.startswith(("/", "file:", "http"))]  # a static site
