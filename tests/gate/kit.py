"""A gate that guards one cell: Bedford, plans for neglect, 3 of 86, in October to December 2025."""

from __future__ import annotations

import base64
import io
import json
import urllib.parse
import zipfile
from pathlib import Path

import openpyxl
from openpyxl.comments import Comment

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.gate.folder import Gate, open_gate
from slinb.gate.leaks import Leak
from slinb.gate.secrets import Secret

ROOT = Path(__file__).parents[2]
AREA, MEASURE, PERIOD = "E06000055", "cp_neglect_pct", "2025-26-Q3"
#: 3 of 86 is 3.488%; Wilson's limits are 1.2% and 9.8%; a quarter ago it was 5 of 90, 5.6%.
SECRETS = tuple(
    Secret(AREA, MEASURE, PERIOD, kind, number, 1)
    for kind, number in (
        ("numerator", 3),
        ("denominator", 86),
        ("value", 300 / 86),
        ("lower", 1.1935),
        ("upper", 9.7611),
        ("change", 300 / 86 - 500 / 90),
    )
)


def open_test_gate(*, strict: bool = True) -> Gate:
    return open_gate(SECRETS, load_areas(), load_measures(), strict=strict)


def find(gate: Gate, name: str, content: bytes | str) -> list[Leak]:
    return gate.find_leaks(name, content)


def table(cell: str, *, attributes: str = "", period: str = "31 Dec 2025") -> str:
    """Return a rug-like table with a figure in Bedford's cell of plans for neglect."""
    return (
        "<table><caption>Quarter</caption><thead><tr><th scope=col>Measure</th><th>Period</th>"
        "<th scope=col>East of England</th><th scope=col>Bedford</th><th scope=col>Luton</th></tr>"
        "</thead><tbody><tr><th scope=rowgroup colspan=5>Children in need and protection</th></tr>"
        f"<tr><th scope=row>Plans for neglect</th><td>{period}</td><td>41.3%</td>"
        f"<td {attributes}>{cell}</td><td>3.5% (3 of 86)</td></tr></tbody></table>"
    )


def figure(drawing: str, title: str = "Bedford, plans for neglect") -> str:
    return f"<figure><figcaption><h3>{title}</h3></figcaption>{drawing}</figure>"


def plotly(trace: dict[str, object], title: str = "Plans for neglect") -> str:
    drawing = {"data": [trace], "layout": {"title": {"text": title}, "width": 3}}
    return f"<script type='application/json'>{json.dumps(drawing)}</script>"


def workbook(fill: str) -> bytes:
    """Return a workbook that holds the count where ``fill`` says."""
    book = openpyxl.Workbook()
    sheet = book.active
    rows = [["area", "measure", "numerator"], ["Bedford", "cp_neglect_pct", "c"]]
    for row in rows:
        sheet.append(row)
    if fill == "cell":
        sheet["C2"] = 3
    elif fill == "crosstab":
        for at, value in {
            "A5": "Period",
            "B5": "Bedford",
            "A6": "Plans for neglect",
            "B6": 3,
        }.items():
            sheet[at] = value
    elif fill == "fraction":
        sheet["C1"], sheet["C2"] = "value", 3 / 86
    elif fill == "comment":
        sheet["C2"].comment = Comment("was 3 before", "slinb")
    elif fill == "hidden":
        other = book.create_sheet("Bedford")
        other.append(["cp_neglect_pct", 3])
        other.sheet_state = "veryHidden"
    elif fill == "properties":
        book.properties.description = "Bedford, plans for neglect: three of 86"
    stream = io.BytesIO()
    book.save(stream)
    if fill == "chart":
        with zipfile.ZipFile(stream, "a") as archive:
            archive.writestr("xl/charts/chart1.xml", chart())
    return stream.getvalue()


def chart() -> str:
    """Return a chart as Excel keeps it, with the points that it drew when it was saved."""
    names = ["Luton", "Bedford", *(f"Authority {chr(65 + i)}" for i in range(26))]
    values = [12, 3, *range(20, 46)]
    points = [
        "".join(f"<c:pt idx='{i}'><c:v>{v}</c:v></c:pt>" for i, v in enumerate(column))
        for column in (names, values)
    ]
    return (
        "<c:chartSpace><c:chart><c:title><a:t>Plans for neglect</a:t></c:title><c:ser>"
        f"<c:tx><c:v>Children</c:v></c:tx><c:cat><c:strRef><c:strCache>{points[0]}</c:strCache>"
        f"</c:strRef></c:cat><c:val><c:numRef><c:numCache>{points[1]}</c:numCache></c:numRef>"
        "</c:val></c:ser></c:chart></c:chartSpace>"
    )


def slides(text: str) -> bytes:
    stream = io.BytesIO()
    paragraphs = "".join(f"<a:p><a:r><a:t>{t}</a:t></a:r></a:p>" for t in text.split("|"))
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("ppt/presentation.xml", "<p:presentation/>")
        archive.writestr(
            "ppt/slides/slide1.xml", f"<p:sld><p:txBody>{paragraphs}</p:txBody></p:sld>"
        )
    return stream.getvalue()


def encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def quote(text: str) -> str:
    return urllib.parse.quote(text)
