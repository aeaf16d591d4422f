"""Where everything stands in the quarterly return: the ids that the reader looks for.

The writer of the workbook, its reader and the sample all take the places from here. A measure's
row is known by ``slinb:<measure id>``, a line of the cover by ``slinb@<line id>`` and a column
by ``slinb#<column id>``, all in hidden cells; no reader relies on a position.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.cells import name_cell, name_range

TEMPLATE_VERSION = "2026.1"
ROW_MARK = "slinb:"
COLUMN_MARK = "slinb#"
COVER_MARK = "slinb@"
COVER = "Cover"
HELP = "How to fill this in"
SAMPLE_WORD = "SAMPLE"

#: Rows and columns of a domain's sheet, counted from 0.
TITLE_ROW, ADVICE_ROW, ID_ROW, HEADING_ROW, FIRST_ROW = range(5)

Part = Literal["numerator", "denominator", "value"]
PARTS: tuple[Part, ...] = ("numerator", "denominator", "value")
#: For each count, the measure and part in whose cell it is typed.
Owners: TypeAlias = Mapping[str, tuple[str, Part]]


@dataclass(frozen=True)
class ColumnPlan:
    """One column of a domain's sheet: its id, heading and width in characters."""

    id: str
    heading: str
    width: float


COLUMNS = (
    ColumnPlan("id", "", 4),
    ColumnPlan("measure", "Measure", 34),
    ColumnPlan("definition", "What to count", 56),
    ColumnPlan("period", "Period", 17),
    ColumnPlan("numerator", "Numerator", 12),
    ColumnPlan("denominator", "Denominator", 12),
    ColumnPlan("value", "Figure (no counts)", 14),
    ColumnPlan("result", "Works out at", 11),
    ColumnPlan("previous", "Last quarter", 18),
    ColumnPlan("note", "Note", 36),
)
COLUMN_INDEX = {column.id: index for index, column in enumerate(COLUMNS)}


@dataclass(frozen=True)
class CoverLine:
    """One line of the cover: its id, its label and whether the authority fills it in."""

    id: str
    label: str
    typed: bool = False
    hint: str = ""
    tall: bool = False


NARRATIVE = (
    CoverLine("what_changed", "What changed this quarter?", True, "In your own words.", True),
    CoverLine("why", "Why, as far as you know?", True, "Practice, demand, recording…", True),
    CoverLine("what_next", "What happens next?", True, "What you plan, and by when.", True),
    CoverLine("offer", "What can you offer others?", True, "Good practice worth a visit.", True),
)
COVER_LINES = (
    CoverLine("area_code", "Authority code"),
    CoverLine("area_name", "Authority"),
    CoverLine("quarter", "Quarter"),
    CoverLine("quarter_label", "Months covered"),
    CoverLine("due", "Please return by"),
    CoverLine("template", "Template version"),
    CoverLine("submitted_on", "Date of this submission", True, "For example 20/01/2026."),
    CoverLine(
        "role",
        "Signed off by (role, not name)",
        True,
        "For example: Head of performance. Please give no name.",
    ),
    *NARRATIVE,
)
COVER_COLUMN = 2
COVER_FIRST_ROW = 4


@dataclass(frozen=True)
class Place:
    """A cell of the template: sheet, and row and column counted from 0."""

    sheet: str
    row: int
    column: int

    @property
    def cell(self) -> str:
        """The cell's name, "E12"."""
        return name_cell(self.row, self.column)


@dataclass(frozen=True)
class Line:
    """The row of one measure.

    ``linked`` maps the parts that are not typed, because another cell of the workbook asks for
    the same count, to that cell.
    """

    measure: Measure
    sheet: str
    row: int
    linked: dict[Part, Place]

    def place(self, column: str) -> Place:
        """Return the cell of this row in a column, by the column's id."""
        return Place(self.sheet, self.row, COLUMN_INDEX[column])

    @property
    def cells(self) -> str:
        """Names of the number cells that the row asks for: "E12" or "E12:F12"."""
        return name_range([(self.row, COLUMN_INDEX[p]) for p in asked_parts(self.measure)])

    @property
    def typed(self) -> tuple[Part, ...]:
        """The parts that the authority types."""
        return tuple(p for p in asked_parts(self.measure) if p not in self.linked)


