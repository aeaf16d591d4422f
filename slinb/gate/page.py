"""Passages of a page: its text, attributes, drawings, scripts, styles and comments."""

from __future__ import annotations

import re
from itertools import pairwise

from bs4 import BeautifulSoup, Tag
from bs4.element import CData, NavigableString, PageElement, PreformattedString

from slinb.gate.drawing import Drawing
from slinb.gate.elements import (
    CLOSED,
    HEADINGS,
    TABLES,
    find_above,
    find_attributes,
    find_tags,
    find_texts,
    is_inline,
    join_texts,
    name_element,
)
from slinb.gate.grid import is_number
from slinb.gate.library import is_library
from slinb.gate.page_table import TableHeads
from slinb.gate.passages import Form, Level, Passage, Passages, level
from slinb.gate.script import read_script

Headings = dict[int, str]
#: Parts of one small box (a card, a list item) are about what the box names.
_SMALL_BOX = 300
_TABLE_PARTS = {"table", "thead", "tbody", "tfoot", "tr", "colgroup", "a:tbl", "a:tr"}
_DIGITS = re.compile(r"[\d.,]{1,3}")
#: Not the thin and fixed spaces, which may part the thousands of one number.
_SPACE = re.compile(r"[ \t\r\n\f]+")
_NAMING = ("title", "desc", "figcaption", "caption")
_REFERRING = ("aria-labelledby", "aria-describedby")
_CELLS = {"td", "th", "a:tc"}
_MARKUP = "html.parser"


def read_page(text: str, place: str = "", levels: tuple[Level, ...] = ()) -> Passages:
    """Yield everything that a page says, with what surrounds it.

    Parameters
    ----------
    text : str
        HTML or SVG, a whole page or a piece of one.
    place : str
        Where the text stands, if it is itself part of a file.
    levels : tuple of Level
        What surrounds it there.
    """
    # Class names are read as they are written; to part them takes long and tells nothing.
    soup = BeautifulSoup(text, _MARKUP, multi_valued_attributes=None)
    yield from _Page(soup, place).read(levels)


