"""A papermill engine that runs a notebook inside this process.

It is registered at papermill's extension point, so any notebook runs with it or without it::

    papermill --engine slinb in.ipynb out.ipynb

The outputs are those of a kernel of its own, cell by cell; what is saved is the start of that
kernel, its imports and its shutdown. One notebook runs at a time in a process, in its main
thread; several run in several workers (:mod:`slinb.batch.pool`), which also hold the time limit:
a cell in this process cannot be interrupted from without.
"""

from __future__ import annotations

from contextlib import suppress
from itertools import groupby
from typing import Any

from nbclient.exceptions import CellExecutionComplete
from nbclient.util import run_sync
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines

ENGINE = "slinb"


class InProcessEngine(Engine):
    """Execute a notebook in this process, and leave the process as it was found."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any
    ) -> NotebookNode:
        """Execute the notebook that papermill manages (see papermill's ``Engine``).

        Parameters
        ----------
        nb_man : NotebookExecutionManager
        kernel_name : str
            Kept in the notebook; the kernel is always this process.
        **kwargs
            ``log_output``, ``stdout_file`` and ``stderr_file`` are used; time limits are not.
        """
        from slinb.batch.isolation import isolated_state
        from slinb.batch.kernel import load_libraries, running_kernel

        used = ("log_output", "stdout_file", "stderr_file")
        options = {name: kwargs[name] for name in used if kwargs.get(name) is not None}
        client = InProcessClient(nb_man, kernel_name=kernel_name, **options)
        load_libraries()
        with isolated_state(), running_kernel() as kernel:
            return client.execute_with(kernel)


class InProcessClient(PapermillNotebookClient):
    """papermill's notebook client, speaking to a kernel in this process.

    Everything that turns messages into outputs (displays that are updated, cleared output,
    widgets, errors) is nbclient's own.
    """

    def execute_with(self, kernel: Any) -> NotebookNode:
        """Execute every cell on the kernel of a client.

        Parameters
        ----------
        kernel : BlockingInProcessKernelClient

        Returns
        -------
        NotebookNode
            The managed notebook with its outputs; a failed cell ends it, with its error.
        """
        self.reset_execution_trackers()
        self.kc = kernel
        self.papermill_execute_cells()
        self.nb.metadata["language_info"] = kernel.kernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(
        self,
        cell: NotebookNode,
        cell_index: int,
        execution_count: int | None = None,  # noqa: ARG002 - nbclient's signature
        store_history: bool = True,
    ) -> NotebookNode:
        """Execute one cell and gather its outputs (see nbclient's ``execute_cell``)."""
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            return cell
        if self.record_timing:
            cell["metadata"]["execution"] = {}
        cell.outputs = []
        self.clear_before_next_output = False
        request = self.kc.execute(cell.source, store_history=store_history)
        self.code_cells_executed += 1
        self._gather(request, cell, cell_index)
        reply = self.kc.get_shell_msg(block=False)
        cell.outputs = join_streams(cell.outputs)
        run_sync(self._check_raise_for_error)(cell, cell_index, reply)
        return cell

    def _gather(self, request: str, cell: NotebookNode, cell_index: int) -> None:
        """Turn the messages that answer a request into outputs of the cell."""
        channel = self.kc.iopub_channel
        while channel.msg_ready():
            message = self.kc.get_iopub_msg(block=False)
            if message["parent_header"].get("msg_id") != request:
                continue
            # nbclient raises when the kernel is idle again; what still waits then is no answer.
            with suppress(CellExecutionComplete):
                self.process_message(message, cell, cell_index)


def join_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: where it was cut depends on the clock.

    Examples
    --------
    >>> from nbformat.v4 import new_output
    >>> pieces = [new_output("stream", text="a"), new_output("stream", text="b")]
    >>> join_streams(pieces)[0].text
    'ab'
    """
    joined: list[NotebookNode] = []
    for name, run in groupby(outputs, key=lambda o: o.get("name")):
        pieces = list(run)
        if name is not None:
            pieces = [NotebookNode({**pieces[0], "text": "".join(p.text for p in pieces)})]
        joined.extend(pieces)
    return joined


def register_engine() -> str:
    """Register the engine in this process and return its name.

    An installed slinb is found by its entry point; this serves a process that began before.
    """
    papermill_engines.register(ENGINE, InProcessEngine)
    return ENGINE


__all__ = ["ENGINE", "InProcessClient", "InProcessEngine", "register_engine"]
