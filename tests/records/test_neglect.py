"""Every measure N1 to N15 of the sample census equals the slow count, child by child."""

from __future__ import annotations

import datetime as dt
import statistics
from pathlib import Path

import pandas as pd
import pytest

from slinb.catalogue.areas import DEFAULT_REGION, load_areas
from slinb.catalogue.periods import Period
from slinb.records.neglect_words import NEGLECT_TITLES, NEGLECT_WORDS, find_dive
from slinb.records.prepare import CountedRecords, count_records
from slinb.records.vocabulary import TITLES
from slinb.sample.cin_census import CENSUS_MANIFEST, write_sample_census
from tests.records import slow_neglect

#: Plans, neglect, neglect or multiple, starting, referrals (those a tenth is made up of).
TOTALS = ((160, 75, 90, 180, 2500), (120, 76, 76, 140, 1500))
AREAS = load_areas().authorities(DEFAULT_REGION)[: len(TOTALS)]
QUARTERS = ("2025-26-Q3", "2024-25-Q4", "2025-26-Q1")
KEY = ["measure", "item", "window", "cohort", "breakdown", "category", "across"]
VALUE = ["numerator", "denominator", "excluded"]


def publish() -> pd.DataFrame:
    rows = []
    for area, (plans, neglect, either, starting, referrals) in zip(AREAS, TOTALS, strict=True):
        for measure, numerator, denominator in (
            ("cp_neglect_pct", neglect, plans),
            ("cp_neglect_multiple_pct", either, plans),
            ("cp_starting_rate", starting, 1),
            ("referrals_rate", referrals, 1),
        ):
            rows.append((area.code, "2023-24", measure, float(numerator), float(denominator)))
    return pd.DataFrame(rows, columns=["area", "period", "measure", "numerator", "denominator"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("census")
    write_sample_census(folder, publish(), areas=AREAS)
    return folder


def list_files(folder: Path, slug: str, quarter: Period) -> list[tuple[int, Path]]:
    """Return the files that were there when a quarter was counted."""
    years = range(2024, quarter.reporting_year().year + 2)
    return [(y, folder / slug / "cin_census" / str(y) / "cin_census.xml") for y in years]


@pytest.fixture(scope="module")
def counted(folder: Path) -> dict[tuple[str, str], CountedRecords]:
    return {
        (area.slug, name): count_records(
            [path for _, path in list_files(folder, area.slug, Period.parse(name))],
            Period.parse(name),
            dt.date(2026, 2, 1),
        )
        for area in AREAS
        for name in QUARTERS
    }


@pytest.mark.parametrize("name", QUARTERS)
@pytest.mark.parametrize("slug", [area.slug for area in AREAS])
def test_every_count_equals_the_slow_one(
    slug: str, name: str, folder: Path, counted: dict[tuple[str, str], CountedRecords]
) -> None:
    quarter = Period.parse(name)
    files = list_files(folder, slug, quarter)
    people = slow_neglect.read_people(files, quarter.end)
    slow = slow_neglect.count_all(
        people, quarter.start, quarter.end, dt.date(2023, 4, 1), files[-1][0]
    )
    frame = counted[slug, name].counts.query("item != 'failed'")
    fast = {tuple(r[:7]): tuple(r[7:]) for r in frame[KEY + VALUE].itertuples(index=False)}
    assert len(fast) == len(frame)
    wanted = {key: value for key, value in slow.items() if value[1] or value[2]}
    assert {key: value for key, value in fast.items() if key in wanted} == wanted
    # What the slow count has no row of is a category that nobody is in.
    assert {key: fast[key] for key in fast if key not in wanted and fast[key][0]} == {}
    answered = counted[slug, name].answers.query("answered != 'not answered'")["measure"]
    assert {key[0] for key in wanted} == set(answered)


@pytest.mark.parametrize("slug", [area.slug for area in AREAS])
def test_durations_and_medians_equal_the_slow_ones(
    slug: str, folder: Path, counted: dict[tuple[str, str], CountedRecords]
) -> None:
    quarter = Period.parse(QUARTERS[0])
    people = slow_neglect.read_people(list_files(folder, slug, quarter), quarter.end)
    # Only the quarter: the block of letters begins in April 2025, nine months before.
    months, days = slow_neglect.list_durations(people, quarter.end, quarter.start)
    own = counted[slug, QUARTERS[0]]
    keys = ["measure", "population", "month"]
    fast = {tuple(r[:3]): r[3] for r in own.durations[[*keys, "n"]].itertuples(index=False)}
    assert fast == months
    for row in own.statistics.itertuples(index=False):
        held = days.get((str(row.measure), str(row.population)), [])
        assert row.n == len(held)
        if len(held) >= 10:
            assert row.value == statistics.median(held)
        else:
            assert pd.isna(row.value)


@pytest.mark.parametrize("number", range(len(AREAS)))
def test_the_sample_meets_the_published_totals(
    number: int, counted: dict[tuple[str, str], CountedRecords]
) -> None:
    plans, neglect, either, _, _ = TOTALS[number]
    frame = counted[AREAS[number].slug, QUARTERS[0]].counts
    own = frame[(frame["measure"] == "N1") & (frame["breakdown"] == "")].set_index("item")
    assert own.loc["neglect", ["numerator", "denominator"]].tolist() == [neglect, plans]
    assert own.loc["neglect or multiple", "numerator"] == either


def test_every_planted_error_is_found(
    folder: Path, counted: dict[tuple[str, str], CountedRecords]
) -> None:
    manifest = pd.read_csv(folder / CENSUS_MANIFEST)
    assert len(manifest) == 10 * len(AREAS)
    for area in AREAS:
        rules = set(counted[area.slug, QUARTERS[0]].problems["rule"])
        assert set(manifest.loc[manifest["area"] == area.code, "rule"]) <= rules


def test_checks_count_the_planted_errors(
    counted: dict[tuple[str, str], CountedRecords],
) -> None:
    for area in AREAS:
        frame = counted[area.slug, QUARTERS[0]].counts.query("item == 'failed'")
        failed = frame.set_index("category")["numerator"]
        assert failed[failed > 0].to_dict() == {
            "date that is none": 1,
            "closed before referral": 1,
            "closed without reason": 1,
            "child without characteristics": 1,
        }


def test_every_row_is_accounted_for(counted: dict[tuple[str, str], CountedRecords]) -> None:
    for own in counted.values():
        parts = own.account[["blank", "repeated", "unusable", "unread", "used"]].sum(axis=1)
        assert (parts == own.account["rows_in"]).all()


def test_every_measure_has_an_answer(counted: dict[tuple[str, str], CountedRecords]) -> None:
    for own in counted.values():
        assert own.answers["measure"].tolist() == list(NEGLECT_TITLES)
        assert set(own.answers["source"]) == {"CIN census"}
        open_ = own.answers[own.answers["answered"] != "answered"]
        assert (open_["why"] != "").all()
        answered = own.answers.set_index("measure")["answered"]
        assert answered[["N10", "N12", "N13"]].tolist() == ["not answered"] * 3
        assert set(own.counts["measure"]) <= set(NEGLECT_TITLES)


def test_the_new_wording_of_need_n1_is_another_category(
    counted: dict[tuple[str, str], CountedRecords],
) -> None:
    """field.md §4.3: in 2026 wording N1 is "Abuse, neglect and exploitation", a break in series."""
    slug = AREAS[0].slug
    before, after = (
        set(counted[slug, name].counts.query("measure == 'N8'")["category"])
        for name in ("2024-25-Q4", "2025-26-Q1")
    )
    assert "N1 abuse or neglect" in before - after
    assert "N1 abuse, neglect and exploitation" in after - before
    why = counted[slug, "2025-26-Q1"].answers.set_index("measure").loc["N8", "why"]
    assert "break in series" in why


def test_words_of_neglect_are_no_words_of_records() -> None:
    assert all(find_dive(m) == "neglect" for m in NEGLECT_TITLES)
    assert all(find_dive(m) == "section20" for m in TITLES)
    assert all(word == word.strip() and ";" not in word for word in NEGLECT_WORDS)


def test_the_same_seed_gives_the_same_census(folder: Path, tmp_path: Path) -> None:
    write_sample_census(tmp_path, publish(), areas=AREAS[:1])
    path = Path(AREAS[0].slug) / "cin_census" / "2026" / "cin_census.xml"
    assert (tmp_path / path).read_bytes() == (folder / path).read_bytes()
    assert b"SAMPLE: every child was made up" in (tmp_path / path).read_bytes()[:200]
