"""What was published of a quarter's counts, kept for the audit of the next quarter."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from slinb.methods.disclosure import Publication

#: Folder beside the editions' tables.
PUBLICATION = "publication"
_FRAMES = ("cells", "relations", "terms")


def write_publication(folder: Path, publication: Publication) -> None:
    """Write this release's part of a publication, as a reader has it, into a folder."""
    publication = publication.keep(~publication.cells["fixed"])
    folder.mkdir(parents=True, exist_ok=True)
    for name in _FRAMES:
        getattr(publication, name).to_parquet(folder / f"{name}.parquet", index=False)


def read_publication(folder: Path) -> Publication:
    """Read what :func:`write_publication` wrote.

    Raises
    ------
    FileNotFoundError
        A file of it is missing.
    """
    cells, relations, terms = (pd.read_parquet(folder / f"{name}.parquet") for name in _FRAMES)
    return Publication(cells, relations, terms)
