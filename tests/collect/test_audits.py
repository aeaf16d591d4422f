from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from slinb.catalogue.areas import load_areas
from slinb.collect.audit_layout import CASES, LISTS
from slinb.collect.audit_template import build_audit_template, write_audit_templates
from slinb.collect.audits import read_audits
from slinb.collect.layout import FIRST_ROW, HEADING_ROW, ID_ROW
from tests.collect.audit_kit import (
    CASE,
    EAST,
    INSTRUMENT,
    LUTON,
    QUARTER,
    SHORT,
    Filled,
    list_rules,
)


@pytest.fixture
def filled() -> Filled:
    return Filled()


def test_a_clean_workbook_is_read_whole_and_asks_nothing(filled: Filled, tmp_path: Path) -> None:
    first = filled.add_case()
    second = filled.add_case(cohort="EH", auditor="Peer authority", own=1, moderated=None)
    filled.add_action(
        case=first, action="Write the chronology.", timescale="Within 28 days",
        due="20/02/2026", completed="18/01/2026",
    )  # fmt: skip
    filled.say("direction", "Improving")
    filled.say("why", "A new panel.")
    read = filled.read(tmp_path)
    assert list_rules(read) == []
    assert read.returns[["area", "outcome", "cases"]].to_numpy().tolist() == [
        [LUTON.code, "used", 2]
    ]
    assert read.cases["case"].tolist() == [first, second]
    assert read.cases["cohort"].tolist() == ["cp", "early_help"]
    assert read.cases["auditor"].tolist() == ["own", "peer"]
    assert read.cases["own"].tolist() == [2, 1]
    assert read.cases["moderated_status"].tolist() == ["final", "missing"]
    assert read.cases["themes"].tolist() == ["drift", "drift"]
    assert len(read.answers) == 32
    assert read.answers["grade"].eq(2).all()
    action = read.actions.iloc[0]
    assert (action["case"], action["due"], action["completed"], action["timescale"]) == (
        first, "2026-02-20", "2026-01-18", "28_days",
    )  # fmt: skip
    said = read.narratives.set_index("prompt")
    assert said.loc["direction", "choice"] == "improving"
    assert said.loc["why", "text"] == "A new panel."
    assert said.loc["offer", "text"] == ""


@pytest.mark.parametrize(
    ("typed", "grade"),
    [
        ("Good", 2), ("requires improvement to be good", 3), ("RI", 3), ("g", 2), ("o", 1),
        ("Inadequate", 4), ("2 - good", 2), ("Good (2)", 2), ("3", 3), (4.0, 4),
    ],
)  # fmt: skip
def test_a_grade_that_can_mean_one_thing_is_read(
    filled: Filled, tmp_path: Path, typed: object, grade: int
) -> None:
    filled.add_case(own=typed)
    read = filled.read(tmp_path)
    assert read.cases["own"].tolist() == [grade]
    assert not set(list_rules(read)) - {"grade_in_words"}
    assert ("grade_in_words" in list_rules(read)) == (
        not str(typed)[0].isdigit() or "-" in str(typed)
    )


@pytest.mark.parametrize("typed", ["I", "A", "B", "2/3", "2 (poor)", "good?", "-", 2.5, 22])
def test_a_grade_that_could_mean_two_things_is_asked_about(
    filled: Filled, tmp_path: Path, typed: object
) -> None:
    filled.add_case(own=typed)
    read = filled.read(tmp_path)
    assert read.cases["own"].isna().all()
    assert read.cases["own_status"].tolist() == ["unreadable"]
    query = read.queries.iloc[0]
    assert (query["rule"], query["severity"]) == ("grade_unclear", "stop")
    assert query["cell"] == "Y5"
    assert query["sent"] == str(typed)


@pytest.mark.parametrize("strange", [5, "5", 0, 7])
def test_a_number_off_the_scale_holds_back_every_number_of_the_workbook(
    filled: Filled, tmp_path: Path, strange: object
) -> None:
    filled.add_case(q_named=strange)
    filled.add_case(own="Good", moderated=None)
    read = filled.read(tmp_path)
    assert list_rules(read).count("scale_unclear") == 1
    # The word is no number: it means the same on any scale.
    assert read.cases["own"].tolist()[1] == 2
    assert pd.isna(read.cases["own"].tolist()[0])
    assert read.cases["own_status"].tolist() == ["quarantined", "final"]
    assert read.answers["grade"].isna().all()


@pytest.mark.parametrize("typed", ["NA", "N/A", "n/a", "Not applicable", "#N/A"])
def test_not_applicable_is_neither_missing_nor_a_grade(
    filled: Filled, tmp_path: Path, typed: str
) -> None:
    filled.add_case(q_fathers=typed)
    read = filled.read(tmp_path)
    row = read.answers.set_index("question").loc["fathers"]
    assert row["status"] == "not_applicable"
    assert pd.isna(row["grade"])
    assert list_rules(read) == []


