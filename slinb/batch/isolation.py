"""Leave the process as it was found: what one notebook changes, the next does not see.

Each kind of state has one function: called before the notebook, it remembers the state and
returns the call that brings it back. A forked worker runs one notebook and ends, so there this
is a second lock on the same door; a worker that is reused (Windows, macOS) has only this one.

Not undone: attributes of foreign libraries (``pandas.DataFrame.head = ...``), threads that a
notebook leaves running, and files that it writes.
"""

from __future__ import annotations

import builtins
import decimal
import gc
import importlib
import locale
import logging
import os
import random
import signal
import sys
import sysconfig
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

Restore = Callable[[], object]


@contextmanager
def isolated_state() -> Iterator[None]:
    """Run the body and undo what it did to the state of this process.

    Environment, working folder, random states, import path, modules of one's own, logging,
    warning filters, locale, and the settings of pandas, numpy, matplotlib and plotly come back
    as they were, whether the body raised or not.

    Examples
    --------
    >>> with isolated_state():
    ...     os.environ["SLINB_EXAMPLE"] = "1"
    >>> "SLINB_EXAMPLE" in os.environ
    False
    """
    with ExitStack() as undo, warnings.catch_warnings():
        for remember in _STATES:
            undo.callback(remember())
        importlib.invalidate_caches()  # a module beside a notebook may have just been written
        yield
    gc.collect()


def _remember_environment() -> Restore:
    before = dict(os.environ)

    def restore() -> None:
        os.environ.clear()
        os.environ.update(before)
        if hasattr(time, "tzset"):
            time.tzset()

    return restore


def _remember_folder() -> Restore:
    before = Path.cwd()
    return lambda: os.chdir(before)


def _remember_random() -> Restore:
    before = random.getstate()
    return lambda: random.setstate(before)


def _remember_locale() -> Restore:
    before = locale.setlocale(locale.LC_ALL)
    return lambda: locale.setlocale(locale.LC_ALL, before)


def _remember_decimal() -> Restore:
    before = decimal.getcontext().copy()
    return lambda: decimal.setcontext(before)


def _remember_signals() -> Restore:
    if threading.current_thread() is not threading.main_thread():
        return lambda: None  # only the main thread may set them, a notebook's too
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            if handler is not None and signal.getsignal(number) is not handler:
                signal.signal(number, handler)

    return restore


def _remember_interpreter() -> Restore:
    """Streams, hooks, arguments, limits and what stands among the builtins."""
    names = ("stdin", "stdout", "stderr", "displayhook", "excepthook", "ps1", "ps2", "ps3")
    kept = {name: getattr(sys, name) for name in names if hasattr(sys, name)}
    lists = {name: list(getattr(sys, name)) for name in ("path", "argv", "meta_path", "path_hooks")}
    limit, known = sys.getrecursionlimit(), dict(vars(builtins))
    if "" not in sys.path:
        sys.path.insert(0, "")  # as in a kernel: a notebook finds the modules of its folder

    def restore() -> None:
        for name in names:
            if name in kept:
                setattr(sys, name, kept[name])
            elif hasattr(sys, name):
                delattr(sys, name)
        for name, items in lists.items():
            getattr(sys, name)[:] = items
        sys.setrecursionlimit(limit)
        _put_back(vars(builtins), known)

    return restore


def _remember_logging() -> Restore:
    manager = logging.root.manager
    disabled = manager.disable
    before = {logger: _look_at(logger) for logger in _loggers()}

    def restore() -> None:
        logging.disable(disabled)
        for logger in _loggers():
            level, propagate, muted, handlers, filters = before.get(logger, _UNTOUCHED)
            logger.setLevel(level)
            logger.propagate, logger.disabled = propagate, muted
            logger.handlers[:], logger.filters[:] = handlers, filters

    return restore


#: A logger as ``logging.getLogger`` makes it: level, propagate, disabled, handlers, filters.
_UNTOUCHED: tuple[int, bool, bool, list[Any], list[Any]] = (logging.NOTSET, True, False, [], [])


def _loggers() -> list[logging.Logger]:
    known = list(logging.root.manager.loggerDict.values())
    return [logging.root, *(x for x in known if isinstance(x, logging.Logger))]


