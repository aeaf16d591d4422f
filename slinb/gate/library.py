"""The one script in a page that is not ours: plotly's own bundle, as the package was installed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files

#: No script of ours is as long, so that only the explorer's page needs the package at all.
_LEAST = 1_000_000


def is_library(text: str) -> bool:
    """Whether a script is plotly's bundle to the last byte, so that it holds no figure of ours.

    Parameters
    ----------
    text : str
        A script as it stands in a page.

    Returns
    -------
    bool
        True only for the very bytes of the installed package (with the line ends of a page):
        a bundle of another release, or one with anything added, is a script like any other.

    Examples
    --------
    >>> from plotly.offline import get_plotlyjs
    >>> bundle = get_plotlyjs()
    >>> is_library(bundle), is_library(bundle + " ")
    (True, False)
    """
    return len(text) > _LEAST and _digest(text.encode(errors="surrogatepass")) == _find_digest()


@cache
def _find_digest() -> str:
    bundle = files("plotly").joinpath("package_data", "plotly.min.js").read_bytes()
    return _digest(bundle.replace(b"\r\n", b"\n"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
