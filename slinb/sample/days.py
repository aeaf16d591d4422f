"""Days and draws of the sample: a day is a whole number, which is compared and added fast."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any

import numpy as np

#: Days since 1 January 1970, as numpy counts them.
Day = int
_EPOCH = dt.date(1970, 1, 1)


def count_day(day: dt.date) -> Day:
    """Return the number of a day.

    Examples
    --------
    >>> count_day(dt.date(1970, 1, 2))
    1
    """
    return (day - _EPOCH).days


@lru_cache(maxsize=65_536)
def find_date(day: Day) -> dt.date:
    """Return the date of a day's number."""
    return _EPOCH + dt.timedelta(days=day)


@lru_cache(maxsize=65_536)
def write_iso(day: Day) -> str:
    """Write a day as XML wants it: 2025-03-31."""
    return find_date(day).isoformat()


@lru_cache(maxsize=65_536)
def write_british(day: Day) -> str:
    """Write a day as authorities do: 31/03/2025."""
    return f"{find_date(day):%d/%m/%Y}"


def draw_whole(rng: np.random.Generator, low: int, high: int) -> int:
    """Draw a whole number from ``low`` up to, not including, ``high``.

    A number scaled from one between 0 and 1: for single draws that is four times as fast as the
    generator's own, and the unevenness of one in 2**53 does not matter here.
    """
    return low + int(rng.random() * (high - low))


def draw_option(rng: np.random.Generator, options: tuple[Any, ...], share: int) -> Any:
    """Draw one of some tuples by the share that stands at a position in each.

    The shares need not add up to 1.
    """
    draw = rng.random() * sum(option[share] for option in options)
    for option in options:
        draw -= option[share]
        if draw < 0:
            return option
    return options[-1]


def draw_name(rng: np.random.Generator, shares: tuple[tuple[str, float], ...]) -> str:
    """Draw a name by its share."""
    name: str = draw_option(rng, shares, 1)[0]
    return name