def test_a_blank_is_missing_and_named_by_its_question(filled: Filled, tmp_path: Path) -> None:
    filled.add_case(q_fathers=None, q_outcome="  ")
    read = filled.read(tmp_path)
    status = read.answers.set_index("question")["status"]
    assert status[["fathers", "outcome"]].tolist() == ["missing", "missing"]
    assert list_rules(read) == ["question_blank"]
    assert "question 7, 16" in read.queries["problem"].iloc[0]


def test_a_moderated_grade_without_own_is_kept_and_asked_about(
    filled: Filled, tmp_path: Path
) -> None:
    filled.add_case(own=None)
    read = filled.read(tmp_path)
    assert read.cases["moderated"].tolist() == [3]
    assert read.cases["own_status"].tolist() == ["missing"]
    assert list_rules(read) == ["moderated_without_own"]


def test_no_overall_grade_at_all_is_asked_about(filled: Filled, tmp_path: Path) -> None:
    filled.add_case(own=None, moderated=None)
    assert list_rules(filled.read(tmp_path)) == ["own_grade_missing"]


def test_one_case_twice_with_the_same_grades_counts_once(filled: Filled, tmp_path: Path) -> None:
    case = filled.add_case()
    filled.add_case(case=case)
    read = filled.read(tmp_path)
    assert read.cases["case"].tolist() == [case]
    assert list_rules(read) == ["case_count_differs", "case_repeated"]


def test_one_case_twice_with_other_grades_counts_as_none(filled: Filled, tmp_path: Path) -> None:
    case = filled.add_case()
    filled.add_case(case=case.lower(), own=4)
    kept = filled.add_case()
    read = filled.read(tmp_path)
    assert read.cases["case"].tolist() == [kept]
    query = read.queries[read.queries["rule"].eq("case_twice")].iloc[0]
    assert query["severity"] == "stop"
    assert "row 5, row 6" in query["problem"]


def test_an_authority_that_audited_no_one_says_so(filled: Filled, tmp_path: Path) -> None:
    filled.put_cover("audited", 0)
    filled.say("why", "The auditors were at another authority.")
    read = filled.read(tmp_path)
    assert read.returns["outcome"].tolist() == ["none audited"]
    assert read.queries[["rule", "severity"]].to_numpy().tolist() == [["none_audited", "note"]]
    assert read.narratives["text"].ne("").sum() == 1
    assert read.cases.empty


def test_an_empty_workbook_that_says_nothing_is_asked_about(filled: Filled, tmp_path: Path) -> None:
    assert list_rules(filled.read(tmp_path)) == ["none_audited_unsaid"]


def test_an_authority_that_sent_nothing_is_asked(filled: Filled, tmp_path: Path) -> None:
    filled.add_case()
    filled.save(tmp_path)
    read = read_audits(tmp_path, QUARTER, EAST)
    assert read.returns["outcome"].value_counts().to_dict() == {"missing": 10, "used": 1}
    assert list_rules(read) == ["no_audit_return"] * 10


def test_no_folder_means_no_exercise(tmp_path: Path) -> None:
    read = read_audits(tmp_path / "none", QUARTER, EAST)
    assert read.returns.empty and read.queries.empty


def test_what_tells_who_somebody_is_is_kept_flagged_and_never_repeated(
    filled: Filled, tmp_path: Path
) -> None:
    case = filled.add_case()
    filled.add_action(case=case, action="Mother Sarah to ring 01473 123456.")
    filled.say("why", "Jack Brown, DOB 01/02/2015, IP1 2AB")
    filled.put_cover("role", "Mrs Jones")
    read = filled.read(tmp_path)
    assert read.actions["action"].tolist() == ["Mother Sarah to ring 01473 123456."]
    assert read.actions["flagged"].tolist() == ["a name, a telephone number"]
    why = read.narratives.set_index("prompt").loc["why"]
    assert why["text"] == "Jack Brown, DOB 01/02/2015, IP1 2AB"
    assert why["flagged"] == "a name, a date of birth, a postcode"
    assert read.returns["role"].tolist() == [""]
    asked = read.queries[read.queries["rule"].eq("identifying_text")]
    assert len(asked) == 3
    assert not read.queries.to_csv().count("Sarah") and not read.queries.to_csv().count("Jones")


def test_a_name_in_a_cell_that_wants_no_text_is_not_repeated_either(
    filled: Filled, tmp_path: Path
) -> None:
    filled.add_case(q_named="see Mrs Smith", own="ask Jack Brown", cohort="Mrs Smith's")
    read = filled.read(tmp_path)
    assert list_rules(read) == ["choice_unknown", "grade_unclear", "grade_unclear"]
    assert read.answers.set_index("question").loc["named", "status"] == "unreadable"
    everything = " ".join(getattr(read, t).to_csv() for t in ("cases", "answers", "queries"))
    assert "Smith" not in everything and "Brown" not in everything
    assert read.queries["problem"].str.contains("may say who somebody is").all()
    assert read.queries["cell"].ne("").all()


