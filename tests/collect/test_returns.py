from __future__ import annotations

import datetime as dt
import io
import math
import os
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from slinb.catalogue.areas import load_areas
from slinb.catalogue.periods import Period
from slinb.collect.findings import RULES
from slinb.collect.flat import NEEDED_COLUMNS, OTHER_COLUMNS
from slinb.collect.layout import COLUMN_INDEX, COVER, ID_ROW, TEMPLATE_VERSION, name_return
from slinb.collect.returns import SAMPLE_MARKER, is_sample, read_returns
from slinb.errors import ReturnError
from slinb.schema import OBSERVATIONS, QUERIES, SUBMISSIONS

from .returns_kit import (
    BEDFORD,
    EAST,
    FIGURES,
    LAYOUT,
    LUTON,
    LUTON_CHILDREN,
    MEASURES,
    QUARTER,
    locate,
    population,
    put,
    put_cover,
    query,
    read,
    row,
    rules,
    write_return,
)

FRONT_DOOR = "Front door"


def read_folder(folder: Path):  # type: ignore[no-untyped-def]  # ReturnsRead
    return read_returns(folder, QUARTER, EAST, MEASURES, population())


def test_what_is_typed_comes_back_with_its_cell(tmp_path: Path) -> None:
    path = write_return(tmp_path)
    result = read(path)
    assert rules(result) == []
    assert list(result.observations["measure"]) == [m.id for m in MEASURES]
    assert set(result.observations["status"]) == {"provisional"}
    for measure in MEASURES:
        found = row(result, measure.id)
        for part in LAYOUT.line(measure.id).typed:
            assert found[part] == FIGURES[measure.id, part]
        first = LAYOUT.line(measure.id).place("value" if measure.kind == "value" else "numerator")
        assert (found["sheet"], found["cell"].split(":")[0]) == (first.sheet, first.cell)
        assert found["file"] == "return_2025-26-Q3_luton.xlsx"
    rereferrals = row(result, "rereferrals_pct")
    assert rereferrals["cell"] == "E6:F6"
    assert rereferrals["sent"] == "312 / 1151"
    assert rereferrals["denominator"] == 1151
    assert rereferrals["value"] == pytest.approx(100 * 312 / 1151)
    assert rereferrals["publisher"] == "Luton"
    assert rereferrals["release"] == "2025-26-Q3 return of 2026-01-20"
    assert rereferrals["table"] == "quarterly return"


def test_rates_stand_on_the_published_population(tmp_path: Path) -> None:
    result = read(write_return(tmp_path))
    rate = row(result, "referrals_rate")
    assert (rate["numerator"], rate["denominator"]) == (1151, LUTON_CHILDREN)
    assert rate["value"] == pytest.approx(10_000 * 1151 / LUTON_CHILDREN)
    assert (rate["sent"], rate["cell"]) == ("1151", "E5")


def test_frames_obey_their_schemas(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("nfa_pct", "numerator"): "abc"}))
    for frame, schema in (
        (result.observations, OBSERVATIONS),
        (result.submissions, SUBMISSIONS),
        (result.queries, QUERIES),
    ):
        pd.testing.assert_frame_equal(frame, schema.conform(frame))


def test_the_cover_becomes_the_submission(tmp_path: Path) -> None:
    submission = read(write_return(tmp_path)).submissions.iloc[0]
    assert submission["area"] == LUTON.code
    assert submission["received"] == "2026-01-20"
    assert submission["role"] == "Head of performance"
    assert submission["template"] == TEMPLATE_VERSION
    assert submission["outcome"] == "used"
    assert submission["values_in"] == len(MEASURES)
    assert submission["narrative"] == (
        "What changed this quarter? Little.\nWhy, as far as you know? A calm autumn."
    )


@pytest.mark.parametrize(
    "day", ["2026-01-20", "20/01/2026", dt.date(2026, 1, 20), dt.datetime(2026, 1, 20, 10)]
)
def test_dates_of_every_kind_are_read(tmp_path: Path, day: object) -> None:
    result = read(write_return(tmp_path, cover={"submitted_on": day}))
    assert result.submissions.iloc[0]["received"] == "2026-01-20"


@pytest.mark.parametrize("day", [None, "next week", "01/20/2026"])
def test_a_return_without_a_date_is_read_and_asked(tmp_path: Path, day: object) -> None:
    result = read(write_return(tmp_path, cover={"submitted_on": day}))
    assert query(result, "undated_return")["sheet"] == "Cover"
    assert result.submissions.iloc[0]["received"] == ""
    assert row(result, "nfa_pct")["release"] == "2025-26-Q3 return, undated"


def test_a_return_after_the_due_day_is_late_and_used(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, cover={"submitted_on": "01/02/2026"}))
    assert result.submissions.iloc[0]["outcome"] == "late"
    assert len(result.observations) == len(MEASURES)


