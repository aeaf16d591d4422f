"""Which files of a folder are returns: told by their names, before any is opened.

Read by the plan too, so it imports no reader.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from slinb.workspace import SAMPLE_MARKER

#: Endings of files that are read as CSV; anything else is opened as a workbook.
FLAT_FILES = (".csv",)
#: An .xls, .xlsb or .ods is meant as a return: it is opened, and refused with a remedy.
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
#: Files that a folder of returns may hold besides returns, and that nobody needs to hear of.
_SILENT = {
    SAMPLE_MARKER.casefold(),
    "sample_defects.csv",
    "sample_dive_defects.csv",
    "thumbs.db",
    "desktop.ini",
}


def list_returns(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files of a folder that are returns, and those that are something else.

    Both by name; what belongs to no sender (lock files, the mark of a sample) is in neither, and
    where there is no folder nothing is.
    """
    returns: list[Path] = []
    ignored: list[Path] = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        name = path.name.casefold()
        if name.startswith(("~$", ".")) or name in _SILENT:
            continue
        wanted = (*_WORKBOOKS, *FLAT_FILES)
        (returns if path.is_file() and path.suffix.casefold() in wanted else ignored).append(path)
    return returns, ignored


def name_reading(file: str) -> str:
    """Return under which name the reading of a file is kept: one that every system can write.

    The end of it tells apart names that differ in signs only.

    Examples
    --------
    >>> name_reading("Return Q3 (v2).xlsx")
    'return-q3-v2-xlsx-95fd218e'
    """
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in file.casefold()).split()
    digest = hashlib.sha256(file.encode("utf-8", "surrogatepass")).hexdigest()
    return "-".join((*plain, digest[:8]))[-80:].strip("-")
