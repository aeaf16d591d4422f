"""The explain list: one rule-based list a quarter of what each authority is asked to explain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.rules import add_facts, measure_size, meets_rule
from slinb.catalogue.explain import ExplainRules
from slinb.schema import EXPLAIN

_KEY = ["area", "measure"]
#: Worse first: what is good is explained last.
_WEIGHT = {"worse": 0, "higher": 1, "lower": 1, "better": 2}
_MOVED = {
    "improved": "better",
    "worsened": "worse",
    "rose": "higher",
    "fell": "lower",
    "no real change": "unchanged",
    "not compared": "not compared",
}


def list_explanations(
    comparison: pd.DataFrame,
    rules: ExplainRules,
    *,
    travel: pd.DataFrame,
    trends: pd.DataFrame,
    firmness: pd.DataFrame,
    submissions: pd.DataFrame,
    before: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return who is asked to explain what, most pressing first.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of one quarter; those with the benchmark
        ``region`` are taken.
    rules : ExplainRules
        From :func:`slinb.catalogue.explain.load_explain_rules`; the file states the order.
    travel : DataFrame
        Rows of :data:`slinb.schema.TRAVEL`.
    trends : DataFrame
        Rows of :data:`slinb.schema.TRENDS` that end with the quarter.
    firmness : DataFrame
        Rows of :data:`slinb.schema.FIRMNESS`.
    submissions : DataFrame
        Rows of :data:`slinb.schema.SUBMISSIONS`: the return that was used gives the authority's
        own words.
    before : DataFrame, optional
        Last quarter's list. What stood on it comes back with what was said then and whether
        the number has moved since, also where it meets no rule now (once).

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.EXPLAIN`, one per authority and measure, in order of
        ``priority``.
    """
    rows = comparison[comparison["benchmark"].eq("region")].reset_index(drop=True)
    if rows.empty:
        return EXPLAIN.empty()
    rows = add_facts(_add_before(rows, before, rules), travel, trends, firmness)
    rows["moved"] = rows["moved_now"].map(_MOVED).where(rows["rule_before"].ne(""), "")
    met = pd.DataFrame({rule.id: meets_rule(rows, rule) for rule in rules.rule})
    met[rules.follow_up.id] = rows["follows"] & ~met.any(axis=1)
    rows["rule"] = _join_names(met)
    rows["rules_met"] = met.sum(axis=1)
    rows["first_rule"] = met.to_numpy().argmax(axis=1)
    rows = _sort(rows[met.any(axis=1)])
    rows["priority"] = np.arange(1, len(rows) + 1)
    rows["narrative"] = _find_words(rows, submissions)
    return EXPLAIN.conform(rows[EXPLAIN.names].reset_index(drop=True))


def _add_before(
    rows: pd.DataFrame, before: pd.DataFrame | None, rules: ExplainRules
) -> pd.DataFrame:
    """Add what last quarter's list said of each figure; ``follows`` where a rule had put it on."""
    if before is None:
        before = EXPLAIN.empty()
    said = before[[*_KEY, "rule", "narrative"]].rename(
        columns={"rule": "rule_before", "narrative": "narrative_before"}
    )
    listed = said["rule_before"].ne(rules.follow_up.id)
    due = said[listed | said.set_index(_KEY).index.isin(rows.set_index(_KEY).index)]
    # A figure that was asked about and has not come this quarter keeps its place on the list.
    rows = rows.merge(due, on=_KEY, how="outer", validate="one_to_one", indicator="from")
    absent = rows["from"].eq("right_only")
    rows["period"] = rows["period"].mask(absent, rows["period"].max())
    words = ["rule_before", "narrative_before", "judgement", "judgement_998"]
    rows[words] = rows[words].fillna("")
    follows = rows["rule_before"].ne("") & rows["rule_before"].ne(rules.follow_up.id)
    return rows.drop(columns="from").assign(follows=follows)


def _join_names(met: pd.DataFrame) -> list[str]:
    names = np.array(met.columns, dtype=object)
    return [", ".join(names[row]) for row in met.to_numpy()]


def _sort(rows: pd.DataFrame) -> pd.DataFrame:
    keys = pd.DataFrame(
        {
            "first_rule": rows["first_rule"],
            "weight": rows["judgement"].map(_WEIGHT).fillna(len(_WEIGHT)),
            "shaky": rows["firmness"].ne("holds"),
            "rules_met": -rows["rules_met"],
            "size": -measure_size(rows),
            "measure": rows["measure"],
            "area": rows["area"],
        }
    )
    return rows.loc[keys.sort_values(list(keys.columns)).index].copy()


def _find_words(rows: pd.DataFrame, submissions: pd.DataFrame) -> pd.Series[Any]:
    used = submissions[submissions["outcome"].isin(["used", "late"])]
    used = used[used["narrative"].ne("")].drop_duplicates(["area", "period"], keep="last")
    words = rows[["area", "period"]].merge(used, on=["area", "period"], how="left")["narrative"]
    return words.fillna("").set_axis(rows.index)
