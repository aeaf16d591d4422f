"""The blank returns of a quarter, with last quarter's figures beside each cell."""

from __future__ import annotations

from pathlib import Path

from slinb.batch.audits import write_audit_workbooks
from slinb.batch.quarter import Quarter
from slinb.collect.population import find_population
from slinb.collect.template import write_templates


def write_quarter_templates(quarter: Quarter) -> list[Path]:
    """Write the return and the audit workbook of each authority of the quarter's region.

    They go to ``reports/<quarter>-templates/``: they are sent out, not collected.
    """
    measures = quarter.measures.quarterly()
    population = find_population(quarter.published, measures, quarter.period)
    folder = quarter.workspace.reports(f"{quarter.period.id}-templates")
    returns = write_templates(
        folder, quarter.period, quarter.authorities, measures, quarter.earlier, population
    )
    return [*returns, *write_audit_workbooks(quarter)]
