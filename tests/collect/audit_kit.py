"""A filled-in audit workbook for the tests of template and reader."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.audits import load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.collect.audit_layout import (
    ACTIONS,
    ACTIONS_MARK,
    CASES,
    CASES_MARK,
    SAY_MARK,
    name_audit,
)
from slinb.collect.audit_template import build_audit_template
from slinb.collect.audits import AuditsRead, read_audits
from slinb.collect.layout import COVER_MARK, FIRST_ROW, ID_ROW
from slinb.stamp import save_workbook

QUARTER = Period.parse("2025-26-Q3")
EAST = load_areas().authorities("E12000006")
LUTON = load_areas()["E06000032"]
INSTRUMENT = load_audit_instrument()
#: Few lines, so that a test is quick.
SHORT = INSTRUMENT.model_copy(update={"case_rows": 4, "action_rows": 4})
QUESTIONS = [f"q.{q.id}" for q in INSTRUMENT.questions]

CASE: dict[str, Any] = {
    "cohort": "Child protection",
    "age_band": "7 to 9",
    "open_band": "12 to 23 months",
    "multi_agency": "Yes",
    "feedback": "No",
    "auditor": "Own authority",
    "tool": "GCP2",
    **dict.fromkeys(QUESTIONS, 2),
    "own": 2,
    "moderated": 3,
    "theme.1": "Drift and delay",
}


class Filled:
    """One audit workbook in the making."""

    def __init__(self, area: Area = LUTON) -> None:
        self.area = area
        self.workbook: Workbook = build_audit_template(area, QUARTER, SHORT)
        self.cases = self.actions = 0
        self.put_cover("submitted_on", "20/01/2026")
        self.put_cover("role", "Principal social worker")

    def add_case(self, **changes: Any) -> str:
        """Fill the next line of the cases; a key may be written q_named for q.named."""
        row = FIRST_ROW + 1 + self.cases
        sheet = self.workbook[CASES]
        content = CASE | {
            k.replace("_", ".", 1) if k.startswith("q_") else k: v for k, v in changes.items()
        }
        for name, value in content.items():
            sheet.cell(row, self.column(sheet, CASES_MARK + name)).value = value
        self.cases += 1
        return str(sheet.cell(row, 1).value)

    def add_action(self, **content: Any) -> None:
        """Fill the next line of the actions."""
        sheet = self.workbook[ACTIONS]
        for name, value in content.items():
            row = FIRST_ROW + 1 + self.actions
            sheet.cell(row, self.column(sheet, ACTIONS_MARK + name)).value = value
        self.actions += 1

    def put_cover(self, line: str, value: object) -> None:
        """Answer a line of the cover, or a prompt (``say.why``)."""
        for sheet in self.workbook:
            for (mark,) in sheet.iter_rows(max_col=1):
                if mark.value == (COVER_MARK + line):
                    sheet.cell(mark.row, 3).value = value

    def say(self, prompt: str, value: object) -> None:
        """Answer a prompt."""
        self.put_cover(SAY_MARK.removeprefix(COVER_MARK) + prompt, value)

    @staticmethod
    def column(sheet: Worksheet, mark: str) -> int:
        """Return the number of a column by its mark."""
        return next(c.column for c in sheet[ID_ROW + 1] if c.value == mark)

    def save(self, folder: Path, name: str = "") -> Path:
        """Write the workbook."""
        folder.mkdir(parents=True, exist_ok=True)
        if self.cases:
            self.put_cover("audited", self.cases)
        return save_workbook(
            self.workbook, folder / (name or name_audit(self.area, QUARTER)), stamp=QUARTER.end
        )

    def read(self, folder: Path) -> AuditsRead:
        """Write the workbook into a folder of its own and read it back."""
        self.save(folder)
        return read_audits(folder, QUARTER, [self.area])


def list_rules(read: AuditsRead) -> list[str]:
    """Return the rules of the queries, in order."""
    return list(read.queries["rule"])
