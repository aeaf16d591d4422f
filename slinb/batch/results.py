"""The result tables of a quarter: what the analyses make of its observations, once.

They are stored under ``data/processed/<quarter>/results/<region>/<edition>/`` by a run and read
by every notebook; for a region that was not run they are computed when asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS, DIVE_RISK
from slinb.show.neglect_words import write_neglect_messages
from slinb.show.section20_words import write_section20_messages
from slinb.show.words import write_messages


def analyse_quarter(
    period: Period,
    *,
    region: Area,
    areas: Areas,
    measures: Measures,
    published: pd.DataFrame,
    points: QuarterPoints,
    submissions: pd.DataFrame,
    before: pd.DataFrame | None,
    base: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Compute the result tables of one quarter and region, of one edition.

    Parameters
    ----------
    period, region, areas, measures
    published : DataFrame
        Published observations.
    points : QuarterPoints
        Of the returns of this quarter and of those before; in the public edition protected.
    submissions : DataFrame
        Rows of :data:`slinb.schema.SUBMISSIONS` of this quarter.
    before : DataFrame or None
        Last quarter's explain list.
    base : int, optional
        In the public edition: to what the region's counts were rounded.

    Returns
    -------
    dict of DataFrame
        Tables by name; those of a rug end in "_annual" or "_quarterly".
    """
    asked = [m for m in measures.quarterly() if m.rug]
    stated = [m for m in measures if m.published and m.rug]
    annual = compute_points(published, measures)
    trends = compute_trends(points, asked, areas, region.code, period, load_rebasings())
    last = latest_periods(annual, [a.code for a in areas.authorities(region.code)])
    rounded = None if base is None else Rounded(points.region_shown, base)
    rugs = (
        _Rug("annual", stated, annual, last, other_edition=points.shown),
        _Rug(
            "quarterly", asked, points.shown, dict.fromkeys([m.id for m in asked], period.id),
            other_edition=annual, published=annual, own=points.own, trends=trends,
            rounded=rounded,
        ),
    )  # fmt: skip
    tables = {"trends": trends}
    for rug in rugs:
        made = _analyse_rug(rug, measures, areas, region.code)
        tables |= {f"{name}_{rug.kind}": table for name, table in made.items()}
    own = [a.code for a in areas.authorities(region.code)]
    tables["published_series"] = list_published_series(annual, stated, [*own, region.code, ENGLAND])
    tables["neighbours"] = list_neighbour_values(tables["comparison_annual"], annual)
    tables["explain"] = list_explanations(
        tables["comparison_quarterly"],
        load_explain_rules(),
        travel=tables["travel_quarterly"],
        trends=trends,
        firmness=tables["firmness_quarterly"],
        submissions=submissions,
        before=before,
    )
    tables |= compute_year(points, trends, asked, areas, region.code, period)
    tables["revisions"] = compute_revisions(points.shown, annual, asked)
    tables["confidence"] = grade_confidence(
        tables["comparison_quarterly"], tables["revisions"], load_grades()
    )
    return tables


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
    """Return the comparison of one rug and what follows from it."""
    mine = rug.points[rug.points["measure"].isin([m.id for m in rug.measures])]
    compared = compare(
        mine, rug.measures, areas, region, published=rug.published, rounded=rug.rounded
    )
    comparison = _keep_periods(compared, rug.periods)
    travel = compute_travel(rug.points, rug.measures, areas, region, own=rug.own)
    travel = _keep_periods(travel, rug.periods)
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
    firmness = summarise_firmness(sensitivity)
    findings = choose_findings(
        comparison, rug.measures, areas, region, load_priorities(),
        travel=travel, trends=rug.trends, firmness=firmness,
        base=rug.rounded.base if rug.rounded else 1,
    )  # fmt: skip
    return {
        "comparison": comparison,
        "changes": list_changes(compared, rug.periods),
        "travel": travel,
        "funnel": compute_funnel(comparison, rug.measures),
        "sensitivity": sensitivity,
        "firmness": firmness,
        "messages": write_messages(findings, measures, areas),
    }


def _keep_periods(table: pd.DataFrame, periods: dict[str, str]) -> pd.DataFrame:
    keep = table["period"] == table["measure"].map(periods)
    return table[keep].reset_index(drop=True)