class _Page:
    """One page as it is read, from the root down."""

    def __init__(self, soup: BeautifulSoup, place: str) -> None:
        self._soup = soup
        self._place = place
        self._tables: dict[int, TableHeads] = {}
        self._drawings: dict[int, Drawing] = {}
        self._lengths: dict[int, int] = {}
        self._ids = {str(t["id"]): t for t in find_tags(soup) if t.has_attr("id")}
        self._found: list[Passage] = []

    def read(self, levels: tuple[Level, ...]) -> Passages:
        self._read_children(self._soup, (*self._find_title(), *levels), "prose", "")
        yield from self._found

    def _find_title(self) -> tuple[Level, ...]:
        title = self._soup.head.title if self._soup.head else None
        return level([join_texts(title)]) if title else ()

    def _at(self, tag: Tag, what: str = "") -> str:
        line = f"line {tag.sourceline}, " if tag.sourceline else ""
        inside = f"{self._place}, " if self._place else ""
        return f"{inside}{line}{f'{what} of ' if what else ''}{tag.name}"

    def _read_children(self, tag: Tag, levels: tuple[Level, ...], form: Form, key: str) -> Headings:
        """Read what an element holds; return the headings that stand in it."""
        headings: Headings = {}
        exported: Headings = {}
        line: list[str] = []
        around = levels
        for child in tag.children:
            if isinstance(child, Tag) and child.name != "br" and not is_inline(child):
                self._found += self._read_line(tag, line, around, form, key)
                line = []
                if found := self._read_element(child, around, form, key):
                    _take_headings(headings, found)
                    exported |= found
                    around = (*_head_levels(headings), *levels)
            else:
                line = self._read_inline(tag, child, line, around, form, key)
        self._found += self._read_line(tag, line, around, form, key)
        return exported

    def _read_inline(
        self,
        tag: Tag,
        child: PageElement,
        line: list[str],
        levels: tuple[Level, ...],
        form: Form,
        key: str,
    ) -> list[str]:
        """Add a piece to the line of text that is being gathered; return the line."""
        if isinstance(child, Tag) and child.name == "br":
            self._found += self._read_line(tag, line, levels, form, key)
            return []
        if isinstance(child, Tag):
            for inner in (child, *find_tags(child)):
                self._found += self._read_attributes(inner, levels, key)
            self._found += self._read_marked(child, levels, key)
            return [*line, *find_texts(child)]
        if isinstance(child, NavigableString):
            if isinstance(child, PreformattedString) and not isinstance(child, CData):
                self._found += self._read_comment(tag, child, levels)
                return line
            return [*line, str(child)]
        return line

    def _read_marked(self, tag: Tag, levels: tuple[Level, ...], key: str) -> Passages:
        """Read again, by itself, an inline element whose own attributes say what it is about."""
        for inner in (tag, *find_tags(tag)):
            names = name_element(inner)
            text = "".join(find_texts(inner))
            if names and text.strip():
                around = (*level(names, tight=True), *levels)
                yield Passage(self._at(inner), text, around, "cell", key)

    def _read_comment(self, tag: Tag, text: str, levels: tuple[Level, ...]) -> Passages:
        around = (*level([join_texts(tag, most=_SMALL_BOX)]), *levels)
        yield from read_script(text, self._at(tag, "comment"), around)

    def _read_line(
        self, tag: Tag, line: list[str], levels: tuple[Level, ...], form: Form, key: str
    ) -> Passages:
        text = "".join(line)
        if not text.strip():
            return
        if tag.name == "text":
            drawing = self._find_drawing(tag)
            if drawing and drawing.is_tick(tag):
                return
            beside = drawing.find_beside(tag) if drawing and is_number(text) else []
            levels = (*level(beside), *levels)
        if _meet(line):
            text = " ".join(line)
        yield Passage(self._at(tag), _SPACE.sub(" ", text), levels, form, key)
        if _spell(line):
            # "1" and "2" of two elements are read as 12.
            yield Passage(self._at(tag), _SPACE.sub(" ", "".join(line)), levels, form, key)

    def _read_element(self, tag: Tag, levels: tuple[Level, ...], form: Form, key: str) -> Headings:
        if tag.name in _CELLS:
            heads, key = self._find_heads(tag)
            levels, form = (*heads, *levels), "cell"
        self._found += self._read_attributes(tag, levels, key)
        if tag.name in ("script", "style"):
            self._found += self._read_code(tag, levels)
            return {}
        inner = self._read_children(tag, (*self._own_levels(tag), *levels), form, key)
        if tag.name in HEADINGS:
            return {HEADINGS[tag.name]: join_texts(tag)}
        return {} if tag.name in CLOSED else inner

    def _own_levels(self, tag: Tag) -> tuple[Level, ...]:
        """Return what an element says of everything in it."""
        names = [*name_element(tag), *self._find_referred(tag)]
        names += [join_texts(c) for c in tag.children if isinstance(c, Tag) and c.name in _NAMING]
        # A cell has its headers, and a table is wider than what one number is about.
        small = tag.name not in _TABLE_PARTS and tag.name not in ("svg", "g", "text")
        box = [join_texts(tag)] if small and self._measure(tag) <= _SMALL_BOX else []
        return (*level(box), *level(names))

    def _measure(self, tag: Tag) -> int:
        """Return how long the text of an element is, counted once."""
        if id(tag) not in self._lengths:
            length = 0
            for child in tag.children:
                length += self._measure(child) if isinstance(child, Tag) else len(str(child))
            self._lengths[id(tag)] = length
        return self._lengths[id(tag)]

    def _find_referred(self, tag: Tag) -> list[str]:
        ids = " ".join(str(tag.attrs[name]) for name in _REFERRING if name in tag.attrs).split()
        return [join_texts(self._ids[i]) for i in ids if i in self._ids]

    def _find_heads(self, cell: Tag) -> tuple[tuple[Level, ...], str]:
        table = find_above(cell, TABLES)
        if table is None:
            return (), ""
        if id(table) not in self._tables:
            self._tables[id(table)] = TableHeads(table)
        return self._tables[id(table)].find_levels(cell)

    def _find_drawing(self, text: Tag) -> Drawing | None:
        svg = find_above(text, ("svg",))
        if svg is None:
            return None
        if id(svg) not in self._drawings:
            self._drawings[id(svg)] = Drawing(svg)
        return self._drawings[id(svg)]

    def _read_attributes(self, tag: Tag, levels: tuple[Level, ...], key: str) -> Passages:
        attributes = list(find_attributes(tag))
        if not attributes:
            return
        own = join_texts(tag, most=200) if self._measure(tag) <= _SMALL_BOX else ""
        for name, text, form in attributes:
            others = [other for label, other, _ in attributes if label != name]
            around = (*level([name, *others, own], tight=True), *levels)
            yield Passage(self._at(tag, name), text, around, form, key)  # type: ignore[arg-type]

    def _read_code(self, tag: Tag, levels: tuple[Level, ...]) -> Passages:
        text = "".join(str(child) for child in tag.children)
        if is_library(text):
            return
        yield from read_script(text, self._at(tag), (*level(name_element(tag)), *levels))


def _head_levels(headings: Headings) -> tuple[Level, ...]:
    """Return the headings over what follows, the nearest (lowest) first."""
    return tuple(Level(headings[rank]) for rank in sorted(headings, reverse=True))


def _take_headings(headings: Headings, found: Headings) -> None:
    for rank, text in found.items():
        for lower in [r for r in headings if r >= rank]:
            del headings[lower]
        headings[rank] = text


def _meet(line: list[str]) -> bool:
    """Whether two pieces of a line meet without a space between words or numbers."""
    pairs = pairwise(p for p in line if p)
    return any((one[-1].isalnum() or one[-1] in "%)") and two[0].isalnum() for one, two in pairs)


def _spell(line: list[str]) -> bool:
    """Whether a number is spelled digit by digit, each in an element of its own."""
    pairs = pairwise(p for p in line if p)
    return any(_DIGITS.fullmatch(one) and _DIGITS.fullmatch(two) for one, two in pairs)
