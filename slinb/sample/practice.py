"""The sample's practice answers, and what is wrong with its deep-dive sheets on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import cast

import numpy as np
import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.dives import Dive, Question, load_dives
from slinb.catalogue.reading import read_toml
from slinb.collect.cells import name_cell
from slinb.collect.dive_layout import (
    FIRST_ROW,
    PRACTICE_FIELDS,
    SheetKind,
    TableName,
    list_fields,
    name_dive_sheet,
)
from slinb.prepare.practice import find_bound

MANIFEST = "sample_dive_defects.csv"
MANIFEST_COLUMNS = ["file", "sheet", "cell", "area", "defect", "rule", "severity"]
#: How often an answer is yes, where the files were looked at; plausible, not estimated.
_SHARES = {
    "agreement": 0.86,
    "signed": 0.74,
    "capacity": 0.66,
    "interpreter": 0.8,
    "legal_advice": 0.61,
    "review_date": 0.72,
    "reviewed": 0.78,
    "officer": 0.12,
    "letter": 0.17,
    "withdrawn": 0.07,
    "consent": 0.83,
}
_SPREAD = 0.08
#: The same of the neglect tool, which few use and fewer repeat; authorities differ much.
_TOOL_SHARES = {"tool": 0.42, "tool_again": 0.35}
_TOOL_SPREAD = 0.15
#: With more plans for neglect than the first, a sample of files is looked at: so many.
_ALL_FILES, _SOME_FILES = 120, (30, 61)
#: Who answers nothing on the tool (Hertfordshire, Suffolk), and who says that nobody counts it
#: (Peterborough), by position among the region's authorities.
_TOOL_BLANK, _TOOL_NOT_COLLECTED = (4, 9), (7,)
_NEED_INTERPRETER = 0.22
_PARTS = ("numerator", "denominator")
_FOLLOWED = (0.5, 0.2, 0.2, 0.1)
_DECIDED = (0.45, 0.35, 0.2)


@dataclass(frozen=True)
class DiveDefect:
    """One thing that is wrong with a deep-dive sheet on purpose; see ``dive_defects.toml``."""

    authority: int
    kind: SheetKind
    row: str
    field: str
    rule: str
    severity: str
    words: str
    dive: str = "section20"
    text: str | None = None
    amount: int = 0


@lru_cache(maxsize=1)
def load_dive_defects() -> tuple[DiveDefect, ...]:
    """Return the defects of the deep-dive sheets."""
    raw = read_toml(files("slinb.sample") / "dive_defects.toml")
    return tuple(DiveDefect(**entry) for entry in raw["defect"])


def answer_practice(
    rng: np.random.Generator, dive: Dive, counts: pd.DataFrame, position: int
) -> dict[tuple[str, str], object]:
    """Make up the answers of one authority, within what its records count.

    Parameters
    ----------
    rng : Generator
        Draws them.
    dive : Dive
        Its questions are answered.
    counts : DataFrame
        The deep dive's counts of the authority's records.
    position : int
        The authority's among the region's: not everybody answers everything.

    Returns
    -------
    dict
        What to type, by question and field.
    """
    if dive.id == "neglect":
        return _answer_tool(rng, dive, counts, position)
    return _answer_files(rng, dive, counts)


def _answer_tool(
    rng: np.random.Generator, dive: Dive, counts: pd.DataFrame, position: int
) -> dict[tuple[str, str], object]:
    """Answer on the use of a neglect tool, from all files or a sample of them."""
    if position in _TOOL_BLANK:
        return {}
    if position in _TOOL_NOT_COLLECTED:
        return {(q.id, part): "not collected" for q in dive.questions for part in _PARTS}
    typed: dict[tuple[str, str], object] = {}
    plans = find_bound(dive.question("tool"), counts) or 0
    below = plans if plans <= _ALL_FILES else int(rng.integers(*_SOME_FILES))
    for question in dive.questions:
        share = float(np.clip(rng.normal(_TOOL_SHARES[question.id], _TOOL_SPREAD), 0.02, 0.98))
        above = int(rng.binomial(below, share))
        typed[question.id, "denominator"], typed[question.id, "numerator"] = below, above
        below = above  # the second question is of those for whom the tool was completed
    return typed


def _answer_files(
    rng: np.random.Generator, dive: Dive, counts: pd.DataFrame
) -> dict[tuple[str, str], object]:
    """Answer on Section 20, from all files."""
    typed: dict[tuple[str, str], object] = {}
    stock = find_bound(dive.question("agreement"), counts) or 0
    whole = {
        "withdrawn": stock + int(rng.binomial(stock, 0.1)),
        "homeless": int(rng.binomial(stock, 0.08)),
    }
    drawn: dict[str, int] = {}
    for question in dive.questions:
        below = _draw_below(rng, question, counts, drawn, whole)
        above = _draw_above(rng, dive, question, below, drawn)
        drawn[question.id] = above
        typed[question.id, "denominator"], typed[question.id, "numerator"] = below, above
    return typed


def _draw_below(
    rng: np.random.Generator,
    question: Question,
    counts: pd.DataFrame,
    drawn: dict[str, int],
    whole: dict[str, int],
) -> int:
    if question.of:
        return drawn[question.of]
    if question.within:
        return int(rng.binomial(drawn[question.within], _NEED_INTERPRETER))
    if question.bound is not None:
        return find_bound(question, counts) or 0
    return whole[question.base or question.id]


def _draw_above(
    rng: np.random.Generator, dive: Dive, question: Question, below: int, drawn: dict[str, int]
) -> int:
    if not question.whole:
        share = float(np.clip(_SHARES[question.id] + rng.normal(0, _SPREAD), 0.02, 0.99))
        return int(rng.binomial(below, share))
    shares = _FOLLOWED if question.base == "withdrawn" else _DECIDED
    group = [q.id for q in dive.questions if q.base == question.base]
    at = group.index(question.id)
    left = below - sum(drawn[name] for name in group[:at])
    if at == len(group) - 1:
        return left
    return int(rng.binomial(left, shares[at] / sum(shares[at:])))


def plant_dive_defects(workbook: Workbook, position: int) -> None:
    """Plant the defects of the authority at a position among the region's."""
    for defect in choose_dive_defects(position):
        sheet = workbook[name_dive_sheet(load_dives()[defect.dive], defect.kind)]
        if not defect.row:
            workbook.remove(sheet)
        else:
            cell = sheet[_find_cell(defect)]
            stood = cast("int", cell.value)
            cell.value = (defect.text or None) if defect.text is not None else stood + defect.amount


def choose_dive_defects(position: int) -> Sequence[DiveDefect]:
    """Return the defects of the authority at a position."""
    return [d for d in load_dive_defects() if d.authority == position]


def describe_dive_defects(position: int, file: str, area: str) -> list[dict[str, str]]:
    """Return the rows of the manifest for the authority at a position."""
    return [
        {
            "file": file,
            "sheet": name_dive_sheet(load_dives()[d.dive], d.kind),
            "cell": _find_cell(d) if d.row else "",
            "area": area,
            "defect": d.words,
            "rule": d.rule,
            "severity": d.severity,
        }
        for d in choose_dive_defects(position)
    ]


def _find_cell(defect: DiveDefect) -> str:
    if defect.kind == "practice":
        fields = [name for name, _, _ in PRACTICE_FIELDS]
        row = [q.id for q in load_dives()[defect.dive].questions].index(defect.row)
    else:
        fields = [column.name for column in list_fields(cast("TableName", defect.kind))]
        row = int(defect.row)
    return name_cell(FIRST_ROW + row, fields.index(defect.field))
