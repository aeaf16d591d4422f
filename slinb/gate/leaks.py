"""Whether a passage shows a secret: the judgement itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product, takewhile

from slinb.catalogue.measures import Measures
from slinb.gate.concerns import Concerns
from slinb.gate.context import Subject, find_subjects, is_benchmark
from slinb.gate.names import Names, normalise
from slinb.gate.numbers import Token, blank, blank_harmless, find_tokens
from slinb.gate.passages import Form, Level, Passage
from slinb.gate.secrets import Secret, Secrets, SecretsByCell
from slinb.gate.shows import is_in_place_of, shows
from slinb.gate.silent import has_number, is_harmless_key
from slinb.gate.when import NOW, RELATIVE, Span, find_spans, is_closed_year

#: Found where a figure stands in a cell that is withheld, whatever the figure.
WITHHELD = "a figure in a withheld cell"
#: Days to which a comparison, and a series of quarters, reach back.
_COMPARED, _SERIES = 400, 1200
# "St. Helens" and "St Albans" are names: there a stop ends no sentence.
_SENTENCE = re.compile(r"(?<=[.!?])(?<!\bSt\.)\s+(?=[^a-z\s])|\n\s*\n")
_REMARKS = (
    "definition", "caution", "why", "definition_source", "polarity_words", "numerator",
    "denominator", "unit",
)  # fmt: skip


@dataclass(frozen=True)
class Leak:
    """A protected value found where it must not be.

    Parameters
    ----------
    file : str
        Name of the file.
    place : str
        Where in it.
    area, measure, period : str
        The cell whose value it is; empty where the file itself cannot be read.
    found : str
        The kind of secret ("numerator"), "a figure in a withheld cell", or why the file
        cannot be passed.
    excerpt : str
        The passage with every digit blotted out, so that a log shows no number.
    """

    file: str
    place: str
    area: str
    measure: str
    period: str
    found: str
    excerpt: str


class Judge:
    """Finds the leaks of passages.

    Parameters
    ----------
    secrets : SecretsByCell
    names : Names
    measures : Measures
        For units and for the catalogue's own sentences, whose numbers are no figures.
    shown : SecretsByCell, optional
        Figures of the same cells that are published; one of another period or kind than a
        secret excuses a figure that both would be rounded to.
    strict : bool, default True
        Refuse any figure in a cell that is withheld, whatever its value.
    threshold : int, default 5
        Up to this a count is small: nothing excuses it.
    """

    def __init__(
        self,
        secrets: SecretsByCell,
        names: Names,
        measures: Measures,
        *,
        shown: SecretsByCell | None = None,
        strict: bool = True,
        threshold: int = 5,
    ) -> None:
        self._threshold = threshold
        self._names = names
        self._strict = strict
        self._percent = {m.id for m in measures if m.unit.startswith("%")}
        texts = (normalise(getattr(m, name)) for m in measures for name in _REMARKS)
        sentences = {s for text in texts for s in _SENTENCE.split(text) if re.search(r"\d", s)}
        self._remarks = sorted(sentences, key=len)
        # The same words surround many numbers, and the same numbers stand in many places.
        self._concerns = Concerns(secrets, names)
        self._tokens = lru_cache(maxsize=65536)(self._find_tokens)
        self._secrets_of = lru_cache(maxsize=65536)(partial(_list_of_times, secrets))
        known = Secrets(()) if shown is None else shown
        self._shown_of = lru_cache(maxsize=65536)(partial(_list_of_times, known))

    def judge(self, passage: Passage, file: str = "") -> Iterable[Leak]:
        """Return what a passage shows of the secrets, each once."""
        if not has_number(passage.text) or is_harmless_key(passage.key):
            return ()
        text = normalise(passage.text)
        whole = passage.form == "label" or not _SENTENCE.search(text)
        # Most passages end here, so that they are spared the rest.
        if whole and not self._concerns.meet(text, passage.levels):
            return ()
        return self._find_leaks(text, passage, file)

    def _find_leaks(self, whole: str, passage: Passage, file: str) -> Iterator[Leak]:
        seen = set()
        for text, levels in _split(whole, passage):
            for token, secret in self._find(text, levels, passage):
                if secret not in seen:
                    seen.add(secret)
                    cell = secret.area, secret.measure, secret.period
                    yield Leak(file, passage.place, *cell, secret.kind, _blot(text, token))

    def _find(
        self, text: str, levels: tuple[Level, ...], passage: Passage
    ) -> Iterator[tuple[Token, Secret]]:
        if not self._concerns.meet(text, levels):
            return
        names = self._names.find(text)
        tokens = self._tokens(text, passage.form)
        for token in tokens:
            if not is_benchmark(token, text, names):
                spans = _find_times(token, tokens, text, levels, passage.key)
                subject = find_subjects(token, text, names, levels, self._names)
                for secret in self._find_shown(token, subject, spans, text, passage):
                    yield token, secret

    def _find_tokens(self, text: str, form: Form) -> tuple[Token, ...]:
        """Return the numbers of a text that may be figures."""
        masked = blank(text, [(n.start, n.end) for n in self._names.find(text)])
        for remark in takewhile(lambda r: len(r) <= len(text), self._remarks):
            if (start := text.find(remark)) >= 0:
                masked = blank(masked, [(start, start + len(remark))])
        if form == "label":
            masked = masked.replace("_", " ")
        return tuple(find_tokens(blank_harmless(masked)))

    def _find_shown(
        self, token: Token, subject: Subject, spans: tuple[Span, ...], text: str, passage: Passage
    ) -> Iterator[Secret]:
        for area, measure in product(sorted(subject.areas), sorted(subject.measures)):
            secrets = self._secrets_of(area, measure, spans)
            if not secrets:
                continue
            percent = measure in self._percent
            hits = [s for s in secrets if shows(token, s, text, passage, percent=percent)]
            dated = any(span.exact for span in spans)
            alone = self._strict and subject.single and not hits
            alone = alone and is_in_place_of(secrets, token, text, passage, dated=dated)
            if not hits and not alone:
                continue
            # "The region without Thurrock, 4.4%": of several areas named, the number is of one.
            cells = (self._shown_of(a, measure, spans) for a in sorted(subject.areas))
            known = [s for cell in cells for s in cell]
            open_to_all = [s for s in known if shows(token, s, text, passage, percent=percent)]
            closed = bool(spans) and all(span.closed for span in spans)
            yield from (s for s in hits if not self._is_excused(s, open_to_all, closed=closed))
            # A row that states something else of the same time may well have a number in it.
            if alone and not known:
                yield Secret(area, measure, secrets[0].period, WITHHELD, 0.0)

    def _is_excused(self, secret: Secret, shown: Sequence[Secret], *, closed: bool) -> bool:
        """Whether a figure that is published explains the number.

        A small count is explained only by the official figure of the same cell, in a year that
        the text names and no return has: "calendar year 2024: 3 of 4".
        """
        others = [s for s in shown if (s.period, s.kind) != (secret.period, secret.kind)]
        if secret.sort == "count" and secret.number <= self._threshold:
            own = (s for s in others if s.area == secret.area and is_closed_year(s.period))
            return closed and any(own)
        return bool(others)


def _list_of_times(
    secrets: SecretsByCell, area: str, measure: str, spans: tuple[Span, ...]
) -> list[Secret]:
    """Return the secrets of a cell that may be of one of some times; of any if none is given."""
    found = secrets.of_cell(area, measure)
    if not spans:
        return found
    held = {p for p in {s.period for s in found} if not p or any(s.holds(p) for s in spans)}
    return [s for s in found if s.period in held]


def _find_times(
    token: Token, tokens: Sequence[Token], text: str, levels: tuple[Level, ...], key: str
) -> tuple[Span, ...]:
    """Return the times that a number may be of; none where it may be of any.

    They are the one named before it and the one named after it, unless another number stands
    between ("3, after 5 at 30 September 2025"); else those of its row, point or caption.
    """
    named = [] if NOW.search(text) else find_spans(text)
    before = [s for s in named if s.end <= token.start][-1:]
    after = [s for s in named if s.start >= token.end][:1]
    if after and any(token.end <= other.start < after[0].start for other in tokens):
        after = []
    spans = (*before, *after)
    spans = spans or _find_times_around(text, levels)
    if RELATIVE.search(text) or RELATIVE.search(_plain(key)):
        return tuple(span.reach_back(_COMPARED) for span in spans)
    return spans


def _find_times_around(text: str, levels: tuple[Level, ...]) -> tuple[Span, ...]:
    # The row's own time and that of the heading above its column: either may be the number's.
    if near := [s for a in levels if a.tight for s in find_spans(normalise(a.text))]:
        return tuple(near)
    for around in levels:
        words = normalise(around.text)
        if text not in words and (spans := find_spans(words)):
            # A caption or heading names the last period of what may be a long series.
            return tuple(span.reach_back(_SERIES) for span in spans)
    return ()


def _split(text: str, passage: Passage) -> Iterator[tuple[str, tuple[Level, ...]]]:
    """Yield the sentences of a passage, each within its paragraph."""
    sentences = _SENTENCE.split(text) if passage.form != "label" else [text]
    if len(sentences) == 1:
        yield text, passage.levels
        return
    whole = Level(text[:2000])
    for sentence in sentences:
        if has_number(sentence):
            yield sentence, (whole, *passage.levels)


def _plain(key: str) -> str:
    return key.replace("_", " ").strip()


def _blot(text: str, token: Token) -> str:
    blotted = blank(text, [(token.start, token.end)])
    near = blotted[max(0, token.start - 60) : token.end + 60]
    return re.sub("[\\d\x1e]+", "•", near).replace("\x1f", "|").strip()
