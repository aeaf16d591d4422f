"""Where things lie: the folders of one slinb project."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from slinb.errors import ParameterError

#: File that marks a folder of made-up returns, or of what was made from them.
SAMPLE_MARKER = "SAMPLE.txt"


def is_sample(folder: Path) -> bool:
    """Whether a folder of returns or of processed tables was made by ``slinb sample``."""
    return (folder / SAMPLE_MARKER).is_file()


@dataclass(frozen=True)
class Workspace:
    """The folders of a project, from its root.

    Examples
    --------
    >>> Workspace(Path("x")).reports("2025-26-Q3").as_posix()
    'x/reports/2025-26-Q3'
    """

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Workspace:
        """Return the workspace around a folder.

        ``SLINB_HOME`` wins; otherwise the nearest folder at or above ``start`` (the current
        folder if left out) that holds ``data/raw``.

        Raises
        ------
        ParameterError
            There is none.
        """
        if home := os.environ.get("SLINB_HOME"):
            return cls(Path(home))
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents):
            if (folder / "data" / "raw").is_dir():
                return cls(folder)
        raise ParameterError(
            f"{here} is not inside a slinb project: no folder above it holds data/raw.",
            "Change to the project's folder, or set SLINB_HOME to it.",
        )

    @property
    def published(self) -> Path:
        """Folder of the published pack."""
        return self.root / "data" / "raw" / "published"

    @property
    def downloads(self) -> Path:
        """Folder into which newly downloaded published files are dropped."""
        return self.published / "downloads"

    @property
    def notebooks(self) -> Path:
        """Folder of the notebooks."""
        return self.root / "notebooks"

    def returns(self, quarter: str) -> Path:
        """Folder of a quarter's returns."""
        return self.root / "data" / "raw" / "returns" / quarter

    def audits(self, quarter: str) -> Path:
        """Folder of a quarter's audit workbooks; absent or empty where no exercise was held."""
        return self.root / "data" / "raw" / "audits" / quarter

    def processed(self, quarter: str) -> Path:
        """Folder of a quarter's processed tables."""
        return self.root / "data" / "processed" / quarter

    def reports(self, quarter: str, suffix: str = "") -> Path:
        """Folder of a quarter's briefings, or beside it of what is not for the public.

        The public edition has a folder of its own, so that it can be uploaded as it is.
        """
        return self.root / "reports" / f"{quarter}{suffix}"
