"""One briefing: parameters are checked before papermill would guess, and lab cells stay out."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest

from slinb.batch.brief import check_parameters, drop_lab_cells, execute_notebook
from slinb.batch.plan import load_plan
from slinb.errors import ParameterError

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)


def test_every_briefing_of_the_plan_has_its_notebook_and_the_reverse() -> None:
    assert {b.notebook for b in load_plan()} == {p.stem for p in NOTEBOOKS.glob("*.ipynb")}


@pytest.mark.parametrize("briefing", load_plan(), ids=lambda b: b.notebook)
def test_every_notebook_takes_quarter_region_and_edition_and_is_public(briefing) -> None:
    notebook = read(briefing.notebook)
    asked = {"quarter": "", "region": "", "edition": ""}
    check_parameters(notebook, briefing.notebook, asked)
    assert papermill.inspect_notebook(notebook)["edition"]["default"] == '"public"'


def test_a_misspelt_parameter_is_refused_with_those_that_exist() -> None:
    with pytest.raises(ParameterError, match=r"no parameter qarter.*benchmark.*quarter"):
        check_parameters(read("annual_rug"), "annual_rug.ipynb", {"qarter": "2025-26-Q3"})


def test_a_notebook_without_a_parameters_cell_is_refused() -> None:
    bare = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("quarter = 1")])
    bare.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "p"}
    with pytest.raises(ParameterError, match="no cell is tagged"):
        check_parameters(bare, "bare.ipynb", {"quarter": "2025-26-Q3"})


def test_cells_for_the_lab_are_left_out_of_the_batch() -> None:
    notebook = read("annual_rug")
    kept = drop_lab_cells(notebook)
    assert 0 < len(kept.cells) < len(notebook.cells)
    assert not any("lab-only" in c.metadata.get("tags", []) for c in kept.cells)


def test_a_notebook_runs_in_a_real_kernel_with_its_parameters(tmp_path: Path) -> None:
    cells = [
        nbformat.v4.new_code_cell("quarter = 'none'", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import os; print(quarter, os.getcwd())"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata["kernelspec"] = {"name": "python3", "language": "python", "display_name": "p"}
    source = tmp_path / "small.ipynb"
    nbformat.write(notebook, source)
    done = execute_notebook(
        source, tmp_path / "done.ipynb", {"quarter": "2025-26-Q3"}, folder=tmp_path
    )
    printed = done.cells[-1].outputs[0].text
    assert printed.split() == ["2025-26-Q3", str(tmp_path)]
