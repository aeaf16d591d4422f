"""Sample records: made-up SSDA903 and Annex A sets whose totals are the published ones."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

from slinb.catalogue.areas import DEFAULT_REGION, Area, load_areas
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.records.annex_a import load_lists
from slinb.sample.care_histories import MadeChild, add_reviews, make_children
from slinb.sample.record_errors import arrange_headers, choose_errors, plan_sheets, spoil_care
from slinb.sample.record_tables import (
    HEADERS,
    Authority,
    Cells,
    list_adopters,
    list_care,
    list_others,
    list_year,
)

#: Measures whose published numerators and denominators the sample is set to.
CHILDREN, SECTION_20, UASC = "cla_rate", "s20_pct", "uasc_cla_pct"
DEFAULT_SEED = 20260131
MANIFEST = "sample_record_errors.csv"
MANIFEST_COLUMNS = ["area", "file", "error", "rule", "n"]
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


@dataclass(frozen=True)
class Totals:
    """The published totals of one authority that its sample is set to."""

    children: int
    section_20: int
    uasc: int


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
        OBSERVATIONS with the published ``cla_rate``, ``s20_pct`` and ``uasc_cla_pct``; of each
        the latest reporting year counts.
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
    rows = [
        row
        for number, area in enumerate(chosen, start=1)
        for row in write_authority_records(
            folder, read_totals(published, area), seed, quarter, area, number
        )
    ]
    return write_manifest(folder, rows)


def write_authority_records(
    folder: Path, totals: Totals, seed: int, quarter: Period, area: Area, number: int
) -> list[dict[str, object]]:
    """Write the made-up records of one authority into a folder of its name.

    Parameters
    ----------
    folder : Path
        Gets the authority's folder.
    totals : Totals
        The published totals that are met.
    seed, number : int
        The same seed and number give the same children; the number also says which errors are
        planted.
    quarter : Period
        The quarter at whose end the totals are met.
    area : Area
        The authority.

    Returns
    -------
    list of dict
        Rows of the manifest.
    """
    rng = np.random.default_rng([seed, number])
    authority = Authority(area.code, area.name, area.slug, number)
    children = make_authority(rng, totals, np.datetime64(quarter.end, "D"))
    return _write_authority(folder, authority, children, quarter, rng)


def write_manifest(folder: Path, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Write the list of planted errors, and the note that all is made up, into a folder."""
    (folder / "SAMPLE.txt").write_text(_MARK, encoding="utf-8")
    manifest = pd.DataFrame(list(rows), columns=MANIFEST_COLUMNS)
    manifest.to_csv(folder / MANIFEST, index=False, encoding="utf-8", lineterminator="\n")
    return manifest


def read_totals(published: pd.DataFrame, area: Area) -> Totals:
    """Return the latest published totals of an authority.

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


def make_authority(
    rng: np.random.Generator, totals: Totals, last_day: np.datetime64
) -> list[MadeChild]:
    """Draw children until the totals are met, and leave out those in care beyond them."""
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
            made = list(make_children(rng, last_day, n, uasc, number))
            number += n
            kept += _choose(made, wanted, keep_left=round_ == 0)
    for child in kept:
        add_reviews(rng, child, last_day)
    return kept


def _choose(
    made: list[MadeChild], wanted: dict[tuple[bool, bool], int], *, keep_left: bool
) -> list[MadeChild]:
    """Keep who has left care, and of those in care as many as are still wanted of their kind."""
    kept = []
    for child in made:
        current = child.current
        if current is None:
            if keep_left:
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
    children: list[MadeChild],
    quarter: Period,
    rng: np.random.Generator,
) -> list[dict[str, object]]:
    last_day = np.datetime64(quarter.end, "D")
    last_year = quarter.reporting_year().year + 1
    rows: list[dict[str, object]] = []
    home = folder / authority.slug
    for year in range(last_year - YEARS + 1, last_year + 1):
        tables = list_year(authority, children, year, last_day)
        path = home / "ssda903" / str(year)
        rows += _write_year(path, tables, authority, folder, final=year == last_year)
    return rows + _write_workbook(
        home / "annex_a" / "annex_a.xlsx", authority, children, last_day, rng, folder
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
    children: list[MadeChild],
    last_day: np.datetime64,
    rng: np.random.Generator,
    folder: Path,
) -> list[dict[str, object]]:
    plan = plan_sheets(authority.number)
    lists: dict[int, list[Cells]] = list_others(authority, children, last_day, rng)
    lists[8] = list_care(authority, children, last_day, rng)
    lists[11] = list_adopters(rng, last_day, 20)
    found = {**plan.rules, **spoil_care(lists[8])}
    book = Workbook(write_only=True)
    for rule in load_lists():
        names = [f"List {rule.number}"]
        if rule.number == 8 and plan.copied:
            names.append("List 8 (copy)")
        cells = [] if rule.number == plan.empty else lists.get(rule.number, [])
        for name in names:
            sheet = book.create_sheet(name)
            for _ in range(plan.titles):
                sheet.append(["SAMPLE: made-up children"])
            columns = [column.name for column in rule.columns]
            sheet.append([plan.renamed.get(column, column) for column in columns])
            for row in cells:
                sheet.append([row.get(c) for c in columns])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)
    file = path.relative_to(folder).as_posix()
    return [_note(authority, file, error, rule, 1) for error, rule in found.items()]