def test_notes_come_with_their_figure(tmp_path: Path) -> None:
    path = write_return(tmp_path, change=lambda w: put(w, "nfa_pct", "note", "New system."))
    assert row(read(path), "nfa_pct")["note"] == "New system."


# Cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "status", "rule", "severity"),
    [
        ("n/a", "not_available", "unclear_word", "note"),
        ("<5", "suppressed", "suppressed_cell", "query"),
        ("c", "suppressed", "suppressed_cell", "query"),
        ("12 (est.)", "estimated", "estimated_value", "note"),
        ("34%", "unreadable", "unreadable_cell", "stop"),
        ("see note", "unreadable", "unreadable_cell", "stop"),
        ("#REF!", "unreadable", "unreadable_cell", "stop"),
        (dt.date(2026, 4, 3), "unreadable", "unreadable_cell", "stop"),
    ],
)
def test_odd_contents_keep_their_text_and_are_asked_about_once(
    tmp_path: Path, content: object, status: str, rule: str, severity: str
) -> None:
    result = read(write_return(tmp_path, {("nfa_pct", "numerator"): content}))
    found, asked = row(result, "nfa_pct"), query(result, rule)
    assert found["status"] == status
    assert str(content) in found["sent"]
    assert (asked["file"], asked["sheet"], asked["cell"]) == (
        "return_2025-26-Q3_luton.xlsx",
        *locate("nfa_pct", "numerator"),
    )
    assert (asked["severity"], asked["measure"]) == (severity, "nfa_pct")
    assert asked["problem"]
    assert asked["action"]
    assert rules(result) == [rule]
    if status != "estimated":
        assert math.isnan(found["value"])
        assert math.isnan(found["numerator"])
    others = result.observations[result.observations["measure"] != "nfa_pct"]
    assert set(others["status"]) == {"provisional"}


@pytest.mark.parametrize("word", ["not available", "not collected", "not applicable"])
def test_the_words_of_the_template_are_taken_without_a_question(tmp_path: Path, word: str) -> None:
    result = read(write_return(tmp_path, {("nfa_pct", "numerator"): word}))
    assert row(result, "nfa_pct")["status"] == word.replace(" ", "_")
    assert rules(result) == []


@pytest.mark.parametrize(
    ("content", "number"),
    [("1,204", 1204), ("007", 7), ("1\u00a0204", 1204), (-5, -5), (12.5, 12.5), (1e12, 1e12)],
)
def test_numbers_are_kept_whether_plausible_or_not(
    tmp_path: Path, content: object, number: float
) -> None:
    result = read(write_return(tmp_path, {("nfa_pct", "numerator"): content}))
    assert row(result, "nfa_pct")["numerator"] == number
    assert rules(result) == []


def test_a_numerator_above_its_denominator_is_kept_for_the_checks(tmp_path: Path) -> None:
    found = row(read(write_return(tmp_path, {("reviews_pct", "numerator"): 300})), "reviews_pct")
    assert (found["numerator"], found["denominator"], found["value"]) == (300, 100, 300)


def test_a_percentage_sent_as_a_decimal_is_kept_for_the_checks(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("gap_pct", "value"): 0.27}))
    assert row(result, "gap_pct")["value"] == 0.27


def test_a_percent_sign_is_read_where_a_percentage_is_asked_for(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("gap_pct", "value"): "27%"}))
    assert row(result, "gap_pct")["value"] == 27


def test_zero_over_zero_has_counts_and_no_value(tmp_path: Path) -> None:
    figures = {("reviews_pct", "numerator"): 0, ("reviews_pct", "denominator"): 0}
    found = row(read(write_return(tmp_path, figures)), "reviews_pct")
    assert (found["numerator"], found["denominator"], found["status"]) == (0, 0, "provisional")
    assert math.isnan(found["value"])


def test_an_empty_cell_is_missing_and_zero_is_zero(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("rereferrals_pct", "numerator"): None}))
    empty, zero = row(result, "rereferrals_pct"), row(result, "nfa_pct")
    assert (empty["status"], empty["sent"]) == ("missing", "")
    assert math.isnan(empty["numerator"])
    assert math.isnan(empty["denominator"])
    assert (zero["status"], zero["numerator"], zero["value"]) == ("provisional", 0, 0)
    assert result.submissions.iloc[0]["values_in"] == len(MEASURES) - 1


def test_half_a_pair_is_asked_for(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("reviews_pct", "denominator"): None}))
    found, asked = row(result, "reviews_pct"), query(result, "half_sent")
    assert (found["status"], found["sent"]) == ("missing", "90 / (empty)")
    assert asked["cell"] == locate("reviews_pct", "denominator")[1]
    assert "number of review_due" in asked["action"]