def test_markup_is_kept_as_text_and_told(filled: Filled, tmp_path: Path) -> None:
    filled.add_case()
    filled.say("offer", "<script>alert(1)</script> a visit")
    read = filled.read(tmp_path)
    assert read.narratives["text"].tolist()[-1] == "<script>alert(1)</script> a visit"
    assert list_rules(read) == ["markup_in_text"]


@pytest.mark.parametrize("typed", ["943 476 5919", "Jack Brown", "1234567"])
def test_a_case_id_of_the_authority_goes_no_further(
    filled: Filled, tmp_path: Path, typed: str
) -> None:
    filled.add_case(case=typed)
    filled.add_action(case=typed, action="Write the chronology.")
    read = filled.read(tmp_path)
    assert read.cases["case"].tolist() == ["row 5"]
    assert read.actions["case"].tolist() == ["row 5"]
    assert list_rules(read) == ["case_id_not_random"]
    tables = (read.cases, read.answers, read.actions, read.queries)
    assert not any(typed in table.to_csv() for table in tables)


def test_an_extra_column_is_not_read_and_said(filled: Filled, tmp_path: Path) -> None:
    filled.add_case()
    sheet = filled.workbook[CASES]
    sheet.cell(HEADING_ROW + 1, 40).value = "Child's name"
    sheet.cell(FIRST_ROW + 1, 40).value = "Jack Brown"
    read = filled.read(tmp_path)
    assert list_rules(read) == ["column_unknown"]
    assert "Child's name" in read.queries["problem"].iloc[0]
    assert "Jack Brown" not in read.queries.to_csv()


def test_a_missing_column_is_asked_about_and_the_rest_is_read(
    filled: Filled, tmp_path: Path
) -> None:
    filled.add_case()
    filled.workbook[CASES].delete_cols(Filled.column(filled.workbook[CASES], "slinb#cases.q.type"))
    read = filled.read(tmp_path)
    assert list_rules(read) == ["audit_column_missing"]
    status = read.answers.set_index("question")["status"]
    assert status["type"] == "missing"
    assert read.answers.set_index("question").loc["chronology", "grade"] == 2
    assert read.cases["moderated"].tolist() == [3]


def test_without_the_column_of_own_grades_it_says_so_once(filled: Filled, tmp_path: Path) -> None:
    filled.add_case()
    filled.workbook[CASES].delete_cols(Filled.column(filled.workbook[CASES], "slinb#cases.own"))
    read = filled.read(tmp_path)
    assert read.queries[["rule", "severity"]].to_numpy().tolist() == [["column_missing", "stop"]]


def test_a_lost_mark_is_made_good_by_the_heading(filled: Filled, tmp_path: Path) -> None:
    filled.add_case()
    sheet = filled.workbook[CASES]
    sheet.cell(ID_ROW + 1, Filled.column(sheet, "slinb#cases.own")).value = None
    read = filled.read(tmp_path)
    assert list_rules(read) == ["column_renamed"]
    assert read.cases["own"].tolist() == [2]


def test_a_renamed_and_a_moved_sheet_are_found_by_their_marks(
    filled: Filled, tmp_path: Path
) -> None:
    filled.add_case()
    filled.workbook[CASES].title = "Audits Luton Jan"
    filled.workbook.move_sheet("Audits Luton Jan", offset=-1)
    read = filled.read(tmp_path)
    assert list_rules(read) == []
    assert read.cases["sheet"].tolist() == ["Audits Luton Jan"]


def test_inserted_columns_and_sorted_lines_do_no_harm(filled: Filled, tmp_path: Path) -> None:
    filled.add_case(own=1)
    filled.workbook[CASES].insert_cols(3)
    filled.workbook[CASES].insert_rows(FIRST_ROW + 1, 2)
    read = filled.read(tmp_path)
    assert list_rules(read) == []
    assert read.cases["own"].tolist() == [1]


def test_a_copied_line_of_headings_is_no_case(filled: Filled, tmp_path: Path) -> None:
    filled.add_case()
    sheet = filled.workbook[CASES]
    for cell in sheet[HEADING_ROW + 1]:
        sheet.cell(FIRST_ROW + 10, cell.column).value = cell.value
    assert len(filled.read(tmp_path).cases) == 1


def test_an_answer_off_the_list_is_left_out_and_asked_about(filled: Filled, tmp_path: Path) -> None:
    filled.add_case(cohort="Both", **{"theme.1": "Drift and delay; Bad luck"})
    filled.say("direction", "Mixed")
    read = filled.read(tmp_path)
    assert read.cases["cohort"].tolist() == [""]
    assert read.cases["themes"].tolist() == ["drift"]
    assert list_rules(read) == ["choice_unknown"] * 3


