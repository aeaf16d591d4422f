"""The region itself: its own line in a trend, and how it stands to England."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.benchmark import map_periods
from slinb.analyse.comparison import add_intervals
from slinb.analyse.points import map_multipliers
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.methods.compare import judge
from slinb.schema import COMPARISON

_SLICE = ["measure", "period"]

#: Of its authorities at least this share must have counts before the region is spoken of.
_LEAST_SHARE = 0.75
#: How the note of a regional point begins that leaves authorities out.
PARTIAL = "the region without "


def pool_series(
    points: pd.DataFrame, measures: dict[str, Measure], areas: Areas, region: str
) -> pd.DataFrame:
    """Return the region's own points: counts pooled over the same authorities in every period.

    Pooling whoever has a figure would move the line whenever a large authority is missing, so
    the set is fixed: the authorities with a figure in the measure's last period. An earlier
    period in which one of them has none is a gap that names it.

    Parameters
    ----------
    points : DataFrame
        Points of the region's authorities (:mod:`slinb.analyse.points`) with an ``ordinal``
        column, the position of the period.
    measures : dict of Measure by id
    areas : Areas
    region : str
        ONS code of the region.

    Returns
    -------
    DataFrame
        area, measure, period, ordinal, numerator, denominator, value, status, note; no rows
        for a measure without counts.
    """
    last = find_members(points)
    kept = points[_has_counts(points)].merge(last, on=["measure", "area"])
    totals = kept.groupby([*_SLICE, "ordinal"], as_index=False, sort=False).agg(
        numerator=("numerator", "sum"), denominator=("denominator", "sum"), n=("area", "size")
    )
    sets = _Sets(
        senders=points.groupby("measure")["area"].agg(frozenset),
        members=last.groupby("measure")["area"].agg(frozenset),
        present=kept.groupby(_SLICE, sort=False)["area"].agg(frozenset),
    )
    return _close_totals(totals.assign(area=region), sets, measures, areas)


def find_members(points: pd.DataFrame) -> pd.DataFrame:
    """Return who stands for the region in each measure: those with a figure in its last period.

    Parameters
    ----------
    points : DataFrame
        Points of the region's authorities.

    Returns
    -------
    DataFrame
        measure, area.
    """
    counted = points[_has_counts(points)]
    ordinal = map_periods(counted["period"], lambda p: p.ordinal)
    latest = ordinal.groupby(counted["measure"]).transform("max")
    return counted.loc[ordinal.eq(latest), ["measure", "area"]]


@dataclass(frozen=True)
class _Sets:
    """Which authorities sent a measure, stand for the region in it, and do so in a period."""

    senders: pd.Series[Any]
    members: pd.Series[Any]
    present: pd.Series[Any]

    def note(self, measure: str, period: str, areas: Areas) -> str:
        members = self.members[measure]
        if absent := members - self.present[measure, period]:
            return f"no regional figure: none from {_join_names(absent, areas)}"
        if without := self.senders[measure] - members:
            return PARTIAL + _join_names(without, areas)
        return ""


def _close_totals(
    totals: pd.DataFrame, sets: _Sets, measures: dict[str, Measure], areas: Areas
) -> pd.DataFrame:
    """Add value, status and note; a period that lacks one of the members is a gap."""
    complete = totals["n"].eq(totals["measure"].map(sets.members.map(len)))
    per = map_multipliers(totals["measure"], measures)
    value = per * totals["numerator"] / totals["denominator"]
    slices = zip(totals["measure"], totals["period"], strict=True)
    return totals.assign(
        value=value.where(complete),
        status=np.where(complete, "provisional", "missing"),
        note=[sets.note(measure, period, areas) for measure, period in slices],
    ).drop(columns="n")


def _join_names(codes: frozenset[str], areas: Areas) -> str:
    return ", ".join(sorted(areas[code].name for code in codes))


def compare_region(
    comparison: pd.DataFrame,
    measures: dict[str, Measure],
    areas: Areas,
    region: str,
    base: int = 1,
) -> pd.DataFrame:
    """Return the region compared with England, as rows of its own.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of the region's authorities, with the
        benchmarks ``region`` and ``england``.
    measures : dict of Measure by id
    areas : Areas
    region : str
        ONS code of the region.
    base : int, default 1
        Round its counts to a multiple of this, half up: in the public edition they are. The
        population and posts are not.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.COMPARISON` with the region as ``area`` and ``england`` as
        the benchmark, wherever the region's figure is pooled from the counts of at least three
        quarters of its authorities: only then has it an interval. ``note`` names those that it
        is without.
    """
    totals = _round_counts(_total_authorities(comparison, areas, region), measures, base)
    english = comparison[comparison["benchmark"].eq("england")].drop_duplicates(_SLICE)
    figures = ["benchmark", "benchmark_value", "benchmark_period", "benchmark_n"]
    rows = totals.merge(english[[*_SLICE, *figures]], on=_SLICE, how="left")
    rows["benchmark"] = rows["benchmark"].fillna("england")
    rows["benchmark_n"] = rows["benchmark_n"].fillna(0)
    if rows.empty:
        return COMPARISON.empty()
    rows = add_intervals(rows.assign(area=region, status="final"), measures)
    polarity = rows["measure"].map({m.id: m.polarity for m in measures.values()})
    for suffix in ("", "_998"):
        limits = rows[f"lower{suffix}"], rows[f"upper{suffix}"]
        rows[f"judgement{suffix}"] = judge(
            rows["value"], *limits, rows["benchmark_value"], polarity
        )
    return COMPARISON.conform(rows, fill=True)


def find_absent(comparison: pd.DataFrame, areas: Areas, region: str) -> pd.DataFrame:
    """Return who is missing from the region's pooled figure of each measure and period.

    Parameters
    ----------
    comparison, areas, region
        As in :func:`compare_region`.

    Returns
    -------
    DataFrame
        measure, period, ``absent`` (codes of the authorities without counts, joined by spaces;
        one to which the measure does not apply is not missing) and ``members`` (how many
        authorities the region has).
    """
    own = comparison[comparison["benchmark"].eq("region")]
    settled = own[_has_counts(own) | own["status"].eq("not_applicable")]
    present = settled.groupby(_SLICE, sort=False)["area"].agg(frozenset)
    members = {
        p: [a.code for a in areas.authorities(region, at=Period.parse(p))]
        for p in own["period"].unique()
    }
    rows = []
    for measure, period in own[_SLICE].drop_duplicates().itertuples(index=False):
        here = present.get((measure, period), frozenset())
        absent = " ".join(code for code in members[period] if code not in here)
        rows.append((measure, period, absent, len(members[period])))
    return pd.DataFrame(rows, columns=[*_SLICE, "absent", "members"])


def _round_counts(totals: pd.DataFrame, measures: dict[str, Measure], base: int) -> pd.DataFrame:
    """Round counts of children to a multiple of ``base``, half up; not the population or posts."""
    people = [m.id for m in measures.values() if m.uses_population]
    for name, exact in (("numerator", []), ("denominator", people)):
        posts = [m.id for m in measures.values() if name in m.posts]
        rounded = totals[name].div(base).add(0.5).floordiv(1).mul(base)
        kept = totals["measure"].isin([*exact, *posts])
        totals[name] = totals[name].where(kept, rounded)
    return totals


def _has_counts(rows: pd.DataFrame) -> pd.Series[bool]:
    known = rows["value"].notna() & rows["numerator"].notna()
    return known & rows["denominator"].gt(0)


def _total_authorities(comparison: pd.DataFrame, areas: Areas, region: str) -> pd.DataFrame:
    """Return the region's pooled counts where enough of its authorities have theirs."""
    own = comparison[comparison["benchmark"].eq("region")]
    totals = (
        own[_has_counts(own)]
        .groupby(_SLICE, as_index=False, sort=False)
        .agg(
            numerator=("numerator", "sum"),
            denominator=("denominator", "sum"),
            value=("benchmark_value", "first"),
            pooled=("benchmark_n", "first"),
            n=("area", "size"),
        )
    )
    totals = totals.merge(find_absent(comparison, areas, region), on=_SLICE)
    absent = totals["absent"].str.split().map(frozenset)
    enough = absent.map(len) <= totals["members"] * (1 - _LEAST_SHARE)
    notes = [PARTIAL + _join_names(codes, areas) if codes else "" for codes in absent]
    # Where the publisher's own figure stands for the region its counts are not the sum of these.
    pooled = totals["pooled"].eq(totals["n"])
    return totals.assign(note=notes)[enough & pooled].drop(
        columns=["pooled", "n", "absent", "members"]
    )
