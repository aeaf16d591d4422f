"""Sample records: made-up SSDA903 and Annex A sets whose totals are the published ones."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from xlsxwriter import Workbook  # type: ignore[import-untyped]  # it ships no types
from xlsxwriter.worksheet import Worksheet  # type: ignore[import-untyped]  # nor here

from slinb.catalogue.areas import DEFAULT_REGION, Area, load_areas
from slinb.catalogue.periods import Period
from slinb.records.annex_a import load_lists
from slinb.sample.care_histories import MadeChild, add_reviews, make_children
from slinb.sample.cin_histories import MadeFamilyMember, make_census_children
from slinb.sample.days import Day, count_day
from slinb.sample.need_tables import list_need, spoil_need
from slinb.sample.record_errors import (
    SheetPlan,
    arrange_headers,
    choose_errors,
    plan_sheets,
    spoil_care,
)
from slinb.sample.record_tables import (
    HEADERS,
    Authority,
    Cells,
    list_adopters,
    list_care,
    list_others,
    list_year,
)
from slinb.sample.totals import (
    DEFAULT_SEED,
    MANIFEST_COLUMNS,
    PlanTotals,
    Totals,
    read_plan_totals,
    read_totals,
)

MANIFEST = "sample_record_errors.csv"
#: Yearly files that are written, the last one up to the end of the quarter.
YEARS = 5
_UASC_UNDER_SECTION_20 = 0.85
_STARTS_A_YEAR = 0.42  # of the children in care
_MOST_ROUNDS = 40
_MARK = (
    "SAMPLE. Every child in this folder was made up by “slinb sample --records”. Only the totals\n"
    "(children looked after, under Section 20, unaccompanied) are the published ones; errors\n"
    f"were planted on purpose and are listed in {MANIFEST}.\n"
)


def write_sample_records(
    folder: Path,
    published: pd.DataFrame,
    seed: int = DEFAULT_SEED,
    quarter: Period | None = None,
    areas: Sequence[Area] | None = None,
) -> pd.DataFrame:
    """Write a made-up SSDA903 set and Annex A workbook for each authority.

    Parameters
    ----------
    folder : Path
        Gets a folder an authority (``luton/ssda903/2026/episodes.csv``,
        ``luton/annex_a/annex_a.xlsx``), a note that all is made up, and the manifest.
    published : DataFrame
        OBSERVATIONS with the published ``cla_rate``, ``s20_pct``, ``uasc_cla_pct`` and
        ``cp_neglect_pct``; of each the latest reporting year counts.
    seed : int
        The same seed gives the same children.
    quarter : Period, optional
        The quarter at whose end the totals are met; 2025-26-Q3 if left out.
    areas : sequence of Area, optional
        The authorities; the region's eleven if left out.

    Returns
    -------
    DataFrame
        The manifest: area, file, error, the rule that must find it, and how many.

    Raises
    ------
    ParameterError
        A total of an authority is not published.
    """
    quarter = quarter or Period.parse("2025-26-Q3")
    chosen = areas or load_areas().authorities(DEFAULT_REGION)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, area in enumerate(chosen, start=1):
        made = make_records(
            read_totals(published, area), read_plan_totals(published, area), seed, quarter, number
        )
        rows += write_authority_records(folder, made, quarter, area, number)
    return write_manifest(folder, rows)


@dataclass(frozen=True)
class MadeRecords:
    """The made-up children of one authority.

    Parameters
    ----------
    cared : list of MadeChild
        Those in care, now and in the years before.
    families : list of MadeFamilyMember
        Those with a case of need; who came into care stands in both.
    rng : Generator
        Draws what else is written of them.
    """

    cared: list[MadeChild]
    families: list[MadeFamilyMember]
    rng: np.random.Generator


def make_records(
    totals: Totals, plans: PlanTotals, seed: int, quarter: Period, number: int
) -> MadeRecords:
    """Make up the children of one authority.

    Parameters
    ----------
    totals, plans
        The published totals that are met at the end of the quarter.
    seed, number : int
        The same seed and number give the same children.
    quarter : Period
        The quarter.
    """
    rng, last_day = np.random.default_rng([seed, number]), count_day(quarter.end)
    first = quarter.reporting_year().year + 1 - YEARS
    cared = make_authority(rng, totals, last_day, count_day(dt.date(first, 4, 1)))
    return MadeRecords(cared, make_census_children(plans, seed, last_day, number, cared), rng)


def write_authority_records(
    folder: Path,
    made: MadeRecords,
    quarter: Period,
    area: Area,
    number: int,
) -> list[dict[str, object]]:
    """Write the made-up records of one authority into a folder of its name.

    Parameters
    ----------
    folder : Path
        Gets the authority's folder.
    children : list of MadeChild
        Its children in care (:func:`make_children_in_care`).
    rng : Generator
        Draws what else is written.
    quarter, area
        For when and whom.
    number : int
        Which errors are planted, and what its identifiers carry.

    Returns
    -------
    list of dict
        Rows of the manifest.
    """
    authority = Authority(area.code, area.name, area.slug, number)
    return _write_authority(folder, authority, made, quarter)


def write_manifest(folder: Path, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Write the list of planted errors, and the note that all is made up, into a folder."""
    (folder / "SAMPLE.txt").write_text(_MARK, encoding="utf-8")
    manifest = pd.DataFrame(list(rows), columns=MANIFEST_COLUMNS)
    manifest.to_csv(folder / MANIFEST, index=False, encoding="utf-8", lineterminator="\n")
    return manifest


