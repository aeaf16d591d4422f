"""Strips of a hundred per cent: what is withheld of one."""

from __future__ import annotations

import re

from slinb.show.dive_strips import Segment, Strip, draw_strips


def test_a_withheld_part_of_a_strip_is_framed_and_says_c() -> None:
    parts = [Segment("one", "series-1"), Segment("two", "series-2"), Segment("three", "neutral")]
    nan = float("nan")
    svg = draw_strips(parts, [Strip("Luton", [40.0, nan, nan])], "Luton: 40 per cent one.")
    words = re.findall(r">([^<>]+)</text>", svg)
    assert "40" in words
    assert "c" in words
    assert "60" not in words
    none = draw_strips(parts, [Strip("Luton", [nan, nan, nan], reason="not sent")], "None sent.")
    assert "not sent" in none
