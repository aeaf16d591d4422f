"""Which findings head the Section 20 pages, in what order: by a stated rule, from the tables.

The region's page: how the share moved since 2015; the share now, with and without UASC; who
differs on long spells; what became of those who started; the practice question answered least
often with yes; then the lines on which most authorities differ. An authority's page: its share
with and without UASC; then its real differences from the region, those at 99.8% first; then,
where places are left, its history, the practice question and lines on which it does not differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.analyse.dive_findings import REAL, Figures, Found, copy_figure, take_first
from slinb.analyse.section20_history import STOCK, STOCK_WITHOUT
from slinb.analyse.section20_tables import FINDINGS
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
    region: str,
    authorities: Sequence[str],
) -> pd.DataFrame:
    """Choose the findings of the region's page and of each authority's.

    Parameters
    ----------
    figures, incidence, history : DataFrame
        Tables of :mod:`slinb.analyse.section20_tables`.
    data : Section20
        The lines, in their order, and how many findings a page has at most.
    region : str
        ONS code of the region.
    authorities : sequence of str
        ONS codes of its authorities.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.section20_tables.FINDINGS`, in order of the pages. A
        figure that is withheld is no finding.
    """
    own = Figures(figures, data, region, authorities)
    tables = _Tables(own, incidence, history, data, region, authorities)
    rows: list[Found] = []
    for area in [region, *authorities]:
        found = _list_region(tables) if area == region else _list_authority(tables, area)
        chosen = take_first(found, data.most)
        rows += [{**one, "area": area, "order": i} for i, one in enumerate(chosen, start=1)]
    return FINDINGS.from_rows(
        [{name: one[name] for name in FINDINGS.names if name in one} for one in rows]
    )


@dataclass(frozen=True)
class _Tables:
    """The tables that findings are chosen from."""

    figures: Figures
    incidence: pd.DataFrame
    history: pd.DataFrame
    data: Section20
    region: str
    authorities: Sequence[str]

    def pick(self, area: str, key: dict[str, str]) -> Found | None:
        """Return one figure of an area, None without a number."""
        return self.figures.pick(area, key)

    def year(self, area: str, measure: str, period: str = "") -> Found | None:
        """Return a published figure of an area: of a year, or the latest."""
        rows = self.history[self.history["area"].eq(area) & self.history["measure"].eq(measure)]
        rows = rows[rows["value"].notna() & (rows["period"].eq(period) | (period == ""))]
        return dict(rows.iloc[-1]) if len(rows) else None


def _list_region(tables: _Tables) -> Iterator[Found]:
    region = tables.region
    yield from _find_history(tables, region)
    yield from _find_share(tables, region)
    found = [one for line in tables.data.lines if (one := tables.figures.find_spread(line))]
    spread = [one for one in found if one["differ"]]
    yield from (one for one in spread if one["line"] == "long")
    yield from _find_followed(tables)
    yield from _find_practice(tables, region)
    yield from sorted(spread, key=lambda f: (-f["sure"], -f["differ"]))
    yield from ({**one, "pattern": "even"} for one in found if not one["differ"])


def _list_authority(tables: _Tables, area: str) -> Iterator[Found]:
    yield from _find_share(tables, area)
    stated = [found for found in tables.figures.compare_lines(area) if found["line"] != _SHARE]
    differs = [found for found in stated if found["pattern"] == "differs"]
    sure = sorted(differs, key=lambda f: f["judgement_998"] not in REAL)
    yield from sure[:_MOST_DIFFERENCES]
    yield from _find_history(tables, area)
    yield from _find_practice(tables, area)
    yield from sure[_MOST_DIFFERENCES:]
    if area not in set(tables.figures.table["area"]):  # what is withheld was sent
        yield {"pattern": "nothing_sent", "line": "", "measure": "", "period": ""}
    places = {"long": 0, "convert": 1}
    similar = [found for found in stated if found["pattern"] == "similar"]
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
    whole = tables.pick(area, {**key, "population": "all"})
    without = tables.pick(area, {**key, "population": "not UASC"})
    if whole is None or without is None:
        return
    uasc = tables.pick(
        area, {**key, "measure": "S2", "item": "UASC share of Section 20", "population": "all"}
    )
    found = copy_figure(without, "share", "" if area == tables.region else _SHARE)
    counts = {name: whole[name] for name in ("numerator", "denominator", "value")}
    more = {"other": without["value"], "third": uasc["value"] if uasc else None}
    yield {**found, **counts, **more}


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
    events = [item for item in figures["item"].unique() if tables.data.is_event(item)]
    rows = figures[asked & ~figures["item"].isin(events)]
    if len(rows):
        least = dict(rows.sort_values("value", kind="stable").iloc[0])
        yield copy_figure(least, "practice", str(least["item"]))
