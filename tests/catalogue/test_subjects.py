"""What heads a query in every list of queries: a measure, the audits, or the whole return."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from openpyxl import load_workbook

from slinb.batch.audits import read_quarter_audits
from slinb.catalogue.areas import load_areas
from slinb.catalogue.dives import load_dives
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.catalogue.subjects import AUDIT_RULES, name_subject
from slinb.check.logs import write_query_logs
from slinb.check.wording import Wording
from slinb.collect import audit_findings
from slinb.collect.dive_layout import name_dive_sheet
from slinb.collect.returns import SAMPLE_MARKER
from slinb.sample.audits import write_audits
from slinb.schema import QUERIES
from slinb.show.quality import quality_html
from slinb.show.receipt_rows import list_queries
from slinb.workspace import Workspace
from tests.check.test_logs import build_query
from tests.show.show_tables import make_submissions, make_summary

QUARTER = Period.parse("2025-26-Q3")
EAST = load_areas().authorities("E12000006")
MEASURES = load_measures()
KINDS = ("counts", "risk", "durations", "practice", "answers")
LUTON = "E06000032"


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """Return what the quarter asks of the sample's audits; one workbook is cut in two."""
    workspace = Workspace(tmp_path_factory.mktemp("project"))
    write_audits(workspace.root, QUARTER.id)
    returns = workspace.returns(QUARTER.id)
    returns.mkdir(parents=True, exist_ok=True)
    (returns / SAMPLE_MARKER).write_text("SAMPLE", encoding="utf-8")
    path = next(workspace.audits(QUARTER.id).glob("*luton.xlsx"))
    path.write_bytes(path.read_bytes()[:500])
    queries = read_quarter_audits(workspace, QUARTER, EAST).queries
    return Wording(load_areas(), MEASURES, {}).place_all(queries)


def test_every_query_on_an_audit_workbook_is_headed_so(asked: pd.DataFrame) -> None:
    """Each planted error, the workbook that cannot be opened, and the one that never came."""
    assert {"refused_file", "no_audit_return", "grade_unclear"} <= set(asked["rule"])
    assert len(asked) > 8
    assert {name_subject(row, "") for row in asked.to_dict("records")} == {"The audits"}


def test_a_query_without_its_file_is_known_by_its_rule(asked: pd.DataFrame) -> None:
    """As the public edition has it: rule, severity, authority and no more."""
    bare = asked[asked["rule"].isin(AUDIT_RULES)].assign(file="", problem="")
    assert len(bare) > 8
    assert {name_subject(row, "") for row in bare.to_dict("records")} == {"The audits"}


def test_the_rules_are_those_of_the_reader() -> None:
    assert set(audit_findings.AUDIT_RULES) == AUDIT_RULES


def test_a_query_on_the_return_is_headed_by_its_measure_or_the_return() -> None:
    whole = build_query(measure="", problem="Luton: return_luton.xlsx is locked.")
    assert name_subject(whole, "") == "The whole return"
    assert name_subject(build_query(), "Caseload") == "Caseload"


@pytest.mark.parametrize(
    ("sheet", "subject"),
    [
        *((name_dive_sheet(d, k), d.title) for d in load_dives().values() for k in KINDS),
        ("Neglect", "Neglect"),
        ("Front door", "The whole return"),
        ("Neglected", "The whole return"),
        ("", "The whole return"),
    ],
)
def test_a_query_on_a_deep_dive_is_headed_by_it(sheet: str, subject: str) -> None:
    query = build_query(measure="", sheet=sheet, problem="Luton: the sheet is cut short.")
    assert name_subject(query, "") == subject


def test_the_three_lists_head_alike(asked: pd.DataFrame, tmp_path: Path) -> None:
    """The workbook of queries, the receipt, and the page on data quality."""
    area = next(a for a in EAST if a.code == LUTON)
    row = next(r for r in asked.to_dict("records") if r["area"] == LUTON)
    queries = QUERIES.from_rows([row, build_query(measure="", problem="Luton: locked.")])
    heads = {"The audits", "The whole return"}
    (path,) = write_query_logs(queries, tmp_path, [area], MEASURES, stamp=dt.date(2026, 1, 31))
    sheet = load_workbook(path)["Queries"]
    assert {sheet.cell(line, 2).value for line in (6, 7)} == heads
    assert {q.measure for q in list_queries(queries, None, MEASURES, area, QUARTER)} == heads
    page = quality_html(make_summary(), queries, make_submissions(), MEASURES, [area], QUARTER)
    rows = BeautifulSoup(page, "html.parser").select('th[scope="row"]')
    assert heads <= {row.get_text() for row in rows}
