"""Progress for people: a bar in a terminal, plain lines anywhere else."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from tqdm import tqdm


class Progress:
    """Count the steps of a run and name the one at work.

    Parameters
    ----------
    total : int
        Number of steps.
    quiet : bool, default False
        Show nothing.

    Examples
    --------
    >>> with Progress(total=2, quiet=True) as progress:
    ...     progress.step("collect")
    """

    def __init__(self, total: int, *, quiet: bool = False) -> None:
        self._total = total
        self._done = 0
        self._quiet = quiet
        self._lines = not quiet and not sys.stderr.isatty()
        self._bar = tqdm(
            total=total,
            disable=quiet or self._lines,
            bar_format="{desc:<28} {bar} {n_fmt}/{total_fmt}  {elapsed}, {remaining} left",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._bar.update(self._total - self._bar.n)
            self._bar.set_description_str("done")
        self._bar.close()

    def step(self, name: str) -> None:
        """Say that the step called ``name`` begins; the one before it is done."""
        if self._lines:
            tqdm.write(f"[{self._done + 1}/{self._total}] {name}", file=sys.stderr)
        self._bar.update(self._done - self._bar.n)
        self._bar.set_description_str(name)
        self._done += 1
