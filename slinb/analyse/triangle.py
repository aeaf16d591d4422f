"""The triangle: what data, audits and narrative each say of an authority, and where they differ."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Neighbour
from slinb.catalogue.triangle import UNKNOWN, DisagreementRule, TriangleRules
from slinb.schema import Column, TableSchema

_COLUMNS = (
    Column("area", "str", "ONS code of the authority"),
    Column("period", "str", "quarter of the exercise"),
    Column("data", "str", "better, worse, mixed or similar to the region; unknown"),
    Column("better", "str", "ids of the measures really better, joined by spaces"),
    Column("worse", "str", "ids of those really worse"),
    Column(
        "travel", "str", "improved, worsened, mixed or no real change since a year ago; unknown"
    ),
    Column("improved", "str", "ids of the measures that really improved"),
    Column("worsened", "str", "ids of those that really worsened"),
    Column("audits", "str", "good, mixed or below good; unknown where withheld or none"),
    Column("basis", "str", "own or moderated: on which grades the audits are judged"),
    Column("n", "float64", "cases with such a grade"),
    Column("value", "float64", "per cent good or better; missing where withheld"),
    Column("lower", "float64", "lower 95% limit"),
    Column("upper", "float64", "upper 95% limit"),
    Column("audit_status", "str", "final, suppressed or missing"),
    Column("moderation", "str", "alike or stricter; unknown"),
    Column("narrative", "str", "what the authority chose: improving, steady, …; unknown"),
    Column("rules", "str", "ids of the rules by which the sides disagree, joined by spaces"),
)
TRIANGLE = TableSchema("triangle", _COLUMNS)

HELPERS = TableSchema(
    "who could help whom",
    (
        Column("area", "str", "ONS code of the authority that is really worse than the region"),
        Column("measure", "str", "measure id"),
        Column("period", "str", "period of the figure"),
        Column("value", "float64", "its value"),
        Column("helper", "str", "ONS code of a statistical neighbour that is really better"),
        Column("helper_value", "float64", "that one's value"),
        Column("rank", "int64", "1 is the nearest statistical neighbour"),
        Column("closeness", "str", "how close the model calls the two"),
        Column("helper_audits", "str", "what the helper's own audits say"),
    ),
)


def build_triangle(
    comparison: pd.DataFrame,
    travel: pd.DataFrame,
    grades: pd.DataFrame,
    moderation: pd.DataFrame,
    narratives: pd.DataFrame,
    rules: TriangleRules,
    codes: Sequence[str],
    period: str,
) -> pd.DataFrame:
    """Say for each authority what the three sides say and by which rules they disagree.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON`, one period a measure; those against the region
        are read.
    travel : DataFrame
        Rows of :data:`slinb.schema.TRAVEL`; those since a year ago are read.
    grades, moderation : DataFrame
        From :func:`slinb.analyse.audits.grade_audits` and
        :func:`slinb.analyse.moderation.measure_moderation`.
    narratives : DataFrame
        ``area``, ``prompt`` and ``choice``: the answer to the prompt ``direction`` is read.
        Free text is never read for what it means.
    rules : TriangleRules
    codes : sequence of str
        ONS codes of the authorities, in the order of the rows.
    period : str
        Quarter of the exercise; audits and narratives of others are left out.

    Returns
    -------
    DataFrame
        Rows of :data:`TRIANGLE`, one an authority. A side that says nothing, or whose figures
        are withheld, is unknown, and an unknown side disagrees with none.
    """
    judged = comparison[
        comparison["benchmark"].eq("region") & comparison["measure"].isin(rules.measures)
    ]
    moved = travel[travel["since"].eq("a year ago") & travel["measure"].isin(rules.measures)]
    now = [table[table["period"].eq(period)] for table in (grades, moderation, narratives)]
    rows = []
    for code in codes:
        told: dict[str, Any] = {"area": code, "period": period}
        told |= _read_sides(judged, code, "judgement", ("data", "better", "worse", "similar"))
        told |= _read_sides(
            moved, code, "direction", ("travel", "improved", "worsened", "no real change")
        )
        told |= _read_audits(now[0], code, rules)
        told["moderation"] = _read_moderation(now[1], code, rules)
        told["narrative"] = _read_choice(now[2], code)
        told["rules"] = " ".join(r.id for r in rules.rules if disagrees(told, r))
        rows.append(told)
    return TRIANGLE.from_rows(rows)


def disagrees(sides: Mapping[str, str], rule: DisagreementRule) -> bool:
    """Whether what the sides say meets every condition of a rule.

    Examples
    --------
    >>> from slinb.catalogue.triangle import load_triangle_rules
    >>> rule = load_triangle_rules().rule("data_better_audits_below")
    >>> disagrees({"data": "better", "audits": "below good"}, rule)
    True
    >>> disagrees({"data": "better", "audits": "unknown"}, rule)
    False
    """
    return all(sides[side] in said for side, said in rule.conditions.items())


def list_disagreements(triangle: pd.DataFrame, rules: TriangleRules) -> pd.DataFrame:
    """Return each authority and rule that holds, in the order of the rules.

    Returns
    -------
    DataFrame
        ``area``, ``rule`` (its id), ``words`` and ``question``.
    """
    found = [
        {"area": row.area, "rule": rule.id, "words": rule.words, "question": rule.question}
        for rule in rules.rules
        for row in triangle.itertuples()
        if rule.id in str(row.rules).split()
    ]
    return pd.DataFrame(found, columns=["area", "rule", "words", "question"]).astype("str")


def match_helpers(
    comparison: pd.DataFrame,
    triangle: pd.DataFrame,
    neighbours: Mapping[str, Iterable[Neighbour]],
    rules: TriangleRules,
) -> pd.DataFrame:
    """Say who could help whom.

    Parameters
    ----------
    comparison : DataFrame
        As in :func:`build_triangle`.
    triangle : DataFrame
        What each authority's audits say: a helper whose own audits are below good is still
        named, with that beside it.
    neighbours : dict of str to iterable of Neighbour
        Statistical neighbours of each authority
        (:func:`slinb.catalogue.areas.load_neighbours`).
    rules : TriangleRules

    Returns
    -------
    DataFrame
        Rows of :data:`HELPERS`: for each measure and authority that is really worse than the
        region, those of the compared authorities that are really better *and* among its
        statistical neighbours, nearest first. Often there is none.
    """
    judged = comparison[
        comparison["benchmark"].eq("region") & comparison["measure"].isin(rules.measures)
    ]
    audits = dict(zip(triangle["area"], triangle["audits"], strict=True))
    better = {
        (str(measure), str(period)): dict(zip(them["area"], them["value"], strict=True))
        for (measure, period), them in judged[judged["judgement"].eq("better")].groupby(
            ["measure", "period"]
        )
    }
    rows = []
    for asks in judged[judged["judgement"].eq("worse")].itertuples():
        values = better.get((str(asks.measure), str(asks.period)), {})
        rows += [
            {
                "area": asks.area,
                "measure": asks.measure,
                "period": asks.period,
                "value": asks.value,
                "helper": near.neighbour,
                "helper_value": values[near.neighbour],
                "rank": near.rank,
                "closeness": near.closeness,
                "helper_audits": audits.get(near.neighbour, UNKNOWN),
            }
            for near in sorted(neighbours.get(str(asks.area), ()), key=lambda n: n.rank)
            if near.neighbour in values
        ]
    return HELPERS.from_rows(rows)


def _read_sides(
    rows: pd.DataFrame, code: str, column: str, names: tuple[str, str, str, str]
) -> dict[str, str]:
    """Sum up what several measures say: one side only, both (mixed), neither, or unknown."""
    side, good, bad, neither = names
    mine = rows[rows["area"].eq(code)]
    found = {
        word: " ".join(dict.fromkeys(mine.loc[mine[column].eq(word), "measure"]))
        for word in (good, bad)
    }
    if found[good] and found[bad]:
        verdict = "mixed"
    elif found[good] or found[bad]:
        verdict = good if found[good] else bad
    else:
        verdict = neither if mine[column].eq(neither).any() else UNKNOWN
    return {side: verdict, **found}


def _read_audits(grades: pd.DataFrame, code: str, rules: TriangleRules) -> dict[str, Any]:
    """Return what the audits say, from the moderated grades where they are shown."""
    mine = grades[grades["area"].eq(code) & grades["breakdown"].eq("")].set_index("basis")
    shown = [b for b in ("moderated", "own") if mine["status"].get(b) == "final"]
    if not shown:
        held = mine["status"].eq("suppressed").any()
        n = mine["n"].max() if len(mine) else 0
        status = "suppressed" if held else "missing"
        return {"audits": UNKNOWN, "basis": "", "n": n, "audit_status": status}
    row = mine.loc[shown[0]].to_dict()
    value = row["value"]
    if value >= rules.good_from:
        verdict = "good"
    else:
        verdict = "below good" if value < rules.below_good else "mixed"
    figures = {c: row[c] for c in ("n", "value", "lower", "upper")}
    return {"audits": verdict, "basis": shown[0], "audit_status": "final", **figures}


def _read_moderation(moderation: pd.DataFrame, code: str, rules: TriangleRules) -> str:
    mine = moderation[moderation["area"].eq(code) & moderation["status"].eq("final")]
    if mine.empty:
        return UNKNOWN
    return "stricter" if mine["value"].iloc[0] >= rules.stricter_from else "alike"


def _read_choice(narratives: pd.DataFrame, code: str) -> str:
    said = narratives[narratives["area"].eq(code) & narratives["prompt"].eq("direction")]
    return str(said["choice"].iloc[0]) if len(said) and said["choice"].iloc[0] else UNKNOWN
