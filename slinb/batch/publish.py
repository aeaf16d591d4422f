"""Put a finished quarter in the place of the published one, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path


def building_folder(published: Path) -> Path:
    """Return the empty folder in which a quarter is built, beside the published one."""
    building = published.with_name(f".{published.name}.building")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    return building


def publish(building: Path, published: Path) -> None:
    """Put the built folder where the published one is.

    A folder cannot be replaced in one step on every system, so the published one is set aside
    first and put back if the built one cannot take its place.

    Raises
    ------
    OSError
        The folder cannot be moved (a file of it is open in another program, on Windows).
    """
    aside = published.with_name(f".{published.name}.replaced")
    shutil.rmtree(aside, ignore_errors=True)
    if published.exists():
        published.rename(aside)
    try:
        building.rename(published)
    except OSError:
        if aside.exists():
            aside.rename(published)
        raise
    shutil.rmtree(aside, ignore_errors=True)
