"""The page of a measure: what it is and every authority's figure, none of them withheld ones."""

from __future__ import annotations

import math

import pytest

from slinb.catalogue.measures import load_measures
from slinb.errors import SchemaError
from slinb.schema import TRENDS
from slinb.show.measure_page import MEASURE_TABLES, measure_html
from tests.show.finding_tables import (
    AREAS,
    EAST,
    ESSEX,
    LOWER,
    LUTON,
    REGION,
    make_comparison,
    make_trend,
    read,
    text_of,
)
from tests.show.profile_tables import RISING, figure, suppress

MEASURE = load_measures()["rereferrals_pct"]


def make_tables(**more):
    rows = [figure(LUTON, 27.1, "worse"), figure(ESSEX, 12.0, "better")]
    rug = make_comparison([{**row, "measure": MEASURE.id} for row in rows])
    trends = make_trend(RISING, LOWER).assign(measure=MEASURE.id)
    return {"comparison_quarterly": rug, "comparison_annual": rug, "trends": trends, **more}


def page(tables=None, **more):
    return read(measure_html(tables or make_tables(), MEASURE, AREAS, REGION, **more))


def test_it_says_what_the_catalogue_says() -> None:
    text = text_of(page())
    for words in (MEASURE.definition, MEASURE.why, MEASURE.caution, MEASURE.definition_source):
        assert " ".join(words.split()) in text
    assert "Lower is better." in text
    assert "Department for Education: Referrals and re-referrals (C1); The authorities'" in text


def test_the_finding_names_who_really_differs() -> None:
    assert page().select_one("p.big").text == (
        "2 authorities really differ from the region: Essex better; Luton worse."
    )


def test_every_authority_has_a_row_and_a_hexagon() -> None:
    soup = page(profiles={LUTON.code: "profile-luton.html"})
    assert [text_of(th) for th in soup.select("table.stack tbody th")][: len(EAST)] == [
        area.name for area in EAST
    ]
    assert len(soup.select("polygon")) == len(EAST)
    link = soup.select_one(".hexmap a")
    assert (link["href"], link["aria-label"]) == ("profile-luton.html", "Luton: 27.1%, ▲▲ worse")


def test_every_series_is_drawn() -> None:
    panels = page().select(".panel")
    assert len(panels) == 1 and "Luton" in text_of(panels[0].h3)
    assert not page(make_tables(trends=TRENDS.empty())).select(".panel")


def test_a_withheld_figure_is_c_on_the_map_and_in_the_table() -> None:
    soup = page(suppress(make_tables(trends=TRENDS.empty())))
    assert "27.1" not in str(soup)
    assert "Luton c withheld" in soup.select_one(".hexmap svg")["aria-label"]
    assert soup.select_one("p.big").text.endswith("Essex better.")


def test_without_returns_the_map_shows_official_figures() -> None:
    tables = make_tables()
    empty = tables["comparison_quarterly"].iloc[:0]
    soup = page({**tables, "comparison_quarterly": empty})
    assert text_of(soup.select_one(".hexmap h3")).endswith("latest official figures")


def test_nobody_differs() -> None:
    rug = make_comparison([{**figure(LUTON, 19.0), "measure": MEASURE.id}])
    soup = page(make_tables(comparison_quarterly=rug))
    assert soup.select_one("p.big").text == "No authority really differs from the region."


def test_a_missing_figure_is_not_drawn_as_zero() -> None:
    rug = make_comparison([{**figure(LUTON, math.nan), "status": "missing", "measure": MEASURE.id}])
    alt = page(make_tables(comparison_quarterly=rug)).select_one(".hexmap svg")["aria-label"]
    assert "Luton – not sent" in alt and " 0" not in alt


@pytest.mark.parametrize("name", MEASURE_TABLES)
def test_a_missing_table_is_named(name) -> None:
    tables = make_tables()
    del tables[name]
    with pytest.raises(SchemaError, match=name):
        page(tables)
