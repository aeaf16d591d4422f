"""The rows of an authority's profile: where it stands out, beside whom, and what others could use.

Rows are picked from the result tables and laid beside each other; nothing is worked out anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area, Areas, load_neighbours
from slinb.catalogue.measures import Measure, Measures
from slinb.schema import COMPARISON, FIRMNESS, TRAVEL
from slinb.show.formats import REASONS, format_change, format_value
from slinb.show.marks import Mark, mark_judgement
from slinb.show.phrases import name_area
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import has_figure
from slinb.show.sparkline import position_strip
from slinb.show.statements import Statement, index_statements, read_statement

_DEPENDS = "depends on the comparison"


@dataclass(frozen=True)
class Standing:
    """What the two rugs say of one measure of one authority, and where it lies in the region."""

    measure: Measure
    mark: Mark
    now: Statement
    now_firm: str
    official: Statement
    official_firm: str
    year: str
    strip: Markup


@dataclass(frozen=True)
class Offer:
    """A measure on which one authority is really better and others really worse."""

    measure: Measure
    statement: Statement
    others: tuple[tuple[Area, Statement, bool], ...]


@dataclass(frozen=True)
class Beside:
    """One measure beside the statistical neighbours: their mean, the verdict, each figure."""

    measure: Measure
    statement: Statement
    strip: Markup
    figures: tuple[tuple[str, str], ...]


class Rug:
    """The rows of one comparison by area and measure, against one benchmark.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON`, each measure in one period.
    firmness : DataFrame, optional
        Rows of :data:`slinb.schema.FIRMNESS` of the same rug.
    travel : DataFrame, optional
        Rows of :data:`slinb.schema.TRAVEL` of the same figures.
    benchmark : str
    """

    def __init__(
        self,
        comparison: pd.DataFrame,
        firmness: pd.DataFrame | None = None,
        travel: pd.DataFrame | None = None,
        *,
        benchmark: str = "region",
    ) -> None:
        self._rows = index_statements(COMPARISON.conform(comparison), benchmark)
        firm = [] if firmness is None else list_rows(FIRMNESS.conform(firmness))
        moved = [] if travel is None else list_rows(TRAVEL.conform(travel))
        self._moved = {(r["area"], r["measure"]): r for r in moved if r["since"] == "a year ago"}
        self._loose = {(r["area"], r["measure"]) for r in firm if r["firmness"] == _DEPENDS}

    def row(self, area: Area, measure: Measure) -> Row | None:
        """Return the row of an area and measure; None where the rug has none."""
        return self._rows.get((area.code, measure.id))

    def mark(self, area: Area, measure: Measure) -> Mark | None:
        """Return the mark of a real difference; None without one."""
        row = self.row(area, measure)
        if row is None or not has_figure(row):
            return None
        return mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)

    def say_firm(self, area: Area, measure: Measure) -> str:
        """Say that a difference depends on the comparison; nothing where it holds."""
        return _DEPENDS if (area.code, measure.id) in self._loose else ""

    def say_year(self, area: Area, measure: Measure) -> str:
        """Say the change since a year ago, where it is real; else that it is not."""
        row = self._moved.get((area.code, measure.id))
        if row is None or row["direction"] in ("", "not compared"):
            return "not compared"
        if row["direction"] == "no real change":
            return "no real change"
        return f"{row['direction']}: {format_change(row['change'], measure, unit=False)}"

    def value(self, area: Area, measure: Measure) -> float:
        """Return a figure for a drawing; missing where none may be shown."""
        row = self.row(area, measure)
        return float(row["value"]) if row is not None and has_figure(row) else math.nan


def list_standings(
    now: Rug, official: Rug, measures: Iterable[Measure], area: Area, areas: Sequence[Area]
) -> list[Standing]:
    """Return the measures on which an authority really differs from the region, in either rug.

    Parameters
    ----------
    now, official : Rug
        Of the quarter's returns, and of official figures.
    measures : iterable of Measure
    area : Area
        The authority.
    areas : sequence of Area
        The authorities of the region, for the drawing.

    Returns
    -------
    list of Standing
        Those at 99.8% first, then in order of the catalogue.
    """
    found = []
    for measure in measures:
        mark = now.mark(area, measure) or official.mark(area, measure)
        if mark is None:
            continue
        shown = now if now.mark(area, measure) else official
        found.append(
            Standing(
                measure=measure,
                mark=mark,
                now=read_statement(now.row(area, measure), measure),
                now_firm=now.say_firm(area, measure),
                official=read_statement(official.row(area, measure), measure),
                official_firm=official.say_firm(area, measure),
                year=shown.say_year(area, measure),
                strip=_draw_strip(shown, measure, area, areas),
            )
        )
    return sorted(found, key=lambda one: one.mark.level == "95%")


def list_offers(
    now: Rug,
    official: Rug,
    measures: Iterable[Measure],
    area: Area,
    areas: Sequence[Area],
    *,
    gives: bool,
) -> list[Offer]:
    """Return what an authority could offer others (``gives``), or whom it could ask.

    Both sides must be really different in one and the same rug; the quarter's returns go
    before official figures. Statistical neighbours stand first.
    """
    own, other = ("better", "worse") if gives else ("worse", "better")
    close = {n.neighbour for n in load_neighbours().get(area.code, ())}
    offers = []
    for measure in measures:
        for rug in (now, official):
            mark = rug.mark(area, measure)
            others = [
                a for a in areas if (m := rug.mark(a, measure)) and m.word == other and a != area
            ]
            if mark is None or mark.word != own or not others:
                continue
            others.sort(key=lambda a: a.code not in close)
            told = tuple(
                (a, read_statement(rug.row(a, measure), measure), a.code in close) for a in others
            )
            offers.append(Offer(measure, read_statement(rug.row(area, measure), measure), told))
            break
    return offers


def list_beside(
    rug: Rug,
    neighbours: pd.DataFrame,
    measures: Iterable[Measure],
    area: Area,
    areas: Areas,
) -> list[Beside]:
    """Return the measures on which an authority really differs from its neighbours' mean.

    Parameters
    ----------
    rug : Rug
        Against the benchmark ``neighbours``.
    neighbours : DataFrame
        Rows of :data:`slinb.analyse.neighbours.NEIGHBOUR_VALUES`: each neighbour's figure.
    measures : iterable of Measure
    area : Area
    areas : Areas
        For the names of the neighbours.
    """
    mine = neighbours[neighbours["area"].eq(area.code)].sort_values("order")
    rows: dict[str, list[Row]] = {}
    for row in list_rows(mine):
        rows.setdefault(row["measure"], []).append(row)
    found = []
    for measure in measures:
        mark = rug.mark(area, measure)
        own = rug.row(area, measure)
        if mark is None or own is None:
            continue
        known = [r["value"] for r in rows.get(measure.id, []) if has_figure(r)]
        statement = read_statement(own, measure)
        found.append(
            Beside(
                measure,
                statement,
                position_strip(
                    known,
                    own["value"],
                    own["benchmark_value"],
                    alt=f"{name_area(area)} among {len(known)} neighbours: {statement.figures}",
                    css_class=mark.css_class,
                ),
                tuple(_say_neighbour(r, measure, areas) for r in rows.get(measure.id, [])),
            )
        )
    return sorted(found, key=_rank_beside)


def _rank_beside(one: Beside) -> tuple[int, int]:
    """Put those for the worse first, and those without judgement last."""
    kinds = {"w": 0, "b": 1}
    return kinds.get(one.statement.css_class[:1], 2), -len(one.statement.sign.split()[0])


def _say_neighbour(row: Row, measure: Measure, areas: Areas) -> tuple[str, str]:
    name = name_area(areas[row["neighbour"]])
    if has_figure(row):
        return name, format_value(row["value"], measure, unit=False)
    reason = REASONS[row["status"] if row["status"] in REASONS else "missing"]
    return name, f"{reason.symbol} ({reason.short})"


def _draw_strip(rug: Rug, measure: Measure, area: Area, areas: Sequence[Area]) -> Markup:
    row = rug.row(area, measure)
    mark = rug.mark(area, measure)
    if row is None or mark is None:
        return Markup("")
    others = [rug.value(a, measure) for a in areas if a != area]
    known = sum(not math.isnan(value) for value in others)
    figures = read_statement(row, measure).figures
    return position_strip(
        others,
        row["value"],
        row["benchmark_value"],
        alt=f"{name_area(area)} among {known} other authorities: {figures}",
        css_class=mark.css_class,
    )


def name_neighbours(area: Area, areas: Areas) -> list[tuple[str, str]]:
    """Return an authority's statistical neighbours, nearest first, each with its closeness."""
    return [
        (name_area(areas[n.neighbour]), n.closeness) for n in load_neighbours().get(area.code, ())
    ]


def count_words(standings: Sequence[Standing]) -> dict[str, int]:
    """Return how many measures stand out as worse, better, and without judgement."""
    words = [one.mark.word for one in standings]
    plain = len(words) - words.count("worse") - words.count("better")
    return {"worse": words.count("worse"), "better": words.count("better"), "neither": plain}


def group_standings(standings: Sequence[Standing]) -> Mapping[str, list[Standing]]:
    """Put standings under worse, no judgement and better."""
    groups: dict[str, list[Standing]] = {"worse": [], "better": [], "neither": []}
    for one in standings:
        groups[one.mark.word if one.mark.word in groups else "neither"].append(one)
    return groups


def select_rug(measures: Measures) -> list[Measure]:
    """Return the measures of the rugs, in the catalogue's order."""
    return [measure for measure in measures if measure.rug]
