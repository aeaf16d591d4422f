"""The result tables of a quarter: what the analyses make of its observations, part by part.

They are stored under ``data/processed/<quarter>/results/<region>/<edition>/`` by a run and read
by every notebook; for a region that was not run they are computed when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from slinb.analyse.annual_report import compute_year
from slinb.analyse.benchmark import Rounded
from slinb.analyse.changes import list_changes
from slinb.analyse.comparison import compare, latest_periods
from slinb.analyse.explain import list_explanations
from slinb.analyse.funnels import compute_funnel
from slinb.analyse.messages import choose_findings
from slinb.analyse.neglect import analyse_neglect
from slinb.analyse.neighbours import list_neighbour_values
from slinb.analyse.points import compute_points
from slinb.analyse.published_series import list_published_series
from slinb.analyse.quarter_points import QuarterPoints
from slinb.analyse.revisions import compute_revisions, grade_confidence
from slinb.analyse.section20 import analyse_section20
from slinb.analyse.sensitivity import compute_sensitivity, summarise_firmness
from slinb.analyse.travel import compute_travel
from slinb.analyse.trends import compute_trends
from slinb.catalogue.areas import ENGLAND, Area, Areas
from slinb.catalogue.confounders import load_confounders
from slinb.catalogue.explain import load_explain_rules
from slinb.catalogue.grades import load_grades
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.catalogue.neglect import load_neglect
from slinb.catalogue.periods import Period
from slinb.catalogue.priorities import load_priorities
from slinb.catalogue.rebasing import load_rebasings
from slinb.catalogue.section20 import load_section20
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS, DIVE_RISK, SUBMISSIONS
from slinb.show.neglect_words import write_neglect_messages
from slinb.show.section20_words import write_section20_messages
from slinb.show.words import write_messages


def analyse_official(
    region: Area,
    areas: Areas,
    measures: Measures,
    published: pd.DataFrame,
    shown: pd.DataFrame,
) -> dict[str, pd.DataFrame]:
    """Compute what official figures say, of one edition.

    Parameters
    ----------
    region, areas, measures
    published : DataFrame
        Published observations.
    shown : DataFrame
        Points of the returns, in the public edition protected: would a finding be another on
        the authorities' own figures?

    Returns
    -------
    dict of DataFrame
        Tables by name; those of the rug end in "_annual".
    """
    stated = [m for m in measures if m.published and m.rug]
    own = [a.code for a in areas.authorities(region.code)]
    points = compute_points(published, measures)
    rug = _Rug("annual", stated, points, latest_periods(points, own), other_edition=shown)
    tables = _analyse_rug(rug, measures, areas, region.code)
    return {
        **tables,
        "published_series": list_published_series(points, stated, [*own, region.code, ENGLAND]),
        "neighbours": list_neighbour_values(tables["comparison_annual"], points),
        "sources": _list_sources(published),
    }


@dataclass(frozen=True)
class Returns:
    """The returns of a quarter as one edition has them, beside the official figures.

    Parameters
    ----------
    region, areas, measures
    published : DataFrame
        Published observations.
    points : QuarterPoints
        Of the returns of this quarter and of those before; in the public edition protected.
    base : int or None
        In the public edition: to what the region's counts were rounded.
    """

    region: Area
    areas: Areas
    measures: Measures
    published: pd.DataFrame
    points: QuarterPoints
    base: int | None

    @property
    def asked(self) -> list[Measure]:
        """The measures that are compared."""
        return [m for m in self.measures.quarterly() if m.rug]

    @cached_property
    def annual(self) -> pd.DataFrame:
        """Points of the official figures."""
        return compute_points(self.published, self.measures)

    def follow_trends(self, period: Period) -> pd.DataFrame:
        """Return every measure's series up to a quarter."""
        given = (self.points, self.asked, self.areas, self.region.code, period)
        return compute_trends(*given, load_rebasings())

    def open_rug(self, period: Period, trends: pd.DataFrame) -> _Rug:
        """Return what the rug of a quarter is made from."""
        return _Rug(
            "quarterly",
            self.asked,
            self.points.shown,
            dict.fromkeys([m.id for m in self.asked], period.id),
            other_edition=self.annual,
            published=self.annual,
            own=self.points.own,
            trends=trends,
            rounded=None if self.base is None else Rounded(self.points.region_shown, self.base),
        )


def list_explained(returns: Returns, period: Period) -> pd.DataFrame:
    """Return the explain list of a quarter that was not run here, as far as it matters now.

    It follows from the same points, and is not followed back further: one quarter is what a
    reader remembers.
    """
    trends = returns.follow_trends(period)
    rug = returns.open_rug(period, trends)
    judged = _judge_rug(rug, returns.measures, returns.areas, returns.region.code)
    return _list_explanations(judged, trends, SUBMISSIONS.empty(), before=None)


def analyse_returns(
    returns: Returns, period: Period, submissions: pd.DataFrame, before: pd.DataFrame | None
) -> dict[str, pd.DataFrame]:
    """Compute what the returns of a quarter say, of one edition.

    Parameters
    ----------
    returns : Returns
    period : Period
        The quarter.
    submissions : DataFrame
        Rows of :data:`slinb.schema.SUBMISSIONS` of this quarter.
    before : DataFrame or None
        Last quarter's explain list.

    Returns
    -------
    dict of DataFrame
        Tables by name; those of the rug end in "_quarterly".
    """
    trends = returns.follow_trends(period)
    rug = returns.open_rug(period, trends)
    tables = _analyse_rug(rug, returns.measures, returns.areas, returns.region.code)
    tables["trends"] = trends
    judged = {name.removesuffix("_quarterly"): table for name, table in tables.items()}
    tables["explain"] = _list_explanations(judged, trends, submissions, before)
    given = (returns.asked, returns.areas, returns.region.code, period)
    tables |= compute_year(returns.points, trends, *given)
    tables["revisions"] = compute_revisions(returns.points.shown, returns.annual, returns.asked)
    tables["confidence"] = grade_confidence(
        tables["comparison_quarterly"], tables["revisions"], load_grades()
    )
    return tables


