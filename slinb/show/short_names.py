"""Names of authorities that fit a narrow column, beside the whole name for whoever hears it."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

from markupsafe import Markup, escape

from slinb.catalogue.areas import Area
from slinb.show.phrases import name_area

_ENDINGS = ("shire", "borough", "brough", "mouth", "church", "hampton", "smith", "land")
#: Letters of a word that fit across a column of the rug.
_FITS = 9


def shorten_name(area: Area) -> str:
    """Return a name for a narrow column, as officers write it.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> [shorten_name(load_areas().find(n)) for n in ("Central Bedfordshire", "Southend-on-Sea")]
    ['Central Beds', 'Southend']
    """
    name = name_area(area)
    whole, words = _load_names()
    return whole.get(name) or " ".join(words.get(word, word) for word in name.split())


def break_name(name: str) -> Markup:
    r"""Let the long words of a name break where a reader would break them.

    Examples
    --------
    >>> break_name("Peterborough").split("\N{SOFT HYPHEN}")
    [Markup('Peter'), Markup('borough')]
    """
    return Markup(" ").join(_break_word(word) for word in name.split())


def _break_word(word: str) -> Markup:
    ending = next((e for e in _ENDINGS if word.endswith(e)), "") if len(word) > _FITS else ""
    head = word.removesuffix(ending)
    soft = "\N{SOFT HYPHEN}" if ending else ""
    return escape(head) + Markup(soft) + escape(ending)  # noqa: S704 - a sign of our own


@lru_cache(maxsize=1)
def _load_names() -> tuple[dict[str, str], dict[str, str]]:
    text = (files("slinb.show") / "short_names.toml").read_text(encoding="utf-8")
    content = tomllib.loads(text)
    return content["whole"], content["words"]
