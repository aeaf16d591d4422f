"""The catalogue of published tables: recognition is unambiguous, wrong entries are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from slinb.catalogue.measures import load_measures
from slinb.catalogue.tables import fold_name, load_tables, read_tables
from slinb.errors import CatalogueError
from slinb.schema import STATUSES

ENTRY = """
[[table]]
id = "calls"
publisher = "Nobody"
publication = "Calls"
title = "Calls by month"
columns = { calls_count = ["Calls"] }
signature = ["calls_count"]
"""


def read(folder: Path, text: str) -> dict[str, object]:
    file = folder / "tables.toml"
    file.write_text(text, encoding="utf-8")
    return dict(read_tables(file))


@pytest.mark.parametrize(
    ("line", "instead", "reason"),
    [
        ('title = "Calls by month"', 'titel = "Calls by month"', "titel: Extra inputs"),
        ('signature = ["calls_count"]', "signature = []", "name the columns by which"),
        (
            'signature = ["calls_count"]',
            'signature = ["a"]\nperiod_kind = "fortnight"',
            "period_kind",
        ),
        ('signature = ["calls_count"]', 'signature = ["a"]\ndated_by = "day"', "what kind of year"),
        ('["Calls"]', '["Calls", "calls count"]', "stands for two columns"),
    ],
)
def test_a_wrong_entry_is_refused_with_file_entry_and_reason(
    tmp_path: Path, line: str, instead: str, reason: str
) -> None:
    assert line in ENTRY
    with pytest.raises(CatalogueError) as refused:
        read(tmp_path, ENTRY.replace(line, instead))
    assert "tables.toml, table “calls”" in str(refused.value)
    assert reason in str(refused.value)


def test_a_table_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="“calls” stands twice"):
        read(tmp_path, ENTRY + ENTRY)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Duration_0-10_days", "duration_0_10_days"),
        ("2years+", "2years"),
        (" Re_Referrals ", "re_referrals"),
    ],
)
def test_column_names_are_read_whatever_their_case_and_punctuation(name: str, folded: str) -> None:
    assert fold_name(name) == folded


def test_a_column_has_one_name_under_both_releases() -> None:
    table = load_tables()["cin_referrals"]
    old = table.name_columns(["Referrals", "Re_referrals", "No_Further_Action_percent"])
    new = table.name_columns(["referral_count", "rereferral_count", "no_further_action_percent"])
    assert list(old.values()) == list(new.values())


def test_every_table_feeds_a_measure_and_every_source_is_a_table() -> None:
    used = {source.table for measure in load_measures() for source in measure.published}
    assert used == set(load_tables())


def test_symbols_have_statuses_that_the_schema_knows() -> None:
    said = {status for table in load_tables().values() for status in table.symbols.values()}
    assert said == {"suppressed"}
    assert said <= set(STATUSES)


def test_x_means_suppressed_in_the_files_before_2018_only() -> None:
    tables = load_tables()
    assert [t.id for t in tables.values() if t.symbols.get("x")] == ["cla_31_march_sfr"]
