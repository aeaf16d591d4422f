"""What one file of returns says, as it is stored between the step that reads it and the collecting.

A return that is sent again is read again, and no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from slinb.batch.digests import digest_file
from slinb.collect.deep_dives import DeepDives
from slinb.collect.inbox import list_returns, name_reading
from slinb.collect.submission import ReturnRead
from slinb.errors import ReturnError

_RETURN = ("observations", "submissions", "queries")
_DIVES = ("counts", "risk", "durations", "queries")
_FILE = "file"


@dataclass(frozen=True)
class Reading:
    """One file of returns, read: the return's own measures, and its deep dives.

    Parameters
    ----------
    sent : ReturnRead
    dives : DeepDives
        Empty where the return was refused.
    """

    sent: ReturnRead
    dives: DeepDives


def write_reading(folder: Path, path: Path, reading: Reading) -> None:
    """Write the reading of a file into an empty folder, with the digest of what was read."""
    tables = {name: getattr(reading.sent, name) for name in _RETURN}
    tables |= {f"dive_{name}": getattr(reading.dives, name) for name in _DIVES}
    tables[_FILE] = pd.DataFrame({"file": [path.name], "digest": [digest_file(path)]})
    folder.mkdir(parents=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def load_readings(folder: Path, returns: Path) -> dict[str, Reading]:
    """Return the reading of every return that lies in a folder, by the name of its file.

    Parameters
    ----------
    folder : Path
        Where the readings are stored, each under :func:`slinb.collect.inbox.name_reading`.
    returns : Path
        The quarter's folder of returns.

    Raises
    ------
    ReturnError
        A file was not read, or is another by now.
    """
    files, _ = list_returns(returns)
    return {path.name: _load_reading(folder / name_reading(path.name), path) for path in files}


def _load_reading(folder: Path, path: Path) -> Reading:
    known = folder / f"{_FILE}.parquet"
    if not known.is_file() or pd.read_parquet(known)["digest"].tolist() != [digest_file(path)]:
        raise ReturnError(
            f"{path.name} could not be read, or changed while the quarter was being read.",
            "Run the quarter again.",
        )
    sent = {name: pd.read_parquet(folder / f"{name}.parquet") for name in _RETURN}
    dives = {name: pd.read_parquet(folder / f"dive_{name}.parquet") for name in _DIVES}
    return Reading(ReturnRead(**sent), DeepDives(**dives))