def make_authority(
    rng: np.random.Generator, totals: Totals, last_day: Day, first_day: Day
) -> list[MadeChild]:
    """Draw children until the totals are met, and leave out those in care beyond them.

    Who left care before the first day stands in no file and is left out too.
    """
    uasc_s20 = min(round(totals.uasc * _UASC_UNDER_SECTION_20), totals.section_20)
    wanted = {
        (True, True): uasc_s20,
        (True, False): totals.uasc - uasc_s20,
        (False, True): totals.section_20 - uasc_s20,
        (False, False): totals.children - totals.uasc - totals.section_20 + uasc_s20,
    }
    kept: list[MadeChild] = []
    number = 0
    batch = max(round(totals.children * _STARTS_A_YEAR), 20)
    for round_ in range(_MOST_ROUNDS):
        if not any(wanted.values()):
            break
        for uasc in (True, False):
            if round_ and not (wanted[uasc, True] or wanted[uasc, False]):
                continue
            # The first round brings the years of history, later ones fill what is missing.
            n = batch * (12 if round_ == 0 else 3)
            n = max(totals.uasc * 5, 10) if uasc else n
            drawn = list(make_children(rng, last_day, n, uasc, number))
            number += n
            kept += _choose(drawn, wanted, None if round_ else first_day)
    for child in kept:
        add_reviews(rng, child, last_day)
    return kept


def _choose(
    drawn: list[MadeChild], wanted: dict[tuple[bool, bool], int], left_since: Day | None
) -> list[MadeChild]:
    """Keep who left care since a day, and of those in care as many as are wanted of their kind."""
    kept = []
    for child in drawn:
        current = child.current
        if current is None:
            left = child.episodes[-1].end
            if left_since is not None and left is not None and left >= left_since:
                kept.append(child)
            continue
        kind = (child.uasc, current.legal == "V2")
        if wanted[kind]:
            wanted[kind] -= 1
            kept.append(child)
    return kept


# Writing ------------------------------------------------------------------------------------


def _write_authority(
    folder: Path,
    authority: Authority,
    made: MadeRecords,
    quarter: Period,
) -> list[dict[str, object]]:
    last_day = count_day(quarter.end)
    last_year = quarter.reporting_year().year + 1
    rows: list[dict[str, object]] = []
    home = folder / authority.slug
    for year in range(last_year - YEARS + 1, last_year + 1):
        tables = list_year(authority, made.cared, year, last_day)
        path = home / "ssda903" / str(year)
        rows += _write_year(path, tables, authority, folder, final=year == last_year)
    return rows + _write_workbook(
        home / "annex_a" / "annex_a.xlsx", authority, made, last_day, folder
    )


def _write_year(
    path: Path,
    tables: dict[str, list[list[str]]],
    authority: Authority,
    folder: Path,
    *,
    final: bool,
) -> list[dict[str, object]]:
    path.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    headers = dict(HEADERS)
    file = (path / "episodes.csv").relative_to(folder).as_posix()
    if final:
        rows += [
            _note(authority, file, error.name, error.rule, n)
            for error in choose_errors(authority.number)
            if (n := error.plant(tables)) and error.rule
        ]
        headers["episodes"], rule = arrange_headers(authority.number, HEADERS["episodes"])
        if rule:
            rows.append(_note(authority, file, "a column of the authority's own", rule, 1))
    for name, table in tables.items():
        width = len(headers[name])
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle)
            writer.writerow(headers[name])
            writer.writerows(row + [""] * (width - len(row)) for row in table)
    return rows


def _note(authority: Authority, file: str, error: str, rule: str, n: int) -> dict[str, object]:
    return {"area": authority.code, "file": file, "error": error, "rule": rule, "n": n}


def _write_workbook(
    path: Path,
    authority: Authority,
    made: MadeRecords,
    last_day: Day,
    folder: Path,
) -> list[dict[str, object]]:
    plan = plan_sheets(authority.number)
    rng = made.rng
    lists = list_need(authority, made.families, last_day, rng)
    lists |= list_others(authority, made.cared, last_day, rng)
    lists[8] = list_care(authority, made.cared, last_day, rng)
    lists[11] = list_adopters(rng, last_day, 20)
    found = {**plan.rules, **spoil_care(lists[8]), **spoil_need(lists)}
    path.parent.mkdir(parents=True, exist_ok=True)
    with Workbook(path, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        for rule in load_lists():
            cells = [] if rule.number == plan.empty else lists.get(rule.number, [])
            columns = [column.name for column in rule.columns]
            for name in plan.name_sheets(rule.number):
                _write_sheet(book.add_worksheet(name), columns, cells, plan)
    file = path.relative_to(folder).as_posix()
    return [_note(authority, file, error, rule, 1) for error, rule in found.items()]


def _write_sheet(
    sheet: Worksheet, columns: Sequence[str], rows: Sequence[Cells], plan: SheetPlan
) -> None:
    for row in range(plan.titles):
        sheet.write_string(row, 0, "SAMPLE: made-up children")
    for column, name in enumerate(columns):
        sheet.write_string(plan.titles, column, plan.renamed.get(name, name))
    for row, cells in enumerate(rows, start=plan.titles + 1):
        for column, name in enumerate(columns):
            value = cells.get(name)
            if isinstance(value, str):
                sheet.write_string(row, column, value)
            elif isinstance(value, dt.date):
                sheet.write_datetime(row, column, value)
            elif value is not None:
                sheet.write_number(row, column, value)
