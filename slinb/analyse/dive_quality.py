"""What a deep dive says of its data: failed checks, who was left out, who sent nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.analyse.dive_tables import QUALITY


def list_quality(figures: pd.DataFrame, authorities: Sequence[str], measure: str) -> pd.DataFrame:
    """Return what failed a check, whom no count could place, and who sent nothing.

    Parameters
    ----------
    figures : DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FIGURES`.
    authorities : sequence of str
        ONS codes of all authorities of the region.
    measure : str
        The measure under which the dive counts failed checks.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.QUALITY`. A cohort that is not yet old
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
