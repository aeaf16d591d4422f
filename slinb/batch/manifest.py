"""The manifest of a published folder: what it was made from, with what, and what it holds.

Anybody who has the folder can check it (:func:`verify_folder`); whoever has the project as well
can check that the same inputs lie there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from slinb import __version__
from slinb.batch.digests import (
    ABSENT,
    digest_code,
    digest_data,
    digest_file,
    digest_files,
    list_packages,
    name_below,
)
from slinb.batch.folders import PREFIX
from slinb.batch.graph import Result
from slinb.batch.store import write_whole
from slinb.errors import SlinbError

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Manifest:
    """What stands in ``manifest.json``.

    Parameters
    ----------
    parameters : mapping
        Quarter, region, edition, and whatever else the run was given.
    inputs : mapping of str
        Digest of each raw file and notebook, by its path below the project's root.
    outputs : mapping of str
        Digest of each published file, by its path below the published folder.
    places : sequence of str
        Folders of inputs: a file that is added to one is an input too.
    seconds : mapping of float
        How long each step took when it was last made.
    keys : mapping of str
        Digest of all that each step was made from.
    version, code : str
        Version of slinb, and digest of all its code.
    packages : mapping of str
        Version of each installed package.
    """

    parameters: Mapping[str, Any]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    places: Sequence[str] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)
    version: str = __version__
    code: str = ""
    packages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Difference:
    """A file that is not what the manifest says.

    Parameters
    ----------
    kind : {"missing", "changed", "added"}
    file : str
    role : {"output", "input"}
    """

    kind: Literal["missing", "changed", "added"]
    file: str
    role: Literal["output", "input"]

    def __str__(self) -> str:
        words = {
            "missing": "is not there any more",
            "changed": "is not what was published" if self.role == "output" else "has changed",
            "added": "was not there when the quarter was published",
        }
        return f"{self.file} {words[self.kind]}."


def write_manifest(
    folder: Path,
    root: Path,
    *,
    parameters: Mapping[str, Any],
    inputs: Iterable[Path],
    results: Iterable[Result] = (),
    prefix: str = "",
) -> Path:
    """Write the manifest of a folder that is about to be published.

    Parameters
    ----------
    folder : Path
        All files in it are outputs.
    root : Path
        Root of the project.
    parameters : mapping
        What the run was given.
    inputs : iterable of Path
        Raw files, folders of them, notebooks.
    results : iterable of Result
        Of the steps, for their durations and keys.
    prefix : str
        How the names of the folder's files begin.

    Returns
    -------
    Path
        The manifest.
    """
    steps, given = sorted(results, key=lambda r: r.step), list(inputs)
    manifest = Manifest(
        parameters=dict(parameters),
        inputs=digest_files(given, root),
        outputs=_digest_outputs(folder, f"{prefix}{MANIFEST}"),
        places=[name_below(path, root) for path in given if path.is_dir()],
        seconds={r.step: round(r.seconds, 3) for r in steps},
        keys={r.step: r.key for r in steps},
        code=digest_all_code(),
        packages=dict(list_packages()),
    )
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True)
    path = folder / f"{prefix}{MANIFEST}"
    write_whole(path, f"{text}\n")
    return path


def digest_all_code() -> str:
    """Return the digest of all code of slinb."""
    return digest_data(digest_code(_list_modules()))


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a published folder.

    Raises
    ------
    SlinbError
        It has none, or none that can be read.
    """
    path = _find_manifest(folder)
    try:
        return Manifest(**json.loads(path.read_text(encoding="utf-8")))
    except (json.JSONDecodeError, TypeError) as error:
        raise SlinbError(f"{path} cannot be read: {error}.", "Run the quarter again.") from error


def verify_folder(folder: Path, root: Path | None = None) -> list[Difference]:
    """Compare a published folder with its manifest.

    Parameters
    ----------
    folder : Path
    root : Path, optional
        Root of the project: compare the inputs too.

    Returns
    -------
    list of Difference
        Empty where every file is what was published.

    Raises
    ------
    SlinbError
        The folder has no manifest.
    """
    manifest = read_manifest(folder)
    found = _compare(
        manifest.outputs, _digest_outputs(folder, _find_manifest(folder).name), "output"
    )
    if root is not None:
        names = (*manifest.inputs, *manifest.places)
        now = digest_files([root / name for name in names], root)
        found += _compare(manifest.inputs, now, "input")
    return found


def _compare(
    before: Mapping[str, str], now: Mapping[str, str], role: Literal["output", "input"]
) -> list[Difference]:
    found = []
    for name in sorted({*before, *now}):
        then, today = before.get(name), now.get(name, ABSENT)
        if then is None:
            found.append(Difference("added", name, role))
        elif today != then:
            found.append(Difference("missing" if today == ABSENT else "changed", name, role))
    return found


def _find_manifest(folder: Path) -> Path:
    for prefix in PREFIX.values():
        if (folder / f"{prefix}{MANIFEST}").is_file():
            return folder / f"{prefix}{MANIFEST}"
    raise SlinbError(
        f"{folder} has no {MANIFEST}.",
        "Name a folder that `slinb run` published: reports/2025-26-Q3.",
    )


def _digest_outputs(folder: Path, manifest: str) -> dict[str, str]:
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / manifest)
    return {path.relative_to(folder).as_posix(): digest_file(path) for path in files}


def _list_modules() -> list[str]:
    """Return every module of slinb: the manifest speaks of all of its code."""
    import slinb

    package = Path(slinb.__file__).parent
    parts = (p.relative_to(package).with_suffix("").parts for p in package.rglob("*.py"))
    return [".".join(("slinb", *(x for x in part if x != "__init__"))) for part in parts]
