"""Opening a quarter: parameters are checked, and made-up history never feeds a real quarter."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from slinb.batch.build import drop_unclaimed
from slinb.batch.folders import building_folder, find_folders
from slinb.batch.graph import Result
from slinb.batch.lock import BusyError, hold_lock
from slinb.batch.quarter import find_quarter, open_quarter
from slinb.batch.run import _refuse_mixed_returns, run_quarter
from slinb.collect.returns import SAMPLE_MARKER
from slinb.errors import DisclosureError, ParameterError, PeriodError
from slinb.schema import OBSERVATIONS
from slinb.workspace import Workspace
from tests.conftest import copy_project


def lay_quarter(workspace: Workspace, quarter: str, *, sample: bool) -> None:
    folder = workspace.processed(quarter)
    folder.mkdir(parents=True)
    row = {"area": "E06000032", "period": quarter, "measure": "rereferrals_pct", "sent": "1 / 2"}
    OBSERVATIONS.from_rows([row]).to_parquet(folder / "accepted.parquet", index=False)
    if sample:
        (folder / SAMPLE_MARKER).write_text("SAMPLE", encoding="utf-8")


def mark_returns(workspace: Workspace, quarter: str) -> None:
    workspace.returns(quarter).mkdir(parents=True)
    (workspace.returns(quarter) / SAMPLE_MARKER).write_text("SAMPLE", encoding="utf-8")


def test_made_up_quarters_are_no_history_of_a_real_one(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    lay_quarter(workspace, "2025-26-Q1", sample=False)
    lay_quarter(workspace, "2025-26-Q2", sample=True)
    lay_quarter(workspace, "2025-26-Q4", sample=False)
    real = find_quarter("2025-26-Q3", workspace=workspace)
    assert not real.sample
    assert list(real.earlier["period"]) == ["2025-26-Q1"]
    mark_returns(workspace, "2025-26-Q3")
    assert real.sample
    assert list(find_quarter("2025-26-Q3", workspace=workspace).earlier["period"]) == ["2025-26-Q2"]


def test_a_quarantined_value_keeps_its_place_and_loses_its_number(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    lay_quarter(workspace, "2025-26-Q3", sample=False)
    held = OBSERVATIONS.from_rows(
        [
            {
                "area": "E06000032",
                "measure": "cla_rate",
                "numerator": -4.0,
                "status": "provisional",
            },
            {"area": "E06000032", "measure": "cp_rate", "status": "unreadable"},
        ]
    )
    held.to_parquet(workspace.processed("2025-26-Q3") / "quarantined.parquet", index=False)
    history = find_quarter("2025-26-Q3", workspace=workspace).history.set_index("measure")
    assert history.loc["cla_rate", "status"] == "quarantined"
    assert history.loc["cla_rate", ["numerator", "denominator", "value"]].isna().all()
    assert history.loc["cp_rate", "status"] == "unreadable"


def test_another_region_of_the_same_quarter_is_not_run_over_the_first(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    find_folders("2025-26-Q3", workspace=workspace).results.mkdir(parents=True)
    with pytest.raises(ParameterError, match="another region \\(east-of-england\\)"):
        run_quarter(find_folders("2025-26-Q3", "South West", workspace=workspace))


def test_where_the_audit_fails_only_the_restricted_edition_can_be_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quarter = find_quarter("2025-26-Q3", workspace=copy_project(tmp_path))
    found = quarter.protection
    failed = replace(found, audit=found.audit.assign(passed=False))
    monkeypatch.setitem(vars(quarter), "protection", failed)
    with pytest.raises(DisclosureError, match="--edition restricted"):
        quarter.analyse("public")
    tables = quarter.analyse("restricted")
    assert not tables["audit"]["passed"].any()
    assert tables["public"].empty


def test_two_runs_in_a_project_do_not_meet(tmp_path: Path) -> None:
    folders = find_folders("2025-26-Q3", workspace=Workspace(tmp_path))
    lock = folders.folder.parent / "run.lock"
    with hold_lock(lock, "This project"), pytest.raises(BusyError, match="being run already"):
        run_quarter(folders)


@pytest.mark.parametrize(
    ("names", "mixed"),
    [
        (["SAMPLE.txt", "SAMPLE_return_a.xlsx", "sample_defects.csv"], False),
        (["SAMPLE.txt", "SAMPLE_return_a.xlsx", "bedford.xlsx"], True),
        (["SAMPLE_return_a.xlsx"], True),
        (["bedford.xlsx", "luton.csv"], False),
    ],
)
def test_made_up_returns_are_never_read_beside_real_ones(
    tmp_path: Path, names: list[str], mixed: bool
) -> None:
    for name in names:
        (tmp_path / name).write_text("x", encoding="utf-8")
    if not mixed:
        _refuse_mixed_returns(tmp_path)
        return
    with pytest.raises(ParameterError, match="Delete the sample's files"):
        _refuse_mixed_returns(tmp_path)


@pytest.mark.parametrize("text", ["2024-25", "2025-CY"])
def test_a_year_is_no_quarter(text: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="not a quarter"):
        open_quarter(text, workspace=Workspace(tmp_path))


def test_words_that_are_no_period_say_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(PeriodError, match="2025-26-Q3"):
        open_quarter("Q3 of last year", workspace=Workspace(tmp_path))


def test_a_region_that_does_not_exist_lists_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="South West"):
        open_quarter("2025-26-Q3", "Wessex", workspace=Workspace(tmp_path))


def test_an_edition_that_does_not_exist_lists_those_that_do(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="public, restricted"):
        open_quarter("2025-26-Q3", edition="secret", workspace=Workspace(tmp_path))


def test_a_quarter_is_opened_in_the_public_edition_unless_asked_otherwise(tmp_path: Path) -> None:
    assert open_quarter("2025-26-Q3", workspace=Workspace(tmp_path)).public


def test_a_quarter_that_was_not_run_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="slinb run --quarter 2025-26-Q3"):
        find_quarter("2025-26-Q3", workspace=Workspace(tmp_path)).table("accepted")


def test_a_folder_outside_a_project_is_told_so(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("SLINB_HOME", raising=False)
    with pytest.raises(ParameterError, match="data/raw"):
        Workspace.find(tmp_path)


def test_a_quarter_that_is_here_as_history_only_is_not_run_over(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    folder = workspace.processed("2025-26-Q2")
    folder.mkdir(parents=True)
    OBSERVATIONS.empty().to_parquet(folder / "observations.parquet", index=False)
    with pytest.raises(ParameterError, match="history of later quarters"):
        run_quarter(find_folders("2025-26-Q2", workspace=workspace))


def test_what_no_step_claims_is_not_published(tmp_path: Path) -> None:
    folders = find_folders("2025-26-Q3", workspace=Workspace(tmp_path))
    building = building_folder(folders.reports("public"))
    (building / "downloads").mkdir(parents=True)
    for name in ("rug.html", "downloads/half.csv"):
        (building / name).touch()
    claimed = {"reports/.2025-26-Q3.building/rug.html": "digest"}
    drop_unclaimed(folders, {"rug": Result("rug", "made", "", outputs=claimed)})
    assert [p.name for p in building.rglob("*") if p.is_file()] == ["rug.html"]
