"""People's own words on a page and in a download: paragraphs, emphasis and lists, nothing else.

mistune reads the Markdown with every other rule switched off (HTML, links, pictures, headings,
code, tables), and the tags are written here from an allow-list, none with an attribute that
came from the text. Whatever is not one of them stays on the page as the words it was.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

import mistune
from markupsafe import Markup, escape

#: The only rules of Markdown that are read.
_BLOCK_RULES = ("list", "blank_line")
_INLINE_RULES = ("emphasis", "linebreak", "softbreak")
_LINE_BREAKS = ("softbreak", "linebreak")
_TAGS = {"emphasis": "em", "strong": "strong", "list_item": "li"}
_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
#: Joiners without which some scripts and emoji fall apart; every other invisible sign goes.
_JOINERS = "\u200c\u200d"
_INVISIBLE = {"Cc", "Cf", "Cs", "Co"}
#: What a spreadsheet takes for the start of a formula or of a DDE call, full-width forms too.
_TRIGGERS = "=+\\-@|%＝＋－＠｜％"
_STARTS = re.compile(rf"[\s\"'\N{{NO-BREAK SPACE}}]*[{_TRIGGERS}]")
#: A spreadsheet with other settings splits at these, and a formula may begin behind one.
_HIDDEN = re.compile(r"([;,\t\n|][\s\"']*)(?=[=+\-@＝＋－＠])")
_NUMBER = re.compile(r"[+\-\N{MINUS SIGN}]?\d[\d,]*(\.\d+)?%?")


def render_prose(text: str) -> Markup:
    r"""Turn what somebody wrote into safe HTML: ``p``, ``em``, ``strong``, ``ul``, ``ol``, ``br``.

    Parameters
    ----------
    text : str
        Any text, Markdown or not. A line end ends a paragraph, as whoever types into a
        cell of a workbook means it to.

    Returns
    -------
    Markup
        Without HTML, link, picture, script, control or bidirectional sign of the writer's.

    Examples
    --------
    >>> render_prose("**Fewer** came back.\n- a rota\n- a <b>duty</b> team")
    Markup('<p><strong>Fewer</strong> came back.</p><ul><li>a rota</li><li>a &lt;b&gt;duty&lt;/b&gt; team</li></ul>')
    """  # noqa: E501 - an example is one line
    return Markup("").join(_write_html(node) for node in _parse(text))


def plain_prose(text: str) -> str:
    r"""Return what somebody wrote as plain lines, its Markdown read and gone.

    Examples
    --------
    >>> plain_prose("**Fewer** came back.\n- a rota\n- a duty team")
    'Fewer came back.\n• a rota\n• a duty team'
    """
    lines = [line for node in _parse(text) for line in _write_lines(node)]
    return "\n".join(line for line in lines if line.strip())


def clean_text(text: str) -> str:
    r"""Take out what nobody sees: control, bidirectional, zero-width and private-use signs.

    Line ends of every kind become ``\n``; tabs stay.

    Examples
    --------
    >>> clean_text("safe\u202etxt.exe\x00")
    'safetxt.exe'
    """
    text = _LINE_ENDS.sub("\n", text)
    return "".join(
        c for c in text if c in "\n\t" + _JOINERS or unicodedata.category(c) not in _INVISIBLE
    )


def neutralise_formula(text: str) -> str:
    r"""Write a text so that no spreadsheet can run it, however the file is opened.

    An apostrophe goes before a text that starts like a formula (``=``, ``+``, ``-``, ``@``,
    ``|``, ``%`` and their full-width forms, behind any space, tab, line end or quotation mark)
    and before such a start behind a separator, where another locale would open a new cell.
    A plain number stays as it is.

    Examples
    --------
    >>> neutralise_formula('=HYPERLINK("x")'), neutralise_formula("-3.5"), neutralise_formula("ok")
    ('\'=HYPERLINK("x")', '-3.5', 'ok')
    """
    clean = clean_text(text)
    if _NUMBER.fullmatch(clean.strip()):
        return clean.strip()
    safe = _HIDDEN.sub(r"\1'", clean)
    return f"'{safe}" if _STARTS.match(clean) or clean[:1] in ("\t", "\n") else safe


def _parse(text: str) -> list[dict[str, Any]]:
    nodes = _reader()(clean_text(text))
    return nodes if isinstance(nodes, list) else []


@lru_cache(maxsize=1)
def _reader() -> mistune.Markdown:
    block, inline = mistune.BlockParser(), mistune.InlineParser()
    block.rules, block.list_rules = list(_BLOCK_RULES), list(_BLOCK_RULES)
    inline.rules = list(_INLINE_RULES)
    return mistune.Markdown(renderer=None, block=block, inline=inline)


def _write_html(node: dict[str, Any]) -> Markup:
    kind = node["type"]
    if kind == "blank_line":
        return Markup("")
    if kind in _LINE_BREAKS:
        return Markup("<br>")
    if "children" not in node:
        return escape(node.get("raw", ""))
    if kind == "paragraph":
        return Markup("").join(Markup("<p>{}</p>").format(line) for line in _split_lines(node))
    inner = Markup("").join(_write_html(child) for child in node["children"])
    if kind == "list":
        return _write_list(node, inner)
    tag = _TAGS.get(kind)
    return Markup("<{0}>{1}</{0}>").format(tag, inner) if tag else inner


def _split_lines(node: dict[str, Any]) -> list[Markup]:
    """Return the lines of a paragraph, each a paragraph of its own to whoever pressed Enter."""
    lines: list[list[Markup]] = [[]]
    for child in node["children"]:
        if child["type"] in _LINE_BREAKS:
            lines.append([])
        else:
            lines[-1].append(_write_html(child))
    return [line for parts in lines if (line := Markup("").join(parts)).strip()]


def _write_list(node: dict[str, Any], inner: Markup) -> Markup:
    if not node["attrs"]["ordered"]:
        return Markup("<ul>{}</ul>").format(inner)
    # “2025. A hard year” must not become item 1.
    start = int(node["attrs"].get("start", 1))
    return Markup('<ol start="{}">{}</ol>').format(start, inner)


def _write_lines(node: dict[str, Any], mark: str = "") -> list[str]:
    if node["type"] == "list":
        return _write_items(node)
    if node["type"] != "list_item":
        return (mark + _join_words(node)).split("\n")
    lines: list[str] = []
    for child in node["children"]:
        lines += _write_lines(child, mark if not lines else "")
    return lines


def _write_items(node: dict[str, Any]) -> list[str]:
    first = int(node["attrs"].get("start", 1))
    ordered = node["attrs"]["ordered"]
    marks = [f"{first + i}. " if ordered else "• " for i in range(len(node["children"]))]
    items = zip(node["children"], marks, strict=True)
    return [line for item, mark in items for line in _write_lines(item, mark)]


def _join_words(node: dict[str, Any]) -> str:
    if node["type"] in _LINE_BREAKS:
        return "\n"
    if "children" not in node:
        return str(node.get("raw", ""))
    return "".join(_join_words(child) for child in node["children"])
