"""Which area and measure a number in a passage may belong to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from slinb.gate.names import BENCHMARK, Name, Names, What, normalise
from slinb.gate.numbers import Token
from slinb.gate.passages import SEPARATOR, Level
from slinb.gate.when import RELATIVE

#: "Luton 3", "Luton's 3", "Luton (3", "Luton: 3", "Luton 2 to 3"
_LINK = (
    r"[\s:(,=“”\"'–—-]*(?:(?:is|was|at|of|had|has|with|average|mean|figure|rate|value)\s+)*"
    r"\(?(?:[\d.,]+%? to )?"
)
_BEFORE = re.compile(rf"(?:['’]s?)?{_LINK}", re.I)
#: "3 in Luton", "3 for Luton", "3% (Luton"
_AFTER = re.compile(r"\s*(?:\w+\s+){0,2}?(?:in|for|from)\s+(?:the\s+)?|\s*\(", re.I)
#: What may stand beside a benchmark's name in a header that heads the benchmark's own figures.
_PURE = re.compile(
    r"(?:[\W_]|\x1f|value|figure|average|mean|rate|percent|per cent|lower|upper|period|the|n\b)*",
    re.I,
)
_AGAINST = re.compile(r"\b(?:against|compared with|than)\s+(?:the )?$", re.I)
_OF_BENCHMARK = re.compile(
    r"(?:['’]s?|[\s,:()\d.%–-]"
    r"|\b(?:model|mean|median|pooled|of|with|a|figure|average|to|is|was|at)\b)*",
    re.I,
)


@dataclass(frozen=True)
class Subject:
    """The cells that a number may belong to: every pair of one of each."""

    areas: frozenset[str]
    measures: frozenset[str]

    @property
    def single(self) -> bool:
        """Whether it is one cell and no other."""
        return len(self.areas) == 1 and len(self.measures) == 1


def find_subjects(
    token: Token, text: str, own: Sequence[Name], levels: Sequence[Level], names: Names
) -> Subject:
    """Return the areas and measures to which a number may belong.

    A name right beside the number takes it ("Luton's 3"). Otherwise it may belong to the names
    nearest to it in its own text, before and after, and to the nearest of the levels that
    names any.
    """
    return Subject(
        _find_ids("area", token, text, own, levels, names),
        _find_ids("measure", token, text, own, levels, names),
    )


def _find_ids(
    what: What,
    token: Token,
    text: str,
    own: Sequence[Name],
    levels: Sequence[Level],
    names: Names,
) -> frozenset[str]:
    mine = [n for n in own if n.what == what]
    before = [n for n in mine if n.end <= token.start][-1:]
    after = [n for n in mine if n.start >= token.end][:1]
    beside = [n for n in before if not n.weak and _BEFORE.fullmatch(text, n.end, token.start)]
    beside += [
        n for n in after if not beside and not n.weak and _AFTER.fullmatch(text, token.end, n.start)
    ]
    if beside:
        return frozenset().union(*(n.ids for n in beside))
    near = frozenset().union(*(n.ids for n in (*before, *after)))
    # What repeats the text (its paragraph, its box) names all that it names: nothing new.
    wider = [level for level in levels if not mine or text not in normalise(level.text)]
    return near | _find_nearest(what, wider, names)


def _find_nearest(what: What, levels: Sequence[Level], names: Names) -> frozenset[str]:
    """Return what the nearest level names.

    A level that names a benchmark beside other words ("difference from the region") does not
    say whose number it is, so the search goes on; of headers above each other the one next to
    the number counts ("Region", however it is explained above).
    """
    found: frozenset[str] = frozenset()
    for level in levels:
        text = normalise(level.text)
        here = [n for n in names.find(text) if n.what == what]
        ids = frozenset().union(*(n.ids for n in here))
        if not ids:
            continue
        found |= ids
        if all(n.weak for n in here):
            continue
        if what == "measure" or any(not is_wide(i) for i in ids) or _is_pure(text, here):
            return found
        first = text.partition(SEPARATOR)[0]
        own = [n for n in here if n.end <= len(first)]
        if own and _is_pure(first, own):
            return found
    return found


def is_wide(code: str) -> bool:
    """Whether a code is that of a benchmark: a region, England or the word itself."""
    return code == BENCHMARK or code.startswith(("E12", "E13", "E92"))


def _is_pure(text: str, names: Sequence[Name]) -> bool:
    rest, last = "", 0
    for name in names:
        rest, last = rest + text[last : name.start], name.end
    return bool(_PURE.fullmatch(rest + text[last:]))


def is_benchmark(token: Token, text: str, names: Sequence[Name]) -> bool:
    """Whether a number is what the figure is compared with.

    "78.6% … against 86.8%", where a benchmark is named; or "statistical neighbours, 2025
    model: mean 54, median 48", where nothing but such words stands between.
    """
    before, after = text[: token.start], text[token.end : token.end + 24]
    wide = [n for n in names if n.what == "area" and any(map(is_wide, n.ids))]
    if wide and _AGAINST.search(before) and not RELATIVE.search(after):
        return True
    last = [n for n in names if n.what == "area" and n.end <= token.start][-1:]
    return bool(
        last and last[0] in wide and _OF_BENCHMARK.fullmatch(text, last[0].end, token.start)
    )
