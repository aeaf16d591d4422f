from __future__ import annotations

import csv
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.collect.layout import COVER, plan_layout
from slinb.collect.population import find_population
from slinb.collect.returns import ReturnsRead, is_sample, read_returns
from slinb.errors import ParameterError
from slinb.sample.levels import estimate_levels, plan_counts
from slinb.sample.settings import (
    _read,
    load_defects,
    load_levels,
    load_narratives,
    load_quarter_shares,
)
from slinb.sample.simulate import simulate_counts
from slinb.sample.write import MANIFEST, SampleWritten, write_sample
from slinb.schema import OBSERVATIONS

REGION = "E12000006"
EAST = load_areas().authorities(REGION)
QUARTER = Period.parse("2025-26-Q3")
#: The measures with a defect, and those that share a count with one of them.
IDS = {d.measure for d in load_defects() if d.measure} | {
    "referrals_rate", "contacts_rate", "assessments_rate", "cla_rate", "cla_starting_rate",
    "cp_rate", "health_assessment_pct",
}  # fmt: skip
MEASURES = [m for m in load_measures().quarterly() if m.id in IDS]
REFERRALS = {area.code: 900.0 + 350 * i for i, area in enumerate(EAST)}


def publish() -> pd.DataFrame:
    """Make up published figures: round shares of round counts, each authority larger."""
    rows = []
    for index, area in enumerate(EAST):
        size, people = 1 + index, 40_000.0 + 20_000 * index
        figures = {
            "referrals_rate": (REFERRALS[area.code], people),
            "rereferrals_pct": (0.2 * REFERRALS[area.code], REFERRALS[area.code]),
            "assessments_rate": (1000.0 * size, people),
            "assessments_45days_pct": (850.0 * size, 1000.0 * size),
            "cp_rate": (120.0 * size, people),
            "cp_open_2years_pct": (4.0 * size, 120.0 * size),
            "cp_reviews_pct": (80.0 * size, 84.0 * size),
            "cla_rate": (250.0 * size, people),
            "cla_starting_rate": (90.0 * size, people),
            "s20_starts_pct": (50.0 * size, 90.0 * size),
            "health_assessment_pct": (170.0 * size, 190.0 * size),
            "dental_pct": (150.0 * size, 190.0 * size),
            "leavers_accommodation_pct": (80.0 * size, 90.0 * size),
            "ehc_20weeks_pct": (150.0 * size, 300.0 * size),
            "caseload": (1500.0 * size, 100.0 * size),
            "vacancy_rate": (15.0 * size, 110.0 * size),
        }
        for measure, (above, below) in figures.items():
            scale = load_measures()[measure].multiplier
            rows.append(
                {
                    "area": area.code,
                    "period": "2024-25",
                    "measure": measure,
                    "numerator": above,
                    "denominator": below,
                    "value": scale * above / below,
                    "status": "final",
                    "publisher": "Department for Education",
                }
            )
    return OBSERVATIONS.from_rows(rows)


PUBLISHED = publish()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> SampleWritten:
    return write_sample(tmp_path_factory.mktemp("sample"), PUBLISHED, measures=MEASURES)


@pytest.fixture(scope="module")
def history(sample: SampleWritten) -> pd.DataFrame:
    return pd.concat([pd.read_parquet(path) for path in sample.history], ignore_index=True)


@pytest.fixture(scope="module")
def returns(sample: SampleWritten) -> ReturnsRead:
    population = find_population(PUBLISHED, MEASURES, QUARTER)
    return read_returns(sample.folder, QUARTER, EAST, MEASURES, population)


@pytest.fixture(scope="module")
def workbooks(sample: SampleWritten) -> dict[str, Workbook]:
    return {path.name: load_workbook(path) for path in sample.workbooks}


def read_all_cells(path: Path) -> dict[tuple[str, str], Any]:
    workbook = load_workbook(path)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in workbook
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


# What is written ---------------------------------------------------------------------------------


