"""A PowerPoint file at the gate: slide, table, chart, its workbook, alternative text, note."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Pt

from slinb.gate import workbook
from slinb.gate.folder import Gate
from slinb.gate.slides import find_titles, read_drawing
from slinb.stamp import find_moment, stamp_office
from tests.gate import kit

TITLE = "Bedford: plans for neglect at 31 December 2025"


def build(fill: Callable[[Any], None], title: str = TITLE) -> bytes:
    """Return a file of one slide, as PowerPoint keeps it, without its picture and printer."""
    deck = Presentation()
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    slide.shapes.title.text = title
    fill(slide)
    stream = io.BytesIO()
    deck.save(stream)
    kept = io.BytesIO()
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(kept, "w") as archive:
        for name in made.namelist():
            if not name.endswith((".jpeg", ".bin")):
                archive.writestr(name, made.read(name))
    return kept.getvalue()


def add_text(slide: Any, text: str) -> None:
    slide.shapes.add_textbox(Pt(20), Pt(100), Pt(300), Pt(50)).text_frame.text = text


def add_note(slide: Any, text: str) -> None:
    slide.notes_slide.notes_text_frame.text = text


def add_table(slide: Any, figure: str) -> None:
    table = slide.shapes.add_table(2, 2, Pt(20), Pt(100), Pt(300), Pt(50)).table
    for place, text in enumerate(("What", "Number", "Children", figure)):
        table.cell(place // 2, place % 2).text = text


def add_chart(slide: Any, figure: float, *, hidden: str = "") -> Any:
    data = CategoryChartData()
    data.categories = ["Luton", "Bedford"]
    data.add_series("Plans for neglect", (41.0, figure))
    chart = slide.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, Pt(20), Pt(100), Pt(300), Pt(200), data
    )
    if hidden:
        chart._element.nvGraphicFramePr.cNvPr.set("descr", hidden)
    return chart


def keep_workbook_only(slide: Any) -> None:
    """Leave the figure in the workbook behind a chart, where the chart no longer shows it."""
    chart = add_chart(slide, 3.4884).chart
    for value in chart._chartSpace.xpath(".//c:val//c:v"):
        value.text = "41"


PLANTS: dict[str, Callable[[Any], None]] = {
    "text on the slide": lambda s: add_text(s, "There were 3 of 86."),
    "table without the names": lambda s: add_table(s, "3"),
    "chart": lambda s: add_chart(s, 3.4884),
    "workbook behind the chart": keep_workbook_only,
    "alternative text": lambda s: add_chart(s, 41, hidden="Bedford, plans for neglect: 3 of 86"),
    "note": lambda s: add_note(s, "Only 3, so go gently."),
    "note in words": lambda s: add_note(s, "Only three children, so go gently."),
}


@pytest.fixture(scope="module")
def gate() -> Gate:
    return kit.open_test_gate(strict=False)


@pytest.mark.parametrize("plant", PLANTS.values(), ids=PLANTS)
def test_a_protected_number_is_refused(plant: Callable[[Any], None], gate: Gate) -> None:
    leaks = gate.find_leaks("a.pptx", build(plant))
    assert {(leak.area, leak.measure) for leak in leaks} == {(kit.AREA, kit.MEASURE)}
    assert not any(c.isdigit() for leak in leaks for c in leak.excerpt)


@pytest.mark.parametrize("name", ["note", "note in words"])
def test_it_is_the_title_that_says_whose_number_it_is(
    name: str, gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the title's part in the reading these would pass, though a reader sees both."""
    monkeypatch.setattr(workbook, "find_titles", lambda _: {})
    assert gate.find_leaks("a.pptx", build(PLANTS[name])) == []


def test_a_quiet_slide_passes(gate: Gate) -> None:
    """Its shapes are numbered by PowerPoint, its XML has a version: neither counts children."""

    def fill(slide: Any) -> None:
        add_text(slide, "c: withheld to protect small numbers.")
        add_table(slide, "c")
        add_chart(slide, 41.0)
        add_note(slide, "Say that small numbers are withheld.")

    assert gate.find_leaks("a.pptx", build(fill)) == []


def test_another_slide_is_not_under_that_title(gate: Gate) -> None:
    other = "Luton: plans for neglect at 31 December 2025"
    assert gate.find_leaks("a.pptx", build(PLANTS["table without the names"], other)) == []


def test_titles_reach_notes_charts_and_workbooks() -> None:
    def fill(slide: Any) -> None:
        add_chart(slide, 41.0)
        add_note(slide, "n")

    with zipfile.ZipFile(io.BytesIO(build(fill))) as archive:
        found = {name.rpartition("/")[2]: levels for name, levels in find_titles(archive).items()}
    kinds = {name.rstrip("0123456789.xmls") for name in found}
    assert {"slide", "notesSlide", "chart"} <= kinds
    assert [level.text for level in found["Microsoft_Excel_Sheet1.xlsx"]] == [TITLE]


def test_a_slide_without_a_title_stands_under_its_first_text(gate: Gate) -> None:
    def fill(slide: Any) -> None:
        slide.shapes.title._element.getparent().remove(slide.shapes.title._element)
        add_text(slide, TITLE)
        add_table(slide, "3")

    assert gate.find_leaks("a.pptx", build(fill))


def test_what_only_draws_is_not_read() -> None:
    assert read_drawing('<c:order val="3"/><p descr="said" id="3" name="TextBox 3">x</p>') == (
        '<c:order></c:order><p descr="said">x</p>'
    )


def test_a_stamped_file_says_the_same_twice() -> None:
    """PowerPoint and the workbooks behind its charts each keep the moment of saving."""
    first = stamp_office(build(PLANTS["chart"]), find_moment(dt.date(2025, 12, 31)))
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(2025, 12, 31, 12, 0, 0)}
        assert b"2025-12-31T12:00:00Z" in archive.read("docProps/core.xml")
        book = next(n for n in archive.namelist() if n.endswith(".xlsx"))
        inner = zipfile.ZipFile(io.BytesIO(archive.read(book)))
        assert inner.read("docProps/core.xml").count(b"2025-12-31T12:00:00Z") == 2
