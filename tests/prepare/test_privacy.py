"""Nothing of a child is in the workbook: every part of the file is searched for every secret."""

from __future__ import annotations

import datetime as dt
import html
import random
import re
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from slinb.catalogue.dives import load_dives
from slinb.errors import SchemaError
from slinb.prepare.prepare import PreparedReturn, prepare_return
from slinb.prepare.report import describe_prepared
from slinb.prepare.rules import OTHER, say_rule
from slinb.prepare.sheets import Stamp, write_counts
from tests.prepare.conftest import slug_of
from tests.records.conftest import AREAS, QUARTER
from tests.records.kit import CHILDREN, EPISODES, HEADERS, TODAY, list_rows, write_book, write_set
from tests.records.kit import QUARTER as EARLIER
from tests.records.test_docs import find_rules
from tests.records.test_privacy import read_secrets

DIVE = load_dives()["section20"]
EPOCH = dt.date(1899, 12, 30)


def read_whole(path: Path) -> str:
    """Return every part of an .xlsx file as text: cells, shared strings, comments, properties."""
    with zipfile.ZipFile(path) as archive:
        parts = [
            archive.read(name).decode("utf-8", errors="replace") for name in archive.namelist()
        ]
    return html.unescape("\n".join(parts))


def list_numbers(path: Path) -> set[float]:
    return {
        cell.value
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, int | float)
    }


def to_serials(secrets: set[str]) -> set[int]:
    """Return the dates among the secrets as Excel would store them."""
    days = pd.to_datetime(pd.Series(sorted(secrets)), format="%d/%m/%Y", errors="coerce").dropna()
    return {(day.date() - EPOCH).days for day in days}


def test_no_secret_of_the_records_is_anywhere_in_the_file(
    one: PreparedReturn, records: Path
) -> None:
    slug = slug_of(one)
    secrets = read_secrets(records / slug)
    assert len(secrets) > 500
    text = read_whole(one.path)
    assert [s for s in secrets if s in text] == []
    serials = to_serials(secrets)
    assert len(serials) > 50
    # The day of the submission is a date of the cover, which no child has.
    assert serials & list_numbers(one.path) == set()


def test_no_secret_is_printed(one: PreparedReturn, records: Path) -> None:
    slug = slug_of(one)
    text = "\n".join(describe_prepared(one))
    assert "Written:" in text
    assert [s for s in read_secrets(records / slug) if s in text] == []


def test_records_in_the_wrong_columns_leave_nothing_either(tmp_path: Path) -> None:
    """Cells in each other's place, an identifier for a header, a file and a sheet named so."""
    rng = random.Random(11)  # noqa: S311  # no secret rests on it
    rows = []
    for line in EPISODES * 6:
        cells = line.split(",")
        rng.shuffle(cells)
        rows.append(",".join(cells))
    headers = HEADERS.replace("URN", "CB1 2AB").replace("PL_POST", "A101 03/04/2015")
    source = write_set(tmp_path / "records", (*EPISODES, *rows), headers=headers)
    wild = list_rows()
    wild.append([c.split(",")[2] for c in CHILDREN] + ["A101", "CB1 2AB"] * 3)
    book = {"List 8": wild, "A103": [["A101", "03/04/2015", "CB1 2AB"]]}
    write_book(source / "A104 05_06_2008.xlsx", book)
    done = prepare_return(source, EARLIER, AREAS[0], tmp_path / "out", today=TODAY)
    secrets = {c.split(",")[0] for c in CHILDREN} | {c.split(",")[2] for c in CHILDREN}
    secrets |= {"B123456789012", "CB1 2AB", "NR1 1AA", "NR2 2BB", "2015-04-03", "05_06_2008"}
    text = read_whole(done.path)
    # A104 is also the name of a cell: what a formula or a reference says is none of a child's.
    text = re.sub(r'(r|ref|sqref|activeCell)="[^"]*"', "", text)
    text = re.sub(r"<(f|formula1?|definedName)\b[^>]*>[^<]*<", "<", text)
    assert [s for s in secrets if s in text] == []


COUNT = {
    "measure": "S1", "item": "stock", "source": "SSDA903", "window": "snapshot", "cohort": "",
    "population": "all", "breakdown": "", "category": "", "across": "", "numerator": 1,
    "denominator": 2, "excluded": 0, "why": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"category": "A101"}, "no words of the deep dive"),
        ({"why": "aged 18 or over; A101"}, "no words of the deep dive"),
        ({"cohort": "03/04/2015"}, "no words of the deep dive"),
        ({"measure": "S99"}, "no words of the deep dive"),
        ({"numerator": -1}, "holds no counts"),
        ({"numerator": 0.5}, "holds no counts"),
    ],
)
def test_only_closed_words_and_counts_can_be_written(change: dict[str, object], said: str) -> None:
    book, stamp = Workbook(), Stamp(AREAS[0], QUARTER)
    write_counts(book, DIVE, "counts", pd.DataFrame([COUNT]), stamp)
    with pytest.raises(SchemaError, match=said):
        write_counts(book, DIVE, "counts", pd.DataFrame([{**COUNT, **change}]), stamp)


def test_the_message_of_a_refusal_does_not_show_the_word() -> None:
    with pytest.raises(SchemaError) as refused:
        write_counts(
            Workbook(), DIVE, "counts", pd.DataFrame([{**COUNT, "item": "A101"}]),
            Stamp(AREAS[0], QUARTER),
        )  # fmt: skip
    assert "A101" not in str(refused.value)


def test_every_rule_of_the_records_has_words_and_nothing_else_has() -> None:
    assert {rule for rule in find_rules() if say_rule(rule) == OTHER} == set()
    assert say_rule("A101 03/04/2015") == OTHER
