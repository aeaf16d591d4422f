"""The synthetic sets that others made go through, and every row of them is accounted for.

The sets are data-to-insight's fake SSDA903, CIN census and Annex A (SEND) files.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

from slinb.catalogue.periods import Period
from slinb.records.prepare import CountedRecords, count_records

ROOT = Path(__file__).parents[2]
SYNTHETIC = (
    Path(os.environ.get("SLINB_REFERENCE_DATA", ROOT.parent / "shared" / "data")) / "synthetic"
)
QUARTER = Period.parse("2017-18-Q4")


@pytest.fixture(scope="module")
def counted() -> CountedRecords:
    if not SYNTHETIC.is_dir():
        pytest.skip("the synthetic sets are not here (set SLINB_REFERENCE_DATA to their folder)")
    return count_records(SYNTHETIC, QUARTER)


def count_rows(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return sum(1 for line in csv.reader(handle) if any(line)) - 1


def test_every_row_is_accounted_for(counted: CountedRecords) -> None:
    account = counted.account
    parts = account[["blank", "repeated", "unusable", "unread", "used"]].sum(axis=1)
    assert (parts == account["rows_in"]).all()
    files = list(SYNTHETIC.rglob("*.csv"))
    found = account.set_index("file")["rows_in"].to_dict()
    assert {
        p.relative_to(SYNTHETIC).as_posix(): count_rows(p) for p in files
    }.items() <= found.items()
    assert account.loc[account["file"].str.endswith(".xlsx"), "rows_in"].tolist() == [2, 2]


def test_every_table_of_the_return_is_recognised(counted: CountedRecords) -> None:
    tables = counted.account.query("file.str.startswith('ssda903')")["table"]
    assert sorted(tables) == sorted(
        [
            "ad1", "deprivation_of_liberty", "episodes", "header", "missing", "oc2", "oc3",
            "placed_for_adoption", "previous_permanence", "reviews", "social_worker", "uasc",
        ]
    )  # fmt: skip
    tables = counted.account.query("file.str.startswith('cin_census') and table != ''")["table"]
    assert sorted(tables) == ["characteristics", "episodes", "episodes", "header", "identifiers"]
    unread = counted.account.query("table == ''")["file"]
    assert all(f.startswith(("cin_census", "annex_a")) for f in unread)


def test_what_is_wrong_in_them_is_found(counted: CountedRecords) -> None:
    """Codes that the makers planted, and the many that their random draw put together wrongly."""
    problems = counted.problems
    unknown = problems[problems["rule"] == "unknown code"]
    assert "XXX" in " ".join(unknown["found"])
    assert "SWLAZY" in " ".join(unknown["found"])
    assert {"378", "361", "358", "code of another year"} <= set(problems["rule"])
    assert len(counted.counts) > 500


def test_the_synthetic_census_is_counted() -> None:
    """402 episodes of 332 children, twice: as a table of its own and flattened with an index."""
    if not SYNTHETIC.is_dir():
        pytest.skip("the synthetic sets are not here")
    census = count_records(SYNTHETIC / "cin_census", Period.parse("2022-23-Q1"))
    account = census.account.set_index("file")
    assert account.loc["FakeCINdetails.csv", ["rows_in", "repeated"]].tolist() == [402, 384]
    assert account.loc["fake_CIN_data_cin_details_flattened.csv", "used"] == 384
    assert set(census.counts["measure"]) == {"N8", "N14", "N15"}
    answers = census.answers.set_index("measure")["answered"]
    assert (answers["N8"], answers["N1"]) == ("answered", "not answered")
