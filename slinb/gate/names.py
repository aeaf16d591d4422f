"""Where a text names an area or a measure, in whichever of their forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Literal, NamedTuple

from slinb.catalogue.areas import Area, Areas
from slinb.catalogue.measures import Measure, Measures

#: A domain ("Children in need and protection") holds the name of a measure and means none.
What = Literal["area", "measure", "domain"]
#: Names of a benchmark that stand for no area of the list.
BENCHMARK = "benchmark"
_BENCHMARKS = (
    "the region", "region", "regional", "the benchmark", "benchmark", "national",
    "statistical neighbours", "neighbours", "neighbour",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_SPACED_THOUSANDS = re.compile("(?<=\\d)[\u00a0\u2009\u202f](?=\\d{3}(?!\\d))")
#: "Looked-after children per 10,000" is also called "looked-after children"
_TAIL = re.compile(r"\s*(?:,? per [\d,]+.*|\(.*\)|,.*)$")


class Name(NamedTuple):
    """A name in a text: where it stands, and the codes or ids of all it may mean.

    A weak name ("children in need", of "Children in need per 10,000") is said of other things
    too: it adds to what a number may be about and rules nothing out.
    """

    start: int
    end: int
    what: What
    ids: frozenset[str]
    weak: bool = False


class _Entry(NamedTuple):
    words: tuple[str, ...]
    what: What
    ids: frozenset[str]
    weak: bool


@lru_cache(maxsize=65536)
def normalise(text: str) -> str:
    """Return a text with its look-alikes made plain: full-width digits, thin spaces, joiners.

    >>> normalise("1\u2009234 of \uff13\u200b\uff17")
    '1,234 of 37'
    """
    if text.isascii():
        return text
    text = _SPACED_THOUSANDS.sub(",", _UNSEEN.sub("", text))
    return unicodedata.normalize("NFKC", text)


class Names:
    """Finds the areas and measures that a text names.

    Parameters
    ----------
    areas, measures
        All areas and measures, so that "Southend" is not found in a longer name.
    wanted_areas : iterable of str
        Codes of those with secrets. An area that is neither one of them nor their neighbour
        in the region is known only where its name contains one of theirs.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> from slinb.catalogue.measures import load_measures
    >>> names = Names(load_areas(), load_measures(), ["E06000055"])
    >>> [sorted(n.ids) for n in names.find("trend-cla_rate-E06000055")]
    [['cla_rate'], ['E06000055']]
    """

    def __init__(
        self,
        areas: Areas,
        measures: Measures,
        wanted_areas: Iterable[str],
    ) -> None:
        forms = _Forms()
        for measure in measures:
            forms.add("measure", (measure.id, measure.title, measure.short), measure.id)
        for area in _areas_in_play(areas, set(wanted_areas)):
            forms.add("area", _area_forms(area), area.code)
        forms.add("area", _BENCHMARKS, BENCHMARK)
        for domain in measures.domains:
            forms.add("domain", (domain,), "")
        for measure in measures:
            forms.add("measure", _weak_forms(measure), measure.id, weak=True)
        self._start = forms.index()
        self._whole = _whole_forms(areas, measures)
        self.find = lru_cache(maxsize=65536)(self._find)

    def find_ids(self, text: str, *, part: bool = False) -> set[str]:
        """Return all codes and ids that the names in a text may mean.

        Parameters
        ----------
        text : str
        part : bool, default False
            It is a part of a text, so that a name too short to stand in one is none.

        Examples
        --------
        >>> from slinb.catalogue.areas import load_areas
        >>> from slinb.catalogue.measures import load_measures
        >>> sorted(Names(load_areas(), load_measures(), ["E06000055"]).find_ids("Bedford"))
        ['E06000055']
        """
        found = [entry.ids for _, entry in self._find_entries(_read_words(text))]
        if not found and not part and (whole := self._find_whole(text)):
            found = [whole.ids]
        return set().union(*found)

    def find_edges(self, text: str) -> tuple[str, frozenset[str]]:
        """Return the first word of a text, and those that would carry on a name at its end."""
        words = _read_words(text)
        after: set[str] = set()
        for position in range(len(words)):
            step: _Step | None = self._start
            for word in islice(words, position, None):
                step = step.after.get(word) if step else None
            after |= step.after.keys() if step else set()
        return words[0] if words else "", frozenset(after)

    def _find(self, text: str) -> tuple[Name, ...]:
        """Return the names in a text, in order; of two that overlap the longer one."""
        entries = list(self._find_entries(_read_words(text)))
        if not entries:
            whole = self._find_whole(text)
            return () if whole is None else (whole,)
        places = [match.span() for match in _WORD.finditer(text)]
        return tuple(
            Name(places[i][0], places[i + len(e.words) - 1][1], e.what, e.ids, e.weak)
            for i, e in entries
        )

    def _find_whole(self, text: str) -> Name | None:
        whole = self._whole.get(text.strip().casefold())
        return Name(0, len(text), *whole) if whole else None

    def _find_entries(self, words: Sequence[str]) -> Iterator[tuple[int, _Entry]]:
        """Yield the place of the first word of each form among some words, and the form."""
        first = self._start.after
        if first.keys().isdisjoint(words):
            return
        after = 0
        for position, word in enumerate(words):
            if word in first and position >= after and (entry := self._entry_at(words, position)):
                after = position + len(entry.words)
                yield position, entry

    def _entry_at(self, words: Sequence[str], position: int) -> _Entry | None:
        """Return the longest form that begins at a word."""
        found, step = None, self._start
        for word in islice(words, position, None):
            if word not in step.after:
                break
            step = step.after[word]
            found = step.entry or found
        return found


def _read_words(text: str) -> list[str]:
    """Return the words of a text, small."""
    if text.isascii():
        return _WORD.findall(text.lower())
    # Elsewhere a letter may become two when it is made small, so the words are parted first.
    return [word.casefold() for word in _WORD.findall(text)]


class _Step:
    """A word of a form: the form that ends with it, if any, and the words that may come next."""

    def __init__(self) -> None:
        self.entry: _Entry | None = None
        self.after: dict[str, _Step] = {}


class _Forms:
    """The forms in which each area and measure is named, and what each form means."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, ...], _Entry] = {}

    def add(self, what: What, forms: Iterable[str], code: str, *, weak: bool = False) -> None:
        """Enter the forms of one area or measure; a weak form gives way to a strong one."""
        for form in forms:
            words = tuple(w.casefold() for w in _WORD.findall(normalise(form)))
            known = self._found.get(words)
            if not words or (known and weak and not known.weak):
                continue
            ids = known.ids if known else frozenset()
            self._found[words] = _Entry(words, what, ids | {code}, weak)

    def index(self) -> _Step:
        """Return the forms as steps from word to word."""
        start = _Step()
        for words, entry in self._found.items():
            step = start
            for word in words:
                step = step.after.setdefault(word, _Step())
            step.entry = entry
        return start


