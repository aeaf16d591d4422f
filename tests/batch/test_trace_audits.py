"""Every figure of the audits is the count of the grades whose cells a trace names."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from slinb.analyse.audits import grade_audits, profile_questions
from slinb.analyse.moderation import measure_moderation
from slinb.batch.trace_audits import AuditTracer
from slinb.batch.trace_dives import compute_value
from slinb.batch.trace_names import choose_name, fit_names
from slinb.batch.trace_parts import agrees, describe_parts
from slinb.catalogue.areas import load_areas
from tests.analyse.audit_cases import (
    ESSEX,
    INSTRUMENT,
    LUTON,
    NORFOLK,
    REGION,
    make_answers,
    make_cases,
)  # fmt: skip
from tests.collect.audit_kit import Filled

AREAS = load_areas()


def place(rows: pd.DataFrame, **columns: str) -> pd.DataFrame:
    line = (rows.groupby("area").cumcount() + 5).astype("str")
    cells = {name: letter + line for name, letter in columns.items()}
    return rows.assign(file=rows["area"] + ".xlsx", sheet="Cases", **cells)


def open_audits(least: int = 1) -> AuditTracer:
    cases = place(
        pd.concat(
            [
                make_cases(LUTON, (2, 2), (3, None), (1, 3), auditor="own"),
                make_cases(ESSEX, (4, 4), (2, 1), (None, 2), (3, 4), (2, 2), (2, 3), auditor="own"),
                make_cases(ESSEX, (1, 1), auditor="peer"),
            ],
            ignore_index=True,
        ),
        own_cell="Y", moderated_cell="Z",
    )  # fmt: skip
    answers = place(
        pd.concat(
            [
                make_answers(LUTON, "plan", 1, "NA", ""),
                make_answers(ESSEX, "plan", 3, 2, 2, 2, 4, "NA"),
            ],
            ignore_index=True,
        ),
        cell="R",
    )
    given = (INSTRUMENT, REGION)
    return AuditTracer(
        INSTRUMENT, cases, answers, grade_audits(cases, *given, least=least),
        profile_questions(answers, *given, least=least),
        measure_moderation(cases, *given, least=least), (ESSEX, LUTON, NORFOLK), REGION,
    )  # fmt: skip


def test_every_figure_is_the_count_of_its_cells() -> None:
    audits = open_audits()
    names = audits.list_names()
    checked = 0
    for name in names:
        assert fit_names(str(name), names) == [name]
        for area in (LUTON, ESSEX, REGION):
            figure, parts = audits.read_figure(name, area), audits.trace(name, area)
            if figure.status == "final":
                assert agrees(figure, parts, compute_value(parts, figure)), (str(name), area)
                checked += 1
    assert checked > 20


def test_the_cell_of_each_grade_is_named_with_the_grade() -> None:
    audits = open_audits()
    name = choose_name("audits good own whole", audits.list_names(), "Luton")
    assert describe_parts(audits.trace(name, LUTON), AREAS) == [
        "  Luton: 2 of 3 (E06000032.xlsx, sheet “Cases”)",
        "    Y5 E06000032 0, good: 1 of 1",
        "    Y6 E06000032 1, requires improvement to be good: 0 of 1",
        "    Y7 E06000032 2, outstanding: 1 of 1",
    ]


def test_a_question_that_does_not_apply_is_named_and_counted_on_neither_side() -> None:
    audits = open_audits()
    name = choose_name("question plan is specific", audits.list_names(), "Luton")
    assert str(audits.read_figure(name, LUTON)) == "100.0% (1 of 1)"
    lines = describe_parts(audits.trace(name, LUTON), AREAS)
    assert lines[1:] == [
        "    R5 E06000032 0, outstanding: 1 of 1",
        "    R6 E06000032 1: does not apply",
        "    R7 E06000032 2: no figure",
    ]


def test_moderation_names_the_cells_of_both_grades() -> None:
    audits = open_audits()
    name = choose_name("audits moderation", audits.list_names(), "Luton")
    assert describe_parts(audits.trace(name, LUTON), AREAS) == [
        "  Luton: 1 of 2 (E06000032.xlsx, sheet “Cases”)",
        "    Y5, Z5 E06000032 0, 2 moderated to 2: 0 of 1",
        "    Y7, Z7 E06000032 2, 1 moderated to 3: 1 of 1",
    ]
    assert audits.list_absent(name, REGION) == [NORFOLK]


def test_the_public_edition_withholds_the_grades_of_few_cases() -> None:
    audits = open_audits(least=5)
    name = choose_name("audits good own whole", audits.list_names(), "Luton")
    assert str(audits.read_figure(name, LUTON)) == "withheld"


def test_the_named_cells_of_a_workbook_hold_the_grades(tmp_path: Path) -> None:
    filled = Filled()
    filled.add_case(own=2, moderated=3)
    filled.add_case(own=4, moderated="NA")
    cases = filled.read(tmp_path).cases
    sheet = load_workbook(tmp_path / cases["file"][0])[cases["sheet"][0]]
    for row in cases.itertuples():
        assert (sheet[row.own_cell].value, sheet[row.moderated_cell].value) in ((2, 3), (4, "NA"))
    assert cases["own_cell"].nunique() == 2


def test_a_quarter_collected_before_has_the_line_of_each_case() -> None:
    audits = open_audits()
    old = audits.cases.drop(columns=["own_cell", "moderated_cell"]).assign(cell="row 5")
    name = choose_name("audits good own whole", audits.list_names(), "Luton")
    tracer = AuditTracer(
        INSTRUMENT, old, audits.answers, audits.grades, audits.questions, audits.moderation,
        audits.authorities, REGION,
    )  # fmt: skip
    assert set(tracer.trace(name, LUTON)["cell"]) == {"row 5"}
