"""The Section 20 deep dive: from the authorities' counts to the tables that its briefing shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.dive_medians import compute_medians
from slinb.analyse.dive_public import round_risk, withhold_durations
from slinb.analyse.dive_quality import list_quality
from slinb.analyse.dive_scope import Scope
from slinb.analyse.section20_figures import SOURCES, compute_section20_figures
from slinb.analyse.section20_findings import choose_findings
from slinb.analyse.section20_history import trace_history
from slinb.analyse.section20_incidence import compute_incidence
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20

DIVE = "section20"
_CHECKS = "S17"


def analyse_section20(
    counts: pd.DataFrame,
    risk: pd.DataFrame,
    durations: pd.DataFrame,
    published: pd.DataFrame,
    data: Section20,
    region: str,
    authorities: Sequence[str],
    period: Period,
    base: int | None = None,
) -> dict[str, pd.DataFrame]:
    """Compute the result tables of the deep dive for one quarter and region.

    Parameters
    ----------
    counts, risk, durations : DataFrame
        Rows of :data:`slinb.schema.DIVE_COUNTS`, ``DIVE_RISK`` and ``DIVE_DURATIONS``; of
        other dives and quarters too. Rows of the region itself stand where they are given.
        A withheld count has the status "suppressed" and no number.
    published : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`: the pack.
    data : Section20
        From :func:`slinb.catalogue.section20.load_section20`.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of all its authorities, in the order of the page.
    period : Period
        The quarter.
    base : int, optional
        In the public edition: to what the region's counts are rounded
        (:mod:`slinb.analyse.dive_public`).

    Returns
    -------
    dict of DataFrame
        The tables of :data:`slinb.analyse.section20_tables.TABLES`.
    """
    scope = Scope(DIVE, region, authorities, period, base)
    own, tables, lengths = (scope.take(frame) for frame in (counts, risk, durations))
    figures = compute_section20_figures(own, published, data, scope)
    if base is not None:
        tables, lengths = round_risk(tables, region, base), withhold_durations(lengths)
    incidence = compute_incidence(tables, region, authorities)
    history = trace_history(published, [*authorities, region])
    return {
        "section20_history": history,
        "section20_figures": figures,
        "section20_incidence": incidence,
        "section20_medians": compute_medians(lengths, region, authorities, SOURCES),
        "section20_quality": list_quality(figures, authorities, _CHECKS),
        "section20_findings": choose_findings(figures, incidence, history, data, scope),
    }
