"""The explorer: any measure, any authorities, as a trend, against each other, or against size."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.show.explorer_data import (
    describe_measure,
    list_comparison,
    list_curve,
    list_funnel,
    list_trend,
    name_periods,
)
from slinb.show.markup import Html, read_asset, render_template
from slinb.show.theme import COLOURS, SERIES

#: Stands in the body of the page, which then needs plotly's script and the explorer's own.
EXPLORER_MARK = 'class="slinb explorer"'
#: Result tables that the explorer reads.
EXPLORER_TABLES = (
    "trends", "comparison_quarterly", "comparison_annual", "funnel_quarterly", "funnel_annual",
)  # fmt: skip
_KINDS = {
    "quarterly": "This quarter's returns",
    "annual": "Official figures, latest published year",
}


@dataclass(frozen=True)
class ExplorerView:
    """What the explorer is made from.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`EXPLORER_TABLES`, of one edition.
    curves : mapping of (str, str) to DataFrame
        By kind of figures and measure id: rows of :data:`slinb.schema.FUNNEL_CURVE`.
    measures : Measures
    authorities : sequence of Area
    region : Area
    period : Period
    """

    tables: Mapping[str, pd.DataFrame]
    curves: Mapping[tuple[str, str], pd.DataFrame]
    measures: Measures
    authorities: Sequence[Area]
    region: Area
    period: Period


def explorer_html(view: ExplorerView) -> Html:
    """Write the explorer: labelled native controls, a chart, and the table behind it.

    The figures stand in the page as one block of data, each with its area, measure and period;
    a figure that is not shown stands as its symbol and reason.

    Parameters
    ----------
    view : ExplorerView

    Returns
    -------
    Html
        Needs the scripts that :func:`slinb.show.page.page_html` adds where it finds
        :data:`EXPLORER_MARK`; without scripts it says where the same figures are.
    """
    kinds = {kind: _list_kind(view, kind) for kind in _KINDS}
    data = {
        "kinds": {kind: {"label": _KINDS[kind], "measures": kinds[kind]} for kind in kinds},
        "palette": list(SERIES),
        "colours": {name: token.light for name, token in COLOURS.items()},
    }
    return Html(
        str(
            render_template(
                "explorer",
                css=Markup(read_asset("explorer.css")),  # noqa: S704 - our own file
                # No "<" can end the block or open a comment in it.
                data=Markup(_write_json(data).replace("<", "\\u003c")),  # noqa: S704
                kinds=_KINDS,
                domains={kind: _group(kinds[kind]) for kind in kinds},
                authorities=view.authorities,
                region=view.region,
                period=view.period,
            )
        )
    )


def _list_kind(view: ExplorerView, kind: str) -> list[dict[str, Any]]:
    """Return the measures of one kind of figures, each with all that is drawn of it."""
    comparison = view.tables[f"comparison_{kind}"]
    known = set(comparison["measure"])
    by_table = {
        name: _split(view.tables[name])
        for name in ("trends", f"comparison_{kind}", f"funnel_{kind}")
    }
    areas = [*view.authorities, view.region]
    made = []
    for measure in [m for m in view.measures if m.id in known]:
        parts = {name: split.get(measure.id) for name, split in by_table.items()}
        made.append(
            {
                **describe_measure(measure),
                "when": name_periods(parts["trends"], measure),
                "trend": list_trend(parts["trends"], measure, areas) if kind == "quarterly" else [],
                "comparison": list_comparison(parts[f"comparison_{kind}"], measure, areas),
                "funnel": list_funnel(parts[f"funnel_{kind}"], measure, areas),
                "curve": list_curve(view.curves.get((kind, measure.id)), measure),
            }
        )
    return made


def _split(table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {str(measure): rows for measure, rows in table.groupby("measure")}


def _group(measures: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    domains: dict[str, list[Mapping[str, Any]]] = {}
    for measure in measures:
        domains.setdefault(measure["domain"], []).append(measure)
    return domains


def _write_json(value: Any) -> str:
    """Write data as JSON in as few signs as it takes; what is missing is null."""
    return json.dumps(_clean(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _clean(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _clean(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_clean(item) for item in value]
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return int(value) if value.is_integer() else value
    return value
