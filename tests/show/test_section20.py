"""The Section 20 briefing: what its sentences, charts and tables say, and what they must not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from slinb.catalogue.areas import load_areas
from slinb.catalogue.section20 import load_section20
from slinb.errors import ParameterError
from slinb.show.dive_limits import context_html
from slinb.show.page import PageMarks, page_html
from slinb.show.section20 import (
    SECTION20_TABLES,
    SECTIONS,
    Section20View,
    section20_html,
    write_section20_messages,
)
from slinb.show.section20_cohorts import cohorts_html
from slinb.show.section20_duration import duration_html
from slinb.show.section20_history import history_html, write_published
from slinb.show.section20_now import now_html
from tests.analyse.section20_kit import (
    AREAS,
    CODES,
    QUARTER,
    REGION,
    SENDERS,
    SILENT,
    Dives,
    make_dives,
    make_tables,
)
from tests.show.page_tables import read_table

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def dives() -> Dives:
    return make_dives()


def open_view(tables: dict[str, pd.DataFrame]) -> Section20View:
    words = write_section20_messages(tables["section20_findings"], load_section20(), load_areas())
    return Section20View({**tables, "section20_messages": words}, AREAS, REGION, QUARTER)


@pytest.fixture(scope="module")
def view() -> Section20View:
    return open_view(make_tables("restricted"))


@pytest.fixture(scope="module")
def public() -> Section20View:
    return open_view(make_tables("public"))


@pytest.fixture(scope="module")
def page(view: Section20View) -> str:
    return "".join(str(section20_html(view, name)) for name in SECTIONS)


# The published history -----------------------------------------------------------------------


def test_central_bedfordshire_2017_is_25_with_and_11_without(pack: pd.DataFrame) -> None:
    """DfE SFR50/2017: 76 of 304 children under Section 20, 47 of them (at most) UASC."""
    from slinb.analyse.section20_history import trace_history

    area = load_areas()["E06000056"]
    history = trace_history(pack, [area.code, REGION.code])
    tables = {"section20_history": history}
    own = Section20View(tables, [area], REGION, QUARTER)
    assert write_published(own, area, 2017) == ("25%", "11%")
    html = str(history_html(own))
    table = read_table(html, "Central Bedfordshire: Section 20, of children in care on 31 March")
    assert table["31 March 2017"] == ["25% (76 of 304)", "11% (29 of 257)"]
    assert table["31 March 2014"] == ["29% (79 of 268)", "c"]
    assert "31 March 2018" not in table
    assert "Nov 2015" in html


def test_a_withheld_year_stands_as_c_in_the_chart(view: Section20View) -> None:
    """Bedford's UASC of 2012 and 2013 are withheld by the DfE."""
    html = str(history_html(view))
    panel = html[html.index('id="s20-stock-E06000055"') :]
    drawing = panel[panel.index("<svg") : panel.index("</svg>")]
    assert len(re.findall(r">c</text>", drawing)) == 2


# Charts --------------------------------------------------------------------------------------


def test_every_chart_has_a_finding_in_words_and_a_table_behind_it(page: str) -> None:
    charts = re.findall(r'<figure class="panel".*?</figure>', page, re.DOTALL)
    assert len(charts) > 25
    for chart in charts:
        alt = re.search(r'<svg[^>]*aria-label="([^"]+)"', chart)
        assert alt is not None
        assert any(c.isdigit() for c in alt[1]), alt[1]
        assert "<table" in chart
        assert "nan" not in chart.lower().replace("finance", "")


def test_ids_are_unique_and_the_page_is_small(page: str) -> None:
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    marks = PageMarks(REGION.name, QUARTER.label)
    assert len(page_html(page, "Section 20", marks=marks).encode()) < 400_000


def test_the_same_tables_give_the_same_page(view: Section20View) -> None:
    assert str(now_html(view)) == str(now_html(view))


def test_small_multiples_share_their_scale(page: str) -> None:
    charts = re.findall(r'id="s20-stock-.*?</svg>', page, re.DOTALL)
    scales = {tuple(re.findall(r">(\d0)</text>", chart)) for chart in charts}
    assert len(charts) == len(AREAS) + 1
    assert len(scales) == 1


def test_the_share_of_the_table_is_that_of_the_counts(view: Section20View, dives: Dives) -> None:
    table = read_table(str(now_html(view)), "Children under Section 20 on the last day")
    rows = dives.counts.query("measure == 'S1' and breakdown == '' and source == 'SSDA903'")
    for area in SENDERS:
        own = rows[rows["area"].eq(area.code)].set_index("population")
        for population, place in (("all", 0), ("not UASC", 3)):
            x, n = own.loc[population, ["numerator", "denominator"]]
            assert table[area.name][place] == f"{x:,.0f} of {n:,.0f}"
            assert table[area.name][place + 1] == f"{100 * x / n:.0f}%"
    assert set(table[SILENT.name]) <= {"not sent", ""}


# What is withheld ----------------------------------------------------------------------------


