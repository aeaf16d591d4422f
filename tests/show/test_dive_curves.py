"""Lines over years or months: gaps are gaps."""

from __future__ import annotations

import re
from functools import partial

from slinb.show.dive_curves import Curve, draw_curves


def test_a_gap_breaks_a_line() -> None:
    draw = partial(draw_curves, span=(0, 4), top=50, ticks=[(0, "0")], dots=False)
    whole = draw([Curve([(0, 10), (1, 20), (2, 30)], "", "series-1")], "Up to 30.")
    broken = draw(
        [Curve([(0, 10), (1, 20), (2, float("nan")), (3, 30), (4, 40)], "", "series-1")], "Up."
    )
    line = r'<path d="([^"]+)" style="stroke: var\(--series-1\)'
    assert [d.count("M") for d in re.findall(line, whole)] == [1]
    assert [d.count("M") for d in re.findall(line, broken)] == [2]
