"""Nothing that a notebook does to the process is seen by the next one."""

from __future__ import annotations

import logging
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import nbformat
import papermill
import pytest

from slinb.batch.engine import register_engine
from slinb.batch.isolation import isolated_state
from tests.batch.test_engine import make_notebook

#: What one notebook changes, and what the next one looks at: name, change, look.
LEAKS = {
    "variable": ("secret = 1", "'secret' in globals()"),
    "output": ("Out[99] = 1; _ = 5", "str(dict(Out))"),
    "builtin": ("import builtins; builtins.leak = 1", "hasattr(__builtins__, 'leak')"),
    "rcParams": ("mpl.rcParams['lines.linewidth'] = 99", "mpl.rcParams['lines.linewidth']"),
    "style": ("plt.style.use('ggplot')", "mpl.rcParams['axes.facecolor']"),
    "open figure": ("fig = plt.figure(77); plt.ioff()", "plt.get_fignums(), plt.isinteractive()"),
    "backend": ("plt.switch_backend('svg')", "mpl.get_backend()"),
    "figure format": (
        "from matplotlib_inline.backend_inline import set_matplotlib_formats as s; s('svg')",
        "sorted(get_ipython().display_formatter.formatters['image/svg+xml'].type_printers)",
    ),
    "pandas option": ("pd.set_option('display.max_rows', 3)", "pd.get_option('display.max_rows')"),
    "pandas format": ("pd.options.display.float_format = str",
                      "repr(pd.options.display.float_format)"),
    "numpy errors": ("np.seterr(all='raise')", "np.geterr()"),
    "numpy printing": ("np.set_printoptions(precision=1)", "np.get_printoptions()['precision']"),
    "numpy random": ("np.random.seed(1)", "np.random.get_state()[1][:3].tolist()"),
    "random": ("random.seed(1)", "hash(random.getstate())"),
    "environment": ("os.environ['LEAK'] = '1'; os.environ.pop('HOME', 0)",
                    "os.environ.get('LEAK'), 'HOME' in os.environ"),
    "path": ("sys.path.append('leak'); sys.argv.append('x')", "'leak' in sys.path, sys.argv"),
    "own module": ("import helper_beside; helper_beside.STATE.append(1)",
                   "__import__('helper_beside').STATE"),
    "our module": ("import slinb.errors; slinb.errors.LEAK = 1; slinb.errors.Place = None",
                   "hasattr(__import__('slinb.errors').errors, 'LEAK'), slinb.errors.Place"),
    "warnings": ("import warnings; warnings.simplefilter('error')",
                 "__import__('warnings').filters[0][0]"),
    "logging": ("logging.getLogger('x').addHandler(logging.NullHandler()); logging.disable(50);"
                "logging.getLogger().setLevel(5)",
                "logging.getLogger('x').handlers, logging.root.level, "
                "logging.root.manager.disable"),
    "decimal": ("import decimal; decimal.getcontext().prec = 3",
                "__import__('decimal').getcontext().prec"),
    "locale": ("import locale; locale.setlocale(locale.LC_ALL, 'C.UTF-8')",
               "__import__('locale').setlocale(0)"),
    "recursion": ("sys.setrecursionlimit(5000)", "sys.getrecursionlimit()"),
    "stream": ("real = sys.stdout; sys.stdout = None; sys.stdout = real; sys.stderr = sys.stdout",
               "sys.stderr.name"),
    "plotly": ("pio.renderers.default = 'svg'; pio.templates.default = 'ggplot2'",
               "pio.renderers.default, pio.templates.default"),
    "plotly template": ("pio.templates['leak'] = pio.templates['plotly']",
                        "'leak' in pio.templates"),
    "widgets": ("import ipywidgets; box = ipywidgets.IntSlider()",
                "len(__import__('ipywidgets').widgets.widget._instances)"),
    "shell": ("get_ipython().run_line_magic('precision', '2'); "
              "get_ipython().ast_transformers.append(1); get_ipython().ast_transformers.clear()",
              "3.14159, len(get_ipython().ast_transformers)"),
    "hook": ("sys.excepthook = print; sys.ps1 = 'x'", "sys.excepthook is print, sys.ps1"),
    "folder": ("os.chdir(os.path.sep)", "os.getcwd()"),
}  # fmt: skip

IMPORTS = (
    "import logging, os, random, sys\nimport slinb.errors\n"
    "import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd\n"
    "import plotly.io as pio\nrandom.random(); np.random.rand();"
)
LOOKS = [look for _, look in LEAKS.values()]
CHANGES = [change for change, _ in LEAKS.values()]


def look_and_change(folder: Path) -> tuple[list[str], list[str]]:
    """Run in one process: look, change everything, look again; return both looks."""
    register_engine()
    seen = []
    for sources in (LOOKS, CHANGES, LOOKS):
        done = papermill.execute_notebook(
            make_notebook(IMPORTS, *sources), None, engine_name="slinb", kernel_name="python3",
            cwd=str(folder), progress_bar=False,
        )  # fmt: skip
        seen.append([show(c) for c in done.cells[-len(sources) :]])
    return seen[0], seen[2]


def show(cell: nbformat.NotebookNode) -> str:
    return "".join(o.get("text", "") or o.data.get("text/plain", "") for o in cell.outputs)


@pytest.fixture(scope="module")
def looks(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    folder = tmp_path_factory.mktemp("beside")
    (folder / "helper_beside.py").write_text("STATE = []\n", encoding="utf-8")
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(look_and_change, folder).result()


@pytest.mark.parametrize("name", list(LEAKS))
def test_nothing_leaks_from_one_notebook_into_the_next(looks, name: str) -> None:
    before, after = (look[list(LEAKS).index(name)] for look in looks)
    assert before != ""
    if "random" not in name:  # those differ between any two runs, as in two kernels
        assert after == before


def test_the_process_itself_is_left_as_it_was() -> None:
    logger = logging.getLogger("slinb.test_isolation")
    with pytest.raises(ZeroDivisionError), isolated_state():
        os.environ["SLINB_LEAK"] = "1"
        sys.path.append("leak")
        logger.setLevel(1)
        _ = 1 / 0
    assert "SLINB_LEAK" not in os.environ
    assert "leak" not in sys.path
    assert logger.level == logging.NOTSET


def test_the_random_state_of_the_process_is_left_as_it_was() -> None:
    import random

    import numpy as np

    random.seed(3)
    np.random.seed(3)  # noqa: NPY002, RUF100 - the global state is what is looked at
    expected = random.Random(3).random(), np.random.RandomState(3).rand()  # noqa: S311
    with isolated_state():
        random.seed(99)
        np.random.seed(99)
    assert (random.random(), np.random.rand()) == expected  # noqa: S311
