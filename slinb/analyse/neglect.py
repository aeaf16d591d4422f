"""The neglect deep dive: from the authorities' counts to the tables that its briefing shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.dive_medians import compute_medians
from slinb.analyse.dive_public import withhold_durations
from slinb.analyse.dive_quality import list_quality
from slinb.analyse.dive_scope import Scope
from slinb.analyse.neglect_figures import SOURCES, compute_neglect_figures
from slinb.analyse.neglect_findings import choose_neglect_findings
from slinb.analyse.neglect_history import trace_bands, trace_history
from slinb.catalogue.measures import Measures
from slinb.catalogue.neglect import Neglect
from slinb.catalogue.periods import Period

DIVE = "neglect"
_CHECKS, _FAILED = "N15", "failed"


def analyse_neglect(
    counts: pd.DataFrame,
    durations: pd.DataFrame,
    published: pd.DataFrame,
    data: Neglect,
    measures: Measures,
    region: str,
    authorities: Sequence[str],
    period: Period,
    base: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Compute the result tables of the deep dive for one quarter and region.

    Parameters
    ----------
    counts, durations : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS` and ``DIVE_DURATIONS``; of other dives and
        quarters too. A withheld count has the status "suppressed" and no number.
    published : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`: the pack.
    data : Neglect
        From :func:`slinb.catalogue.neglect.load_neglect`.
    measures : Measures
        The catalogue, for the published measures.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of all its authorities, in the order of the page.
    period : Period
        The quarter.
    base : int, optional
        In the public edition: to what the region's counts are rounded; the authorities' are
        withheld (:mod:`slinb.analyse.dive_public`).

    Returns
    -------
    dict of DataFrame
        The tables of :data:`slinb.analyse.neglect_tables.TABLES`.
    """
    scope = Scope(DIVE, region, authorities, period, base)
    own, lengths = (scope.take(frame) for frame in (counts, durations))
    figures = compute_neglect_figures(own, published, data, scope)
    if base is not None:
        lengths = withhold_durations(lengths)
    areas = [*authorities, region]
    bands = trace_bands(published, measures, areas)
    medians = compute_medians(lengths, region, authorities, SOURCES)
    return {
        "neglect_band": bands,
        "neglect_history": trace_history(published, measures, areas),
        "neglect_figures": figures,
        "neglect_medians": _mend_absent(medians, region),
        "neglect_quality": list_quality(_drop_shares(figures), authorities, _CHECKS),
        "neglect_findings": choose_neglect_findings(figures, bands, data, scope),
    }


def _mend_absent(medians: pd.DataFrame, region: str) -> pd.DataFrame:
    """Name as absent only who sent no length at all: to have no plan of a category is none."""
    whole = medians["area"].eq(region)
    fewest = medians[whole].groupby("measure")["absent"].agg(lambda codes: min(codes, key=len))
    mended = medians["absent"].mask(whole, medians["measure"].map(fewest))
    return medians.assign(absent=mended.fillna("").astype("str"))


def _drop_shares(figures: pd.DataFrame) -> pd.DataFrame:
    """Leave out what N15 counts that is no failed check: it is shown as a figure."""
    share = figures["measure"].eq(_CHECKS) & figures["item"].ne(_FAILED)
    return figures[~share & figures["unit"].eq("%")]
