"""The whole road: sample, run, and what lies in the folders afterwards."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from slinb.analyse.region import compare_region
from slinb.batch.plan import load_plan
from slinb.batch.quarter import find_quarter, open_quarter
from slinb.catalogue.areas import load_areas
from slinb.catalogue.periods import Period
from slinb.cli import main
from slinb.schema import COMPARISON, OBSERVATIONS
from slinb.workspace import Workspace
from tests.conftest import QUARTER, copy_project

pytestmark = pytest.mark.slow
PUBLISHED = ("annual-rug", "funnels", "what-would-change")
PAGES = (
    *("index", "headlines", "quarterly-rug", "explain-list", "trends", "data-quality"),
    *PUBLISHED,
)


EDITIONS = {"public": ("", ""), "restricted": ("-restricted", "RESTRICTED_")}


def read_page(workspace: Workspace, name: str, edition: str = "public") -> str:
    suffix, prefix = EDITIONS[edition]
    path = workspace.reports(QUARTER, suffix) / f"{prefix}{name}.html"
    return path.read_text(encoding="utf-8")


def test_the_last_line_printed_is_the_index(sample_quarter: Workspace) -> None:
    printed = (sample_quarter.root / "printed.txt").read_text(encoding="utf-8").strip()
    assert printed.splitlines()[-1] == str(sample_quarter.reports(QUARTER) / "index.html")


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_page_is_there_and_asks_no_host(sample_quarter: Workspace, edition: str) -> None:
    for name in PAGES:
        page = read_page(sample_quarter, name, edition)
        assert page.startswith("<!DOCTYPE html>")
        assert not re.search(r"""(?:src|data|poster)\s*=\s*["']?\s*(?:https?:)?//""", page)
        assert not re.search(r"<link\b|@import|url\(\s*['\"]?https?:", page)


def test_sample_figures_are_marked_and_official_ones_are_not(sample_quarter: Workspace) -> None:
    for name in PAGES:
        page = read_page(sample_quarter, name)
        marked = ("<title>SAMPLE:" in page, 'class="sample"' in page)
        assert marked == (name not in PUBLISHED,) * 2
        assert "Public edition: small numbers are suppressed" in page
        assert "not for publication" not in page


def test_every_restricted_file_says_so_in_its_name_and_on_its_page(
    sample_quarter: Workspace,
) -> None:
    for suffix in ("-restricted", "-to-authorities"):
        folder = sample_quarter.reports(QUARTER, suffix)
        files = [p for p in folder.rglob("*") if p.is_file()]
        assert files
        assert all(p.name.startswith("RESTRICTED_") for p in files)
        for page in folder.glob("*.html"):
            assert "not for publication" in page.read_text(encoding="utf-8")
    # No link leads from the public pages to the restricted ones.
    for name in PAGES:
        assert "RESTRICTED_" not in read_page(sample_quarter, name)


def test_only_the_public_edition_is_made_unless_asked_otherwise() -> None:
    (option,) = [p for p in main.commands["run"].params if p.name == "edition"]
    assert option.default == "public"


def test_all_planted_defects_are_found_and_nothing_else_is(sample_quarter: Workspace) -> None:
    folder = sample_quarter.returns(QUARTER)
    queries = find_quarter(QUARTER, workspace=sample_quarter).table("queries")
    key = ["area", "measure", "rule", "severity"]
    planted = pd.read_csv(folder / "sample_defects.csv", keep_default_na=False)
    dives = pd.read_csv(folder / "sample_dive_defects.csv", keep_default_na=False)
    audits = pd.read_csv(
        sample_quarter.audits(QUARTER) / "sample_defects.csv", keep_default_na=False
    )
    of_audits = queries["rule"].isin(audits["rule"]) & queries["measure"].eq("")
    found = sorted(map(tuple, queries.loc[of_audits, key].to_numpy()))
    assert found == sorted(map(tuple, audits[key].to_numpy()))
    queries = queries[~of_audits]
    of_dives = queries["rule"].isin(dives["rule"]) & queries["measure"].eq("")
    found = sorted(map(tuple, queries.loc[~of_dives, key].to_numpy()))
    assert len(planted) >= 15
    assert found == sorted(map(tuple, planted[key].to_numpy()))
    # A count that was typed over may disagree with two others: both are asked about.
    told = set(map(tuple, queries.loc[of_dives, ["area", "rule", "severity"]].to_numpy()))
    assert told == set(map(tuple, dives[["area", "rule", "severity"]].to_numpy()))


