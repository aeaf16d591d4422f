"""Counts that stand in more than one place of a return: whether they agree, parts within wholes.

The catalogue names the count behind each cell (``numerator_count``, ``denominator_count``).
Measures that share a name share the figure, and in a proportion the one is part of the other.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from slinb.catalogue.measures import Measure

_KEY = ["area", "period", "basis", "count"]
_SLOTS = ("numerator", "denominator")


def list_counts(frame: pd.DataFrame) -> pd.DataFrame:
    """List every count that was sent, one row a cell.

    Parameters
    ----------
    frame : DataFrame
        From :func:`slinb.check.frame.build_value_frame`.

    Returns
    -------
    DataFrame
        ``area``, ``period``, ``basis``, ``count`` (its id), ``row``, ``slot`` (numerator or
        denominator) and ``figure``. Populations are left out: nobody sends them. So are counts
        of another basis: a year's count is not a quarter's.
    """
    parts = []
    for slot in _SLOTS:
        columns = {f"{slot}_count": "count", slot: "figure"}
        part = frame[["area", "period", "basis", "row", *columns]].rename(columns=columns)
        named = part["count"].ne("") & part["figure"].notna()
        if slot == "denominator":
            named &= ~frame["uses_population"].astype(bool)
        parts.append(part[named].assign(slot=slot))
    return pd.concat(parts, ignore_index=True)


def find_elsewhere(frame: pd.DataFrame) -> pd.DataFrame:
    """Find, for each count, the figure that other measures give for it.

    Where more cells agree on one figure than on any other, that is the agreed figure, and only
    the odd cell is held against it. Where no figure leads, each cell is held against the first
    that differs from it.

    Returns
    -------
    DataFrame
        Indexed as ``frame``: for both slots ``<slot>_elsewhere`` (NaN where the count stands
        nowhere else) and ``<slot>_partner`` (row and slot of the cell it is held against, as
        "12 denominator").
    """
    counts = _add_agreed(list_counts(frame))
    leads = counts["agreed"].notna()
    held = pd.concat([_against_agreed(counts[leads]), _against_other(counts[~leads])])
    found = pd.DataFrame(index=frame.index)
    for slot in _SLOTS:
        mine = held[held["slot"] == slot].set_index("row")
        found[f"{slot}_elsewhere"] = frame["row"].map(mine["figure_there"]).astype("float64")
        found[f"{slot}_partner"] = _fill_partner(frame, mine)
    return found


def _add_agreed(counts: pd.DataFrame) -> pd.DataFrame:
    """Keep counts that stand more than once; add the figure on which most cells agree, if any."""
    several = counts[counts.duplicated(_KEY, keep=False)]
    votes = several.groupby([*_KEY, "figure"]).size().rename("votes").reset_index()
    most = votes.groupby(_KEY)["votes"].transform("max")
    leaders = votes[votes["votes"] == most]
    clear = leaders[~leaders.duplicated(_KEY, keep=False)]
    agreed = clear.rename(columns={"figure": "agreed"})[[*_KEY, "agreed"]]
    return several.merge(agreed, on=_KEY, how="left")


def _name_cells(rows: pd.DataFrame) -> pd.Series[Any]:
    return rows["row"].astype("str") + " " + rows["slot"]


def _against_agreed(counts: pd.DataFrame) -> pd.DataFrame:
    agreeing = counts[counts["figure"] == counts["agreed"]]
    witness = agreeing.drop_duplicates(_KEY)
    named = witness[_KEY].assign(partner=_name_cells(witness))
    return counts.assign(figure_there=counts["agreed"]).merge(named, on=_KEY, how="left")


def _against_other(counts: pd.DataFrame) -> pd.DataFrame:
    pairs = counts.merge(
        counts.assign(partner=_name_cells(counts))[[*_KEY, "figure", "partner"]],
        on=_KEY,
        suffixes=("", "_there"),
    )
    others = pairs[pairs["figure"] != pairs["figure_there"]]
    return others.drop_duplicates(["row", "slot"])


def find_wholes(frame: pd.DataFrame, measures: Iterable[Measure]) -> pd.DataFrame:
    """Find the smallest count elsewhere of which each numerator is a part.

    The catalogue's proportions say which count is part of which, over several steps where need
    be. The row's own denominator is another rule's business.

    Returns
    -------
    DataFrame
        Indexed as ``frame``: ``whole_elsewhere`` (NaN where there is none) and
        ``whole_partner``, the cell in which it stands.
    """
    contains = map_wholes(measures)
    counts = list_counts(frame)
    parts = counts[counts["slot"] == "numerator"]
    links = [(part, whole) for part, wholes in contains.items() for whole in sorted(wholes)]
    known = pd.DataFrame(links, columns=["count", "whole"]).astype("str")
    wholes = counts.assign(partner=_name_cells(counts)).rename(
        columns={"count": "whole", "figure": "figure_there", "row": "row_there"}
    )
    joined = parts.merge(known, on="count").merge(
        wholes[["area", "period", "basis", "whole", "figure_there", "row_there", "partner"]],
        on=["area", "period", "basis", "whole"],
    )
    joined = joined[joined["row"] != joined["row_there"]]
    smallest = joined.sort_values("figure_there", kind="stable").drop_duplicates("row")
    mine = smallest.set_index("row")
    return pd.DataFrame(
        {
            "whole_elsewhere": frame["row"].map(mine["figure_there"]).astype("float64"),
            "whole_partner": _fill_partner(frame, mine),
        },
        index=frame.index,
    )


def _fill_partner(frame: pd.DataFrame, mine: pd.DataFrame) -> pd.Series[Any]:
    return frame["row"].map(mine["partner"].astype("str")).astype("str").fillna("")


def map_wholes(measures: Iterable[Measure]) -> dict[str, set[str]]:
    """Return, for each count, every count that contains it by the catalogue's proportions."""
    direct: dict[str, set[str]] = {}
    for measure in measures:
        names = (measure.numerator_count, measure.denominator_count)
        if measure.kind == "proportion" and all(names) and names[0] != names[1]:
            direct.setdefault(names[0], set()).add(names[1])
    return {count: _reach(count, direct) for count in direct}


def _reach(count: str, direct: dict[str, set[str]]) -> set[str]:
    reached: set[str] = set()
    ahead = set(direct.get(count, ()))
    while ahead:
        reached |= ahead
        ahead = {w for step in ahead for w in direct.get(step, ())} - reached
    return reached - {count}


def partner_rows(partners: pd.Series[Any]) -> pd.Series[Any]:
    """Return the row that a partner names, -1 where there is none."""
    rows = partners.str.split(" ").str[0]
    return pd.Series(np.where(partners.ne(""), rows, "-1"), index=partners.index).astype("int64")