@dataclass(frozen=True)
class Layout:
    """The rows of the whole workbook, in order."""

    lines: tuple[Line, ...]

    @property
    def sheets(self) -> tuple[str, ...]:
        """Names of the domains' sheets, in order."""
        return tuple(dict.fromkeys(line.sheet for line in self.lines))

    def line(self, measure_id: str) -> Line:
        """Return the row of a measure."""
        return next(line for line in self.lines if line.measure.id == measure_id)


def asked_parts(measure: Measure) -> tuple[Part, ...]:
    """Return the parts that a return asks of a measure; a population is never asked."""
    if measure.kind == "value":
        return ("value",)
    return ("numerator",) if measure.uses_population else ("numerator", "denominator")


def count_id(measure: Measure, part: Part) -> str:
    """Return the id of the count behind a part; empty where it has none."""
    if measure.kind == "value" or part == "value":
        return ""
    return measure.numerator_count if part == "numerator" else measure.denominator_count


def plan_layout(measures: Iterable[Measure]) -> Layout:
    """Say where each measure stands in the workbook and which cells repeat another.

    A count that several measures need is typed once: where it is a numerator if it is one
    anywhere, else where it first stands.
    """
    listed = list(measures)
    places = _place_rows(listed)
    owners = find_owners(listed)
    lines = []
    for measure in listed:
        sheet, row = places[measure.id]
        linked: dict[Part, Place] = {}
        for part in asked_parts(measure):
            owner = owners.get(count_id(measure, part), (measure.id, part))
            if owner != (measure.id, part):
                linked[part] = Place(*places[owner[0]], COLUMN_INDEX[owner[1]])
        lines.append(Line(measure, sheet, row, linked))
    return Layout(tuple(sorted(lines, key=lambda x: _sheet_order(listed).index(x.sheet))))


def find_owners(measures: Iterable[Measure]) -> dict[str, tuple[str, Part]]:
    """Return, for each count, the measure and part where the workbook asks for it."""
    listed = list(measures)
    owners: dict[str, tuple[str, Part]] = {}
    for part in ("numerator", "denominator"):
        for measure in listed:
            if part in asked_parts(measure) and (count := count_id(measure, part)):
                owners.setdefault(count, (measure.id, part))
    return owners


def typed_parts(measure: Measure, owners: Owners) -> tuple[Part, ...]:
    """Return the parts that are typed in a measure's own row, given :func:`find_owners`."""
    mine = [(p, (measure.id, p)) for p in asked_parts(measure)]
    return tuple(p for p, place in mine if owners.get(count_id(measure, p), place) == place)


def wants_whole(measure: Measure, part: Part) -> bool:
    """Whether a part is a count of whole things; posts are counted in full-time equivalents."""
    if part == "value" or measure.kind == "value":
        return False
    return part not in measure.posts


def return_due(quarter: Period) -> dt.date:
    """Return the day by which a quarter's return is due: the end of the month after it."""
    start = quarter.next().start
    return start.replace(day=calendar.monthrange(start.year, start.month)[1])


def name_return(area: Area, quarter: Period, *, sample: bool = False) -> str:
    """Return the file name of an authority's return.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> name_return(load_areas()["E06000032"], Period.parse("2025-26-Q3"))
    'return_2025-26-Q3_luton.xlsx'
    """
    prefix = f"{SAMPLE_WORD}_" if sample else ""
    return f"{prefix}return_{quarter.id}_{area.slug}.xlsx"


def say_period(measure: Measure, quarter: Period) -> str:
    """Say in words which days a measure's figure covers in a quarter's return."""
    day = quarter.snapshot_label
    if measure.basis == "snapshot":
        return f"On {day}"
    if measure.basis == "ytd":
        return f"April to date: 1 April to {day}"
    if measure.basis == "quarter":
        return quarter.label.split(" (")[0]
    return f"12 months to {day}"


def _sheet_order(measures: Sequence[Measure]) -> list[str]:
    return list(dict.fromkeys(name_sheet(m.domain) for m in measures))


def name_sheet(domain: str) -> str:
    """Return a sheet name for a domain: at most 31 characters, none that Excel forbids."""
    return "".join("-" if c in r"[]:*?/\\" else c for c in domain)[:31].strip("' ")


def _place_rows(measures: Sequence[Measure]) -> dict[str, tuple[str, int]]:
    next_row: dict[str, int] = {}
    places = {}
    for measure in measures:
        sheet = name_sheet(measure.domain)
        row = next_row.get(sheet, FIRST_ROW)
        places[measure.id] = (sheet, row)
        next_row[sheet] = row + 1
    return places
