"""Execute the notebook of a briefing with papermill."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill

from slinb.batch.engine import register_engine
from slinb.errors import ParameterError

_KERNEL = "python3"


def execute_notebook(
    source: Path, destination: Path, parameters: Mapping[str, Any], *, folder: Path
) -> nbformat.NotebookNode:
    """Execute a notebook in this process and return it with its outputs.

    Parameters
    ----------
    source : Path
        The notebook.
    destination : Path
        Where the executed copy is kept, for whoever looks into a failure.
    parameters : mapping
        Values for its parameters cell.
    folder : Path
        Working folder of the kernel.

    Raises
    ------
    ParameterError
        The notebook has no parameter of that name: papermill would warn and run the default.
    papermill.PapermillExecutionError
        A cell failed.
    """
    notebook = nbformat.read(source, as_version=4)
    check_parameters(notebook, source.name, parameters)
    destination.parent.mkdir(parents=True, exist_ok=True)
    executed = papermill.execute_notebook(
        drop_lab_cells(notebook),
        str(destination),
        parameters=dict(parameters),
        kernel_name=_KERNEL,
        cwd=str(folder),
        progress_bar=False,
        request_save_on_cell_execute=False,
        engine_name=register_engine(),
    )
    return nbformat.from_dict(executed)


def drop_lab_cells(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Return the notebook without the cells tagged "lab-only": exploring is not briefing."""
    kept = [c for c in notebook.cells if "lab-only" not in c.metadata.get("tags", [])]
    return nbformat.from_dict({**notebook, "cells": kept})


def check_parameters(
    notebook: nbformat.NotebookNode, name: str, parameters: Mapping[str, Any]
) -> None:
    """Refuse a parameter that the notebook does not have.

    Raises
    ------
    ParameterError
        Names the parameters that it has.
    """
    known = papermill.inspect_notebook(notebook)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise ParameterError(
            f"{name} has no parameter {', '.join(unknown)}.",
            f"It has: {', '.join(sorted(known)) or 'none (no cell is tagged “parameters”)'}.",
        )