# Counts that stand in several rows ------------------------------------------------------------


def test_a_shared_count_comes_from_the_cell_where_it_is_typed(tmp_path: Path) -> None:
    """The template's formulas were never calculated here; the reader resolves them itself."""
    result = read(write_return(tmp_path))
    assert row(result, "nfa_pct")["denominator"] == 1151
    assert row(result, "s20_pct")["denominator"] == 60


def test_a_calculated_formula_says_the_same(tmp_path: Path) -> None:
    plain = read(write_return(tmp_path))
    results = {("rereferrals_pct", "denominator"): 1151, ("s20_pct", "denominator"): 60}
    calculated = read(write_return(tmp_path, results))
    pd.testing.assert_frame_equal(plain.observations, calculated.observations)


def test_a_shared_count_that_was_typed_over_is_kept(tmp_path: Path) -> None:
    found = row(read(write_return(tmp_path, {("nfa_pct", "denominator"): 1100})), "nfa_pct")
    assert (found["denominator"], found["sent"]) == (1100, "0 / 1100")


def test_a_shared_count_that_cannot_be_read_is_asked_about_where_it_stands(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("referrals_rate", "numerator"): "many"}))
    assert rules(result) == ["unreadable_cell"]
    assert query(result, "unreadable_cell")["measure"] == "referrals_rate"
    assert row(result, "nfa_pct")["status"] == "unreadable"
    assert row(result, "nfa_pct")["sent"] == "0 / many"


def test_an_estimated_denominator_makes_an_estimate(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("referrals_rate", "numerator"): "1151 (est.)"}))
    assert row(result, "rereferrals_pct")["status"] == "estimated"
    assert rules(result) == ["estimated_value"]


# Formulas and merged cells ----------------------------------------------------------------------


def edit_part(path: Path, sheet: int, change: Callable[[bytes], bytes]) -> Path:
    """Change a sheet's XML as another program would have written it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == f"xl/worksheets/sheet{sheet}.xml":
                changed = change(content)
                assert changed != content
                content = changed
            new.writestr(entry, content)
    path.write_bytes(buffer.getvalue())
    return path


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!"])
def test_a_formula_that_ended_in_an_error_is_not_an_empty_cell(tmp_path: Path, error: str) -> None:
    sheet, cell = locate("nfa_pct", "numerator")
    path = write_return(tmp_path, {("nfa_pct", "numerator"): "=A1/A2"})
    formula, failed = rb"<f>A1/A2</f><v( ?/>|></v>)", f"<f>A1/A2</f><v>{error}</v>".encode()

    def fail(xml: bytes) -> bytes:
        typed = xml.replace(f'<c r="{cell}"'.encode(), f'<c t="e" r="{cell}"'.encode())
        assert re.search(formula, typed)  # with lxml an empty element is written otherwise
        return re.sub(formula, failed, typed)

    edit_part(path, 3, fail)
    result = read(path)
    assert row(result, "nfa_pct")["status"] == "unreadable"
    asked = query(result, "unreadable_cell")
    assert (asked["sheet"], asked["cell"], asked["sent"]) == (sheet, cell, error)
    assert "formula" in asked["problem"]


def test_a_formula_that_was_never_calculated_is_not_an_empty_cell(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("nfa_pct", "numerator"): "=SUM(A1:A3)"}))
    assert row(result, "nfa_pct")["status"] == "unreadable"
    assert "never calculated" in query(result, "unreadable_cell")["problem"]
    assert query(result, "unreadable_cell")["sent"] == "=SUM(A1:A3)"


def test_merged_number_cells_are_refused_once(tmp_path: Path) -> None:
    path = write_return(tmp_path, change=lambda w: w["Looked after"].merge_cells("E5:F5"))
    result = read(path)
    asked = query(result, "merged_cell")
    assert row(result, "reviews_pct")["status"] == "unreadable"
    assert row(result, "reviews_pct")["sent"] == "90"
    assert "E5:F5" in asked["problem"]
    assert (asked["severity"], asked["sheet"], asked["cell"]) == ("stop", "Looked after", "E5")


def test_cells_merged_over_two_rows_are_refused_in_both(tmp_path: Path) -> None:
    path = write_return(tmp_path, change=lambda w: w[FRONT_DOOR].merge_cells("E6:E7"))
    result = read(path)
    assert row(result, "rereferrals_pct")["status"] == "unreadable"
    assert row(result, "nfa_pct")["status"] == "unreadable"
    assert rules(result) == ["merged_cell", "merged_cell"]


# Moved, renamed, copied, deleted ------------------------------------------------------------------


def unlink(sheet: str) -> Callable[[Workbook], None]:
    """Take a sheet's formulas out, which openpyxl does not move with their cells."""

    def change(workbook: Workbook) -> None:
        for cells in workbook[sheet].iter_rows():
            for cell in cells:
                if str(cell.value).startswith("="):
                    cell.value = None

    return change