def test_values_in_are_accepted_plus_quarantined(sample_quarter: Workspace) -> None:
    quarter = find_quarter(QUARTER, workspace=sample_quarter)
    summary = quarter.table("summary")
    assert (summary["sent"] == summary["accepted"] + summary["quarantined"]).all()
    assert summary["sent"].sum() == len(quarter.table("accepted")) + len(
        quarter.table("quarantined")
    )
    page = read_page(sample_quarter, "data-quality")
    total = summary[["sent", "accepted", "quarantined"]].sum()
    assert f"{total['sent']} values in = {total['accepted']} accepted + " in page


def test_every_authority_has_a_query_log_to_send(sample_quarter: Workspace) -> None:
    logs = {
        p.stem
        for p in (sample_quarter.reports(QUARTER, "-to-authorities") / "queries").glob("*.xlsx")
    }
    for area in load_areas().authorities("E12000006"):
        assert any(area.slug in log for log in logs), area.name


def test_a_number_of_the_rug_leads_to_its_cell(sample_quarter: Workspace) -> None:
    import openpyxl

    quarter = open_quarter(QUARTER, edition="restricted", workspace=sample_quarter)
    comparison = quarter.comparison("quarterly", ["cla_rate"])
    luton = comparison[comparison["area"] == "E06000032"].iloc[0]
    path = sample_quarter.returns(QUARTER) / luton["file"]
    sheet = openpyxl.load_workbook(path, data_only=True)[luton["sheet"]]
    first, _, last = luton["cell"].partition(":")
    assert sheet[first].value == luton["numerator"]
    if last and sheet[last].value is not None:
        assert sheet[last].value == luton["denominator"]


def test_a_missing_authority_is_said_to_be_missing(sample_quarter: Workspace) -> None:
    page = read_page(sample_quarter, "data-quality")
    assert "Thurrock" in page
    assert "not received" in page


def test_a_quarantined_figure_is_not_on_the_rug_and_says_why(sample_quarter: Workspace) -> None:
    quarter = open_quarter(QUARTER, workspace=sample_quarter)
    essex = quarter.comparison("quarterly", ["ehc_20weeks_pct"])
    essex = essex[essex["area"] == "E10000012"].iloc[0]
    assert essex["status"] == "quarantined"
    assert pd.isna(essex["value"])
    assert essex["judgement"] == "not compared"
    assert "sent, queried with the authority" in read_page(sample_quarter, "quarterly-rug")


@pytest.mark.parametrize("edition", EDITIONS)
def test_tables_conform_to_their_schemas(sample_quarter: Workspace, edition: str) -> None:
    quarter = open_quarter(QUARTER, edition=edition, workspace=sample_quarter)
    for kind in ("annual", "quarterly"):
        pd.testing.assert_frame_equal(
            COMPARISON.conform(quarter.comparison(kind)), quarter.comparison(kind)
        )
    OBSERVATIONS.conform(find_quarter(QUARTER, workspace=sample_quarter).table("accepted"))


NUMBER = re.compile(r"(?<![\w-])−?\d+(?:,\d{3})*(?:\.\d+)?")


