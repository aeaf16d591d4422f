"""A Jupyter kernel inside this process: ipykernel's own, started in a tenth of a second.

It speaks the same messages as the kernel of a process of its own, because it is the same code:
only the sockets are missing. What a notebook leaves behind in the process is the business of
:mod:`slinb.batch.isolation`.
"""

from __future__ import annotations

import atexit
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from traitlets import default
from traitlets.config import Config

if TYPE_CHECKING:
    from ipykernel.inprocess.ipkernel import InProcessKernel

#: Imports that Jupyter makes at a high price and does without when they are missing: a grammar
#: for checking web addresses (1 s), and the debugger, which would also start threads.
_DISPENSABLE = ("rfc3987_syntax", "debugpy")
#: What asks for the dispensable ones; imported while those are out of reach.
_FIRST = ("ipykernel.debugger", "jsonschema")
#: Libraries that keep state of their own or are dear to import; loaded before any notebook, so
#: that their untouched state is known. They find a shell, as in a kernel: plotly and matplotlib
#: choose how to draw by whether there is one.
LIBRARIES = (
    "numpy",
    "pandas",
    "pyarrow.parquet",
    "pyarrow.dataset",  # pyarrow.parquet itself imports it only when it first reads
    "matplotlib_inline.backend_inline",
    "matplotlib.pyplot",
    "plotly.io._renderers",  # plotly.io itself imports it only when asked, when no shell is there
    "plotly.graph_objects",
    "ipywidgets",
)
#: Histories of shells lie in a database of the user; a batch writes to no such place.
_CONFIG = Config({"HistoryManager": {"enabled": False}})
_INLINE = "module://matplotlib_inline.backend_inline"


@contextmanager
def without_dispensable_imports() -> Iterator[None]:
    """Import what follows without the dear packages that Jupyter does not need.

    A package that is loaded already stays; afterwards each can be imported as ever.
    """
    masked = [name for name in _DISPENSABLE if name not in sys.modules]
    sys.modules.update(dict.fromkeys(masked))  # type: ignore[arg-type]  # None stops an import
    try:
        yield
    finally:
        for name in masked:
            del sys.modules[name]


def load_libraries(*more: str) -> None:
    """Import what notebooks use, once a process, as a kernel would: with a shell at hand.

    Parameters
    ----------
    *more : str
        Further modules to import: those of the notebooks at hand.
    """
    import importlib

    with without_dispensable_imports():
        from ipykernel.zmqshell import ZMQInteractiveShell
        from IPython.core.interactiveshell import InteractiveShell

        missing = [name for name in (*_FIRST, *LIBRARIES, *more) if name not in sys.modules]
        if not missing:
            return
        # A kernel's shell by name too: plotly and others ask for its class.
        began = not InteractiveShell.initialized()
        shell = ZMQInteractiveShell.instance(config=_CONFIG) if began else None
        try:
            for name in missing:
                importlib.import_module(name)
        finally:
            if shell is not None:
                _forget_shell(shell)


@lru_cache(maxsize=1)
def _kernel_class() -> type[InProcessKernel]:
    """Return the kernel class; made when first needed, for ipykernel is dear to import."""
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from ipykernel.iostream import IOPubThread
    from ipykernel.zmqshell import ZMQInteractiveShell

    class BatchKernel(InProcessKernel):
        """ipykernel's in-process kernel, able to run a cell with ``await`` in it."""

        @default("shell_class")
        def _default_shell_class(self) -> type[ZMQInteractiveShell]:
            # Not the in-process one: libraries tell a notebook by the class of its shell.
            return ZMQInteractiveShell

        @default("iopub_thread")
        def _default_iopub_thread(self) -> IOPubThread:
            # Never started: messages are then passed on at once, in order, and no thread is left.
            return IOPubThread(self._underlying_iopub_socket, session=self.session)

        async def execute_request(self, stream: Any, ident: Any, parent: Any) -> None:
            # What is printed belongs to the cell that is at work.
            for printed in (self.stdout, self.stderr):
                printed.set_parent(parent)
            await super().execute_request(stream, ident, parent)

        async def do_execute(self, *args: Any, **kwargs: Any) -> Any:
            # ipykernel 7 asks for the parent of a thread that an in-process kernel has not.
            self.shell_channel_thread = SimpleNamespace(parent_thread=None)
            try:
                return await super().do_execute(*args, **kwargs)
            finally:
                self.shell_channel_thread = None

    return BatchKernel


@contextmanager
def running_kernel() -> Iterator[Any]:
    """Start a kernel in this process and yield the client that speaks to it.

    Yields
    ------
    BlockingInProcessKernelClient
        Its ``execute`` returns when the cell has run; the messages then wait in its channels.
    """
    load_libraries()
    from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
    from jupyter_client.session import Session

    session = Session(key=b"")  # nothing leaves the process: nothing to sign
    kernel: Any = _kernel_class().instance(session=session, config=_CONFIG)
    client = BlockingInProcessKernelClient(kernel=kernel, session=session)
    client.start_channels()
    kernel.shell.enable_gui = lambda gui=None: None  # noqa: ARG005 - nothing to open a window in
    client.shell_channel.send = lambda message: _deliver(kernel, message)
    try:
        _connect_matplotlib()
        yield client
    finally:
        client.stop_channels()
        kernel.iopub_thread.io_loop.close(all_fds=True)
        kernel.iopub_thread.socket.context.destroy(linger=0)  # with its two threads
        _forget_shell(kernel.shell)
        type(kernel).clear_instance()
        kernel.frontends.clear()


def _connect_matplotlib() -> None:
    """Draw figures under their cell, as a kernel does when the inline backend is imported.

    It is loaded already, without this shell: left alone, every figure would be lost.
    """
    import matplotlib as mpl
    from matplotlib_inline import backend_inline

    os.environ.setdefault("MPLBACKEND", _INLINE)
    mpl.rcParams["backend"] = os.environ["MPLBACKEND"]
    vars(backend_inline.configure_inline_support)["current_backend"] = "unset"
    backend_inline._enable_matplotlib_integration()


def _deliver(kernel: Any, message: dict[str, Any]) -> None:
    """Hand a widget's message to the kernel (an output widget sends its state back)."""
    from jupyter_core.utils import run_sync

    kernel.session.send(kernel.shell_stream, message)
    run_sync(kernel.dispatch_shell)(kernel.shell_stream.recv_multipart())


def _forget_shell(shell: Any) -> None:
    """Let go of a shell and of all that its notebook held."""
    from matplotlib_inline.config import InlineBackend

    atexit.unregister(shell.atexit_operations)
    shell.restore_sys_module_state()
    shell.user_ns.clear()
    shell.user_ns_hidden.clear()
    InlineBackend.clear_instance()
    type(shell).clear_instance()


def warm_libraries() -> None:
    """Draw one figure of each kind aside, so that no notebook pays for the first of its process."""
    import io

    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from plotly import graph_objects as go

    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([1, 2], label="x")
    FigureCanvasAgg(figure).draw()
    figure.savefig(io.BytesIO(), format="svg")
    go.Figure(go.Scatter(y=[1, 2])).to_json()
