"""Which findings head the neglect pages, in what order: by a stated rule, from the tables.

The region's page: the published share with the band, and who changes place when Multiple is
counted; the share now; the first line on which neglect and other cases really differ; the line on
which most authorities differ from the region; the use of a tool. Where one of these cannot be
said: the other lines on which neglect differs from other cases, what stands beside neglect at
assessment, and the lines on which nobody differs. An authority's page: its share with and without
Multiple; its real differences from the region, those at 99.8% first and at most three; its
published figure, or that it is unknown; its use of a tool; then what else differs, and what does
not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from slinb.analyse.dive_findings import Figures, Found, choose_pages, copy_figure, set_share
from slinb.analyse.dive_scope import Scope
from slinb.catalogue.areas import ENGLAND
from slinb.catalogue.neglect import Against, Neglect
from slinb.catalogue.periods import Period

_MOST_DIFFERENCES = 3
#: The line that the first message of an authority speaks of.
_SHARE = "band"
#: Years between a published figure and the one that it is set beside.
_YEARS_BACK = 5
_BESIDE = ("domestic abuse", "parental mental health", "parental drug misuse",
           "parental alcohol misuse")  # fmt: skip


def choose_neglect_findings(
    figures: pd.DataFrame, bands: pd.DataFrame, data: Neglect, scope: Scope
) -> pd.DataFrame:
    """Choose the findings of the region's page and of each authority's.

    Parameters
    ----------
    figures : DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FIGURES`.
    bands : DataFrame
        Rows of :data:`slinb.analyse.neglect_published.NEGLECT_BAND`.
    data : Neglect
        The lines, in their order, and how many findings a page has at most.
    scope : Scope

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.dive_tables.FINDINGS`, in order of the pages.
    """
    tables = _Tables(Figures(figures, data, scope), bands[bands["window"].eq("open")], data)
    return choose_pages(
        scope, data.most, _list_region(tables), lambda area: _list_authority(tables, area)
    )


@dataclass(frozen=True)
class _Tables:
    """The tables that findings are chosen from; bands of open plans."""

    figures: Figures
    bands: pd.DataFrame
    data: Neglect

    @property
    def region(self) -> str:
        """ONS code of the region."""
        return self.figures.scope.region

    def band(self, area: str, period: str = "") -> Found | None:
        """Return the published plans of an area: of a year, or of the latest."""
        rows = self.bands[self.bands["area"].eq(area) & self.bands["neglect_pct"].notna()]
        rows = rows[rows["period"].eq(period) | (period == "")]
        return dict(rows.sort_values("period").iloc[-1]) if len(rows) else None


def _list_region(tables: _Tables) -> Iterator[Found]:
    yield from _find_published(tables)
    yield from _find_share(tables, tables.region, line="")
    against = [one for rule in tables.data.against if (one := _find_against(tables, rule))]
    spread, even = tables.figures.compare_region()
    spread.sort(key=lambda f: (-f["sure"], -f["differ"]))
    yield from against[:1]
    yield from spread[:1]
    yield from _find_tool(tables, tables.region)
    yield from against[1:]
    yield from _find_beside(tables)
    yield from spread[1:]
    yield from even


def _list_authority(tables: _Tables, area: str) -> Iterator[Found]:
    yield from _find_share(tables, area, line=_SHARE)
    differs, similar = tables.figures.compare_lines(area, said=_SHARE)
    yield from differs[:_MOST_DIFFERENCES]
    yield from _find_own(tables, area)
    yield from _find_tool(tables, area)
    yield from differs[_MOST_DIFFERENCES:]
    yield from tables.figures.find_silence(area)
    yield from similar


# Published ----------------------------------------------------------------------------------


def _find_published(tables: _Tables) -> Iterator[Found]:
    """Yield the region's published share, and who changes place when Multiple is counted."""
    now = tables.band(tables.region)
    if now is None:
        return
    england = tables.band(ENGLAND, now["period"])
    rows = [tables.band(area, now["period"]) for area in tables.figures.scope.authorities]
    known = [row for row in rows if row is not None]
    unknown = [row["area"] for row in known if row["band_status"] == "suppressed"]
    lowest = min(known, key=lambda row: row["neglect_pct"], default=None)
    banded = sorted((r["band_pct"] for r in known if r["band_pct"] >= 0), reverse=True)
    moved = lowest is not None and lowest["band_pct"] >= 0
    yield {
        "pattern": "published", "line": "", "measure": "cp_neglect_pct",
        "period": now["period"], "value": now["neglect_pct"], "other": now["band_pct"],
        "denominator": now["plans"],
        "third": england["neglect_pct"] if england else None,
        "fourth": england["band_pct"] if england else None,
        "above": lowest["area"] if lowest is not None and moved else "",
        "lower": lowest["neglect_pct"] if lowest is not None and moved else None,
        "upper": lowest["band_pct"] if lowest is not None and moved else None,
        "compared": banded.index(lowest["band_pct"]) + 1 if lowest is not None and moved else 0,
        "below": " ".join(unknown),
    }  # fmt: skip


