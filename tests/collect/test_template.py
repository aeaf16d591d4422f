from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.collect.layout import (
    COLUMN_INDEX,
    COVER,
    HELP,
    Line,
    find_owners,
    plan_layout,
    return_due,
    say_period,
    typed_parts,
    wants_whole,
)
from slinb.collect.template import build_template, write_template, write_templates
from slinb.schema import OBSERVATIONS

from .returns_kit import EAST, LAYOUT, LUTON, LUTON_CHILDREN, MEASURES, QUARTER, population


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    previous = OBSERVATIONS.from_rows(
        [
            {
                "area": LUTON.code,
                "period": "2025-26-Q2",
                "measure": "rereferrals_pct",
                "numerator": 300,
                "denominator": 1200,
                "value": 25.0,
                "status": "provisional",
            },
            {
                "area": LUTON.code,
                "period": "2025-26-Q2",
                "measure": "sdq",
                "status": "not_available",
            },
            {"area": "E06000055", "period": "2025-26-Q2", "measure": "nfa_pct", "status": "final"},
        ]
    )
    folder = tmp_path_factory.mktemp("template")
    return write_template(folder / "luton.xlsx", LUTON, QUARTER, MEASURES, previous, population())


@pytest.fixture(scope="module")
def sheets(path: Path) -> dict[str, Worksheet]:
    workbook = load_workbook(path)
    return {name: workbook[name] for name in workbook.sheetnames}


def find(sheets: dict[str, Worksheet], measure: str, column: str) -> Any:
    place = LAYOUT.line(measure).place(column)
    return sheets[place.sheet][place.cell]


def lines_with(part: str) -> list[Line]:
    return [line for line in LAYOUT.lines if part in line.typed]


def test_one_sheet_a_domain_and_one_row_a_measure(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == [COVER, HELP, "Front door", "Looked after", "Workforce"]
    marks = {
        str(row[0].value).removeprefix("slinb:")
        for sheet in sheets.values()
        for row in sheet.iter_rows()
        if str(row[0].value).startswith("slinb:")
    }
    assert marks == {m.id for m in MEASURES}


def test_every_row_carries_its_definition_unit_and_polarity(sheets: dict[str, Worksheet]) -> None:
    for measure in MEASURES:
        assert measure.definition in find(sheets, measure.id, "definition").value
        title = find(sheets, measure.id, "measure").value
        assert measure.title in title
        assert measure.unit in title
        assert measure.polarity_words in title
        if measure.kind != "value":
            assert measure.numerator in find(sheets, measure.id, "definition").value


@pytest.mark.parametrize("part", ["numerator", "denominator", "value"])
def test_cells_to_type_in_are_unlocked_coloured_and_validated(
    sheets: dict[str, Worksheet], part: str
) -> None:
    assert lines_with(part)
    for line in lines_with(part):
        cell = find(sheets, line.measure.id, part)
        assert not cell.protection.locked
        assert cell.fill.fgColor.rgb.endswith("FFF6CC")
        rules = [
            r for r in sheets[line.sheet].data_validations.dataValidation if cell.coordinate in r
        ]
        assert len(rules) == 1
        whole = wants_whole(line.measure, part)
        assert rules[0].type == ("whole" if whole else "decimal")
        assert rules[0].operator == "greaterThanOrEqual"
        assert "not available" in rules[0].prompt
        assert "not collected" in rules[0].error
        # Excel refuses to open a workbook whose messages are longer than this.
        assert len(rules[0].prompt) <= 255
        assert len(rules[0].error) <= 225
        assert max(len(rules[0].promptTitle), len(rules[0].errorTitle)) <= 32


def test_a_figure_that_may_be_negative_is_not_held_at_zero(sheets: dict[str, Worksheet]) -> None:
    place = LAYOUT.line("gap_pct").place("value")
    rules = sheets[place.sheet].data_validations.dataValidation
    assert next(r for r in rules if place.cell in r).formula1 == "-1000000"


def test_labels_are_locked_on_every_sheet_without_a_password(sheets: dict[str, Worksheet]) -> None:
    for sheet in sheets.values():
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    assert find(sheets, "nfa_pct", "measure").protection.locked
    assert find(sheets, "nfa_pct", "denominator").protection.locked
    assert not find(sheets, "nfa_pct", "note").protection.locked


def test_a_count_that_is_asked_twice_is_typed_once(sheets: dict[str, Worksheet]) -> None:
    owner = LAYOUT.line("referrals_rate").place("numerator").cell
    for measure in ("rereferrals_pct", "nfa_pct"):
        formula = find(sheets, measure, "denominator").value
        assert formula == f'=IF({owner}="","",{owner})'  # an empty cell must not show as 0
    assert LAYOUT.line("rereferrals_pct").typed == ("numerator",)
    assert LAYOUT.line("reviews_pct").typed == ("numerator", "denominator")


def test_a_population_is_filled_in_and_locked(sheets: dict[str, Worksheet]) -> None:
    cell = find(sheets, "referrals_rate", "denominator")
    assert cell.value == LUTON_CHILDREN
    assert cell.protection.locked


def test_last_quarter_stands_beside_each_row_of_this_authority(
    sheets: dict[str, Worksheet],
) -> None:
    assert find(sheets, "rereferrals_pct", "previous").value == "25.0\n(300 of 1,200)"
    assert find(sheets, "sdq", "previous").value == "not available"
    assert find(sheets, "nfa_pct", "previous").value is None


def test_the_cover_says_who_when_and_by_when(sheets: dict[str, Worksheet]) -> None:
    said = {row[1].value: row[2].value for row in sheets[COVER].iter_rows(max_col=3)}
    assert said["Authority code"] == "E06000032"
    assert said["Authority"] == "Luton"
    assert said["Quarter"] == "2025-26-Q3"
    assert said["Please return by"] == "31 January 2026"
    assert "SAMPLE" not in str(list(said))


def test_sheets_are_readable_and_print_on_a4(sheets: dict[str, Worksheet]) -> None:
    sheet = sheets["Front door"]
    assert sheet.freeze_panes == "C5"
    assert sheet.column_dimensions["A"].hidden
    assert sheet.row_dimensions[3].hidden
    assert sheet.page_setup.orientation == "landscape"
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.column_dimensions["C"].width > 40
    # No measure of this sheet has a figure without counts, so nobody need see that column.
    assert sheet.column_dimensions["G"].hidden
    assert not sheets["Looked after"].column_dimensions["G"].hidden


def test_the_periods_of_a_row_are_said_in_words() -> None:
    said = {m.basis: say_period(m, QUARTER) for m in MEASURES}
    assert said == {
        "quarter": "October to December 2025",
        "snapshot": "On 31 December 2025",
        "ytd": "April to date: 1 April to 31 December 2025",
    }


def test_a_sample_is_marked_on_its_pages() -> None:
    workbook = build_template(LUTON, QUARTER, MEASURES, None, population(), sample=True)
    assert workbook[COVER]["D1"].value == "SAMPLE"
    assert workbook["Front door"]["B1"].value.startswith("SAMPLE. Front door")
    assert workbook["Front door"].oddFooter.center.text == "SAMPLE"


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path, path: Path) -> None:
    first = write_template(tmp_path / "a.xlsx", LUTON, QUARTER, MEASURES, None, population())
    second = write_template(tmp_path / "b.xlsx", LUTON, QUARTER, MEASURES, None, population())
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != path.read_bytes()  # the one with last quarter's figures


