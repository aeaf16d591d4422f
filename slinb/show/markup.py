"""Pieces of HTML: how they are made from templates and how a notebook shows them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from slinb.show.formats import polarity_phrase
from slinb.show.phrases import name_area


@dataclass(frozen=True)
class Html:
    """A piece of finished HTML, shown as such by a notebook and never escaped twice.

    Parameters
    ----------
    text : str
        The HTML.
    bundle : dict, optional
        Other forms of the same thing by MIME type, for a live notebook (a plotly figure).

    Examples
    --------
    >>> Html("<p>One</p>")._repr_mimebundle_()
    {'text/html': '<p>One</p>'}
    """

    text: str
    bundle: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        return {"text/html": self.text, **dict(self.bundle)}


def render_template(name: str, **context: Any) -> Markup:
    """Fill one of the templates of ``slinb/show/templates``; every text in it is escaped.

    Parameters
    ----------
    name : str
        File name without ``.html.j2``.
    **context
        What the template names; a name that is left out is an error, not an empty text.
    """
    return Markup(_environment().get_template(f"{name}.html.j2").render(**context))  # noqa: S704 - the environment has escaped it


def load_templates(*names: str) -> None:
    """Read templates before they are first filled, by their file names without the ending."""
    for name in names:
        _environment().get_template(f"{name}.html.j2")


def read_asset(name: str) -> str:
    """Return the text of a style sheet or script of this room, with plain line ends."""
    text = (files("slinb.show") / name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n").strip()


def css_string(text: str) -> Markup:
    r"""Write a text as a CSS string that can end neither the string nor its style element.

    Examples
    --------
    >>> css_string('Bath</style>')
    Markup('"Bath\\3c \\2f style\\3e "')
    """
    plain = "".join(
        c if c.isalnum() or c in " -,.'()·" else f"\\{ord(c):x} " for c in text.replace("\n", " ")
    )
    return Markup(f'"{plain}"')  # noqa: S704 - every other character is written as its number


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("slinb.show"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = css_string
    environment.filters["area"] = name_area
    environment.filters["polarity"] = polarity_phrase
    return environment
