"""The tartan rug: authorities across, measures down, colour only for a real difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

import pandas as pd
from markupsafe import Markup, escape

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import REASONS
from slinb.show.markup import render_template
from slinb.show.rug_rows import build_rug_rows
from slinb.show.sentences import name_benchmark

#: With more authorities than this the rug scrolls sideways on a laptop too.
_FITS_A_LAPTOP = 12
_STATUS_WORDS = {
    **{status: (reason.symbol, reason.words) for status, reason in REASONS.items()},
    "provisional": ("p", "provisional: may still change"),
    "estimated": ("e", "estimated"),
}


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
    key : str, default "rug"
        Prefix of the ids, for a page with two rugs.

    Returns
    -------
    str
        One ``<section>``; it needs the theme's style sheet and works without a script.

    Raises
    ------
    ParameterError
        The benchmark is not known.
    SchemaError
        The comparison lacks a column.
    """
    _, plain = name_benchmark(benchmark)
    rug = build_rug_rows(
        comparison, measures, areas, benchmark=benchmark, region=region, period=period
    )
    html = render_template(
        "rug",
        key=key,
        title=title,
        areas=[(area.name, break_name(area.name)) for area in areas],
        region_name=region.name if region else "Region",
        plain=plain,
        groups=[(d, list(g)) for d, g in groupby(rug.rows, key=lambda row: row.measure.domain)],
        rows=rug.rows,
        span=4 + len(areas),
        many=len(areas) > _FITS_A_LAPTOP,
        show_ranks=show_ranks,
        count=rug.count,
        reasons=[_STATUS_WORDS[status] for status in rug.statuses],
    )
    return str(html)


def break_name(name: str) -> Markup:
    r"""Let the long name of an authority break where a reader would break it.

    Examples
    --------
    >>> break_name("Cambridgeshire").split("\N{SOFT HYPHEN}")
    [Markup('Cambridge'), Markup('shire')]
    """
    broken = str(escape(name))
    for ending in ("shire", "borough", "mouth", "church"):
        broken = broken.replace(ending, f"\N{SOFT HYPHEN}{ending}")
    return Markup(broken)  # noqa: S704 - escaped above
