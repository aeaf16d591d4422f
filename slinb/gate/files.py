"""Passages of a file, whatever its kind; a kind that is not known is refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from slinb.gate.encoded import unwrap
from slinb.gate.grid import read_grid
from slinb.gate.page import read_page
from slinb.gate.passages import Level, Passage, Passages, level
from slinb.gate.script import parse_json, read_script
from slinb.gate.silent import PICTURES, hides
from slinb.gate.structured import read_json
from slinb.gate.workbook import UnreadableError, read_office

_LAYERS = 4


def read_file(name: str, content: bytes) -> Passages:
    """Yield the passages of a file, its name among them, and of all that is encoded in it.

    Parameters
    ----------
    name : str
        The file's name; its ending says what it is.
    content : bytes

    Raises
    ------
    UnreadableError
        The gate does not know this kind of file, or cannot read it or a part of it.
    """
    path = Path(name)
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise UnreadableError(
            f"the gate cannot read files of the kind “{path.suffix or path.name}”"
        )
    named = level([path.stem])
    yield Passage("file name", path.stem, (), "label")
    for passage in reader(content, named):
        yield passage
        if hides(passage.text):
            yield from _unfold(passage, _LAYERS)


def _expand(passage: Passage, layers: int) -> Passages:
    yield passage
    if layers and hides(passage.text):
        yield from _unfold(passage, layers)


def _unfold(passage: Passage, layers: int) -> Passages:
    """Yield what is written in a passage as markup, JSON or in some encoding."""
    text = passage.text
    if text.lstrip().startswith(PICTURES):
        raise UnreadableError(f"it holds a picture or file that cannot be read ({passage.place})")
    inner: Passages = iter(())
    if "<" in text and ">" in text and passage.form != "label":
        inner = read_page(text, passage.place, passage.levels)
    elif (value := parse_json(text)) is not None:
        inner = read_json(value, passage.place, passage.levels)
    for part in inner:
        if part.text != text:
            yield from _expand(part, layers - 1)
    for plain in unwrap(text):
        yield from _expand(passage._replace(text=plain), layers - 1)


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_html(content: bytes, levels: tuple[Level, ...]) -> Passages:
    return read_page(_decode(content), "", levels)


def _read_text(content: bytes, levels: tuple[Level, ...]) -> Passages:
    return read_script(_decode(content), "text", levels)


def _read_json(content: bytes, levels: tuple[Level, ...]) -> Passages:
    value = parse_json(_decode(content))
    if value is None:
        raise UnreadableError("it is no JSON")
    return read_json(value, "JSON", levels)


def _read_csv(content: bytes, levels: tuple[Level, ...]) -> Passages:
    text = _decode(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return read_grid(rows, lambda i, j: f"row {i + 1}, column {j + 1}", levels)


def _read_book(content: bytes, levels: tuple[Level, ...]) -> Passages:
    return read_office(content, "", levels)


READERS: dict[str, Callable[[bytes, tuple[Level, ...]], Passages]] = {
    ".html": _read_html,
    ".htm": _read_html,
    ".svg": _read_html,
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".json": _read_json,
    ".ipynb": _read_json,
    ".txt": _read_text,
    ".md": _read_text,
    ".css": _read_text,
    ".js": _read_text,
    ".xlsx": _read_book,
    ".pptx": _read_book,
}
