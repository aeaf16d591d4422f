"""Counting by category: the one place where children become rows of a COUNTS table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from slinb.records.dates import Days, add_months, count_years
from slinb.records.vocabulary import (
    AGE_EDGES,
    ALL,
    DURATION_MONTHS,
    NOT_KNOWN,
    NOT_UASC,
    UASC,
)

Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]
Row = dict[str, Any]


@dataclass(frozen=True)
class Populations:
    """All children, and where it is known who is UASC, the two parts of them.

    Parameters
    ----------
    uasc : array of bool or None
        One entry a child (or spell); None where nothing says who is UASC.
    """

    uasc: Mask | None
    n: int

    def __iter__(self) -> Iterator[tuple[str, Mask]]:
        yield ALL, np.ones(self.n, dtype=bool)
        if self.uasc is not None:
            yield UASC, self.uasc
            yield NOT_UASC, ~self.uasc


def tally(base: Row, populations: Populations, counted: Mask, of: Mask, out: Mask) -> list[Row]:
    """Count one thing for each population.

    Parameters
    ----------
    base : dict
        What the rows have in common: measure, item, source, window.
    counted, of, out : array of bool
        Who is counted (of those in ``of``), of whom, and who could not be counted either way.
    """
    return [
        {
            **base,
            "population": name,
            "numerator": int((counted & of & mask).sum()),
            "denominator": int((of & mask).sum()),
            "excluded": (n_out := int((out & mask).sum())),
            "why": base.get("why", "") if n_out else "",
        }
        for name, mask in populations
    ]


def tally_by(
    base: Row,
    populations: Populations,
    category: Positions,
    labels: Sequence[str],
    of: Mask,
) -> list[Row]:
    """Count the categories of a breakdown; -1 in ``category`` is counted as not known.

    The numerators of a population add up to its denominator.
    """
    rows: list[Row] = []
    names = [*labels, NOT_KNOWN]
    for name, mask in populations:
        inside = mask & of
        counts = np.bincount(category[inside] % len(names), minlength=len(names))
        total = int(inside.sum())
        rows += [
            {
                **base,
                "population": name,
                "category": label,
                "numerator": int(n),
                "denominator": total,
            }
            for label, n in zip(names, counts, strict=True)
        ]
    return rows


def tally_across(
    base: Row,
    populations: Populations,
    category: Positions,
    labels: Sequence[str],
    across: Positions,
    across_labels: Sequence[str],
    of: Mask,
) -> list[Row]:
    """Count every cell of two breakdowns; the cells of a population add up to its denominator."""
    rows: list[Row] = []
    names, across_names = [*labels, NOT_KNOWN], [*across_labels, NOT_KNOWN]
    for name, mask in populations:
        inside = mask & of
        cell = (category[inside] % len(names)) * len(across_names)
        cell = cell + across[inside] % len(across_names)
        counts = np.bincount(cell, minlength=len(names) * len(across_names))
        total = int(inside.sum())
        for i, label in enumerate(names):
            for j, other in enumerate(across_names):
                rows.append(
                    {
                        **base,
                        "population": name,
                        "category": label,
                        "across": other,
                        "numerator": int(counts[i * len(across_names) + j]),
                        "denominator": total,
                    }
                )
    return rows


def find_age(birth: Days, day: Days | np.datetime64) -> Positions:
    """Return the position in AGES of the age on a day; -1 without birth date or from 18 on."""
    at = np.broadcast_to(np.asarray(day, dtype="datetime64[D]"), birth.shape)
    years = count_years(birth, at)
    group = np.searchsorted(np.array(AGE_EDGES[1:-1]), years, side="right")
    return np.where((years < 0) | (years >= AGE_EDGES[-1]), -1, group).astype(np.int64)


def find_duration(start: Days, known: Mask, day: np.datetime64) -> Positions:
    """Return the position in DURATIONS of what has lasted from ``start`` to a day.

    Where the start lies before the files the length is at least what is seen of it: known only
    where even that is over the last threshold. -1 is not known.
    """
    over = [passed_months(start, months, day) for months in DURATION_MONTHS]
    band = np.sum(over, axis=0).astype(np.int64)
    return np.where(known | (band == len(DURATION_MONTHS)), band, -1)


def passed_months(start: Days, months: int, day: np.datetime64) -> Mask:
    """Return whether more than so many months have passed from ``start`` to ``day``."""
    return np.asarray(add_months(start, months) < day)
