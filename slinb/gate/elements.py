"""What the elements of a page are: which break a text, which attributes only draw or link."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from bs4 import Tag
from bs4.element import NavigableString, PreformattedString

INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i",
    "ins", "kbd", "label", "mark", "meter", "output", "progress", "q", "s", "samp", "small",
    "span", "strong", "sub", "sup", "time", "tspan", "u", "var", "wbr", "a:r", "a:t", "a:rpr",
}  # fmt: skip
HEADINGS = {f"h{n}": n for n in range(1, 7)} | {
    "figcaption": 7, "caption": 7, "legend": 7, "summary": 7, "dt": 8,
}  # fmt: skip
#: A heading in one of these heads nothing outside of it.
CLOSED = {
    "article", "section", "aside", "nav", "details", "figure", "li", "td", "th", "table", "svg",
    "form", "dialog",
}  # fmt: skip
TABLES = ("table", "a:tbl")
_HEX = re.compile(r"[0-9a-f-]{8,}", re.I)
#: Attributes whose numbers place or draw, link or count positions: never a figure in words.
_DRAWING = {
    "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "rx", "ry", "d", "dx", "dy", "points",
    "transform", "viewbox", "width", "height", "offset", "font-size", "font-weight",
    "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity",
    "gradienttransform", "patterntransform", "preserveaspectratio", "marker-end",
    "stroke-miterlimit", "colspan", "rowspan", "tabindex", "rows", "cols", "size", "maxlength",
    "span", "version", "datetime", "charset", "aria-rowindex", "aria-colindex", "aria-rowcount",
    "aria-colcount", "aria-level", "aria-posinset", "aria-setsize", "integrity", "nonce",
    "xmlns", "xmlns:xlink", "fill", "stroke", "color", "http-equiv",
}  # fmt: skip
_LABELS = {
    "id", "class", "href", "xlink:href", "src", "srcset", "for", "headers", "name", "usemap",
    "aria-labelledby", "aria-describedby", "aria-controls", "aria-owns", "action", "rel",
    "target", "list", "form",
}  # fmt: skip
_STYLE_DRAWING = re.compile(
    r"(?:stroke|fill|font|opacity|text-anchor|margin|padding|line-height|border|grid|gap|z-index"
    r"|flex|color|background)[\w-]*\s*:[^;]*;?",
    re.I,
)


def find_tags(tag: Tag, names: Collection[str] = ()) -> Iterator[Tag]:
    """Yield the elements within an element, those with one of the names if any are given.

    The parser's own search matches each element against rules, which takes several times as long.
    """
    for node in tag.descendants:
        if isinstance(node, Tag) and (not names or node.name in names):
            yield node


def find_above(tag: Tag, names: Collection[str]) -> Tag | None:
    """Return the nearest element around an element that has one of the names."""
    return next((parent for parent in tag.parents if parent.name in names), None)


def find_attributes(tag: Tag) -> Iterator[tuple[str, str, str]]:
    """Yield the name, text and form of each attribute that may say something.

    Yields
    ------
    tuple of str
        Form is ``label`` for identifiers and links, ``cell`` for data and values, ``prose``
        for what is written for a reader.
    """
    for name, raw in tag.attrs.items():
        value = " ".join(raw) if isinstance(raw, list) else str(raw)
        if not value or name in _DRAWING:
            continue
        if name in _LABELS:
            yield name, value, "prose" if value.startswith("data:") else "label"
        elif name == "style":
            yield name, _STYLE_DRAWING.sub(" ", value), "cell"
        elif name.startswith("data-") or name in ("value", "aria-valuenow", "aria-valuetext"):
            yield name, value, "cell"
        else:
            yield name, value, "prose"


def name_element(tag: Tag) -> list[str]:
    """Return what the attributes of an element say of what it holds."""
    names = []
    for name, value, _ in find_attributes(tag):
        said = name.startswith("data-") or name in (
            "id", "class", "aria-label", "alt", "title", "name", "label", "descr", "for", "value",
        )  # fmt: skip
        if said and len(value) < 2000 and not _HEX.fullmatch(value):
            names.append(value)
    return names


def find_texts(tag: Tag) -> Iterator[str]:
    """Yield the texts within an element, without comments, scripts and styles."""
    for node in tag.descendants:
        if isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            parent = node.parent
            if parent is None or parent.name not in ("script", "style"):
                yield str(node)


def join_texts(tag: Tag, *, most: int = 2000) -> str:
    """Return the text of an element, its parts kept apart, cut where it grows too long."""
    parts, length = [], 0
    for text in find_texts(tag):
        if text.strip():
            parts.append(text.strip())
            length += len(text)
        if length > most:
            break
    return " ".join(parts)


def is_inline(tag: Tag) -> bool:
    """Whether an element stands within a line of text, with all that it holds."""
    if tag.name not in INLINE:
        return False
    return all(child.name in INLINE for child in find_tags(tag))
