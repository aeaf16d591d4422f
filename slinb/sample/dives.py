"""The sample's deep-dive sheets: made-up records, counted and written by ``prepare-return`` itself.

Only the sheets of the deep dives are taken over from the made-up records. The return's other
figures stay those of the simulation, with their history and their defects: the two agree on the
published totals, from which both start, and not to the child.
"""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.records.prepare import CountedRecords, count_records
from slinb.sample.cin_census import write_authority_census, write_census_manifest
from slinb.sample.records import make_records, write_authority_records, write_manifest
from slinb.sample.totals import PlanTotals, Totals, read_plan_totals, read_totals

_MOST_WORKERS = 4


@dataclass(frozen=True)
class _Task:
    """One authority's records to make and count: all that another process needs to know."""

    folder: Path
    totals: Totals
    plans: PlanTotals
    seed: int
    quarter: Period
    area: Area
    number: int


@dataclass(frozen=True)
class _Made:
    """What comes back: the counts, and the errors planted in the records and the census."""

    counted: CountedRecords
    errors: list[dict[str, object]]
    census_errors: list[dict[str, object]]


def count_sample_records(
    published: pd.DataFrame,
    quarter: Period,
    areas: Sequence[Area],
    seed: int,
    *,
    folder: Path | None = None,
    workers: int | None = 1,
) -> dict[str, CountedRecords]:
    """Make up each authority's records and count them as the authority would.

    Parameters
    ----------
    published : DataFrame
        Published observations of every authority: ``cla_rate``, ``s20_pct``, ``uasc_cla_pct``;
        ``cp_neglect_pct``, ``cp_neglect_multiple_pct``, ``cp_starting_rate``, ``referrals_rate``.
    quarter, areas
        For when, for whom.
    seed : int
        The same seed gives the same records.
    folder : Path, optional
        Keeps the records (SSDA903, Annex A, CIN census), with the lists of errors planted in
        them; they are thrown away if left out.
    workers : int or None
        Processes to share the work; one an available processor if None, at most four.

    Returns
    -------
    dict of str to CountedRecords
        By area code.

    Raises
    ------
    ParameterError
        ``folder`` holds something that is no sample, or a total is not published.
    """
    if folder is not None and not (folder / "SAMPLE.txt").exists() and _holds_anything(folder):
        raise ParameterError(
            f"{folder.name} holds files that are no sample.", "Name a new folder for the records."
        )
    with TemporaryDirectory(prefix="slinb-") if folder is None else nullcontext(folder) as place:
        home = Path(place)
        home.mkdir(parents=True, exist_ok=True)
        tasks = [
            _Task(
                home,
                read_totals(published, area),
                read_plan_totals(published, area),
                seed,
                quarter,
                area,
                number,
            )
            for number, area in enumerate(areas, start=1)
        ]
        made = _run_all(tasks, workers)
        if folder is not None:
            write_manifest(folder, [row for one in made for row in one.errors])
            write_census_manifest(folder, [row for one in made for row in one.census_errors])
    return {task.area.code: one.counted for task, one in zip(tasks, made, strict=True)}


def _holds_anything(folder: Path) -> bool:
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def _run_all(tasks: Sequence[_Task], workers: int | None) -> list[_Made]:
    n = min(workers or os.cpu_count() or 1, _MOST_WORKERS, len(tasks))
    if n < 2:
        return [_run(task) for task in tasks]
    # The largest first, so that no process ends alone with the longest task.
    order = sorted(range(len(tasks)), key=lambda i: -tasks[i].totals.children)
    # Starting afresh is the one way that every system has; a fork would copy open threads.
    with ProcessPoolExecutor(n, mp_context=multiprocessing.get_context("spawn")) as pool:
        done = dict(zip(order, pool.map(_run, [tasks[i] for i in order]), strict=True))
    return [done[i] for i in range(len(tasks))]


def _run(task: _Task) -> _Made:
    quarter, area, number = task.quarter, task.area, task.number
    made = make_records(task.totals, task.plans, task.seed, quarter, number)
    errors = write_authority_records(task.folder, made, quarter, area, number)
    census_errors = write_authority_census(task.folder, made.families, quarter, area, number)
    # A made-up quarter may lie ahead: the day of counting is a month after its end.
    day = quarter.end + dt.timedelta(days=31)
    return _Made(count_records(task.folder / area.slug, quarter, day), errors, census_errors)
