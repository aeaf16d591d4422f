"""What the gate lets through: harmless numbers, other cells, other periods, real pages."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.gate.folder import Gate, check_folder, open_gate
from slinb.gate.secrets import Secret, find_secrets, list_shown
from tests.gate import kit

BEDFORD = "Bedford, plans for neglect"

QUIET = {
    "withheld": f"<p>{BEDFORD}: c, withheld to protect small numbers.</p>",
    "withheld in a table": kit.table("<b>c<i>withheld</i></b>"),
    "period": f"<p>{BEDFORD}, 12 months to 31 December 2025, Q3 2025-26, quarter 3: c</p>",
    "dates": f"<p>{BEDFORD}: sent on 3 January 2026 and on 2026-01-03, not shown.</p>",
    "a span of months": f"<p>{BEDFORD}: 3 months to December 2025, c.</p>",
    "who was compared": f"<p>{BEDFORD}: one of 3 authorities of 11 without a figure.</p>",
    "authorities in words": f"<p>{BEDFORD}: three of eleven authorities have no figure.</p>",
    "rank": f"<p>{BEDFORD}: ranked 3 of 11; 3rd of 86.</p>",
    "way of speaking": f"<p>{BEDFORD}: seen from three sides, one by one.</p>",
    "benchmark": f"<p>{BEDFORD}: c, against the region's 3.5% (England 3.5%).</p>",
    "benchmark before it": f"<p>{BEDFORD}: c. East of England 3.5%, neighbours 3.5%.</p>",
    "region's column": kit.table("c").replace("41.3%", "3.5%"),
    "neighbour's cell": kit.table("c"),
    "another authority": f"<p>{BEDFORD}: c; Luton 3.5%, Central Bedfordshire 3.5%.</p>",
    "a longer name": "<p>Central Bedfordshire, plans for neglect: 3 of 86.</p>",
    "another measure": "<p>Bedford, plans for neglect or multiple: 3 of 86.</p>",
    "no measure": "<h2>Bedford</h2><p>A team of 3 rang 86 referrers.</p>",
    "another period": kit.table("3.5%", period="30 Jun 2023"),
    "source": f"<p>{BEDFORD}: c. Source: return_2025-26-Q3_bedford.xlsx, Plans, E3:F86, row 3.</p>",
    "a number in a name": "<p>Bedford, assessments in 45 working days: c; plans for neglect: c</p>",
    "drawing": kit.figure("<svg viewBox='0 0 3 86'><path d='M3 86L3 3' stroke-width=3 /></svg>"),
    "ticks": kit.figure(
        "<svg><text x=2 y=90>1</text><text x=2 y=60>2</text><text x=2 y=30>3</text></svg>"
    ),
    "region's column, explained": "<table><tr><th>Area</th><th>Measure</th><th>Period</th>"
    "<th>the region's figure</th></tr><tr><th>Area</th><th>Measure</th><th>Period</th>"
    "<th>Region</th></tr><tr><td>Bedford</td><td>Plans for neglect</td><td>2025-26-Q3</td>"
    "<td>3</td></tr></table>",
    "over-dispersion": "<table><tr><th>Area</th><th>Measure</th><th>Period</th>"
    "<th>Over-dispersion (φ)</th></tr><tr><td>Bedford</td><td>Plans for neglect</td>"
    "<td>2025-26-Q3</td><td>3</td></tr></table>",
    "how many are folded": "<h2>Bedford</h2><h3>Plans for neglect</h3>"
    "<details><summary>3 more measures</summary><p>c</p></details>",
    "a year that ended within the quarter's own": kit.table("3.5%", period="year to 30 June 2025"),
    "a year to September by its id": kit.table("3.5%", period="2025-SEP"),
    "a level of a verdict": f"<p>{BEDFORD}: c, better (95% limits) than the region.</p>",
    "levels of confidence": f"<p>{BEDFORD}: c at the 95% level and the 99.8% level.</p>",
    "definitions": "<h2>Bedford</h2><dl><dt>Plans for neglect</dt><dd>"
    + load_measures()["cp_neglect_pct"].definition + "</dd></dl>",
    "drawing instructions": kit.plotly({"name": "Bedford", "y": [None], "line": {"width": 3}}),
    "script": "<script>for (let i = 0; i < 3; i++) { place(i * 86) }</script>",
    "table of a summary": "<table><tr><th>Authority</th><th>Figures</th></tr>"
    "<tr><th>Bedford</th><td>3</td></tr></table>",
}  # fmt: skip


@pytest.fixture(scope="module")
def gate() -> Gate:
    return kit.open_test_gate()


@pytest.mark.parametrize("content", QUIET.values(), ids=QUIET)
def test_a_quiet_page_passes(content: str, gate: Gate) -> None:
    assert gate.find_leaks("page.html", content) == []


def test_a_quiet_download_passes(gate: Gate) -> None:
    rows = (
        "area,measure,period,numerator,denominator,value,benchmark_value,rank,old_code\n"
        "Bedford,cp_neglect_pct,2025-26-Q3,c,c,c,3.5,3,822\n"
        "Bedford,cp_neglect_pct,2023-24-Q1,86,90,3.5,3.5,3,822\n"
        "Luton,cp_neglect_pct,2025-26-Q3,3,86,3.5,3.5,3,821\n"
    )
    assert gate.find_leaks("rows.csv", rows) == []
    assert gate.find_leaks("book.xlsx", kit.workbook("")) == []


def test_any_figure_in_a_withheld_cell_is_refused(gate: Gate) -> None:
    """Whatever its value: 17 is no secret, but nothing may stand where a figure is withheld."""
    for content in (
        kit.table("17"),
        kit.table("c<p>withheld; about 17</p>"),
        f"<p>{BEDFORD}, withheld: fewer than 17 children.</p>",
    ):
        leaks = gate.find_leaks("page.html", content)
        assert {leak.found for leak in leaks} == {"a figure in a withheld cell"}
        assert kit.open_test_gate(strict=False).find_leaks("page.html", content) == []


@pytest.mark.parametrize("name", ["data.parquet", "page.pdf", "page", "picture.png", "x.zip"])
def test_a_file_of_another_kind_is_refused(name: str, gate: Gate) -> None:
    assert "cannot be read" in gate.find_leaks(name, b"PAR1")[0].found


@pytest.mark.parametrize("name", ["book.xlsx", "rows.json"])
def test_a_damaged_file_is_refused(name: str, gate: Gate) -> None:
    assert "cannot be read" in gate.find_leaks(name, b"PK\x03\x04 damaged")[0].found


def test_a_picture_is_refused(gate: Gate) -> None:
    page = "<img src='data:image/png;base64,iVBORw0KGgo=' alt='A chart'>"
    assert "picture" in gate.find_leaks("page.html", page)[0].found


@pytest.mark.parametrize("decimals", range(5))
def test_a_figure_is_found_at_any_precision(decimals: int, gate: Gate) -> None:
    text = f"<p>{BEDFORD}: {300 / 86:.{decimals}f}%</p>"
    assert {leak.found for leak in gate.find_leaks("page.html", text)} == {"value"}


def test_a_count_is_found_with_thousands_separators() -> None:
    secret = Secret(kit.AREA, "cla_rate", "", "numerator", 1234)
    named = "Bedford, looked-after children per 10,000"
    gate = open_gate([secret], load_areas(), load_measures())
    for number in ("1,234", "1234", "1\u2009234", "1\u00a0234"):
        assert gate.find_leaks("a.html", f"<p>{named}: {number}</p>")
    assert not gate.find_leaks("a.html", f"<p>{named}: 12,345</p>")


def test_the_twin_tables_give_the_secrets() -> None:
    full = pd.DataFrame(
        {
            "area": [kit.AREA] * 2, "measure": [kit.MEASURE] * 2,
            "period": ["2025-26-Q2", "2025-26-Q3"],
            "numerator": [12.0, 3.0], "value": [13.9, 3.488], "change": [1.0, -10.4],
        }
    )  # fmt: skip
    public = full.assign(numerator=[12.0, None], value=[13.9, None], change=[1.0, None])
    found = find_secrets(full, public, {kit.MEASURE: 1})
    assert {(s.period, s.kind, s.number, s.decimals) for s in found} == {
        ("2025-26-Q3", "numerator", 3.0, 1),
        ("2025-26-Q3", "value", 3.488, 1),
        ("2025-26-Q3", "change", -10.4, 1),
    }
    assert find_secrets(full, public.iloc[:1], {}) == find_secrets(full, public, {})


def test_a_published_figure_excuses_what_it_explains() -> None:
    """An official figure of another period may be as large as a secret; a count never is."""
    shown = (Secret(kit.AREA, kit.MEASURE, "2024-25", "value", 3.52, 1),)
    page = f"<h2>{BEDFORD}</h2><p>3.5%</p>"
    assert kit.open_test_gate().find_leaks("a.html", page)
    gate = open_gate(kit.SECRETS, load_areas(), load_measures(), shown=shown)
    assert gate.find_leaks("a.html", page) == []
    assert gate.find_leaks("a.html", page.replace("3.5%", "3 of them"))
    same = (Secret(kit.AREA, kit.MEASURE, kit.PERIOD, "value", 3.52, 1),)
    gate = open_gate(kit.SECRETS, load_areas(), load_measures(), shown=same)
    assert gate.find_leaks("a.html", page)


def test_what_is_shown_is_listed() -> None:
    cell = {"area": ["A"], "measure": ["m"], "period": ["2024-25"]}
    public = pd.DataFrame({**cell, "value": [3.5], "numerator": [None], "rank": [1.0]})
    assert list_shown(public, {"m": 1}, label="own ") == [
        Secret("A", "m", "2024-25", "own value", 3.5, 1)
    ]


def test_a_folder_is_read_with_all_in_it(tmp_path: Path, gate: Gate) -> None:
    (tmp_path / "downloads").mkdir()
    (tmp_path / "index.html").write_text(kit.table("c"), encoding="utf-8")
    row = "area,measure,n\nBedford,cp_neglect_pct,3\n"
    (tmp_path / "downloads" / "rows.csv").write_text(row, encoding="utf-8")
    found = {p.name: len(leaks) for p, leaks in check_folder(tmp_path, gate).items()}
    assert found == {"index.html": 0, "rows.csv": 1}


def test_a_small_count_is_explained_by_its_official_year_alone() -> None:
    """The returns of twelve months to December are the DfE's calendar year, which it publishes."""
    official = [Secret(kit.AREA, kit.MEASURE, "2025-CY", "numerator", 3, 1)]
    given = (load_areas(), load_measures())
    gate = open_gate(kit.SECRETS[:1], *given, shown=official)
    said = "<p>Bedford, plans for neglect, {}: 3 of 90</p>"
    assert gate.find_leaks("page.html", said.format("calendar year 2025")) == []
    for time in ("31 December 2025", "Q3 2025-26", "2025-26", "year to December 2025", "2025"):
        assert gate.find_leaks("page.html", said.format(time)) != [], time
    elsewhere = [replace(official[0], area="E06000032")]
    other = [replace(official[0], number=4)]
    quarter = [replace(official[0], period="2025-26-Q3", kind="stated value")]
    for shown in ((), elsewhere, other, quarter):
        closed = open_gate(kit.SECRETS[:1], *given, shown=shown)
        assert closed.find_leaks("page.html", said.format("calendar year 2025")) != []


