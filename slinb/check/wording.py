"""From findings to queries: what is wrong and what to do, in words that an officer can act on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.periods import Period
from slinb.check.rules import Rule
from slinb.schema import QUERIES

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Wording:
    """What the sentences need: names of areas and measures, and the rows that partners name."""

    areas: Areas
    measures: Measures
    rows: Mapping[int, Row]

    def describe(self, row: Row, rule: Rule) -> dict[str, Any]:
        """Return the query to which a row that fails a rule gives rise (a row of QUERIES)."""
        fields = _Fields(row, self)
        if slot := _find_slot(fields, rule):
            row = {**row, "cell": pick_cell(row.get("cell", ""), slot)}
        return {
            "area": row.get("area", ""),
            "period": row.get("period", ""),
            "measure": row.get("measure", ""),
            "severity": rule.severity,
            "rule": rule.id,
            "file": name_file(row.get("file", "")),
            "sheet": row.get("sheet", ""),
            "cell": row.get("cell", ""),
            "sent": row.get("sent", ""),
            "problem": f"{self.place(row)}: {rule.problem.format_map(fields)}",
            "action": rule.action.format_map(fields),
        }

    def place(self, row: Row) -> str:
        """Say whose figure it is and where it stands: "Luton, sheet Front door, E12"."""
        code = row.get("area", "")
        unknown = code or name_file(row.get("file", "")) or "Unknown sender"
        name = self.areas[code].name if code in self.areas else unknown
        return ", ".join([name, *_name_cell(row)])

    def place_all(self, queries: pd.DataFrame) -> pd.DataFrame:
        """Begin the problem of each query with its place, as :meth:`describe` does."""
        problems = [f"{self.place(row)}: {row['problem']}" for row in list_rows(queries)]
        return queries.assign(problem=pd.Series(problems, index=queries.index, dtype="str"))

    def measure(self, row: Row) -> Measure | None:
        """Return the measure of a row, None where the catalogue does not have it."""
        known = row.get("measure", "") in self.measures
        return self.measures[row["measure"]] if known else None


def write_queries(
    frame: pd.DataFrame, firsts: pd.Series[Any], rules: Mapping[str, Rule], wording: Wording
) -> pd.DataFrame:
    """Put findings into words.

    Parameters
    ----------
    frame : DataFrame
        The judged frame.
    firsts : Series
        Id of the rule failed, by ``row``; a row may stand more than once.
    rules : mapping of str to Rule
        By id.
    wording : Wording
        Names and partners.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.QUERIES`, in the order of ``firsts``.
    """
    failing = frame[frame["row"].isin(firsts.index)]
    by_row = {r["row"]: r for r in list_rows(failing)}
    return QUERIES.from_rows(
        [wording.describe(by_row[row], rules[rule]) for row, rule in firsts.items()]
    )


def list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries by column name."""
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def name_file(path: str) -> str:
    """Return a file's name without its folder, whichever system wrote the path."""
    return PurePosixPath(path.replace("\\", "/")).name


def pick_cell(cells: str, slot: str) -> str:
    """Return the cell of the numerator or the denominator where a place names both.

    Examples
    --------
    >>> pick_cell("E8:F8", "denominator"), pick_cell("E8", "denominator")
    ('F8', 'E8')
    """
    first, _, last = cells.partition(":")
    return last if slot == "denominator" and last else first


def _name_cell(row: Row) -> list[str]:
    sheet, cell = row.get("sheet", ""), row.get("cell", "")
    return [*([f"sheet {sheet}"] if sheet else []), *([cell] if cell else [])]


def say_count(number: float) -> str:
    """Write a count: whole where it is whole, else as it was sent; "nothing" where missing."""
    if math.isnan(number):
        return "nothing"
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.10g}"


def say_value(number: float, measure: Measure | None, *, unit: bool = True) -> str:
    """Write a figure in its measure's decimals and, if asked, unit."""
    if measure is None or math.isnan(number):
        return say_count(number)
    text = f"{number:,.{measure.decimals}f}"
    return f"{text}{_say_unit(measure)}" if unit else text


def _say_unit(measure: Measure | None) -> str:
    if measure is None:
        return ""
    return "%" if measure.unit == "%" else f" {measure.unit}"


def say_pair(row: Row, measure: Measure | None, prefix: str = "") -> str:
    """Write what was sent: "412 of 312", "412", or the officer's own text where it is no number."""
    above, below = (row.get(prefix + part, math.nan) for part in ("numerator", "denominator"))
    if measure is not None and measure.kind == "value":
        bare = row.get(prefix + ("value" if prefix else "figure"), math.nan)
        return say_count(above if math.isnan(bare) else bare)
    if math.isnan(above) and math.isnan(below):
        return row.get("sent", "") or "nothing"
    if measure is not None and (measure.uses_population or math.isnan(below)):
        two = not measure.uses_population
        return f"{say_count(above)} and no second count" if two else say_count(above)
    if math.isnan(above):
        return f"{say_count(below)} and no first count"
    link = "of" if measure is None or measure.kind == "proportion" else "over"
    return f"{say_count(above)} {link} {say_count(below)}"


def say_day(text: str) -> str:
    """Write an ISO date in words: "20 January 2026"; the text itself where it is none."""
    day = pd.to_datetime(text, errors="coerce", format="ISO8601")
    return text if pd.isna(day) else f"{day.day} {day:%B %Y}"


class _Fields(dict[str, str]):
    """The fields of a sentence, worked out when the sentence asks for them."""

    def __init__(self, row: Row, wording: Wording) -> None:
        super().__init__()
        self.row = row
        self.wording = wording
        self.measure = wording.measure(row)

    def __missing__(self, name: str) -> str:
        if writer := _WRITERS.get(name):
            return writer(self)
        # What is left is a column of the row, shown as it stands.
        return str(self.row[name])


def _say_asks(f: _Fields) -> str:
    measure = f.measure
    if measure is None or measure.kind == "value":
        unit = " in per cent (27, not 0.27)" if measure is not None and measure.unit == "%" else ""
        return f"the figure{unit}"
    if measure.uses_population:
        return f"the number of {measure.numerator}"
    return f"both counts: {measure.numerator}; and {measure.denominator}"


def _say_jump(f: _Fields, name: str) -> str:
    measure, count = f.measure, f.row[f"jump_{name}"]
    if measure is None or measure.uses_population:
        return say_count(count)
    whole = f.row["jump_whole" if name == "count" else f"jump_{name}_whole"]
    scale = 1.0 if measure.kind == "value" else measure.multiplier
    # The unit is said once, with the last figure of a range.
    bare = name == "low" and measure.unit != "%"
    figure = say_value(scale * count / whole, measure, unit=not bare)
    if name != "count" or measure.kind == "value":
        return figure
    link = "of" if measure.kind == "proportion" else "over"
    return f"{figure} ({say_count(count)} {link} {say_count(whole)})"


def _odd_slot(f: _Fields) -> str:
    """Return which of the two cells differs from what stands elsewhere."""
    there = f.row["numerator_elsewhere"]
    same = math.isnan(there) or there == f.row["numerator"]
    return "denominator" if same else "numerator"


def _find_slot(f: _Fields, rule: Rule) -> str:
    """Return the one cell that a rule is about: where it names it, where it differs."""
    if "{count_here}" in rule.problem:
        return _odd_slot(f)
    return "numerator" if "{numerator}" in rule.problem else ""


def _say_cell(f: _Fields, partner: str) -> str:
    number, slot = partner.split(" ")
    other = dict(f.wording.rows[int(number)])
    other["cell"] = pick_cell(other.get("cell", ""), slot)
    measure = f.wording.measure(other)
    titled = f"“{measure.title}”" if measure else str(other["measure"])
    return ", ".join([*_name_cell(other), titled])


def _say_words(f: _Fields, slot: str) -> str:
    return str(getattr(f.measure, slot)) if f.measure else slot


def _say_title(f: _Fields) -> str:
    return f.measure.title if f.measure else str(f.row.get("measure", ""))


def _say_published_period(f: _Fields) -> str:
    period = Period.parse(f.row["published_period"])
    snapshot = f.measure is not None and f.measure.basis == "snapshot"
    return period.snapshot_label if snapshot else period.label


_WRITERS: dict[str, Callable[[_Fields], str]] = {
    "title": _say_title,
    "measure_id": lambda f: f.row["measure"],
    "area_code": lambda f: f.row["area"],
    "period_id": lambda f: f.row["period"],
    "period_label": lambda f: Period.parse(f.row["period"]).label,
    "pair": lambda f: say_pair(f.row, f.measure),
    "numerator": lambda f: say_count(f.row["numerator"]),
    "value": lambda f: say_value(f.row["value"], f.measure),
    "asks": _say_asks,
    "numerator_words": lambda f: _say_words(f, "numerator"),
    "plausible_low": lambda f: say_count(f.row["plausible_low"]),
    "plausible_high": lambda f: say_count(f.row["plausible_high"]) + _say_unit(f.measure),
    "previous": lambda f: say_pair(f.row, f.measure, "previous_"),
    "count_here": lambda f: say_count(f.row[_odd_slot(f)]),
    "count_there": lambda f: say_count(f.row[f"{_odd_slot(f)}_elsewhere"]),
    "count_words": lambda f: _say_words(f, _odd_slot(f)),
    "there": lambda f: _say_cell(f, f.row[f"{_odd_slot(f)}_partner"]),
    "whole": lambda f: say_count(f.row["whole_elsewhere"]),
    "whole_at": lambda f: _say_cell(f, f.row["whole_partner"]),
    "jump_now": lambda f: _say_jump(f, "count"),
    "jump_low": lambda f: _say_jump(f, "low"),
    "jump_high": lambda f: _say_jump(f, "high"),
    "shown_now": lambda f: say_value(f.row["shown"], f.measure),
    "published": lambda f: say_value(f.row["published"], f.measure),
    "published_period": _say_published_period,
    "received": lambda f: say_day(f.row["received"]),
    "due": lambda f: say_day(f.row["due"]),
    "file": lambda f: name_file(f.row["file"]),
}
