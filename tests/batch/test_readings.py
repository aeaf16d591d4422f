"""Returns read one by one and put together come out as when they are read in one go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
import pytest

from slinb.batch.readings import Reading, load_readings, write_reading
from slinb.catalogue.areas import load_areas
from slinb.collect.deep_dives import find_used, join_deep_dives, read_deep_dives, read_dives
from slinb.collect.inbox import list_returns, name_reading
from slinb.collect.returns import join_returns, read_returns
from slinb.collect.submission import read_return
from slinb.errors import ReturnError
from slinb.workspace import SAMPLE_MARKER
from tests.collect.returns_kit import (
    BEDFORD,
    EAST,
    LUTON,
    MEASURES,
    QUARTER,
    population,
    write_return,
)

AREAS = {area.code: area for area in EAST}
#: What lies beside returns, read or not: a broken one, the old format, lists, locks.
BESIDE: Mapping[str, bytes] = {
    "return_essex.xlsx": b"PK\x03\x04 broken",
    "Return [Q3] (old).xls": b"\xd0\xcf\x11\xe0 old",
    "flat suffolk.csv": b"no,such,columns",
    "covering letter.docx": b"x",
    "~$return_luton.xlsx": b"x",
    SAMPLE_MARKER: b"",
    "sample_defects.csv": b"x",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with all that a quarter has been sent."""
    sent = tmp_path / "returns"
    sent.mkdir()
    write_return(sent, cover={"submitted_on": "12/01/2026"}, name="luton a.xlsx")
    held = {("nfa_pct", "numerator"): "abc"}
    write_return(sent, held, cover={"submitted_on": "20/01/2026"}, name="luton b.xlsx")
    write_return(sent, area=BEDFORD, name="Bedford {final} ünïcode.xlsx")
    write_return(sent, area=BEDFORD, name="bedford final.xlsx")  # the same day: a tie
    write_return(sent, area=load_areas()["E08000025"], name="birmingham.xlsx")
    for name, content in BESIDE.items():
        (sent / name).write_bytes(content)
    return sent


def read_each(sent: Path, read: Path) -> None:
    """Read every return by itself and store it."""
    for path in list_returns(sent)[0]:
        one = read_return(path, QUARTER, EAST, MEASURES, population())
        used = find_used(one.submissions)["area"]
        dives = join_deep_dives(read_dives(path, AREAS[code], QUARTER) for code in used)
        write_reading(read / name_reading(path.name), path, Reading(one, dives))


def test_one_by_one_is_the_same_as_in_one_go(folder: Path, tmp_path: Path) -> None:
    read_each(folder, tmp_path / "read")
    readings = load_readings(tmp_path / "read", folder)
    together = join_returns(folder, [r.sent for r in readings.values()], QUARTER, EAST)
    at_once = read_returns(folder, QUARTER, EAST, MEASURES, population())
    for name in ("observations", "submissions", "queries", "superseded"):
        pd.testing.assert_frame_equal(getattr(together, name), getattr(at_once, name))
    outcomes = at_once.submissions["outcome"].value_counts()
    assert outcomes[["used", "superseded", "refused"]].tolist() == [2, 2, 4]
    assert {"tied_returns", "superseded_return", "ignored_file", "outside_region"} <= {
        *at_once.queries["rule"]
    }


def test_the_deep_dives_of_the_returns_that_count_are_taken(folder: Path, tmp_path: Path) -> None:
    read_each(folder, tmp_path / "read")
    readings = load_readings(tmp_path / "read", folder)
    submissions = read_returns(folder, QUARTER, EAST, MEASURES, population()).submissions
    together = join_deep_dives(readings[file].dives for file in find_used(submissions)["file"])
    at_once = read_deep_dives(folder, QUARTER, EAST, submissions=submissions)
    for name in ("counts", "risk", "durations", "queries"):
        pd.testing.assert_frame_equal(getattr(together, name), getattr(at_once, name))
    assert set(at_once.queries["area"]) == {LUTON.code, BEDFORD.code}


def test_a_return_that_was_not_read_or_changed_since_is_refused(
    folder: Path, tmp_path: Path
) -> None:
    read_each(folder, tmp_path / "read")
    write_return(folder, {("nfa_pct", "numerator"): 1}, name="luton b.xlsx")
    with pytest.raises(ReturnError, match=r"luton b\.xlsx could not be read, or changed"):
        load_readings(tmp_path / "read", folder)
    (folder / "luton b.xlsx").unlink()
    assert "luton b.xlsx" not in load_readings(tmp_path / "read", folder)
    write_return(folder, name="luton c.xlsx")
    with pytest.raises(ReturnError, match=r"luton c\.xlsx"):
        load_readings(tmp_path / "read", folder)


def test_names_of_readings_can_be_written_anywhere_and_tell_files_apart() -> None:
    names = ["a.xlsx", "A.xlsx", "a .xlsx", "a\n.xlsx", "[a]*?.xlsx", "ä.xlsx", "x" * 240 + ".csv"]
    found = [name_reading(name) for name in names]
    assert len(set(found)) == len(names)
    for name in found:
        assert name.isascii() and len(name) <= 80
        assert not set(name) - set("abcdefghijklmnopqrstuvwxyz0123456789-")


def test_where_there_is_no_folder_nothing_came(tmp_path: Path) -> None:
    assert list_returns(tmp_path / "none") == ([], [])
    assert load_readings(tmp_path, tmp_path / "none") == {}
