"""A census as it should not be: each thing is said, nothing is silently empty or wrong."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from xml.etree import ElementTree as ET

import pandas as pd
import pytest

from slinb.catalogue.periods import Period
from slinb.records.cin_census import is_census_file, load_cin_specification
from slinb.records.cin_xml import read_cin_xml
from slinb.records.grid import RecordsError
from slinb.records.prepare import count_records
from slinb.records.problems import ProblemLog
from tests.records import slow_neglect
from tests.records.cin_kit import (
    CASE,
    CHARACTERISTICS,
    HEADER,
    QUARTER,
    TODAY,
    count,
    flatten,
    look,
    write_census,
    write_child,
    write_flat,
    write_messy,
)
from tests.records.kit import find, one
from tests.records.test_neglect import KEY, VALUE

TWO = write_child("A1") + write_child("A2")


def read(path: Path) -> None:
    read_cin_xml(path, path.name, load_cin_specification(), ProblemLog())


# Dates --------------------------------------------------------------------------------------


def test_a_date_with_the_day_first_is_never_read_as_the_month(tmp_path: Path) -> None:
    """On record in the public validator: 01/02/2023 becomes 2 January."""
    spoilt = CASE.replace("<CPPstartDate>2024-06-01<", "<CPPstartDate>01/02/2024<")
    write_census(tmp_path / "c.xml", write_child("A1", CHARACTERISTICS + spoilt))
    counted = count(tmp_path)
    months = counted.durations.query("measure == 'N4'")["month"].tolist()
    assert months == [13]  # since 1 February 2024; since 2 January it would be 14
    problem = one(counted, "not ISO")
    assert (problem["column"], problem["rows"], problem["n"]) == ("CPPstartDate", "row 1", 1)
    assert "day before the month" in str(problem["done"])


def test_an_impossible_date_never_lowers_the_number_of_issues(tmp_path: Path) -> None:
    """On record: an impossible date becomes empty, and what rested on it is no longer checked."""
    bad = CASE.replace(
        "<AssessmentAuthorisationDate>2025-02-01<", "<AssessmentAuthorisationDate>2024-02-01<"
    )
    worse = bad.replace("2024-02-01", "2025-02-30")
    issues = []
    for name, case in (("bad", bad), ("worse", worse)):
        write_census(tmp_path / name / "c.xml", write_child("A1", CHARACTERISTICS + case))
        counted = count(tmp_path / name)
        failed = counted.counts.query("item == 'failed'")["numerator"].sum()
        issues.append((int(failed), len(counted.problems)))
    assert issues == [(1, 1), (1, 1)]
    assert one(counted, "no date")["column"] == "AssessmentAuthorisationDate"
    row = look(counted, "N15", "failed", breakdown="check", category="date that is none")
    assert row[0] == 1


@pytest.mark.parametrize("text", ["2025-13-01", "0001-01-01", "soon", "30/02/2025", "2025-2"])
def test_what_is_no_date_is_counted_as_such(tmp_path: Path, text: str) -> None:
    spoilt = CASE.replace("<CPPstartDate>2024-06-01<", f"<CPPstartDate>{text}<")
    write_census(tmp_path / "c.xml", write_child("A1", CHARACTERISTICS + spoilt))
    counted = count(tmp_path)
    assert one(counted, "no date")["n"] == 1
    assert one(counted, "no start")["n"] == 1
    account = counted.account.set_index("table").loc["protection_plans"]
    assert (account["unusable"], account["used"]) == (1, 0)


# Blocks -------------------------------------------------------------------------------------


def test_a_misspelt_block_is_named_and_read_by_its_fields(tmp_path: Path) -> None:
    """On record: a misspelt block becomes an empty table in silence."""
    spoilt = CASE.replace("ChildProtectionPlans>", "ChildProtectionPlan>")
    write_census(tmp_path / "c.xml", TWO.replace("ChildProtectionPlans>", "ChildProtectionPlan>"))
    counted = count(tmp_path)
    assert spoilt != CASE
    problem = one(counted, "renamed block")
    assert "ChildProtectionPlan”" in str(problem["found"])
    assert problem["n"] == 2
    assert look(counted, "N1", "neglect") == (2, 2, 0)
    account = counted.account.set_index("table")["rows_in"]
    assert (account["protection_plans"], account["reviews"]) == (2, 4)


def test_a_block_of_no_table_is_named_and_accounted_for(tmp_path: Path) -> None:
    case = CASE.replace("<ReferralNFA>", "<Local><Team>East</Team></Local><ReferralNFA>")
    write_census(tmp_path / "c.xml", write_child("A1", CHARACTERISTICS + case))
    counted = count(tmp_path)
    assert "Local”" in str(one(counted, "unknown block")["found"])
    account = counted.account.set_index("sheet").loc["Local"]
    assert (account["rows_in"], account["unread"], account["table"]) == (1, 1, "")
    assert look(counted, "N1", "neglect") == (1, 1, 0)


def test_an_episode_block_that_is_misspelt_is_named(tmp_path: Path) -> None:
    write_census(tmp_path / "c.xml", TWO.replace("CINdetails>", "CINdetail>"))
    counted = count(tmp_path)
    assert one(counted, "unknown block")["n"] == 2
    assert one(counted, "child without episode")["n"] == 2
    answers = counted.answers.set_index("measure")
    assert answers.loc["N1", "answered"] == "not answered"
    assert "protection plans" in answers.loc["N1", "why"]


def test_the_block_of_pre_proceedings_is_read(tmp_path: Path) -> None:
    """On record: the pre-proceedings block is parsed and lost."""
    block = (
        "<PreProceedings><PPStartDate>2025-01-10</PPStartDate><LBPSentDate>2025-02-01</LBPSentDate>"
        "<FGDMMeetingOffer>1</FGDMMeetingOffer><PPOutcome>1</PPOutcome></PreProceedings>"
    )
    inside = CASE.replace("</CINdetails>", f"{block}</CINdetails>")
    beside = CHARACTERISTICS + CASE + block
    write_census(
        tmp_path / "c.xml", write_child("A1", CHARACTERISTICS + inside) + write_child("A2", beside)
    )
    counted = count(tmp_path)
    assert counted.account.set_index("table").loc["pre_proceedings", "used"] == 2
    assert look(counted, "N11", "letter sent", window="quarter") == (2, 2, 0)
    row = look(
        counted,
        "N11",
        "pre-proceedings started",
        window="quarter",
        breakdown="latest category",
        category="neglect",
    )
    assert row == (2, 2, 0)
    letters = counted.durations.query("measure == 'N11'")
    assert letters[["population", "month", "n"]].values.tolist() == [["neglect", 8, 2]]


def test_one_child_without_characteristics_does_not_stop_the_file(tmp_path: Path) -> None:
    """On record: one child without its characteristics aborts the whole file."""
    write_census(tmp_path / "c.xml", write_child("A1", CASE) + write_child("A2"))
    counted = count(tmp_path)
    assert one(counted, "child without characteristics")["rows"] == "row 1"
    assert look(counted, "N1", "neglect") == (2, 2, 0)
    row = look(
        counted, "N15", "failed", breakdown="check", category="child without characteristics"
    )
    assert row == (1, 2, 0)


@pytest.mark.parametrize("children", ["", "<Childs/>", TWO.replace("Child>", "Chyld>")])
def test_no_children_at_all_is_an_error(tmp_path: Path, children: str) -> None:
    """On record: no children at all is reported as 0 issues."""
    path = write_census(tmp_path / "c.xml", children)
    with pytest.raises(RecordsError, match="no child at all"):
        read(path)
    counted = count(tmp_path)
    assert "no child at all" in str(one(counted, "unreadable file")["found"])
    assert set(counted.answers["answered"]) == {"not answered"}
    assert set(counted.answers["why"]) == {"no census that could be read"}
    assert counted.counts.empty


# Files --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "top",
    [
        '<!DOCTYPE Message [<!ENTITY x "aaaaaaaaaa"><!ENTITY y "&x;&x;&x;&x;">]>',
        '<!DOCTYPE Message [<!ENTITY x SYSTEM "c.xml">]>',
        '<!DOCTYPE Message [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;]>',
        '<!DOCTYPE Message SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_a_hostile_entity_is_refused_unread(tmp_path: Path, top: str) -> None:
    path = write_census(tmp_path / "c.xml", TWO.replace("A1", "&x;"), top=top)
    assert is_census_file(path)
    with pytest.raises(RecordsError, match="document type"):
        read(path)
    counted = count(tmp_path)
    assert "refused unread" in str(one(counted, "unreadable file")["found"])
    assert counted.counts.empty


def test_a_file_that_breaks_off_is_named_with_the_line(tmp_path: Path) -> None:
    path = write_census(tmp_path / "c.xml", f"{write_child('A1')}\n{write_child('A2')}")
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines) if "A2" in line)
    path.write_text("\n".join([*lines[:at], lines[at][:200]]), encoding="utf-8")
    with pytest.raises(RecordsError, match=f"line {at + 1}, after 2 children"):
        read(path)
    assert one(count(tmp_path), "unreadable file")["n"] == 1


@pytest.mark.parametrize("root", ['Message xmlns="urn:cin"', 'c:Message xmlns:c="urn:cin"'])
def test_a_namespace_is_tolerated(tmp_path: Path, root: str) -> None:
    write_census(tmp_path / "plain" / "c.xml", TWO)
    path = write_census(tmp_path / "named" / "c.xml", TWO, root=root)
    if root.startswith("c:"):
        text = path.read_text(encoding="utf-8").replace("<Child>", "<c:Child>")
        path.write_text(text.replace("</Child>", "</c:Child>"), encoding="utf-8")
    plain, named = count(tmp_path / "plain"), count(tmp_path / "named")
    pd.testing.assert_frame_equal(named.counts, plain.counts)
    assert named.problems.empty


@pytest.mark.parametrize("quarter", ["2023-24-Q4", "2025-26-Q1"])
def test_the_census_of_another_year_is_not_counted(tmp_path: Path, quarter: str) -> None:
    write_census(tmp_path / "c.xml", TWO)
    counted = count_records(tmp_path, Period.parse(quarter), dt.date(2025, 8, 1))
    assert one(counted, "census of another year")["n"] == 1
    assert set(counted.counts["item"]) <= {"failed"}
    assert set(counted.answers["answered"]) == {"not answered"}


def test_the_year_of_the_header_must_agree_with_its_date(tmp_path: Path) -> None:
    write_census(tmp_path / "c.xml", TWO, header=HEADER.replace(">2025<", ">2024<"))
    counted = count(tmp_path)
    problem = one(counted, "year and reference date differ")
    assert "2024" in str(problem["found"])
    assert "2025" in str(problem["found"])
    assert look(counted, "N1", "neglect") == (2, 2, 0)


def test_a_census_of_a_year_not_known_is_read_and_said(tmp_path: Path) -> None:
    header = HEADER.replace("2025", "2031")
    write_census(tmp_path / "c.xml", TWO, header=header)
    counted = count_records(tmp_path, Period.parse("2030-31-Q4"), dt.date(2031, 5, 1))
    assert one(counted, "unknown census year")["n"] == 1
    assert look(counted, "N1", "neglect") == (2, 2, 0)


def test_codes_of_another_year_are_said(tmp_path: Path) -> None:
    """Sex became M, F, U; 1 and 2 are codes of older years."""
    write_census(tmp_path / "c.xml", write_child("A1", sex="1"))
    assert one(count(tmp_path), "code of another year")["column"] == "Sex"


def test_the_xml_of_another_collection_is_refused(tmp_path: Path) -> None:
    path = write_census(tmp_path / "c.xml", TWO, header=HEADER.replace(">CIN<", ">SEN2<"))
    with pytest.raises(RecordsError, match="another collection: “SEN2”"):
        read(path)


def test_a_census_that_ends_early_is_answered_in_part(tmp_path: Path) -> None:
    write_census(tmp_path / "c.xml", TWO, header=HEADER.replace("2025-03-31", "2025-02-10"))
    counted = count(tmp_path)
    assert one(counted, "records end early")["n"] == 1
    answers = counted.answers.set_index("measure")
    assert "ends more than a month before" in answers.loc["N1", "why"]
    assert answers.loc["N1", "answered"] == "in part"


# Records ------------------------------------------------------------------------------------


def test_a_child_without_identifier_is_left_out_and_said(tmp_path: Path) -> None:
    children = TWO.replace("<LAchildID>A1</LAchildID>", "")
    write_census(tmp_path / "c.xml", children)
    counted = count(tmp_path)
    assert look(counted, "N1", "neglect") == (1, 1, 0)
    assert {"identifiers", "protection_plans"} <= set(find(counted, "no child")["sheet"])
    account = counted.account.set_index("table")
    assert account.loc["protection_plans", ["rows_in", "unusable", "used"]].tolist() == [2, 1, 1]


def test_a_child_that_stands_twice_is_said_and_its_plan_counted_once(tmp_path: Path) -> None:
    write_census(tmp_path / "c.xml", TWO + write_child("A1"))
    counted = count(tmp_path)
    assert one(counted, "child twice")["n"] == 1
    assert look(counted, "N1", "neglect") == (2, 2, 0)


def test_a_category_that_is_no_code_is_listed_and_left_out_of_the_share(tmp_path: Path) -> None:
    spoilt = CASE.replace("<LatestCategoryOfAbuse>NEG<", "<LatestCategoryOfAbuse>NEGL<")
    write_census(
        tmp_path / "c.xml", write_child("A1", CHARACTERISTICS + spoilt) + write_child("A2")
    )
    counted = count(tmp_path)
    assert "NEGL" in str(one(counted, "unknown code")["found"])
    assert look(counted, "N1", "neglect") == (1, 1, 1)
    by = {"breakdown": "latest category", "category": "not known"}
    assert look(counted, "N1", "plans", **by) == (1, 2, 0)


def test_an_element_twice_in_one_record_is_said(tmp_path: Path) -> None:
    spoilt = CASE.replace("<CPPstartDate>", "<CPPstartDate>2024-06-01</CPPstartDate><CPPstartDate>")
    write_census(tmp_path / "c.xml", write_child("A1", CHARACTERISTICS + spoilt))
    assert "CPPstartDate" in str(one(count(tmp_path), "double element")["found"])


def test_plans_that_overlap_and_counts_of_previous_plans_too_low(tmp_path: Path) -> None:
    plan = CASE[CASE.index("<ChildProtectionPlans>") : CASE.index("</CINdetails>")]
    second = plan.replace("2024-06-01", "2024-08-01")
    write_census(
        tmp_path / "c.xml",
        write_child(
            "A1", CHARACTERISTICS + CASE.replace("</CINdetails>", f"{second}</CINdetails>")
        ),
    )
    counted = count(tmp_path)
    assert one(counted, "plans overlap")["n"] == 1
    assert one(counted, "previous plans too few")["n"] == 1
    # The second is a repeat plan whatever the stated number says.
    assert look(counted, "N5", "any previous plan", window="year") == (1, 2, 0)
    assert look(counted, "N5", "previous plan also for neglect", window="year") == (1, 1, 0)


def test_nothing_of_a_child_comes_out(tmp_path: Path) -> None:
    files = write_messy(tmp_path, 3)
    counted = count(tmp_path)
    texts = [
        getattr(counted, name).to_csv(index=False)
        for name in ("counts", "durations", "statistics", "answers", "problems", "account")
    ]
    people = slow_neglect.read_people(files, QUARTER.end)
    births = {str(p.birth) for p in people.values() if p.birth}
    assert len(births) > 50
    assert [s for s in births if any(s in text for text in texts)] == []
    words = {word for text in texts for word in text.replace(",", " ").split()}
    assert words & set(people) == set()


@pytest.mark.parametrize("seed", range(3))
def test_texts_in_the_wrong_elements_leave_nothing_either(tmp_path: Path, seed: int) -> None:
    """Each text of a child takes the place of another: a mixed-up export."""
    (_, path), *_ = write_messy(tmp_path / "right", seed, children=60)
    draw = random.Random(seed)  # noqa: S311  # no secret rests on it
    tree = ET.parse(path)  # noqa: S314  # our own
    secrets: set[str] = set()
    for number, child in enumerate(tree.getroot().iter("Child")):
        leaves = [e for e in child.iter() if not len(e) and e.text]
        named = {e.tag: e for e in leaves}
        named["LAchildID"].text = f"QX{number}77"
        for tag in ("LAchildID", "PersonBirthDate"):
            secrets |= {str(named[tag].text)} if tag in named else set()
        texts = [e.text for e in leaves]
        draw.shuffle(texts)
        for leaf, text in zip(leaves, texts, strict=True):
            leaf.text = text
    (tmp_path / "wrong").mkdir()
    tree.write(tmp_path / "wrong" / "c.xml", encoding="utf-8")
    counted = count(tmp_path / "wrong", Period.parse("2023-24-Q4"))
    assert len(counted.problems) > 10
    assert len(secrets) > 80
    for name in ("counts", "durations", "statistics", "answers", "problems", "account"):
        text = getattr(counted, name).to_csv(index=False)
        assert [s for s in secrets if s in text] == []


# The same by other ways ---------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_messy_records_count_like_the_slow_count(tmp_path: Path, seed: int) -> None:
    """Blank and unknown codes, unborn children, overlaps, returns, deaths, two years of files."""
    files = write_messy(tmp_path, seed)
    people = slow_neglect.read_people(files, QUARTER.end)
    slow = slow_neglect.count_all(
        people, QUARTER.start, QUARTER.end, dt.date(2023, 4, 1), 2025, dt.date(2023, 4, 1)
    )
    counted = count(tmp_path)
    frame = counted.counts.query("item != 'failed'")
    fast = {tuple(r[:7]): tuple(r[7:]) for r in frame[KEY + VALUE].itertuples(index=False)}
    wanted = {key: value for key, value in slow.items() if value[1] or value[2]}
    assert {key: value for key, value in fast.items() if key in wanted} == wanted
    assert {key: fast[key] for key in fast if key not in wanted and fast[key][0]} == {}
    months, _ = slow_neglect.list_durations(people, QUARTER.end, dt.date(2024, 4, 1))
    keys = ["measure", "population", "month"]
    told = {tuple(r[:3]): r[3] for r in counted.durations[[*keys, "n"]].itertuples(index=False)}
    assert told == months


@pytest.mark.parametrize("book", [False, True])
def test_flattened_tables_count_like_the_xml(tmp_path: Path, book: bool) -> None:
    files = write_messy(tmp_path / "xml", 7)
    for year, path in files:
        write_flat(tmp_path / "flat" / str(year), flatten(path), book=book)
    xml, flat = count(tmp_path / "xml"), count(tmp_path / "flat")
    checked = {"date that is none", "child without characteristics"}  # rest on tables left out
    own, other = (
        c.counts[~c.counts["category"].isin(checked)].reset_index(drop=True) for c in (xml, flat)
    )
    pd.testing.assert_frame_equal(own, other)
    pd.testing.assert_frame_equal(xml.durations, flat.durations)
    parts = flat.account[["blank", "repeated", "unusable", "unread", "used"]].sum(axis=1)
    assert (parts == flat.account["rows_in"]).all()


def test_tables_without_numbers_of_episodes_are_tied_by_date(tmp_path: Path) -> None:
    path = write_census(tmp_path / "xml" / "c.xml", TWO)
    tables = flatten(path)
    for rows in tables.values():
        for row in rows:
            row.pop("CINdetailsID", None)
    write_flat(tmp_path / "flat", tables, book=False)
    counted = count(tmp_path / "flat")
    assert look(counted, "N7", "neglect", window="quarter") == (2, 2, 0)


def test_one_row_a_factor_is_one_assessment(tmp_path: Path) -> None:
    """Older public tools repeat the assessment for each of its factors."""
    tables = flatten(write_census(tmp_path / "xml" / "c.xml", write_child("A1")))
    row = tables["Assessments"][0]
    tables["Assessments"] = [{**row, "AssessmentFactors": code} for code in ("16A", "4B", "4B")]
    write_flat(tmp_path / "flat", tables, book=False)
    counted = count(tmp_path / "flat")
    by = {"window": "quarter", "breakdown": "factor", "category": "parental mental health"}
    assert look(counted, "N7", "factors beside neglect", **by) == (1, 1, 0)
    assert look(counted, "N15", "assessments without factor", window="quarter") == (0, 1, 0)


def test_a_census_lies_beside_other_records(tmp_path: Path) -> None:
    from tests.records.kit import list_rows, write_book, write_set

    write_set(tmp_path / "care")
    write_book(tmp_path / "a.xlsx", {"List 8": list_rows()})
    write_census(tmp_path / "census" / "c.xml", TWO)
    counted = count_records(tmp_path, QUARTER, TODAY)
    assert set(counted.answers["source"]) == {"SSDA903", "Annex A", "CIN census"}
    assert set(counted.counts["source"]) == {"SSDA903", "Annex A", "CIN census"}
    assert look(counted, "N1", "neglect") == (2, 2, 0)
