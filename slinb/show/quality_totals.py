"""The sums of a quarter's data quality: values, queries and returns, for a glance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from slinb.errors import SchemaError
from slinb.schema import SUBMISSIONS
from slinb.show.formats import format_number

#: Columns of the check summary, one row an authority: counts of values, then of queries.
SUMMARY_COUNTS = (
    "expected",
    "sent",
    "accepted",
    "quarantined",
    "missing",
    "stop",
    "query",
    "note",
)
#: Each outcome of a submission in words, and whether it stands for a return that came.
OUTCOMES: dict[str, str] = {
    "used": "received and used",
    "late": "received late",
    "superseded": "replaced by a later one",
    "refused": "could not be read",
    "missing": "not received",
}


@dataclass(frozen=True)
class QualityTotals:
    """The sums over all authorities, and the returns by outcome, for a glance."""

    counts: Mapping[str, int]
    outcomes: Mapping[str, int]
    returns: int

    @property
    def sentence(self) -> str:
        """The sum that must hold: values in = accepted + quarantined."""
        sent, accepted, aside = (
            format_number(self.counts[k]) for k in ("sent", "accepted", "quarantined")
        )
        return f"{sent} values in = {accepted} accepted + {aside} quarantined"

    @property
    def returns_words(self) -> str:
        """Returns by outcome: "10 of 11 returns used, 1 of them late, 1 not received"."""
        found = self.outcomes
        came = found["used"] + found["late"]
        parts = [f"{came} of {self.returns} returns used"]
        parts += [f"{found['late']} of them late"] if found["late"] else []
        parts += [f"{found['refused']} could not be read"] if found["refused"] else []
        parts += [f"{found['missing']} not received"] if found["missing"] else []
        parts += [f"{found['superseded']} replaced by a later one"] if found["superseded"] else []
        return ", ".join(parts)


def total_quality(summary: pd.DataFrame, submissions: pd.DataFrame) -> QualityTotals:
    """Add up a check summary and the submissions of a quarter.

    Parameters
    ----------
    summary : DataFrame
        One row an authority: ``area`` and the columns of ``SUMMARY_COUNTS``.
    submissions : DataFrame
        ``schema.SUBMISSIONS``.

    Raises
    ------
    SchemaError
        The summary lacks a column, or an authority's values in are not the sum of accepted
        and quarantined ones: a briefing that says otherwise must not be made.
    """
    missing = [name for name in ("area", *SUMMARY_COUNTS) if name not in summary.columns]
    if missing:
        raise SchemaError(f"The check summary lacks the columns {missing}.")
    wrong = summary.loc[summary["sent"] != summary["accepted"] + summary["quarantined"], "area"]
    if len(wrong):
        raise SchemaError(
            f"Values in are not accepted + quarantined for {', '.join(wrong)}.",
            "A value was lost or counted twice between reading and checking.",
        )
    found = SUBMISSIONS.conform(submissions)["outcome"].value_counts()
    return QualityTotals(
        counts={name: int(summary[name].sum()) for name in SUMMARY_COUNTS},
        outcomes={outcome: int(found.get(outcome, 0)) for outcome in OUTCOMES},
        returns=int((summary["expected"] > 0).sum()),
    )
