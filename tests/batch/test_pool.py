"""A worker may die, hang or fail; every other task is still carried out."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from slinb.batch.pool import Pool, Task, carry_out, choose_method, count_processors
from tests.batch import pool_kit as kit

METHODS = ["spawn", "forkserver"] if sys.platform == "linux" else ["spawn"]


@pytest.fixture(scope="module", params=METHODS)
def pool(request: pytest.FixtureRequest) -> Iterator[Pool]:
    with Pool(workers=2, method=request.param) as pool:
        yield pool


def gather(pool: Pool, *tasks: Task) -> dict[str, object]:
    return {o.name: o for o in pool.run(tasks)}


def test_tasks_come_back_with_what_they_returned(pool: Pool) -> None:
    done = gather(pool, *(Task(f"t{n}", kit.add, (n, 1)) for n in range(5)))
    assert {name: o.value for name, o in done.items()} == {f"t{n}": n + 1 for n in range(5)}


def test_one_failing_task_does_not_touch_the_others(pool: Pool) -> None:
    done = gather(pool, Task("bad", kit.fail), Task("good", kit.add, (1, 1)))
    assert done["good"].value == 2
    failure = done["bad"].failure
    assert failure.kind == failure.told == "ZeroDivisionError"  # its message could hold a figure
    assert "a figure: 4" in failure.traceback


def test_a_mistake_that_can_be_mended_keeps_its_words(pool: Pool) -> None:
    failure = gather(pool, Task("bad", kit.refuse))["bad"].failure
    assert failure.told == "There is no such thing. Name another."


def test_a_worker_that_dies_costs_its_own_task_only(pool: Pool) -> None:
    tasks = [Task("dies", kit.die), *(Task(f"t{n}", kit.add, (n, 1)) for n in range(6))]
    done = gather(pool, *tasks)
    assert sorted(o.value for name, o in done.items() if name != "dies") == [1, 2, 3, 4, 5, 6]
    assert done["dies"].failure.kind == "WorkerDied"
    assert "exit code 3" in done["dies"].failure.told


def test_a_task_whose_worker_died_is_tried_once_more(pool: Pool, tmp_path: Path) -> None:
    done = gather(pool, Task("once", kit.die_once, (tmp_path / f"mark-{id(pool)}",)))
    assert done["once"].value == "done"


def test_two_tasks_run_at_the_same_time(pool: Pool) -> None:
    done = gather(pool, *(Task(f"t{n}", kit.tell_process, (0.5,)) for n in range(2)))
    assert len({o.value for o in done.values()}) == 2


def test_tasks_can_be_handed_in_while_others_run(pool: Pool) -> None:
    pool.submit(Task("first", kit.add, (1, 1)))
    first = pool.collect()
    pool.submit(Task("second", kit.add, (first.value, 1)))
    assert pool.collect().value == 3
    assert pool.collect() is None


def test_a_task_that_hangs_is_given_up() -> None:
    with Pool(workers=1, method=choose_method(), limit=4) as pool:
        hung = gather(pool, Task("hangs", kit.sleep, (60,)), Task("next", kit.add, (1, 1)))
    assert hung["hangs"].failure.kind == "TimeoutError"
    assert hung["next"].value == 2


@pytest.mark.parametrize("method", METHODS)
def test_notebooks_in_workers_do_not_see_each_other(method: str, tmp_path: Path) -> None:
    leak = "import pandas as pd; pd.set_option('display.max_rows', 3); x = 1; x"
    look = "import pandas as pd; (pd.get_option('display.max_rows'), 'x' in globals())"
    tasks = [
        Task(f"n{n}", kit.run_notebook, (s, str(tmp_path))) for n, s in enumerate([leak, look])
    ]
    with Pool(workers=1, method=method) as pool:
        done = gather(pool, *tasks)
    assert done["n0"].value == ["1"]
    assert done["n1"].value == ["(60, False)"]


def test_a_task_can_be_carried_out_here() -> None:
    assert carry_out(Task("sum", kit.add, (1, 2))).value == 3
    assert carry_out(Task("bad", kit.fail)).failure.kind == "ZeroDivisionError"


def test_there_is_a_processor() -> None:
    assert count_processors() >= 1


@pytest.mark.skipif(sys.platform == "win32", reason="kills by SIGKILL")
@pytest.mark.parametrize("method", METHODS)
def test_a_worker_ends_with_the_run_that_began_it(method: str, tmp_path: Path) -> None:
    """Else it would write on into the folders of the next run."""
    out = tmp_path / "late.txt"
    script = (
        "import os, signal, sys, time\n"
        "from pathlib import Path\n"
        "from slinb.batch.pool import Pool, Task\n"
        "from tests.batch.pool_kit import write_late\n"
        "if __name__ == '__main__':\n"
        f"    with Pool(1, method={method!r}) as pool:\n"
        "        pool.submit(Task('late', write_late, (Path(sys.argv[1]),)))\n"
        "        while not Path(sys.argv[1] + '.begun').exists():\n"
        "            time.sleep(0.05)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "run.py"
    path.write_text(script, encoding="utf-8")
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run([sys.executable, str(path), str(out)], env=environment, check=False)
    assert done.returncode == -signal.SIGKILL
    time.sleep(2.5)
    assert not out.exists()
