"""The forms that inputs come in, through the functions that take them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from slinb.methods.arrays import as_floats, read_columns
from slinb.methods.compare import judge
from slinb.methods.funnel import (
    adjusted_limits,
    overdispersion,
    place_proportion,
    place_rate,
    proportion_limits,
    rate_limits,
)
from slinb.methods.intervals import annual_rate_interval, proportion_interval, rate_interval
from slinb.methods.rank import quartile_band, rank
from slinb.methods.trend import xmr

COUNTS = [3.0, np.nan, 12.0]
MISSING = [False, True, False]


def adjust(column: Any) -> Any:
    result = overdispersion(column, 20)
    return result.lower, result.upper


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "proportion_interval": lambda x: proportion_interval(x, 20),
    "proportion_interval, denominator": lambda n: proportion_interval(2, n),
    "rate_interval": lambda x: rate_interval(x, 20),
    "rate_interval, population": lambda n: rate_interval(2, n),
    "annual_rate_interval": lambda x: annual_rate_interval(x, 20),
    "proportion_limits": lambda n: proportion_limits(n, 0.3),
    "rate_limits": lambda n: rate_limits(n, 50),
    "adjusted_limits": lambda n: adjusted_limits(n, 0.3, 0.01),
    "overdispersion": adjust,
    "place_proportion": lambda x: (place_proportion(x, 20, 0.3),),
    "place_rate": lambda x: (place_rate(x, 20, 50),),
    "judge": lambda x: (judge(x, 1, 20, 5, "lower"),),
    "rank": lambda x: (rank(x, "lower"),),
    "quartile_band": lambda x: (quartile_band(x, "lower"),),
    "xmr": lambda x: (xmr(x)["value"],),
}
each_function = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS.keys())

FORMS = {
    "list": [3.0, np.nan, 12.0],
    "list with None": [3, None, 12],
    "list with pd.NA": [3, pd.NA, 12],
    "tuple": (3, None, 12),
    "object array": np.array([3, None, 12], dtype=object),
    "float32": np.array([3, np.nan, 12], dtype=np.float32),
    "nullable array": pd.array([3, None, 12], dtype="Int64"),
    "Series": pd.Series([3, None, 12]),
    "Int64": pd.Series([3, None, 12], dtype="Int64"),
    "Float64": pd.Series([3, None, 12], dtype="Float64"),
    "arrow": pd.Series([3, None, 12], dtype="int64[pyarrow]"),
    "object": pd.Series([3, pd.NA, 12], dtype=object),
}


def as_plain(column: Any) -> list[object]:
    return [None if pd.isna(item) else item for item in column]


@each_function
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_gives_what_a_float_array_gives(
    function: Callable[[Any], Any], form: Any
) -> None:
    expected = function(np.array(COUNTS))
    for result, wanted in zip(function(form), expected, strict=True):
        assert as_plain(result) == as_plain(wanted)
        assert len(result) == 3


@each_function
def test_series_keeps_its_index_and_its_length(function: Callable[[Any], Any]) -> None:
    index = pd.Index(["Luton", "Essex", "Norfolk"], name="authority")
    for result in function(pd.Series(COUNTS, index=index)):
        assert isinstance(result, pd.Series)
        pd.testing.assert_index_equal(result.index, index, exact=True)


@each_function
def test_empty_gives_empty(function: Callable[[Any], Any]) -> None:
    for empty in ([], np.array([]), pd.Series([], dtype=float)):
        for result in function(empty):
            assert len(result) == 0


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if name not in ("judge", "xmr")])
def test_missing_in_is_missing_out(name: str) -> None:
    for result in FUNCTIONS[name](COUNTS):
        assert pd.isna(result).tolist() == MISSING
    for result in FUNCTIONS[name]([None, pd.NA, np.nan]):
        assert pd.isna(result).all()


@each_function
def test_inputs_are_left_as_they_were(function: Callable[[Any], Any]) -> None:
    column = np.array(COUNTS)
    function(column)
    np.testing.assert_array_equal(column, COUNTS)


def test_text_is_never_taken_for_a_number_or_for_missing() -> None:
    for column in (["1", "c"], pd.Series(["c", None]), np.array([3, "x"], dtype=object)):
        with pytest.raises(ValueError, match="could not convert"):
            as_floats(column)


def test_columns_of_different_length_are_refused() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        read_columns([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="differ in length"):
        read_columns([1, 2, 3], [1])


def test_series_of_different_index_are_refused() -> None:
    counts = pd.Series([29, 159], index=["Bedford", "Cambridgeshire"])
    plans = pd.Series([613, 173], index=["Cambridgeshire", "Bedford"])
    with pytest.raises(ValueError, match="different indexes"):
        proportion_interval(counts, plans)
    lower, _ = proportion_interval(counts, plans.loc[counts.index])
    assert lower["Bedford"] == proportion_interval(29, 173)[0]


def test_messages_name_the_label_of_a_series() -> None:
    counts = pd.Series([1, -1], index=["Luton", "Essex"])
    with pytest.raises(ValueError, match=r"position 1 \(index 'Essex'\): numerator is negative"):
        proportion_interval(counts, 10)
