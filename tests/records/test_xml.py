"""The XML return gives the same counts as the same records as CSV."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import read_ssda903
from tests.records.kit import CHILDREN, EPISODES, HEADERS, cell, count, one, write_set

_LEAVES = {"CHILD": "CHILDID", "PLACE": "PL"}


def write_xml(path: Path, *, namespace: str = "", extra: str = "") -> Path:
    """Write the records of the kit as the DfE's schema lays them out."""
    parts = [f"<EXPSSDA903{namespace}>"]
    names = HEADERS.split(",")
    for line in CHILDREN:
        child, sex, born, ethnic, upn, *_ = line.split(",")
        uasc = "<UASC>1</UASC><DUC>05/06/2026</DUC>" if child == "A102" else "<UASC>0</UASC>"
        parts.append(
            f"<CHILD><HEADER><CHILDID>{child}</CHILDID><SEX>{sex}</SEX><DOB>{born}</DOB>"
            f"<ETHNIC>{ethnic}</ETHNIC><UPN>{upn}</UPN>{uasc}{extra}"
            "<AREVIEW><REVIEW>10/01/2025</REVIEW><REVIEW_CODE>PN1</REVIEW_CODE></AREVIEW></HEADER>"
        )
        for episode in EPISODES:
            cells = dict(zip(names, episode.split(","), strict=True))
            if cells.pop("CHILD") == child:
                leaves = "".join(
                    f"<{_LEAVES.get(k, k)}>{v}</{_LEAVES.get(k, k)}>" for k, v in cells.items()
                )
                parts.append(f"<EPISODE>{leaves}</EPISODE>")
        parts.append("</CHILD>")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join([*parts, "</EXPSSDA903>"]), encoding="utf-8")
    return path


@pytest.mark.parametrize("namespace", ["", ' xmlns="http://www.education.gov.uk/x"'])
def test_the_xml_return_counts_like_the_tables(tmp_path: Path, namespace: str) -> None:
    write_set(tmp_path / "csv")
    write_xml(tmp_path / "xml" / "return.xml", namespace=namespace)
    tables, books = count(tmp_path / "csv"), count(tmp_path / "xml")
    told = books.counts.query("measure != 'S15'").reset_index(drop=True)
    pd.testing.assert_frame_equal(told, tables.counts)
    assert (cell(books, "uasc"), cell(books, "cla_reviewed")) == (1, 3)
    account = books.account.set_index("table")["rows_in"].to_dict()
    assert account == {"header": 4, "episodes": 5, "reviews": 4, "uasc": 1}


def test_an_unknown_element_is_said(tmp_path: Path) -> None:
    write_xml(tmp_path / "return.xml", extra="<LOCALTEAM>East</LOCALTEAM>")
    problem = one(count(tmp_path), "unknown element")
    assert ("LOCALTEAM" in str(problem["found"]), problem["n"]) == (True, 4)


def test_an_xml_that_breaks_off_is_said(tmp_path: Path) -> None:
    path = write_xml(tmp_path / "return.xml")
    path.write_text(path.read_text(encoding="utf-8")[:-400], encoding="utf-8")
    log = ProblemLog()
    tables, unread = read_ssda903([path], log)
    assert (tables, unread[0]["file"]) == ([], "return.xml")
    assert "malformed after child 3" in log.table()["found"].iloc[0]


def test_the_xml_of_another_return_is_said(tmp_path: Path) -> None:
    path = tmp_path / "cin.xml"
    path.write_text(
        "<Message><Children><Child><ChildIdentifiers><LAchildID>1</LAchildID></ChildIdentifiers>"
        "</Child></Children></Message>",
        encoding="utf-8",
    )
    log = ProblemLog()
    assert read_ssda903([path], log)[0] == []
    assert "no CHILD element" in log.table()["found"].iloc[0]
