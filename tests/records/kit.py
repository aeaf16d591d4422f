"""Small sets of records to spoil: a few children, written as the tests need them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.periods import Period
from slinb.records.annex_a import load_lists
from slinb.records.prepare import CountedRecords, count_records

QUARTER = Period.parse("2024-25-Q4")
TODAY = dt.date(2025, 6, 1)
HEADERS = (
    "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,HOME_POST,PL_POST,URN"
)
#: Four children: two under Section 20 (one of them UASC), one under a care order, one gone home.
EPISODES = (
    "A101,15/01/2024,S,V2,N1,U6,PR1,,,,CB1 2AB,NR1 1AA,",
    "A102,10/11/2024,S,V2,N8,U6,PR4,,,,,NR2 2BB,",
    "A103,01/02/2023,S,V2,N1,U6,PR1,20/06/2023,X1,CARPL,CB1 2AB,NR3 3DD,",
    "A103,20/06/2023,L,C2,N1,U6,PR1,,,,CB1 2AB,NR3 3DD,",
    "A104,05/05/2024,S,V2,N4,U6,PR1,09/03/2025,E4A,,CB1 2AB,NR4 4EE,",
)
CHILDREN = (
    "A101,F,03/04/2015,WBRI,B123456789012,,",
    "A102,M,05/06/2008,OOTH,UN4,,",
    "A103,F,07/08/2019,WBRI,B123456789013,,",
    "A104,M,09/10/2012,WBRI,B123456789014,,",
)
UASC = ("A102,M,05/06/2008,05/06/2026",)


def write_set(
    folder: Path,
    episodes: tuple[str, ...] = EPISODES,
    *,
    headers: str = HEADERS,
    children: tuple[str, ...] = CHILDREN,
    name: str = "episodes.csv",
    encoding: str = "utf-8",
) -> Path:
    """Write a set; the episodes as given, so that a test can spoil any line."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join((headers, *episodes)) + "\n", encoding=encoding)
    header = ("CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB", *children)
    (folder / "header.csv").write_text("\n".join(header) + "\n", encoding="utf-8")
    (folder / "uasc.csv").write_text("\n".join(("CHILD,SEX,DOB,DUC", *UASC)) + "\n", "utf-8")
    return folder


def count(folder: Path) -> CountedRecords:
    return count_records(folder, QUARTER, TODAY)


def cell(counted: CountedRecords, name: str) -> int:
    """Return a cell of the return, whichever source gives it."""
    own = counted.return_counts.query("count == @name")
    assert len(own) == 1, name
    return int(own["value"].iloc[0])


def find(counted: CountedRecords, rule: str) -> pd.DataFrame:
    return counted.problems[counted.problems["rule"] == rule]


def one(counted: CountedRecords, rule: str) -> dict[str, object]:
    """Return the one problem of a rule."""
    found = find(counted, rule)
    assert len(found) == 1, counted.problems[["rule", "found", "done"]].to_string()
    return found.iloc[0].to_dict()


CARE_8 = (
    {
        "Child Unique ID": 2001, "Gender": "a) Male", "Ethnicity": "a) White",
        "Date of Birth": dt.date(2015, 4, 3), "Age of Child (Years)": 9,
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)": "No",
        "Does the Child have a Disability": "Yes",
        "Date Started to be Looked After": dt.date(2024, 1, 15),
        "Child's Category of Need": "a) Abuse or neglect",
        "Start date of current legal status": dt.date(2024, 1, 15),
        "Child's Legal Status": "e) Accommodated under S20",
        "Date of Latest Statutory Review": dt.date(2025, 1, 10),
        "Date of Last Social Work Visit": dt.date(2025, 3, 1),
        "What is the permanence plan for this child?": "a) Return to family",
        "Number of Placements in the Last 12 months": 2,
        "Placement Type": "a) Foster placement", "Placement Location": "b) Out",
        "Placement postcode": "NR1 1AA",
    },
    {
        "Child Unique ID": 2002, "Gender": "b) Female", "Ethnicity": "a) White",
        "Date of Birth": dt.date(2012, 4, 3), "Age of Child (Years)": 12,
        "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)": "No",
        "Does the Child have a Disability": "No",
        "Date Started to be Looked After": dt.date(2023, 5, 1),
        "Child's Category of Need": "e) Family dysfunction",
        "Start date of current legal status": dt.date(2023, 12, 1),
        "Child's Legal Status": "b) Full care orders",
        "Date of Latest Statutory Review": dt.date(2024, 6, 10),
        "Date of Last Social Work Visit": dt.date(2025, 1, 1),
        "What is the permanence plan for this child?": "f) Long-term fostering",
        "Number of Placements in the Last 12 months": 1,
        "Placement Type": "h) Children's Homes", "Placement Location": "a) In",
        "Placement postcode": "NR2 2BB",
    },
)  # fmt: skip


def write_book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def list_rows(rows: tuple[dict[str, object], ...] = CARE_8, number: int = 8) -> list[list[object]]:
    """Return the headers and rows of a list as a sheet holds them."""
    columns = [c.name for rule in load_lists() if rule.number == number for c in rule.columns]
    return [columns, *([row.get(c) for c in columns] for row in rows)]
