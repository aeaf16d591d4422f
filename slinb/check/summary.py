"""The sum that must hold: values in = accepted + quarantined, for every authority and in all."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pandas as pd

from slinb.catalogue.periods import Period
from slinb.errors import SlinbError
from slinb.schema import SEVERITIES, Column, TableSchema

SUMMARY = TableSchema(
    "summary of the checks",
    (
        Column("area", "str", "ONS code; empty for what cannot be laid to an authority"),
        Column("period", "str", "quarter"),
        Column("expected", "int64", "measures asked for"),
        Column("sent", "int64", "values in: cells in which anything stood"),
        Column("accepted", "int64", "values that stand"),
        Column("quarantined", "int64", "values set aside; accepted + quarantined = sent"),
        Column("missing", "int64", "measures asked for of which nothing came"),
        Column("stop", "int64", "queries about a value that was set aside or a file not used"),
        Column("query", "int64", "queries that ask for confirmation"),
        Column("note", "int64", "notes"),
    ),
)
_KEY = ["area", "period"]


def summarise(
    sent: pd.DataFrame,
    accepted: pd.DataFrame,
    quarantined: pd.DataFrame,
    queries: pd.DataFrame,
    asked: tuple[Sequence[str], Sequence[Period], Sequence[str]],
) -> pd.DataFrame:
    """Count, for each authority and quarter, what came and what became of it.

    Parameters
    ----------
    sent, accepted, quarantined : DataFrame
        Observations: the values that came in, and the two parts into which they fell.
    queries : DataFrame
        Rows of :data:`slinb.schema.QUERIES`; those about other periods are not counted.
    asked : tuple
        Codes of the authorities, quarters and ids of the measures asked for. What came from
        elsewhere gets a row of its own, with nothing expected.

    Returns
    -------
    DataFrame
        Rows of :data:`SUMMARY`.
    """
    codes, quarters, ids = asked
    wanted = pd.MultiIndex.from_tuples(product(codes, [q.id for q in quarters]), names=_KEY)
    counts = {
        name: frame.groupby(_KEY).size()
        for name, frame in {"sent": sent, "accepted": accepted, "quarantined": quarantined}.items()
    }
    # Queries about published figures, which are of years, are not about these returns.
    about = queries[queries["period"].isin([*(q.id for q in quarters), *sent["period"]])]
    for severity in SEVERITIES:
        counts[severity] = about[about["severity"] == severity].groupby(_KEY).size()
    known = sent[sent["measure"].isin(ids)].drop_duplicates([*_KEY, "measure"])
    table = pd.DataFrame(counts).rename_axis(_KEY)
    table = table.reindex(wanted.append(table.index.difference(wanted)))
    table["expected"] = pd.Series(len(ids), index=wanted)
    table["missing"] = table["expected"] - known.groupby(_KEY).size().reindex(table.index).fillna(0)
    table = table.fillna(0).rename_axis(_KEY).reset_index()
    return SUMMARY.conform(table[SUMMARY.names])


def verify_sum(sent: pd.DataFrame, accepted: pd.DataFrame, quarantined: pd.DataFrame) -> None:
    """Verify that every value that came in was either accepted or quarantined, and only once.

    Parameters
    ----------
    sent, accepted, quarantined : DataFrame
        Frames with a column ``row``, which numbers the values that came in.

    Raises
    ------
    SlinbError
        A value is lost, doubled or invented.
    """
    parts = sorted([*accepted["row"], *quarantined["row"]])
    if parts != sorted(sent["row"]):
        raise SlinbError(
            f"Values in are {len(sent):,}, but accepted are {len(accepted):,} and quarantined "
            f"{len(quarantined):,}, or a value stands in both.",
            "This is a fault of slinb: nothing was written. Please report it.",
        )
