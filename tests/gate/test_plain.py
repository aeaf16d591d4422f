"""The quick way into a workbook says what the careful way says, or is not taken."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.worksheet.formula import ArrayFormula

from slinb.gate import workbook
from slinb.gate.plain import read_plain_sheets
from slinb.gate.silent import hides, is_silent
from tests.gate import kit

ROWS = [
    ["Plans for neglect", None, None],
    [],
    ["Measure", "Luton", "Bedford"],
    ["Plans for neglect", 12, 3],
    ["Another & <odd> one\nof two lines", 0.0465, -1.5],
    ["yes", True, False],
    [None, 10**12, 1e-7],
    ["c", "3,4", " spaced "],
]


def save(book: openpyxl.Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make(change: Callable[[Any], object] = lambda _: None) -> bytes:
    book = openpyxl.Workbook()
    for row in ROWS:
        book.active.append(row)
    hidden = book.create_sheet("Bedford")
    hidden.append(["cp_neglect_pct", 86])
    hidden.sheet_state = "veryHidden"
    change(book.active)
    return save(book)


def read(content: bytes) -> list[tuple[Any, ...]]:
    return [tuple(p) for p in workbook._read_sheets(content, "", ())]


def test_both_ways_give_the_same_passages(monkeypatch: pytest.MonkeyPatch) -> None:
    content = make()
    assert read_plain_sheets(content) is not None
    quick = read(content)
    monkeypatch.setattr(workbook, "read_plain_sheets", lambda _: None)
    assert quick == read(content)
    assert {"12", "3", "0.0465", "-1.5", "1000000000000", "1e-07", "86"} <= {p[1] for p in quick}


@pytest.mark.parametrize(
    "change",
    [
        lambda sheet: sheet.append(["=1+2"]),
        lambda sheet: sheet.merge_cells("A1:C1"),
        lambda sheet: setattr(sheet["B4"], "comment", Comment("3", "slinb")),
        lambda sheet: sheet.append([dt.date(2025, 12, 31)]),
        lambda sheet: sheet.append([10**16]),
        lambda sheet: sheet.append(["#N/A"]),
        lambda sheet: sheet.parent.create_chartsheet(),
    ],
    ids=["formula", "merged", "comment", "date", "large number", "error", "chart sheet"],
)
def test_whatever_is_not_plain_is_read_with_care(change: Callable[[Any], object]) -> None:
    assert read_plain_sheets(make(change)) is None


def test_what_is_no_workbook_is_not_plain() -> None:
    assert read_plain_sheets(b"PK\x03\x04 damaged") is None
    assert read_plain_sheets(kit.slides("text")) is None


def test_a_merged_heading_heads_all_its_columns() -> None:
    book = openpyxl.Workbook()
    for row in (["Measure", "Bedford", None], ["Plans for neglect", "c", 3]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    leaks = kit.open_test_gate().find_leaks("a.xlsx", save(book))
    assert {(leak.area, leak.measure) for leak in leaks} == {(kit.AREA, kit.MEASURE)}


@pytest.mark.parametrize("array", [False, True], ids=["formula", "array formula"])
def test_a_number_within_a_formula_is_found(array: bool) -> None:
    book = openpyxl.Workbook()
    for row in (["area", "measure", "numerator"], ["Bedford", "cp_neglect_pct"]):
        book.active.append(row)
    text = '=IF(TRUE,"3 of 86")'
    book.active["C2"] = ArrayFormula("C2", text) if array else text
    assert kit.open_test_gate().find_leaks("a.xlsx", save(book))


def test_silent_is_what_shows_no_number_and_hides_none() -> None:
    for text in ("Bedford", "no real change", "c", "Southend-on-Sea", "%"):
        assert is_silent(text, "numerator")
    for text in ("3", "three", "Bedford%3A c", "&#51;", "<b>c</b>", '["c"]', kit.encode("c: 3, c")):
        assert not is_silent(text, "numerator")
    assert is_silent("2025-26-Q3", "period") and not is_silent("2025-26-Q3", "value")
    assert hides("data:image/png;base64,") and not is_silent("data:image/png;base64,", "period")
