"""Make one briefing: execute its notebook with papermill, export it as one page."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill

from slinb.batch.engine import register_engine
from slinb.errors import ParameterError
from slinb.show.notebook import export_notebook
from slinb.show.page import PageMarks

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


@dataclass(frozen=True)
class Order:
    """A page to be made, in plain values that can travel to a worker.

    Parameters
    ----------
    home : Path
        Root of the workspace; the notebook runs in it.
    notebook, executed : Path
        The notebook, and where its executed copy is kept.
    parameters : dict
        Values for its parameters cell.
    title, lead, tail : str
        As of :func:`slinb.show.notebook.export_notebook`.
    marks : PageMarks
    """

    home: Path
    notebook: Path
    executed: Path
    parameters: dict[str, str]
    title: str
    lead: str
    tail: str
    marks: PageMarks


def make_page(order: Order) -> str:
    """Execute the notebook of a page and return its HTML."""
    # A worker outlives a run: the project that it was started for may be another one.
    os.environ["SLINB_HOME"] = str(order.home)
    notebook = execute_notebook(order.notebook, order.executed, order.parameters, folder=order.home)
    return export_notebook(
        notebook, title=order.title, marks=order.marks, lead=order.lead, tail=order.tail
    )
