"""The published totals that the sample records are set to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from slinb.catalogue.areas import Area
from slinb.errors import ParameterError

#: Measures whose published numerators and denominators the sample is set to.
CHILDREN, SECTION_20, UASC = "cla_rate", "s20_pct", "uasc_cla_pct"
NEGLECT, NEGLECT_OR_MULTIPLE = "cp_neglect_pct", "cp_neglect_multiple_pct"
PLANS_STARTING, REFERRALS = "cp_starting_rate", "referrals_rate"
DEFAULT_SEED = 20260131
MANIFEST_COLUMNS = ["area", "file", "error", "rule", "n"]
#: Share of the published referrals that is made up, to keep the sample small.
REFERRAL_SHARE = 0.06
#: Share of open plans taken for multiple where the published one is suppressed.
_MULTIPLE_UNKNOWN = 0.01


@dataclass(frozen=True)
class Totals:
    """The published totals of one authority that its sample is set to."""

    children: int
    section_20: int
    uasc: int


@dataclass(frozen=True)
class PlanTotals:
    """What one authority's made-up plans are set to.

    Parameters
    ----------
    plans, neglect, multiple : int
        Open plans on the last day, and of them those of each latest category.
    starting : int
        Plans starting in a year.
    referrals : int
        Referrals a year beside those that lead to a plan.
    """

    plans: int
    neglect: int
    multiple: int
    starting: int
    referrals: int


def read_totals(published: pd.DataFrame, area: Area) -> Totals:
    """Return the latest published totals of an authority's children in care.

    Raises
    ------
    ParameterError
        One of them is missing or suppressed.
    """
    own = published[published["area"] == area.code].sort_values("period")
    found = {}
    for measure in (CHILDREN, SECTION_20, UASC):
        values = own.loc[own["measure"] == measure, "numerator"].dropna()
        if values.empty:
            raise ParameterError(
                f"No published count of {measure} for {area.name}.",
                "Give published observations of cla_rate, s20_pct and uasc_cla_pct.",
            )
        found[measure] = int(values.iloc[-1])
    return Totals(found[CHILDREN], found[SECTION_20], found[UASC])


def read_plan_totals(published: pd.DataFrame, area: Area) -> PlanTotals:
    """Return the latest published totals of an authority's plans.

    Raises
    ------
    ParameterError
        The number of open plans is missing or suppressed.
    """
    own = published[published["area"] == area.code].sort_values("period")

    def find(measure: str, part: str) -> float:
        values = own.loc[own["measure"] == measure, part]
        return float(values.iloc[-1]) if len(values) else float("nan")

    plans, neglect = (find(NEGLECT, part) for part in ("denominator", "numerator"))
    if np.isnan(plans) or np.isnan(neglect):
        raise ParameterError(
            f"No published number of plans, or of those for neglect, for {area.name}.",
            "Give published observations of cp_neglect_pct.",
        )
    either = find(NEGLECT_OR_MULTIPLE, "numerator")
    multiple = plans * _MULTIPLE_UNKNOWN if np.isnan(either) else either - neglect
    starting = find(PLANS_STARTING, "numerator")
    referrals = find(REFERRALS, "numerator")
    return PlanTotals(
        plans=round(plans),
        neglect=round(neglect),
        multiple=round(multiple),
        starting=round(plans if np.isnan(starting) else starting),
        referrals=round((plans if np.isnan(referrals) else referrals) * REFERRAL_SHARE),
    )
