"""When a return is due, and how late it is."""

from __future__ import annotations

import pytest

from slinb.catalogue.periods import Period
from slinb.check.completeness import build_returns_frame, due_date
from slinb.check.rules import load_rules
from slinb.schema import SUBMISSIONS
from tests.check.quarters import LUTON, QUARTER, THURROCK, Tables

SETTINGS = load_rules().settings


@pytest.mark.parametrize(
    ("quarter", "due"),
    [
        ("2025-26-Q1", "2025-07-31"),
        ("2025-26-Q2", "2025-10-31"),
        ("2025-26-Q3", "2026-01-31"),
        ("2025-26-Q4", "2026-04-30"),
    ],
)
def test_due_at_the_end_of_the_month_after_the_quarter(quarter: str, due: str) -> None:
    assert due_date(Period.parse(quarter), SETTINGS).isoformat() == due


def test_due_two_months_after_reaches_into_the_next_year() -> None:
    later = SETTINGS.model_copy(update={"due_months": 2})
    assert due_date(QUARTER, later).isoformat() == "2026-02-28"


@pytest.mark.parametrize(
    ("received", "days"),
    [("2026-01-31", 0), ("2026-02-03", 3), ("2026-01-20", -11), ("", None), ("soon", None)],
)
def test_days_late(clean: Tables, received: str, days: int | None) -> None:
    sent = SUBMISSIONS.from_rows(
        [{"area": LUTON, "period": QUARTER.id, "outcome": "used", "received": received}]
    )
    frame = build_returns_frame(sent, clean.observations, [LUTON], [QUARTER], SETTINGS)
    late = frame["days_late"].iloc[0]
    assert (late == days) if days is not None else late != late


def test_an_empty_workbook_is_no_return(clean: Tables) -> None:
    blank = clean.observations[clean.observations["area"] != LUTON]
    frame = build_returns_frame(clean.submissions, blank, [LUTON, THURROCK], [QUARTER], SETTINGS)
    outcomes = frame.set_index("area")["outcome"]
    assert (outcomes[LUTON], outcomes[THURROCK]) == ("missing", "used")


def test_figures_without_a_submission_are_a_return(clean: Tables) -> None:
    frame = build_returns_frame(
        SUBMISSIONS.empty(), clean.observations, [LUTON], [QUARTER], SETTINGS
    )
    assert frame.empty
