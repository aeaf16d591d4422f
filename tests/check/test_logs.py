"""The query logs: what an officer opens, and nothing in it that can run."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from slinb.check import CheckResult, write_query_logs
from slinb.check.logs import say_total, write_text
from slinb.check.quarter import sort_queries
from slinb.schema import QUERIES
from tests.check.quarters import EAST, LUTON, MEASURES, QUARTER, THURROCK

LUTON_ONLY = [a for a in EAST if a.code == LUTON]


def build_query(**changes: str) -> dict[str, str]:
    return {
        "area": LUTON, "period": QUARTER.id, "measure": "caseload", "severity": "query",
        "rule": "jump", "file": "return_luton.xlsx", "sheet": "Front door", "cell": "E12",
        "sent": "312", "problem": "Luton: it jumped.", "action": "Check it.",
    } | changes  # fmt: skip


def write_log(folder: Path, *rows: dict[str, str]) -> list[list[object]]:
    """Write Luton's log and return its rows as they are read again."""
    (path,) = write_query_logs(
        QUERIES.from_rows(list(rows)), folder, LUTON_ONLY, MEASURES, stamp=QUARTER.end
    )
    sheet = load_workbook(path)["Queries"]
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_one_file_for_each_authority(planted_result: CheckResult, tmp_path: Path) -> None:
    paths = write_query_logs(planted_result.queries, tmp_path, EAST, MEASURES, stamp=QUARTER.end)
    assert [p.name for p in paths] == [f"queries-{a.slug}.xlsx" for a in EAST]
    rows = 0
    for path, area in zip(paths, EAST, strict=True):
        sheet = load_workbook(path)["Queries"]
        assert sheet["A2"].value == f"{area.name}, October to December 2025 (Q3 2025-26)"
        rows += sheet.max_row - 5
    assert rows == len(planted_result.queries)


def test_the_list_begins_with_what_is_gravest(tmp_path: Path) -> None:
    rows = write_log(
        tmp_path,
        build_query(severity="note", cell="E1"),
        build_query(cell="E12"),
        build_query(cell="E9"),
        build_query(sheet="Care", cell="E30"),
        build_query(severity="stop", cell="E40", measure=""),
    )
    assert rows[2][0] == (
        "1 to correct, 3 to confirm or correct, 1 for information. "
        "The list begins with what is gravest."
    )
    assert [row[:4] for row in rows[5:]] == [
        ["Please correct (not used until then)", "The whole return", "Front door", "E40"],
        ["Please confirm or correct", "Caseload", "Care", "E30"],
        ["Please confirm or correct", "Caseload", "Front door", "E9"],
        ["Please confirm or correct", "Caseload", "Front door", "E12"],
        ["For information", "Caseload", "Front door", "E1"],
    ]
    assert rows[5][4:8] == ["312", "Luton: it jumped.", "Check it.", None]


def test_nothing_to_mend(tmp_path: Path) -> None:
    rows = write_log(tmp_path)
    assert [row[0] for row in rows] == [
        "Queries on the quarterly return", "Luton", "There is nothing to mend. Thank you.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("severities", "words"),
    [
        (["note"], "There is nothing to mend. Thank you. 1 for information."),
        (["stop"], "1 to correct. The list begins with what is gravest."),
    ],
)
def test_the_total_in_words(severities: list[str], words: str) -> None:
    assert say_total(QUERIES.from_rows([build_query(severity=s) for s in severities])) == words


@pytest.mark.parametrize(
    ("text", "stored"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("+1+1", "'+1+1"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-5", "-5"),
        ("1,204", "1,204"),
        ("12 (est.)", "12 (est.)"),
        ("bell\x07", "bell"),
        ("", None),
    ],
)
def test_no_text_can_run_as_a_formula(tmp_path: Path, text: str, stored: str | None) -> None:
    workbook = Workbook()
    write_text(workbook.active["A1"], text)
    workbook.save(tmp_path / "one.xlsx")
    cell = load_workbook(tmp_path / "one.xlsx").active["A1"]
    assert (cell.value, cell.data_type) == (stored, "s" if stored else "n")


def test_every_column_of_a_log_is_safe(tmp_path: Path) -> None:
    evil = '=HYPERLINK("http://x","y")'
    write_log(
        tmp_path,
        build_query(sheet=evil, cell=evil, sent=evil, problem=evil, action=evil, measure=evil),
    )
    with zipfile.ZipFile(tmp_path / "queries-luton.xlsx") as made:
        sheets = [made.read(n).decode() for n in made.namelist() if "/sheet" in n]
    assert sheets
    assert not any("<f>" in sheet for sheet in sheets)


def test_a_log_carries_the_day_of_its_quarter_and_not_of_its_writing(tmp_path: Path) -> None:
    write_log(tmp_path, build_query())
    path = tmp_path / "queries-luton.xlsx"
    with zipfile.ZipFile(path) as made:
        assert {dt.date(*entry.date_time[:3]) for entry in made.infolist()} == {QUARTER.end}
    kept = load_workbook(path).properties
    assert {kept.created.date(), kept.modified.date()} == {QUARTER.end}


def test_what_concerns_no_authority_goes_to_the_regional_team(tmp_path: Path) -> None:
    queries = QUERIES.from_rows(
        [
            build_query(area="", sheet="", file="C:\\Users\\me\\mystery.xlsx", measure=""),
            build_query(area=THURROCK),
            build_query(period="2024-25", sheet="", cell="row 7", file="published.csv"),
        ]
    )
    paths = write_query_logs(queries, tmp_path / "new", LUTON_ONLY, MEASURES, stamp=QUARTER.end)
    assert [p.name for p in paths] == ["queries-luton.xlsx", "queries-regional-team.xlsx"]
    sheet = load_workbook(paths[1])["Queries"]
    files = [row[2].value for row in sheet.iter_rows(min_row=6)]
    assert files == ["mystery.xlsx", "published.csv", "Front door"]
    assert load_workbook(paths[0])["Queries"]["A3"].value == "There is nothing to mend. Thank you."


def test_rows_keep_all_columns_when_sorted() -> None:
    frame = QUERIES.from_rows([build_query(cell=c) for c in ("E12", "row 9", "", "AB2", "E2")])
    ordered = sort_queries(frame)
    assert sorted(ordered["cell"]) == sorted(frame["cell"])
    assert ordered["cell"].tolist().index("E2") < ordered["cell"].tolist().index("E12")
    assert isinstance(ordered, pd.DataFrame)
