"""Bad input in Annex A workbooks: every way in which the nearest tools fail is a test here."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from slinb.records.annex_a import load_lists
from tests.records.kit import CARE_8, cell, count, find, list_rows, one, write_book

CLEAN = {"cla": 2, "cla_s20": 1, "uasc": 0, "cla_3placements": 0, "cla_foster": 1}


def write(tmp_path: Path, rows: list[list[object]], name: str = "List 8", **more: object) -> Path:
    write_book(tmp_path / "annex_a.xlsx", {name: rows, **more})  # type: ignore[dict-item]
    return tmp_path


def check_clean(counted: object) -> None:
    assert {name: cell(counted, name) for name in CLEAN} == CLEAN


def change(row: int, **cells: object) -> tuple[dict[str, object], ...]:
    rows = [dict(r) for r in CARE_8]
    rows[row].update({name.replace("_", " "): value for name, value in cells.items()})
    return tuple(rows)


def test_a_clean_list_gives_no_problem_but_the_missing_lists(tmp_path: Path) -> None:
    counted = count(write(tmp_path, list_rows()))
    check_clean(counted)
    assert set(counted.problems["rule"]) == {"missing list"}
    assert len(find(counted, "missing list")) == 10


def test_serial_dates_are_read_and_said(tmp_path: Path) -> None:
    rows = list_rows(change(0, **{"Date Started to be Looked After": 45306}))
    counted = count(write(tmp_path, rows))
    check_clean(counted)
    assert one(counted, "serial")["column"] == "Date Started to be Looked After"


def test_a_list_with_headers_and_no_rows_does_not_vanish(tmp_path: Path) -> None:
    counted = count(write(tmp_path, list_rows(), **{"List 1": list_rows((), 1)}))
    problem = one(counted, "headers without rows")
    assert (problem["sheet"], problem["n"]) == ("List 1", 0)
    assert cell(counted, "contacts") == 0
    assert "list 1" in set(counted.account["table"])


def test_title_rows_above_the_headers_drop_nothing(tmp_path: Path) -> None:
    titles: list[list[object]] = [["Children in care"], ["As at", dt.date(2025, 3, 31)], [], ["x"]]
    counted = count(write(tmp_path, titles + list_rows()))
    check_clean(counted)
    assert "row 5" in str(one(counted, "rows above the headers")["found"])


def test_renamed_headers_and_a_missing_column_drop_nothing(tmp_path: Path) -> None:
    rows = list_rows()
    new = {
        "Child's Legal Status": "Current Legal Status (LAC)",
        "Gender": "Sex",
        "Date of Birth": "DOB",
        "Placement Type": "Type of placement",
    }
    rows[0] = [new.get(str(h), h) for h in rows[0]]
    at = rows[0].index("Placement Location")
    rows = [r[:at] + r[at + 1 :] for r in rows]
    counted = count(write(tmp_path, rows))
    check_clean(counted)
    assert set(find(counted, "renamed column")["column"]) == {*new.values()}
    locations = counted.counts.query("measure == 'S13' and breakdown == 'location'")
    assert locations.empty


def test_without_the_legal_status_nothing_is_guessed(tmp_path: Path) -> None:
    rows = list_rows()
    at = rows[0].index("Child's Legal Status")
    counted = count(write(tmp_path, [r[:at] + r[at + 1 :] for r in rows]))
    answers = counted.answers.set_index("measure")
    assert answers.loc["S1", "answered"] == "not run"
    assert "Child's Legal Status" in answers.loc["S1", "why"]
    assert one(counted, "missing column")["column"] == "Child's Legal Status"
    assert "cla_s20" not in set(counted.return_counts["count"])
    assert "S1" not in set(counted.counts["measure"])
    assert cell(counted, "cla") == 2


def test_without_the_day_care_ceased_nobody_is_taken_to_be_there(tmp_path: Path) -> None:
    rows = list_rows()
    at = rows[0].index("Date Ceased to be Looked After")
    counted = count(write(tmp_path, [r[:at] + r[at + 1 :] for r in rows]))
    answers = counted.answers.set_index("measure")
    assert answers.loc["S1", "answered"] == "not run"
    assert not len(counted.counts)
    assert "cla" not in set(counted.return_counts["count"])


def test_extra_columns_and_another_order_are_said_and_harmless(tmp_path: Path) -> None:
    rows = [[*reversed(r), "x"] for r in list_rows()]
    rows[0][-1] = "Ward at birth"
    counted = count(write(tmp_path, rows))
    check_clean(counted)
    assert one(counted, "extra column")["column"] == "Ward at birth"


def test_lower_case_headers_and_a_sheet_of_another_name(tmp_path: Path) -> None:
    rows = list_rows()
    rows[0] = [str(h).lower() for h in rows[0]]
    check_clean(count(write(tmp_path, rows, name="CLA extract")))


def test_phantom_rows_are_left_out_and_accounted_for(tmp_path: Path) -> None:
    rows = list_rows()
    blank: list[object] = [" "] * len(rows[0])
    counted = count(write(tmp_path, [*rows[:2], blank, *rows[2:], blank, blank]))
    check_clean(counted)
    account = counted.account.query("table == 'list 8'").iloc[0]
    assert (account["rows_in"], account["blank"], account["used"]) == (5, 3, 2)
    assert one(counted, "blank rows")["rows"] == "row 3"


def test_a_copied_sheet_does_not_double_the_list(tmp_path: Path) -> None:
    rows = list_rows()
    order = [0, 2, 1]
    counted = count(write(tmp_path, rows, **{"List 8 (2)": [rows[i][::-1] for i in order]}))
    check_clean(counted)
    problem = one(counted, "sheet repeats another")
    assert (problem["sheet"], problem["n"]) == ("List 8 (2)", 2)
    assert counted.account["repeated"].sum() == 2


def test_lists_may_stand_in_several_workbooks(tmp_path: Path) -> None:
    rows = list_rows()
    write_book(tmp_path / "a.xlsx", {"List 8": rows[:2]})
    write_book(tmp_path / "b.xlsx", {"List 8": [rows[0], rows[2]]})
    check_clean(count(tmp_path))


@pytest.mark.parametrize("status", [" V2 ", "v2", "e) Accommodated under s.20", "Accomm. Sec 20"])
def test_padded_codes_and_other_spellings_are_recognised(tmp_path: Path, status: str) -> None:
    check_clean(count(write(tmp_path, list_rows(change(0, **{"Child's Legal Status": status})))))


def test_a_spelling_that_cannot_be_mapped_is_listed_not_guessed(tmp_path: Path) -> None:
    rows = list_rows(change(0, **{"Child's Legal Status": "S20 Short Breaks 75+ Nights"}))
    counted = count(write(tmp_path, rows))
    problem = one(counted, "unmapped value")
    assert "S20 Short Breaks 75+ Nights" in str(problem["found"])
    assert (problem["sheet"], problem["rows"]) == ("List 8", "row 2")
    row = counted.counts.query("measure == 'S1' and population == 'all' and breakdown == ''").iloc[
        0
    ]
    assert (row["numerator"], row["denominator"], row["excluded"]) == (0, 1, 1)


def test_whole_numbers_are_not_cut_and_their_bounds_fire(tmp_path: Path) -> None:
    rows = change(0, **{"Number of Placements in the Last 12 months": 3.9})
    rows[1]["Number of Placements in the Last 12 months"] = 61
    counted = count(write(tmp_path, list_rows(rows)))
    assert cell(counted, "cla_3placements") == 0
    assert one(counted, "no whole number")["rows"] == "row 2"
    assert one(counted, "outside limits")["rows"] == "row 3"
    rows[1]["Number of Placements in the Last 12 months"] = "60"
    assert cell(count(write(tmp_path, list_rows(rows))), "cla_3placements") == 1


def test_two_date_formats_day_first_and_impossible_dates(tmp_path: Path) -> None:
    rows = change(
        0,
        **{
            "Date Started to be Looked After": "15/01/2024",
            "Start date of current legal status": "2024-01-15",
            "Date of Last Social Work Visit": "31/02/2025",
        },
    )
    counted = count(write(tmp_path, list_rows(rows)))
    check_clean(counted)
    assert one(counted, "no date")["column"] == "Date of Last Social Work Visit"
    durations = counted.durations.query("measure == 'S6' and population == 'all'")
    assert durations["month"].tolist() == [14]  # 15 January 2024 to 31 March 2025


def test_an_unborn_child_without_birth_date_is_counted_and_said(tmp_path: Path) -> None:
    rows = list_rows(change(0, Date_of_Birth=None, Gender="c) Not stated/recorded (or unborn)"))
    counted = count(write(tmp_path, rows))
    check_clean(counted)
    assert one(counted, "no birth date")["n"] == 1


def test_a_row_that_names_nobody_is_left_out_and_said(tmp_path: Path) -> None:
    counted = count(write(tmp_path, list_rows(change(0, Child_Unique_ID=None))))
    assert one(counted, "no child")["rows"] == "row 2"
    assert cell(counted, "cla") == 1


def test_a_status_before_care_is_counted_from_the_start_of_care(tmp_path: Path) -> None:
    rows = change(0, **{"Start date of current legal status": dt.date(2015, 4, 3)})
    counted = count(write(tmp_path, list_rows(rows)))
    assert one(counted, "status before care")["n"] == 1
    assert counted.durations.query("population == 'all'")["month"].tolist() == [14]


def test_children_who_have_left_are_not_in_the_stock(tmp_path: Path) -> None:
    rows = change(0, **{"Date Ceased to be Looked After": dt.date(2025, 3, 31)})
    assert cell(count(write(tmp_path, list_rows(rows))), "cla") == 1
    rows = change(0, **{"Date Ceased to be Looked After": dt.date(2025, 4, 1)})
    assert cell(count(write(tmp_path, list_rows(rows))), "cla") == 2


def test_a_hidden_sheet_is_read_and_said(tmp_path: Path) -> None:
    write(tmp_path, list_rows(), **{"List 1": list_rows((), 1)})
    book = load_workbook(tmp_path / "annex_a.xlsx")
    book["List 8"].sheet_state = "hidden"
    book.save(tmp_path / "annex_a.xlsx")
    counted = count(tmp_path)
    check_clean(counted)
    assert one(counted, "hidden sheet")["sheet"] == "List 8"


def test_an_unreadable_workbook_is_said_and_the_others_are_read(tmp_path: Path) -> None:
    write(tmp_path, list_rows())
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 and then nothing")
    counted = count(tmp_path)
    check_clean(counted)
    assert one(counted, "unreadable file")["file"] == "broken.xlsx"
    assert "broken.xlsx" in set(counted.account["file"])


def test_a_sheet_that_is_no_list_is_named_and_accounted_for(tmp_path: Path) -> None:
    counted = count(write(tmp_path, list_rows(), Notes=[["Ask Jo"], ["about these"]]))
    assert one(counted, "unknown sheet")["sheet"] == "Notes"
    account = counted.account.query("sheet == 'Notes'").iloc[0]
    assert (account["rows_in"], account["unread"]) == (2, 2)


def test_every_list_is_recognised_by_its_headers_alone(tmp_path: Path) -> None:
    book = Workbook(write_only=True)
    for rule in reversed(load_lists()):
        sheet = book.create_sheet(f"Sheet{rule.number * 7}")
        sheet.append([column.name for column in rule.columns])
        sheet.append(["x"] * len(rule.columns))
    book.save(tmp_path / "annex_a.xlsx")
    counted = count(tmp_path)
    named = counted.account.set_index("sheet")["table"].to_dict()
    assert named == {f"Sheet{n * 7}": f"list {n}" for n in range(1, 12)}
    assert len(find(counted, "missing list")) == 0
    assert len(find(counted, "renamed column")) == 0
