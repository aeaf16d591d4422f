"""The whole of a trace, on a small project: which family, which edition, what is told."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from slinb.analyse.dive_tables import FIGURES, MEDIANS
from slinb.batch.folders import EDITIONS, find_folders
from slinb.batch.trace_report import trace_report
from slinb.errors import ParameterError
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS, OBSERVATIONS
from slinb.workspace import Workspace

PACK = Path(__file__).parents[2] / "data" / "raw" / "published"
QUARTER, EAST = "2025-26-Q3", "East of England"
REGION, LUTON, ESSEX = "E12000006", "E06000032", "E10000012"
KEY = {
    "period": QUARTER, "measure": "S8", "item": "over 6 months with a plan to return home",
    "window": "snapshot", "population": "all",
}  # fmt: skip
COUNTS = {LUTON: (3.0, 62.0), ESSEX: (170.0, 220.0)}


def write(folder: Path, name: str, rows: pd.DataFrame) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_parquet(folder / f"{name}.parquet")


def make_figures(*rows: tuple[str, float, float, str]) -> pd.DataFrame:
    return FIGURES.from_rows(
        [
            {**KEY, "area": area, "numerator": above, "denominator": below, "status": status,
             "unit": "%", "value": 100 * above / below}
            for area, above, below, status in rows
        ]
    )  # fmt: skip


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two authorities with one count of a deep dive, in both editions, and a measure of returns."""
    monkeypatch.setenv("SLINB_HOME", str(tmp_path))
    folders = find_folders(QUARTER, workspace=Workspace(tmp_path))
    shutil.copytree(PACK, folders.workspace.published)
    counts = [
        {**KEY, "area": area, "dive": "section20", "source": "Annex A", "numerator": above,
         "denominator": below, "status": "final", "file": f"{area}.xlsx",
         "sheet": "Section 20 counts", "cell": "J9:L9"}
        for area, (above, below) in COUNTS.items()
    ]  # fmt: skip
    write(folders.folder, "dive_counts", DIVE_COUNTS.from_rows(counts))
    write(folders.folder, "dive_durations", DIVE_DURATIONS.empty())
    told = {"area": LUTON, "period": QUARTER, "measure": "cla_rate", "numerator": 4.0,
            "denominator": 900.0, "value": 44.4, "status": "provisional", "sent": "4",
            "file": f"{LUTON}.xlsx", "sheet": "Looked after", "cell": "E5"}  # fmt: skip
    write(folders.folder, "accepted", OBSERVATIONS.from_rows([told]))
    write(folders.folder, "quarantined", OBSERVATIONS.empty())
    none = float("nan")
    figures = {
        "restricted": make_figures(
            *((area, *both, "final") for area, both in COUNTS.items()), (REGION, 173, 282, "final")
        ),
        "public": make_figures(
            (LUTON, none, none, "suppressed"), (ESSEX, none, none, "suppressed"),
            (REGION, 170, 280, "final"),
        ),
    }  # fmt: skip
    for edition in EDITIONS:
        for name in ("section20", "neglect"):
            own = figures[edition] if name == "section20" else FIGURES.empty()
            for folder in folders.tables(edition)[:1]:
                write(folder, f"{name}_figures", own)
                write(folder, f"{name}_medians", MEDIANS.empty())
        page = folders.reports(edition)
        page.mkdir(parents=True)
    return tmp_path / "reports"


def find_page(reports: Path, edition: str, stem: str) -> Path:
    name = f"{QUARTER}/{stem}" if edition == "public" else f"{QUARTER}-restricted/RESTRICTED_{stem}"
    page = reports / f"{name}.html"
    page.touch()
    return page


def test_a_deep_dives_figure_is_named_with_its_cells_and_their_sum(project: Path) -> None:
    page = find_page(project, "restricted", "section-20")
    assert trace_report(page, "S8 East of England", EAST).splitlines() == [
        "Section 20: Long Section 20 spells by permanence plan "
        "(S8 over 6 months with a plan to return home)",
        "East of England, 2025-26-Q3: 61.3% (173 of 282)",
        f"  Essex: 170 of 220 ({ESSEX}.xlsx, sheet “Section 20 counts”, cell J9:L9; Annex A)",
        f"  Luton: 3 of 62 ({LUTON}.xlsx, sheet “Section 20 counts”, cell J9:L9; Annex A)",
        "Together 173 of 282, which is 61.3%, as the page shows.",
    ]


