"""Half-up rounding and rates after protection."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest

from slinb.methods.disclosure import derive_rates, round_half_up


def test_halves_go_up_where_numpy_goes_to_even() -> None:
    counts = np.arange(0, 200)
    ours = round_half_up(counts)
    slow = [int((Decimal(int(n)) / 10).quantize(Decimal(1), ROUND_HALF_UP) * 10) for n in counts]
    assert ours.tolist() == slow
    assert ours.dtype.kind == "i"
    assert (ours != np.round(counts / 10) * 10).sum() == 10  # 5, 25, 45, …, 185


def test_the_published_eastern_count_is_found() -> None:
    # Child protection plans at 31 March 2024: the eleven sum to 3,396, the DfE shows 3,400.
    assert round_half_up([3396])[0] == 3400


def test_decimals_missing_values_and_series_survive() -> None:
    values = pd.Series([27.25, 0.15, np.nan, 2.5], index=list("abcd"), name="rate")
    found = round_half_up(values, 0.1)
    assert found.index.tolist() == list("abcd")
    assert found.name == "rate"
    np.testing.assert_allclose(found, [27.3, 0.2, np.nan, 2.5])
    assert round_half_up([1.0, 2.5, np.nan], 5)[:2].tolist() == [0.0, 5.0]


@pytest.mark.parametrize("base", [0, -10])
def test_a_base_must_be_positive(base: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        round_half_up([1], base)


def _counts(values: list[float], symbols: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"value": values, "symbol": symbols})


def test_a_percentage_is_c_exactly_when_a_count_is() -> None:
    nan = np.nan
    above = _counts([29, nan, 12, 0, nan, 3], ["", "c", "", "", "x", ""])
    below = _counts([173, 40, nan, 0, 50, nan], ["", "", "c", "", "", "z"])
    found = derive_rates(above, below)
    assert found["symbol"].tolist() == ["", "c", "c", "z", "x", "z"]
    assert found["value"].notna().tolist() == [True, False, False, False, False, False]
    assert found["value"].iloc[0] == 16.8  # Bedford's repeat plans 2025, 29 of 173


def test_rates_are_rounded_half_up_in_whole_numbers() -> None:
    # 1 of 16 is 6.25%, 27 of 80 is 33.75%: floats and half-to-even would give 6.2 and 33.8.
    found = derive_rates(_counts([1, 27], ["", ""]), _counts([16, 80], ["", ""]))
    assert found["value"].tolist() == [6.3, 33.8]
    rate = derive_rates(
        _counts([1069], [""]), _counts([171_830], [""]), multiplier=10_000, decimals=0
    )
    assert rate["value"].tolist() == [62.0]  # Norfolk, looked after 2025, as published


def test_rates_need_counts_row_for_row() -> None:
    with pytest.raises(ValueError, match="1 numerators but 2"):
        derive_rates(_counts([1], [""]), _counts([1, 2], ["", ""]))
