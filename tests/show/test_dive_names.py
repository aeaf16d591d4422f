"""Names at the left of a deep dive's charts: every authority of England leaves room for a scale."""

from __future__ import annotations

import pytest

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.periods import Period
from slinb.show.dive_intervals import Dot, Interval, draw_intervals
from slinb.show.drawings import measure_text
from slinb.show.section20_view import Section20View

AREAS = load_areas()
REGIONS = [a for a in AREAS if a.level == "region" and AREAS.authorities(a.code)]


@pytest.mark.parametrize("region", REGIONS, ids=lambda r: r.name)
def test_every_name_leaves_room_for_the_scale(region: Area) -> None:
    areas = AREAS.authorities(region.code)
    view = Section20View({}, areas, region, Period.parse("2025-26-Q3"))
    names = [view.shorten_name(area) for area in areas]
    assert len(set(names)) == len(names)
    assert max(measure_text(name) for name in names) <= 120


def test_a_scale_is_drawn_however_little_room_is_left() -> None:
    dots = [Dot(40.0, 30.0, 50.0, "series-1")]
    rows = [Interval("Bournemouth, Christchurch and Poole", dots, "40% (4 of 10)")]
    assert "100%" in draw_intervals(rows, "One row.", top=100.0)
