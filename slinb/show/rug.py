"""The tartan rug: authorities across, measures down, colour only for a real difference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import REASONS
from slinb.show.markup import render_template
from slinb.show.rug_map import rug_map_html
from slinb.show.rug_rows import RugRows, build_rug_rows
from slinb.show.sentences import name_benchmark
from slinb.show.short_names import break_name, shorten_name

#: With more authorities than this the rug scrolls sideways on a laptop too.
_FITS_A_LAPTOP = 12
_SHARED_WORDS = {
    "provisional": "The figures of the authorities are provisional: they may still change",
    "estimated": "The figures of the authorities are estimated",
}
_STATUS_WORDS = {
    **{status: (reason.symbol, reason.words) for status, reason in REASONS.items()},
    "provisional": ("p", "provisional: may still change"),
    "estimated": ("e", "estimated"),
}


@dataclass(frozen=True)
class RugExtras:
    """What stands beside the figures of a rug, where it is known.

    Parameters
    ----------
    firmness : DataFrame, optional
        Rows of :data:`slinb.schema.FIRMNESS` of the same rug: the reader can then look at the
        findings that hold under every other comparison.
    sparks : mapping of str to Markup
        A small line for each measure (:mod:`slinb.show.rug_sparks`).
    measures : mapping of str to str
        Address of each measure's page; a measure without one links to its definition below.
    profiles : mapping of str to str
        Address of each authority's page, by its code.
    """

    firmness: pd.DataFrame | None = None
    sparks: Mapping[str, Markup] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    profiles: Mapping[str, str] = field(default_factory=dict)


def rug_html(
    comparison: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Sequence[Area],
    *,
    title: str,
    benchmark: str = "region",
    region: Area | None = None,
    period: Period | None = None,
    show_ranks: bool = False,
    extras: RugExtras | None = None,
    key: str = "rug",
) -> str:
    """Draw the rug as an accessible table, with its legend above and its definitions below.

    Parameters
    ----------
    comparison : DataFrame
        ``schema.COMPARISON``: one row per area, period, measure and benchmark. The rows of the
        benchmarks "region" and "england" also feed the two columns of those names.
    measures : iterable of Measure
        The rows, in order; those of one domain that follow each other share a heading.
    areas : sequence of Area
        The authorities, in order of columns.
    title : str
        Caption of the table.
    benchmark : {"region", "england", "neighbours"}
        What every authority is compared with.
    region : Area, optional
        Names the region's column; "Region" where left out.
    period : Period, optional
        Show this period alone; where left out, each measure's latest in the table.
    show_ranks : bool, default False
        Open with ranks and quartile bands shown; the reader can switch them either way.
    extras : RugExtras, optional
        Firmness, small lines, links.
    key : str, default "rug"
        Prefix of the ids, for a page with two rugs.

    Returns
    -------
    str
        One ``<section>``; it needs the theme's style sheet and ``profile.css``, and works
        without a script. The script adds sorting, filters, ranks and the map of one measure.

    Raises
    ------
    ParameterError
        The benchmark is not known.
    SchemaError
        The comparison lacks a column.
    """
    _, plain = name_benchmark(benchmark)
    more = extras or RugExtras()
    rug = build_rug_rows(
        comparison,
        measures,
        areas,
        benchmark=benchmark,
        region=region,
        period=period,
        firmness=more.firmness,
    )
    html = render_template(
        "rug",
        key=key,
        title=title,
        areas=[(area.name, break_name(shorten_name(area))) for area in areas],
        region_name=region.name if region else "Region",
        plain=plain,
        groups=[(d, list(g)) for d, g in groupby(rug.rows, key=lambda row: row.measure.domain)],
        rows=rug.rows,
        span=4 + len(areas),
        many=len(areas) > _FITS_A_LAPTOP,
        show_ranks=show_ranks,
        count=rug.count,
        tested=more.firmness is not None,
        shared=rug.shared_status,
        shared_words=_say_shared(rug),
        reasons=[_STATUS_WORDS[status] for status in rug.statuses],
        sparks=more.sparks,
        links=more.measures,
        map=rug_map_html(rug, areas, more.profiles, plain=plain, key=key),
    )
    return str(html)


def _say_shared(rug: RugRows) -> str:
    """Say what the figures are that carry no letter, and which letter the others carry."""
    if not rug.shared_status:
        return ""
    others = [_STATUS_WORDS[s] for s in rug.statuses if s in _SHARED_WORDS]
    marked = "".join(f"; one marked “{letter}” is {words}" for letter, words in others)
    return f"{_SHARED_WORDS[rug.shared_status]}{marked}."
