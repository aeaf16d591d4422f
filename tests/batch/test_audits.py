"""The sample's audits from workbooks to pages, in both editions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from slinb.batch.audits import (
    AUDITS,
    BEFORE,
    QuarterAudits,
    analyse_audits,
    read_audit_tables,
    read_quarter_audits,
    refuse_mixture,
    write_audit_workbooks,
)
from slinb.batch.edition import Edition
from slinb.batch.folders import EditionName
from slinb.batch.quarter import find_quarter
from slinb.catalogue.areas import load_areas
from slinb.catalogue.audits import load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.catalogue.triangle import load_triangle_rules
from slinb.collect.audit_tables import NARRATIVES
from slinb.collect.layout import SAMPLE_WORD
from slinb.collect.returns import SAMPLE_MARKER
from slinb.errors import ParameterError
from slinb.notebook import show_audits, show_own_audits, show_triangle
from slinb.sample.audits import write_audits
from slinb.schema import COMPARISON, TRAVEL
from slinb.show.audits import SECTIONS
from slinb.workspace import Workspace

QUARTER = Period.parse("2025-26-Q3")
AREAS = load_areas()
REGION = AREAS["E12000006"]
EAST = AREAS.authorities(REGION.code)
INSTRUMENT = load_audit_instrument()
#: The sample's authorities: three cases; a name in the narrative; better figures, poor audits.
CAMBRIDGESHIRE, PETERBOROUGH, HERTFORDSHIRE = "E10000003", "E06000031", "E10000015"
NORFOLK = "E10000020"


def mark_sample(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SAMPLE_MARKER).write_text("SAMPLE", encoding="utf-8")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with the sample's audits, and marked returns beside them."""
    workspace = Workspace(tmp_path_factory.mktemp("project"))
    write_audits(workspace.root, QUARTER.id)
    mark_sample(workspace.returns(QUARTER.id))
    return workspace


@pytest.fixture(scope="module")
def read(workspace: Workspace) -> QuarterAudits:
    return read_quarter_audits(workspace, QUARTER, EAST)


def judge(area: str, judgement: str) -> dict[str, object]:
    return {
        "area": area, "measure": "rereferrals_pct", "period": QUARTER.id, "benchmark": "region",
        "judgement": judgement, "value": 20.0, "status": "final",
    }  # fmt: skip


def make_results() -> dict[str, pd.DataFrame]:
    """Return figures by which Hertfordshire is really better and Cambridgeshire really worse."""
    own = COMPARISON.from_rows([judge(HERTFORDSHIRE, "better"), judge(CAMBRIDGESHIRE, "worse")])
    # A published figure of a measure that the return asks for is older news and not read.
    old = COMPARISON.from_rows([judge(NORFOLK, "worse")])
    moves = TRAVEL.empty()
    return {
        "comparison_quarterly": own,
        "comparison_annual": old,
        "travel_quarterly": moves,
        "travel_annual": moves,
    }


def analyse(audits: Mapping[str, pd.DataFrame], *, public: bool) -> dict[str, pd.DataFrame]:
    tables = {BEFORE: NARRATIVES.empty(), **audits}
    return analyse_audits(tables, make_results(), REGION, AREAS, QUARTER, public=public)


@pytest.fixture(scope="module")
def results(read: QuarterAudits) -> dict[EditionName, dict[str, pd.DataFrame]]:
    return {
        "public": analyse(read.tables, public=True),
        "restricted": analyse(read.tables, public=False),
    }


def open_edition(name: EditionName, tables: Mapping[str, pd.DataFrame]) -> Edition:
    return Edition(
        name=name, period=QUARTER, region=REGION, folders=(), sample=True, compute=lambda: tables
    )


@pytest.fixture(scope="module")
def pages(results: dict[EditionName, dict[str, pd.DataFrame]]) -> dict[str, str]:
    """Return every section of both editions, one text an edition."""
    made: dict[str, str] = {}
    for name, tables in results.items():
        edition = open_edition(name, tables)
        parts = [str(show_audits(edition, section)) for section in SECTIONS]
        made[name] = "".join([*parts, str(show_triangle(edition))])
    return made


def test_the_tables_have_their_schema_and_what_names_somebody_goes_no_further(
    read: QuarterAudits,
) -> None:
    for name, schema in AUDITS.items():
        assert list(read.tables[name].columns) == schema.names
    said = read.tables["audit_narratives"]
    flagged = said[said["flagged"].ne("")]
    assert len(flagged) == 1 and flagged["area"].iloc[0] == PETERBOROUGH
    assert flagged["text"].tolist() == [""]
    everything = " ".join(t.to_csv() for t in (*read.tables.values(), read.queries))
    assert not re.search(r"Jordan|Mrs Example|1004711", everything)


