"""The neglect briefing: what its sentences, charts and tables say, and what they must not."""

from __future__ import annotations

import math
import re

import pandas as pd
import pytest

from slinb.analyse.neglect_history import trace_bands, trace_history
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.catalogue.neglect import load_neglect
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.show.dive_limits import context_html
from slinb.show.neglect import (
    NEGLECT_TABLES,
    SECTIONS,
    NeglectView,
    neglect_html,
    write_neglect_messages,
)
from slinb.show.neglect_limits import limits_html
from slinb.show.neglect_now import now_html
from slinb.show.neglect_published import published_html
from slinb.show.page import PageMarks, page_html
from tests.analyse.neglect_kit import AREAS, QUARTER, REGION, SENDERS, SILENT, make_tables
from tests.analyse.test_neglect_published import TABLE
from tests.show.page_tables import read_table


def open_view(tables: dict[str, pd.DataFrame]) -> NeglectView:
    words = write_neglect_messages(tables["neglect_findings"], load_neglect(), load_areas())
    return NeglectView({**tables, "neglect_messages": words}, AREAS, REGION, QUARTER)


@pytest.fixture(scope="module")
def view() -> NeglectView:
    return open_view(make_tables("restricted"))


@pytest.fixture(scope="module")
def public() -> NeglectView:
    return open_view(make_tables("public"))


@pytest.fixture(scope="module")
def page(view: NeglectView) -> str:
    return "".join(str(neglect_html(view, name)) for name in SECTIONS)


@pytest.fixture(scope="module")
def public_page(public: NeglectView) -> str:
    return "".join(str(neglect_html(public, name)) for name in SECTIONS)


# The published table ---------------------------------------------------------------------------


def test_the_page_prints_the_published_table_cell_for_cell(pack: pd.DataFrame) -> None:
    """field.md 6.2: plans and shares at 31 March 2024, the factor of 2025; dashes and all."""
    areas = load_areas().authorities(REGION.code)
    codes = [area.code for area in [*areas, REGION]]
    tables = {
        "neglect_band": trace_bands(pack, load_measures(), codes),
        "neglect_history": trace_history(pack, load_measures(), codes),
    }
    html = str(published_html(NeglectView(tables, areas, REGION, QUARTER)))
    printed = read_table(html, "Published evidence on neglect")
    for name, plans, *shares in TABLE:
        wanted = [plans, *(f"{s}%" if s.isdigit() else s for s in shares)]
        assert printed[name] == wanted, name
    assert "Essex is lowest on neglect alone (33%), third highest with Multiple (68%)" in html


def test_a_band_that_cannot_be_known_is_marked_in_the_chart(pack: pd.DataFrame) -> None:
    """Norfolk: Multiple is withheld in 2021 to 2024 (D4)."""
    area = load_areas().find("Norfolk")
    assert area is not None
    tables = {
        "neglect_band": trace_bands(pack, load_measures(), [area.code, REGION.code]),
        "neglect_history": trace_history(pack, load_measures(), [area.code, REGION.code]),
    }
    html = str(published_html(NeglectView(tables, [area], REGION, QUARTER)))
    panel = html[html.index(f'id="neglect-years-{area.code}"') :]
    drawing = panel[panel.index("<svg") : panel.index("</svg>")]
    withheld = [
        row.period for row in tables["neglect_band"].itertuples()
        if row.area == area.code and row.window == "open" and row.band_status == "suppressed"
    ]  # fmt: skip
    assert "2023-24" in withheld
    assert len(re.findall(r">c</text>", drawing)) == len(withheld)
    assert "with Multiple unknown" in panel[: panel.index("<svg")]


# Charts ----------------------------------------------------------------------------------------


def test_every_chart_has_a_finding_in_words_and_a_table_behind_it(page: str) -> None:
    charts = re.findall(r'<figure class="panel".*?</figure>', page, re.DOTALL)
    assert len(charts) > 20
    for chart in charts:
        alt = re.search(r'<svg[^>]*aria-label="([^"]+)"', chart)
        assert alt is not None
        assert any(c.isdigit() for c in alt[1]), alt[1]
        assert "<table" in chart
        assert "nan" not in chart.lower()


