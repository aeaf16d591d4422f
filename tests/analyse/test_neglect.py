"""The neglect deep dive: every figure against the slow count, and what each edition may say."""

from __future__ import annotations

import itertools
import math

import pandas as pd
import pytest

from slinb.analyse.dive_findings import REAL
from slinb.analyse.dive_medians import find_quantile
from slinb.analyse.neglect_tables import TABLES
from slinb.catalogue.dives import load_dives
from slinb.catalogue.measures import load_measures
from slinb.catalogue.neglect import load_neglect
from slinb.catalogue.periods import Period
from slinb.records.neglect_cases import load_breaks
from slinb.records.neglect_words import CIN_CHECKS
from slinb.schema import DIVE_COUNTS
from tests.analyse.neglect_kit import (
    ANNEX_A,
    CODES,
    COHORTS,
    QUARTER,
    REGION,
    SENDERS,
    SILENT,
    Dives,
    make_care,
    make_dives,
    make_rows,
    make_tables,
)

KEY = ["measure", "item", "window", "cohort", "breakdown", "category", "across"]
NUMBERS = ["numerator", "denominator", "excluded"]
CENSUS = ("N1", "N2", "N3", "N4", "N5", "N6", "N7", "N8", "N9", "N11", "N14", "N15")


@pytest.fixture(scope="module")
def dives() -> Dives:
    return make_dives()


@pytest.fixture(scope="module")
def restricted() -> dict[str, pd.DataFrame]:
    return make_tables("restricted")


@pytest.fixture(scope="module")
def public() -> dict[str, pd.DataFrame]:
    return make_tables("public")


def take(figures: pd.DataFrame, area: str) -> dict[tuple[str, ...], tuple[float, ...]]:
    rows = figures[figures["area"].eq(area) & figures["unit"].eq("%")]
    return {tuple(r[:7]): tuple(r[7:]) for r in rows[KEY + NUMBERS].itertuples(index=False)}


def pick(figures: pd.DataFrame, area: str, **key: str) -> pd.Series:
    wanted = {"area": area, "breakdown": "", "category": "", "across": "", "cohort": "",
              "unit": "%", **key}  # fmt: skip
    for column, value in wanted.items():
        figures = figures[figures[column].eq(value)]
    assert len(figures) == 1, figures.to_string()
    return figures.iloc[0]


# Against the slow count -----------------------------------------------------------------------


@pytest.mark.parametrize("code", [a.code for a in SENDERS])
def test_every_figure_of_the_census_equals_the_slow_count(
    code: str, dives: Dives, restricted: dict[str, pd.DataFrame]
) -> None:
    slow = {key: value for key, value in dives.slow[code].items() if value[1] or value[2]}
    own = take(restricted["neglect_figures"], code)
    assert {key: own[key] for key in slow} == slow


def test_the_sample_s_census_tells_of_every_measure_it_can(dives: Dives) -> None:
    told = {key[0] for slow in dives.slow.values() for key, value in slow.items() if value[1]}
    assert told == set(CENSUS)


@pytest.mark.parametrize("code", [a.code for a in SENDERS])
def test_values_are_shares_of_the_slow_counts(
    code: str, dives: Dives, restricted: dict[str, pd.DataFrame]
) -> None:
    figures = restricted["neglect_figures"]
    own = figures[figures["area"].eq(code) & figures["unit"].eq("%")].set_index(KEY)["value"]
    for key, (counted, of, _) in dives.slow[code].items():
        if of:
            assert own[key] == pytest.approx(100 * counted / of)


def test_the_region_is_the_sum_of_its_slow_counts(
    dives: Dives, restricted: dict[str, pd.DataFrame]
) -> None:
    """Of the measures that only the census has; the others have Annex A in them too."""
    whole = take(restricted["neglect_figures"], REGION.code)
    keys = {k for slow in dives.slow.values() for k, v in slow.items() if v[1]}
    census_only = [k for k in keys if k[0] not in ("N1", "N8")]
    assert len(census_only) > 90
    for key in census_only:
        parts = [slow.get(key, (0, 0, 0)) for slow in dives.slow.values()]
        assert whole[key][0] == sum(part[0] for part in parts), key


