"""Digests: one short name for the content of files, of code and of the installed packages."""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import slinb

#: In the place of the digest of a file that is not there.
ABSENT = "absent"
_PACKAGE = Path(slinb.__file__).parent
#: An import of ours. Parsing each module to find them would take longer than all else of a run
#: that finds nothing to do; words in a docstring that look like one cost nothing.
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(slinb[\w.]*)[ \t]+import[ \t]+(\([^)]*\)|.*)|import[ \t]+(slinb.*))",
    re.M,
)
_NAME = re.compile(r"[\w.]+")


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, as hexadecimal text."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest_data(data: object) -> str:
    """Return the SHA-256 of anything that JSON can say; the order of keys does not count.

    Examples
    --------
    >>> digest_data({"a": 1, "b": 2}) == digest_data({"b": 2, "a": 1})
    True
    """
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def digest_files(paths: Iterable[Path], root: Path) -> dict[str, str]:
    """Return the digest of each file by its path below ``root``.

    A folder stands for every file in it; what does not exist is "absent", which is a state too.
    Hidden files (locks, marks of an editor) do not count.
    """
    found: dict[str, str] = {}
    for path in paths:
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.is_file() and not _is_hidden(p, path))
            found |= {name_below(p, root): digest_file(p) for p in files}
        else:
            found[name_below(path, root)] = digest_file(path) if path.is_file() else ABSENT
    return found


def name_below(path: Path, root: Path) -> str:
    """Return a path as it is written on every system, from the root if it lies below it."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)


def digest_code(modules: Iterable[str]) -> dict[str, str]:
    """Return the digest of each file of slinb that some modules use.

    Imports are followed through the whole package, those inside functions too, so that no list
    has to be kept; data files (measures, styles, templates) count with the folder they lie in.

    Parameters
    ----------
    modules : iterable of str
        "slinb.check", "slinb.show.rug".

    Returns
    -------
    dict of str
        Digest by path within the package.
    """
    return dict(_digest_sources(tuple(modules)))


@lru_cache(maxsize=512)
def _digest_sources(modules: tuple[str, ...]) -> Mapping[str, str]:
    files = find_sources(modules)
    return {path.relative_to(_PACKAGE).as_posix(): _digest_once(path) for path in files}


@lru_cache(maxsize=512)
def find_sources(modules: tuple[str, ...]) -> tuple[Path, ...]:
    """Return the files of slinb that modules use, themselves among them."""
    waiting, seen = list(modules), set()
    while waiting:
        file = _find_module(waiting.pop())
        if file is not None and file not in seen:
            seen.add(file)
            waiting.extend(_read_imports(file))
    folders = {file.parent for file in seen if file.parent != _PACKAGE}
    data = {p for folder in folders for p in folder.rglob("*") if _is_data(p)}
    return tuple(sorted(seen | data))


def _is_data(path: Path) -> bool:
    return path.is_file() and path.suffix not in (".py", ".pyc") and path.name != ".DS_Store"


@lru_cache(maxsize=8192)
def _find_module(name: str) -> Path | None:
    """Return the file of a module of ours; None if it is a name within one, or not ours."""
    top, *rest = name.split(".")
    if top != _PACKAGE.name:
        return None
    place = _PACKAGE.joinpath(*rest)
    candidates = (place / "__init__.py", place.with_suffix(".py"))
    return next((file for file in candidates if file.is_file()), None)


@lru_cache(maxsize=1024)
def _read_imports(file: Path) -> tuple[str, ...]:
    names: list[str] = []
    for module, imported, plain in _IMPORT.findall(file.read_text(encoding="utf-8")):
        if plain:
            names += _NAME.findall(plain)
        else:
            names += [module, *(f"{module}.{name}" for name in _NAME.findall(imported))]
    return tuple(names)


@lru_cache(maxsize=2048)
def _digest_once(path: Path) -> str:
    return digest_file(path)


@lru_cache(maxsize=1)
def list_packages() -> Mapping[str, str]:
    """Return the version of each installed package, and of Python.

    Read from the names of the folders beside the packages: opening every package's metadata
    would take longer than a run in which nothing changed.
    """
    found = {"python": ".".join(map(str, sys.version_info[:3]))}
    for place in sys.path:
        folder = Path(place or ".")
        for info in sorted(folder.glob("*.dist-info")) if folder.is_dir() else ():
            name, _, version = info.name.removesuffix(".dist-info").rpartition("-")
            if name != _PACKAGE.name:  # our own code has its own digest
                found.setdefault(name.lower().replace("_", "-"), version)
    return dict(sorted(found.items()))


def write_plainly(value: Any, root: Path) -> Any:
    """Return a value as JSON can say it: paths from the root, tuples as lists.

    Raises
    ------
    TypeError
        It holds something that has no such form; a step's arguments must.
    """
    if isinstance(value, Path):
        return name_below(value, root)
    if isinstance(value, Mapping):
        return {str(k): write_plainly(v, root) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [write_plainly(v, root) for v in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    raise TypeError(f"A step cannot be given {type(value).__name__}: its digest would not tell.")
