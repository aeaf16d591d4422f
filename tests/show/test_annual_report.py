"""The annual report: how much of the year it has, what changed, what followed, data quality."""

from __future__ import annotations

import dataclasses
import math

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.schema import CONFIDENCE, TRAVEL, TRENDS, YEAR_QUALITY, YEAR_SIGNALS
from slinb.show.annual_report import YearView, annual_report_html, say_year
from tests.show.slides_tables import AUTHORITIES, MEASURES, PERIOD, REGION, make_comparison

BEDFORD, CAMBRIDGESHIRE = AUTHORITIES[:2]


def make_trends() -> pd.DataFrame:
    values = {"2025-26-Q1": 71.0, "2025-26-Q2": math.nan, "2025-26-Q3": 74.0}
    rows = [
        {"area": area, "measure": "dental_pct", "period": period, "value": value,
         "note": "no value: suppressed" if math.isnan(value) else ""}
        for area in (BEDFORD.code, REGION.code)
        for period, value in values.items()
    ]  # fmt: skip
    return TRENDS.from_rows(rows)


def make_travel() -> pd.DataFrame:
    def row(area: str, change: float, direction: str) -> dict[str, object]:
        return {
            "area": area, "measure": "dental_pct", "period": PERIOD.id, "since": "a year ago",
            "value": 74.0, "value_before": 74.0 - change, "change": change,
            "lower": change - 1.0, "upper": change + 1.0, "direction": direction,
        }  # fmt: skip

    return TRAVEL.from_rows(
        [
            row(BEDFORD.code, 5.0, "improved"),
            row(CAMBRIDGESHIRE.code, 0.5, "no real change"),
            row(REGION.code, 1.0, "no real change"),
        ]
    )


def make_view(period: Period = PERIOD) -> YearView:
    signal = {
        "area": BEDFORD.code, "measure": "dental_pct", "flag": "shift", "side": "better",
        "began": "2025-26-Q1", "until": "2025-26-Q2", "value": 71.0,
        "followed": "back within its limits",
    }  # fmt: skip
    quality = [
        {"area": area.code, "period": f"2025-26-Q{n}", "expected": 45, "shown": 44, "withheld": 1}
        for area in AUTHORITIES
        for n in (1, 2, 3)
    ]
    tables = {
        "trends": make_trends(),
        "travel_quarterly": make_travel(),
        "comparison_annual": make_comparison(),
        "year_signals": YEAR_SIGNALS.from_rows([signal]),
        "year_quality": YEAR_QUALITY.from_rows(quality),
        "confidence": CONFIDENCE.from_rows([{"area": BEDFORD.code, "grade": "close"}]),
    }
    return YearView(tables, MEASURES, AUTHORITIES, REGION, period)


def read(section: str) -> BeautifulSoup:
    return BeautifulSoup(str(annual_report_html(make_view(), section)), "html.parser")


def read_rows(soup: BeautifulSoup, caption: str) -> list[list[str]]:
    table = next(t for t in soup.find_all("table") if t.caption.text.startswith(caption))
    return [[c.text for c in row.find_all(["th", "td"])] for row in table.tbody.find_all("tr")]


@pytest.mark.parametrize(
    ("period", "start"),
    [
        ("2025-26-Q1", "The year so far: one of the four quarters of 2025-26"),
        ("2025-26-Q3", "The year so far: three of the four quarters of 2025-26"),
        ("2025-26-Q4", "The whole of 2025-26: four quarters, to 31 March 2026"),
    ],
)
def test_it_says_how_much_of_the_year_it_has(period: str, start: str) -> None:
    assert say_year(make_view(Period.parse(period))).startswith(start)


def test_the_region_stands_beside_the_official_figures() -> None:
    (row,) = read_rows(read("region"), REGION.name)
    assert row[1:4] == ["71.0%", "c", "74.0%"]
    assert row[4:6] == ["74.0%", "73.0%"]
    assert row[6] == "up 1.0 percentage points (0.0 to 2.0)"
    assert row[7].startswith("74.0% (")
    assert row[8].startswith("80.8% (")


def test_the_drawing_says_who_changed() -> None:
    soup = read("region")
    label = soup.svg["aria-label"]
    assert "Bedford: 0 worsened, 1 improved." in label
    assert "Thurrock: no figures." in label
    rows = read_rows(soup, "Measures by direction")
    assert rows[0] == ["Bedford", "1", "0", "0", "0", "0"]


def test_an_authority_lists_what_really_changed_and_nothing_else() -> None:
    soup = read("authorities")
    assert [h.text for h in soup.find_all("h3")] == [area.name for area in AUTHORITIES]
    assert [t.caption.text for t in soup.find_all("table")] == [
        "Bedford: measures that really changed against a year ago"
    ]
    (row,) = read_rows(soup, "Bedford")
    assert row[-1] == "improved"
    assert row[-3] == "up 5.0 percentage points (4.0 to 6.0)"


def test_a_signal_has_what_followed() -> None:
    (row,) = read_rows(read("signals"), "Signals")
    assert row[0] == "Bedford"
    assert row[2:] == [
        "part of a run on one side", "▲ better", "Apr–Jun 2025 to Jul–Sep 2025", "71.0%",
        "back within its limits",
    ]  # fmt: skip


def test_a_year_without_a_signal_says_so() -> None:
    view = make_view()
    bare = dataclasses.replace(view, tables={**view.tables, "year_signals": YEAR_SIGNALS.empty()})
    soup = BeautifulSoup(str(annual_report_html(bare, "signals")), "html.parser")
    assert "No series signalled in the year." in soup.get_text()
    assert soup.table is None


def test_data_quality_is_counted_by_quarter() -> None:
    soup = read("quality")
    assert "1,452 of 1,485 values" in soup.get_text()  # 44 and 45, of 11 in 3 quarters
    assert read_rows(soup, "Values with")[0] == ["Bedford", *["44 of 45 (1 withheld)"] * 3]
    assert "close 1" in soup.get_text()


def test_an_unknown_section_is_refused() -> None:
    with pytest.raises(ParameterError, match="no section of the annual report"):
        annual_report_html(make_view(), "outlook")
