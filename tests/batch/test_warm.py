"""What a worker begins with: one page made, and nothing of it that a fork must not inherit."""

from __future__ import annotations

import gc
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from slinb.batch.pool import Pool, Task, choose_method
from tests.batch import pool_kit as kit


def count_threads() -> int:
    """Return the threads of this process, those of libraries among them."""
    return sum(1 for _ in Path("/proc/self/task").iterdir())


def look_after_warming() -> dict[str, int]:
    """Warm up in a fresh process and return what is left over."""
    import asyncio

    import zmq

    from slinb.batch.kernel import load_libraries, warm_libraries
    from slinb.batch.warm import warm_pages
    from slinb.show.markup import _environment

    load_libraries()
    warm_libraries()
    linux = sys.platform == "linux"
    before = count_threads() if linux else 0
    warm_pages()
    kept = gc.get_objects()
    return {
        "threads": (count_threads() if linux else 0) - before,
        "loops": sum(isinstance(o, asyncio.AbstractEventLoop) and not o.is_closed() for o in kept),
        "sockets": sum(isinstance(o, (zmq.Context, zmq.Socket)) and not o.closed for o in kept),
        "templates": len(_environment().cache or ()),
    }


@pytest.fixture(scope="module")
def left() -> dict[str, int]:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(look_after_warming).result()


def test_no_thread_loop_or_socket_is_left_to_a_fork(left: dict[str, int]) -> None:
    assert (left["threads"], left["loops"], left["sockets"]) == (0, 0, 0)


def test_the_shared_templates_are_compiled(left: dict[str, int]) -> None:
    assert left["templates"] >= 10


def test_workers_read_tables_and_run_notebooks_after_the_warm_up(tmp_path: Path) -> None:
    source = (
        "import io, pandas as pd; held = io.BytesIO(); pd.DataFrame({'a': range(9)}).to_parquet("
        "held); int(pd.read_parquet(held)['a'].sum())"
    )
    tasks = [Task(f"n{n}", kit.run_notebook, (source, str(tmp_path))) for n in range(6)]
    with Pool(workers=2, method=choose_method()) as pool:
        assert [outcome.value for outcome in pool.run(tasks)] == [["36"]] * 6
