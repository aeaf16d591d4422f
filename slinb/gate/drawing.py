"""The texts of a drawing: which are the ticks of an axis, and which stand on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from bs4 import Tag

from slinb.gate.elements import find_tags
from slinb.gate.grid import is_number

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_LINE = 3.0  # user units: texts closer than this stand on one line
_PLACE = re.compile(r"translate\(\s*(-?[\d.]+)[ ,]+(-?[\d.]+)")


@dataclass(frozen=True, eq=False)  # a tag compares by all of its markup
class _Text:
    tag: Tag
    text: str
    x: float
    y: float

    @property
    def value(self) -> float:
        match = _NUMBER.search(self.text.replace(",", "").replace("−", "-"))
        return float(match.group()) if match else 0.0


class Drawing:
    """The texts of one SVG.

    Parameters
    ----------
    svg : Tag
    """

    def __init__(self, svg: Tag) -> None:
        self._texts = list(_find_texts(svg))
        self._ticks = {id(t.tag) for t in _find_ticks(self._texts)}

    def is_tick(self, tag: Tag) -> bool:
        """Whether a text is a tick of an axis: numbers in a row, as far apart as they count."""
        return id(tag) in self._ticks

    def find_beside(self, tag: Tag) -> list[str]:
        """Return the texts that stand on one line with a text, and its neighbours in the file."""
        mine = next((t for t in self._texts if t.tag is tag), None)
        if mine is None:
            return []
        i = self._texts.index(mine)
        near = [*self._texts[max(0, i - 1) : i], *self._texts[i + 1 : i + 2]]
        line = [t for t in self._texts if abs(t.y - mine.y) <= _LINE and t is not mine]
        return [t.text for t in (*line, *near) if not is_number(t.text)]


def _find_texts(svg: Tag) -> Iterator[_Text]:
    for tag in find_tags(svg, ("text",)):
        text = "".join(tag.stripped_strings)
        if moved := _PLACE.search(str(tag.get("transform", ""))):
            yield _Text(tag, text, float(moved[1]), float(moved[2]))
        else:
            yield _Text(tag, text, _coordinate(tag, "x"), _coordinate(tag, "y"))


def _coordinate(tag: Tag, name: str) -> float:
    match = _NUMBER.match(str(tag.get(name, "0")))
    return float(match.group()) if match else 0.0


def _find_ticks(texts: Iterable[_Text]) -> Iterator[_Text]:
    numbers = [t for t in texts if is_number(t.text)]
    for fixed, moving in (("x", "y"), ("y", "x")):
        rows: dict[tuple[float, str], list[_Text]] = {}
        for text in numbers:
            anchor = str(text.tag.get("style", "")) + str(text.tag.get("class", ""))
            rows.setdefault((round(getattr(text, fixed), 1), anchor), []).append(text)
        for row in rows.values():
            if _is_scale(row, moving) if len(row) > 2 else _is_pair_of_ticks(row):
                yield from row


def _is_scale(row: list[_Text], moving: str) -> bool:
    """Whether the distance between neighbours is proportional to the difference they say."""
    ordered = sorted(row, key=lambda t: getattr(t, moving))
    steps = [
        (getattr(b, moving) - getattr(a, moving), b.value - a.value) for a, b in pairwise(ordered)
    ]
    if any(not apart or not counted for apart, counted in steps):
        return False
    ratios = [counted / apart for apart, counted in steps]
    return max(ratios) - min(ratios) <= 0.05 * abs(ratios[0])


def _is_pair_of_ticks(row: list[_Text]) -> bool:
    """Whether two numbers are neighbours on a scale that counts in ones, twos or fives."""
    if len(row) != 2:
        return False
    low, high = sorted(text.value for text in row)
    step = high - low
    return bool(step) and f"{step:e}"[0] in "125" and not low % step
