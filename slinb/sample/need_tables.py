"""Annex A lists 1 to 7 of made-up cases of need: the same children as in the CIN census."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

import numpy as np

from slinb.sample.cin_histories import MadeCase, MadeFamilyMember, MadePlan
from slinb.sample.days import Day, draw_name, draw_whole, find_date
from slinb.sample.record_tables import (
    NEEDS,
    SIX_MONTHS,
    WORKERS,
    Authority,
    Cells,
    list_person,
    say_yes,
    to_date,
)

_SOURCES = {
    "1A": "a) Individual",
    "2A": "b) Schools",
    "3A": "d) Health Services",
    "5A": "f) LA Services",
    "5D": "f) LA Services",
    "6": "g) Police",
    "8": "j) Other",
}
_CATEGORIES = {
    "NEG": "a) Neglect",
    "PHY": "b) Physical Abuse",
    "SAB": "c) Sexual Abuse",
    "EMO": "d) Emotional Abuse",
    "MUL": "e) Multiple",
}
_DISABLED = "Does the Child have a Disability"
_EMERGENCY = (
    "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months "
    "(Y/N)"
)
_CONTACT_SOURCES = tuple((f"{source}", 1.0) for source in sorted(set(_SOURCES.values())))
#: Contacts that led to nothing, for one that led to a referral; early help, of all children.
_CONTACTS_BESIDE = 0.8
_HELPED_BEFORE = 0.12
_LIMIT_HELPED = 40
_ONE_IN_EIGHT = 8


def list_need(
    authority: Authority,
    families: Sequence[MadeFamilyMember],
    last_day: Day,
    rng: np.random.Generator,
) -> dict[int, list[Cells]]:
    """Return the rows of lists 1 to 7: events of six months, and what is open on the last day.

    Parameters
    ----------
    authority : Authority
        Whose lists they are.
    families : sequence of MadeFamilyMember
        The children of its census.
    last_day : int
        The day on which the lists were drawn up.
    rng : Generator
        Draws what the census does not say: contacts, early help, visits.
    """
    lists: dict[int, list[Cells]] = {number: [] for number in range(1, 8)}
    for child in families:
        cases = [case for case in child.cases if case.referral <= last_day]
        if not cases:
            continue
        rows = list(_list_child(child, cases, last_day, rng))
        if rows:
            name = authority.name_child(child.number)
            person = list_person(name, "F" if child.female else "M", child.birth, last_day)
            for number, cells in rows:
                lists[number].append({**person, **cells})
    return lists


def _list_child(
    child: MadeFamilyMember, cases: Sequence[MadeCase], last_day: Day, rng: np.random.Generator
) -> Iterator[tuple[int, Cells]]:
    since = last_day - SIX_MONTHS
    disabled = "Yes" if child.number % _ONE_IN_EIGHT == 0 else "No"
    for case in cases:
        if case.referral > since:
            yield from _list_arrival(case, cases, last_day, rng)
        signed = case.authorised if case.authorised and case.authorised <= last_day else None
        if case.assessed and case.assessed <= last_day and (signed is None or signed > since):
            yield 4, {_DISABLED: disabled, **_list_assessment(case, signed)}
        if case.closure is None or case.closure > since:
            yield 6, {_DISABLED: disabled, **_list_case(child, case, signed, last_day, rng)}
        if case.plan is not None and case.plan.start - 12 <= last_day:
            for number, cells in _list_plan(case.plan, last_day, rng):
                yield number, {_DISABLED: disabled, **cells}


def _list_arrival(
    case: MadeCase, cases: Sequence[MadeCase], last_day: Day, rng: np.random.Generator
) -> Iterator[tuple[int, Cells]]:
    """List a referral, the contact that led to it or one that did not, and early help before."""
    source = _SOURCES[case.source]
    yield 1, {"Date of Contact": find_date(case.referral), "Contact Source": source}
    if rng.random() < _CONTACTS_BESIDE:
        day = last_day - draw_whole(rng, 0, SIX_MONTHS)
        other = draw_name(rng, _CONTACT_SOURCES)
        yield 1, {"Date of Contact": find_date(day), "Contact Source": other}
    if case.source == "5D" or rng.random() < _HELPED_BEFORE:
        # Some were helped early and came nevertheless; of the others the help came after.
        done = case.referral + draw_whole(rng, -_LIMIT_HELPED, _LIMIT_HELPED)
        if last_day - SIX_MONTHS < done <= last_day:
            yield (
                2,
                {
                    "Assessment start date": find_date(done - draw_whole(rng, 5, 20)),
                    "Assessment completion date": find_date(done),
                    "Organisation completing assessment": "School SAMPLE",
                },
            )
    yield (
        3,
        {
            "Date of referral": find_date(case.referral),
            "Referral Source": source,
            "Referral NFA?": "Yes" if case.nfa else "No",
            "Number of Referrals in Last 12 Months": sum(
                c.referral > last_day - 365 for c in cases
            ),
            **WORKERS,
        },
    )


def _list_assessment(case: MadeCase, signed: Day | None) -> Cells:
    needed = "No" if case.factors == ("21",) else "Yes"
    return {
        "Continuous Assessment Start Date": to_date(case.assessed),
        "Child Seen During Continuous Assessment": "No" if case.nfa else "Yes",
        "Continuous Assessment Date of Authorisation": to_date(signed),
        "Was the child assessed as requiring LA children's social care support?": (
            None if signed is None else needed
        ),
        **WORKERS,
    }


def _list_case(
    child: MadeFamilyMember,
    case: MadeCase,
    signed: Day | None,
    last_day: Day,
    rng: np.random.Generator,
) -> Cells:
    closed = case.closure is not None and case.closure <= last_day
    return {
        "CIN Start Date": to_date(case.referral),
        "Primary Need Code": NEEDS[case.need],
        "Date Child Was Last Seen": _ago(rng, last_day, 40),
        "CIN Closure Date": to_date(case.closure) if closed else None,
        "Reason for Closure": _say_reason(case) if closed else None,
        "Case Status": _say_status(child, case, signed, last_day),
        **WORKERS,
    }


def _say_reason(case: MadeCase) -> str:
    if case.nfa:
        return "h) Child not in need after assessment"
    return "g) 'Other' incl. Child no longer in need"


def _say_status(child: MadeFamilyMember, case: MadeCase, signed: Day | None, last_day: Day) -> str:
    if case.closure is not None and case.closure <= last_day:
        return "e) Closed episode"
    if child.in_care:
        return "a) Looked after child"
    plan = case.plan
    if plan is not None and plan.start <= last_day and (plan.end is None or plan.end > last_day):
        return "b) Child Protection plan"
    return "d) Open assessment" if signed is None else "c) Child in need plan"


def _list_plan(
    plan: MadePlan, last_day: Day, rng: np.random.Generator
) -> Iterator[tuple[int, Cells]]:
    """List the enquiry before a plan (5) and the plan itself (7)."""
    since, started = last_day - SIX_MONTHS, plan.start <= last_day
    if plan.start - 12 > since:
        yield (
            5,
            {
                "Strategy discussion initiating Section 47 Enquiry Start Date": to_date(
                    plan.start - 12
                ),
                "Was an Initial Child Protection Conference deemed unnecessary?": "No",
                "Date of Initial Child Protection Conference": to_date(plan.start)
                if started
                else None,
                "Did the Initial Child Protection Conference Result in a Child Protection Plan": (
                    "Yes" if started else None
                ),
                "Number of Section 47 Enquiries in the last 12 months": 1,
                "Number of ICPCs in the last 12 months": int(started),
                **WORKERS,
            },
        )
    if started and (plan.end is None or plan.end > since):
        over = plan.end is not None and plan.end <= last_day
        yield (
            7,
            {
                "Child Protection Plan Start Date": to_date(plan.start),
                "Initial Category of Abuse": _CATEGORIES[plan.initial],
                "Latest Category of Abuse": _CATEGORIES[plan.latest],
                "Date of the Last Statutory Visit": _ago(rng, last_day, 25),
                "Was the Child Seen Alone?": say_yes(rng, 0.8),
                "Date of latest review conference": _ago(rng, last_day, 90),
                "Child Protection Plan End Date": to_date(plan.end) if over else None,
                _EMERGENCY: "No",
                "Number of Previous Child Protection Plans": plan.previous,
                **WORKERS,
            },
        )


def _ago(rng: np.random.Generator, last_day: Day, most: int) -> dt.date:
    return find_date(last_day - draw_whole(rng, 0, most))


def spoil_need(lists: dict[int, list[Cells]]) -> dict[str, str]:
    """Plant errors in lists 6 and 7 that change no total; return each with its rule."""
    ended = [row for row in lists[7] if row["Child Protection Plan End Date"]]
    closed = [row for row in lists[6] if row["CIN Closure Date"]]
    planted = {}
    if ended:
        ended[0]["Initial Category of Abuse"] = "to be confirmed"
        ended[-1]["Number of Previous Child Protection Plans"] = 1.5
        planted["category that cannot be mapped"] = "unmapped value"
        planted["one and a half plans"] = "no whole number"
    if closed:
        closed[0]["Date Child Was Last Seen"] = "30/02/2025"
        planted["seen on a day that does not exist"] = "no date"
    return planted
