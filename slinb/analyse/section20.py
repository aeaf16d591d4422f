"""The Section 20 deep dive: from the authorities' counts to the tables that its briefing shows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.section20_figures import compute_figures
from slinb.analyse.section20_findings import choose_findings
from slinb.analyse.section20_history import trace_history
from slinb.analyse.section20_public import round_risk, withhold_durations
from slinb.analyse.section20_tables import QUALITY
from slinb.analyse.section20_time import compute_incidence, compute_medians
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
        (:mod:`slinb.analyse.section20_public`).

    Returns
    -------
    dict of DataFrame
        ``section20_history``, ``section20_figures``, ``section20_incidence``,
        ``section20_medians``, ``section20_quality`` and ``section20_findings``
        (:mod:`slinb.analyse.section20_tables`).
    """
    own, tables, lengths = (_take(frame, period) for frame in (counts, risk, durations))
    figures = compute_figures(own, published, data, region, authorities, period, base)
    if base is not None:
        tables, lengths = round_risk(tables, region, base), withhold_durations(lengths)
    incidence = compute_incidence(tables, region, authorities)
    history = trace_history(published, [*authorities, region])
    return {
        "section20_history": history,
        "section20_figures": figures,
        "section20_incidence": incidence,
        "section20_medians": compute_medians(lengths, region, authorities),
        "section20_quality": list_quality(figures, authorities),
        "section20_findings": choose_findings(
            figures, incidence, history, data, region, authorities
        ),
    }


def _take(frame: pd.DataFrame, period: Period) -> pd.DataFrame:
    """Keep the rows of this dive and quarter that say anything."""
    rows = frame[frame["dive"].eq(DIVE) & frame["period"].eq(period.id)]
    return rows.reset_index(drop=True)


def list_quality(
    figures: pd.DataFrame, authorities: Sequence[str], measure: str = _CHECKS
) -> pd.DataFrame:
    """Return what failed a check, whom no count could place, and who sent nothing.

    Parameters
    ----------
    figures : DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FIGURES`.
    authorities : sequence of str
        ONS codes of all authorities of the region.
    measure : str
        The measure under which the dive counts failed checks.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.section20_tables.QUALITY`. A cohort that is not yet old
        enough is no fault of the records and is left out.
    """
    own = figures[figures["area"].isin(authorities) & figures["population"].eq("all")]
    checks = own[own["measure"].eq(measure)]
    failed = checks.assign(kind="check", item=checks["category"])
    left = own[own["excluded"].gt(0) & own["window"].ne("cohort") & own["measure"].ne(measure)]
    out = left.assign(
        kind="left out",
        numerator=left["excluded"],
        denominator=left["denominator"] + left["excluded"],
    )
    silent = [code for code in authorities if code not in set(own["area"])]
    nothing = pd.DataFrame({"area": silent}).assign(kind="not sent", status="missing")
    both = pd.concat([failed, out], ignore_index=True).rename(
        columns={"numerator": "n", "denominator": "of"}
    )
    rows = pd.concat([both, nothing], ignore_index=True)
    return QUALITY.conform(rows[[c for c in QUALITY.names if c in rows]], fill=True)
