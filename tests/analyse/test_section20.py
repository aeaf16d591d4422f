"""The Section 20 deep dive: each number against a published figure or a slow computation."""

from __future__ import annotations

import itertools
import math
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.duration.survfunc import CumIncidenceRight
from statsmodels.stats.proportion import proportion_confint

from slinb.analyse.dive_pool import KEY
from slinb.analyse.section20_history import trace_history
from slinb.analyse.section20_incidence import CAUSES, compute_incidence
from slinb.analyse.section20_tables import TABLES
from slinb.catalogue.areas import load_areas
from slinb.catalogue.dives import load_dives
from slinb.catalogue.section20 import load_section20
from slinb.records.vocabulary import AGES, DURATIONS, ENDINGS, NEEDS, NOT_KNOWN, PLACEMENTS, PLANS
from tests.analyse.section20_kit import (
    AREAS,
    CODES,
    QUARTER,
    REGION,
    SENDERS,
    SILENT,
    Dives,
    make_dives,
    make_tables,
)

Tables = dict[str, pd.DataFrame]


@pytest.fixture(scope="module")
def dives() -> Dives:
    return make_dives()


@pytest.fixture(scope="module")
def tables() -> Tables:
    return make_tables("restricted")


@pytest.fixture(scope="module")
def public() -> Tables:
    return make_tables("public")


def test_tables_have_their_schemas(tables: Tables) -> None:
    assert list(tables) == list(TABLES)
    for name, schema in TABLES.items():
        assert list(tables[name].columns) == schema.names
        assert len(tables[name])


# Published history ---------------------------------------------------------------------------

#: field.md 6.1, from SFR50/2017 and before: Section 20 share of care 2013 to 2017, and of 2017
#: the children under Section 20, the UASC and the share without them (all taken to be under it).
PUBLISHED = {
    "Bedford": ((38, 37, 37, 29, 26), 69, 21, 20),
    "Cambridgeshire": ((29, 26, 32, 33, 28), 193, 70, 20),
    "Central Bedfordshire": ((27, 29, 28, 25, 25), 76, 47, 11),
    "Essex": ((28, 30, 31, 30, 26), 268, 100, 18),
    "Hertfordshire": ((29, 35, 33, 30, 26), 236, 74, 20),
    "Luton": ((26, 28, 35, 28, 33), 119, 34, 26),
    "Norfolk": ((30, 30, 27, 20, 16), 176, 12, 15),
    "Peterborough": ((27, 31, 28, 27, 27), 95, 25, 21),
    "Southend-on-Sea": ((28, 29, 25, 26, 21), 60, 11, 18),
    "Suffolk": ((22, 27, 30, 31, 29), 240, 68, 23),
    "Thurrock": ((31, 29, 33, 41, 32), 112, 59, 19),
}


@pytest.fixture(scope="module")
def history(pack: pd.DataFrame) -> pd.DataFrame:
    codes = [a.code for a in load_areas().authorities(REGION.code)]
    return trace_history(pack, [*codes, REGION.code]).set_index(["area", "measure", "period"])


@pytest.mark.parametrize("name", PUBLISHED)
def test_history_is_the_published_one(name: str, history: pd.DataFrame) -> None:
    area = load_areas().find(name)
    assert area is not None
    shares, n, uasc, without = PUBLISHED[name]
    years = ("2012-13", "2013-14", "2014-15", "2015-16", "2016-17")
    rows = history.loc[area.code]
    assert [round(rows.loc[("s20_pct", y), "value"]) for y in years] == list(shares)
    assert rows.loc[("s20_pct", "2016-17"), "numerator"] == n
    assert rows.loc[("uasc_cla_pct", "2016-17"), "numerator"] == uasc
    assert round(rows.loc[("s20_excl_uasc_pct", "2016-17"), "value"]) == without


def test_region_and_starts_are_the_published_ones(history: pd.DataFrame) -> None:
    """field.md 6.1: East 28, 30, 31, 29, 25 (stock) and 51, 51, 54, 51, 56 (starts, 2018-22)."""
    rows = history.loc[REGION.code]["value"]
    stock = [rows["s20_pct", f"20{y}-{y + 1}"] for y in range(12, 17)]
    assert [round(v) for v in stock] == [28, 30, 31, 29, 25]
    starts = [rows["s20_starts_pct", f"20{y}-{y + 1}"] for y in range(17, 22)]
    assert all(abs(a - b) <= 1 for a, b in zip(starts, (51, 51, 54, 51, 56), strict=True))


