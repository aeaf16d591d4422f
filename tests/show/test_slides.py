"""The slides as a page and as a PowerPoint file: what stands on them, that it fits and opens."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from bs4 import BeautifulSoup
from pptx import Presentation

from slinb.show.page import PageMarks, page_html
from slinb.show.slides_deck import build_slides
from slinb.show.slides_file import write_slides
from slinb.show.slides_fit import find_height, wrap_text
from slinb.show.slides_page import slides_html
from tests.show.attacks import FORMULAS, MARKUP
from tests.show.slides_tables import AUTHORITIES, PERIOD, make_messages, make_view

MARKS = PageMarks("East of England", PERIOD.label, "Public edition", sample=True, sources=("DfE.",))
STAMP = dt.date(2025, 12, 31)


def write(folder: Path, name: str = "a.pptx", **changes: Any) -> Path:
    return write_slides(
        folder / name, make_view(**changes), title="Slides", marks=MARKS, stamp=STAMP
    )


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("slides"))


@pytest.fixture(scope="module")
def deck(path: Path) -> Any:
    return Presentation(str(path))


@pytest.fixture(scope="module")
def page() -> BeautifulSoup:
    return BeautifulSoup(str(slides_html(make_view())), "html.parser")


def list_texts(slide: Any) -> list[str]:
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            texts += [cell.text for row in shape.table.rows for cell in row.cells]
    return texts


def test_it_opens_with_how_to_read_it_and_ends_with_sources() -> None:
    titles = [slide.title for slide in build_slides(make_view())]
    assert titles[0].startswith("How to read this")
    assert titles[-1].startswith("Sources")
    assert len(titles) == 1 + 1 + len(AUTHORITIES) + 2 + 2


def test_titles_are_unique(deck: Any) -> None:
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert len(set(titles)) == len(titles) == len(build_slides(make_view())) + 1


def test_a_message_is_a_title_with_a_native_chart(deck: Any) -> None:
    slide = next(s for s in deck.slides if "worse than England" in s.shapes.title.text)
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    names = list(chart.plots[0].categories)
    values = dict(zip(names, chart.plots[0].series[0].values, strict=True))
    assert values["Luton"] == 96.8
    assert values["England"] == 80.8
    assert names.index("Luton") < names.index("England") < names.index("Suffolk")


def test_a_figure_that_is_not_shown_has_no_bar_and_its_reason(deck: Any) -> None:
    slide = next(s for s in deck.slides if any(shape.has_chart for shape in s.shapes))
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    values = dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    assert {name for name, value in values.items() if value is None} == {
        "Cambridgeshire: c, withheld",
        "Thurrock: not sent",
    }


def test_every_chart_and_table_has_alternative_text(deck: Any) -> None:
    framed = [s for slide in deck.slides for s in slide.shapes if s.has_chart or s.has_table]
    words = [shape._element.nvGraphicFramePr.cNvPr.get("descr") for shape in framed]
    assert len(words) > 5
    assert all(words)
    assert any("Suffolk" in text and "worse" in text for text in words)


def test_every_slide_has_notes_and_the_chart_its_n(deck: Any) -> None:
    notes = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    assert all(note.strip() for note in list(notes)[1:])
    assert any("n = 9 of 11 authorities compared" in note for note in notes)


def test_the_chart_can_be_edited(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xlsx"))
        book = openpyxl.load_workbook(io.BytesIO(archive.read(name)))
    rows = {row[0]: row[1] for row in book.active.iter_rows(min_row=2, values_only=True)}
    assert rows["Luton"] == 96.8
    assert rows["Cambridgeshire: c, withheld"] is None


def test_the_same_input_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    again = write(tmp_path)
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(again) as archive:
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2025, 12, 31)}


def test_nothing_in_it_is_a_picture_or_a_printer(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        kinds = {Path(name).suffix for name in archive.namelist()}
    assert kinds <= {".xml", ".rels", ".xlsx", ""}  # the last is _rels/.rels


@pytest.mark.parametrize("attack", MARKUP[:12:3])
def test_markup_in_a_message_is_text(attack: str, tmp_path: Path) -> None:
    view = make_view(messages_quarterly=make_messages(claim=f"Read {attack} now"))
    soup = BeautifulSoup(str(slides_html(view)), "html.parser")
    assert not soup.find_all(["script", "img", "iframe", "object", "embed", "base", "meta"])
    write(tmp_path, messages_quarterly=make_messages(claim=f"Read {attack} now"))


@pytest.mark.parametrize("attack", FORMULAS[:12:3])
def test_no_text_runs_in_the_workbook_behind_a_chart(
    attack: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slinb.show.slides_native._name", lambda _: attack)
    with zipfile.ZipFile(write(tmp_path)) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".xlsx"))
        book = openpyxl.load_workbook(io.BytesIO(archive.read(name)))
    assert not [c for row in book.active.iter_rows() for c in row if c.data_type == "f"]


def test_control_signs_do_not_break_the_file(tmp_path: Path) -> None:
    messages = make_messages(claim="One\x00 two\u202e three\x0b")
    deck = Presentation(str(write(tmp_path, messages_quarterly=messages)))
    assert any(s.shapes.title.text == "One two three" for s in deck.slides)


def test_every_text_fits_its_box(deck: Any) -> None:
    """Measured in DejaVu Sans, which is wider than the Arial of the slides."""
    for slide in deck.slides:
        for shape in slide.shapes:
            if not shape.has_text_frame or not shape.text_frame.text:
                continue
            runs = [p.runs[0] for p in shape.text_frame.paragraphs if p.runs]
            if not runs:
                continue
            size = max(run.font.size.pt for run in runs)
            height = find_height([run.text for run in runs], shape.width.pt - 14.4, size)
            assert height <= shape.height.pt + 1, shape.text_frame.text


def test_tables_end_above_the_foot(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_table:
                rows = sum(row.height.pt for row in shape.table.rows)
                assert shape.top.pt + rows <= 500


def test_words_are_counted_into_lines() -> None:
    assert wrap_text("word " * 40, 200, 12) > wrap_text("word " * 40, 400, 12) > 1
    assert wrap_text("Unbreakableverylongword", 20, 12) > 1


def test_the_page_has_a_heading_and_a_link_for_each_slide(page: BeautifulSoup) -> None:
    sections = page.select("section.slide")
    assert [s["id"] for s in sections] == [a["href"][1:] for a in page.select(".slides-list a")]
    assert all(s.find("h2") for s in sections)
    assert "@page slide" in page.style.string


def test_the_chart_of_the_page_has_its_finding_and_its_table(page: BeautifulSoup) -> None:
    figure = page.select_one("section.charted figure")
    assert "Suffolk" in figure.svg["aria-label"]
    cells = [td.text for td in figure.select("tbody tr")[-1].find_all(["th", "td"])]
    assert cells == ["Thurrock", "not sent", "", ""]


def test_the_page_is_small_and_needs_no_script() -> None:
    html = page_html(str(slides_html(make_view())), "Slides", marks=MARKS)
    assert len(html.encode("utf-8")) < 400_000
    assert html.count("<script>") == 1  # page.js


def test_it_opens_in_libreoffice_and_nothing_is_cut_off(path: Path, tmp_path: Path) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not office or not reader:
        pytest.skip("LibreOffice or pdftotext is not installed: the slides are not opened")
    profile = (tmp_path / "profile").as_uri()
    done = subprocess.run(
        [office, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(path)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    printed = tmp_path / "a.pdf"
    if not printed.exists() and "could not be loaded" in done.stdout + done.stderr:
        pytest.skip("LibreOffice is here without Impress: the slides are not opened")
    text = subprocess.run(
        [reader, "-raw", str(printed), "-"], capture_output=True, check=True, timeout=60
    ).stdout.decode("utf-8")
    sheets = [" ".join(sheet.split()) for sheet in text.split("\f")]
    slides = list(Presentation(str(path)).slides)
    assert len(sheets) - 1 == len(slides)
    for sheet, slide in zip(sheets, slides, strict=False):
        missing = {word for part in list_texts(slide) for word in part.split() if word not in sheet}
        assert not missing - {"‹#›"}, slide.shapes.title.text
