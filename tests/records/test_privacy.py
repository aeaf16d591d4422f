"""Nothing of a child comes out: no identifier, date of birth or postcode, in any table."""

from __future__ import annotations

import csv
import dataclasses
import random
import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from slinb.errors import SchemaError
from slinb.records import schema
from slinb.records.prepare import CountedRecords, count_records
from slinb.records.problems import mask_text
from slinb.records.schema import conform_counts
from slinb.records.vocabulary import WORDS
from tests.records.conftest import AREAS, QUARTER
from tests.records.kit import CHILDREN, EPISODES, HEADERS, count, list_rows, write_book, write_set

SECRET = {"CHILD", "DOB", "UPN", "HOME_POST", "PL_POST", "MC_DOB", "DUC", "SW_ID"}
SECRET_LIST = (
    "Child Unique ID",
    "Date of Birth",
    "DOB",
    "Placement postcode",
    "Individual adopter",
)


def read_secrets(folder: Path) -> set[str]:
    """Return every identifier, date of birth and postcode of a set, as written in its files."""
    secrets: set[str] = set()
    for path in folder.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                secrets |= {
                    str(v).strip() for k, v in row.items() if k and k.upper() in SECRET and v
                }
    for path in folder.rglob("*.xlsx"):
        for sheet in load_workbook(path, read_only=True):
            rows = list(sheet.iter_rows(values_only=True))
            heads = next((r for r in rows if (r and "Gender" in r) or "Sex" in r), ())
            at = [i for i, h in enumerate(heads) if str(h).startswith(SECRET_LIST)]
            for row in rows[rows.index(heads) + 1 :] if heads else ():
                for value in (row[i] for i in at if row[i]):
                    secrets.add(str(value))
                    if hasattr(value, "strftime"):
                        secrets |= {value.strftime("%d/%m/%Y"), value.strftime("%Y-%m-%d")}
    return {s for s in secrets if len(s) > 3}


def list_texts(counted: CountedRecords) -> str:
    """Return everything that a result holds, as one text."""
    frames = (getattr(counted, f.name) for f in dataclasses.fields(counted) if f.name != "quarter")
    return "\n".join(frame.to_csv(index=False) for frame in frames)


@pytest.mark.parametrize("slug", [a.slug for a in AREAS])
def test_the_sample_records_leave_nothing(
    slug: str, sample: Path, counted: dict[str, CountedRecords]
) -> None:
    text = list_texts(counted[slug])
    secrets = read_secrets(sample / slug)
    assert len(secrets) > 1000
    assert [s for s in secrets if s in text] == []


def test_records_in_the_wrong_columns_leave_nothing_either(tmp_path: Path) -> None:
    """Each cell of a row takes the place of each other one: a shifted or mixed-up export."""
    rng = random.Random(5)  # noqa: S311  # no secret rests on it
    rows = []
    for line in EPISODES * 6:
        cells = line.split(",")
        rng.shuffle(cells)
        rows.append(",".join(cells))
    headers = HEADERS.replace("URN", "CB1 2AB").replace("PL_POST", "A101 03/04/2015")
    write_set(tmp_path, (*EPISODES, *rows), headers=headers)
    wild = list_rows()
    wild[1] = rng.sample(wild[1], len(wild[1]))
    wild.append([c.split(",")[2] for c in CHILDREN] + ["A101", "CB1 2AB"] * 3)
    write_book(tmp_path / "a.xlsx", {"List 8": wild, "A103": [["A101", "03/04/2015", "CB1 2AB"]]})
    text = list_texts(count(tmp_path))
    secrets = {c.split(",")[0] for c in CHILDREN} | {c.split(",")[2] for c in CHILDREN}
    secrets |= {"B123456789012", "CB1 2AB", "NR1 1AA", "NR2 2BB", "2015-04-03"}
    text = re.sub(r"a\.xlsx,A103", "", text)  # the name of a sheet is the officer's own
    assert [s for s in secrets if s in text] == []


def test_a_count_with_a_word_of_its_own_is_refused() -> None:
    row = {"measure": "S1", "item": "stock", "numerator": 1, "denominator": 2}
    assert len(conform_counts([row])) == 1
    with pytest.raises(SchemaError, match="words outside the vocabulary in category"):
        conform_counts([{**row, "category": "A101"}])
    with pytest.raises(SchemaError, match="in why"):
        conform_counts([{**row, "why": "aged 18 or over; A101"}])


def test_no_table_has_a_place_for_a_child() -> None:
    """Texts of counts come from closed lists; the other tables have no column for a value."""
    tables = [t for t in vars(schema).values() if isinstance(t, schema.TableSchema)]
    assert {t.name for t in tables} >= {"counts", "risk table", "durations", "statistics"}
    columns = {column.name for table in tables for column in table.columns}
    assert not columns & {"child", "id", "upn", "dob", "birth", "postcode", "date"}
    assert not any(
        re.search(r"\d{3}", word) for word in WORDS - {"503B", "SSDA903"} if not word.isdigit()
    )


def test_statistics_rest_on_ten_children_or_more(counted: dict[str, CountedRecords]) -> None:
    frame = pd.concat([c.statistics for c in counted.values()])
    assert frame.loc[frame["n"] < 10, "value"].isna().all()
    assert frame.loc[frame["n"] >= 10, "value"].notna().all()
    assert (frame["n"] < 10).any()
    assert (frame["n"] >= 10).any()


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("12/03/2019", "[date]"),
        ("V2 from 2019-03-12", "V2 from [date]"),
        ("12 March 2019", "[date]"),
        ("cb12ab", "[postcode]"),
        ("SW1A 1AA", "[postcode]"),
        ("566910", "[number]"),
        ("X1234", "X[number]"),
        ("child a77 there", "child [identifier] there"),
        ("7", "[identifier]"),
        ("Children Act 1989", "Children Act 1989"),
        ("V2 - S20", "V2 - S20"),
    ],
)
def test_texts_are_masked(text: str, masked: str) -> None:
    assert mask_text(text, frozenset({"A77", "7"})) == masked


def test_the_same_records_give_the_same_counts(
    sample: Path, counted: dict[str, CountedRecords]
) -> None:
    slug = AREAS[0].slug
    again = count_records(sample / slug, QUARTER)
    assert list_texts(again) == list_texts(counted[slug])