def test_one_workbook_an_authority(tmp_path: Path) -> None:
    written = write_templates(tmp_path / "out", QUARTER, EAST[:3], MEASURES)
    assert [p.name for p in written] == [
        "return_2025-26-Q3_bedford.xlsx",
        "return_2025-26-Q3_cambridgeshire.xlsx",
        "return_2025-26-Q3_central-bedfordshire.xlsx",
    ]
    assert all(p.is_file() for p in written)


@pytest.mark.parametrize(
    ("quarter", "day"),
    [
        ("2025-26-Q1", "2025-07-31"),
        ("2025-26-Q3", "2026-01-31"),
        ("2025-26-Q4", "2026-04-30"),
    ],
)
def test_a_return_is_due_at_the_end_of_the_next_month(quarter: str, day: str) -> None:
    assert return_due(Period.parse(quarter)).isoformat() == day


def test_the_catalogue_fits_the_template() -> None:
    """Every count of the real return is typed once, and no sheet name is too long for Excel."""
    measures = load_measures().quarterly()
    layout = plan_layout(measures)
    owners = find_owners(measures)
    typed = [
        getattr(m, f"{part}_count") for m in measures for part in typed_parts(m, owners)
        if part != "value"
    ]  # fmt: skip
    named = [count for count in typed if count]
    assert len(named) == len(set(named))
    assert len(layout.lines) == len(measures)
    assert len({(x.sheet, x.row) for x in layout.lines}) == len(measures)
    assert all(len(name) <= 31 for name in layout.sheets)


def test_previous_may_be_an_empty_frame() -> None:
    workbook = build_template(LUTON, QUARTER, MEASURES, pd.DataFrame())
    cell = workbook["Front door"].cell(5, COLUMN_INDEX["previous"] + 1)
    assert cell.value is None
