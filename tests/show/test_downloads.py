"""Downloads: the page's figures in files, named, explained, safe, the same bytes each time."""

from __future__ import annotations

import csv
import datetime as dt
import math
import zipfile
from typing import Any

import openpyxl
import pandas as pd
import pytest

from slinb import schema
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.errors import ParameterError
from slinb.schema import COMPARISON, EXPLAIN, MESSAGES, NO_VALUE_STATUSES
from slinb.show.download_files import downloads_html, list_downloads, write_downloads
from slinb.show.downloads import DownloadSheet, briefing_downloads, load_download_tables
from slinb.show.formats import REASONS
from slinb.show.page import PageMarks
from tests.show.attacks import FORMULAS, MARKUP
from tests.show.finding_tables import LUTON, read

AREAS, MEASURES = load_areas(), load_measures()
MARKS = PageMarks(
    "East of England",
    "October to December 2025 (Q3 2025-26)",
    edition="Public edition",
    sources=("Department for Education: Children looked after, 2025.",),
)
STAMP = dt.date(2025, 12, 31)
RETURN_PLACE = {"file": "return_luton.xlsx", "sheet": "Front door", "cell": "E8:F8"}
NUMBERS = ("numerator", "denominator", "value", "lower", "upper", "rank", "change_year")


def row(**more: Any) -> dict[str, Any]:
    return {
        "area": LUTON.code, "measure": "rereferrals_pct", "period": "2025-26-Q3",
        "numerator": 312.0, "denominator": 1151.0, "value": 27.10686, "lower": 24.6, "upper": 29.7,
        "status": "provisional", "benchmark": "region", "benchmark_value": 19.44,
        "judgement": "worse", "judgement_998": "similar", "rank": 10.0, "ranked": 11,
        "year_ago": 24.0, "change_year": 3.10686, "table": "quarterly return", **RETURN_PLACE,
        **more,
    }  # fmt: skip


def sheets(*rows: dict[str, Any], edition: str = "public", name: str = "comparison_quarterly"):
    spec = COMPARISON if name.startswith("comparison") else getattr(schema, name.upper())
    return briefing_downloads({name: spec.from_rows(list(rows))}, MEASURES, AREAS, edition=edition)


def write(tmp_path, found: list[DownloadSheet], marks: PageMarks = MARKS):
    return write_downloads(tmp_path, "rug", found, title="The rug", marks=marks, stamp=STAMP)


