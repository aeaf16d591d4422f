"""The rug: a real table, colour only where judged, every cell a sentence."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from slinb.catalogue.areas import ENGLAND
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError, SchemaError
from slinb.schema import COMPARISON, FIRMNESS
from slinb.show.formats import polarity_phrase
from slinb.show.rug import RugExtras, rug_html
from slinb.show.rug_rows import write_lean
from slinb.show.sentences import cell_sentence
from slinb.show.sparkline import spark_line
from tests.show.show_tables import (
    REGION,
    make_areas,
    make_comparison,
    make_measure,
    make_measures,
    make_region,
    make_row,
)

GOLDEN = Path(__file__).parent / "golden" / "small_rug.html"
AREAS = make_areas()
TWO = [area for area in AREAS if area.name in ("Bedford", "Luton")]
JUDGED = {"b1", "b2", "w1", "w2", "n1", "n2"}


def draw(*rows: dict, **settings: object) -> BeautifulSoup:
    """Draw re-referrals of Bedford and Luton."""
    table = COMPARISON.from_rows(list(rows))
    settings = {"title": "Small", **settings}
    return BeautifulSoup(rug_html(table, [make_measure()], TWO, **settings), "html.parser")


def cells(soup: BeautifulSoup | Tag) -> list[Tag]:
    return [td for td in soup.select("tbody td:not(.o)") if td.find("details")]


def value(cell: Tag) -> str:
    """What a cell shows first: its figure or the symbol of a reason."""
    return str(next(cell.b.strings))


def test_it_is_a_table_with_headings_for_columns_rows_and_groups(rug: BeautifulSoup) -> None:
    heads = rug.select(".rug-scroll thead th")
    assert [h.find(class_="vh").text if h.find(class_="vh") else h.text for h in heads] == [
        *("Measure", "Period", "England", "East of England"),
        *(area.name for area in AREAS),
    ]
    assert {h["scope"] for h in heads} == {"col"}
    assert (
        rug.select_one(".rug-scroll caption").text
        == "The rug, each authority compared with the region"
    )
    groups = rug.select('th[scope="rowgroup"]')
    assert [g.text for g in groups] == list(dict.fromkeys(m.domain for m in make_measures()))
    assert all(int(g["colspan"]) == len(heads) for g in groups)
    rows = rug.select('.rug-scroll th[scope="row"]')
    assert [r.a.text for r in rows] == [m.short for m in make_measures()]


def test_every_row_says_unit_and_polarity_and_links_to_its_definition(rug: BeautifulSoup) -> None:
    heads = rug.select('.rug-scroll th[scope="row"]')
    for head, measure in zip(heads, make_measures(), strict=True):
        assert head.small.text == f"{measure.unit}, {polarity_phrase(measure)}"
        target = rug.find(id=head.a["href"].removeprefix("#"))
        assert target.text == measure.title
        assert measure.definition in target.find_next("dd").text


def test_every_cell_carries_its_sentence(rug: BeautifulSoup) -> None:
    comparison = make_comparison()
    regional = comparison[comparison["benchmark"] == "region"]
    by_key = {(r["area"], r["measure"]): r for r in regional.to_dict("records")}
    expected = [
        cell_sentence(by_key[area.code, measure.id], measure, area)
        for measure in make_measures()
        for area in AREAS
    ]
    assert [cell.summary.text for cell in cells(rug)] == expected
    assert len(expected) == 341


def test_what_is_seen_is_not_read_a_second_time(rug: BeautifulSoup) -> None:
    for cell in cells(rug):
        seen = [child for child in cell.children if child.name != "details"]
        assert all(child["aria-hidden"] == "true" for child in seen)


def test_colour_only_where_the_difference_is_real(rug: BeautifulSoup) -> None:
    comparison = make_comparison()
    regional = comparison[comparison["benchmark"] == "region"]
    by_key = {(r["area"], r["measure"]): r for r in regional.to_dict("records")}
    found = iter(cells(rug))
    seen = set()
    for measure in make_measures():
        for area in AREAS:
            row, cell = by_key[area.code, measure.id], next(found)
            colours = set(cell.get("class", [])) & JUDGED
            judged = row["judgement"] in ("better", "worse", "higher", "lower")
            assert bool(colours) == judged
            seen |= colours
            if not judged:
                assert not re.search("[▲▼]|better|worse", cell.b.text)
                continue
            # Never colour alone: arrows for side and level, a word for the judgement.
            assert cell.i.text.split()[-1] == row["judgement"]
            assert len(cell.i.b.text) == (2 if row["judgement_998"] == row["judgement"] else 1)
            side = "▲" if row["value"] > row["benchmark_value"] else "▼"
            assert set(cell.i.b.text) == {side}
    assert seen == JUDGED


def test_no_verdict_is_shown_without_polarity(rug: BeautifulSoup) -> None:
    rows = rug.select(".rug-scroll tbody tr:not(.domain)")
    for row, measure in zip(rows, make_measures(), strict=True):
        colours = {c for cell in cells(row) for c in cell.get("class", [])} & JUDGED
        allowed = {"n1", "n2"} if measure.polarity == "none" else {"b1", "b2", "w1", "w2"}
        assert colours <= allowed


def test_the_count_under_the_title(rug: BeautifulSoup) -> None:
    comparison = make_comparison()
    regional = comparison[comparison["benchmark"] == "region"]
    compared = regional[regional["judgement"] != "not compared"]
    differ = compared[compared["judgement"] != "similar"]
    words = rug.find(class_="rug-count").text
    assert words.startswith(f"{len(differ)} of {len(compared)} figures really differ")
    strong = (differ["judgement_998"] == differ["judgement"]).sum()
    assert f"{strong} of them at the 99.8% level" in words
    assert "8 of 341 cells have no figure" in words


@pytest.mark.parametrize(
    ("status", "symbol", "word"),
    [
        ("suppressed", "c", "withheld"),
        ("not_available", "x", "not available"),
        ("not_applicable", "z", "not applicable"),
        ("missing", "–", "not sent"),
        ("unreadable", "?", "unreadable"),
    ],
)
def test_a_missing_figure_shows_its_symbol_and_reason(status: str, symbol: str, word: str) -> None:
    soup = draw(make_row(status=status, value=math.nan, judgement="not compared"))
    luton = cells(soup)[1]
    assert (value(luton), luton.i.text, luton["class"]) == (symbol, word, ["x"])
    assert any(li.text.startswith(symbol) for li in soup.select(".rug-help li"))


def test_a_cell_without_a_row_says_that_nothing_was_sent() -> None:
    bedford, luton = cells(draw(make_row()))
    assert bedford.summary.text == "Bedford, re-referrals within 12 months, no figure: not sent."
    assert value(luton) == "27.1%"


def test_zero_is_a_figure() -> None:
    luton = cells(draw(make_row(value=0.0, numerator=0.0, judgement="similar")))[1]
    assert value(luton) == "0.0%"


def test_a_provisional_figure_says_so() -> None:
    soup = draw(make_row(status="provisional"), make_row(area=TWO[0].code))
    assert value(cells(soup)[1]) == "27.1%\N{NO-BREAK SPACE}p"
    assert "provisional: may still change" in soup.find(class_="rug-help").text


def test_what_every_figure_is_stands_once_in_the_key() -> None:
    rows = [make_row(area=area.code, status="provisional") for area in TWO]
    soup = draw(*rows)
    assert [value(cell) for cell in cells(soup)] == ["27.1%", "27.1%"]
    said = "The figures of the authorities are provisional: they may still change"
    assert f"{said}." in soup.find(class_="rug-key").text
    assert "provisional" not in soup.find(class_="rug-help").text
    assert all("provisional" in cell.summary.text for cell in cells(soup))
    assert "provisional" not in draw(*(make_row(area=area.code) for area in TWO)).text
    third = next(area for area in AREAS if area.name == "Norfolk")
    rows.append(make_row(area=third.code, status="estimated"))
    html = rug_html(COMPARISON.from_rows(rows), [make_measure()], [*TWO, third], title="Three")
    mixed = BeautifulSoup(html, "html.parser")
    assert [value(cell) for cell in cells(mixed)] == ["27.1%", "27.1%", "27.1%\N{NO-BREAK SPACE}e"]
    assert f"{said}; one marked “e” is estimated." in mixed.find(class_="rug-key").text


def test_ranks_stand_beside_values_on_request() -> None:
    """The script writes them from the details; without it a rug can be made with them."""
    soup = draw(make_row())
    assert cells(soup)[1].b.small is None and "Rank: 10 of 11, D" in cells(soup)[1].p.text
    assert soup.find(class_="rug-ranks").has_attr("hidden")
    opened = draw(make_row(), show_ranks=True)
    assert cells(opened)[1].b.small.text == "10 of 11 · D"
    assert opened.find(class_="rug-ranks").input.has_attr("checked")
    assert not opened.find(class_="rug-ranks").has_attr("hidden")


def test_an_older_benchmark_says_its_period() -> None:
    """England sends no return: its figure in a quarterly rug is the latest published."""
    older = make_row(benchmark="england", benchmark_value=22.6, benchmark_period="2024-25")
    soup = draw(older, make_row(benchmark_period="2025-26-Q3"))
    assert [td.text for td in soup.select("td.o")] == ["22.6%Year to Mar 2025", "19.4%"]
    compared = draw(older, benchmark="england")
    assert "than England's 22.6% (year to 31 March 2025), lower" in cells(compared)[1].summary.text


def test_what_a_whole_row_shares_is_said_once() -> None:
    shared = {"file": "c1.csv", "note": "Worked out from the counts."}
    soup = draw(make_row(**shared), make_row(area="E06000055", cell="E13", **shared))
    assert "Figures: c1.csv. Worked out from the counts." in soup.dl.text
    assert [cell.p.text.split("Source: ")[1] for cell in cells(soup)] == [
        "Front door, E13",
        "Front door, E12",
    ]
    assert "Worked out" not in soup.select_one(".rug-scroll").text
    apart = draw(make_row(**shared), make_row(area="E06000055", file="d2.csv"))
    table = apart.select_one(".rug-scroll").text
    assert "Source: c1.csv, Front door, E12" in table and "Worked out" in table


def test_the_reason_for_no_judgement_stands_with_the_definition() -> None:
    words = {"polarity": "none", "polarity_words": "no judgement: counted differently everywhere"}
    html = rug_html(
        COMPARISON.from_rows([make_row(judgement="higher")]),
        [make_measure(**words)],
        TWO,
        title="t",
    )
    soup = BeautifulSoup(html, "html.parser")
    assert soup.select_one('.rug-scroll th[scope="row"] small').text == "%, no judgement"
    assert "counted differently" not in soup.select_one(".rug-scroll").text
    assert "No judgement: counted differently everywhere." in soup.dl.text


def test_england_and_region_come_from_their_own_rows_or_as_benchmarks() -> None:
    lent = [make_row(benchmark="england", benchmark_value=22.6), make_row()]
    assert [td.text for td in draw(*lent).select("td.o")] == ["22.6%", "19.4%"]
    own = [
        make_row(area=ENGLAND, value=22.4, judgement="not compared"),
        make_row(area=REGION, value=19.3, judgement="not compared"),
    ]
    soup = draw(*lent, *own, region=make_region())
    assert [td.text for td in soup.select("td.o")] == ["22.4%", "19.3%"]
    assert [td.text for td in draw().select("td.o")] == ["–", "–"]


def test_each_measure_shows_its_latest_period_and_that_period_alone() -> None:
    old = make_row(period="2025-26-Q2", value=11.1)
    bedford = make_row(area="E06000055", period="2025-26-Q2", value=14.4)
    soup = draw(old, make_row(), bedford)
    assert [value(c) for c in cells(soup)] == ["–", "27.1%"]
    assert soup.find(class_="p").text == "Year to Dec 2025"
    chosen = draw(old, make_row(), bedford, period=Period.parse("2025-26-Q2"))
    assert [value(c) for c in cells(chosen)] == ["14.4%", "11.1%"]


def test_the_benchmark_can_be_chosen() -> None:
    rows = [make_row(), make_row(benchmark="neighbours", benchmark_value=30.0, judgement="similar")]
    soup = draw(*rows, benchmark="neighbours")
    assert "similar to its statistical neighbours' 30.0%" in cells(soup)[1].summary.text
    assert "compared with its statistical neighbours" in soup.select_one(".rug-scroll caption").text
    assert [td.text for td in soup.select("td.o")] == ["–", "19.4%"]


def test_wrong_input_is_refused() -> None:
    with pytest.raises(ParameterError, match="no benchmark"):
        draw(make_row(), benchmark="moon")
    with pytest.raises(SchemaError, match="missing columns"):
        rug_html(make_comparison().drop(columns="judgement"), [], [], title="t")


def test_peoples_text_is_escaped_wherever_it_stands() -> None:
    attack = '</p><script>alert(1)</script><img src=x onerror="alert(1)">'
    html = rug_html(
        COMPARISON.from_rows([make_row(note=attack, file=attack)]),
        [make_measure(why=attack, definition=attack, caution=attack)],
        TWO,
        title=attack,
        region=make_region(),
    )
    soup = BeautifulSoup(html, "html.parser")
    assert not soup.find_all(["script", "img"])
    assert not [t for t in soup.find_all(True) if any(a.startswith("on") for a in t.attrs)]


def test_an_areas_name_cannot_leave_the_style_element() -> None:
    from dataclasses import replace

    attack = replace(TWO[0], name='Bad"}</style><script>alert(1)</script>')
    html = rug_html(COMPARISON.from_rows([make_row()]), [make_measure()], [attack], title="t")
    assert not BeautifulSoup(html, "html.parser").find("script")


def test_two_rugs_on_a_page_share_no_id() -> None:
    ids = [{tag["id"] for tag in draw(make_row(), key=key).find_all(id=True)} for key in ("a", "b")]
    assert ids[0] and not ids[0] & ids[1]


def test_the_same_tables_give_the_same_bytes() -> None:
    settings = {"title": "t", "region": make_region()}
    first = rug_html(make_comparison(), make_measures(), AREAS, **settings)
    shuffled = make_comparison().sample(frac=1, random_state=1)
    assert rug_html(shuffled, make_measures(), AREAS, **settings) == first


def test_small_rug_is_as_agreed() -> None:
    """The markup of one row, whole. Set SLINB_UPDATE_GOLDEN to accept a change on purpose."""
    soup = draw(
        make_row(),
        make_row(area="E06000055", value=math.nan, status="suppressed", judgement="not compared"),
        make_row(benchmark="england", benchmark_value=22.6),
        region=make_region(),
    )
    found = soup.select_one(".rug-scroll table").prettify()
    if os.environ.get("SLINB_UPDATE_GOLDEN"):
        GOLDEN.write_text(found, encoding="utf-8", newline="\n")
    assert found == GOLDEN.read_text(encoding="utf-8")


def test_each_part_can_be_reached_by_a_link(rug: BeautifulSoup) -> None:
    links = rug.select("nav a")
    assert [a.text for a in links] == list(dict.fromkeys(m.domain for m in make_measures()))
    assert [rug.find(id=a["href"][1:]).text for a in links] == [a.text for a in links]
    assert draw(make_row()).find("nav") is None


def test_a_narrow_heading_is_short_and_the_whole_name_is_heard() -> None:
    html = rug_html(make_comparison(), make_measures()[:1], AREAS, title="t")
    heads = BeautifulSoup(html, "html.parser").select(".rug-scroll thead th")[4:]
    seen = {h.find(class_="vh").text: h.span.text for h in heads if h.find(class_="vh")}
    assert seen["Cambridgeshire"] == "Cambs" and seen["Central Bedfordshire"] == "Central Beds"
    assert seen["Southend-on-Sea"] == "Southend"
    assert seen["Peterborough"] == "Peter\N{SOFT HYPHEN}borough"
    for head in heads:  # no word that a column cannot hold
        shown = head.span.text if head.find(class_="vh") else head.text
        parts = shown.replace("\N{SOFT HYPHEN}", " ").split()
        assert max(map(len, parts)) <= 9
        assert not head.find(class_="vh") or head.span["aria-hidden"] == "true"


def lacking(status: str, number: int) -> list[dict]:
    """Bedford without a figure of this status, Luton compared with so many authorities."""
    bedford = make_row(area="E06000055", status=status, value=math.nan, judgement="")
    return [{**row, "benchmark_n": number} for row in (bedford, make_row())]


def test_the_regions_figure_names_who_is_missing_from_it() -> None:
    soup = draw(*lacking("quarantined", 1), region=make_region())
    cell = soup.select("td.o")[1]
    assert cell.b.text == "19.4%1 of 2" and cell.b["aria-hidden"] == "true"
    assert cell.summary.text == (
        "East of England, re-referrals within 12 months, 19.4%, 1 of 2 authorities, without "
        "Bedford (queried)."
    )


def draw_three(*rows: dict) -> str:
    """What the region's cell says of Bedford, Luton and Thurrock."""
    three = [*TWO, next(a for a in AREAS if a.name == "Thurrock")]
    table = COMPARISON.from_rows(list(rows))
    html = rug_html(table, [make_measure()], three, title="t", region=make_region())
    return BeautifulSoup(html, "html.parser").select("td.o")[1].summary.text