def test_every_authority_but_the_missing_one_has_a_marked_workbook(sample: SampleWritten) -> None:
    assert sample.folder.parts[-4:] == ("data", "raw", "returns", "2025-26-Q3")
    names = sorted(path.name for path in sample.workbooks)
    assert len(names) == 11  # ten authorities, one of them twice
    assert all(name.startswith("SAMPLE_return_2025-26-Q3_") for name in names)
    assert not [name for name in names if "thurrock" in name]
    assert len([name for name in names if "_hertfordshire" in name]) == 2


def test_everything_carries_the_mark(
    sample: SampleWritten, workbooks: dict[str, Workbook], history: pd.DataFrame
) -> None:
    assert all(book[COVER]["D1"].value == "SAMPLE" for book in workbooks.values())
    assert is_sample(sample.folder)
    assert all(is_sample(path.parent) for path in sample.history)
    assert "made up" in (sample.folder / "SAMPLE.txt").read_text(encoding="utf-8")
    assert history["file"].str.startswith("SAMPLE_").all()


def test_eleven_quarters_before_are_there_as_if_collected(
    sample: SampleWritten, history: pd.DataFrame
) -> None:
    periods = [path.parent.name for path in sample.history]
    assert periods == [q.id for q in Period.parse("2022-23-Q4").to(Period.parse("2025-26-Q2"))]
    pd.testing.assert_frame_equal(history, OBSERVATIONS.conform(history))
    assert len(history) == 11 * len(EAST) * len(MEASURES)
    assert not history.duplicated(["area", "period", "measure"]).any()
    assert set(history["status"]) == {"provisional"}
    layout = plan_layout(MEASURES)
    places = {m.id: (layout.line(m.id).sheet, layout.line(m.id).cells) for m in MEASURES}
    assert {m: (s, c) for m, s, c in history[["measure", "sheet", "cell"]].to_numpy()} == places


def test_the_same_seed_gives_the_same_contents(sample: SampleWritten, tmp_path: Path) -> None:
    again = write_sample(tmp_path, PUBLISHED, measures=MEASURES)
    for one, other in zip(sample.workbooks, again.workbooks, strict=True):
        assert one.read_bytes() == other.read_bytes()
    for one, other in zip(sample.history, again.history, strict=True):
        pd.testing.assert_frame_equal(pd.read_parquet(one), pd.read_parquet(other))
    pd.testing.assert_frame_equal(sample.defects, again.defects)


def test_another_seed_and_another_region_give_others(sample: SampleWritten, tmp_path: Path) -> None:
    few = [m for m in MEASURES if m.id == "referrals_rate"]
    other = write_sample(tmp_path / "other", PUBLISHED, measures=few, seed=1)
    first, second = (pd.read_parquet(s.history[0]) for s in (sample, other))
    mine = first[first["measure"] == "referrals_rate"]["numerator"].tolist()
    assert mine != second["numerator"].tolist()
    west = write_sample(tmp_path / "west", PUBLISHED, measures=few, region="E12000009")
    observed = pd.read_parquet(west.history[0])
    areas = {a.code for a in load_areas().authorities("E12000009")}
    assert set(observed["area"]) == areas
    assert observed["numerator"].gt(0).all()


def test_writing_again_replaces_the_sample_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "raw" / "returns" / "2025-26-Q3"
    folder.mkdir(parents=True)
    stale, kept = folder / "SAMPLE_return_2025-26-Q3_nowhere.xlsx", folder / "notes.txt"
    for path in (folder / "SAMPLE.txt", stale, kept):
        path.write_bytes(b"x")
    write_sample(tmp_path, PUBLISHED, measures=MEASURES[:1])
    assert kept.exists()
    assert not stale.exists()


@pytest.mark.parametrize(
    "path",
    ["raw/returns/2025-26-Q3/return_luton.xlsx", "processed/2024-25-Q1/observations.parquet"],
)
def test_real_data_are_never_overwritten(tmp_path: Path, path: str) -> None:
    real = tmp_path / "data" / path
    real.parent.mkdir(parents=True)
    real.write_bytes(b"real")
    with pytest.raises(ParameterError, match="no sample"):
        write_sample(tmp_path, PUBLISHED, measures=MEASURES[:1])
    assert real.read_bytes() == b"real"
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [real]


