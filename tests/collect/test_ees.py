"""The reader of published files, on small files made here: what it takes, and what it says."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from slinb.collect.ees import FileReading, read_file
from slinb.collect.figures import parse_figures
from slinb.errors import PublishedError
from slinb.schema import OBSERVATIONS, QUERIES

ENGLAND = {"geographic_level": "National", "country_code": "E92000001", "country_name": "England"}
EAST = ENGLAND | {
    "geographic_level": "Regional",
    "region_code": "E12000006",
    "region_name": "East of England",
}
LUTON = EAST | {
    "geographic_level": "Local authority",
    "old_la_code": "821",
    "new_la_code": "E06000032",
    "la_name": "Luton",
}
STANDARD = [
    "time_period", "time_identifier", "geographic_level", "country_code", "country_name",
    "region_code", "region_name", "old_la_code", "new_la_code", "la_name",
]  # fmt: skip
OLD = ["Referrals", "Re_referrals", "Re_referrals_percent", "No_Further_Action",
       "No_Further_Action_percent", "Not_in_Need", "Not_in_Need_percent"]  # fmt: skip
NEW = ["referral_count", "rereferral_count", "rereferral_percent", "no_further_action_count",
       "no_further_action_percent", "not_in_need_count", "not_in_need_percent"]  # fmt: skip
LUTON_ROW = LUTON | dict(zip(NEW, ["1151", "312", "27.1", "c", "c", "0", "0"], strict=True))


def write(
    folder: Path,
    rows: list[dict[str, str]],
    columns: list[str] | None = None,
    encoding: str = "utf-8",
    name: str = "downloaded.csv",
) -> Path:
    year = {"time_period": "2025", "time_identifier": "Reporting year"}
    frame = pd.DataFrame([year | row for row in rows]).fillna("")
    ordered = columns or [*STANDARD, *(c for c in frame if c not in STANDARD)]
    frame = frame.reindex(columns=ordered, fill_value="")
    frame.to_csv(folder / name, index=False, encoding=encoding)
    return folder / name


def take(reading: FileReading, measure: str, area: str = "E06000032") -> pd.Series:
    rows = reading.observations
    found = rows[rows["measure"].eq(measure) & rows["area"].eq(area)]
    assert len(found) == 1
    return found.iloc[0]


def test_a_file_becomes_observations_with_the_row_that_each_figure_stands_in(
    tmp_path: Path,
) -> None:
    england = ENGLAND | dict(
        zip(NEW, ["632830", "142900", "22.6", "1", "1", "1", "1"], strict=True)
    )
    reading = read_file(write(tmp_path, [england, LUTON_ROW]))
    OBSERVATIONS.conform(reading.observations)
    figure = take(reading, "rereferrals_pct")
    assert (figure["numerator"], figure["denominator"], figure["value"]) == (312, 1151, 27.1)
    assert (figure["period"], figure["status"], figure["cell"]) == ("2024-25", "final", "row 3")
    assert (figure["publisher"], figure["release"], figure["file"]) == (
        "Department for Education", "Children in need 2025", "downloaded.csv",
    )  # fmt: skip
    assert take(reading, "rereferrals_pct", "E92000001")["value"] == 22.6
    assert reading.problems.empty


def test_order_of_columns_encoding_and_file_name_do_not_matter(tmp_path: Path) -> None:
    somewhere = EAST | {"geographic_level": "Local authority", "new_la_code": "E06000055",
                        "old_la_code": "822", "la_name": "Bedford – Borough"}  # fmt: skip
    rows = [LUTON_ROW, somewhere | {c: LUTON_ROW[c] for c in NEW}]
    plain = read_file(write(tmp_path, rows)).observations
    shuffled = [*NEW[::-1], *STANDARD[::-1]]
    for encoding, columns in [("utf-8-sig", None), ("cp1252", None), ("utf-8-sig", shuffled)]:
        again = read_file(write(tmp_path, rows, columns, encoding, "x.csv")).observations
        pd.testing.assert_frame_equal(again.assign(file=""), plain.assign(file=""))


def test_both_vocabularies_of_the_referrals_table_are_read_alike(tmp_path: Path) -> None:
    old = LUTON | {o: LUTON_ROW[n] for o, n in zip(OLD, NEW, strict=True)}
    first = read_file(write(tmp_path, [LUTON_ROW])).observations
    second = read_file(write(tmp_path, [old])).observations
    pd.testing.assert_frame_equal(first, second)


def test_the_rate_of_an_older_release_stands_and_a_newer_release_has_none(tmp_path: Path) -> None:
    old = LUTON | {"Referrals": "1151", "Re_referrals": "1", "Referrals_rate": "205.3"}
    stated = take(read_file(write(tmp_path, [old])), "referrals_rate")
    assert (stated["value"], stated["numerator"]) == (205.3, 1151)
    silent = take(read_file(write(tmp_path, [LUTON_ROW])), "referrals_rate")
    assert silent["numerator"] == 1151
    assert pd.isna(silent["value"])  # its population stands in another file


@pytest.mark.parametrize(
    ("columns", "figures", "measure", "numerator", "denominator"),
    [
        # Headers and Luton's or Hartlepool's figures of the 2025 release (tables B1 and C4)
        (
            "Anypoint_episodes,Anypoint_child,Started_episodes,Started_child,Ended_episodes,"
            "Ended_child,At31_episodes,awaiting_assessment",
            "3688,3465,2099,1980,1698,1624,1990,99",
            "cin_rate", 1990, None,
        ),
        (
            "Section47,Section47_child,ICPC,ICPC_child,Duration_0-10_days,Duration_11-15_days,"
            "Duration_16-20_days,Duration_21+_days,Duration_25th_Percentile,Duration_median,"
            "Duration_75th_Percentile",
            "948,772,304,294,c,287,7,c,14,14,15",
            "s47_to_icpc_pct", 304, 948,
        ),
    ],
)  # fmt: skip
def test_the_2025_layouts_without_rates_are_read(
    tmp_path: Path, columns: str, figures: str, measure: str, numerator: float,
    denominator: float | None,
) -> None:  # fmt: skip
    row = LUTON | dict(zip(columns.split(","), figures.split(","), strict=True))
    reading = read_file(write(tmp_path, [row]))
    figure = take(reading, measure)
    assert figure["numerator"] == numerator
    assert figure["denominator"] == pytest.approx(denominator or float("nan"), nan_ok=True)
    assert reading.problems.empty


@pytest.mark.parametrize(
    ("symbol", "status"),
    [
        ("c", "suppressed"),
        (" C ", "suppressed"),
        ("k", "rounds_to_zero"),
        ("low", "rounds_to_zero"),
        ("~", "rounds_to_zero"),
        ("u", "low_reliability"),
        ("x", "not_available"),
        (":", "not_available"),
        ("z", "not_applicable"),
        ("", "missing"),
        ("-", "missing"),
    ],
)
def test_a_symbol_is_a_status_and_never_a_number(tmp_path: Path, symbol: str, status: str) -> None:
    row = LUTON_ROW | {"rereferral_count": symbol, "rereferral_percent": symbol}
    reading = read_file(write(tmp_path, [row]))
    figure = take(reading, "rereferrals_pct")
    assert figure["status"] == status
    assert pd.isna(figure["numerator"])
    assert pd.isna(figure["value"])
    assert figure["denominator"] == 1151
    assert reading.problems.empty


def test_a_rate_that_rounds_to_zero_is_worked_out_from_counts_that_are_published(
    tmp_path: Path,
) -> None:
    row = LUTON_ROW | {"rereferral_count": "1", "rereferral_percent": "k"}
    figure = take(read_file(write(tmp_path, [row])), "rereferrals_pct")
    assert figure["value"] == pytest.approx(100 / 1151)
    assert "rounds to zero" in figure["note"]


@pytest.mark.parametrize("cell", ["12 (est.)", "#REF!", "34%", "<5", "nan", "inf", "1,20"])
def test_what_is_neither_number_nor_symbol_is_told_with_file_row_and_column(
    tmp_path: Path, cell: str
) -> None:
    reading = read_file(write(tmp_path, [LUTON_ROW | {"rereferral_count": cell}]))
    assert pd.isna(take(reading, "rereferrals_pct")["numerator"])
    problem = reading.problems.iloc[0]
    assert (problem["rule"], problem["file"], problem["cell"], problem["sent"]) == (
        "unreadable_number", "downloaded.csv", "row 2", cell,
    )  # fmt: skip
    assert "rereferral_count" in problem["problem"]
    QUERIES.conform(reading.problems)


def test_thousands_separators_are_read() -> None:
    read = parse_figures(pd.Series(["1,204", "12,183,016", "0", "-3.5"]), {})
    assert read.numbers.tolist() == [1204, 12183016, 0, -3.5]


def test_an_unknown_area_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    joint = LUTON_ROW | {"new_la_code": "E09000021 / E09000027", "old_la_code": "314/318",
                         "la_name": "Kingston upon Thames / Richmond upon Thames"}  # fmt: skip
    reading = read_file(write(tmp_path, [joint, LUTON_ROW]))
    assert set(reading.observations["area"]) == {"E06000032"}
    problem = reading.problems.iloc[0]
    assert (problem["rule"], problem["cell"]) == ("unknown_area", "row 2")
    assert "Kingston upon Thames / Richmond upon Thames" in problem["problem"]


def test_an_authority_under_a_new_code_is_known_by_its_dfe_code_and_name(tmp_path: Path) -> None:
    # In 2025 the workforce file gives Barnsley as E08000038; the rest of the year as E08000016.
    barnsley = LUTON_ROW | {"new_la_code": "E08000038", "old_la_code": "370", "la_name": "Barnsley"}
    misnamed = barnsley | {"new_la_code": "E08000099", "la_name": "Doncaster"}
    reading = read_file(write(tmp_path, [barnsley, misnamed]))
    assert set(reading.observations["area"]) == {"E08000016"}
    assert reading.problems["rule"].tolist() == ["unknown_area"]


def test_a_recoded_authority_is_one_and_a_reorganised_one_is_not(tmp_path: Path) -> None:
    somerset = LUTON_ROW | {"new_la_code": "E10000027", "old_la_code": "933", "la_name": "Somerset"}
    cumbria = LUTON_ROW | {"new_la_code": "E10000006", "old_la_code": "909", "la_name": "Cumbria",
                           "time_period": "2020"}  # fmt: skip
    reading = read_file(write(tmp_path, [somerset, cumbria]))
    assert set(reading.observations["area"]) == {"E06000066", "E10000006"}


def test_not_applicable_of_an_authority_that_did_not_exist_is_no_figure(tmp_path: Path) -> None:
    nothing = dict.fromkeys(NEW, "z")
    after = (
        LUTON | nothing | {"new_la_code": "E10000006", "old_la_code": "909", "la_name": "Cumbria"}
    )
    reading = read_file(write(tmp_path, [after, LUTON | nothing]))
    assert set(reading.observations["area"]) == {"E06000032"}


def test_rows_of_other_levels_are_left_out_and_said_so(tmp_path: Path) -> None:
    district = LUTON_ROW | {"geographic_level": "Local authority district"}
    reading = read_file(write(tmp_path, [LUTON_ROW, district, district]))
    assert take(reading, "rereferrals_pct")["cell"] == "row 2"
    assert reading.problems["rule"].tolist() == ["other_level"]
    assert reading.problems["problem"].str.startswith("2 rows").all()


def test_two_rows_that_state_one_figure_give_none(tmp_path: Path) -> None:
    other = LUTON_ROW | {"rereferral_count": "311"}
    reading = read_file(write(tmp_path, [LUTON_ROW, other]))
    assert reading.observations.empty
    problems = reading.problems[reading.problems["measure"].eq("rereferrals_pct")]
    assert problems["problem"].str.contains("Rows 2, 3").all()
    assert set(problems["rule"]) == {"repeated_rows"}


def test_a_missing_column_costs_its_measures_only(tmp_path: Path) -> None:
    columns = [*STANDARD, *(c for c in NEW if c != "not_in_need_count")]
    reading = read_file(write(tmp_path, [LUTON_ROW], columns))
    assert take(reading, "rereferrals_pct")["value"] == 27.1
    assert "referrals_not_in_need_pct" not in set(reading.observations["measure"])
    assert reading.problems["measure"].tolist() == ["referrals_not_in_need_pct"]


def test_a_period_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    odd = LUTON_ROW | {"time_period": "2025 Week 4", "time_identifier": "Week 4"}
    reading = read_file(write(tmp_path, [LUTON_ROW, odd]))
    assert set(reading.observations["period"]) == {"2024-25"}
    assert reading.problems["rule"].tolist() == ["unreadable_period"]
    assert reading.problems["cell"].tolist() == ["row 3"]


# Files that are not read ------------------------------------------------------------------


def test_an_unknown_table_is_named_with_what_is_nearest(tmp_path: Path) -> None:
    columns = [*STANDARD, "referral_count", "something_new"]
    with pytest.raises(PublishedError) as refused:
        read_file(write(tmp_path, [LUTON_ROW | {"something_new": "1"}], columns, name="c9.csv"))
    said = str(refused.value)
    assert said.startswith("c9.csv: Unknown table")
    assert "“Referrals and re-referrals (C1)” (lacks rereferral_count)" in said
    assert "tables.toml" in said


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x81\x8d\x8f\x90\xff", b"a,b\n1,2,3\n1,2,3\n", b'a,b\n"1,2\n'],
    ids=["empty", "binary", "lines longer than the header", "quote never closed"],
)
def test_what_is_no_csv_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "broken.csv"
    file.write_bytes(content)
    with pytest.raises(PublishedError, match=r"broken\.csv"):
        read_file(file)


# Layouts of their own ---------------------------------------------------------------------


def stock(group: str, characteristic: str, number: str, percentage: str) -> dict[str, str]:
    return LUTON | {"cla_group": group, "characteristic": characteristic, "number": number,
                    "percentage": percentage}  # fmt: skip


@pytest.mark.parametrize("label", ["UASC", "Unaccompanied asylum-seeking children"])
def test_figures_on_several_rows_come_together(tmp_path: Path, label: str) -> None:
    group = "Unaccompanied asylum-seeking children"
    rows = [
        stock("Legal status", "Voluntary agreements under S20 CA 1989", "119", "33"),
        stock("Legal status", "Total", "364", "100"),
        stock(group, label, "34", "9"),
        stock(group, "Total", "364", "100"),
    ]
    reading = read_file(write(tmp_path, rows))
    s20 = take(reading, "s20_pct")
    assert (s20["numerator"], s20["denominator"], s20["value"], s20["cell"]) == (
        119,
        364,
        33,
        "row 2",
    )
    without = take(reading, "s20_excl_uasc_pct")
    assert (without["numerator"], without["denominator"]) == (119 - 34, 364 - 34)
    assert take(reading, "uasc_cla_pct")["numerator"] == 34


def test_more_unaccompanied_children_than_section_20_gives_no_proxy(tmp_path: Path) -> None:
    rows = [
        stock("Legal status", "Voluntary agreements under S20 CA 1989", "30", "8"),
        stock("Legal status", "Total", "364", "100"),
        stock("Unaccompanied asylum-seeking children", "UASC", "34", "9"),
    ]
    figure = take(read_file(write(tmp_path, rows)), "s20_excl_uasc_pct")
    assert pd.isna(figure["value"])
    assert figure["status"] == "not_available"


PLANS = ["CPP_At31", "Neglect_Latest", "Physical_Latest", "Sexual_Latest", "Emotional_Latest",
         "Multiple_Latest", "CPP_start"]  # fmt: skip


def test_a_sum_with_a_withheld_part_is_unknown_never_less(tmp_path: Path) -> None:
    # Norfolk on 31 March 2024: Multiple and one other are withheld (DfE, Children in need, D4).
    row = LUTON | dict(zip(PLANS, ["484", "248", "25", "c", "196", "c", "1"], strict=True))
    reading = read_file(write(tmp_path, [row]))
    assert take(reading, "cp_neglect_pct")["numerator"] == 248
    both = take(reading, "cp_neglect_multiple_pct")
    assert pd.isna(both["numerator"])
    assert both["status"] == "suppressed"


def test_a_withheld_category_is_not_worked_out_from_the_others(tmp_path: Path) -> None:
    # 100 less the other abuse would give the withheld two back, and less neglect the one.
    row = LUTON | dict(zip(PLANS, ["100", "c", "10", "5", "25", "c", "1"], strict=True))
    both = take(read_file(write(tmp_path, [row])), "cp_neglect_multiple_pct")
    assert pd.isna(both["numerator"])
    assert both["status"] == "suppressed"


DAYS = ["assessments_completed", "median_days", "same_day", "1-10_days", "11-20_days",
        "21-30_days", "31-40_days", "41-45_days", "46-50_days", "51-60_days",
        "61+_days"]  # fmt: skip


def test_a_withheld_band_of_days_is_no_loss_where_the_late_ones_are_published(
    tmp_path: Path,
) -> None:
    counts = ["100", "30", "c", "10", "5", "25", "c", "20", "10", "6", "4"]
    row = LUTON | dict(zip(DAYS, counts, strict=True))
    timely = take(read_file(write(tmp_path, [row])), "assessments_45days_pct")
    assert (timely["numerator"], timely["denominator"]) == (80, 100)
    assert "another part is withheld" in timely["note"]


def test_before_2018_x_means_suppressed_and_london_is_told_by_name(tmp_path: Path) -> None:
    columns = [
        "year",
        "New_geog_code",
        "geog_l",
        "geog_c",
        "geog_n",
        "CLA_Mar",
        "CLA_S20",
        "CLA_UASC",
    ]
    lines = [
        "2017,E12000007,REGION,H,LONDON,9910,3300,1490",
        "2017,E12000007,REGION,J,INNER LONDON,4230,1400,490",
        "2017,E06000032,LA,821,LUTON,364,119,x",
    ]
    file = tmp_path / "sfr.csv"
    file.write_text("\n".join([",".join(columns), *lines]), encoding="utf-8")
    reading = read_file(file)
    assert take(reading, "uasc_cla_pct")["status"] == "suppressed"
    assert take(reading, "s20_pct", "E12000007")["denominator"] == 9910
    assert take(reading, "s20_pct", "E13000001")["denominator"] == 4230
    assert take(reading, "s20_pct")["period"] == "2016-17"


def test_the_workforce_file_is_of_30_september_whatever_it_says(tmp_path: Path) -> None:
    row = LUTON | {"inpost_fte": "98.1", "agency_fte": "10", "agency_rate_fte": "9.3",
                   "cases": "1495", "case_holders_fte": "98.1", "caseload_fte": "15.2",
                   "vacancy_fte": "z", "vacancy_rate_fte": "z"}  # fmt: skip
    reading = read_file(write(tmp_path, [row]))
    figure = take(reading, "caseload")
    assert (figure["period"], figure["value"], figure["numerator"]) == ("2025-SEP", 15.2, 1495)
    assert take(reading, "agency_rate")["denominator"] == pytest.approx(108.1)


def test_counts_that_do_not_give_the_stated_rate_are_left_out(tmp_path: Path) -> None:
    # Yorkshire and The Humber, year to March 2022: Doncaster is left out of the rate only.
    region = EAST | {"region_code": "E12000003", "region_name": "Yorkshire and The Humber",
                     "CPP_start": "7490", "CPP_subsequent": "1660",
                     "CPP_subsequent_percent": "23.6"}  # fmt: skip
    rounded = EAST | {
        "CPP_start": "3990",
        "CPP_subsequent": "900",
        "CPP_subsequent_percent": "22.5",
    }
    reading = read_file(write(tmp_path, [region, rounded]))
    apart = take(reading, "cp_repeat_pct", "E12000003")
    assert apart["value"] == 23.6
    assert pd.isna(apart["numerator"])
    assert "Counts left out" in apart["note"]
    assert take(reading, "cp_repeat_pct", "E12000006")["numerator"] == 900


def test_a_part_that_is_more_than_its_whole_is_no_count(tmp_path: Path) -> None:
    # As in a row of the DfE's workforce file for 2023: 38 agency workers cover, of 37; rate z.
    row = LUTON | {"inpost_fte": "98.1", "agency_fte": "37", "agency_rate_fte": "27.4",
                   "agency_cover_fte": "38", "agency_cover_rate_fte": "z", "cases": "1495",
                   "case_holders_fte": "98.1", "caseload_fte": "15.2"}  # fmt: skip
    figure = take(read_file(write(tmp_path, [row])), "agency_covering_pct")
    assert pd.isna(figure["numerator"])
    assert figure["status"] == "not_applicable"
    assert "more than its whole" in figure["note"]


def test_ofsted_grades_are_of_the_year_of_the_latest_inspection(tmp_path: Path) -> None:
    header = (
        "Local authority area code,Local authority name,Inspection date,Overall effectiveness,"
        "The impact of leaders on social work practice with children and families,"
        "The experiences and progress of children who need help and protection,"
        "The experiences and progress of children in care,"
        "The experiences and progress of care leavers"
    )
    lines = [
        "E06000032,Luton,18/07/2022,Requires improvement to be good,Good,Good,Outstanding,",
        "E06000033,Southend-on-Sea,2025-03-24 00:00:00,Good,Good,Good,Inadequate,Good",
    ]
    file = tmp_path / "outcomes.csv"
    file.write_text("\n".join([header, *lines]), encoding="utf-8")
    reading = read_file(file)
    assert set(reading.observations["period"]) == {"2024-25"}
    assert take(reading, "ofsted_overall")["value"] == 3
    assert take(reading, "ofsted_in_care", "E06000033")["value"] == 4
    assert take(reading, "ofsted_care_leavers")["status"] == "missing"
