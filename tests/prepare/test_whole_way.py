"""Every S-measure, read back from the workbook, against the slow computation on the records.

The tests are those of tests/records: here the counts have gone the whole way, through
``prepare-return``, the .xlsx file and the region's reader.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from slinb.collect.deep_dives import DeepDives, read_deep_dives
from slinb.prepare.prepare import PreparedReturn
from slinb.schema import TableSchema
from tests.records import test_annex_a_counts as annex_a
from tests.records.conftest import AREAS, QUARTER
from tests.records.slow import read_children
from tests.records.test_section20 import (  # noqa: F401  # collected here on the counts read back
    Both,
    test_ages_and_needs_of_the_stock,
    test_conversion,
    test_delays,
    test_durations,
    test_endings,
    test_placements,
    test_quality,
    test_reentry,
    test_reviews,
    test_risk_tables,
    test_short_breaks,
    test_starts,
    test_stock_and_share,
)


@pytest.fixture(scope="module")
def read(prepared: dict[str, PreparedReturn]) -> DeepDives:
    folder = next(iter(prepared.values())).path.parent
    return read_deep_dives(folder, QUARTER, AREAS)


def restore(frame: pd.DataFrame, like: pd.DataFrame, area: str) -> pd.DataFrame:
    """Return an authority's own rows from the records, in the columns and types of the records."""
    own = frame[(frame["area"] == area) & (frame.get("source") != "practice return")]
    return own[list(like.columns)].astype(like.dtypes.to_dict()).reset_index(drop=True)


@pytest.fixture(scope="module", params=[a.slug for a in AREAS])
def both(
    request: pytest.FixtureRequest,
    records: Path,
    prepared: dict[str, PreparedReturn],
    read: DeepDives,
) -> Both:
    slug = request.param
    counted = prepared[slug].counted
    area = next(a.code for a in AREAS if a.slug == slug)
    back = {
        name: restore(getattr(read, name), getattr(counted, name), area)
        for name in ("counts", "risk", "durations")
    }
    return read_children(records / slug / "ssda903", QUARTER.end), replace(counted, **back)


@pytest.mark.parametrize("table", ["counts", "risk", "durations"])
@pytest.mark.parametrize("slug", [a.slug for a in AREAS])
def test_what_was_counted_is_what_is_read(
    prepared: dict[str, PreparedReturn], read: DeepDives, table: str, slug: str
) -> None:
    """Row by row, both sources: SSDA903 and Annex A."""
    counted = getattr(prepared[slug].counted, table)
    section_20 = counted[counted["measure"].str.startswith("S")].reset_index(drop=True)
    frame = getattr(read, table)
    back = restore(frame[frame["dive"] == "section20"], counted, read_code(slug))
    assert len(back) > 50
    pd.testing.assert_frame_equal(back, section_20)


def read_code(slug: str) -> str:
    return next(a.code for a in AREAS if a.slug == slug)


def test_nothing_is_asked_of_a_return_that_was_just_prepared(read: DeepDives) -> None:
    own = read.queries[~read.queries["problem"].str.contains("neglect", case=False)]
    assert own["problem"].tolist() == []
    assert set(read.counts["status"]) == {"final", "missing"}
    assert (read.counts.query("status == 'missing'")["source"] == "practice return").all()


def test_tables_keep_their_schema_and_their_place(read: DeepDives) -> None:
    from slinb import schema

    tables: dict[str, TableSchema] = {
        "counts": schema.DIVE_COUNTS,
        "risk": schema.DIVE_RISK,
        "durations": schema.DIVE_DURATIONS,
    }
    for name, table in tables.items():
        frame = getattr(read, name)
        pd.testing.assert_frame_equal(frame, table.conform(frame))
        assert frame["file"].str.endswith(".xlsx").all()
    first = read.counts[read.counts["dive"] == "section20"].iloc[0]
    assert (first["sheet"], first["cell"]) == ("Section 20 counts", "J6:L6")


def test_annex_a_counts_came_too(read: DeepDives) -> None:
    """What only Annex A has: plans by length (S8) and disability (S14)."""
    assert annex_a.QUARTER == QUARTER
    own = read.counts[read.counts["source"] == "Annex A"]
    assert {"S8", "S14"} <= set(own["measure"])
