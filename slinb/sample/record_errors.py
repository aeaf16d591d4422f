"""The errors planted in the sample records, each as a real export makes it.

None changes the totals that the sample is set to. Errors go into the tables of the latest
SSDA903 year and into the Annex A workbook. What would change a count of the present is planted
on children who have left care, or on extra ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from slinb.sample.record_tables import HEADERS, Cells, Rows

_CHILD, _DECOM, _RNE, _LS, _PLACE, _DEC, _REC = 0, 1, 2, 3, 5, 7, 8


@dataclass(frozen=True)
class PlantedError:
    """One planted error.

    Parameters
    ----------
    name : str
        What is wrong, in words.
    rule : str
        Rule of the problems table that must find it.
    plant : callable
        Changes the tables of a year in place; returns how many rows it spoilt, 0 where the
        table holds nothing to spoil.
    """

    name: str
    rule: str
    plant: Callable[[dict[str, Rows]], int]


def _ended(tables: dict[str, Rows], legal: str = "") -> list[int]:
    """Return the rows of episodes that ended, of children who have left, latest row first."""
    rows = tables["episodes"]
    open_now = {row[_CHILD] for row in rows if not row[_DEC]}
    return [
        i
        for i in range(len(rows) - 1, -1, -1)
        if rows[i][_CHILD] not in open_now and (not legal or rows[i][_LS] == legal)
    ]


def _spoil(column: int, value: str, legal: str = "") -> Callable[[dict[str, Rows]], int]:
    def plant(tables: dict[str, Rows]) -> int:
        at = _ended(tables, legal)
        if at:
            tables["episodes"][at[0]][column] = value
        return bool(at)

    return plant


def _pad_status(tables: dict[str, Rows]) -> int:
    """Pad codes and write them small: they are understood, so nothing is to be found."""
    for row in tables["episodes"][:20]:
        row[_LS] = f" {row[_LS].lower()} "
    return 0


def _repeat_row(tables: dict[str, Rows]) -> int:
    tables["episodes"].append(list(tables["episodes"][0]))
    return 1


def _open_in_the_middle(tables: dict[str, Rows]) -> int:
    """Leave an episode open that another of the same child follows."""
    rows = tables["episodes"]
    for row, following in pairwise(rows):
        if row[_CHILD] == following[_CHILD] and row[_DEC] == following[_DECOM]:
            row[_DEC] = row[_REC] = ""
            return 1
    return 0


def _lose_end(tables: dict[str, Rows]) -> int:
    """Write an end that does not exist where another episode of the child follows."""
    rows = tables["episodes"]
    for following, row in pairwise(rows[::-1]):
        if row[_CHILD] == following[_CHILD] and row[_DEC] == following[_DECOM]:
            row[_DEC] = "31/02/2025"
            return 1
    return 0


def _overlap(tables: dict[str, Rows]) -> int:
    """Let an episode end with the one that follows it."""
    rows = tables["episodes"]
    for row, following in pairwise(rows):
        if row[_CHILD] == following[_CHILD] and row[_DEC] and following[_DEC]:
            row[_DEC] = following[_DEC]
            return 1
    return 0


def _turn_round(tables: dict[str, Rows]) -> int:
    for i in _ended(tables):
        row = tables["episodes"][i]
        if row[_DECOM] != row[_DEC]:
            tables["episodes"].append(
                [*row[:_DECOM], row[_DEC], *row[2:_DEC], row[_DECOM], *row[8:]]
            )
            return 1
    return 0


def _add_adult(tables: dict[str, Rows]) -> int:
    """Add a young person still open past the 18th birthday."""
    name = f"{tables['episodes'][0][_CHILD]}A"
    tables["header"].append([name, "M", "01/02/2004", "WBRI", "UN5", "", ""])
    adult = [name, "01/02/2021", "S", "V2", "N4", "K2", "PR1", "", "", "", "ZZ1 1AA", "ZZ1 1AA", ""]
    tables["episodes"].append(adult)
    return 1


def _add_without_birth_date(tables: dict[str, Rows]) -> int:
    """Add a child without a date of birth, who has left again."""
    name = f"{tables['episodes'][0][_CHILD]}D"
    tables["header"].append([name, "F", "", "WBRI", "UN1", "", ""])
    first = ["05/06/2025", "S", "L2", "N1", "U6", "PR1", "12/06/2025", "E4A"]
    tables["episodes"].append([name, *first, "", "ZZ1 1AA", "ZZ1 1AA", ""])
    return 1


def _use_iso_dates(tables: dict[str, Rows]) -> int:
    half = tables["episodes"][: len(tables["episodes"]) // 2]
    for row in half:
        row[_DECOM] = "-".join(reversed(row[_DECOM].split("/")))
    return len(half)


def _share_pupil_number(tables: dict[str, Rows]) -> int:
    header = tables["header"]
    header[1][4] = header[0][4]
    return 1


def _add_long_police(tables: dict[str, Rows]) -> int:
    name = f"{tables['episodes'][0][_CHILD]}P"
    tables["header"].append([name, "F", "01/02/2018", "WBRI", "UN1", "", ""])
    first = ["01/05/2025", "S", "L1", "N1", "U6", "PR1", "09/05/2025", "E4A"]
    tables["episodes"].append([name, *first, "", "ZZ1 1AA", "ZZ1 1AA", ""])
    return 1


def _add_breaks(tables: dict[str, Rows]) -> int:
    """Add a child with an agreed series of short breaks, one of them too long."""
    name = f"{tables['episodes'][0][_CHILD]}B"
    tables["header"].append([name, "F", "01/02/2014", "WBRI", "UN1", "", ""])
    for first, last in (("05/05/2025", "07/05/2025"), ("02/06/2025", "25/06/2025")):
        row = [name, first, "S", "V3", "N2", "U6", "PR1", last, "E4A", "", "ZZ1 1AA", "", ""]
        tables["episodes"].append(row)
    return 1


def _contradict_reason(tables: dict[str, Rows]) -> int:
    """Say that the legal status changed where the placement did."""
    rows = tables["episodes"]
    for row, following in pairwise(rows):
        together = row[_CHILD] == following[_CHILD] and row[_DEC] == following[_DECOM]
        if together and following[_RNE] == "P":
            following[_RNE] = "L"
            return 1
    return 0


def _add_extra_cell(tables: dict[str, Rows]) -> int:
    tables["episodes"][2] += ["x", "x"]  # one more than a column of the authority's own
    return 1


def _add_blank_row(tables: dict[str, Rows]) -> int:
    tables["episodes"].insert(3, [" "] * len(HEADERS["episodes"]))
    return 1


#: Each authority gets every third of them, so that every error stands somewhere.
EPISODE_ERRORS = (
    PlantedError("Section 20 while placed with parents", "378", _spoil(_PLACE, "P1", "V2")),
    PlantedError("padded, lower-case codes", "", _pad_status),
    PlantedError("row that stands twice", "repeated row", _repeat_row),
    PlantedError("episode left open in the middle", "open too long", _open_in_the_middle),
    PlantedError("overlapping episodes", "overlap", _overlap),
    PlantedError("end before start", "end before start", _turn_round),
    PlantedError("open past the 18th birthday", "359", _add_adult),
    PlantedError("child without date of birth", "no birth date", _add_without_birth_date),
    PlantedError("two date formats", "mixed dates", _use_iso_dates),
    PlantedError("date that does not exist", "no date", _lose_end),
    PlantedError(
        "one pupil under two identifiers", "one child under two identifiers", _share_pupil_number
    ),
    PlantedError("code that does not exist", "unknown code", _spoil(_LS, "V9", "C2")),
    PlantedError("code of another year", "code of another year", _spoil(_REC, "E43")),
    PlantedError("police protection of eight days", "361", _add_long_police),
    PlantedError("short break of 23 days", "365", _add_breaks),
    PlantedError("reason for new episode that does not fit", "434", _contradict_reason),
    PlantedError("extra cell at the end of a row", "extra cell", _add_extra_cell),
    PlantedError("row of spaces", "blank rows", _add_blank_row),
)


def choose_errors(number: int) -> list[PlantedError]:
    """Return the errors that an authority's episodes get, in the order in which they are planted.

    Those that add or widen rows come last, so that the others still find the columns.
    """
    chosen = [error for i, error in enumerate(EPISODE_ERRORS) if i % 3 == number % 3]
    last = ("extra cell at the end of a row", "row of spaces")
    return sorted(chosen, key=lambda error: error.name in last)


def arrange_headers(number: int, headers: list[str]) -> tuple[list[str], str]:
    """Return the headers as an authority writes them, and the rule that finds it ("" for none)."""
    if number % 4 == 1:
        return [header.lower() for header in headers], ""
    if number % 4 == 2:
        return [*headers, "LOCAL_TEAM"], "extra column"
    return headers, ""


@dataclass(frozen=True)
class SheetPlan:
    """How an authority's Annex A workbook departs from the template.

    Parameters
    ----------
    titles : int
        Title rows above the headers.
    renamed : dict of str to str
        Headers written otherwise.
    copied : bool
        Whether list 8 stands in a second sheet too.
    empty : int
        Number of a list of which only the headers are there; 0 for none.
    rules : dict of str to str
        Error and the rule that finds it.
    """

    titles: int
    renamed: dict[str, str]
    copied: bool
    empty: int
    rules: dict[str, str]

    def name_sheets(self, number: int) -> list[str]:
        """Return the sheets that hold a list."""
        copies = ["List 8 (copy)"] if number == 8 and self.copied else []
        return [f"List {number}", *copies]


def plan_sheets(number: int) -> SheetPlan:
    """Return how the workbook of an authority departs from the template."""
    plans = (
        SheetPlan(2, {}, copied=False, empty=0, rules={"title rows": "rows above the headers"}),
        SheetPlan(
            0,
            {"Child's Legal Status": "Current Legal Status", "Date of Birth": "DOB"},
            copied=False,
            empty=0,
            rules={"renamed headers": "renamed column"},
        ),
        SheetPlan(0, {}, copied=True, empty=0, rules={"copied sheet": "sheet repeats another"}),
        SheetPlan(
            0, {}, copied=False, empty=2, rules={"headers without rows": "headers without rows"}
        ),
    )
    return plans[number % len(plans)]


def spoil_care(rows: list[Cells]) -> dict[str, str]:
    """Plant errors in list 8 that change no total; return each with the rule that finds it."""
    left = [row for row in rows if row["Date Ceased to be Looked After"]]
    ordered = [
        row
        for row in rows
        if "are" in str(row["Child's Legal Status"]) and not row["Date Ceased to be Looked After"]
    ]
    if left:
        left[0]["Child's Legal Status"] = "S20 Short Breaks 75+ Nights"
        left[-1]["Number of Placements in the Last 12 months"] = 3.9
    row = ordered[0]
    row["Start date of current legal status"] = row["Date of Birth"]
    row["Date of Last Dental Check"] = "31/02/2025"
    return {
        "spelling that cannot be mapped": "unmapped value",
        "3.9 placements": "no whole number",
        "legal status before care": "status before care",
        "date that does not exist": "no date",
    }
