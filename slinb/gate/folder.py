"""The gate over a folder: every file of it is read, and those with a leak are named."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measures
from slinb.gate.files import read_file
from slinb.gate.leaks import Judge, Leak
from slinb.gate.names import Names
from slinb.gate.secrets import Secret, Secrets, SecretsByCell
from slinb.gate.workbook import UnreadableError


@dataclass(frozen=True)
class Gate:
    """The gate of one publication.

    Build it once with :func:`open_gate`; it remembers the names that it has looked for.
    """

    judge: Judge

    def find_leaks(self, name: str, content: bytes | str) -> list[Leak]:
        """Return the leaks of one file; an empty list lets it through.

        Parameters
        ----------
        name : str
            The file's name; its ending says how it is read.
        content : bytes or str

        Returns
        -------
        list of Leak
            In the order of the file, each secret once a place. A file that cannot be read
            has one leak that says why.
        """
        raw = content.encode("utf-8") if isinstance(content, str) else content
        found: dict[tuple[str, ...], Leak] = {}
        try:
            with _pause_collection():
                for passage in read_file(name, raw):
                    for leak in self.judge.judge(passage, name):
                        key = (leak.place, leak.area, leak.measure, leak.found)
                        found.setdefault(key, leak)
        except UnreadableError as error:
            found["unreadable",] = Leak(name, "", "", "", "", f"cannot be read: {error}", "")
        return list(found.values())


@contextmanager
def _pause_collection() -> Iterator[None]:
    """Put off the search for circular garbage: one file's parts are all in use until its end."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def open_gate(
    secrets: Iterable[Secret],
    areas: Areas,
    measures: Measures,
    *,
    shown: Iterable[Secret] = (),
    strict: bool = True,
    threshold: int = 5,
) -> Gate:
    """Return the gate that guards these secrets.

    Parameters
    ----------
    secrets : iterable of Secret
    areas : Areas
    measures : Measures
    shown : iterable of Secret
        What is published of the same cells, from :func:`~slinb.gate.secrets.list_shown` of the
        protected points and of the official figures (never of tables derived from them: a
        leak there would excuse itself).
    strict : bool, default True
        Refuse any figure in a withheld cell, whatever its value.
    threshold : int, default 5
        Up to this a count is small, and no published number explains it.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> from slinb.catalogue.measures import load_measures
    >>> secret = Secret("E06000055", "cp_neglect_pct", "2025-26-Q3", "numerator", 3)
    >>> gate = open_gate([secret], load_areas(), load_measures())
    >>> [leak.found for leak in gate.find_leaks("a.html", "<p>Bedford, plans for neglect: 3</p>")]
    ['numerator']
    >>> gate.find_leaks("a.html", "<p>Bedford, plans for neglect: c</p>")
    []
    """
    return build_gate(
        Secrets(secrets), Secrets(shown), areas, measures, strict=strict, threshold=threshold
    )


def build_gate(
    secrets: SecretsByCell,
    shown: SecretsByCell,
    areas: Areas,
    measures: Measures,
    *,
    strict: bool = True,
    threshold: int = 5,
) -> Gate:
    """Return the gate of secrets that can be looked up; parameters as of :func:`open_gate`."""
    names = Names(areas, measures, secrets.areas)
    return Gate(Judge(secrets, names, measures, shown=shown, strict=strict, threshold=threshold))


def check_folder(folder: Path, gate: Gate) -> dict[Path, list[Leak]]:
    """Return every file of a folder, with its leaks; those without any may be published.

    Parameters
    ----------
    folder : Path
        Read with all folders in it.
    gate : Gate

    Returns
    -------
    dict of Path to list of Leak
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path: gate.find_leaks(path.relative_to(folder).as_posix(), path.read_bytes())
        for path in files
    }
