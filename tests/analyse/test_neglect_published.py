from __future__ import annotations

import math

import pandas as pd
import pytest

from slinb.analyse.neglect_published import EVIDENCE, NEGLECT_BAND, band_neglect, list_evidence
from slinb.analyse.points import compute_points
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.schema import OBSERVATIONS

IDS = [
    "cp_neglect_pct",
    "cp_neglect_multiple_pct",
    "cp_starting_neglect_pct",
    "cp_starting_neglect_multiple_pct",
    "factor_neglect_pct",
    "cp_rate",
]
MEASURES = load_measures().select(IDS)

# The project's field notes, section 6.2, “Published East of England evidence, CP plans at 31
# March 2024 and factors 2024/25”: plans, neglect %, multiple %, neglect or multiple %, factor %.
# DfE, Children in need: tables D4 (2013 to 2024) and C3 (2018 to 2025).
PUBLISHED = """
England              | 49,900 | 49 | 2  | 51 | 18
East of England      | 3,400  | 50 | 7  | 57 | 21
Bedford              | 161    | 62 | 0  | 62 | 30
Cambridgeshire       | 389    | 44 | 0  | 44 | 19
Central Bedfordshire | 242    | 50 | 0  | 50 | 15
Essex                | 625    | 33 | 35 | 68 | 32
Hertfordshire        | 378    | 44 | 0  | 44 | 22
Luton                | 231    | 43 | 6  | 49 | 15
Norfolk              | 484    | 51 | c  | –  | 14
Peterborough         | 277    | 58 | c  | –  | 24
Southend-on-Sea      | 92     | 68 | 0  | 68 | 19
Suffolk              | 373    | 65 | 0  | 65 | 24
Thurrock             | 144    | 74 | 0  | 74 | 24
"""
TABLE = [[cell.strip() for cell in line.split("|")] for line in PUBLISHED.strip().splitlines()]


@pytest.fixture(scope="module")
def points(pack: pd.DataFrame) -> pd.DataFrame:
    wanted = pack[pack["measure"].isin(IDS) & pack["period"].ge("2021-22")]
    return compute_points(wanted, MEASURES)


def print_row(row: object) -> list[str]:
    """Write one row as the field notes do: whole per cent, c for Multiple, a dash for the band."""

    def share(value: float, withheld: str) -> str:
        return withheld if math.isnan(value) else f"{math.floor(value + 0.5)}"

    return [
        load_areas()[row.area].name,  # type: ignore[attr-defined]
        f"{row.plans:,.0f}",  # type: ignore[attr-defined]
        share(row.neglect_pct, "–"),  # type: ignore[attr-defined]
        share(row.multiple_pct, "c" if row.multiple_status == "suppressed" else "?"),  # type: ignore[attr-defined]
        share(row.band_pct, "–" if row.band_status == "suppressed" else "?"),  # type: ignore[attr-defined]
        share(row.factor_pct, "–"),  # type: ignore[attr-defined]
    ]


def test_the_published_table_is_reproduced_cell_for_cell(points: pd.DataFrame) -> None:
    codes = [area.code for name, *_ in TABLE if (area := load_areas().find(name))]
    rows = list_evidence(points, codes, "2023-24", "2024-25")
    assert [print_row(row) for row in rows.itertuples()] == TABLE
    assert list(rows.columns) == EVIDENCE.names


def test_essex_is_lowest_until_multiple_is_counted(points: pd.DataFrame) -> None:
    codes = [a.code for a in load_areas().authorities("E12000006")]
    rows = list_evidence(points, codes, "2023-24", "2024-25").set_index("area")
    essex = load_areas().find("Essex")
    assert essex is not None
    assert rows["neglect_pct"].idxmin() == essex.code
    assert rows["band_pct"].rank(ascending=False)[essex.code] <= 3


def make_points(*rows: tuple[str, float | None, float | None, str, str]) -> pd.DataFrame:
    return OBSERVATIONS.from_rows(
        [
            {
                "area": "E06000032", "period": "2023-24", "measure": measure, "numerator": above,
                "denominator": below, "status": status, "note": note,
                "value": 100 * above / below if above is not None and below else None,
            }
            for measure, above, below, status, note in rows
        ]
    )  # fmt: skip


def test_a_band_with_a_withheld_part_is_unknown_and_so_is_multiple() -> None:
    rows = band_neglect(
        make_points(
            ("cp_neglect_pct", 50, 100, "final", ""),
            ("cp_neglect_multiple_pct", None, 100, "suppressed", ""),
        )
    )
    row = rows.iloc[0]
    assert row["neglect_pct"] == 50
    assert rows[["multiple", "multiple_pct", "band", "band_pct"]].isna().all(axis=None)
    assert (row["multiple_status"], row["band_status"]) == ("suppressed", "suppressed")


def test_a_count_worked_out_round_a_withheld_multiple_is_not_used() -> None:
    """Lewisham, 2023-24: Multiple is c, yet all less the other categories would give it."""
    note = "Numerator: all less the parts published, because another part is withheld."
    row = band_neglect(
        make_points(
            ("cp_neglect_pct", 138, 300, "final", ""),
            ("cp_neglect_multiple_pct", 146, 300, "final", note),
        )
    ).iloc[0]
    assert math.isnan(row["multiple"]) and math.isnan(row["band"])
    assert row["multiple_status"] == "suppressed"


def test_a_withheld_neglect_share_leaves_multiple_unknown_but_the_band_stands() -> None:
    row = band_neglect(
        make_points(
            ("cp_neglect_pct", None, 100, "suppressed", ""),
            ("cp_neglect_multiple_pct", 60, 100, "final", ""),
        )
    ).iloc[0]
    assert row["band_pct"] == 60
    assert math.isnan(row["multiple"]) and row["multiple_status"] == "suppressed"


def test_no_multiple_at_all_is_a_true_nought() -> None:
    row = band_neglect(
        make_points(
            ("cp_neglect_pct", 50, 100, "final", ""),
            ("cp_neglect_multiple_pct", 50, 100, "final", ""),
            ("cp_rate", 100, 50_000, "final", ""),
        )
    ).iloc[0]
    assert row["multiple"] == 0
    assert row["neglect_rate"] == pytest.approx(10)


def test_the_rate_is_of_the_plans_open_and_of_its_own_year(points: pd.DataFrame) -> None:
    rows = band_neglect(points)
    assert list(rows.columns) == NEGLECT_BAND.names
    assert rows.loc[rows["window"].eq("starting"), "neglect_rate"].isna().all()
    luton = rows[
        rows["area"].eq("E06000032") & rows["period"].eq("2023-24") & rows["window"].eq("open")
    ].iloc[0]
    # D4: 100 plans for neglect; ONS mid-2023, 0 to 17: as the pack's rate of plans has it.
    people = points[
        points["area"].eq("E06000032")
        & points["period"].eq("2023-24")
        & points["measure"].eq("cp_rate")
    ]["denominator"].iloc[0]
    assert luton["neglect_rate"] == pytest.approx(100 / people * 10_000)
