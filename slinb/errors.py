"""The project's exceptions: one small family, written for the person who reads the message.

An exception keeps its parts as attributes (where, what was found, what to do), so that a
caller can put them in a table instead of parsing a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Place:
    """Where something was found: a file, and within it a sheet and a cell or row.

    Parameters
    ----------
    file : str
        File name as the sender knows it (not the full path of this machine).
    sheet : str
        Sheet of a workbook; empty for a flat file.
    cell : str
        A cell ("E12"), a range ("E12:F12") or a row ("row 40"); empty for the whole sheet.
    """

    file: str
    sheet: str = ""
    cell: str = ""

    def __str__(self) -> str:
        parts = [Path(self.file).name]
        if self.sheet:
            parts.append(f"sheet “{self.sheet}”")
        if self.cell:
            parts.append(self.cell if self.cell.startswith("row") else f"cell {self.cell}")
        return ", ".join(parts)


class SlinbError(Exception):
    """Base of every error that slinb raises for a mistake that its user can mend.

    Parameters
    ----------
    problem : str
        What is wrong, in plain words.
    remedy : str
        What to do about it.
    place : Place, optional
        Where it was found.
    """

    def __init__(self, problem: str, remedy: str = "", place: Place | None = None) -> None:
        self.problem = problem
        self.remedy = remedy
        self.place = place
        where = f"{place}: " if place else ""
        then = f" {remedy}" if remedy else ""
        super().__init__(f"{where}{problem}{then}")


class CatalogueError(SlinbError):
    """An entry of the catalogue (measure, area, table, break) is wrong."""


class PeriodError(SlinbError, ValueError):
    """A text is not a period, or two periods of different kinds were mixed."""


class ReturnError(SlinbError):
    """A workbook that an authority sent cannot be read as a quarterly return."""


class PublishedError(SlinbError):
    """A published file cannot be read, or no table of the catalogue describes it."""


class SchemaError(SlinbError):
    """A table does not have the columns or types that its schema promises."""


class DisclosureError(SlinbError):
    """A publication could not be proved safe, so it was not made."""


class ParameterError(SlinbError, ValueError):
    """A parameter of a notebook or command does not exist or has an impossible value."""
