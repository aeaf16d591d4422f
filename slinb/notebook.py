"""What the notebooks call: one call a picture, each taking an open quarter.

Everything here binds the result tables of a quarter to the drawing of :mod:`slinb.show`; the
figures come from :mod:`slinb.analyse`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from slinb.batch.quarter import Quarter, RugKind, open_quarter
from slinb.check.rules import load_rules
from slinb.show.markup import Html
from slinb.show.quality import quality_html
from slinb.show.rug import rug_html
from slinb.show.theme import notebook_style_html

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = ["open_quarter", "show_comparison", "show_quality", "show_rug"]


def show_rug(
    quarter: Quarter,
    kind: RugKind,
    measures: Sequence[str] = (),
    *,
    benchmark: str = "region",
    show_ranks: bool = False,
) -> Html:
    """Show the rug of a quarter.

    Parameters
    ----------
    quarter : Quarter
    kind : {"annual", "quarterly"}
        On published figures or on the quarter's returns.
    measures : sequence of str
        Measure ids (``slinb measures`` lists them); all of the rug if empty.
    benchmark : {"region", "england", "neighbours"}
        What every authority is compared with.
    show_ranks : bool, default False
        Open with ranks and quartile bands shown.
    """
    words = {
        "annual": "Latest published year of each measure",
        "quarterly": f"Returns for {quarter.period.label}",
    }
    return _style(
        rug_html(
            quarter.comparison(kind, measures),
            quarter.select_measures(measures, kind),
            quarter.authorities,
            title=f"{words[kind]}: the authorities of the {quarter.region.name}",
            region=quarter.region,
            benchmark=benchmark,
            show_ranks=show_ranks,
        )
    )


def show_quality(quarter: Quarter) -> Html:
    """Show what was sent, what was queried and what is therefore not shown."""
    return _style(
        quality_html(
            quarter.table("summary"),
            quarter.table("queries"),
            quarter.table("submissions"),
            quarter.measures,
            quarter.authorities,
            quarter.period,
            rules={r.id: r.looks_for for suite in load_rules().suites.values() for r in suite},
        )
    )


def show_comparison(
    quarter: Quarter, kind: RugKind, measure: str, *, benchmark: str = "region"
) -> Figure:
    """Return one measure as an interactive plotly figure: values, intervals and the benchmark."""
    from slinb.show.explore import draw_comparison

    comparison = quarter.comparison(kind, [measure])
    return draw_comparison(
        comparison[comparison["benchmark"] == benchmark],
        quarter.measures[measure],
        quarter.authorities,
    )


def _style(html: str) -> Html:
    # JupyterLab needs the style sheet beside the piece; the exporter takes it out again.
    return Html(f"{notebook_style_html()}{html}")