def test_returns_collected_since_do_not_make_the_figure_and_it_says_so(project: Path) -> None:
    folder = project.parent / "data" / "processed" / QUARTER
    counts = pd.read_parquet(folder / "dive_counts.parquet")
    counts.assign(numerator=counts["numerator"] + 1).to_parquet(folder / "dive_counts.parquet")
    text = trace_report(find_page(project, "restricted", "section-20"), "S8 Luton", EAST)
    assert text.splitlines()[-1].startswith("Together 4 of 62: not what the page shows.")


@pytest.mark.parametrize("words", ["S8 Luton", "S8 Essex", "S8 East of England"])
def test_a_public_page_tells_no_count_of_an_authority(project: Path, words: str) -> None:
    text = trace_report(find_page(project, "public", "section-20"), words, EAST)
    plain = re.sub(r"E\d{8}|2025-26-Q3|Section 20|section-20|S8|over 6 months", "", text)
    # The region's figure stands rounded, as on the page; nothing else has a number or a cell.
    shown = "60.7% (170 of 280)"
    assert (shown in plain) == words.endswith("England")
    assert not re.search(r"\d", plain.replace(shown, "")), text
    assert "cell" not in text
    # Whose file stands here, and whose does not, would say who has somebody.
    assert ".xlsx" not in text
    assert "Without" not in text
    assert "RESTRICTED_section-20.html" in text


def test_the_command_that_it_gives_for_the_restricted_page_works(project: Path) -> None:
    text = trace_report(find_page(project, "public", "section-20"), "S8 Luton", EAST)
    find_page(project, "restricted", "section-20")
    path, cell = re.search(r'slinb trace (\S+) "(.+)"', text).groups()  # type: ignore[union-attr]
    assert "3 of 62" in trace_report(project.parent / path, cell, EAST)


def test_a_suppressed_measure_of_the_returns_is_not_told_on_a_public_page(project: Path) -> None:
    words = "cla_rate Luton"
    full = trace_report(find_page(project, "restricted", "quarterly-rug"), words, EAST)
    assert "4 of 900" in full
    assert "sent as “4”" in full
    text = trace_report(find_page(project, "public", "quarterly-rug"), words, EAST)
    assert "not told in the public edition" in text
    assert "cell E5" in text
    assert " of " not in text.splitlines()[1]
    assert "sent as" not in text


def test_an_id_is_found_from_any_page_and_words_first_among_the_pages_own(project: Path) -> None:
    rug = find_page(project, "restricted", "quarterly-rug")
    assert trace_report(rug, "S8 Luton", EAST).startswith("Section 20: ")
    dive = find_page(project, "restricted", "section-20")
    assert trace_report(dive, "plan to return home Luton", EAST).startswith("Section 20: ")
    assert trace_report(dive, "CLA_rate Luton", EAST)


def test_an_authoritys_own_page_needs_no_place(project: Path) -> None:
    page = find_page(project, "restricted", "receipt-luton")
    assert "3 of 62" in trace_report(page, "S8", EAST)


def test_an_authority_that_sent_nothing_is_said_so(project: Path) -> None:
    text = trace_report(find_page(project, "restricted", "section-20"), "S8 Thurrock", EAST)
    assert text.splitlines()[1:] == [
        "Thurrock, 2025-26-Q3: no figure",
        "Nothing was sent that it could be made of.",
    ]


def test_an_authority_of_another_region_and_words_that_fit_nothing_are_refused(
    project: Path,
) -> None:
    page = find_page(project, "restricted", "section-20")
    with pytest.raises(ParameterError, match=r"Kent is not in East of England.*Luton"):
        trace_report(page, "S8 Kent", EAST)
    with pytest.raises(ParameterError, match=r"(?s)none has “banana”.*S8 Luton over 6 months"):
        trace_report(page, "S8 banana Luton", EAST)
    with pytest.raises(ParameterError, match="“Luton” names no figure"):
        trace_report(page, "Luton", EAST)