def _whole_forms(areas: Areas, measures: Measures) -> dict[str, tuple[What, frozenset[str]]]:
    """Return names too short to be looked for within a text: they must be all of it."""
    forms: dict[str, tuple[What, frozenset[str]]] = {
        a.old_code: ("area", frozenset({a.code})) for a in areas if a.old_code
    }
    counts: dict[str, set[str]] = {}
    for measure in measures:
        for count in (measure.numerator_count, measure.denominator_count):
            if count:
                counts.setdefault(count.casefold(), set()).add(measure.id)
    return forms | {count: ("measure", frozenset(ids)) for count, ids in counts.items()}


def _areas_in_play(areas: Areas, wanted: set[str]) -> list[Area]:
    parents = {areas[code].parent for code in wanted if code in areas}
    inner = [a for a in areas if a.code in wanted or a.parent in parents or a.level != "authority"]
    held = [a.name.casefold() for a in inner]
    codes = {a.code for a in inner}
    others = [(a, a.name.casefold()) for a in areas if a.code not in codes]
    outer = [a for a, name in others if any(inside in name for inside in held)]
    return inner + outer


def _area_forms(area: Area) -> set[str]:
    forms = {area.code, area.name, area.slug, *area.spellings}
    for joint in ("-on-", "-upon-", " upon ", " on "):
        # "Southend" for Southend-on-Sea
        head, found, _ = area.name.partition(joint)
        forms |= {head} if found else set()
    return forms


def _weak_forms(measure: Measure) -> set[str]:
    forms = {measure.numerator} if len(measure.numerator.split()) > 2 else set()
    for text in (measure.title, measure.short):
        head = _TAIL.sub("", text)
        if len(_WORD.findall(head)) > 1:
            forms.add(head)
    return forms
