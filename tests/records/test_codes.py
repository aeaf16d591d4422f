"""Code lists by year and Annex A's columns, against the specification that LIIA publishes."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from slinb.records.annex_a import load_lists
from slinb.records.codes import load_codes
from slinb.records.meanings import fold_words, load_meanings
from slinb.records.specification import load_specification
from slinb.records.vocabulary import WORDS

ROOT = Path(__file__).parents[2]
REFERENCE = Path(os.environ.get("SLINB_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
NAMES = {"placed_adoption": "placed_for_adoption", "prev_perm": "previous_permanence"}


def read_reference(name: str) -> list[dict[str, str]]:
    path = REFERENCE / "codelists" / name
    if not path.is_file():
        pytest.skip("the code lists are not here (set SLINB_REFERENCE_DATA to their folder)")
    with path.open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_codes_of_every_year_are_those_of_the_specification() -> None:
    rows = read_reference("ssda903_tables_columns_and_codes_2017_2026.csv")
    lists, specification = load_codes(), load_specification()
    checked = 0
    for row in rows:
        year = int(row["schema_year"])
        column = specification[NAMES.get(row["table"], row["table"])].by_name.get(row["column"])
        assert column is not None, row
        if row["type"] == "category":
            allowed = {c.code for c in lists[column.codes].codes if c.allows(year, year)}
            assert allowed == set(row["codes"].split()), (year, row["column"])
            checked += 1
    assert checked > 100


def test_columns_of_every_list_are_those_of_the_specification() -> None:
    expected = defaultdict(list)
    for row in read_reference("annex_a_lists_columns_and_codes.csv"):
        expected[int(row["list"].removeprefix("list_"))].append(row["column"])
    assert {r.number: [c.name for c in r.columns] for r in load_lists()} == expected


def test_accepted_values_of_every_choice_are_understood() -> None:
    meanings = load_meanings()
    columns = {(r.number, c.name): c for r in load_lists() for c in r.columns}
    skipped = ("LA of Placement", "zzCodeError")
    for row in read_reference("annex_a_lists_columns_and_codes.csv"):
        column = columns[int(row["list"].removeprefix("list_")), row["column"]]
        if row["type"] != "category" or row["column"] in skipped:
            continue
        for value in row["codes"].split(" | "):
            if value in skipped or " / " in value or "Unknown" in value:
                continue
            assert meanings[column.accepted].read(value) is not None, (row["column"], value)


def test_every_group_is_a_word_of_the_vocabulary() -> None:
    counted = {"LS", "CIN", "PLACE", "REC"}
    groups = {c.group for name in counted for c in load_codes()[name].codes} - {"goes on"}
    sets = ("legal_status", "need", "plan", "ceased", "placement", "location")
    meant = {g for name in sets for g in load_meanings()[name].accepted.values()}
    ruled = {rule.group for name in sets for rule in load_meanings()[name].rules} - {"unclear"}
    assert groups | meant | ruled <= WORDS


def test_codes_of_another_year_are_told_by_the_years_of_the_row() -> None:
    places = load_codes()["PLACE"]
    at, _ = places.match(pd.Series(["H5", "H5", "K3", "K3", "Z11", "U4"]))
    first = np.array([2020, 2025, 2020, 2024, 2025, 2010])
    last = np.array([2024, 2026, 2024, 2025, 2025, 2030])
    assert places.out_of_year(at, first, last).tolist() == [False, True, True, False, True, False]


#: Spellings met in the field (kinds of those that LIIA's schema lists), and what they mean.
SPELLINGS = {
    "Section 20": (
        "V2", " v2 ", "V2  [Accomm under S20 (single period of accommodation)]", "e)",
        "e) Accommodated under S20", "ACCOM S.20 SINGLE PERIOD",
        "Accomm. Under S20 - Asylum Seeker",
        "Section  20: voluntary accommodation agreements", "Under S.20 - single continuous period",
        "V2:Single Period of Accomodation Under Seection 20", "s20 homeless",
        "V2 - S20 - Single Placement", "Person over 18 accommodated under Section 20(5)",
        "Single placement acc. by LA S20(1) CA under 16",
        "V2 - S20 - Series of Placements >75 nights per year or multiple providers",
        "V2 Single period of accommodation under Article 17",
    ),
    "short breaks": (
        "V3", "V4:Agreed Series of Short-Term Breaks where agreements are recorded",
        "V1 - Accomm under an agreed series of short term breaks",
        "Accommodated under an agreed series of short-term breaks, when individual episodes of "
        "care are recorded",
        "Accommodated under section 20 as an agreed series of short-term breaks",
    ),
    "interim care order": (
        "C1", "Interim care order Sec. 38(1)", "L30 Interim Care Order S38 CA 89",
    ),
    "full care order": (
        "C2: FCO", "CARE ORDER S31.1(A)", "Section 31: care order", "b) Full care orders",
    ),
    "placement order": (
        "E1", "CLA - E1 - Placement order granted AND C2 - Full Care Order", "PO",
        "Concurrent Care Order & Placement Order",
    ),
    "freed for adoption": ("D1: Freeing order", "c) Freed for  Adoption"),
    "child protection": (
        "L1 - PPO", "L59 EPO - Transferred to LA", "Police Powers of Protection",
        "f) Detained on child protection grounds in LA accomodation", "Child Assessment Order",
    ),
    "youth justice": (
        "Detained (PACE)", "J1: Remanded to LA or youth detention", "REMANDED LA ACCOM LASPOA 2012",
        "SUPERVISION ORDER WITH A RESIDENCE REQUIREMENT", "g) Youth justice legal Statuses",
    ),
}  # fmt: skip
UNCLEAR = (
    "S20 Short Breaks 75+ Nights", "S20 Shared Care", "Remanded to LA accommodation S20",
    "Ward of Court", "Supervision Order", "Childrens Act Section 17", "Special Guardianship Order",
    "C2 - Single period of accommodation under section 20", "J4", "Interim Residence Order", "x",
)  # fmt: skip


@pytest.mark.parametrize(("group", "text"), [(g, t) for g, ts in SPELLINGS.items() for t in ts])
def test_a_legal_status_is_read_by_code_or_meaning(group: str, text: str) -> None:
    assert load_meanings()["legal_status"].read(text) == group


@pytest.mark.parametrize("text", UNCLEAR)
def test_an_unclear_legal_status_is_never_guessed(text: str) -> None:
    assert load_meanings()["legal_status"].read(text) is None


@pytest.mark.parametrize(
    ("name", "text", "group"),
    [
        (
            "ceased",
            "E4B - Return home ... not part of the current care planning process",
            "home unplanned",
        ),
        ("ceased", "RETURNED HOME (PLANNED)", "home as planned"),
        ("ceased", "Returned home to live with parents or relatives", "home, planning not stated"),
        ("ceased", "Returned home (no order)", "home, planning not stated"),
        ("ceased", "Left care to live with person with no PR", "relatives"),
        ("ceased", "E41 - Returned home - Residence order", "child arrangements order"),
        ("ceased", "E8 - Staying Put", None),
        ("placement", "H5 - Placed with own parents", None),
        ("placement", "j) A6: Placed for adoption - order - foster", "placed for adoption"),
        ("placement", "Foster placement with relative or friend (IN) [U1a]", "foster care"),
        ("plan", "Long term fostering/SGO", None),
        ("plan", "Eventual return to birth family", "return to family"),
        ("need", "a) Abuse, neglect and exploitation", "N1 abuse or neglect"),
        ("yesno", "b) No", "no"),
        ("yesno", "maybe", None),
    ],
)
def test_other_columns_by_meaning(name: str, text: str, group: str | None) -> None:
    assert load_meanings()[name].read(text) == group


def test_words_are_folded() -> None:
    assert fold_words(" LA’s  accomm. & (PACE)") == "la s accomm and pace"
