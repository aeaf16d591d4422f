"""A CIN census counted for one quarter: N1 to N15 as rows of counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from slinb.catalogue.periods import Period
from slinb.records.cin_cases import Census, account_unread, build_census
from slinb.records.cin_census import CensusTable
from slinb.records.cin_checks import run_cin_checks
from slinb.records.neglect_care import CareStarts, count_into_care
from slinb.records.neglect_cases import (
    count_before_first,
    count_cycle,
    count_early_help,
    count_factors,
    count_needs,
    count_proceedings,
    list_cohorts,
    list_letters,
    load_breaks,
)
from slinb.records.neglect_plans import (
    PlanPicture,
    Window,
    count_plans,
    list_plan_durations,
    reach_back,
)
from slinb.records.neglect_words import CIN_CENSUS, NEGLECT_TITLES
from slinb.records.problems import ProblemLog
from slinb.records.section20 import CountedRows
from slinb.records.tally import Row

_YEAR = 12


def count_neglect(
    tables: Sequence[CensusTable],
    quarter: Period,
    today: np.datetime64,
    log: ProblemLog,
    care: CareStarts | None = None,
) -> CountedRows:
    """Count everything that a CIN census can tell about neglect in a quarter.

    Parameters
    ----------
    tables : sequence of CensusTable
        As :func:`slinb.records.cin_census.read_cin` gives them; none where no file could be
        read, which is then what the answers say.
    quarter : Period
        The quarter, ended by ``today``.
    today : datetime64[D]
        Dates after it are noted as still to come.
    log : ProblemLog
        Takes what was found and what was done.
    care : CareStarts, optional
        Who came into care when, where SSDA903 lies beside the census (N10).
    """
    rows = CountedRows()
    first, last = (np.datetime64(day, "D") for day in (quarter.start, quarter.end))
    if not any(held.table.name != "header" for held in tables):
        why = "no census that could be read"
        rows.account += [account_unread(held.table) for held in tables]
        rows.answers += [_answer(m, "not answered", why) for m in NEGLECT_TITLES]
        return rows
    census = build_census(tables, last, today, log)
    rows.account += census.account
    if refused := _refuse(census, first, log):
        rows.answers += [_answer(m, "not answered", refused) for m in NEGLECT_TITLES]
        rows.counts += run_cin_checks(census, log)
        return rows
    if census.reach.is_stale(last):
        log.note(
            "records end early",
            "The census ends more than a month before the quarter does.",
            "Counted as if nothing had changed since: export it up to the quarter's end.",
            n=1,
        )
    windows = list_windows(census, first, last)
    if census.knows("protection_plans"):
        _count_plans(census, windows, last, rows)
    into_care, why_not = count_into_care(census, care, quarter, log)
    rows.counts += into_care
    if census.knows("episodes"):
        _count_episodes(census, windows, quarter, last, rows)
    if census.knows("assessments"):
        rows.counts += count_factors(census, windows)
    if census.knows("pre_proceedings"):
        _count_proceedings(census, windows, rows)
    rows.counts += run_cin_checks(census, log)
    for measure in NEGLECT_TITLES:
        told = _judge(measure, census, windows, quarter)
        if measure == "N10":
            told = ("not answered", why_not) if why_not else _judge_care(told)
        rows.answers.append(_answer(measure, *told))
    return rows


def list_windows(census: Census, first: np.datetime64, last: np.datetime64) -> list[Window]:
    """Return the windows that the files hold in full: the quarter, the twelve months up to it."""
    wanted = (Window("quarter", first, last), Window("year", reach_back(last, _YEAR), last))
    return [window for window in wanted if window.first >= census.reach.first]


def _refuse(census: Census, first: np.datetime64, log: ProblemLog) -> str:
    """Return why nothing can be counted of the quarter, "" where it can."""
    if np.isnat(census.reach.last):
        return "no dates that tell which year the census is of"
    if census.reach.last < first or census.reach.first > first:
        log.note(
            "census of another year",
            f"The files hold {census.reach.first} to {census.reach.last}, not the quarter.",
            "Not counted. Give the census that holds the quarter.",
            n=1,
        )
        return "the census is of another year than the quarter"
    return ""


def _count_plans(
    census: Census, windows: Sequence[Window], day: np.datetime64, rows: CountedRows
) -> None:
    plans, people = census.plans, census.people
    birth, expected = people.birth[plans.child], people.expected[plans.child]
    picture = PlanPicture(plans, birth, expected, CIN_CENSUS, day, windows)
    rows.counts += count_plans(picture)
    durations, statistics = list_plan_durations(picture)
    rows.durations += durations
    rows.statistics += statistics


def _count_episodes(
    census: Census,
    windows: Sequence[Window],
    quarter: Period,
    day: np.datetime64,
    rows: CountedRows,
) -> None:
    if census.knows("episodes", "CINclosureDate"):
        rows.counts += count_needs(census, day)
        if census.knows("protection_plans") or census.knows("assessments"):
            rows.counts += count_cycle(census, quarter)
    if census.knows("protection_plans"):
        rows.counts += count_before_first(census, windows)
    if census.knows("episodes", "ReferralSource"):
        rows.counts += count_early_help(census, windows)


def _count_proceedings(census: Census, windows: Sequence[Window], rows: CountedRows) -> None:
    whole = [w for w in windows if w.first >= census.first_of("pre_proceedings")]
    rows.counts += count_proceedings(census, whole)
    if whole and census.knows("protection_plans"):
        durations, statistics = list_letters(census, whole[-1])
        rows.durations += durations
        rows.statistics += statistics


# What was answered --------------------------------------------------------------------------


def _answer(measure: str, answered: str, why: str = "") -> Row:
    return {
        "measure": measure,
        "title": NEGLECT_TITLES[measure],
        "source": CIN_CENSUS,
        "answered": answered,
        "why": why,
    }


def _judge(
    measure: str, census: Census, windows: Sequence[Window], quarter: Period
) -> tuple[str, str]:
    """Say whether a measure was answered, and if not wholly, why not."""
    if measure in _ELSEWHERE:
        return "not answered", _ELSEWHERE[measure]
    table = _RESTS_ON.get(measure, "episodes")
    if not census.knows(table):
        return "not answered", f"no table of {table.replace('_', ' ')} in the census"
    partly = [_PARTLY[measure]] if measure in _PARTLY else []
    since = census.first_of(table)
    if measure in _BY_WINDOW and sum(window.first >= since for window in windows) < 2:
        partly.append("the files do not hold the last twelve months in full")
    if measure == "N6" and not list_cohorts(census, quarter):
        partly.append("re-referrals need the census of the year before too")
    if census.reach.is_stale(np.datetime64(quarter.end, "D")):
        partly.append("the census ends more than a month before the quarter does")
    if partly:
        return "in part", "; ".join(partly)
    year = max(census.reach.years.values())
    said = [b.said for b in load_breaks() if measure in b.measures and year >= b.first_year]
    return "answered", "; ".join(said)


def _judge_care(told: tuple[str, str]) -> tuple[str, str]:
    said = "tied to SSDA903 by the child's identifier"
    return told[0], "; ".join(part for part in (told[1], said) if part)


_RESTS_ON = {
    **dict.fromkeys(("N1", "N2", "N3", "N4", "N5", "N9", "N10", "N15"), "protection_plans"),
    "N7": "assessments",
    "N11": "pre_proceedings",
}
_BY_WINDOW = ("N3", "N5", "N7", "N11", "N14", "N15")
_ELSEWHERE = {
    "N12": "absence, health and dental checks are partners' data; none is in the census",
    "N13": "the use of a tool is in no return; the practice return asks for it",
}
_PARTLY = {
    "N9": "ages only; the census names no siblings",
    "N14": "referrals that early help made; early help assessments are in Annex A list 2",
}