# Whether it looks like the region -----------------------------------------------------------------


def sum_year(history: pd.DataFrame, measure: str, part: str) -> pd.Series[float]:
    year = history[history["period"].str.startswith("2024-25") & history["measure"].eq(measure)]
    return year.groupby("area")[part].sum()


def test_a_years_quarters_add_up_to_about_the_published_count(history: pd.DataFrame) -> None:
    found = sum_year(history, "referrals_rate", "numerator")
    for area, published in REFERRALS.items():
        # Poisson noise, damped to 0.8: five of its standard errors, and the trend of half a year.
        assert abs(found[area] - published) < 5 * 0.8 * np.sqrt(published) + 0.03 * published


def test_shares_have_the_published_level(history: pd.DataFrame) -> None:
    above, below = (sum_year(history, "rereferrals_pct", p) for p in ("numerator", "denominator"))
    errors = np.sqrt(0.2 * 0.8 / below)
    assert ((above / below - 0.2).abs() < 4 * errors + 0.01).all()


def test_stocks_stay_near_the_published_level(history: pd.DataFrame) -> None:
    rows = history[history["measure"] == "cla_rate"].merge(
        PUBLISHED[["area", "measure", "numerator"]], on=["area", "measure"], suffixes=("", "_known")
    )
    assert (rows["numerator"] / rows["numerator_known"]).between(0.85, 1.15).all()


def test_years_to_date_start_in_april_and_never_fall(history: pd.DataFrame) -> None:
    rows = history[history["measure"].isin(["cla_starting_rate", "s20_starts_pct"])]
    rows = rows.assign(year=rows["period"].str[:7]).sort_values("period")
    for _, year in rows.groupby(["area", "measure", "year"]):
        assert year["numerator"].is_monotonic_increasing
    full = rows[rows["period"] == "2024-25-Q4"].set_index(["area", "measure"])["numerator"]
    first = rows[rows["period"] == "2025-26-Q1"].set_index(["area", "measure"])["numerator"]
    assert (first < full).all()


def test_parts_lie_within_their_wholes_and_shared_counts_agree(history: pd.DataFrame) -> None:
    shares = {m.id for m in MEASURES if m.kind == "proportion"}
    rows = history[history["measure"].isin(shares)]
    assert (rows["numerator"] <= rows["denominator"]).all()
    wide = history.pivot_table(
        index=["area", "period"], columns="measure", values=["numerator", "denominator"]
    )
    same = wide["denominator", "rereferrals_pct"] == wide["numerator", "referrals_rate"]
    assert same.all()


def test_figures_lie_in_their_plausible_range(history: pd.DataFrame) -> None:
    ranges = {m.id: m.plausible for m in MEASURES}
    snapshots = {m.id for m in MEASURES if m.basis == "snapshot"}
    rows = history[history["measure"].isin(snapshots)]
    for measure, found in rows.groupby("measure"):
        low, high = ranges[measure]
        assert found["value"].between(low, high).all(), measure


def test_one_more_measure_moves_no_other() -> None:
    def simulate(ids: list[str]) -> list[float]:
        measures = [load_measures()[i] for i in ids]
        plans = plan_counts(measures)
        people = find_population(PUBLISHED, measures, QUARTER)
        areas = EAST[:2]
        levels = estimate_levels(PUBLISHED, plans, areas, QUARTER, people, load_levels(), 7)
        quarters = Period.parse("2025-26-Q1").to(QUARTER)
        counts = simulate_counts(
            plans, levels, [a.code for a in areas], quarters, load_quarter_shares(), {}, 7
        )
        return [counts.figure(areas[0].code, measures[0], "numerator", q) for q in quarters]

    assert simulate(["rereferrals_pct", "referrals_rate"]) == simulate(
        ["rereferrals_pct", "contacts_rate", "cla_rate", "referrals_rate"]
    )


