"""Three small authorities: their made-up records, and the returns prepared from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from slinb.prepare.prepare import PreparedReturn, prepare_return
from slinb.sample.records import write_sample_records
from tests.records.conftest import AREAS, QUARTER, publish
from tests.records.kit import list_rows, write_book, write_set


@pytest.fixture(scope="session")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    write_sample_records(folder, publish(), quarter=QUARTER, areas=AREAS)
    return folder


@pytest.fixture(scope="session")
def prepared(records: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, PreparedReturn]:
    folder = tmp_path_factory.mktemp("returns")
    return {area.slug: prepare_return(records / area.slug, QUARTER, area, folder) for area in AREAS}


@pytest.fixture(scope="session", params=[a.slug for a in AREAS])
def one(request: pytest.FixtureRequest, prepared: dict[str, PreparedReturn]) -> PreparedReturn:
    return prepared[request.param]


def slug_of(one: PreparedReturn) -> str:
    """Return the authority of a return: Central Bedfordshire's is not also Bedford's."""
    return next(a.slug for a in AREAS if one.path.name.endswith(f"_{a.slug}.xlsx"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return four children in SSDA903 tables, and two in an Annex A workbook."""
    folder = write_set(tmp_path_factory.mktemp("tiny") / "records")
    write_book(folder / "a.xlsx", {"List 8": list_rows()})
    return folder
