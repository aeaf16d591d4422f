"""The return that comes out: filled where it was empty, kept where somebody typed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from slinb.catalogue.dives import load_dives
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.collect.dive_layout import FIRST_ROW, PRACTICE_FIELDS
from slinb.collect.layout import find_owners, plan_layout
from slinb.collect.population import empty_population
from slinb.collect.returns import ReturnsRead, read_returns
from slinb.collect.template import build_template, write_template
from slinb.errors import ParameterError, ReturnError
from slinb.prepare.fill import fill_counts, find_slots
from slinb.prepare.prepare import PreparedReturn, find_authority, prepare_return
from slinb.prepare.report import describe_prepared
from slinb.prepare.rules import say_rule
from slinb.records.schema import RETURN_COUNTS
from slinb.stamp import save_workbook
from tests.prepare.conftest import slug_of
from tests.records.conftest import AREAS
from tests.records.conftest import QUARTER as SAMPLE_QUARTER
from tests.records.kit import QUARTER

AREA = AREAS[0]
MEASURES = list(load_measures().quarterly())
LAYOUT = plan_layout(MEASURES)
OWNERS = find_owners(MEASURES)
DAY = dt.date(2025, 4, 20)


def locate(count: str) -> tuple[str, str]:
    measure, part = OWNERS[count]
    place = LAYOUT.line(measure).place(part)
    return place.sheet, place.cell


def read_folder(folder: Path, quarter: Period = QUARTER) -> ReturnsRead:
    return read_returns(folder, quarter, AREAS, MEASURES, empty_population())


@pytest.fixture(scope="module")
def returns(prepared: dict[str, PreparedReturn]) -> ReturnsRead:
    return read_folder(prepared[AREA.slug].path.parent, SAMPLE_QUARTER)


def begin(folder: Path, change: Callable[[Workbook], object] | None = None) -> Path:
    """Write a template as it is sent out, with what an officer typed into it."""
    book = build_template(AREA, QUARTER, MEASURES)
    if change:
        change(book)
    folder.mkdir(parents=True, exist_ok=True)
    return save_workbook(book, folder / "begun.xlsx", stamp=QUARTER.end)


def put(count: str, content: object) -> Callable[[Workbook], object]:
    sheet, cell = locate(count)
    return lambda book: book[sheet].__setitem__(cell, content)


def prepare(records: Path, out: Path, template: Path | None = None) -> PreparedReturn:
    return prepare_return(records, QUARTER, AREA, out, template=template, today=DAY)


def outcome(done: PreparedReturn, count: str) -> dict[str, object]:
    own = done.cells[done.cells["count"] == count]
    assert len(own) == 1
    return own.iloc[0].to_dict()


def test_the_reader_of_the_returns_accepts_it(returns: ReturnsRead) -> None:
    read = returns
    assert len(read.submissions) == len(AREAS)
    assert set(read.submissions["outcome"]) <= {"used", "late"}
    assert set(read.queries["rule"]) <= {"population_missing"}
    assert not read.queries["sheet"].str.contains("Section 20|Practice|answered").any()


def test_every_count_stands_in_its_cell(one: PreparedReturn) -> None:
    """Each count that the return asks for, also where several measures share it."""
    book = load_workbook(one.path)
    counts = one.counted.return_counts
    first = counts.sort_values("source", key=lambda s: s.ne("SSDA903"), kind="stable")
    expected = first.drop_duplicates("count").set_index("count")["value"]
    asked = [c for c in expected.index if c in OWNERS]
    assert len(asked) > 30
    for count in asked:
        sheet, cell = locate(count)
        assert book[sheet][cell].value == expected[count], count
    assert set(one.cells.loc[one.cells["outcome"] == "filled", "count"]) == set(asked)


def test_the_reader_works_out_the_measures_from_them(
    one: PreparedReturn, returns: ReturnsRead
) -> None:
    """s20_pct is 100 × cla_s20 / cla: two cells, one of them shared with cla_rate."""
    area = next(a.code for a in AREAS if a.slug == slug_of(one))
    own = returns.observations[returns.observations["area"] == area].set_index("measure")
    cells = one.counted.return_counts.query("source == 'SSDA903'").set_index("count")["value"]
    assert own.loc["s20_pct", "numerator"] == cells["cla_s20"]
    assert own.loc["s20_pct", "denominator"] == cells["cla"]
    assert own.loc["cla_rate", "numerator"] == cells["cla"]


def test_nothing_that_was_typed_is_overwritten(tiny: Path, tmp_path: Path) -> None:
    def type_in(book: Workbook) -> None:
        put("cla", 91)(book)
        put("cla_visited", "not available")(book)
        book["Cover"]["C16"] = "Little."
        sheet = locate("cla")[0]
        book[sheet]["J5"] = "One large family."

    done = prepare(tiny, tmp_path / "out", begin(tmp_path, type_in))
    book = load_workbook(done.path)
    sheet, cell = locate("cla")
    assert book[sheet][cell].value == 91
    assert book[sheet]["J5"].value == "One large family."
    assert book["Cover"]["C16"].value == "Little."
    assert outcome(done, "cla")["outcome"] == "kept"
    assert outcome(done, "cla")["stood"] == "91"
    assert outcome(done, "cla")["counted"] == 3
    assert outcome(done, "cla_visited")["outcome"] == "kept"
    assert outcome(done, "cla_s20")["outcome"] == "filled"
    told = "\n".join(describe_prepared(done))
    assert f"{sheet}, {cell}" in told
    assert "“91” was kept; SSDA903 counts 3." in told


def test_files_that_are_no_records_leave_nothing_unsaid(tmp_path: Path) -> None:
    """A workbook of other lists (as the SEND Annex A): nothing is counted, and that is said."""
    book = Workbook()
    book.active.append(["Pupil", "School"])
    book.active.append(["SAMPLE01000001", "A school"])
    folder = tmp_path / "records"
    folder.mkdir()
    book.save(folder / "other.xlsx")
    told = "\n".join(describe_prepared(prepare_return(folder, QUARTER, AREA, tmp_path / "out")))
    assert "Nothing could be counted" in told
    assert "unknown sheet" in told


def test_a_census_that_cannot_be_read_is_named_with_what_to_do(tmp_path: Path) -> None:
    """How many files were lost helps nobody: which one, why, and what to do."""
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "census.xml").write_text(
        "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>"
        "</CollectionDetails></Header><Children></Children></Message>",
        encoding="utf-8",
    )
    told = "\n".join(describe_prepared(prepare_return(folder, QUARTER, AREA, tmp_path / "out")))
    assert "Not counted: census.xml: The census holds no child at all." in told
    assert "export it again" in told


def test_a_formula_in_a_yellow_cell_keeps_its_result(tiny: Path, tmp_path: Path) -> None:
    """Saving without Excel would lose what a formula came to."""
    path = begin(tmp_path, put("cla", "=1+2"))
    write_result(path, "1+2", "3")
    done = prepare(tiny, tmp_path / "out", path)
    sheet, cell = locate("cla")
    assert load_workbook(done.path)[sheet][cell].value == 3
    assert done.settled_formulas == (f"{sheet}, {cell}",)
    assert outcome(done, "cla")["outcome"] == "agrees"


def write_result(path: Path, formula: str, result: str) -> None:
    """Put the result of a formula into a file, as Excel would have."""
    import zipfile

    # openpyxl writes an empty element in one of two ways: with lxml or without.
    empty = re.compile(rf"<f>{re.escape(formula)}</f><v ?(?:/>|></v>)".encode())
    full = f"<f>{formula}</f><v>{result}</v>".encode()

    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    changed = {n: empty.sub(full, c) for n, c in parts.items()}
    assert changed != parts
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in changed.items():
            archive.writestr(name, content)


def test_preparing_again_keeps_the_practice_answers(tiny: Path, tmp_path: Path) -> None:
    done = prepare(tiny, tmp_path)
    book = load_workbook(done.path)
    fields = [name for name, _, _ in PRACTICE_FIELDS]
    at = {name: fields.index(name) + 1 for name in ("numerator", "denominator", "note", "records")}
    row = FIRST_ROW + 1
    sheet = book["Practice"]
    assert sheet.cell(row, at["records"]).value == 2  # the children under Section 20
    sheet.cell(row, at["numerator"]).value = 1
    sheet.cell(row, at["denominator"]).value = 2
    sheet.cell(row, at["note"]).value = "All files."
    book.save(done.path)
    again = prepare(tiny, done.path, done.path)
    sheet = load_workbook(again.path)["Practice"]
    kept = [sheet.cell(row, at[n]).value for n in ("numerator", "denominator", "note")]
    assert kept == [1, 2, "All files."]
    names = load_workbook(again.path).sheetnames
    assert len(names) == len(set(names))
    assert [n for n in names if n.startswith("Section 20")] == [
        "Section 20 counts", "Section 20 risk", "Section 20 durations",
    ]  # fmt: skip
    assert set(again.cells["outcome"]) == {"agrees", "not asked"}


def test_the_cover_is_dated_once(tiny: Path, tmp_path: Path) -> None:
    done = prepare(tiny, tmp_path)
    read = read_folder(tmp_path)
    assert read.submissions.query("outcome != 'missing'")["received"].tolist() == ["2025-04-20"]
    later = prepare_return(
        tiny, QUARTER, AREA, done.path, template=done.path,
        today=dt.date(2025, 5, 2),
    )  # fmt: skip
    assert later.path == done.path
    read = read_folder(tmp_path)
    assert read.submissions.query("outcome != 'missing'")["received"].tolist() == ["2025-04-20"]


def test_the_same_records_give_the_same_file(tiny: Path, tmp_path: Path) -> None:
    one, other = prepare(tiny, tmp_path / "a"), prepare(tiny, tmp_path / "b")
    assert one.path.read_bytes() == other.path.read_bytes()


def test_a_return_of_another_authority_or_quarter_is_refused(tiny: Path, tmp_path: Path) -> None:
    for area, quarter in ((AREAS[1], QUARTER), (AREA, QUARTER.previous())):
        path = write_template(tmp_path / "other.xlsx", area, quarter, MEASURES)
        with pytest.raises(ReturnError, match=r"other\.xlsx"):
            prepare(tiny, tmp_path / "out", path)
    Workbook().save(tmp_path / "none.xlsx")
    with pytest.raises(ReturnError, match="marks"):
        prepare(tiny, tmp_path / "out", tmp_path / "none.xlsx")
    assert not (tmp_path / "out").exists()


def test_another_file_is_never_replaced(tiny: Path, tmp_path: Path) -> None:
    taken = begin(tmp_path)
    before = taken.read_bytes()
    with pytest.raises(ParameterError, match="is there already"):
        prepare(tiny, taken)
    with pytest.raises(ParameterError, match=r"no \.xlsx file"):
        prepare(tiny, tmp_path / "return.docx")
    with pytest.raises(ParameterError, match="among the records"):
        prepare(tiny, tiny / "return.xlsx")
    assert taken.read_bytes() == before
    assert not (tiny / "return.xlsx").exists()


def test_a_quarter_that_has_not_ended_is_refused(tiny: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="has ended"):
        prepare_return(tiny, Period.parse("2030-31-Q1"), AREA, tmp_path / "out", today=DAY)
    assert not (tmp_path / "out").exists()


def test_an_authority_is_found_by_name_or_code() -> None:
    assert find_authority("E06000032") == find_authority("luton")
    for text in ("Atlantis", "East of England", "Dorset and Poole"):
        with pytest.raises(ParameterError, match="no English local authority"):
            find_authority(text)


def returned(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return RETURN_COUNTS.from_rows(
        [{"count": c, "value": v, "source": s, "excluded": 0} for c, v, s in rows]
    )


def test_of_two_sources_the_statutory_return_goes_first() -> None:
    book = build_template(AREA, QUARTER, MEASURES)
    counts = returned(("cla", 12, "Annex A"), ("cla", 10, "SSDA903"), ("cla_visited", 9, "Annex A"))
    cells = fill_counts(book, find_slots(MEASURES, LAYOUT, None), counts).set_index("count")
    sheet, cell = locate("cla")
    assert book[sheet][cell].value == 10
    assert cells.loc["cla", ["source", "other"]].tolist() == ["SSDA903", "Annex A: 12"]
    assert cells.loc["cla_visited", ["source", "other"]].tolist() == ["Annex A", ""]


def test_a_count_without_a_cell_is_said() -> None:
    book = build_template(AREA, QUARTER, MEASURES)
    slots = find_slots(MEASURES, LAYOUT, {})  # a workbook whose rows are all gone
    cells = fill_counts(book, slots, returned(("cla", 12, "SSDA903"), ("nothing", 1, "SSDA903")))
    assert cells.set_index("count")["outcome"].to_dict() == {
        "cla": "no cell",
        "nothing": "not asked",
    }


def test_it_says_what_each_list_could_and_could_not_answer(one: PreparedReturn) -> None:
    told = "\n".join(describe_prepared(one))
    for source in ("SSDA903: what it could answer", "Annex A: what it could answer"):
        assert source in told
    assert "a list of the present has no history" in told
    book = load_workbook(one.path)
    sheet = book["What could be answered"]
    said = [[c.value for c in row] for row in sheet.iter_rows(min_row=FIRST_ROW)]
    measures = {row[0] for row in said}
    assert {f"S{n}" for n in range(1, 18)} <= measures
    found = {row[1]: row[3] for row in said}
    for rule, times in one.counted.problems.groupby("rule")["n"].sum().items():
        assert found[say_rule(str(rule))] == times


def test_annex_a_alone_gives_the_present_and_no_cohorts(tiny: Path, tmp_path: Path) -> None:
    book = tiny / "a.xlsx"
    done = prepare_return([book], QUARTER, AREA, tmp_path, today=DAY)
    sheet = load_workbook(done.path)["Section 20 risk"]
    assert sheet.max_row == FIRST_ROW  # headings only
    own = load_workbook(done.path)["Section 20 counts"]
    measures = {row[0].value for row in own.iter_rows(min_row=FIRST_ROW + 1)}
    assert {"S1", "S6", "S8"} <= measures
    assert not measures & {"S9", "S11", "S12"}


def test_the_practice_sheet_asks_what_the_issue_names() -> None:
    asked = " ".join(q.item for q in load_dives()["section20"].questions)
    for word in (
        "agreement", "parental responsibility", "capacity", "interpreter", "legal advice",
        "reviewed in three months", "withdrawn", "what followed", "letter before proceedings",
    ):  # fmt: skip
        assert word in asked
