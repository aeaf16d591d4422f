"""The published pack: its figures are the publishers', and downloads lie over it.

Rates are worked out again here from numerator and denominator and held against the rate that
the publisher states, cell by cell. The only slack is rounding: of the stated rate to its
places, and of the counts that the publisher rounds (regions and England to the nearest 10,
full-time equivalents to 0.1). What does not agree is named in ``residue.csv`` with its reason.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import Measure, PublishedSource, load_measures
from slinb.catalogue.tables import load_tables
from slinb.collect.observe import APART, COMPUTED, ROUNDS_TO_ZERO
from slinb.collect.pack import build_pack
from slinb.collect.published import (
    PACK_NAME,
    load_pack,
    merge_releases,
    read_downloads,
)
from slinb.errors import PublishedError
from slinb.schema import NO_VALUE_STATUSES, OBSERVATIONS, QUERIES, VALUE_STATUSES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "raw" / "published"
RESIDUE = Path(__file__).with_name("residue.csv")
REFERENCE = Path(os.environ.get("SLINB_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
#: cells compared when the test was written; fewer means that figures were lost
COMPARED_AT_LEAST = 75_000
TOTALS = ("E12", "E13", "E92")


@pytest.fixture(scope="module")
def pack() -> pd.DataFrame:
    return load_pack(FOLDER)


@pytest.fixture(scope="module")
def figures(pack: pd.DataFrame) -> pd.DataFrame:
    return pack.set_index(["area", "measure", "period"]).sort_index()


# The pack as a whole ------------------------------------------------------------------------


def test_the_pack_is_small_and_one_row_a_figure(pack: pd.DataFrame) -> None:
    assert (FOLDER / PACK_NAME).stat().st_size < 2_000_000
    assert list(pack.columns) == OBSERVATIONS.names
    assert not pack.duplicated(["area", "measure", "period"]).any()
    assert len(pack) > 130_000


def test_every_measure_with_a_source_has_all_authorities_and_all_eleven_eastern_ones(
    pack: pd.DataFrame,
) -> None:
    areas, sources = load_areas(), [m.id for m in load_measures() if m.published]
    today = {a.code for a in areas.authorities()}
    east = {a.code for a in areas.authorities("E12000006")}
    assert set(pack["measure"]) == set(sources)
    # Suspensions end in 2021, before Cumbria and Northamptonshire were split; four authorities
    # give a joint workforce return.
    split = {"E06000061", "E06000062", "E06000063", "E06000064"}
    joint = {"E09000021", "E09000027"}
    scilly = {"E06000053"}  # no suspensions file has a row for its few looked-after children
    for measure, rows in pack.groupby("measure"):
        found = set(rows["area"])
        assert today - found <= split | joint | scilly, measure
        latest = rows[rows["period"].eq(rows["period"].max())]
        assert east <= set(latest["area"]), measure
    assert today <= set(pack["area"])
    assert set(pack["area"]) <= {a.code for a in areas}


def test_abolished_authorities_stand_in_their_own_years(figures: pd.DataFrame) -> None:
    assert figures.loc[("E10000006", "cin_rate", "2021-22"), "status"] == "final"  # Cumbria
    assert ("E10000006", "cin_rate", "2023-24") not in figures.index
    assert ("E06000063", "cin_rate", "2023-24") in figures.index  # Cumberland


def test_a_figure_has_a_number_or_a_reason_and_never_both(pack: pd.DataFrame) -> None:
    stated = pack["status"].isin(VALUE_STATUSES)
    assert pack.loc[stated, "value"].notna().all()
    assert pack.loc[~stated, "value"].isna().all()
    assert set(pack["status"]) <= set(VALUE_STATUSES) | set(NO_VALUE_STATUSES)
    assert "unreadable" not in set(pack["status"])
    assert (pack[["numerator", "denominator", "value"]].min() >= 0).all()  # no sentinel of -100


def test_a_part_is_never_more_than_its_whole(pack: pd.DataFrame) -> None:
    parts = {m.id for m in load_measures() if m.kind == "proportion"}
    rows = pack[pack["measure"].isin(parts)]
    assert not rows["numerator"].gt(rows["denominator"]).any()


def test_every_figure_names_its_publisher_release_table_file_and_row(pack: pd.DataFrame) -> None:
    for column in ("publisher", "release", "table", "file", "cell"):
        assert pack[column].ne("").all(), column
    assert pack["cell"].str.fullmatch(r"row \d+").all()
    assert set(pack["table"]) == set(load_tables())


def test_the_provenance_lists_every_file_of_the_pack_with_its_fingerprint(
    pack: pd.DataFrame,
) -> None:
    with (FOLDER / "provenance.csv").open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))
    kept = {r["file"]: int(r["figures_kept"]) for r in rows if int(r["figures_kept"])}
    assert kept == pack["file"].value_counts().to_dict()
    assert all(len(r["sha256"]) == 64 for r in rows)


# Worked out again ---------------------------------------------------------------------------


def find_sources() -> dict[tuple[str, str], tuple[Measure, PublishedSource]]:
    return {(m.id, s.table): (m, s) for m in load_measures() for s in m.published}


def pick_stated(pack: pd.DataFrame) -> pd.DataFrame:
    """Rows whose publisher states a rate and both its counts, with how each is rounded."""
    tables, sources = load_tables(), find_sources()
    worked = pack["note"].str.contains(COMPUTED, regex=False) | pack["note"].str.contains(
        ROUNDS_TO_ZERO, regex=False
    )
    rows = pack[pack["value"].notna() & pack["numerator"].notna() & pack["denominator"].notna()]
    rows = rows[~worked[rows.index]]
    found = [sources[key] for key in zip(rows["measure"], rows["table"], strict=True)]
    total = rows["area"].str.startswith(TOTALS)
    steps = [tables[s.table] for _, s in found]
    step = np.where(total, [t.total_step for t in steps], [t.count_step for t in steps])
    return rows.assign(
        multiplier=[m.multiplier for m, _ in found],
        half=[0.5 * 10.0 ** -(s.decimals or 0) for _, s in found],
        slack_n=step / 2 * [len(s.numerator) for _, s in found],
        slack_d=step / 2 * [len(s.denominator) for _, s in found],
    )


def find_gaps(rows: pd.DataFrame) -> pd.Series:
    """Say where the counts cannot give the stated rate, however they were rounded."""
    least = (rows["numerator"] - rows["slack_n"]) / (rows["denominator"] + rows["slack_d"])
    most = (rows["numerator"] + rows["slack_n"]) / (rows["denominator"] - rows["slack_d"])
    low = rows["multiplier"] * least - rows["half"] - 1e-9
    high = rows["multiplier"] * most + rows["half"] + 1e-9
    return rows["value"].lt(low) | rows["value"].gt(high)


def test_worked_out_rates_are_the_publishers_own(
    pack: pd.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pick_stated(pack)
    gaps = rows[find_gaps(rows)]
    with capsys.disabled():
        print(f"\n{len(rows):,} stated rates worked out again, {len(gaps):,} in the residue")
    assert len(rows) >= COMPARED_AT_LEAST
    with RESIDUE.open(encoding="utf-8", newline="") as handle:
        for entry in csv.DictReader(handle):
            measures = entry["measures"].split("|")
            named = gaps["measure"].isin(measures) & gaps["period"].eq(entry["periods"])
            assert int(named.sum()) == int(entry["cells"]), entry["reason"]
            gaps = gaps[~named]
    assert gaps.empty, gaps[["area", "period", "measure", "value"]].to_string()


def test_every_measure_that_publishes_a_rate_and_counts_is_compared(pack: pd.DataFrame) -> None:
    both = {m.id for m, s in find_sources().values() if s.value and s.numerator}
    # The 2025 release states no rate of referrals any more.
    assert both - set(pick_stated(pack)["measure"]) == {"referrals_rate"}


def test_one_superseded_population_explains_the_whole_residue(pack: pd.DataFrame) -> None:
    """All rates of an area and year, out by the estimate, must point to one same estimate."""
    rows = pick_stated(pack)
    rows = rows[
        rows["note"].str.startswith("Over the ONS") & rows["period"].isin(["2022-23", "2023-24"])
    ]
    rows = rows[rows["value"].gt(rows["half"])]
    at_least = (
        rows["multiplier"] * (rows["numerator"] - rows["slack_n"]) / (rows["value"] + rows["half"])
    )
    at_most = (
        rows["multiplier"] * (rows["numerator"] + rows["slack_n"]) / (rows["value"] - rows["half"])
    )
    implied = rows.assign(low=at_least, high=at_most).groupby(["area", "period"])
    low, high = implied["low"].max(), implied["high"].min()
    assert len(low) > 300
    assert (low <= high + 1e-6).all(), (low - high)[low > high]


def test_counts_left_out_are_few_and_of_regions_and_england_only(pack: pd.DataFrame) -> None:
    rows = pack[pack["note"].str.contains(APART, regex=False)]
    assert len(rows) == 20
    assert rows["area"].str.startswith(TOTALS).all()
    assert set(rows["measure"]) == {
        "agency_covering_pct", "agency_rate", "cp_repeat_pct", "turnover_rate",
    }  # fmt: skip


def test_rates_over_the_population_use_the_year_before(figures: pd.DataFrame) -> None:
    # ONS mid-2024, 0 to 17: England 12,183,016, East of England 1,394,026.
    rate = figures.loc[("E92000001", "referrals_rate", "2024-25")]
    assert (rate["numerator"], rate["denominator"]) == (632830, 12183016)
    assert rate["value"] == pytest.approx(632830 / 12183016 * 10000)
    assert rate["note"].startswith("Over the ONS estimate of mid-2024.")
    assert figures.loc[("E12000006", "population_0_17", "2024-CY"), "value"] == 1394026


# Against the publications --------------------------------------------------------------------


def name(code: str) -> str:
    area = load_areas().find(code)
    assert area is not None
    return area.code


@pytest.mark.parametrize(
    ("measure", "period", "england", "east", "lowest", "highest"),
    [
        # DfE, Children in need, 2025 release, tables C1 and D3
        ("referrals_rate", "2024-25", 519, 320, 173, 668),
        ("rereferrals_pct", "2024-25", 22.6, 19.4, 15.4, 29.2),
        ("cp_repeat_pct", "2024-25", 24.5, 22.5, 9.9, 25.9),
        # DfE, Children looked after in England including adoptions, 2025 release
        ("cla_rate", "2024-25", 67, 49, 35, 80),
        ("placements_3plus_pct", "2024-25", 10, 11, 7, 14),
        ("placed_20miles_pct", "2024-25", 18, 21, 15, 32),
        ("ceased_sgo_pct", "2024-25", 12, 8, 4, 16),
        ("leavers_eet_pct", "2024-25", 54, 53, 45, 74),
        # DfE, Children's social work workforce, 2025 release
        ("agency_rate", "2025-SEP", 13.0, 9.5, 1.3, 28.9),
        ("caseload", "2025-SEP", 15.2, 14.5, 11.4, 19.5),
        # DfE, Education, health and care plans, 2025 release (calendar year 2024)
        ("ehc_20weeks_pct", "2024-CY", 46.4, 39.6, 8.8, 89.4),
    ],
)
def test_the_east_of_england_is_as_published(
    figures: pd.DataFrame, measure: str, period: str, england: float, east: float,
    lowest: float, highest: float,
) -> None:  # fmt: skip
    places = 1 if isinstance(england, float) else 0
    eastern = [a.code for a in load_areas().authorities("E12000006")]
    values = [figures.loc[(code, measure, period), "value"] for code in eastern]
    found = [
        figures.loc[("E92000001", measure, period), "value"],
        figures.loc[("E12000006", measure, period), "value"],
        min(values),
        max(values),
    ]
    assert [round(v, places) for v in found] == [england, east, lowest, highest]


@pytest.mark.parametrize(
    ("area", "measure", "period", "numerator", "denominator", "stated"),
    [
        # DfE, Children in need 2025, D3: looks best, and is not different from the region
        ("Bedford", "cp_repeat_pct", "2024-25", 29, 173, 16.8),
        # DfE, Children looked after 2025: on 31 March by legal status; number and rate
        ("England", "s20_pct", "2024-25", 15540, 81770, 19),
        ("Norfolk", "cla_rate", "2024-25", 1069, 171830, 62),
        # DfE, Children looked after 2022 and 2025: started in the year, by legal status
        ("East of England", "s20_starts_pct", "2017-18", 1500, 2940, 51),
        ("Thurrock", "s20_starts_pct", "2018-19", 155, 201, 77),
        ("Thurrock", "s20_starts_pct", "2021-22", 69, 121, 57),
        # DfE SFR50/2017, underlying data: CLA_S20 over CLA_Mar, and both less CLA_UASC
        ("England", "s20_pct", "2016-17", 16470, 72670, 23),
        ("Essex", "s20_pct", "2016-17", 268, 1012, 26),
        ("Luton", "s20_pct", "2016-17", 119, 364, 33),
        ("Central Bedfordshire", "s20_pct", "2016-17", 76, 304, 25),
        ("Central Bedfordshire", "s20_excl_uasc_pct", "2016-17", 29, 257, 11),
        ("Inner London", "s20_pct", "2016-17", 1400, 4230, 33),
        # DfE, Children in need 2024, D4: neglect alone, and with multiple
        ("England", "cp_neglect_pct", "2023-24", 24570, 49900, 49),
        ("England", "cp_neglect_multiple_pct", "2023-24", 25340, 49900, 51),
        ("Essex", "cp_neglect_pct", "2023-24", 205, 625, 33),
        ("Essex", "cp_neglect_multiple_pct", "2023-24", 423, 625, 68),
        ("Thurrock", "cp_neglect_multiple_pct", "2023-24", 106, 144, 74),
        # DfE, Children in need 2025, C3
        ("East of England", "factor_neglect_pct", "2024-25", 7490, 35360, 21),
        # a true nought: DfE, Children in need 2024, D5
        ("Hertfordshire", "cp_open_2years_pct", "2023-24", 0, 378, 0),
    ],
)  # fmt: skip
def test_figures_are_as_published(
    figures: pd.DataFrame, area: str, measure: str, period: str, numerator: float,
    denominator: float, stated: float,
) -> None:  # fmt: skip
    figure = figures.loc[(name(area), measure, period)]
    assert (figure["numerator"], figure["denominator"]) == (numerator, denominator)
    assert round(figure["value"], 1 if isinstance(stated, float) else 0) == stated


@pytest.mark.parametrize("area", ["Norfolk", "Peterborough"])
def test_neglect_or_multiple_is_unknown_where_multiple_is_withheld(
    figures: pd.DataFrame, area: str
) -> None:
    figure = figures.loc[(name(area), "cp_neglect_multiple_pct", "2023-24")]
    assert figure["status"] == "suppressed"
    assert np.isnan(figure["numerator"])
    assert np.isnan(figure["value"])


def test_the_transfer_scheme_share_is_as_worked_out_from_the_publication(
    figures: pd.DataFrame,
) -> None:
    # DfE, Children looked after 2025 (42 and 90 children) over ONS mid-2024
    shares = {a: figures.loc[(name(a), "uasc_population_pct", "2024-25"), "value"]
              for a in ("Peterborough", "Essex", "East of England")}  # fmt: skip
    assert {a: round(v, 3) for a, v in shares.items()} == {
        "Peterborough": 0.073, "Essex": 0.027, "East of England": 0.053,
    }  # fmt: skip


def test_ofsted_grades_add_up_to_the_authorities(pack: pd.DataFrame) -> None:
    # Ofsted, inspection outcomes at 31 March 2025: 36, 67, 31 and 19 of 153 authorities
    grades = pack.loc[pack["measure"].eq("ofsted_overall"), "value"].value_counts()
    assert grades.to_dict() == {1: 36, 2: 67, 3: 31, 4: 19}


# Downloads over the pack --------------------------------------------------------------------

HEADER = (
    "time_period,time_identifier,geographic_level,country_code,country_name,region_code,"
    "region_name,old_la_code,new_la_code,la_name,referral_count,rereferral_count,"
    "rereferral_percent,no_further_action_count,no_further_action_percent,not_in_need_count,"
    "not_in_need_percent"
)
PLACE = "E92000001,England,E12000006,East of England,821,E06000032,Luton"


def write_referrals(folder: Path, file: str, year: int, referrals: int) -> None:
    folder.mkdir(exist_ok=True)
    figures = f"{referrals},300,{100 * 300 / referrals:.1f},0,0,0,0"
    line = f"{year},Reporting year,Local authority,{PLACE},{figures}"
    (folder / file).write_text(f"{HEADER}\n{line}\n", encoding="utf-8-sig")


def read_both(downloads: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    pack = load_pack(FOLDER)
    fresh, problems = read_downloads(downloads, pack)
    return merge_releases([pack, fresh]), problems


def test_a_new_download_is_laid_over_the_pack_and_gets_its_population(tmp_path: Path) -> None:
    write_referrals(tmp_path, "c1_2026.csv", 2026, 1200)
    write_referrals(tmp_path, "c1_2025.csv", 2025, 1500)
    (tmp_path / "notes.txt").write_text("downloaded in November", encoding="utf-8")
    observations, problems = read_both(tmp_path)
    luton = observations[observations["area"].eq("E06000032")].set_index(["measure", "period"])
    assert luton.loc[("rereferrals_pct", "2025-26"), "denominator"] == 1200
    assert luton.loc[("rereferrals_pct", "2024-25"), "denominator"] == 1500
    rate = luton.loc[("referrals_rate", "2024-25")]
    assert rate["denominator"] == luton.loc[("population_0_17", "2024-CY"), "value"]
    assert rate["value"] == pytest.approx(15_000_000 / rate["denominator"])
    # The mid-2025 estimate is not out: the count stands, the rate is not available.
    coming = luton.loc[("referrals_rate", "2025-26")]
    assert (coming["numerator"], coming["status"]) == (1200, "not_available")
    assert not observations.duplicated(["area", "measure", "period"]).any()
    assert problems.empty


def test_an_older_download_does_not_undo_the_pack(tmp_path: Path) -> None:
    write_referrals(tmp_path, "c1_2024.csv", 2024, 7)
    observations, _ = read_both(tmp_path)
    before = load_pack(FOLDER)
    pd.testing.assert_frame_equal(observations, before)


def test_unknown_tables_are_named_and_the_others_still_read(tmp_path: Path) -> None:
    write_referrals(tmp_path, "good.csv", 2025, 1151)
    (tmp_path / "strange.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    (tmp_path / "book.xlsx").write_bytes(b"PK")
    observations, problems = read_downloads(tmp_path, load_pack(FOLDER))
    assert set(observations["file"]) == {"good.csv"}
    QUERIES.conform(problems)
    assert problems.set_index("file")["rule"].to_dict() == {
        "strange.csv": "unknown_table", "book.xlsx": "unreadable_file",
    }  # fmt: skip


def test_a_folder_that_does_not_exist_holds_nothing(tmp_path: Path) -> None:
    observations, problems = read_downloads(tmp_path / "nowhere")
    assert observations.empty
    assert problems.empty


def test_of_two_releases_the_later_stands_even_where_it_withholds() -> None:
    def state(release: str, value: float, status: str) -> pd.DataFrame:
        row = {"area": "E06000032", "period": "2023-24", "measure": "rereferrals_pct",
               "value": value, "status": status, "release": release}  # fmt: skip
        return OBSERVATIONS.from_rows([row])

    later = state("Children in need 2025", float("nan"), "low_reliability")
    earlier = state("Children in need 2024", 20.0, "final")
    for frames in ([earlier, later], [later, earlier]):
        merged = merge_releases(frames)
        assert merged["status"].tolist() == ["low_reliability"]


# Building -----------------------------------------------------------------------------------


def test_a_pack_is_built_from_files_and_reads_back_as_they_say(tmp_path: Path) -> None:
    write_referrals(tmp_path / "in", "c1.csv", 2025, 1151)
    first = build_pack(tmp_path / "in", tmp_path / "one")
    second = build_pack(tmp_path / "in", tmp_path / "two")
    assert first.pack.read_bytes() == second.pack.read_bytes()
    built = load_pack(tmp_path / "one").set_index("measure")
    assert built.loc["rereferrals_pct", "value"] == 26.1
    assert built.loc["rereferrals_pct", "cell"] == "row 2"
    assert first.observations == len(built)
    assert "1 files" in str(first)


def test_nothing_to_build_from_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PublishedError, match="No file in"):
        build_pack(tmp_path, tmp_path / "out")


def test_a_missing_pack_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(PublishedError, match="slinb pack FOLDER"):
        load_pack(tmp_path)


@pytest.mark.slow
def test_the_committed_pack_is_what_the_publications_give(
    tmp_path: Path, pack: pd.DataFrame
) -> None:
    if not REFERENCE.is_dir():
        pytest.skip("the publishers' files are not here (set SLINB_REFERENCE_DATA to their folder)")
    build_pack(REFERENCE, tmp_path)
    pd.testing.assert_frame_equal(load_pack(tmp_path), pack)
    assert (tmp_path / "provenance.csv").read_bytes() == (FOLDER / "provenance.csv").read_bytes()