@pytest.mark.parametrize("name", ["page", "public_page"])
def test_ids_are_unique_and_the_page_is_small(name: str, request: pytest.FixtureRequest) -> None:
    html = request.getfixturevalue(name)
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    marks = PageMarks(REGION.name, QUARTER.label)
    assert len(page_html(html, "Neglect", marks=marks).encode()) < 400_000


def test_no_chart_of_plans_shows_neglect_without_the_band(page: str) -> None:
    for key in ("neglect-share", "neglect-starts", "neglect-band"):
        panel = page[page.index(f'id="{key}"') :]
        panel = panel[: panel.index("</figure>")]
        assert "Multiple" in panel and "alone" in panel


def test_what_nobody_sent_is_not_drawn(view: NeglectView) -> None:
    figures = view.tables["neglect_figures"]
    without = figures[figures["measure"].ne("N13")]
    own = open_view({**make_tables("restricted"), "neglect_figures": without})
    html = str(neglect_html(own, "help"))
    assert 'id="neglect-tool"' not in html
    assert "No authority has sent the practice return" in html
    assert 'id="neglect-tool"' in str(neglect_html(view, "help"))


# Tables against the result tables --------------------------------------------------------------


def test_the_table_of_plans_says_what_the_result_table_says(view: NeglectView) -> None:
    printed = read_table(str(now_html(view)), "Open child protection plans")
    figures = view.tables["neglect_figures"].query(
        "measure == 'N1' and breakdown == '' and unit == '%'"
    )
    for area in SENDERS:
        own = figures[figures["area"].eq(area.code)].set_index("item")
        row = printed[area.name]
        for at, item in ((0, "neglect"), (3, "neglect or multiple")):
            n, of = own.loc[item, ["numerator", "denominator"]]
            assert row[at] == f"{n:,.0f} of {of:,.0f}"
            assert row[at + 1] == f"{math.floor(100 * n / of + 0.5)}%"
    assert printed[SILENT.name][1] == "not sent"


def test_the_matrix_of_categories_adds_up_to_the_plans(view: NeglectView) -> None:
    printed = read_table(str(neglect_html(view, "shift")), f"{REGION.name}: open plans by")
    counted = sum(int(cell.replace(",", "")) for row in printed.values() for cell in row)
    figures = view.tables["neglect_figures"]
    plans = figures.query("measure == 'N2' and item == 'shift'")
    own = plans[plans["area"].eq(REGION.code)]["denominator"].iloc[0]
    assert counted == own


def test_medians_stand_with_the_plans_behind_them(view: NeglectView) -> None:
    printed = read_table(str(neglect_html(view, "duration")), "How long open plans have lasted")
    made = view.tables["neglect_medians"].set_index(["area", "measure", "population"])
    row = made.loc[(SENDERS[0].code, "N4", "neglect")]
    assert printed[SENDERS[0].name][3] == f"{row['n']:.0f}"
    assert printed[SENDERS[0].name][2] == f"{math.floor(10 * row['median'] + 0.5) / 10:.1f}"


def test_the_break_is_said_where_the_series_stands_and_in_the_limits(view: NeglectView) -> None:
    said = "Primary need N1 reads “abuse, neglect and exploitation”"
    assert said in str(now_html(view))
    assert f"April 2025: {said}" in str(limits_html(view))
    before = NeglectView(view.tables, AREAS, REGION, Period.parse("2024-25-Q4"))
    assert said not in str(now_html(before))


def test_every_check_is_told_as_failed_or_as_found_nowhere(view: NeglectView) -> None:
    html = str(limits_html(view))
    for check in load_neglect().checks:
        words = check.words
        assert words in html or f"{words[:1].lower()}{words[1:]}" in html, words


def test_facts_are_dated_and_no_advice(view: NeglectView) -> None:
    html = str(context_html(view))
    for fact in load_neglect().facts:
        assert re.search(r"\b(19|20)\d\d\b", fact.date)
        assert fact.source in html
    assert "No legal advice" in html


# Messages ---------------------------------------------------------------------------------------


def test_five_messages_and_five_questions(view: NeglectView) -> None:
    words = view.tables["neglect_messages"]
    own = words[words["area"].eq(REGION.code)]
    assert own["kind"].value_counts().to_dict() == {"message": 5, "question": 5}
    assert own.loc[own["kind"].eq("question"), "text"].str.endswith("?").all()
    assert not words["text"].str.contains(r"\{|nan|%%|  ").any()


