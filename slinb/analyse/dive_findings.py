"""Which findings head the pages of a deep dive: what the rules of every dive have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from slinb.analyse.dive_scope import Scope
from slinb.analyse.dive_tables import FINDINGS
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
        Rows of :data:`slinb.analyse.dive_tables.FIGURES`.
    data : Section20
        The lines that findings speak of, in their order.
    scope : Scope
    """

    table: pd.DataFrame
    data: Section20
    scope: Scope

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

    def compare_lines(self, area: str, said: str) -> tuple[list[Found], list[Found]]:
        """Return the lines on which an area really differs, those at 99.8% first, and the others.

        The line that is ``said`` already is left out.
        """
        stated = [(line, self.pick(area, line.key)) for line in self.data.lines if line.id != said]
        known = [(line.id, own) for line, own in stated if own is not None]
        differs = [copy_figure(own, "differs", i) for i, own in known if own["judgement"] in REAL]
        similar = [
            copy_figure(own, "similar", i) for i, own in known if own["judgement"] not in REAL
        ]
        return sorted(differs, key=lambda f: f["judgement_998"] not in REAL), similar

    def compare_region(self) -> tuple[list[Found], list[Found]]:
        """Return the lines on which authorities differ from the region, and the even ones."""
        found = [one for line in self.data.lines if (one := self._find_spread(line))]
        even = [{**one, "pattern": "even"} for one in found if not one["differ"]]
        return [one for one in found if one["differ"]], even

    def _find_spread(self, line: Line) -> Found | None:
        """Return on which side of the region authorities really lie; None without a figure."""
        whole = self.pick(self.scope.region, line.key)
        if whole is None:
            return None
        figures = [self.pick(area, line.key) for area in self.scope.authorities]
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

    def find_silence(self, area: str) -> Iterator[Found]:
        """Yield that an authority has sent nothing; what is withheld was sent."""
        if area not in set(self.table["area"]):
            yield {"pattern": "nothing_sent", "line": "", "measure": "", "period": ""}


def copy_figure(figure: Found, pattern: str, line: str, **more: Any) -> Found:
    """Return a figure as a finding."""
    return {"pattern": pattern, "line": line, **{n: figure[n] for n in _COPIED}, **more}


def set_share(counted: Found, judged: Found, line: str, **more: Any) -> Found:
    """Return a share now: its counts are of one figure, what is judged of it of another."""
    counts = {name: counted[name] for name in ("numerator", "denominator", "value")}
    return copy_figure(judged, "share", line, **counts, other=judged["value"], **more)


def choose_pages(
    scope: Scope,
    most: int,
    region: Iterable[Found],
    authority: Callable[[str], Iterable[Found]],
) -> pd.DataFrame:
    """Choose the findings of the region's page and of each authority's.

    Parameters
    ----------
    scope : Scope
    most : int
        Findings that a page has at most; no two of them are of one line.
    region : iterable of dict
        What may be said of the region, the weightiest first.
    authority : callable
        Gives what may be said of an authority, in the same way.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FINDINGS`, in order of the pages.
    """
    pages = [(scope.region, region), *((area, authority(area)) for area in scope.authorities)]
    rows = [
        {**one, "area": area, "order": order}
        for area, found in pages
        for order, one in enumerate(_take_first(found, most), start=1)
    ]
    return FINDINGS.from_rows(
        [{name: one[name] for name in FINDINGS.names if name in one} for one in rows]
    )


def _take_first(found: Iterable[Found], most: int) -> list[Found]:
    """Return the first findings, no two of one line."""
    chosen: list[Found] = []
    for one in found:
        said = {other["line"] for other in chosen} - {""}
        if len(chosen) < most and one["line"] not in said:
            chosen.append(one)
    return chosen
