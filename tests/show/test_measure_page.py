"""The pages of measures: what each is and every authority's series, none of them withheld ones."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from slinb.catalogue.areas import ENGLAND
from slinb.catalogue.measures import load_measures
from slinb.errors import SchemaError
from slinb.schema import PUBLISHED_SERIES, TRENDS
from slinb.show.measure_links import (
    link_measure,
    link_measures,
    list_domains,
    measure_page_stem,
    select_domain,
)
from slinb.show.measure_page import MEASURE_TABLES, measures_html
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

MEASURES = load_measures()
MEASURE = MEASURES["rereferrals_pct"]


def make_years(*values: float, area=LUTON, segments=(), status="final"):
    rows = [
        {
            "area": area.code, "measure": MEASURE.id, "period": f"{2018 + i}-{19 + i}",
            "value": value, "status": status if math.isnan(value) else "final",
            "segment": segments[i] if segments else 0,
        }
        for i, value in enumerate(values)
    ]  # fmt: skip
    return PUBLISHED_SERIES.from_rows(rows)


def make_tables(**more):
    rows = [figure(LUTON, 27.1, "worse"), figure(ESSEX, 12.0, "better")]
    rug = make_comparison([{**row, "measure": MEASURE.id} for row in rows])
    trends = make_trend(RISING, LOWER).assign(measure=MEASURE.id)
    years = make_years(20.1, 21.2, 22.3)
    return {
        "comparison_quarterly": rug, "comparison_annual": rug, "trends": trends,
        "published_series": years, **more,
    }  # fmt: skip


def page(tables=None, **more):
    return read(measures_html(tables or make_tables(), [MEASURE], AREAS, REGION, **more))


def row(soup, name):
    return next(r for r in soup.select("table.series tbody tr") if text_of(r.th) == name)


def test_it_says_what_the_catalogue_says() -> None:
    text = text_of(page())
    for words in (MEASURE.definition, MEASURE.why, MEASURE.caution, MEASURE.definition_source):
        assert " ".join(words.split()) in text
    assert "Lower is better." in text
    assert "Department for Education: Referrals and re-referrals (C1); The authorities'" in text


def test_every_number_can_find_its_measure() -> None:
    """The address of a measure is that of a heading of its domain's page."""
    assert page().select_one("article > h2")["id"] == "measure-rereferrals_pct"
    assert link_measure(MEASURE, "RESTRICTED_") == (
        "RESTRICTED_measures-front-door.html#measure-rereferrals_pct"
    )
    linked = link_measures(MEASURES)
    placed = {m.id for domain in list_domains(MEASURES) for m in select_domain(MEASURES, domain)}
    assert set(linked) == placed
    assert placed >= {m.id for m in MEASURES if m.rug and (m.published or m.quarterly)}
    stems = [measure_page_stem(domain) for domain in list_domains(MEASURES)]
    assert len(set(stems)) == len(stems)


def test_the_finding_names_who_really_differs() -> None:
    assert page().select_one("article .lead").text == (
        "2 authorities really differ from the region: Essex better; Luton worse."
    )


def test_nobody_differs() -> None:
    rug = make_comparison([{**figure(LUTON, 19.0), "measure": MEASURE.id}])
    soup = page(make_tables(comparison_quarterly=rug))
    assert soup.select_one("article .lead").text == "No authority really differs from the region."


def test_every_authority_has_a_row_and_a_link() -> None:
    soup = page(profiles={LUTON.code: "profile-luton.html"})
    names = [text_of(th) for th in soup.select("table.series tbody th")]
    assert names == [area.name for area in EAST]
    assert row(soup, "Luton").a["href"] == "profile-luton.html"
    cells = row(soup, "Luton").select("td")
    assert text_of(cells[0]) == "27.1% ▲▲ worse"
    assert text_of(row(soup, "Thurrock").td) == "– no figure"


