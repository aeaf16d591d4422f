"""The slides as a PowerPoint file: editable charts, real tables, notes, the same bytes each run."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Pt

from slinb.show.download_files import SAMPLE_WORDS
from slinb.show.page import PageMarks
from slinb.show.prose import clean_text
from slinb.show.slides_deck import Slide, SlidesView, build_slides
from slinb.show.slides_fit import find_height, fit_text
from slinb.show.slides_native import add_bars, add_grid, write_run
from slinb.stamp import find_moment, stamp_office

#: A slide of 13⅓ by 7½ inches, in points, and what stands where on it.
WIDTH, HEIGHT = 960.0, 540.0
_MARGIN = 42.0
_INNER = WIDTH - 2 * _MARGIN
_TITLE = (_MARGIN, 26.0, _INNER, 74.0)
_TOP, _FOOT = 110.0, 500.0
_CHART = 560.0
_SMALLEST, _LARGEST = 12.0, 20.0
#: On every reader's machine, and measured alike by what stands in for it elsewhere.
_FACE = "Arial"
_LAYOUT = "Title Only"
_ASK = "A question to ask"
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)


def write_slides(
    path: Path, view: SlidesView, *, title: str, marks: PageMarks, stamp: dt.date
) -> Path:
    """Write the slides of a quarter as a PowerPoint file.

    Parameters
    ----------
    path : Path
        Its folder is made if it is not there.
    view : SlidesView
        The tables of one edition.
    title : str
        What the file is called in its properties and on its first slide.
    marks : PageMarks
        Region, quarter, edition, SAMPLE: they stand at the foot of every slide.
    stamp : date
        Day that the file carries: the same input gives the same bytes.

    Returns
    -------
    Path
        ``path``.
    """
    deck = Presentation()
    layout = _prepare(deck)
    _add_opening(deck, layout, title, marks)
    for slide in build_slides(view):
        _add_slide(deck, layout, slide, _say_foot(marks))
    moment = find_moment(stamp)
    properties = deck.core_properties
    properties.title = f"{title}, {marks.quarter}, {marks.region}"
    properties.author = properties.last_modified_by = "slinb"
    properties.language, properties.revision = "en-GB", 1
    properties.created = properties.modified = moment
    buffer = io.BytesIO()
    deck.save(buffer)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(stamp_office(buffer.getvalue(), moment))
    return path


def _prepare(deck: Any) -> Any:
    """Make the bare template ours: wide slides, one face, one layout, no picture or printer."""
    deck.slide_width, deck.slide_height = Pt(WIDTH), Pt(HEIGHT)
    _drop(deck.part.package, (RELATIONSHIP_TYPE.THUMBNAIL,))
    _drop(deck.part, (RELATIONSHIP_TYPE.PRINTER_SETTINGS,))
    layout = next(one for one in deck.slide_layouts if one.name == _LAYOUT)
    for other in [one for one in deck.slide_layouts if one is not layout]:
        deck.slide_layouts.remove(other)
    theme = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    theme._blob = theme.blob.replace(b'typeface="Calibri"', f'typeface="{_FACE}"'.encode())
    for holder in (deck.slide_master, layout):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type in _TITLES:
                _place(shape, _TITLE)
                _set_title(shape.text_frame)
            else:
                # Date, footer and number of the template: what they would say stands in the foot.
                shape.element.getparent().remove(shape.element)
    return layout


def _drop(part: Any, kinds: Sequence[str]) -> None:
    """Take away what a part refers to, so that it is not saved."""
    relations = part._rels
    for key in [k for k, relation in relations.items() if relation.reltype in kinds]:
        relations.pop(key)


def _add_opening(deck: Any, layout: Any, title: str, marks: PageMarks) -> None:
    """Add the first slide: what this is, of which quarter, for whom."""
    slide = deck.slides.add_slide(layout)
    _write_title(slide, f"{title}: {marks.region}")
    lines = [marks.quarter, marks.edition, SAMPLE_WORDS if marks.sample else ""]
    lines += ["For lead members: how to read the figures stands on the next slide."]
    box = (_MARGIN, _TOP + 20, _INNER, 240.0)
    _add_text(slide, [line for line in lines if line], box, (16.0, 24.0))
    _add_foot(slide, "", _say_foot(marks))
    slide.notes_slide.notes_text_frame.text = clean_text("\n".join(marks.sources))


def _say_foot(marks: PageMarks) -> str:
    sample = "SAMPLE: invented figures" if marks.sample else ""
    parts = (sample, f"{marks.region}, {marks.quarter}", marks.edition)
    return "   |   ".join(part for part in parts if part)


def _add_slide(deck: Any, layout: Any, content: Slide, foot: str) -> None:
    slide = deck.slides.add_slide(layout)
    _write_title(slide, content.title)
    if content.chart:
        add_bars(slide, content.chart, (_MARGIN, _TOP, _CHART, _FOOT - _TOP - 26))
        left = _MARGIN + _CHART + 20
        _add_said(slide, content, (left, _TOP, WIDTH - _MARGIN - left, _FOOT - _TOP - 30))
    else:
        _add_rows(slide, content)
    _add_foot(slide, content.source, foot)
    notes = (*content.notes, content.source) if content.notes else (*content.lines, content.source)
    slide.notes_slide.notes_text_frame.text = clean_text("\n".join(n for n in notes if n))


def _add_said(slide: Any, content: Slide, box: tuple[float, float, float, float]) -> None:
    """Add what is said beside a chart, and the question that it raises."""
    texts = [*content.lines, *([_ASK, content.asks] if content.asks else [])]
    _add_text(slide, texts, box, (_SMALLEST, 18.0))


def _add_rows(slide: Any, content: Slide) -> None:
    """Add lines from the left to the right, and the table below them."""
    top, room = _TOP, _FOOT - _TOP - 30
    if content.lines:
        share = room if content.grid is None else room * 0.46
        size = fit_text(content.lines, (_INNER - 34, share), (_SMALLEST, _LARGEST), gap=0.5)
        height = find_height(content.lines, _INNER - 34, size, gap=0.5)
        box = (_MARGIN, top, _INNER, height + 8)
        _add_text(slide, content.lines, box, (size, size), bullets=len(content.lines) > 1)
        top, room = top + height + 16, room - height - 16
    if content.grid:
        add_grid(slide, content.grid, (_MARGIN, top, _INNER, room))


def _add_text(
    slide: Any,
    texts: Sequence[str],
    box: tuple[float, float, float, float],
    sizes: tuple[float, float],
    *,
    bullets: bool = False,
    tone: str = "ink",
) -> Any:
    size = fit_text(texts, (box[2] - (34 if bullets else 14), box[3] - 8), sizes, gap=0.5)
    shape = slide.shapes.add_textbox(*map(Pt, box))
    shape.name = "Text"
    frame = shape.text_frame
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    for i, text in enumerate(texts):
        paragraph = frame.paragraphs[0] if i == 0 else frame.add_paragraph()
        if bullets:
            _make_item(paragraph)
        write_run(paragraph, text, size, bold=text == _ASK, tone=tone)
        paragraph.space_after = Pt(size * 0.5 if len(texts) > 1 else 0)
    return shape


def _make_item(paragraph: Any) -> None:
    """Make a paragraph an item of a list, so that a screen reader says how many there are."""
    properties = paragraph._p.get_or_add_pPr()
    properties.set("marL", str(Pt(16)))
    properties.set("indent", str(-Pt(16)))
    etree.SubElement(properties, qn("a:buFont")).set("typeface", _FACE)
    etree.SubElement(properties, qn("a:buChar")).set("char", "\N{BULLET}")


def _add_foot(slide: Any, source: str, foot: str) -> None:
    if source:
        box = (_MARGIN, _FOOT - 24, _INNER, 30.0)
        _add_text(slide, [source], box, (9.0, 12.0), tone="ink-soft").name = "Source"
    box = (_MARGIN, _FOOT + 8, _INNER - 60, 30.0)
    _add_text(slide, [foot], box, (8.0, 10.0), tone="ink-soft").name = "Foot"
    _add_number(slide)


def _add_number(slide: Any) -> None:
    """Add the number of the slide as a field, which stays right when slides are moved."""
    shape = slide.shapes.add_textbox(*map(Pt, (WIDTH - _MARGIN - 50, _FOOT + 8, 50.0, 30.0)))
    shape.name = "Slide number"
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT
    # PowerPoint wants an id of this form; the same on every run.
    field = etree.SubElement(
        paragraph._p, qn("a:fld"), id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum"
    )
    etree.SubElement(field, qn("a:rPr")).set("sz", "1000")
    etree.SubElement(field, qn("a:t")).text = "‹#›"


def _write_title(slide: Any, title: str) -> None:
    size = fit_text([title], (_INNER - 14, _TITLE[3] - 8), (18.0, 28.0), bold=True)
    shape = slide.shapes.title
    shape.name = "Title"
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT
    write_run(paragraph, title, size, bold=True)


def _set_title(frame: Any) -> None:
    frame.word_wrap, frame.auto_size = True, MSO_AUTO_SIZE.NONE
    frame.vertical_anchor = MSO_ANCHOR.TOP


def _place(shape: Any, box: tuple[float, float, float, float]) -> None:
    shape.left, shape.top, shape.width, shape.height = (Emu(int(Pt(part))) for part in box)
