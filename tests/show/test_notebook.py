"""From a notebook to a page: what shows, what does not, and what is refused."""

from __future__ import annotations

import warnings
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from slinb.errors import SlinbError
from slinb.show.notebook import export_notebook, markdown_html
from slinb.show.page import PageMarks
from slinb.show.theme import notebook_style_html
from tests.show.test_page import find_loads

MARKS = PageMarks("East of England", "Q3 2025-26")


def show(html: str, **metadata: Any) -> nbformat.NotebookNode:
    output = new_output("display_data", data={"text/html": html, "text/plain": "<Html>"})
    return new_code_cell("secret_call()", outputs=[output], execution_count=7, metadata=metadata)


def make_notebook(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook as papermill leaves it."""
    injected = new_code_cell('quarter = "x"', metadata={"tags": ["injected-parameters"]})
    return new_notebook(
        cells=[new_markdown_cell("# The title\n\nThe *prose*."), injected, *cells],
        metadata={
            "kernelspec": {"name": "python3", "display_name": "Python 3"},
            "language_info": {"name": "python"},
            "papermill": {"start_time": "2026-01-20T10:00:00", "duration": 3.2},
        },
    )


def export(*cells: nbformat.NotebookNode, **settings: Any) -> BeautifulSoup:
    html = export_notebook(make_notebook(*cells), marks=MARKS, **settings)
    return BeautifulSoup(html, "html.parser")


def test_outputs_and_prose_show_and_nothing_of_how_they_were_made() -> None:
    papermill = {"duration": 0.1, "status": "completed", "exception": False}
    soup = export(show("<p>One</p>", papermill=papermill), new_markdown_cell("## Part\n\nMore."))
    assert [tag.text for tag in soup.main.find_all(["h2", "p"])] == [
        "The prose.",
        "One",
        "Part",
        "More.",
    ]
    for hidden in ("secret_call", "injected", "papermill", "completed", "[7]", "quarter = "):
        assert hidden not in str(soup)


def test_the_first_heading_is_the_title_and_stands_once() -> None:
    assert [h.text for h in export().find_all("h1")] == ["The title"]
    assert [h.text for h in export(title="Given").find_all("h1")] == ["Given"]
    assert "The title" not in export(title="Given").main.text


def test_a_notebook_without_title_is_refused() -> None:
    with pytest.raises(SlinbError, match="has no title"):
        export_notebook(new_notebook(cells=[]), marks=MARKS)


def test_a_cell_for_the_lab_alone_is_left_out() -> None:
    live = new_output("display_data", data={"application/vnd.plotly.v1+json": {}})
    cell = new_code_cell("x", outputs=[live], metadata={"tags": ["lab-only"]})
    assert "Explore" not in export(cell, new_markdown_cell("Explore", metadata=cell.metadata)).text


def test_printed_text_shows_and_warnings_do_not() -> None:
    streams = [
        new_output("stream", name="stdout", text="\x1b[31mprinted <b>\x1b[0m\n"),
        new_output("stream", name="stderr", text="FutureWarning"),
    ]
    soup = export(new_code_cell("x", outputs=streams))
    assert soup.find("pre").text == "printed <b>\n"
    assert "FutureWarning" not in str(soup)


def test_the_labs_style_is_taken_out_again() -> None:
    soup = export(show(f"{notebook_style_html()}<p>One</p>"))
    assert not soup.main.find("style")
    assert soup.main.find_all("p")[1].text == "One"


def test_the_page_loads_nothing_and_holds_no_foreign_style() -> None:
    html = str(export(show("<p>One</p>"), new_markdown_cell("Costs $5 and $6, `code`, $x^2$.")))
    assert find_loads(html) == []
    for foreign in ("MathJax", "require.js", "mermaid", "jp-", "cdn", "JupyterLab"):
        assert foreign not in html


def test_the_same_notebook_gives_the_same_bytes_whenever_it_ran() -> None:
    first, second = make_notebook(show("<p>One</p>")), make_notebook(show("<p>One</p>"))
    assert first.cells[0].id != second.cells[0].id  # nbformat draws ids at random
    second.metadata["papermill"]["start_time"] = "2027-01-01"
    second.cells[-1].execution_count = 99
    pages = [export_notebook(notebook, marks=MARKS) for notebook in (first, second)]
    assert pages[0] == pages[1]


def test_the_notebook_is_not_changed() -> None:
    notebook = make_notebook(show("<p>One</p>"))
    before = nbformat.writes(notebook)
    export_notebook(notebook, marks=MARKS)
    assert nbformat.writes(notebook) == before


def test_a_failed_cell_is_refused() -> None:
    failed = new_output("error", ename="ValueError", evalue="no such measure", traceback=[])
    with pytest.raises(SlinbError, match=r"Cell 3 .* failed: ValueError: no such measure"):
        export(new_code_cell("x", outputs=[failed]))


@pytest.mark.parametrize(
    "data",
    [
        {"image/png": "iVBOR", "text/plain": "<Figure>"},
        {"image/svg+xml": "<svg/>", "text/plain": "<Figure>"},
        {"application/vnd.plotly.v1+json": {"data": []}},
        {"text/html": '<img src="data:image/png;base64,xx">'},
    ],
)
def test_a_picture_without_alternative_text_is_refused(data: dict[str, Any]) -> None:
    """nbconvert drops a plotly figure with a warning only (plotly.py issue 5365)."""
    cell = new_code_cell("x", outputs=[new_output("display_data", data=data)])
    with pytest.raises(SlinbError, match="Cell 3 of the notebook shows a picture without"):
        export(cell)


def test_a_script_in_an_output_is_refused() -> None:
    with pytest.raises(SlinbError, match="a script, which no page will run"):
        export(show("<script>draw()</script>"))


def test_export_warns_of_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        export(show("<p>One</p>"))


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](vbscript:x)",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<javascript:alert(1)>",
        '[x](https://a.example "onclick=alert(1) \\" onmouseover=\\"alert(1)")',
        "<div style='position:fixed'>",
    ],
)
def test_markdown_is_neutralised(attack: str) -> None:
    soup = BeautifulSoup(markdown_html(attack), "html.parser")
    assert not soup.find_all(["script", "img", "div", "style", "iframe"])
    for tag in soup.find_all(True):
        assert not [name for name in tag.attrs if name.startswith("on")]
        assert (
            not str(tag.get("href", "")).lower().startswith(("javascript:", "vbscript:", "data:"))
        )


def test_a_picture_in_markdown_is_refused() -> None:
    with pytest.raises(SlinbError, match=r"shows the picture “http://a\.example/x\.png”"):
        markdown_html("![x](http://a.example/x.png)")


def test_markdown_tables_lists_and_emphasis_work() -> None:
    html = markdown_html("| a | b |\n|---|---|\n| 1 | 2 |\n\n- one\n\n**bold**")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.table and soup.li.text == "one" and soup.strong.text == "bold"