def list_allowed(rows: pd.DataFrame, measures) -> set[str]:
    """Return every figure that a sentence about these rows may state, as readers see it."""
    allowed = {"95", "99.8", "12", "31", "30", "10,000", "100,000", "0", "17"}
    for row in rows.to_dict("records"):
        measure = measures[row["measure"]]
        for column in ("value", "benchmark_value", "year_ago"):
            if pd.notna(row[column]):
                for places in range(measure.decimals, measure.decimals + 4):
                    allowed.add(f"{row[column]:,.{places}f}")
        for column in ("numerator", "denominator"):
            if pd.notna(row[column]):
                allowed |= {f"{row[column]:,.0f}", f"{row[column]:,.1f}"}
        for period in (row["period"], row["benchmark_period"]):
            allowed |= set(NUMBER.findall(Period.parse(period).label)) if period else set()
            allowed |= {str(y) for y in range(2010, 2031)}
    return allowed


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("kind", ["annual", "quarterly"])
def test_every_number_of_a_headline_is_in_the_comparison(
    sample_quarter: Workspace, kind: str, edition: str
) -> None:
    quarter = open_quarter(QUARTER, edition=edition, workspace=sample_quarter)
    comparison = quarter.comparison(kind)
    messages = quarter.result(f"messages_{kind}")
    travel = quarter.result(f"travel_{kind}")
    checked = 0
    for message in messages.to_dict("records"):
        about = comparison[comparison["measure"].eq(message["measure"])]
        if about.empty:
            continue
        if message["about"] in set(about["area"]):
            own = about[about["area"].eq(message["about"]) & about["benchmark"].eq("region")]
            words = set(
                re.findall(r"is (better|worse|higher|lower) than the region", message["text"])
            )
            assert words <= {own.iloc[0]["judgement"]}, message["text"]
            about = own
        else:
            # The region's own counts are published rounded to ten.
            base = 10 if (edition, kind) == ("public", "quarterly") else 1
            by_id = {m.id: m for m in quarter.measures}
            region = compare_region(about, by_id, quarter.areas, quarter.region.code, base)
            about = pd.concat([about, region])
        named = [a.name for a in quarter.authorities]
        text = re.sub("“[^”]*”", "", message["text"])
        stated = [
            n for n in NUMBER.findall(text) if n not in {str(i) for i in range(len(named) + 1)}
        ]
        before = travel[
            travel["measure"].eq(message["measure"]) & travel["area"].eq(message["about"])
        ]
        decimals = quarter.measures[message["measure"]].decimals
        earlier = {f"{v:,.{decimals}f}" for v in before["value_before"].dropna()}
        allowed = list_allowed(about, quarter.measures) | earlier
        assert set(stated) <= allowed, message["text"]
        checked += len(stated)
    assert checked > 200


def test_the_index_opens_with_the_region_s_headlines(sample_quarter: Workspace) -> None:
    quarter = open_quarter(QUARTER, workspace=sample_quarter)
    messages = quarter.result("messages_quarterly")
    own = messages[messages["area"].eq("E12000006") & messages["kind"].eq("message")]
    page = html.unescape(read_page(sample_quarter, "index"))
    assert len(own) == 5
    assert all(text in page for text in own["text"])


def test_a_failing_notebook_becomes_a_page_that_says_so(
    sample_quarter: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two = tuple(b for b in load_plan() if b.notebook in ("quarterly_rug", "data_quality"))
    monkeypatch.setattr("slinb.batch.run.load_plan", lambda: two)
    workspace = copy_project(tmp_path / "project")
    shutil.copytree(sample_quarter.returns(QUARTER), workspace.returns(QUARTER))
    shutil.copytree(
        sample_quarter.root / "data" / "processed", workspace.root / "data" / "processed"
    )
    broken = workspace.notebooks / "quarterly_rug.ipynb"
    notebook = json.loads(broken.read_text(encoding="utf-8"))
    notebook["cells"][-1]["metadata"] = {}
    notebook["cells"][-1] |= {"cell_type": "code", "source": "1 / 0", "outputs": []}
    notebook["cells"][-1]["execution_count"] = None
    broken.write_text(json.dumps(notebook), encoding="utf-8")
    result = CliRunner(env={"SLINB_HOME": str(workspace.root)}).invoke(
        main, ["run", "--quarter", QUARTER]
    )
    assert result.exit_code == 1
    assert "Quarterly rug" in result.output
    assert "ZeroDivisionError" in (workspace.processed(QUARTER) / "run.log").read_text("utf-8")
    page = read_page(workspace, "quarterly-rug")
    assert "could not be made" in page
    assert "ZeroDivisionError" not in page
    assert "values in =" in read_page(workspace, "data-quality")
    assert "Quarterly rug" in read_page(workspace, "index")


def test_another_region_gets_its_annual_rug_without_returns(tmp_path: Path) -> None:
    workspace = copy_project(tmp_path)
    quarter = open_quarter(QUARTER, "South West", workspace=workspace)
    comparison = quarter.comparison("annual")
    expected = {a.code for a in load_areas().authorities("E12000009")}
    assert set(comparison["area"]) == expected
    assert len(expected) == 15
