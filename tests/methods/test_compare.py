from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slinb.methods.compare import JUDGEMENTS, judge
from slinb.methods.intervals import proportion_interval

# DfE, "Children in need" 2025, table D3: plans starting in the year that are a second or
# subsequent plan, and all plans starting. Open Government Licence v3.0.
REPEAT_PLANS_2025 = pd.DataFrame(
    [
        ("Bedford", 29, 173),
        ("Cambridgeshire", 159, 613),
        ("Central Bedfordshire", 27, 196),
        ("Essex", 161, 659),
        ("Hertfordshire", 167, 713),
        ("Luton", 72, 305),
        ("Norfolk", 101, 536),
        ("Peterborough", 85, 335),
        ("Southend-on-Sea", 14, 142),
        ("Suffolk", 123, 502),
        ("Thurrock", 25, 108),
    ],
    columns=["authority", "repeat", "plans"],
).set_index("authority")


def test_only_four_of_eleven_differ_on_repeat_plans() -> None:
    # The published example: Bedford's 16.8% looks like the best quartile, and is not different.
    table = REPEAT_PLANS_2025
    region = table["repeat"].sum() / table["plans"].sum()
    assert round(region, 3) == 0.225
    lower, upper = proportion_interval(table["repeat"], table["plans"])
    said = judge(table["repeat"] / table["plans"], lower, upper, region, "lower")
    differ = said[said != "similar"].to_dict()
    assert differ == {
        "Cambridgeshire": "worse",
        "Central Bedfordshire": "better",
        "Norfolk": "better",
        "Southend-on-Sea": "better",
    }


@pytest.mark.parametrize(
    ("benchmark", "polarity", "said"),
    [
        (5, "higher", "similar"),
        (4, "higher", "similar"),
        (6, "higher", "similar"),
        (4, "none", "similar"),
        (3.999, "higher", "better"),
        (3.999, "lower", "worse"),
        (3.999, "none", "higher"),
        (6.001, "higher", "worse"),
        (6.001, "lower", "better"),
        (6.001, "none", "lower"),
        (math.nan, "lower", "not compared"),
        (None, "none", "not compared"),
    ],
)
def test_judgement_of_a_value_of_5_from_4_to_6(
    benchmark: float | None, polarity: str, said: str
) -> None:
    assert judge(5, 4, 6, benchmark, polarity) == said
    assert judge([5], [4], [6], [benchmark], [polarity]).tolist() == [said]


def test_any_missing_part_is_not_compared() -> None:
    said = judge([None, 5, 5, 5], [4, None, 4, 4], [6, 6, None, 6], [9, 9, 9, None], "higher")
    assert said.tolist() == ["not compared"] * 4


def test_zero_is_a_benchmark_and_a_value_like_any_other() -> None:
    lower, upper = proportion_interval([0, 5, 20], [20, 20, 20])
    assert judge([0, 0.25, 1], lower, upper, 0, "lower").tolist() == ["similar", "worse", "worse"]
    assert judge([0, 0.25, 1], lower, upper, 1, "lower").tolist() == ["better", "better", "similar"]


def test_polarity_may_differ_by_row() -> None:
    said = judge(pd.Series([5, 5, 5]), 4, 6, 1, pd.Series(["higher", "lower", "none"]))
    assert said.tolist() == ["better", "worse", "higher"]
    assert judge(5, 4, 6, [1, 9], np.array(["none", "none"])).tolist() == ["higher", "lower"]


@pytest.mark.parametrize("polarity", ["High", "", None, math.nan, pd.NA, 1])
def test_unknown_polarity_is_refused(polarity: object) -> None:
    with pytest.raises(ValueError, match="polarity must be one of higher, lower, none"):
        judge([5, 5], [4, 4], [6, 6], [1, 1], polarity)
    with pytest.raises(ValueError, match="position 1: polarity must be one of"):
        judge([5, 5], [4, 4], [6, 6], [1, 1], ["lower", polarity])


def test_too_few_polarities_are_refused() -> None:
    with pytest.raises(ValueError, match="1 polarities for columns"):
        judge([5, 5], [4, 4], [6, 6], [1, 1], ["lower"])


def test_limits_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="position 1: lower limit 6 is above upper limit 4"):
        judge([5, 5], [4, 6], [6, 4], 1, "lower")


numbers = st.one_of(st.none(), st.integers(-3, 3).map(float))


@given(
    st.lists(
        st.tuples(numbers, numbers, numbers, numbers, st.sampled_from(["higher", "lower", "none"]))
    )
)
def test_judgements_agree_with_a_plain_reading_of_the_rule(rows: list[tuple]) -> None:
    rows = [row for row in rows if None in row[1:3] or row[1] <= row[2]]
    value, lower, upper, benchmark, polarity = zip(*rows, strict=True) if rows else [[]] * 5
    expected = []
    for v, low, high, bench, better in rows:
        if v is None or low is None or high is None or bench is None:
            expected.append("not compared")
        elif low <= bench <= high:
            expected.append("similar")
        else:
            side = "higher" if bench < low else "lower"
            good = "better" if side == better else "worse"
            expected.append(side if better == "none" else good)
    said = judge(list(value), list(lower), list(upper), list(benchmark), list(polarity))
    assert said.tolist() == expected
    assert set(said) <= set(JUDGEMENTS)