def test_counts_come_about_parents_first() -> None:
    plans = plan_counts(load_measures().quarterly())
    done: set[str] = set()
    for plan in plans:
        assert not plan.parent or plan.parent in done
        done.add(plan.count)
    by_id = {p.count: p for p in plans}
    assert by_id["referrals"].parent == ""  # a rate counts it, so it stands by itself
    assert by_id["rereferrals"].parent == "referrals"
    assert by_id["referrals"].flow
    assert not by_id["cla"].flow


# The seasons --------------------------------------------------------------------------------------


def test_months_add_up_to_the_published_years() -> None:
    # DfE, Children in need, table C6, East of England: column "Referrals" (rounded to 10, as
    # each month is: a sum of twelve may be 60 off).
    published = {"2021-22": 43_610, "2022-23": 44_860, "2023-24": 45_330}
    years = _read("shape.toml")["referrals"]
    assert set(years) == set(published)
    for year, total in published.items():
        assert abs(sum(years[year]) - total) <= 60


def test_shares_of_the_quarters_are_those_of_the_months() -> None:
    shares = load_quarter_shares()
    assert sum(shares) == pytest.approx(1)
    months = np.array(list(_read("shape.toml")["referrals"].values())).sum(axis=0)
    assert shares[0] == pytest.approx(months[:3].sum() / months.sum())
    assert shares[3] == pytest.approx(months[-3:].sum() / months.sum())


def test_the_seasons_are_the_published_ones() -> None:
    folder = Path(os.environ.get("SLINB_REFERENCE_DATA", Path(__file__).parents[3] / "shared/data"))
    file = folder / "cin" / "c6_children_in_need_referrals_by_month_2013_to_2024.csv"
    if not file.is_file():
        pytest.skip("the DfE's file of referrals by month is not on this machine")
    with file.open(encoding="utf-8-sig") as handle:
        rows = {
            row["time_period"]: row
            for row in csv.DictReader(handle)
            if row["region_code"] == REGION and row["geographic_level"] == "Regional"
        }
    shape = _read("shape.toml")
    for year, counts in shape["referrals"].items():
        row = rows[f"20{year[-2:]}"]
        assert [int(row[month]) for month in shape["months"]] == counts


# The defects -------------------------------------------------------------------------------------


def test_the_manifest_lies_beside_the_returns(sample: SampleWritten) -> None:
    read = pd.read_csv(sample.folder / MANIFEST, dtype="str", keep_default_na=False)
    pd.testing.assert_frame_equal(read, sample.defects.astype("str"))
    assert list(read.columns) == [
        "file", "sheet", "cell", "measure", "area", "defect", "rule", "severity",
    ]  # fmt: skip
    assert 15 <= len(read) <= 25


def test_no_defect_is_lost_because_its_measure_left_the_return() -> None:
    quarterly = {m.id for m in load_measures().quarterly()}
    assert {d.measure for d in load_defects() if d.measure} <= quarterly


def test_no_cell_has_two_defects(sample: SampleWritten) -> None:
    cells = sample.defects[sample.defects["measure"] != ""]
    assert not cells.duplicated(["area", "measure"]).any()


def planted(sample: SampleWritten, workbooks: dict[str, Workbook], words: str) -> Any:
    """Return a defect's cell, its sheet and its row of the manifest."""
    rows = sample.defects[sample.defects["defect"].str.contains(words, regex=False)]
    assert len(rows) == 1
    row = rows.iloc[0]
    sheet = workbooks[row["file"]][row["sheet"]]
    return sheet[row["cell"]].value, sheet, row


@pytest.mark.parametrize(
    ("words", "content"),
    [
        ("Words in a number cell", "see note"),
        ("A formula that lost its cell", "#REF!"),
        ("A small count hidden", "<5"),
        ("One of two counts is empty", None),
        ("Left empty", None),
    ],
)
def test_cells_of_the_manifest_hold_what_it_says(
    sample: SampleWritten, workbooks: dict[str, Workbook], words: str, content: object
) -> None:
    assert planted(sample, workbooks, words)[0] == content


