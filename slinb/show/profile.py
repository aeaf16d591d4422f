"""One authority's page: what to know first, where it stands out, its trends, beside whom it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area, Areas
from slinb.catalogue.explain import ExplainRules
from slinb.catalogue.measures import Measures
from slinb.errors import SchemaError
from slinb.schema import TRENDS
from slinb.show.explain_list import list_asked
from slinb.show.formats import format_number
from slinb.show.markup import Html, render_template
from slinb.show.messages_list import list_headlines
from slinb.show.phrases import join_names, name_area
from slinb.show.profile_rows import (
    Rug,
    Standing,
    count_words,
    group_standings,
    list_beside,
    list_offers,
    list_standings,
    name_neighbours,
    select_rug,
)
from slinb.show.trend_charts import trend_panels_html
from slinb.show.trend_series import Series, list_series

#: Result tables that a profile is made from, by their names in a quarter.
PROFILE_TABLES = (
    "comparison_quarterly",
    "comparison_annual",
    "firmness_quarterly",
    "firmness_annual",
    "messages_quarterly",
    "travel_quarterly",
    "travel_annual",
    "trends",
    "explain",
    "neighbours",
)
_HEADINGS = {
    "worse": "Worse than the region",
    "better": "Better than the region",
    "neither": "Different, with no judgement of good or bad",
}
#: Charts of trends on one page, those for the worse first.
_MOST_CHARTS = 9
_MOST_ASKED = 5


@dataclass(frozen=True)
class _Signals:
    """The series of an authority that signal something: drawn, and only named."""

    drawn: tuple[Series, ...]
    named: tuple[Series, ...]
    new: int


def profile_html(
    tables: Mapping[str, pd.DataFrame],
    measures: Measures,
    area: Area,
    areas: Areas,
    region: Area,
    rules: ExplainRules,
    *,
    own_words: bool = False,
    rug: str = "quarterly-rug.html#rug",
    links: Mapping[str, str] | None = None,
    key: str = "profile",
) -> Html:
    """Write the page of one authority.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The result tables of one edition named in :data:`PROFILE_TABLES`; of the comparisons no
        more is needed than :mod:`slinb.batch.extracts` keeps.
    measures, areas
        The catalogue.
    area : Area
        The authority.
    region : Area
        Whose authorities it stands among.
    rules : ExplainRules
        The rules of the explain list; their words say why.
    own_words : bool, default False
        Show what the authority wrote: in the restricted edition only.
    rug : str
        Address of the rug with the prefix of its ids; headlines link to each measure there.
    links : mapping of str to str, optional
        Address of the page of each measure, by its id.
    key : str
        Prefix of the ids.

    Returns
    -------
    Html
        One ``<section>``, headings from ``h2``; it needs ``findings.css`` and ``profile.css``
        and no script.

    Raises
    ------
    SchemaError
        A table is missing, or lacks a column.
    """
    missing = [name for name in PROFILE_TABLES if name not in tables]
    if missing:
        raise SchemaError(f"The profile of {area.name} lacks the tables {', '.join(missing)}.")
    among = areas.authorities(region.code)
    now = Rug(
        tables["comparison_quarterly"], tables["firmness_quarterly"], tables["travel_quarterly"]
    )
    official = Rug(tables["comparison_annual"], tables["firmness_annual"], tables["travel_annual"])
    close = Rug(tables["comparison_annual"], benchmark="neighbours")
    chosen = select_rug(measures)
    standings = list_standings(now, official, chosen, area, among)
    signals = _find_signals(tables["trends"], measures, area)
    asked = list_asked(tables["explain"], tables["comparison_quarterly"], measures, [area], rules)
    pages = list_headlines(
        tables["messages_quarterly"],
        tables["comparison_quarterly"],
        measures,
        rug=rug,
        links=links,
    )
    offers = {
        gives: list_offers(now, official, chosen, area, among, gives=gives)
        for gives in (True, False)
    }
    return Html(
        str(
            render_template(
                "profile",
                key=key,
                links=links or {},
                who=name_area(area),
                finding=_say_finding(name_area(area), standings, signals, tables, area),
                tally=_list_tally(standings, signals, len(asked[0].items) if asked else 0),
                headlines=pages.get(area.code, []),
                groups=[
                    (name, _HEADINGS[name], rows)
                    for name, rows in group_standings(standings).items()
                    if rows
                ],
                charts=_draw_charts(signals, tables["trends"], area, key),
                named=[_say_series(one) for one in signals.named],
                asked=asked[0] if asked else None,
                most=_MOST_ASKED,
                own_words=own_words,
                neighbours=name_neighbours(area, areas),
                beside=list_beside(close, tables["neighbours"], chosen, area, areas),
                offers=offers[True],
                needs=offers[False],
            )
        )
    )


def _say_finding(
    name: str,
    standings: Sequence[Standing],
    signals: _Signals,
    tables: Mapping[str, pd.DataFrame],
    area: Area,
) -> str:
    """Say the page in a sentence or two: how often it really differs, and what is new."""
    count = count_words(standings)
    parts = [
        f"{format_number(count['worse'])} for the worse" if count["worse"] else "",
        f"{format_number(count['better'])} for the better" if count["better"] else "",
        f"{format_number(count['neither'])} without judgement" if count["neither"] else "",
    ]
    told = join_names([part for part in parts if part]) if standings else ""
    sentences = [
        f"{name} really differs from the region on {_count(len(standings), 'measure')}: {told}."
        if standings
        else f"{name} does not really differ from the region on any measure."
    ]
    if signals.new:
        shows = "shows" if signals.new == 1 else "show"
        sentences.append(f"{_count(signals.new, 'trend').capitalize()} {shows} a new signal.")
    # Of the comparison there may be no more than what the page shows; how every figure moved is
    # listed for whoever has one, or could have.
    if not tables["travel_quarterly"]["area"].eq(area.code).any():
        sentences.append(f"No return of {name} could be used this quarter.")
    return " ".join(sentences)


def _count(number: int, noun: str) -> str:
    return f"one {noun}" if number == 1 else f"{format_number(number)} {noun}s"


def _list_tally(
    standings: Sequence[Standing], signals: _Signals, asked: int
) -> list[tuple[str, str, str]]:
    """Return the counts under the finding: label, number, and the part of the page they open."""
    count = count_words(standings)
    return [
        ("Worse than the region", format_number(count["worse"]), "worse"),
        ("Better than the region", format_number(count["better"]), "better"),
        ("New signals", format_number(signals.new), "trends"),
        ("Figures to explain", format_number(asked), "explain"),
    ]


def _find_signals(trends: pd.DataFrame, measures: Measures, area: Area) -> _Signals:
    mine = TRENDS.conform(trends)
    found = [s for s in list_series(mine[mine["area"].eq(area.code)], measures, [area]) if s.signal]
    order = ("worse", "neutral", "better")
    found.sort(key=lambda s: (not s.new, order.index(s.token)))
    new = sum(s.new for s in found)
    return _Signals(tuple(found[:_MOST_CHARTS]), tuple(found[_MOST_CHARTS:]), new)


def _draw_charts(signals: _Signals, trends: pd.DataFrame, area: Area, key: str) -> Html | None:
    if not signals.drawn:
        return None
    drawn = [one.measure for one in signals.drawn]
    return trend_panels_html(trends, drawn, [area], key=f"{key}-trend")


def _say_series(series: Series) -> dict[str, Any]:
    return {
        "measure": series.measure.short,
        "words": series.signal.words if series.signal else "",
        "signal": series.signal,
    }