def test_several_themes_in_one_cell_are_all_read(filled: Filled, tmp_path: Path) -> None:
    filled.add_case(**{"theme.1": "Vague plan; Weak chronology", "theme.2": "Vague plan"})
    assert filled.read(tmp_path).cases["themes"].tolist() == ["plan_vague weak_chronology"]


def test_days_are_day_first_and_an_impossible_one_is_not_an_open_action(
    filled: Filled, tmp_path: Path
) -> None:
    case = filled.add_case()
    filled.add_action(case=case, action="One.", due="01/02/2026", completed="31/02/2026")
    filled.add_action(case=case, action="Two.", due="soon", completed="21/01/2026")
    filled.add_action(case="ZZZ-000", action="Three.", due="01/02/2026")
    read = filled.read(tmp_path)
    assert read.actions["due"].tolist() == ["2026-02-01", "", "2026-02-01"]
    assert read.actions["due_status"].tolist() == ["final", "unreadable", "final"]
    assert read.actions["completed_status"].tolist() == ["unreadable", "unreadable", "missing"]
    # The second was completed the day after the workbook was sent.
    assert list_rules(read) == ["date_unclear", "date_unclear", "date_ahead", "action_without_case"]


def test_the_later_of_two_workbooks_counts(tmp_path: Path) -> None:
    for day, own, name in (("20/01/2026", 1, "a"), ("12/01/2026", 4, "b")):
        one = Filled()
        one.put_cover("submitted_on", day)
        one.add_case(own=own)
        one.save(tmp_path, f"{name} luton.xlsx")
    read = read_audits(tmp_path, QUARTER, [LUTON])
    assert read.cases["own"].tolist() == [1]
    assert sorted(read.returns["outcome"]) == ["superseded", "used"]
    assert list_rules(read) == ["superseded_return"]


def test_what_is_no_audit_workbook_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    filled = Filled()
    filled.add_case()
    filled.save(tmp_path)
    (tmp_path / "audit_bedford.xlsx").write_text("<html>", encoding="utf-8")
    wrong = Filled(load_areas()["E06000033"])
    wrong.put_cover("quarter", "2025-26-Q2")
    wrong.add_case()
    wrong.save(tmp_path)
    areas = [load_areas()[c] for c in ("E06000055", "E06000032", "E06000033")]
    read = read_audits(tmp_path, QUARTER, areas)
    outcomes = dict(zip(read.returns["area"], read.returns["outcome"], strict=True))
    assert outcomes == {"E06000032": "used", "E06000055": "refused", "E06000033": "refused"}
    assert sorted(list_rules(read)) == ["refused_file", "wrong_quarter"]


def test_the_template_offers_lists_and_draws_ids_of_nobody(tmp_path: Path) -> None:
    paths = write_audit_templates(tmp_path, QUARTER, [LUTON])
    before = paths[0].read_bytes()
    assert write_audit_templates(tmp_path, QUARTER, [LUTON])[0].read_bytes() == before
    book = load_workbook(paths[0])
    assert book[LISTS].sheet_state == "hidden"
    rules = {r.formula1: str(r.sqref) for r in book[CASES].data_validations.dataValidation}
    assert '"1,2,3,4,NA"' in rules
    assert len(rules) >= 8  # the lists, each for its column
    ids = [book[CASES].cell(FIRST_ROW + 1 + i, 1).value for i in range(INSTRUMENT.case_rows)]
    assert len(set(ids)) == INSTRUMENT.case_rows
    assert book[CASES].protection.sheet
    assert not book[CASES].cell(FIRST_ROW + 1, 2).protection.locked


def test_the_next_exercise_brings_the_answers_back_but_nothing_flagged(
    filled: Filled, tmp_path: Path
) -> None:
    filled.add_case()
    filled.say("what_next", "A panel from May.")
    filled.say("why", "Jack Brown moved.")
    before = filled.read(tmp_path).narratives
    book = build_audit_template(LUTON, QUARTER.next(), SHORT, before)
    texts = [c.value for row in book["What you say"].iter_rows() for c in row if c.value]
    assert "What you said in 2025-26-Q3" in texts
    assert "A panel from May." in texts
    assert "Jack Brown moved." not in texts
    # Not beside an earlier workbook: that exercise came first.
    earlier = build_audit_template(LUTON, QUARTER.previous(), SHORT, before)
    assert not [c.value for c in earlier["What you say"]["E"] if c.value]


def test_every_case_column_of_the_kit_is_a_column() -> None:
    from slinb.collect.audit_layout import case_columns

    assert set(CASE) <= {c.id for c in case_columns(INSTRUMENT)}
