"""Rows of a result table, one mapping each: what templates and sentences read from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import pandas as pd

Row = Mapping[str, Any]


def list_rows(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a frame as mappings from column to value.

    Examples
    --------
    >>> list_rows(pd.DataFrame({"area": ["E06000032"]}))
    [{'area': 'E06000032'}]
    """
    return cast("list[Row]", frame.to_dict("records"))
