"""From provisional to published: how far the returns' figures lay from the official ones.

A quarterly figure is called "unvalidated" for ever after; here it is laid beside the official
figure that closes on the same day, and what usually becomes of such figures is measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.benchmark import map_periods
from slinb.catalogue.grades import Grades
from slinb.catalogue.measures import Measure
from slinb.schema import CONFIDENCE, REVISIONS

USUAL = 0.8
NEVER = "never checked"
TOO_FEW = "too few to say"

PAIR = "authority and measure"
REGION = "measure in the region"
NONE = "none"

_PAIR = ["area", "measure"]


def compute_revisions(
    quarterly: pd.DataFrame, published: pd.DataFrame, measures: Iterable[Measure]
) -> pd.DataFrame:
    """Lay each figure of the returns beside the official one that closes on the same day.

    Parameters
    ----------
    quarterly : DataFrame
        Quarterly points as a briefing shows them
        (:func:`slinb.analyse.points.compute_quarterly_points`): twelve months, or a snapshot.
    published : DataFrame
        Published points (:func:`slinb.analyse.points.compute_points`).
    measures : iterable of Measure
        A measure shown for a single quarter has no annual figure to compare with.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.REVISIONS`, one wherever both carry a number: a year to
        31 March meets the fourth quarter, a calendar year the third, a snapshot or year of
        30 September the second.
    """
    wanted = [m.id for m in measures if m.shown != "quarter"]
    columns = [*_PAIR, "period", "value", "closes"]
    later = _add_close(published, wanted)[columns].rename(columns={"value": "published"})
    earlier = _add_close(quarterly, wanted)[columns].rename(
        columns={"value": "provisional", "period": "quarter"}
    )
    both = later.merge(earlier, on=[*_PAIR, "closes"])
    both["revision"] = both["published"] - both["provisional"]
    both["relative"] = both["revision"] / both["published"].where(both["published"].ne(0))
    return REVISIONS.conform(both[REVISIONS.names])


def _add_close(points: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    points = points[points["measure"].isin(wanted) & points["value"].notna()]
    return points.assign(closes=map_periods(points["period"], lambda p: p.end.toordinal()))


def summarise_revisions(revisions: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return the usual revision of each authority or of each measure.

    Parameters
    ----------
    revisions : DataFrame
        Rows of :data:`slinb.schema.REVISIONS`.
    by : {"area", "measure"}
        Measures have units of their own, so an authority's is a share of the published figure
        (``relative``) and a measure's is in its unit (``revision``).

    Returns
    -------
    DataFrame
        ``by``, ``comparisons``, ``median_revision`` (median absolute) and ``usual_revision``
        (80th percentile of the absolute).
    """
    column = "relative" if by == "area" else "revision"
    rows = revisions.assign(size=revisions[column].abs()).dropna(subset="size")
    return _measure_size(rows, [by])[[by, "comparisons", "median_revision", "usual_revision"]]


def _measure_size(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    groups = rows.groupby(by, as_index=False, sort=False)
    return groups.agg(
        comparisons=("size", "size"),
        median_revision=("size", "median"),
        usual_revision=("size", lambda size: size.quantile(USUAL)),
        largest_revision=("size", "max"),
    )


def grade_confidence(pairs: pd.DataFrame, revisions: pd.DataFrame, grades: Grades) -> pd.DataFrame:
    """Grade how far a provisional figure of each authority and measure may be trusted.

    Parameters
    ----------
    pairs : DataFrame
        Columns ``area`` and ``measure``: what is to be graded; doubles count once.
    revisions : DataFrame
        Rows of :data:`slinb.schema.REVISIONS`.
    grades : Grades
        From :func:`slinb.catalogue.grades.load_grades`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.CONFIDENCE`. Where the authority's own comparisons of the
        measure are too few to say, those of all authorities stand in, and ``basis`` says so.
    """
    pairs = pairs[_PAIR].drop_duplicates()
    rows = revisions.assign(size=revisions["revision"].abs(), scale=revisions["published"].abs())
    own = pairs.merge(_describe(rows, _PAIR), on=_PAIR, how="left").assign(basis=PAIR)
    shared = pairs.merge(_describe(rows, ["measure"]), on="measure", how="left")
    shared = shared.assign(basis=REGION)
    few = ~own["comparisons"].ge(grades.enough) & shared["comparisons"].notna()
    chosen = own.where(~few, shared)
    chosen["grade"] = _name_grade(chosen, grades)
    never = chosen["comparisons"].isna()
    chosen["comparisons"] = chosen["comparisons"].fillna(0)
    return CONFIDENCE.conform(
        chosen.assign(basis=chosen["basis"].mask(never, NONE))[CONFIDENCE.names]
    )


def _describe(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    scale = rows.groupby(by, as_index=False, sort=False)["scale"].median()
    return _measure_size(rows, by).merge(scale, on=by)


def _name_grade(chosen: pd.DataFrame, grades: Grades) -> np.ndarray[Any, Any]:
    # A published figure of zero has no share: any revision of it is then rough.
    share = chosen["usual_revision"] / chosen["scale"].where(chosen["scale"].gt(0))
    share = share.mask(chosen["usual_revision"].eq(0), 0.0).fillna(np.inf)
    conditions = [chosen["comparisons"].isna(), chosen["comparisons"].lt(grades.enough)]
    conditions += [share.le(grade.share) for grade in grades.grade]
    names = [NEVER, TOO_FEW, *(grade.id for grade in grades.grade)]
    return np.select(conditions, names, grades.grade[-1].id)