def test_the_last_four_cohorts_that_were_followed_stand_together(
    dives: Dives, restricted: dict[str, pd.DataFrame]
) -> None:
    """N6: a case closed in a quarter is followed for four more."""
    last = [QUARTER.shift(-n).id for n in (4, 5, 6, 7)]
    for area, slow in dives.slow.items():
        parts = [
            v for k, v in slow.items()
            if k[0] == "N6" and k[2] == "cohort" and k[3] in last and k[5] == "neglect"
        ]  # fmt: skip
        row = pick(
            restricted["neglect_figures"], area, measure="N6", window="cohort",
            item="referred again within 12 months", breakdown="case", category="neglect",
        )  # fmt: skip
        assert (row["numerator"], row["denominator"]) == (
            sum(p[0] for p in parts),
            sum(p[1] for p in parts),
        )


@pytest.mark.parametrize(("months", "followed"), [(6, 2), (12, 4)])
def test_into_care_takes_the_cohorts_followed_for_so_long(
    months: int, followed: int, restricted: dict[str, pd.DataFrame]
) -> None:
    item = f"in care within {months} months"
    used = [QUARTER.shift(-n).id for n in range(followed, followed + 4)]
    for seed, area in enumerate(SENDERS):
        rows = make_care(seed)
        rows = rows[rows["item"].eq(item) & rows["cohort"].isin(used)]
        row = pick(
            restricted["neglect_figures"], area.code, measure="N10", item=item, window="cohort"
        )
        whole = rows[rows["breakdown"].eq("")]
        assert row["numerator"] == whole["numerator"].sum()
        assert row["denominator"] == 80.0
        s20 = pick(
            restricted["neglect_figures"], area.code, measure="N10", item=item, window="cohort",
            breakdown="legal status", category="Section 20",
        )  # fmt: skip
        assert (s20["numerator"], s20["denominator"]) == (4, row["numerator"])
    assert len(COHORTS) > followed + 4 - 2


def test_step_up_is_of_the_last_two_quarters(restricted: dict[str, pd.DataFrame]) -> None:
    row = pick(
        restricted["neglect_figures"], ANNEX_A.code, measure="N14", item="stepped up",
        window="cohort",
    )  # fmt: skip
    assert (row["numerator"], row["denominator"]) == (6, 50)


