"""Reading the tables of a page back."""

from __future__ import annotations

from html.parser import HTMLParser


class _Tables(HTMLParser):
    """Reads the tables of a page as rows of text."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[str, list[list[str]]]] = []
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as the parser calls it
        if tag == "table":
            self.tables.append(("", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("th", "td", "caption"):
            self._text = []

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("th", "td", "caption") and self._text is not None:
            text = "".join(self._text)
            _, rows = self.tables[-1]
            if tag == "caption":
                self.tables[-1] = (text, rows)
            else:
                rows[-1].append(text)
            self._text = None


def read_table(html: str, caption: str) -> dict[str, list[str]]:
    """Return the rows of the one table whose caption begins so, by their first cell."""
    reader = _Tables()
    reader.feed(html)
    found = [rows for words, rows in reader.tables if words.startswith(caption)]
    assert len(found) == 1, caption
    return {row[0]: row[1:] for row in found[0][1:]}
