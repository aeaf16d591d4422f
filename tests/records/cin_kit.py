"""Small censuses to spoil, messy random ones, and the flattening that the public tools make."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path
from xml.etree import ElementTree as ET

from openpyxl import Workbook

from slinb.catalogue.periods import Period
from slinb.records.prepare import CountedRecords, count_records

QUARTER = Period.parse("2024-25-Q4")
TODAY = dt.date(2025, 6, 1)
HEADER = (
    "<Header><CollectionDetails><Collection>CIN</Collection><Year>2025</Year>"
    "<ReferenceDate>2025-03-31</ReferenceDate></CollectionDetails>"
    "<Source><LEA>000</LEA></Source></Header>"
)
CHARACTERISTICS = (
    "<ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>NONE</Disability>"
    "</Disabilities></ChildCharacteristics>"
)
CASE = (
    "<CINdetails><CINreferralDate>2024-05-01</CINreferralDate><ReferralSource>6</ReferralSource>"
    "<PrimaryNeedCode>N1</PrimaryNeedCode>"
    "<Assessments><AssessmentActualStartDate>2024-05-02</AssessmentActualStartDate>"
    "<AssessmentAuthorisationDate>2025-02-01</AssessmentAuthorisationDate>"
    "<FactorsIdentifiedAtAssessment><AssessmentFactors>16A</AssessmentFactors>"
    "<AssessmentFactors>4B</AssessmentFactors></FactorsIdentifiedAtAssessment></Assessments>"
    "<ReferralNFA>0</ReferralNFA>"
    "<ChildProtectionPlans><CPPstartDate>2024-06-01</CPPstartDate>"
    "<InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>"
    "<LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>"
    "<NumberOfPreviousCPP>0</NumberOfPreviousCPP>"
    "<Reviews><CPPreviewDate>2024-09-01</CPPreviewDate>"
    "<CPPreviewDate>2025-02-20</CPPreviewDate></Reviews></ChildProtectionPlans></CINdetails>"
)


def write_child(identifier: str, inner: str = CHARACTERISTICS + CASE, sex: str = "F") -> str:
    return (
        f"<Child><ChildIdentifiers><LAchildID>{identifier}</LAchildID>"
        f"<PersonBirthDate>2015-04-03</PersonBirthDate><Sex>{sex}</Sex></ChildIdentifiers>"
        f"{inner}</Child>"
    )


def write_census(
    path: Path, children: str, *, header: str = HEADER, top: str = "", root: str = "Message"
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{top}<{root}>\n{header}\n<Children>\n'
        f"{children}\n</Children>\n</{root.split()[0]}>\n"
    )
    path.write_text(text, encoding="utf-8")
    return path


def count(source: Path, quarter: Period = QUARTER) -> CountedRecords:
    return count_records(source, quarter, TODAY)


def look(counted: CountedRecords, measure: str, item: str, **more: str) -> tuple[int, int, int]:
    """Return numerator, denominator and excluded of one row."""
    wanted = {"window": "snapshot", "breakdown": "", "category": "", "across": "", **more}
    rows = counted.counts[(counted.counts["measure"] == measure) & (counted.counts["item"] == item)]
    for column, value in wanted.items():
        rows = rows[rows[column] == value]
    assert len(rows) == 1, rows.to_string()
    return tuple(int(rows[c].iloc[0]) for c in ("numerator", "denominator", "excluded"))  # type: ignore[return-value]


# Messy random censuses ----------------------------------------------------------------------


def write_messy(folder: Path, seed: int, children: int = 160) -> list[tuple[int, Path]]:
    """Write two years of records that leave things out, overlap and come back."""
    draw = random.Random(seed)  # noqa: S311  # no secret rests on it
    made = [_make_messy(draw, number) for number in range(children)]
    files = []
    for year in (2024, 2025):
        last = dt.date(year, 3, 31)
        text = "".join(_write_messy(draw, child, year, last) for child in made)
        header = HEADER.replace("2025", str(year))
        files.append((year, write_census(folder / f"{year}.xml", text, header=header)))
    return files


def _make_messy(draw: random.Random, number: int) -> dict[str, object]:
    day = dt.date(2022, 10, 1) + dt.timedelta(draw.randrange(400))
    cases = []
    for _ in range(draw.choice((1, 1, 2, 3))):
        end = day + dt.timedelta(draw.choice((0, 30, 90, 200, 500, 900)))
        cases.append((day, end if draw.random() < 0.8 else None, _draw_plans(draw, day)))
        day = end + dt.timedelta(draw.choice((0, 1, 40, 300, 364, 366, 500)))
    born = dt.date(2006, 1, 1) + dt.timedelta(draw.randrange(7000))
    return {"id": f"M{number}", "born": born, "known": draw.random(), "cases": cases}


def _draw_plans(draw: random.Random, day: dt.date) -> list[tuple[object, ...]]:
    plans: list[tuple[object, ...]] = []
    start = day + dt.timedelta(draw.randrange(60))
    for _ in range(draw.choice((0, 1, 1, 2))):
        end = start + dt.timedelta(draw.randrange(1, 800))
        categories = ("NEG", "NEG", "EMO", "PHY", "SAB", "MUL", "", "XXX")
        plans.append(
            (
                start,
                end if draw.random() < 0.7 else None,
                draw.choice(categories),
                draw.choice(categories),
                draw.choice(("0", "0", "1", "2", "")),
                start + dt.timedelta(draw.randrange(300)) if draw.random() < 0.3 else None,
            )
        )
        start = end + dt.timedelta(draw.choice((-20, 0, 5, 200)))
    return plans


def _write_messy(draw: random.Random, child: dict[str, object], year: int, last: dt.date) -> str:
    first = dt.date(year - 1, 4, 1)
    parts = []
    for start, end, plans in child["cases"]:  # type: ignore[attr-defined]
        if start > last or (end and end < first):
            continue
        closed = end if end and end <= last else None
        reason = draw.choice(("RC2", "RC7", "RC8")) if closed else ""
        inner = _tag("CINreferralDate", start) + _tag("CINclosureDate", closed)
        inner += _tag("ReasonForClosure", reason) + _tag("ReferralSource", draw.choice(("6", "5D")))
        inner += _tag("PrimaryNeedCode", draw.choice(("N1", "N4", "N9", "", "N77")))
        inner += _tag("ReferralNFA", draw.choice(("0", "0", "0", "1", "")))
        inner += "".join(_write_found(draw, start, last) for _ in range(draw.choice((0, 1, 2))))
        for begun, ended, initial, latest, previous, letter in plans:
            if begun <= last:
                inner += _write_plan(begun, ended, initial, latest, previous, letter, last)
        parts.append(f"<CINdetails>{inner}</CINdetails>")
    if not parts:
        return ""
    known = float(child["known"])  # type: ignore[arg-type]
    tag = "PersonBirthDate" if known < 0.9 else "ExpectedPersonBirthDate"
    born = _tag(tag, child["born"]) if known < 0.97 else ""
    return (
        f"<Child><ChildIdentifiers><LAchildID>{child['id']}</LAchildID>{born}</ChildIdentifiers>"
        f"{CHARACTERISTICS}{''.join(parts)}</Child>\n"
    )


def _write_found(draw: random.Random, start: dt.date, last: dt.date) -> str:
    begun = start + dt.timedelta(draw.randrange(5))
    signed = begun + dt.timedelta(draw.randrange(200))
    codes = draw.sample(["16A", "1B", "2B", "3C", "4B", "20", "21", "99Z"], draw.randrange(4))
    factors = "".join(_tag("AssessmentFactors", code) for code in codes)
    return (
        f"<Assessments>{_tag('AssessmentActualStartDate', begun)}"
        f"{_tag('AssessmentAuthorisationDate', signed if signed <= last else None)}"
        f"<FactorsIdentifiedAtAssessment>{factors}</FactorsIdentifiedAtAssessment></Assessments>"
    )


def _write_plan(
    begun: dt.date,
    ended: dt.date | None,
    initial: str,
    latest: str,
    previous: str,
    letter: dt.date | None,
    last: dt.date,
) -> str:
    block = ""
    if letter and letter <= last:
        block = f"<PreProceedings>{_tag('PPStartDate', letter - dt.timedelta(9))}"
        block += f"{_tag('LBPSentDate', letter)}</PreProceedings>"
    return (
        f"<ChildProtectionPlans>{_tag('CPPstartDate', begun)}"
        f"{_tag('CPPendDate', ended if ended and ended <= last else None)}"
        f"{_tag('InitialCategoryOfAbuse', initial)}{_tag('LatestCategoryOfAbuse', latest)}"
        f"{_tag('NumberOfPreviousCPP', previous)}</ChildProtectionPlans>{block}"
    )


def _tag(name: str, value: object) -> str:
    return f"<{name}>{value}</{name}>" if value else ""


# Flattening ---------------------------------------------------------------------------------

_BLOCKS = {
    "Assessments": "Assessments",
    "ChildProtectionPlans": "ChildProtectionPlans",
    "PreProceedings": "PreProceedings",
}


def flatten(path: Path) -> dict[str, list[dict[str, str]]]:
    """Return the tables that the public tools make of a census, factors listed in one cell."""
    root = ET.parse(path).getroot()  # noqa: S314  # our own
    header = {e.tag: e.text or "" for e in root.find("Header").iter() if not len(e)}  # type: ignore[union-attr]
    tables: dict[str, list[dict[str, str]]] = {"Header": [header]}
    for child in root.iter("Child"):
        own = {e.tag: e.text or "" for e in child.find("ChildIdentifiers") or ()}
        tables.setdefault("ChildIdentifiers", []).append(own)
        identifier = {"LAchildID": own.get("LAchildID", "")}
        for part in child.findall("ChildCharacteristics"):
            row = {**identifier, "Ethnicity": part.findtext("Ethnicity", "")}
            tables.setdefault("ChildCharacteristics", []).append(row)
        for number, case in enumerate(child.findall("CINdetails"), start=1):
            key = {**identifier, "CINdetailsID": str(number)}
            leaves = {e.tag: e.text or "" for e in case if not len(e)}
            tables.setdefault("CINdetails", []).append({**key, **leaves})
            for block in case:
                if block.tag in _BLOCKS:
                    leaves = {e.tag: e.text or "" for e in block if not len(e)}
                    factors = [e.text or "" for e in block.iter("AssessmentFactors")]
                    leaves.pop("FactorsIdentifiedAtAssessment", None)
                    if block.tag == "Assessments":
                        leaves["AssessmentFactors"] = str(factors) if factors else ""
                    tables.setdefault(_BLOCKS[block.tag], []).append({**key, **leaves})
    return tables


def write_flat(folder: Path, tables: dict[str, list[dict[str, str]]], *, book: bool) -> None:
    """Write flattened tables as CSV, one file a table, or as sheets of one workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    workbook = Workbook(write_only=True)
    for name, rows in tables.items():
        columns = list(dict.fromkeys(column for row in rows for column in row))
        lines = [columns, *([row.get(c, "") for c in columns] for row in rows)]
        if book:
            sheet = workbook.create_sheet(name)
            for line in lines:
                sheet.append(line)
        else:
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
                csv.writer(handle).writerows(lines)
    if book:
        workbook.save(folder / "census.xlsx")