def _list_explanations(
    judged: Mapping[str, pd.DataFrame],
    trends: pd.DataFrame,
    submissions: pd.DataFrame,
    before: pd.DataFrame | None,
) -> pd.DataFrame:
    return list_explanations(
        judged["comparison"],
        load_explain_rules(),
        travel=judged["travel"],
        trends=trends,
        firmness=judged["firmness"],
        submissions=submissions,
        before=before,
    )


def _list_sources(published: pd.DataFrame) -> pd.DataFrame:
    """Return the releases that the published figures are from, a line each publisher."""
    rows = published[["publisher", "release"]].drop_duplicates()
    releases = rows.groupby("publisher")["release"].agg(lambda r: ", ".join(sorted(set(r))))
    return releases.reset_index().sort_values("publisher", ignore_index=True)


#: Tables of the deep dives' counts, as they are stored.
DIVES = {
    "dive_counts": DIVE_COUNTS,
    "dive_risk": DIVE_RISK,
    "dive_durations": DIVE_DURATIONS,
}


def analyse_dives(
    dives: Mapping[str, pd.DataFrame],
    published: pd.DataFrame,
    region: Area,
    areas: Areas,
    period: Period,
    *,
    base: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Compute the result tables of the deep dives of one edition.

    Parameters
    ----------
    dives : mapping of str to DataFrame
        The tables of :data:`DIVES`.
    published : DataFrame
        Published observations.
    region, areas, period
    base : int, optional
        In the public edition: to what the region's counts are rounded.
    """
    data = load_section20()
    codes = [a.code for a in areas.authorities(region.code)]
    counts, risk, durations = (dives[name] for name in DIVES)
    tables = analyse_section20(
        counts, risk, durations, published, data, region.code, codes, period, base
    )
    words = write_section20_messages(tables["section20_findings"], data, areas)
    neglect = _analyse_neglect(counts, durations, published, region, areas, period, base)
    return {**tables, "section20_messages": words, **neglect}


def _analyse_neglect(
    counts: pd.DataFrame,
    durations: pd.DataFrame,
    published: pd.DataFrame,
    region: Area,
    areas: Areas,
    period: Period,
    base: int | None,
) -> dict[str, pd.DataFrame]:
    data = load_neglect()
    codes = [a.code for a in areas.authorities(region.code)]
    tables = analyse_neglect(
        counts, durations, published, data, load_measures(), region.code, codes, period, base
    )
    words = write_neglect_messages(tables["neglect_findings"], data, areas)
    return {**tables, "neglect_messages": words}


@dataclass(frozen=True)
class _Rug:
    """What one rug is made from: its measures, their points and the period of each."""

    kind: str
    measures: list[Measure]
    points: pd.DataFrame
    periods: dict[str, str]
    other_edition: pd.DataFrame
    published: pd.DataFrame | None = None
    own: pd.DataFrame | None = None
    trends: pd.DataFrame | None = None
    rounded: Rounded | None = None


def _analyse_rug(
    rug: _Rug, measures: Measures, areas: Areas, region: str
) -> dict[str, pd.DataFrame]:
    """Return the comparison of one rug and what follows from it, by name and kind of rug."""
    tables = _judge_rug(rug, measures, areas, region)
    findings = choose_findings(
        tables["comparison"], rug.measures, areas, region, load_priorities(),
        travel=tables["travel"], trends=rug.trends, firmness=tables["firmness"],
        base=rug.rounded.base if rug.rounded else 1,
    )  # fmt: skip
    tables["funnel"] = compute_funnel(tables["comparison"], rug.measures)
    tables["messages"] = write_messages(findings, measures, areas)
    return {f"{name}_{rug.kind}": table for name, table in tables.items()}


def _judge_rug(rug: _Rug, measures: Measures, areas: Areas, region: str) -> dict[str, pd.DataFrame]:
    """Return who differs, which way all go, and which findings hold."""
    mine = rug.points[rug.points["measure"].isin([m.id for m in rug.measures])]
    compared = compare(
        mine, rug.measures, areas, region, published=rug.published, rounded=rug.rounded
    )
    comparison = _keep_periods(compared, rug.periods)
    travel = compute_travel(rug.points, rug.measures, areas, region, own=rug.own)
    sensitivity = compute_sensitivity(
        comparison,
        rug.points,
        measures,
        areas,
        region,
        published=rug.published,
        confounders=load_confounders(),
        other_edition=rug.other_edition,
    )
    return {
        "comparison": comparison,
        "changes": list_changes(compared, rug.periods),
        "travel": _keep_periods(travel, rug.periods),
        "sensitivity": sensitivity,
        "firmness": summarise_firmness(sensitivity),
    }


def _keep_periods(table: pd.DataFrame, periods: dict[str, str]) -> pd.DataFrame:
    keep = table["period"] == table["measure"].map(periods)
    return table[keep].reset_index(drop=True)
