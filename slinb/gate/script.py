"""Passages of an inline script or style sheet: the JSON in it, then the code around it."""

from __future__ import annotations

import json
import re
from typing import Any

from slinb.gate.passages import Level, Passage, Passages, level
from slinb.gate.structured import read_json

_OPENING = re.compile(r"[\[{]\s*[\"'\[{\d\]}-]")
_CHUNK = re.compile(r"[;{}\n]+")
_BEFORE = 200


def parse_json(text: str) -> Any:
    """Return the JSON value that a text is, or None where it is none."""
    stripped = text.strip()
    if not stripped.startswith(("{", "[")):
        return None
    try:
        return json.loads(stripped)
    except ValueError:
        return None


def read_script(text: str, place: str, levels: tuple[Level, ...] = ()) -> Passages:
    """Yield what a script holds.

    A value that is JSON is read as JSON, with the code before it as its name; the rest is
    read statement by statement, each within what opens the braces around it.
    """
    whole = parse_json(text)
    if whole is not None:
        yield from read_json(whole, place, levels)
        return
    last = 0
    for match in _OPENING.finditer(text):
        if match.start() < last:
            continue
        try:
            value, end = json.JSONDecoder().raw_decode(text, match.start())
        except ValueError:
            continue
        before = text[max(last, match.start() - _BEFORE) : match.start()]
        name = level([_CHUNK.split(before)[-1]], tight=True)
        yield from read_json(value, place, (*name, *levels))
        yield from _read_code(text[last : match.start()], place, levels)
        last = end
    yield from _read_code(text[last:], place, levels)


def _read_code(code: str, place: str, levels: tuple[Level, ...]) -> Passages:
    before = ""
    for chunk in _CHUNK.split(code):
        if chunk.strip():
            yield Passage(place, chunk, (*level([before[-_BEFORE:]]), *levels))
            before = chunk