def read_csv(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def read_book(path, title: str) -> tuple[list[str], list[list[Any]]]:
    """Return the headings and rows of a sheet, found by the heading “Area” in its first column."""
    lines = [[c.value for c in line] for line in openpyxl.load_workbook(path)[title].iter_rows()]
    start = next(i for i, line in enumerate(lines) if line[0] == "Area" and line[1] == "Measure")
    return lines[start], lines[start + 1 :]


def test_a_row_says_its_figures_in_the_measures_decimals(tmp_path) -> None:
    _, table = write(tmp_path, sheets(row()))
    found = read_csv(table)[0]
    expected = {
        "area": "Luton", "area_code": LUTON.code, "measure_id": "rereferrals_pct", "unit": "%",
        "better_when": "lower is better", "numerator": "312", "denominator": "1151",
        "value": "27.1", "benchmark_value": "19.4", "change_year": "3.1", "rank": "10",
        "quarter": MARKS.quarter, "edition": "Public edition",
    }  # fmt: skip
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize("status", list(NO_VALUE_STATUSES))
def test_without_a_figure_its_symbol_stands_and_no_number(tmp_path, status) -> None:
    """Even where a table still carries the numbers: none of them may come out."""
    book, table = write(tmp_path, sheets(row(status=status), edition="restricted"))
    found = read_csv(table)[0]
    symbol = REASONS[status].symbol
    assert [found[name] for name in NUMBERS] == [symbol] * 3 + [""] * 4
    heads, lines = read_book(book, "Figures and comparisons, this q")
    assert lines[0][heads.index("Value")] == symbol
    told = [[c.value for c in line] for line in openpyxl.load_workbook(book)["Read me first"]]
    assert any(line[0] == symbol and REASONS[status].words in line[1] for line in told)


def test_a_zero_is_a_zero(tmp_path) -> None:
    zero = row(numerator=0.0, value=-0.0, rank=math.nan)
    book, table = write(tmp_path, sheets(zero))
    found = read_csv(table)[0]
    assert (found["numerator"], found["value"], found["rank"]) == ("0", "0.0", "")
    heads, lines = read_book(book, "Figures and comparisons, this q")
    assert lines[0][heads.index("Value")] == 0


def test_the_workbook_is_set_for_people(tmp_path) -> None:
    book = openpyxl.load_workbook(write(tmp_path, sheets(row()))[0])
    page = book["Figures and comparisons, this q"]
    assert page.freeze_panes == "C6" and page.auto_filter.ref.startswith("A5:")
    heads = {cell.value: cell.column for cell in page[5]}
    meanings = {c.name: c.meaning for c in COMPARISON.columns}
    assert page.cell(4, heads["Lower 95% limit"]).value == meanings["lower"]
    value = page.cell(6, heads["Value"])
    assert (value.value, value.number_format) == (27.1, "#,##0.0")
    assert page.cell(6, heads["Judgement (95%)"]).fill.fgColor.rgb.endswith("fde4cd")
    told = [cell.value for line in book["Read me first"] for cell in line if cell.value]
    assert {"The rug", "Public edition", *MARKS.sources} <= set(told)
    assert all(column.value for column in page[4])


def test_the_same_input_gives_the_same_bytes(tmp_path) -> None:
    found = sheets(row(), row(status="suppressed"))
    one, two = (write(tmp_path / name, found) for name in ("one", "two"))
    assert [p.read_bytes() for p in one] == [p.read_bytes() for p in two]
    entries = zipfile.ZipFile(one[0]).infolist()
    assert {entry.date_time[:3] for entry in entries} == {(2025, 12, 31)}


def test_a_sample_says_so_on_every_row_and_sheet(tmp_path) -> None:
    marks = PageMarks(MARKS.region, MARKS.quarter, edition="Public edition", sample=True)
    book, table = write(tmp_path, sheets(row()), marks)
    assert "SAMPLE" in read_csv(table)[0]["edition"]
    for page in openpyxl.load_workbook(book):
        assert any("SAMPLE" in str(cell.value) for line in page for cell in line)


def test_the_public_edition_holds_no_place_in_a_return_and_no_own_words() -> None:
    published = row(table="cla", file="cla.csv", sheet="", cell="row 7")
    public = sheets(row(), published)
    cells = [cell.value for line in public[0].rows for cell in line]
    assert "cla.csv" in cells and not set(RETURN_PLACE.values()) & set(cells)
    assert "file" not in [c.name for c in sheets(row())[0].columns]
    assert "file" in [c.name for c in sheets(row(), edition="restricted")[0].columns]
    asked = {"area": LUTON.code, "measure": "rereferrals_pct", "narrative": "Our own words."}
    for edition, there in (("public", False), ("restricted", True)):
        made = sheets(asked, edition=edition, name="explain")[0]
        assert ("narrative" in [c.name for c in made.columns]) == there
        assert ("Our own words." in [c.value for line in made.rows for c in line]) == there


def test_no_text_runs_in_a_spreadsheet(tmp_path) -> None:
    attacks = [*FORMULAS, *MARKUP]
    asked = [{"area": a, "measure": a, "rule": a, "narrative": a} for a in attacks]
    book, table = write(tmp_path, sheets(*asked, edition="restricted", name="explain"))
    for page in openpyxl.load_workbook(book):
        cells = [cell for line in page for cell in line]
        assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
        texts = [c.value for c in cells if isinstance(c.value, str) and len(c.value) > 1]
        assert not [text for text in texts if text.lstrip(' "').startswith(("=", "+", "@", "|"))]
    found = read_csv(table)
    assert len(found) == len(attacks)
    texts = [text for line in found for text in line.values()]
    assert not [text for text in texts if text.lstrip(' "')[:1] in tuple("=+-@|＝＋－＠")]


def test_every_column_is_one_of_its_tables_schema() -> None:
    for spec in load_download_tables().values():
        assert {c.name for c in spec.columns} <= set(spec.find_schema().names)


def test_an_unknown_table_is_refused() -> None:
    with pytest.raises(ParameterError, match="“queries” cannot be downloaded"):
        briefing_downloads({"queries": pd.DataFrame()}, MEASURES, AREAS)


def test_two_tables_have_two_files_and_links_with_their_size(tmp_path) -> None:
    tables = {
        "comparison_annual": COMPARISON.from_rows([row()]),
        "messages_annual": MESSAGES.empty(),
    }
    paths = write(tmp_path / "downloads", briefing_downloads(tables, MEASURES, AREAS))
    names = ["rug.xlsx", "rug-comparison-annual.csv", "rug-messages-annual.csv"]
    assert [p.name for p in paths] == names
    links = read(downloads_html(list_downloads(paths, base=tmp_path))).select("a")
    assert [a["href"] for a in links] == [f"downloads/{name}" for name in names]
    assert all(a.text.endswith(" kB") for a in links)
    assert str(downloads_html([])) == ""


def test_explain_has_no_empty_table_trouble(tmp_path) -> None:
    book, table = write(tmp_path, briefing_downloads({"explain": EXPLAIN.empty()}, MEASURES, AREAS))
    assert read_csv(table) == [] and book.exists()
