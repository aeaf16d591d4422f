"""Rows of a result table, one mapping each: what templates and sentences read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

Row = Mapping[str, Any]


def list_rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as mappings from column to value.

    Examples
    --------
    >>> list_rows(pd.DataFrame({"area": ["E06000032"]}))
    [{'area': 'E06000032'}]
    """
    # Not to_dict, which looks at every value by itself and takes five times as long.
    names = list(frame.columns)
    return [
        dict(zip(names, values, strict=True)) for values in frame.to_numpy(dtype=object).tolist()
    ]
