"""Choosing what a deep dive says first: what its rules have in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from slinb.catalogue.section20 import Line, Section20

REAL = ("better", "worse", "higher", "lower")
Found = dict[str, Any]
_KEY = ("area", "measure", "item", "window", "population", "breakdown", "category", "across")
_COPIED = ("measure", "period", "numerator", "denominator", "value", "lower", "upper",
           "benchmark_value", "judgement", "judgement_998", "absent")  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """The shares of a deep dive that have a number, all cohorts together.

    Parameters
    ----------
    table : DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FIGURES`.
    data : Section20
        The lines that findings speak of, in their order.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of its authorities.
    """

    table: pd.DataFrame
    data: Section20
    region: str
    authorities: Sequence[str]

    @cached_property
    def shares(self) -> pd.DataFrame:
        """The shares with a number; a figure that is withheld is no finding."""
        rows = self.table
        whole = rows["cohort"].eq("") & rows["unit"].eq("%") & rows["value"].notna()
        return rows[whole]

    @cached_property
    def known(self) -> dict[tuple[str, ...], Found]:
        """Each figure by its key."""
        rows: list[Found] = self.shares.to_dict("records")  # type: ignore[assignment]
        return {tuple(row[name] for name in _KEY): row for row in rows}

    def pick(self, area: str, key: dict[str, str]) -> Found | None:
        """Return one figure of an area, None without a number."""
        full = {"area": area, "breakdown": "", "category": "", "across": "", **key}
        return self.known.get(tuple(full[name] for name in _KEY))

    def compare_lines(self, area: str) -> list[Found]:
        """Return every line of an area as a finding: ``differs`` or ``similar``."""
        stated = [(line, self.pick(area, line.key)) for line in self.data.lines]
        return [
            copy_figure(own, "differs" if own["judgement"] in REAL else "similar", line.id)
            for line, own in stated
            if own is not None
        ]

    def find_spread(self, line: Line) -> Found | None:
        """Return on which side of the region authorities really lie; None without a figure."""
        whole = self.pick(self.region, line.key)
        if whole is None:
            return None
        figures = [self.pick(area, line.key) for area in self.authorities]
        rows = [row for row in figures if row and row["judgement"] != "not compared"]
        if not rows:  # the public edition withholds them
            return None
        differ = [row for row in rows if row["judgement"] in REAL]
        above = [row["area"] for row in differ if row["value"] > row["benchmark_value"]]
        below = [row["area"] for row in differ if row["value"] <= row["benchmark_value"]]
        return copy_figure(
            whole, "spread", line.id, compared=len(rows), above=" ".join(above),
            below=" ".join(below), differ=len(differ),
            sure=sum(row["judgement_998"] in REAL for row in differ),
        )  # fmt: skip


def copy_figure(figure: Found, pattern: str, line: str, **more: Any) -> Found:
    """Return a figure as a finding."""
    return {"pattern": pattern, "line": line, **{n: figure[n] for n in _COPIED}, **more}


def take_first(found: Iterator[Found], most: int) -> list[Found]:
    """Return the first findings, no two of one line."""
    chosen: list[Found] = []
    for one in found:
        said = {other["line"] for other in chosen} - {""}
        if len(chosen) < most and one["line"] not in said:
            chosen.append(one)
    return chosen
