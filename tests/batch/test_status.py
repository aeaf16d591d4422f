"""Whoever watches a run, from its window or another, is told what is at work and how far it is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from slinb.batch.graph import Result
from slinb.batch.status import Status, Watch, format_seconds, read_status


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def run(stream: io.StringIO, file: Path | None = None) -> Watch:
    with Watch("2025-26-Q3", ["collect", "rug"], file=file, stream=stream) as watch:
        watch.begin("collect")
        watch.end(Result("collect", "made", "never made", seconds=2.0))
        watch.begin("rug")
        watch.end(Result("rug", "failed", "never made"))
    return watch


def test_without_a_terminal_there_are_plain_lines() -> None:
    stream = io.StringIO()
    run(stream)
    assert stream.getvalue().splitlines() == ["[1/2] collect: made in 2.0 s", "[2/2] rug: failed"]


def test_in_a_terminal_there_is_a_bar_with_names_and_the_time_left() -> None:
    stream = Terminal()
    run(stream)
    shown = stream.getvalue()
    assert "collect" in shown
    assert "2 s left" in shown  # one step is left, and the first took two seconds
    assert "2/2" in shown


def test_another_window_can_read_how_far_it_is(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    watch = Watch("2025-26-Q3", ["collect", "rug", "index"], workers=2, file=file, quiet=True,
                  expected={"rug": 6.0, "index": 4.0})  # fmt: skip
    watch.begin("collect")
    assert read_status(file).running == ("collect",)
    watch.end(Result("collect", "kept", "nothing changed"))
    status = read_status(file)
    assert status.seconds_left == pytest.approx(5.0, abs=0.2)  # ten seconds over two workers
    assert str(status) == "2025-26-Q3: running, 1 of 3 steps (0 made); about 5 s left"


def test_what_waits_for_a_worker_is_not_at_work() -> None:
    names = [f"page {n}" for n in range(40)]
    watch = Watch("q", names, workers=2, quiet=True, expected=dict.fromkeys(names, 1.0))
    for name in names:  # all are handed in at once
        watch.begin(name)
    assert watch.status.running == ("page 0", "page 1")
    assert watch.status.seconds_left == pytest.approx(20, abs=0.5)


def test_the_end_is_told(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    run(io.StringIO(), file)
    assert str(read_status(file)) == "2025-26-Q3: done, 2 of 2 steps (1 made); failed: rug"


def test_a_run_that_is_stopped_says_so(tmp_path: Path) -> None:
    file = tmp_path / "status.json"
    with pytest.raises(KeyboardInterrupt), Watch("q", ["a"], file=file, quiet=True) as watch:
        watch.begin("a")
        raise KeyboardInterrupt
    assert read_status(file).state == "stopped"


def test_a_run_goes_on_when_nobody_can_watch_it(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    run(io.StringIO(), blocked / "status.json")


def test_no_status_is_no_error(tmp_path: Path) -> None:
    assert read_status(tmp_path / "none.json") is None
    half = tmp_path / "half.json"
    half.write_text("{", encoding="utf-8")
    assert read_status(half) is None
    half.write_text(json.dumps({"other": 1}), encoding="utf-8")
    assert read_status(half) is None


def test_nothing_is_guessed_before_anything_has_ended() -> None:
    assert Watch("q", ["a", "b"], quiet=True).status.seconds_left is None
    assert Status("q", 2).seconds_left is None
    assert format_seconds(61) == "1 min 1 s"
