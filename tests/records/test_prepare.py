"""What the one call for an authority gives: answers, distance, coverage, both sources at once."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from slinb.catalogue.periods import Period
from slinb.records.grid import RecordsError
from slinb.records.neglect_words import NEGLECT_TITLES
from slinb.records.prepare import count_records
from slinb.records.vocabulary import TITLES
from tests.records.kit import (
    EPISODES,
    HEADERS,
    QUARTER,
    TODAY,
    cell,
    count,
    list_rows,
    write_book,
    write_set,
)


def test_annex_a_alone_says_what_it_cannot_answer(tmp_path: Path) -> None:
    """field.md §6.1: S1 to S8 for now, not S9 to S12."""
    write_book(tmp_path / "a.xlsx", {"List 8": list_rows()})
    answers = count(tmp_path).answers.set_index("measure")
    lists = [f"list {n}" for n in range(1, 12)]
    assert list(answers.index) == [*TITLES, *NEGLECT_TITLES, *lists]
    assert set(answers["source"]) == {"Annex A"}
    for measure in ("S1", "S2", "S6", "S7", "S8"):
        assert answers.loc[measure, "answered"] == "answered"
    for measure in ("S9", "S10", "S11", "S12", "S16"):
        assert answers.loc[measure, "answered"] == "not answered"
        assert answers.loc[measure, "why"]
    assert answers.loc["list 8", "answered"] == "in part"
    assert "cla_s20" in answers.loc["list 8", "why"]
    assert "SSDA903 files" in answers.loc["list 8", "why"]
    assert answers.loc["list 3", "why"] == "no sheet is this list"


def test_ssda903_alone_says_what_it_cannot_answer(tmp_path: Path) -> None:
    answers = count(write_set(tmp_path)).answers.set_index("measure")
    assert set(answers["source"]) == {"SSDA903"}
    assert answers.loc[["S8", "S16"], "answered"].tolist() == ["not answered"] * 2
    assert answers.loc["S15", "why"] == "no table of reviews"
    assert (answers.loc[answers["answered"] != "answered", "why"] != "").all()


def test_without_a_uasc_table_nobody_is_known_not_to_be_one(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "uasc.csv").unlink()
    counted = count(tmp_path)
    assert set(counted.counts["population"]) == {"all"}
    assert "uasc" not in set(counted.return_counts["count"])
    assert counted.answers.set_index("measure").loc["S2", "answered"] == "not answered"


def test_both_sources_stand_side_by_side(tmp_path: Path) -> None:
    write_set(tmp_path)
    write_book(tmp_path / "a.xlsx", {"List 8": list_rows()})
    counted = count(tmp_path)
    assert len(counted.answers) == 2 * len(TITLES) + len(NEGLECT_TITLES) + 11
    own = counted.return_counts.query("count == 'cla'").set_index("source")["value"]
    assert own.to_dict() == {"SSDA903": 3, "Annex A": 2}


def test_cohorts_before_the_files_are_not_answered(tmp_path: Path) -> None:
    """One year's file shows earlier starts only of children still there: they are no cohort."""
    counted = count(write_set(tmp_path))
    # Endings in the files begin in 2023-24 (A103's placement change in June 2023).
    assert min(counted.counts.query("window == 'cohort'")["cohort"]) == "2023-24-Q1"
    rows = tuple(e for e in EPISODES if "A103" not in e)
    counted = count(write_set(tmp_path, rows))
    assert min(counted.counts.query("window == 'cohort'")["cohort"]) == "2024-25-Q1"


def test_a_start_before_the_files_is_a_lower_bound(tmp_path: Path) -> None:
    """An episode that opens with a change of placement began earlier: over 12 months is certain
    for one seen for 14 months, and for one seen for 4 months only over 3 months is."""
    rows = (
        EPISODES[0].replace(",S,V2", ",P,V2"),
        EPISODES[1].replace(",S,V2", ",P,V2"),
        *EPISODES[2:],
    )
    frame = count(write_set(tmp_path, rows)).counts
    s6 = frame.query("measure == 'S6' and population == 'all'").set_index("item")
    found = {
        n: tuple(s6.loc[f"over {n} months", ["numerator", "denominator", "excluded"]])
        for n in (3, 6, 12, 24)
    }
    assert found == {3: (2, 2, 0), 6: (1, 1, 1), 12: (1, 1, 1), 24: (0, 0, 2)}
    bands = s6[s6["breakdown"] == "duration"].set_index("category")["numerator"]
    assert bands["not known"] == 2


def test_distance_and_location_of_the_files_are_counted(tmp_path: Path) -> None:
    miles = ("31.5", "", "2", "20", "3")
    where = ("OUT", "IN", "IN", "OUT", "IN")
    rows = tuple(f"{e},{m},{w}" for e, m, w in zip(EPISODES, miles, where, strict=True))
    counted = count(write_set(tmp_path, rows, headers=HEADERS + ",PL_DISTANCE,PL_LOCATION"))
    frame = counted.counts.query("measure == 'S13' and population == 'all'")
    far = frame.query("breakdown == 'distance'").set_index("across")
    parts = ["numerator", "denominator", "excluded"]
    assert far.loc["Section 20", parts].tolist() == [1, 1, 1]
    assert far.loc["ordered", parts].tolist() == [0, 1, 0]  # 20 miles is not over 20
    out = frame.query("breakdown == 'location'").set_index("across")["numerator"]
    assert out.to_dict() == {"Section 20": 1, "ordered": 1}
    assert cell(counted, "cla_far") == 1
    assert counted.answers.set_index("measure").loc["S13", "answered"] == "answered"


def test_distance_is_worked_out_from_a_table_of_postcodes(tmp_path: Path) -> None:
    """CB1 to NR1 is made 31.07 miles: 30 km east, 40 km north (a 3-4-5 triangle, 50 km)."""
    folder = write_set(tmp_path / "set")
    table = tmp_path / "postcodes.csv"
    table.write_text(
        "pcds,oseast1m,osnrth1m\nCB1 2AB,0,0\nNR1 1AA,30000,40000\nNR3 3DD,0,1000\n", "utf-8"
    )
    counted = count_records(folder, QUARTER, TODAY, postcodes=table)
    far = counted.counts.query("breakdown == 'distance' and population == 'all'")
    found = far.set_index("across")[["numerator", "denominator", "excluded"]]
    assert found.loc["Section 20"].tolist() == [1, 1, 1]
    assert found.loc["ordered"].tolist() == [0, 1, 0]
    table.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(RecordsError, match="lacks a postcode"):
        count_records(folder, QUARTER, TODAY, postcodes=table)


def test_an_earlier_quarter_is_counted_as_it_stood(tmp_path: Path) -> None:
    """What ended later was open then, and what began later was not there."""
    counted = count_records(write_set(tmp_path), Period.parse("2024-25-Q1"), dt.date(2025, 6, 1))
    assert cell(counted, "cla") == 3  # A101, A103, and A104 who went home in March
    assert cell(counted, "cla_s20") == 2


def test_an_empty_set_of_episodes(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, ()))
    assert cell(counted, "cla") == 0
    counted = count_records(tmp_path / "header.csv", QUARTER, TODAY)
    assert set(counted.answers["answered"]) == {"not answered"}