@pytest.mark.parametrize(
    ("move", "cell"),
    [
        (lambda s: s.insert_rows(2, 3), "E9:F9"),
        (lambda s: s.insert_cols(2, 2), "G6:H6"),
        (lambda s: s.insert_cols(6), "E6, G6"),
    ],
)
def test_inserted_rows_and_columns_do_no_harm(
    tmp_path: Path, move: Callable[..., None], cell: str
) -> None:
    def change(workbook: Workbook) -> None:
        unlink(FRONT_DOOR)(workbook)
        move(workbook[FRONT_DOOR])

    result = read(write_return(tmp_path, change=change))
    found = row(result, "rereferrals_pct")
    assert (found["numerator"], found["denominator"], found["cell"]) == (312, 1151, cell)
    assert rules(result) == []


def test_columns_that_changed_places_are_found(tmp_path: Path) -> None:
    def swap(workbook: Workbook) -> None:
        sheet = workbook["Looked after"]
        for r in range(3, sheet.max_row + 1):
            left, right = sheet.cell(r, 5), sheet.cell(r, 6)
            left.value, right.value = right.value, left.value

    found = row(read(write_return(tmp_path, change=swap)), "reviews_pct")
    assert (found["numerator"], found["denominator"], found["cell"]) == (90, 100, "F5, E5")


def test_renamed_headings_and_sheets_do_no_harm(tmp_path: Path) -> None:
    def rename(workbook: Workbook) -> None:
        workbook[FRONT_DOOR]["E4"] = "Top number"
        workbook[FRONT_DOOR].title = "MASH"
        workbook[COVER].title = "Title page"

    result = read(write_return(tmp_path, change=rename))
    assert row(result, "nfa_pct")["sheet"] == "MASH"
    assert set(result.observations["status"]) == {"provisional"}
    assert rules(result) == []


def test_a_column_without_its_mark_is_found_by_its_heading(tmp_path: Path) -> None:
    path = write_return(tmp_path, change=lambda w: w[FRONT_DOOR].delete_rows(ID_ROW + 1))
    result = read(path)
    assert row(result, "rereferrals_pct")["numerator"] == 312
    assert set(rules(result)) == {"column_renamed"}


