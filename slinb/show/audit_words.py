"""The audits in words: shares with n, sentences for headings and alternative texts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from slinb.show.formats import NO_FIGURE, REASONS, format_count, format_number
from slinb.show.rows import Row


def say_share(row: Row, *, above: str = "good", below: str = "n") -> str:
    """Write a share with its interval and its counts, or why there is none.

    Examples
    --------
    >>> say_share({"status": "final", "value": 62.5, "lower": 38.6, "upper": 81.5,
    ...            "good": 10.0, "n": 16.0})
    '63% (39 to 82), 10 of 16'
    >>> say_share({"status": "suppressed", "n": 3.0})
    'c, of 3'
    """
    if row["status"] != "final":
        return say_none(row, below)
    limits = f"{round_half_up(row['lower'])} to {round_half_up(row['upper'])}"
    return f"{round_half_up(row['value'])}% ({limits}), {say_counts(row, above, below)}"


def say_counts(row: Row, above: str = "good", below: str = "n") -> str:
    """Write the two counts of a share: "10 of 16"; of a withheld one only n."""
    if row["status"] != "final":
        return say_none(row, below)
    return f"{format_count(row[above])} of {format_count(row[below])}"


def say_none(row: Row, below: str = "n") -> str:
    """Say why a row has no share: withheld, with its n, or no case at all."""
    if row["status"] == "suppressed":
        return f"{REASONS['suppressed'].symbol}, of {format_count(row[below])}"
    return NO_FIGURE


def say_kappa(row: Row) -> str:
    """Write a kappa with its interval, or a dash where there is none.

    Examples
    --------
    >>> say_kappa({"kappa": 0.76, "kappa_lower": 0.65, "kappa_upper": 0.87})
    '0.76 (0.65 to 0.87)'
    """
    if math.isnan(row["kappa"]):
        return NO_FIGURE
    if math.isnan(row["kappa_lower"]):
        return format_number(row["kappa"], 2)
    limits = f"{format_number(row['kappa_lower'], 2)} to {format_number(row['kappa_upper'], 2)}"
    return f"{format_number(row['kappa'], 2)} ({limits})"


def say_left_out(rows: Sequence[Row]) -> str:
    """Say of how many withheld authorities the region's figure is without; empty for none."""
    most = int(max((row["left_out"] for row in rows), default=0))
    if not most:
        return ""
    who = "one authority" if most == 1 else f"{most} authorities"
    return f"The region's figure is without {who} whose few cases are withheld."


def round_half_up(value: float) -> str:
    """Write a percentage as a whole number, half rounded up.

    Examples
    --------
    >>> round_half_up(62.5), round_half_up(0.4)
    ('63', '0')
    """
    return format_number(math.floor(value + 0.5))