def test_the_number_of_sheets_of_an_embedded_workbook_is_no_count() -> None:
    secret = Secret(kit.AREA, kit.MEASURE, kit.PERIOD, "numerator", 1, 0)
    gate = open_gate([secret], load_areas(), load_measures())
    properties = (
        "<Properties><HeadingPairs><vt:vector><vt:variant><vt:lpstr>{}</vt:lpstr></vt:variant>"
        "<vt:variant><vt:i4>1</vt:i4></vt:variant></vt:vector></HeadingPairs></Properties>"
    )
    for words, leaks in (("Worksheets", 0), ("Bedford, plans for neglect", 1)):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("docProps/app.xml", properties.format(words))
            archive.writestr("docProps/core.xml", "<t>Bedford, plans for neglect</t>")
        name = "bedford-plans-for-neglect.xlsx"
        assert len(gate.find_leaks(name, file.getvalue())) == leaks


def test_a_percentage_is_no_rate() -> None:
    secret = Secret(kit.AREA, "cla_starting_rate", kit.PERIOD, "value", 49.8, 1)
    gate = open_gate([secret], load_areas(), load_measures())
    said = "<p>Bedford, children starting to be looked after, 31 December 2025: {}</p>"
    assert gate.find_leaks("page.html", said.format("50% (24 of 48)")) == []
    assert gate.find_leaks("page.html", said.format("49.8")) != []


def test_a_stop_within_a_name_ends_no_sentence() -> None:
    """ "St. Helens": the year before the name holds for what follows it, and the name is whole."""
    helens, wirral = "E08000013", "E08000015"
    secrets = [Secret(a, kit.MEASURE, kit.PERIOD, "value", 96.04, 1) for a in (helens, wirral)]
    shown = [Secret(a, kit.MEASURE, "2024-25", "value", 96.0, 1) for a in (helens, wirral)]
    gate = open_gate(secrets, load_areas(), load_measures(), shown=shown)
    listed = "plans for neglect, 31 Mar 2025: ask Sefton, 97.6%; St. Helens, 96.0%; Wirral, 96.0%"
    assert gate.find_leaks("page.html", f"<ul><li>{listed}</li></ul>") == []
    now = listed.replace("31 Mar 2025", "31 Dec 2025")
    found = gate.find_leaks("page.html", f"<ul><li>{now}</li></ul>")
    assert {leak.area for leak in found} == {helens, wirral}
