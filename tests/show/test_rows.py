"""Rows are what ``DataFrame.to_dict`` gives, value by value and type by type."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slinb.schema import COMPARISON, QUERIES
from slinb.show.rows import list_rows

MIXED = pd.DataFrame(
    {
        "area": pd.Series(["E06000032", None, ""], dtype="str"),
        "value": [1.5, np.nan, 0.0],
        "order": [3, 1, 2],
        "new": [True, False, True],
    }
).set_axis([7, 7, 2])


@pytest.mark.parametrize(
    "frame",
    [MIXED, MIXED[["value"]], MIXED.iloc[:0], COMPARISON.empty(), QUERIES.from_rows([{}])],
    ids=["mixed", "one column", "no rows", "empty table", "one empty row"],
)
def test_rows_are_those_of_pandas(frame: pd.DataFrame) -> None:
    found, wanted = list_rows(frame), frame.to_dict("records")
    # repr tells 1 from True and from 1.0, and a missing value from another.
    assert repr(found) == repr(wanted)


def test_numbers_are_plain_ones() -> None:
    assert {name: type(v) for name, v in list_rows(MIXED)[0].items()} == {
        "area": str, "value": float, "order": int, "new": bool,
    }  # fmt: skip