def _find_own(tables: _Tables, area: str) -> Iterator[Found]:
    """Yield an authority's published share: how it moved, or that the band is unknown."""
    now = tables.band(area)
    if now is None:
        return
    said = {"line": "", "measure": "cp_neglect_multiple_pct", "period": now["period"],
            "value": now["band_pct"], "other": now["neglect_pct"],
            "denominator": now["plans"]}  # fmt: skip
    if now["band_status"] == "suppressed":
        yield {**said, "pattern": "unknown"}
        return
    before = tables.band(area, Period.parse(now["period"]).shift(-_YEARS_BACK).id)
    known = before is not None and before["band_pct"] >= 0
    yield {
        **said,
        "pattern": "moved",
        "third": before["band_pct"] if before and known else None,
        "other_period": before["period"] if before and known else "",
    }


# The quarter's own --------------------------------------------------------------------------


def _find_share(tables: _Tables, area: str, *, line: str) -> Iterator[Found]:
    """Yield the share of plans now for neglect, and for neglect or multiple."""
    key = tables.data.line(_SHARE).key
    band = tables.figures.pick(area, key)
    neglect = tables.figures.pick(area, {**key, "item": "neglect"})
    if band is not None and neglect is not None:
        yield set_share(neglect, band, line)


def _find_against(tables: _Tables, rule: Against) -> Found | None:
    """Return a line on which neglect and others of the region lie apart, None if they do not."""
    line = tables.data.line(rule.line)
    own = tables.figures.pick(tables.region, line.key)
    other = tables.figures.pick(tables.region, {**line.key, "category": rule.category})
    if own is None or other is None:
        return None
    if own["lower"] <= other["upper"] and other["lower"] <= own["upper"]:
        return None
    counts: dict[str, Any] = {"other": other["value"], "third": other["numerator"],
                              "fourth": other["denominator"]}  # fmt: skip
    return copy_figure(own, "against", line.id, **counts)


def _find_tool(tables: _Tables, area: str) -> Iterator[Found]:
    """Yield for how many children a neglect tool was completed, and repeated."""
    key = tables.data.line("tool").key
    done = tables.figures.pick(area, key)
    again = tables.figures.pick(area, {**key, "item": "tool repeated at a review"})
    if done is not None:
        yield copy_figure(done, "tool", "tool", other=again["value"] if again else None)


def _find_beside(tables: _Tables) -> Iterator[Found]:
    """Yield what was found beside neglect in the region's assessments."""
    key = tables.data.line("domestic").key
    found = [tables.figures.pick(tables.region, {**key, "category": c}) for c in _BESIDE]
    first, *rest = found
    if first is not None:
        values = {
            name: row["value"] if row else None
            for name, row in zip(("other", "third", "fourth"), rest, strict=True)
        }
        yield copy_figure(first, "beside", "domestic", **values)
