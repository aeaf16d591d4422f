"""What stands behind an encoding: entities, URL and script escapes, base64, typed arrays."""

from __future__ import annotations

import base64
import binascii
import html
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import numpy as np

#: In "44.5%31 of" the sign is a per cent sign.
_PERCENT = re.compile(r"(?<!\d)%[0-9A-Fa-f]{2}|%[0-9A-Fa-f]{2}(?=\S*[A-Za-z])")
_ENTITY = re.compile(r"&#?\w+;")
_ESCAPE = re.compile(r"\\u\{?([0-9A-Fa-f]{4,6})\}?|\\x([0-9A-Fa-f]{2})|\\([0-9A-Fa-f]{2,6})\s?")
_BASE64 = re.compile(r"(?<![\w+/=-])[A-Za-z0-9+/_-]{8,}={0,2}(?![\w+/=-])")
_TEXT = re.compile(r"[\x20-\x7e\s\u00a0-\ud7ff\ue000-\ufffd]+")
_IDENTIFIER = re.compile(r"[A-Za-z]+|[a-z0-9]+(?:[_-][A-Za-z0-9]+)+|\d+")


def unwrap(text: str) -> Iterator[str]:
    """Yield each reading of a text that an encoding hides, one layer at a time.

    Examples
    --------
    >>> list(unwrap("Bedford%20%28three%29")), list(unwrap("QmVkZm9yZDogMw=="))
    (['Bedford (three)'], ['Bedford: 3'])
    """
    for sign, pattern, decode in (
        ("%", _PERCENT, unquote),
        ("&", _ENTITY, html.unescape),
        ("\\", _ESCAPE, unescape),
    ):
        if sign in text and pattern.search(text) and (plain := decode(text)) != text:
            yield plain
    for match in _BASE64.finditer(text):
        if (hidden := decode_base64(match.group())) is not None:
            # What stands around the code may say whose it is.
            yield text[: match.start()] + hidden + text[match.end() :]


def unescape(text: str) -> str:
    """Replace the escapes of scripts and style sheets by their characters."""

    def read(match: re.Match[str]) -> str:
        number = int(next(g for g in match.groups() if g), 16)
        return chr(number) if number < 0x110000 else match.group()

    return _ESCAPE.sub(read, text)


def decode_base64(code: str) -> str | None:
    """Return the text that base64 hides (compressed or not), or None where it hides none."""
    if _IDENTIFIER.fullmatch(code):
        return None
    try:
        padded = code.rstrip("=").replace("-", "+").replace("_", "/")
        content = base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return _read_bytes(content)


def _read_bytes(content: bytes) -> str | None:
    if content[:2] in (b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01"):
        try:
            content = zlib.decompress(content, wbits=47)
        except zlib.error:
            return None
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if _TEXT.fullmatch(text) else None


def decode_array(value: dict[str, Any]) -> list[Any] | None:
    """Return the numbers of a typed array as plotly writes it, or None where it is none.

    Examples
    --------
    >>> decode_array({"dtype": "i1", "bdata": "AQID"})
    [1, 2, 3]
    """
    if not isinstance(value.get("bdata"), str) or not isinstance(value.get("dtype"), str):
        return None
    try:
        flat = np.frombuffer(base64.b64decode(value["bdata"]), dtype=np.dtype(value["dtype"]))
        shape = [int(n) for n in str(value.get("shape") or flat.size).split(",")]
        numbers: list[Any] = flat.reshape(shape).tolist()
    except (binascii.Error, TypeError, ValueError):
        return None
    return numbers
