"""The tables that the audit workbooks give: every column once, with its meaning."""

from __future__ import annotations

from slinb.schema import Column, Dtype, TableSchema

_WHO: tuple[tuple[str, Dtype, str], ...] = (
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter of the audits"),
)
_PLACE: tuple[tuple[str, Dtype, str], ...] = (
    ("file", "str", "file name"),
    ("sheet", "str", "sheet of the workbook"),
    ("cell", "str", "cell or row"),
)
_CASE: tuple[str, Dtype, str] = ("case", "str", "random id of the case, or its row in the sheet")
_GRADE_STATUS = "final, or why there is no grade: not_applicable, missing, unreadable, quarantined"
_FLAGGED: tuple[str, Dtype, str] = (
    "flagged",
    "str",
    "what in the text looks as if it told who somebody is, joined by “, ”; else empty",
)


def _table(name: str, *columns: tuple[str, Dtype, str]) -> TableSchema:
    return TableSchema(name, tuple(Column(*column) for column in columns))


AUDIT_RETURNS = _table(
    "audit returns",
    *_WHO,
    ("file", "str", "file name"),
    ("received", "str", "submission date on the cover, ISO; empty if not given"),
    ("role", "str", "role of the person who signed it off (never a name)"),
    ("instrument", "str", "version of the instrument"),
    ("outcome", "str", "used, none audited, superseded, refused or missing"),
    ("cases", "int64", "cases read"),
)

AUDIT_CASES = _table(
    "audit cases",
    *_WHO,
    _CASE,
    ("cohort", "str", "id of the instrument's list; empty where not given"),
    ("age_band", "str", "id of the list"),
    ("open_band", "str", "how long the case has been open: id of the list"),
    ("multi_agency", "str", "yes, no or empty"),
    ("feedback", "str", "whether child or family were heard: yes, no or empty"),
    ("auditor", "str", "own or peer authority; empty where not given"),
    ("tool", "str", "tool used: id of the list"),
    ("themes", "str", "ids of the themes, joined by spaces"),
    ("own", "float64", "overall grade of the auditor, 1 to 4; missing by status"),
    ("own_status", "str", _GRADE_STATUS),
    ("moderated", "float64", "overall grade after moderation"),
    ("moderated_status", "str", _GRADE_STATUS),
    ("own_cell", "str", "cell of the auditor's grade; the row where its column is gone"),
    ("moderated_cell", "str", "cell of the grade after moderation"),
    *_PLACE,
)

AUDIT_ANSWERS = _table(
    "audit answers",
    *_WHO,
    _CASE,
    ("question", "str", "id of the question"),
    ("grade", "float64", "1 to 4; missing by status"),
    ("status", "str", _GRADE_STATUS),
    ("sent", "str", "what stood in the cell"),
    *_PLACE,
)

AUDIT_ACTIONS = _table(
    "audit actions",
    *_WHO,
    _CASE,
    ("action", "str", "what is to be done, in the authority's words"),
    _FLAGGED,
    ("timescale", "str", "id of the list; empty where not given"),
    ("due", "str", "day, ISO; empty by status"),
    ("due_status", "str", "final, missing or unreadable"),
    ("completed", "str", "day, ISO; empty by status"),
    ("completed_status", "str", "final, missing (not completed) or unreadable"),
    *_PLACE,
)

NARRATIVES = _table(
    "narratives",
    *_WHO,
    ("prompt", "str", "id of the prompt"),
    ("choice", "str", "id of what was chosen, where the prompt has a list"),
    ("text", "str", "the authority's words, unformatted; for a list the label chosen"),
    _FLAGGED,
    *_PLACE,
)
