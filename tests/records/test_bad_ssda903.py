"""Bad input in SSDA903 sets: every way in which the nearest tools fail is a test here.

Each asserts the message (file, row, what was done) and that the counts are those of the clean
set, or say who is missing from them.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest

from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.records.prepare import count_records
from slinb.records.problems import ProblemLog
from slinb.records.quality import _CHECKS, Check, Checked, run_checks
from tests.records.kit import (
    CHILDREN,
    EPISODES,
    HEADERS,
    QUARTER,
    TODAY,
    cell,
    count,
    find,
    one,
    write_set,
)

CLEAN = {"cla": 3, "cla_s20": 2, "uasc": 1, "cla_ceasing": 1, "cla_starting": 2}


def check_clean(counted: object) -> None:
    assert {name: cell(counted, name) for name in CLEAN} == CLEAN


def spoil(line: int, **cells: str) -> tuple[str, ...]:
    """Return the episodes with some cells of one line replaced."""
    rows = [e.split(",") for e in EPISODES]
    for name, value in cells.items():
        rows[line][HEADERS.split(",").index(name)] = value
    return tuple(",".join(r) for r in rows)


def test_a_clean_set_gives_no_problem(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path))
    check_clean(counted)
    assert len(counted.problems) == 0


def test_a_serial_date_is_read_and_said(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(0, DECOM="45306")))  # 15 January 2024
    check_clean(counted)
    assert "numbers" in str(one(counted, "serial")["found"])


def test_headers_without_rows_are_said(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "uasc.csv").write_text("CHILD,SEX,DOB,DUC\n", encoding="utf-8")
    counted = count(tmp_path)
    problem = one(counted, "headers without rows")
    assert problem["file"] == "uasc.csv"
    assert cell(counted, "uasc") == 0


def test_title_rows_above_the_headers(tmp_path: Path) -> None:
    titles = "SSDA903 extract,,\nrun on 01/04/2025\n\n"
    check_clean(count(write_set(tmp_path, headers=titles + HEADERS)))


def test_a_renamed_header_and_a_missing_column_do_not_lose_the_file(tmp_path: Path) -> None:
    headers = HEADERS.replace("PLACE,", "Placement,").replace(",URN", ",LOCAL")
    counted = count(write_set(tmp_path, headers=headers))
    check_clean(counted)
    assert cell(counted, "cla_foster") == 3
    assert one(counted, "missing column")["column"] == "URN"
    assert one(counted, "extra column")["column"] == "LOCAL"


def test_without_a_column_only_what_rests_on_it_is_not_run(tmp_path: Path) -> None:
    rows = tuple(",".join(r.split(",")[:2] + r.split(",")[3:]) for r in EPISODES)
    counted = count(write_set(tmp_path, rows, headers=HEADERS.replace("RNE,", "")))
    answers = counted.answers.set_index("measure")
    assert answers.loc["S1", "answered"] == "answered"
    assert answers.loc["S9", "answered"] == "not run"
    assert "RNE" in answers.loc["S9", "why"]
    assert (cell(counted, "cla"), cell(counted, "cla_s20")) == (3, 2)
    assert "cla_starting" not in set(counted.return_counts["count"])
    assert "434: no column RNE" in answers.loc["S17", "why"]
    assert "434" not in set(counted.counts["category"])


def test_lower_case_headers_in_another_order(tmp_path: Path) -> None:
    names = HEADERS.lower().split(",")
    order = np.random.default_rng(1).permutation(len(names))
    rows = tuple(",".join(e.split(",")[i] for i in order) for e in EPISODES)
    check_clean(count(write_set(tmp_path, rows, headers=",".join(names[i] for i in order))))


def test_a_stray_space_makes_no_phantom_row(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, (*EPISODES, " ", "", " , ,,,,,,,,,,,", "\t")))
    check_clean(counted)
    account = counted.account.query("file == 'episodes.csv'").iloc[0]
    assert (account["rows_in"], account["blank"], account["used"]) == (9, 4, 5)
    assert "rows 7, 8, 9" in str(one(counted, "blank rows")["rows"])


def test_a_second_file_of_episodes_joins_the_first(tmp_path: Path) -> None:
    write_set(tmp_path, EPISODES[:2], name="episodes_a.csv")
    write_set(tmp_path, EPISODES[2:], name="episodes_b.csv")
    check_clean(count(tmp_path))


def test_year_files_that_repeat_each_other_count_once(tmp_path: Path) -> None:
    """The year 2023-24 knows A101 and A103 as open; the year 2024-25 says them again."""
    last_year = (
        EPISODES[0],
        *EPISODES[2:4],
        "A105,01/04/2023,S,C2,N1,U6,PR1,,,,,NR5 5FF,",  # open, and not in the next year's file
        "A106,01/05/2023,S,V2,N1,U6,PR1,01/03/2024,E4B,,,NR5 5FF,",
    )
    write_set(tmp_path / "2024", last_year)
    write_set(tmp_path / "2025")
    counted = count(tmp_path)
    check_clean(counted)
    account = counted.account.set_index("file")
    assert account.loc["2024/episodes.csv", "repeated"] == 3
    assert account.loc["2024/episodes.csv", "used"] == 2
    gone = one(counted, "vanished episode")
    assert (gone["file"], gone["n"]) == ("2024/episodes.csv", 1)


def test_a_later_file_overrules_an_open_episode_with_another_start(tmp_path: Path) -> None:
    spoilt = spoil(0, DECOM="11/01/2024")
    write_set(tmp_path / "2024", (spoilt[0], *spoilt[2:4]))
    write_set(tmp_path / "2025")
    counted = count(tmp_path)
    check_clean(counted)
    assert one(counted, "overruled episode")["n"] == 1


@pytest.mark.parametrize("ending", [",x", ",", ",x,y"])
def test_one_cell_more_at_the_end_of_a_row_shifts_nothing(tmp_path: Path, ending: str) -> None:
    rows = (EPISODES[0] + ending, *EPISODES[1:])
    counted = count(write_set(tmp_path, rows))
    check_clean(counted)
    if "x" in ending:
        problem = one(counted, "extra cell")
        assert (problem["rows"], problem["n"]) == ("row 2", 1)
    # A separator at the end of every row is no shift either.
    check_clean(count(write_set(tmp_path, tuple(e + "," for e in EPISODES))))


def test_a_short_row_is_said(tmp_path: Path) -> None:
    rows = (EPISODES[0].rsplit(",", 3)[0], *EPISODES[1:])
    counted = count(write_set(tmp_path, rows))
    check_clean(counted)
    assert one(counted, "short row")["rows"] == "row 2"


@pytest.mark.parametrize("code", [" V2 ", "v2", "V2 - Single period, s.20", "V2:"])
def test_padded_codes_are_recognised(tmp_path: Path, code: str) -> None:
    quoted = f'"{code}"'
    rows = (EPISODES[0].replace(",V2,", f",{quoted},"), *EPISODES[1:])
    check_clean(count(write_set(tmp_path, rows)))


def test_an_unknown_code_is_listed_with_its_original(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(0, LS="V9")))
    problem = one(counted, "unknown code")
    assert "V9" in str(problem["found"])
    assert (problem["rows"], problem["column"]) == ("row 2", "LS")
    stock = counted.counts.query("measure == 'S1' and population == 'all' and breakdown == ''")
    row = stock.iloc[0]
    assert (row["numerator"], row["denominator"], row["excluded"]) == (1, 2, 1)
    assert row["why"] == "legal status not known"


def test_a_shifted_identifier_is_masked_where_it_stands_for_a_code(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(0, LS="A103", PLACE="CB1 2AB", REC="15/01/2024")))
    shown = " ".join(counted.problems["found"])
    assert "A103" not in shown
    assert "CB1" not in shown
    assert "15/01/2024" not in shown
    assert "[identifier]" in shown


def test_bounds_of_whole_numbers_fire_and_nothing_is_cut_to_whole(tmp_path: Path) -> None:
    write_set(tmp_path)
    names = (
        "CHILD,DOB,SDQ_SCORE,SDQ_REASON,CONVICTED,HEALTH_CHECK,IMMUNISATIONS,TEETH_CHECK,"
        "HEALTH_ASSESSMENT,SUBSTANCE_MISUSE,INTERVENTION_RECEIVED,INTERVENTION_OFFERED"
    )
    rows = [
        f"A10{i},03/04/2015,{score},,0,1,1,1,1,0,0,0"
        for i, score in enumerate(("41", "3.9", "40"), 1)
    ]
    (tmp_path / "oc2.csv").write_text("\n".join((names, *rows)), encoding="utf-8")
    counted = count(tmp_path)
    assert one(counted, "outside 0 to 40")["rows"] == "row 2"
    assert one(counted, "no whole number")["rows"] == "row 3"


def test_a_check_that_crashes_is_reported_as_not_run() -> None:
    def crash(checked: Checked) -> tuple[np.ndarray, np.ndarray]:
        raise KeyError(checked.day)

    nothing = Checked(None, None, _source(), np.datetime64("2025-03-31"))  # type: ignore[arg-type]
    rows, not_run = run_checks(nothing, ProblemLog(), (Check("378", frozenset(), crash),))
    assert rows == []
    assert not_run == ["378: the check itself failed (KeyError)"]
    assert {check.rule for check in _CHECKS} >= {"378", "359", "434", "435", "436"}


def _source() -> object:
    from slinb.records.episodes import Source

    day = np.datetime64("2025-03-31")
    return Source(("episodes.csv",), (2025,), frozenset({"LS"}), day, day)


def test_two_date_formats_in_one_file(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(2, DECOM="2023-02-01", DEC="20 June 2023")))
    check_clean(counted)
    assert find(counted, "mixed dates")["column"].tolist() == ["DECOM", "DEC"]


def test_dates_are_day_first_and_a_month_above_twelve_is_said(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(0, DECOM="01/15/2024")))
    assert "month first" in set(counted.problems["rule"])
    assert cell(counted, "cla") == 2
    assert one(counted, "no start")["rows"] == "row 2"


def test_an_impossible_date_counts_as_blank_and_is_said(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(4, DEC="31/02/2025")))
    assert one(counted, "no date")["rows"] == "row 6"
    assert cell(counted, "cla") == 4  # open now, and the message says why


def test_a_child_without_birth_date_is_counted_and_shown_apart(tmp_path: Path) -> None:
    children = (CHILDREN[0].replace("03/04/2015", ""), *CHILDREN[1:])
    counted = count(write_set(tmp_path, children=children))
    check_clean(counted)
    ages = counted.counts.query(
        "measure == 'S4' and population == 'all' and breakdown == 'age now'"
    ).set_index("category")["numerator"]
    assert ages["not known"] == 1
    assert one(counted, "no birth date")["n"] == 1


def test_an_end_before_the_start_leaves_the_row_out(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(2, DEC="20/06/2022")))
    assert one(counted, "end before start")["rows"] == "row 4"
    assert cell(counted, "cla") == 3
    account = counted.account.query("file == 'episodes.csv'").iloc[0]
    assert (account["unusable"], account["used"]) == (1, 4)


def test_one_pupil_under_two_identifiers_is_said_and_not_merged(tmp_path: Path) -> None:
    children = (*CHILDREN[:3], CHILDREN[3].replace("B123456789014", "B123456789013"))
    counted = count(write_set(tmp_path, children=children))
    check_clean(counted)
    assert one(counted, "one child under two identifiers")["n"] == 1


def test_identifiers_written_as_numbers_join(tmp_path: Path) -> None:
    """566910.0 in one table is 566910 in another; 5.7E+05 cannot be told and is said."""
    rows = tuple(e.replace("A1", "5669") for e in EPISODES)
    children = tuple(c.replace("A1", "5669").replace(",", ".0,", 1) for c in CHILDREN)
    counted = count(write_set(tmp_path, rows, children=children))
    assert cell(counted, "cla_s20") == 2
    assert len(find(counted, "no birth date")) == 0
    counted = count(write_set(tmp_path, ("5.7E+05" + rows[0][6:], *rows[1:]), children=children))
    assert one(counted, "damaged identifier")["rows"] == "row 2"


def test_codes_of_another_year_are_understood_and_said(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(4, REC="E44")))
    assert "E44" in str(one(counted, "code of another year")["found"])
    assert cell(counted, "cla_ceasing_sgo") == 1
    counted = count(write_set(tmp_path, spoil(0, PLACE="K3")))
    assert len(find(counted, "code of another year")) == 0  # open in 2024-25, when K3 came


def test_a_file_of_half_a_million_rows(tmp_path: Path) -> None:
    """Every row is read and accounted for, and the counts are those of the repeated children."""
    block = [
        f"B{i:06d},{1 + i % 28:02d}/06/2024,S,{'V2' if i % 4 else 'C1'},N1,U6,PR1,,,,,ZZ1 1AA,"
        for i in range(500_000)
    ]
    counted = count(write_set(tmp_path, tuple(block)))
    account = counted.account.query("file == 'episodes.csv'").iloc[0]
    assert (account["rows_in"], account["used"]) == (500_000, 500_000)
    assert (cell(counted, "cla"), cell(counted, "cla_s20")) == (500_000, 375_000)


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"])
def test_a_spreadsheet_saved_as_csv_is_named(tmp_path: Path, start: bytes) -> None:
    write_set(tmp_path)
    (tmp_path / "reviews.csv").write_bytes(start + b"rest")
    counted = count(tmp_path)
    problem = one(counted, "unreadable file")
    assert problem["file"] == "reviews.csv"
    assert "Excel workbook" in str(problem["found"])
    check_clean(counted)


def test_a_quarter_that_has_not_ended_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="no quarter that has ended"):
        count_records(write_set(tmp_path), Period.parse("2025-26-Q1"), dt.date(2025, 6, 1))
    with pytest.raises(ParameterError, match="no quarter that has ended"):
        count_records(tmp_path, Period.parse("2024-25"), TODAY)
    assert count_records(tmp_path, QUARTER, QUARTER.end)


def test_no_records_at_all(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="No file of records"):
        count_records(tmp_path, QUARTER, TODAY)
    with pytest.raises(ParameterError, match=r"no file gone\.csv"):
        count_records(tmp_path / "gone.csv", QUARTER, TODAY)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
def test_any_encoding(tmp_path: Path, encoding: str) -> None:
    rows = spoil(0, URN="Café – SC")
    check_clean(count(write_set(tmp_path, rows, encoding=encoding)))


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_any_separator(tmp_path: Path, separator: str) -> None:
    rows = tuple(e.replace(",", separator) for e in EPISODES)
    check_clean(count(write_set(tmp_path, rows, headers=HEADERS.replace(",", separator))))
    told = f"sep={separator}\n" + HEADERS.replace(",", separator)
    check_clean(count(write_set(tmp_path, rows, headers=told)))


def test_a_quote_that_never_closes_does_not_swallow_the_file(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(0, URN='"SC12')))
    check_clean(counted)
    assert one(counted, "open quote")["rows"] == "row 2"


def test_a_quoted_cell_over_two_lines_is_one_cell(tmp_path: Path) -> None:
    counted = count(write_set(tmp_path, spoil(0, HOME_POST='"CB1\n2AB"')))
    check_clean(counted)
    assert len(find(counted, "open quote")) == 0


def test_records_that_end_before_the_quarter_does_are_said(tmp_path: Path) -> None:
    write_set(tmp_path)
    counted = count_records(tmp_path, Period.parse("2025-26-Q1"), dt.date(2025, 9, 1))
    assert "more than a month before" in str(one(counted, "records end early")["found"])
    told = counted.answers.set_index("measure").loc["S1"]
    assert told["answered"] == "in part"
    assert "end more than a month before" in told["why"]


def test_an_unknown_table_is_named_and_accounted_for(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "notes.csv").write_text("CHILD,DOB,NOTE\nA101,03/04/2015,x\n", encoding="utf-8")
    counted = count(tmp_path)
    assert one(counted, "unknown table")["file"] == "notes.csv"
    account = counted.account.query("file == 'notes.csv'").iloc[0]
    assert (account["rows_in"], account["unread"]) == (1, 1)


def test_a_file_without_headers_shows_none_of_its_cells(tmp_path: Path) -> None:
    write_set(tmp_path)
    (tmp_path / "bare.csv").write_text("\n".join(EPISODES), encoding="utf-8")
    counted = count(tmp_path)
    problem = one(counted, "unreadable file")
    assert problem["file"] == "bare.csv"
    assert "A101" not in str(problem["found"])


def test_every_row_of_every_file_is_accounted_for(tmp_path: Path) -> None:
    write_set(tmp_path, (*spoil(2, DEC="20/06/2022"), EPISODES[0], " "))
    account = count(tmp_path).account
    parts = account[["blank", "repeated", "unusable", "unread", "used"]].sum(axis=1)
    assert (parts == account["rows_in"]).all()


def test_over_18s_are_left_out_and_said(tmp_path: Path) -> None:
    children = (CHILDREN[0].replace("03/04/2015", "03/04/2006"), *CHILDREN[1:])
    counted = count(write_set(tmp_path, children=children))
    row = counted.counts.query("measure == 'S1' and population == 'all' and breakdown == ''").iloc[
        0
    ]
    assert (row["numerator"], row["denominator"], row["excluded"]) == (1, 2, 1)
    assert row["why"] == "aged 18 or over"
    assert one(counted, "359")["n"] == 1


def test_section_20_with_parents_is_flagged_as_the_dfe_does(tmp_path: Path) -> None:
    """DfE validation rule 378."""
    counted = count(write_set(tmp_path, spoil(0, PLACE="P1")))
    assert one(counted, "378")["rows"] == "row 2"
    check_clean(counted)


def test_short_breaks_are_counted_apart(tmp_path: Path) -> None:
    rows = (*EPISODES, "A107,01/02/2025,S,V3,N2,U6,PR1,03/02/2025,E4A,,,ZZ1 1AA,")
    counted = count(write_set(tmp_path, rows))
    check_clean(counted)
    breaks = counted.counts.query("measure == 'S14' and category == 'V3'").iloc[0]
    assert breaks["numerator"] == 1