def _look_at(logger: logging.Logger) -> tuple[int, bool, bool, list[Any], list[Any]]:
    state = logger.level, logger.propagate, logger.disabled
    return (*state, list(logger.handlers), list(logger.filters))


def _remember_modules() -> Restore:
    """Own modules: those that a notebook imports are forgotten, slinb's come back as they were."""
    before = dict(sys.modules)
    tops = {name.partition(".")[0] for name in before}
    own = {n: _look_into(m) for n, m in before.items() if n.partition(".")[0] == "slinb"}

    def restore() -> None:
        for name, module in list(sys.modules.items()):
            if name not in before and name.partition(".")[0] not in tops and _is_own(module):
                del sys.modules[name]
        for name in ("__main__", *own):
            sys.modules[name] = before[name]
        for name, (values, contents) in own.items():
            _put_back(vars(before[name]), values)
            for value, content in contents:
                _refill(value, content)

    return restore


def _is_own(module: ModuleType) -> bool:
    """Whether a module comes from neither Python nor an installed package."""
    file = getattr(module, "__file__", None)
    if file is None:  # built in, or a folder without __init__: it holds no state
        return False
    return not any(Path(file).is_relative_to(place) for place in _installed_places())


def _installed_places() -> set[str]:
    return {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}


def _look_into(module: ModuleType) -> tuple[dict[str, Any], list[tuple[Any, Any]]]:
    """Return a module's names, and copies of the containers among them."""
    values = dict(vars(module))
    contents = [
        (v, v.copy())
        for name, v in values.items()
        if type(v) in (dict, list, set) and not name.startswith("__")
    ]
    return values, contents


def _put_back(names: dict[str, Any], before: dict[str, Any]) -> None:
    for name in [n for n in names if n not in before]:
        if not isinstance(names[name], ModuleType):  # a submodule that was loaded stays loaded
            del names[name]
    names.update(before)


def _refill(container: Any, content: Any) -> None:
    if container != content:
        container.clear()
        (container.extend if isinstance(container, list) else container.update)(content)


def _remember_numpy() -> Restore:
    import numpy as np

    state, errors, printing = np.random.get_state(), np.geterr(), np.get_printoptions()  # noqa: NPY002, RUF100 - the global state is what leaks

    def restore() -> None:
        np.random.set_state(state)
        np.seterr(**errors)
        np.set_printoptions(**printing)

    return restore


def _remember_pandas() -> Restore:
    import pandas as pd
    from pandas._config import config

    def look() -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some options are there only to say that they go
            return {name: pd.get_option(name) for name in vars(config)["_registered_options"]}

    before = look()

    def restore() -> None:
        changed = {n: v for n, v in look().items() if n in before and v is not before[n]}
        for name in changed:
            pd.set_option(name, before[name])

    return restore


def _remember_matplotlib() -> Restore:
    import matplotlib as mpl
    from matplotlib import pyplot as plt
    from matplotlib import units

    settings, converters = dict.copy(mpl.rcParams), dict(units.registry)
    names = dict(vars(plt))  # among them the backend that it drew with and its hook in the shell

    def restore() -> None:
        plt.close("all")
        _put_back(vars(plt), names)
        dict.update(mpl.rcParams, settings)
        units.registry.clear()
        units.registry.update(converters)

    return restore


def _remember_plotly() -> Restore:
    import plotly.io as pio

    renderer, template = pio.renderers.default, pio.templates.default
    known = set(pio.templates)

    def restore() -> None:
        if pio.renderers.default != renderer:
            pio.renderers.default = renderer
        if pio.templates.default != template:  # setting it loads the whole template: a second
            pio.templates.default = template
        for name in set(pio.templates) - known:
            del pio.templates[name]

    return restore


def _remember_widgets() -> Restore:
    import comm
    from ipywidgets.widgets import widget

    def restore() -> None:
        widget._instances.clear()
        comm.get_comm_manager().comms.clear()

    return restore


_STATES: tuple[Callable[[], Restore], ...] = (
    _remember_interpreter,
    _remember_environment,
    _remember_folder,
    _remember_modules,
    _remember_random,
    _remember_locale,
    _remember_decimal,
    _remember_signals,
    _remember_logging,
    _remember_numpy,
    _remember_pandas,
    _remember_matplotlib,
    _remember_plotly,
    _remember_widgets,
)
