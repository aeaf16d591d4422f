"""Audited cases for the tests: written by hand, a line a case."""

from __future__ import annotations

from typing import Any

import pandas as pd

from slinb.catalogue.audits import load_audit_instrument
from slinb.collect.audit_tables import AUDIT_ACTIONS, AUDIT_ANSWERS, AUDIT_CASES

INSTRUMENT = load_audit_instrument()
REGION = "E12000006"
QUARTER = "2025-26-Q3"
LUTON, ESSEX, NORFOLK, SUFFOLK = "E06000032", "E10000012", "E10000020", "E10000029"


def make_cases(area: str, *grades: tuple[int | None, int | None], **more: Any) -> pd.DataFrame:
    """Return one case for each pair of own and moderated grade."""
    rows = [
        {
            "area": area,
            "period": QUARTER,
            "case": f"{area} {i}",
            "own": own,
            "own_status": "final" if own else "missing",
            "moderated": moderated,
            "moderated_status": "final" if moderated else "missing",
            **more,
        }
        for i, (own, moderated) in enumerate(grades)
    ]
    return AUDIT_CASES.from_rows(rows)


def make_answers(area: str, question: str, *grades: int | str) -> pd.DataFrame:
    """Return one answer for each grade; "NA" does not apply, "" was left blank."""
    status = {"NA": "not_applicable", "": "missing"}
    rows = [
        {
            "area": area,
            "period": QUARTER,
            "case": f"{area} {i}",
            "question": question,
            "grade": g if isinstance(g, int) else None,
            "status": "final" if isinstance(g, int) else status[g],
        }
        for i, g in enumerate(grades)
    ]
    return AUDIT_ANSWERS.from_rows(rows)


def make_actions(area: str, *days: tuple[str, str]) -> pd.DataFrame:
    """Return one action for each pair of days due and completed; "?" cannot be read."""

    def tell(name: str, day: str) -> dict[str, str]:
        status = "unreadable" if day == "?" else "final" if day else "missing"
        return {name: day.replace("?", ""), f"{name}_status": status}

    rows = [
        {"area": area, "period": QUARTER, **tell("due", due), **tell("completed", completed)}
        for due, completed in days
    ]
    return AUDIT_ACTIONS.from_rows(rows)
