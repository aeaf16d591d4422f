"""A line the size of a word for each row of the rug: how the region, or one authority, went."""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import dropwhile, pairwise

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import PUBLISHED_SERIES
from slinb.show.formats import format_value
from slinb.show.phrases import name_area
from slinb.show.rows import Row, list_rows
from slinb.show.sparkline import spark_line
from slinb.show.trend_series import list_series
from slinb.show.trend_words import format_quarter

#: Fits the rug's column of periods.
_SIZE = (84, 28)


def list_sparks(trends: pd.DataFrame, measures: Iterable[Measure], area: Area) -> dict[str, Markup]:
    """Return a small line of each measure's series, by measure id; none where there is no line.

    Parameters
    ----------
    trends : DataFrame
        Rows of :data:`slinb.schema.TRENDS`, of one edition.
    measures : iterable of Measure
    area : Area
        The region, for the rug; an authority, for its own page.

    Returns
    -------
    dict of str to Markup
        What the rug shows (twelve months where events are counted). A gap stays a gap.
    """
    found = {}
    for series in list_series(trends, measures, [area]):
        measure = series.measure
        name = "rolling" if measure.shown == "rolling12" else "value"
        # Twelve months take a year to begin: the line starts where its figures do.
        values = list(dropwhile(math.isnan, [row[name] for row in series.rows]))
        rows = series.rows[len(series.rows) - len(values) :]
        last = format_quarter(series.rows[-1]["period"], measure)
        told = series.signal.words if series.signal else "no signal in the latest quarter"
        line = spark_line(
            values,
            alt=f"{name_area(area)} to {last}: {_say_ends(values, measure)}{told}",
            css_class=series.signal.css_class if series.signal else "",
            breaks=_find_breaks(rows),
            size=_SIZE,
        )
        if line:
            found[measure.id] = line
    return found


def list_published_sparks(
    published: pd.DataFrame, measures: Iterable[Measure], area: Area
) -> dict[str, Markup]:
    """Return a small line of each measure's published years, by measure id.

    Parameters
    ----------
    published : DataFrame
        Rows of :data:`slinb.schema.PUBLISHED_SERIES`.
    measures : iterable of Measure
    area : Area

    Returns
    -------
    dict of str to Markup
        The line stops where the definition changes and starts anew after it.
    """
    mine = PUBLISHED_SERIES.conform(published)
    mine = mine[mine["area"].eq(area.code)]
    rows = {m: list_rows(group) for m, group in mine.groupby("measure", sort=False)}
    found = {}
    for measure in measures:
        own = rows.get(measure.id, [])
        values = [row["value"] for row in own]
        line = spark_line(
            values,
            alt=f"{name_area(area)} {_say_span(own, measure)}",
            breaks=_find_breaks(own),
            size=_SIZE,
        )
        if line:
            found[measure.id] = line
    return found


def _find_breaks(rows: Iterable[Row]) -> list[int]:
    """Return the positions at which a new segment begins."""
    return [
        place
        for place, (before, after) in enumerate(pairwise(rows), start=1)
        if before["segment"] != after["segment"]
    ]


def _say_ends(values: list[float], measure: Measure) -> str:
    known = [format_value(v, measure, unit=False) for v in values if not math.isnan(v)]
    return f"from {known[0]} to {known[-1]}, " if len(known) > 1 else ""


def _say_span(rows: list[Row], measure: Measure) -> str:
    """Say the first and the last figure with their years; and that a definition changed."""
    known = [row for row in rows if not math.isnan(row["value"])]
    if len(known) < 2:
        return ""
    first, last = (_say_year(row, measure) for row in (known[0], known[-1]))
    cut = "; the definition changed between" if _find_breaks(rows) else ""
    return f"from {first} to {last}{cut}"


def _say_year(row: Row, measure: Measure) -> str:
    year = Period.parse(row["period"]).end.year
    return f"{format_value(row['value'], measure, unit=False)} in {year}"
