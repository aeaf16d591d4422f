"""The sample's deep-dive sheets: prepare-return's own, and every planted error is found."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from slinb.catalogue.areas import load_areas
from slinb.catalogue.dives import load_dives
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.collect.deep_dives import DeepDives, read_deep_dives
from slinb.collect.population import empty_population
from slinb.collect.returns import read_returns
from slinb.errors import ParameterError
from slinb.prepare.prepare import prepare_return
from slinb.records.prepare import CountedRecords
from slinb.sample.cin_census import CENSUS_MANIFEST
from slinb.sample.dives import count_sample_records
from slinb.sample.practice import MANIFEST, load_dive_defects
from slinb.sample.records import MANIFEST as RECORD_ERRORS
from slinb.sample.write import SampleWritten, write_sample
from slinb.schema import OBSERVATIONS

QUARTER = Period.parse("2025-26-Q3")
EAST = load_areas().authorities("E12000006")
MEASURES = [m for m in load_measures().quarterly() if m.id in ("cla_rate", "s20_pct")]
TOTALS = (60, 22, 6)
#: Open plans, those for neglect, and for neglect or multiple.
PLANS = (30, 14, 17)
SEED = 20260131


def publish() -> pd.DataFrame:
    """Make up published totals: few children in each authority."""
    children, section_20, uasc = TOTALS
    plans, neglect, either = PLANS
    totals = (
        ("cla_rate", children, 20_000),
        ("s20_pct", section_20, children),
        ("uasc_cla_pct", uasc, children),
        ("cp_neglect_pct", neglect, plans),
        ("cp_neglect_multiple_pct", either, plans),
        ("referrals_rate", 500, 20_000),
    )
    rows = [
        {
            "area": area.code,
            "period": "2024-25",
            "measure": measure,
            "numerator": float(numerator),
            "denominator": float(denominator),
            "value": 1.0,
            "status": "final",
        }
        for area in EAST
        for measure, numerator, denominator in totals
    ]
    return OBSERVATIONS.from_rows(rows)


PUBLISHED = publish()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept") / "records"


@pytest.fixture(scope="module")
def counted(kept: Path) -> dict[str, CountedRecords]:
    return count_sample_records(PUBLISHED, QUARTER, EAST, SEED, folder=kept)


@pytest.fixture(scope="module")
def written(
    counted: dict[str, CountedRecords], tmp_path_factory: pytest.TempPathFactory
) -> SampleWritten:
    root = tmp_path_factory.mktemp("sample")
    return write_sample(root, PUBLISHED, seed=SEED, measures=MEASURES, counted=counted)


@pytest.fixture(scope="module")
def read(written: SampleWritten) -> DeepDives:
    returns = read_returns(written.folder, QUARTER, EAST, MEASURES, empty_population())
    assert "ignored_file" not in set(returns.queries["rule"])
    return read_deep_dives(written.folder, QUARTER, EAST, submissions=returns.submissions)


def read_manifest(written: SampleWritten) -> pd.DataFrame:
    return pd.read_csv(written.folder / MANIFEST, dtype=str, keep_default_na=False)


def test_every_planted_error_is_found_and_nothing_else(
    written: SampleWritten, read: DeepDives
) -> None:
    manifest = read_manifest(written)
    assert len(manifest) == len(load_dive_defects())
    queries = read.queries[read.queries["sheet"].isin(manifest["sheet"])]
    for planted in manifest.itertuples():
        own = queries[(queries["area"] == planted.area) & (queries["rule"] == planted.rule)]
        own = own[own["sheet"] == planted.sheet]
        assert len(own), planted
        assert set(own["file"]) == {planted.file}
        assert set(own["severity"]) == {planted.severity}
    asked = queries[["area", "rule", "sheet"]].drop_duplicates()
    assert set(asked.itertuples(index=False, name=None)) == set(
        manifest[["area", "rule", "sheet"]].itertuples(index=False, name=None)
    )


def test_clean_counts_come_through_as_counted(
    read: DeepDives, counted: dict[str, CountedRecords]
) -> None:
    """All authorities whose sheet of counts was not spoilt, and whose return came."""
    spoilt = {EAST[d.authority].code for d in load_dive_defects() if d.kind == "counts"}
    own = read.counts[read.counts["source"].isin(["SSDA903", "Annex A"])]
    own = own[own["dive"] == "section20"]
    assert set(own["area"]) == {a.code for a in EAST} - {EAST[10].code}
    for area, frame in own.groupby("area"):
        expected = counted[str(area)].counts
        expected = expected[expected["measure"].str.startswith("S")].reset_index(drop=True)
        if area not in spoilt:
            back = frame[list(expected.columns)].astype(expected.dtypes.to_dict())
            pd.testing.assert_frame_equal(back.reset_index(drop=True), expected)


def test_the_stock_is_the_published_one(read: DeepDives) -> None:
    total = read.counts.query(
        "measure == 'S1' and breakdown == '' and population == 'all' and source == 'SSDA903'"
    )
    assert set(total["numerator"]) == {TOTALS[1]}
    assert set(total["denominator"]) == {TOTALS[0]}


def test_the_plans_are_the_published_ones_in_census_and_lists(read: DeepDives) -> None:
    """Neglect counts come from a made-up census through prepare-return, and the lists agree."""
    plans, neglect, either = PLANS
    own = read.counts.query("measure == 'N1' and breakdown == '' and population == 'all'")
    for source in ("CIN census", "Annex A"):
        for item, n in (("neglect", neglect), ("neglect or multiple", either)):
            found = own[(own["source"] == source) & (own["item"] == item)]
            assert len(found) == 10
            assert set(found["numerator"]) == {n}
            assert set(found["denominator"]) == {plans}


def test_the_census_is_tied_to_the_children_in_care(counted: dict[str, CountedRecords]) -> None:
    """N10 is answered only where most children starting care are in the census too."""
    into = pd.concat(c.counts for c in counted.values()).query(
        "measure == 'N10' and source == 'CIN census' and breakdown == ''"
    )
    year = into[into["item"] == "in care within 12 months"]
    assert 0 < year["numerator"].sum() < 0.3 * year["denominator"].sum()
    for own in counted.values():
        answers = own.answers.query("source == 'CIN census' and answered == 'not answered'")
        assert set(answers["measure"]) == {"N12", "N13"}
        assert "identifiers differ" not in set(own.problems["rule"])


def test_every_error_planted_in_the_censuses_is_found(
    kept: Path, counted: dict[str, CountedRecords]
) -> None:
    manifest = pd.read_csv(kept / CENSUS_MANIFEST)
    assert set(manifest["area"]) == set(counted)
    for area, planted in manifest.groupby("area"):
        assert len(planted) >= 8
        assert set(planted["rule"]) <= set(counted[str(area)].problems["rule"])


def test_the_sheets_are_those_of_prepare_return(
    written: SampleWritten, kept: Path, tmp_path: Path
) -> None:
    """Cell by cell, but for the mark SAMPLE: no shortcut."""
    area = EAST[1]  # Cambridgeshire: nothing was planted in its deep-dive sheets
    done = prepare_return(kept / area.slug, QUARTER, area, tmp_path, measures=MEASURES)
    mine = next(p for p in written.workbooks if p.name.endswith(f"_{area.slug}.xlsx"))
    one, other = load_workbook(mine), load_workbook(done.path)
    names = [n for n in other.sheetnames if n.startswith("Section 20")]
    assert len(names) == 3
    for name in (*names, "What could be answered"):
        made = list(one[name].iter_rows(values_only=True))
        own = list(other[name].iter_rows(values_only=True))
        assert str(made[1][0]) == f"SAMPLE. {own[1][0]}"
        assert made[2:] == own[2:]
        assert made[0] == own[0]


def test_nothing_else_of_the_sample_changes(written: SampleWritten, tmp_path: Path) -> None:
    bare = write_sample(tmp_path, PUBLISHED, seed=SEED, measures=MEASURES)
    pd.testing.assert_frame_equal(bare.defects, written.defects)
    one, other = (
        read_returns(s.folder, QUARTER, EAST, MEASURES, empty_population()).observations
        for s in (bare, written)
    )
    pd.testing.assert_frame_equal(one, other)
    assert not (bare.folder / MANIFEST).exists()


def test_answers_are_plausible_and_bounded_by_the_records(read: DeepDives) -> None:
    own = read.counts[read.counts["dive"] == "section20"]
    practice = own[own["source"] == "practice return"]
    assert len(practice) == 10 * len(load_dives()["section20"].questions)
    final = practice[practice["status"] == "final"]
    assert (final["numerator"] <= final["denominator"]).all()
    share = final.groupby("item")[["numerator", "denominator"]].sum()
    assert 0.6 < share.loc["written agreement held"].pipe(lambda s: s.iloc[0] / s.iloc[1]) < 1
    assert final.groupby("item")["numerator"].nunique().gt(1).sum() > 5


def test_the_use_of_a_neglect_tool_is_answered_by_most(read: DeepDives) -> None:
    """Two leave it empty, one does not collect it, one has sent no return (Thurrock)."""
    own = read.counts[(read.counts["dive"] == "neglect") & (read.counts["measure"] == "N13")]
    final = own[own["status"] == "final"]
    silent = {EAST[n].code for n in (4, 9)}
    assert {a.code for a in EAST} - set(final["area"]) == silent | {EAST[7].code, EAST[10].code}
    assert set(own[own["area"] == EAST[7].code]["status"]) == {"not_collected"}
    assert set(own[own["area"].isin(silent)]["status"]) <= {"missing"}
    done = final[final["item"] == "tool completed"].set_index("area")
    again = final[final["item"] == "tool repeated at a review"].set_index("area")
    # What is repeated was completed; all fourteen files were looked at, and Luton adds Multiple.
    assert again["denominator"].to_dict() == done["numerator"].to_dict()
    assert set(done.drop(EAST[5].code)["denominator"]) == {PLANS[1]}
    assert done.loc[EAST[5].code, "denominator"] > PLANS[1]
    assert done["numerator"].nunique() > 2


def test_referrals_before_a_first_plan_vary(counted: dict[str, CountedRecords]) -> None:
    """N6 of the sample: most have the one referral that led to the plan, some two, a few more."""
    rows = pd.concat(c.counts for c in counted.values()).query(
        "item == 'referrals before the first plan' and window == 'year'"
    )
    n = rows.groupby("category")["numerator"].sum()
    total = n.sum()
    assert 0.55 < n["one referral"] / total < 0.85
    assert 0.1 < n["two referrals"] / total < 0.4
    assert 0.01 < n["three or more referrals"] / total < 0.2


def test_records_are_kept_only_where_asked(
    kept: Path, counted: dict[str, CountedRecords], written: SampleWritten
) -> None:
    assert counted
    assert (kept / RECORD_ERRORS).is_file()
    assert "SAMPLE" in (kept / "SAMPLE.txt").read_text(encoding="utf-8")
    assert {p.name for p in kept.iterdir() if p.is_dir()} == {a.slug for a in EAST}
    root = written.folder.parents[3]
    assert not [p for p in root.rglob("*") if "episodes" in p.name or "annex" in p.name]


def test_records_are_never_written_among_others(tmp_path: Path) -> None:
    (tmp_path / "episodes.csv").write_text("real", encoding="utf-8")
    with pytest.raises(ParameterError, match="no sample"):
        count_sample_records(PUBLISHED, QUARTER, EAST[:1], SEED, folder=tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["episodes.csv"]


def test_sharing_the_work_changes_nothing(counted: dict[str, CountedRecords]) -> None:
    few = EAST[:2]
    shared = count_sample_records(PUBLISHED, QUARTER, few, SEED, workers=2)
    assert list(shared) == [a.code for a in few]
    for code, own in shared.items():
        for name in ("counts", "risk", "durations", "return_counts", "answers", "problems"):
            pd.testing.assert_frame_equal(getattr(own, name), getattr(counted[code], name))
