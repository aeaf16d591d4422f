"""Labels: none covers another, a point or a leader; all as near as they can be."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from slinb.show.drawings import measure_text
from slinb.show.labels import Box, place_labels, spread_labels

PLACES = st.lists(st.floats(0, 200), min_size=1, max_size=8)


@given(PLACES, st.floats(1, 12))
def test_spread_labels_moves_as_little_as_least_squares_needs(wanted, gap) -> None:
    """Against scipy's isotonic regression of the wanted places less their least offsets."""
    found = spread_labels(wanted, gap, -1e6, 1e6)
    order = np.argsort(wanted, kind="stable")
    offset = gap * np.arange(len(wanted))
    best = isotonic_regression(np.array(wanted)[order] - offset).x + offset
    assert np.array(found)[order] == pytest.approx(best, abs=1e-6)


@given(PLACES, st.floats(1, 12))
def test_spread_labels_keeps_gap_and_bounds(wanted, gap) -> None:
    found = sorted(spread_labels(wanted, gap, 0, 200))
    assert all(b - a >= gap - 1e-6 for a, b in itertools.pairwise(found))
    assert found[0] >= -1e-9 and found[-1] <= 200 + 1e-6


def test_spread_labels_keeps_the_order_of_equal_places() -> None:
    assert spread_labels([5, 5, 5], 10, 0, 100) == [0, 10, 20]


def cross(start, end, box: Box) -> bool:
    """Whether any of many points along a line lies inside a box: the slow way."""
    for share in np.linspace(0, 1, 400):
        x = start[0] + share * (end[0] - start[0])
        y = start[1] + share * (end[1] - start[1])
        if box.left < x < box.right and box.bottom < y < box.top:
            return True
    return False


POINT = st.tuples(st.floats(20, 330), st.floats(20, 300))
BOUNDS = Box(0, 0, 350, 320)


@settings(max_examples=25, deadline=None)
@given(st.lists(POINT, min_size=1, max_size=11), st.integers(30, 130))
def test_no_label_covers_anything_and_all_lie_within_bounds(points, width) -> None:
    found = place_labels(points, [(width, 13)] * len(points), BOUNDS)
    boxes = [(i, box) for i, box in enumerate(found) if box]
    for i, box in boxes:
        assert BOUNDS.holds(box)
        assert not any(box.left < x < box.right and box.bottom < y < box.top for x, y in points)
        for j, other in boxes:
            assert i == j or not box.overlaps(other)
            assert i == j or not cross(points[i], box.nearest(points[i]), other)
    assert place_labels(points, [(width, 13)] * len(points), BOUNDS) == found


def test_eleven_authorities_of_whom_six_are_small_all_get_a_name() -> None:
    """The sizes of the East of England's authorities lie so, with rates close together."""
    x = [64, 66, 70, 72, 78, 84, 140, 150, 170, 240, 268]
    y = [150, 158, 149, 162, 155, 148, 160, 152, 149, 130, 120]
    names = ["Southend-on-Sea", "Thurrock", "Bedford", "Luton", "Peterborough"]
    names += ["Central Bedfordshire", "Cambridgeshire", "Suffolk", "Norfolk"]
    names += ["Hertfordshire", "Essex"]
    sizes = [(measure_text(name, bold=True), 13) for name in names]
    assert None not in place_labels(list(zip(x, y, strict=True)), sizes, BOUNDS)


def test_a_label_without_room_is_left_out_and_the_first_choose_first() -> None:
    tight = Box(0, 0, 60, 20)
    points = [(10.0, 10.0), (50.0, 10.0)]
    assert place_labels(points, [(100, 13)] * 2, tight) == [None, None]
    one = place_labels(points, [(20, 10)] * 2, tight, first=[1])
    assert one[1] is not None


def test_taken_places_stay_free() -> None:
    axis = Box(0, 0, 40, 320)
    (box,) = place_labels([(45.0, 100.0)], [(60, 13)], BOUNDS, taken=[axis])
    assert box is not None and not box.overlaps(axis)


@given(POINT, POINT)
def test_crossed_by_agrees_with_walking_along_the_line(start, end) -> None:
    box = Box(100, 100, 200, 160)
    inner = Box(101, 101, 199, 159)
    if cross(start, end, inner):
        assert box.crossed_by(start, end)
    if not box.crossed_by(start, end):
        assert not cross(start, end, box)
