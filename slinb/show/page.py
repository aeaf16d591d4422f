"""One page, one file: the shell around every briefing, with nothing to fetch."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from markupsafe import Markup

from slinb.show.explorer import EXPLORER_MARK
from slinb.show.figures import PLOTLY_MARK
from slinb.show.markup import read_asset, render_template
from slinb.show.theme import page_css

OGL = (
    "Contains public sector information licensed under the Open Government Licence v3.0.",
    "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/",
)


@dataclass(frozen=True)
class PageMarks:
    """What every page says of itself.

    Parameters
    ----------
    region : str
        Name of the region: "East of England".
    quarter : str
        Label of the quarter in words: "October to December 2025 (Q3 2025-26)".
    edition : str
        Who may read it: "Regional edition: for the authorities, not for publication".
    sample : bool, default False
        The figures are invented: the page says so at its top, in its title and on each sheet
        of paper.
    sources : tuple of str
        Sources and their attribution, one sentence each.
    index : str
        Address of the quarter's index, relative to the page; empty on the index itself.
    accessibility : str
        Address of the accessibility statement, relative to the page; empty where a page is
        sent without it.
    """

    region: str
    quarter: str
    edition: str = ""
    sample: bool = False
    sources: tuple[str, ...] = ()
    index: str = "index.html"
    accessibility: str = ""


def page_html(body: str, title: str, *, marks: PageMarks, lead: str = "") -> str:
    """Put a finished body into the project's page: one file, no request to any host.

    Parameters
    ----------
    body : str
        HTML of this room's parts. Its headings start at ``h2``. Scripts in it do not run: the
        page's Content-Security-Policy knows the project's own two scripts by their hashes.
    title : str
        The heading and the window's title.
    marks : PageMarks
        Region, quarter, edition, SAMPLE, sources.
    lead : str
        The finding in a sentence or two, under the title.

    Returns
    -------
    str
        A whole HTML document; the same input gives the same bytes.
    """
    scripts = [read_asset("page.js")]
    if 'class="rug-tools"' in body:
        scripts.append(read_asset("rug.js"))
    if EXPLORER_MARK in body:
        scripts += [_read_plotly(), read_asset("explorer.js")]
    if PLOTLY_MARK in body:
        scripts += [_read_plotly(), read_asset("charts.js")]
    return str(
        render_template(
            "page",
            title=title,
            lead=lead,
            marks=marks,
            body=Markup(body),  # noqa: S704 - made by this room's templates, which escape
            css=Markup(page_css(body)),  # noqa: S704 - our own file
            scripts=[Markup(script) for script in scripts],  # noqa: S704 - our own files
            policy=content_policy(scripts),
            ogl=OGL,
        )
    )


def content_policy(scripts: list[str]) -> str:
    """Return the Content-Security-Policy under which only these scripts run.

    Examples
    --------
    >>> content_policy([]).split("; ")[:2]
    ["default-src 'none'", 'img-src data:']
    """
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    allowed = f"script-src {hashes}; " if scripts else ""
    return (
        f"default-src 'none'; {allowed}img-src data:; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


def _read_plotly() -> str:
    from plotly.offline import get_plotlyjs  # 5 MB, read only for a page that draws with it

    return str(get_plotlyjs()).replace("\r\n", "\n")
