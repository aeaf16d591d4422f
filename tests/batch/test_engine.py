"""The engine in this process gives what a kernel of its own gives, cell by cell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from multiprocessing import get_context
from pathlib import Path

import nbformat
import papermill
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from papermill.exceptions import PapermillExecutionError

from slinb.batch.engine import InProcessEngine, join_streams, register_engine

#: One of each thing that a notebook shows.
CELLS = [
    "import sys, os\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')",
    "6 * 7",
    "quarter",
    "from IPython.display import HTML, Markdown, clear_output, display\n"
    "display(HTML('<b>x</b>'), Markdown('*y*'))",
    "handle = display('first', display_id='d')\nhandle.update('second');",
    "print('gone'); clear_output(); print('kept')",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots(figsize=(2, 1))\nax.plot([1, 2]);",
    "import matplotlib; matplotlib.get_backend(), plt.isinteractive(), plt.get_fignums()",
    "import plotly.graph_objects as go\ngo.Figure(go.Bar(y=[1, 2]))",
    "go.Figure(go.Bar(y=[1, 3])).show()",
    "import ipywidgets\nipywidgets.IntSlider(value=3)",
    "box = ipywidgets.Output()\nwith box:\n    print('in the box')\nbox",
    "import asyncio\nawait asyncio.sleep(0)\n'awaited'",
    "import warnings\nwarnings.warn('mind the gap')",
    "%precision 2\n3.14159",
    "os.path.basename(os.getcwd())",
    "!echo shell",
    "_ + '!' if isinstance(_, str) else len(Out)",
    "def area(): pass\narea",
    "class Shape: pass\nShape.__module__, __name__",
]


def make_notebook(*sources: str) -> nbformat.NotebookNode:
    cells = [new_markdown_cell("# Title")]
    cells.append(new_code_cell("quarter = 'none'", metadata={"tags": ["parameters"]}))
    notebook = new_notebook(cells=[*cells, *(new_code_cell(s) for s in sources)])
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "p"}
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return notebook


def run(notebook: nbformat.NotebookNode, out: Path, engine: str | None) -> nbformat.NotebookNode:
    register_engine()
    return papermill.execute_notebook(
        deepcopy(notebook), str(out), {"quarter": "2025-26-Q3"}, engine_name=engine,
        kernel_name="python3", cwd=str(out.parent), progress_bar=False,
    )  # fmt: skip


def settle(text: str) -> str:
    """Put names in the place of what differs between any two runs: addresses and ids."""
    text = re.sub(r"0x[0-9a-f]{6,}", "ADDRESS", text)
    text = re.sub(r"ipykernel_\d+[/\\]+\d+\.py", "FILE", text)
    return re.sub(r"(?<![0-9a-f])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", "UUID", text)


def show(notebook: nbformat.NotebookNode) -> list[tuple[int | None, str]]:
    """Return the outputs of each code cell, as text that can be compared."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    return [(c.execution_count, settle(str(sort_streams(c.outputs)))) for c in code]


def sort_streams(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Join the pieces of each stream: a kernel cuts and mixes the two by its own clock."""
    streams = sorted((o for o in outputs if "name" in o), key=lambda o: o["name"])
    return join_streams(streams) + [o for o in outputs if "name" not in o]


@pytest.fixture(scope="module")
def worker() -> Iterator[ProcessPoolExecutor]:
    """A process of its own, as the engine has it: pytest takes the warnings of this one."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, worker: ProcessPoolExecutor
) -> list[nbformat.NotebookNode]:
    folder = tmp_path_factory.mktemp("work")
    notebook = make_notebook(*CELLS)
    plain = run(notebook, folder / "done.ipynb", None)
    return [plain, worker.submit(run, notebook, folder / "done.ipynb", "slinb").result()]


@pytest.mark.parametrize("number", range(len(CELLS)), ids=lambda n: CELLS[n][:30])
def test_each_cell_shows_what_it_shows_in_a_kernel_of_its_own(both, number: int) -> None:
    plain, ours = (show(done)[2 + number] for done in both)  # after the two of the parameters
    assert ours == plain


def test_the_state_of_widgets_is_kept_as_a_kernel_keeps_it(both) -> None:
    plain, ours = (
        sorted(settle(str(s)) for s in iterate_widgets(done)) for done in both
    )  # fmt: skip
    assert len(plain) > 4
    assert ours == plain


def iterate_widgets(notebook: nbformat.NotebookNode) -> list[object]:
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    return [dict(s) for s in states.values()]


def test_the_notebook_says_the_same_of_its_language(both) -> None:
    plain, ours = both
    assert ours.metadata.language_info == plain.metadata.language_info
    assert [c.metadata.papermill.status for c in ours.cells] == ["completed"] * len(ours.cells)


FAILURES = ["1 / 0", "raise SystemExit(3)", "def broken(:"]


def fail(source: str, out: Path, engine: str | None) -> tuple[object, ...]:
    """Run a notebook that fails; return what the error says and what was saved."""
    with pytest.raises(PapermillExecutionError) as caught:
        run(make_notebook("print('before')", source, "print('after')"), out, engine)
    error = caught.value
    told = error.ename, error.evalue, error.exec_count, error.cell_index, error.source
    return *told, settle("\n".join(error.traceback)), show(nbformat.read(out, as_version=4))


@pytest.mark.parametrize("source", FAILURES)
def test_a_failing_cell_raises_what_papermill_raises(
    source: str, tmp_path: Path, worker: ProcessPoolExecutor
) -> None:
    out = tmp_path / "failed.ipynb"
    assert worker.submit(fail, source, out, "slinb").result() == fail(source, out, None)


def test_a_cell_that_may_fail_does_not_end_the_notebook() -> None:
    notebook = make_notebook("1 / 0", "'after'")
    notebook.cells[2].metadata["tags"] = ["raises-exception"]
    # papermill itself calls any error output a failure, so the engine is asked without it.
    done = InProcessEngine.execute_notebook(with_papermill(notebook), "python3", progress_bar=False)
    assert done.cells[-1].outputs[0].data["text/plain"] == "'after'"


def with_papermill(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    notebook.metadata["papermill"] = {}
    return notebook


def test_the_log_and_the_files_of_papermill_receive_the_streams(tmp_path: Path) -> None:
    with (tmp_path / "out.txt").open("w", encoding="utf-8") as stdout:
        papermill.execute_notebook(
            make_notebook("print('told')"), None, engine_name="slinb", stdout_file=stdout,
            kernel_name="python3", progress_bar=False,
        )  # fmt: skip
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == "told\n"
