"""The explorer: its figures, its words for what is not shown, its controls, and the gate."""

from __future__ import annotations

import json
import math

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from slinb.gate.folder import open_gate
from slinb.gate.secrets import Secret
from slinb.schema import FUNNEL, FUNNEL_CURVE, TRENDS
from slinb.show.explorer import EXPLORER_MARK, ExplorerView, explorer_html
from slinb.show.page import PageMarks, page_html
from tests.show.slides_tables import (
    AREAS,
    AUTHORITIES,
    MEASURES,
    PERIOD,
    REGION,
    make_comparison,
)

MARKS = PageMarks("East of England", PERIOD.label)
BEDFORD, CAMBRIDGESHIRE = AUTHORITIES[:2]


def make_trends(value: float = 3.0) -> pd.DataFrame:
    """Bedford over two quarters, the second withheld; Cambridgeshire with a signal."""
    rows = [
        {"area": BEDFORD.code, "period": "2025-26-Q2", "value": 61.25, "mean": 60.0},
        {"area": BEDFORD.code, "period": "2025-26-Q3", "value": math.nan, "mean": 60.0,
         "note": "no value: suppressed"},
        {"area": CAMBRIDGESHIRE.code, "period": "2025-26-Q3", "value": value, "mean": 1.0,
         "flag": "outside", "side": "better"},
    ]  # fmt: skip
    return TRENDS.from_rows([{"measure": "dental_pct", **row} for row in rows])


def make_funnel() -> pd.DataFrame:
    rows = [
        {"area": a.code, "measure": "dental_pct", "period": PERIOD.id, "value": value,
         "denominator": 100.0, "centre": 74.0, "judgement": "similar", "status": status}
        for a, value, status in zip(
            AUTHORITIES, (96.0, math.nan), ("provisional", "suppressed"), strict=False
        )
    ]  # fmt: skip
    return FUNNEL.from_rows(rows)


def make_view(trends: pd.DataFrame | None = None) -> ExplorerView:
    curve = FUNNEL_CURVE.from_rows(
        [{"denominator": float(n), "centre": 74.0, "lower": 60.0} for n in range(1, 201)]
    )
    tables = {
        "trends": make_trends() if trends is None else trends,
        "comparison_quarterly": make_comparison(),
        "comparison_annual": make_comparison("rereferrals_pct"),
        "funnel_quarterly": make_funnel(),
        "funnel_annual": FUNNEL.empty(),
    }
    curves = {("quarterly", "dental_pct"): curve}
    return ExplorerView(tables, curves, MEASURES, AUTHORITIES, REGION, PERIOD)


@pytest.fixture(scope="module")
def soup() -> BeautifulSoup:
    return BeautifulSoup(str(explorer_html(make_view())), "html.parser")


@pytest.fixture(scope="module")
def measure(soup: BeautifulSoup) -> dict[str, object]:
    data = json.loads(soup.find("script").string)
    return data["kinds"]["quarterly"]["measures"][0]


def test_each_series_says_whose_it_is(measure: dict[str, list[dict[str, object]]]) -> None:
    first = measure["trend"][0]
    assert (first["area"], first["measure"]) == (BEDFORD.name, "dental_pct")
    assert first["period"] == ["2025-26-Q2", "2025-26-Q3"]


def test_a_gap_has_its_reason_and_is_never_zero(
    measure: dict[str, list[dict[str, object]]],
) -> None:
    first = measure["trend"][0]
    assert first["value"][1] is None
    assert first["why"] == ["", "c: withheld"]


def test_a_signal_has_its_word(measure: dict[str, list[dict[str, object]]]) -> None:
    assert measure["trend"][1]["signal"] == ["▲ better"]


def test_what_is_not_shown_is_not_drawn(measure: dict[str, object]) -> None:
    for one in measure["comparison"]:
        place = one["area"].index(CAMBRIDGESHIRE.name)
        assert one["value"][place] is one["lower"][place] is one["upper"][place] is None
        assert one["why"][place] == "c: withheld"
    funnel = measure["funnel"]
    place = funnel["area"].index(CAMBRIDGESHIRE.name)
    assert funnel["value"][place] is funnel["denominator"][place] is None


def test_the_curve_keeps_both_its_ends(measure: dict[str, dict[str, list[float]]]) -> None:
    curve = measure["curve"]
    assert (curve["denominator"][0], curve["denominator"][-1]) == (1, 200)
    assert len(curve["denominator"]) < 40
    assert "upper" not in curve  # nothing of it is known


def test_every_control_is_native_and_labelled(soup: BeautifulSoup) -> None:
    form = soup.form
    labels = {label["for"] for label in form.find_all("label") if label.get("for")}
    assert {select["id"] for select in form.find_all("select")} == labels
    boxes = [label.get_text(strip=True) for label in form.select(".boxes label")]
    assert boxes == [REGION.name, *(area.name for area in AUTHORITIES)]
    assert form.fieldset.legend.string == "Authorities"


def test_without_a_script_it_says_where_the_figures_are(soup: BeautifulSoup) -> None:
    assert "rugs" in soup.noscript.get_text()
    assert soup.form.has_attr("hidden")


def test_the_page_has_its_script_under_a_policy_and_stays_small() -> None:
    html = page_html(str(explorer_html(make_view())), "Explorer", marks=MARKS)
    assert EXPLORER_MARK in html
    policy = BeautifulSoup(html[:4000], "html.parser").find("meta", attrs={"http-equiv": True})
    assert "unsafe-inline'; base" in policy["content"]
    assert "script-src 'sha256-" in policy["content"]
    assert html.count("<script>") == 3  # page, plotly, explorer
    assert len(html.encode("utf-8")) < 6_000_000


def test_the_gate_reads_its_data() -> None:
    """A protected figure in a series, in the cell that its area, measure and period make."""
    secret = Secret(CAMBRIDGESHIRE.code, "dental_pct", PERIOD.id, "own value", 3.4884, 1)
    gate = open_gate([secret], AREAS, MEASURES, strict=False)
    leaking = str(explorer_html(make_view(make_trends(3.4884))))
    assert [leak.area for leak in gate.find_leaks("explorer.html", leaking)] == [
        CAMBRIDGESHIRE.code
    ]
    quiet = str(explorer_html(make_view(make_trends(77.0))))
    assert gate.find_leaks("explorer.html", quiet) == []
