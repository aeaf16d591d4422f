"""The accessibility statement that goes with every quarter: what was tried, and what was not."""

from __future__ import annotations

from dataclasses import replace

from slinb.show.markup import render_template
from slinb.show.page import PageMarks, page_html

#: When the statement was last held against the tests and the pages.
REVIEWED = "November 2026"


def accessibility_html(marks: PageMarks, *, prefix: str = "") -> str:
    """Write the statement as a page: a whole document beside the index.

    Parameters
    ----------
    marks : PageMarks
        As for the index. The statement holds no figure, so it is never marked as a sample.
    prefix : str
        What the names of this edition's files begin with.

    Examples
    --------
    >>> page = accessibility_html(PageMarks("East of England", "Q3 2025-26"))
    >>> "No screen reader" in page and 'class="sample"' not in page
    True
    """
    own = replace(marks, sample=False, sources=(), index=f"{prefix}index.html", accessibility="")
    body = render_template("accessibility", reviewed=REVIEWED)
    return page_html(
        str(body),
        "Accessibility of these briefings",
        marks=own,
        lead="They are built to be read on a phone, on paper, with a keyboard and by ear. "
        "Here is what was tried, and what was not.",
    )