def test_a_suppressed_figure_is_not_said_to_be_missing_from_the_region() -> None:
    """The region's own rounded count holds it: Thurrock, which sent nothing, is missing."""
    said = draw_three(*lacking("suppressed", 2))
    assert said.endswith("2 of 3 authorities, without Thurrock (not sent).")


def test_who_is_missing_is_not_guessed() -> None:
    """Where the counts do not tell who is missing, only how many are there is said."""
    assert draw_three(*lacking("missing", 2)).endswith("19.4%, 2 of 3 authorities.")


@pytest.mark.parametrize("number", [0, 2])
def test_a_complete_or_published_region_has_nothing_to_open(number: int) -> None:
    soup = draw(*lacking("suppressed", number), region=make_region())
    assert soup.select("td.o")[1].text == "19.4%" and not soup.select("td.o details")


def test_a_finding_that_depends_on_the_comparison_says_so() -> None:
    rows = [make_row(), make_row(area="E06000055")]
    told = {"area": "E06000032", "measure": make_measure().id}
    loose = FIRMNESS.from_rows([{**told, "firmness": "depends on the comparison"}])
    soup = draw(*rows, extras=RugExtras(firmness=loose))
    bedford, luton = cells(soup)
    assert "d" in luton["class"] and "Depends on the comparison" in luton.p.text
    assert "d" not in bedford["class"] and "Depends" not in bedford.p.text
    assert "1 hold whichever" in soup.find(class_="rug-count").text
    assert soup.find(class_="rug-firm").input["type"] == "checkbox"
    assert draw(*rows).find(class_="rug-firm") is None