def test_a_withheld_part_withholds_what_is_worked_out_from_it(history: pd.DataFrame) -> None:
    """Central Bedfordshire's UASC of 2014 are marked x in SFR36/2014: suppressed."""
    rows = history.loc["E06000056"]
    assert rows.loc[("uasc_cla_pct", "2013-14"), "status"] == "suppressed"
    assert rows.loc[("s20_excl_uasc_pct", "2013-14"), "status"] == "suppressed"
    assert math.isnan(rows.loc[("s20_excl_uasc_pct", "2013-14"), "value"])


def test_starts_without_uasc_are_the_two_counts_apart(history: pd.DataFrame) -> None:
    made = history.xs("s20_starts_excl_uasc_pct", level="measure")
    assert len(made) > 40
    for (area, period), row in made.iterrows():
        starts = history.loc[(area, "s20_starts_pct", period)]
        uasc = history.loc[(area, "uasc_starts_pct", period)]
        if row["status"] == "final":
            above = starts["numerator"] - uasc["numerator"]
            below = starts["denominator"] - uasc["numerator"]
            assert row["value"] == pytest.approx(100 * above / below)
        else:
            assert math.isnan(row["value"])


def test_stock_equals_the_publishers_own_file(history: pd.DataFrame) -> None:
    root = Path(os.environ.get("SLINB_REFERENCE_DATA", Path(__file__).parents[3] / "shared/data"))
    file = root / "cla" / "la_cla_on_31_march_by_characteristics_2021_2025.csv"
    if not file.exists():
        pytest.skip("the publisher's files are not here")
    raw = pd.read_csv(file, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    raw = raw[raw["characteristic"].eq("Voluntary agreements under S20 CA 1989")]
    number, percentage = (next(c for c in raw if c.startswith(n)) for n in ("number", "percent"))
    own = raw[raw["new_la_code"].isin(a.code for a in load_areas().authorities(REGION.code))]
    assert len(own) == 55
    for row in own.to_dict("records"):
        year = int(row["time_period"][:4])
        found = history.loc[(row["new_la_code"], "s20_pct", f"{year - 1}-{year % 100:02d}")]
        assert found["numerator"] == float(row[number])
        assert found["value"] == float(row[percentage])


# Figures -------------------------------------------------------------------------------------


def find(tables: Tables, area: str, **key: str) -> dict[str, object]:
    rows = tables["section20_figures"]
    full = {"population": "all", "unit": "%", "cohort": "", "breakdown": "", "category": "",
            "across": "", **key}  # fmt: skip
    rows = rows[rows["area"].eq(area)]
    for name, value in full.items():
        rows = rows[rows[name].eq(value)]
    assert len(rows) == 1, key
    return dict(rows.iloc[0])


def sum_slowly(dives: Dives, **key: str) -> tuple[float, float, list[str]]:
    """Sum a count over the authorities by going through the rows one by one."""
    above = below = 0.0
    senders = []
    for row in dives.counts.to_dict("records"):
        if all(row[name] == value for name, value in key.items()):
            above += row["numerator"]
            below += row["denominator"]
            senders.append(row["area"])
    return above, below, senders


@pytest.mark.parametrize("population", ["all", "UASC", "not UASC"])
@pytest.mark.parametrize(
    ("measure", "item", "window", "source"),
    [
        ("S1", "stock", "snapshot", "SSDA903"),
        ("S6", "over 12 months", "snapshot", "SSDA903"),
        ("S3", "starts", "year", "SSDA903"),
        ("S8", "over 6 months with a plan to return home", "snapshot", "Annex A"),
        ("S11", "unplanned home share", "year", "SSDA903"),
    ],
)
def test_the_region_is_the_sum_of_its_authorities(
    tables: Tables, dives: Dives, measure: str, item: str, window: str, source: str, population: str
) -> None:
    key = {"measure": measure, "item": item, "window": window, "population": population}
    above, below, senders = sum_slowly(dives, source=source, breakdown="", **key)
    found = find(tables, REGION.code, **key)
    assert (found["numerator"], found["denominator"]) == (above, below)
    assert sorted(senders) == sorted(a.code for a in SENDERS)
    assert found["absent"] == SILENT.code


def test_shares_have_wilsons_interval_and_are_judged_by_it(tables: Tables) -> None:
    rows = tables["section20_figures"]
    rows = rows[rows["unit"].eq("%") & rows["value"].notna()]
    sample = rows.iloc[:: max(len(rows) // 150, 1)]
    for row in sample.to_dict("records"):
        x, n = row["numerator"], row["denominator"]
        low, high = proportion_confint(x, n, method="wilson")
        assert row["value"] == pytest.approx(100 * x / n)
        assert (row["lower"], row["upper"]) == pytest.approx((100 * low, 100 * high), abs=1e-9)
        if row["area"] == REGION.code:
            assert row["judgement"] == "not compared"
        elif row["measure"] != "S15" and not math.isnan(row["benchmark_value"]):
            expected = "similar"
            if row["benchmark_value"] < row["lower"]:
                expected = "higher"
            elif row["benchmark_value"] > row["upper"]:
                expected = "lower"
            assert row["judgement"] == expected


def test_the_rate_stands_over_the_children_of_those_who_sent(
    tables: Tables, pack: pd.DataFrame
) -> None:
    people = pack[pack["measure"].eq("population_0_17") & pack["area"].isin(CODES)]
    latest = people[people["period"].eq(people["period"].max())].set_index("area")["value"]
    found = find(tables, REGION.code, measure="S1", item="stock rate", unit="per 10,000 children")
    assert found["denominator"] == sum(latest[a.code] for a in SENDERS)
    own = find(tables, SENDERS[0].code, measure="S1", item="stock rate",
               unit="per 10,000 children", population="UASC")  # fmt: skip
    x, n = own["numerator"], latest[SENDERS[0].code]
    z = stats.norm.ppf(0.975)
    lower = x * (1 - 1 / (9 * x) - z / (3 * math.sqrt(x))) ** 3 / n * 10_000
    assert x >= 10
    assert own["lower"] == pytest.approx(lower)


def test_mature_cohorts_stand_together(tables: Tables, dives: Dives) -> None:
    """Quarters of start with twelve months behind them: up to 2024-25-Q3 at 31 December 2025."""
    mature = {f"20{y}-{y + 1}-Q{q}" for y, q in itertools.product((22, 23, 24), (1, 2, 3, 4))}
    mature -= {"2024-25-Q4"}
    area = SENDERS[1].code
    above = below = 0.0
    for row in dives.counts.to_dict("records"):
        wanted = (row["measure"], row["item"], row["population"]) == (
            "S9",
            "within 3 months",
            "all",
        )
        if wanted and row["area"] == area and row["cohort"] in mature:
            above, below = above + row["numerator"], below + row["denominator"]
    found = find(tables, area, measure="S9", item="within 3 months")
    assert below > 0
    assert (found["numerator"], found["denominator"]) == (above, below)


def test_groups_add_up_to_their_breakdown(tables: Tables) -> None:
    rows = tables["section20_figures"]
    for group, measure, window in (("ending", "S11", "year"), ("need", "S5", "year"),
                                   ("placement", "S13", "snapshot")):  # fmt: skip
        own = rows[rows["measure"].eq(measure) & rows["window"].eq(window)]
        own = own[own["population"].eq("all") & own["across"].isin(["", "Section 20"])]
        fine = own[own["breakdown"].eq(group)].groupby("area")["numerator"].sum()
        drawn = own[own["breakdown"].eq(f"{group} group")]
        coarse = drawn.groupby("area")["numerator"].sum()
        assert len(coarse) == len(SENDERS) + 1
        assert coarse.to_dict() == fine.to_dict()
        assert set(drawn["category"]) <= set(load_section20().list_labels(f"{group} group"))


def test_words_are_those_of_the_returns() -> None:
    data = load_section20()
    assert data.order["age now"] == (*AGES, NOT_KNOWN)
    assert data.order["duration"] == (*DURATIONS, NOT_KNOWN)
    assert data.order["plan"] == (*PLANS, NOT_KNOWN)
    known = {"ending": ENDINGS, "need": NEEDS, "placement": PLACEMENTS}
    for group in data.groups:
        parts = [part for own in group.parts.values() for part in own]
        assert set(parts) <= set(known[group.breakdown])
        assert len(parts) == len(set(parts))
    dive = load_dives()["section20"]
    for line in data.lines:
        for name in ("measure", "item", "window", "population", "breakdown", "category", "across"):
            assert dive.knows(name, line.key[name]), (line.id, name)


# What is withheld ----------------------------------------------------------------------------


def test_a_withheld_count_has_no_number_anywhere(public: Tables) -> None:
    rows = public["section20_figures"]
    hidden = rows[rows["status"].eq("suppressed")]
    assert len(hidden) > 100
    numbers = ["numerator", "denominator", "value", "lower", "upper"]
    assert hidden[numbers].isna().all(axis=None)
    assert hidden["judgement"].eq("not compared").all()


def test_a_given_region_stands_as_given(public: Tables, dives: Dives) -> None:
    key = {"measure": "S6", "item": "over 12 months", "window": "snapshot", "population": "all"}
    above, below, _ = sum_slowly(dives, source="SSDA903", breakdown="", **key)
    found = find(public, REGION.code, **key)
    assert found["numerator"] == math.floor(above / 10 + 0.5) * 10
    assert found["denominator"] == math.floor(below / 10 + 0.5) * 10


def test_without_its_own_row_a_region_with_a_withheld_part_is_withheld(
    dives: Dives, pack: pd.DataFrame
) -> None:
    counts = dives.counts.copy()
    hit = (
        counts["measure"].eq("S6") & counts["item"].eq("over 24 months")
        & counts["area"].eq(SENDERS[0].code) & counts["population"].eq("all")
    )  # fmt: skip
    counts.loc[hit, ["numerator", "denominator"]] = np.nan
    counts.loc[hit, "status"] = "suppressed"
    made = Dives(counts, dives.risk, dives.durations).analyse(pack)
    found = find(made, REGION.code, measure="S6", item="over 24 months")
    assert found["status"] == "suppressed"
    assert math.isnan(float(str(found["value"])))
    other = find(made, REGION.code, measure="S6", item="over 12 months")
    assert other["status"] == "final"


def test_who_sent_something_unreadable_is_missing_not_zero(
    dives: Dives, pack: pd.DataFrame
) -> None:
    counts = dives.counts.copy()
    mine = counts["area"].eq(SENDERS[0].code) & counts["measure"].eq("S1")
    counts.loc[mine, ["numerator", "denominator"]] = np.nan
    counts.loc[mine, "status"] = "unreadable"
    made = Dives(counts, dives.risk, dives.durations).analyse(pack)
    found = find(made, REGION.code, measure="S1", item="stock")
    assert set(str(found["absent"]).split()) == {SENDERS[0].code, SILENT.code}
    rest = [find(made, a.code, measure="S1", item="stock")["numerator"] for a in SENDERS[1:]]
    assert found["numerator"] == sum(rest)  # type: ignore[arg-type]


def test_a_category_that_nobody_is_in_is_zero_and_an_absent_breakdown_is_absent(
    dives: Dives, pack: pd.DataFrame
) -> None:
    counts = dives.counts
    own = counts["area"].eq(SENDERS[0].code) & counts["measure"].eq("S11")
    died = own & counts["category"].eq("died")
    assert counts.loc[died, "numerator"].eq(0).all()
    ages = counts["area"].eq(SENDERS[0].code) & counts["breakdown"].eq("age now")
    made = Dives(counts[~died & ~ages], dives.risk, dives.durations).analyse(pack)
    key = {"measure": "S11", "item": "endings", "window": "year", "breakdown": "ending"}
    zero = find(made, SENDERS[0].code, category="died", **key)
    base = find(made, SENDERS[0].code, category="home as planned", **key)
    assert (zero["numerator"], zero["denominator"]) == (0, base["denominator"])
    assert find(made, REGION.code, category="died", **key)["absent"] == SILENT.code
    age = find(made, REGION.code, measure="S4", item="stock", breakdown="age now",
               category="16 and 17")  # fmt: skip
    assert set(str(age["absent"]).split()) == {SENDERS[0].code, SILENT.code}


def test_figures_have_one_row_a_key(tables: Tables, public: Tables) -> None:
    for made in (tables, public):
        rows = made["section20_figures"]
        assert not rows.duplicated(["area", *KEY, "unit"]).any()


# Time ----------------------------------------------------------------------------------------


def test_incidence_equals_that_of_the_children_one_by_one(tables: Tables, dives: Dives) -> None:
    """Each table is laid out into children again and given to statsmodels."""
    time: list[int] = []
    status: list[int] = []
    risk = dives.risk[dives.risk["population"].eq("all")]
    for _, table in risk.groupby(["area", "cohort"]):
        rows = table.sort_values("month").to_dict("records")
        for row, after in zip(rows, [*rows[1:], None], strict=True):
            events = [int(row[cause]) for cause in CAUSES]
            left = int(row["at_risk"]) - sum(events)
            stay = int(after["at_risk"]) if after else 0
            for i, n in enumerate(events, start=1):
                time += [row["month"]] * n
                status += [i] * n
            time += [row["month"]] * (left - stay)
            status += [0] * (left - stay)
    slow = CumIncidenceRight(np.array(time), np.array(status))
    rows = tables["section20_incidence"]
    mine = rows[rows["area"].eq(REGION.code) & rows["starters"].eq("all")]
    mine = mine[mine["population"].eq("all") & mine["month"].gt(0)]
    for i, cause in enumerate(CAUSES):
        own = mine[mine["cause"].eq(cause)].set_index("month")["value"]
        theirs = pd.Series(100 * slow.cinc[i], index=slow.times.astype(int))
        common = own.index.intersection(theirs.index)
        assert len(common) >= 12
        assert np.allclose(own[common], theirs[common], atol=1e-9)


def test_shares_of_a_month_leave_nobody_out(tables: Tables) -> None:
    rows = tables["section20_incidence"]
    key = ["area", "starters", "population", "month"]
    sums = rows[rows["status"].eq("final")].groupby(key)["value"].sum()
    assert sums.between(0, 100 + 1e-9).all()
    region = rows[rows["area"].eq(REGION.code)]
    assert region["absent"].eq(SILENT.code).all()
    assert {"all", "2023-24"} <= set(region["starters"])


def test_a_curve_stops_where_few_are_followed(dives: Dives) -> None:
    few = dives.risk[dives.risk["at_risk"].le(9) & dives.risk["population"].eq("UASC")]
    made = compute_incidence(
        few[few["cohort"].eq(few["cohort"].iloc[0])].head(2), REGION.code, CODES
    )
    assert made["status"].eq("low_reliability").all()
    assert made["value"].isna().all()


def test_cohorts_of_a_region_rounded_one_by_one_make_no_curve(public: Tables) -> None:
    rows = public["section20_incidence"]
    region = rows[rows["area"].eq(REGION.code)]
    assert len(region)
    assert region["value"].isna().all()


def test_a_region_rounded_over_all_cohorts_makes_a_curve(dives: Dives) -> None:
    numbers = ["at_risk", *CAUSES]
    whole = dives.risk[dives.risk["population"].eq("all")].groupby("month", as_index=False)[numbers]
    given = whole.sum()
    exact = given.copy()
    given[numbers] = np.floor(given[numbers] / 10 + 0.5) * 10
    stamp = {name: dives.risk[name].iloc[0] for name in ("period", "dive", "measure", "source")}
    given = given.assign(**stamp, area=REGION.code, population="all", cohort="", status="final")
    made = compute_incidence(given, REGION.code, CODES)
    final = made[made["cause"].eq("home") & made["month"].eq(3)]["value"].iloc[0]
    sharp = compute_incidence(exact.assign(**stamp, area=CODES[0], population="all", cohort="",
                                           status="final"), REGION.code, CODES)  # fmt: skip
    sharp = sharp[sharp["area"].eq(CODES[0])]
    truth = sharp[sharp["cause"].eq("home") & sharp["month"].eq(3)]["value"].iloc[0]
    assert abs(final - truth) < 4


def test_medians_lie_in_the_month_of_the_middle_spell(tables: Tables, dives: Dives) -> None:
    for row in tables["section20_medians"].to_dict("records"):
        rows = dives.durations[dives.durations["measure"].eq(row["measure"])]
        rows = rows[rows["population"].eq(row["population"]) & rows["source"].eq("SSDA903")]
        if row["area"] != REGION.code:
            rows = rows[rows["area"].eq(row["area"])]
        spells = sorted(m for m, n in zip(rows["month"], rows["n"], strict=True)
                        for _ in range(int(n)))  # fmt: skip
        assert row["n"] == len(spells)
        if len(spells) < 10:
            assert row["status"] == "low_reliability"
            assert math.isnan(row["median"])
            continue
        low, high = spells[(len(spells) - 1) // 2], spells[len(spells) // 2]
        assert low <= row["median"] <= high + 1
        assert row["quarter"] <= row["median"] <= row["three_quarters"]


def test_withheld_months_give_no_median(public: Tables) -> None:
    rows = public["section20_medians"]
    assert rows["median"].isna().all()
    assert set(rows.loc[rows["area"].ne(REGION.code), "status"]) <= {"suppressed"}


# Findings and quality ------------------------------------------------------------------------


def test_every_page_has_five_findings_at_most_and_no_line_twice(tables: Tables) -> None:
    rows = tables["section20_findings"]
    assert set(rows["area"]) == {REGION.code, *CODES}
    for area, own in rows.groupby("area"):
        assert list(own["order"]) == list(range(1, len(own) + 1))
        assert len(own) == 5 if area != SILENT.code else len(own) < 5
        lines = [line for line in own["line"] if line]
        assert len(lines) == len(set(lines))
    assert rows[rows["pattern"].ne("nothing_sent")]["value"].notna().all()


def test_a_finding_that_differs_really_does(tables: Tables) -> None:
    rows = tables["section20_findings"]
    own = rows[rows["pattern"].eq("differs")]
    assert own["judgement"].isin(["higher", "lower", "better", "worse"]).all()
    assert rows.loc[rows["pattern"].eq("similar"), "judgement"].eq("similar").all()


def test_the_least_of_the_practice_return_is_found(tables: Tables) -> None:
    """The kit says yes to the first question least, and events are no questions of quality."""
    own = tables["section20_findings"].query("pattern == 'practice' and area == @REGION.code")
    assert list(own["line"]) == ["written agreement held"]
    assert own["numerator"].iloc[0] == 12 + 13 + 14


def test_silence_is_said(tables: Tables) -> None:
    rows = tables["section20_quality"]
    assert list(rows.loc[rows["kind"].eq("not sent"), "area"]) == [SILENT.code]
    patterns = tables["section20_findings"].query("area == @SILENT.code")["pattern"]
    assert "nothing_sent" in set(patterns)


def test_who_was_left_out_is_listed(tables: Tables, dives: Dives) -> None:
    """Children of 18 and over are in no share (S1), and are told."""
    rows = tables["section20_quality"]
    for area in SENDERS:
        own = dives.counts[dives.counts["area"].eq(area.code) & dives.counts["measure"].eq("S1")]
        own = own[own["source"].eq("SSDA903") & own["population"].eq("all")]
        n = own.loc[own["breakdown"].eq(""), "excluded"].iloc[0]
        told = rows[rows["area"].eq(area.code) & rows["measure"].eq("S1")]
        assert told["n"].sum() == n
    checks = rows[rows["kind"].eq("check")]
    assert set(checks["area"]) == {a.code for a in SENDERS}


def test_nothing_sent_at_all_still_gives_the_history(pack: pd.DataFrame, dives: Dives) -> None:
    empty = Dives(dives.counts[:0], dives.risk[:0], dives.durations[:0]).analyse(pack)
    assert len(empty["section20_history"])
    assert empty["section20_figures"].empty
    assert set(empty["section20_findings"]["pattern"]) == {"history", "nothing_sent"}
    assert len(AREAS) == 4
    assert QUARTER.id == "2025-26-Q3"