def test_the_first_message_gives_the_band_and_its_unknowns() -> None:
    from tests.analyse.neglect_kit import make_dives

    codes = [a.code for a in load_areas().authorities(REGION.code)]
    findings = make_dives().analyse()["neglect_findings"]
    assert set(findings["area"]) < {*codes, REGION.code}
    text = write_neglect_messages(findings, load_neglect(), load_areas()).iloc[0]["text"]
    assert text.startswith(
        "On 31 March 2024 50% of the region's 3,400 plans were for neglect, and 57% for neglect "
        "or multiple (England 49% and 51%)."
    )


def test_a_withheld_band_is_said_to_be_unknown_and_not_worked_out() -> None:
    """Peterborough, 31 March 2024: 58% neglect, Multiple withheld (field.md 6.2)."""
    from slinb.analyse.dive_scope import Scope
    from slinb.analyse.neglect_findings import choose_neglect_findings
    from slinb.collect.published import load_pack
    from tests.analyse.neglect_kit import _PACK

    area = load_areas().find("Peterborough")
    assert area is not None
    bands = trace_bands(load_pack(_PACK), load_measures(), [area.code, REGION.code])
    empty = make_tables("restricted")["neglect_figures"].iloc[:0]
    scope = Scope("neglect", REGION.code, [area.code], QUARTER)
    found = choose_neglect_findings(empty, bands, load_neglect(), scope)
    words = write_neglect_messages(found, load_neglect(), load_areas())
    own = words[words["area"].eq(area.code) & words["kind"].eq("message")]["text"].tolist()
    assert own[0] == (
        "On 31 March 2024 58% of Peterborough's 277 plans were for neglect; what Multiple adds is "
        "unknown, because the DfE withholds it."
    )


def test_numbers_of_a_message_are_those_of_its_finding(view: NeglectView) -> None:
    found = view.tables["neglect_findings"]
    words = view.tables["neglect_messages"].query("kind == 'message'")
    both = found.merge(words[["area", "order", "text"]], on=["area", "order"])
    shares = both[both["pattern"].isin(["share", "differs", "similar", "against", "tool"])]
    assert len(shares) > 8
    for row in shares.itertuples():
        assert f"{math.floor(row.value + 0.5)}%" in row.text
        assert f"{row.numerator:,.0f} of {row.denominator:,.0f}" in row.text


def test_who_sent_nothing_is_asked_why(view: NeglectView) -> None:
    words = view.tables["neglect_messages"]
    own = words[words["area"].eq(SILENT.code)]
    assert "has sent no counts on neglect" in " ".join(own["text"])


# Editions ----------------------------------------------------------------------------------------


def test_the_public_page_has_no_count_of_an_authority(view: NeglectView, public_page: str) -> None:
    """Every count of a census sender, as the restricted page writes it, is absent."""
    figures = view.tables["neglect_figures"]
    own = figures[figures["area"].isin([a.code for a in SENDERS]) & figures["unit"].eq("%")]
    small = own[own["numerator"].gt(0) & own["denominator"].mod(10).ne(0)]
    written = {f"{n:,.0f} of {d:,.0f}" for n, d in small[["numerator", "denominator"]].to_numpy()}
    assert len(written) > 100
    quarter = public_page[public_page.index('id="neglect-now"') :]
    found = set(re.findall(r"[\d,]+ of [\d,]+", quarter))
    assert not written & found


def test_the_public_page_says_c_and_shows_the_region(public_page: str) -> None:
    printed = read_table(public_page, "Open child protection plans")
    assert printed[SENDERS[0].name][0] == "c"
    counts = re.fullmatch(r"([\d,]+) of ([\d,]+)", printed[REGION.name][0])
    assert counts is not None
    assert all(int(n.replace(",", "")) % 10 == 0 for n in counts.groups())


def test_a_section_that_there_is_not_is_named(view: NeglectView) -> None:
    with pytest.raises(ParameterError, match="has no section “ends”"):
        neglect_html(view, "ends")


def test_the_page_reads_the_tables_it_names(view: NeglectView) -> None:
    only = {name: view.tables[name] for name in NEGLECT_TABLES}
    own = NeglectView(only, AREAS, REGION, QUARTER)
    assert all(str(neglect_html(own, name)) for name in SECTIONS)