def test_each_query_says_file_sheet_and_what_to_do(read: QuarterAudits) -> None:
    asked = read.queries
    assert asked["action"].ne("").all() and asked["problem"].ne("").all()
    came = asked[asked["rule"].ne("no_audit_return")]
    assert came["file"].str.startswith(SAMPLE_WORD).all() and came["sheet"].ne("").all()
    told = zip(came["file"], came["problem"], strict=True)
    assert all(str(problem).startswith(f"in {file}: ") for file, problem in told)


@pytest.mark.parametrize("basis", ["own", "moderated"])
def test_the_grades_equal_a_count_by_hand(
    read: QuarterAudits, results: dict[EditionName, dict[str, pd.DataFrame]], basis: str
) -> None:
    table = results["restricted"]["audits_grades"]
    cases = read.tables["audit_cases"]
    for row in table[table["basis"].eq(basis) & table["breakdown"].eq("")].to_dict("records"):
        mine = cases if row["area"] == REGION.code else cases[cases["area"].eq(row["area"])]
        given = [g for g in mine[basis] if g == g]
        good = sum(g in (1, 2) for g in given)
        assert (row["n"], row["good"]) == (len(given), good)
        if given:
            limits = proportion_confint(good, len(given), method="wilson")
            assert (row["lower"] / 100, row["upper"] / 100) == pytest.approx(limits)


def test_kappa_of_the_sample_agrees_with_statsmodels(
    read: QuarterAudits, results: dict[EditionName, dict[str, pd.DataFrame]]
) -> None:
    cases = read.tables["audit_cases"].dropna(subset=["own", "moderated"])
    table = results["restricted"]["audits_moderation"].set_index("area")
    checked = 0
    for area, mine in [(REGION.code, cases), *cases.groupby("area")]:
        if len(mine) < INSTRUMENT.least_pairs:
            assert np.isnan(table.loc[area, "kappa"])
            continue
        counts = np.zeros((4, 4))
        for own, moderated in zip(mine["own"], mine["moderated"], strict=True):
            counts[int(own) - 1, int(moderated) - 1] += 1
        seen = cohens_kappa(counts, wt="linear")
        told = table.loc[area, ["kappa", "kappa_lower", "kappa_upper"]].astype(float)
        # statsmodels does not cut its limits off at 1.
        limits = np.clip([seen.kappa_low, seen.kappa_upp], -1, 1)
        assert told.tolist() == pytest.approx([seen.kappa, *limits], abs=1e-6)
        checked += 1
    assert checked >= 3


def test_the_public_edition_withholds_below_the_set_n_and_the_other_nothing(
    results: dict[EditionName, dict[str, pd.DataFrame]],
) -> None:
    for name in ("grades", "questions", "moderation"):
        table = results["public"][f"audits_{name}"]
        few = table[table["n"].between(1, INSTRUMENT.withhold_below - 1)]
        assert len(few) and few["status"].eq("suppressed").all() and few["value"].isna().all()
        full = results["restricted"][f"audits_{name}"]
        assert not full["status"].eq("suppressed").any()
    triangle = results["public"]["triangle"].set_index("area")
    assert triangle.loc[CAMBRIDGESHIRE, "audit_status"] == "suppressed"
    assert triangle.loc[CAMBRIDGESHIRE, "n"] == 3


def test_the_public_edition_has_no_words_and_no_single_case(
    results: dict[EditionName, dict[str, pd.DataFrame]],
) -> None:
    public = results["public"]
    assert public["audits_narratives"].empty and public["audits_matrix"].empty
    assert set(public["audits_returns"][["file", "received", "role"]].to_numpy().flat) == {""}
    grades = public["audits_grades"]
    own = grades[grades["area"].ne(REGION.code)]
    assert set(own["breakdown"]) == {"", "auditor"}
    for table in (own, public["audits_questions"].query("area != @REGION.code")):
        assert table[[f"grade_{g}" for g in INSTRUMENT.numbers]].isna().all(axis=None)
    assert not any({"case", "action", "sent"} & set(t.columns) for t in public.values())


def test_pages_show_both_sides_and_nothing_that_names_somebody(pages: dict[str, str]) -> None:
    public, restricted = pages["public"], pages["restricted"]
    for html in pages.values():
        assert "The figures are better than the region's; the audits are below good." in unescape(
            html
        )
        assert not re.search(r"Jordan|Mrs Example|03/05/2014|1004711|<script>", html)
        assert "Hertfordshire: 20.0%" in html  # it could help Cambridgeshire, its neighbour
    assert "Held back: the text seems to hold a name, a date of birth." in restricted
    assert "Chronologies are now begun at the first assessment." in restricted
    assert "&lt;script&gt;alert(" in restricted
    for words in ("Held back", "Chronologies are now begun", "Our guide", "practice lead"):
        assert words not in public
    assert not re.search(r"\b[A-Z]{3}-[0-9]{3}\b", public + restricted)


