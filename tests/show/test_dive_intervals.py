"""Rows of dots with intervals: a row without a figure."""

from __future__ import annotations

from slinb.show.dive_intervals import Dot, Interval, draw_intervals


def test_a_row_without_figure_says_why() -> None:
    nan = float("nan")
    row = Interval("Luton", [Dot(nan, nan, nan, "series-1")], "", reason="c: withheld")
    known = Interval("Essex", [Dot(20, 10, 30, "series-1")], "20%")
    svg = draw_intervals([row, known], "Essex 20 per cent.", top=40)
    assert "c: withheld" in svg
    assert "20%" in svg
