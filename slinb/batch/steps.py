"""The steps from returns to result tables, as workers carry them out: files in, files out.

What a step needs it imports at work: the plan of a quarter is read without any of it.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from slinb.batch.folders import OWN, building_folder
from slinb.batch.parts import (
    COMPARED,
    COUNTED,
    EXTRACTED,
    STATED,
    TRIANGLE,
    EditionName,
    Part,
)
from slinb.batch.plan import list_own_tables, load_plan

if TYPE_CHECKING:
    import pandas as pd

    from slinb.analyse.quarter_points import QuarterPoints
    from slinb.batch.quarter import Quarter

#: Of the folder of what collecting gave, within the processed tables.
COLLECTED = "collected"
#: What is read before it is collected, beside the returns one by one.
POPULATION, PROBLEMS, AUDITS, QUERIES = "population", "problems", "audits", "queries"
#: The table of the part "closing".
POINTS = "points"


def find_populations(root: Path, quarter: str, region: str) -> None:
    """Store the published populations, and what could not be read of the official figures."""
    from slinb.batch.quarter import load_published
    from slinb.collect.population import find_population

    opened = open_whole(root, quarter, region)
    official, problems = load_published(opened.workspace)
    population = find_population(official, opened.measures.quarterly(), opened.period)
    write_tables(opened.read, {POPULATION: population, PROBLEMS: problems})


def read_file(root: Path, quarter: str, region: str, file: str) -> None:
    """Read one file of returns: its figures, and its deep dives where it may count."""
    import pandas as pd

    from slinb.batch.readings import Reading, write_reading
    from slinb.collect.deep_dives import find_used, join_deep_dives, read_dives
    from slinb.collect.inbox import name_reading
    from slinb.collect.submission import read_return

    opened = open_whole(root, quarter, region)
    path, folder = opened.returns / file, opened.read / name_reading(file)
    shutil.rmtree(folder, ignore_errors=True)
    population = pd.read_parquet(opened.read / f"{POPULATION}.parquet")
    given = (opened.period, opened.authorities, opened.measures.quarterly(), population)
    sent = read_return(path, *given)
    owners = {area.code: area for area in opened.authorities}
    used = find_used(sent.submissions)["area"]
    dives = join_deep_dives(read_dives(path, owners[code], opened.period) for code in used)
    write_reading(folder, path, Reading(sent, dives))


def read_audits(root: Path, quarter: str, region: str) -> None:
    """Read the audit workbooks of the quarter."""
    from slinb.batch.audits import read_quarter_audits

    opened = open_whole(root, quarter, region)
    audits = read_quarter_audits(opened.workspace, opened.period, opened.authorities)
    write_tables(opened.read / AUDITS, {**audits.tables, QUERIES: audits.queries})


def collect(root: Path, quarter: str, region: str) -> None:
    """Put together what was read of the folders of returns and of audits."""
    import pandas as pd

    from slinb.batch.audits import refuse_mixture
    from slinb.batch.readings import load_readings
    from slinb.batch.results import DIVES
    from slinb.collect.deep_dives import find_used, join_deep_dives
    from slinb.collect.returns import join_returns

    opened = open_whole(root, quarter, region)
    refuse_mixture(opened.workspace, opened.period)
    readings = load_readings(opened.read, opened.returns)
    given = (opened.period, opened.authorities)
    returns = join_returns(opened.returns, [r.sent for r in readings.values()], *given)
    used = find_used(returns.submissions)["file"]
    dives = join_deep_dives(readings[file].dives for file in used)
    audits = read_tables(opened.read / AUDITS)
    problems = pd.read_parquet(opened.read / f"{PROBLEMS}.parquet")
    queries = [returns.queries, dives.queries, audits.pop(QUERIES), problems]
    tables = {
        "observations": returns.observations,
        "submissions": returns.submissions,
        "superseded": returns.superseded,
        "asked": pd.concat(queries, ignore_index=True),
        **dict(zip(DIVES, (dives.counts, dives.risk, dives.durations), strict=True)),
        **audits,
    }
    shutil.rmtree(opened.folder / COLLECTED, ignore_errors=True)
    write_tables(opened.folder / COLLECTED, tables)


def check(root: Path, quarter: str, region: str) -> None:
    """Check what was collected: accepted, quarantined, and what has to be asked."""
    from slinb.check import check_quarter

    opened = open_whole(root, quarter, region)
    came = read_tables(opened.folder / COLLECTED)
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
    made = {name: getattr(result, name) for name in names}
    write_tables(opened.folder, came | made)
    shutil.rmtree(opened.folder / "counted", ignore_errors=True)
    for family in opened.families:  # so that a changed count is protected again, and no other
        own = {n: made[n][made[n]["measure"].isin(family.ids)] for n in COUNTED}
        write_tables(opened.counted(family.name), own)


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


def protect_family(root: Path, quarter: str, region: str, family: str) -> None:
    """Protect the counts of one family of measures."""
    from slinb.batch.protection import describe_protection, write_protection

    opened = open_whole(root, quarter, region)
    (chosen,) = (f for f in opened.families if f.name == family)
    shutil.rmtree(opened.family(family), ignore_errors=True)
    last = opened.last_publication is not None
    found = describe_protection(opened.protect(chosen), chosen.measures, last=last)
    write_protection(opened.family(family), found)


def protect(root: Path, quarter: str, region: str) -> None:
    """Put the protected families together and prove that nothing can be worked out of the whole."""
    from slinb.batch.protection import join_protections, read_protection, write_protection

    opened = open_whole(root, quarter, region)
    shutil.rmtree(opened.protected, ignore_errors=True)
    parts = [read_protection(opened.family(family.name)) for family in opened.families]
    joined = join_protections(parts, opened.last_publication)
    write_protection(opened.protected, joined)


def analyse_part(root: Path, quarter: str, region: str, edition: EditionName, part: Part) -> None:
    """Compute one part of the tables of an edition.

    Raises
    ------
    DisclosureError
        Of the public edition: the audit finds a suppressed figure that can be worked out.
    """
    import pandas as pd

    opened = open_whole(root, quarter, region)
    folder = opened.part(edition, part)
    shutil.rmtree(folder, ignore_errors=True)
    if part == "dives":
        tables = opened.analyse_dives(edition)
    elif part == "audits":
        view = opened.edition(edition)
        compared = {name: view.result_for(name, TRIANGLE) for name in COMPARED}
        tables = opened.analyse_audits(edition, compared)
    elif part == "official":
        beside = pd.read_parquet(opened.part(edition, "closing") / f"{POINTS}.parquet")
        tables = opened.analyse_official(beside)
    else:
        tables = opened.analyse_returns(edition, _read_points(opened, edition))
        tables |= _say_what_is_hidden(opened) if edition == "public" else {}
    write_edition(folder, tables, opened)


def take_closing(root: Path, quarter: str, region: str, edition: EditionName) -> None:
    """Store the points of the returns that official figures may be set beside.

    Raises
    ------
    DisclosureError
        As :func:`analyse_part`.
    """
    from slinb.batch.extracts import keep_closing

    opened = open_whole(root, quarter, region)
    folder = opened.part(edition, "closing")
    shutil.rmtree(folder, ignore_errors=True)
    shown = _read_points(opened, edition).shown
    write_tables(folder, {POINTS: keep_closing(shown, opened.published)})


def extract_rows(root: Path, quarter: str, region: str, edition: EditionName) -> None:
    """Store of tables of an edition the rows that one reader each shows."""
    from slinb.batch.extracts import extract_tables

    opened = open_whole(root, quarter, region)
    folder, view = opened.part(edition, "extracts"), opened.edition(edition)
    shutil.rmtree(folder, ignore_errors=True)
    whole = {name: view.result(name) for name in EXTRACTED}
    found = extract_tables(whole, opened.measures, opened.authorities)
    for reader, tables in found.items():
        write_tables(folder / OWN / reader, tables)


def _read_points(quarter: Quarter, edition: EditionName) -> QuarterPoints:
    """Return the points of the returns as an edition has them."""
    from slinb.batch.protection import read_protection
    from slinb.batch.quarter import refuse_unproved

    if edition == "restricted":
        return quarter.points
    found = read_protection(quarter.protected)
    refuse_unproved(quarter.period, found)
    return found.points


def _say_what_is_hidden(quarter: Quarter) -> dict[str, pd.DataFrame]:
    from slinb.batch.protection import read_protection

    found = read_protection(quarter.protected)
    return {"suppression": found.suppression, "audit": found.audit}


def shut_gate(root: Path, quarter: str, region: str) -> None:
    """Store what no public file may show, and what the public edition holds of the counts."""
    from slinb.batch.gatekeeper import store_quarter_gate
    from slinb.batch.protection import read_protection, write_publication

    opened = open_whole(root, quarter, region)
    for stale in (opened.publication, opened.gate):
        shutil.rmtree(stale, ignore_errors=True)
    found, view = read_protection(opened.protected), opened.edition("public")
    write_publication(opened.publication, found.publication)
    store_quarter_gate(opened, found.points, {name: view.result(name) for name in STATED})


def tell_of_public(root: Path, quarter: str, region: str) -> None:
    """Store what the restricted edition says of the public one."""
    import pandas as pd

    from slinb.batch.protection import read_protection
    from slinb.batch.quarter import tell_senders

    opened = open_whole(root, quarter, region)
    folder = opened.part("restricted", "told")
    shutil.rmtree(folder, ignore_errors=True)
    found = read_protection(opened.protected)
    # Where it was to be made and is not there, this fails: nobody is told that nothing is public.
    stored = opened.find_table("public", "comparison_quarterly")
    public = pd.read_parquet(stored) if found.proved else None
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


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Read the tables of a folder, by name."""
    import pandas as pd

    return {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}


def open_whole(root: Path, quarter: str, region: str) -> Quarter:
    """Return a quarter as the batch sees it, from what travels to a worker."""
    from slinb.batch.quarter import find_quarter
    from slinb.workspace import Workspace

    return find_quarter(quarter, region, workspace=Workspace(root))
