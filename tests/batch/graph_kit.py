"""Steps for the tests of the graph, and workers that carry tasks out at once, in this process."""

from __future__ import annotations

import time
from collections import deque
from pathlib import Path

from slinb.batch.graph import Graph, Need, Step, build_graph
from slinb.batch.pool import Outcome, Task, carry_out

LOG: list[str] = []


class AtOnce:
    """Carries each task out when asked for the next outcome."""

    def __init__(self) -> None:
        self._waiting: deque[Task] = deque()

    def submit(self, task: Task) -> None:
        self._waiting.append(task)

    def collect(self) -> Outcome | None:
        return carry_out(self._waiting.popleft()) if self._waiting else None


def read_returns(raw: Path, out: Path) -> None:
    """One number a file, one line an authority."""
    LOG.append(f"read {raw.stem}")
    _write(out, raw.read_text(encoding="utf-8").strip())


def pool_returns(sources: list[str], root: Path) -> None:
    LOG.append("pool")
    total = sum(int((root / s).read_text(encoding="utf-8")) for s in sources)
    _write(root / "tables" / "region.txt", str(total // 10))  # rounded: small changes vanish


def write_page(name: str, own: Path, region: Path, out: Path) -> None:
    LOG.append(f"page {name}")
    words = [own.read_text(encoding="utf-8"), region.read_text(encoding="utf-8")]
    _write(out, f"{name}: {' of '.join(words)}")


def write_index(pages: Path, out: Path) -> None:
    LOG.append("index")
    _write(out, ", ".join(sorted(p.name for p in pages.glob("*.html"))))


def break_down() -> None:
    raise ZeroDivisionError


def do_nothing() -> None:
    pass


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def make_graph(root: Path, names: str = "abc", broken: str = "") -> Graph:
    """Return a quarter in small: returns, what pools them, a page each, an index."""
    steps = []
    for name in names:
        raw, own = root / "raw" / f"{name}.txt", root / "tables" / f"{name}.txt"
        own_name, out = f"tables/{name}.txt", root / "pages" / f"{name}.html"
        steps.append(Step(f"collect {name}", read_returns, (raw, own), (own_name,), files=(raw,)))
        needs = (Need(f"collect {name}"), Need("compare", "tables/region.txt"))
        page = Step(
            f"page {name}", write_page, (name, own, root / "tables" / "region.txt", out),
            (f"pages/{name}.html",), needs,
        )  # fmt: skip
        steps.append(Step(page.name, break_down, needs=needs) if name == broken else page)
    sources = [f"tables/{name}.txt" for name in names]
    collected = tuple(Need(f"collect {name}") for name in names)
    steps.append(Step("compare", pool_returns, (sources, root), ("tables/region.txt",), collected))
    pages = tuple(Need(f"page {name}", despite=True) for name in names)
    index = Step("index", write_index, (root / "pages", root / "index.txt"), ("index.txt",), pages)
    return build_graph([index, *steps], root)


def run_slowly(raw: Path, out: Path) -> None:
    """Take half a second, and leave in the shared folder the process that was at it."""
    time.sleep(0.5)
    read_returns(raw, out)


def make_notebook_page(source: str, out: Path) -> None:
    """Run a cell by the engine and write what it showed."""
    from tests.batch.pool_kit import run_notebook

    _write(out, "".join(run_notebook(source, str(out.parent.parent))))
