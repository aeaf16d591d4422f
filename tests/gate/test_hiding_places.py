"""One planted leak for each place where a protected figure may hide; the gate finds it.

Each plant names the code path that finds it. With that path taken out the plant is missed: so
each test here can fail, and no plant is found by accident of another path.
"""

from __future__ import annotations

import base64
import json
import struct
from typing import Any, NamedTuple

import pytest

from slinb.gate import drawing, encoded, files, page, page_table, structured, workbook
from slinb.gate.folder import Gate
from tests.gate import kit


def nothing(*_: object, **__: object) -> Any:
    return iter(())


def nothing_found(*_: object, **__: object) -> Any:
    return []


def no_levels(*_: object, **__: object) -> Any:
    return ()


def no_heads(*_: object, **__: object) -> Any:
    return (), ""


def no_number(*_: object, **__: object) -> None:
    return None


class Plant(NamedTuple):
    """A file with a leak, and the path that finds it: an object, its attribute, a stand-in."""

    file: str
    content: str | bytes
    owner: Any
    path: str
    stand_in: Any = nothing


TEXT = (page._Page, "_read_line")
ATTRIBUTE = (page._Page, "_read_attributes")
NAMED = "Bedford, plans for neglect"
SENTENCE = "Bedford, plans for neglect, 31 December 2025: 3 of 86 (3.5%)"
RECORD = {"area": "Bedford", "measure": "cp_neglect_pct", "period": "2025-26-Q3", "n": 3}
PARALLEL = {"n": [12, 3], "area": ["Luton", "Bedford"], "measure": "cp_neglect_pct"}
TRACE = {"name": "Bedford", "x": ["2025-26-Q2", "2025-26-Q3"], "y": [5.6, 3.4883720930232558]}
TYPED = {"dtype": "f8", "bdata": base64.b64encode(struct.pack("<2d", 5.6, 300 / 86)).decode()}