def test_what_is_withheld_shows_c_and_nothing_else(public: Section20View) -> None:
    html = str(duration_html(public))
    table = read_table(html, "Length of the spell, without UASC")
    rows = public.tables["section20_figures"]
    rows = rows[rows["breakdown"].eq("duration") & rows["population"].eq("not UASC")]
    assert rows["status"].eq("suppressed").any()
    for area in SENDERS:
        own = rows[rows["area"].eq(area.code)]
        hidden = int(own["status"].eq("suppressed").sum())
        assert sum(cell == "c" for cell in table[area.name]) == hidden


def test_a_public_page_draws_no_curve_that_it_cannot(public: Section20View) -> None:
    html = str(cohorts_html(public))
    assert "No regional figure can be given" in html
    assert "s20-cohort-E12000006" not in html
    assert "No curve of" in html


def test_every_section_stands_without_any_return(pack: pd.DataFrame, dives: Dives) -> None:
    empty = Dives(dives.counts[:0], dives.risk[:0], dives.durations[:0]).analyse(pack)
    own = open_view(empty)
    for section in SECTIONS:
        html = str(section20_html(own, section))
        assert "<h2>" in html
        assert ">nan" not in html


# Sentences -----------------------------------------------------------------------------------


def test_every_finding_has_a_message_and_a_question(view: Section20View) -> None:
    words = view.tables["section20_messages"]
    findings = view.tables["section20_findings"]
    assert len(words) == 2 * len(findings)
    assert set(words["area"]) == {REGION.code, *CODES}
    for text in words["text"]:
        assert not re.search(r"nan|None|[{}]|  | ,|\(\)", text), text
    assert words.loc[words["kind"].eq("question"), "text"].str.endswith("?").all()
    assert words.loc[words["kind"].eq("message"), "text"].str.endswith(".").all()


def test_every_number_of_a_sentence_is_of_its_finding(view: Section20View) -> None:
    """Percentages are rounded figures of the row, other numbers its counts, years and months."""
    words = view.tables["section20_messages"]
    findings = view.tables["section20_findings"].set_index(["area", "order"])
    numbers = ["value", "lower", "upper", "benchmark_value", "other", "third", "fourth"]
    fixed = {"20", "12", "6", "18", "31", "99.8", "2015"}
    for row in words.to_dict("records"):
        found = findings.loc[(row["area"], row["order"])]
        known = {f"{found[name]:.0f}" for name in numbers}
        known |= {f"{found['third'] + found['fourth']:.0f}"}
        counts = {f"{found[name]:,.0f}" for name in ("numerator", "denominator", "compared")}
        counts |= {str(len(f"{found['above']} {found['below']}".split()))}
        years = {"20" + period[-2:] for period in (found["period"], found["other_period"])}
        for text in re.findall(r"\d[\d,]*(?:\.\d+)?", row["text"]):
            clean = text.rstrip(",")
            assert clean in known | counts | years | fixed, (clean, row["text"])


@pytest.mark.parametrize("pattern", ["history", "share", "followed", "practice", "nothing_sent"])
def test_the_pages_speak_of_the_main_things(view: Section20View, pattern: str) -> None:
    assert pattern in set(view.tables["section20_messages"]["pattern"])


def test_facts_are_dated_and_give_no_advice(view: Section20View) -> None:
    html = str(context_html(view))
    for words in ("November 2015", "UKSC 37", "18 July 2018", "March 2021", "1 April 2016"):
        assert words in html
    assert not re.search(r"\b(you should|must ensure|we advise|we recommend)\b", html, re.I)


def test_the_notebook_shows_every_section_in_order() -> None:
    notebook = json.loads((ROOT / "notebooks" / "section_20.ipynb").read_text(encoding="utf-8"))
    code = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    assert re.findall(r'show_section20\(opened, "(\w+)"\)', code) == list(SECTIONS)


def test_an_unknown_section_is_refused_by_name(view: Section20View) -> None:
    with pytest.raises(ParameterError, match="no section “neglect”"):
        section20_html(view, "neglect")


def test_the_public_edition_says_that_counts_are_withheld_and_rounded(view: Section20View) -> None:
    """Where every authority's figure is withheld the page says so, twice; else nowhere."""
    figures = view.tables["section20_figures"]
    own = figures["area"].ne(REGION.code)
    hidden = figures.assign(
        # One that could not be read in the return is none of those withheld.
        status=figures["status"].mask(own, "suppressed").mask(own.cumsum().eq(1), "unreadable"),
        **{n: figures[n].mask(own) for n in ("numerator", "denominator", "value")},
    )
    public = Section20View({**view.tables, "section20_figures": hidden}, AREAS, REGION, QUARTER)
    for section in ("now", "limits"):
        said = "withheld as a whole (c), and the region&#39;s are rounded"
        assert said in str(section20_html(public, section))
        assert said not in str(section20_html(view, section))


def test_the_page_reads_the_tables_it_names(view: Section20View) -> None:
    only = {name: view.tables[name] for name in SECTION20_TABLES}
    own = Section20View(only, AREAS, REGION, QUARTER)
    assert all(str(section20_html(own, name)) for name in SECTIONS)