def test_withheld_shares_are_on_no_public_page(
    results: dict[EditionName, dict[str, pd.DataFrame]], pages: dict[str, str]
) -> None:
    panel = pages["public"].split('id="triangle-cambridgeshire"')[1].split("</details>")[0]
    assert "Withheld" in panel and "c, of 3" in panel
    full = results["restricted"]["audits_grades"]
    row = full[full["area"].eq(CAMBRIDGESHIRE) & full["breakdown"].eq("")].iloc[0]
    words = f"{row['value']:.0f}% ({row['lower']:.0f} to {row['upper']:.0f}), "
    assert words in pages["restricted"] and words not in pages["public"]


def test_who_could_help_is_really_better_and_a_neighbour(
    results: dict[EditionName, dict[str, pd.DataFrame]],
) -> None:
    row = results["public"]["triangle_helpers"].iloc[0]
    assert (row["area"], row["helper"]) == (CAMBRIDGESHIRE, HERTFORDSHIRE)
    assert row["helper_audits"] == "below good"


def test_every_rule_of_the_sample_that_holds_stands_in_the_table(
    results: dict[EditionName, dict[str, pd.DataFrame]],
) -> None:
    found = results["restricted"]["triangle_disagreements"]
    assert set(found["rule"]) <= {r.id for r in load_triangle_rules().rules}
    pairs = set(zip(found["area"], found["rule"], strict=True))
    assert (HERTFORDSHIRE, "data_better_audits_below") in pairs


def test_an_own_receipt_holds_its_audits_and_no_other_authoritys(
    results: dict[EditionName, dict[str, pd.DataFrame]],
) -> None:
    edition = open_edition("restricted", results["restricted"])
    html = str(show_own_audits(edition, "Suffolk"))
    assert "16 audited cases came" in html and "Weakest questions" in html
    assert "Chronologies are now begun" not in html and "Held back" not in html
    assert not any(a.name in html for a in EAST if a.name != "Suffolk")
    norfolk = str(show_own_audits(edition, "Norfolk"))
    assert "You audited no case in October to December 2025" in norfolk


def test_no_folder_is_no_exercise_and_no_failure(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    read = read_quarter_audits(workspace, QUARTER, EAST)
    assert read.queries.empty and all(t.empty for t in read.tables.values())
    for public in (True, False):
        tables = analyse(read.tables, public=public)
        assert all(len(t) == 0 for name, t in tables.items() if name.startswith("audits"))
        edition = open_edition("public" if public else "restricted", tables)
        assert "No audits were collected" in str(show_audits(edition, "messages"))
        assert "only the figures speak" in str(show_triangle(edition))


def test_sample_and_real_audits_are_not_mixed(workspace: Workspace, tmp_path: Path) -> None:
    made_up = next(workspace.audits(QUARTER.id).glob(f"{SAMPLE_WORD}_*luton*.xlsx"))
    mixed = Workspace(tmp_path)
    folder = mixed.audits(QUARTER.id)
    folder.mkdir(parents=True)
    (folder / made_up.name).write_bytes(made_up.read_bytes())
    with pytest.raises(ParameterError, match="sample beside others"):
        refuse_mixture(mixed, QUARTER)
    mark_sample(folder)
    with pytest.raises(ParameterError, match="are made up, its returns real"):
        refuse_mixture(mixed, QUARTER)
    mark_sample(mixed.returns(QUARTER.id))
    refuse_mixture(mixed, QUARTER)
    assert len(read_quarter_audits(mixed, QUARTER, EAST).tables["audit_cases"])
    (folder / "audit_2025-26-Q3_essex.xlsx").write_bytes(made_up.read_bytes())
    with pytest.raises(ParameterError, match="sample beside others"):
        refuse_mixture(mixed, QUARTER)


def test_real_audits_beside_a_sample_of_returns_are_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    mark_sample(workspace.returns(QUARTER.id))
    folder = workspace.audits(QUARTER.id)
    folder.mkdir(parents=True)
    (folder / "audit_luton.xlsx").write_bytes(b"no workbook")
    with pytest.raises(ParameterError, match="are real, its returns made up"):
        refuse_mixture(workspace, QUARTER)


def test_the_next_exercise_brings_the_last_answers_back(
    read: QuarterAudits, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path)
    stored = workspace.processed(QUARTER.id)
    stored.mkdir(parents=True)
    for name, table in read.tables.items():
        table.to_parquet(stored / f"{name}.parquet")
    # Nothing was asked in the quarter between the two exercises.
    between = workspace.processed("2025-26-Q4")
    between.mkdir()
    tables = read_audit_tables(workspace.processed("2026-27-Q1"), [stored, between])
    assert set(tables) == {*AUDITS, BEFORE}
    pd.testing.assert_frame_equal(tables[BEFORE], read.tables["audit_narratives"])
    following = find_quarter("2026-27-Q1", REGION.code, workspace=workspace)
    written = {p.name: p for p in write_audit_workbooks(following)}
    assert len(written) == len(EAST)
    sheet = load_workbook(written["audit_2026-27-Q1_bedford.xlsx"])["What you say"]
    texts = [str(cell.value) for cell in sheet["E"]]
    assert "What you said in 2025-26-Q3" in texts
    assert "Chronologies are now begun at the first assessment." in texts
