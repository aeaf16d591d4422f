"""What the reader could not read, or must say: one finding, later one row of the query log."""

from __future__ import annotations

from dataclasses import dataclass

#: Every rule of the reader, with its severity. The checks have rules of their own.
RULES = {
    "refused_file": "stop",
    "wrong_authority": "stop",
    "abolished_authority": "stop",
    "outside_region": "stop",
    "wrong_quarter": "stop",
    "column_missing": "stop",
    "column_twice": "stop",
    "row_twice": "stop",
    "merged_cell": "stop",
    "unreadable_cell": "stop",
    "half_sent": "stop",
    "dive_sheet_foreign": "stop",
    "dive_sheet_twice": "stop",
    "dive_column_missing": "stop",
    "dive_word_unknown": "stop",
    "dive_row_twice": "stop",
    "part_above_whole": "stop",
    "breakdown_sum": "stop",
    "population_sum": "stop",
    "risk_table": "stop",
    "dive_missing": "query",
    "dive_sheet_missing": "query",
    "dive_version": "query",
    "dive_rows_missing": "query",
    "practice_disagrees": "query",
    "old_template": "query",
    "row_missing": "query",
    "row_unknown": "query",
    "row_without_id": "query",
    "figure_not_wanted": "query",
    "suppressed_cell": "query",
    "status_contradicted": "query",
    "population_missing": "query",
    "undated_return": "query",
    "tied_returns": "query",
    "column_renamed": "note",
    "row_repeated": "note",
    "estimated_value": "note",
    "unclear_word": "note",
    "population_changed": "note",
    "superseded_return": "note",
    "ignored_file": "note",
}


@dataclass(frozen=True)
class Finding:
    """One thing to tell the sender.

    Parameters
    ----------
    rule : str
        A key of :data:`RULES`, which gives the severity.
    problem, action : str
        What is wrong and what to do, in plain words.
    sheet, cell, sent, measure : str
        Where it stands and what was sent; empty where it is about the whole file.
    """

    rule: str
    problem: str
    action: str
    sheet: str = ""
    cell: str = ""
    sent: str = ""
    measure: str = ""

    def as_row(self, area: str, period: str, file: str) -> dict[str, str]:
        """Return the finding as a row of :data:`slinb.schema.QUERIES`."""
        return {
            "area": area,
            "period": period,
            "measure": self.measure,
            "severity": RULES[self.rule],
            "rule": self.rule,
            "file": file,
            "sheet": self.sheet,
            "cell": self.cell,
            "sent": self.sent,
            "problem": self.problem,
            "action": self.action,
        }
