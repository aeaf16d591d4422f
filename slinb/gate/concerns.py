"""Whether the words around a number name a cell with secrets at all: for most numbers they do not.

What each text names is kept as a bit for each area and each measure with secrets, so that what
several texts name together is one "or" of whole numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from slinb.gate.names import Names, normalise
from slinb.gate.passages import SEPARATOR, Level
from slinb.gate.secrets import SecretsByCell

_NOTHING: frozenset[str] = frozenset()


class Concerns:
    """Tells which surroundings name a cell with secrets.

    Parameters
    ----------
    secrets : SecretsByCell
    names : Names
    """

    def __init__(self, secrets: SecretsByCell, names: Names) -> None:
        self._named = _Named(secrets, names)
        self._cells = _Cells(secrets, self._named.bits)

    def meet(self, text: str, levels: Iterable[Level]) -> bool:
        """Whether a text and what stands around it name an area and a measure of one secret."""
        named = self._named
        found = named[text]
        for level in levels:
            found |= named[level.text]
        return self._cells[found]


class _Named(dict[str, int]):
    """By text: a bit for each area and measure with secrets that it names; found when asked for."""

    def __init__(self, secrets: SecretsByCell, names: Names) -> None:
        super().__init__()
        known = (*sorted(secrets.areas), *sorted(secrets.measures))
        self.bits = {code: 1 << i for i, code in enumerate(known)}
        self._names = names
        self._read_part = lru_cache(maxsize=None)(self._find_part)

    def __missing__(self, text: str) -> int:
        parts = text.split(SEPARATOR)
        found = self._join(parts) if len(parts) > 1 else None
        self[text] = self._find(normalise(text)) if found is None else found
        return self[text]

    def _find(self, text: str, *, part: bool = False) -> int:
        found = 0
        for code in self._names.find_ids(text, part=part):
            found |= self.bits.get(code, 0)
        return found

    def _join(self, texts: Iterable[str]) -> int | None:
        """Return what some parts name by themselves; None if a name may run over two of them.

        Rows are new, but the words in their cells come again and again.
        """
        parts = [self._read_part(text) for text in texts]
        # Beside parts without a word the other may be the whole text, which has names of its own.
        if not (parts[0].first and parts[-1].first):
            return None
        found, carried = 0, _NOTHING
        for part in parts:
            if part.first in carried:
                return None
            if part.first:
                found, carried = found | part.named, part.carried
        return found

    def _find_part(self, text: str) -> _Part:
        plain = normalise(text)
        return _Part(self._find(plain, part=True), *self._names.find_edges(plain))


class _Part(NamedTuple):
    """What a part names, its first word, and the words that would carry on a name at its end."""

    named: int
    first: str
    carried: frozenset[str]


class _Cells(dict[int, bool]):
    """By what is named: whether a cell of it has secrets."""

    def __init__(self, secrets: SecretsByCell, bits: dict[str, int]) -> None:
        super().__init__()
        self._rows = [
            (bits[area], sum(bits[measure] for measure in secrets.measures_of(area)))
            for area in secrets.areas
        ]

    def __missing__(self, named: int) -> bool:
        self[named] = any(named & area and named & measures for area, measures in self._rows)
        return self[named]
