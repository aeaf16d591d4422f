"""Tasks for the tests of the pool; they stand in a module so that every worker can import them."""

from __future__ import annotations

import os
import time
from pathlib import Path

from slinb.errors import ParameterError


def add(left: int, right: int) -> int:
    return left + right


def tell_process(pause: float = 0.0) -> int:
    time.sleep(pause)
    return os.getpid()


def fail() -> None:
    raise ZeroDivisionError("a figure: 4")


def refuse() -> None:
    raise ParameterError("There is no such thing.", "Name another.")


def die(code: int = 3) -> None:
    os._exit(code)


def die_once(mark: Path) -> str:
    if not mark.exists():
        mark.write_text("died", encoding="utf-8")
        os._exit(3)
    return "done"


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def run_notebook(source: str, folder: str) -> list[str]:
    """Run one cell with the engine of this package and return what it showed."""
    import papermill

    from slinb.batch.engine import register_engine
    from tests.batch.test_engine import make_notebook

    done = papermill.execute_notebook(
        make_notebook(source), None, engine_name=register_engine(), kernel_name="python3",
        cwd=folder, progress_bar=False,
    )  # fmt: skip
    return [o.get("text") or o.data["text/plain"] for o in done.cells[-1].outputs]


def write_late(path: Path) -> None:
    """Say that it has begun, and write a file two seconds later."""
    path.with_name(f"{path.name}.begun").touch()
    time.sleep(2)
    path.touch()