PLANTS = {
    # Text of a page
    "sentence": Plant("a.html", f"<p>{SENTENCE}</p>", *TEXT),
    "sentence in words": Plant(
        "a.html", "<p>In Bedford three children had plans for neglect.</p>", *TEXT
    ),
    "title": Plant("a.html", f"<title>{SENTENCE}</title>", *TEXT),
    "heading of the section": Plant(
        "a.html", "<h1>Plans for neglect</h1><div><h2>Bedford</h2></div><div><p>Now 3.</p></div>",
        page, "_head_levels", no_levels,
    ),
    "list under its heading": Plant(
        "a.html", "<h2>Plans for neglect</h2><ul><li>Luton 12</li><li>Bedford 3</li></ul>",
        page, "_head_levels", no_levels,
    ),
    "card": Plant(
        "a.html", "<div><div>Bedford</div><div>Plans for neglect</div><div>3</div></div>",
        page._Page, "_own_levels", no_levels,
    ),
    "digits in elements of their own": Plant(
        "a.html", "<p>Bedford, plans for neglect: <b>8</b><b>6</b></p>",
        page, "_spell", nothing_found,
    ),
    "thin spaces and full-width digits": Plant(
        "a.html", "<p>Bedford, plans for neglect: \u200b\uff13.5%</p>", page._Page, "_read_line",
    ),
    "folded away": Plant(
        "a.html", f"<details><summary>More</summary><p hidden>{SENTENCE}</p></details>", *TEXT
    ),
    "another period beside it": Plant(
        "a.html", f"<p>{NAMED}: 3 (5 at 30 September 2023).</p>", *TEXT
    ),
    "another period before it": Plant(
        "a.html", f"<p>{NAMED}: at 30 September 2023 it was 5, it is now 3.</p>", *TEXT
    ),
    "title of the page": Plant(
        "a.html", "<head><title>Bedford</title></head><h1>Plans for neglect</h1><p>3</p>",
        page._Page, "_find_title", no_levels,
    ),
    # Tables
    "table cell": Plant(
        "a.html", kit.table("3.5%"), page_table.TableHeads, "find_levels", no_heads
    ),
    "table without header cells": Plant(
        "a.html",
        "<table><tr><td>Measure</td><td>Luton</td><td>Bedford</td></tr>"
        "<tr><td>Plans for neglect</td><td>12</td><td>3</td></tr></table>",
        page_table.TableHeads, "find_levels", no_heads,
    ),
    "cell by its headers attribute": Plant(
        "a.html",
        "<table><tr><th id=a>Bedford</th><th id=m>Plans for neglect</th><th>Luton</th></tr>"
        "<tr><td>c</td><td>c</td><td headers='a m'>3</td></tr></table>",
        page_table.TableHeads, "_find_named", nothing_found,
    ),
    "details of a cell": Plant(
        "a.html", kit.table("c<details><summary>withheld</summary><p>3 of 86</p></details>"),
        page_table.TableHeads, "find_levels", no_heads,
    ),
    # Attributes
    "tooltip": Plant("a.html", f"<p title='{SENTENCE}'>c</p>", *ATTRIBUTE),
    "alt text": Plant("a.html", f"<img alt='{SENTENCE}' src='a.svg'>", *ATTRIBUTE),
    "aria-label": Plant("a.html", f"<div role=img aria-label='{SENTENCE}'></div>", *ATTRIBUTE),
    "data attribute": Plant(
        "a.html", "<td data-area=E06000055 data-measure=cp_neglect_pct data-value=3>c</td>",
        *ATTRIBUTE,
    ),
    "data attribute of a cell": Plant(
        "a.html", kit.table("c", attributes="data-sort=3.49"), *ATTRIBUTE
    ),
    "width of a bar": Plant(
        "a.html", kit.table("c", attributes="style='--share: 3.49'"), *ATTRIBUTE
    ),
    "identifier": Plant("a.html", "<i id='bedford-cp_neglect_pct-3'>c</i>", *ATTRIBUTE),
    "link": Plant("a.html", "<a href='#E06000055-cp_neglect_pct-n-3'>c</a>", *ATTRIBUTE),
    "meta": Plant("a.html", f"<meta name=description content='{SENTENCE}'>", *ATTRIBUTE),
    "JSON in an attribute": Plant(
        "a.html", f"<div data-points='{json.dumps(PARALLEL)}'></div>",
        files, "parse_json", no_number,
    ),
    # Drawings
    "text of a chart": Plant(
        "a.html", kit.figure("<svg><text x=1 y=2>3.5% latest</text></svg>"), *TEXT
    ),
    "label beside its bar": Plant(
        "a.html",
        kit.figure(
            "<svg><text x=1 y=10>Bedford</text><text x=1 y=30>Luton</text>"
            "<text x=90 y=30>12%</text><text x=80 y=10.4>3.5%</text></svg>" + "<p>Note.</p>" * 60,
            "Plans for neglect",
        ),
        drawing.Drawing, "find_beside", nothing_found,
    ),
    "title within a drawing": Plant(
        "a.html",
        "<svg><g><title>Bedford, plans for neglect: 3.49</title><circle r=3 /></g></svg>", *TEXT,
    ),
    "shape with a label": Plant(
        "a.html", "<svg><circle aria-label='Bedford, plans for neglect, 3 of 86' r=4 /></svg>",
        *ATTRIBUTE,
    ),
    "point in a named group": Plant(
        "a.html",
        "<svg aria-label='Plans for neglect'><g data-area='bedford'><text>3</text></g></svg>",
        page._Page, "_own_levels", no_levels,
    ),
    # Data within a page
    "plotly trace": Plant("a.html", kit.plotly(TRACE), page, "read_script"),
    "plotly typed array": Plant(
        "a.html", kit.plotly({**TRACE, "y": TYPED}), structured, "decode_array", no_number
    ),
    "plotly hover text": Plant(
        "a.html",
        kit.plotly({"x": ["Luton", "Bedford"], "y": [12, None], "text": ["12 of 90", "3 of 86"]}),
        structured, "_read_arrays",
    ),
    "plotly customdata": Plant(
        "a.html",
        kit.plotly({"y": ["Luton", "Bedford"], "customdata": [[1, 90], [2, 86]]}),
        structured, "_read_arrays",
    ),
    "plotly error bar": Plant(
        "a.html",
        kit.plotly({"y": ["Luton", "Bedford"], "error_x": {"array": [1.5, 9.7611]}}),
        structured, "_read_arrays",
    ),
    "heatmap": Plant(
        "a.html",
        kit.plotly(
            {"x": ["Luton", "Bedford"], "y": ["Referrals per 10,000", "Plans for neglect"],
             "z": [[400, 500], [33.1, 3.488]]}, "The quarter",
        ),
        structured, "_read_arrays",
    ),
    "record": Plant(
        "a.html", f"<script>var rows = {json.dumps([RECORD])};</script>", page, "read_script"
    ),
    "nested keys": Plant(
        "a.json", json.dumps({"Bedford": {"cp_neglect_pct": {"2025-26-Q3": 3}}}),
        structured, "_read_object",
    ),
    "table of arrays": Plant(
        "a.json", json.dumps({"columns": ["area", "cp_neglect_pct"], "data": [["Bedford", 3]]}),
        structured, "_read_arrays",
    ),
    "script that is no JSON": Plant(
        "a.html", "<script>draw({area: 'Bedford', measure: 'cp_neglect_pct', n: 3})</script>",
        page, "read_script",
    ),
    "style sheet": Plant(
        "a.html", f"<style>p::after {{ content: '{SENTENCE}' }}</style>", page, "read_script"
    ),
    "comment": Plant("a.html", f"<!-- {SENTENCE} -->", page._Page, "_read_comment"),
    "comment in a cell": Plant(
        "a.html", kit.table("c<!-- 3 -->"), page._Page, "_read_comment"
    ),
    "notebook output": Plant(
        "a.ipynb",
        json.dumps({"cells": [{"outputs": [{"data": {"text/html": kit.table("3.5%")}}]}]}),
        files, "read_page",
    ),
    "page within a page": Plant(
        "a.html", f"<iframe srcdoc='{kit.table('3.5%')}'></iframe>", files, "read_page"
    ),
    # Encodings
    "entities": Plant(
        "a.html", "<p title='Bedford, plans for neglect: &amp;#51;'>c</p>", files, "unwrap"
    ),
    "base64": Plant("a.html", f"<p data-t='{kit.encode(SENTENCE)}'>c</p>", files, "unwrap"),
    "base64 in a data address": Plant(
        "a.html",
        f"<img src='data:image/svg+xml;base64,{kit.encode(f'<svg>{SENTENCE}</svg>')}'>",
        files, "unwrap",
    ),
    "URL": Plant(
        "a.html", f"<a href='mailto:a?body={kit.quote(SENTENCE)}'>c</a>", files, "unwrap"
    ),
    "script escapes": Plant(
        "a.html", r"<script>t = 'Bedford, plans for neglect: \u0033.\x35%'</script>",
        encoded, "unescape", lambda text: text,
    ),
    # Downloads
    "CSV row": Plant(
        "a.csv", "area,measure,period,numerator\nBedford,cp_neglect_pct,2025-26-Q3,3\n",
        files, "read_grid",
    ),
    "CSV with codes": Plant(
        "a.csv", "code;id;n\nE06000055;cp_neglect_pct;3\n", files, "read_grid"
    ),
    "CSV crosstab": Plant(
        "a.csv", "Plans for neglect\nPeriod,Luton,Bedford\n2025-26-Q3,12,3.488\n",
        files, "read_grid",
    ),
    "CSV named by its file": Plant(
        "bedford.csv", "id,value\ncp_neglect_pct,3.49\n", files, "level", no_levels
    ),
    "file name": Plant("bedford-cp_neglect_pct-3.csv", "a\n", files, "Passage", None),
    "cell of a sheet": Plant("a.xlsx", kit.workbook("cell"), workbook, "_read_sheets"),
    "crosstab of a sheet": Plant("a.xlsx", kit.workbook("crosstab"), workbook, "_read_sheets"),
    "share behind a percentage": Plant(
        "a.xlsx", kit.workbook("fraction"), workbook, "_read_sheets"
    ),
    "comment of a cell": Plant(
        "a.xlsx", kit.workbook("comment"), workbook, "_find_comments", lambda _: {}
    ),
    "hidden sheet": Plant("a.xlsx", kit.workbook("hidden"), workbook, "_read_sheets"),
    "document properties": Plant("a.xlsx", kit.workbook("properties"), workbook, "_read_part"),
    "chart of a sheet": Plant("a.xlsx", kit.workbook("chart"), workbook, "_read_chart"),
    "slide": Plant("a.pptx", kit.slides(SENTENCE), workbook, "read_page"),
    "slide of several lines": Plant(
        "a.pptx", kit.slides("Bedford|Plans for neglect|3 of 86"), workbook, "read_page"
    ),
    # The difference that gives it back
    "difference": Plant(
        "a.html",
        "<p>Bedford, plans for neglect: down 2.1 percentage points since last quarter.</p>",
        *TEXT,
    ),
    "limit of its interval": Plant(
        "a.html", kit.table("c<p>95% interval: 1.2% to 9.8%</p>"),
        page_table.TableHeads, "find_levels", no_heads,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def gate() -> Gate:
    return kit.open_test_gate(strict=False)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_the_gate_finds_what_is_planted(plant: Plant, gate: Gate) -> None:
    leaks = gate.find_leaks(plant.file, plant.content)
    assert leaks
    assert {(leak.area, leak.measure) for leak in leaks} == {(kit.AREA, kit.MEASURE)}
    assert not any(c.isdigit() for leak in leaks for c in leak.excerpt)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_without_its_code_path_the_plant_is_missed(
    plant: Plant, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in = plant.stand_in
    if plant.path == "Passage":
        passage = files.Passage
        stand_in = lambda place, *rest: passage(place, "", *rest[1:])  # noqa: E731
    monkeypatch.setattr(plant.owner, plant.path, stand_in)
    assert gate.find_leaks(plant.file, plant.content) == []
