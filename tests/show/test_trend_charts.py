"""Trends: each chart says its finding, draws its rows to scale, and hides nothing."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from slinb.errors import SchemaError
from slinb.schema import TRENDS
from slinb.show.rows import list_rows
from slinb.show.trend_charts import trend_figure, trend_panels_html, trends_html
from slinb.show.trend_panel import share_span
from slinb.show.trend_words import read_signal, sharpen_decimals
from tests.show.finding_tables import (
    AREAS,
    EAST,
    ESSEX,
    HIGHER,
    LOWER,
    LUTON,
    NEITHER,
    REGION,
    make_trend,
    read,
    text_of,
)

NAN = math.nan
#: Steady, then far above: outside its limits. NHS England's demonstration series ends likewise.
JUMP = [20, 21, 20, 19, 20, 21, 20, 19, 20, 21, 20, 34]
STEADY = [20, 21, 20, 19, 20, 21, 20, 19, 20, 21, 20, 19]
SHIFT = [20, 22, 19, 21, 20, 24, 24.5, 24, 25, 24, 24.5, 24.2]


def page(*tables: pd.DataFrame, measures=(LOWER, HIGHER, NEITHER), areas=EAST, **more):
    trends = pd.concat(tables, ignore_index=True)
    return read(trends_html(trends, measures, [REGION, *areas], **more))


@pytest.fixture(scope="module")
def jump() -> BeautifulSoup:
    """The page of one series whose last quarter jumps."""
    return page(make_trend(JUMP))


def titles(soup) -> list[str]:
    return [text_of(panel.find(["h3", "h4"])) for panel in soup.select(".panel")]


def read_line(panel, token: str) -> np.ndarray:
    """Return the places of a drawn line, y upwards."""
    path = panel.find("path", style=re.compile(rf"stroke: var\(--{token}\)"))
    places = [float(part) for part in re.findall(r"-?[\d.]+", path["d"])]
    return np.array(places).reshape(-1, 2) * [1, -1]


def test_a_signal_for_the_worse_says_so_in_title_sign_and_alternative_text(jump) -> None:
    soup = jump
    finding = "Luton, re-referrals within 12 months: the latest quarter above its upper limit"
    assert titles(soup) == [f"{finding} ▲ for the worse"]
    assert soup.select_one(".panel .sign")["class"] == ["sign", "w1"]
    label = soup.svg["aria-label"]
    assert label.startswith(f"{finding}, for the worse.")
    assert "Oct–Dec 2025: 34.0%; over 12 months 33.0%." in label
    assert soup.find("h2", string="For the worse") is not None


@pytest.mark.parametrize(
    ("measure", "words", "css"),
    [(HIGHER, "for the better", "b1"), (NEITHER, "on the high side", "n1")],
)
def test_the_same_point_is_good_or_bad_by_polarity(measure, words, css) -> None:
    soup = page(make_trend(JUMP, measure))
    assert titles(soup)[0].endswith(f"▲ {words}")
    assert soup.select_one(".panel .sign")["class"] == ["sign", css]


def test_a_lower_point_of_a_lower_is_better_measure_is_for_the_better() -> None:
    soup = page(make_trend([40 - value for value in JUMP]))
    assert titles(soup)[0].endswith("below its lower limit ▼ for the better")


def test_the_page_opens_with_how_many_series_signal_what() -> None:
    soup = page(make_trend(JUMP), make_trend(STEADY, area=ESSEX), make_trend(JUMP, HIGHER))
    lead = text_of(soup.select_one("p.big"))
    assert lead == (
        "2 of 3 series show a new signal in October to December 2025 (Q3 2025-26): "
        "1 for the worse and 1 for the better."
    )


def test_every_new_signal_stands_in_the_table_with_a_link_to_its_chart() -> None:
    soup = page(make_trend(JUMP), make_trend(JUMP, HIGHER, ESSEX), make_trend(STEADY, NEITHER))
    table = soup.select_one("table.stack")
    rows = {row.th.text: row for row in table.select("tbody tr")}
    assert set(rows) == {"Luton", "Essex"}
    assert text_of(rows["Luton"].select_one('[data-label="For the worse"]')) == LOWER.short
    assert text_of(rows["Essex"].select_one('[data-label="For the better"]')) == HIGHER.short
    assert "Bedford" in table.caption.text and "Luton" not in table.caption.text
    targets = {panel["id"] for panel in soup.select(".panel")}
    assert {a["href"][1:] for a in table.select("a")} == targets


def test_what_is_not_drawn_is_still_named_and_the_worse_are_drawn_first() -> None:
    soup = page(
        make_trend(JUMP, HIGHER), make_trend(JUMP, NEITHER, ESSEX), make_trend(JUMP), most=1
    )
    assert len(soup.select(".panel")) == 1 and titles(soup)[0].endswith("for the worse")
    assert "2 of these have no chart here" in soup.text
    rows = {row.th.text: row for row in soup.select("table.stack tbody tr")}
    cell = rows["Luton"].select_one('[data-label="For the better"]')
    assert text_of(cell) == HIGHER.short and cell.a is None


def test_a_signal_that_goes_on_is_listed_and_not_drawn() -> None:
    soup = page(make_trend(JUMP, new=False))
    assert not soup.select(".panel")
    row = soup.find("h2", string="Signals that go on").find_next("table").select_one("tbody tr")
    assert text_of(row) == (
        f"Luton {LOWER.short} the latest quarter above its upper limit ▲ for the worse"
    )


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.one_of(st.integers(0, 30), st.just(NAN)), min_size=1, max_size=24),
    st.sampled_from([LOWER, HIGHER, NEITHER]),
)
def test_words_of_a_signal_agree_with_the_series(values, measure) -> None:
    """What a title counts is counted again here, from the values alone."""
    rows = list_rows(make_trend(values, measure))
    signal = read_signal(rows, measure)
    last = rows[-1]
    assert (signal is None) == (last["flag"] == "")
    if signal is None:
        return
    mean, latest = last["mean"], values[-1]
    if last["flag"] == "shift":
        above = latest > mean
        ends = [v == mean or math.isnan(v) or (v > mean) != above for v in values[::-1]]
        run = ends.index(True) if True in ends else len(values)
        assert run >= 7
        assert signal.words == f"{run} quarters in a row {'above' if above else 'below'} its mean"
    if last["flag"] == "trend":
        steps = np.sign(np.diff(values))[::-1]
        run = next((i for i, s in enumerate(steps) if s != steps[0] or math.isnan(s)), len(steps))
        assert run >= 6
        assert signal.words == f"{run + 1} quarters {'rising' if steps[0] > 0 else 'falling'}"
    if last["flag"] == "outside":
        edge = "above its upper" if latest > last["upper"] else "below its lower"
        assert not last["lower"] <= latest <= last["upper"]
        assert signal.words == f"the latest quarter {edge} limit"
    if last["flag"] in ("outside", "two_of_three", "shift"):
        assert signal.arrow == ("▲" if latest > mean else "▼")


def test_trial_limits_are_said_on_the_chart_and_in_words_until_thirteen_points(jump) -> None:
    short, long = jump, page(make_trend([20, *JUMP]))
    assert "per cent, trial limits" in short.svg.text
    assert "Trial limits: 12 quarters so far" in short.svg["aria-label"]
    assert "Trial limits: 12 quarters so far" in short.get_text().replace(short.svg.text, "")
    assert "stroke-dasharray: 4,3" in str(short.svg)
    assert "trial" not in long.svg.text and "Trial" not in long.svg["aria-label"]
    assert "stroke-dasharray: 4,3" not in str(long.svg)


def test_values_are_drawn_to_scale() -> None:
    """Places are a straight line of values: the drawing adds nothing and rounds to a tenth."""
    soup = page(make_trend(SHIFT))
    for token, values in (("series-1", SHIFT), ("series-2", [v - 1 for v in SHIFT[3:]])):
        drawn = read_line(soup, token)[:, 1]
        slope, start = np.polyfit(values, drawn, 1)
        assert slope > 0
        assert np.abs(slope * np.array(values) + start - drawn).max() < 0.11


def test_the_charts_of_one_measure_share_a_scale() -> None:
    near = [value + 40 for value in JUMP]
    soup = page(make_trend(JUMP, HIGHER), make_trend(near, HIGHER, ESSEX))
    slopes = [
        np.polyfit(values, read_line(panel, "series-1")[:, 1], 1)[0]
        for panel, values in zip(soup.select(".panel"), (near, JUMP), strict=True)
    ]
    assert slopes[0] == pytest.approx(slopes[1], rel=0.01)
    assert all("A scale of its own" not in notes.text for notes in soup.select(".notes"))


def test_a_series_far_wilder_than_the_others_has_a_scale_of_its_own_and_says_so() -> None:
    wild = [*JUMP[:-1], 900]
    soup = page(make_trend(JUMP), make_trend(wild, area=ESSEX), make_trend(JUMP, area=EAST[0]))
    notes = {p["id"]: p.select_one(".notes p").text for p in soup.select(".panel")}
    said = [key for key, text in notes.items() if "A scale of its own" in text]
    assert said == [f"trend-{LOWER.id}-{ESSEX.code}"]
    assert share_span([2.0, 3.0, 130.0]) == 3.0


def test_a_gap_is_drawn_as_a_gap_and_said() -> None:
    values = [20, 21, 20, NAN, 20, 21, 20, 19, 20, 21, 20, 34]
    soup = page(make_trend(values, notes={3: "no value: not sent"}))
    line = soup.find("path", style=re.compile(r"stroke: var\(--series-1\)"))["d"]
    assert line.count("M") == 2  # the pen is lifted once
    assert "No value: not sent (Oct–Dec 2023)." in soup.select_one(".notes p").text
    assert "No value: not sent (Oct–Dec 2023)." in soup.svg["aria-label"]
    table = soup.select_one(".panel table")
    gap = table.find("th", string="Oct–Dec 2023").parent
    assert gap.td.text == "–"


def test_a_break_of_definition_breaks_the_line_and_says_why() -> None:
    reason = "new segment, the definition changed: counted by child, not by event"
    values = [20, 21, 20, 19, 20, 21, 40, 41, 40, 39, 40, 54]
    soup = page(make_trend(values, rebase_at=[6], notes={6: reason}))
    assert "new segment" in soup.svg.text
    assert "counted by child, not by event" in soup.select_one(".notes p").text
    assert "counted by child, not by event" in soup.svg["aria-label"]
    lines = soup.find_all("path", style=re.compile(r"stroke: var\(--series-1\)"))
    assert [path["d"].count("L") for path in lines if "L" in path["d"]] == [5, 5]


def test_a_series_without_limits_says_so_and_draws_no_band() -> None:
    flat = make_trend([20.0] * 12, notes={0: "no limits: no two values in a row that differ"})
    soup = read(trend_panels_html(flat, [LOWER], [LUTON]))
    assert "No limits: no two values in a row that differ." in soup.select_one(".notes p").text
    assert "var(--surface)" not in str(soup.svg) and "trial" not in soup.svg.text
    assert "limits" not in soup.svg["aria-label"].replace("No limits", "")


def test_a_limit_below_zero_is_drawn_at_zero() -> None:
    soup = page(make_trend([0, 1, 0, 2, 0, 1, 0, 2, 0, 1, 0, 9]))
    assert "0.0% limit" in soup.svg.text
    assert "limits 0.0% to" in soup.svg["aria-label"]


@pytest.mark.parametrize(
    "values",
    [[NAN] * 12, [20.0], [NAN] * 11 + [20.0], [0.0] * 12, [5.0] * 12, [1, 2], [1e6, 0] * 6],
    ids=["none", "single", "one at last", "zero", "equal", "two", "huge"],
)
@pytest.mark.parametrize("measure", [LOWER, NEITHER], ids=["share", "rate"])
def test_a_poor_series_is_drawn_without_a_sentinel(values, measure) -> None:
    soup = read(trend_panels_html(make_trend(values, measure), [measure], [LUTON]))
    assert "nan" not in str(soup.svg) and "inf" not in str(soup.svg).replace("information", "")
    assert len(soup.select(".panel table tbody tr")) == len(values)


def test_no_series_and_no_signal_are_said() -> None:
    assert "No quarter has been returned yet" in page(TRENDS.empty()).text
    quiet = page(make_trend(STEADY))
    assert text_of(quiet.select_one("p.big")).startswith("None of 1 series shows a new signal")
    assert not quiet.select("table")


def test_the_table_behind_a_chart_holds_its_figures(jump) -> None:
    rows = jump.select(".panel details table tbody tr")
    assert [row.td.text for row in rows] == [f"{value:.1f}%" for value in JUMP]
    assert rows[-1].select("td")[2].text == "▲ outside the limits"
    assert rows[0].th.text == "Jan–Mar 2023" and rows[-1].th.text == "Oct–Dec 2025"


def test_a_snapshot_names_its_day_and_has_no_second_line() -> None:
    soup = page(make_trend(JUMP, HIGHER))
    assert "31 Dec 2025: 34.0%." in soup.svg["aria-label"]
    assert "12 months" not in soup.svg.text and "--series-2" not in str(soup.svg)


def test_figures_that_differ_look_different() -> None:
    assert sharpen_decimals(LOWER, [(33.597, 33.608)]).decimals == 2
    assert sharpen_decimals(LOWER, [(33.0, 34.0), (NAN, 1.0), (2.0, 2.0)]).decimals == 1


def test_headings_run_in_order_and_every_drawing_has_alternative_text() -> None:
    soup = page(make_trend(JUMP), make_trend(JUMP, HIGHER), make_trend(JUMP, new=False, area=ESSEX))
    levels = [int(tag.name[1]) for tag in soup.find_all(re.compile("^h[1-6]$"))]
    assert levels[0] == 2 and all(b - a <= 1 for a, b in itertools.pairwise(levels))
    assert all(svg["role"] == "img" and svg["aria-label"] for svg in soup.select("svg"))
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    assert len(ids) == len(set(ids))


def test_the_same_table_gives_the_same_bytes_in_any_order_of_rows() -> None:
    table = pd.concat([make_trend(JUMP), make_trend(JUMP, HIGHER)], ignore_index=True)
    shuffled = table.sample(frac=1, random_state=1)
    measures, areas = [LOWER, HIGHER], [LUTON]
    assert str(trends_html(table, measures, areas)) == str(trends_html(shuffled, measures, areas))


def test_a_chart_and_its_table_are_small_enough_for_forty_five_on_a_page() -> None:
    """400 KB a page, of which 45 charts may take 300."""
    tables = [make_trend(JUMP, LOWER, area) for area in EAST]
    html = str(trends_html(pd.concat(tables), [LOWER], EAST))
    assert html.count("<svg") == 11
    assert len(html.encode()) / 11 < 300_000 / 45 + 500


def test_names_are_escaped() -> None:
    measure = LOWER.model_copy(update={"short": "A <b>bold</b> & risky", "unit": "<i>"})
    html = str(page(make_trend(JUMP, measure), measures=[measure]))
    assert "<b>bold" not in html and "<i>" not in html


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match="trends"):
        trends_html(pd.DataFrame({"area": ["x"]}), [LOWER], [LUTON])


def test_the_interactive_figure_shows_the_same_points() -> None:
    values = [20, 21, 20, NAN, 20, 21, 20, 19, 20, 21, 20, 34]
    figure = trend_figure(make_trend(values), LOWER, LUTON)
    points = figure.data[-1]
    assert list(points.y) == pytest.approx(values, nan_ok=True)
    assert points.marker.symbol[-1] == "triangle-up" and points.marker.symbol[0] == "circle"
    title = figure.layout.title.text.replace("<br>", " ")
    assert "Luton, re-referrals within 12 months: the latest quarter above its upper" in title
    assert "the latest quarter above its upper limit, for the worse" in points.text[-1]
    assert points.text[3] == "Oct–Dec 2023: no value."
    assert {line.connectgaps for line in figure.data[:-1]} == {False}


def test_the_interactive_figure_of_an_unknown_series_says_so() -> None:
    figure = trend_figure(make_trend(JUMP), LOWER, AREAS.find("Norfolk"))
    assert figure.layout.title.text == "Norfolk: no quarter of re-referrals within 12 months"
