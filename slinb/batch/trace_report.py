"""Trace a figure of a published page: which quarter, whose observations, which period."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from slinb.batch.folders import PREFIX, SUFFIX, TO_AUTHORITIES
from slinb.batch.plan import load_plan
from slinb.batch.quarter import Quarter, find_quarter
from slinb.batch.trace import describe_trace, parse_cell, trace_figure
from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.workspace import Workspace


def trace_report(report: Path, cell: str, region: str) -> str:
    """Say in lines of text where a figure of a page came from.

    Parameters
    ----------
    report : Path
        A published page or the folder that it lies in; of a page of official figures the latest
        published period is traced, of any other the quarter's returns.
    cell : str
        A measure and an area: "cla_rate Luton".
    region : str
        Name or code of the region.

    Raises
    ------
    ParameterError
        The report is none of ours, or the figure is not known.
    """
    quarter = find_quarter(
        _name_quarter(report), region, workspace=Workspace.find(report.resolve())
    )
    measure, area = parse_cell(cell, quarter.measures, quarter.areas)
    if _is_official(report, measure):
        observations, period = quarter.published, _find_latest(quarter, measure, area)
    else:
        observations = pd.concat([quarter.earlier, quarter.table("accepted")], ignore_index=True)
        held = quarter.table("quarantined")
        observations = pd.concat([observations, held], ignore_index=True)
        period = quarter.period
    traced = trace_figure(observations, measure, area, period, quarter.areas)
    return describe_trace(traced, measure, quarter.areas)


def _name_quarter(report: Path) -> str:
    folder = report.resolve() if report.is_dir() else report.resolve().parent
    for suffix in (SUFFIX["restricted"], TO_AUTHORITIES):
        if folder.name.endswith(suffix):
            return folder.name.removesuffix(suffix)
    return folder.name


def _is_official(report: Path, measure: Measure) -> bool:
    """Whether a page shows the official figure of a measure."""
    stem = report.stem.removeprefix(PREFIX["restricted"])
    known = {briefing.notebook.replace("_", "-"): briefing.uses for briefing in load_plan()}
    return known.get(stem) == "published" or not measure.quarterly


def _find_latest(quarter: Quarter, measure: Measure, area: Area) -> Period:
    mine = quarter.published["measure"].eq(measure.id)
    codes = [area.code, *(a.code for a in quarter.areas.authorities(area.code))]
    periods = quarter.published.loc[mine & quarter.published["area"].isin(codes), "period"]
    if periods.empty:
        raise ParameterError(
            f"No official figure of {measure.id} is known for {area.name}.",
            "Name a page of the quarter's returns, such as quarterly-rug.html.",
        )
    return max(Period.parse(text) for text in periods.unique())
