"""The steps from returns to result tables, as workers carry them out: files in, files out.

What a step needs it imports at work: the plan of a quarter is read without any of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from slinb.batch.folders import OWN, building_folder
from slinb.batch.plan import list_own_tables, load_plan

if TYPE_CHECKING:
    import pandas as pd

    from slinb.batch.quarter import Quarter

#: Of the folder of what collecting gave, within the processed tables.
COLLECTED = "collected"


def collect(root: Path, quarter: str, region: str) -> None:
    """Read what lies in the folders of returns and of audits, and store it as tables."""
    import pandas as pd

    from slinb.batch.audits import read_quarter_audits
    from slinb.batch.quarter import load_published
    from slinb.batch.results import DIVES
    from slinb.collect.deep_dives import read_deep_dives
    from slinb.collect.population import find_population
    from slinb.collect.returns import read_returns

    opened = open_whole(root, quarter, region)
    official, problems = load_published(opened.workspace)
    measures = opened.measures.quarterly()
    population = find_population(official, measures, opened.period)
    given = (opened.returns, opened.period, opened.authorities)
    returns = read_returns(*given, measures, population)
    dives = read_deep_dives(*given, submissions=returns.submissions)
    audits = read_quarter_audits(opened.workspace, opened.period, opened.authorities)
    queries = [returns.queries, dives.queries, audits.queries, problems]
    tables = {
        "observations": returns.observations,
        "submissions": returns.submissions,
        "superseded": returns.superseded,
        "asked": pd.concat(queries, ignore_index=True),
        **dict(zip(DIVES, (dives.counts, dives.risk, dives.durations), strict=True)),
        **audits.tables,
    }
    shutil.rmtree(opened.folder / COLLECTED, ignore_errors=True)
    write_tables(opened.folder / COLLECTED, tables)


def check(root: Path, quarter: str, region: str) -> None:
    """Check what was collected: accepted, quarantined, and what has to be asked."""
    import pandas as pd

    from slinb.check import check_quarter

    opened = open_whole(root, quarter, region)
    files = sorted((opened.folder / COLLECTED).glob("*.parquet"))
    came = {path.stem: pd.read_parquet(path) for path in files}
    result = check_quarter(
        came.pop("observations"),
        opened.earlier,
        opened.published,
        came["submissions"],
        came.pop("asked"),
        opened.measures,
        opened.areas,
        opened.period,
        opened.region.code,
    )
    names = ("accepted", "quarantined", "queries", "summary")
    for name, table in {**came, **{name: getattr(result, name) for name in names}}.items():
        table.to_parquet(opened.folder / f"{name}.parquet", index=False)


def write_query_lists(root: Path, quarter: str, region: str) -> None:
    """Write each authority's list of what to mend; with its own figures it goes to nobody else."""
    from slinb.check import write_query_logs

    opened = open_whole(root, quarter, region)
    folder = building_folder(opened.letters) / "queries"
    shutil.rmtree(folder, ignore_errors=True)
    written = write_query_logs(
        opened.table("queries"),
        folder,
        opened.authorities,
        opened.measures,
        stamp=opened.period.end,
    )
    mark = "SAMPLE_" if opened.sample else ""
    for path in written:
        path.rename(path.with_name(f"RESTRICTED_{mark}{path.name}"))


def protect(root: Path, quarter: str, region: str) -> None:
    """Protect the counts of the quarter and audit what is left."""
    from slinb.batch.protection import write_protection

    opened = open_whole(root, quarter, region)
    shutil.rmtree(opened.protected, ignore_errors=True)
    write_protection(opened.protected, opened.protection)


def compare_public(root: Path, quarter: str, region: str) -> None:
    """Compute the tables of the public edition, and what its files must not show.

    Raises
    ------
    DisclosureError
        The audit finds a suppressed figure that can be worked out.
    """
    from slinb.batch.gatekeeper import store_quarter_gate
    from slinb.batch.protection import read_protection, write_publication

    opened = open_whole(root, quarter, region)
    (folder,) = opened.tables("public")
    for stale in (folder, opened.publication, opened.gate):
        shutil.rmtree(stale, ignore_errors=True)
    found = read_protection(opened.protected)
    tables = opened.compare_public(found)
    write_edition(folder, tables, opened)
    write_publication(opened.publication, found.publication)
    store_quarter_gate(opened, found.points, tables)


def compare_restricted(root: Path, quarter: str, region: str) -> None:
    """Compute the tables of the restricted edition."""
    opened = open_whole(root, quarter, region)
    folder = opened.tables("restricted")[0]
    shutil.rmtree(folder, ignore_errors=True)
    write_edition(folder, opened.compare_restricted(), opened)


def tell_of_public(root: Path, quarter: str, region: str) -> None:
    """Store what the restricted edition says of the public one."""
    from slinb.batch.protection import read_protection
    from slinb.batch.quarter import tell_senders

    opened = open_whole(root, quarter, region)
    folder = opened.tables("restricted")[1]
    shutil.rmtree(folder, ignore_errors=True)
    found = read_protection(opened.protected)
    public = opened.edition("public").result("comparison_quarterly") if found.proved else None
    write_edition(folder, tell_senders(found, public), opened)


def write_edition(folder: Path, tables: Mapping[str, pd.DataFrame], quarter: Quarter) -> None:
    """Store tables of an edition, and of some each authority's own rows apart.

    A page of one authority reads those, and so is not made again when others' rows change.
    """
    from slinb.batch.edition import keep_own

    write_tables(folder, tables)
    own = [name for name in list_own_tables(load_plan()) if name in tables]
    for authority in quarter.authorities:
        mine = {name: keep_own(tables[name], authority) for name in own}
        write_tables(folder / OWN / authority.slug, mine)


def write_tables(folder: Path, tables: Mapping[str, pd.DataFrame]) -> None:
    """Write tables into a folder, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def open_whole(root: Path, quarter: str, region: str) -> Quarter:
    """Return a quarter as the batch sees it, from what travels to a worker."""
    from slinb.batch.quarter import find_quarter
    from slinb.workspace import Workspace

    return find_quarter(quarter, region, workspace=Workspace(root))