def test_medians_equal_those_of_the_slow_months(
    dives: Dives, restricted: dict[str, pd.DataFrame]
) -> None:
    made = restricted["neglect_medians"].set_index(["area", "measure", "population"])
    months: dict[int, int] = {}
    for area, slow in dives.months.items():
        own = {
            m: n for (measure, group, m), n in slow.items() if (measure, group) == ("N4", "neglect")
        }
        assert made.loc[(area, "N4", "neglect"), "n"] == sum(own.values())
        for month, n in own.items():
            months[month] = months.get(month, 0) + n
    lengths = sorted(itertools.chain(*([m] * n for m, n in months.items())))
    whole = made.loc[(REGION.code, "N4", "neglect")]
    assert whole["n"] == len(lengths)
    middle = lengths[(len(lengths) - 1) // 2]
    assert middle <= whole["median"] <= middle + 1
    assert whole["median"] == pytest.approx(find_quantile(list(months), list(months.values()), 0.5))


def test_to_have_no_plan_of_a_category_is_not_to_be_absent(
    restricted: dict[str, pd.DataFrame],
) -> None:
    rows = restricted["neglect_medians"]
    whole = rows[rows["area"].eq(REGION.code) & rows["measure"].eq("N4")]
    assert set(whole["absent"]) == {" ".join(c for c in CODES if c in (ANNEX_A.code, SILENT.code))}


# How counts are brought together --------------------------------------------------------------


def test_the_rate_stands_over_the_children_of_the_area(
    restricted: dict[str, pd.DataFrame],
) -> None:
    """ONS mid-2024 estimates stand under the quarter; the pack's own figure is their source."""
    row = pick(
        restricted["neglect_figures"], SENDERS[0].code, measure="N1", item="neglect rate",
        unit="per 10,000 children",
    )  # fmt: skip
    assert row["denominator"] > 30_000
    assert row["value"] == pytest.approx(10_000 * row["numerator"] / row["denominator"])


def test_the_census_goes_before_annex_a(dives: Dives) -> None:
    code = SENDERS[0].code
    older = make_rows(
        {"item": "neglect", "numerator": 1.0, "denominator": 2.0},
        measure="N1", source="Annex A", window="snapshot",
    ).assign(area=code, period=QUARTER.id, dive="neglect", status="final")  # fmt: skip
    both = DIVE_COUNTS.conform(pd.concat([older, dives.counts], ignore_index=True), fill=True)
    tables = Dives(both, dives.durations, {}, {}).analyse()
    row = pick(tables["neglect_figures"], code, measure="N1", item="neglect")
    assert row["source"] == "CIN census"
    assert row["numerator"] == dives.slow[code][("N1", "neglect", "snapshot", "", "", "", "")][0]


def test_the_two_wordings_of_need_are_never_one(restricted: dict[str, pd.DataFrame]) -> None:
    """field.md 4.3: from the 2026 census N1 is "Abuse, neglect and exploitation"."""
    key = {"measure": "N8", "item": "children in need", "breakdown": "need group"}
    old, new = "abuse or neglect (wording to 2025)", "abuse, neglect and exploitation (from 2026)"
    figures = restricted["neglect_figures"]
    assert pick(figures, ANNEX_A.code, category=old, **key)["numerator"] == 70
    assert pick(figures, ANNEX_A.code, category=new, **key)["numerator"] == 0
    assert pick(figures, SENDERS[0].code, category=old, **key)["numerator"] == 0
    assert pick(figures, SENDERS[0].code, category=new, **key)["numerator"] > 0


def test_a_line_of_the_catalogue_is_judged_against_the_region(
    restricted: dict[str, pd.DataFrame],
) -> None:
    """Thurrock: 106 of 144 plans for neglect against a region of these four authorities."""
    figures = restricted["neglect_figures"]
    row = pick(figures, "E06000034", measure="N1", item="neglect or multiple")
    whole = pick(figures, REGION.code, measure="N1", item="neglect or multiple")
    assert row["benchmark_value"] == whole["value"]
    beyond = row["lower"] > whole["value"] or row["upper"] < whole["value"]
    assert (row["judgement"] in REAL) == beyond


def test_who_sent_nothing_is_named(restricted: dict[str, pd.DataFrame]) -> None:
    quality = restricted["neglect_quality"]
    assert quality.loc[quality["kind"].eq("not sent"), "area"].tolist() == [SILENT.code]
    row = pick(restricted["neglect_figures"], REGION.code, measure="N1", item="neglect")
    assert row["absent"] == SILENT.code


def test_planted_errors_are_counted_by_their_checks(restricted: dict[str, pd.DataFrame]) -> None:
    quality = restricted["neglect_quality"]
    failed = quality[quality["kind"].eq("check") & quality["n"].gt(0)]
    assert set(failed["item"]) >= {"date that is none", "closed before referral"}
    assert set(failed["area"]) == {a.code for a in SENDERS}


# The public edition ---------------------------------------------------------------------------


def test_the_public_edition_withholds_every_count_of_an_authority(
    public: dict[str, pd.DataFrame],
) -> None:
    figures = public["neglect_figures"]
    own = figures[figures["area"].ne(REGION.code)]
    assert own[["numerator", "denominator", "excluded", "value", "lower"]].isna().all(axis=None)
    assert own["judgement"].isin(["", "not compared"]).all()
    medians = public["neglect_medians"]
    assert medians[["n", "median"]].isna().all(axis=None)
    assert public["neglect_quality"][["n", "of"]].isna().all(axis=None)


def test_the_region_is_rounded_and_needs_three_authorities(
    public: dict[str, pd.DataFrame], restricted: dict[str, pd.DataFrame]
) -> None:
    own, whole = (
        t["neglect_figures"].query(f"area == '{REGION.code}' and unit == '%'") for t in
        (restricted, public)
    )  # fmt: skip
    shown = whole[whole["numerator"].notna()]
    assert len(shown) > 100
    assert (shown[["numerator", "denominator"]] % 10 == 0).all(axis=None)
    # Step-up is of one authority only, and so withheld altogether.
    one = whole[whole["item"].eq("stepped up")]
    assert one["numerator"].isna().all() and one["status"].eq("suppressed").all()
    assert own.loc[own["item"].eq("stepped up"), "numerator"].notna().all()


def test_the_published_figures_stand_in_both_editions(
    public: dict[str, pd.DataFrame], restricted: dict[str, pd.DataFrame]
) -> None:
    for name in ("neglect_band", "neglect_history"):
        pd.testing.assert_frame_equal(public[name], restricted[name])


def test_no_finding_of_the_public_edition_is_of_an_authority_s_own_counts(
    public: dict[str, pd.DataFrame],
) -> None:
    found = public["neglect_findings"]
    own = found[found["area"].ne(REGION.code)]
    assert set(own["pattern"]) <= {"moved", "unknown", "nothing_sent"}
    assert own.loc[own["pattern"].eq("nothing_sent"), "area"].tolist() == [SILENT.code]
    assert not set(found["pattern"]) & {"spread", "even", "differs", "similar"}


# Findings -------------------------------------------------------------------------------------


def test_every_page_has_at_most_five_findings_and_no_line_twice(
    restricted: dict[str, pd.DataFrame],
) -> None:
    found = restricted["neglect_findings"]
    for _, page in found.groupby("area"):
        assert page["order"].tolist() == list(range(1, len(page) + 1))
        assert len(page) <= load_neglect().most
        lines = page.loc[page["line"].ne(""), "line"]
        assert lines.is_unique
    assert len(found[found["area"].eq(REGION.code)]) == load_neglect().most


def test_the_region_s_page_begins_with_the_published_band(
    restricted: dict[str, pd.DataFrame],
) -> None:
    """D4, 31 March 2024: 50% and 57%, England 49% and 51% (the project's field notes, 6.2)."""
    first = restricted["neglect_findings"].iloc[0]
    assert (first["area"], first["pattern"]) == (REGION.code, "published")
    told = [first[name] for name in ("value", "other", "third", "fourth")]
    assert [math.floor(x + 0.5) for x in told] == [50, 57, 49, 51]


def test_neglect_is_set_against_others_only_where_the_intervals_do_not_meet(
    restricted: dict[str, pd.DataFrame],
) -> None:
    figures, found = restricted["neglect_figures"], restricted["neglect_findings"]
    data = load_neglect()
    apart = set()
    for rule in data.against:
        key = data.line(rule.line).key
        own = pick(figures, REGION.code, **key)
        other = pick(figures, REGION.code, **{**key, "category": rule.category})
        if own["lower"] > other["upper"] or own["upper"] < other["lower"]:
            apart.add(rule.line)
    said = set(found.loc[found["pattern"].eq("against"), "line"])
    assert said <= apart
    assert bool(said) == bool(apart)


def test_a_share_never_stands_without_the_band(restricted: dict[str, pd.DataFrame]) -> None:
    found = restricted["neglect_findings"]
    shares = found[found["pattern"].isin(["published", "share"])]
    assert len(shares) >= 5
    assert shares["other"].notna().all() and shares["value"].notna().all()


# The data ---------------------------------------------------------------------------------------


def test_the_words_of_the_lines_are_those_of_the_counts() -> None:
    dive = load_dives()["neglect"]
    for line in load_neglect().lines:
        for column in ("measure", "item", "window", "population", "breakdown", "category"):
            assert dive.knows(column, line.key[column]), (line.id, column)
    for breakdown, labels in load_neglect().order.items():
        assert dive.knows("breakdown", breakdown)
        assert all(dive.knows("category", label) for label in labels)
    against = [rule.category for rule in load_neglect().against]
    assert all(dive.knows("category", category) for category in against)


def test_every_check_of_the_census_has_its_words_and_what_to_do() -> None:
    assert [check.id for check in load_neglect().checks] == list(CIN_CHECKS)


def test_the_breaks_are_those_of_the_census_and_of_the_measures() -> None:
    told = {(b.measure, b.period) for b in load_neglect().breaks}
    for change in load_breaks():
        first = f"{change.first_year - 1}-{change.first_year % 100:02d}"
        assert {(measure, first) for measure in change.measures} <= told
    own = {
        (m.id, b.period) for m in load_measures() for b in m.breaks
        if m.id == "cin_need_abuse_neglect_pct"
    }  # fmt: skip
    assert own and own <= told


def test_a_break_is_said_from_its_first_day_on() -> None:
    data = load_neglect()
    assert data.find_breaks("N8", Period.parse("2024-25-Q4")) == []
    assert len(data.find_breaks("N8", Period.parse("2025-26-Q1"))) == 1


def test_tables_have_the_columns_they_state(restricted: dict[str, pd.DataFrame]) -> None:
    assert set(restricted) == set(TABLES)
    for name, table in restricted.items():
        assert list(table.columns) == TABLES[name].names


def test_nothing_sent_at_all_still_shows_the_published_figures(dives: Dives) -> None:
    nothing = Dives(dives.counts.iloc[:0], dives.durations.iloc[:0], {}, {})
    for base in (None, 10):
        tables = Dives.analyse(nothing, base)
        assert tables["neglect_figures"].empty and len(tables["neglect_band"])
        found = tables["neglect_findings"]
        assert found.loc[found["area"].eq(REGION.code), "pattern"].tolist() == ["published"]
        assert (found["pattern"] == "nothing_sent").sum() == len(CODES)
