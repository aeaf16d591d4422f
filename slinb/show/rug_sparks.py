"""A line the size of a word for each row of the rug: how the region, or one authority, went."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.show.formats import decapitalise
from slinb.show.phrases import name_area
from slinb.show.sparkline import spark_line
from slinb.show.trend_series import list_series
from slinb.show.trend_words import format_quarter


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
        last = format_quarter(series.rows[-1]["period"], measure)
        what = series.signal.words if series.signal else "no signal in the latest quarter"
        alt = f"{name_area(area)}, {decapitalise(measure.short)}, to {last}: {what}"
        css = series.signal.css_class if series.signal else ""
        line = spark_line([row[name] for row in series.rows], alt=alt, css_class=css)
        if line:
            found[measure.id] = line
    return found
