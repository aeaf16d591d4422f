"""What surrounds a part of a PowerPoint file: its slide's title heads charts, notes and tables."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from slinb.gate.elements import join_texts
from slinb.gate.passages import Level, level

_SLIDE = re.compile(r"ppt/slides/[^/]+\.xml")
_DECLARATION = re.compile(r"<\?xml[^>]*\?>")
_TARGET = re.compile(r'\bTarget="([^"]+)"')
#: Attributes of a drawing that are written for a reader; the others place, count and paint.
_SAID = {"descr", "title", "name", "tooltip"}
#: What PowerPoint itself calls a shape: "TextBox 3" counts shapes, not children.
_OWN_NAME = re.compile(
    r"(?:[A-Z][A-Za-z]+ )*(?:Placeholder|Title|Subtitle|TextBox|Table|Chart|Shape|Line) \d+"
)
#: Where the figures of a chart stand in its workbook.
_REFERENCE = re.compile(r"[^!]*!\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?")
_TITLES = ("title", "ctrTitle")
#: A slide leads to its chart, and the chart to its workbook.
_STEPS = 2


def find_titles(archive: zipfile.ZipFile) -> dict[str, tuple[Level, ...]]:
    """Return what the slides of a file say of their parts.

    Parameters
    ----------
    archive : ZipFile
        A .pptx; of any other file nothing is found.

    Returns
    -------
    dict of str to tuple of Level
        By the name of the part: the slide itself, its notes, its charts and their workbooks.
        A part of two slides stands under both titles.
    """
    names = archive.namelist()
    found: dict[str, tuple[Level, ...]] = {}
    for slide in filter(_SLIDE.fullmatch, names):
        title = level([_read_title(archive.read(slide).decode("utf-8", errors="replace"))])
        for part in {slide, *_find_parts(archive, slide, _STEPS)}:
            found[part] = (*found.get(part, ()), *title)
    return found


def read_drawing(text: str) -> str:
    """Return the XML of a slide or chart with what it says, and without what only draws.

    The position of a shape and the number of a series are no figures.
    """
    soup = BeautifulSoup(text, "html.parser")
    for tag in soup.find_all("c:f"):
        if _REFERENCE.fullmatch(tag.get_text()):
            tag.clear()
    for tag in soup.find_all(True):
        tag.attrs = {
            key: value
            for key, value in tag.attrs.items()
            if key in _SAID and not _OWN_NAME.fullmatch(str(value))
        }
    return str(soup)


def drop_declaration(text: str) -> str:
    """Return XML without the line that gives its version: that 1.0 counts nothing.

    Examples
    --------
    >>> drop_declaration("<?xml version='1.0'?><p>Three</p>")
    '<p>Three</p>'
    """
    return _DECLARATION.sub("", text)


def _read_title(text: str) -> str:
    """Return the title of a slide; of one that has none, the first text on it."""
    soup = BeautifulSoup(drop_declaration(text), "html.parser")
    shapes = [shape for shape in soup.find_all("p:sp") if isinstance(shape, Tag)]
    titled = [s for s in shapes if (mark := s.find("p:ph")) and _is_title(mark)]
    texts = [join_texts(shape) for shape in (*titled, *shapes)]
    return next((text for text in texts if text), "")


def _is_title(mark: object) -> bool:
    return isinstance(mark, Tag) and mark.get("type") in _TITLES


def _find_parts(archive: zipfile.ZipFile, part: str, steps: int) -> Iterator[str]:
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if not steps or relations not in archive.namelist():
        return
    for target in _TARGET.findall(archive.read(relations).decode("utf-8", errors="replace")):
        other = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        # Layouts are shared by all slides, and notes lead back to their slide.
        if "/slideLayouts/" not in other and not _SLIDE.fullmatch(other):
            yield other
            yield from _find_parts(archive, other, steps - 1)
