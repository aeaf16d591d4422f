"""The prepared frame of the question rules, and which of their findings are worth asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.check.agreement import find_published
from slinb.check.frame import add_values, build_value_frame, find_populations
from slinb.check.history import build_panel, find_jumps, find_year_to_date
from slinb.check.rules import Settings
from slinb.check.shared import find_elsewhere, find_wholes, partner_rows
from slinb.schema import VALUE_STATUSES

#: Rules that hold one cell against another: a breach says that one of the two is wrong.
_BETWEEN_CELLS = ("shared_count", "part_above_whole")


@dataclass(frozen=True)
class Background:
    """What a quarter's figures are held against.

    Parameters
    ----------
    history : DataFrame
        Observations of earlier quarters.
    published : DataFrame
        Published observations, annual.
    """

    history: pd.DataFrame
    published: pd.DataFrame


def build_question_frame(
    values: pd.DataFrame,
    background: Background,
    facts: pd.DataFrame,
    measures: Measures,
    settings: Settings,
) -> pd.DataFrame:
    """Set each figure beside its own past, the published figure and its neighbours in the return.

    Parameters
    ----------
    values : DataFrame
        From :func:`slinb.check.frame.build_value_frame`, without what was quarantined.
    background : Background
        Earlier quarters and published figures; areas and measures not in ``values`` are
        passed over.
    facts : DataFrame
        From :func:`slinb.check.frame.build_facts`.
    measures, settings
        The catalogue and the settings.

    Returns
    -------
    DataFrame
        The rows of ``values`` that carry a number, with the columns of
        :func:`~slinb.check.frame.add_values`, :func:`~slinb.check.history.find_year_to_date`,
        :func:`~slinb.check.history.find_jumps`,
        :func:`~slinb.check.agreement.find_published`,
        :func:`~slinb.check.shared.find_elsewhere` and
        :func:`~slinb.check.shared.find_wholes`.
    """
    rows = values[values["status"].isin(VALUE_STATUSES)]
    if rows.empty:
        return rows
    published = background.published
    published = published[published["measure"].isin(facts.index)]
    published = published[published["area"].isin(rows["area"].unique())]
    populations = find_populations(published, facts)
    rows = add_values(rows, populations)
    panel = build_panel(pd.concat([_prepare_history(rows, background, facts), rows]), measures)
    return rows.join(
        [
            find_year_to_date(rows, panel),
            find_jumps(rows, panel, settings),
            find_published(rows, panel, published, populations, measures, settings),
            find_elsewhere(rows),
            find_wholes(rows, measures),
        ]
    )


def _prepare_history(
    rows: pd.DataFrame, background: Background, facts: pd.DataFrame
) -> pd.DataFrame:
    history = background.history
    kinds = {p: Period.parse(p).kind for p in history["period"].unique()}
    earlier = history["period"].map(kinds).eq("quarter")
    earlier &= ~history["period"].isin(rows["period"].unique())
    earlier &= history["measure"].isin(facts.index)
    earlier &= history["area"].isin(rows["area"].unique())
    return build_value_frame(history[earlier], facts).assign(row=-1)


def spare_innocent(frame: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Drop what is found of a cell only because its partner is wrong.

    Two cells that should agree and do not are both asked about. Where one of them is in doubt
    for a reason of its own (a jump, say) and the other is not, the other is left alone.

    Parameters
    ----------
    frame : DataFrame
        From :func:`build_question_frame`.
    findings : DataFrame
        Rows ``row``, ``rule``, ``severity``.
    """
    between = findings["rule"].isin(_BETWEEN_CELLS)
    if not between.any():
        return findings
    doubtful = set(findings.loc[~between & findings["severity"].ne("note"), "row"])
    partners = _list_partners(frame[frame["row"].isin(findings.loc[between, "row"])])
    blamed = partners["partner"].isin(doubtful).groupby(partners["row"]).all()
    innocent = set(blamed[blamed].index) - doubtful
    return findings[~(between & findings["row"].isin(innocent))]


def _list_partners(frame: pd.DataFrame) -> pd.DataFrame:
    """List the rows of the cells that contradict each row."""
    parts = []
    for slot in ("numerator", "denominator"):
        there = frame[f"{slot}_elsewhere"]
        parts.append(_pair(frame, frame[f"{slot}_partner"], there.notna() & there.ne(frame[slot])))
    beyond = frame["whole_elsewhere"].lt(frame["numerator"])
    parts.append(_pair(frame, frame["whole_partner"], beyond))
    return pd.concat(parts, ignore_index=True)


def _pair(frame: pd.DataFrame, partners: pd.Series[Any], differs: pd.Series[Any]) -> pd.DataFrame:
    named = differs & partners.ne("")
    rows = partner_rows(partners[named])
    return pd.DataFrame({"row": frame.loc[named, "row"].to_numpy(), "partner": np.asarray(rows)})
