"""Which findings head the Section 20 pages, in what order: by a stated rule, from the tables.

The region's page: how the share moved since 2015; the share now, with and without UASC; who
differs on long spells; what became of those who started; the practice question answered least
often with yes; then the lines on which most authorities differ. An authority's page: its share
with and without UASC; then its real differences from the region, those at 99.8% first; then,
where places are left, its history, the practice question and lines on which it does not differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from slinb.analyse.dive_findings import Figures, Found, choose_pages, copy_figure, set_share
from slinb.analyse.dive_scope import Scope
from slinb.analyse.section20_history import STOCK, STOCK_WITHOUT
from slinb.catalogue.section20 import Section20

#: The last reporting year that closed before the judgment of November 2015.
BEFORE = "2014-15"
_HORIZON = 12
#: The line that the first message of an authority speaks of.
_SHARE = "share"
_MOST_DIFFERENCES = 3


def choose_findings(
    figures: pd.DataFrame,
    incidence: pd.DataFrame,
    history: pd.DataFrame,
    data: Section20,
    scope: Scope,
) -> pd.DataFrame:
    """Choose the findings of the region's page and of each authority's.

    Parameters
    ----------
    figures, incidence, history : DataFrame
        Tables of :mod:`slinb.analyse.section20_tables`.
    data : Section20
        The lines, in their order, and how many findings a page has at most.
    scope : Scope

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FINDINGS`, in order of the pages. A figure that
        is withheld is no finding.
    """
    tables = _Tables(Figures(figures, data, scope), incidence, history, scope.region)
    return choose_pages(
        scope, data.most, _list_region(tables), lambda area: _list_authority(tables, area)
    )


@dataclass(frozen=True)
class _Tables:
    """The tables that findings are chosen from."""

    figures: Figures
    incidence: pd.DataFrame
    history: pd.DataFrame
    region: str

    def year(self, area: str, measure: str, period: str = "") -> Found | None:
        """Return a published figure of an area: of a year, or the latest."""
        rows = self.history[self.history["area"].eq(area) & self.history["measure"].eq(measure)]
        rows = rows[rows["value"].notna() & (rows["period"].eq(period) | (period == ""))]
        return dict(rows.iloc[-1]) if len(rows) else None


def _list_region(tables: _Tables) -> Iterator[Found]:
    region = tables.region
    yield from _find_history(tables, region)
    yield from _find_share(tables, region)
    spread, even = tables.figures.compare_region()
    yield from (one for one in spread if one["line"] == "long")
    yield from _find_followed(tables)
    yield from _find_practice(tables, region)
    yield from sorted(spread, key=lambda f: (-f["sure"], -f["differ"]))
    yield from even


def _list_authority(tables: _Tables, area: str) -> Iterator[Found]:
    yield from _find_share(tables, area)
    differs, similar = tables.figures.compare_lines(area, said=_SHARE)
    yield from differs[:_MOST_DIFFERENCES]
    yield from _find_history(tables, area)
    yield from _find_practice(tables, area)
    yield from differs[_MOST_DIFFERENCES:]
    yield from tables.figures.find_silence(area)
    places = {"long": 0, "convert": 1}
    yield from sorted(similar, key=lambda f: places.get(f["line"], 2))


def _find_history(tables: _Tables, area: str) -> Iterator[Found]:
    """Yield how the published share moved since the year before the judgment."""
    now, before = tables.year(area, STOCK), tables.year(area, STOCK, BEFORE)
    if now is None or before is None:
        return
    without = tables.year(area, STOCK_WITHOUT, now["period"])
    without_before = tables.year(area, STOCK_WITHOUT, BEFORE)
    yield {
        "pattern": "history", "line": "", "measure": STOCK, "period": now["period"],
        "value": now["value"], "other": before["value"], "other_period": BEFORE,
        "third": without["value"] if without else None,
        "fourth": without_before["value"] if without_before else None,
    }  # fmt: skip


def _find_share(tables: _Tables, area: str) -> Iterator[Found]:
    """Yield the share of care now, with and without UASC."""
    key = {"measure": "S1", "item": "stock", "window": "snapshot"}
    pick = tables.figures.pick
    whole = pick(area, {**key, "population": "all"})
    without = pick(area, {**key, "population": "not UASC"})
    if whole is None or without is None:
        return
    uasc = pick(
        area, {**key, "measure": "S2", "item": "UASC share of Section 20", "population": "all"}
    )
    line = "" if area == tables.region else _SHARE
    yield set_share(whole, without, line, third=uasc["value"] if uasc else None)


def _find_followed(tables: _Tables) -> Iterator[Found]:
    """Yield what became of the region's starters within twelve months."""
    rows = tables.incidence
    rows = rows[
        rows["area"].eq(tables.region)
        & rows["starters"].eq("all")
        & rows["population"].eq("all")
        & rows["month"].eq(_HORIZON)
        & rows["value"].notna()
    ].set_index("cause")
    if "order" not in rows.index:
        return
    order = rows.loc["order"]
    yield {
        "pattern": "followed", "line": "", "measure": "S9", "denominator": order["children"],
        "value": order["value"], "lower": order["lower"], "upper": order["upper"],
        "other": rows.loc["home", "value"], "third": rows.loc["adult", "value"],
        "fourth": rows.loc["other", "value"], "absent": order["absent"],
    }  # fmt: skip


def _find_practice(tables: _Tables, area: str) -> Iterator[Found]:
    """Yield the question of the practice return to which the smallest share said yes."""
    figures = tables.figures.shares
    asked = figures["area"].eq(area) & figures["measure"].eq("S18") & figures["breakdown"].eq("")
    events = [item for item in figures["item"].unique() if tables.figures.data.is_event(item)]
    rows = figures[asked & ~figures["item"].isin(events)]
    if len(rows):
        least = dict(rows.sort_values("value", kind="stable").iloc[0])
        yield copy_figure(least, "practice", str(least["item"]))
