from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from slinb.catalogue.areas import load_areas
from slinb.catalogue.periods import Period
from slinb.collect.audits import AuditsRead, read_audits
from slinb.errors import ParameterError
from slinb.sample.audits import AuditsWritten, write_audits, write_earlier_narratives
from slinb.workspace import SAMPLE_MARKER

QUARTER = Period.parse("2025-26-Q3")
EAST = load_areas().authorities("E12000006")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> AuditsWritten:
    return write_audits(tmp_path_factory.mktemp("project"), QUARTER.id)


@pytest.fixture(scope="module")
def read(written: AuditsWritten) -> AuditsRead:
    return read_audits(written.folder, QUARTER, EAST)


def test_every_planted_mistake_is_found_where_it_is(
    written: AuditsWritten, read: AuditsRead
) -> None:
    keys = ["file", "area", "sheet", "cell", "rule", "severity"]
    found = set(read.queries[keys].itertuples(index=False, name=None))
    planted = set(written.defects[keys].itertuples(index=False, name=None))
    assert planted <= found
    assert len(planted) == 14


def test_nothing_is_asked_that_was_not_planted(written: AuditsWritten, read: AuditsRead) -> None:
    asked = set(zip(read.queries["area"], read.queries["rule"], strict=True))
    assert asked == set(zip(written.defects["area"], written.defects["rule"], strict=True))


def test_it_is_marked_as_a_sample_everywhere(written: AuditsWritten, read: AuditsRead) -> None:
    assert read.sample
    assert len(written.workbooks) == 10
    for path in written.workbooks[:2]:
        assert path.name.startswith("SAMPLE_")
        book = load_workbook(path)
        assert book["Cover"]["D1"].value == "SAMPLE"
        assert "SAMPLE" in book["Actions"]["A1"].value


def test_the_same_seed_gives_the_same_bytes(written: AuditsWritten, tmp_path: Path) -> None:
    again = write_audits(tmp_path, QUARTER.id)
    assert [p.read_bytes() for p in again.workbooks[:2]] == [
        p.read_bytes() for p in written.workbooks[:2]
    ]
    pd.testing.assert_frame_equal(again.defects, written.defects)


def test_real_audits_are_never_written_over(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "audits" / QUARTER.id
    folder.mkdir(parents=True)
    (folder / "audit_luton.xlsx").write_text("real", encoding="utf-8")
    with pytest.raises(ParameterError, match="no sample"):
        write_audits(tmp_path, QUARTER.id)


def test_the_exercise_before_has_words_only_where_the_quarter_was_made_up(tmp_path: Path) -> None:
    assert write_earlier_narratives(tmp_path, QUARTER.id) is None
    folder = tmp_path / "data" / "processed" / "2025-26-Q1"
    folder.mkdir(parents=True)
    assert write_earlier_narratives(tmp_path, QUARTER.id) is None
    (folder / SAMPLE_MARKER).write_text("SAMPLE", encoding="utf-8")
    path = write_earlier_narratives(tmp_path, QUARTER.id)
    assert path is not None
    said = pd.read_parquet(path)
    assert set(said["area"]) == {a.code for a in EAST}
    assert said["text"].ne("").all() and said["period"].eq("2025-26-Q1").all()
