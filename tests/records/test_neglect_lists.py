"""What Annex A tells of neglect, each count against a slow one over the rows of the lists."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from slinb.records.meanings import load_meanings
from slinb.records.neglect_words import NEGLECT_TITLES
from slinb.records.prepare import CountedRecords
from tests.records.cin_kit import look
from tests.records.kit import CARE_8, QUARTER, count, list_rows, write_book
from tests.records.slow_neglect import add_months, count_age

Day = dt.date
LAST = QUARTER.end
ABUSE = {
    "a) Neglect": "neglect",
    "b) Physical Abuse": "physical abuse",
    "c) Sexual Abuse": "sexual abuse",
    "d) Emotional Abuse": "emotional abuse",
    "e) Multiple": "multiple",
    "": "",
}
STATUS = {
    "e) Accommodated under S20": "Section 20",
    "a) Interim care orders": "ordered",
    "f) Detained on child protection grounds in LA accommodation": "other status",
}
START, END = "Child Protection Plan Start Date", "Child Protection Plan End Date"
INITIAL, LATEST = "Initial Category of Abuse", "Latest Category of Abuse"
PREVIOUS = "Number of Previous Child Protection Plans"
CARE = "Date Started to be Looked After"


def draw_day(draw: random.Random, back: int) -> Day:
    return LAST - dt.timedelta(draw.randrange(back))


def make_plans(draw: random.Random) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            "Child Unique ID": 9000 + i,
            "Gender": "b) Female",
            "Date of Birth": draw_day(draw, 6500) if draw.random() < 0.95 else None,
            START: (start := draw_day(draw, 900)),
            END: min(LAST, start + dt.timedelta(draw.randrange(1, 400)))
            if draw.random() < 0.3
            else None,
            INITIAL: draw.choice([*ABUSE, "a) Neglect", "a) Neglect"]),
            LATEST: draw.choice(list(ABUSE)),
            PREVIOUS: draw.choice((0, 0, 1, 2, None)),
        }
        for i in range(500)
    )


def make_care(draw: random.Random) -> tuple[dict[str, object], ...]:
    return tuple(
        {
            **CARE_8[0],
            "Child Unique ID": 9000 + i * 2,
            CARE: draw_day(draw, 200),
            "Child's Legal Status": draw.choice(list(STATUS)),
        }
        for i in range(240)
    )


@pytest.fixture(scope="module")
def made() -> dict[int, tuple[dict[str, object], ...]]:
    draw = random.Random(11)  # noqa: S311  # no secret rests on it
    helped = tuple(
        {
            "Child Unique ID": 9000 + i,
            "Gender": "a) Male",
            "Date of Birth": Day(2015, 1, 1),
            "Assessment start date": (day := draw_day(draw, 180)),
            "Assessment completion date": day if draw.random() < 0.9 else None,
        }
        for i in range(60)
    )
    referred = tuple(
        {
            "Child Unique ID": 9000 + draw.randrange(80),
            "Gender": "a) Male",
            "Date of Birth": Day(2015, 1, 1),
            "Date of referral": draw_day(draw, 180),
            "Referral NFA?": draw.choice(("Yes", "No")),
        }
        for _ in range(60)
    )
    need = tuple(
        {
            "Child Unique ID": 9000 + i,
            "Gender": "a) Male",
            "Date of Birth": Day(2015, 1, 1),
            "CIN Start Date": draw_day(draw, 900),
            "CIN Closure Date": LAST if draw.random() < 0.2 else None,
            "Primary Need Code": draw.choice(("a) Abuse or neglect", "e) Family dysfunction", "")),
        }
        for i in range(70)
    )
    return {2: helped, 3: referred, 6: need, 7: make_plans(draw), 8: make_care(draw)}


@pytest.fixture(scope="module")
def counted(
    made: dict[int, tuple[dict[str, object], ...]], tmp_path_factory: pytest.TempPathFactory
) -> CountedRecords:
    folder = tmp_path_factory.mktemp("lists")
    sheets = {f"List {n}": list_rows(rows, n) for n, rows in made.items()}
    write_book(folder / "a.xlsx", sheets)
    return count(folder)


Plan = tuple[Day, Day | None, str, str, int | None, Day | None, object]


@pytest.fixture(scope="module")
def plans(made: dict[int, tuple[dict[str, object], ...]]) -> list[Plan]:
    return [
        (
            row[START],
            row[END],
            ABUSE[str(row[INITIAL] or "")],
            ABUSE[str(row[LATEST] or "")],
            row[PREVIOUS],
            row["Date of Birth"],
            row["Child Unique ID"],
        )
        for row in made[7]
        if not (row[END] and row[END] < row[START])  # type: ignore[operator]
    ]  # type: ignore[return-value]


def group(category: str) -> str:
    return category if category in ("neglect", "multiple", "") else "other categories"


def tell(found: list[bool | None]) -> tuple[int, int, int]:
    """Return how many are so, of how many, and of how many that is not known."""
    known = [f for f in found if f is not None]
    return sum(known), len(known), len(found) - len(known)


def test_open_plans_by_category_and_shift(counted: CountedRecords, plans: list[Plan]) -> None:
    here = [p for p in plans if p[1] is None or p[1] > LAST]
    latest = [p[3] for p in here]
    assert look(counted, "N1", "neglect") == tell([c == "neglect" if c else None for c in latest])
    either = [c in ("neglect", "multiple") if c else None for c in latest]
    assert look(counted, "N1", "neglect or multiple") == tell(either)
    multiple = [c == "multiple" if c else None for c in latest]
    assert look(counted, "N15", "multiple") == tell(multiple)
    shifted = [p[3] == "emotional abuse" if p[3] else None for p in here if p[2] == "neglect"]
    assert look(counted, "N2", "neglect to emotional abuse") == tell(shifted)
    by = {"breakdown": "initial and latest category"}
    for was in ABUSE.values():
        for now in ABUSE.values():
            n = sum(p[2] == was and p[3] == now for p in here)
            cell = {"category": was or "not known", "across": now or "not known"}
            assert look(counted, "N2", "shift", **by, **cell) == (n, len(here), 0)


def test_duration_and_age(counted: CountedRecords, plans: list[Plan]) -> None:
    here = [p for p in plans if p[1] is None or p[1] > LAST]
    for months in (12, 18, 24):
        for name in ("neglect", "multiple", "other categories"):
            own = [add_months(p[0], months) < LAST for p in here if group(p[3]) == name]
            by = {"breakdown": "latest category", "category": name}
            assert look(counted, "N4", f"over {months} months", **by) == tell([*own])
    ages = [(count_age(p[5], LAST) if p[5] else None) for p in here if p[3] == "neglect"]
    found = [None if a is None or a >= 18 else 7 <= a <= 15 for a in ages]
    by = {"breakdown": "latest category", "category": "neglect"}
    assert look(counted, "N9", "aged 7 to 15", **by) == tell(found)
    months_held = counted.durations.query("measure == 'N4'").groupby("population")["n"].sum()
    assert months_held["neglect"] == sum(p[3] == "neglect" for p in here)


def test_starts_and_repeats(counted: CountedRecords, plans: list[Plan]) -> None:
    started = [p for p in plans if QUARTER.start <= p[0] <= LAST]
    assert len(started) > 5
    found = [p[2] == "neglect" if p[2] else None for p in started]
    assert look(counted, "N3", "neglect", window="quarter") == tell(found)
    again = [None if p[4] is None else p[4] >= 1 for p in started]
    assert look(counted, "N5", "any previous plan", window="quarter") == tell(again)
    own = [None if p[4] is None else p[4] >= 1 for p in started if p[2] == "neglect"]
    by = {"window": "quarter", "breakdown": "initial category", "category": "neglect"}
    assert look(counted, "N5", "any previous plan", **by) == tell(own)
    assert "year" not in set(counted.counts.query("measure == 'N3'")["window"])


def test_from_plan_to_care(
    counted: CountedRecords, plans: list[Plan], made: dict[int, tuple[dict[str, object], ...]]
) -> None:
    care = {row["Child Unique ID"]: row for row in made[8]}
    total = 0
    for cohort in (QUARTER.previous(), QUARTER):
        own = [p for p in plans if p[2] == "neglect" and cohort.start <= p[0] <= cohort.end]
        came = [p for p in own if p[6] in care and p[0] <= care[p[6]][CARE] <= LAST]  # type: ignore[operator]
        by = {"window": "cohort", "cohort": cohort.id}
        rows = look(counted, "N10", "in care by the end of the quarter", **by)
        assert rows == (len(came), len(own), 0)
        total += len(came)
        for name in STATUS.values():
            n = sum(STATUS[str(care[p[6]]["Child's Legal Status"])] == name for p in came)
            cell = {**by, "breakdown": "legal status", "category": name}
            told = look(counted, "N10", "in care by the end of the quarter", **cell)
            assert told == (n, len(came), 0)
    assert total > 0


def test_need_and_step_up(
    counted: CountedRecords, made: dict[int, tuple[dict[str, object], ...]]
) -> None:
    here = [row for row in made[6] if row["CIN Closure Date"] is None]
    n = sum(row["Primary Need Code"] == "a) Abuse or neglect" for row in here)
    by = {"breakdown": "primary need", "category": "N1 abuse or neglect"}
    assert look(counted, "N8", "children in need", **by) == (n, len(here), 0)
    went_on = [(r["Child Unique ID"], r["Date of referral"]) for r in made[3]]
    went_on = [w for w, r in zip(went_on, made[3], strict=True) if r["Referral NFA?"] == "No"]
    for cohort in (QUARTER.previous(), QUARTER):
        own = [
            (row["Child Unique ID"], day)
            for row in made[2]
            if isinstance(day := row["Assessment completion date"], Day)
            and cohort.start <= day <= cohort.end
        ]
        up = sum(any(c == child and d >= day for c, d in went_on) for child, day in own)  # type: ignore[operator]
        by = {"window": "cohort", "cohort": cohort.id}
        assert look(counted, "N14", "stepped up", **by) == (up, len(own), 0)
        assert own


def test_the_answers_say_what_the_lists_cannot_tell(
    counted: CountedRecords, tmp_path: Path
) -> None:
    answers = counted.answers.set_index("measure").loc[list(NEGLECT_TITLES)]
    assert answers.loc[["N1", "N2", "N4", "N8"], "answered"].tolist() == ["answered"] * 4
    assert answers.loc[["N6", "N7", "N11", "N12", "N13"], "answered"].eq("not answered").all()
    assert (answers.loc[answers["answered"] != "answered", "why"] != "").all()
    write_book(tmp_path / "a.xlsx", {"List 8": list_rows()})
    alone = count(tmp_path).answers.set_index("measure")
    assert alone.loc["N1", "why"] == "no sheet is list 7"
    assert alone.loc["N10", "why"] == "no sheet is list 7"


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("NEG", "neglect"),
        ("a) Neglect", "neglect"),
        ("Emotional", "emotional abuse"),
        ("PHY", "physical abuse"),
        ("sexual abuse", "sexual abuse"),
        ("MUL - Multiple", "multiple"),
        ("Physical and emotional", None),  # two categories: not guessed
    ],
)
def test_spellings_of_categories(text: str, group: str | None) -> None:
    assert load_meanings()["abuse"].read(text) == group
