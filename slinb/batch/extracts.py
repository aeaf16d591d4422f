"""Of tables in which every authority stands, the rows that one reader shows.

A step that reads an extract is not made again when rows change that it does not show. An extract
leaves nothing out that its reader shows: a page comes out the same from it as from the whole
tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import pandas as pd

from slinb.batch.parts import TRIANGLE
from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.catalogue.triangle import load_triangle_rules
from slinb.schema import COMPARISON
from slinb.show.measure_links import list_domains, measure_page_stem, select_domain
from slinb.show.measure_page import MEASURE_TABLES
from slinb.show.profile_rows import Rug, select_rug

Tables = Mapping[str, pd.DataFrame]
_NOW, _OFFICIAL = "comparison_quarterly", "comparison_annual"
#: What a figure is, without where it stands among others.
_FIGURE = ["area", "period", "measure", "value", "status", "benchmark"]


def extract_tables(
    tables: Tables, measures: Measures, authorities: Sequence[Area]
) -> dict[str, dict[str, pd.DataFrame]]:
    """Return what each reader shows of the tables of one edition.

    Parameters
    ----------
    tables : mapping of DataFrame
        Those of :data:`slinb.batch.parts.EXTRACTED`.
    measures : Measures
        The catalogue.
    authorities : sequence of Area
        The region's.

    Returns
    -------
    dict of dict of DataFrame
        By reader, then by name of table. A reader is a page, by the name of its file
        ("authority-profile-luton"), or :data:`slinb.batch.parts.TRIANGLE`.
    """
    rugs = _Rugs(tables, measures)
    found: dict[str, dict[str, pd.DataFrame]] = {}
    for area in authorities:
        found[f"authority-profile-{area.slug}"] = _extract_profile(tables, rugs, area)
        found[f"receipt-{area.slug}"] = {_NOW: _extract_receipt(tables[_NOW], rugs, area)}
    for domain in list_domains(measures):
        own = [measure.id for measure in select_domain(measures, domain)]
        found[measure_page_stem(domain)] = {
            name: _keep_measures(tables[name], own) for name in MEASURE_TABLES
        }
    found[TRIANGLE] = {
        name: _keep_measures(tables[name], load_triangle_rules().measures)
        for name in (_NOW, "travel_quarterly")
    }
    return found


class _Rugs:
    """The marks of the comparisons of one edition, read as the pages read them."""

    def __init__(self, tables: Tables, measures: Measures) -> None:
        self._measures = select_rug(measures)
        self.now, self.official = Rug(tables[_NOW]), Rug(tables[_OFFICIAL])
        self.close = Rug(tables[_OFFICIAL], benchmark="neighbours")

    def list_marked(self, area: Area, rug: Rug) -> set[str]:
        """Return the measures on which an authority really differs in a rug."""
        return {measure.id for measure in self._measures if rug.mark(area, measure)}


def _extract_profile(tables: Tables, rugs: _Rugs, area: Area) -> dict[str, pd.DataFrame]:
    """Return what an authority's profile shows of the two comparisons.

    It is drawn among the others, and could offer or ask for something, where it really differs
    from the region in the same rug; its headlines may count who does. Of what the other rug, the
    explain list or the neighbours bring up, its own figures are told.
    """
    now, official = (rugs.list_marked(area, rug) for rug in (rugs.now, rugs.official))
    headlines, asked = (_list_measures(tables[n], area) for n in ("messages_quarterly", "explain"))
    beside = rugs.list_marked(area, rugs.close)
    return {
        _NOW: _keep_measures(tables[_NOW], now | headlines, area, official | asked),
        _OFFICIAL: _keep_measures(tables[_OFFICIAL], official, area, now | beside),
    }


def _extract_receipt(now: pd.DataFrame, rugs: _Rugs, area: Area) -> pd.DataFrame:
    """Return the measures on which an authority differs, and of the others its own figures."""
    differs = rugs.list_marked(area, rugs.now)
    own = now[now["area"].eq(area.code) & ~now["measure"].isin(differs)]
    return pd.concat([_keep_measures(now, differs), keep_figures(own)], ignore_index=True)


def keep_figures(comparison: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of a comparison with the region, without what they are compared with.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.COMPARISON`; every column of a judgement is empty.
    """
    rows = comparison[comparison["benchmark"].eq("region")]
    return COMPARISON.conform(rows[_FIGURE], fill=True).reset_index(drop=True)


def keep_closing(points: pd.DataFrame, published: pd.DataFrame) -> pd.DataFrame:
    """Return the points that close on a day on which a published figure of theirs closes.

    Would a finding on official figures be another on the returns of the same day? Only these can
    be asked, and a quarter's own figures seldom are among them.
    """
    wanted = {*_find_closes(published[["measure", "period"]].drop_duplicates())}
    keep = [close in wanted for close in _find_closes(points)]
    return points[keep].reset_index(drop=True)


def _find_closes(rows: pd.DataFrame) -> list[tuple[str, dt.date]]:
    ends = {period: Period.parse(period).end for period in rows["period"].unique()}
    return list(zip(rows["measure"], rows["period"].map(ends), strict=True))


def _list_measures(table: pd.DataFrame, area: Area) -> set[str]:
    return set(table.loc[table["area"].eq(area.code), "measure"])


def _keep_measures(
    table: pd.DataFrame, whole: Collection[str], area: Area | None = None, own: Collection[str] = ()
) -> pd.DataFrame:
    """Return every row of some measures, and of others those of one authority."""
    keep = table["measure"].isin(list(whole))
    if area is not None:
        keep |= table["area"].eq(area.code) & table["measure"].isin(list(own))
    return table[keep].reset_index(drop=True)
