"""The neglect deep dive: from the authorities' counts to the tables that its briefing shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.neglect_figures import SOURCES, compute_neglect_figures
from slinb.analyse.neglect_findings import choose_neglect_findings
from slinb.analyse.neglect_history import trace_bands, trace_history
from slinb.analyse.section20 import list_quality
from slinb.analyse.section20_public import withhold_durations
from slinb.analyse.section20_time import compute_medians
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
        withheld (:mod:`slinb.analyse.section20_public`).

    Returns
    -------
    dict of DataFrame
        The tables of :data:`slinb.analyse.neglect_tables.TABLES`.
    """
    own, lengths = (_take(frame, period) for frame in (counts, durations))
    figures = compute_neglect_figures(own, published, data, region, authorities, period, base)
    lengths = _choose_lengths(lengths)
    if base is not None:
        lengths = withhold_durations(lengths)
    areas = [*authorities, region]
    bands = trace_bands(published, measures, areas)
    return {
        "neglect_band": bands,
        "neglect_history": trace_history(published, measures, areas),
        "neglect_figures": figures,
        "neglect_medians": _mend_absent(compute_medians(lengths, region, authorities), region),
        "neglect_quality": list_quality(_drop_shares(figures), authorities, _CHECKS),
        "neglect_findings": choose_neglect_findings(figures, bands, data, region, authorities),
    }


def _take(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Keep the rows of this dive and quarter."""
    rows = frame[frame["dive"].eq(DIVE) & frame["period"].eq(period.id)]
    return rows.reset_index(drop=True)


def _choose_lengths(durations: pd.DataFrame) -> pd.DataFrame:
    """Keep of each authority the lengths of the source that tells most."""
    rank = durations["source"].map({name: i for i, name in enumerate(SOURCES)})
    best = rank.groupby([durations[name] for name in ("area", "measure")]).transform("min")
    return durations[rank.eq(best)].reset_index(drop=True)


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
