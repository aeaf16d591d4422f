"""Drawings the size of a word: the places of their points, and gaps that stay gaps."""

from __future__ import annotations

import math
import re

import pandas as pd

from slinb.show.rug_sparks import list_sparks
from slinb.show.sparkline import WIDTH, position_strip, spark_line
from slinb.show.theme import page_css
from tests.show.finding_tables import ESSEX, HIGHER, LOWER, LUTON, NEITHER, make_trend, read
from tests.show.profile_tables import RISING


def places(svg) -> list[float]:
    return [float(c["cx"]) for c in read(svg).select("circle")]


def test_a_strip_runs_from_the_least_to_the_most() -> None:
    # 10 to 30 over 8 to 142: each unit is 6.7 points.
    assert places(position_strip([10, 30, 15], 20, alt="x")) == [8, 41.5, 142, 75]


def test_the_benchmark_has_its_place_too() -> None:
    soup = read(position_strip([10], 30, 20, alt="x", css_class="w2"))
    assert soup.select_one("path.bench")["d"].startswith("M75 ")
    assert soup.select_one("circle.own")["class"] == ["own", "w"]


def test_missing_figures_are_left_out_and_a_missing_own_draws_nothing() -> None:
    assert places(position_strip([math.nan, 10], 30, alt="x")) == [8, 142]
    assert str(position_strip([1, 2], math.nan, alt="x")) == ""


def test_equal_figures_stand_in_the_middle() -> None:
    assert set(places(position_strip([5, 5], 5, 5, alt="x"))) == {WIDTH / 2}


def test_a_line_breaks_at_a_gap() -> None:
    path = read(spark_line([0, 10, math.nan, 5, 10], alt="x")).select_one("path.line")["d"]
    assert [len(re.findall(r"[ML]", run)) for run in re.split("(?=M)", path) if run] == [2, 2]
    assert path.startswith("M8 21L41.5 5M")


def test_a_line_without_its_last_value_has_no_last_point() -> None:
    assert read(spark_line([1, 2, 3], alt="x")).circle is not None
    assert read(spark_line([1, 2, math.nan], alt="x")).circle is None
    assert str(spark_line([1, math.nan], alt="x")) == ""


def test_words_for_it_are_escaped() -> None:
    svg = spark_line([1, 2], alt='"><script>')
    assert read(svg).svg["aria-label"] == '"><script>' and read(svg).script is None


def test_the_rugs_lines_show_what_the_rug_shows() -> None:
    """Twelve months for events, so a line begins with the fourth quarter of a series."""
    trends = pd.concat([make_trend(RISING), make_trend([5] * 8, HIGHER)])
    lines = list_sparks(trends, [LOWER, HIGHER, NEITHER], LUTON)
    assert set(lines) == {LOWER.id, HIGHER.id}
    points = {name: len(re.findall(r"[ML]", read(svg).path["d"])) for name, svg in lines.items()}
    assert points == {LOWER.id: len(RISING) - 3, HIGHER.id: 8}
    label = read(lines[LOWER.id]).svg["aria-label"]
    assert label.startswith("Luton to Oct–Dec 2025: from 10.0% to 16.0%")
    assert label.endswith("the latest quarter above its upper limit")
    assert list_sparks(trends, [LOWER], ESSEX) == {}


def test_a_page_carries_their_style_only_where_it_needs_it() -> None:
    assert "svg.spark" in page_css(str(spark_line([1, 2], alt="x")))
    assert "svg.spark" not in page_css('<section class="slinb rug">')
