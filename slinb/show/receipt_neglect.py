"""An authority's own neglect page, for its receipt: its figures beside the region's."""

from __future__ import annotations

from slinb.catalogue.areas import Area
from slinb.show.markup import Html
from slinb.show.neglect_view import BAND, NEGLECT, NeglectView
from slinb.show.receipt_dive import Asked, AskedFigure, AskedMedian, OwnPage, own_page_html

#: Result tables of the restricted edition that the part is made from. The first two are read
#: whole, for the region's figures stand in them; of the others the authority's own rows do.
NEGLECT_WITH_REGION = ("neglect_figures", "neglect_medians")
NEGLECT_RECEIPT_TABLES = (*NEGLECT_WITH_REGION, "neglect_quality", "neglect_messages")
_RATE = "per 10,000 children"
_YEAR, _COHORT = {"window": "year"}, {"window": "cohort"}
_LATEST = {"breakdown": "latest category", "category": NEGLECT}
_INITIAL = {"breakdown": "initial category", "category": NEGLECT}


def _list_plans() -> list[Asked]:
    """Return the lines on plans; a share for neglect never stands without the band."""
    return [
        AskedFigure("Open plans for neglect", "N1", NEGLECT),
        AskedFigure("Open plans for neglect or multiple", "N1", BAND),
        AskedFigure("For neglect, per 10,000 children", "N1", f"{NEGLECT} rate",
                    {"unit": _RATE}, 1),
        AskedFigure("For neglect or multiple, per 10,000", "N1", f"{BAND} rate",
                    {"unit": _RATE}, 1),
        AskedFigure("From neglect to emotional abuse", "N2", "neglect to emotional abuse"),
        AskedFigure("From emotional abuse to neglect", "N2", "emotional abuse to neglect"),
        AskedFigure("Plans starting in 12 months, for neglect", "N3", NEGLECT, _YEAR),
        AskedFigure("Plans starting in 12 months, for neglect or multiple", "N3", BAND, _YEAR),
        *(
            AskedFigure(f"Plans for neglect over {months} months", "N4", f"over {months} months",
                        _LATEST)
            for months in (12, 18, 24)
        ),
        AskedMedian("Median months of open plans for neglect", "N4", NEGLECT, "plans"),
        AskedFigure("Aged 7 to 15, on plans for neglect", "N9", "aged 7 to 15", _LATEST),
    ]  # fmt: skip


def _list_course() -> list[Asked]:
    """Return the lines on who comes back, what stands beside neglect, and care."""
    return [
        AskedFigure("Not the first plan, of those starting for neglect", "N5", "any previous plan",
                    {**_YEAR, **_INITIAL}),
        AskedFigure("Of these, the earlier plan also for neglect", "N5",
                    "previous plan also for neglect", _YEAR),
        AskedFigure("Closed neglect cases referred again within 12 months", "N6",
                    "referred again within 12 months",
                    {**_COHORT, "breakdown": "case", "category": NEGLECT}),
        AskedFigure("Assessments that found neglect", "N7", NEGLECT, _YEAR),
        *(
            AskedFigure(f"Beside neglect: {factor}", "N7", "factors beside neglect",
                        {**_YEAR, "breakdown": "factor", "category": factor})
            for factor in ("domestic abuse", "parental mental health", "parental drug misuse",
                           "parental alcohol misuse")
        ),
        AskedFigure("Assessments without any factor", "N15", "assessments without factor", _YEAR),
        *(
            AskedFigure(f"In care within {months} months of a plan for neglect", "N10",
                        f"in care within {months} months", _COHORT)
            for months in (6, 12)
        ),
        AskedMedian("Median months from the plan for neglect to the letter", "N11", NEGLECT,
                    "letters"),
        AskedFigure("Referrals from early help", "N14", "referrals from early help", _YEAR),
        AskedFigure("Early help followed by a referral", "N14", "stepped up", _COHORT),
    ]  # fmt: skip


def neglect_receipt_html(view: NeglectView, area: Area, *, key: str = "neglect") -> Html:
    """Write what an authority gets back for its counts on neglect: for its own eyes only.

    Parameters
    ----------
    view : NeglectView
        Over :data:`NEGLECT_RECEIPT_TABLES` of the restricted edition.
    area : Area
        The authority; nothing of another one stands in it.
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; where no counts came it says so, and how to send them.
    """
    page = OwnPage(
        dive="neglect",
        title="Neglect",
        key=key,
        records="your CIN census, on Annex A, or on both",
        asked=[*_list_plans(), *_list_course()],
    )
    return own_page_html(view, area, page)
