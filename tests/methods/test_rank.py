from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slinb.methods.rank import quartile_band, quartile_band_within, rank, rank_within


def plain(column: object) -> list[object]:
    return [None if pd.isna(item) else item for item in column]


def rank_by_hand(values: list[float | None], polarity: str) -> list[int | None]:
    if polarity == "none":
        return [None] * len(values)
    known = [value for value in values if value is not None]
    better = (lambda a, b: a > b) if polarity == "higher" else (lambda a, b: a < b)
    return [
        None if value is None else 1 + sum(better(other, value) for other in known)
        for value in values
    ]


def type_7(values: list[float], share: float) -> float:
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (place - low) * (ordered[high] - ordered[low])


def band_by_hand(values: list[float | None], polarity: str) -> list[str | None]:
    known = [value for value in values if value is not None]
    if polarity == "none" or not known:
        return [None] * len(values)
    first, second, third = (type_7(known, share) for share in (0.25, 0.5, 0.75))
    labels = "ABCD" if polarity == "lower" else "DCBA"
    bands: list[str | None] = []
    for value in values:
        if value is None:
            bands.append(None)
        elif value <= first:
            bands.append(labels[0])
        elif value <= second:
            bands.append(labels[1])
        elif value <= third:
            bands.append(labels[2])
        else:
            bands.append(labels[3])
    return bands


areas = st.lists(st.one_of(st.none(), st.integers(0, 8).map(float)), max_size=25)
polarities = st.sampled_from(["higher", "lower", "none"])


def test_one_is_best_by_polarity() -> None:
    values = [22.5, 9.9, 25.9, 13.8]
    assert rank(values, "lower").tolist() == [3, 1, 4, 2]
    assert rank(values, "higher").tolist() == [2, 4, 1, 3]
    assert np.isnan(rank(values, "none")).all()


def test_ties_take_the_smallest_rank_and_missing_is_left_out() -> None:
    assert plain(rank([4, None, 2, 2, 7], "lower")) == [3, None, 1, 1, 4]
    assert plain(rank([4, None, 2, 2, 7], "higher")) == [2, None, 3, 3, 1]
    assert rank([0, -0.0, 0], "higher").tolist() == [1, 1, 1]


@given(areas, polarities)
def test_rank_agrees_with_counting_the_better(values: list[float | None], polarity: str) -> None:
    assert plain(rank(values, polarity)) == rank_by_hand(values, polarity)


def test_bands_of_eight() -> None:
    # Type 7 of 1..8: Q1 = 2.75, Q2 = 4.5, Q3 = 6.25.
    values = pd.Series(range(1, 9), index=list("abcdefgh"))
    assert "".join(quartile_band(values, "lower")) == "AABBCCDD"
    assert "".join(quartile_band(values, "higher")) == "DDCCBBAA"
    assert quartile_band(values, "none").isna().all()


def test_a_value_on_a_boundary_goes_to_the_band_of_the_lower_values() -> None:
    # Type 7 of 1..5: the quartiles are 2, 3 and 4 themselves.
    assert "".join(quartile_band([1, 2, 3, 4, 5], "lower")) == "AABCD"
    assert "".join(quartile_band([1, 2, 3, 4, 5], "higher")) == "DDCBA"


def test_tied_zeros_where_qcut_raises() -> None:
    values = [0, 0, 0, 0, 0, 0, 0, 3, 5]
    with pytest.raises(ValueError, match="unique"):
        pd.qcut(values, 4)
    assert "".join(quartile_band(values, "lower")) == "AAAAAAADD"
    assert "".join(quartile_band([0, 0, 0], "lower")) == "AAA"
    assert "".join(quartile_band([0, 0, 0], "higher")) == "DDD"


def test_one_value_is_its_own_quartiles() -> None:
    assert quartile_band([7, None], "lower").tolist() == ["A", None]
    assert plain(rank([None, 7], "higher")) == [None, 1]


@given(areas, polarities)
def test_bands_agree_with_the_rule_by_hand(values: list[float | None], polarity: str) -> None:
    assert plain(quartile_band(values, polarity)) == band_by_hand(values, polarity)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40))
def test_bands_cut_at_numpys_percentiles(values: list[float]) -> None:
    # numpy.percentile is of type 7 by default.
    first, second, third = np.percentile(values, [25, 50, 75])
    bands = quartile_band(values, "lower")
    tolerance = 1e-9 * max(1.0, *map(abs, values))
    for value, band in zip(values, bands, strict=True):
        if min(abs(value - cut) for cut in (first, second, third)) > tolerance:
            assert band == "ABCD"[sum(value > cut for cut in (first, second, third))]


@given(
    st.lists(st.tuples(st.sampled_from("xyz"), st.integers(0, 5) | st.none()), max_size=40),
    st.permutations(["higher", "lower", "none"]),
)
def test_groups_are_ranked_and_banded_alone(
    rows: list[tuple[str, int | None]], order: list[str]
) -> None:
    frame = pd.DataFrame(rows, columns=["group", "value"]).astype({"value": "Float64"})
    frame["polarity"] = frame["group"].map(dict(zip("xyz", order, strict=True)))
    frame["rank"] = rank_within(frame["value"], frame["group"], frame["polarity"])
    frame["band"] = quartile_band_within(frame["value"], frame["group"], frame["polarity"])
    for _, group in frame.groupby("group"):
        polarity = group["polarity"].iloc[0]
        assert plain(group["rank"]) == rank_by_hand(plain(group["value"]), polarity)
        assert plain(group["band"]) == band_by_hand(plain(group["value"]), polarity)


def test_a_row_without_a_group_is_left_out() -> None:
    ranks = rank_within([1, 2, 3], ["a", None, "a"], "lower")
    assert plain(ranks) == [1, None, 2]
    ranks = rank_within([1, 2, 3], ["a", None, None], ["lower", "higher", "none"])
    assert plain(ranks) == [1, None, None]


def test_mixed_polarity_in_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="position 2: polarity 'higher' differs from others"):
        rank_within([1, 2, 3, 4], list("aaab"), ["lower", "lower", "higher", "higher"])
    with pytest.raises(ValueError, match="position 1: polarity 'higher' differs"):
        quartile_band([1, 2], ["lower", "higher"])
    with pytest.raises(ValueError, match="position 3: polarity 'none' differs"):
        rank_within([1, 2, 3, 4], list("abab"), ["lower", "higher", "lower", "none"])
    assert rank_within([1, 2], list("ab"), ["lower", "higher"]).tolist() == [1, 1]


@pytest.mark.parametrize("polarity", ["Low", "-", None, math.nan])
def test_unknown_polarity_is_refused(polarity: object) -> None:
    for function in (rank, quartile_band):
        with pytest.raises(ValueError, match="polarity must be one of higher, lower, none"):
            function([1, 2], polarity)


def test_infinite_values_are_refused() -> None:
    for function in (rank, quartile_band):
        with pytest.raises(ValueError, match="position 1: value is infinite"):
            function([1, math.inf], "lower")


def test_groups_of_another_length_or_index_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        rank_within([1, 2], ["a"], "lower")
    with pytest.raises(ValueError, match="different indexes"):
        rank_within(pd.Series([1, 2]), pd.Series(["a", "a"], index=[1, 0]), "lower")
