"""Published series: every year of the areas asked for, in order, cut where a definition changed."""

from __future__ import annotations

from slinb.analyse.published_series import list_published_series
from slinb.catalogue.measures import load_measures
from slinb.schema import OBSERVATIONS

MEASURES = load_measures()
SGO = MEASURES["ceased_sgo_pct"]
PLAIN = MEASURES["rereferrals_pct"]


def points(measure, *years: str, area: str = "E06000032", **more):
    return [
        {"area": area, "measure": measure.id, "period": year, "value": 1.0 + i, "status": "final"}
        | more
        for i, year in enumerate(years)
    ]


def series(*rows, measures=(PLAIN, SGO), codes=("E06000032", "E92000001")):
    return list_published_series(OBSERVATIONS.from_rows(list(rows)), measures, codes)


def test_years_stand_in_order_whatever_their_order_in_the_file() -> None:
    found = series(*points(PLAIN, "2023-24", "2021-22", "2022-23"))
    assert found["period"].tolist() == ["2021-22", "2022-23", "2023-24"]
    assert found["value"].tolist() == [2.0, 3.0, 1.0]


def test_a_break_begins_a_new_segment() -> None:
    """SGO codes changed on 1 April 2018 (`ceased_sgo_pct` in the catalogue)."""
    found = series(*points(SGO, "2016-17", "2017-18", "2018-19", "2019-20"))
    assert found["segment"].tolist() == [0, 0, 1, 1]
    assert set(series(*points(PLAIN, "2016-17", "2018-19"))["segment"]) == {0}


def test_other_areas_and_measures_are_left_out() -> None:
    found = series(
        *points(PLAIN, "2023-24"),
        *points(PLAIN, "2023-24", area="E09000001"),
        *points(SGO, "2023-24"),
        measures=[PLAIN],
    )
    assert found[["area", "measure"]].to_numpy().tolist() == [["E06000032", PLAIN.id]]


def test_a_withheld_year_keeps_its_status_and_no_value() -> None:
    row = series(*points(PLAIN, "2023-24", value=float("nan"), status="suppressed")).iloc[0]
    assert row["status"] == "suppressed" and row.isna()["value"]


def test_nothing_published_gives_an_empty_table() -> None:
    assert series(codes=()).empty
