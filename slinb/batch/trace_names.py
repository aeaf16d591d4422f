"""The words that name a figure: what it is, where, and as much more as it takes to tell it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from slinb.catalogue.areas import Area, Areas
from slinb.errors import ParameterError

#: Of more figures than this that the words may mean, the rest is only counted.
MOST = 20
_HOW = "Write what and where: cla_rate Luton, S8 Essex, audits Essex."
_LITTLE = frozenset({"of", "the", "in", "for", "by", "and", "a"})
#: Shorter beginnings of a word are not taken for it.
_LEAST = 4


@dataclass(frozen=True)
class Name:
    """What one figure is called.

    Parameters
    ----------
    id : str
        By what it is known first: "cla_rate", "S8", "audits".
    item : str
        Which figure of the id; empty where it has only one.
    options : tuple of str
        What narrows it: a population, a category, a cohort. Left out, the whole is meant.
    title : str
        What it is, in words. They name it too.
    also : str
        Other words that name it: those of a page, or of the whole.
    key : object
        How the tracer knows it.

    Examples
    --------
    >>> str(Name("S6", "over 12 months", ("not UASC",)))
    'S6 over 12 months, not UASC'
    """

    id: str
    item: str = ""
    options: tuple[str, ...] = ()
    title: str = ""
    also: str = ""
    key: Any = None

    def __str__(self) -> str:
        return self.write()

    def write(self, place: str = "") -> str:
        """Return the name as it can be typed, with its place if one is given."""
        rest = ", ".join(part for part in (self.item, *self.options) if part)
        return " ".join(part for part in (self.id, place, rest) if part)


def split_words(text: str) -> list[str]:
    """Return the words of a text, folded: without case and punctuation.

    Examples
    --------
    >>> split_words("S6 Luton: over 12 months, not UASC")
    ['s6', 'luton', 'over', '12', 'months', 'not', 'uasc']
    """
    plain = re.sub(r"[’']s\b", "s", text.casefold())
    return [word for word in re.split(r"[^\w.-]+", plain) if word.strip("-.")]


def find_place(text: str, areas: Areas, default: Area | None = None) -> tuple[Area, str]:
    """Return the area that is named in a text, and the rest of the text.

    Parameters
    ----------
    text : str
        "S8 Luton", "cla_rate/E06000032", "Central Bedfordshire S6 over 12 months".
    areas : Areas
    default : Area, optional
        The area that is meant where none is named: that of an authority's page.

    Raises
    ------
    ParameterError
        No area is named, and there is no default.
    """
    words = re.split(r"[\s/]+", text.strip())
    # The longest name: Central Bedfordshire is not Bedford. A number alone (rule 359 of a
    # check) is an authority's old code only where nothing else is named.
    runs = sorted(_list_runs(words), key=lambda run: (words[run[0]].isdigit(), run[0] - run[1]))
    for start, end in runs:
        area = areas.find(" ".join(words[start:end]).strip(" ,;:"))
        if area is not None:
            return area, " ".join(words[:start] + words[end:])
    if default is None:
        raise ParameterError(f"“{text}” names no authority and no region.", _HOW)
    return default, text


def _list_runs(words: Sequence[str]) -> Iterator[tuple[int, int]]:
    for start in range(len(words)):
        for end in range(start + 1, len(words) + 1):
            yield start, end


def choose_name(text: str, names: Sequence[Name], place: str) -> Name:
    """Return the figure that words mean.

    Every word must be one of the figure's own, or the beginning of one. Of several figures
    the one is meant that leaves nothing out: the whole, where no part is named.

    Parameters
    ----------
    text : str
        The words without the place: "S6 over 12 months".
    names : sequence of Name
    place : str
        Name of the area, for the words of a refusal.

    Raises
    ------
    ParameterError
        They fit none, or several: says which there are, each as it can be typed.

    Examples
    --------
    >>> names = [Name("S2", "stock"), Name("S2", "stock", ("UASC",)), Name("S3", "starts")]
    >>> str(choose_name("S2", names, "Luton")), str(choose_name("uasc", names, "Luton"))
    ('S2 stock', 'S2 stock, UASC')
    """
    chosen = fit_names(text, names)
    if len(chosen) == 1:
        return chosen[0]
    if chosen:
        said = f"“{text.strip()}” could be any of {len(chosen)} figures."
        raise ParameterError(said, _offer(chosen, place))
    raise refuse_words(text, names, place)


def fit_names(text: str, names: Sequence[Name]) -> list[Name]:
    """Return the figures that words may mean: none, the one, or several that fit as well."""
    typed = split_words(text)
    fitting = [n for n in _take_ids(typed, names) if _fits(typed, n)]
    ranks = [_rank(typed, n) for n in fitting]
    return [n for n, rank in zip(fitting, ranks, strict=True) if rank == min(ranks)]


def refuse_words(text: str, names: Sequence[Name], place: str) -> ParameterError:
    """Return the refusal of words that fit no figure: which words are strange, what comes near."""
    typed = split_words(text)
    near = _find_near(typed, names)
    known = set().union(*(_list_words(n) for n in near))
    strange = [word for word in typed if near and word not in _LITTLE and not _find(word, known)]
    why = f": none has “{'”, “'.join(strange)}”" if strange else ""
    return ParameterError(f"No figure is called “{text.strip()}”{why}.", _offer(near, place))


def _take_ids(typed: Sequence[str], names: Sequence[Name]) -> Sequence[Name]:
    """Return the figures of the ids that were typed; all where none was."""
    own = [n for n in names if n.id.casefold() in typed]
    return own or names


def _fits(typed: Sequence[str], name: Name) -> bool:
    words = _list_words(name)
    return all(word in _LITTLE or _find(word, words) for word in typed)


def _list_words(name: Name) -> set[str]:
    # An id is one word as it stands, and the words that it is made of.
    parts = (name.write(), name.id.replace("_", " "), name.title, name.also)
    return {word for part in parts for word in split_words(part)}


def _find(typed: str, words: Iterable[str]) -> set[str]:
    """Return the words that a typed one means: itself, else those that it begins."""
    known = set(words)
    if typed in known or len(typed) < _LEAST or not typed.isalpha():
        return known & {typed}
    return {word for word in known if word.startswith(typed)}


def _rank(typed: Sequence[str], name: Name) -> tuple[int, int, int, bool, bool]:
    """Return how far a name is from what was typed; its own words go before those of its title."""
    own = split_words(name.write())
    said = set().union(*(_find(word, own) for word in typed))
    parts = [set(split_words(option)) for option in name.options]
    begun = [len(part - said) for part in parts if part & said]
    item = set(split_words(name.item))
    return -len(said), len(parts) - len(begun), sum(begun), bool(item - said), list(typed) != own


def _find_near(typed: Sequence[str], names: Sequence[Name]) -> list[Name]:
    """Return the figures that most of the words fit, if any does."""
    names = _take_ids(typed, names)
    told = [word for word in typed if word not in _LITTLE]
    hits = [sum(bool(_find(word, _list_words(n))) for word in told) for n in names]
    most = max(hits, default=0)
    return [n for n, hit in zip(names, hits, strict=True) if hit == most] if most else []


def _offer(names: Sequence[Name], place: str) -> str:
    if not names:
        return f"{_HOW} `slinb measures` lists the measures of the catalogue."
    # The whole first: what narrows it can be added to it.
    ordered = sorted(names, key=lambda n: len(n.options))[:MOST]
    titles = {n.title for n in ordered}
    head = (
        f"Write one of these ({ordered[0].title}):" if len(titles) == 1 else "Write one of these:"
    )
    lines = [
        f"  {n.write(place)}" + (f"   ({n.title})" if len(titles) > 1 else "") for n in ordered
    ]
    more = [f"  … and {len(names) - MOST} more: add words."] if len(names) > MOST else []
    return "\n".join([head, *lines, *more])
