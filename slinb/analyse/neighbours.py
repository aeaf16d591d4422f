"""The figures of an authority's statistical neighbours, one by one, beside its own."""

from __future__ import annotations

import pandas as pd

from slinb.catalogue.areas import load_neighbours
from slinb.schema import Column, TableSchema

#: Rows that :func:`list_neighbour_values` makes; it belongs in :mod:`slinb.schema`.
NEIGHBOUR_VALUES = TableSchema(
    "neighbour values",
    (
        Column("area", "str", "ONS code of the authority"),
        Column("neighbour", "str", "ONS code of one of its statistical neighbours"),
        Column("order", "int64", "1 is the nearest"),
        Column("closeness", "str", "how near it is, in the model's words"),
        Column("measure", "str", "measure id"),
        Column("period", "str", "period id: the one in which the authority's own figure stands"),
        Column("value", "float64", "the neighbour's figure, in the measure's unit"),
        Column("status", "str", "status of the value; missing where there is no such row"),
    ),
)


def list_neighbour_values(
    comparison: pd.DataFrame, points: pd.DataFrame, *, model: int = 2025
) -> pd.DataFrame:
    """Return each statistical neighbour's published figure, in the period of the authority's own.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` on published figures: which authorities,
        measures and periods are wanted.
    points : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`: published points of all England.
    model : {2025, 2021}
        Year of the DfE's model.

    Returns
    -------
    DataFrame
        Rows of :data:`NEIGHBOUR_VALUES`, nearest first within an authority and measure.

    Examples
    --------
    >>> from slinb.schema import COMPARISON, OBSERVATIONS
    >>> len(list_neighbour_values(COMPARISON.empty(), OBSERVATIONS.empty()))
    0
    """
    wanted = comparison[["area", "measure", "period"]].drop_duplicates()
    models = load_neighbours(model)
    pairs = pd.DataFrame(
        [
            {"area": area, "neighbour": n.neighbour, "order": n.rank, "closeness": n.closeness}
            for area in wanted["area"].unique()
            for n in models.get(area, ())
        ],
        columns=["area", "neighbour", "order", "closeness"],
    )
    known = points[["area", "measure", "period", "value", "status"]]
    known = known.rename(columns={"area": "neighbour"})
    rows = wanted.merge(pairs.astype({"area": "str", "neighbour": "str"}), on="area")
    rows = rows.merge(known, on=["neighbour", "measure", "period"], how="left")
    rows["status"] = rows["status"].fillna("missing")
    order = ["area", "measure", "order"]
    return NEIGHBOUR_VALUES.conform(rows.sort_values(order, ignore_index=True))