def test_each_series_is_drawn_and_its_figures_stand_behind_it() -> None:
    soup = page()
    returns, official = (c.svg["aria-label"] for c in row(soup, "Luton").select("td:has(svg)"))
    assert returns.startswith("Luton: 10.0% in 20")  # over twelve months, as the rug shows
    assert returns.endswith(", 16.0% in 2025-26-Q3")
    assert official == "Luton: 20.1% in 2019, 22.3% in 2021"
    tables = soup.select("table.figures")
    assert [th.text for th in tables[1].select("thead th")] == ["Area", "2019", "2020", "2021"]
    assert [td.text for td in tables[1].select("tbody td")] == ["20.1%", "21.2%", "22.3%"]
    assert len(tables[0].select("tbody td")) == len(RISING)


def test_lines_share_one_scale() -> None:
    """Essex at a level twice Luton's lies higher, though both are flat."""
    years = [make_years(10.0, 10.0), make_years(20.0, 20.0, area=ESSEX)]
    soup = page(make_tables(published_series=pd.concat(years, ignore_index=True)))
    luton, essex = (
        float(row(soup, name).select("td:has(svg)")[-1].circle["cy"]) for name in ("Luton", "Essex")
    )
    assert luton > essex  # further down


def test_a_line_stops_at_a_gap_and_at_a_break() -> None:
    soup = page(make_tables(published_series=make_years(1.0, 2.0, math.nan, 4.0, 5.0)))
    path = row(soup, "Luton").select("td:has(svg)")[-1].select_one("path.line")["d"]
    assert path.count("M") == 2
    cut = make_years(1.0, 2.0, 3.0, 4.0, segments=(0, 0, 1, 1))
    path = row(page(make_tables(published_series=cut)), "Luton").select("td:has(svg)")[-1]
    assert path.select_one("path.line")["d"].count("M") == 2


def test_the_regions_line_lies_behind_the_others() -> None:
    years = [make_years(10.0, 11.0), make_years(12.0, 13.0, area=REGION)]
    soup = page(make_tables(published_series=pd.concat(years, ignore_index=True)))
    uses = soup.select("svg use")
    assert {use["href"][1:] for use in uses} <= {tag["id"] for tag in soup.select("svg.defs [id]")}
    assert not row(soup, "East of England").select("use")
    assert text_of(row(soup, "East of England").select("td")[2]) == "13.0%"


def test_a_withheld_figure_is_c_and_never_drawn() -> None:
    tables = make_tables(trends=TRENDS.empty())
    held = make_years(20.1, math.nan, 22.3, status="suppressed")
    soup = page({**suppress(tables), "published_series": held})
    assert "27.1" not in str(soup)
    assert text_of(row(soup, "Luton").td) == "c withheld"
    assert [td.text for td in soup.select("table.figures tbody td")] == ["20.1%", "c", "22.3%"]


def test_a_number_under_a_status_without_value_is_not_drawn() -> None:
    held = make_years(20.1, -100.0, 22.3)
    held["status"] = ["final", "suppressed", "final"]
    soup = page(make_tables(published_series=held))
    assert "100" not in text_of(soup.select("table.figures")[-1])
    assert row(soup, "Luton").select("td:has(svg)")[-1].select_one("path.line")["d"].count("M") == 2


def test_england_has_a_row_where_it_is_published() -> None:
    soup = page(make_tables(published_series=make_years(24.0, 22.4, area=AREAS[ENGLAND])))
    assert text_of(row(soup, "England").select("td")[2]) == "22.4%"


def test_text_of_the_catalogue_is_escaped() -> None:
    attack = "<script>alert(1)</script>"
    measure = MEASURE.model_copy(update={"why": attack, "definition": attack, "title": attack})
    soup = read(measures_html(make_tables(), [measure], AREAS, REGION))
    assert not soup.find_all("script")


@pytest.mark.parametrize("name", MEASURE_TABLES)
def test_a_missing_table_is_named(name) -> None:
    tables = make_tables()
    del tables[name]
    with pytest.raises(SchemaError, match=name):
        page(tables)