def test_a_column_that_cannot_be_found_is_no_empty_column(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        sheet = workbook["Looked after"]
        sheet.cell(ID_ROW + 1, COLUMN_INDEX["numerator"] + 1).value = None
        sheet["E4"] = "Top number"

    result = read(write_return(tmp_path, change=change))
    asked = query(result, "column_missing")
    assert (asked["sheet"], asked["severity"]) == ("Looked after", "stop")
    assert "Numerator" in asked["problem"]
    assert row(result, "reviews_pct")["status"] == "unreadable"
    assert row(result, "starts_rate")["status"] == "unreadable"
    assert row(result, "nfa_pct")["status"] == "provisional"


def test_a_copied_column_is_not_guessed_at(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        sheet = workbook["Looked after"]
        for r in range(1, sheet.max_row + 1):
            sheet.cell(r, 12).value = sheet.cell(r, 5).value

    result = read(write_return(tmp_path, change=change))
    assert query(result, "column_twice")["cell"] == "E3, L3"
    assert row(result, "reviews_pct")["status"] == "unreadable"


def test_a_deleted_row_and_a_deleted_sheet_are_named(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook["Looked after"].delete_rows(5)
        del workbook["Workforce"]

    result = read(write_return(tmp_path, change=change))
    asked = result.queries[result.queries["rule"] == "row_missing"]
    assert set(asked["measure"]) == {"reviews_pct", "caseload"}
    assert row(result, "caseload")["status"] == "missing"
    assert len(result.observations) == len(MEASURES)


def test_a_row_whose_mark_is_gone_is_not_dropped_in_silence(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        workbook["Looked after"]["A5"] = None

    result = read(write_return(tmp_path, change=change))
    asked = query(result, "row_without_id")
    assert (asked["cell"], asked["sent"]) == ("row 5", "90 / 100")
    assert query(result, "row_missing")["measure"] == "reviews_pct"


def test_a_row_of_an_unknown_measure_is_named(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        sheet = workbook["Workforce"]
        sheet["A9"], sheet["E9"] = "slinb:contented_children", 77

    asked = query(read(write_return(tmp_path, change=change)), "row_unknown")
    assert (asked["sheet"], asked["sent"]) == ("Workforce", "77")
    assert "contented_children" in asked["problem"]


def copy_sheet(**cells: object) -> Callable[[Workbook], None]:
    def change(workbook: Workbook) -> None:
        copy = workbook.copy_worksheet(workbook["Looked after"])
        for cell, content in cells.items():
            copy[cell] = content

    return change


def test_a_copied_sheet_that_says_the_same_is_read_once(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, change=copy_sheet()))
    assert set(rules(result)) == {"row_repeated"}
    assert row(result, "reviews_pct")["numerator"] == 90


def test_an_empty_copy_does_not_hide_the_figures(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        copy = workbook.copy_worksheet(workbook["Looked after"])
        workbook.move_sheet(copy, -10)
        copy["E5"] = copy["F5"] = None

    result = read(write_return(tmp_path, change=change))
    assert row(result, "reviews_pct")["numerator"] == 90


def test_copies_that_differ_are_not_guessed_at(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, change=copy_sheet(E5=91)))
    asked = query(result, "row_twice")
    assert row(result, "reviews_pct")["status"] == "unreadable"
    assert (asked["severity"], asked["sent"]) == ("stop", "90 / 100; 91 / 100")
    assert "“Looked after Copy” E5:F5" in asked["problem"]
    assert row(result, "sdq")["status"] == "provisional"


def test_a_figure_where_none_is_asked_for_is_named(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("reviews_pct", "value"): 90}))
    asked = query(result, "figure_not_wanted")
    assert (asked["measure"], asked["sent"]) == ("reviews_pct", "90")
    assert row(result, "reviews_pct")["value"] == 90


def test_a_changed_population_is_said_and_not_used(tmp_path: Path) -> None:
    result = read(write_return(tmp_path, {("referrals_rate", "denominator"): 70_000}))
    assert row(result, "referrals_rate")["denominator"] == LUTON_CHILDREN
    assert query(result, "population_changed")["sent"] == "70000"


def test_without_a_published_population_the_workbooks_own_is_used(tmp_path: Path) -> None:
    other = population(E06000055=1.0)
    result = read(write_return(tmp_path), population=other)
    assert row(result, "referrals_rate")["denominator"] == LUTON_CHILDREN
    empty = write_return(tmp_path, {("referrals_rate", "denominator"): None}, name="b.xlsx")
    assert query(read(empty, population=other), "population_missing")["cell"] == "F5"


# Versions of the template ------------------------------------------------------------------------


def test_an_older_template_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    def change(workbook: Workbook) -> None:
        put_cover(workbook, "template", "2024.2")
        del workbook["Workforce"]

    result = read(write_return(tmp_path, change=change))
    asked = query(result, "old_template")
    assert "2024.2" in asked["problem"]
    assert "Title of caseload" in asked["problem"]
    assert rules(result) == ["old_template"]  # one question, not one for each row
    assert row(result, "caseload")["status"] == "missing"
    assert row(result, "nfa_pct")["status"] == "provisional"


def test_a_workbook_without_any_mark_is_refused(tmp_path: Path) -> None:
    workbook = Workbook()
    workbook.active["A1"] = "Referrals"
    workbook.active["B1"] = 312
    workbook.save(tmp_path / "Luton Q3.xlsx")
    result = read(tmp_path / "Luton Q3.xlsx")
    asked = query(result, "refused_file")
    assert "not made from the template" in asked["problem"]
    assert asked["area"] == LUTON.code  # told by the file's name
    assert result.observations.empty


# Whose it is, and of when ------------------------------------------------------------------------


def refusal(result: object, rule: str) -> pd.Series:
    asked = query(result, rule)  # type: ignore[arg-type]
    assert asked["severity"] == "stop"
    assert asked["file"]
    assert asked["action"]
    assert result.observations.empty  # type: ignore[attr-defined]
    assert result.submissions.iloc[0]["outcome"] == "refused"  # type: ignore[attr-defined]
    return asked


def test_another_quarter_inside_is_refused(tmp_path: Path) -> None:
    path = write_return(tmp_path, quarter=QUARTER.previous(), name=name_return(LUTON, QUARTER))
    asked = refusal(read(path), "wrong_quarter")
    assert "2025-26-Q2" in asked["problem"]
    assert "return_2025-26-Q3_luton.xlsx" in asked["action"]


@pytest.mark.parametrize("said", ["Q3", None, "2024-26-Q3", "2024-25"])
def test_what_is_no_quarter_is_refused(tmp_path: Path, said: object) -> None:
    path = write_return(tmp_path, change=lambda w: put_cover(w, "quarter", said))
    refusal(read(path), "wrong_quarter")


def test_a_quarter_in_another_spelling_is_the_quarter(tmp_path: Path) -> None:
    path = write_return(tmp_path, change=lambda w: put_cover(w, "quarter", "2025-26 q3"))
    assert rules(read(path)) == []


def test_another_authority_inside_is_refused(tmp_path: Path) -> None:
    path = write_return(tmp_path, area=BEDFORD, name=name_return(LUTON, QUARTER))
    asked = refusal(read(path), "wrong_authority")
    assert "named after Luton" in asked["problem"]
    assert "says Bedford" in asked["problem"]
    assert asked["area"] == LUTON.code


def test_central_bedfordshire_is_not_bedford(tmp_path: Path) -> None:
    central = load_areas()["E06000056"]
    result = read(write_return(tmp_path, area=central))
    assert result.submissions.iloc[0]["area"] == central.code
    assert "wrong_authority" not in rules(result)


@pytest.mark.parametrize(
    ("code", "name", "rule", "word"),
    [
        ("E06000055", "Luton", "wrong_authority", "code of Bedford and the name of Luton"),
        ("E99999999", "Luton", "wrong_authority", "no English authority"),
        (None, None, "wrong_authority", "names no authority"),
        (None, "Bedford and Luton", "wrong_authority", "joint service"),
        (None, "Luton/Bedford", "wrong_authority", "joint service"),
        ("E12000006", None, "wrong_authority", "no English authority"),
        ("E10000021", None, "abolished_authority", "West Northamptonshire"),
        ("E06000052", "Cornwall", "outside_region", "Cornwall"),
    ],
)
def test_authorities_that_cannot_be_are_refused_with_a_reason(
    tmp_path: Path, code: object, name: object, rule: str, word: str
) -> None:
    def change(workbook: Workbook) -> None:
        put_cover(workbook, "area_code", code)
        put_cover(workbook, "area_name", name)

    asked = refusal(read(write_return(tmp_path, change=change, name="q3.xlsx")), rule)
    assert word in asked["problem"]


@pytest.mark.parametrize("name", ["Southend on Sea", "southend-on-sea", "Southend"])
def test_known_spellings_of_a_name_are_enough(tmp_path: Path, name: str) -> None:
    def change(workbook: Workbook) -> None:
        put_cover(workbook, "area_code", None)
        put_cover(workbook, "area_name", name)

    result = read(write_return(tmp_path, change=change, name="q3.xlsx"))
    assert result.submissions.iloc[0]["area"] == "E06000033"


# Files that are no workbook ----------------------------------------------------------------------

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\0" * 600, "empty"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "password"),
        (OLE + b"\0" * 600 + b"Workbook", "old Excel format"),
        (b"<html><table><tr><td>312</td></tr></table></html>", "HTML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "HTML or XML"),
        (b"la_code,period\nE06000032,2025-26Q3\n", "CSV"),
        (b"\x89PNG\r\n", "no Excel workbook"),
    ],
)
def test_files_that_only_claim_to_be_workbooks_are_refused(
    tmp_path: Path, content: bytes, word: str
) -> None:
    path = tmp_path / "return_2025-26-Q3_luton.xlsx"
    path.write_bytes(content)
    asked = refusal(read(path), "refused_file")
    assert word in asked["problem"]
    assert asked["area"] == LUTON.code


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_truncated_workbook_is_refused(tmp_path: Path, part: float) -> None:
    path = write_return(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    assert "damaged" in refusal(read(path), "refused_file")["problem"]


def test_a_damaged_workbook_is_refused(tmp_path: Path) -> None:
    path = write_return(tmp_path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = b"\xff" * 40
    path.write_bytes(bytes(content))
    refusal(read(path), "refused_file")


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "luton.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("letter.txt", "Dear all")
    assert "zip file" in refusal(read(path), "refused_file")["problem"]


@pytest.mark.parametrize("sheet", [1, 3])
def test_broken_xml_inside_is_refused(tmp_path: Path, sheet: int) -> None:
    path = edit_part(write_return(tmp_path), sheet, lambda xml: xml[: len(xml) // 2])
    refusal(read(path), "refused_file")


# The flat return ---------------------------------------------------------------------------------

FLAT_ROWS = {
    "referrals_rate": {"numerator": "1,151"},
    "rereferrals_pct": {"numerator": "312", "denominator": "1151", "dq_note": "São Tomé’s café"},
    "sdq": {"value": "14.2", "value_status": "final"},
    "caseload": {"value_status": "not_collected"},
    "s20_pct": {"numerator": "21", "denominator": "60", "value_status": "estimated"},
}


def write_flat(
    folder: Path,
    rows: dict[str, dict[str, str]] = FLAT_ROWS,
    *,
    encoding: str = "utf-8",
    columns: list[str] | None = None,
    separator: str = ",",
    name: str = "luton.csv",
) -> Path:
    names = columns or [*OTHER_COLUMNS, *NEEDED_COLUMNS]  # not the order of the guide
    lines = [separator.join(names)]
    for measure, given in rows.items():
        full = {
            "la_code": "E06000032",
            "period": "2025-26Q3",
            "measure_id": measure,
            "submitted_on": "20/01/2026",
            "submitted_by_role": "Head of data",
        } | given
        lines.append(separator.join(f'"{full.get(n, "")}"' for n in names))
    path = folder / name
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_flat_return_is_read_in_every_common_encoding(tmp_path: Path, encoding: str) -> None:
    rows = FLAT_ROWS
    if encoding != "cp1252":
        rows = FLAT_ROWS | {"nfa_pct": {"numerator": "0", "denominator": "1151", "dq_note": "Łódź"}}
    result = read(write_flat(tmp_path, rows, encoding=encoding))
    found = row(result, "rereferrals_pct")
    assert found["value"] == pytest.approx(100 * 312 / 1151)
    assert found["note"] == "São Tomé’s café"
    assert (found["sheet"], found["cell"], found["status"]) == ("", "row 3", "provisional")
    assert row(result, "referrals_rate")["denominator"] == LUTON_CHILDREN
    assert row(result, "sdq")["status"] == "final"
    assert row(result, "caseload")["status"] == "not_collected"
    assert row(result, "s20_pct")["status"] == "estimated"
    submission = result.submissions.iloc[0]
    assert (submission["received"], submission["role"]) == ("2026-01-20", "Head of data")
    absent = {"nfa_pct"} if encoding == "cp1252" else set()
    asked = result.queries[result.queries["rule"] == "row_missing"]
    assert set(asked["measure"]) == {"reviews_pct", "starts_rate", "gap_pct"} | absent


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_read(tmp_path: Path, separator: str) -> None:
    result = read(write_flat(tmp_path, separator=separator))
    assert row(result, "sdq")["value"] == 14.2


@pytest.mark.parametrize(
    ("rows", "rule", "cell"),
    [
        ({"nfa_pct": {"numerator": "<5", "denominator": "9"}}, "suppressed_cell", "row 2"),
        ({"nfa_pct": {"value": "12"}}, "figure_not_wanted", "row 2"),
        ({"nonsense": {"value": "12"}}, "row_unknown", "row 2"),
        ({"sdq": {"value": "14", "value_status": "not_available"}}, "status_contradicted", "row 2"),
        ({"sdq": {"value": "14", "value_status": "splendid"}}, "status_contradicted", "row 2"),
        ({"sdq": {"value": "14"}, "nfa_pct": {"period": "2025-26Q2"}}, "row_unknown", "row 3"),
    ],
)
def test_odd_rows_of_a_flat_return_are_asked_about(
    tmp_path: Path, rows: dict[str, dict[str, str]], rule: str, cell: str
) -> None:
    asked = query(read(write_flat(tmp_path, rows)), rule)
    assert (asked["file"], asked["cell"]) == ("luton.csv", cell)


def test_a_measure_twice_in_a_flat_return_is_not_guessed_at(tmp_path: Path) -> None:
    path = write_flat(tmp_path, {"sdq": {"value": "14"}})
    lines = path.read_text(encoding="utf-8").splitlines()
    again = [*lines, lines[-1].replace('"14"', '"15"')]
    path.write_text("\n".join(again), encoding="utf-8")
    assert query(read(path), "row_twice")["cell"] == "row 2"


def test_flat_files_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    short = write_flat(tmp_path, columns=["la_code", "period", "numerator"])
    assert "measure_id" in refusal(read(short), "refused_file")["problem"]
    two = write_flat(tmp_path, {"sdq": {"la_code": "E06000055"}, "nfa_pct": {}})
    assert "several authorities" in refusal(read(two), "refused_file")["problem"]
    old = write_flat(tmp_path, {"sdq": {"period": "2025-26Q2"}})
    refusal(read(old), "wrong_quarter")
    empty = tmp_path / "luton.csv"
    empty.write_bytes(b"\xef\xbb\xbf")
    assert "empty" in refusal(read(empty), "refused_file")["problem"]


# The folder --------------------------------------------------------------------------------------


def test_whatever_is_wrong_with_one_return_the_others_are_read(tmp_path: Path) -> None:
    write_return(tmp_path)
    write_return(tmp_path, area=BEDFORD)
    (tmp_path / "return_2025-26-Q3_essex.xlsx").write_bytes(b"PK\x03\x04 broken")
    result = read_folder(tmp_path)
    assert set(result.observations["area"]) == {LUTON.code, BEDFORD.code}
    outcomes = result.submissions.set_index("area")["outcome"]
    assert outcomes["E10000012"] == "refused"
    assert (outcomes == "missing").sum() == 8
    assert len(result.submissions) == len(EAST)
    assert query(result, "refused_file")["area"] == "E10000012"


def test_lock_files_are_passed_over_and_other_files_named(tmp_path: Path) -> None:
    write_return(tmp_path)
    for name in ("~$return_2025-26-Q3_luton.xlsx", ".DS_Store", "Thumbs.db", SAMPLE_MARKER):
        (tmp_path / name).write_bytes(b"x")
    for name in ("covering letter.docx", "returns.zip"):
        (tmp_path / name).write_bytes(b"x")
    result = read_folder(tmp_path)
    assert set(result.queries["file"]) == {"covering letter.docx", "returns.zip"}
    assert set(result.queries["rule"]) == {"ignored_file"}


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="no folder of returns for 2025-26-Q3"):
        read_folder(tmp_path / "2025-26-Q3")


def two_versions(folder: Path, first: object, second: object) -> Path:
    """Write two returns of Luton; the second file is saved first and has 400 re-referrals."""
    figures = {("rereferrals_pct", "numerator"): 400}
    cover = {"submitted_on": second}
    late = write_return(folder, figures, cover=cover, name="return_luton_v10.xlsx")
    os.utime(late, (0, 0))  # when a file was saved must play no part
    write_return(folder, cover={"submitted_on": first}, name="return_luton_v2.xlsx")
    return folder


def test_of_two_returns_the_later_submission_counts(tmp_path: Path) -> None:
    result = read_folder(two_versions(tmp_path, "12/01/2026", "20/01/2026"))
    mine = result.submissions[result.submissions["area"] == LUTON.code].set_index("file")
    assert mine["outcome"].to_dict() == {
        "return_luton_v10.xlsx": "used",
        "return_luton_v2.xlsx": "superseded",
    }
    found = result.observations.set_index("measure")
    assert len(found) == len(MEASURES)
    assert found.loc["rereferrals_pct", "numerator"] == 400
    kept = result.superseded.set_index("measure")
    assert kept.loc["rereferrals_pct", "numerator"] == 312
    asked = query(result, "superseded_return")
    assert (asked["severity"], asked["file"]) == ("note", "return_luton_v2.xlsx")
    assert "return_luton_v10.xlsx" in asked["problem"]


def test_the_later_submission_counts_whatever_the_file_name(tmp_path: Path) -> None:
    result = read_folder(two_versions(tmp_path, "20/01/2026", "12/01/2026"))
    assert result.observations.set_index("measure").loc["rereferrals_pct", "numerator"] == 312


@pytest.mark.parametrize(
    ("first", "second", "used", "tied"),
    [
        ("20/01/2026", "20/01/2026", 400, True),  # same day: the name that sorts last
        (None, None, 400, True),
        ("12/01/2026", None, 312, False),  # a dated one goes before an undated one
    ],
)
def test_ties_follow_the_stated_rule_and_are_asked_about(
    tmp_path: Path, first: object, second: object, used: int, tied: bool
) -> None:
    result = read_folder(two_versions(tmp_path, first, second))
    assert result.observations.set_index("measure").loc["rereferrals_pct", "numerator"] == used
    assert ("tied_returns" in set(result.queries["rule"])) is tied


def test_questions_about_a_superseded_return_are_not_asked(tmp_path: Path) -> None:
    write_return(
        tmp_path,
        {("nfa_pct", "numerator"): "abc"},
        cover={"submitted_on": "12/01/2026"},
        name="luton a.xlsx",
    )
    write_return(tmp_path, name="luton b.xlsx")
    assert list(read_folder(tmp_path).queries["rule"]) == ["superseded_return"]


def test_a_refused_version_does_not_push_a_good_one_out(tmp_path: Path) -> None:
    write_return(tmp_path)
    (tmp_path / "return_luton_final.xlsx").write_bytes(b"")
    result = read_folder(tmp_path)
    assert len(result.observations) == len(MEASURES)
    mine = result.submissions[result.submissions["area"] == LUTON.code]
    assert sorted(mine["outcome"]) == ["refused", "used"]


def test_a_sample_is_known_by_its_marker(tmp_path: Path) -> None:
    write_return(tmp_path)
    assert not read_folder(tmp_path).sample
    (tmp_path / SAMPLE_MARKER).write_text("SAMPLE", encoding="utf-8")
    assert is_sample(tmp_path)
    assert read_folder(tmp_path).sample


def test_every_rule_that_the_reader_knows_is_used_in_its_code() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (Path(__file__).parents[2] / "slinb" / "collect").glob("*.py")
        if path.name != "findings.py"
    )
    assert [rule for rule in RULES if f'"{rule}"' not in source] == []


def test_a_workbook_saved_again_by_openpyxl_reads_the_same(tmp_path: Path) -> None:
    path = write_return(tmp_path)
    before = read(path)
    load_workbook(path).save(path)
    pd.testing.assert_frame_equal(read(path).observations, before.observations)


def test_periods_of_other_kinds_are_no_quarter() -> None:
    assert Period.parse("2025-26-Q3") == QUARTER
