"""From plan to care where the census and SSDA903 lie together (N10), against a slow count."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from slinb.catalogue.periods import Period
from slinb.records.prepare import CountedRecords
from tests.records import slow_neglect
from tests.records.cin_kit import QUARTER, count, look, write_messy
from tests.records.kit import HEADERS, one
from tests.records.slow_neglect import Day, Person, add_months

STATUS = {"V2": "Section 20", "C1": "ordered", "L1": "other status"}
Start = tuple[str, Day, str]


def write_care(folder: Path, people: dict[str, Person], *, prefix: str = "") -> list[Start]:
    """Write five years of care, of every third child of the census and some others."""
    draw = random.Random(4)  # noqa: S311  # no secret rests on it
    starts: list[Start] = []
    rows = []
    for number, name in enumerate(sorted(people)):
        day = Day(2020, 4, 1) + dt.timedelta(draw.randrange(1700))
        code = draw.choice([*STATUS, "V3"])
        if plans := people[name].list_plans():
            day = draw.choice(plans).start + dt.timedelta(draw.randrange(-10, 250))
        end = day + dt.timedelta(draw.randrange(5, 400))
        if number % 3 and day <= QUARTER.end:
            ended = f"{end:%d/%m/%Y},E8" if end <= QUARTER.end else ","
            rows.append(f"{prefix}{name},{day:%d/%m/%Y},S,{code},N1,U6,PR1,{ended},,,,")
            if code != "V3":
                starts.append((name, day, STATUS[code]))
    for number in range(200):  # years gone by, so that the files are seen to hold them
        day = Day(2019, 4, 2) + dt.timedelta(number * 9)
        end = day + dt.timedelta(30)
        rows.append(f"Z{number},{day:%d/%m/%Y},S,C2,N1,U6,PR1,{end:%d/%m/%Y},E8,,,,")
    folder.mkdir()
    (folder / "episodes.csv").write_text("\n".join((HEADERS, *rows)) + "\n", encoding="utf-8")
    return starts


@pytest.fixture(scope="module")
def made(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[CountedRecords, dict[str, Person], list[Start]]:
    folder = tmp_path_factory.mktemp("both")
    people = slow_neglect.read_people(write_messy(folder / "census", 21), QUARTER.end)
    starts = write_care(folder / "care", people)
    return count(folder), people, starts


@pytest.mark.parametrize("months", [6, 12])
def test_from_plan_to_care_by_quarter_of_the_plan(
    made: tuple[CountedRecords, dict[str, Person], list[Start]], months: int
) -> None:
    counted, people, starts = made
    total = cohorts = 0
    cohort = Period.parse("2023-24-Q1")
    while add_months(cohort.end, months) <= QUARTER.end:
        plans = [
            (name, plan)
            for name, person in people.items()
            for plan in person.plans.values()
            if plan.initial == "NEG" and cohort.start <= plan.start <= cohort.end
        ]
        came = []
        for name, plan in plans:
            own = sorted(day for child, day, _ in starts if child == name and day >= plan.start)
            if own and own[0] <= add_months(plan.start, months):
                came.append(next(s for c, d, s in starts if c == name and d == own[0]))
        item, by = f"in care within {months} months", {"window": "cohort", "cohort": cohort.id}
        assert look(counted, "N10", item, **by) == (len(came), len(plans), 0)
        for status in STATUS.values():
            cell = {**by, "breakdown": "legal status", "category": status}
            assert look(counted, "N10", item, **cell) == (came.count(status), len(came), 0)
        total, cohorts, cohort = total + len(came), cohorts + 1, cohort.shift(1)
    assert total > 3
    rows = counted.counts.query("measure == 'N10' and breakdown == ''")
    assert (rows["item"] == f"in care within {months} months").sum() == cohorts


def test_the_answer_says_how_the_two_were_tied(
    made: tuple[CountedRecords, dict[str, Person], list[Start]],
) -> None:
    answers = made[0].answers.query("source == 'CIN census'").set_index("measure")
    assert answers.loc["N10", "answered"] == "answered"
    assert "tied to SSDA903" in answers.loc["N10", "why"]


def test_identifiers_of_another_system_are_not_tied(tmp_path: Path) -> None:
    """Otherwise nobody would seem ever to come into care."""
    people = slow_neglect.read_people(write_messy(tmp_path / "census", 21), QUARTER.end)
    write_care(tmp_path / "care", people, prefix="CLA-")
    counted = count(tmp_path)
    assert "0 of" in str(one(counted, "identifiers differ")["found"])
    assert counted.counts.query("measure == 'N10'").empty
    answers = counted.answers.query("source == 'CIN census'").set_index("measure")
    assert answers.loc["N10", "answered"] == "not answered"
    assert "do not agree" in answers.loc["N10", "why"]
