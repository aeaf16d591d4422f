"""The index of a quarter: what there is to read, and how far it can be trusted, in one screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import pandas as pd

from slinb.catalogue.periods import Period
from slinb.show.index_state import IndexState, state_html
from slinb.show.markup import render_template
from slinb.show.page import PageMarks, page_html
from slinb.show.quality_totals import QualityTotals, total_quality


@dataclass(frozen=True)
class BriefingLink:
    """One briefing on the index.

    Parameters
    ----------
    title : str
        Its title.
    href : str
        Its file, relative to the index.
    about : str
        One line of what is in it.
    group : str
        Heading under which it stands.
    sample : bool, default False
        Its figures are invented.
    """

    title: str
    href: str
    about: str
    group: str = "Briefings"
    sample: bool = False


@dataclass(frozen=True)
class QuarterLink:
    """Another quarter that has an index: its label and the address of that index."""

    label: str
    href: str


def index_html(
    quarter: Period,
    briefings: Sequence[BriefingLink],
    *,
    marks: PageMarks,
    findings: Sequence[str] = (),
    summary: pd.DataFrame | None = None,
    submissions: pd.DataFrame | None = None,
    failures: Sequence[str] = (),
    quarters: Sequence[QuarterLink] = (),
    state: IndexState | None = None,
) -> str:
    """Write the index page of a quarter: a whole document.

    Parameters
    ----------
    quarter : Period
        The quarter.
    briefings : sequence of BriefingLink
        In order; those of one group that follow each other share a heading.
    marks : PageMarks
        As for every page; its link to the index is left out here.
    findings : sequence of str
        What to know first, a sentence each.
    summary, submissions : DataFrame, optional
        As for :func:`slinb.show.quality.quality_html`; data quality at a glance where both
        are given.
    failures : sequence of str
        Briefings that could not be made, and why: said on the page, never left out.
    quarters : sequence of QuarterLink
        Other quarters, the latest first.
    state : IndexState, optional
        What the state of the region is told from. It names every authority with the way to its
        page, so links that only repeat those are left out.
    """
    told = state_html(state) if state else ""
    named = _name_profiles(state)
    briefings = [link for link in briefings if link.href not in named]
    order = [(quarter.label, ""), *((other.label, other.href) for other in quarters)]
    body = render_template(
        "index",
        state=told,
        findings=findings,
        groups=[(g, list(b)) for g, b in groupby(briefings, key=lambda link: link.group)],
        totals=_total(summary, submissions),
        failures=failures,
        quarters=order,
    )
    own = replace(marks, index="", quarter=quarter.label)
    return page_html(str(body), "Briefings of the quarter", marks=own)


def _name_profiles(state: IndexState | None) -> set[str]:
    if state is None:
        return set()
    return {f"{state.prefix}authority-profile-{a.slug}.html" for a in state.authorities}


def _total(summary: pd.DataFrame | None, submissions: pd.DataFrame | None) -> QualityTotals | None:
    if summary is None or submissions is None:
        return None
    return total_quality(summary, submissions)
