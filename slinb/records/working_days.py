"""Working days in England."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from slinb.records.dates import Days


@lru_cache(maxsize=1)
def load_bank_holidays() -> Days:
    """Return the bank holidays of England that come with slinb, 2015 to 2027."""
    source = files("slinb.records") / "codelists" / "bank_holidays.toml"
    listed = tomllib.loads(source.read_text(encoding="utf-8"))["days"]
    return np.array(listed, dtype="datetime64[D]")


def add_working_days(days: Days, n: int) -> Days:
    """Return the day ``n`` working days after each day; NaT stays NaT.

    Examples
    --------
    Twenty working days from 20 December 2024: three bank holidays lie between.

    >>> print(add_working_days(np.array(["2024-12-20"], dtype="datetime64[D]"), 20)[0])
    2025-01-22
    """
    holidays = load_bank_holidays()
    return np.busday_offset(days, n, roll="preceding", holidays=holidays)


def count_working_days(start: Days, end: Days) -> npt.NDArray[np.int64]:
    """Return the working days after ``start`` up to and with ``end``; -1 where one is missing."""
    missing = np.isnat(start) | np.isnat(end)
    first = np.where(missing, np.datetime64(0, "D"), start) + 1
    last = np.where(missing, np.datetime64(0, "D"), end) + 1
    n = np.busday_count(first, last, holidays=load_bank_holidays())
    return np.where(missing, -1, n)
