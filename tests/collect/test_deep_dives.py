"""Deep-dive sheets read back: what comes through, and everything that can be wrong with them.

The sheets are written by hand here, from the layout, so that writer and reader are not only
tested against each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import Workbook

from slinb.catalogue.areas import load_areas
from slinb.catalogue.dives import load_dives
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.collect.deep_dives import DeepDives, read_deep_dives, read_dive
from slinb.collect.dive_layout import DIVE_VERSION
from slinb.collect.findings import RULES
from slinb.collect.layout import name_return
from slinb.collect.population import empty_population
from slinb.collect.returns import read_returns
from slinb.collect.template import build_template
from slinb.errors import ReturnError
from slinb.schema import DIVE_COUNTS, QUERIES

QUARTER = Period.parse("2025-26-Q3")
EAST = load_areas().authorities("E12000006")
LUTON = load_areas()["E06000032"]
DIVE = load_dives()["section20"]
MEASURES = list(load_measures().quarterly())
COUNT_FIELDS = (
    "measure", "item", "source", "window", "cohort", "population", "breakdown", "category",
    "across", "numerator", "denominator", "excluded", "why",
)  # fmt: skip
RISK_FIELDS = (
    "measure", "source", "cohort", "population", "month", "at_risk", "order", "home", "adult",
    "other",
)  # fmt: skip
DURATION_FIELDS = ("measure", "source", "population", "month", "n")
PRACTICE = ("question", "measure", "asked", "numerator", "of", "denominator", "records", "note")


def stock(population: str, n: int, of: int, out: int = 0) -> list[Any]:
    why = "aged 18 or over" if out else None
    return [
        "S1",
        "stock",
        "SSDA903",
        "snapshot",
        None,
        population,
        None,
        None,
        None,
        n,
        of,
        out,
        why,
    ]


def aged(category: str, n: int, of: int) -> list[Any]:
    row = ["S4", "stock", "SSDA903", "snapshot", None, "all", "age now", category, None]
    return [*row, n, of, 0, None]


COUNTS = [
    stock("all", 20, 100, 1),
    stock("UASC", 5, 8),
    stock("not UASC", 15, 92, 1),
    aged("10 to 15", 14, 20),
    aged("16 and 17", 6, 20),
]
RISK = [
    ["S9", "SSDA903", "2024-25-Q1", "all", 1, 10, 2, 1, 0, 0],
    ["S9", "SSDA903", "2024-25-Q1", "all", 2, 6, 0, 1, 0, 0],
    ["S9", "SSDA903", "2024-25-Q2", "all", 1, 4, 0, 0, 0, 0],
]
DURATIONS = [["S6", "SSDA903", "all", 0, 12], ["S6", "SSDA903", "all", 7, 8]]
ANSWERS: dict[str, tuple[Any, Any]] = {
    "agreement": (17, 20),
    "signed": (12, 17),
    "capacity": (11, 17),
    "interpreter": (3, 4),
    "legal_advice": (9, 20),
    "withdrawn": (4, 25),
    "withdrawn_home": (2, 4),
    "withdrawn_order": (1, 4),
    "withdrawn_again": (1, 4),
    "withdrawn_other": (0, 4),
    "letter": ("not collected", "not collected"),
}
SHEETS = {
    "counts": ("Section 20 counts", COUNT_FIELDS),
    "risk": ("Section 20 risk", RISK_FIELDS),
    "durations": ("Section 20 durations", DURATION_FIELDS),
    "practice": ("Practice", PRACTICE),
}
#: First row below the headings, as the sheet counts it.
TOP = 6
Change = Callable[[Workbook], object]


def list_answers(answers: dict[str, tuple[Any, Any]]) -> list[list[Any]]:
    empty = (None, None)
    return [
        [q.id, q.measure, "", answers.get(q.id, empty)[0], "", answers.get(q.id, empty)[1], "", ""]
        for q in DIVE.questions
    ]


def add_sheets(book: Workbook, area: str = LUTON.code, quarter: str = QUARTER.id) -> None:
    rows = {"counts": COUNTS, "risk": RISK, "durations": DURATIONS}
    bodies = {**rows, "practice": list_answers(ANSWERS)}
    for kind, (name, fields) in SHEETS.items():
        sheet = book.create_sheet(name)
        sheet.append([f"slinb!section20/{kind}", DIVE_VERSION, quarter, area, len(bodies[kind])])
        sheet.append([f"{name}: a title"])
        sheet.append(["advice"])
        sheet.append([f"slinb%{field}" for field in fields])
        sheet.append([field.capitalize() for field in fields])
        for row in bodies[kind]:
            sheet.append(row)


def read(folder: Path, change: Change | None = None) -> DeepDives:
    """Read the deep dive of one workbook, with something changed in it."""
    book = Workbook()
    add_sheets(book)
    if change:
        change(book)
    path = folder / "luton.xlsx"
    book.save(path)
    return read_dive(path, DIVE, LUTON, QUARTER)


def put(sheet: str, cell: str, content: object) -> Change:
    def change(book: Workbook) -> None:
        book[sheet][cell] = content

    return change


def ask(dives: DeepDives, rule: str) -> dict[str, str]:
    """Return the one query of a rule."""
    own = dives.queries[dives.queries["rule"] == rule]
    assert len(own) == 1, dives.queries[["rule", "problem"]].to_string()
    row = {str(k): str(v) for k, v in own.iloc[0].to_dict().items()}
    assert row["severity"] == RULES[rule]
    assert row["problem"]
    assert row["action"]
    assert (row["file"], row["area"], row["period"]) == ("luton.xlsx", LUTON.code, QUARTER.id)
    return row


def pick(frame: pd.DataFrame, **words: object) -> pd.DataFrame:
    for column, word in words.items():
        frame = frame[frame[column] == word]
    return frame


# What comes through ------------------------------------------------------------------------------


def test_counts_in_are_counts_read(tmp_path: Path) -> None:
    dives = read(tmp_path)
    own = dives.counts[dives.counts["source"] == "SSDA903"]
    found = own[list(COUNT_FIELDS)].to_numpy().tolist()
    assert found == [["" if c is None else c for c in row] for row in COUNTS]
    assert dives.risk[list(RISK_FIELDS)].to_numpy().tolist() == RISK
    assert dives.durations[list(DURATION_FIELDS)].to_numpy().tolist() == DURATIONS
    for frame in (dives.counts, dives.risk, dives.durations):
        assert set(frame["area"]) == {LUTON.code}
        assert set(frame["period"]) == {QUARTER.id}
        assert set(frame["dive"]) == {"section20"}
        assert set(frame["file"]) == {"luton.xlsx"}
    assert own.iloc[0][["sheet", "cell", "status"]].tolist() == [
        "Section 20 counts", f"J{TOP}:L{TOP}", "final",
    ]  # fmt: skip


def test_practice_answers_become_counts(tmp_path: Path) -> None:
    dives = read(tmp_path)
    own = dives.counts[dives.counts["source"] == "practice return"]
    assert len(own) == len(DIVE.questions)
    written = pick(own, item="written agreement held").iloc[0]
    assert written[["measure", "window", "population"]].tolist() == ["S18", "snapshot", "all"]
    assert written[["numerator", "denominator", "excluded"]].tolist() == [17, 20, 0]
    assert (written["status"], written["cell"]) == ("final", f"D{TOP}, F{TOP}")
    followed = pick(own, item="what followed the withdrawal")
    assert followed["category"].tolist() == [
        "went home", "order or proceedings", "agreed again", "something else",
    ]  # fmt: skip
    assert followed["numerator"].tolist() == [2, 1, 1, 0]
    assert pick(own, measure="S16")["status"].tolist() == ["not_collected"]
    assert pick(own, item="own consent recorded")["status"].tolist() == ["missing"]
    assert own.loc[own["status"] != "final", ["numerator", "denominator"]].isna().all(axis=None)


def test_a_tidy_workbook_asks_nothing(tmp_path: Path) -> None:
    dives = read(tmp_path)
    assert dives.queries["problem"].tolist() == []
    pd.testing.assert_frame_equal(dives.queries, QUERIES.conform(dives.queries))
    pd.testing.assert_frame_equal(dives.counts, DIVE_COUNTS.conform(dives.counts))


def test_columns_and_sheets_may_move(tmp_path: Path) -> None:
    """Known by their marks: a column inserted, a sheet renamed and moved, rows sorted."""

    def move(book: Workbook) -> None:
        sheet = book["Section 20 counts"]
        sheet.insert_cols(3)
        sheet.title = "S20 (final)"
        book.move_sheet(sheet, -2)
        cells = [list(row) for row in sheet.iter_rows(min_row=TOP, values_only=True)]
        for r, row in enumerate(reversed(cells), start=TOP):
            for c, content in enumerate(row, start=1):
                sheet.cell(r, c).value = content
        # The first row's stamps moved with the columns; put them back where the mark is.
        for c, content in enumerate((DIVE_VERSION, QUARTER.id, LUTON.code, len(COUNTS)), start=2):
            sheet.cell(1, c).value = content

    dives = read(tmp_path, move)
    assert dives.queries["problem"].tolist() == []
    own = dives.counts[dives.counts["source"] == "SSDA903"]
    assert own[list(COUNT_FIELDS)].to_numpy().tolist()[::-1] == [
        ["" if c is None else c for c in row] for row in COUNTS
    ]
    assert set(own["sheet"]) == {"S20 (final)"}


# Cells -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status", "rule"),
    [
        ("about 15", "unreadable", "unreadable_cell"),
        ("15%", "unreadable", "unreadable_cell"),
        (-15, "unreadable", "unreadable_cell"),
        (14.5, "unreadable", "unreadable_cell"),
        (True, "unreadable", "unreadable_cell"),
        ("#REF!", "unreadable", "unreadable_cell"),
        ("<5", "suppressed", "suppressed_cell"),
        ("c", "suppressed", "suppressed_cell"),
        (None, "missing", "unreadable_cell"),
    ],
)
def test_what_is_no_count_is_never_a_number(
    tmp_path: Path, content: object, status: str, rule: str
) -> None:
    dives = read(tmp_path, put("Section 20 counts", f"J{TOP + 2}", content))
    row = pick(dives.counts, measure="S1", population="not UASC").iloc[0]
    assert row["status"] == status
    assert math.isnan(row["numerator"])
    assert math.isnan(row["denominator"])
    asked = ask(dives, rule)
    assert (asked["sheet"], asked["cell"]) == ("Section 20 counts", f"J{TOP + 2}")


def test_a_number_written_as_text_is_read(tmp_path: Path) -> None:
    dives = read(tmp_path, put("Section 20 counts", f"J{TOP}", " 20 "))
    assert pick(dives.counts, measure="S1", population="all")["numerator"].tolist() == [20]
    assert dives.queries.empty


@pytest.mark.parametrize(
    ("cell", "content", "field"),
    [
        (f"A{TOP}", "S99", "measure"),
        (f"B{TOP}", "stocks", "item"),
        (f"F{TOP}", "A101", "population"),
        (f"E{TOP}", "03/04/2015", "cohort"),
        (f"E{TOP}", "2024-25", "cohort"),
        (f"H{TOP}", "<b>Tom</b>", "category"),
        (f"M{TOP}", "aged 18 or over; Tom", "why"),
    ],
)
def test_a_word_that_is_not_the_dives_own_is_not_read(
    tmp_path: Path, cell: str, content: str, field: str
) -> None:
    dives = read(tmp_path, put("Section 20 counts", cell, content))
    assert pick(dives.counts, measure="S1", population="all").empty
    asked = ask(dives, "dive_word_unknown")
    assert (asked["cell"], asked["sent"]) == (cell, content)
    assert field in asked["problem"]


def test_the_same_strange_word_is_asked_once(tmp_path: Path) -> None:
    def rename(book: Workbook) -> None:
        for row in range(TOP, TOP + 3):
            book["Section 20 counts"][f"C{row}"] = "SSDA 903"

    asked = ask(read(tmp_path, rename), "dive_word_unknown")
    assert "in 3 rows" in asked["problem"]


# Counts that contradict each other ---------------------------------------------------------------


def held(frame: pd.DataFrame) -> pd.DataFrame:
    own = frame[frame["status"] == "quarantined"]
    assert own[["numerator", "denominator", "excluded"]].isna().all(axis=None)
    return own


def test_a_part_above_its_whole_is_held_back(tmp_path: Path) -> None:
    def swap(book: Workbook) -> None:
        sheet = book["Section 20 counts"]
        for cell, content in ((f"J{TOP + 1}", 8), (f"K{TOP + 1}", 5)):
            sheet[cell] = content

    dives = read(tmp_path, swap)
    asked = ask(dives, "part_above_whole")
    assert asked["cell"] == f"J{TOP + 1}:L{TOP + 1}"
    assert "8 of 5" in asked["problem"]
    assert held(dives.counts)["population"].tolist() == ["UASC"]


def test_a_breakdown_that_does_not_add_up_is_held_back(tmp_path: Path) -> None:
    dives = read(tmp_path, put("Section 20 counts", f"J{TOP + 3}", 13))
    asked = ask(dives, "breakdown_sum")
    assert "add up to 19, their whole is 20" in asked["problem"]
    assert asked["cell"] == f"J{TOP + 3}:J{TOP + 4}"
    assert held(dives.counts)["measure"].tolist() == ["S4", "S4"]


def test_a_category_that_is_gone_shows_in_the_sum_and_in_the_rows(tmp_path: Path) -> None:
    dives = read(tmp_path, lambda book: book["Section 20 counts"].delete_rows(TOP + 4))
    assert "6 of" not in ask(dives, "breakdown_sum")["problem"]
    assert "1 of 5 rows" in ask(dives, "dive_rows_missing")["problem"]


def test_populations_that_do_not_add_up_are_held_back(tmp_path: Path) -> None:
    dives = read(tmp_path, put("Section 20 counts", f"J{TOP + 2}", 16))
    asked = ask(dives, "population_sum")
    assert asked["cell"] == f"J{TOP}:L{TOP}"
    assert held(dives.counts)["population"].tolist() == ["all", "UASC", "not UASC"]


@pytest.mark.parametrize(
    ("cell", "content"),
    [(f"F{TOP + 1}", 8), (f"G{TOP}", 12), (f"H{TOP + 1}", 7)],
)
def test_a_risk_table_that_cannot_be_is_held_back(tmp_path: Path, cell: str, content: int) -> None:
    """More at risk than stayed (8 > 10 - 3); more who left than were there."""
    dives = read(tmp_path, put("Section 20 risk", cell, content))
    assert "2024-25-Q1" in ask(dives, "risk_table")["problem"]
    status = dives.risk.set_index(["cohort", "month"])["status"].to_dict()
    assert status == {
        ("2024-25-Q1", 1): "quarantined",
        ("2024-25-Q1", 2): "quarantined",
        ("2024-25-Q2", 1): "final",
    }
    assert dives.risk.loc[dives.risk["status"] != "final", "at_risk"].isna().all()


def test_children_who_leave_follow_up_are_no_contradiction(tmp_path: Path) -> None:
    dives = read(tmp_path, put("Section 20 risk", f"F{TOP + 1}", 3))
    assert dives.queries.empty


def test_a_row_twice_is_read_once_and_a_contradiction_not_at_all(tmp_path: Path) -> None:
    dives = read(tmp_path, lambda book: book["Section 20 counts"].append(stock("UASC", 5, 8)))
    assert ask(dives, "dive_row_twice")["cell"] == f"J{TOP + 5}:L{TOP + 5}"
    assert pick(dives.counts, measure="S1", population="UASC")["numerator"].tolist() == [5]
    dives = read(tmp_path, lambda book: book["Section 20 counts"].append(stock("UASC", 6, 8)))
    row = pick(dives.counts, measure="S1", population="UASC").iloc[0]
    assert row["status"] == "unreadable"
    assert math.isnan(row["numerator"])


# The practice return -----------------------------------------------------------------------------


def answer(**answers: tuple[Any, Any]) -> Change:
    def change(book: Workbook) -> None:
        rows = {q.id: TOP + i for i, q in enumerate(DIVE.questions)}
        for question, (above, below) in answers.items():
            book["Practice"][f"D{rows[question]}"] = above
            book["Practice"][f"F{rows[question]}"] = below

    return change


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"signed": (12, 16)}, "the same as the 17 of “written agreement held”"),
        ({"interpreter": (3, 18)}, "at most the 17 of “written agreement held”"),
        ({"legal_advice": (9, 19)}, "differs from the 20 of “written agreement held”"),
        ({"withdrawn_other": (1, 4)}, "is not the 5 to which its categories add up"),
        ({"consent": (5, 7)}, "more than the 6 that the records count"),
    ],
)
def test_answers_that_disagree_are_asked_and_kept(
    tmp_path: Path, answers: dict[str, tuple[int, int]], said: str
) -> None:
    dives = read(tmp_path, answer(**answers))
    asked = ask(dives, "practice_disagrees")
    assert said in asked["problem"]
    assert asked["sheet"] == "Practice"
    own = dives.counts[dives.counts["source"] == "practice return"]
    assert (own["status"] == "quarantined").sum() == 0


def test_more_files_than_children_are_asked(tmp_path: Path) -> None:
    dives = read(tmp_path, answer(agreement=(17, 21), legal_advice=(9, 21)))
    problems = pick(dives.queries, rule="practice_disagrees")["problem"].tolist()
    assert len(problems) == 2
    assert all("more than the 20 that the records count" in p for p in problems)


def test_an_answer_above_its_whole_is_held_back(tmp_path: Path) -> None:
    dives = read(tmp_path, answer(signed=(18, 17)))
    assert ask(dives, "part_above_whole")["sheet"] == "Practice"
    assert held(dives.counts)["item"].tolist() == ["signed by all with parental responsibility"]


@pytest.mark.parametrize(
    ("answers", "rule", "status"),
    [
        ((17, None), "half_sent", "missing"),
        ((None, 20), "half_sent", "missing"),
        (("most", 20), "unreadable_cell", "unreadable"),
        ((16.5, 20), "unreadable_cell", "unreadable"),
        ((-1, 20), "unreadable_cell", "unreadable"),
        (("<5", 20), "suppressed_cell", "suppressed"),
        (("n/a", "n/a"), "unclear_word", "not_available"),
    ],
)
def test_an_answer_that_is_none_says_why(
    tmp_path: Path, answers: tuple[Any, Any], rule: str, status: str
) -> None:
    dives = read(tmp_path, answer(review_date=answers))
    row = pick(dives.counts, item="review date set").iloc[0]
    assert row["status"] == status
    assert math.isnan(row["numerator"])
    assert rule in set(dives.queries["rule"])


def test_a_question_that_is_gone_or_strange_is_said(tmp_path: Path) -> None:
    def spoil(book: Workbook) -> None:
        book["Practice"][f"A{TOP}"] = "agreements"

    dives = read(tmp_path, spoil)
    assert "written agreement held" in ask(dives, "dive_rows_missing")["problem"]
    assert "agreements" in ask(dives, "row_unknown")["problem"]


# Sheets ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SHEETS)
def test_a_sheet_that_is_gone_is_said_and_the_others_are_read(tmp_path: Path, kind: str) -> None:
    name = SHEETS[kind][0]
    dives = read(tmp_path, lambda book: book.remove(book[name]))
    asked = ask(dives, "dive_sheet_missing")
    assert asked["sheet"] == name
    sources = set(dives.counts["source"])
    assert dives.durations.empty == (kind == "durations")
    assert dives.risk.empty == (kind == "risk")
    assert ("SSDA903" not in sources) == (kind == "counts")
    assert ("practice return" not in sources) == (kind == "practice")


def test_a_return_without_any_such_sheet_is_asked_once(tmp_path: Path) -> None:
    path = tmp_path / "luton.xlsx"
    build_template(LUTON, QUARTER, MEASURES).save(path)
    dives = read_dive(path, DIVE, LUTON, QUARTER)
    assert "prepare-return" in ask(dives, "dive_missing")["action"]
    assert dives.counts.empty


def test_a_sheet_of_an_older_version_is_read_and_said(tmp_path: Path) -> None:
    dives = read(tmp_path, put("Section 20 counts", "B1", "2025.1"))
    assert "2025.1" in ask(dives, "dive_version")["problem"]
    assert len(pick(dives.counts, measure="S1")) == 3


def test_a_column_that_is_gone_takes_its_sheet_with_it(tmp_path: Path) -> None:
    dives = read(tmp_path, put("Section 20 counts", "K4", None))
    assert "denominator" in ask(dives, "dive_column_missing")["problem"]
    assert set(dives.counts["source"]) == {"practice return"}


@pytest.mark.parametrize(("cell", "content"), [("D1", "E06000055"), ("C1", "2025-26-Q2")])
def test_a_sheet_copied_from_another_return_is_not_read(
    tmp_path: Path, cell: str, content: str
) -> None:
    dives = read(tmp_path, put("Section 20 durations", cell, content))
    assert content in ask(dives, "dive_sheet_foreign")["problem"]
    assert dives.durations.empty
    assert len(dives.risk) == 3


def test_of_two_copies_that_differ_neither_is_read(tmp_path: Path) -> None:
    def copy(book: Workbook) -> None:
        book.copy_worksheet(book["Section 20 risk"])

    dives = read(tmp_path, copy)
    assert dives.queries.empty
    assert len(dives.risk) == 3

    def differ(book: Workbook) -> None:
        copy(book)
        book["Section 20 risk"][f"F{TOP}"] = 11

    dives = read(tmp_path, differ)
    assert "copies that differ" in ask(dives, "dive_sheet_twice")["problem"]
    assert dives.risk.empty


# A folder of returns -----------------------------------------------------------------------------


def write_return(folder: Path, name: str, received: str, share: int = 20) -> Path:
    book = build_template(LUTON, QUARTER, MEASURES)
    book["Cover"]["C11"] = received
    assert book["Cover"]["A11"].value == "slinb@submitted_on"
    add_sheets(book)
    book["Section 20 counts"][f"J{TOP}"] = share
    book["Section 20 counts"].delete_rows(TOP + 1, 2)
    path = folder / name
    book.save(path)
    return path


def test_the_return_that_counts_is_the_one_that_counts_for_the_measures(tmp_path: Path) -> None:
    """The later submission, whichever file name sorts last; handed in or worked out alike."""
    write_return(tmp_path, "return_2025-26-Q3_luton_v2.xlsx", "10/01/2026", 19)
    write_return(tmp_path, "return_2025-26-Q3_luton.xlsx", "20/01/2026", 18)
    areas = [LUTON]
    alone = read_deep_dives(tmp_path, QUARTER, areas)
    submissions = read_returns(tmp_path, QUARTER, areas, MEASURES, empty_population()).submissions
    given = read_deep_dives(tmp_path, QUARTER, areas, submissions=submissions)
    for dives in (alone, given):
        own = pick(dives.counts, measure="S1", population="all")
        assert own["numerator"].tolist() == [18]
        assert set(dives.counts["file"]) == {"return_2025-26-Q3_luton.xlsx"}


def test_the_readers_of_the_measures_do_not_see_the_sheets(tmp_path: Path) -> None:
    with_sheets, without = tmp_path / "with", tmp_path / "without"
    for folder in (with_sheets, without):
        folder.mkdir()
    name = name_return(LUTON, QUARTER)
    write_return(with_sheets, name, "20/01/2026")
    book = build_template(LUTON, QUARTER, MEASURES)
    book["Cover"]["C11"] = "20/01/2026"
    book.save(without / name)
    one, other = (
        read_returns(folder, QUARTER, [LUTON], MEASURES, empty_population())
        for folder in (with_sheets, without)
    )
    pd.testing.assert_frame_equal(one.observations, other.observations)
    pd.testing.assert_frame_equal(one.queries, other.queries)
    pd.testing.assert_frame_equal(one.submissions, other.submissions)


def test_missing_and_refused_returns_give_nothing(tmp_path: Path) -> None:
    (tmp_path / "return_2025-26-Q3_luton.xlsx").write_bytes(b"nothing")
    dives = read_deep_dives(tmp_path, QUARTER, EAST)
    assert dives.counts.empty
    assert dives.queries.empty  # the reader of the returns asks
    with pytest.raises(ReturnError, match="no folder"):
        read_deep_dives(tmp_path / "none", QUARTER, EAST)
