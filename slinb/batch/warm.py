"""What every page does alike, done once aside: forked workers then begin with it behind them."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import nbformat
from jupyter_core.utils import ensure_event_loop
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from slinb.batch.brief import execute_notebook
from slinb.batch.plan import load_plan
from slinb.catalogue.explain import load_explain_rules
from slinb.catalogue.measures import load_measures
from slinb.check.rules import load_rules
from slinb.show.markup import load_templates
from slinb.show.notebook import export_notebook
from slinb.show.page import PageMarks

#: The templates of the pages that each authority and each domain has, and those they share with
#: others; one that a single page uses is dearer here than there, for here all others wait.
_TEMPLATES = (
    "asked", "audit_receipt", "caption", "figure", "findings", "headlines", "measure_page", "page",
    "profile", "receipt", "receipt_dive", "section20_receipt", "table", "trend_panels",
    "triangle_panel",
)  # fmt: skip


def warm_pages() -> None:
    """Make one page aside, and load what the package itself gives to every page.

    Nothing of it stays but what the libraries keep: no thread and no event loop, which a fork
    would share with its parent.
    """
    load_plan()
    load_measures()
    load_explain_rules()
    load_rules()
    load_templates(*_TEMPLATES)
    _make_page()
    ensure_event_loop().close()


def _make_page() -> None:
    cells = [
        new_markdown_cell("# Page\n\n*Words.*"),
        new_code_cell("quarter = ''", metadata={"tags": ["parameters"]}),
        new_code_cell("from slinb.notebook import Html\n\nHtml('<p>One</p>')"),
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    with TemporaryDirectory() as folder:
        source = Path(folder) / "page.ipynb"
        text = nbformat.writes(new_notebook(cells=cells, metadata={"kernelspec": kernel}))
        source.write_text(text, encoding="utf-8")
        done = execute_notebook(source, source, {"quarter": "Q1"}, folder=Path(folder))
    export_notebook(done, marks=PageMarks(region="", quarter=""))
