"""The gate of a public edition: what must not be found in it, and who lets a file through."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from slinb.analyse.comparison import add_intervals
from slinb.analyse.points import compute_points, take_own_quarter
from slinb.analyse.quarter_points import QuarterPoints
from slinb.batch.folders import QuarterFolders
from slinb.batch.parts import STATED
from slinb.batch.quarter import Quarter
from slinb.catalogue.areas import load_areas
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.measures import load_measures
from slinb.gate.folder import Gate
from slinb.gate.secrets import Secret, find_secrets, tabulate_numbers
from slinb.gate.stored import load_gate, store_gate

#: A quarter's own figure and that of twelve months stand for the same quarter.
_OWN = "own "
#: Columns that are no figures of a cell.
_PRIVATE = ("rank", "phi", "tau2")
_CELL = ["area", "measure", "period"]
_COUNTS = ["numerator", "denominator", "value"]
_FIGURES = [*_COUNTS, "lower", "upper"]


def store_quarter_gate(
    quarter: Quarter, safe: QuarterPoints, tables: Mapping[str, pd.DataFrame]
) -> None:
    """Store the gate through which every file of a quarter's public edition must pass.

    The secrets are the numbers of the true points that the protected points do not have, with
    their intervals; what is published of the same cells explains a number that happens to agree.

    Parameters
    ----------
    quarter : Quarter
    safe : QuarterPoints
        The protected points.
    tables : mapping of DataFrame
        The tables of the public edition.
    """
    places = {m.id: m.decimals for m in quarter.measures}
    shown, own = _shown(quarter, safe), _own(quarter, safe)
    secrets = [
        *find_secrets(_shown(quarter, quarter.points), shown, places),
        *find_secrets(_own(quarter, quarter.points), own, places, label=_OWN),
    ]
    population = {m.id for m in quarter.measures if m.uses_population}
    secrets = [s for s in secrets if not _is_population(s, population)]
    guarded = {s.measure for s in secrets}
    official = compute_points(quarter.published, [m for m in quarter.measures if m.id in guarded])
    # What is shown of any other measure is never looked up.
    known = [
        tabulate_numbers(_keep(shown, guarded), _FIGURES, places),
        tabulate_numbers(_keep(own, guarded), _COUNTS, places, label=_OWN),
        tabulate_numbers(official.dropna(subset="value"), _COUNTS, places),
        *(_tabulate_stated(_keep(tables[name], guarded), places) for name in STATED),
    ]
    store_gate(
        quarter.gate,
        secrets,
        pd.concat(known, ignore_index=True),
        threshold=load_disclosure_rules().threshold,
    )


def open_quarter_gate(quarter: QuarterFolders) -> Gate:
    """Return the stored gate of a quarter.

    Raises
    ------
    FileNotFoundError
        The public edition of the quarter was not made.
    """
    return load_gate(quarter.gate, load_areas(), load_measures())


def _tabulate_stated(table: pd.DataFrame, places: dict[str, int]) -> pd.DataFrame:
    """Return the figures that a table of the public edition states of each cell.

    Limits, means and benchmarks of one series lie close together, and now and then one rounds to
    a number that is suppressed. They were worked out from protected points, so they explain it;
    a small count is explained by nothing.
    """
    figures = [c for c in table.columns if table[c].dtype == "float64" and c not in _PRIVATE]
    rows = table[table["area"].ne("")].drop_duplicates([*_CELL, *figures])
    stated = tabulate_numbers(rows, figures, places, label="stated ")
    # A page writes a fall without its sign as often as with it.
    return stated.assign(number=stated["number"].abs())


def _keep(table: pd.DataFrame, measures: set[str]) -> pd.DataFrame:
    return table[table["measure"].isin(measures)]


def _shown(quarter: Quarter, points: QuarterPoints) -> pd.DataFrame:
    return add_intervals(points.shown, {m.id: m for m in quarter.asked})[[*_CELL, *_FIGURES]]


def _own(quarter: Quarter, points: QuarterPoints) -> pd.DataFrame:
    """Return the quarters' own figures, where they are not those of the briefing anyway."""
    same = [m.id for m in quarter.asked if take_own_quarter(m).shown == m.shown]
    return points.own.loc[~points.own["measure"].isin(same), [*_CELL, *_COUNTS]]


def _is_population(secret: Secret, measures: set[str]) -> bool:
    """Return whether a number is a population, which the ONS publishes."""
    return secret.kind.endswith("denominator") and secret.measure in measures
