"""What a page reads of the comparisons is what it shows: no less, and hardly more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from slinb.batch.edition import Edition
from slinb.batch.folders import OWN, find_folders
from slinb.batch.parts import EditionName
from slinb.batch.quarter import open_quarter
from slinb.catalogue.areas import Area
from slinb.notebook import show_measures, show_profile, show_receipt
from slinb.show.measure_links import list_domains, measure_page_stem
from slinb.workspace import Workspace
from tests.conftest import QUARTER

pytestmark = pytest.mark.slow
COMPARED = ("comparison_quarterly", "comparison_annual")
#: One that sent nothing, one with many findings.
FEW = ("Thurrock", "Essex")


def open_whole(edition: Edition) -> Edition:
    """Return an edition in which no extract is stored: every page reads the whole tables."""
    return replace(edition, folders=tuple(f for f in edition.folders if f.name != "extracts"))


def open_narrowed(edition: Edition, folder: Path, reader: str, **tables: pd.DataFrame) -> Edition:
    """Return an edition in which a reader's extracts are these."""
    for name, table in tables.items():
        path = folder / OWN / reader / f"{name}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        table.to_parquet(path, index=False)
    return replace(edition, folders=(folder, *edition.folders))


@pytest.mark.parametrize("name", ["public", "restricted"])
def test_an_authority_s_pages_come_out_the_same_from_what_they_read_and_from_all(
    sample_quarter: Workspace, name: EditionName
) -> None:
    edition = open_quarter(QUARTER, edition=name, workspace=sample_quarter)
    whole = open_whole(edition)
    shows = [show_profile, *([show_receipt] if name == "restricted" else [])]
    for area in edition.authorities:
        stored = edition.result_for("comparison_quarterly", f"authority-profile-{area.slug}")
        assert len(stored) < len(edition.result("comparison_quarterly"))
        for show in shows:
            assert show(edition, area.name) == show(whole, area.name), area.name


@pytest.mark.parametrize("name", ["public", "restricted"])
def test_a_domain_s_page_comes_out_the_same_from_what_it_reads_and_from_all(
    sample_quarter: Workspace, name: EditionName
) -> None:
    edition = open_quarter(QUARTER, edition=name, workspace=sample_quarter)
    for domain in list_domains(edition.measures):
        stored = edition.result_for("trends", measure_page_stem(domain))
        assert 0 < len(stored) < len(edition.result("trends"))
        assert show_measures(edition, domain) == show_measures(open_whole(edition), domain)


@pytest.mark.parametrize("authority", FEW)
def test_a_profile_without_a_measure_of_its_extract_is_another(
    sample_quarter: Workspace, tmp_path: Path, authority: str
) -> None:
    """So nothing stands in it that the page does not show; every sixth measure is tried."""
    edition = open_quarter(QUARTER, workspace=sample_quarter)
    (area,) = (a for a in edition.authorities if a.name == authority)
    before, reader = show_profile(edition, authority), f"authority-profile-{area.slug}"
    for name in COMPARED:
        stored = edition.result_for(name, reader)
        for measure in find_told(stored, area)[::6]:
            left = stored[stored["measure"].ne(measure)]
            folder = tmp_path / name / measure
            assert before != show_profile(
                open_narrowed(edition, folder, reader, **{name: left}), authority
            ), f"{name}: {measure}"


def find_told(table: pd.DataFrame, area: Area) -> list[str]:
    """Return the measures of which an authority has a figure: what is none is told as none."""
    own = table[table["area"].eq(area.code) & table["value"].notna()]
    return sorted(set(own["measure"]))


def test_a_figure_of_another_measure_leaves_a_profile_s_extract_as_it_was(
    sample_quarter: Workspace,
) -> None:
    from slinb.batch.extracts import extract_tables
    from slinb.batch.parts import EXTRACTED

    edition = open_quarter(QUARTER, workspace=sample_quarter)
    tables = {name: edition.result(name) for name in EXTRACTED}
    area = next(a for a in edition.authorities if a.name == "Luton")
    reader = f"authority-profile-{area.slug}"
    shown = set(edition.result_for("comparison_quarterly", reader)["measure"])
    rug = tables["comparison_quarterly"]
    others = sorted(set(rug["measure"]) - shown)
    assert others
    moved = rug.assign(value=rug["value"].mask(rug["measure"].isin(others), rug["value"] + 0.001))
    found = extract_tables(
        {**tables, "comparison_quarterly": moved}, edition.measures, edition.authorities
    )
    stored = find_folders(QUARTER, workspace=sample_quarter).part("public", "extracts")
    for name in COMPARED:
        path = stored / OWN / reader / f"{name}.parquet"
        pd.testing.assert_frame_equal(found[reader][name], pd.read_parquet(path))