def test_each_row_has_its_line_and_leads_to_its_measures_page() -> None:
    measure = make_measure()
    line = spark_line([1.0, 2.0], alt="the region from 1% to 2%")
    more = RugExtras(sparks={measure.id: line}, measures={measure.id: "measures.html#m"})
    soup = draw(make_row(), extras=more)
    assert soup.select_one("td.p svg")["aria-label"] == "the region from 1% to 2%"
    assert soup.select_one(".rug-scroll tbody th a")["href"] == "measures.html#m"
    assert measure.definition in soup.dl.text  # the page can be sent alone


def test_the_map_counts_what_the_columns_say(rug: BeautifulSoup) -> None:
    rows = rug.select(".rug-scroll tbody tr:not(.domain)")
    for column, area in enumerate(AREAS):
        shown = [row.select("td:not(.p, .o)")[column] for row in rows]
        words = [cell.b.i.text.split()[-1] for cell in shown if cell.b.i and cell.b.i.b]
        expected = f"{area.name} {words.count('worse')} worse, {words.count('better')} better"
        assert expected in rug.select_one(".hexmap svg")["aria-label"]


def test_the_map_leads_to_each_authority() -> None:
    more = RugExtras(profiles={"E06000032": "authority-profile-luton.html"})
    links = draw(make_row(), extras=more).select(".hexmap svg a")
    assert [a["href"] for a in links] == ["authority-profile-luton.html"]


def test_tools_that_need_the_script_are_not_seen_without_it(rug: BeautifulSoup) -> None:
    for tool in (".rug-find", ".rug-pick", ".rug-ranks"):
        assert rug.select_one(tool).has_attr("hidden")


def test_a_quotation_mark_in_a_sentence_ends_nothing() -> None:
    assert write_lean('a\'s "b" <i>&') == 'a\'s "b" &lt;i&gt;&amp;'
