"""What a free spelling means: matched on the accepted value, the code or the words; never guessed.

A cell is read in this order, and the first that gives one group decides:

1. it is a value of the list, with or without its letter ("e) Accommodated under S20");
2. the codes and the words in it agree on one group ("V2 - Single period under s.20");
3. it is the letter of a value alone ("e)").

Anything else, and whatever means two things at once, is not mapped but listed.
"""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from slinb.records.codes import load_codes

_UNCLEAR = "unclear"
_LETTER = re.compile(r"([a-z])\)\s*(.*)", re.DOTALL)
_CODE = re.compile(r"(?<![A-Za-z0-9.])[A-Za-z]{1,2}[0-9]{1,2}[AaBb]?(?![A-Za-z0-9])")


@dataclass(frozen=True)
class Rule:
    """Words that mean a group."""

    group: str
    patterns: tuple[re.Pattern[str], ...]
    decides: tuple[re.Pattern[str], ...] = ()
    unless: re.Pattern[str] | None = None

    def fits(self, words: str) -> bool:
        """Whether the words mean this group."""
        if self.unless and self.unless.search(words):
            return False
        return any(p.search(words) for p in self.patterns)

    def decided(self, words: str) -> bool:
        """Whether the words mean this group whatever else they say."""
        if self.unless and self.unless.search(words):
            return False
        return any(p.search(words) for p in self.decides)


@dataclass(frozen=True)
class Meaning:
    """Everything that is known about one set of values.

    Parameters
    ----------
    name : str
        legal_status, need, plan, …
    accepted : dict of str to str
        Group of each accepted value, folded to words.
    letters : dict of str to str
        Group of each letter of the list.
    codes : dict of str to str
        Group of each SSDA903 code that may stand in a cell.
    rules : tuple of Rule
    beats : frozenset of (str, str)
        Pairs of groups of which the first is meant where both are said.
    """

    name: str
    accepted: dict[str, str]
    letters: dict[str, str]
    codes: dict[str, str]
    rules: tuple[Rule, ...]
    beats: frozenset[tuple[str, str]]

    def read(self, text: str) -> str | None:
        """Return the group that a text means ("" for a value without group), None where unclear.

        Examples
        --------
        >>> status = load_meanings()["legal_status"]
        >>> status.read(" V2 - Accomm under S20"), status.read("S20 Short Breaks 75+ Nights")
        ('Section 20', None)
        """
        letter = _LETTER.fullmatch(text.strip().casefold())
        words = fold_words(letter[2] if letter else text)
        if words in self.accepted:
            return self.accepted[words]
        if letter and not words:
            return self.letters.get(letter[1])
        by_code = self._settle(self._find_codes(text))
        by_words = self._settle(self._find_words(words))
        groups = by_code & by_words if by_code and by_words else by_code | by_words
        return next(iter(groups)) if len(groups) == 1 and groups != {_UNCLEAR} else None

    def _find_codes(self, text: str) -> set[str]:
        found = (m.upper() for m in _CODE.findall(text))
        return {self.codes[code] for code in found if code in self.codes}

    def _find_words(self, words: str) -> set[str]:
        decided = {rule.group for rule in self.rules if rule.decided(words)}
        return decided or {rule.group for rule in self.rules if rule.fits(words)}

    def _settle(self, groups: set[str]) -> set[str]:
        beaten = {weak for strong, weak in self.beats if strong in groups}
        return groups - beaten


def fold_words(text: str) -> str:
    """Reduce a text to lower-case words of letters and digits, one space between.

    Examples
    --------
    >>> fold_words("Detained (PACE) – LA’s accomm.")
    'detained pace la s accomm'
    """
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.casefold().replace("&", " and ")).split())


@lru_cache(maxsize=1)
def load_meanings() -> dict[str, Meaning]:
    """Read the meanings that come with slinb, by the name of their set."""
    folder = files("slinb.records") / "codelists"
    with (folder / "annex_a_values.csv").open(encoding="utf-8") as handle:
        values = list(csv.DictReader(handle))
    rules = tomllib.loads((folder / "meanings.toml").read_text(encoding="utf-8"))
    return {name: _build(name, values, rules.get(name, {})) for name in {v["set"] for v in values}}


def _build(name: str, values: list[dict[str, str]], raw: dict[str, Any]) -> Meaning:
    own = [value for value in values if value["set"] == name]
    codes = load_codes()[raw["codes"]].codes if "codes" in raw else ()
    letters = {v["letter"]: v["group"] for v in own if v["letter"]}
    spelt = {c.code: c.group for c in codes if c.group}
    # Activity codes (F1, P2, …) are the letters of their own list.
    spelt |= {k: g for k, g in letters.items() if len(k) > 1}
    return Meaning(
        name=name,
        accepted={fold_words(v["label"]): v["group"] for v in own},
        letters={k: g for k, g in letters.items() if len(k) == 1},
        codes=spelt,
        rules=tuple(_build_rule(rule) for rule in raw.get("rule", [])),
        beats=frozenset((strong, weak) for strong, weak in raw.get("beats", [])),
    )


def _build_rule(raw: dict[str, Any]) -> Rule:
    return Rule(
        group=raw["group"],
        patterns=tuple(re.compile(p) for p in raw["patterns"]),
        decides=tuple(re.compile(p) for p in raw.get("decides", [])),
        unless=re.compile(raw["unless"]) if "unless" in raw else None,
    )
