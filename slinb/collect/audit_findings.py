"""What the reader of audits asks: its rules with their severity."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from slinb.collect.findings import RULES, Finding
from slinb.schema import QUERIES

AUDIT_RULES = {
    "grade_unclear": "stop",
    "scale_unclear": "stop",
    "case_twice": "stop",
    "identifying_text": "stop",
    "audit_column_missing": "query",
    "column_unknown": "query",
    "case_id_missing": "query",
    "case_id_not_random": "query",
    "own_grade_missing": "query",
    "moderated_without_own": "query",
    "choice_unknown": "query",
    "date_unclear": "query",
    "date_ahead": "query",
    "completed_before": "query",
    "action_without_case": "query",
    "none_audited_unsaid": "query",
    "case_count_differs": "query",
    "no_audit_return": "query",
    "old_instrument": "query",
    "none_audited": "note",
    "case_repeated": "note",
    "grade_in_words": "note",
    "question_blank": "note",
    "markup_in_text": "note",
}
_SEVERITIES = RULES | AUDIT_RULES


def list_queries(findings: Iterable[Finding], area: str, period: str, file: str) -> pd.DataFrame:
    """Return findings as rows of :data:`slinb.schema.QUERIES`."""
    return QUERIES.from_rows(
        [
            {
                "area": area,
                "period": period,
                "measure": f.measure,
                "severity": _SEVERITIES[f.rule],
                "rule": f.rule,
                "file": file,
                "sheet": f.sheet,
                "cell": f.cell,
                "sent": f.sent,
                "problem": f.problem,
                "action": f.action,
            }
            for f in findings
        ]
    )
