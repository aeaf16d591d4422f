"""From an executed notebook to a page: what it shows, and nothing of how it was made."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from slinb.errors import SlinbError
from slinb.show.page import PageMarks, page_html
from slinb.show.theme import notebook_style_html

#: What a page can show of an output, in order of preference.
_SHOWN = ["text/html", "text/markdown", "text/plain"]
#: Tag of a cell that is for the analyst in JupyterLab and not for the page.
LAB_ONLY = "lab-only"
_TITLE = re.compile(r"\A\s*# +(?P<title>[^\n]+?)\s*(?:\n|\Z)")
#: A script other than the block of data that a plotly figure carries: the page would refuse it.
_SCRIPT = re.compile(r"<script(?! type=\"application/json\">)", re.IGNORECASE)
_BARE_IMAGE = re.compile(r"<img\b(?![^>]*\balt=)", re.IGNORECASE)


def export_notebook(
    notebook: NotebookNode, *, marks: PageMarks, title: str = "", lead: str = "", tail: str = ""
) -> str:
    """Turn an executed notebook into one self-contained page.

    Code, prompts, injected parameters, warnings, execution metadata and cells tagged
    ``lab-only`` are left out. Markdown is shown, HTML within it as text. The same notebook
    gives the same bytes.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; it is not changed.
    marks : PageMarks
        Region, quarter, edition, SAMPLE, sources.
    title : str
        Title of the page; where empty, the first heading of the notebook. That heading never
        stands a second time in the body.
    lead : str
        The finding, under the title.
    tail : str
        HTML of this room's parts that ends the page: links to its downloads.

    Returns
    -------
    str
        A whole HTML document.

    Raises
    ------
    SlinbError
        A cell failed, or shows a picture without alternative text or a script that the page
        would refuse, or there is no title: names the cell and says what to do.
    """
    copy = deepcopy(notebook)
    copy.cells = [c for c in copy.cells if LAB_ONLY not in c.metadata.get("tags", [])]
    heading = _take_heading(copy)
    if not (title or heading):
        raise SlinbError(
            "The notebook has no title.", "Begin its first Markdown cell with “# Title”."
        )
    for number, output in _outputs(copy):
        _check_output(number, output)
    body = _exporter().from_notebook_node(copy)[0].replace(notebook_style_html(), "")
    return page_html(body.strip() + tail, title or heading, marks=marks, lead=lead)


class BriefingExporter(TemplateExporter):
    """nbconvert with the project's template: a body without code, prompts, ids or styles.

    It starts from ``TemplateExporter`` because ``HTMLExporter`` re-parses the whole page and
    writes "No description has been provided" into every picture without alternative text.
    """

    file_extension = ".html"
    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Hide the code, and prefer HTML to every other form of an output."""
        return Config(
            {
                "TemplateExporter": {"exclude_input": True},
                "NbConvertBase": {"display_data_priority": _SHOWN},
            }
        )

    def default_filters(self) -> Iterator[tuple[str, Any]]:
        """Return nbconvert's filters, with our own for Markdown."""
        yield from super().default_filters()
        yield "markdown2html", markdown_html


class _SafeRenderer(IPythonRenderer):
    """Markdown without HTML, without script links and without pictures from elsewhere."""

    def __init__(self) -> None:
        super().__init__(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)

    def image(self, text: str, url: str, title: str | None = None) -> str:  # noqa: ARG002 - theirs
        raise SlinbError(
            f"A text shows the picture “{url}”, which no page can carry.",
            "Show it with slinb.show.figures.figure_html.",
        )


def markdown_html(source: str) -> str:
    r"""Turn Markdown into HTML; HTML within it stays text, and no link can run a script.

    Examples
    --------
    >>> markdown_html("**Two** <b>bold</b>")
    '<p><strong>Two</strong> &lt;b&gt;bold&lt;/b&gt;</p>\n'
    """
    return str(MarkdownWithMath(renderer=_SafeRenderer()).render(source))


@lru_cache(maxsize=1)
def _exporter() -> BriefingExporter:
    templates = str(Path(__file__).parent / "templates")
    return BriefingExporter(template_name="briefing", extra_template_basedirs=[templates])


def _take_heading(notebook: NotebookNode) -> str:
    """Remove the heading that opens the first Markdown cell, and return it."""
    cell = next((c for c in notebook.cells if c.cell_type == "markdown"), None)
    match = _TITLE.match(cell.source) if cell else None
    if cell is None or match is None:
        return ""
    cell.source = cell.source[match.end() :]
    return match["title"]


def _outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Yield each output with the number of its cell, the first being 1."""
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            yield number, output


def _check_output(number: int, output: NotebookNode) -> None:
    if output.output_type == "error":
        raise SlinbError(
            f"Cell {number} of the notebook failed: {output.ename}: {output.evalue}",
            "Mend the cause and run the notebook again.",
        )
    data = output.get("data", {})
    html = data.get("text/html", "")
    drawn = any(kind.startswith(("image/", "application/")) for kind in data)
    if (drawn and not html and "text/markdown" not in data) or _BARE_IMAGE.search(html):
        raise SlinbError(
            f"Cell {number} of the notebook shows a picture without alternative text.",
            "Show it with slinb.show.figures.figure_html or plotly_html.",
        )
    if _SCRIPT.search(html):
        raise SlinbError(
            f"Cell {number} of the notebook shows HTML with a script, which no page will run.",
            "Show a plotly figure with slinb.show.figures.plotly_html.",
        )
