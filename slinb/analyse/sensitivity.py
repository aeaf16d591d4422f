"""Would this finding change if …: each statement under every other reasonable choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from slinb.analyse.alternatives import (
    COLUMNS,
    Ground,
    leave_out_authority,
    pool_three_years,
    swap_confounder,
    take_england,
    take_neighbours,
    take_other_edition,
)
from slinb.catalogue.areas import Areas
from slinb.catalogue.confounders import Confounder
from slinb.catalogue.measures import Measure
from slinb.methods.compare import judge
from slinb.schema import FIRMNESS, SENSITIVITY

HOLDS = "holds"
FADES = "fades"
FLIPS = "flips"
CANNOT = "cannot be made"
DEPENDS = "depends on the comparison"
NOT_TESTED = "not tested"

_KEY = ["area", "measure", "period"]
_FIGURES = ("value", "lower", "upper", "benchmark_value")
_REAL = ("better", "worse", "higher", "lower")


def compute_sensitivity(
    comparison: pd.DataFrame,
    points: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Areas,
    region: str,
    *,
    published: pd.DataFrame | None = None,
    confounders: Sequence[Confounder] = (),
    other_edition: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Recompute each statement that the rug makes of a difference from the region.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON`; a row with the benchmark ``region`` and a
        judgement of better, worse, higher or lower is a statement.
    points : DataFrame
        The computed points that the comparison was made from, with earlier years (and, for
        published figures, all of England).
    measures : iterable of Measure
        Those of the comparison and those that the confounders name.
    areas : Areas
    region : str
        ONS code of the region.
    published : DataFrame, optional
        Annual points behind England and the neighbours of a comparison of returns, as in
        :func:`slinb.analyse.comparison.compare`.
    confounders : sequence of Confounder
        From :func:`slinb.catalogue.confounders.load_confounders`.
    other_edition : DataFrame, optional
        Points of the other edition: the returns' beside a comparison of published figures, or
        the reverse.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.SENSITIVITY`, one per statement and alternative that
        applies to it; one that applies but lacks its figures "cannot be made".

    Notes
    -----
    The alternatives: the region without the authority; England; statistical neighbours of the
    2025 and 2021 models by mean, median and pooled; three years against one; with or without
    the group of a confounder; the provisional or the published figure.
    """
    by_id = {m.id: m for m in measures}
    own = comparison[comparison["benchmark"].eq("region")].reset_index(drop=True)
    statements = own[own["judgement"].isin(_REAL)].reset_index(drop=True)
    if statements.empty:
        return SENSITIVITY.empty()
    ground = Ground(statements, own, points, by_id, areas, region, published)
    frames = [
        leave_out_authority(ground),
        take_england(ground),
        take_neighbours(ground),
        pool_three_years(ground),
        swap_confounder(ground, confounders),
    ]
    if other_edition is not None:
        frames.append(take_other_edition(ground, other_edition))
    return _judge_again(statements, [f for f in frames if not f.empty], by_id)


def _judge_again(
    statements: pd.DataFrame, frames: list[pd.DataFrame], measures: dict[str, Measure]
) -> pd.DataFrame:
    rows = pd.concat([frame[COLUMNS] for frame in frames], ignore_index=True)
    said = statements[[*_KEY, "judgement"]].rename(columns={"judgement": "statement"})
    rows = rows.merge(said, on=_KEY, validate="many_to_one")
    polarity = rows["measure"].map({m.id: m.polarity for m in measures.values()})
    value, lower, upper, benchmark = (rows[c].astype("float64") for c in _FIGURES)
    rows["judgement"] = judge(value, lower, upper, benchmark, polarity)
    rows["outcome"] = np.select(
        [
            rows["judgement"].eq("not compared"),
            rows["judgement"].eq("similar"),
            rows["judgement"].eq(rows["statement"]),
        ],
        [CANNOT, FADES, HOLDS],
        FLIPS,
    )
    order = {m: i for i, m in enumerate(measures)}
    rows = rows.sort_values(
        ["measure", "area"], key=lambda c: c.map(order) if c.name == "measure" else c, kind="stable"
    )
    return SENSITIVITY.conform(rows[SENSITIVITY.names].reset_index(drop=True))


def summarise_firmness(sensitivity: pd.DataFrame) -> pd.DataFrame:
    """Say of each statement whether it holds under every choice, and what changes it if not.

    Parameters
    ----------
    sensitivity : DataFrame
        Rows of :data:`slinb.schema.SENSITIVITY`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.FIRMNESS`, one per statement: "holds" under every
        alternative that could be made, "depends on the comparison" where it fades or flips
        under one, "not tested" where none could be made.
    """
    if sensitivity.empty:
        return FIRMNESS.empty()
    changed = sensitivity["outcome"].isin([FADES, FLIPS])
    rows = sensitivity.assign(
        made=sensitivity["outcome"].ne(CANNOT),
        changed=changed,
        flips_it=sensitivity["alternative"].where(changed),
        words=sensitivity["words"].where(changed),
    )
    groups = rows.groupby([*_KEY, "statement"], as_index=False, sort=False)
    summary = groups.agg(
        made=("made", "sum"),
        changed=("changed", "sum"),
        flips_it=("flips_it", lambda names: ", ".join(names.dropna())),
        words=("words", lambda words: "; ".join(words.dropna())),
    )
    summary["firmness"] = np.select(
        [summary["made"].eq(0), summary["changed"].gt(0)], [NOT_TESTED, DEPENDS], HOLDS
    )
    return FIRMNESS.conform(summary[FIRMNESS.names])