def test_other_cells_of_the_manifest_are_wrong_in_their_way(
    sample: SampleWritten, workbooks: dict[str, Workbook]
) -> None:
    def find(words: str) -> Any:
        return planted(sample, workbooks, words)[0]

    assert find("A percentage where a count").endswith("%")
    assert find("A count below zero") < 0
    assert 0 < find("between 0 and 1") < 1
    assert find("A count with a fraction") % 1 == 0.5
    assert find("Two figures run together") > 500_000
    assert find("Marked as an estimate").endswith(" (est.)")
    above, sheet, row = planted(sample, workbooks, "in each other's cell")
    assert above > sheet[row["cell"].replace("E", "F")].value
    _, sheet, row = planted(sample, workbooks, "merged into one cell")
    assert row["cell"] in str(sheet.merged_cells.ranges)


def test_defects_against_the_past_are_what_they_say(
    sample: SampleWritten, history: pd.DataFrame, returns: ReturnsRead
) -> None:
    now = returns.observations.set_index(["area", "measure"])
    past = history.set_index(["area", "measure", "period"]).sort_index()
    rows = sample.defects.set_index("rule")

    fell = rows.loc["year_to_date_falls", ["area", "measure"]]
    before = past.loc[(*fell, "2025-26-Q2"), "numerator"]
    assert now.loc[tuple(fell), "numerator"] == before - 4

    jump = rows.loc["jump", ["area", "measure"]]
    lowest = past.loc[tuple(jump), "value"].min()
    assert now.loc[tuple(jump), "value"] < lowest - 15

    always = rows.loc["published_disagrees", ["area", "measure"]]
    assert past.loc[tuple(always), "value"].between(15, 35).all()  # published: 78.9%
    assert 15 < now.loc[tuple(always), "value"] < 35

    shared = rows.loc["shared_count", "area"]
    typed, count = now.loc[(shared, "rereferrals_pct")], now.loc[(shared, "referrals_rate")]
    assert typed["denominator"] == count["numerator"] - 6


def test_the_reader_finds_its_own_share_of_the_defects_and_nothing_else(
    sample: SampleWritten, returns: ReturnsRead
) -> None:
    mine = {
        "unreadable_cell", "suppressed_cell", "merged_cell", "half_sent", "estimated_value",
        "column_renamed", "superseded_return",
    }  # fmt: skip
    expected = sample.defects[sample.defects["rule"].isin(mine)]
    columns = ["area", "measure", "rule", "severity", "file", "sheet"]
    found = returns.queries[columns].sort_values(columns).reset_index(drop=True)
    wanted = expected[columns].astype("str").sort_values(columns).reset_index(drop=True)
    pd.testing.assert_frame_equal(found, wanted)


def test_outcomes_of_the_submissions(returns: ReturnsRead) -> None:
    outcomes = returns.submissions["outcome"].value_counts().to_dict()
    assert outcomes == {"used": 9, "late": 1, "superseded": 1, "missing": 1}
    used = returns.submissions[returns.submissions["outcome"] != "missing"]
    assert used["narrative"].str.contains("What changed this quarter").all()
    assert used["role"].ne("").all()
    assert returns.sample


def test_clean_cells_are_clean(sample: SampleWritten, returns: ReturnsRead) -> None:
    """Without the planted cells, every figure is a number near the authority's last one."""
    dirty = set(zip(sample.defects["area"], sample.defects["measure"], strict=True))
    rows = returns.observations
    clean = rows[[key not in dirty for key in zip(rows["area"], rows["measure"], strict=True)]]
    # The workbook with the estimate makes no other cell an estimate.
    assert set(clean["status"]) == {"provisional"}
    assert clean["value"].notna().all()


def test_narratives_are_told_without_names() -> None:
    narratives = load_narratives()
    assert len(narratives) >= 11
    assert all(n.role and n.what_changed and n.why and n.what_next for n in narratives)
