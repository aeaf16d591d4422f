"""One quarter with a defect for every rule that looks at a figure, and what should be found."""

from __future__ import annotations

import math
from dataclasses import replace

from slinb.schema import QUERIES
from tests.check.quarters import EAST, HISTORY, Tables

CODE = {a.name: a.code for a in EAST}
NAN = math.nan

#: Authority, measure and rule of everything that is wrong.
EXPECTED = [
    ("Luton", "rereferrals_pct", "numerator_above_denominator"),
    ("Thurrock", "referrals_nfa_pct", "negative"),
    ("Bedford", "rereferrals_pct", "percentage_as_fraction"),
    ("Norfolk", "survey_pct", "percentage_as_fraction"),
    ("Central Bedfordshire", "referrals_nfa_pct", "fractional_count"),
    ("Cambridgeshire", "cla_rate", "huge"),
    ("Essex", "s20_pct", "half_sent"),
    ("Hertfordshire", "caseload", "nothing_to_divide_by"),
    ("Suffolk", "survey_pct", "numerator_above_denominator"),
    ("Peterborough", "rereferrals_pct", "shared_count"),
    ("Southend-on-Sea", "s20_pct", "shared_count"),
    ("Southend-on-Sea", "cla_rate", "shared_count"),
    ("Luton", "cla_starting_rate", "year_to_date_falls"),
    ("Luton", "s20_starts_pct", "year_to_date_falls"),
    ("Thurrock", "caseload", "outside_range"),
    ("Bedford", "median_days", "jump"),
    ("Central Bedfordshire", "agency_rate", "jump"),
    ("Cambridgeshire", "referrals_rate", "jump"),
    ("Essex", "median_days", "published_disagrees"),
    ("Norfolk", "cla_rate", "estimated_value"),
    ("Suffolk", "cla_rate", "missing_value"),
    ("Hertfordshire", "agency_rate", "unreadable_cell"),
    ("Thurrock", "s20_starts_pct", "unreadable_cell"),
    ("Peterborough", "uasc_pct", "part_above_whole"),
    ("Norfolk", "", "late_return"),
]


def plant(clean: Tables) -> Tables:
    """Return a clean quarter with every defect of :data:`EXPECTED` planted in it."""
    tables = _plant_stops(clean)
    tables = _plant_questions(tables)
    tables = _plant_gaps(tables)
    submissions = tables.submissions.copy()
    submissions.loc[submissions["area"].eq(CODE["Norfolk"]), "received"] = "2026-02-03"
    return replace(tables, submissions=submissions)


def _plant_stops(tables: Tables) -> Tables:
    above = tables.row(CODE["Luton"], "rereferrals_pct")["denominator"] + 100
    return (
        tables.change(CODE["Luton"], "rereferrals_pct", numerator=above)
        .change(CODE["Thurrock"], "referrals_nfa_pct", numerator=-5.0)
        .change(CODE["Bedford"], "rereferrals_pct", numerator=0.27)
        .change(CODE["Norfolk"], "survey_pct", value=0.72)
        .change(CODE["Central Bedfordshire"], "referrals_nfa_pct", numerator=12.5)
        .change(CODE["Cambridgeshire"], "cla_rate", numerator=9_000_000.0)
        .change(CODE["Essex"], "s20_pct", denominator=NAN)
        .change(CODE["Hertfordshire"], "caseload", denominator=0.0)
        .change(CODE["Suffolk"], "survey_pct", value=172.0)
    )


def _plant_questions(tables: Tables) -> Tables:
    shared = tables.row(CODE["Peterborough"], "rereferrals_pct")["denominator"] + 9
    tables = tables.change(CODE["Peterborough"], "rereferrals_pct", denominator=shared)
    shared = tables.row(CODE["Southend-on-Sea"], "s20_pct")["denominator"] + 11
    tables = tables.change(CODE["Southend-on-Sea"], "s20_pct", denominator=shared)
    earlier = tables.history[
        tables.history["area"].eq(CODE["Luton"])
        & tables.history["measure"].eq("cla_starting_rate")
        & tables.history["period"].eq(HISTORY[-1].id)
    ]["numerator"].iloc[0]
    tables = tables.change(CODE["Luton"], "cla_starting_rate", numerator=earlier - 3)
    tables = tables.change(CODE["Luton"], "s20_starts_pct", denominator=earlier - 3)
    cases = tables.row(CODE["Thurrock"], "caseload")["numerator"]
    tables = tables.change(CODE["Thurrock"], "caseload", numerator=4 * cases)
    tables = tables.change(CODE["Bedford"], "median_days", value=75.0)
    workers = tables.row(CODE["Central Bedfordshire"], "agency_rate")["denominator"]
    tables = tables.change(
        CODE["Central Bedfordshire"], "agency_rate", numerator=round(workers / 2, 1)
    )
    tables = tables.change(
        CODE["Essex"], "median_days", table="published", period="2024-25", value=12.0
    )
    return _double_referrals(tables, CODE["Cambridgeshire"])


def _double_referrals(tables: Tables, area: str) -> Tables:
    """Double everything at the front door: the shares stay, the shared count agrees."""
    for measure in ("referrals_rate", "rereferrals_pct", "referrals_nfa_pct"):
        row = tables.row(area, measure)
        new = {"numerator": 2 * row["numerator"]}
        if measure != "referrals_rate":
            new["denominator"] = 2 * row["denominator"]
        tables = tables.change(area, measure, **new)
    return tables


def _plant_gaps(tables: Tables) -> Tables:
    gone = {"numerator": NAN, "denominator": NAN, "value": NAN}
    tables = tables.change(CODE["Norfolk"], "cla_rate", status="estimated")
    tables = tables.change(CODE["Suffolk"], "cla_rate", **gone, status="missing", sent="")
    for area, measure in (("Hertfordshire", "agency_rate"), ("Thurrock", "s20_starts_pct")):
        tables = tables.change(CODE[area], measure, **gone, status="unreadable", sent="about 30")
    # A word is an answer, and no rule has anything to say of it.
    for area in ("Hertfordshire", "Peterborough"):
        tables = tables.change(
            CODE[area], "s20_pct", **gone, status="not_available", sent="not available"
        )
    whole = tables.row(CODE["Peterborough"], "cla_rate")["numerator"]
    tables = tables.change(
        CODE["Peterborough"], "uasc_pct", numerator=whole + 5, denominator=2 * whole
    )
    return replace(tables, read=_read_query(tables))


def _read_query(tables: Tables):  # a frame
    """Return the query that the reader raises of Thurrock's unreadable cell."""
    row = tables.row(CODE["Thurrock"], "s20_starts_pct")
    return QUERIES.from_rows(
        [
            {
                **{c: row[c] for c in ("area", "period", "measure", "file", "sheet", "cell")},
                "severity": "stop",
                "rule": "unreadable_cell",
                "sent": "about 30",
                "problem": "“about 30” is not a number.",
                "action": "Type the number.",
            }
        ]
    )
